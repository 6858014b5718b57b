"""The history as a table for spreadsheets and programs (CSV), however long, in little memory."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from claims.models import Claim, History

from .pages import in_order

# The names and the values are the database's, the same in every language.
COLUMNS = (
    *("at", "actor", "action", "reason", "request", "change", "record", "record_number"),
    *("claim", "operation", "before", "after"),
)
CHUNK = 2000
# How a cell begins that a spreadsheet would take for a formula (the wide forms are East Asian).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# Without it, spreadsheets read Korean as something else.
BYTE_ORDER_MARK = "\ufeff"


def cell(value: Any) -> str:
    """A value as it stands in a cell: what looks like a formula becomes text."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def line(entry: Any, claims: dict[int, str]) -> list[str]:
    """One entry, by `COLUMNS`."""
    values = (
        *(timezone.localtime(entry.at).isoformat(), entry.actor, entry.action, entry.reason),
        *(entry.request, entry.change, entry.record, entry.record_id),
        *(claims.get(entry.claim_id or 0), entry.operation, entry.before_text, entry.after_text),
    )
    return [cell(value) for value in values]


def table(entries: QuerySet[History], *, by_time: bool = False) -> Iterator[str]:
    """The whole table, newest first, in pieces.

    Each piece is asked for by itself, from where the last one ended: no cursor stays open while
    somebody's connection is slow, and what is written meanwhile is newer than all that follows.
    """
    yield BYTE_ORDER_MARK + lines([COLUMNS])
    last = None
    while found := list(in_order(entries, last, by_time=by_time)[:CHUNK]):
        numbers = {entry.claim_id for entry in found if entry.claim_id is not None}
        claims = dict(Claim.objects.filter(pk__in=numbers).values_list("pk", "public_id"))
        yield lines(line(entry, claims) for entry in found)
        last = found[-1]


def lines(rows: Any) -> str:
    written = StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()
