"""The rows of an invented newsroom, as actions and triggers would have left them. Pure.

Rows come in batches, in the order in which things happened; a claim's working copy comes with its
last edition, and shared records come last, when it is known what editions show.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from claims.choices import Action, NoticeKind, Operation, Record, ReleaseKind, Role
from claims.document import NO_EDITION_YET, chain_digest, digest

from . import shared_records
from .documents import Freezer, text_of
from .ledger import Basis, Batch, Ledger
from .newsroom import DECIDED, Claim, Edition, Plan
from .people import Person, Staff
from .standings import windows
from .working_copy import as_recorded, claim_row, write_parts
from .writing import WITHDRAWN, Contents, Writer

AT_ONCE = 2000  # editions in a batch: some megabytes


def batches(plan: Plan, basis: Basis) -> Iterator[Batch]:
    """All rows, by table; `tables.COLUMNS` names their columns."""
    recorder = Recorder(plan, basis)
    for done, (moment, claim, edition) in enumerate(plan.steps(), 1):
        if edition:
            recorder.publish(claim, edition)
        else:
            recorder.withdraw(claim, moment)
        if not done % AT_ONCE:
            yield recorder.ledger.take()
    recorder.finish()
    yield recorder.ledger.take()


class Frozen(NamedTuple):
    document: str
    digest: str


class Made(NamedTuple):
    """An edition's row, as far as its published copy repeats it."""

    id: int
    claim: int
    kind: str
    previous: str
    digest: str


