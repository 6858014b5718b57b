"""Rows on their way into the database, numbered as its sequences would have done it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .tables import COLUMNS

Batch = dict[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Basis:
    """What a database holds already: highest ids by table, groups by role, the policy in force."""

    last_ids: Mapping[str, int]
    groups: Mapping[str, int]
    policy: int
    four_eyes: bool


class Ledger:
    """Collects rows by table; `take` hands them on and begins anew."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis
        self.last_ids = dict(basis.last_ids)
        self.rows: Batch = {table: [] for table in COLUMNS}

    def add(self, table: str, *values: Any) -> int:
        """A row that gets the table's next id, which is returned."""
        number = self.last_ids[table] = self.last_ids[table] + 1
        self.rows[table].append((number, *values))
        return number

    def put(self, table: str, *values: Any) -> None:
        """A row that brings its own."""
        self.rows[table].append(values)

    def id_of(self, table: str, index: int) -> int:
        """The id of the index-th of those that are counted from here on."""
        return self.basis.last_ids[table] + index + 1

    def take(self) -> Batch:
        taken, self.rows = self.rows, {table: [] for table in COLUMNS}
        return taken
