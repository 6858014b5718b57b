"""Telling how far a long step has come."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.core.management.base import OutputWrapper

T = TypeVar("T")


class Progress:
    """A percentage on `stream`: in place on a terminal, otherwise a line for each tenth.

    Use it as a context manager around the step, so that what is printed next begins a new line.
    """

    def __init__(self, stream: OutputWrapper, label: str, total: int) -> None:
        self.stream, self.label, self.total = stream, label, total
        self.in_place = stream.isatty()
        self.step = 1 if self.in_place else 10
        self.shown = 0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(self, *error: Any) -> None:
        if self.in_place and self.shown:
            self.stream.write("", str)

    def reach(self, done: int) -> None:
        """`done` of the total are done."""
        percent = done * 100 // max(self.total, 1)
        percent -= percent % self.step
        if percent > self.shown:
            self.shown = percent
            # `str` as the style: progress is not an error, whatever the stream.
            if self.in_place:
                self.stream.write(f"\r{self.label} {percent} %", str, ending="")
                self.stream.flush()
            else:
                self.stream.write(f"{self.label} {percent} %", str)
