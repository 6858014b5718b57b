"""The history a page at a time: newest first, whole actions, nothing lost and nothing twice."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from claims.models import History

from .names import Named, Names
from .words import Row, exact

ROWS = 100  # on one page, at most
ACTIONS = 20


@dataclass
class Part:
    """What an action did to one record."""

    subject: Named
    kind: str
    rows: list[Row] = field(default_factory=list)


@dataclass
class Deed:
    """One action: who, when, why, from which request, and what it did to which records."""

    first: History
    parts: list[Part]

    @property
    def moment(self) -> str:
        return exact(self.first.at)


@dataclass
class Page:
    """Some actions; `older` is the entry before which the next page begins, `is_cut` whether the
    last action goes on there."""

    deeds: list[Deed]
    older: int | None = None
    is_cut: bool = False


def in_order(entries: QuerySet[History], before: History | None, *, by_time: bool) -> Any:
    """Entries, newest first, from just before one of them.

    By number, as they were written; `by_time` where an index by moment narrows them.
    """
    kept = entries.defer("before", "after").annotate(
        before_text=Cast("before", TextField()), after_text=Cast("after", TextField())
    )
    if not by_time:
        return (kept.filter(pk__lt=before.pk) if before else kept).order_by("-pk")
    if before:
        earlier = Q(at__lt=before.at) | Q(at=before.at, pk__lt=before.pk)
        kept = kept.filter(earlier, at__lte=before.at)
    return kept.order_by("-at", "-pk")


def page_of(
    entries: QuerySet[History], before: History | None, person: Any, *, by_time: bool = False
) -> Page:
    """The page that begins before an entry, in words for this person."""
    found = list(in_order(entries, before, by_time=by_time)[: ROWS + 1])
    runs = [list(run) for _change, run in groupby(found, key=lambda e: e.change or e.pk)]
    full, is_cut = len(found) > ROWS, False
    if full and len(runs) > 1:
        runs.pop()  # what the page's end may cut begins the next page
    elif full:
        runs, is_cut = [found[:ROWS]], True
    shown = runs[:ACTIONS]
    more = full or len(shown) < len(runs)
    return Page(told(shown, person), shown[-1][-1].pk if more else None, is_cut)


def told(runs: Iterable[list[History]], person: Any) -> list[Deed]:
    """Actions in words. Two that ran at the same moment may interleave: each is shown once."""
    actions: dict[Any, list[Row]] = {}
    for entry in (entry for run in runs for entry in run):
        row = Row(entry, entry.before_text, entry.after_text)
        actions.setdefault(entry.change or entry.pk, []).append(row)
    references = {
        reference for rows in actions.values() for row in rows for reference in row.references()
    }
    public_ids = {each for each in references if isinstance(each, str)}
    names = Names(references - public_ids, public_ids, person)
    return [deed_of(rows, names) for rows in actions.values()]


def deed_of(rows: list[Row], names: Names) -> Deed:
    """An action from its rows, first written first, by the record that they belong to."""
    parts: dict[Any, Part] = {}
    for row in reversed(rows):
        row.tell(names)
        model, pk = row.subject
        if row.subject not in parts:
            parts[row.subject] = Part(names.of(model, pk), str(model._meta.verbose_name))
        parts[row.subject].rows.append(row)
    return Deed(rows[0].entry, list(parts.values()))
