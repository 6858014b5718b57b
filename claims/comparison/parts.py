"""How the parts of documents are compared, whatever they mean.

Whatever differs is reported: what has no part of its own, or is not what its part expects, is shown
as it is; and where two records differ but nothing in them was found to, the whole of them is.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial
from typing import Any, Protocol

from django.utils.translation import gettext as _

from . import values
from .nodes import Claims, Field, Node, Row, Rows, Side, Status, only
from .rows import Pair, Record, pairs_of
from .texts import Piece, pieces_of


class Missing(Enum):
    KEY = "the record has no such key"
    RECORD = "there is no record that could have the key"


@dataclass(frozen=True)
class Place:
    """Where in two documents something stands, what it is there, and the records it stands in."""

    path: tuple[str, ...]
    before: Any
    after: Any
    claims: Claims
    around: tuple[Record, Record] = ({}, {})

    @property
    def is_same(self) -> bool:
        before, after = self.before, self.after
        if isinstance(before, Missing) or isinstance(after, Missing):
            return isinstance(before, Missing) and isinstance(after, Missing)
        return values.as_it_is(before) == values.as_it_is(after)

    @property
    def is_whole_record_new(self) -> bool:
        return Missing.RECORD in (self.before, self.after)

    @property
    def is_new_and_empty(self) -> bool:
        """A record came or went, and had nothing here: no matter."""
        values_here = map(plain, (self.before, self.after))
        return self.is_whole_record_new and all(map(values.is_nothing, values_here))

    def inside(self, key: str) -> "Place":
        """The value of a key, where both sides are records or nothing."""
        before, after = (
            value.get(key, Missing.KEY) if isinstance(value, Mapping) else Missing.RECORD
            for value in (self.before, self.after)
        )
        around = (known(self.before), known(self.after))
        return replace(self, path=(*self.path, key), before=before, after=after, around=around)


class Part(Protocol):
    def compare(self, place: Place) -> list[Node]: ...


def known(value: Any) -> Record:
    return value if isinstance(value, Mapping) else {}


def plain(value: Any) -> Any:
    """The value, None if it is missing."""
    return None if isinstance(value, Missing) else value


def as_it_is(label: str, place: Place) -> Field:
    """Both sides as JSON, for machines' eyes: for what no words are known for."""
    before, after = (
        Side("" if isinstance(value, Missing) else values.as_it_is(value), is_code=True)
        for value in (place.before, place.after)
    )
    return made(label, place, before, after, in_words=False)


def made(label: str, place: Place, before: Side, after: Side, *, in_words: bool) -> Field:
    if in_words:
        pieces = pieces_of(before.text, after.text)
    elif place.is_same or before.text == after.text:
        pieces = (Piece("same", after.text),)
    else:
        pieces = tuple(
            piece for piece in (Piece("out", before.text), Piece("in", after.text)) if piece.text
        )
    return Field(place.path, label, before, after, not place.is_same, pieces)


@dataclass(frozen=True)
class Words:
    """A value that has words of its own, replaced whole."""

    label: str
    say: values.Say

    def compare(self, place: Place) -> list[Node]:
        before, after = (self.side(place, is_new) for is_new in (False, True))
        if before is None or after is None:
            return [as_it_is(self.label, place)]
        if before.text == after.text and not place.is_same:
            return [] if place.is_new_and_empty else [as_it_is(self.label, place)]
        if not before.text and not after.text:
            return []
        return [self.field(place, before, after)]

    def side(self, place: Place, is_new: bool) -> Side | None:
        words = self.say(plain(place.after if is_new else place.before))
        return None if words is None else Side(words)

    def field(self, place: Place, before: Side, after: Side) -> Field:
        return made(self.label, place, before, after, in_words=False)


@dataclass(frozen=True)
class Text(Words):
    """A recorded text, compared word by word; its language is found in the record it stands in."""

    say: values.Say = values.text
    language: Callable[[Record], Any] = lambda record: ""

    def side(self, place: Place, is_new: bool) -> Side | None:
        found = super().side(place, is_new)
        language = self.language(place.around[is_new])
        return found and replace(found, language=language if isinstance(language, str) else "")

    def field(self, place: Place, before: Side, after: Side) -> Field:
        return made(self.label, place, before, after, in_words=True)


@dataclass(frozen=True)
class Claim(Words):
    """The public id of another claim, shown as what that claim says."""

    say: values.Say = values.text

    def side(self, place: Place, is_new: bool) -> Side | None:
        found = super().side(place, is_new)
        return found and place.claims.get(found.text, replace(found, is_code=True))


