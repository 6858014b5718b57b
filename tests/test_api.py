"""The public read API: it answers with what the pages show, and with nothing else."""

import html
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone, translation

from claims.public import asking, records
from claims.public.evidence import Hop
from claims.public.records import Edition
from claims.public.wording import Attribution
from tests.rich_claim import rich_claim

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
LIST = "/api/v1/claims/"


def address(claim, number=None):
    return f"{LIST}{claim.public_id}/" + (f"editions/{number}/" if number else "")


def page_address(claim, language, number=None):
    return f"/{language}" + address(claim, number).removeprefix("/api/v1")


def get(client, path, status=200, **query):
    response = client.get(path, query)
    assert response.status_code == status, (path, query, response.content)
    return response.json()


def listed(client, **query):
    """The public ids that the list holds."""
    return [one["claim"] for one in get(client, LIST, **query)["results"]]


@pytest.fixture
def rich(newsroom_live, settings):
    settings.VERDICT_SCALE = "snu"
    return rich_claim(newsroom_live)


# --- The same as the page -----------------------------------------------------------------------

# Names of what machines read; the page shows the same in words, in a link or in `lang`.
FOR_MACHINES = {
    *("claim", "id", "claimant", "publisher_id", "code", "language", "marked", "url", "api_url"),
    *("date", "opened_at", "value", "size", "percent", "points", "digest", "document_digest"),
}
# What these name, the page says with a number: “about 81.11 million people”, “more than 72%”.
SAID_IN_NUMBERS = {("rows", "kind"), ("rows", "bound"), ("stated", "unit"), ("stated", "bound")}


