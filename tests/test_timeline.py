"""The timeline of confidence and standing: what it draws, and that its table says the same."""

import re
from datetime import timedelta

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from claims import actions
from claims.choices import Confidence, Standing
from claims.public.records import StandingWindow, standing_windows
from claims.public.timeline import standing_of, timeline_of
from tests.test_reader_pages import NOON, document, edition

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
DAY = timedelta(days=1)


def opened(number, day, confidence="low", **changes):
    changes.setdefault("is_current", False)
    changes.setdefault("asked_at", NOON + 100 * DAY)
    return edition(
        number=number,
        opened_at=NOON + day * DAY,
        document=document(confidence=confidence),
        **changes,
    )


def window(standing, since, until=None):
    return StandingWindow(
        standing, NOON + since * DAY, None if until is None else NOON + until * DAY
    )


def rows(timeline):
    days = [(row.since - NOON).days for row in timeline.rows]
    return [
        (day, row.confidence, row.standing) for day, row in zip(days, timeline.rows, strict=True)
    ]


def test_nothing_is_drawn_where_nothing_has_changed():
    one = [opened(1, 0, is_current=True)]
    assert timeline_of(one, [window(Standing.UNREBUTTED, 0)], Standing.UNREBUTTED) is None
    same = [opened(2, 5, is_current=True), opened(1, 0)]
    assert timeline_of(same, [], Standing.UNREBUTTED) is None


def test_nothing_is_drawn_of_a_claim_that_is_not_open():
    windows = [window(Standing.UNREBUTTED, 0, 5), window(Standing.CONTESTED, 5)]
    editions = [opened(2, 5, "high"), opened(1, 0)]
    assert timeline_of(editions, windows, Standing.CONTESTED) is None


def test_the_table_says_what_changed_when():
    windows = [window(Standing.UNREBUTTED, 0, 10), window(Standing.CONTESTED, 10)]
    editions = [opened(2, 50, "moderate", is_current=True), opened(1, 0)]
    timeline = timeline_of(editions, windows, Standing.CONTESTED)
    assert rows(timeline) == [
        (0, "Low: weakly supported", "No rebuttal recorded"),
        (10, "", "Unanswered rebuttal"),
        (50, "Moderate: partly supported", ""),
    ]


def test_steps_are_as_wide_as_their_days_and_never_too_narrow():
    windows = [
        window(Standing.UNREBUTTED, 0, 1),
        window(Standing.CONTESTED, 1, 50),
        window(Standing.ANSWERED, 50),
    ]
    (confidence, standing) = timeline_of(
        [opened(1, 0, is_current=True)], windows, Standing.ANSWERED
    ).lanes
    assert [level.value for level in confidence.levels] == [Confidence.LOW]
    assert [(one.x1, one.x2) for one in standing.strokes[:3]] == [
        ("0.0%", "8.8%"),
        ("8.8%", "54.0%"),
        ("54.0%", "100.0%"),
    ]
    # Each step lies on the line of its own words, the rises between them.
    heights = {level.value: level.y for level in standing.levels}
    assert [one.y1 for one in standing.strokes[:3]] == [
        heights[value] for value in (Standing.UNREBUTTED, Standing.CONTESTED, Standing.ANSWERED)
    ]
    assert all(one.x1 == one.x2 for one in standing.strokes[3:])


def test_a_page_stays_the_same_for_a_day():
    windows = [window(Standing.UNREBUTTED, 0, 1), window(Standing.CONTESTED, 1)]
    one, two, three = (
        timeline_of([opened(1, 0, is_current=True, asked_at=at)], windows, Standing.CONTESTED)
        for at in (NOON + 9 * DAY, NOON + 9 * DAY + timedelta(minutes=30), NOON + 10 * DAY)
    )
    assert one == two
    assert one != three  # the control


