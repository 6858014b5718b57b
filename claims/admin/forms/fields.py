"""Pieces of the newsroom's forms: columns as fields, texts by language, and records in selects."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import Claim, Party, Source, Topic
from claims.validators import plain_text, single_line, tidy

LANGUAGES = [code for code, _name in settings.LANGUAGES]
PUBLIC_ID = re.compile(r"(?:^|/)([0-9a-z]{12})/?$")
NOTHING_CHOSEN = ("", "---------")


def field_of(model: type[models.Model], name: str, **options: Any) -> forms.Field:
    """The form field of a model's column, with its rules; required only where `options` say so."""
    field = model._meta.get_field(name)
    if isinstance(field, models.TextField):
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
    if isinstance(field, models.DateField):
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    if isinstance(field, models.DecimalField):
        options.setdefault("form_class", NumberField)
    made = field.formfield(**{"required": False, **options})
    # Django leaves a column's own validators to model forms.
    made.validators = [*made.validators, *(v for v in field.validators if v not in made.validators)]
    return made


class NumberField(forms.DecimalField):
    """A decimal number as people write it: any minus, no needless zeros.

    The field is a plain text: browsers throw away what they don't take for a number.
    """

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    default_error_messages = {
        "invalid": gettext_lazy("Write a number in digits, with a point and no commas: 7.2"),
    }

    def to_python(self, value: Any) -> Decimal | None:
        return super().to_python(value.replace("−", "-") if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def in_language(label: Any, language: Any) -> str:
    return f"{label} ({language})"


def add_by_language(form: forms.Form, model: type[models.Model], name: str) -> list[str]:
    """Add a field `<name>_<code>` for each language of a column that holds texts by language."""
    column = model._meta.get_field(name)
    names = []
    for code, language in settings.LANGUAGES:
        field = forms.CharField(
            label=in_language(capfirst(column.verbose_name), language),
            required=False,
            max_length=column.line_length,
            validators=[single_line],
            help_text=column.help_text,
        )
        field.widget.attrs["lang"] = code
        names.append(f"{name}_{code}")
        form.fields[names[-1]] = field
    return names


def initial_by_language(name: str, texts: Mapping[str, str]) -> dict[str, Any]:
    return {name: texts, **{f"{name}_{code}": text for code, text in texts.items()}}


def by_language(form: forms.Form, name: str) -> dict[str, str]:
    """The texts that were typed, and as they were those for which the form has no field."""
    typed = {code: form.cleaned_data[f"{name}_{code}"] for code in LANGUAGES}
    texts = {**form.initial.get(name, {}), **typed}
    return {code: text for code, text in texts.items() if text}


def clean_date_with_precision(form: forms.Form, date: str, precision: str) -> None:
    """A date and how much of it is known come together; complain beside the one that lacks."""
    data = form.cleaned_data
    if date in form.errors or precision in form.errors:
        return
    if data.get(date) and not data.get(precision):
        form.add_error(precision, _("Say how much of the date is known."))
    elif data.get(precision) and not data.get(date):
        form.add_error(date, _("Give the date, or leave its precision empty."))


def reason_field(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
        **options,
    )


def moment_field(label: Any, **options: Any) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        **options,
    )


def add_notices(form: forms.Form, name: str, label: Any) -> None:
    """Add a text to readers in each language, `<name>_<code>`."""
    for code, language in settings.LANGUAGES:
        form.fields[f"{name}_{code}"] = reason_field(in_language(label, language))
        form.fields[f"{name}_{code}"].widget.attrs["lang"] = code


def notices(form: forms.Form, name: str) -> dict[str, str]:
    return {code: form.cleaned_data[f"{name}_{code}"] for code, _name in settings.LANGUAGES}


