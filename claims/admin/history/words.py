"""One row of the history in words: each column by its label, before and after.

Nothing here asks the database: what references stand for is in `Names`. A column or a value that
today's models do not know is shown as it is: the history outlives them.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from claims.choices import Record
from claims.models import (
    Approval,
    Citation,
    Claim,
    ClaimText,
    Edition,
    Figure,
    History,
    Party,
    PartyName,
    Policy,
    Rebuttal,
    Recheck,
    Relay,
    Release,
    ReplyRequest,
    SitePage,
    Source,
    Topic,
    User,
    Wording,
)
from claims.models.fields import Language

from .names import Names, Reference

MODELS: dict[str, type[models.Model]] = {
    Record.CLAIM: Claim,
    Record.TEXT: ClaimText,
    Record.CITATION: Citation,
    Record.REBUTTAL: Rebuttal,
    Record.RELAY: Relay,
    Record.FIGURE: Figure,
    Record.WORDING: Wording,
    Record.REPLY_REQUEST: ReplyRequest,
    Record.CLAIM_TOPIC: Claim.topics.through,
    Record.RECHECK: Recheck,
    Record.TOPIC: Topic,
    Record.PARTY: Party,
    Record.NAME: PartyName,
    Record.SOURCE: Source,
    Record.APPROVAL: Approval,
    Record.EDITION: Edition,
    Record.RELEASE: Release,
    Record.POLICY: Policy,
    Record.SITE_PAGE: SitePage,
    Record.USER: User,
    Record.MEMBERSHIP: User.groups.through,
}
# Parts of a record that is no claim: the column that says which.
PARTS: dict[str, tuple[str, type[models.Model]]] = {
    Record.NAME: ("party_id", Party),
    Record.MEMBERSHIP: ("user_id", User),
}
# What the database keeps for itself; when a row was made is when the action was.
KEEPING = {"id", "frozen_version", "change_id", "created_at", "changed_at", "made_at"}
# Which column tells the language of a text.
LANGUAGE_OF = {"answer": "answer_language", "title": "language"}
EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True)
class Piece:
    """A piece of a value: words, in which language, where they lead; `kind` is how it is meant."""

    words: str
    language: str = ""
    url: str = ""
    kind: str = ""

    @property
    def is_long(self) -> bool:
        return len(self.words) > 200


@dataclass(frozen=True)
class Difference:
    """One column: what it is called, what it held and what it holds; `code` if nobody names it."""

    label: str
    before: list[Piece]
    after: list[Piece]
    is_code: bool = False


@dataclass
class Row:
    """One row of the history, told. `before` and `after` are its JSON, as recorded."""

    entry: History
    before: str | None
    after: str | None
    was: dict[str, Any] = field(init=False)
    became: dict[str, Any] = field(init=False)
    differences: list[Difference] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.was, self.became = content(self.before), content(self.after)

    @property
    def is_emptied(self) -> bool:
        """Suppression empties what was recorded, and leaves that something was."""
        return self.before is None and self.after is None

    @property
    def language(self) -> str:
        """Of a text or a name that there is one of for each language."""
        language = (self.became or self.was).get("language")
        named = self.entry.record in (Record.TEXT, Record.NAME) and isinstance(language, str)
        return str(language) if named else ""

    @property
    def subject(self) -> Reference:
        """The record that people know the row by: its claim, or its party, source, person …"""
        if self.entry.claim_id is not None:
            return Claim, self.entry.claim_id
        column, model = PARTS.get(self.entry.record, ("", None))
        number = (self.became or self.was).get(column)
        if model and isinstance(number, int):
            return model, number
        return MODELS.get(self.entry.record, History), self.entry.record_id

    def columns(self) -> Iterator[tuple[str, Any, Any]]:
        """The columns to tell of: name, before, after."""
        for name in [*self.became, *(name for name in self.was if name not in self.became)]:
            was, became = self.was.get(name), self.became.get(name)
            if name not in KEEPING and was != became and not (was in EMPTY and became in EMPTY):
                yield name, was, became

    def references(self) -> Iterator[Reference | str]:
        """The records that the row speaks of, by number or public id."""
        yield self.subject
        fields = fields_of(self.entry.record)
        for name, *values in self.columns():
            column = fields.get(name)
            for value in values:
                if isinstance(column, models.ForeignKey) and isinstance(value, int):
                    yield column.related_model, value
                elif isinstance(column, ArrayField) and isinstance(value, list):
                    yield from (each for each in value if isinstance(each, str))
        if isinstance(source := (self.became or self.was).get("source_id"), int):
            yield Source, source

    def tell(self, names: Names) -> None:
        """Put its differences into words."""
        fields = fields_of(self.entry.record)
        for name, was, became in self.columns():
            column = fields.get(name)
            if isinstance(column, models.ForeignKey) and self.subject in (
                (column.related_model, was if became is None else became),
            ):
                continue  # the heading says it
            self.differences.append(
                Difference(
                    capfirst(label(column)) if column else name,
                    self.in_words(name, column, was, names),
                    self.in_words(name, column, became, names),
                    is_code=column is None,
                )
            )

    def in_words(
        self, name: str, column: models.Field | None, value: Any, names: Names
    ) -> list[Piece]:
        if value in EMPTY:
            return []
        try:
            if isinstance(column, models.ForeignKey):
                named = names.of(column.related_model, value)
                return [Piece(named.words, named.language, named.url)]
            for kind, words in WORDS:
                if isinstance(column, kind):
                    return words(column, value, names)
        except (ArithmeticError, AttributeError, TypeError, ValueError):
            return [Piece(as_recorded(value), kind="code")]
        if column is None or not isinstance(value, str):
            return [Piece(as_recorded(value), kind="code" if column is None else "")]
        if column.flatchoices:
            return [Piece(str(dict(column.flatchoices).get(value, value)))]
        if name.endswith(("digest", "public_id")):
            return [Piece(value, kind="code")]
        return [Piece(value, self.language_of(name, names))]

    def language_of(self, name: str, names: Names) -> str:
        """The language in which a text of this row is written, where the record says so."""
        whole = self.became or self.was
        if name == "quotation":
            return names.of(Source, whole.get("source_id")).language
        return str(whole.get(LANGUAGE_OF.get(name, "language")) or "")


def content(text: str | None) -> dict[str, Any]:
    """A row as the history keeps it; numbers to their last digit."""
    found = json.loads(text, parse_float=Decimal) if text else {}
    return found if isinstance(found, dict) else {"": found}


def as_recorded(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def fields_of(record: str) -> dict[str, models.Field]:
    """The columns of a kind of record, as today's models know them."""
    model = MODELS.get(record)
    return {each.column: each for each in model._meta.concrete_fields} if model else {}