def leaves(value, path=()) -> Iterator[tuple[tuple[str, ...], object]]:
    """(path, value) of everything in a JSON answer."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, name))
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, path)
    else:
        yield path, value


def words_of(answer):
    """What people read in an answer."""
    return {
        value
        for path, value in leaves(answer)
        if isinstance(value, str)
        and path[-1] not in FOR_MACHINES
        and path[-3:-1] not in SAID_IN_NUMBERS
    }


# Ids of works, which pages link to; an answer names those of its sources.
LINKS = {(Attribution, "via_source"), (Hop, "source")}


def words_shown(value) -> Iterator[str]:
    """Every text that a presenter's dataclass holds, except in editions, which it only names, and
    except where words lead."""
    if isinstance(value, str):
        yield str(getattr(value, "label", value))
    elif isinstance(value, tuple):
        for part in value:
            yield from words_shown(part)
    elif is_dataclass(value) and not isinstance(value, Edition):
        for part in fields(value):
            if (type(value), part.name) not in LINKS:
                yield from words_shown(getattr(value, part.name))


def text_on(client, path):
    """The text of a page as people read it."""
    page = re.sub(r"<[^>]+>", "", client.get(path).content.decode())
    return re.sub(r"\s+", " ", html.unescape(page))


def languages_of(answer):
    return {value for path, value in leaves(answer) if path[-1] == "language"}


def languages_on(client, path):
    return set(re.findall(r'\blang="([^"]+)"', client.get(path).content.decode()))


def presented(claim, language, number=None):
    editions = records.editions(claim.public_id)
    with translation.override(language):
        wanted = asking.numbered(editions, number) if number else asking.current(editions)
        page, _basis = asking.one_claim(
            wanted, editions, language, at_own_address=bool(number), token=None
        )
    # The timeline is the page's alone.
    return replace(page, timeline=None)


@BOTH_SIDES
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("number", [None, 1, 2])
def test_an_answer_holds_what_the_page_shows_and_nothing_else(client, rich, language, number):
    claim = rich["claim"]
    answer = get(client, address(claim, number), language=language)
    page = text_on(client, page_address(claim, language, number))
    assert not {word for word in words_of(answer) if word not in page}
    assert languages_of(answer) <= languages_on(client, page_address(claim, language, number))
    shown = presented(claim, language, number)
    in_answer = {value for _path, value in leaves(answer)}
    left_out = {word for word in words_shown(shown) if word} - in_answer
    # The heading says the confidence once more; the host is a part of the address; of what kind a
    # claimant is stands in the structured data.
    assert left_out == {shown.confidence_heading, "example.org", "organisation"}
    assert answer["edition"]["digest"] == shown.edition.digest
    for line in answer["record"]:
        own = text_on(client, page_address(claim, language, line["number"]))
        assert line["digest"] in own
        assert line["document_digest"] in own


@BOTH_SIDES
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_list_holds_what_the_page_of_claims_shows(client, rich, language):
    answer = get(client, LIST, all=1, language=language)
    page = text_on(client, f"/{language}/claims/?all=1")
    assert not {word for word in words_of(answer) if word not in page}
    claims, _rest, _basis = asking.one_list(records.Filters(), None, language)
    assert [one["claim"] for one in answer["results"]] == [one.card.claim for one in claims]
    with translation.override(language):
        claims, _rest, _basis = asking.one_list(records.Filters(), None, language)
        assert set(words_shown(claims)) - {"", "organisation"} <= {
            value for _path, value in leaves(answer)
        }


@BOTH_SIDES
def test_the_comparison_finds_what_is_too_much_or_missing(client, rich):
    """Control of the two tests above."""
    answer = get(client, address(rich["claim"]))
    page = text_on(client, page_address(rich["claim"], "en"))
    assert any(word not in page for word in words_of({**answer, "reason": "An inner note"}))
    del answer["replies"]
    shown = set(words_shown(presented(rich["claim"], "en")))
    assert "无可奉告" in shown - {value for _path, value in leaves(answer)}


@BOTH_SIDES
def test_values_are_for_machines_and_for_people(client, rich):
    answer = get(client, address(rich["claim"]))
    assert answer["confidence"] == {
        "code": "moderate",
        "label": "Moderate",
        "meaning": "partly supported",
    }
    assert answer["standing"] == {"code": "answered", "label": "Rebuttals answered"}
    assert answer["verdict"]["verdict"] == {"code": "half_true", "label": "Half true"}
    assert answer["figures"]["change"] == {"words": "−72.2%", "percent": "-72.2", "points": None}
    assert answer["figures"]["stated"] == {
        "words": "more than 72%",
        "size": "72",
        "unit": {"code": "percent", "label": "per cent of the first value"},
        "bound": {"code": "more_than", "label": "more than"},
    }
    assert answer["figures"]["agrees"] is True
    assert answer["figures"]["rows"][0]["date"] == {"date": "2025-03", "words": "March 2025"}
    assert answer["figures"]["rows"][1]["date"] is None
    assert answer["sources"][0]["date"] == {"date": "2025-07", "words": "July 2025"}
    way = answer["sources"][0]["quotations"][0]["way"]
    assert [(hop["who"]["text"], hop["verb"], hop["seen"]) for hop in way] == [
        ("QuestMobile", "measured", False),
        ("Economic Observer", "reported", True),
        ("YTN", "reported", True),
    ]
    assert [reply["outcome"]["code"] for reply in answer["replies"]] == ["no_answer", "answered"]
    first = next(one for one in answer["rebuttals"] if one["claim"] == rich["rebuttal"].public_id)
    assert first["objections"] == [
        {
            "ground": {"code": "undercut", "label": "Disputes what the evidence shows"},
            "opposer": {"code": "source", "label": "as the source says"},
            "is_attack": True,
            "written_against": 1,
        }
    ]
    assert first["replies"][0]["claim"] == rich["reply"].public_id
    assert [line["kind"] and line["kind"]["code"] for line in answer["record"]] == [
        "correction",
        None,
    ]
    assert answer["of_now"] == ""
    assert "of now" in get(client, address(rich["claim"], 1))["of_now"]


@BOTH_SIDES
def test_recorded_texts_keep_their_language(client, rich):
    korean = get(client, address(rich["claim"]), language="ko")
    assert korean["statement"] == {
        "text": "다운로드가 72% 넘게 줄었다",
        "language": "ko",
        "marked": "",
        "translated_from": "영어",
    }
    assert (korean["unknowns"]["language"], korean["unknowns"]["marked"]) == ("en", "영어")


@BOTH_SIDES
def test_no_primary_key_and_no_hidden_rebuttal_is_in_an_answer(client, rich):
    edition = records.current_editions([rich["claim"].public_id])[rich["claim"].public_id]
    for path in (address(rich["claim"]), address(rich["claim"], 1), f"{LIST}?all=1"):
        answer = get(client, path)
        names = {name for found, _value in leaves(answer) for name in found}
        assert not names & {"pk", "edition_id", "claim_key", "closes_at", "asked_at", "document"}
        assert edition.document["claim"] in str(answer)  # the control: public ids are there
        assert "A withdrawn rebuttal" not in str(answer)
        assert "A suppressed rebuttal" not in str(answer)


@BOTH_SIDES
def test_links_lead_to_pages_and_answers_in_the_same_language(client, rich):
    for language in ("en", "ko"):
        answer = get(client, address(rich["claim"]), language=language)
        links = {value for path, value in leaves(answer) if path[-1] in ("url", "api_url")}
        ours = {link for link in links if link.startswith("http://testserver/")}
        assert links - ours == {"https://example.org/report", ""}
        assert len(ours) > 10
        for link in ours:
            parts = urlsplit(link)
            response = client.get(f"{parts.path}?{parts.query}")
            assert response.status_code == 200
            assert response["Content-Language"] == language


# --- The list -----------------------------------------------------------------------------------


@BOTH_SIDES
def test_pages_of_the_list_hold_each_claim_once(client, newsroom_live, monkeypatch):
    monkeypatch.setattr(records, "PAGE_SIZE", 2)
    claims = [newsroom_live.published(f"Claim {number}") for number in range(5)]
    newsroom_live.publish(newsroom_live.rebuttal(claims[0]))
    path, seen, pages = f"{LIST}?confidence=low&language=ko", [], 0
    while path:
        answer = client.get(path).json()
        seen += [one["claim"] for one in answer["results"]]
        path, pages = answer["next"], pages + 1
        assert path is None or "confidence=low" in path
    assert (pages, seen) == (3, [claim.public_id for claim in reversed(claims)])


@BOTH_SIDES
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("topic", "claimant"),
        ("claimant", "publisher"),
        ("publisher", "asked"),
        ("source", "relayed"),
    ],
)
def test_a_list_can_be_narrowed_to_what_a_claim_names(client, rich, name, other):
    claim = rich["claim"].public_id
    assert listed(client, all=1, **{name: rich[name].public_id}) == [claim]
    assert listed(client, **{name: rich[name].public_id}) == []  # it is a counterclaim
    assert listed(client, all=1, **{name: rich[other].public_id}) == []


@BOTH_SIDES
@pytest.mark.parametrize(
    ("name", "value", "others"),
    [
        ("standing", "answered", ("unrebutted", "not_assessed", "contested")),
        ("confidence", "moderate", ("high", "low", "not_assessed")),
        ("original_language", "en", ("ko", "zh-Hant")),
    ],
)
def test_a_list_can_be_narrowed_by_what_is_said_of_a_claim(client, rich, name, value, others):
    claim = rich["claim"].public_id
    assert claim in listed(client, all=1, **{name: value})
    everything = listed(client, all=1)
    by_value = [listed(client, all=1, **{name: one}) for one in (value, *others)]
    assert not any(claim in held for held in by_value[1:])
    assert sorted(one for held in by_value for one in held) == sorted(everything)


@BOTH_SIDES
def test_a_list_can_begin_at_a_moment(client, rich):
    opened = records.current_editions([rich["claim"].public_id])[rich["claim"].public_id].opened_at
    assert rich["claim"].public_id in listed(client, all=1, changed_since=opened.isoformat())
    later = (opened + timedelta(microseconds=1)).isoformat()
    assert rich["claim"].public_id not in listed(client, all=1, changed_since=later)
    for extreme, status in (
        ("0001-01-01T00:00:00Z", 200),
        ("9999-12-31T23:59:59Z", 200),
        ("2025-07-25T12:00:00-16:30", 200),  # further than PostgreSQL's zones reach
        ("0001-01-01T00:00:00+01:00", 400),
        ("9999-12-31T23:59:59-01:00", 400),
    ):
        get(client, LIST, status, changed_since=extreme)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("page=2", "page"),
        ("pk=1&edition_id__gt=0&format=json", "edition_id__gt, format, pk"),
        ("topic=", "topic"),
        ("topic=%EA%B0%80", "topic"),
        ("source=2%27--", "source"),
        ("standing=true", "standing"),
        ("confidence=HIGH", "confidence"),
        ("original_language=EN", "original_language"),
        ("changed_since=2025-07-25", "changed_since"),
        ("changed_since=2025-07-25T12:00:00", "changed_since"),
        ("changed_since=0001-01-01T00:00:00Z&changed_since=0001-01-01T00:00:00Z", "changed_since"),
        ("changed_since=now", "changed_since"),
        ("after=zz", "after"),
        ("after=", "after"),
        ("all=2", "all"),
        ("all=1&all=1", "all"),
        ("language=fr", "language"),
        ("language=en&language=ko", "language"),
    ],
)
def test_a_parameter_that_cannot_be_answered_is_refused(client, query, wrong):
    """And that without asking the database, to which this test has no access."""
    response = client.get(f"{LIST}?{query}")
    assert (response.status_code, response["Cache-Control"]) == (400, "no-store")
    answer = response.json()
    assert ", ".join(sorted(answer["errors"])) == wrong
    assert all(answer["errors"].values())
    assert wrong in answer["detail"]


def test_more_parameters_than_anybody_needs_are_refused(client):
    response = client.get(LIST + "?" + "&".join(["a"] * 600))
    assert (response.status_code, response["Content-Type"]) == (400, "application/json")


@BOTH_SIDES
def test_every_address_refuses_parameters_that_it_does_not_have(client, rich):
    claim = rich["claim"]
    for path in (address(claim), address(claim, 1)):
        answer = get(client, path, 400, all=1)
        assert answer["errors"] == {"all": "There is no such parameter here; there are: language."}
    answer = get(client, "/api/v1/openapi.json", 400, language="en")
    assert answer["errors"] == {"language": "This address takes no parameters."}
    answer = get(client, LIST, 400, fields="id")
    for name in ("after", "all", "changed_since", "original_language", "topic"):
        assert name in answer["errors"]["fields"]


# --- Instead of an answer -----------------------------------------------------------------------


@BOTH_SIDES
def test_what_is_gone_says_why(client, rich):
    for tail in (None, 1):
        answer = get(client, address(rich["withdrawn"], tail), 410, language="en")
        assert answer["reason"] == "withdrawn"
        assert answer["notice"]["text"] == "Nobody said so."
        answer = get(client, address(rich["suppressed"], tail), 410)
        assert (answer["reason"], answer["notice"]) == ("suppressed", None)
    response = client.get(address(rich["withdrawn"]), {"language": "ko"})
    assert (response["Cache-Control"], response["X-Robots-Tag"]) == ("no-store", "noindex")
    assert response.json()["notice"]["marked"] == "영어"


@BOTH_SIDES
def test_what_is_hidden_answers_like_what_never_was(client, newsroom_live):
    draft, scheduled = newsroom_live.draft(), newsroom_live.draft()
    newsroom_live.publish(scheduled, opens_at=timezone.now() + timedelta(days=1))
    live = newsroom_live.published()
    newsroom_live.publish(
        newsroom_live.revise(live, statement="x"), opens_at=timezone.now() + timedelta(days=1)
    )
    for tail in ("", "editions/1/"):
        never = client.get(f"{LIST}bcdfghjkmnpq/{tail}")
        assert never.status_code == 404
        for claim in (draft, scheduled):
            hidden = client.get(address(claim) + tail)
            assert (hidden.status_code, hidden.content) == (404, never.content)
            assert dict(hidden.headers) == dict(never.headers)
    assert client.get(address(live, 2)).content == never.content
    assert client.get(address(live, 1)).status_code == 200


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/nothing/", f"{LIST}a.b/", f"{LIST}2/editions/x/"]
)
def test_wrong_addresses_are_answered_in_json(client, path):
    response = client.get(path, {"language": "ko"})
    assert (response.status_code, response["Content-Type"]) == (404, "application/json")
    assert response.json()["errors"] == {}
    assert (response["Content-Language"], response["Cache-Control"]) == ("ko", "no-store")
    assert client.get("/en/nothing/")["Content-Type"].startswith("text/html")


def test_our_own_mistakes_are_answered_in_json(client, monkeypatch):
    client.raise_request_exception = False

    def mistake(*args, **kwargs):
        raise RuntimeError("inner detail")

    monkeypatch.setattr(asking, "one_list", mistake)
    response = client.get(LIST)
    assert (response.status_code, response["Content-Type"]) == (500, "application/json")
    assert "inner detail" not in response.content.decode()


@BOTH_SIDES
def test_only_get_and_head_and_only_json(client, rich):
    for path in (LIST, address(rich["claim"]), address(rich["claim"], 1), "/api/v1/openapi.json"):
        for method in ("post", "put", "patch", "delete", "options", "trace"):
            response = getattr(client, method)(path, headers={"content-type": ""})
            assert (response.status_code, response["Allow"]) == (405, "GET, HEAD"), method
        assert client.get(path, headers={"accept": "text/html"}).status_code == 406
        plain = client.get(path, headers={"accept": "application/json; indent=4"})
        assert plain.content == client.get(path).content
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head["ETag"] == plain["ETag"]


@BOTH_SIDES
def test_answers_are_cached_like_pages_and_set_no_cookie(client, rich):
    claim = rich["claim"]
    for path in (LIST, address(claim), address(claim, 1), "/api/v1/openapi.json"):
        first = client.get(path, headers={"cookie": "django_language=ko"})
        assert first["Cache-Control"] == "public, max-age=0, s-maxage=60"
        assert first["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in first
        assert first["Vary"] == "Accept-Encoding, Accept-Language"
        assert first["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in first["Content-Security-Policy"]
        assert not first.cookies
        assert first["Content-Language"] == "en"  # whatever the cookie says
        again = client.get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert again["Access-Control-Allow-Origin"] == "*"
        assert again["Vary"] == first["Vary"]


@BOTH_SIDES
def test_a_scheduled_edition_shortens_the_life_of_an_answer(client, newsroom_live):
    claim = newsroom_live.published()
    newsroom_live.publish(
        newsroom_live.revise(claim, statement="Usage is rising"),
        opens_at=timezone.now() + timedelta(seconds=30),
    )
    kept = re.search(r"s-maxage=(\d+)", client.get(address(claim))["Cache-Control"])
    assert 0 < int(kept[1]) < 30


@BOTH_SIDES
def test_the_header_chooses_the_language_and_the_parameter_goes_before(client, rich):
    for header, parameter, expected in (
        ("ko-KR,ko;q=0.9", "", "ko"),
        ("fr", "", "en"),
        ("", "", "en"),
        ("ko", "?language=en", "en"),
        ("en", "?language=ko", "ko"),
    ):
        response = client.get(
            address(rich["claim"]) + parameter, headers={"accept-language": header}
        )
        assert response["Content-Language"] == response.json()["statement"]["language"] == expected
    refused = client.get(f"{LIST}?all=x", headers={"accept-language": "ko"})
    assert refused["Content-Language"] == "ko"
