"""Where a claim stands, and which steps lead on from there for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext as _

from claims import actions, workflow
from claims.choices import ReleaseKind, Role, State
from claims.models import Claim, Edition, Policy, PublishedEdition, Release, User
from claims.models.published import IS_CURRENT, WAITS
from claims.permissions import INCLUDES, PERMISSIONS, Asking, may

from .forms.steps import STEP_FORMS, newest_of


@dataclass(frozen=True)
class Situation:
    """What decides which steps are possible: what readers have, and what was decided before."""

    claim: Claim
    person: User
    current: PublishedEdition | None
    waiting: PublishedEdition | None
    # Whether readers have ever seen an edition.
    was_seen: bool
    # Of the claim, oldest first.
    releases: list[Release]
    withdrawn: tuple[Edition, Release] | None
    contributor: bool
    four_eyes: bool

    @classmethod
    def of(cls, claim: Claim, person: User) -> "Situation":
        releases = list(claim.releases.select_related("actor").order_by("id"))
        current, waiting, was_seen = visible(claim)
        last = last_decision(releases)
        return cls(
            claim=claim,
            person=person,
            current=current,
            waiting=waiting,
            was_seen=was_seen,
            releases=releases,
            withdrawn=actions.withdrawn_edition(claim)
            if last and last.kind == ReleaseKind.WITHDRAW
            else None,
            contributor=actions.has_contributed(person, claim),
            four_eyes=Policy.objects.four_eyes(),
        )

    @property
    def state(self) -> State:
        return State(self.claim.state)

    @property
    def decided(self) -> str:
        """What was decided last about the claim's visibility; empty for nothing."""
        last = last_decision(self.releases)
        return last.kind if last else ""

    @property
    def is_withdrawn(self) -> bool:
        return self.decided == ReleaseKind.WITHDRAW

    @property
    def is_cancelled(self) -> bool:
        """The newest edition was to open, and its opening was cancelled."""
        return self.decided == ReleaseKind.CANCEL

    @property
    def mark(self) -> tuple[str, str]:
        """The state in one word, and the name of its look."""
        return mark_of(
            self.claim,
            is_open=self.current is not None,
            is_waiting=self.waiting is not None,
            last_decision=self.decided,
        )

    @property
    def requests(self) -> list[Release]:
        """Requests to suppress the claim."""
        return [each for each in self.releases if each.kind == ReleaseKind.REQUEST_SUPPRESSION]

    @property
    def languages_missing(self) -> list[str]:
        """The site's languages in which the claim has no text, by name."""
        written = {text.language for text in self.claim.texts.all()}
        return [str(name) for code, name in settings.LANGUAGES if code not in written]

    def is_possible(self, action: str) -> bool:
        """Whether this step leads on from here, whoever takes it."""
        step = workflow.STEPS.get(action)
        if self.claim.suppressed_at or (step and self.state not in step.sources):
            return False
        if self.claim.merged_into_id and action not in WHILE_MERGED:
            return False
        return bool(CONDITIONS.get(action, lambda situation: True)(self))

    def hindrance(self, action: str) -> str:
        """Why this person may not take a step that is possible; empty when they may."""
        if not may(self.person, action, four_eyes=False):
            return _("needs the role “%(role)s”") % {"role": lowest_role(action).label}
        if not may(self.person, action, is_contributor=self.contributor, four_eyes=self.four_eyes):
            return _("you changed it yourself: somebody else has to")
        return HINDRANCES.get(action, lambda situation: "")(self)

    def steps(self) -> list[dict[str, Any]]:
        """The steps that are possible: action, label, and why not for this person."""
        return [
            {"action": action, "label": form.title, "why_not": self.hindrance(action)}
            for action, form in STEP_FORMS.items()
            if self.is_possible(action)
        ]

    def who(self, action: str) -> str:
        """Who may take a step, in words."""
        if action == "approve" and self.four_eyes:
            return _("Next: an editor who did not work on it")
        return {
            Role.REPORTER: _("Next: a reporter or editor"),
            Role.EDITOR: _("Next: an editor"),
            Role.PUBLISHER: _("Next: a publisher"),
        }.get(lowest_role(action), "")


# The step that leads on, by the state that it leads on from.
NEXT = {
    State.DRAFT: "submit",
    State.CHANGES_REQUESTED: "submit",
    State.IN_REVIEW: "approve",
    State.APPROVED: "publish",
}


