"""Attacks on the widened record with raw SQL as the app's login: chains, figures, replies, topics,
re-checks, discarded changes, and the decisions after publication (DESIGN 3, 4 and 5).

As in the other tables: what must be refused, in the words of the guard, then the legal twin.
"""

import re

import pytest

from claims import actions
from tests.attack.scene import (
    APPROVE,
    CANCEL,
    LATER,
    MOVE,
    PUBLISH,
    RELEASE,
    STATE,
    STATEMENT,
    WITHDRAW,
    Attack,
    scene,
)

OTHER = "(SELECT min(source_id) FROM claims_citation WHERE claim_id = %(claim)s)"
RELAY = "INSERT INTO claims_relay (citation_id, position, source_id) VALUES (%(citation)s, {}, {})"
FIGURE = (
    "INSERT INTO claims_figure (claim_id, kind, labels, value, bound, units, as_of_precision)"
    " VALUES (%(claim)s, '{}', '{}', {}, '{}', '{}', '')"
)
PEAK = '{"en": "Peak"}'
REPLY = (
    "INSERT INTO claims_replyrequest (claim_id, party_id, channel, asked_on, deadline, outcome,"
    " answer, answer_language, answered_on) VALUES (%(claim)s, %(house)s, 'email', '2025-07-02',"
    " {deadline}, '{outcome}', '{answer}', 'en', {answered})"
)
RECHECK = (
    "INSERT INTO claims_recheck (claim_id, edition_id, review_by, actor_id) VALUES (%(claim)s,"
    " (SELECT max(id) FROM claims_edition WHERE claim_id = {of}), {by}, {who})"
)
TOPIC = (
    "INSERT INTO claims_topic (public_id, names, version, frozen_version)"
    " VALUES ('bcdfghjkmnp2', '{}', {})"
)
ACCUSE = "UPDATE claims_claim SET allegation_about_id = %(house)s WHERE id = %(claim)s"
EXCUSE = "UPDATE claims_claimtext SET reply_exception = 'Nobody asked.' WHERE claim_id = %(claim)s"
REINSTATE = RELEASE.replace("'schedule'", "'reinstate'")
REAPPROVE = (
    "INSERT INTO claims_approval (claim_id, version, document_digest, approver_id, reinstates_id)"
    " SELECT %(claim)s, 1, e.document_digest, %(me)s, e.id FROM claims_edition e"
    " WHERE e.claim_id = {} ORDER BY e.id DESC LIMIT 1"
)
DECIDE = (
    "INSERT INTO claims_release (claim_id, kind, reason, notice, actor_id)"
    " VALUES (%(claim)s, '{}', '{}', '{{}}', {})"
)
REQUEST = DECIDE.format("request_suppression", "A court order.", "%(me)s")
SUPPRESS = DECIDE.format("suppress", "A court order.", "%(me)s")


def reply(outcome="answered", answer="No.", answered="'2025-07-03'", deadline="'2025-07-09'"):
    return REPLY.format(outcome=outcome, answer=answer, answered=answered, deadline=deadline)


