"""Pieces of the newsroom's forms: columns as fields, texts by language, claims by their ids."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import Claim, ClaimText
from claims.templatetags.desk import language_of, spelled
from claims.validators import plain_text, single_line, tidy

from .. import finding
from .units import UnitForm

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# Letters that are written in one language only; combobox.js knows the same.
LETTERS = {
    "ko": re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]"),
    "ja": re.compile("[\u3041-\u30ff]"),
}


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


def radio_of(model: type[models.Model], name: str, **options: Any) -> forms.Field:
    """The form field of a column with few values: all are in sight, and each is one click away."""
    made = field_of(model, name, widget=forms.RadioSelect, **options)
    values = [(value, label) for value, label in made.choices if value]
    # A radio button that was chosen by mistake can be taken back only by another.
    made.choices = values if made.required else [*values, ("", gettext_lazy("Not chosen yet"))]
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


def language_by_letters(text: str) -> str:
    """The language that a text shows by its letters, or nothing."""
    return next((code for code, letters in LETTERS.items() if letters.search(text)), "")


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


class MomentField(forms.DateTimeField):
    """A moment on the newsroom's clock; its help says which clock, and what it shows now."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        bound = super().get_bound_field(form, field_name)
        clock = _("The newsroom’s clock: %(zone)s, now %(now)s.") % {
            "zone": settings.TIME_ZONE,
            "now": spelled(timezone.now()),
        }
        bound.help_text = f"{self.help_text} {clock}".strip()
        return bound


def add_notices(
    form: forms.Form, name: str, label: Any, languages: Iterable[str] = LANGUAGES
) -> None:
    """Add a text to readers in each language, `<name>_<code>`."""
    for code in languages:
        form.fields[f"{name}_{code}"] = reason_field(in_language(label, language_of(code)))
        form.fields[f"{name}_{code}"].widget.attrs["lang"] = code


def notices(form: forms.Form, name: str, languages: Iterable[str] = LANGUAGES) -> dict[str, str]:
    return {code: form.cleaned_data[f"{name}_{code}"] for code in languages}


class VersionedForm(UnitForm):
    """A form that knows which version of its record it was opened on, and what that was."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)
    # Written and read by `Opened`; without validators, as nobody can correct what it holds.
    base = forms.Field(required=False, widget=forms.HiddenInput)

    def rebase(self, version: int) -> None:
        """Let the next try build on `version`: whoever is shown the newest may go on from there."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class ClaimBox(forms.TextInput):
    """A text box for a claim's id that finds claims by what they say; `shown` is the one in it."""

    shown: Claim | None = None

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        box = super().render(name, value, {**(attrs or {}), "autocomplete": "off"}, renderer)
        query = "app_label=claims&model_name=rebuttal&field_name=target"
        stands = self.shown if self.shown and value == self.shown.public_id else None
        said = (
            format_html('<p class="said" lang="{}" dir="auto">{}</p>', stands.language, stands)
            if stands
            else ""
        )
        return format_html(
            '<div class="record" data-combobox="claim" data-name="{}" data-find="{}">{}{}</div>',
            name,
            f"{reverse('admin:autocomplete')}?{query}",
            box,
            said,
        )


class ClaimField(forms.CharField):
    """A claim, named by its id, its address or words of what it says."""

    widget = ClaimBox
    # A whole statement may be pasted here to find the claim that says it.
    longest = ClaimText._meta.get_field("statement").max_length
    default_error_messages = {
        "unknown": gettext_lazy("There is no claim with this id or address."),
        "likely": gettext_lazy("Give the id of the one that you mean: %(claims)s."),
    }

    # Claims whose names need not be looked up, by id; the form says which.
    known: Mapping[str, Claim] = {}

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": self.longest, **options})

    def prepare_value(self, value: Any) -> Any:
        return value.public_id if isinstance(value, Claim) else value

    def clean(self, value: Any) -> Claim | None:
        text = super().clean(value)
        if not text:
            return None
        found = finding.PUBLIC_ID.search(text)
        claim = found and Claim.objects.filter(public_id=found[1]).first()
        if claim:
            return claim
        likely = [f"“{each}” ({each.public_id})" for each in finding.claims(text)[:5]]
        code = "likely" if likely else "unknown"
        raise forms.ValidationError(
            self.error_messages[code], code=code, params={"claims": ", ".join(likely)}
        )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)

    def key_of(self, value: Any) -> str:
        """The claim's id, from its address too; anything else as it was typed."""
        text = tidy(str(self.prepare_value(value) or ""))
        found = finding.PUBLIC_ID.search(text)
        return found[1] if found else text

    def in_words(self, key: str) -> str:
        claim = self.known.get(key) or Claim.objects.for_list().filter(public_id=key).first()
        return str(claim or key)
