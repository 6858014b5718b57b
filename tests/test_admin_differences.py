"""The difference view: who sees it, which two it compares, and that it hides nothing."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone

from claims import actions
from claims.choices import Role
from claims.comparison import compare
from claims.models import Edition
from tests.admin_client import address, sent, shown, sign_in
from tests.rich_claim import rich_claim, suppress
from tests.test_comparison import RICH, fields_in, places_in


def page_of(claim, person, **chosen):
    return sign_in(person).get(address("claim_differences", claim.pk), chosen)


def pieces(response, tag):
    """What is marked as taken out (`del`) or put in (`ins`), without the words that are heard."""
    found = re.findall(rf"<{tag}[^>]*>(.*?)</{tag}>", shown(response), re.DOTALL)
    return [re.sub(r"<span class=\"visually-hidden\">.*?</span>", "", each) for each in found]


def differing(response):
    return [node.label for node in response.context["differences"].comparison.changed]


@pytest.mark.parametrize("role", Role)
def test_all_staff_may_compare_and_only_they(newsroom, role):
    claim = newsroom.published()
    assert page_of(claim, getattr(newsroom, role.value)).status_code == 200


def test_strangers_and_people_without_a_role_may_not(newsroom, client):
    claim = newsroom.published()
    assert page_of(claim, newsroom.person("nobody")).status_code == 403
    assert client.get(address("claim_differences", claim.pk)).status_code == 302  # to the sign-in


def test_without_an_edition_everything_is_new(newsroom):
    claim = newsroom.draft("Usage is falling")
    response = page_of(claim, newsroom.reporter)
    comparison = response.context["differences"].comparison
    assert {field.status for field in fields_in(comparison.nodes)} == {"added"}
    assert "Usage is falling" in pieces(response, "ins") and not pieces(response, "del")
    assert response.context["chosen"] == {"from": "nothing", "to": "working"}


def test_the_working_copy_is_compared_with_what_readers_saw_last(newsroom):
    claim = newsroom.published("Usage fell from 7.2% to 3%")
    newsroom.revise(claim, statement="Usage fell from 7.4% to 3%")
    response = page_of(claim, newsroom.reporter)
    assert response.context["chosen"] == {"from": "1", "to": "working"}
    assert pieces(response, "del") == ["7.2%"]
    assert pieces(response, "ins") == ["Correction: we were wrong", "7.4%", "We changed a word."]
    assert "Usage fell from " in shown(response)
    assert "fields are the same" in shown(response)


def test_an_edition_that_has_not_opened_is_not_what_readers_saw(newsroom):
    claim = newsroom.published("One")
    newsroom.revise(claim, statement="Two")
    newsroom.publish(newsroom.approved(claim), opens_at=timezone.now() + timedelta(days=1))
    assert page_of(claim, newsroom.reporter).context["chosen"]["from"] == "1"


def test_any_two_editions_are_compared_in_either_direction(newsroom):
    claim = newsroom.published("One")
    for statement in ("Two", "Three"):
        newsroom.publish(newsroom.approved(newsroom.revise(claim, statement=statement)))
    for chosen, old, new in (
        ({"from": "1", "to": "3"}, "One", "Three"),
        ({"from": "3", "to": "2"}, "Three", "Two"),
        ({"from": "working", "to": "1"}, "Three", "One"),
        ({"from": "2"}, "Two", "Three"),
    ):
        response = page_of(claim, newsroom.reporter, **chosen)
        assert old in pieces(response, "del") and new in pieces(response, "ins")
    same = page_of(claim, newsroom.reporter, **{"from": "2", "to": "2"})
    assert "“Edition 2” and “Edition 2” say the same." in shown(same)
    assert not pieces(same, "del") + pieces(same, "ins")
    selected = re.findall(r'<option value="(\w+)" selected', shown(same))
    assert selected == ["2", "2"]


@pytest.mark.parametrize(
    "name", ["0", "2", "99", "999999999999999999999", "-1", "1.5", "１", "x", "'", "working "]
)
@pytest.mark.parametrize("side", ["from", "to"])
def test_an_edition_that_does_not_exist_is_not_found(newsroom, side, name):
    claim = newsroom.published()
    assert page_of(claim, newsroom.reporter, **{side: name}).status_code == 404
    assert page_of(claim, newsroom.reporter, **{side: "1"}).status_code == 200


def test_a_claim_that_does_not_exist_is_not_found(newsroom):
    client = sign_in(newsroom.reporter)
    for number in (987654, 10**18):
        assert client.get(address("claim_differences", number)).status_code == 404


def test_korean_is_shown_word_by_word_in_its_language(newsroom):
    claim = newsroom.published(texts={"ko": {"statement": "다운로드가 3%로 줄었다"}})
    claim.refresh_from_db()
    actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        texts={"ko": {"statement": "다운로드는 3%까지 줄었다"}},
    )
    response = page_of(claim, newsroom.reporter)
    assert pieces(response, "del") == ["다운로드가 3%로"]
    assert pieces(response, "ins") == ["다운로드는 3%까지"]
    assert re.search(r'lang="ko" dir="auto"><del>', shown(response))


def test_citations_figures_and_edges_are_compared(newsroom):
    source, target = newsroom.source("A report"), newsroom.published("Use is growing")
    other = newsroom.published("Nobody counts it")
    kept = {"source": source, "quotation": "as quoted", "locator": "page 1"}
    claim = newsroom.draft(
        citations=[kept, {"source": newsroom.source("Gone"), "quotation": "will go"}],
        figures=[{"labels": {"en": "Peak"}, "value": Decimal("7.2"), "kind": "share"}],
        rebuts=[{"target": target, "ground": "rebut", "opposer": "us"}],
    )
    newsroom.publish(claim)
    actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        citations=[
            {**kept, "locator": "page 2"},
            {"source": newsroom.source("Came"), "quotation": "other words", "stance": "against"},
        ],
        figures=[{"labels": {"en": "Peak"}, "value": Decimal("7.4"), "kind": "share"}],
        rebuts=[{"target": other, "ground": "undercut", "opposer": "us"}],
    )  # fmt: skip
    response = page_of(claim, newsroom.reporter)
    assert differing(response) == ["Figures", "Citations", "What it rebuts"]
    gone, came = pieces(response, "del"), pieces(response, "ins")
    for text in ("7.2", "1", "Gone", "will go", "Use is growing", "Says the opposite"):
        assert text in gone, text
    for text in ("7.4", "2", "Came", "Against", "Nobody counts it"):
        assert text in came, text
    assert "A report" in shown(response) and "A report" not in gone + came
    rows = [
        (row.status, row.label)
        for node in response.context["differences"].comparison.changed
        for row in node.rows
    ]
    assert rows == [
        ("changed", "Figure 1"),
        ("changed", "Citation 1"),
        ("taken_out", "Citation 2"),
        ("added", "Citation 2"),
        ("taken_out", "Rebuts 1"),
        ("added", "Rebuts 1"),
    ]


@override_settings(VERDICT_SCALE="snu")
def test_of_a_rich_claim_nothing_is_hidden(newsroom):
    claim = rich_claim(newsroom)["claim"]
    first, second = (json.loads(edition.document) for edition in claim.editions.order_by("number"))
    response = page_of(claim, newsroom.editor, **{"from": "1", "to": "2"})
    comparison = response.context["differences"].comparison
    assert {node.path[0] for node in comparison.changed} == {
        key for key in first if first[key] != second[key]
    }
    # With nothing before, each text of the document is on the page.
    whole = shown(page_of(claim, newsroom.editor, **{"from": "nothing", "to": "2"}))
    texts = ("Monthly downloads fell", "다운로드가 72% 넘게 줄었다", "没人下载了", "Use is growing")
    for text in (*texts, "无可奉告", "Economic Observer", "81,110,000", "Half true"):
        assert text in whole, text


def test_the_comparison_knows_every_key_that_documents_hold(newsroom):
    """A new key of the document needs its words here; until then it is shown as it is."""
    with override_settings(VERDICT_SCALE="snu"):
        claim = rich_claim(newsroom)["claim"]
    document = json.loads(actions.document_of(claim))
    unknown = [
        field.path for field in fields_in(compare(None, document).nodes) if field.after.is_code
    ]
    assert [path for path in unknown if path[0] != "rebuts"] == []
    names = lambda value: {path[-1] for path in places_in(value) if path}  # noqa: E731
    keys = {name for name in names(document) if isinstance(name, str)}
    assert keys <= {name for name in names(RICH) if isinstance(name, str)}


def test_the_page_asks_the_database_as_often_for_eleven_as_for_one(newsroom):
    counts = {}
    for number in (1, 11):
        sources = [newsroom.source(f"Source {number}-{n}") for n in range(number)]
        targets = [newsroom.published(f"Target {number}-{n}") for n in range(number)]
        claim = newsroom.published(
            citations=[{"source": source, "quotation": source.title} for source in sources],
            rebuts=[{"target": each, "ground": "undercut", "opposer": "us"} for each in targets],
            figures=[{"labels": {"en": f"{n}"}, "value": Decimal(n)} for n in range(number)],
        )
        for edition in range(1, number):
            newsroom.publish(newsroom.approved(newsroom.revise(claim, statement=f"{edition}")))
        client = sign_in(newsroom.reporter)
        client.get(address("claim_differences", claim.pk))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address("claim_differences", claim.pk))
        assert f"Source {number}-{number - 1}" in shown(page)
        counts[number] = len(queries)
    assert counts[1] == counts[11], counts


def test_what_was_suppressed_is_said_and_not_shown(newsroom):
    claim = newsroom.published("A name that the law protects")
    newsroom.revise(claim, statement="Another name that the law protects")
    suppress(newsroom, claim)
    assert Edition.objects.get(claim=claim).document == ""
    for chosen in ({}, {"from": "1", "to": "working"}, {"from": "nothing", "to": "1"}):
        response = page_of(claim, newsroom.publisher, **chosen)
        assert response.status_code == 200
        assert "Edition 1: its text was suppressed by law" in shown(response)
        assert "the law protects" not in shown(response)
        assert response.context["differences"].comparison is None


def test_recorded_markup_is_text(newsroom):
    claim = newsroom.published("<b>Usage</b> is falling")
    newsroom.revise(claim, statement="<i>Usage</i> is falling")
    content = page_of(claim, newsroom.reporter).content.decode()
    assert "<b>" not in content and "&lt;" in content


def test_what_came_and_went_is_marked_for_those_who_hear_it(newsroom):
    claim = newsroom.published("Usage is falling")
    newsroom.revise(claim, statement="Usage was falling")
    content = shown(page_of(claim, newsroom.reporter))
    assert '<del><span class="visually-hidden">Taken out: </span>is<span' in content
    assert '<ins><span class="visually-hidden">Put in: </span>was<span' in content
    assert '<span class="side">Edition 1</span>' in content


@pytest.mark.parametrize("step", ["submit", "approve", "publish"])
def test_the_steps_towards_readers_show_what_is_new_to_them(newsroom, step):
    claim = newsroom.published("Usage is falling")
    newsroom.revise(claim, statement="Usage was falling")
    response = sign_in(newsroom.publisher).get(address("claim_step", claim.pk, step))
    content = shown(response)
    assert content.index("What is new since readers last saw it") < content.index("document-title")
    assert pieces(response, "del") == ["is"]
    assert address("claim_differences", claim.pk) in content


@pytest.mark.parametrize("step", ["submit", "withdraw"])
def test_other_steps_and_first_editions_show_the_document_alone(newsroom, step):
    claim = newsroom.draft()
    if step == "withdraw":
        newsroom.publish(claim)
    response = sign_in(newsroom.publisher).get(address("claim_step", claim.pk, step))
    assert "What is new" not in shown(response) and "document-title" in shown(response)


def test_the_claims_screen_links_to_its_differences(newsroom):
    claim = newsroom.draft()
    page = sign_in(newsroom.reporter).get(address("claim_change", claim.pk))
    assert address("claim_differences", claim.pk) in shown(page)


def test_a_claim_is_approved_and_published_from_the_differences(newsroom):
    claim = newsroom.submit(newsroom.draft())
    url = address("claim_differences", claim.pk)
    for person, action, state in (
        (newsroom.editor, "approve", "approved"),
        (newsroom.publisher, "publish", "published"),
    ):
        client = sign_in(person)
        page = client.get(url)
        offered = [name for name, _form in page.context["decisions"]]
        assert action in offered
        step = address("claim_step", claim.pk, action)
        assert client.post(step, sent(page, offered.index(action))).status_code == 302
        claim.refresh_from_db()
        assert claim.state == state


def test_who_wrote_it_is_offered_no_approval_beside_the_differences(newsroom):
    claim = newsroom.draft(actor=newsroom.publisher)
    newsroom.submit(claim, newsroom.publisher)
    page = sign_in(newsroom.publisher).get(address("claim_differences", claim.pk))
    assert [name for name, _form in page.context["decisions"]] == ["request_changes"]


def test_nothing_is_decided_about_what_is_past(newsroom):
    claim = newsroom.published()
    newsroom.submit(newsroom.revise(claim))
    page = sign_in(newsroom.editor).get(address("claim_differences", claim.pk), {"to": "1"})
    assert page.context["decisions"] == []
