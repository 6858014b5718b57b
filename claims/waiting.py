"""What waits for a person of the newsroom: lists that go on from a place in their order.

Each list is walked along an index, with a limit; none is ever counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import DateTimeField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims.choices import Role, State
from claims.models import (
    Claim,
    ClaimText,
    Contribution,
    Policy,
    PublishedEdition,
    ReplyRequest,
    Tip,
    User,
)
from claims.models.published import STAYS, WAITS
from claims.models.tip import OPEN
from claims.permissions import roles_of
from claims.querysets import awaited
from claims.tokens import BadToken, from_moment, pack, to_day, to_moment, unpack

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# How long before its day something is listed as due.
RECHECK_AHEAD = timedelta(days=14)
REPLY_AHEAD = timedelta(days=3)


@dataclass
class Viewer:
    """Who looks, and when."""

    person: User
    now: datetime = field(default_factory=timezone.localtime)

    @property
    def today(self) -> date:
        return self.now.date()

    @cached_property
    def roles(self) -> frozenset[Role]:
        return roles_of(self.person)

    @cached_property
    def four_eyes(self) -> bool:
        return Policy.objects.four_eyes()


class Place(NamedTuple):
    """The last row that was shown: in which part of the list, with which key, of which number."""

    part: int
    key: int
    number: int


def to_token(place: Place) -> str:
    return pack(place)


def to_place(token: str) -> Place:
    """Raises BadToken for anything that `to_token` does not write."""
    return Place(*unpack(token, 3))


class Found(NamedTuple):
    """A row of a list: its claim, the day or moment by which it is ordered, its own number.

    A tip may be about no claim."""

    part: int
    claim_id: int | None
    key: Any
    number: int


@dataclass(frozen=True)
class Part:
    """Rows in the order of `key` and their own number, oldest first or `newest_first`; without
    `key` by number alone. `claim` is the column that names the claim."""

    rows: QuerySet[Any]
    key: str = ""
    newest_first: bool = False
    claim: str = "pk"

    def walk(self, after: Place | None) -> QuerySet[Any, tuple[Any, ...]]:
        """The rows, or those that follow a place: (claim, key, number)."""
        names = [name for name in (self.key, "pk") if name]
        ordered = self.rows.order_by(*(f"-{name}" if self.newest_first else name for name in names))
        if after:
            ordered = ordered.filter(self._beyond(after))
        return ordered.values_list(self.claim, self.key or "pk", "pk")

    def _beyond(self, after: Place) -> Q:
        sign = "lt" if self.newest_first else "gt"
        later = Q(**{f"pk__{sign}": after.number})
        if not self.key:
            if after.key:
                raise BadToken  # no place in these rows has a key
            return later
        value = to_moment(after.key) if self._is_moment else to_day(after.key)
        # The first bound is what an index is entered by.
        return Q(**{f"{self.key}__{sign}e": value}) & (Q(**{f"{self.key}__{sign}": value}) | later)

    @property
    def _is_moment(self) -> bool:
        return isinstance(self.rows.model._meta.get_field(self.key), DateTimeField)

    def place(self, found: Found) -> Place:
        if not self.key:
            return Place(found.part, 0, found.number)
        key = from_moment(found.key) if self._is_moment else found.key.toordinal()
        return Place(found.part, key, found.number)


def walk(
    parts: Sequence[Part], size: int, after: Place | None = None
) -> tuple[list[Found], Place | None]:
    """So many rows of the parts, one part after the other, and where the rest begins.

    Raises BadToken for a place that these parts cannot have.
    """
    if after and not 0 <= after.part < len(parts):
        raise BadToken
    found: list[Found] = []
    for number, part in enumerate(parts):
        if after and number < after.part:
            continue
        rows = part.walk(after if after and number == after.part else None)
        found += [Found(number, *row) for row in rows[: size + 1]]
    shown = found[:size]
    rest = parts[shown[-1].part].place(shown[-1]) if len(found) > size else None
    return shown, rest


# --- What there is to be done ---------------------------------------------------------------------


@dataclass(frozen=True)
class Section:
    """A list of the front page. `next_step` is the step whose screen a row leads to, for those who
    hold the role `next_role`; others are led to the claim. `together` is what they can do with the
    rows in one go."""

    title: "StrOrPromise"
    empty: "StrOrPromise"
    parts: Callable[[Viewer], list[Part]]
    needs: Role = Role.REPORTER
    next_step: str = ""
    next_role: Role = Role.REPORTER
    together: "StrOrPromise" = ""


def to_review(viewer: Viewer) -> list[Part]:
    """Who was asked sees theirs first; then all that anybody may review, oldest first."""
    waiting = Claim.objects.reviewable_by(
        viewer.person.pk, Contribution.objects, four_eyes=viewer.four_eyes
    )
    return [
        Part(waiting.filter(reviewer=viewer.person), "changed_at"),
        Part(waiting.exclude(reviewer=viewer.person), "changed_at"),
    ]


def own(state: State) -> Callable[[Viewer], list[Part]]:
    """What this person worked on and that is in this state, newest first."""

    def parts(viewer: Viewer) -> list[Part]:
        claims = Claim.objects.live().filter(state=state)
        mine = claims.worked_on_by(viewer.person.pk, Contribution.objects)
        return [Part(mine, "changed_at", newest_first=True)]

    return parts


def approved(viewer: Viewer) -> list[Part]:
    return [Part(Claim.objects.live().filter(state=State.APPROVED), "changed_at")]


def scheduled(viewer: Viewer) -> list[Part]:
    editions = _of_live_claims(PublishedEdition.objects.filter(WAITS, opened_at__gt=Now()))
    return [Part(editions, "opened_at", claim="claim_key")]


def to_recheck(viewer: Viewer) -> list[Part]:
    """What readers see and that was to be looked at again by now, or soon is."""
    until = viewer.today + RECHECK_AHEAD
    editions = PublishedEdition.objects.filter(
        STAYS,
        # As `IS_CURRENT`, but so that the list is walked by its day and not by what is open.
        current__startswith__lte=Now(),
        review_by__isnull=False,
        review_by__lte=until,
    )
    return [Part(_of_live_claims(editions), "review_by", claim="claim_key")]


def replies_due(viewer: Viewer) -> list[Part]:
    due = waiting_replies().filter(deadline__lte=viewer.today + REPLY_AHEAD)
    return [Part(due, "deadline", claim="claim_id")]


def waiting_replies() -> QuerySet[ReplyRequest]:
    """Requests for a reply that nobody has answered yet, of claims that are worked on."""
    return awaited(ReplyRequest.objects)


def to_ask(viewer: Viewer) -> list[Part]:
    """Claims that fault somebody who has to be asked for a reply, oldest first."""
    return [Part(Claim.objects.not_heard(ReplyRequest.objects, ClaimText.objects), "changed_at")]


def replies_awaited(viewer: Viewer) -> list[Part]:
    """By their deadline; at last those without one."""
    waiting = waiting_replies()
    return [
        Part(waiting.filter(deadline__isnull=False), "deadline", claim="claim_id"),
        Part(waiting.filter(deadline=None), claim="claim_id"),
    ]


def tips_waiting(viewer: Viewer) -> list[Part]:
    """This person's first; then those that nobody looks after. Newest first."""
    waiting = Tip.objects.filter(OPEN)
    return [
        Part(waiting.filter(handler=viewer.person), newest_first=True, claim="claim_id"),
        Part(waiting.filter(handler=None), newest_first=True, claim="claim_id"),
    ]


