"""The claim's own form: what it says in each language, who says it, how well it is supported."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from claims.actions.claims import FIELDS, TEXT_FIELDS
from claims.choices import Verdict, VerdictScale
from claims.models import Claim, ClaimText, Rebuttal
from claims.validators import PUBLIC_ID_SQL

from .fields import (
    LANGUAGES,
    VersionedForm,
    field_of,
    in_language,
    radio_of,
)
from .offers import Offer
from .opened import Opened
from .places import PlacesField
from .records import PartyField, RecordsField, offer_records

# What is asserted in a language, how well it is supported, and what readers are told of a change.
SAID = ("statement", "attribution")
SUPPORT = ("reason", "unknowns", "would_change")
NOTE = ("change_note",)
CHANGE = ("stated_change", "stated_change_unit", "stated_change_bound")


def verdict_choices(verdict: str, scale: str) -> list[tuple[str, str]]:
    """The verdicts on the newsroom's scale, and the one that stands, given on another."""
    newsrooms = settings.VERDICT_SCALE
    offered = VerdictScale(newsrooms).verdicts if newsrooms in VerdictScale.values else []
    labels = {each.value: str(each.label) for each in offered}
    if verdict and scale != newsrooms:
        labels[verdict] = _("%(verdict)s (given on the other scale: %(scale)s)") % {
            "verdict": Verdict(verdict).label,
            "scale": VerdictScale(scale).label,
        }
    return list(labels.items())


