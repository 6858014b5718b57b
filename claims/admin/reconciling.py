"""Two people changed one record: whose change stands where. Pure: no forms, no database.

What is compared are units (a field, or fields that mean something only together) by name. One that
is absent is empty. A row that is absent has been taken out, or was never there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Units = Mapping[str, Any]


class Unknown(Enum):
    """What stands for an ancestor that nobody can tell any more."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN
# Of a whole record whose ancestor is unknown, every unit's is.
Ancestor = Mapping[str, Any] | Unknown
EMPTY: Mapping[str, Any] = {}


class Side(Enum):
    """Whose value stands. OPEN: both changed it, each to something else; a person has to choose."""

    BOTH = "both"
    MINE = "mine"
    THEIRS = "theirs"
    OPEN = "open"


def side(base: Any, theirs: Any, mine: Any) -> Side:
    """Whoever changed it since `base` prevails; both, or base unknown, and it is open."""
    if mine == theirs:
        return Side.BOTH
    if base is UNKNOWN:
        return Side.OPEN
    if mine == base:
        return Side.THEIRS
    if theirs == base:
        return Side.MINE
    return Side.OPEN


def then(base: Ancestor, name: str, absent: Any) -> Any:
    """What `name` was in the ancestor."""
    return UNKNOWN if isinstance(base, Unknown) else base.get(name, absent)


def sides(base: Ancestor, theirs: Units, mine: Units) -> dict[str, Side]:
    """Whose value stands, for each unit that either side has."""
    names = dict.fromkeys([*theirs, *mine])
    return {
        name: side(then(base, name, EMPTY), theirs.get(name, EMPTY), mine.get(name, EMPTY))
        for name in names
    }


@dataclass(frozen=True)
class RowMerge:
    """Whose row stands; for a row that both have, whose unit stands in it."""

    whole: Side
    units: Mapping[str, Side] = field(default_factory=dict)


@dataclass(frozen=True)
class RowsMerge:
    """Rows by id, theirs first and in their order; and of my additions, in my order, whether they
    stand or are the same as one of theirs."""

    by_id: Mapping[str, RowMerge]
    added: Sequence[Side]


def merge_rows(
    base: Ancestor, theirs: Mapping[str, Units], mine: Mapping[str, Units], added: Sequence[Units]
) -> RowsMerge:
    """Put two lists of rows together, by id. `added`: my rows that have no id yet."""
    by_id: dict[str, RowMerge] = {}
    their_new: list[str] = []
    for key in dict.fromkeys([*theirs, *mine]):
        was = then(base, key, None)
        if key in theirs and key in mine:
            units = sides(was if was is not None else UNKNOWN, theirs[key], mine[key])
            by_id[key] = RowMerge(Side.BOTH, units)
        else:
            by_id[key] = RowMerge(side(was, theirs.get(key), mine.get(key)))
            if key in theirs and (was is None or was is UNKNOWN):
                their_new.append(key)
    kept = []
    for row in added:
        # Two people may add the same row; it is recorded once.
        twin = next((key for key in their_new if theirs[key] == row), None)
        kept.append(Side.MINE if twin is None else Side.BOTH)
        if twin is not None:
            their_new.remove(twin)
            by_id[twin] = RowMerge(Side.BOTH)
    return RowsMerge(by_id, kept)
