"""Publishing and withdrawing: what readers may see, and when."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.choices import ReleaseKind
from claims.exceptions import Invalid, WrongState
from claims.models import Claim, Edition, PublishedEdition, Release, User
from claims.validators import tidy

from .door import door, lock, lock_shared_records, require, take_step


def lock_publishing() -> None:
    """Editions and releases of all claims stand in one order, held by one lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_lock_publishing()")


def publish(
    seen: Mapping[int, int],
    *,
    actor: User,
    opens_at: datetime | None = None,
    request: str = "",
) -> list[Edition]:
    """Make an edition of each approved claim and open it, now or at `opens_at`.

    `seen` maps each claim's id to the version that the caller saw. Claims that rebut each other are
    published in one call. Raises WrongState, Stale, NotAllowed, and Invalid for a moment that has
    passed or a target that readers cannot see by then.
    """
    with door(actor=actor, action="publish", request=request):
        require(actor, "publish")
        if opens_at is not None and not timezone.now() < opens_at < latest_opening():
            sentence = _("Choose a moment in the future, within the next ten years.")
            raise Invalid(sentence, {"opens_at": sentence})
        lock_shared_records(exclusive=False)
        lock_publishing()
        editions = []
        for claim_id in sorted(seen):
            claim = lock(Claim, claim_id, seen[claim_id])
            take_step(claim, "publish")
            refuse_pending(claim)
            editions.append(make_edition(claim, actor, opens_at))
        for edition in editions:
            refuse_hidden_targets(edition, opens_at)
        return editions


def latest_opening() -> datetime:
    return timezone.now() + timedelta(days=3650)


def refuse_pending(claim: Claim) -> None:
    """One edition at most waits for its moment."""
    if PublishedEdition.objects.filter(
        claim_key=claim.pk, current__startswith__gt=timezone.now()
    ).exists():
        raise WrongState(_("An edition of this claim is already scheduled."))


def make_edition(claim: Claim, actor: User, opens_at: datetime | None) -> Edition:
    """Insert the edition, which the database fills in, and the decision that opens it."""
    approval = claim.approvals.filter(version=claim.version).latest("id")
    edition = Edition.objects.create(claim=claim, approval=approval, publisher=actor)
    edition.refresh_from_db()
    Release.objects.create(
        claim=claim,
        edition=edition,
        kind=ReleaseKind.SCHEDULE,
        opens_at=opens_at,
        actor=actor,
    )
    return edition


def refuse_hidden_targets(edition: Edition, opens_at: datetime | None) -> None:
    """A rebuttal appears no earlier than what it rebuts."""
    for edge in edition.claim.rebuts.select_related("target").prefetch_related("target__texts"):
        if not PublishedEdition.objects.filter(
            claim_key=edge.target_id, current__contains=opens_at or Now()
        ).exists():
            raise Invalid(
                _("Publish what it rebuts first, or both together: “%(claim)s”.")
                % {"claim": edge.target}
            )


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
        claim = lock(Claim, claim_id, version)
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
        return Release.objects.create(
            claim=claim,
            kind=ReleaseKind.WITHDRAW,
            reason=reason.strip(),
            notice=notice,
            actor=actor,
        )