CHAINS = [
    Attack(
        "the cited source once more",
        *("draft", "reporter", (RELAY.format(1, "%(source)s"),)),
        "only once in a chain",
        (RELAY.format(1, OTHER),),
    ),
    Attack(
        "a relayed source twice",
        *("draft", "reporter", (RELAY.format(1, OTHER), RELAY.format(2, OTHER))),
        "relay_source_once",
        (RELAY.format(1, OTHER),),
    ),
    Attack(
        "by citing what is relayed",
        *("draft", "reporter"),
        (
            RELAY.format(1, OTHER),
            f"UPDATE claims_citation SET source_id = {OTHER} WHERE id = %(citation)s",
        ),
        "only once in a chain",
        (f"UPDATE claims_citation SET source_id = {OTHER} WHERE id = %(citation)s",),
    ),
    Attack(
        "by making the origin the cited source",
        *("draft", "reporter"),
        (RELAY.format(1, OTHER), "UPDATE claims_relay SET source_id = %(source)s"),
        "only once in a chain",
        (RELAY.format(1, OTHER),),
    ),
    Attack(
        "a gap",
        *("draft", "reporter", (RELAY.format(2, OTHER),)),
        "has a gap",
        (RELAY.format(1, OTHER),),
    ),
    Attack(
        "position 0",
        *("draft", "reporter", (RELAY.format(0, OTHER),)),
        "relay_position_positive",
        (RELAY.format(1, OTHER),),
    ),
]
PARTS = [
    *(
        Attack(
            f"a figure with {name}",
            *("draft", "reporter", (FIGURE.format(*row),)),
            says,
            (FIGURE.format("share", PEAK, "7.2", "exactly", "{}"),),
        )
        for name, row, says in (
            ("no label", ("share", "{}", "7.2", "exactly", "{}"), "figure_has_label"),
            ("an unknown kind", ("speed", PEAK, "7.2", "exactly", "{}"), "figure_kind_known"),
            ("an unknown bound", ("share", PEAK, "7.2", "maybe", "{}"), "figure_bound_known"),
            ("labels in a list", ("share", '["Peak"]', "1", "about", "{}"), "for each language"),
            ("a label that is none", ("share", '{"en": 7}', "1", "about", "{}"), "for each lang"),
            ("a blank label", ("share", '{"en": " "}', "1", "about", "{}"), "for each language"),
            ("a made-up language", ("share", '{"!": "x"}', "1", "about", "{}"), "for each lang"),
            (
                "a label of two lines",
                ("share", '{"en": "a\\nb"}', "1", "about", "{}"),
                "for each language",
            ),
            (
                "a label read backwards",
                ("share", '{"en": "\\u202ea"}', "1", "about", "{}"),
                "for each language",
            ),
            (
                "an endless unit",
                ("amount", PEAK, "1", "about", '{"en": "' + "x" * 61 + '"}'),
                "for each language",
            ),
        )
    ),
    *(
        Attack(
            f"a stated change {name}",
            *("draft", "reporter"),
            (f"UPDATE claims_claim SET {change} WHERE id = %(claim)s",),
            "claim_stated_change_whole",
            (
                "UPDATE claims_claim SET stated_change = -72, stated_change_unit = 'percent',"
                " stated_change_bound = 'more_than' WHERE id = %(claim)s",
            ),
        )
        for name, change in (
            ("without unit and bound", "stated_change = -72"),
            ("that is no number", "stated_change_unit = 'percent'"),
        )
    ),
    *(
        Attack(
            f"a verdict {name}",
            *("draft", "reporter"),
            (f"UPDATE claims_claim SET {change} WHERE id = %(claim)s",),
            "claim_verdict_on_its_scale",
            (
                "UPDATE claims_claim SET verdict = 'withheld', verdict_scale = 'snu'"
                " WHERE id = %(claim)s",
            ),
        )
        for name, change in (
            ("on no scale", "verdict = 'true'"),
            ("withheld on five steps", "verdict = 'withheld', verdict_scale = 'five'"),
            ("of our own", "verdict = 'pants', verdict_scale = 'snu'"),
            ("that is only a scale", "verdict_scale = 'snu'"),
        )
    ),
    Attack(
        "a topic without a name in words",
        *("draft", "reporter", (TOPIC.format('{"en": ""}', "1, 0"),)),
        "for each language",
        (TOPIC.format('{"en": "Ports"}', "1, 0"),),
    ),
    Attack(
        "a topic that begins frozen",
        *("draft", "reporter", (TOPIC.format(PEAK, "1, 1"),)),
        "begins at version 1",
        (TOPIC.format(PEAK, "1, 0"),),
    ),
]
REPLIES = [
    *(
        Attack(
            name,
            *("draft", "reporter", (attack,)),
            says,
            (reply(),),
        )
        for name, attack, says in (
            ("an answer without words", reply(answer=""), "replyrequest_answer_whole"),
            ("an answer without a day", reply(answered="NULL"), "replyrequest_answer_whole"),
            (
                "no answer, in words",
                reply(outcome="no_answer", answered="NULL"),
                "replyrequest_answer_whole",
            ),
            ("a deadline before asking", reply(deadline="'2025-07-01'"), "deadline_after_asking"),
            ("an answer before asking", reply(answered="'2025-07-01'"), "answer_after_asking"),
        )
    ),
    *(
        Attack(
            f"submit an allegation {name}",
            *("draft", "reporter", (ACCUSE, *steps, STATE.format("in_review"))),
            "whom it faults",
            (ACCUSE, *legal, STATE.format("in_review")),
        )
        for name, steps, legal in (
            ("without asking", (), (reply(),)),
            (
                "that waits for its answer",
                (reply(outcome="waiting", answer="", answered="NULL"),),
                (reply(outcome="no_answer", answer="", answered="NULL"),),
            ),
            (
                "after asking somebody else",
                (reply().replace("%(house)s", "%(claimant)s"),),
                (EXCUSE,),
            ),
        )
    ),
]
RECHECKS = [
    *(
        Attack(
            name,
            stage,
            "editor",
            (RECHECK.format(of=of, by=by, who=who),),
            says,
            legal,
        )
        for name, stage, of, by, who, says, legal in (
            (
                *("in another's name", "published", "%(claim)s", "NULL", "%(publisher)s"),
                *("in their own name", (RECHECK.format(of="%(claim)s", by="NULL", who="%(me)s"),)),
            ),
            (
                *("until yesterday", "published", "%(claim)s", "now()::date - 1", "%(me)s"),
                "lies in the future",
                (RECHECK.format(of="%(claim)s", by="now()::date + 1", who="%(me)s"),),
            ),
            (
                *("of another claim's edition", "published", "%(target)s", "NULL", "%(me)s"),
                *("readers see", (RECHECK.format(of="%(claim)s", by="NULL", who="%(me)s"),)),
            ),
            (
                *("of what waits", "scheduled", "%(claim)s", "NULL", "%(me)s"),
                *("readers see", (STATEMENT,)),
            ),
            (
                *("of what is withdrawn", "withdrawn", "%(claim)s", "NULL", "%(me)s"),
                *("readers see", (STATEMENT,)),
            ),
        )
    ),
]
RELEASES = [
    Attack(
        "a second scheduled edition",
        *("revised_after_schedule", "publisher", (PUBLISH[0], LATER)),
        "already scheduled",
        (CANCEL, PUBLISH[0], LATER),
    ),
    Attack(
        "publishing while one is scheduled",
        *("revised_after_schedule", "publisher", PUBLISH),
        "already scheduled",
        (CANCEL, *PUBLISH),
    ),
    Attack("moving what is open", "published", "publisher", (MOVE,), "waits for", (WITHDRAW,)),
    Attack("cancelling what is open", "published", "publisher", (CANCEL,), "waits", (WITHDRAW,)),
    Attack("cancelling twice", "scheduled", "publisher", (CANCEL, CANCEL), "waits", (CANCEL,)),
    Attack(
        "moving into the past",
        *("scheduled", "publisher", (MOVE.replace("+ interval", "- interval"),)),
        "lies in the future",
        (MOVE,),
    ),
    Attack(
        "moving to no moment",
        *("scheduled", "publisher", (RELEASE.replace("'schedule'", "'move'"),)),
        "release_is_complete",
        (MOVE,),
    ),
    Attack(
        "moving another claim's edition",
        *("scheduled", "publisher"),
        (MOVE.replace("VALUES (%(claim)s, ", "VALUES (%(target)s, "),),
        "waits for",
        (MOVE,),
    ),
    Attack(
        "opening a cancelled edition that was withdrawn since",
        *("scheduled", "publisher", (WITHDRAW, RELEASE)),
        "and once",
        (CANCEL, RELEASE),
    ),
    Attack(
        "moving a cancelled edition",
        *("cancelled", "publisher", (MOVE,)),
        "waits for",
        (LATER,),
    ),
    Attack(
        "reinstating without an approval",
        *("withdrawn", "second_publisher", (REINSTATE,)),
        "needs a later approval",
        (REAPPROVE.format("%(claim)s"),),
    ),
    Attack(
        "reinstating what one approved oneself",
        *("withdrawn", "second_publisher", (REAPPROVE.format("%(claim)s"), REINSTATE)),
        "needs a later approval by somebody else",
        (REAPPROVE.format("%(claim)s"),),
    ),
    Attack(
        "approving what one withdrew",
        *("withdrawn", "publisher", (REAPPROVE.format("%(claim)s"),)),
        "cannot approve its return",
        (REAPPROVE.format("%(claim)s"),),
        "editor",
    ),
    Attack(
        "approving another claim's return",
        *("withdrawn", "editor", (REAPPROVE.format("%(target)s"),)),
        "only the edition that was withdrawn",
        (REAPPROVE.format("%(claim)s"),),
    ),
    Attack(
        "approving the return of what is open",
        *("published", "editor", (REAPPROVE.format("%(claim)s"),)),
        "only the edition that was withdrawn",
        (STATEMENT,),
    ),
    Attack(
        "reinstating what is open",
        *("published", "publisher", (REINSTATE,)),
        "only the edition that was withdrawn",
        (WITHDRAW,),
    ),
    Attack(
        "reinstating twice",
        *("reapproved", "publisher", (REINSTATE, REINSTATE)),
        "only the edition that was withdrawn",
        (REINSTATE,),
    ),
    Attack(
        "reinstating with the approval from before the withdrawal",
        *("withdrawn", "second_publisher", (REINSTATE,)),
        "needs a later approval",
        (REAPPROVE.format("%(claim)s"),),
        "editor",
    ),
    Attack(
        "suppressing without a request",
        *("published", "publisher", (SUPPRESS,)),
        "the request of somebody else",
        (REQUEST,),
    ),
    Attack(
        "suppressing alone",
        *("published", "publisher", (REQUEST, SUPPRESS)),
        "the request of somebody else",
        (REQUEST,),
    ),
    Attack(
        "suppressing by two rows of one session's actor",
        *("published", "publisher"),
        (REQUEST, SUPPRESS.replace("%(me)s", "%(second_publisher)s")),
        "in their own name",
        (REQUEST,),
    ),
    Attack(
        "suppressing what another asked for, as that other",
        *("suppression_requested", "second_publisher"),
        (SUPPRESS.replace("%(me)s", "%(publisher)s"),),
        "in their own name",
        (SUPPRESS,),
    ),
    Attack(
        "suppressing without a reason",
        *("suppression_requested", "second_publisher", (SUPPRESS.replace("A court order.", " "),)),
        "needs a reason",
        (SUPPRESS,),
    ),
    Attack(
        "an unknown decision",
        *("published", "publisher", (DECIDE.format("hide", "x", "%(me)s"),)),
        "no such decision",
        (WITHDRAW,),
    ),
]
DISCARDS = [
    Attack(
        "with a change left",
        *("revised", "reporter", (STATE.format("published"),)),
        "not what its newest edition says",
        (STATE.format("in_review"),),
    ),
    Attack(
        "what has no edition",
        *("draft", "reporter", (STATE.format("published"),)),
        "no step leads",
        (STATE.format("in_review"),),
    ),
]
EVERY = CHAINS + PARTS + REPLIES + RECHECKS + RELEASES + DISCARDS


