"""What each step of the workflow and each release asks for, and the action behind it."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import actions, workflow
from claims.actions.releases import still_rebutting, to_send_on, waiting
from claims.choices import ReleaseKind, State
from claims.models import Claim, Edition, PublishedEdition, Recheck
from claims.models.published import IS_CURRENT
from claims.recheck import default_review_by
from claims.templatetags.desk import spelled

from .fields import (
    MomentField,
    VersionedForm,
    add_notices,
    field_of,
    notices,
    reason_field,
)


def waits(claim: Claim) -> bool:
    """Whether a claim can be submitted as far as its state goes."""
    is_whole = not claim.suppressed_at and not claim.merged_into_id
    return is_whole and State(claim.state) in workflow.STEPS["submit"].sources


class StepForm(VersionedForm):
    """What a step needs beside the claim: the version and the document that were looked at.

    `act` is the action; `takes` the fields that it takes as they are; `not_now` says what is
    missing where the step is not possible.
    """

    title: Any = ""
    explanation: Any = ""
    warning: Any = ""
    not_now: Any = ""
    heading: Any = gettext_lazy("What readers will see")
    act: Callable[..., Any]
    takes: tuple[str, ...] = ()
    digest = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claim = claim

    @staticmethod
    def document(claim: Claim) -> str:
        """The text of the document that the step is about."""
        return actions.document_of(claim)

    def typed(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.takes}

    def done(self) -> str:
        """What has happened, for the person; with the moment that readers wait for, spelled out."""
        if opens_at := self.cleaned_data.get("opens_at"):
            return _("“%(step)s” done: readers see it from %(moment)s (%(zone)s).") % {
                "step": self.title,
                "moment": spelled(opens_at),
                "zone": settings.TIME_ZONE,
            }
        return _("“%(step)s” done: “%(claim)s”.") % {"step": self.title, "claim": self.claim}

    def version_seen(self) -> int:
        return self.cleaned_data["version"] or 0

    def take(self, actor: Any, request: str) -> None:
        act = type(self).act
        act(
            self.claim.pk, actor=actor, version=self.version_seen(), request=request, **self.typed()
        )


class OfNewestEdition:
    """A step that is about the newest edition rather than the working copy."""

    @staticmethod
    def document(claim: Claim) -> str:
        edition = claim.editions.order_by("-number").first()
        return edition.document if edition else ""


class SubmitForm(StepForm):
    title = gettext_lazy("Submit for review")
    explanation = gettext_lazy("An editor who did not work on this claim will read it next.")
    act = actions.submit
    # Each choice is "id:version", so that what is submitted is what was on record then.
    targets = forms.MultipleChoiceField(
        label=gettext_lazy("Submit what it rebuts, too"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        drafts = [edge.target for edge in self.claim.rebuts.all() if waits(edge.target)]
        choices = {f"{target.pk}:{target.version}": str(target) for target in drafts}
        self.fields["targets"].choices = list(choices.items())
        self.initial.setdefault("targets", list(choices))
        if not choices:
            del self.fields["targets"]

    def take(self, actor: Any, request: str) -> None:
        with transaction.atomic():
            super().take(actor, request)
            for each in self.cleaned_data.get("targets") or []:
                pk, version = map(int, each.split(":"))
                actions.submit(pk, actor=actor, version=version, request=request)


class RequestChangesForm(StepForm):
    title = gettext_lazy("Request changes")
    explanation = gettext_lazy("The claim goes back to its authors with your reason.")
    act = actions.request_changes
    takes = ("reason",)
    reason = reason_field(gettext_lazy("What should change"))


class ApproveForm(StepForm):
    title = gettext_lazy("Approve")
    explanation = gettext_lazy(
        "You approve exactly what is shown below; any later change needs a new approval."
    )
    act = actions.approve

    def typed(self) -> dict[str, Any]:
        return {"document_digest": self.cleaned_data["digest"]}


class PublishForm(StepForm):
    title = gettext_lazy("Publish")
    explanation = gettext_lazy("Readers see this edition at once, or from the moment you choose.")
    not_now = gettext_lazy("An edition is scheduled already: move its opening or cancel it first.")
    opens_at = MomentField(
        label=gettext_lazy("Open to readers at"),
        required=False,
        help_text=gettext_lazy("Leave empty to publish now."),
    )
    # Each choice is "id:version", so that what is published is what was looked at.
    together = forms.MultipleChoiceField(
        label=gettext_lazy("Publish together with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        sent_on = list(to_send_on(self.claim))
        needed = set(still_rebutting(sent_on).values_list("pk", flat=True))
        linked = Q(rebuttals__counterclaim=self.claim) | Q(rebuts__target=self.claim)
        linked |= Q(pk__in=needed)
        ready = Claim.objects.for_list().filter(linked, state=State.APPROVED).distinct()
        self.fields["together"].choices = [(f"{c.pk}:{c.version}", str(c)) for c in ready]
        if not ready:
            del self.fields["together"]
        elif needed:
            self.fields["together"].initial = [
                f"{c.pk}:{c.version}" for c in ready if c.pk in needed
            ]
        if sent_on:
            self.warning = _(
                "Readers of what was merged into this claim are sent on to it. The merge can then"
                " no longer be undone: %(claims)s"
            ) % {"claims": ", ".join(f"“{claim}”" for claim in sent_on)}

    def take(self, actor: Any, request: str) -> None:
        others = self.cleaned_data.get("together") or []
        seen = {self.claim.pk: self.version_seen()}
        seen |= {int(pk): int(version) for pk, version in (each.split(":") for each in others)}
        actions.publish(seen, actor=actor, opens_at=self.cleaned_data["opens_at"], request=request)


class DiscardForm(OfNewestEdition, StepForm):
    title = gettext_lazy("Discard changes")
    explanation = gettext_lazy(
        "The working copy becomes what its newest edition says. What is taken back stays in the"
        " history; readers notice nothing."
    )
    not_now = gettext_lazy("There is no edition to go back to yet.")
    heading = gettext_lazy("What the claim goes back to")
    act = actions.discard


class ConfirmForm(StepForm):
    title = gettext_lazy("Confirm what it rebuts")
    explanation = gettext_lazy(
        "You have read what this claim rebuts as it stands now, and the rebuttal still bears on it."
        " That is a change of this claim: it is reviewed and published like others."
    )
    not_now = gettext_lazy("It was written against the newest edition of what it rebuts.")
    heading = gettext_lazy("The claim as it stands in the newsroom")
    act = actions.confirm

    def comparison(self) -> list[dict[str, Any]]:
        """What it rebuts and that has a newer edition: numbers and documents, then and now."""
        edges = [edge for edge in self.claim.rebuts.all() if edge.target_edition < newest_of(edge)]
        documents = {
            (edition.claim_id, edition.number): json.loads(edition.document or "{}")
            for edition in Edition.objects.filter(claim__in=[edge.target_id for edge in edges])
        }
        return [
            {
                "then": edge.target_edition,
                "now": newest_of(edge),
                "document_then": documents[edge.target_id, edge.target_edition],
                "document_now": documents[edge.target_id, newest_of(edge)],
            }
            for edge in edges
        ]


def newest_of(edge: Any) -> int:
    """The edition of its target that an edge made now would be written against."""
    return max(edge.target.edition, 1)


class RecheckForm(StepForm):
    title = gettext_lazy("Re-check")
    explanation = gettext_lazy(
        "You have looked again, and the edition that readers see still holds. They see the day; no"
        " new edition is made."
    )
    not_now = gettext_lazy("Readers see no edition of this claim now.")
    heading = gettext_lazy("What readers see")
    act = actions.recheck
    takes = ("review_by",)
    review_by = field_of(
        Recheck,
        "review_by",
        label=gettext_lazy("Look again by"),
        help_text=gettext_lazy("Leave empty if nothing in it can go stale."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        statements = [text.statement for text in self.claim.texts.all()]
        self.initial.setdefault("review_by", default_review_by(statements, timezone.localdate()))

    @staticmethod
    def document(claim: Claim) -> str:
        current = PublishedEdition.objects.filter(IS_CURRENT, claim_key=claim.pk)
        edition = Edition.objects.filter(pk__in=current.values("edition_id")).first()
        return edition.document if edition else ""


class ScheduleForm(OfNewestEdition, StepForm):
    title = gettext_lazy("Schedule again")
    explanation = gettext_lazy(
        "The edition whose opening was cancelled opens to readers at once, or at the moment you"
        " choose. It stays as it was approved."
    )
    not_now = gettext_lazy("No edition of this claim waits for a new moment.")
    act = actions.schedule
    takes = ("opens_at",)
    opens_at = MomentField(
        label=gettext_lazy("Open to readers at"),
        required=False,
        help_text=gettext_lazy("Leave empty to open it now."),
    )


class MoveForm(OfNewestEdition, StepForm):
    title = gettext_lazy("Move the opening")
    explanation = gettext_lazy("The scheduled edition opens to readers at another moment.")
    not_now = gettext_lazy("No edition of this claim waits for its moment.")
    act = actions.move
    takes = ("opens_at",)
    opens_at = MomentField(
        label=gettext_lazy("Open to readers at"),
        error_messages={"required": gettext_lazy("Choose the new moment.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if scheduled := waiting(self.claim):
            self.initial.setdefault("opens_at", scheduled.opened_at)


class CancelForm(OfNewestEdition, StepForm):
    title = gettext_lazy("Cancel the opening")
    explanation = gettext_lazy(
        "The scheduled edition does not open; readers keep what they see now. It can be scheduled"
        " again."
    )
    not_now = gettext_lazy("No edition of this claim waits for its moment.")
    heading = gettext_lazy("What readers will not see")
    act = actions.cancel
    takes = ("reason",)
    reason = reason_field(gettext_lazy("Reason, for the newsroom’s record"))


class WithdrawForm(StepForm):
    title = gettext_lazy("Withdraw")
    explanation = gettext_lazy(
        "Every edition of this claim is taken away from readers at once; they see your notice."
    )
    not_now = gettext_lazy("No edition of this claim is open or scheduled.")
    heading = gettext_lazy("The claim as it stands in the newsroom")
    act = actions.withdraw
    reason = reason_field(gettext_lazy("Reason, for the newsroom’s record"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        add_notices(self, "notice", _("Notice to readers"))

    def typed(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"], "notice": notices(self, "notice")}


class OfWithdrawnEdition:
    """A step that is about the edition that a withdrawal took from readers."""

    @staticmethod
    def document(claim: Claim) -> str:
        found = actions.withdrawn_edition(claim)
        return found[0].document if found else ""


class ApproveReinstatementForm(OfWithdrawnEdition, StepForm):
    title = gettext_lazy("Approve reinstating")
    explanation = gettext_lazy(
        "You agree that the withdrawn edition returns to readers exactly as shown below. The"
        " working copy does not change; a publisher takes the next step."
    )
    not_now = gettext_lazy("No edition of this claim was withdrawn, or something has followed.")
    act = actions.approve_reinstatement


class ReinstateForm(OfWithdrawnEdition, StepForm):
    title = gettext_lazy("Reinstate")
    explanation = gettext_lazy(
        "The withdrawn edition opens to readers again, as it was; the notice goes."
    )
    not_now = gettext_lazy("No edition of this claim was withdrawn, or something has followed.")
    act = actions.reinstate
    takes = ("reason",)
    reason = reason_field(gettext_lazy("Reason, for the newsroom’s record"))


class RequestSuppressionForm(StepForm):
    title = gettext_lazy("Request suppression")
    explanation = gettext_lazy(
        "Where the law demands it, a second publisher can empty this claim for ever. Your request"
        " alone changes nothing. To take a claim back for any other reason, withdraw it."
    )
    heading = gettext_lazy("The claim as it stands in the newsroom")
    act = actions.request_suppression
    takes = ("reason",)
    reason = reason_field(gettext_lazy("What the law demands, for the newsroom’s record"))


class SuppressForm(StepForm):
    title = gettext_lazy("Suppress")
    warning = gettext_lazy(
        "This cannot be undone by anybody. Every text of this claim is deleted: in the working"
        " copy, in all its editions and in its history. Every address of it answers “gone” from"
        " now on. Numbers and digests stay, so that the record can still be verified. What another"
        " claim took up from it in a merge stays there: change or suppress that claim too."
    )
    not_now = gettext_lazy("Another publisher has to request the suppression first.")
    heading = gettext_lazy("The claim as it stands in the newsroom")
    act = actions.suppress
    takes = ("reason",)
    reason = reason_field(
        gettext_lazy("Reason, for the newsroom’s record"),
        help_text=gettext_lazy("As the request says it; it stays in the record."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        requests = self.claim.releases.filter(kind=ReleaseKind.REQUEST_SUPPRESSION)
        if asked := requests.select_related("actor").first():
            self.explanation = _("%(person)s requested it: “%(reason)s”") % {
                "person": asked.actor,
                "reason": asked.reason,
            }
            self.initial.setdefault("reason", asked.reason)


# In the order in which a claim's screen offers them.
STEP_FORMS: dict[str, type[StepForm]] = {
    "submit": SubmitForm,
    "request_changes": RequestChangesForm,
    "approve": ApproveForm,
    "publish": PublishForm,
    "confirm": ConfirmForm,
    "discard": DiscardForm,
    "recheck": RecheckForm,
    "schedule": ScheduleForm,
    "move": MoveForm,
    "cancel": CancelForm,
    "approve_reinstatement": ApproveReinstatementForm,
    "reinstate": ReinstateForm,
    "withdraw": WithdrawForm,
    "request_suppression": RequestSuppressionForm,
    "suppress": SuppressForm,
}
