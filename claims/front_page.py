"""The newsroom's front page: what waits for a person, and the figures of the week."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import days
from claims.choices import ChangeKind, ReleaseKind, State
from claims.models import Claim, History, PublishedEdition, Release, ReplyRequest, Tip
from claims.waiting import (
    Found,
    Place,
    Section,
    Viewer,
    sections_for,
    to_token,
    walk,
)

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Rows of one list on the front page, and on a page of its own.
FEW = 10
MANY = 25
# What there is more of is not counted on.
MOST_IN_REVIEW = 99
MOST_OF_A_WEEK = 999


@dataclass(frozen=True)
class Row:
    """A claim in a list: where its next step is taken, and when it was or is due.

    `asked` is whom its review is asked of; `party` who was asked for a reply. Where `tip` is given,
    that is what waits, and `claim` is what it is about, if anything.
    """

    claim: Claim | None
    address: str
    when: str
    machine_when: str
    is_overdue: bool
    asked: str = ""
    party: str = ""
    moment: datetime | None = None
    changes: History | None = None
    tip: Tip | None = None


@dataclass(frozen=True)
class Listed:
    """A section with the rows that are shown; `after` is where the rest begins, if there is any.
    `acts`: whether this person can take the section's step."""

    name: str
    section: Section
    rows: tuple[Row, ...]
    after: str = ""
    acts: bool = False

    @property
    def together(self) -> str:
        """Where all these rows are dealt with in one go; empty where that makes no sense."""
        if not (self.acts and self.section.together and len(self.rows) > 1):
            return ""
        ids = ",".join(str(row.claim.pk) for row in self.rows if row.claim)
        return f"{reverse('admin:claims_claim_together')}?ids={ids}"

    @property
    def address(self) -> str:
        return reverse("admin:waiting", args=[self.name])


@dataclass(frozen=True)
class Figure:
    label: "StrOrPromise"
    value: str


def front_page(viewer: Viewer) -> list[Listed]:
    """Every list of this person, begun."""
    names = sections_for(viewer)
    return _listed(viewer, {name: walk(names[name].parts(viewer), FEW) for name in names})


def whole_list(viewer: Viewer, name: str, after: Place | None) -> Listed:
    """One list from a place on. Raises BadToken for a place that it cannot have."""
    section = sections_for(viewer)[name]
    return _listed(viewer, {name: walk(section.parts(viewer), MANY, after)})[0]


def _listed(viewer: Viewer, walked: dict[str, tuple[list[Found], Place | None]]) -> list[Listed]:
    """The rows of several lists, with all that they show asked for together."""
    found = {name: rows for name, (rows, _rest) in walked.items()}
    show = Showing(viewer, found)
    sections = sections_for(viewer)
    return [
        Listed(
            name,
            sections[name],
            tuple(show.rows(name, sections[name], rows)),
            to_token(rest) if rest else "",
            acts=sections[name].next_role in viewer.roles,
        )
        for name, (rows, rest) in walked.items()
    ]


