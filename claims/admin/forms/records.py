"""Boxes that ask for a party or a source: found by name, or new in place.

A box `<name>` sends the record's number as `<name>` and what is written in it as `<name>_typed`.
Where the writing is another than the number's record, the writing counts: an exact name is that
record; otherwise the form comes back and offers the likely ones and a new one (`<name>_chosen`,
for what was written then: `<name>_asked`). A number that was changed beside an untouched writing
counts too (`<name>_stood` is the number that the page was made with). What a new record needs
beside its name is a form of its own with the prefix `<name>`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.forms.utils import flatatt
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from claims.actions import NewParty, NewSource
from claims.choices import PartyKind
from claims.models import Party, PartyName, Source
from claims.validators import single_line, tidy

from ..finding import exactly, folded, note_of
from .fields import clean_date_with_precision, field_of, in_language, language_by_letters, radio_of
from .offers import Listed, Lookup, Offer
from .units import record_key

NEW = "new"
# Begins what is compared as a name and not as a number.
WRITTEN = "="


@dataclass(frozen=True)
class Typed:
    """What was sent, or stands, in one box. `text` is None where only a number was sent."""

    key: str = ""
    text: str | None = None
    chosen: str = ""
    asked: str = ""
    stood: str = ""
    data: Any = field(default=None, compare=False, repr=False)

    @property
    def is_new(self) -> bool:
        return self.chosen == NEW

    @property
    def pick(self) -> str:
        """The number that was chosen among the likely ones, if it was for what stands here now."""
        stands = folded(self.asked) == folded(self.text or "")
        return self.chosen if stands and not self.is_new else ""

    def is_empty(self) -> bool:
        return not self.key if self.text is None else not tidy(self.text)


class RecordWidget(forms.Widget):
    """A text box with the record's name, beside it its number; below it what is not yet clear."""

    field: "RecordField"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        def sent(suffix: str) -> str:
            return data.get(f"{name}{suffix}") or ""

        return Typed(
            key=str(data.get(name) or ""),
            text=data.get(f"{name}_typed"),
            chosen=sent("_chosen"),
            asked=sent("_asked"),
            stood=sent("_stood"),
            data=data,
        )

    def as_sent(self, name: str, value: str) -> dict[str, list[str]]:
        """What a browser sends where the record with this number stands."""
        left = {f"{name}{suffix}": [] for suffix in ("_typed", "_chosen", "_asked")}
        return {name: [value], f"{name}_stood": [value], **left}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_typed" not in data

    def id_for_label(self, id_: str) -> str:
        return id_

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = self.field
        typed = value if isinstance(value, Typed) else Typed()
        built = self.build_attrs(self.attrs, attrs)
        hidden = {"type": "hidden", "name": name, "value": typed.key}
        hidden |= {"disabled": True} if "disabled" in built else {}
        stood = {**hidden, "name": f"{name}_stood"} if typed.key else None
        shown = {
            "type": "text",
            "name": f"{name}_typed",
            "value": box.in_words(value),
            "maxlength": box.longest,
            "autocomplete": "off",
            "dir": "auto",
            **built,
        }
        return format_html(
            '<div class="record" data-combobox="{}" data-name="{}" data-find="{}">'
            "<input{}><input{}>{}{}</div>",
            box.kind,
            name,
            box.address,
            flatatt(hidden),
            flatatt(shown),
            format_html("<input{}>", flatatt(stood)) if stood else "",
            self.below(name, typed),
        )

    def below(self, name: str, typed: Typed) -> SafeString:
        """The likely ones to choose from, and the form of a new one."""
        box = self.field
        if not typed.is_new and not box.is_unclear:
            return mark_safe("")
        context = {
            "name": name,
            "typed": typed,
            "text": typed.text or "",
            "kind": box.kind,
            "likely": [(record.pk, record, note_of(record)) for record in box.likely],
            "form": box.new_form(name, typed.data),
        }
        return render_to_string("admin/claims/_unclear.html", context)


