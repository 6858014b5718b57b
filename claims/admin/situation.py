"""Where a claim stands, and which steps lead on from there for whom."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from claims import actions, workflow
from claims.choices import ReleaseKind, Role, State
from claims.models import Claim, Edition, Policy, PublishedEdition, Release, User
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
            four_eyes=Policy.objects.latest("id").four_eyes,
        )

    @property
    def state(self) -> State:
        return State(self.claim.state)

    @property
    def is_withdrawn(self) -> bool:
        last = last_decision(self.releases)
        return bool(last and last.kind == ReleaseKind.WITHDRAW)

    @property
    def is_cancelled(self) -> bool:
        """The newest edition was to open, and its opening was cancelled."""
        last = last_decision(self.releases)
        return bool(last and last.kind == ReleaseKind.CANCEL)

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


def lowest_role(action: str) -> Role:
    """The first of reporter, editor and publisher who may take this action."""
    roles = (Role.REPORTER, Role.EDITOR, Role.PUBLISHER)
    return next(
        (role for role in roles if PERMISSIONS[action](Asking(INCLUDES[role], four_eyes=False))),
        Role.ADMIN,
    )


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
