"""What a merge, a split and their undo ask for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.actions.merging import PARTED, living_rebuttals
from claims.models import Claim, ClaimText
from claims.models.fields import in_this_language

from .fields import LANGUAGES, ClaimField, VersionedForm, field_of, in_language


class ChooseForm(forms.Form):
    """Which claim another is merged into."""

    into = ClaimField(
        required=False,
        label=gettext_lazy("The claim that stays"),
        help_text=gettext_lazy("Its id, or its address on this site."),
    )


class SearchForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=200, label=gettext_lazy("Search by words of its statement")
    )


class MergeForm(VersionedForm):
    """The versions of both claims as they were looked at."""

    into_version = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)

    def rebase(self, version: int, into_version: int = 0) -> None:
        super().rebase(version)
        self.data[self.add_prefix("into_version")] = str(into_version)


class UndoForm(VersionedForm):
    pass


class Place(models.TextChoices):
    """Where a row of a claim that is split stands afterwards."""

    STAYS = "stays", gettext_lazy("Stays here")
    GOES = "goes", gettext_lazy("Goes to the new claim")
    BOTH = "both", gettext_lazy("Stands in both")


@dataclass(frozen=True)
class Row:
    """One row that is to be placed: its field, and what it says in which language."""

    field: forms.BoundField
    text: str
    language: str
    detail: str = ""


class SplitForm(VersionedForm):
    """What each of the two claims says, and where each row of the first goes."""

    def __init__(self, *args: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claim = claim
        self.texts = {text.language: text for text in claim.texts.all()}
        self.codes = sorted({*LANGUAGES, *self.texts}, key=lambda code: code != claim.language)
        for code in self.codes:
            self._add_texts(code)
        self.rows = {name: list(rows_of(claim, name)) for name in PARTED}
        for name, rows in self.rows.items():
            for pk, text, _language, _detail in rows:
                self.fields[f"{name}_{pk}"] = forms.ChoiceField(
                    choices=Place.choices,
                    initial=Place.STAYS,
                    label=text,
                    widget=forms.RadioSelect,
                )

    def _add_texts(self, code: str) -> None:
        language = dict(settings.LANGUAGES).get(code, code)
        now = self.texts.get(code)
        areas = {"widget": forms.Textarea(attrs={"rows": 2})}
        for name, label, initial in (
            (f"statement_{code}", in_language(_("The new claim says"), language), ""),
            (f"kept_{code}", in_language(_("This claim says"), language), now and now.statement),
        ):
            self.fields[name] = field_of(
                ClaimText, "statement", label=label, initial=initial or "", **areas
            )
        self.fields[f"attribution_{code}"] = field_of(
            ClaimText,
            "attribution",
            label=in_language(_("Who says the new one"), language),
            initial=now.attribution if now else "",
        )
        for name in ("statement", "kept", "attribution"):
            self.fields[f"{name}_{code}"].widget.attrs["lang"] = code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for code in self.codes:
            if f"statement_{code}" in self.errors or f"kept_{code}" in self.errors:
                continue
            if code == self.claim.language and not data.get(f"statement_{code}"):
                sentence = _("Write the statement in the original language.")
                self.add_error(f"statement_{code}", sentence)
            if code in self.texts and not data.get(f"kept_{code}"):
                self.add_error(f"kept_{code}", _("Say what this claim says from now on."))
        return data

    def new_fields(self) -> list[forms.BoundField]:
        names = ("statement", "attribution")
        return [self[f"{name}_{code}"] for code in self.codes for name in names]

    def kept_fields(self) -> list[forms.BoundField]:
        return [self[f"kept_{code}"] for code in self.codes]

    def groups(self) -> Iterator[tuple[str, list[Row]]]:
        """(title, rows) of each list that has rows."""
        titles = {
            "citations": _("Citations"),
            "figures": _("Figures"),
            "wordings": _("Other wordings"),
            "rebuts": _("What it rebuts"),
            "rebuttals": _("Its rebuttals"),
        }
        for name in PARTED:
            rows = [
                Row(self[f"{name}_{pk}"], text, language, detail)
                for pk, text, language, detail in self.rows[name]
            ]
            if rows:
                yield titles[name], rows

    def contents(self) -> dict[str, Any]:
        """`texts`, `kept`, `moved` and `copied` as the action takes them."""
        data = self.cleaned_data
        texts = {
            code: {
                "statement": data[f"statement_{code}"],
                "attribution": data[f"attribution_{code}"],
            }
            for code in self.codes
            if data[f"statement_{code}"]
        }
        kept = {
            code: {"statement": data[f"kept_{code}"]}
            for code in self.codes
            if data[f"kept_{code}"]
            and data[f"kept_{code}"] != getattr(self.texts.get(code), "statement", "")
        }
        return {
            "texts": texts,
            "kept": kept,
            "moved": self._placed(Place.GOES),
            "copied": self._placed(Place.BOTH),
        }

    def _placed(self, place: Place) -> dict[str, list[int]]:
        return {
            name: [row[0] for row in rows if self.cleaned_data[f"{name}_{row[0]}"] == place]
            for name, rows in self.rows.items()
        }


def rows_of(claim: Claim, name: str) -> Iterable[tuple[int, str, str, str]]:
    """(id, text, language, detail) of each row of a list that a split can hand over."""
    if name == "citations":
        for citation in claim.citations.all():
            source = citation.source
            if citation.quotation:
                yield citation.pk, citation.quotation, source.language, source.title
            else:
                yield citation.pk, source.title, source.language, citation.locator
    elif name == "figures":
        for figure in claim.figures.all():
            value = format(figure.value.normalize(), "f")
            yield figure.pk, f"{in_this_language(figure.labels)}: {value}", "", ""
    elif name == "wordings":
        for wording in claim.wordings.all():
            yield wording.pk, wording.text, wording.language, ""
    elif name == "rebuts":
        for edge in claim.rebuts.all():
            yield edge.pk, str(edge.target), edge.target.language, str(edge.get_ground_display())
    else:
        for edge in living_rebuttals(claim):
            made = edge.counterclaim
            yield edge.pk, str(made), made.language, str(edge.get_ground_display())