def label(column: models.Field) -> str:
    """What people call a column; a reference without a name of its own is called by its kind."""
    if column._verbose_name is None and isinstance(column, models.ForeignKey):
        return str(column.related_model._meta.verbose_name)
    return str(column.verbose_name)


def exact(moment: datetime) -> str:
    """A moment to the second, in the newsroom's zone."""
    # Translators: these are date formats in Django's letters (docs: the "date" filter).
    wanted = pgettext("date format, exact moment", "j M Y H:i:s T")
    return date_format(timezone.localtime(moment), wanted)


def truth(column: Any, value: Any, names: Names) -> list[Piece]:
    return [Piece(_("Yes") if value else _("No"))]


def moment(column: Any, value: Any, names: Names) -> list[Piece]:
    return [Piece(exact(datetime.fromisoformat(value)))]


def day(column: Any, value: Any, names: Names) -> list[Piece]:
    return [Piece(date_format(date.fromisoformat(value), "DATE_FORMAT"))]


def number(column: Any, value: Any, names: Names) -> list[Piece]:
    return [Piece(format(Decimal(value).normalize(), "f"))]


def language(column: Any, value: Any, names: Names) -> list[Piece]:
    return [Piece(str(value), kind="language")]


def claims(column: Any, value: Any, names: Names) -> list[Piece]:
    found = [names.of(Claim, each) for each in value]
    return [Piece(each.words, each.language, each.url) for each in found]


def by_language(column: Any, value: Any, names: Names) -> list[Piece]:
    """Texts by language; what holds anything else is shown as it is."""
    if not isinstance(value, Mapping) or not all(isinstance(text, str) for text in value.values()):
        raise TypeError
    return [Piece(text, code) for code, text in value.items()]


# The first that fits; moments before days, because they are a kind of days to Django.
WORDS: list[tuple[type[models.Field], Callable[[Any, Any, Names], list[Piece]]]] = [
    (models.BooleanField, truth),
    (models.DateTimeField, moment),
    (models.DateField, day),
    (models.DecimalField, number),
    (Language, language),
    (ArrayField, claims),
    (models.JSONField, by_language),
]
