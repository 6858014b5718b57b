"""What editors fill in. The forms repeat the database's rules in kind words, beside the field."""

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from claims.actions.claims import TEXT_FIELDS
from claims.actions.shared_records import SOURCE_FIELDS
from claims.models import Citation, Claim, ClaimText, Party, PartyName, Rebuttal, Source
from claims.validators import PUBLIC_ID_SQL, tidy

LANGUAGES = [code for code, _name in settings.LANGUAGES]
PUBLIC_ID = re.compile(r"(?:^|/)([0-9a-z]{12})/?$")


def field_of(model: type[models.Model], name: str, **options: Any) -> forms.Field:
    """The form field of a model's column, with its rules; required only where `options` say so."""
    field = model._meta.get_field(name)
    if isinstance(field, models.TextField):
        options.setdefault("widget", forms.Textarea(attrs={"rows": 3}))
    made = field.formfield(**{"required": False, **options})
    # Django leaves a column's own validators to model forms.
    made.validators = [*made.validators, *(v for v in field.validators if v not in made.validators)]
    return made


def choices_of(queryset: models.QuerySet) -> list[tuple[Any, str]]:
    """A select's options from one query, for all rows of a form that show the same select."""
    return [("", "---------"), *((row.pk, str(row)) for row in queryset)]


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
        """A value in words: a select's label rather than its key."""
        choices = getattr(self.fields[name], "choices", None)
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


