"""Submitting, requesting changes, approving, re-checking."""

import json
from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from claims import document, workflow
from claims.choices import ChangeKind, MailKind, Outcome, Role, State
from claims.exceptions import Invalid, Stale, WrongState
from claims.models import (
    Approval,
    Claim,
    Edition,
    Policy,
    PublishedEdition,
    Recheck,
    User,
)
from claims.models.published import IS_CURRENT
from claims.querysets import contributed

from .door import door, lock, lock_publishing, lock_shared_records, require, take_step
from .telling import tell, with_role, working_on

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise


def document_of(claim: Claim) -> str:
    """The canonical text of what readers would see if the working copy were published now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_document(%s)", [claim.pk])
        return str(cursor.fetchone()[0])


def has_contributed(user: User, claim: Claim) -> bool:
    """Whether this person changed anything in the document since an edition last froze it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_contributed(%s, %s)", [user.pk, claim.pk])
        return bool(cursor.fetchone()[0])


def was_open(claim: Claim) -> bool:
    """Whether an edition of the claim has been open to readers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_last_open(%s) IS NOT NULL", [claim.pk])
        return bool(cursor.fetchone()[0])


def missing(claim: Claim) -> "dict[str, StrOrPromise]":
    """What the claim lacks before it can be submitted, by field."""
    original = claim.original
    gaps = workflow.gaps(
        workflow.Contents(
            has_claimant=claim.claimant_id is not None,
            original={
                name: getattr(original, name, "")
                for name in ("statement", "attribution", "reason", "reply_exception", "change_note")
            },
            citations=claim.citations.count(),
            confidence=claim.confidence,
            change_kind=claim.change_kind,
            was_open=was_open(claim),
            faults_somebody=claim.allegation_about_id is not None,
            was_heard=claim.reply_requests.filter(party=claim.allegation_about_id)
            .exclude(outcome=Outcome.WAITING)
            .exists(),
        )
    )
    if claim.change_kind == ChangeKind.MINOR and changes_what_is_asserted(claim):
        gaps["change_kind"] = _(
            "This changes what is claimed, cited or rated, so it is more than minor: choose another"
            " kind of change."
        )
    return gaps


def changes_what_is_asserted(claim: Claim) -> bool:
    """Whether readers would be told something else than in the edition last open to them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_last_open(%s)::text", [claim.pk])
        before = json.loads(cursor.fetchone()[0] or "null")
    after = json.loads(document_of(claim))
    return bool(before and document.material_differences(before, after))


def submit(claim_id: int, *, actor: User, version: int, request: str = "") -> Claim:
    """Hand a draft over for review. Raises Invalid, with what is missing by field.

    Who was assigned is told, if they may still approve it, or else everybody who may.
    """
    with door(actor=actor, action="submit", request=request):
        claim = lock(Claim, claim_id, version)
        take_step(claim, "submit")
        require(actor, "submit")
        gaps = missing(claim)
        if gaps:
            raise Invalid(" ".join(map(str, gaps.values())), gaps)
        claim.state = State.IN_REVIEW
        claim.save(update_fields=["state"])
        ask_for_review(claim, actor)
    return claim


def ask_for_review(claim: Claim, actor: User, but: Collection[User] = ()) -> list[User]:
    """Tell who was chosen to review a claim, or else everybody who may approve it; nobody of
    `but`. Returns whom it told."""
    people = reviewers(claim)
    # Who was chosen may have gone since, or have changed something that the claim shows.
    chosen = people.filter(reviews=claim).exclude(pk=actor.pk)
    told = [person for person in chosen or people if person not in but]
    tell(MailKind.REVIEW_ASKED, claim, told, actor=actor)
    return told


def reviewers(claim: Claim) -> "QuerySet[User]":
    """Who may approve a claim as it stands: by role and, under four eyes, without those who changed
    anything that it shows."""
    people = with_role(Role.EDITOR, Role.PUBLISHER)
    if not Policy.objects.four_eyes():
        return people
    return people.alias(own=contributed(F("pk"), Value(claim.pk))).filter(own=False)


def request_changes(
    claim_id: int, *, actor: User, version: int, reason: str, request: str = ""
) -> Claim:
    """Send a claim back to its authors; the reason stands in its history."""
    with door(actor=actor, action="request_changes", reason=reason, request=request):
        claim = lock(Claim, claim_id, version)
        take_step(claim, "request_changes")
        require(actor, "request_changes")
        if not reason.strip():
            raise Invalid(_("Say what should change."), {"reason": _("Say what should change.")})
        claim.state = State.CHANGES_REQUESTED
        claim.save(update_fields=["state"])
        tell(MailKind.CHANGES_REQUESTED, claim, working_on(claim), actor=actor)
    return claim


def approve(
    claim_id: int, *, actor: User, version: int, document_digest: str, request: str = ""
) -> Approval:
    """Approve exactly the document that was read: this version with this digest.

    Raises NotAllowed for a contributor, Stale when anything in the document has changed since.
    """
    seen = {claim_id: (version, document_digest)}
    return approve_together(seen, actor=actor, request=request)[0]


def approve_together(
    seen: Mapping[int, tuple[int, str]], *, actor: User, request: str = ""
) -> list[Approval]:
    """Approve several documents, or none: `seen` maps each claim's id to version and digest."""
    with door(actor=actor, action="approve", request=request):
        lock_shared_records(exclusive=False)
        four_eyes = Policy.objects.four_eyes()
        approvals = []
        for claim_id in sorted(seen):
            version, digest = seen[claim_id]
            claim = lock(Claim, claim_id, version)
            take_step(claim, "approve")
            require(
                actor,
                "approve",
                is_contributor=has_contributed(actor, claim),
                four_eyes=four_eyes,
            )
            if document.digest(document_of(claim)) != digest:
                raise Stale(
                    _("What this claim shows has changed since you read it. Read it once more.")
                )
            approvals.append(
                Approval.objects.create(
                    claim=claim, version=version, document_digest=digest, approver=actor
                )
            )
            people = {*working_on(claim), *with_role(Role.PUBLISHER)}
            tell(MailKind.APPROVED, claim, people, actor=actor)
        return approvals


def recheck(
    claim_id: int,
    *,
    actor: User,
    version: int,
    review_by: date | None = None,
    request: str = "",
) -> Recheck:
    """Say that the edition readers see still holds; `review_by` is when to look the next time."""
    with door(actor=actor, action="recheck", request=request):
        lock_publishing()
        claim = lock(Claim, claim_id, version)
        require(actor, "recheck")
        current = PublishedEdition.objects.filter(IS_CURRENT, claim_key=claim.pk).first()
        if current is None:
            raise WrongState(_("Readers see no edition of this claim now."))
        if review_by and review_by <= timezone.localdate():
            sentence = _("Choose a day in the future.")
            raise Invalid(sentence, {"review_by": sentence})
        return Recheck.objects.create(
            claim=claim,
            edition=Edition.objects.get(pk=current.edition_id),
            review_by=review_by,
            actor=actor,
        )
