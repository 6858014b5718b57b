"""How confidence and standing went over time: a drawing in steps, and the table behind it. Pure.

Along the drawing everything is in hundredths of its width, so that letters keep their size at every
width; downwards in pixels. Days decide how wide a step is, and no step is narrower than a finger:
what happened on one day can still be told apart. Nothing depends on the hour of asking, so that a
page stays the same for a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils import timezone
from django.utils.translation import gettext as _

from claims.choices import Confidence, Standing

from .records import Edition, StandingWindow

Value = Confidence | Standing

LEAST_STEP = 8.0
WHOLE = 100.0
HEADING, LEVEL, GAP, AXIS = 26, 34, 14, 24
ABOVE_LINE = 8


@dataclass(frozen=True)
class Step:
    """A time in which a value held; `until` is None while it does."""

    value: Value
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Stroke:
    """A line of the drawing; x in per cent, y in pixels, as SVG writes them."""

    x1: str
    y1: int
    x2: str
    y2: int


@dataclass(frozen=True)
class Level:
    """A value with its height in the drawing: where its words stand and its line runs."""

    value: Value
    words: str
    y: int

    @property
    def y_of_words(self) -> int:
        return self.y - ABOVE_LINE


@dataclass(frozen=True)
class Lane:
    name: str
    y_of_name: int
    levels: tuple[Level, ...]
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True)
class Row:
    """What held from a moment on; a lane that did not change is empty."""

    since: datetime
    confidence: str
    standing: str


@dataclass(frozen=True)
class Timeline:
    lanes: tuple[Lane, ...]
    height: int
    since: datetime
    rows: tuple[Row, ...]

    @property
    def y_of_axis(self) -> int:
        return self.height - ABOVE_LINE


def words_of(value: Value) -> str:
    """A confidence never without its meaning: “low” alone reads as “false”."""
    if isinstance(value, Confidence):
        return _("%(level)s: %(meaning)s") % {"level": value.label, "meaning": value.meaning}
    return str(value.label)


def standing_of(windows: Sequence[StandingWindow]) -> Standing:
    """What the record says now; only a claim that was withdrawn while we asked has nothing."""
    lasting = [window.standing for window in windows if window.until is None]
    return lasting[-1] if lasting else Standing.UNREBUTTED


def merged(steps: Sequence[Step]) -> list[Step]:
    """Without the moments at which nothing changed."""
    made: list[Step] = []
    for step in steps:
        if made and made[-1].value == step.value:
            made[-1] = Step(step.value, made[-1].since, step.until)
        else:
            made.append(step)
    return made


def confidences_of(editions: Sequence[Edition]) -> list[Step]:
    """`editions` are newest first."""
    ordered = editions[::-1]
    ends = [*(edition.opened_at for edition in ordered[1:]), None]
    return merged(
        [
            Step(Confidence(edition.document["confidence"]), edition.opened_at, end)
            for edition, end in zip(ordered, ends, strict=True)
        ]
    )


def standings_of(
    windows: Sequence[StandingWindow], standing: Standing, begin: datetime, opened: datetime
) -> list[Step]:
    """From the first readable edition on. `standing` is the last word: a preview may know another
    than the windows, from the moment at which its edition opens."""
    steps = [
        Step(window.standing, max(window.since, begin), window.until)
        for window in windows
        if window.until is None or window.until > begin
    ]
    if steps and steps[-1].value != standing:
        last = steps[-1]
        steps[-1:] = [Step(last.value, last.since, opened), Step(standing, opened, None)]
    return merged(steps)


def timeline_of(
    editions: Sequence[Edition], windows: Sequence[StandingWindow], standing: Standing
) -> Timeline | None:
    """None where nothing has changed yet, or where the claim is not open now."""
    current = next((edition for edition in editions if edition.is_current), None)
    if current is None:
        return None
    begin = min(edition.opened_at for edition in editions)
    confidences = confidences_of(editions)
    standings = standings_of(windows, standing, begin, current.opened_at)
    if len(confidences) < 2 and len(standings) < 2:
        return None
    places = places_of([*confidences, *standings], current.asked_at)
    height = 0
    lanes = []
    for name, vocabulary, steps in (
        (_("Confidence in this wording"), list(Confidence), confidences),
        (_("Standing"), list(Standing), standings),
    ):
        if steps:
            lanes.append(lane_of(name, vocabulary, steps, places, height))
            height += HEADING + LEVEL * len(lanes[-1].levels) + GAP
    return Timeline(tuple(lanes), height + AXIS, begin, rows_of(confidences, standings))


def places_of(steps: Sequence[Step], now: datetime) -> Mapping[datetime | None, float]:
    """How far to the right each moment is; None is now."""
    moments = sorted({step.since for step in steps} | {step.until for step in steps if step.until})
    days = [timezone.localdate(moment).toordinal() for moment in [*moments, now]]
    lengths = [max(0, after - before) for before, after in pairwise(days)]
    least = min(LEAST_STEP, WHOLE / len(lengths))
    rest, all_days = WHOLE - least * len(lengths), sum(lengths)
    places: dict[datetime | None, float] = {}
    x = 0.0
    for moment, length in zip(moments, lengths, strict=True):
        places[moment] = x
        x += least + rest * (length / all_days if all_days else 1 / len(lengths))
    places[None] = WHOLE
    return places


def lane_of(
    name: str,
    vocabulary: Sequence[Value],
    steps: Sequence[Step],
    places: Mapping[datetime | None, float],
    top: int,
) -> Lane:
    used = [value for value in vocabulary if any(step.value == value for step in steps)]
    levels = tuple(
        Level(value, words_of(value), top + HEADING + LEVEL * (n + 1))
        for n, value in enumerate(used)
    )
    heights = {level.value: level.y for level in levels}
    strokes = [
        Stroke(
            at(places[step.since]), heights[step.value], at(places[step.until]), heights[step.value]
        )
        for step in steps
    ]
    rises = [
        Stroke(
            at(places[after.since]),
            heights[before.value],
            at(places[after.since]),
            heights[after.value],
        )
        for before, after in pairwise(steps)
        if before.until == after.since
    ]
    return Lane(name, top + HEADING - ABOVE_LINE, levels, (*strokes, *rises))


def at(x: float) -> str:
    return f"{x:.1f}%"


def rows_of(confidences: Sequence[Step], standings: Sequence[Step]) -> tuple[Row, ...]:
    first = {step.since: words_of(step.value) for step in confidences}
    second = {step.since: words_of(step.value) for step in standings}
    return tuple(
        Row(moment, first.get(moment, ""), second.get(moment, ""))
        for moment in sorted({*first, *second})
    )