@pytest.mark.parametrize("attack", EVERY, ids=lambda attack: attack.name)
def test_the_record_refuses(newsroom, attack):
    made = scene(newsroom, attack.stage)
    assert re.search(attack.says, made.refusal(*attack.attack, by=attack.by))
    assert made.refusal(*attack.legal, by=attack.legal_by or attack.by) == ""


# --- High against high ---------------------------------------------------------------------------


def rated(newsroom, claim, confidence):
    """The claim with another confidence, approved."""
    claim.refresh_from_db()
    actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        fields={"confidence": confidence, "change_kind": "update"},
        texts={"en": {"change_note": "Looked at again."}},
    )
    return newsroom.approved(claim)


def opposites(newsroom, mine="high", theirs="high", ground="rebut"):
    """A published claim and a counterclaim of it, approved, with these confidences."""
    made = scene(newsroom, "draft")
    made.run(f"UPDATE claims_rebuttal SET ground = '{ground}' WHERE id = %(edge)s")
    made.run(f"UPDATE claims_claim SET confidence = '{mine}' WHERE id = %(claim)s")
    if theirs != made.target.confidence:
        newsroom.publish(rated(newsroom, made.target, theirs))
    newsroom.approved(made.claim)
    return made


BOTH = "cannot both be well supported"


