"""Telling how far a long step has come."""

from collections.abc import Iterator

from django.core.management.base import OutputWrapper
from django.utils.translation import gettext as _

from claims.verification import Verification, count


class Progress:
    """A percentage on `stream`: in place on a terminal, otherwise a line for each tenth."""

    def __init__(self, stream: OutputWrapper, label: str, total: int) -> None:
        self.stream, self.label, self.total = stream, label, total
        # In place, the cursor returns to the line's beginning: what is written next begins there.
        self.step, self.ending = (1, "\r") if stream.isatty() else (10, "\n")
        self.shown = 0

    def reach(self, done: int) -> None:
        """`done` of the total are done."""
        percent = done * 100 // max(self.total, 1)
        percent -= percent % self.step
        if percent > self.shown:
            self.shown = percent
            # `str` as the style: progress is not an error, whatever the stream.
            self.stream.write(f"{self.label} {percent} %", str, ending=self.ending)
            self.stream.flush()


def breaks(verification: Verification, stream: OutputWrapper) -> Iterator[str]:
    """`verification.breaks()`, with its progress on `stream`."""
    progress = Progress(stream, _("Verifying editions:"), count(verification.using))
    verification.reached = progress.reach
    yield from verification.breaks()
