"""What a form was opened on, carried along in the form itself.

It is only used to tell which side changed a value, and to show it; a save rests on the version that
the database holds. It is signed, so that nobody's form can claim another past, and compressed: a
claim with sixty citations fits. The history could be asked instead, but it holds rows and not
forms, and a suppressed record has none.
"""

from copy import deepcopy
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core import signing
from django.db import models

from claims.admin.reconciling import UNKNOWN

SALT = "claims.admin.forms.opened.1"  # another number for another layout


Path = tuple[str, ...]


@dataclass
class State:
    """A record as its forms hold it: the units of its own form, and of its lists' rows by id.

    A path leads to a unit (`statement_en`), to a row (`citations`, `17`) or to a unit of a row
    (`citations`, `17`, `quotation`). An empty unit is {}; None is a row that is not there.
    """

    fields: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, dict[str, Any]] = field(default_factory=dict)

    def at(self, path: Path) -> Any:
        *place, last = path
        if not place:
            return self.fields.get(last, {})
        rows = self.lists.get(place[0], {})
        if len(place) == 1:
            return rows.get(last)
        row = rows.get(place[1]) or {}
        return UNKNOWN if row is UNKNOWN else row.get(last, {})

    def put(self, path: Path, value: Any) -> None:
        *place, last = path
        if not place:
            self.fields[last] = value
        elif len(place) == 1:
            self.lists.setdefault(place[0], {})[last] = value
        else:
            self.lists.setdefault(place[0], {}).setdefault(place[1], {})[last] = value


@dataclass
class Opened:
    """The record at `version`, and the choices that wait for an answer.

    `waiting`: by path, its parts joined by "/", what the unit or row was (`base`, absent if nobody
    knows) and what the person had made of it (`mine`).
    """

    version: int
    state: State
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)

    def written(self, record: models.Model) -> str:
        return signing.dumps([name_of(record), asdict(self)], salt=SALT, compress=True)

    @classmethod
    def read(cls, text: str, record: models.Model, version: str) -> "Opened | None":
        """What was written for this record at this version, or None if it cannot be read."""
        try:
            name, values = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        if name != name_of(record) or str(values["version"]) != version:
            return None
        return cls(values["version"], State(**values["state"]), values["waiting"])

    def ancestor(self) -> State:
        """The record as it was before either side changed it: where a choice still waits, older
        than `state`."""
        found = deepcopy(self.state)
        for path, choice in self.waiting.items():
            found.put(path_of(path), choice.get("base", UNKNOWN))
        return found


def path_of(text: str) -> Path:
    return tuple(text.split("/"))


def name_of(record: models.Model) -> str:
    return f"{record._meta.label_lower} {record.pk}"
