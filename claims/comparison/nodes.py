"""What a comparison is made of: fields, rows with fields, lists of rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from .texts import Piece

Status = Literal["same", "changed", "added", "taken_out"]


@dataclass(frozen=True)
class Side:
    """What one document shows in one place; nothing there is an empty text.

    `language` is that of a recorded text; `is_code` what is for machines: an id, or a value that no
    words are known for.
    """

    text: str = ""
    language: str = ""
    is_code: bool = False


Claims = Mapping[str, Side]  # what other claims say, by public id


@dataclass(frozen=True)
class Field:
    """One thing that documents say, on both sides. `path` leads to it from the document."""

    path: tuple[str, ...]
    label: str
    before: Side
    after: Side
    is_changed: bool
    pieces: tuple[Piece, ...]

    @property
    def status(self) -> Status:
        return status_of(bool(self.before.text), bool(self.after.text), self.is_changed)

    @property
    def pieces_before(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind != "in"]

    @property
    def pieces_after(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.kind != "out"]

    @property
    def number_of_fields(self) -> int:
        return 1

    def only(self, is_changed: bool) -> "Field | None":
        return self if self.is_changed is is_changed else None


@dataclass(frozen=True)
class Fields:
    """Fields and lists of rows, in their order; those that differ and those that do not."""

    nodes: "tuple[Field | Rows, ...]"

    @property
    def changed(self) -> "list[Field | Rows]":
        return only(self.nodes, True)

    @property
    def unchanged(self) -> "list[Field | Rows]":
        return only(self.nodes, False)

    @property
    def number_of_fields(self) -> int:
        return sum(node.number_of_fields for node in self.nodes)

    @property
    def number_unchanged(self) -> int:
        return sum(node.number_of_fields for node in self.unchanged)


@dataclass(frozen=True)
class Row(Fields):
    """One row of a list: an unchanged one is the same in all its fields."""

    label: str = ""
    title: Side = field(default_factory=Side)
    status: Status = "same"

    @property
    def is_changed(self) -> bool:
        return self.status != "same"


@dataclass(frozen=True)
class Rows:
    """A list in the order of the new document; what was taken out stands where it was."""

    path: tuple[str, ...]
    label: str
    rows: tuple[Row, ...]

    @property
    def is_changed(self) -> bool:
        return any(row.is_changed for row in self.rows)

    @property
    def number_of_fields(self) -> int:
        return sum(row.number_of_fields for row in self.rows)

    def only(self, is_changed: bool) -> "Rows | None":
        rows = tuple(row for row in self.rows if row.is_changed is is_changed)
        return replace(self, rows=rows) if rows else None


@dataclass(frozen=True)
class Comparison(Fields):
    """Two documents, field by field."""

    @property
    def is_empty(self) -> bool:
        return not self.changed


Node = Field | Rows


def only(nodes: Iterable[Node], is_changed: bool) -> list[Node]:
    return [found for found in (node.only(is_changed) for node in nodes) if found]


def status_of(was: bool, remains: bool, is_changed: bool) -> Status:
    if not is_changed:
        return "same"
    if was and remains:
        return "changed"
    return "added" if remains else "taken_out"