# Claims beside each source that they cite or relay, and that its publisher has corrected or
# retracted, until their newest edition says so of it.
CITING_WHAT_CHANGED = """
    SELECT s.id, unsaid.id FROM claims_source s
    CROSS JOIN LATERAL (
        SELECT c.id FROM (
            SELECT claim_id FROM claims_citation WHERE source_id = s.id
            UNION SELECT ci.claim_id FROM claims_relay r
                JOIN claims_citation ci ON ci.id = r.citation_id WHERE r.source_id = s.id
            UNION SELECT b.claim_id FROM claims_behind b WHERE b.record = s.public_id
        ) citing
        JOIN claims_claim c ON c.id = citing.claim_id
        WHERE c.merged_into_id IS NULL AND c.suppressed_at IS NULL
            AND (s.id, c.id) > (%(source)s, %(claim)s)
            AND NOT EXISTS (
                SELECT FROM claims_publishededition p,
                    jsonb_build_object('id', s.public_id, 'status', s.status) shown
                WHERE p.claim_key = c.id AND p.number = c.edition AND (
                    p.document @> jsonb_build_object('citations',
                        jsonb_build_array(jsonb_build_object('source', shown)))
                    OR p.document @> jsonb_build_object('citations',
                        jsonb_build_array(jsonb_build_object('relays',
                            jsonb_build_array(shown))))))
        ORDER BY citing.claim_id LIMIT %(most)s
    ) unsaid
    WHERE s.status <> '' AND s.id >= %(source)s
    ORDER BY s.id, unsaid.id LIMIT %(most)s
"""


