"""Arithmetic on a claim's figures: the change from the first to the last, and whether it agrees.

Pure. Values are exact decimals; what is computed is rounded half to even to one digit after the
point, as it is shown (81.11 → 22.58 million is −72.2%; 7.2% → 3% is −4.2 points, −58.3%).
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import NamedTuple

from claims.choices import Bound, ChangeUnit, FigureKind

SHOWN = Decimal("0.1")


class Value(NamedTuple):
    """What the arithmetic needs of a figure; `unit` is compared, never read."""

    kind: FigureKind
    value: Decimal
    unit: object = None


@dataclass(frozen=True)
class Stated:
    """The change that a claim states; a fall is negative."""

    value: Decimal
    unit: ChangeUnit
    bound: Bound


@dataclass(frozen=True)
class Computed:
    """The change that the figures make.

    `percent` of the first value (None where that is zero), unrounded; `points`, for shares, in
    percentage points; `agrees` is None where the claim states no change, or none comparable.
    """

    percent: Decimal | None
    points: Decimal | None
    agrees: bool | None


def rounded(number: Decimal, step: Decimal = SHOWN) -> Decimal:
    """To the digits of `step`, half to even."""
    return number.quantize(step, rounding=ROUND_HALF_EVEN)


def change(figures: list[Value], stated: Stated | None = None) -> Computed | None:
    """What the first and the last figure make; None where there is nothing to compare."""
    if len(figures) < 2:
        return None
    first, last = figures[0], figures[-1]
    if (first.kind, first.unit) != (last.kind, last.unit):
        return None
    difference = last.value - first.value
    percent = difference * 100 / abs(first.value) if first.value else None
    points = difference if first.kind is FigureKind.SHARE else None
    found = None
    if stated:
        found = percent if stated.unit is ChangeUnit.PERCENT else points
    return Computed(percent, points, agrees(stated, found) if stated else None)


def agrees(stated: Stated, found: Decimal | None) -> bool | None:
    """Whether the change that was found is what was stated, as exactly as it was stated.

    “Exactly” and “about” are judged at the last digit stated: the former when rounded to it, the
    latter within one of it. “More than” and “less than” look at the size of a change in the stated
    direction. None where no change could be found.
    """
    if found is None:
        return None
    exponent = stated.value.normalize().as_tuple().exponent
    step = Decimal(1).scaleb(min(int(exponent), 0))
    size, wanted = abs(found), abs(stated.value)
    same_way = (found < 0) == (stated.value < 0)
    if stated.bound is Bound.EXACTLY:
        return rounded(found, step) == stated.value
    if stated.bound is Bound.ABOUT:
        return abs(found - stated.value) <= step
    if stated.bound is Bound.MORE_THAN:
        return same_way and size > wanted
    return size < wanted and (same_way or not found)
