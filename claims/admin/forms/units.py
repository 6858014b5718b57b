"""A form's values in one way of writing, so that what two people have can be compared and shown."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from claims.validators import tidy

# As a form sends it; several, sorted, where a field holds several.
Plain = str | list[str]
Values = dict[str, Plain]
Units = dict[str, Values]
UNSENT_WHEN_EMPTY = (forms.CheckboxInput, forms.CheckboxSelectMultiple)


def plain(field: forms.Field, value: Any) -> Plain:
    """A value as the field's form sends it, however it was written: 7.20 is 7.2.

    What the field does not understand stays as it was typed. A field of records says itself by
    which key it goes (`key_of`).
    """
    if hasattr(field, "key_of"):
        return field.key_of(value)
    if isinstance(value, str | list):
        try:
            understood = field.to_python(value)
            field.run_validators(understood)
            value = understood
        except forms.ValidationError:
            pass  # compared as it was typed; the form complains of it in its own time
    value = field.prepare_value(value)
    if isinstance(value, bool):
        return "on" if value else ""
    return "" if value is None else tidy(str(value))


def in_words(field: forms.Field, value: Plain) -> str:
    """What a person calls it: a choice's label rather than its key, a record's name."""
    if hasattr(field, "in_words"):
        return field.in_words(value)
    choices = getattr(field, "choices", None)
    if choices:
        return str({str(key): label for key, label in choices}.get(str(value), value))
    if isinstance(field, forms.BooleanField):
        return _("Yes")
    if isinstance(field, forms.DateField):
        try:
            return date_format(field.to_python(value))
        except forms.ValidationError:
            return str(value)
    return str(value)


@dataclass(frozen=True)
class Shown:
    """A value in words; `label` where several stand together, `language` where it is known."""

    text: str
    label: str = ""
    language: str = ""


class UnitForm(forms.Form):
    """A form whose values can be compared with another's, unit by unit.

    `together`: fields that are chosen together or not at all, by what they are called together.
    `written_in`: for a text, the field that holds its language.
    """

    together: Mapping[Any, tuple[str, ...]] = {}
    written_in: Mapping[str, str] = {}

    def name_of(self, name: str) -> str:
        """What a field is called where it does not stand in its group."""
        return str(self.fields[name].label or name)

    def units(self) -> dict[str, tuple[str, ...]]:
        """The fields of each unit; a unit goes by the name of its first."""
        groups = {names[0]: names for names in self.together.values()}
        grouped = {name for names in groups.values() for name in names}
        alone = [
            name
            for name, field in self.fields.items()
            if name not in grouped and name != "DELETE" and not field.widget.is_hidden
        ]
        return {**{name: (name,) for name in alone}, **groups}

    def unit_label(self, unit: str) -> str:
        labels = {names[0]: str(label) for label, names in self.together.items()}
        return labels.get(unit) or self.name_of(unit)

    def recorded(self) -> Units:
        """As the record is that the form was made for."""
        return self._by_unit(lambda name, field: self.get_initial_for_field(field, name))

    def typed(self, base: Any) -> Units:
        """As the person sent it. What they may not set is as it was in `base`; if that is not
        known, as it is recorded."""
        recorded = self.recorded()

        def value(name: str, field: forms.Field) -> Any:
            if not field.disabled:
                return self[name].data
            unit = next(unit for unit, names in self.units().items() if name in names)
            then = base.get(unit, {}) if isinstance(base, Mapping) else None
            return (then if isinstance(then, Mapping) else recorded.get(unit, {})).get(name)

        return self._by_unit(value)

    def _by_unit(self, value: Any) -> Units:
        """Units and fields with nothing in them are left out."""
        found = {}
        for unit, names in self.units().items():
            values = {
                name: plain(self.fields[name], value(name, self.fields[name])) for name in names
            }
            if any(values.values()):
                found[unit] = {name: each for name, each in values.items() if each}
        return found

    def as_sent(self, unit: str, values: Values) -> dict[str, list[str]]:
        """What a browser sends for a unit that holds `values`, by name without the prefix.

        A widget that sends more than its own name says so itself (`as_sent`).
        """
        sent: dict[str, list[str]] = {}
        for name in self.units()[unit]:
            value, widget = values.get(name, ""), self.fields[name].widget
            if hasattr(widget, "as_sent"):
                sent |= widget.as_sent(name, value)
            elif isinstance(value, list):
                sent[name] = value
            else:
                unticked = not value and widget.__class__ in UNSENT_WHEN_EMPTY
                sent[name] = [] if unticked else [value]
        return sent

    def in_words(self, units: Units, *only: str) -> Iterator[Shown]:
        """What these units hold, those of `only` or all, in words and in the form's order."""
        shown = [unit for unit in self.units() if unit in units and (not only or unit in only)]
        for unit in shown:
            names = [name for name in self.units()[unit] if name in units[unit]]
            for name in names:
                field = self.fields[name]
                language = field.widget.attrs.get("lang", "")
                if name in self.written_in:
                    language = self._language(self.written_in[name], units)
                alone = len(only) == 1 and len(self.units()[unit]) == 1
                yield Shown(
                    in_words(field, units[unit][name]),
                    "" if alone else self.name_of(name),
                    language,
                )

    def _language(self, name: str, units: Units) -> str:
        """The language that stands in a field: in these units, or else in the form."""
        unit = next(unit for unit, names in self.units().items() if name in names)
        return str(units.get(unit, {}).get(name) or self[name].value() or "")


def record_key(value: Any) -> str:
    """The key of a record, of its key, or of nothing."""
    key = value.pk if isinstance(value, models.Model) else value
    return "" if key is None else str(key)
