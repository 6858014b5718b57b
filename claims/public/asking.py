"""From an address to what it shows: ask the records, arrange. Pages and the API share this."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from claims.choices import Standing

from . import rebuttal_records, records, shelf_pages, shelves
from .argument import Part, part_of
from .pages import (
    MOST_IN_LIST,
    ClaimPage,
    CorrectedClaim,
    ListedClaim,
    claim_page,
    corrected_claim,
    listed_claims,
    listed_edges,
    wanted_beside,
)
from .paging import Place
from .records import Branch, Edition, PublishedRebuttal, StandingWindow
from .timeline import standing_of


@dataclass(frozen=True)
class Basis:
    """The editions that an answer shows: how old it is, and for how long it will hold."""

    editions: tuple[Edition, ...]

    @property
    def modified(self) -> datetime | None:
        return max((edition.opened_at for edition in self.editions), default=None)


def one_list(
    filters: records.Filters, after: Place | None, reader: str, most: int = 0
) -> tuple[tuple[ListedClaim, ...], Place | None, Basis]:
    """One page of the list, and where the next begins."""
    editions, rest = records.newest(filters, after=after, most=most)
    listed, basis = as_list(editions, reader)
    return listed, rest, basis


def as_list(editions: list[Edition], reader: str) -> tuple[tuple[ListedClaim, ...], Basis]:
    """These editions, each beside what is said against it."""
    claims = [edition.claim for edition in editions]
    edges = records.around(claims) if claims else []
    standings = records.standings(claims) if claims else {}
    chosen = listed_edges(claims, edges)
    wanted = {edge.counterclaim for one in chosen.values() for edge in one[:MOST_IN_LIST]}
    counterclaims = records.current_editions(wanted) if wanted else {}
    listed = listed_claims(editions, edges, counterclaims, standings, reader)
    return listed, Basis((*editions, *counterclaims.values()))


# How deep the API's tree goes; a page goes on to `records.DEPTH`.
DEPTH_OF_API = 3


@dataclass(frozen=True)
class Said:
    """What is said about a claim now: which of its direct rebuttals are shown, the tree of these,
    the edges around the claim, and where that leaves and left it."""

    part: Part
    branches: Sequence[Branch]
    edges: Sequence[PublishedRebuttal]
    standing: Standing
    windows: Sequence[StandingWindow] = ()


def said_about(edition: Edition, token: str | None = "") -> Said:
    """`token` says which page of the direct rebuttals; None is all of them, as deep as the API
    shows them."""
    edges = records.around([edition.claim])
    part = part_of(edition, edges, token)
    if token is None:
        branches = records.tree(edition.claim, depth=DEPTH_OF_API)
    else:
        branches = records.tree(edition.claim, part.claims)
    windows = records.standing_windows(edition.claim) if edition.is_current else []
    return Said(
        part=part,
        branches=branches,
        edges=edges,
        standing=standing_of(windows),
        windows=windows,
    )


def beside_of(edition: Edition, said: Said) -> dict[str, Edition]:
    """The current editions that the page shows beside its tree, by claim."""
    wanted = wanted_beside(edition, said.branches, said.edges)
    return records.current_editions(wanted) if wanted else {}


def one_claim(
    edition: Edition,
    editions: list[Edition],
    reader: str,
    *,
    at_own_address: bool,
    token: str | None = "",
    rebuttals_in_record: bool = False,
) -> tuple[ClaimPage, Basis]:
    """An edition with the rebuttals and the standing of now; `editions` are the claim's readable
    ones, newest first; `token` as in `said_about`. Only who shows the record asks for when the
    rebuttals in it were published."""
    said = said_about(current(editions) or edition, token)
    beside = beside_of(edition, said)
    asks = rebuttals_in_record and said.edges
    published = rebuttal_records.published(edition.claim) if asks else []
    page = claim_page(
        edition,
        editions=editions,
        branches=said.branches,
        edges=said.edges,
        beside=beside,
        standing=said.standing,
        windows=said.windows,
        part=said.part,
        published=published,
        depth=DEPTH_OF_API if token is None else records.DEPTH,
        reader=reader,
        at_own_address=at_own_address,
    )
    shown = (
        *editions,
        *(branch.edition for branch in said.branches),
        *beside.values(),
        *(one.edition for one in published),
    )
    return page, Basis(shown)


def current(editions: list[Edition]) -> Edition | None:
    """Which of a claim's readable editions is the one that its page shows."""
    return next((edition for edition in editions if edition.is_current), None)


def numbered(editions: list[Edition], number: int) -> Edition | None:
    return next((edition for edition in editions if edition.number == number), None)


FRONT = 5  # rows in each part of the front page


def front(
    reader: str,
) -> tuple[tuple[ListedClaim, ...], tuple[ListedClaim, ...], tuple[CorrectedClaim, ...], Basis]:
    """What is new, what is contested (and not among the new), what was corrected."""
    new, _rest, newest = one_list(records.Filters(counterclaims=False), None, reader, FRONT)
    contested, _rest, disputed = one_list(
        records.Filters(counterclaims=False, standing=Standing.CONTESTED), None, reader, 2 * FRONT
    )
    known = {listed.card.claim for listed in new}
    others = tuple(listed for listed in contested if listed.card.claim not in known)[:FRONT]
    editions = records.corrected(FRONT)
    corrected = tuple(corrected_claim(edition, reader) for edition in editions)
    return new, others, corrected, Basis((*newest.editions, *disputed.editions, *editions))


def names_of(asked: Mapping[str, Any], reader: str) -> dict[str, str]:
    """What the records in an address's filters are called; the id where readers see none."""
    names = {}
    for parameter, role in records.RECORDS.items():
        record = asked.get(parameter)
        edition = shelves.newest_mention([role], record) if record else None
        if record:
            names[parameter] = (
                str(shelf_pages.called(edition, role, record, reader)) if edition else record
            )
    return names
