"""Which row of the old list is which row of the new one."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .texts import tokens

Record = Mapping[str, Any]
# Share of the words that two rows must have in common to be taken for one that was changed.
LIKE = 0.5


@dataclass(frozen=True)
class Pair:
    """A row's places in the old and in the new list, from 0; None where it is not in it."""

    before: int | None
    after: int | None
    is_moved: bool = False


def pairs_of(
    before: list[Record],
    after: list[Record],
    *,
    equal: Callable[[Record], Hashable],
    identity: Callable[[Record], Hashable],
    telling: Callable[[Record], str],
) -> list[Pair]:
    """All rows of both, in the new order; those taken out follow what they followed.

    Equal rows belong together first, then rows of one identity, then rows that tell alike.
    """
    if before == after:
        return [Pair(place, place) for place in range(len(after))]
    found: dict[int, int] = {}  # new place: old place
    old, new = list(range(len(before))), list(range(len(after)))
    words = (
        [Counter(each for _kind, each in tokens(telling(row))) for row in before],
        [Counter(each for _kind, each in tokens(telling(row))) for row in after],
    )
    for key, least in ((equal, 0.0), (identity, 0.0), (None, LIKE)):
        for i, j in alike(key, least, (before, after), words, (old, new)):
            found[j] = i
        old = [i for i in old if i not in found.values()]
        new = [j for j in new if j not in found]
    return in_order(found, old, len(after))


def alike(
    key: Callable[[Record], Hashable] | None,
    least: float,
    rows: tuple[list[Record], list[Record]],
    words: tuple[list[Counter[str]], list[Counter[str]]],
    left: tuple[list[int], list[int]],
) -> Iterator[tuple[int, int]]:
    """Pairs of what is left with one key, the likest first and each row once."""
    groups: dict[Hashable, list[int]] = {}
    for i in left[0]:
        groups.setdefault(key(rows[0][i]) if key else None, []).append(i)
    scored = [
        (-likeness(words[0][i], words[1][j]), abs(i - j), i, j)
        for j in left[1]
        for i in groups.get(key(rows[1][j]) if key else None, ())
    ]
    taken: tuple[set[int], set[int]] = (set(), set())
    for score, _distance, i, j in sorted(scored):
        if -score >= least and i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            yield i, j


def likeness(one: Counter[str], other: Counter[str]) -> float:
    """The share of the words that two texts have in common, from 0 to 1."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def in_order(found: dict[int, int], taken_out: list[int], length: int) -> list[Pair]:
    kept = staying([found[j] for j in sorted(found)])
    pairs: list[Pair] = []
    for j in range(length):
        i = found.get(j)
        pairs.append(Pair(i, j, is_moved=i is not None and i not in kept))
    for i in taken_out:
        places = [place for place, pair in enumerate(pairs) if pair.before == i - 1]
        pairs.insert(places[0] + 1 if places else 0, Pair(i, None))
    return pairs


def staying(places: list[int]) -> set[int]:
    """The most of these that are in order as they stand; the others have moved."""
    ends: list[int] = []  # of the longest rising run of each length, the lowest end
    length_at = []
    for place in places:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        length_at.append(length)
    kept: set[int] = set()
    wanted = len(ends) - 1
    for place, length in zip(reversed(places), reversed(length_at), strict=True):
        if length == wanted:
            kept.add(place)
            wanted -= 1
    return kept
