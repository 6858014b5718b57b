"""Attacks on merges with raw SQL as the app's login: as in the other tables, what must be refused,
in the words of the guard, then the legal twin.

The scene's claim is merged into its `twin`; `third` is a claim that stands by itself.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from claims import actions
from claims.models import Claim
from tests.attack.scene import STATE, Attack, Scene, scene

SET = "UPDATE claims_claim SET merged_into_id = {} WHERE id = {}"
MERGE = SET.format("%(twin)s", "%(claim)s")
CLEAR = SET.format("NULL", "%(claim)s")
SEND_ON = (
    "INSERT INTO claims_release (claim_id, merged_into_id, kind, reason, notice, actor_id)"
    " VALUES (%(claim)s, {}, 'merge', '', '{{}}', %(me)s)"
)
EDGE = (
    "INSERT INTO claims_rebuttal (counterclaim_id, target_id, ground, opposer, target_edition)"
    " VALUES (%(third)s, {}, 'qualify', 'us', 1)"
)
WORDS = "UPDATE claims_claimtext SET unknowns = '?' WHERE claim_id = {}"
CITE = "UPDATE claims_citation SET quotation = '?' WHERE claim_id = {}"
REBUT = "UPDATE claims_rebuttal SET ground = 'qualify' WHERE counterclaim_id = {}"
CONFIDENCE = "UPDATE claims_claim SET confidence = 'high' WHERE id = {}"
NOTICE = (
    "INSERT INTO claims_publishednotice (release_id, claim, kind, notice, merged_into, made_at,"
    " shown) VALUES (1, %(public_id)s, 'merged', '{}', %(public_id)s, now(), '[,]')"
)


@dataclass
class Merging(Scene):
    """The scene with two claims more."""

    twin: Claim
    third: Claim

    def names(self, by: str) -> dict[str, Any]:
        return {**super().names(by), "twin": self.twin.pk, "third": self.third.pk}


def merging(room, stage: str) -> Merging:
    """`apart`, or the twin is merged or suppressed; `merged`, then `approved`, then `sent_on`."""
    made = scene(room, "published")
    twin, third = room.published("It is used inside others"), room.published("It sinks")
    made = Merging(room, made.claim, made.target, twin, third)
    if stage == "twin_suppressed":
        for actor, step in (
            (room.second_publisher, actions.request_suppression),
            (room.publisher, actions.suppress),
        ):
            step(twin.pk, actor=actor, version=twin.version, reason="A court said so.")
    if stage == "twin_merged":
        merge(room, twin, third)
    if stage in ("merged", "approved", "sent_on"):
        merge(room, made.claim, twin)
    if stage in ("approved", "sent_on"):
        room.revise(twin, kind="update")
        room.submit(twin)
        room.approve(twin, room.second_editor)
    if stage == "sent_on":
        actions.publish({twin.pk: twin.version}, actor=room.publisher)
    for claim in (made.claim, twin, third):
        claim.refresh_from_db()
    return made


def merge(room, claim, into) -> None:
    actions.merge(
        claim.pk,
        actor=room.editor,
        version=claim.version,
        into_id=into.pk,
        into_version=into.version,
    )


def of_third(statement: str) -> tuple[str]:
    return (statement.format("%(third)s"),)


ATTACKS = [
    Attack(
        "a merge that readers follow is cleared",
        *("sent_on", "editor", (CLEAR,)),
        "readers are sent on already",
        (SET.format("%(twin)s", "%(third)s"),),
    ),
    Attack(
        "a merge that readers follow leads elsewhere",
        *("sent_on", "editor", (SET.format("%(third)s", "%(claim)s"),)),
        "readers are sent on already",
        (SET.format("%(third)s", "%(twin)s"),),
    ),
    Attack(
        "a merge leads elsewhere without being undone",
        *("merged", "editor", (SET.format("%(third)s", "%(claim)s"),)),
        "readers are sent on already",
        (CLEAR,),
    ),
    Attack(
        "into a merged claim",
        *("twin_merged", "editor", (MERGE,)),
        "one that stands by itself",
        (SET.format("%(third)s", "%(claim)s"),),
    ),
    Attack(
        "into a suppressed claim",
        *("twin_suppressed", "editor", (MERGE,)),
        "one that stands by itself",
        (SET.format("%(third)s", "%(claim)s"),),
    ),
    Attack(
        "into itself",
        *("apart", "editor", (SET.format("%(claim)s", "%(claim)s"),)),
        "claim_not_merged_into_itself",
        (MERGE,),
    ),
    Attack(
        "a circle",
        *("merged", "editor", (SET.format("%(claim)s", "%(twin)s"),)),
        "one that stands by itself",
        (SET.format("%(third)s", "%(twin)s"),),
    ),
    Attack(
        "by nobody",
        *("apart", "editor", ("SELECT set_config('counterclaim.actor', '', true)", MERGE)),
        "must name an active person",
        (MERGE,),
    ),
    *(
        Attack(
            f"a merged claim’s {name} changes",
            *("merged", "editor", (statement.format("%(claim)s"),)),
            "suppressed or merged claim is not changed",
            of_third(statement),
        )
        for name, statement in (("text", WORDS), ("citation", CITE), ("confidence", CONFIDENCE))
    ),
    Attack(
        "a merged claim’s edge changes",
        *("merged", "editor", (REBUT.format("%(claim)s"),)),
        "suppressed or merged claim is not changed",
        (REBUT.format("%(twin)s"),),
    ),
    Attack(
        "a merged claim is submitted",
        *("merged", "editor", (STATE.format("in_review"),)),
        "a merged claim takes no step",
        (
            "UPDATE claims_claim SET change_kind = 'update' WHERE id = %(twin)s",
            "UPDATE claims_claimtext SET change_note = 'Merged.' WHERE claim_id = %(twin)s",
            STATE.format("in_review").replace("%(claim)s", "%(twin)s"),
        ),
    ),
    Attack(
        "a merged claim is published as it was",
        *("merged", "editor", (STATE.format("published"),)),
        "a merged claim takes no step",
        (CLEAR, STATE.format("published")),
    ),
    Attack(
        "cleared and submitted in one statement",
        *("merged", "editor"),
        (CLEAR.replace("NULL", "NULL, state = 'in_review'"),),
        "do not change in one statement",
        (CLEAR,),
    ),
    Attack(
        "recorded as merged",
        *("apart", "editor"),
        (
            "INSERT INTO claims_claim (public_id, language, confidence, change_kind, state,"
            " version, frozen_version, edition, merged_into_id)"
            " VALUES ('bcdfghjkmnp2', 'en', '', '', 'draft', 1, 0, 0, %(twin)s)",
        ),
        "a claim begins as a draft",
        (MERGE,),
    ),
    Attack(
        "a new edge to a merged claim",
        *("merged", "editor", (EDGE.format("%(claim)s"),)),
        "is merged into another",
        (EDGE.format("%(twin)s"),),
    ),
    Attack(
        "an edge is turned to a merged claim",
        *("merged", "editor"),
        (
            EDGE.format("%(twin)s"),
            "UPDATE claims_rebuttal SET target_id = %(claim)s WHERE counterclaim_id = %(third)s",
        ),
        "is merged into another",
        (
            EDGE.format("%(twin)s"),
            "UPDATE claims_rebuttal SET target_id = %(target)s WHERE counterclaim_id = %(third)s",
        ),
    ),
]
RELEASES = [
    Attack(
        "readers are sent on from what was not merged",
        *("apart", "publisher", (SEND_ON.format("%(twin)s"),)),
        "only to the published claim it was merged into",
        (MERGE, SEND_ON.format("%(twin)s")),
    ),
    Attack(
        "readers are sent on before the other is published",
        *("approved", "publisher", (SEND_ON.format("%(twin)s"),)),
        "only to the published claim it was merged into",
        (
            "INSERT INTO claims_edition (claim_id, approval_id, publisher_id) VALUES (%(twin)s,"
            " (SELECT max(id) FROM claims_approval WHERE claim_id = %(twin)s), %(me)s)",
            "INSERT INTO claims_release (claim_id, edition_id, kind, reason, notice, actor_id)"
            " VALUES (%(twin)s, (SELECT max(id) FROM claims_edition), 'schedule', '', '{}',"
            " %(me)s)",
            SEND_ON.format("%(twin)s"),
        ),
    ),
    Attack(
        "readers are sent elsewhere",
        *("apart", "publisher", (MERGE, SEND_ON.format("%(third)s"))),
        "only to the published claim it was merged into",
        (MERGE, SEND_ON.format("%(twin)s")),
    ),
    Attack(
        "readers are sent nowhere",
        *("apart", "publisher", (MERGE, SEND_ON.format("NULL"))),
        "only to the published claim it was merged into",
        (MERGE, SEND_ON.format("%(twin)s")),
    ),
    Attack(
        "readers are sent on twice",
        *("sent_on", "publisher", (SEND_ON.format("%(twin)s"),)),
        "only what readers see",
        (
            SET.format("%(twin)s", "%(third)s"),
            SEND_ON.format("%(twin)s").replace("%(claim)s", "%(third)s"),
        ),
    ),
    Attack(
        "in another’s name",
        *("apart", "publisher"),
        (MERGE, SEND_ON.format("%(twin)s").replace("%(me)s", "%(editor)s")),
        "in their own name",
        (MERGE, SEND_ON.format("%(twin)s")),
    ),
    Attack(
        "a notice without a decision",
        *("merged", "publisher", (NOTICE,)),
        "permission denied",
        (CLEAR,),
    ),
    Attack(
        "a merged claim returns to readers",
        *("sent_on", "publisher"),
        (
            "INSERT INTO claims_release (claim_id, edition_id, kind, reason, notice, actor_id)"
            " VALUES (%(claim)s, (SELECT max(id) FROM claims_edition WHERE claim_id = %(claim)s),"
            " 'reinstate', '', '{}', %(me)s)",
        ),
        "only the edition that was withdrawn",
        (
            "INSERT INTO claims_release (claim_id, kind, reason, notice, actor_id) VALUES"
            " (%(third)s, 'withdraw', 'It was wrong.', '{\"en\": \"Withdrawn.\"}', %(me)s)",
        ),
    ),
]


@pytest.mark.parametrize("case", [*ATTACKS, *RELEASES], ids=lambda case: case.name)
def test_merges_are_guarded_by_the_database(newsroom, case: Attack):
    made = merging(newsroom, case.stage)
    assert case.says in made.refusal(*case.attack, by=case.by)
    assert made.run(*case.legal, by=case.legal_by or case.by) > 0


def test_readers_are_not_sent_on_while_a_rebuttal_bears_on_the_old_address(newsroom):
    made = merging(newsroom, "apart")
    counterclaim = newsroom.rebuttal(made.claim, "Not so")
    newsroom.publish(counterclaim)
    send = (MERGE, SEND_ON.format("%(twin)s"))
    assert "still published against it" in made.refusal(*send, by="publisher")
    newsroom.withdraw(counterclaim)
    assert made.run(*send, by="publisher") == 1
