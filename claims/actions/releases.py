"""Publishing: making editions, and deciding when they open to readers."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.choices import Confidence, Ground, MailKind, ReleaseKind
from claims.exceptions import Invalid, WrongState
from claims.models import Claim, Edition, PublishedEdge, PublishedEdition, Release, User
from claims.models.published import STAYS, WAITS

from .door import door, lock, lock_publishing, lock_shared_records, require, take_step
from .telling import tell, who_worked_on, working_on

if TYPE_CHECKING:
    from django.db.models import QuerySet


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
    passed, a target that readers cannot see by then, or two well supported opposites.
    """
    with door(actor=actor, action="publish", request=request):
        require(actor, "publish")
        refuse_moment(opens_at)
        lock_shared_records(exclusive=False)
        lock_publishing()
        editions = []
        for claim_id in sorted(seen):
            claim = lock(Claim, claim_id, seen[claim_id])
            take_step(claim, "publish")
            if waiting(claim):
                raise WrongState(_("An edition of this claim is already scheduled."))
            people = concerned(claim)
            edition = make_edition(claim, actor, opens_at)
            end_request(claim)
            tell_of_publishing(claim, edition, people, actor)
            editions.append(edition)
        sent = [merged for e in editions for merged in send_on(e.claim, actor, opens_at)]
        refuse_left_rebuttals(sent)
        for edition in editions:
            refuse_hidden_targets(edition, opens_at)
            refuse_opposites(edition.claim)
        return editions


def concerned(claim: Claim) -> set[User]:
    """Who worked on what is going to be published, and who approved it."""
    return {*working_on(claim), claim.approvals.filter(reinstates=None).latest("id").approver}


def tell_of_publishing(claim: Claim, edition: Edition, people: set[User], actor: User) -> None:
    """Tell those concerned, and who worked on what it rebuts and did not before."""
    tell(MailKind.PUBLISHED, claim, people, actor=actor, about=edition.pk)
    edges = dict(new_edges(edition).order_by("-id").values_list("target", "pk"))
    for target in Claim.objects.filter(public_id__in=edges).order_by("id"):
        about = edges[target.public_id]
        tell(MailKind.REBUTTED, target, who_worked_on(target), actor=actor, about=about)


def new_edges(edition: Edition) -> "QuerySet[PublishedEdge]":
    """An edition's rebuttals without those of the edition that was last open to readers."""
    others = PublishedEdition.objects.filter(claim_key=edition.claim_id, opened_at__lte=Now())
    last = others.exclude(edition_id=edition.pk).order_by("-number").values("edition_id")[:1]
    known = PublishedEdge.objects.filter(
        edition_id__in=last, target=OuterRef("target"), ground=OuterRef("ground")
    )
    return PublishedEdge.objects.filter(~Exists(known), edition_id=edition.pk)


def end_request(claim: Claim) -> None:
    """Whoever was asked to review what is published now is not asked to review what follows."""
    if claim.reviewer_id:
        claim.reviewer = None
        claim.save(update_fields=["reviewer"])


def to_send_on(claim: Claim) -> "QuerySet[Claim]":
    """The claims that were merged into this one while readers see them, and still do."""
    open_now = PublishedEdition.objects.filter(STAYS).values("claim_key")
    return claim.merged.filter(pk__in=open_now).order_by("id")


def send_on(claim: Claim, actor: User, opens_at: datetime | None) -> list[Claim]:
    """Send readers of the claims that were merged into a published one on to that; returns them."""
    sent = list(to_send_on(claim))
    for merged in sent:
        if opens_at is not None:
            raise WrongState(
                _("“%(claim)s” was merged into it: publish it at once, not at a later moment.")
                % {"claim": merged}
            )
        decide(merged, ReleaseKind.MERGE, actor, merged_into=claim)
    return sent


def still_rebutting(merged: Iterable[Claim]) -> "QuerySet[Claim]":
    """What readers see rebutting these claims, or has taken that up: published in the same step."""
    edges = PublishedEdge.objects.filter(
        target__in=[claim.public_id for claim in merged],
        edition_id__in=PublishedEdition.objects.filter(STAYS).values("edition_id"),
    )
    rebutting = Claim.objects.filter(public_id__in=edges.values("counterclaim"))
    return Claim.objects.filter(
        Q(pk__in=rebutting.filter(merged_into=None)) | Q(merged__in=rebutting)
    ).distinct()


def refuse_left_rebuttals(merged: Iterable[Claim]) -> None:
    """What rebuts a merged claim is published together with what has taken it up."""
    left = still_rebutting(merged).order_by("id").first()
    if left:
        raise Invalid(_("Publish what rebuts it in the same step: “%(claim)s”.") % {"claim": left})


