"""What a reader narrows lists to: the parameters of an address, as a form that speaks kindly.

The same names as the API's (`api.parameters`), read alike (`records.Filters.of`); there a moment is
given with its zone, here a day of the newsroom's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.choices import Confidence, Standing
from claims.validators import PUBLIC_ID_SQL, language_tag

from .records import Filters
from .wording import day_of, language_name

ANY = _("Any")
public_id = RegexValidator(
    PUBLIC_ID_SQL.replace("$", r"\Z"),
    _("A public id has twelve characters: digits and small letters."),
)


def record_field() -> forms.CharField:
    return forms.CharField(required=False, validators=[public_id], widget=forms.HiddenInput)


def choice_field(label: Any, choices: Sequence[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=[("", ANY), *choices],
        required=False,
        error_messages={
            "invalid_choice": _("“%(value)s” is none of these. Choose one from the list.")
        },
    )


class Narrowing(forms.Form):
    """Filters that narrow claims together. `asked` is what an address says of them."""

    standing = choice_field(_("Standing"), Standing.choices)
    confidence = choice_field(_("Confidence"), Confidence.choices)
    original_language = forms.CharField(
        label=_("Original language"), required=False, max_length=12, validators=[language_tag]
    )
    changed_since = forms.DateField(
        label=_("Changed since"),
        required=False,
        validators=[
            MinValueValidator(date(1900, 1, 1), _("Choose a later day.")),
            MaxValueValidator(date(2199, 12, 31), _("Choose an earlier day.")),
        ],
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": _("Give a day, such as 2025-07-25.")},
    )
    topic = record_field()
    claimant = record_field()
    publisher = record_field()
    source = record_field()

    def __init__(self, asked: Any = None) -> None:
        super().__init__(asked if asked is not None else {}, auto_id="filter-%s", label_suffix="")
        given = self.data.get("original_language", "")
        codes = dict.fromkeys([*dict(settings.LANGUAGES), given])
        self.fields["original_language"].widget = forms.Select(
            choices=[("", ANY), *((code, language_name(code)) for code in codes if code)]
        )
        for name in self.errors:
            field = self.fields[name]
            if not field.widget.is_hidden:
                field.widget.attrs |= {"aria-invalid": "true", "aria-describedby": f"wrong-{name}"}

    @property
    def asked(self) -> list[tuple[str, str]]:
        """What narrows the list, as parameters of an address; in one order, so that one list has
        one address."""
        found = []
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if value:
                found.append((name, "1" if name == "all" else str(value)))
        return found

    @property
    def query(self) -> str:
        return urlencode(self.asked)

    def without(self, name: str) -> str:
        """The address's parameters when one filter is taken away."""
        return urlencode([(key, value) for key, value in self.asked if key != name])

    def filters(self, *, counterclaims: bool = False) -> Filters:
        """What the records are asked for; `counterclaims` where they belong to the list anyhow."""
        known = self.cleaned_data
        day = known.get("changed_since")
        return Filters.of(
            known,
            counterclaims=counterclaims or bool(known.get("all")),
            opened_since=timezone.make_aware(datetime.combine(day, time())) if day else None,
        )


LONGEST_QUERY = 200


class Tick(forms.CheckboxInput):
    """Set by `1` alone, as in the API."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> bool:
        return bool(data.get(name) == "1")


class FilterForm(Narrowing):
    """The list's: claims that rebut nothing, unless counterclaims are asked for too."""

    all = forms.BooleanField(
        label=_("Counterclaims too"),
        required=False,
        widget=Tick(attrs={"value": "1"}),
    )
    field_order = ["all"]


class SearchForm(Narrowing):
    """Words to search for, in claims and counterclaims, with the filters of the list."""

    q = forms.CharField(
        label=_("Words to search for"),
        required=False,
        max_length=LONGEST_QUERY,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
        error_messages={
            "max_length": _("This is too long to search for. Use at most %(limit_value)d letters.")
        },
    )
    field_order = ["q"]

    @property
    def is_narrowed(self) -> bool:
        return self.is_valid() and any(name != "q" for name, _value in self.asked)


@dataclass(frozen=True)
class Chip:
    """A filter as a link: what it says, and the parameters of the list that it leads to."""

    words: str
    query: str
    is_on: bool = False


def active_filters(form: Narrowing, names: Mapping[str, str]) -> list[Chip]:
    """What narrows the list now, each with the way to take it away; `names` those of records."""
    shown: dict[str, Callable[[str], str]] = {
        "all": lambda value: str(_("Counterclaims too")),
        "standing": lambda value: str(Standing(value).label),
        "confidence": lambda value: _("Confidence: %(level)s") % {"level": Confidence(value).label},
        "original_language": lambda value: (
            _("Original language: %(language)s") % {"language": language_name(value)}
        ),
        "changed_since": lambda value: _("Changed since %(day)s") % {"day": day_of(value)},
        "topic": lambda value: _("Topic: %(name)s") % {"name": names["topic"]},
        "claimant": lambda value: _("Claimed by: %(name)s") % {"name": names["claimant"]},
        "publisher": lambda value: _("Published by: %(name)s") % {"name": names["publisher"]},
        "source": lambda value: _("Cites: %(name)s") % {"name": names["source"]},
    }
    return [
        Chip(shown[name](value), form.without(name)) for name, value in form.asked if name in shown
    ]


def quick_filters(form: FilterForm) -> list[Chip]:
    """The ways into the list that most readers take; one is on where nothing else narrows it."""
    asked = dict(form.asked)
    week_ago = str(timezone.localdate() - timedelta(days=7))
    choices: list[tuple[Any, dict[str, str]]] = [
        (_("All"), {}),
        (Standing.CONTESTED.label, {"standing": Standing.CONTESTED.value}),
        (Standing.UNREBUTTED.label, {"standing": Standing.UNREBUTTED.value}),
        (Standing.ANSWERED.label, {"standing": Standing.ANSWERED.value}),
        (_("High confidence"), {"confidence": Confidence.HIGH.value}),
        (_("Changed this week"), {"changed_since": week_ago}),
        (_("Claims and counterclaims"), {"all": "1"}),
    ]
    return [Chip(str(words), urlencode(query), query == asked) for words, query in choices]