class ClaimForm(VersionedForm):
    """A claim with its texts; one group of text fields for each language."""

    # Made with the empty form, so that sending it twice records one claim.
    new_id = forms.CharField(
        required=False,
        widget=forms.HiddenInput,
        validators=[RegexValidator(PUBLIC_ID_SQL.replace("$", r"\Z"))],
    )
    language = field_of(Claim, "language", required=True)
    claimant = forms.ModelChoiceField(
        Party.objects.prefetch_related("names"),
        required=False,
        label=gettext_lazy("Claimant"),
        help_text=Claim._meta.get_field("claimant").help_text,
    )
    confidence = field_of(Claim, "confidence")
    change_kind = field_of(Claim, "change_kind")

    def __init__(self, *args: Any, first: bool = False, **options: Any) -> None:
        """`first`: no edition has been open to readers, so there is no change to describe."""
        super().__init__(*args, **options)
        self.fields["language"] = forms.ChoiceField(
            choices=settings.LANGUAGES,
            label=self.fields["language"].label,
            help_text=self.fields["language"].help_text,
        )
        self.text_names = [name for name in TEXT_FIELDS if not (first and name == "change_note")]
        if first:
            del self.fields["change_kind"]
        for code in LANGUAGES:
            for name in self.text_names:
                # A statement is one line, but a long one: give it room to be read.
                rows = {"widget": forms.Textarea(attrs={"rows": 2})} if name == "statement" else {}
                self.fields[f"{name}_{code}"] = field_of(ClaimText, name, **rows)
                self.fields[f"{name}_{code}"].widget.attrs["lang"] = code

    @staticmethod
    def initial_of(claim: Claim) -> dict[str, Any]:
        initial = {
            "version": claim.version,
            "language": claim.language,
            "claimant": claim.claimant_id,
            "confidence": claim.confidence,
            "change_kind": claim.change_kind,
        }
        for text in claim.texts.all():
            initial |= {f"{name}_{text.language}": getattr(text, name) for name in TEXT_FIELDS}
        return initial

    def name_of(self, name: str) -> str:
        language = dict(settings.LANGUAGES).get(name.rpartition("_")[2])
        label = super().name_of(name)
        return f"{label} ({language})" if language else label

    def heading_fields(self) -> list[forms.BoundField]:
        names = ("language", "claimant", "confidence", "change_kind")
        return [self[name] for name in names if name in self.fields]

    def text_groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        """(language name, its fields) for each language, the original first."""
        original = self["language"].value() or get_language()
        return [
            (name, [self[f"{field}_{code}"] for field in self.text_names])
            for code, name in sorted(settings.LANGUAGES, key=lambda each: each[0] != original)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        original = data.get("language") or settings.LANGUAGE_CODE
        for code in LANGUAGES:
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
        self.clean_confidence_with_reason(data, f"reason_{original}")
        return data

    def clean_confidence_with_reason(self, data: dict[str, Any], reason: str) -> None:
        if reason in self.errors or "confidence" in self.errors:
            return
        if data.get("confidence") and not data.get(reason):
            self.add_error(
                reason, _("Give the reason for the confidence, in the original language.")
            )
        elif data.get(reason) and not data.get("confidence"):
            self.add_error("confidence", _("Choose the confidence that this reason is for."))

    def contents(self) -> dict[str, Any]:
        """`fields` and `texts` as the actions take them."""
        data = self.cleaned_data
        fields = {
            name: data[name]
            for name in ("language", "claimant", "confidence", "change_kind")
            if name in self.fields
        }
        texts = {
            code: {name: data[f"{name}_{code}"] or "" for name in self.text_names}
            for code in LANGUAGES
        }
        has_statement = {code: text for code, text in texts.items() if text["statement"]}
        present = set(self.initial.get("languages", ()))
        return {
            "fields": fields,
            "texts": {c: t for c, t in texts.items() if c in has_statement or c in present},
        }


class RebuttalForm(ClaimForm):
    """A counterclaim and its edge, in one form."""

    ground = field_of(Rebuttal, "ground", required=True)
    opposer = field_of(Rebuttal, "opposer", required=True)

    field_order = ["ground", "opposer"]

    def heading_fields(self) -> list[forms.BoundField]:
        return [self["ground"], self["opposer"], *super().heading_fields()]


class RowForm(forms.Form):
    """A row of a list within a claim; `id` is empty for a new one."""

    id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    columns: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        values = {name: self.cleaned_data[name] for name in self.columns}
        return {**values, **({"id": self.cleaned_data["id"]} if self.cleaned_data["id"] else {})}


class CitationForm(RowForm):
    columns = ("source", "stance", "quotation", "locator")

    source = forms.ModelChoiceField(
        Source.objects.all(), required=False, label=gettext_lazy("Source")
    )
    stance = field_of(Citation, "stance", required=True)
    quotation = field_of(Citation, "quotation", widget=forms.Textarea(attrs={"rows": 2}))
    locator = field_of(Citation, "locator")

    def clean_source(self) -> Source | None:
        source = self.cleaned_data["source"]
        if not source and (self.has_changed() or self.initial):
            raise forms.ValidationError(_("Choose the source that is cited here."))
        return source


class EdgeForm(RowForm):
    columns = ("target", "ground", "opposer", "target_edition")

    target = ClaimField(
        required=False,
        label=gettext_lazy("Claim it rebuts"),
        help_text=gettext_lazy("The claim’s id, or its address on this site."),
    )
    ground = field_of(Rebuttal, "ground")
    opposer = field_of(Rebuttal, "opposer", required=True)
    target_edition = field_of(Rebuttal, "target_edition", min_value=1, initial=None)

    def __init__(self, *args: Any, claim: Claim | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claim = claim

    def clean_target(self) -> Claim | None:
        target = self.cleaned_data["target"]
        if not target and (self.has_changed() or self.initial):
            raise forms.ValidationError(_("Name the claim that this one rebuts."))
        if target and self.claim and target.pk == self.claim.pk:
            raise forms.ValidationError(_("A claim cannot rebut itself."))
        return target

    def clean_ground(self) -> str:
        ground = self.cleaned_data["ground"]
        if not ground and (self.has_changed() or self.initial):
            raise forms.ValidationError(_("Say in what way it bears on that claim."))
        return ground

    def clean_target_edition(self) -> int:
        """Left empty: the newest edition of what it rebuts, or the first if there is none yet."""
        target = self.cleaned_data.get("target")
        newest = max(target.edition, 1) if target else 1
        edition = self.cleaned_data["target_edition"] or newest
        if edition > newest and not self.initial:
            raise forms.ValidationError(_("Its newest edition is %(number)s.") % {"number": newest})
        return edition


class BaseRows(forms.BaseFormSet):
    """Rows that are handed to an action as one list."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.is_bound:
            # By id and not by place: somebody else may have added or taken out rows meanwhile.
            known = {str(row["id"]): row for row in self.initial or []}
            ids = [
                self.data.get(f"{self.add_prefix(n)}-id") for n in range(self.total_form_count())
            ]
            self.initial = [known.get(each, {}) for each in ids]

    def rows(self) -> list[dict[str, Any]]:
        return [
            form.row()
            for form in self.forms
            if form.cleaned_data
            and (form.has_changed() or form.initial)
            and not form.cleaned_data.get("DELETE")
        ]


class BaseCitations(BaseRows):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.source_choices = choices_of(Source.objects.all())

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["source"].widget.choices = self.source_choices


class BaseEdges(BaseRows):
    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            data = form.cleaned_data if form.is_valid() else {}
            key = (data.get("target") and data["target"].pk, data.get("ground"))
            if not key[0] or data.get("DELETE"):
                continue
            if key in seen:
                form.add_error("ground", _("This claim already rebuts it on this ground."))
            seen.add(key)


LIMIT = {"max_num": 60, "absolute_max": 60, "validate_max": True, "can_delete": True}
Citations = forms.formset_factory(CitationForm, formset=BaseCitations, extra=1, **LIMIT)
Edges = forms.formset_factory(EdgeForm, formset=BaseEdges, extra=1, **LIMIT)


class PartyForm(VersionedForm):
    kind = field_of(Party, "kind", required=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, language in settings.LANGUAGES:
            field = field_of(PartyName, "name")
            field.label = _("Name (%(language)s)") % {"language": language}
            field.widget.attrs["lang"] = code
            self.fields[f"name_{code}"] = field

    @staticmethod
    def initial_of(party: Party) -> dict[str, Any]:
        names = {f"name_{name.language}": name.name for name in party.names.all()}
        return {"version": party.version, "kind": party.kind, **names}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(self[f"name_{code}"].value() for code in LANGUAGES):
            self.add_error(f"name_{LANGUAGES[0]}", _("Give at least one name."))
        return data

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{code}"] or "" for code in LANGUAGES}


class SourceForm(VersionedForm):
    title = field_of(Source, "title", required=True)
    language = field_of(Source, "language", required=True)
    kind = field_of(Source, "kind", required=True)
    publisher = forms.ModelChoiceField(
        Party.objects.prefetch_related("names"), required=False, label=gettext_lazy("Publisher")
    )
    url = field_of(Source, "url")
    published_on = field_of(
        Source, "published_on", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    date_precision = field_of(Source, "date_precision")
    seen = field_of(Source, "seen")

    @staticmethod
    def initial_of(source: Source) -> dict[str, Any]:
        values = {name: getattr(source, name) for name in SOURCE_FIELDS}
        return {**values, "publisher": source.publisher_id, "version": source.version}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "published_on" in self.errors or "date_precision" in self.errors:
            return data
        if data.get("published_on") and not data.get("date_precision"):
            self.add_error("date_precision", _("Say how much of the date is known."))
        elif data.get("date_precision") and not data.get("published_on"):
            self.add_error("published_on", _("Give the date, or leave its precision empty."))
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SOURCE_FIELDS}
