"""From an address to what it shows: ask the records, arrange. Pages and the API share this."""

from dataclasses import dataclass
from datetime import datetime

from claims.choices import Standing

from . import records
from .pages import (
    MOST_IN_LIST,
    ClaimPage,
    ListedClaim,
    claim_page,
    listed_claims,
    listed_edges,
    wanted_beside,
)
from .paging import Place
from .records import Edition


@dataclass(frozen=True)
class Basis:
    """The editions that an answer shows: how old it is, and for how long it will hold."""

    editions: tuple[Edition, ...]

    @property
    def modified(self) -> datetime | None:
        return max((edition.opened_at for edition in self.editions), default=None)


def one_list(
    filters: records.Filters, after: Place | None, reader: str
) -> tuple[tuple[ListedClaim, ...], Place | None, Basis]:
    """One page of the list, and where the next begins."""
    editions, rest = records.newest(filters, after=after)
    claims = [edition.claim for edition in editions]
    edges = records.around(claims) if claims else []
    standings = records.standings(claims) if claims else {}
    chosen = listed_edges(claims, edges)
    wanted = {edge.counterclaim for one in chosen.values() for edge in one[:MOST_IN_LIST]}
    counterclaims = records.current_editions(wanted) if wanted else {}
    listed = listed_claims(editions, edges, counterclaims, standings, reader)
    return listed, rest, Basis((*editions, *counterclaims.values()))


def one_claim(
    edition: Edition, editions: list[Edition], reader: str, *, at_own_address: bool
) -> tuple[ClaimPage, Basis]:
    """An edition with the rebuttals and the standing of now; `editions` are the claim's readable
    ones, newest first."""
    claim = edition.claim
    branches = records.tree(claim)
    edges = records.around([claim])
    wanted = wanted_beside(edition, branches, edges)
    beside = records.current_editions(wanted) if wanted else {}
    page = claim_page(
        edition,
        editions=editions,
        branches=branches,
        edges=edges,
        beside=beside,
        # Only a claim that was withdrawn while we asked has none any more.
        standing=records.standings([claim]).get(claim, Standing.UNREBUTTED),
        reader=reader,
        at_own_address=at_own_address,
    )
    shown = (*editions, *(branch.edition for branch in branches), *beside.values())
    return page, Basis(shown)


def current(editions: list[Edition]) -> Edition | None:
    """Which of a claim's readable editions is the one that its page shows."""
    return next((edition for edition in editions if edition.is_current), None)


def numbered(editions: list[Edition], number: int) -> Edition | None:
    return next((edition for edition in editions if edition.number == number), None)