def citing_what_changed(
    size: int, after: Place | None = None
) -> tuple[list[tuple[int, int]], Place | None]:
    """(source, claim) of so many claims that cite what was corrected or retracted, and where the
    rest begins."""
    place = {"source": after.key if after else 0, "claim": after.number if after else 0}
    with connection.cursor() as cursor:
        cursor.execute(CITING_WHAT_CHANGED, {**place, "most": size + 1})
        pairs = [(source, claim) for source, claim in cursor.fetchall()]
    shown = pairs[:size]
    return shown, Place(0, *shown[-1]) if len(pairs) > size else None


def _of_live_claims(editions: QuerySet[PublishedEdition]) -> QuerySet[PublishedEdition]:
    return editions.filter(Exists(Claim.objects.live().filter(pk=OuterRef("claim_key"))))


SECTIONS: dict[str, Section] = {
    "review": Section(
        _("You may review"),
        _("Nothing waits for your review. What is submitted next appears here."),
        to_review,
        needs=Role.EDITOR,
        next_step="approve",
        next_role=Role.EDITOR,
        together=_("Read these together"),
    ),
    "changes": Section(
        _("Changes asked of you"),
        _("Nobody asks you for changes."),
        own(State.CHANGES_REQUESTED),
    ),
    "drafts": Section(
        _("Your drafts"),
        _("You have no drafts. What you record or change appears here until you submit it."),
        own(State.DRAFT),
    ),
    "replies": Section(
        _("Replies due"),
        _("No reply is due. People whom a claim faults are asked from the queue “Right of reply”."),
        replies_due,
    ),
    "tips": Section(
        _("Tips that wait"),
        _("No tip waits. What readers send in appears here."),
        tips_waiting,
    ),
    "rechecks": Section(
        _("Due for re-check"),
        _("Nothing is due within two weeks. A claim comes here by its day “re-check by”."),
        to_recheck,
        next_step="recheck",
        next_role=Role.EDITOR,
    ),
    "approved": Section(
        _("Approved, to be published"),
        _("Nothing waits to be published. What an editor approves appears here."),
        approved,
        next_step="publish",
        next_role=Role.PUBLISHER,
        together=_("Publish these together"),
    ),
    "scheduled": Section(
        _("Scheduled"),
        _("Nothing is scheduled. Choose a moment when you publish a claim, and it waits here."),
        scheduled,
        next_step="move",
        next_role=Role.PUBLISHER,
    ),
}


def sections_for(viewer: Viewer) -> dict[str, Section]:
    """The lists that are shown to this person."""
    return {name: each for name, each in SECTIONS.items() if each.needs in viewer.roles}
