"""What the raw-SQL attacks share: a claim at any stage, and statements sent past the actions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from claims import actions
from claims.models import Claim
from tests.newsroom import Newsroom

APPROVE = (
    "INSERT INTO claims_approval (claim_id, version, document_digest, approver_id) VALUES"
    " (%(claim)s, (SELECT version FROM claims_claim WHERE id = %(claim)s),"
    " claims_digest(claims_document(%(claim)s)), %(me)s)"
)
EDITION = (
    "INSERT INTO claims_edition (claim_id, approval_id, publisher_id)"
    " VALUES (%(claim)s, (SELECT max(id) FROM claims_approval WHERE claim_id = %(claim)s), %(me)s)"
)
RELEASE = (
    "INSERT INTO claims_release (claim_id, edition_id, kind, reason, notice, actor_id) VALUES"
    " (%(claim)s, (SELECT max(id) FROM claims_edition WHERE claim_id = %(claim)s),"
    " 'schedule', '', '{}', %(me)s)"
)
WITHDRAW = (
    "INSERT INTO claims_release (claim_id, kind, reason, notice, actor_id)"
    " VALUES (%(claim)s, 'withdraw', 'It was wrong.', '{\"en\": \"Withdrawn.\"}', %(me)s)"
)
LATER = RELEASE.replace("kind, ", "kind, opens_at, ").replace(
    "'schedule', ", "'schedule', now() + interval '1 hour', "
)
CANCEL = RELEASE.replace("'schedule'", "'cancel'")
MOVE = LATER.replace("'schedule'", "'move'").replace("1 hour", "2 hours")
PUBLISH = (EDITION, RELEASE)
STATE = "UPDATE claims_claim SET state = '{}' WHERE id = %(claim)s"
STATEMENT = "UPDATE claims_claimtext SET statement = 'Swapped' WHERE claim_id = %(claim)s"


class Attack(NamedTuple):
    """What must be refused to somebody at a stage, in which words, and its legal twin."""

    name: str
    stage: str
    by: str
    attack: tuple[str, ...]
    says: str
    legal: tuple[str, ...]
    legal_by: str = ""


@dataclass
class Scene:
    """One counterclaim at one stage, with everything it rests on, and the people around it."""

    room: Newsroom
    claim: Claim
    target: Claim

    def names(self, by: str) -> dict[str, Any]:
        """What statements may name, as `by` would fill it in."""
        citation, edge = self.claim.citations.first(), self.claim.rebuts.first()
        people = ("reporter", "editor", "second_editor", "publisher", "second_publisher")
        return {
            "claim": self.claim.pk,
            "public_id": self.claim.public_id,
            "target": self.target.pk,
            "citation": citation and citation.pk,
            "source": citation and citation.source_id,
            "house": citation and citation.source.publisher_id,
            "edge": edge and edge.pk,
            "claimant": self.claim.claimant_id,
            "me": getattr(self.room, by).pk,
            **{person: getattr(self.room, person).pk for person in people},
        }

    def run(self, *statements: str, by: str = "reporter", **options: Any) -> int:
        """Run the statements as one attributed change, checked to the end, or undone as a whole.

        Returns the number of rows that the last one touched.
        """
        settings = {"actor": str(getattr(self.room, by).pk), "change": "", "reason": "", **options}
        names = self.names(by)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for name, value in settings.items():
                cursor.execute("SELECT set_config(%s, %s, true)", [f"counterclaim.{name}", value])
            for statement in statements:
                cursor.execute(statement, names)
            touched = cursor.rowcount
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        return touched

    def refusal(self, *statements: str, by: str = "reporter", **options: Any) -> str:
        """Why the database refuses these statements; the empty string when it does not."""
        try:
            self.run(*statements, by=by, **options)
        except DatabaseError as error:
            return str(error)
        return ""

    def ask(self, question: str) -> Any:
        """The one value that a query answers with."""
        with connection.cursor() as cursor:
            cursor.execute(question, self.names("reporter"))
            return cursor.fetchone()[0]

    @property
    def state(self) -> str:
        self.claim.refresh_from_db()
        return self.claim.state


STAGES = {
    "draft": (),
    "in_review": ("submit",),
    "changes_requested": ("submit", "send_back"),
    "approved": ("submit", "approve"),
    "approved_again": ("submit", "approve", "retitle", "title", "approve_too"),
    "published": ("submit", "approve", "open"),
    "scheduled": ("submit", "approve", "schedule"),
    "cancelled": ("submit", "approve", "schedule", "cancel"),
    "withdrawn": ("submit", "approve", "open", "withdraw"),
    "reapproved": ("submit", "approve", "open", "withdraw", "approve_return"),
    "suppression_requested": ("submit", "approve", "open", "request_suppression"),
    "suppressed": ("submit", "approve", "open", "request_suppression", "suppress"),
    "revised": ("submit", "approve", "open", "revise"),
    "revised_in_review": ("submit", "approve", "open", "revise", "submit"),
    "revised_approved": ("submit", "approve", "open", "revise", "submit", "approve"),
    "rescheduled": ("submit", "approve", "open", "revise", "submit", "approve", "schedule"),
    "reopened": ("submit", "approve", "open", "revise", "submit", "approve", "open"),
    "approved_then_withdrawn": (
        *("submit", "approve", "open", "revise", "submit", "approve", "withdraw"),
    ),
    "revised_after_schedule": ("submit", "approve", "schedule", "edit", "submit", "approve"),
}


def scene(room: Newsroom, stage: str = "draft") -> Scene:
    """A counterclaim of a published claim, brought to `stage` through the actions."""
    target = room.published("Usage is falling")
    source = room.source("A study", publisher=room.party("A house"))
    claim = room.rebuttal(
        target,
        "Embedded use is not counted",
        fields={"claimant": room.party("An institute")},
        citations=[
            {"source": source, "quotation": "as quoted"},
            {"source": room.first_source(), "quotation": "and here"},
        ],
    )
    made = Scene(room, claim, target)
    for step in STAGES[stage]:
        take(made, step)
    claim.refresh_from_db()
    return made


def take(scene: Scene, step: str) -> None:
    room, claim = scene.room, scene.claim
    claim.refresh_from_db()
    if step == "submit":
        room.submit(claim)
    elif step == "send_back":
        actions.request_changes(
            claim.pk, actor=room.editor, version=claim.version, reason="Name the place."
        )
    elif step == "approve":
        room.approve(claim)
    elif step == "approve_too":
        room.approve(claim, room.second_editor)
    elif step in ("retitle", "title"):
        source = claim.citations.first().source
        title = "Another study" if step == "retitle" else "A study"
        actions.save_source(
            actor=room.reporter,
            source_id=source.pk,
            version=source.version,
            fields={"title": title},
        )
    elif step == "open":
        room.publish(claim)
    elif step == "schedule":
        room.publish(claim, opens_at=timezone.now() + timedelta(hours=1))
    elif step == "cancel":
        actions.cancel(claim.pk, actor=room.publisher, version=claim.version, reason="Not yet.")
    elif step == "withdraw":
        room.withdraw(claim)
    elif step == "approve_return":
        actions.approve_reinstatement(claim.pk, actor=room.editor, version=claim.version)
    elif step == "request_suppression":
        actions.request_suppression(
            claim.pk, actor=room.publisher, version=claim.version, reason="A court order."
        )
    elif step == "suppress":
        actions.suppress(
            claim.pk, actor=room.second_publisher, version=claim.version, reason="A court order."
        )
    elif step == "revise":
        room.revise(claim, unknowns="How it was counted.")
    elif step == "edit":
        actions.edit(
            claim.pk, actor=room.reporter, version=claim.version, texts={"en": {"unknowns": "?"}}
        )