@pytest.mark.parametrize(
    ("mine", "theirs", "ground", "says"),
    [
        ("high", "high", "rebut", BOTH),
        ("high", "moderate", "rebut", ""),
        ("moderate", "high", "rebut", ""),
        ("high", "high", "undercut", ""),
        ("high", "high", "undermine", ""),
        ("high", "high", "qualify", ""),
    ],
)
@pytest.mark.parametrize("release", [RELEASE, LATER], ids=["now", "later"])
def test_two_opposites_are_not_both_well_supported(newsroom, mine, theirs, ground, says, release):
    made = opposites(newsroom, mine, theirs, ground)
    refusal = made.refusal(PUBLISH[0], release, by="publisher")
    assert says in refusal
    assert bool(refusal) == bool(says)


def test_a_high_edition_does_not_return_against_a_high_opposite(newsroom):
    made = opposites(newsroom, "high", "moderate")
    newsroom.publish(made.claim)
    newsroom.withdraw(made.claim)
    made.run(REAPPROVE.format("%(claim)s"), by="editor")
    newsroom.publish(rated(newsroom, made.target, "high"))
    assert BOTH in made.refusal(REINSTATE, by="second_publisher")
    newsroom.publish(rated(newsroom, made.target, "low"))
    assert made.run(REINSTATE, by="second_publisher") == 1  # the control