class ClaimForm(VersionedForm):
    """A claim with its texts; one group of text fields for each language.

    `offer`: the records to choose from. `may_flag`: whether this person may say whom a claim faults
    and why nobody was asked. `first`: no edition has been open to readers, so that there is no
    change to describe. `rebuttals`: what those say that stand beside it, by their claims' ids.
    """

    # Made with the empty form, so that sending it twice records one claim.
    new_id = forms.CharField(
        required=False,
        widget=forms.HiddenInput,
        validators=[RegexValidator(PUBLIC_ID_SQL.replace("$", r"\Z"))],
    )
    language = field_of(Claim, "language", required=True)
    claimant = PartyField(
        label=gettext_lazy("Claimant"), help_text=Claim._meta.get_field("claimant").help_text
    )
    confidence = radio_of(Claim, "confidence")
    verdict = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Verdict"),
        help_text=gettext_lazy("The newsroom’s rating; it does not follow from the confidence."),
    )
    change_kind = field_of(Claim, "change_kind")
    stated_change = field_of(Claim, "stated_change")
    stated_change_unit = field_of(Claim, "stated_change_unit")
    stated_change_bound = field_of(Claim, "stated_change_bound")
    allegation_about = PartyField(
        label=gettext_lazy("Allegation about"),
        help_text=Claim._meta.get_field("allegation_about").help_text,
    )
    review_by = field_of(Claim, "review_by")
    together = {gettext_lazy("Stated change"): CHANGE}

    topics = RecordsField(
        label=gettext_lazy("Topics"),
        help_text=gettext_lazy("New ones are recorded under “topics”."),
    )
    first_rebuttals = PlacesField(label=gettext_lazy("Rebuttals that stand first"))

    def __init__(
        self,
        *args: Any,
        offer: Offer,
        may_flag: bool,
        first: bool = False,
        rebuttals: Mapping[str, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.is_new = self.initial.get("version") is None
        self.languages = self._languages()
        self.fields["language"] = forms.ChoiceField(
            choices=self.languages,
            label=self.fields["language"].label,
            help_text=self.fields["language"].help_text,
        )
        offer_records(self, "claimant", offer.parties)
        offer_records(self, "allegation_about", offer.parties)
        self.fields["topics"].offer(offer.topics)
        self.fields["first_rebuttals"].offer(
            self.initial.get("first_rebuttals", ()), rebuttals or {}
        )
        self._offer_verdicts()
        self.text_names = [name for name in TEXT_FIELDS if not (first and name == "change_note")]
        if first:
            del self.fields["change_kind"]
        if self.is_new:
            self.fields["review_by"].help_text = _(
                "Left empty, a claim that says “now” or names a period gets a day of its own."
            )
        self._add_texts()
        if self.is_new and not self.is_bound:
            self.fields[f"statement_{self.original}"].widget.attrs["autofocus"] = True
        if not may_flag:
            for name in self.flag_names():
                self.fields[name].disabled = True
                self.fields[name].help_text = _("An editor fills this in.")

    def _languages(self) -> list[tuple[str, Any]]:
        """The newsroom's languages, and others that the record holds."""
        more = {*self.initial.get("languages", ()), self.initial.get("language")} - {None}
        others = sorted(more - set(LANGUAGES))
        return [*settings.LANGUAGES, *((code, code) for code in others)]

    def _offer_verdicts(self) -> None:
        choices = verdict_choices(
            self.initial.get("verdict") or "", self.initial.get("verdict_scale") or ""
        )
        self.fields["verdict"].choices = [("", "---------"), *choices]
        if not choices:
            del self.fields["verdict"]

    def _add_texts(self) -> None:
        for code, language in self.languages:
            for name in self.text_names:
                # A statement is one line, but a long one: give it room to be read.
                rows = {"widget": forms.Textarea(attrs={"rows": 2})} if name == "statement" else {}
                field = field_of(ClaimText, name, **rows)
                field.widget.attrs["lang"] = code
                if (
                    name == "reply_exception"
                ):  # these stand together, not in their languages' groups
                    field.label = in_language(field.label, language)
                self.fields[f"{name}_{code}"] = field

    @staticmethod
    def initial_of(claim: Claim) -> dict[str, Any]:
        initial = {name: getattr(claim, name) for name in FIELDS}
        initial |= {
            "version": claim.version,
            "claimant": claim.claimant_id,
            "allegation_about": claim.allegation_about_id,
            "verdict_scale": claim.verdict_scale,
            "topics": [topic.pk for topic in claim.topics.all()],
            "languages": [text.language for text in claim.texts.all()],
        }
        for text in claim.texts.all():
            initial |= {f"{name}_{text.language}": getattr(text, name) for name in TEXT_FIELDS}
        return initial

    @staticmethod
    def languages_of(opened: Opened | None) -> list[str]:
        """The languages that the claim had when its form was opened."""
        names = [*opened.state.fields, *opened.waiting] if opened else []
        return sorted(
            {name.removeprefix("statement_") for name in names if name.startswith("statement_")}
        )

    def name_of(self, name: str) -> str:
        language = dict(self.languages).get(name.rpartition("_")[2])
        label = super().name_of(name)
        if language is None or name.startswith("reply_exception"):
            return label
        return in_language(label, language)

    @property
    def original(self) -> str:
        """The language that stands first on the screen."""
        chosen = self["language"].value() or get_language()
        return chosen if chosen in dict(self.languages) else settings.LANGUAGE_CODE

    def texts_of(self, code: str, names: Iterable[str]) -> list[forms.BoundField]:
        return [self[f"{name}_{code}"] for name in names if name in self.text_names]

    def some(self, *names: str) -> list[forms.BoundField]:
        """Those of these fields that the form has."""
        return [self[name] for name in names if name in self.fields]

    def said_fields(self) -> list[forms.BoundField]:
        """What is claimed and by whom, in the original language."""
        statement, attribution = self.texts_of(self.original, SAID)
        return [statement, *self.some("claimant"), attribution, *self.some("language")]

    def support_fields(self) -> list[forms.BoundField]:
        """How well it is supported, and why."""
        texts = self.texts_of(self.original, SUPPORT)
        return [*self.some("confidence"), *texts, *self.some("verdict")]

    def note_fields(self) -> list[forms.BoundField]:
        """From the second edition: what kind of change it is, and what readers are told."""
        return [*self.some("change_kind"), *self.texts_of(self.original, NOTE)]

    def change_fields(self) -> list[forms.BoundField]:
        """The change that the claim states, which stands with its figures."""
        return [self[name] for name in CHANGE]

    def flag_names(self) -> list[str]:
        return ["allegation_about", *(f"reply_exception_{code}" for code, _name in self.languages)]

    def flag_fields(self) -> list[forms.BoundField]:
        """Whom the claim faults, and why nobody was asked: they stand with the replies."""
        return [self[name] for name in self.flag_names()]

    def finding_fields(self) -> list[forms.BoundField]:
        """Where readers find the claim, and when it is looked at again."""
        return [self[name] for name in ("topics", "review_by") if name in self.fields]

    @property
    def original_name(self) -> str:
        return str(dict(self.languages).get(self.original, self.original))

    def translations(self) -> list[tuple[str, list[forms.BoundField]]]:
        """(language name, its fields) for each language but the original."""
        return [
            (name, self.texts_of(code, (*SAID, *SUPPORT, *NOTE)))
            for code, name in self.languages
            if code != self.original
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        original = data.get("language") or settings.LANGUAGE_CODE
        for code, _name in self.languages:
            # A field with an error of its own is absent from `data`, yet not empty.
            filled = [name for name in self.text_names if self[f"{name}_{code}"].value()]
            if f"statement_{code}" in self.errors or (data.get(f"statement_{code}") or "").strip():
                continue
            if code == original:
                self.add_error(
                    f"statement_{code}", _("Write the statement in the original language.")
                )
            elif filled:
                self.add_error(
                    f"statement_{code}",
                    _("Write the statement in this language too, or leave all of it empty."),
                )
        self._clean_confidence_with_reason(data, f"reason_{original}")
        self._clean_stated_change(data)
        return data

    def _clean_confidence_with_reason(self, data: dict[str, Any], reason: str) -> None:
        if reason in self.errors or "confidence" in self.errors:
            return
        if data.get("confidence") and not data.get(reason):
            self.add_error(
                reason, _("Give the reason for the confidence, in the original language.")
            )
        elif data.get(reason) and not data.get("confidence"):
            self.add_error("confidence", _("Choose the confidence that this reason is for."))

    def _clean_stated_change(self, data: dict[str, Any]) -> None:
        change, unit, bound = CHANGE
        if any(name in self.errors for name in CHANGE):
            return
        if data.get(change) is None:
            if data.get(unit) or data.get(bound):
                self.add_error(change, _("Give the change, or leave empty how it is stated."))
            return
        if not data.get(unit):
            self.add_error(unit, _("Say in what the change is given."))
        if not data.get(bound):
            self.add_error(bound, _("Say how the number is meant."))

    def contents(self) -> dict[str, Any]:
        """`fields`, `texts` and `topics` as the actions take them."""
        data = self.cleaned_data
        fields = {name: data[name] for name in FIELDS if self._is_open(name)}
        if self["first_rebuttals"].data is None:
            fields.pop("first_rebuttals", None)  # the screen that was sent shows no places
        if self.is_new and not fields["review_by"]:
            del fields["review_by"]  # the action finds a day
        texts = {
            code: {
                name: data[f"{name}_{code}"] or ""
                for name in self.text_names
                if self._is_open(f"{name}_{code}")
            }
            for code, _name in self.languages
        }
        has_statement = {code: text for code, text in texts.items() if text["statement"]}
        present = set(self.initial.get("languages", ()))
        return {
            "fields": fields,
            "texts": {c: t for c, t in texts.items() if c in has_statement or c in present},
            "topics": data["topics"],
        }

    def _is_open(self, name: str) -> bool:
        return name in self.fields and not self.fields[name].disabled


class RebuttalForm(ClaimForm):
    """A counterclaim and its edge, in one form. `target_waits`: what it rebuts is a draft, which
    can be submitted with it."""

    ground = radio_of(Rebuttal, "ground", required=True)
    opposer = radio_of(Rebuttal, "opposer", required=True)
    submit_target = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Submit the claim that it rebuts too"),
        help_text=gettext_lazy("With “Save and submit for review”."),
    )

    field_order = ["ground", "opposer"]

    def __init__(self, *args: Any, target_waits: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not target_waits:
            del self.fields["submit_target"]

    def edge_fields(self) -> list[forms.BoundField]:
        return [self["ground"], self["opposer"]]