class Showing:
    """What rows need beside their own numbers, read once for all lists."""

    def __init__(self, viewer: Viewer, found: dict[str, list[Found]]) -> None:
        self.viewer = viewer
        numbers = {each.claim_id for rows in found.values() for each in rows if each.claim_id}
        claims = Claim.objects.for_list().select_related("claimant", "reviewer")
        self.claims = claims.in_bulk(numbers)
        self.changes = changes_asked(each.claim_id for each in found.get("changes", ()))
        self.parties = parties_asked(each.number for each in found.get("replies", ()))
        tips = [each.number for each in found.get("tips", ())]
        self.tips = Tip.objects.in_bulk(tips) if tips else {}

    def rows(self, name: str, section: Section, found: Sequence[Found]) -> Iterable[Row]:
        for each in found:
            claim = self.claims.get(each.claim_id) if each.claim_id else None
            if name == "tips":
                if each.number in self.tips:
                    yield self.tip(self.tips[each.number], claim)
            elif claim is not None:
                yield self.row(name, section, each, claim)

    def tip(self, tip: Tip, claim: Claim | None) -> Row:
        received = timezone.localtime(tip.received_at)
        return Row(
            claim,
            reverse("admin:claims_tip_change", args=[tip.pk]),
            when=days.since(received.date(), self.viewer.today),
            machine_when=received.isoformat(timespec="seconds"),
            is_overdue=False,
            asked=_("yours") if tip.handler_id == self.viewer.person.pk else "",
            tip=tip,
        )

    def row(self, name: str, section: Section, found: Found, claim: Claim) -> Row:
        address = self.address(name, section, found, claim)
        today = self.viewer.today
        if not isinstance(found.key, datetime):
            day: date = found.key
            return Row(
                claim,
                address,
                when=days.due(day, today),
                machine_when=day.isoformat(),
                is_overdue=day < today,
                party=self.parties.get(found.number, "") if name == "replies" else "",
            )
        moment = timezone.localtime(found.key)
        if name == "scheduled":
            when = days.until(moment, self.viewer.now)
        else:
            when = days.since(moment.date(), today)
        return Row(
            claim,
            address,
            when=when,
            machine_when=moment.isoformat(timespec="seconds"),
            is_overdue=False,
            asked=self.asked(claim) if name == "review" else "",
            moment=moment if name == "scheduled" else None,
            changes=self.changes.get(claim.pk) if name == "changes" else None,
        )

    def address(self, name: str, section: Section, found: Found, claim: Claim) -> str:
        if name == "replies":
            queue = reverse("admin:claims_claim_replies")
            return f"{queue}?reply={found.number}#reply-{found.number}"
        if name == "review":
            return reverse("admin:claims_claim_differences", args=[claim.pk])
        if section.next_step and section.next_role in self.viewer.roles:
            return reverse("admin:claims_claim_step", args=[claim.pk, section.next_step])
        return reverse("admin:claims_claim_change", args=[claim.pk])

    def asked(self, claim: Claim) -> str:
        """Whom the review is asked of, in words."""
        if claim.reviewer_id is None:
            return ""
        if claim.reviewer_id == self.viewer.person.pk:
            return _("asked of you")
        return _("asked of %(person)s") % {"person": claim.reviewer}


def changes_asked(claims: Iterable[int | None]) -> dict[int, History]:
    """The last request for changes of each of these claims."""
    asked = History.objects.filter(
        claim_id__in=list(claims), record="claim", action="request_changes"
    )
    newest = asked.order_by("claim_id", "-id").distinct("claim_id")
    return {entry.claim_id: entry for entry in newest if entry.claim_id is not None}


def parties_asked(requests: Iterable[int]) -> dict[int, str]:
    """Who was asked for a reply, by the number of the request."""
    asked = ReplyRequest.objects.select_related("party").prefetch_related("party__names")
    return {request.pk: str(request.party) for request in asked.filter(pk__in=list(requests))}


WEEK: dict[str, "StrOrPromise"] = {
    "": gettext_lazy("First editions"),
    ChangeKind.CORRECTION: gettext_lazy("Corrections"),
    ChangeKind.UPDATE: gettext_lazy("Updates"),
    ChangeKind.CLARIFICATION: gettext_lazy("Clarifications"),
    ChangeKind.MINOR: gettext_lazy("Minor changes"),
}


def figures(viewer: Viewer) -> list[Figure]:
    """What readers were shown since Monday, and what is in review; never counted beyond a bound."""
    monday = timezone.make_aware(
        datetime.combine(viewer.today - timedelta(days=viewer.today.weekday()), time())
    )
    opened = PublishedEdition.objects.filter(opened_at__gte=monday, opened_at__lte=Now())
    kinds = list(opened.order_by("-opened_at").values_list("kind", flat=True)[: MOST_OF_A_WEEK + 1])
    more = len(kinds) > MOST_OF_A_WEEK
    counted = Counter(kinds[:MOST_OF_A_WEEK])
    made = [Figure(label, up_to(counted[kind], more)) for kind, label in WEEK.items()]
    # Releases have no index by day; they are made in the order of their numbers.
    newest = Release.objects.order_by("-id").values_list("kind", "made_at")[:MOST_OF_A_WEEK]
    recent = [kind for kind, made_at in newest if made_at >= monday]
    withdrawn = up_to(recent.count(ReleaseKind.WITHDRAW), len(recent) == MOST_OF_A_WEEK)
    in_review = Claim.objects.live().filter(state=State.IN_REVIEW)[: MOST_IN_REVIEW + 1].count()
    return [
        *made,
        Figure(gettext_lazy("Withdrawals"), withdrawn),
        Figure(
            gettext_lazy("In review now"),
            up_to(min(in_review, MOST_IN_REVIEW), in_review > MOST_IN_REVIEW),
        ),
    ]


def up_to(number: int, more: bool) -> str:
    return f"{number}+" if more else str(number)
