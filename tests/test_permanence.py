"""Editions stay what they were: their addresses, moments, neighbours, documents and digests."""

import base64
import hashlib
import json
import re
from email.utils import parsedate_to_datetime

import pytest
from django.db import connection

from claims import document
from claims.models import Edition
from claims.models.published import PublishedEdition
from tests.rich_claim import rich_claim, suppress
from tests.test_merging_readers import merged, twins
from tests.test_reader_site import address, get, text

__all__ = ["merged", "twins"]  # fixtures

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
LINK = re.compile(r'<([^>]+)>((?:; \w+="[^"]*")+)')


def links(written):
    """{relation: [(address, {parameter: value})]} of a Link header or a time map."""
    found = {}
    for where, given in LINK.findall(written):
        parameters = dict(re.findall(r'(\w+)="([^"]*)"', given))
        for relation in parameters["rel"].split():
            found.setdefault(relation, []).append((where, parameters))
    return found


def one(response, relation):
    ((where, _parameters),) = links(response["Link"])[relation]
    return where.removeprefix("http://testserver")


def three_editions(room):
    claim = room.published("It was 3%", texts={"ko": {"statement": "3%였다"}})
    for number in (4, 5):
        room.publish(room.revise(claim, statement=f"It was {number}%"))
    return claim


# --- Addresses and relations --------------------------------------------------------------------


@BOTH_SIDES
@pytest.mark.parametrize(("number", "before", "after"), [(1, None, 2), (2, 1, 3), (3, 2, None)])
def test_an_edition_says_when_it_opened_and_who_its_neighbours_are(
    client, newsroom_live, number, before, after
):
    claim = three_editions(newsroom_live)
    for language in ("en", "ko"):
        page = get(client, address(claim, language, number))
        opened = PublishedEdition.objects.get(claim=claim.public_id, number=number).opened_at
        said = parsedate_to_datetime(page["Memento-Datetime"])
        assert said == opened.replace(microsecond=0)
        assert one(page, "original") == one(page, "latest-version") == address(claim, language)
        assert one(page, "cite-as") == address(claim, language, number)
        assert one(page, "timemap") == address(claim, language) + "timemap/"
        for relation, neighbour in (("predecessor", before), ("successor", after)):
            known = links(page["Link"]).get(f"{relation}-version")
            expected = neighbour and "http://testserver" + address(claim, language, neighbour)
            assert (known and known[0][0]) == expected
        for where in {where for each in links(page["Link"]).values() for where, _p in each}:
            assert get(client, where.removeprefix("http://testserver")).status_code == 200


@BOTH_SIDES
def test_a_claims_page_names_its_edition_and_its_data(client, newsroom_live):
    claim = three_editions(newsroom_live)
    page = get(client, address(claim))
    assert "Memento-Datetime" not in page
    assert one(page, "memento") == one(page, "cite-as") == address(claim, number=3)
    assert one(page, "describedby") == address(claim) + "data.jsonld"
    assert links(page["Link"])["describedby"][0][1]["type"] == "application/ld+json"
    again = get(client, address(claim), if_none_match=page["ETag"])
    assert (again.status_code, again["Link"]) == (304, page["Link"])
    old = get(client, address(claim, number=1))
    again = get(client, address(claim, number=1), if_none_match=old["ETag"])
    assert (again.status_code, again["Memento-Datetime"]) == (304, old["Memento-Datetime"])


@BOTH_SIDES
def test_a_time_map_lists_the_readable_editions(client, newsroom_live):
    claim = three_editions(newsroom_live)
    answer = get(client, address(claim, "ko") + "timemap/")
    assert answer["Content-Type"] == "application/link-format"
    found = links(answer.content.decode())
    assert found["original"][0][0] == "http://testserver" + address(claim, "ko")
    mementos = found["memento"]
    assert [where for where, _p in mementos] == [
        "http://testserver" + address(claim, "ko", number) for number in (1, 2, 3)
    ]
    moments = [parsedate_to_datetime(given["datetime"]) for _where, given in mementos]
    assert moments == sorted(moments)
    assert [given["rel"] for _where, given in mementos] == [
        "first memento",
        "memento",
        "last memento",
    ]
    assert (
        get(client, address(claim, "ko") + "timemap/", if_none_match=answer["ETag"]).status_code
        == 304
    )
    single = newsroom_live.published("Once")
    only = links(get(client, address(single) + "timemap/").content.decode())["memento"]
    assert [given["rel"] for _where, given in only] == ["first last memento"]


