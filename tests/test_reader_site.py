"""The readers' site as a whole: addresses, windows, caches, and what each page costs."""

import re
from datetime import date, timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims import actions
from claims.choices import Ground
from claims.public import errors, records

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def get(client, path, **headers):
    return client.get(path, headers=headers)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def address(claim, language="en", number=None):
    return f"/{language}/claims/{claim.public_id}/" + (f"editions/{number}/" if number else "")


def queries(client, path):
    with CaptureQueriesContext(connections["public"]) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_an_error_page_needs_no_database_and_no_resolved_address(rf):
    for answer in (errors.not_found(rf.get("/admin/x/")), errors.server_error(rf.get("/"))):
        assert "All claims" in text(answer)
        assert "noindex" in text(answer)


@BOTH_SIDES
def test_a_claim_faces_its_rebuttals(client, newsroom_live):
    claim = newsroom_live.published("Usage <b>is</b> falling")
    rebuttal = newsroom_live.rebuttal(claim, "Embedded use is not counted", confidence="moderate")
    newsroom_live.publish(rebuttal)
    page = text(get(client, address(claim)))
    assert "Usage &lt;b&gt;is&lt;/b&gt; falling" in page
    for words in ("Embedded use is not counted", "Unanswered rebuttal", "1 disputes it"):
        assert words in page
    assert "Set against" not in page
    assert address(claim) in text(get(client, address(rebuttal)))


TAGS = ("en", "ko", "de", "fr", "es", "ja", "zh", "ar", "ru", "pt", "it")


def with_many(room, what, count):
    """A published claim that has `count` of one thing, and one of everything else."""
    number = dict.fromkeys(("rebuttals", "replies", "citations", "figures", "relays", "texts"), 1)
    number |= {"topics": 1, "wordings": 1, "asked": 1, what: count}
    sources = [room.source(f"Report {n}") for n in range(number["citations"])]
    relays = [room.source(f"Relayed {n}") for n in range(number["relays"])]
    claim = room.published(
        f"{count} {what}",
        texts={tag: {"statement": f"In {tag}"} for tag in TAGS[1 : number["texts"]]},
        topics=[room.topic(f"Topic {n}") for n in range(number["topics"])],
        citations=[{"source": source, "relays": relays} for source in sources],
        figures=[
            {"labels": {"en": f"Figure {n}"}, "value": n + 1} for n in range(number["figures"])
        ],
        wordings=[{"language": "en", "text": f"Or {n}"} for n in range(number["wordings"])],
        replies=[
            {"party": room.party(f"Asked {n}"), "asked_on": date(2025, 7, 1)}
            for n in range(number["asked"])
        ],
    )
    for n in range(number["rebuttals"]):
        rebuttal = room.rebuttal(claim, f"Rebuttal {n}")
        room.publish(rebuttal)
        for reply in range(number["replies"]):
            room.publish(room.rebuttal(rebuttal, f"Reply {reply}"))
    return claim


@BOTH_SIDES
@pytest.mark.parametrize(
    "what",
    [
        *("rebuttals", "replies", "citations", "figures", "relays", "texts", "topics"),
        *("wordings", "asked"),
    ],
)
def test_the_number_of_queries_does_not_grow(client, newsroom_live, what):
    one, eleven = with_many(newsroom_live, what, 1), with_many(newsroom_live, what, 11)
    for tail in ("", "editions/1/"):
        few, many = address(one) + tail, address(eleven) + tail
        assert queries(client, few) == queries(client, many) == 4
        assert len(get(client, many).content) > len(get(client, few).content)  # they are shown
    assert queries(client, "/en/claims/") == queries(client, "/en/claims/?all=1") == 4


@BOTH_SIDES
def test_a_counterclaim_asks_once_more_for_what_it_rebuts(client, newsroom_live):
    claim = newsroom_live.published()
    for count in (1, 11):
        rebuttal = newsroom_live.rebuttal(claim, "It is not")
        others = [newsroom_live.published(f"Target {n}") for n in range(count)]
        edges = [{"target": other, "ground": "rebut", "opposer": "us"} for other in others]
        actions.edit(
            rebuttal.pk, actor=newsroom_live.reporter, version=rebuttal.version, rebuts=edges
        )
        newsroom_live.publish(rebuttal)
        assert queries(client, address(rebuttal)) == 5


@BOTH_SIDES
def test_what_is_not_open_and_what_never_was_look_the_same(client, newsroom_live):
    claim = newsroom_live.published()
    draft, scheduled = newsroom_live.draft("SECRET"), newsroom_live.draft("SECRET")
    waiting = newsroom_live.rebuttal(claim, "SECRET")
    tomorrow = timezone.now() + timedelta(days=1)
    newsroom_live.publish(scheduled, opens_at=tomorrow)
    newsroom_live.publish(waiting, opens_at=tomorrow)
    never = get(client, "/en/claims/bcdfghjkmnpq/")
    assert never.status_code == 404
    for hidden in (draft, scheduled, waiting):
        answer = get(client, address(hidden))
        assert (answer.status_code, answer.content) == (404, never.content)
        assert answer["Cache-Control"] == "no-store"
    for path in ("/en/claims/", "/en/claims/?all=1", address(claim)):
        assert "SECRET" not in text(get(client, path))
    for path in ("0/", "2/", "9" * 30 + "/"):
        assert get(client, address(claim) + "editions/" + path).status_code == 404
    assert get(client, "/en/claims/" + "a" * 500 + "/").status_code == 404