class RecordField(forms.Field):
    """One party or source, a new one, or None; `offer` says among which records it is found.

    Cleaned, it is a `Party` or `Source`, or a `NewParty` or `NewSource` to hand to an action.
    """

    widget = RecordWidget
    default_error_messages = {
        **forms.ChoiceField.default_error_messages,
        "unclear": gettext_lazy("Say which one you mean, or record a new one."),
    }
    # How a box of this kind is called in templates, and the column whose records it asks for.
    kind = ""
    column: tuple[str, str] = ("", "")
    longest = 300
    # Whether two new records of one name, on one screen, are the same.
    one_of_a_name = False

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})
        self.likely: list[Any] = []
        self.is_unclear = False
        self._new: dict[str, tuple[Any, Any]] = {}
        self.widget.field = self

    def __deepcopy__(self, memo: Any) -> Any:
        copied = super().__deepcopy__(memo)
        copied.likely, copied._new, copied.widget.field = [], {}, copied
        return copied

    @property
    def address(self) -> str:
        """Where the box finds records while somebody types."""
        model, column = self.column
        query = f"app_label=claims&model_name={model}&field_name={column}"
        return f"{reverse('admin:autocomplete')}?{query}"

    def offer(self, records: Lookup) -> None:
        self.records = records

    def new_form(self, name: str, data: Any) -> Any:
        """The form of a new record, the same one whenever it is asked for."""
        if name not in self._new or self._new[name][0] is not data:
            was_sent = data is not None and f"{name}-kind" in data
            called = (data or {}).get(f"{name}_typed") or ""
            made = self.form_of_new(data if was_sent else None, name, called)
            self._new[name] = (data, made)
        return self._new[name][1]

    def form_of_new(self, data: Any, name: str, called: str = "") -> Any:
        raise NotImplementedError

    def made_of(self, text: str, values: Mapping[str, Any]) -> Any:
        """The new record with this name and these values of its form."""
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, Typed):
            return self._settled(value)
        if value in self.empty_values:
            return ""
        return Typed(key=str(getattr(value, "pk", value)))

    def _settled(self, typed: Typed) -> Any:
        """With the one that was chosen among the likely ones in the box; nothing as nothing."""
        if typed.is_empty() and not typed.is_new:
            return ""
        record = self.records.get(typed.pick) if typed.pick else None
        if record is None:
            return typed
        return replace(typed, key=typed.pick, text=str(record), chosen="", asked="")

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled else self._counting(data)

    def _counting(self, typed: Typed) -> Typed:
        """What was sent, without the writing where only the number was changed."""
        if typed.text is None or typed.is_new or typed.pick or typed.key == typed.stood:
            return typed
        untouched = tidy(typed.text) == self.in_words(typed.stood)
        return replace(typed, text=None) if untouched else typed

    def key_of(self, value: Any) -> str:
        """The record's number, or the name that was typed and is none's, marked as such."""
        typed = self.prepare_value(self._counting(value) if isinstance(value, Typed) else value)
        if not typed:
            return ""
        stands = typed.text is None or tidy(typed.text) == self.in_words(typed.key)
        return typed.key if stands and not typed.is_new else f"{WRITTEN}{tidy(typed.text or '')}"

    def in_words(self, value: Any) -> str:
        """A value as people read it: the name that was typed, or the record's."""
        if value in self.empty_values:
            return ""
        if isinstance(value, str) and value.startswith(WRITTEN):
            return value.removeprefix(WRITTEN)
        if isinstance(value, Typed):
            if value.text is not None:
                return tidy(value.text)
            value = value.key
        record = value if isinstance(value, models.Model) else self.records.get(value)
        return "" if record is None else str(record)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if self.disabled:
            return False
        before = self.prepare_value(initial)
        typed = data if data in self.empty_values else self._counting(data)
        typed = self.prepare_value(typed)
        if not typed:
            return bool(before)
        if typed.is_new or not before or typed.key != before.key:
            return True
        return typed.text is not None and tidy(typed.text) != self.in_words(initial)

    def _clean_bound_field(self, bound: Any) -> Any:
        self.name = bound.html_name
        return self.clean(self.bound_data(bound.data, bound.initial))

    def to_python(self, value: Any) -> Any:
        typed = self.prepare_value(value)
        if not typed:
            return None
        if typed.is_empty():
            raise forms.ValidationError(_("Write what it is called."), code="unnamed")
        if typed.text is None:
            return self._by_number(typed.key)
        text = tidy(typed.text)
        single_line(text)
        if len(text) > self.longest:
            raise forms.ValidationError(
                _("Write at most %(most)s characters."), params={"most": self.longest}
            )
        if typed.is_new:
            return self._recorded_new(text, typed)
        return self._by_name(text, typed.key)

    def _by_number(self, key: str) -> Any:
        record = self.records.get(key)
        if record is None:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": key},
            )
        return record

    def _by_name(self, text: str, key: str) -> Any:
        """The record that is called so: the one that stood here before others."""
        stood = self.records.get(key) if key else None
        if stood is not None and exactly([stood], text, self.records.names_of):
            return stood
        if folded(text) in self.records.new:
            return self.records.new[folded(text)]
        likely = self.records.likely(text)
        exact = exactly(likely, text, self.records.names_of)
        if len(exact) == 1:
            return exact[0]
        self.likely, self.is_unclear = likely, True
        raise forms.ValidationError(str(self.error_messages["unclear"]), code="unclear")

    def _recorded_new(self, text: str, typed: Typed) -> Any:
        form = self.new_form(self.name, typed.data)
        if form.is_bound and not form.is_valid():
            raise forms.ValidationError(
                _("Please look at the marked fields of the new record."), code="new"
            )
        # Where nothing but the name was sent, the rest is as the empty form has it.
        empty = {name: field.initial for name, field in form.fields.items()}
        made = self.made_of(text, form.cleaned_data if form.is_bound else empty)
        known = self.records.new.setdefault(folded(text), made)
        return known if self.one_of_a_name else made