@BOTH_SIDES
def test_the_language_free_address_of_a_claim_leads_to_its_page(client, newsroom_live):
    claim = newsroom_live.published()
    answer = client.get(
        f"/claims/{claim.public_id}", headers={"accept-language": "ko"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == address(claim, "ko")
    assert answer.status_code == 200
    # No cookie decides it, so that shared caches may keep the way.
    sent = {"accept-language": "ko", "cookie": "django_language=en"}
    for path, language in ((f"/claims/{claim.public_id}/", "ko"), ("/", "ko"), ("/en/", "en")):
        answer = client.get(path, headers=sent, follow=True)
        assert answer.request["PATH_INFO"].startswith(f"/{language}/")
        answers = [client.get(path, headers=sent), answer]
        assert not any("Cookie" in each.get("Vary", "") for each in answers)


@BOTH_SIDES
def test_search_engines_keep_the_claims_page_and_no_edition(client, newsroom_live):
    claim = newsroom_live.published()
    newsroom_live.revise(claim, statement="Usage is rising")
    newsroom_live.publish(claim)
    for number in (1, 2):
        assert client.get(address(claim, number=number))["X-Robots-Tag"] == "noindex"
    assert "X-Robots-Tag" not in client.get(address(claim))


@BOTH_SIDES
def test_a_precondition_on_a_moment_refuses_nothing(client, newsroom_live):
    path = address(newsroom_live.published())
    modified = client.get(path)["Last-Modified"]
    for moment in (modified, "Mon, 01 Jan 2001 00:00:00 GMT"):
        assert client.get(path, headers={"if-unmodified-since": moment}).status_code == 200


# --- Documents and digests ----------------------------------------------------------------------

AWKWARD = {
    "plain English": "Usage is falling",
    "Korean": "이용률이 3%로 떨어졌다",
    "quotes": "“He said” 'it' is \"so\"",
    "backslashes": "C:\\temp \\n \\u0041 \\\\",
    "markup": "</script> & <b>",
    "astral": "𝒳 👩‍👩‍👧 🇰🇷",
    "numbers": "1e5 0.10 −4.2 007",
    "composed": "é 각",
}


def digest_of(response):
    return hashlib.sha256(response.content).hexdigest()


@BOTH_SIDES
@pytest.mark.parametrize("words", AWKWARD.values(), ids=AWKWARD)
def test_the_download_is_what_was_hashed(client, newsroom_live, words):
    claim = newsroom_live.published(
        words,
        text={"reason": f"{words}\n\nsecond\tparagraph"},
        texts={"ko": {"statement": words}},
        wordings=[{"language": "en", "text": f"Or {words}"}],
        figures=[{"labels": {"en": words}, "value": "0.10"}, {"labels": {"ko": words}, "value": 7}],
    )
    edition = Edition.objects.get(claim=claim)
    for language in ("en", "ko"):
        answer = get(client, address(claim, language, 1) + "document.json")
        assert answer["Content-Type"] == "application/json"
        assert answer.content.decode() == edition.document
        assert digest_of(answer) == edition.document_digest
        encoded = base64.b64encode(hashlib.sha256(answer.content).digest()).decode()
        assert answer["Repr-Digest"] == f"sha-256=:{encoded}:"
        page = text(get(client, address(claim, language, 1)))
        assert edition.document_digest in page
        assert f"curl -s http://testserver{address(claim, language, 1)}document.json" in page
    assert digest_of(get(client, address(claim, number=1))) != edition.document_digest  # control


@BOTH_SIDES
def test_the_richest_claim_can_be_verified_in_each_edition(client, newsroom_live, settings):
    settings.VERDICT_SCALE = "snu"
    claim = rich_claim(newsroom_live)["claim"]
    for edition in Edition.objects.filter(claim=claim):
        answer = get(client, address(claim, number=edition.number) + "document.json")
        assert digest_of(answer) == edition.document_digest


def test_python_and_the_database_write_every_character_alike(db):
    every = "".join(chr(n) for n in range(1, 0x3000) if not 0xD800 <= n < 0xE000)
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::jsonb::text", [json.dumps({"text": every, "é": 1, "b": [2]})])
        written = cursor.fetchone()[0]
    assert document.canonical(json.loads(written)) == written


@BOTH_SIDES
def test_a_document_is_kept_like_a_page_and_a_withdrawal_wins(client, newsroom_live):
    claim, erased = newsroom_live.published("Gone"), newsroom_live.published("Erased")
    path = address(claim, number=1) + "document.json"
    first = get(client, path)
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=60"
    again = get(client, path, if_none_match=first["ETag"])
    assert (again.status_code, again["Repr-Digest"]) == (304, first["Repr-Digest"])
    newsroom_live.withdraw(claim, notice="Nobody said so.")
    suppress(newsroom_live, erased)
    for each, notice in ((claim, "Nobody said so."), (erased, None)):
        for tail in ("editions/1/document.json", "timemap/", "data.jsonld"):
            answer = get(client, address(each) + tail, if_none_match=first["ETag"])
            assert (answer.status_code, answer["Cache-Control"]) == (410, "no-store")
            assert answer["X-Robots-Tag"] == "noindex"
            assert answer.json()["notice"] == notice
            assert "Gone" not in answer.content.decode()


@BOTH_SIDES
def test_hidden_and_never_existing_answer_alike(client, newsroom_live):
    claim, draft = newsroom_live.published(), newsroom_live.draft("SECRET")
    for tail in ("editions/1/document.json", "timemap/", "data.jsonld"):
        never = get(client, f"/en/claims/bcdfghjkmnpq/{tail}")
        hidden = get(client, address(draft) + tail)
        assert (never.status_code, hidden.status_code) == (404, 404)
        assert never.content == hidden.content
    assert get(client, address(claim, number=2) + "document.json").status_code == 404
    assert client.post(address(claim) + "timemap/").status_code == 405


@BOTH_SIDES
def test_a_timemap_names_each_of_many_editions(client, newsroom_live):
    many = newsroom_live.published("Often")
    for number in range(10):
        newsroom_live.publish(newsroom_live.revise(many, statement=f"Often {number}"))
    assert get(client, address(many) + "timemap/").content.count(b"memento") == 11


@BOTH_SIDES
def test_a_merged_claims_data_is_found_where_it_went(client, merged):
    _room, gone, kept, _counterclaim = merged
    for tail in ("timemap/", "data.jsonld", "card/"):
        answer = get(client, address(gone) + tail)
        assert (answer.status_code, answer["Location"]) == (301, address(kept) + tail)
    document_of_gone = get(client, address(gone, number=1) + "document.json")
    assert document_of_gone["Location"] == address(kept)