def schedule(
    claim_id: int, *, actor: User, version: int, opens_at: datetime | None, request: str = ""
) -> Release:
    """Open the newest edition after all, when its opening had been cancelled."""
    with door(actor=actor, action="schedule", request=request):
        lock_publishing()
        claim = lock(Claim, claim_id, version)
        require(actor, "schedule")
        refuse_moment(opens_at)
        edition = cancelled_edition(claim)
        if edition is None:
            raise WrongState(_("No edition of this claim waits for a new moment."))
        release = decide(claim, ReleaseKind.SCHEDULE, actor, edition=edition, opens_at=opens_at)
        refuse_hidden_targets(edition, opens_at)
        refuse_opposites(claim)
        return release


def cancelled_edition(claim: Claim) -> Edition | None:
    """The newest edition, if its opening was cancelled and nothing was decided since."""
    edition = claim.editions.order_by("-number").first()
    last = claim.releases.exclude(kind=ReleaseKind.REQUEST_SUPPRESSION).order_by("-id").first()
    if edition and last and last.kind == ReleaseKind.CANCEL and last.edition_id == edition.pk:
        return edition
    return None


def move(
    claim_id: int, *, actor: User, version: int, opens_at: datetime, request: str = ""
) -> Release:
    """Let the scheduled edition open at another moment."""
    with door(actor=actor, action="move", request=request):
        claim, edition = lock_waiting(claim_id, version)
        require(actor, "move")
        refuse_moment(opens_at)
        release = decide(claim, ReleaseKind.MOVE, actor, edition=edition, opens_at=opens_at)
        refuse_hidden_targets(edition, opens_at)
        refuse_opposites(claim)
        return release


def cancel(claim_id: int, *, actor: User, version: int, reason: str, request: str = "") -> Release:
    """Let the scheduled edition not open; the one before it stays."""
    with door(actor=actor, action="cancel", reason=reason, request=request):
        claim, edition = lock_waiting(claim_id, version)
        require(actor, "cancel")
        release = decide(claim, ReleaseKind.CANCEL, actor, edition=edition, reason=reason.strip())
        refuse_opposites(claim)
        return release


def decide(claim: Claim, kind: ReleaseKind, actor: User, **columns: object) -> Release:
    """Record one decision; the database moves the windows."""
    return Release.objects.create(claim=claim, kind=kind, actor=actor, **columns)


def refuse_moment(opens_at: datetime | None) -> None:
    if opens_at is not None and not timezone.now() < opens_at < latest_opening():
        sentence = _("Choose a moment in the future, within the next ten years.")
        raise Invalid(sentence, {"opens_at": sentence})


def latest_opening() -> datetime:
    return timezone.now() + timedelta(days=3650)


def waiting(claim: Claim) -> PublishedEdition | None:
    """The edition that waits for its moment; one at most does."""
    return PublishedEdition.objects.filter(WAITS, claim_key=claim.pk).first()


def lock_waiting(claim_id: int, version: int) -> tuple[Claim, Edition]:
    lock_publishing()
    claim = lock(Claim, claim_id, version)
    found = waiting(claim)
    if found is None:
        raise WrongState(_("No edition of this claim waits for its moment."))
    return claim, Edition.objects.get(pk=found.edition_id)


def make_edition(claim: Claim, actor: User, opens_at: datetime | None) -> Edition:
    """Insert the edition, which the database fills in, and the decision that opens it."""
    approval = claim.approvals.filter(version=claim.version, reinstates=None).latest("id")
    edition = Edition.objects.create(claim=claim, approval=approval, publisher=actor)
    edition.refresh_from_db()
    decide(claim, ReleaseKind.SCHEDULE, actor, edition=edition, opens_at=opens_at)
    return edition


def refuse_hidden_targets(edition: Edition, opens_at: datetime | None) -> None:
    """A rebuttal appears no earlier than what it rebuts."""
    shown = PublishedEdition.objects.filter(
        claim=OuterRef("target"), current__contains=opens_at or Now()
    )
    edges = PublishedEdge.objects.filter(~Exists(shown), edition_id=edition.pk)
    hidden = Claim.objects.filter(public_id__in=edges.values("target")).order_by("id").first()
    if hidden:
        raise Invalid(
            _("Publish what it rebuts first, or both together: “%(claim)s”.") % {"claim": hidden}
        )


def refuse_opposites(claim: Claim) -> None:
    """Two claims of which one says the opposite of the other are not both well supported."""
    edges = PublishedEdge.objects.filter(ground=Ground.REBUT, confidence=Confidence.HIGH)
    ahead = PublishedEdition.objects.filter(
        Q(current__upper_inf=True) | Q(current__endswith__gt=Now()),
        confidence=Confidence.HIGH,
        current__isempty=False,
    )
    rebutting = edges.filter(target=claim.public_id).values("edition_id")
    for mine in ahead.filter(claim_key=claim.pk):
        rebutted = edges.filter(edition_id=mine.edition_id).values("target")
        rival = ahead.filter(
            Q(claim__in=rebutted) | Q(edition_id__in=rebutting), current__overlap=mine.current
        ).first()
        if rival:
            raise Invalid(
                _(
                    "“%(claim)s” says the opposite, and both would be rated “high: well supported”"
                    " at the same time. Look at the two together first."
                )
                % {"claim": Claim.objects.get(public_id=rival.claim)}
            )
