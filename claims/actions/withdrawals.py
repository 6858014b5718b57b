"""Taking claims away from readers: withdrawing, reinstating, suppressing."""

from collections.abc import Mapping

from django.db import connection
from django.utils.translation import gettext as _

from claims.choices import MailKind, ReleaseKind, Role
from claims.exceptions import Invalid, NotAllowed, WrongState
from claims.models import Approval, Claim, Edition, Policy, PublishedEdition, Release, User
from claims.validators import tidy

from .door import door, lock, lock_publishing, require
from .releases import decide, refuse_hidden_targets, refuse_opposites
from .telling import tell, who_worked_on, with_role


def withdraw(
    claim_id: int,
    *,
    actor: User,
    version: int,
    reason: str,
    notice: Mapping[str, str],
    request: str = "",
) -> Release:
    """Take every edition of a claim away from readers, at once.

    `reason` is for the newsroom; `notice`, by language, is what readers are told instead.
    """
    notice = {language: tidy(text) for language, text in notice.items() if tidy(text)}
    with door(actor=actor, action="withdraw", reason=reason, request=request):
        lock_publishing()
        # Until readers are sent on they see what was merged.
        claim = lock(Claim, claim_id, version, merged=True)
        require(actor, "withdraw")
        if not PublishedEdition.objects.filter(
            claim_key=claim.pk, current__endswith__isnull=True, current__isempty=False
        ).exists():
            raise WrongState(_("No edition of this claim is open or scheduled."))
        gaps = {}
        if not reason.strip():
            gaps["reason"] = _("Give the reason, for the newsroom’s record.")
        if not notice:
            gaps["notice"] = _("Write what readers are told.")
        if gaps:
            raise Invalid(" ".join(gaps.values()), gaps)
        people = {*who_worked_on(claim), *with_role(Role.PUBLISHER)}
        tell(MailKind.WITHDRAWN, claim, people, actor=actor)
        return decide(claim, ReleaseKind.WITHDRAW, actor, reason=reason.strip(), notice=notice)


def withdrawn_edition(claim: Claim) -> tuple[Edition, Release] | None:
    """The edition that a withdrawal took from readers and that could return, and the withdrawal."""
    published = (
        PublishedEdition.objects.filter(claim_key=claim.pk, readable__isempty=False)
        .order_by("-number")
        .first()
    )
    if published is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT (claims_withdrawal_of(%s)).id", [published.edition_id])
        (release,) = cursor.fetchone() or (None,)
    if release is None:
        return None
    return Edition.objects.get(pk=published.edition_id), Release.objects.get(pk=release)


def lock_withdrawn(claim_id: int, version: int) -> tuple[Claim, Edition, Release]:
    lock_publishing()
    claim = lock(Claim, claim_id, version)
    found = withdrawn_edition(claim)
    if found is None:
        raise WrongState(_("No edition of this claim was withdrawn, or something has followed."))
    return claim, *found


def approve_reinstatement(
    claim_id: int, *, actor: User, version: int, request: str = ""
) -> Approval:
    """Approve that the withdrawn edition returns to readers as it was. Changes no state."""
    with door(actor=actor, action="approve_reinstatement", request=request):
        claim, edition, withdrawal = lock_withdrawn(claim_id, version)
        require(actor, "approve_reinstatement")
        if withdrawal.actor_id == actor.pk and Policy.objects.four_eyes():
            raise NotAllowed(_("You withdrew this claim: somebody else has to approve its return."))
        return Approval.objects.create(
            claim=claim,
            version=claim.version,
            document_digest=edition.document_digest,
            approver=actor,
            reinstates=edition,
        )


def reinstate(
    claim_id: int, *, actor: User, version: int, reason: str = "", request: str = ""
) -> Release:
    """Open the withdrawn edition to readers again, after another's later approval of it."""
    with door(actor=actor, action="reinstate", reason=reason, request=request):
        claim, edition, withdrawal = lock_withdrawn(claim_id, version)
        require(actor, "reinstate")
        later = edition.reinstating_approvals.filter(made_at__gt=withdrawal.made_at)
        if Policy.objects.four_eyes():
            later = later.exclude(approver__in=[withdrawal.actor_id, actor.pk])
        if not later.exists():
            raise WrongState(
                _(
                    "Reinstating needs an approval made after the withdrawal, by neither who"
                    " withdrew the claim nor you."
                )
            )
        release = decide(
            claim, ReleaseKind.REINSTATE, actor, edition=edition, reason=reason.strip()
        )
        refuse_hidden_targets(edition, None)
        refuse_opposites(claim)
        return release


def request_suppression(
    claim_id: int, *, actor: User, version: int, reason: str, request: str = ""
) -> Release:
    """Ask that the law's demand to suppress a claim be carried out by a second publisher."""
    with door(actor=actor, action="request_suppression", reason=reason, request=request):
        lock_publishing()
        claim = lock(Claim, claim_id, version, merged=True)
        require(actor, "request_suppression")
        refuse_no_reason(reason)
        return decide(claim, ReleaseKind.REQUEST_SUPPRESSION, actor, reason=reason.strip())


def suppress(
    claim_id: int, *, actor: User, version: int, reason: str, request: str = ""
) -> Release:
    """Empty a claim's texts everywhere, for ever; needs another publisher's request.

    Every address of the claim answers 410 from now on. Numbers and digests stay.
    """
    with door(actor=actor, action="suppress", reason=reason, request=request):
        lock_publishing()
        claim = lock(Claim, claim_id, version, merged=True)
        require(actor, "suppress")
        refuse_no_reason(reason)
        requests = claim.releases.filter(kind=ReleaseKind.REQUEST_SUPPRESSION)
        if not requests.exclude(actor=actor).exists():
            raise WrongState(_("Another publisher has to request the suppression first."))
        return decide(claim, ReleaseKind.SUPPRESS, actor, reason=reason.strip())


def refuse_no_reason(reason: str) -> None:
    if not reason.strip():
        sentence = _("Give the reason, for the newsroom’s record.")
        raise Invalid(sentence, {"reason": sentence})
