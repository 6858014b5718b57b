"""A save of what is not the newest any more: three versions of a record, put together.

What only one side changed stands; what both changed waits for a person's choice. Until then the
form holds what that person typed. Paths are those of `State`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from .forms.opened import Opened, Path, State
from .forms.rows import Rows
from .forms.units import Shown, UnitForm
from .reconciling import UNKNOWN, Side, merge_rows, sides

if TYPE_CHECKING:
    from .base import Desk

ANSWERS = {"mine": Side.MINE, "theirs": Side.THEIRS}
# What a browser sends for one row, by name without the row's prefix.
Sent = dict[str, list[str]]


def recorded(form: UnitForm, formsets: dict[str, Any]) -> State:
    """The record as its forms hold it when they are opened."""
    lists = {
        name: {key: form.recorded() for key, form in rows.recorded_forms().items()}
        for name, rows in formsets.items()
    }
    return State(form.recorded(), lists)


@dataclass(frozen=True)
class Change:
    """A unit or a row that changed, in words. None: there is no such row.

    `is_known`: whether it can be told what it was. `answer` and `complaint` are for what both
    changed: what the person chose, and why that does not do.
    """

    path: Path
    label: str
    was: list[Shown] | None
    theirs: list[Shown] | None
    mine: list[Shown] | None
    is_known: bool
    answer: str = ""
    complaint: str = ""

    @property
    def name(self) -> str:
        """The name of the choice in the form."""
        return f"choice/{'/'.join(self.path)}"


@dataclass
class Typed:
    """One list as it was sent: the form of each row by id, of each that is new, and the empty
    ones. `values` and `added` are without the rows that shall be taken out."""

    forms: dict[str, Any] = field(default_factory=dict)
    new: list[Any] = field(default_factory=list)
    blank: list[Any] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    added: list[Any] = field(default_factory=list)

    @classmethod
    def of(cls, rows: Rows, base: Any, theirs: dict[str, Any]) -> "Typed":
        typed = cls()
        then = base if isinstance(base, dict) else {}
        if not rows.management_form.is_valid():
            # The list did not arrive; that takes no row out.
            known = {key: row for key, row in then.items() if isinstance(row, dict)}
            typed.values = {key: known.get(key, row) for key, row in theirs.items()}
            return typed
        for form in rows.forms:
            key, goes = str(form["id"].value() or ""), bool(form["DELETE"].value())
            if not form.is_used():
                typed.blank.append(form)
            elif key not in typed.forms and (
                key in theirs or key in then or (key and base is UNKNOWN)
            ):
                typed.forms[key] = form
                if not goes:
                    typed.values[key] = form.typed(then.get(key))
            elif not goes:
                typed.new.append(form)
                typed.added.append(form.typed(None))
        return typed


class Merging:
    """What was sent, what it was opened on, and what the record is now.

    `desk` holds the forms, made for the record as it is now and bound to what was sent.
    """

    def __init__(self, desk: "Desk", record: Any, data: QueryDict) -> None:
        self.form, self.formsets = desk.form, desk.formsets
        self.record, self.data = record, data
        self.version = str(record.version)
        written = data.get("base", "")
        self.opened = Opened.read(written, record, data.get("version", ""))
        self.is_stale = data.get("version") != self.version
        # A form that does not tell its past is a program's. One whose past cannot be read might
        # hide a choice that waits.
        waits = bool(self.opened.waiting) if self.opened else bool(written)
        self.is_needed = self.is_stale or waits

    @cached_property
    def base(self) -> State | None:
        return self.opened.ancestor() if self.opened else None

    @cached_property
    def theirs(self) -> State:
        return recorded(self.form, self.formsets)

    @cached_property
    def typed(self) -> dict[str, Typed]:
        return {
            name: Typed.of(rows, self._rows_then(name), self.theirs.lists[name])
            for name, rows in self.formsets.items()
        }

    @cached_property
    def mine(self) -> State:
        lists = {name: typed.values for name, typed in self.typed.items()}
        return State(self.form.typed(self.base and self.base.fields), lists)

    def _rows_then(self, name: str) -> Any:
        return self.base.lists.get(name, UNKNOWN) if self.base else UNKNOWN

    @cached_property
    def _merged_rows(self) -> dict[str, Any]:
        return {
            name: merge_rows(
                self._rows_then(name), self.theirs.lists[name], typed.values, typed.added
            )
            for name, typed in self.typed.items()
        }

    @cached_property
    def sides(self) -> dict[Path, Side]:
        """Whose value stands, by path, in the order of the form."""
        base = self.base.fields if self.base else UNKNOWN
        fields = sides(base, self.theirs.fields, self.mine.fields)
        found = {(unit,): fields[unit] for unit in self.form.units() if unit in fields}
        for name, rows in self._merged_rows.items():
            for key, row in rows.by_id.items():
                found[name, key] = row.whole
                units = [unit for unit in self.form_at((name, key)).units() if unit in row.units]
                found |= {(name, key, unit): row.units[unit] for unit in units}
        return found

    def form_at(self, path: Path) -> UnitForm:
        """The form that knows the words for what is at this path."""
        if len(path) == 1:
            return self.form
        name, key = path[:2]
        return self.typed[name].forms.get(key) or self._recorded_forms[name][key]

    @cached_property
    def _recorded_forms(self) -> dict[str, dict[str, Any]]:
        return {name: rows.recorded_forms() for name, rows in self.formsets.items()}

    # What a person is asked and told.

    @cached_property
    def choices(self) -> list[Change]:
        """What both changed."""
        return [self._change(path) for path, side in self.sides.items() if side is Side.OPEN]

    @cached_property
    def taken(self) -> list[Change]:
        """What only they changed; it stands in the form."""
        return [self._change(path) for path, side in self.sides.items() if side is Side.THEIRS]

    @property
    def is_settled(self) -> bool:
        return all(choice.answer for choice in self.choices)

    @property
    def has_complaint(self) -> bool:
        return any(choice.complaint for choice in self.choices)

    def _change(self, path: Path) -> Change:
        was = self.base.at(path) if self.base else UNKNOWN
        is_known = was is not UNKNOWN
        answer, complaint = self._answer(path)
        return Change(
            path,
            self._label(path),
            self._in_words(path, was) if is_known else None,
            self._in_words(path, self.theirs.at(path)),
            self._in_words(path, self.mine.at(path)),
            is_known,
            answer,
            complaint,
        )

    def _answer(self, path: Path) -> tuple[str, str]:
        """What the person chose, if it was about just these two; otherwise what to say."""
        written = "/".join(path)
        asked = self.opened and self.opened.waiting.get(written)
        if not self.opened or not asked:
            return "", ""
        answer = self.data.get(f"choice/{written}", "")
        if self.theirs.at(path) != self.opened.state.at(path):
            return "", _("This was changed once more. Choose again.")
        if answer == "theirs" and self.mine.at(path) != asked["mine"]:
            return "", _("You chose theirs, but then changed yours. Choose again.")
        return (answer, "") if answer in ANSWERS else ("", _("Choose one of the two."))

    def _label(self, path: Path) -> str:
        form = self.form_at(path)
        if len(path) == 1:
            return form.unit_label(path[0])
        values = {
            "list": self.formsets[path[0]].title,
            "number": self._numbers.get(path[:2], ""),
            "field": form.unit_label(path[2]) if len(path) == 3 else "",
        }
        if len(path) == 3:
            return _("%(list)s, row %(number)s: %(field)s") % values
        if values["number"]:
            return _("%(list)s, row %(number)s") % values
        return str(values["list"])

    def _in_words(self, path: Path, value: Any) -> list[Shown] | None:
        if value is None:
            return None
        form = self.form_at(path)
        if len(path) == 2:
            return list(form.in_words(value))
        return list(form.in_words({path[-1]: value}, path[-1]))

    # What the form then holds.

    def merged(self) -> QueryDict:
        """The form with both sides' changes, as it is shown; it builds on the newest version."""
        waiting = {
            "/".join(choice.path): {
                "mine": self.mine.at(choice.path),
                **({"base": self.base.at(choice.path)} if self.base and choice.is_known else {}),
            }
            for choice in self.choices
        }
        return self._data(lambda path: Side.MINE, waiting)

    def settled(self) -> QueryDict:
        """The form with every choice carried out."""
        chosen = {choice.path: ANSWERS[choice.answer] for choice in self.choices}
        return self._data(chosen.__getitem__, {})

    def _data(self, choose: Any, waiting: dict[str, Any]) -> QueryDict:
        data = self.data.copy()
        stands = {
            path: choose(path) if side is Side.OPEN else side for path, side in self.sides.items()
        }
        for path, side in stands.items():
            if len(path) == 1 and side is Side.THEIRS:
                sent = self.form.as_sent(path[0], self.theirs.at(path))
                for name, values in sent.items():
                    data.setlist(self.form.add_prefix(name), values)
        for name, rows in self.formsets.items():
            self._write_rows(data, rows, name, stands)
        version = self.record.version
        data["version"] = str(version)
        # Units with nothing in them are named as well, so that the next form has all their fields.
        fields = {**{unit: {} for unit in self.form.units()}, **self.theirs.fields}
        state = State(fields, self.theirs.lists)
        data["base"] = Opened(version, state, waiting).written(self.record)
        return data

    def _write_rows(self, data: QueryDict, rows: Rows, name: str, stands: dict[Path, Side]) -> None:
        """Those that are recorded first, in their order, as Django's formsets want them."""
        placed = [sent for _key, sent in self._placed(name, stands)]
        known = sum(
            1 for key, _sent in self._placed(name, stands) if key in self.theirs.lists[name]
        )
        for key in [key for key in data if key.startswith(f"{rows.prefix}-")]:
            if key.removeprefix(f"{rows.prefix}-")[:1].isdigit():
                del data[key]
        for number, sent in enumerate(placed):
            for suffix, values in sent.items():
                data.setlist(f"{rows.add_prefix(number)}-{suffix}", values)
        data[f"{rows.prefix}-TOTAL_FORMS"] = str(len(placed))
        data[f"{rows.prefix}-INITIAL_FORMS"] = str(known)

    @cached_property
    def _numbers(self) -> dict[Path, int]:
        """Where each row stands in the form that is shown."""
        shown = {
            path: Side.MINE if side is Side.OPEN else side for path, side in self.sides.items()
        }
        return {
            (name, key): number
            for name in self.typed
            for number, (key, _sent) in enumerate(self._placed(name, shown), 1)
        }

    def _placed(self, name: str, stands: dict[Path, Side]) -> Iterator[tuple[str, Sent]]:
        """(id, what a browser sends) for each row of a list, empty ones last."""
        typed, theirs = self.typed[name], self.theirs.lists[name]
        for key in self._merged_rows[name].by_id:
            form, side = typed.forms.get(key), stands[name, key]
            if form and key in theirs and key in typed.values:
                yield key, self._mixed(name, key, stands)
            elif key in theirs and side is not Side.MINE:
                yield key, self._recorded_row(name, key)
            elif form and side is not Side.THEIRS:
                yield key, self._as_typed(form)
        for form, side in zip(typed.new, self._merged_rows[name].added, strict=True):
            if side is Side.MINE:
                yield "", self._as_typed(form)
        for form in typed.blank:
            yield "", self._as_typed(form)

    def _as_typed(self, form: UnitForm) -> Sent:
        start = f"{form.prefix}-"
        keys = [key for key in self.data if key.startswith(start)]
        return {key.removeprefix(start): self.data.getlist(key) for key in keys}

    def _mixed(self, name: str, key: str, stands: dict[Path, Side]) -> Sent:
        """My row with those units that are theirs."""
        form = self.typed[name].forms[key]
        sent = self._as_typed(form)
        for unit in form.units():
            if stands.get((name, key, unit)) is Side.THEIRS:
                sent |= form.as_sent(unit, self.theirs.at((name, key, unit)))
        return sent

    def _recorded_row(self, name: str, key: str) -> Sent:
        form, row = self._recorded_forms[name][key], self.theirs.lists[name][key]
        sent: Sent = {"id": [key]}
        for unit in form.units():
            sent |= form.as_sent(unit, row.get(unit, {}))
        return sent
