"""What `verify_editions` makes of suppressed claims, of what editions show, and of standings."""

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.utils import timezone

from claims import actions
from claims.choices import Channel, Ground, Outcome
from claims.models import Claim, Edition, PublishedStanding
from claims.verification import mentions, misjudged

from . import test_commands as commands
from .newsroom import Newsroom
from .test_commands import BOTH_SIDES, EDITION, FLIPPED, found

room, tamper = commands.room, commands.tamper  # its fixtures, here as well

COPY = "UPDATE claims_publishededition SET {} WHERE edition_id = %(row)s"
STANDING = "UPDATE claims_publishedstanding SET {} WHERE claim_key = %(row)s"


def suppress(room: Newsroom, claim: Claim) -> None:
    """By the decision of two publishers."""
    claim.refresh_from_db()
    court = {"version": claim.version, "reason": "A court ordered it."}
    actions.request_suppression(claim.pk, actor=room.publisher, **court)
    actions.suppress(claim.pk, actor=room.person("second publisher", "publisher"), **court)
    claim.refresh_from_db()


@pytest.fixture
def suppressed(room: Newsroom) -> Newsroom:
    """The claim with two editions is suppressed, its rebuttal is not."""
    suppress(room, room.claim)
    return room


# --- suppression --------------------------------------------------------------------------------


@BOTH_SIDES
def test_suppressed_editions_verify_and_are_counted(suppressed, capsys):
    assert set(Edition.objects.filter(claim=suppressed.claim).values_list("document")) == {("",)}
    assert found(capsys) == ""
    head = Edition.objects.latest("id").digest
    assert capsys.readouterr().out == (
        f"3 editions verified, chain head {head}\n"
        "Of these, the texts of 2 were suppressed by law.\n"
    )


@BOTH_SIDES
def test_an_empty_text_without_a_decision_is_a_break(room, tamper, capsys):
    first = Edition.objects.earliest("id").pk
    tamper(EDITION.format("document = ''"), COPY.format("document = '{}'"), row=first)
    name = f"Edition {room.claim.public_id}/1: "
    assert found(capsys) == f"{name}its text is empty, but its claim was never suppressed."
    # Nor is it enough that the claim says so itself.
    tamper("UPDATE claims_claim SET suppressed_at = now() WHERE id = %(row)s", row=room.claim.pk)
    assert found(capsys).startswith(f"{name}its text is empty")


@BOTH_SIDES
def test_a_suppression_without_a_decision_is_a_break(room, tamper, capsys):
    tamper("UPDATE claims_claim SET suppressed_at = now() WHERE id = %(row)s", row=room.claim.pk)
    assert found(capsys) == (
        f"Claim {room.claim.public_id}: its suppression and the decision on it do not go together."
    )


# What is changed in the suppressed claim's first edition.
@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (EDITION.format("document = 'a text'"), "its text is still there"),
        (COPY.format("document = '{\"texts\": {}}'"), "differs (document)"),
        (COPY.format("four_eyes = false"), "differs (four_eyes)"),
        (COPY.format("asserted_since = 0"), "differs (asserted_since)"),
        (EDITION.format("document_digest = " + FLIPPED.format("document_digest")), "its digest is"),
        (EDITION.format("digest = " + FLIPPED.format("digest")), "its digest is not"),
    ],
)
@BOTH_SIDES
def test_what_a_suppression_leaves_is_verified(suppressed, tamper, capsys, statement, fault):
    tamper(statement, row=Edition.objects.earliest("id").pk)
    complaint = found(capsys)
    assert complaint.startswith(f"Edition {suppressed.claim.public_id}/1: ")
    assert fault in complaint


@BOTH_SIDES
def test_a_suppressed_edition_taken_out_breaks_the_chain(suppressed, tamper, capsys):
    tamper(
        "DELETE FROM claims_release WHERE edition_id = %(row)s",
        "DELETE FROM claims_edition WHERE id = %(row)s",
        "DELETE FROM claims_publishededition WHERE edition_id = %(row)s",
        row=Edition.objects.earliest("id").pk,
    )
    assert "it does not continue from the edition before it" in found(capsys)


# --- what editions show -------------------------------------------------------------------------


def telling(room: Newsroom) -> Claim:
    """A claim that shows shared records in every role but topics (the corpus has those), some in
    several."""
    party, other = room.party("Institute"), room.party("Agency", ko="기관")
    paper = room.source("Paper", publisher=party)
    wire, unpublished = room.source("Wire", publisher=other), room.source("Letter")
    return room.draft(
        "The agency hid its figures",
        actor=room.editor,
        fields={"claimant": party, "allegation_about": other},
        citations=[
            {"source": paper, "relays": [wire, unpublished]},
            {"source": wire, "relays": [unpublished]},
        ],
        replies=[
            {
                "party": room.party("Spokesman", ko="대변인") if person else other,
                "channel": Channel.EMAIL,
                "asked_on": date(2025, 7, 1),
                "outcome": Outcome.NO_ANSWER,
            }
            for person in (False, True)
        ],
    )


