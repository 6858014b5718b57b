"""Named questions about working copies."""

from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from claims.choices import Outcome, State

if TYPE_CHECKING:
    from claims.models import Claim, ClaimText, Contribution, Policy, ReplyRequest  # noqa: F401


def awaited(requests: "models.Manager[ReplyRequest]") -> "models.QuerySet[ReplyRequest]":
    """Requests for a reply that nobody has answered yet, of claims that are worked on."""
    return requests.filter(
        outcome=Outcome.WAITING, claim__merged_into=None, claim__suppressed_at=None
    )


def overdue(
    requests: "models.Manager[ReplyRequest]", today: date
) -> "models.QuerySet[ReplyRequest]":
    """Those whose deadline has passed without an answer, longest first."""
    return awaited(requests).filter(deadline__lt=today).order_by("deadline", "id")


def contributed(person: models.F | models.Value, claim: models.F | models.Value) -> models.Func:
    """The database's rule: whether they changed anything in the document since an edition froze
    it."""
    return models.Func(
        person, claim, function="claims_contributed", output_field=models.BooleanField()
    )


def document_text(claim: models.F) -> models.Func:
    """The canonical text of a claim's document, as the database builds it."""
    return models.Func(claim, function="claims_document", output_field=models.TextField())


class PolicyQuerySet(models.QuerySet["Policy"]):
    def four_eyes(self) -> bool:
        """Whether nobody approves what they changed themselves, by the policy in force."""
        return self.latest("id").four_eyes


def _own(
    person_id: int, contributions: "models.Manager[Contribution]"
) -> "models.QuerySet[Contribution]":
    """This person's contributions to a claim (the outer query's) since its newest edition."""
    return contributions.filter(
        record="claim",
        record_id=models.OuterRef("pk"),
        version__gt=models.OuterRef("frozen_version"),
        user=person_id,
    )


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims, with what a screen is going to show."""

    def live(self) -> "ClaimQuerySet":
        """Those that can still be worked on: neither merged nor taken away by law."""
        return self.filter(merged_into=None, suppressed_at=None)

    def worked_on_by(
        self, person_id: int, contributions: "models.Manager[Contribution]"
    ) -> "ClaimQuerySet":
        """To which this person contributed what the newest edition does not have yet."""
        return self.filter(models.Exists(_own(person_id, contributions)))

    def reviewable_by(
        self, person_id: int, contributions: "models.Manager[Contribution]", *, four_eyes: bool
    ) -> "ClaimQuerySet":
        """In review, and this editor may approve it: under four eyes, not a contributor."""
        waiting = self.live().filter(state=State.IN_REVIEW)
        if not four_eyes:
            return waiting
        # The database's rule also looks at all that the claim shows, which takes milliseconds: it
        # is asked only where the claim itself does not answer.
        own = models.Case(
            models.When(models.Exists(_own(person_id, contributions)), then=models.Value(True)),
            default=contributed(models.Value(person_id), models.F("pk")),
        )
        return waiting.alias(own=own).filter(own=False)

    def not_heard(
        self, requests: "models.Manager[ReplyRequest]", texts: "models.Manager[ClaimText]"
    ) -> "ClaimQuerySet":
        """That fault somebody who was not asked for a reply, without saying why not."""
        asked = requests.filter(
            claim=models.OuterRef("pk"), party=models.OuterRef("allegation_about")
        )
        original = texts.filter(claim=models.OuterRef("pk"), language=models.OuterRef("language"))
        # A value and no join: the list is walked, and each claim's text is looked up.
        exception = models.Subquery(original.order_by().values("reply_exception")[:1])
        excused = models.Case(
            models.When(exception__gt="", then=models.Value(True)), default=models.Value(False)
        )
        unheard = self.live().filter(allegation_about__isnull=False).exclude(models.Exists(asked))
        return unheard.alias(exception=exception).alias(excused=excused).filter(excused=False)

    def for_list(self) -> "ClaimQuerySet":
        """With what a line of a list shows."""
        return self.select_related("claimant").prefetch_related("texts", "claimant__names")

    def behind(self) -> "ClaimQuerySet":
        """Whose newest edition shows a shared record that has changed since, longest first."""
        first = models.Min("behind__since")
        return self.filter(behind__isnull=False).annotate(since=first).order_by("since", "id")

    def for_desk(self) -> "ClaimQuerySet":
        """With what the claim's own screen shows, but for its rebuttals, of which it shows some."""
        return self.for_list().prefetch_related(
            "citations__source__publisher__names",
            "citations__relays__source__publisher__names",
            "figures",
            "wordings",
            "topics",
            "behind",
            "reply_requests__party__names",
            "rebuts__target__texts",
            "merged_into__texts",
        )
