"""What changed between two editions, as readers see it."""

import re

import pytest

from claims import actions

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def address(claim, query="", language="en"):
    return f"/{language}/claims/{claim.public_id}/changes/{query}"


def marked(page, tag):
    """What stands in each <ins> or <del>, without the words for those who hear it."""
    found = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", page)
    return [re.sub(r"<span.*?</span>", "", one) for one in found]


@pytest.fixture
def claim(newsroom_live):
    made = newsroom_live.published(
        "Usage fell to 3%", texts={"ko": {"statement": "이용률이 3%로 떨어졌다"}}
    )
    second = newsroom_live.revise(made, kind="update", note="Later.", statement="Usage fell to 2%")
    newsroom_live.publish(second)
    newsroom_live.revise(made, note="Monthly.", statement="Monthly usage fell to 2%")
    made.refresh_from_db()
    actions.edit(
        made.pk,
        actor=newsroom_live.reporter,
        version=made.version,
        fields={"confidence": "moderate"},
        texts={"ko": {"statement": "이용률이 2%로 떨어졌다"}},
        figures=[{"labels": {"en": "Peak"}, "value": 7}],
        citations=[
            {"source": newsroom_live.first_source(), "quotation": "as was quoted"},
            {"source": newsroom_live.source("Another report"), "quotation": "so too"},
        ],
    )
    newsroom_live.publish(made)
    return made


def test_any_two_editions_are_compared_word_by_word_and_field_by_field(client, claim):
    page = text(client.get(address(claim, "?from=1&to=3")))
    assert "What changed from edition 1 to edition 3" in page
    assert {"3%", "3%로", "Low: weakly supported"} <= set(marked(page, "del"))
    assert {"2%", "2%로", "Moderate: partly supported", "was "} <= set(marked(page, "ins"))
    assert "Another report" in marked(page, "ins") and "Peak" in page
    assert '<span class="visually-hidden">Taken out: </span>3%' in page
    back = text(client.get(address(claim, "?from=3&to=1")))
    assert "2%" in marked(back, "del") and "3%" in marked(back, "ins")


def test_without_numbers_it_is_the_newest_edition_and_the_one_before(client, claim):
    page = text(client.get(address(claim)))
    assert "What changed from edition 2 to edition 3" in page
    assert f'href="http://testserver{address(claim)}?from=2&amp;to=3"' in page


def test_each_line_of_the_record_leads_to_what_changed(client, claim):
    page = text(client.get(f"/en/claims/{claim.public_id}/"))
    found = re.findall(r'href="[^"]+/changes/\?from=(\d)&amp;to=(\d)"', page)
    assert found == [("2", "3"), ("1", "2")]
    assert client.get(address(claim, "?from=1&to=2")).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        *("?from=1&to=1", "?from=1", "?to=2", "?from=a&to=2", "?from=-1&to=2", "?from=1&to=²"),
        *("?from=1&to=" + "9" * 40, "?from=1.5&to=2"),
    ],
)
def test_what_are_not_two_editions_is_refused_kindly(client, claim, query):
    for language in ("en", "ko"):
        answer = client.get(address(claim, query, language))
        assert (answer.status_code, answer["Cache-Control"]) == (400, "no-store")
        assert "standfirst" in text(answer)


@pytest.mark.parametrize("query", ["?from=1&to=9", "?from=0&to=1", "?from=999999999&to=1"])
def test_an_edition_that_does_not_exist_is_not_found(client, claim, query):
    assert client.get(address(claim, query)).status_code == 404


def test_a_claim_with_one_edition_has_nothing_to_compare(client, newsroom_live):
    claim = newsroom_live.published()
    assert client.get(address(claim)).status_code == 400
    assert "changes/" not in text(client.get(f"/en/claims/{claim.public_id}/"))


def test_what_readers_cannot_see_is_not_compared(client, newsroom_live, claim):
    newsroom_live.revise(claim, statement="SECRET")
    never = client.get("/en/claims/bcdfghjkmnpq/changes/")
    draft = newsroom_live.draft("SECRET")
    hidden = client.get(address(draft, "?from=1&to=2"))
    assert (hidden.status_code, hidden.content) == (404, never.content)
    assert client.get(address(claim, "?from=1&to=4")).status_code == 404
    newsroom_live.withdraw(claim, notice="Nobody said so.")
    page = text(client.get(address(claim, "?from=1&to=2")))
    assert "Nobody said so." in page and "Usage" not in page


def test_edges_are_named_by_what_their_targets_say(client, newsroom_live):
    target, other = newsroom_live.published("The first"), newsroom_live.published("The other")
    claim = newsroom_live.rebuttal(target, "It is not")
    newsroom_live.publish(claim)
    newsroom_live.revise(claim, statement="It is not so")
    claim.refresh_from_db()
    edges = [{"target": one, "ground": "rebut", "opposer": "us"} for one in (target, other)]
    known = {"actor": newsroom_live.reporter, "version": claim.version}
    actions.edit(claim.pk, rebuts=edges, **known)
    newsroom_live.publish(claim)
    page = text(client.get(address(claim)))
    assert "The other" in page and other.public_id not in re.sub(r'"[^"]*"', "", page)


def test_it_is_cached_like_a_page_and_sets_no_cookie(client, claim):
    answer = client.get(address(claim))
    assert answer["ETag"] and answer["Last-Modified"] and not answer.cookies
    assert client.get(address(claim), headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.post(address(claim)).status_code == 405
