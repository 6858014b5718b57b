"""Seeded draws: among weighted values, and of the popular rather than the rest. Pure."""

from collections.abc import Mapping
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

Value = TypeVar("Value")

DRAWN = 1 << 18  # values in a pool
STRIDE = 61  # the longest step through it


class Weighted(Generic[Value]):
    """Values with how often each is drawn, in any unit."""

    def __init__(self, weights: Mapping[Value, float]) -> None:
        self.values = list(weights)
        self.upto = list(accumulate(weights.values()))

    def draw(self, rng: Random) -> Value:
        return rng.choices(self.values, cum_weights=self.upto)[0]


class Pool(Generic[Value]):
    """Many values drawn beforehand: several at a time cost no more than one.

    They are read from a place and in steps drawn each time, so that no two runs are alike.
    """

    def __init__(self, rng: Random, weighted: Weighted[Value]) -> None:
        self.drawn = rng.choices(weighted.values, cum_weights=weighted.upto, k=DRAWN)

    def draw(self, rng: Random, count: int) -> list[Value]:
        step = 1 + int(rng.random() * STRIDE)
        start = int(rng.random() * (DRAWN - count * step))
        return self.drawn[start : start + count * step : step]


def zipf(values: list[Value]) -> Weighted[Value]:
    """The n-th value is drawn 1/n times as often as the first, as words are (Zipf's law)."""
    return Weighted({value: 1 / rank for rank, value in enumerate(values, 1)})


def skewed(rng: Random, count: int) -> int:
    """One of 0 … count - 1, the first ones far more often: the first eighth half of the time."""
    return int(count * rng.random() ** 3)