class Recorder:
    """Writes what each step leaves; remembers the contents of claims that have editions to come."""

    def __init__(self, plan: Plan, basis: Basis) -> None:
        self.plan = plan
        self.ledger = Ledger(basis)
        self.writer = Writer(plan)
        self.freezer = Freezer(plan.claims, self.writer)
        self.staff = Staff(plan, self.writer.words, self.ledger)
        self.shown = shared_records.Shown()
        self.unfinished: dict[int, tuple[Contents, datetime]] = {}
        self.head = NO_EDITION_YET

    def publish(self, claim: Claim, edition: Edition) -> None:
        """An edition, from the change that led to it to the decision that opens it."""
        contents, created_at = self.contents(claim, edition)
        note = self.writer.note(contents) if edition.kind else {}
        document = self.freezer.document(claim, edition, contents, note)
        frozen = Frozen(document, digest(document))
        row = claim_row(self.ledger, claim, edition, contents, created_at)
        hands = self.staff.hands(faults_somebody=contents.allegation is not None)
        for person in (hands.reporter, hands.editor):
            if person:
                self.ledger.add("claims_contribution", "claim", row[0], edition.number, person.id)
        if edition.number == 1:
            action = Action.ADD_REBUTTAL if edition.edges else Action.RECORD_CLAIM
            self.log(
                created_at, hands.reporter, action, Record.CLAIM, row[0], row[0], as_recorded(row)
            )
        approval = self.ledger.add(
            "claims_approval",
            *(row[0], edition.number, frozen.digest, hands.approver.id),
            edition.made_at - timedelta(minutes=5),
        )
        made = self.make_edition(claim, edition, frozen, approval, hands.publisher)
        self.publish_copy(claim, edition, contents, frozen, made)
        if edition is claim.editions[-1]:
            self.ledger.put("claims_claim", *row)
            write_parts(self.ledger, claim, edition, contents)
        else:
            self.unfinished[claim.index] = contents, created_at

    def contents(self, claim: Claim, edition: Edition) -> tuple[Contents, datetime]:
        """What the edition holds, and when its claim was recorded."""
        if edition.number == 1:
            hours = self.staff.rng.uniform(1, 30)
            return self.writer.first(edition), edition.made_at - timedelta(hours=hours)
        contents, created_at = self.unfinished.pop(claim.index)
        self.writer.revise(contents, edition)
        return contents, created_at

    def make_edition(
        self, claim: Claim, edition: Edition, frozen: Frozen, approval: int, publisher: Person
    ) -> Made:
        """The edition, which continues the chain, and the decision that opens it."""
        policy = self.ledger.basis.policy
        number = self.ledger.id_of("claims_claim", claim.index)
        kind = edition.kind.value if edition.kind else ""
        previous, self.head = (
            self.head,
            chain_digest(
                previous=self.head,
                claim=claim.public_id,
                number=edition.number,
                document_digest=frozen.digest,
                kind=kind,
                approval=approval,
                policy=policy,
                made_at=edition.made_at,
            ),
        )
        made = self.ledger.add(
            "claims_edition",
            *(number, edition.number, kind, frozen.document, frozen.digest, approval, policy),
            *(publisher.id, edition.made_at, previous, self.head),
        )
        recorded = {
            "claim_id": number,
            "number": edition.number,
            "kind": kind,
            "document_digest": frozen.digest,
            "approval_id": approval,
            "digest": self.head,
        }
        self.log(edition.made_at, publisher, Action.PUBLISH, Record.EDITION, made, number, recorded)
        self.ledger.add(
            "claims_release",
            *(number, made, ReleaseKind.SCHEDULE.value),
            edition.opens_at if edition.scheduled else None,
            *("", "{}", publisher.id, edition.made_at + DECIDED),
        )
        return Made(made, number, kind, previous, self.head)

    def publish_copy(
        self, claim: Claim, edition: Edition, contents: Contents, frozen: Frozen, made: Made
    ) -> None:
        """What readers are served of the edition."""
        ledger = self.ledger
        current, readable = spans(claim, edition)
        opens_at = edition.opens_at.isoformat()
        ledger.put(
            "claims_publishededition",
            *(made.id, made.claim, claim.public_id, edition.number, made.kind),
            *(contents.asserted_since, contents.language, edition.confidence.value),
            *(bool(edition.edges), contents.review_by, frozen.document, frozen.digest),
            *(made.previous, made.digest, ledger.basis.four_eyes, edition.made_at, opens_at),
            *(current, readable),
        )
        for edge in edition.edges:
            ledger.add(
                "claims_publishededge",
                *(made.id, claim.public_id, self.plan.claims[edge.target].public_id),
                *(edge.ground.value, edge.opposer.value, edge.target_edition),
                edition.confidence.value,
            )
        for role, record in shared_records.mentions(
            self.writer, claim.topics, contents, self.shown
        ):
            shown_hash = self.freezer.hashes[record]
            ledger.add(
                "claims_publishedmention", made.id, role, record, shown_hash, opens_at, current
            )

    def withdraw(self, claim: Claim, moment: datetime) -> None:
        number = self.ledger.id_of("claims_claim", claim.index)
        publisher = self.staff.anybody(Role.PUBLISHER)
        reason, notice = "It does not hold.", text_of(WITHDRAWN)
        kind = ReleaseKind.WITHDRAW.value
        release = self.ledger.add(
            "claims_release", number, None, kind, None, reason, notice, publisher.id, moment
        )
        self.ledger.put(
            "claims_publishednotice",
            *(release, claim.public_id, NoticeKind.WITHDRAWN.value, notice, moment),
            span(moment, None),
        )
        recorded = {
            "id": release,
            "claim_id": number,
            "edition_id": None,
            "kind": kind,
            "opens_at": None,
            "reason": reason,
            "notice": WITHDRAWN,
            "actor_id": publisher.id,
            "made_at": moment.isoformat(),
        }
        self.log(
            moment, publisher, Action.WITHDRAW, Record.RELEASE, release, number, recorded, reason
        )

    def finish(self) -> None:
        """Shared records as they were frozen, and how the graph stands."""
        shared_records.write(self.ledger, self.writer, self.staff, self.shown)
        for window in windows(self.plan):
            self.ledger.add(
                "claims_publishedstanding",
                self.ledger.id_of("claims_claim", window.claim.index),
                *(window.claim.public_id, window.standing.value, window.label.value),
                span(window.opens, window.closes),
            )

    def log(
        self,
        moment: datetime,
        actor: Person,
        action: Action,
        record: Record,
        number: int,
        claim: int,
        after: dict[str, Any],
        reason: str = "",
    ) -> None:
        """The history of an insert."""
        self.ledger.add(
            "claims_history",
            *(moment, actor.id, actor.username, action.value, reason, "", record.value, number),
            *(claim, Operation.INSERT.value, None, text_of(after)),
        )


def spans(claim: Claim, edition: Edition) -> tuple[str, str]:
    """When an edition is its claim's page, and when its own address answers."""
    following = claim.editions[edition.number : edition.number + 1]
    replaced = following[0].opens_at if following else claim.withdrawn_at
    return span(edition.opens_at, replaced), span(edition.opens_at, claim.withdrawn_at)


def span(opens: datetime, closes: datetime | None) -> str:
    """A range as PostgreSQL reads it."""
    return f"[{opens.isoformat()},{closes.isoformat() if closes else ''})"