class NewPartyForm(forms.Form):
    """What a new party needs beside the name that is typed in its box."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"] = field_of(Party, "kind", initial=PartyKind.ORGANISATION)
        for code, language in settings.LANGUAGES:
            if code != get_language():
                name = field_of(PartyName, "name", label=in_language(_("Name"), language))
                name.widget.attrs["lang"] = code
                self.fields[f"name_{code}"] = name


class PartyField(RecordField):
    kind = "party"
    column = ("claim", "claimant")
    longest = 200
    one_of_a_name = True

    def form_of_new(self, data: Any, name: str, called: str = "") -> NewPartyForm:
        return NewPartyForm(data, prefix=name)

    def made_of(self, text: str, values: Mapping[str, Any]) -> NewParty:
        names = {code: values.get(f"name_{code}") for code, _name in settings.LANGUAGES}
        names[get_language() or settings.LANGUAGE_CODE] = text
        given = tuple((code, name) for code, name in names.items() if name)
        return NewParty(names=given, kind=values["kind"] or PartyKind.ORGANISATION)


class NewSourceForm(forms.Form):
    """What a new source needs beside the title that is typed in its box."""

    def __init__(self, *args: Any, offered: Lookup, title: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        language = language_by_letters(title) or get_language() or settings.LANGUAGE_CODE
        self.fields["kind"] = radio_of(Source, "kind", required=True)
        self.fields["language"] = field_of(Source, "language", initial=language)
        self.fields["publisher"] = PartyField(label=_("Publisher"))
        offer_records(self, "publisher", offered)
        for name in ("url", "published_on", "date_precision"):
            self.fields[name] = field_of(Source, name)
        self.fields["seen"] = field_of(Source, "seen", initial=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        clean_date_with_precision(self, "published_on", "date_precision")
        return data


class SourceField(RecordField):
    kind = "source"
    column = ("citation", "source")
    publishers: Lookup

    def offer(self, records: Lookup, publishers: Lookup | None = None) -> None:
        super().offer(records)
        self.publishers = publishers or Offer().parties

    def form_of_new(self, data: Any, name: str, called: str = "") -> NewSourceForm:
        return NewSourceForm(data, prefix=name, offered=self.publishers, title=called)

    def made_of(self, text: str, values: Mapping[str, Any]) -> NewSource:
        given = {name: value for name, value in values.items() if value not in (None, "")}
        fields = {**given, "title": text, "seen": bool(values["seen"])}
        return NewSource(fields=tuple(sorted(fields.items())))


def offer_records(form: forms.Form, name: str, records: Lookup, *others: Lookup) -> None:
    """Let a form's box find among these, and say which ones it is going to ask for."""
    form.fields[name].offer(records, *others)
    sent = form.add_prefix(name)
    records.expect(form.initial.get(name), form.data.get(sent), form.data.get(f"{sent}_chosen"))


def new_records() -> dict[str, forms.Form]:
    """The empty forms of a new party and a new source, for the script that puts them in place."""
    empty = {"data": None, "name": "__name__"}
    parties = Offer().parties
    source = SourceField()
    source.offer(Offer().sources, parties)
    return {"party": PartyField().form_of_new(**empty), "source": source.form_of_new(**empty)}


class RecordsField(forms.MultipleChoiceField):
    """Several of the records on offer, as checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def offer(self, records: Listed) -> None:
        self.records = records
        self.choices = records.choices

    def clean(self, value: Any) -> list[Any]:
        return [self.records.by_key[key] for key in super().clean(value)]

    def key_of(self, value: Any) -> list[str]:
        return sorted({record_key(each) for each in value or ()})

    def in_words(self, keys: list[str]) -> str:
        return ", ".join(str(self.records.by_key.get(key, key)) for key in keys)