@BOTH_SIDES
def test_what_a_document_shows_is_what_the_database_lists(newsroom_live, connect):
    room = newsroom_live
    claim = telling(room)
    room.submit(claim, room.editor)
    room.approve(claim, room.second_editor)
    room.publish(claim)
    room.published()
    roles = set()
    for edition in Edition.objects.all():
        listed = connect("owner").execute(
            "SELECT role || ' ' || record FROM claims_shared_in(%s)", [edition.document]
        )
        shown = mentions(json.loads(edition.document))
        assert shown == sorted({line for (line,) in listed})
        roles |= {line.split()[0] for line in shown}
    assert roles == {"claimant", "asked", "publisher", "source", "relay"}
    call_command("verify_editions")


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (COPY.format("language = 'ko'"), "differs (language)"),
        (COPY.format("asserted_since = 0"), "differs (asserted_since)"),
        (COPY.format("asserted_since = 2"), "differs (asserted_since)"),
        ("DELETE FROM claims_publishedmention WHERE edition_id = %(row)s", "not listed as"),
        (
            "UPDATE claims_publishedmention SET role = 'relay' WHERE edition_id = %(row)s",
            "not listed as",
        ),
        (
            "UPDATE claims_publishedmention SET record = 'elsewhere' WHERE edition_id = %(row)s",
            "not listed as",
        ),
        (
            "INSERT INTO claims_publishedmention (edition_id, role, record, shown_hash, current)"
            " VALUES (%(row)s, 'topic', 'elsewhere', md5('')::uuid, 'empty')",
            "not listed as",
        ),
    ],
)
@BOTH_SIDES
def test_what_differs_from_the_document_is_named(room, tamper, capsys, statement, fault):
    tamper(statement, row=Edition.objects.earliest("id").pk)
    complaint = found(capsys)
    assert complaint.startswith(f"Edition {room.claim.public_id}/1: ")
    assert fault in complaint


@BOTH_SIDES
def test_what_no_edition_shows_is_named(room, tamper, capsys):
    tamper(
        "INSERT INTO claims_publishedmention (edition_id, role, record, shown_hash, current)"
        " VALUES (999, 'topic', 'elsewhere', md5('')::uuid, 'empty')"
    )
    assert "this is listed as shown, but by no edition" in found(capsys)


# --- standing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        "standing = 'answered'",
        "label = 'undecided'",
        "claim_key = 999",
        "during = tstzrange(lower(during), statement_timestamp())",
    ],
)
@BOTH_SIDES
def test_a_standing_that_its_rebuttals_do_not_make_is_named(room, tamper, capsys, change):
    tamper(STANDING.format(change) + " AND upper_inf(during)", row=room.claim.pk)
    assert found(capsys) == (
        f"Claim {room.claim.public_id}: its standing is not what its rebuttals make it"
        " (Unanswered rebuttal)."
    )


@BOTH_SIDES
def test_a_standing_of_what_readers_do_not_see_is_named(room, tamper, capsys):
    room.withdraw(room.claim)
    assert found(capsys) == ""
    tamper(
        STANDING.format("during = tstzrange(lower(during), NULL)")
        + " AND lower(during) = (SELECT max(lower(during)) FROM claims_publishedstanding"
        " WHERE claim_key = %(row)s)",
        row=room.claim.pk,
    )
    assert found(capsys) == (
        f"Claim {room.claim.public_id}: it has a standing, but readers do not see it."
    )


@BOTH_SIDES
def test_answered_rebuttals_cycles_and_context_stand_as_stored(newsroom_live, capsys):
    room = newsroom_live
    claim = room.published("The claim")
    counterclaim = room.rebuttal(claim, "The counterclaim", Ground.UNDERMINE)
    room.publish(counterclaim)
    room.publish(
        room.rebuttal(counterclaim, "The reply"),
        room.rebuttal(claim, "Unrated", Ground.REBUT, confidence="not_assessed"),
    )
    room.publish(room.rebuttal(claim, "Context", Ground.QUALIFY))
    claim.refresh_from_db()
    actions.edit(
        claim.pk,
        actor=room.reporter,
        version=claim.version,
        fields={"change_kind": "update"},
        texts={"en": {"change_note": "It answers now."}},
        rebuts=[{"target": counterclaim, "ground": Ground.UNDERCUT, "opposer": "us"}],
    )
    room.publish(claim)
    stored = PublishedStanding.objects.filter(during__endswith=None)
    assert set(stored.values_list("standing", flat=True)) == {"answered", "contested", "unrebutted"}
    assert found(capsys) == ""
    assert list(misjudged("default", timezone.now())) == []


@BOTH_SIDES
def test_the_rule_of_standing_holds_at_any_moment(room, tamper):
    assert list(misjudged("default", timezone.now())) == []
    tamper(STANDING.format("standing = 'answered'") + " AND upper_inf(during)", row=room.claim.pk)
    assert len(list(misjudged("default", timezone.now()))) == 1