class VersionedForm(forms.Form):
    """A form that knows which version of its record it was opened on."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)

    def differences(self, now: dict[str, Any]) -> Iterator[dict[str, str]]:
        """Where what was typed differs from what the record says `now`: label, mine, theirs."""
        for name in self.fields:
            mine, theirs = self.shown(name, self[name].value()), self.shown(name, now.get(name))
            if name not in ("version", "new_id") and mine != theirs:
                yield {"label": self.name_of(name), "mine": mine, "theirs": theirs}

    def name_of(self, name: str) -> str:
        """What a field is called where it does not stand in its group."""
        return str(self.fields[name].label or name)

    def shown(self, name: str, value: Any) -> str:
        """A value in words: a select's label rather than its key, several in the form's order."""
        field = self.fields[name]
        value = field.prepare_value(value)
        choices = getattr(field, "choices", None)
        if choices and isinstance(value, list | tuple):
            chosen = {str(each) for each in value}
            return ", ".join(str(label) for key, label in choices if str(key) in chosen)
        text = "" if value is None else tidy(str(value))
        return str({str(k): v for k, v in choices}.get(text, text)) if choices else text

    def rebase(self, version: int) -> None:
        """Let the next save build on `version`: whoever saw the differences may overwrite them."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class ClaimField(forms.CharField):
    """A claim, named by its id or its address."""

    default_error_messages = {
        "unknown": gettext_lazy("There is no claim with this id or address."),
    }

    def prepare_value(self, value: Any) -> Any:
        return value.public_id if isinstance(value, Claim) else value

    def clean(self, value: Any) -> Claim | None:
        text = super().clean(value)
        if not text:
            return None
        found = PUBLIC_ID.search(text)
        claim = found and Claim.objects.filter(public_id=found[1]).first()
        if not claim:
            raise forms.ValidationError(self.error_messages["unknown"], code="unknown")
        return claim

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class Records:
    """Records that selects offer: read and written once, however many selects offer them."""

    def __init__(self, queryset: models.QuerySet) -> None:
        self.queryset = queryset

    @cached_property
    def by_key(self) -> dict[str, Any]:
        return {str(record.pk): record for record in self.queryset}

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        return [(key, str(record)) for key, record in self.by_key.items()]

    @cached_property
    def choices_or_none(self) -> list[tuple[str, str]]:
        return [NOTHING_CHOSEN, *self.choices]

    @cached_property
    def labels(self) -> dict[str, str]:
        return dict(self.choices_or_none)

    @cached_property
    def options(self) -> dict[str, SafeString]:
        return {
            key: format_html('<option value="{}">{}</option>', key, label)
            for key, label in self.labels.items()
        }


class Offer:
    """What the selects of one screen offer."""

    def __init__(self) -> None:
        self.parties = Records(Party.objects.prefetch_related("names"))
        self.sources = Records(Source.objects.all())
        self.topics = Records(Topic.objects.all())


class RecordSelect(forms.Select):
    """A select that writes its options itself: Django takes a template for each, and a claim's
    form may show some ten thousand."""

    records: Records

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = {**self.records.options}
        if chosen in options:
            label = self.records.labels[chosen]
            options[chosen] = format_html('<option value="{}" selected>{}</option>', chosen, label)
        written = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        joined = format_html_join("", "{}", ((option,) for option in options.values()))
        return format_html("<select{}>{}</select>", written, joined)


class RecordField(forms.Field):
    """One of the records on offer, or None; the form says which are offered."""

    widget = RecordSelect
    default_error_messages = forms.ChoiceField.default_error_messages

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def offer(self, records: Records) -> None:
        self.records = self.widget.records = records
        self.choices = self.widget.choices = records.choices_or_none

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        record = self.records.by_key.get(str(value))
        if record is None:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": value},
            )
        return record

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and str(initial or "") != str(data or "")


class RecordsField(forms.MultipleChoiceField):
    """Several of the records on offer, as checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})

    def offer(self, records: Records) -> None:
        self.records = records
        self.choices = records.choices

    def clean(self, value: Any) -> list[Any]:
        return [self.records.by_key[key] for key in super().clean(value)]
