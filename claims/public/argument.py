"""Which of a claim's direct rebuttals one page shows, and where the next and the last page begin.

Pure: all edges are known, the tree is then asked for these alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from claims.tokens import BadToken, from_moment, pack, unpack

from .rebuttals import strongest_among
from .records import Edition, PublishedRebuttal

REBUTTALS_ON_A_PAGE = 20
LETTERS = 12  # of a public id
HALF = LETTERS // 2


class Rank(NamedTuple):
    """Where a counterclaim stands among the direct rebuttals: those that the newsroom places first,
    the strongest, attacks before context, then by age; its id, as two numbers, ends every draw."""

    placed: int
    is_not_strongest: int
    is_context: int
    first_published: int
    id_begin: int
    id_end: int


@dataclass(frozen=True)
class Part:
    """The direct rebuttals on a page, in their order: the `first` to the `last` of `total`.

    `previous` and `next` are tokens, None where there is no such page; no letters are the first.
    """

    claims: tuple[str, ...]
    first: int
    last: int
    total: int
    previous: str | None = None
    next: str | None = None

    @property
    def is_whole(self) -> bool:
        return len(self.claims) == self.total


def ranks_of(root: Edition, edges: Sequence[PublishedRebuttal]) -> dict[str, Rank]:
    """The counterclaims that bear on this claim directly, in their order."""
    placed = {claim: n for n, claim in enumerate(root.document.get("first_rebuttals", ()))}
    direct: dict[str, list[PublishedRebuttal]] = {}
    for edge in edges:
        if edge.target == root.claim:
            direct.setdefault(edge.counterclaim, []).append(edge)
    found = strongest_among(root.claim, edges)
    strongest = found.counterclaim if found else ""
    before = [claim for claim in placed if claim in direct][:REBUTTALS_ON_A_PAGE]
    # However many are placed before it: the strongest is on the first page.
    crowded = len(before) == REBUTTALS_ON_A_PAGE and strongest not in before
    ranks = {
        claim: Rank(
            -1 if crowded and claim == strongest else placed.get(claim, len(placed)),
            claim != strongest,
            not any(edge.ground.is_attack for edge in found),
            moment_of(found[0]),
            *numbers_of(claim),
        )
        for claim, found in direct.items()
    }
    return dict(sorted(ranks.items(), key=lambda item: item[1]))


def moment_of(edge: PublishedRebuttal) -> int:
    return from_moment(edge.first_published) if edge.first_published else 0


def numbers_of(claim: str) -> tuple[int, int]:
    letters = claim.encode().ljust(LETTERS, b"\0")
    return int.from_bytes(letters[:HALF]), int.from_bytes(letters[HALF:LETTERS])


def part_of(root: Edition, edges: Sequence[PublishedRebuttal], token: str | None = "") -> Part:
    """The page after the rebuttal that the token names; None is all. Raises BadToken."""
    ranks = ranks_of(root, edges)
    claims, total = tuple(ranks), len(ranks)
    if token is None:
        return Part(claims, 1, total, total)
    after = Rank(*unpack(token, len(Rank._fields))) if token else None
    start = sum(rank <= after for rank in ranks.values()) if after else 0
    if after and start == 0:
        raise BadToken
    end = min(start + REBUTTALS_ON_A_PAGE, total)
    back = start - REBUTTALS_ON_A_PAGE
    previous = None
    if start:
        previous = pack(ranks[claims[back - 1]]) if back > 0 else ""
    return Part(
        claims=claims[start:end],
        first=start + 1,
        last=end,
        total=total,
        previous=previous,
        next=pack(ranks[claims[end - 1]]) if end < total else None,
    )
