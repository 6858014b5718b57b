"""What readers look things up in, beside the list: the words of claims, and the corrections."""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.db import connections
from django.db.models import OuterRef, Q, QuerySet, Subquery

from claims.choices import ChangeKind, NoticeKind
from claims.models.published import PublishedEdition, PublishedNotice
from claims.tokens import BadToken, pack, unpack

from . import records
from .paging import Place, cut
from .records import (
    ALIAS,
    Edition,
    Filters,
    IsOpen,
    Notice,
    edition_of,
    narrowed,
    page_of,
    visible,
)

WITHDRAWAL = "withdrawal"


class FoundPlace(NamedTuple):
    """The last result seen. An edition's rank never changes, for neither do its words; only a claim
    that gets a new edition while somebody turns the page can be seen twice, or not at all."""

    rank: float
    edition_id: int


def single(rank: float) -> float:
    """The number of single precision that PostgreSQL means by the digits it sends."""
    (same,) = struct.unpack(">f", struct.pack(">f", rank))
    return float(same)


def to_found_token(place: FoundPlace) -> str:
    (bits,) = struct.unpack(">i", struct.pack(">f", place.rank))
    return pack((bits, place.edition_id))


def to_found_place(token: str) -> FoundPlace:
    """Raises BadToken for anything that `to_found_token` does not write."""
    bits, edition_id = unpack(token, 2)
    try:
        (rank,) = struct.unpack(">f", struct.pack(">i", bits))
    except struct.error as error:
        raise BadToken from error
    if not 0 <= rank < float("inf"):
        raise BadToken
    return FoundPlace(rank, edition_id)


def found(
    query: str, filters: Filters, *, after: FoundPlace | None
) -> tuple[list[Edition], FoundPlace | None]:
    """One page of the current editions with all these words, what fits best first, then the newest;
    and where the next page begins."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT edition_id, rank FROM reader.found(%s)", [query])
        places = sorted((FoundPlace(single(rank), number) for number, rank in cursor), reverse=True)
    if after:
        places = [place for place in places if place < after]
    if not places:
        return [], None
    rows = PublishedEdition.objects.using(ALIAS).filter(
        IsOpen("current"), edition_id__in=[place.edition_id for place in places]
    )
    left = set(narrowed(rows, filters).values_list("edition_id", flat=True))
    places = [place for place in places if place.edition_id in left]
    most = records.PAGE_SIZE
    wanted = [place.edition_id for place in places[:most]]
    shown = {row.edition_id: edition_of(row) for row in visible().filter(edition_id__in=wanted)}
    rest = places[most - 1] if len(places) > most else None
    return [shown[number] for number in wanted if number in shown], rest


@dataclass(frozen=True)
class Withdrawal:
    """A claim that is withdrawn: its notice is all that there is to read."""

    release_id: int
    claim: str
    notice: Notice

    @property
    def place(self) -> Place:
        """After all editions of the same moment, whose numbers are above zero."""
        return Place(self.notice.made_at, -self.release_id)


Entry = Edition | Withdrawal


def register(kind: str, *, after: Place | None) -> tuple[list[Entry], Place | None]:
    """One page of what was announced to readers, the latest first, and where the next page begins.
    `kind` is one of the announced, WITHDRAWAL, or empty for all."""
    entries: list[Entry] = []
    if kind != WITHDRAWAL:
        entries += announced(kind, after)
    if kind in ("", WITHDRAWAL):
        entries += withdrawals(after)
    entries.sort(key=lambda entry: entry.place, reverse=True)
    return cut(entries, records.PAGE_SIZE)


def announced(kind: str, after: Place | None) -> list[Edition]:
    """The editions that told readers of a change, current or not; one more than a page."""
    rows = visible().filter(kind__in=ChangeKind.announced())
    found, _rest = page_of(rows.filter(kind=kind) if kind else rows, after, records.PAGE_SIZE + 1)
    return found


def _withdrawn() -> QuerySet[PublishedNotice]:
    return PublishedNotice.objects.using(ALIAS).filter(kind=NoticeKind.WITHDRAWN)


def _withdrawal(row: PublishedNotice) -> Withdrawal:
    notice = Notice(NoticeKind.WITHDRAWN, row.notice, row.made_at)
    return Withdrawal(row.release_id, row.claim, notice)


def withdrawals(after: Place | None) -> list[Withdrawal]:
    """The claims that are withdrawn now, the last withdrawn first; one more than a page."""
    rows = _withdrawn().order_by("-made_at", "release_id")
    if after:
        same = Q(made_at=after.opened_at, release_id__gt=-after.edition_id)
        rows = rows.filter(Q(made_at__lt=after.opened_at) | same)
    return [_withdrawal(row) for row in rows[: records.PAGE_SIZE + 1]]


def withdrawal_of(claim: str) -> Withdrawal | None:
    row = _withdrawn().filter(claim=claim).order_by("-release_id").first()
    return _withdrawal(row) if row else None


def earlier(editions: Iterable[Edition]) -> dict[int, Edition]:
    """The readable edition before each of these, by the later one's `edition_id`."""
    numbers = [edition.edition_id for edition in editions]
    if not numbers:
        return {}
    older = PublishedEdition.objects.using(ALIAS).filter(
        claim=OuterRef("claim"), number__lt=OuterRef("number")
    )
    latest = older.order_by("-number").values("edition_id")[:1]
    pairs = (
        PublishedEdition.objects.using(ALIAS)
        .filter(edition_id__in=numbers)
        .annotate(earlier=Subquery(latest))
        .values_list("edition_id", "earlier")
    )
    ids = dict(pairs)
    rows = visible().filter(edition_id__in=[one for one in ids.values() if one])
    known = {row.edition_id: edition_of(row) for row in rows}
    return {later: known[one] for later, one in ids.items() if one in known}