def test_what_lies_before_the_first_readable_edition_is_left_out():
    windows = [window(Standing.CONTESTED, 0, 4), window(Standing.UNREBUTTED, 6)]
    editions = [opened(2, 5, is_current=True)]
    assert timeline_of(editions, windows, Standing.UNREBUTTED) is None


def test_a_time_without_any_standing_is_a_gap():
    windows = [window(Standing.CONTESTED, 0, 4), window(Standing.UNREBUTTED, 6)]
    lane = timeline_of([opened(1, 0, is_current=True)], windows, Standing.UNREBUTTED).lanes[1]
    first, second = lane.strokes
    assert first.x2 != second.x1


def test_a_preview_may_know_another_standing_than_the_record():
    windows = [window(Standing.CONTESTED, 0)]
    editions = [opened(2, 7, is_current=True), opened(1, 0)]
    timeline = timeline_of(editions, windows, Standing.ANSWERED)
    assert rows(timeline)[-1] == (7, "", "Rebuttals answered")


def test_without_any_window_nothing_is_recorded_against_a_claim():
    assert standing_of([]) is Standing.UNREBUTTED
    ended = [window(Standing.CONTESTED, 0, 1), window(Standing.ANSWERED, 1)]
    assert standing_of(ended) is Standing.ANSWERED


# --- With the record ----------------------------------------------------------------------------


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@BOTH_SIDES
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_shows_how_a_claim_came_to_stand_where_it_does(client, newsroom_live, language):
    claim = newsroom_live.published()
    path = f"/{language}/claims/{claim.public_id}/"
    assert 'role="img"' not in text(client.get(path))
    newsroom_live.publish(newsroom_live.rebuttal(claim, confidence="moderate"))
    page = text(client.get(path))
    drawing = re.search(r'<svg role="img".*?</svg>', page)[0]
    table = re.search(r"<table>.*?</table>", page)[0]
    with translation.override(language):
        for standing in (Standing.UNREBUTTED, Standing.CONTESTED):
            assert str(standing.label) in drawing and str(standing.label) in table
    title, description = re.search(r'aria-labelledby="(\S+) (\S+)"', drawing).groups()
    assert f'<title id="{title}">' in drawing
    assert f'<desc id="{description}">' in drawing
    assert "style=" not in drawing


@BOTH_SIDES
def test_what_the_newsroom_plans_is_not_drawn(client, newsroom_live):
    claim = newsroom_live.published()
    rebuttal = newsroom_live.rebuttal(claim, "A SECRET", confidence="moderate")
    newsroom_live.publish(rebuttal, opens_at=timezone.now() + 2 * DAY)
    (only,) = standing_windows(claim.public_id)
    assert (only.standing, only.until) == (Standing.UNREBUTTED, None)
    assert 'role="img"' not in text(client.get(f"/en/claims/{claim.public_id}/"))
    newsroom_live.withdraw(claim)
    assert standing_windows(claim.public_id) == []


@BOTH_SIDES
def test_a_long_past_costs_no_more_questions(client, newsroom_live):
    counts, lengths = [], []
    for changes in (1, 11):
        claim = newsroom_live.published(f"Changed {changes} times")
        for n in range(changes):
            newsroom_live.revise(claim, kind="update", note=f"Change {n}")
            claim.refresh_from_db()
            confidence = "moderate" if n % 2 == 0 else "low"
            fields = {"confidence": confidence}
            known = {"actor": newsroom_live.reporter, "version": claim.version}
            actions.edit(claim.pk, fields=fields, **known)
            newsroom_live.publish(claim)
            rebuttal = newsroom_live.rebuttal(claim, f"Against change {n}", confidence="moderate")
            newsroom_live.publish(rebuttal)
            newsroom_live.withdraw(rebuttal)
        with CaptureQueriesContext(connections["public"]) as captured:
            page = text(client.get(f"/en/claims/{claim.public_id}/"))
        counts.append(len(captured))
        lengths.append(page.count('<th scope="row">'))
    assert counts == [5, 5]
    assert lengths[0] < lengths[1]