@dataclass(frozen=True)
class Identity(Words):
    """What makes a record the one it is: of interest only where another took its place."""

    say: values.Say = values.text

    def compare(self, place: Place) -> list[Node]:
        if place.is_same or place.is_whole_record_new:
            return []
        return super().compare(place)

    def side(self, place: Place, is_new: bool) -> Side | None:
        found = super().side(place, is_new)
        return found and replace(found, is_code=True)


@dataclass(frozen=True)
class Unknown:
    """What this code knows nothing of."""

    label: str

    def compare(self, place: Place) -> list[Node]:
        if place.is_same and values.is_nothing(plain(place.after)):
            return []
        return [as_it_is(self.label, place)]


@dataclass(frozen=True)
class Keyed:
    """A record: the parts that are known, in their order, then whatever else it holds."""

    label: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    others: Callable[[str], Part] = Unknown

    def compare(self, place: Place) -> list[Node]:
        sides = [plain(value) for value in (place.before, place.after)]
        if not all(side is None or isinstance(side, Mapping) for side in sides):
            return [as_it_is(self.label, place)]
        keys = dict.fromkeys([*self.parts, *known(sides[0]), *known(sides[1])])
        nodes: list[Node] = []
        for key in keys:
            part = self.parts.get(key) or self.others(key)
            nodes += part.compare(place.inside(key))
        is_told = place.is_same or only(nodes, True) or place.is_new_and_empty
        return nodes if is_told else [as_it_is(self.label, place)]


@dataclass(frozen=True)
class Listed:
    """A list of records.

    `numbered` names a row; `identity` and `telling` say which row of the old list is which of the
    new one; `title` what a row is about.
    """

    label: str
    numbered: Callable[[int], str]
    parts: Mapping[str, Part]
    identity: Callable[[Record], Hashable]
    telling: Callable[[Record], str]
    title: Callable[[Record, Claims], Side] = lambda record, claims: Side()

    def compare(self, place: Place) -> list[Node]:
        sides = [plain(value) or [] for value in (place.before, place.after)]
        if not all(map(is_list_of_records, sides)):
            return [as_it_is(self.label, place)]
        pairs = pairs_of(
            *sides, equal=values.as_it_is, identity=self.identity, telling=self.telling
        )
        rows = tuple(self.row(place, sides, pair) for pair in pairs)
        found: list[Node] = [Rows(place.path, self.label, rows)] if rows else []
        is_told = place.is_same or only(found, True) or place.is_new_and_empty
        return found if is_told else [*found, as_it_is(self.label, place)]

    def row(self, place: Place, sides: list[list[Record]], pair: Pair) -> Row:
        before, after = (
            Missing.RECORD if number is None else side[number]
            for side, number in zip(sides, (pair.before, pair.after), strict=True)
        )
        number = pair.before if pair.after is None else pair.after
        inside = replace(
            place, path=(*place.path, str(number)), before=before, after=after, around=({}, {})
        )
        nodes = Keyed(self.label, self.parts).compare(inside)
        if pair.is_moved:
            nodes.append(moved(inside, pair))
        return Row(
            nodes=tuple(nodes),
            label=self.numbered((number or 0) + 1),
            title=self.title(known(before if pair.after is None else after), place.claims),
            status=self.status(pair, nodes),
        )

    def status(self, pair: Pair, nodes: list[Node]) -> Status:
        if pair.before is None or pair.after is None:
            return "taken_out" if pair.after is None else "added"
        return "changed" if only(nodes, True) else "same"


def is_list_of_records(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, Mapping) for each in value)


def moved(place: Place, pair: Pair) -> Field:
    path = (*place.path, "place in the list")
    before, after = (None if number is None else number + 1 for number in (pair.before, pair.after))
    at = replace(place, path=path, before=before, after=after)
    return made(_("Place in the list"), at, Side(str(before)), Side(str(after)), in_words=False)


def each_language(label: str) -> Keyed:
    """Texts by language, a field for each."""

    def text(tag: str) -> Text:
        return Text(in_language(label, tag), language=partial(constant, tag))

    return Keyed(label, others=text)


def constant(value: str, record: Record) -> str:
    return value


def in_language(label: str, tag: str) -> str:
    return _("%(field)s (%(language)s)") % {"field": label, "language": values.language(tag)}


def field_of(record: str, name: str) -> str:
    return _("%(record)s: %(field)s") % {"record": record, "field": name}


def numbered(row: str) -> Callable[[int], str]:
    return lambda number: _("%(row)s %(number)s") % {"row": row, "number": number}


def first_text(texts: Any) -> Side:
    """The text in the language that is first, of texts by language."""
    found: Iterable[tuple[str, Any]] = known(texts).items()
    return next((Side(text, tag) for tag, text in found if isinstance(text, str)), Side())