def test_cancelling_what_would_have_made_room_is_refused(newsroom):
    """The target steps down at 1 o'clock, its opposite opens at 2; the first is not cancelled."""
    made = opposites(newsroom, "high", "high")
    rated(newsroom, made.target, "low")

    def of_target(sql):
        return sql.replace("%(claim)s", "%(target)s")

    made.run(of_target(PUBLISH[0]), of_target(LATER), by="publisher")
    early = LATER.replace("1 hour", "30 minutes")
    assert BOTH in made.refusal(PUBLISH[0], early, by="publisher")
    made.run(PUBLISH[0], LATER.replace("1 hour", "2 hours"), by="publisher")
    assert BOTH in made.refusal(of_target(CANCEL), by="publisher")
    too_late = of_target(MOVE).replace("2 hours", "3 hours")
    assert BOTH in made.refusal(too_late, by="publisher")
    made.run(CANCEL, by="publisher")
    assert made.run(of_target(CANCEL), by="publisher") == 1


def test_minor_is_not_laundered_through_a_cancelled_edition(newsroom):
    """A correction that never opened is no measure: readers saw the statement before it."""
    minor = "UPDATE claims_claim SET change_kind = '{}' WHERE id = %(claim)s"
    made = scene(newsroom, "revised")
    made.run(STATEMENT, minor.format("correction"), STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    made.run(PUBLISH[0], LATER, by="publisher")
    made.run(CANCEL, by="publisher")
    note = "UPDATE claims_claimtext SET change_note = 'A comma.' WHERE claim_id = %(claim)s"
    made.run(note, minor.format("minor"), STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    assert "is not minor" in made.refusal(*PUBLISH, by="publisher")
    back = STATEMENT.replace("Swapped", "Embedded use is not counted")
    made.run(back, STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    assert made.run(*PUBLISH, by="publisher") == 1  # the control: as readers saw it


def test_a_suppressed_claim_is_never_changed_again(newsroom):
    made = scene(newsroom, "suppressed")
    for attack in (STATEMENT, STATE.format("in_review"), RELEASE, WITHDRAW, REQUEST, SUPPRESS):
        assert "suppressed" in made.refusal(attack, by="publisher"), attack
    target = STATEMENT.replace("%(claim)s", "%(target)s")
    assert made.run(target, by="publisher") == 1  # the control: its neighbour is
