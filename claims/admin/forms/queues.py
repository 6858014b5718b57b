"""The one-step forms of the queues: asking for a reply, its outcome, and looking again."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import actions
from claims.choices import Outcome
from claims.models import Claim, Recheck, ReplyRequest, User
from claims.recheck import default_review_by

from .fields import VersionedForm, field_of


class QueueForm(VersionedForm):
    """A row's form; its prefix says which row was sent."""

    def __init__(self, claim: Claim, *args: Any, **options: Any) -> None:
        initial = {"version": claim.version, **options.pop("initial", {})}
        super().__init__(*args, initial=initial, **options)
        self.claim = claim

    def take(self, actor: User, request: str) -> Any:
        raise NotImplementedError

    def who_and_what(self, actor: User, request: str) -> dict[str, Any]:
        version = self.cleaned_data["version"] or 0
        return {"actor": actor, "version": version, "request": request}


class AskForm(QueueForm):
    """Whom a claim faults was asked for a reply."""

    asked_on = field_of(
        ReplyRequest,
        "asked_on",
        required=True,
        error_messages={"required": gettext_lazy("Give the day on which they were asked.")},
    )
    channel = field_of(ReplyRequest, "channel", required=True)
    deadline = field_of(ReplyRequest, "deadline")

    def __init__(self, claim: Claim, *args: Any, **options: Any) -> None:
        super().__init__(claim, *args, initial={"asked_on": timezone.localdate()}, **options)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        asked, deadline = data.get("asked_on"), data.get("deadline")
        if asked and deadline and deadline < asked:
            self.add_error("deadline", _("The deadline cannot lie before the day of asking."))
        return data

    def take(self, actor: User, request: str) -> Claim:
        return actions.ask_for_reply(
            self.claim.pk,
            party=self.claim.allegation_about,
            **{name: self.cleaned_data[name] for name in ("channel", "asked_on", "deadline")},
            **self.who_and_what(actor, request),
        )


LATER = "later"


class AnswerForm(QueueForm):
    """What came of asking: an answer, none, or more time."""

    came = forms.ChoiceField(
        label=gettext_lazy("What came of it"),
        choices=[
            (Outcome.ANSWERED.value, gettext_lazy("They answered")),
            (Outcome.NO_ANSWER.value, gettext_lazy("There was no answer")),
            (LATER, gettext_lazy("They have until a later day")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what came of it.")},
    )
    answer = field_of(ReplyRequest, "answer")
    answer_language = field_of(ReplyRequest, "answer_language", required=True)
    answered_on = field_of(ReplyRequest, "answered_on")
    deadline = field_of(ReplyRequest, "deadline", label=gettext_lazy("New deadline"))

    def __init__(self, reply: ReplyRequest, *args: Any, **options: Any) -> None:
        initial = {"answer_language": reply.answer_language}
        super().__init__(reply.claim, *args, initial=initial, **options)
        self.reply = reply

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        came = data.get("came")
        if came == Outcome.ANSWERED:
            self.clean_answered(data)
        elif came and self["answer"].value():
            self.add_error("came", _("There is an answer below: choose “They answered”."))
        elif came == LATER:
            self.clean_later(data)
        return data

    def clean_answered(self, data: dict[str, Any]) -> None:
        answered = data.get("answered_on")
        if not self["answer"].value():
            self.add_error("answer", _("Write down what they answered."))
        if not self["answered_on"].value():
            self.add_error("answered_on", _("Give the day of the answer."))
        elif answered and answered < self.reply.asked_on:
            self.add_error("answered_on", _("The answer cannot lie before the day of asking."))

    def clean_later(self, data: dict[str, Any]) -> None:
        earliest = max(self.reply.deadline or self.reply.asked_on, self.reply.asked_on)
        deadline = data.get("deadline")
        if not self["deadline"].value():
            self.add_error("deadline", _("Give the new deadline."))
        elif deadline and deadline <= earliest:
            self.add_error("deadline", _("Choose a day after the deadline that they had."))

    def values(self) -> dict[str, Any]:
        """What the action notes."""
        if self.cleaned_data["came"] == LATER:
            return {"deadline": self.cleaned_data["deadline"]}
        if self.cleaned_data["came"] == Outcome.NO_ANSWER:
            return {"outcome": Outcome.NO_ANSWER}
        names = ("answer", "answer_language", "answered_on")
        answer = {name: self.cleaned_data[name] for name in names}
        return {"outcome": Outcome.ANSWERED, **answer}

    def take(self, actor: User, request: str) -> Claim:
        return actions.record_answer(
            self.claim.pk,
            self.reply.pk,
            values=self.values(),
            **self.who_and_what(actor, request),
        )


class StillHoldsForm(QueueForm):
    """What readers see still holds; look again by a day."""

    review_by = field_of(
        Recheck,
        "review_by",
        label=gettext_lazy("Look again by"),
        help_text=gettext_lazy("Leave empty if nothing in it can go stale."),
    )

    def __init__(self, claim: Claim, *args: Any, **options: Any) -> None:
        said = [text.statement for text in claim.texts.all()]
        initial = {"review_by": default_review_by(said, timezone.localdate())}
        super().__init__(claim, *args, initial=initial, **options)

    def take(self, actor: User, request: str) -> Claim:
        actions.recheck(
            self.claim.pk,
            review_by=self.cleaned_data["review_by"],
            **self.who_and_what(actor, request),
        )
        return self.claim
