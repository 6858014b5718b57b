"""The record of a claim: which editions readers saw, and what was set against it when. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from claims.choices import ChangeKind

from .rebuttal_records import PublishedFirst
from .records import Edition
from .wording import Wording, statement_of, text_of


@dataclass(frozen=True)
class EditionLine:
    """An edition as the record lists it; `before` is the number of the readable one before it."""

    edition: Edition
    label: str
    sentence: str
    note: Wording | None
    is_shown: bool
    before: int | None = None

    @property
    def moment(self) -> datetime:
        return self.edition.opened_at

    @property
    def kind(self) -> ChangeKind | None:
        return ChangeKind(self.edition.kind) if self.edition.kind else None

    @property
    def is_announced(self) -> bool:
        """Whether readers are told at the top of the page what changed."""
        return self.edition.kind in ChangeKind.announced()


@dataclass(frozen=True)
class RebuttalLine:
    """A rebuttal, at the moment since which readers see it set against the claim."""

    claim: str
    statement: Wording
    moment: datetime


Line = EditionLine | RebuttalLine


def happened(
    editions: Sequence[EditionLine], rebuttals: Sequence[RebuttalLine]
) -> tuple[Line, ...]:
    """All of the record, the latest first. What opened with an edition came with it."""
    lines: list[Line] = [*rebuttals, *editions]
    return tuple(sorted(lines, key=lambda line: line.moment, reverse=True))


def rebuttal_lines(found: Sequence[PublishedFirst], reader: str) -> tuple[RebuttalLine, ...]:
    return tuple(
        RebuttalLine(one.edition.claim, statement_of(one.edition.document, reader), one.moment)
        for one in found
    )


def record_of(editions: Sequence[Edition], shown: Edition, reader: str) -> tuple[EditionLine, ...]:
    """`editions` are newest first."""
    numbers = [*(one.number for one in editions[1:]), None]
    return tuple(
        line_of(one, shown, reader, before)
        for one, before in zip(editions, numbers, strict=bool(editions))
    )


def line_of(
    edition: Edition, shown: Edition, reader: str, before: int | None = None
) -> EditionLine:
    sentence = ""
    if edition.kind:
        name = str(ChangeKind(edition.kind).label)
        sentence = (
            _("Approved by a second editor.")
            if edition.four_eyes
            else _("Published under a one-person policy.")
        )
    elif edition.four_eyes:
        name = _("First published after a second editor’s approval")
    else:
        name = _("First published under a one-person policy")
    return EditionLine(
        edition=edition,
        label=name,
        sentence=sentence,
        note=text_of(edition.document, "change_note", reader),
        is_shown=edition == shown,
        before=before,
    )


def successor_of(edition: Edition, editions: Sequence[Edition]) -> Edition | None:
    """The edition that took this one's place; `editions` are newest first."""
    return next((one for one in reversed(editions) if one.number > edition.number), None)