@BOTH_SIDES
def test_a_correction_is_told_and_the_old_edition_says_that_it_is_old(client, newsroom_live):
    claim = newsroom_live.published("Usage fell to 3%")
    newsroom_live.publish(
        newsroom_live.revise(claim, note="It was 4%.", statement="Usage fell to 4%")
    )
    now, then = text(get(client, address(claim))), text(get(client, address(claim, number=1)))
    assert "It was 4%." in now
    assert "This is edition 1, replaced by edition 2" in then
    assert "Usage fell to 3%" in then
    assert "are those of now" in then
    assert "replaced by" not in text(get(client, address(claim, number=2)))


@BOTH_SIDES
def test_a_withdrawn_claim_leaves_a_notice_at_every_address(client, newsroom_live):
    claim = newsroom_live.published("Usage fell")
    target = newsroom_live.published("Target")
    rebuttal = newsroom_live.rebuttal(target, "Rebuttal")
    newsroom_live.publish(rebuttal)
    before = get(client, address(target))["ETag"]
    for gone in (claim, rebuttal):
        newsroom_live.withdraw(gone, notice="Nobody said so.")
    for path in (address(claim), address(claim, number=1), address(rebuttal, "ko")):
        answer = get(client, path)
        assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")
        assert "Nobody said so." in text(answer)
        assert "Usage fell" not in text(answer)
    after = get(client, address(target), if_none_match=before)
    assert after.status_code == 200
    assert "No rebuttal recorded" in text(after)


@BOTH_SIDES
def test_pages_are_cached_by_their_content_and_set_no_cookie(client, newsroom_live):
    claim = newsroom_live.published()
    for path in ("/en/claims/", address(claim), address(claim, number=1)):
        first = get(client, path)
        assert first["Cache-Control"] == "public, max-age=0, s-maxage=60"
        assert first["Last-Modified"]
        assert not first.cookies
        assert "Cookie" not in first.get("Vary", "")
        again = get(client, path, if_none_match=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert client.head(path)["ETag"] == first["ETag"]
        assert client.post(path).status_code == 405


@BOTH_SIDES
def test_a_scheduled_edition_shortens_the_life_of_the_page_before_it(client, newsroom_live):
    claim = newsroom_live.published()
    newsroom_live.approved(newsroom_live.revise(claim, statement="Usage is rising"))
    claim.refresh_from_db()
    actions.publish(
        {claim.pk: claim.version},
        actor=newsroom_live.publisher,
        opens_at=timezone.now() + timedelta(seconds=30),
    )
    kept = re.search(r"s-maxage=(\d+)", get(client, address(claim))["Cache-Control"])
    assert 0 < int(kept[1]) < 30


@BOTH_SIDES
def test_the_strongest_rebuttal_is_shown_even_where_the_tree_is_cut(
    client, newsroom_live, monkeypatch
):
    claim = newsroom_live.published()
    for statement, confidence in (("Weak", "low"), ("Strong", "high")):
        newsroom_live.publish(newsroom_live.rebuttal(claim, statement, confidence=confidence))
    monkeypatch.setattr(records, "MOST_ROWS", 1)
    page = text(get(client, address(claim)))
    assert page.index("Strong") < page.index("Weak")
    assert "1 more" not in page
    assert "2 dispute it" in page


@BOTH_SIDES
def test_the_list_goes_on_where_it_ended(client, newsroom_live, monkeypatch):
    monkeypatch.setattr(records, "PAGE_SIZE", 2)
    for number in range(5):
        newsroom_live.published(f"Claim {number}")
    path, seen = "/en/claims/", []
    for _page in range(3):
        page = text(get(client, path))
        seen += re.findall(r"Claim \d", page)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        path = more[1] if more else None
    assert path is None
    assert seen == [f"Claim {number}" for number in (4, 3, 2, 1, 0)]
    wrong = get(client, "/en/claims/?after=zz")
    assert (wrong.status_code, wrong["Cache-Control"]) == (400, "no-store")
    assert get(client, "/en/claims/?unknown=%00&all=2".replace("%00", "x")).status_code == 200


@BOTH_SIDES
def test_claims_that_rebut_each_other_end(client, newsroom_live):
    one = newsroom_live.published("It is so", confidence="moderate")
    two = newsroom_live.rebuttal(one, "It is not so", Ground.REBUT)
    newsroom_live.publish(two)
    one = newsroom_live.revise(one, kind="update")
    edges = [{"target": two, "ground": "rebut", "opposer": "us"}]
    actions.edit(
        one.pk,
        actor=newsroom_live.reporter,
        version=one.version,
        texts={"en": {"statement": "It is so indeed"}},
        rebuts=edges,
    )
    newsroom_live.publish(one)
    page = text(get(client, address(one)))
    assert "This is the claim of this page." in page
    assert "written against edition 1" in page
    assert "Its answer is disputed" in page


@BOTH_SIDES
def test_an_empty_list_says_what_will_stand_there(client, transactional_db):
    assert "Nothing has been published yet" in text(get(client, "/en/claims/"))
