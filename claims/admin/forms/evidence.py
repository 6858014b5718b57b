"""What a claim rests on, a row each: citations, figures, wordings, and requests for a reply."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.choices import Outcome
from claims.models import Citation, Claim, Figure, ReplyRequest, Source, Wording

from .fields import (
    add_by_language,
    by_language,
    clean_date_with_precision,
    field_of,
    initial_by_language,
)
from .records import PartyField, SourceField, offer_records
from .rows import RowForm

# How many relays there is room for; a longer chain keeps its length.
RELAYS = 3
MOST_RELAYS = 12


class CitationForm(RowForm):
    title = gettext_lazy("Citations")
    another = gettext_lazy("Add another citation")
    columns = ("source", "stance", "quotation", "locator")
    folded_title = gettext_lazy("Passed on from others?")

    source = SourceField(label=gettext_lazy("Source"))
    stance = field_of(Citation, "stance", required=True)
    quotation = field_of(Citation, "quotation", widget=forms.Textarea(attrs={"rows": 2}))
    locator = field_of(Citation, "locator")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offered = self.offered.sources, self.offered.parties
        offer_records(self, "source", *offered)
        places = max(RELAYS, len(self.initial.get("relays", ())))
        # Somebody else may have shortened the chain since this was typed.
        while places < MOST_RELAYS and self.add_prefix(f"relay_{places + 1}") in self.data:
            places += 1
        self.relay_names = [f"relay_{place}" for place in range(1, places + 1)]
        for place, name in enumerate(self.relay_names, 1):
            self.fields[name] = SourceField(label=f"{_('Passed on from')} ({place})")
            offer_records(self, name, *offered)
        self.fields["relay_1"].help_text = _(
            "What the cited work passes on here, from the next hand to the origin. Empty: it speaks"
            " for itself."
        )
        self.folded = (*self.relay_names, "route_untold")
        self.fields["route_untold"] = forms.BooleanField(
            required=False, label=_("It does not say where it has it from")
        )
        # One unit: a chain put together from two would be nobody's.
        self.together = {_("Passed on from"): (*self.relay_names, "route_untold")}

    @staticmethod
    def rows_of(claim: Claim) -> Any:
        return claim.citations.all()

    @classmethod
    def initial_of(cls, row: Citation) -> dict[str, Any]:
        relays = [relay.source_id for relay in row.relays.all()]
        return {
            **super().initial_of(row),
            "source": row.source_id,
            "relays": relays,
            **{f"relay_{place}": source for place, source in enumerate(relays, 1)},
            "route_untold": not row.route_given,
        }

    def chain(self) -> list[tuple[str, Source]]:
        """The relays that are filled in, each with the name of its field."""
        return [
            (name, self.cleaned_data[name])
            for name in self.relay_names
            if self.cleaned_data.get(name)
        ]

    def clean_source(self) -> Source | None:
        return self.needed("source", _("Choose the source that is cited here."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        met = {data.get("source")}
        for name, source in self.chain():
            if source in met:
                self.add_error(name, _("A source appears only once in a chain."))
            met.add(source)
        return data

    def row(self) -> dict[str, Any]:
        return {
            **super().row(),
            "relays": [source for _name, source in self.chain()],
            "route_given": not self.cleaned_data["route_untold"],
        }


class FigureForm(RowForm):
    title = gettext_lazy("Figures")
    another = gettext_lazy("Add another figure")
    columns = ("kind", "value", "bound", "as_of", "as_of_precision")
    together = {gettext_lazy("As of"): ("as_of", "as_of_precision")}

    kind = field_of(Figure, "kind", required=True)
    bound = field_of(Figure, "bound", required=True)
    value = field_of(Figure, "value")
    as_of = field_of(Figure, "as_of")
    as_of_precision = field_of(Figure, "as_of_precision")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.label_names = add_by_language(self, Figure, "labels")
        unit_names = add_by_language(self, Figure, "units")
        self.order_fields(["id", *self.label_names, "kind", "bound", "value", *unit_names])

    @staticmethod
    def rows_of(claim: Claim) -> Any:
        return claim.figures.all()

    @classmethod
    def initial_of(cls, row: Figure) -> dict[str, Any]:
        return {
            **super().initial_of(row),
            **initial_by_language("labels", row.labels),
            **initial_by_language("units", row.units),
        }

    def clean_value(self) -> Any:
        return self.needed("value", _("Write the value in digits."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.is_used() and not any(self[name].value() for name in self.label_names):
            self.add_error(
                self.label_names[0], _("Say what was measured, in one language at least.")
            )
        clean_date_with_precision(self, "as_of", "as_of_precision")
        return data

    def row(self) -> dict[str, Any]:
        return {
            **super().row(),
            "labels": by_language(self, "labels"),
            "units": by_language(self, "units"),
        }


class WordingForm(RowForm):
    title = gettext_lazy("Other wordings")
    another = gettext_lazy("Add another wording")
    columns = ("language", "text")
    together = {gettext_lazy("Wording"): ("text", "language")}
    written_in = {"text": "language"}

    language = field_of(Wording, "language", required=True)
    text = field_of(Wording, "text")

    @staticmethod
    def rows_of(claim: Claim) -> Any:
        return claim.wordings.all()

    def clean_text(self) -> str:
        return self.needed("text", _("Write how else people put it, or take this out."))


class ReplyForm(RowForm):
    title = gettext_lazy("Right of reply")
    another = gettext_lazy("Add another request for a reply")
    columns = (
        "party",
        "channel",
        "asked_on",
        "deadline",
        "outcome",
        "answer",
        "answer_language",
        "answered_on",
    )
    together = {
        gettext_lazy("Outcome"): ("outcome", "answer", "answer_language", "answered_on"),
    }
    written_in = {"answer": "answer_language"}

    party = PartyField(label=gettext_lazy("Who was asked"))
    channel = field_of(ReplyRequest, "channel", required=True)
    asked_on = field_of(ReplyRequest, "asked_on")
    deadline = field_of(ReplyRequest, "deadline")
    outcome = field_of(ReplyRequest, "outcome", required=True)
    answer = field_of(ReplyRequest, "answer")
    answer_language = field_of(ReplyRequest, "answer_language", required=True)
    answered_on = field_of(ReplyRequest, "answered_on")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_records(self, "party", self.offered.parties)

    @staticmethod
    def rows_of(claim: Claim) -> Any:
        return claim.reply_requests.all()

    @classmethod
    def initial_of(cls, row: ReplyRequest) -> dict[str, Any]:
        return {**super().initial_of(row), "party": row.party_id}

    def clean_party(self) -> Any:
        return self.needed("party", _("Choose who was asked."))

    def clean_asked_on(self) -> Any:
        return self.needed("asked_on", _("Give the day on which they were asked."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked, deadline, answered = (
            data.get(name) for name in ("asked_on", "deadline", "answered_on")
        )
        if asked and deadline and deadline < asked:
            self.add_error("deadline", _("The deadline cannot lie before the day of asking."))
        if asked and answered and answered < asked:
            self.add_error("answered_on", _("The answer cannot lie before the day of asking."))
        if data.get("outcome") == Outcome.ANSWERED:
            if not self["answer"].value():
                self.add_error("answer", _("Write down what they answered."))
            if not self["answered_on"].value():
                self.add_error("answered_on", _("Give the day of the answer."))
        elif self["answer"].value() or self["answered_on"].value():
            self.add_error("outcome", _("There is an answer below: choose “answered”."))
        return data