def next_step(situation: Situation, steps: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Of these steps the one that leads on, with who may take it; None where nothing has to."""
    action = NEXT.get(situation.state)
    found = next((step for step in steps if step["action"] == action), None)
    return {**found, "who": situation.who(action)} if found and action else None


def visible(claim: Claim) -> tuple[PublishedEdition | None, PublishedEdition | None, bool]:
    """The edition that readers see, the one that waits for its moment, and whether any was seen."""
    current, waiting, was_seen = None, None, False
    for edition in PublishedEdition.objects.filter(claim_key=claim.pk).annotate(now=Now()):
        if edition.readable.lower and edition.readable.lower <= edition.now:
            was_seen = True
        if edition.current.isempty:
            continue
        if edition.current.lower > edition.now:
            waiting = edition
        elif edition.current.upper is None or edition.current.upper > edition.now:
            current = edition
    return current, waiting, was_seen


def last_decision(releases: list[Release]) -> Release | None:
    """The last release that decided something; a request to suppress does not."""
    return next(
        (each for each in reversed(releases) if each.kind != ReleaseKind.REQUEST_SUPPRESSION), None
    )


def mark_of(
    claim: Claim, *, is_open: bool, is_waiting: bool, last_decision: str
) -> tuple[str, str]:
    """The name of a look and a word for where a claim stands. Where no work is going on, what
    counts is what readers see."""
    if claim.suppressed_at:
        return "suppressed", _("Suppressed")
    if claim.merged_into_id:
        return "merged", _("Merged")
    state = State(claim.state)
    if state is State.PUBLISHED and not is_open:
        if is_waiting:
            return "scheduled", _("Scheduled")
        if last_decision == ReleaseKind.WITHDRAW:
            return "withdrawn", _("Withdrawn")
        if last_decision == ReleaseKind.CANCEL:
            return "cancelled", _("Opening cancelled")
    return str(state), str(state.label)


def with_marks(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """With what `mark_of` asks for, for lists.

    Numbers and no `Exists`: that the database answers for all claims at once, not for a page.
    """
    editions = PublishedEdition.objects.filter(claim_key=OuterRef("pk")).order_by("number")
    numbers = editions.values("number")
    decisions = Release.objects.filter(claim=OuterRef("pk")).exclude(
        kind=ReleaseKind.REQUEST_SUPPRESSION
    )
    return claims.annotate(
        open_number=Subquery(numbers.filter(IS_CURRENT)[:1]),
        waiting_number=Subquery(numbers.filter(WAITS)[:1]),
        last_decision=Coalesce(Subquery(decisions.order_by("-id").values("kind")[:1]), Value("")),
    )


def lowest_role(action: str) -> Role:
    """The first of reporter, editor and publisher who may take this action."""
    roles = (Role.REPORTER, Role.EDITOR, Role.PUBLISHER)
    return next(
        (role for role in roles if PERMISSIONS[action](Asking(INCLUDES[role], four_eyes=False))),
        Role.ADMIN,
    )


# Readers may still see what was merged, and the law waits for nothing.
WHILE_MERGED = ("withdraw", "request_suppression", "suppress")
# What a step needs beside the state that `workflow.STEPS` names.
CONDITIONS: dict[str, Callable[[Situation], Any]] = {
    "publish": lambda s: not s.waiting,
    "discard": lambda s: s.claim.edition,
    "confirm": lambda s: any(e.target_edition < newest_of(e) for e in s.claim.rebuts.all()),
    "recheck": lambda s: s.current,
    "schedule": lambda s: s.is_cancelled,
    "move": lambda s: s.waiting,
    "cancel": lambda s: s.waiting,
    "withdraw": lambda s: s.current or s.waiting,
    "approve_reinstatement": lambda s: s.withdrawn,
    "reinstate": lambda s: s.withdrawn,
    "request_suppression": lambda s: not s.requests,
    "suppress": lambda s: s.requests,
}


def withdrew_it_oneself(situation: Situation) -> str:
    _edition, withdrawal = situation.withdrawn
    if situation.four_eyes and withdrawal.actor_id == situation.person.pk:
        return _("you withdrew it: somebody else has to approve its return")
    return ""


def return_not_approved(situation: Situation) -> str:
    edition, withdrawal = situation.withdrawn
    approvals = edition.reinstating_approvals.filter(made_at__gt=withdrawal.made_at)
    if situation.four_eyes:
        approvals = approvals.exclude(approver__in=[withdrawal.actor_id, situation.person.pk])
    if approvals.exists():
        return ""
    return _("somebody who did not withdraw it, other than you, has to approve its return first")


def requested_by_oneself(situation: Situation) -> str:
    if any(each.actor_id != situation.person.pk for each in situation.requests):
        return ""
    return _("you requested it: another publisher has to carry it out")


HINDRANCES: dict[str, Callable[[Situation], str]] = {
    "approve_reinstatement": withdrew_it_oneself,
    "reinstate": return_not_approved,
    "suppress": requested_by_oneself,
}
