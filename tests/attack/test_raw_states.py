"""States, voided approvals, minor changes and hidden targets, against raw SQL (DESIGN 2 and 3)."""

import time
from datetime import timedelta
from itertools import permutations

import pytest
from django.utils import timezone

from claims import actions
from claims.choices import State
from claims.models import PublishedEdition
from claims.workflow import STEPS, after_change
from tests.attack.scene import (
    APPROVE,
    EDITION,
    PUBLISH,
    RELEASE,
    STATE,
    STATEMENT,
    WITHDRAW,
    scene,
    take,
)

BY_UPDATE = {"submit", "request_changes"}  # the other steps follow from an approval, an edition,
# or (discard) from a working copy that equals its edition, which `test_raw_record` attacks
OPEN_STEPS = {
    (source, step.target)
    for step in STEPS.values()
    if step.action in BY_UPDATE
    for source in step.sources
}
PAIRS = list(permutations(State, 2))


def test_python_and_sql_have_the_same_steps():
    """Which pairs the matrix below expects to pass, spelled out once."""
    assert set(STEPS) == {*BY_UPDATE, "approve", "publish", "discard"}
    assert sorted(OPEN_STEPS) == [
        ("changes_requested", "in_review"),
        ("draft", "in_review"),
        ("in_review", "changes_requested"),
    ]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_state_moves_by_update_only_along_the_table(newsroom, source, target):
    made = scene(newsroom, source)
    refusal = made.refusal(STATE.format(target), by="editor", reason="Because.")
    if (source, target) in OPEN_STEPS:
        assert (refusal, made.state) == ("", target)
    else:
        assert f"no step leads from {source} to {target}" in refusal
        assert made.state == source


@pytest.mark.parametrize("source", State)
def test_state_moves_to_approved_only_with_an_approval_along_the_table(newsroom, source):
    made = scene(newsroom, source)
    refusal = made.refusal(APPROVE, by="editor")
    if source in STEPS["approve"].sources:
        assert (refusal, made.state) == ("", STEPS["approve"].target)
    else:
        assert "only a claim in review" in refusal
        assert made.state == source


@pytest.mark.parametrize("source", State)
def test_state_moves_to_published_only_with_an_edition_along_the_table(newsroom, source):
    made = scene(newsroom, source)
    refusal = made.refusal(*PUBLISH, by="publisher")
    if source in STEPS["publish"].sources:
        assert (refusal, made.state) == ("", STEPS["publish"].target)
    else:
        assert "only an approved claim" in refusal
        assert made.state == source


@pytest.mark.parametrize("source", State)
def test_a_change_leads_where_python_says(newsroom, source):
    made = scene(newsroom, source)
    made.run(STATEMENT)
    assert made.state == after_change(source)


@pytest.mark.parametrize("reason", ["", "   "])
def test_changes_are_requested_with_a_reason(newsroom, reason):
    made = scene(newsroom, "in_review")
    step = STATE.format("changes_requested")
    assert "needs a reason" in made.refusal(step, by="editor", reason=reason)
    assert made.run(step, by="editor", reason="Name the place.") == 1


SHARED = {
    "source": ("UPDATE claims_source SET title = '{}' WHERE id = %(source)s", "A study"),
    "claimant": (
        "UPDATE claims_partyname SET name = '{}' WHERE party_id = %(claimant)s",
        "An institute",
    ),
    "publisher": ("UPDATE claims_partyname SET name = '{}' WHERE party_id = %(house)s", "A house"),
}


@pytest.mark.parametrize("record", SHARED)
def test_a_shared_record_changed_after_the_approval_voids_it(newsroom, record):
    sql, was = SHARED[record]
    made = scene(newsroom, "approved")
    made.run(sql.format("Other"))
    assert made.state == "in_review"
    assert "only an approved claim" in made.refusal(*PUBLISH, by="publisher")
    made.run(sql.format(was))  # to exactly what was approved
    assert made.state == "in_review"
    assert "only an approved claim" in made.refusal(*PUBLISH, by="publisher")
    made.run(APPROVE, by="editor")
    assert made.run(*PUBLISH, by="publisher") == 1


def test_a_shared_record_that_the_claim_does_not_show_voids_nothing(newsroom):
    made = scene(newsroom, "approved")
    newsroom.source("Elsewhere")
    made.run("UPDATE claims_source SET title = 'B' WHERE title = 'Elsewhere'")
    assert made.state == "approved"


def test_a_shared_record_changed_between_edition_and_release_changes_no_edition(newsroom):
    made = scene(newsroom, "approved")
    digest = made.ask("SELECT claims_digest(claims_document(%(claim)s))")
    made.run(EDITION, SHARED["source"][0].format("Other"), RELEASE, by="publisher")
    assert digest == made.ask("SELECT document_digest FROM claims_edition ORDER BY id DESC LIMIT 1")
    assert made.ask("SELECT claims_digest(claims_document(%(claim)s))") != digest


MATERIAL = {
    "statement": STATEMENT,
    "attribution": "UPDATE claims_claimtext SET attribution = 'fans' WHERE claim_id = %(claim)s",
    "confidence": "UPDATE claims_claim SET confidence = 'high' WHERE id = %(claim)s",
    "claimant": "UPDATE claims_claim SET claimant_id = %(house)s WHERE id = %(claim)s",
    "no claimant": "UPDATE claims_claim SET claimant_id = NULL WHERE id = %(claim)s",
    "claimant's name": "UPDATE claims_partyname SET name = 'B' WHERE party_id = %(claimant)s",
    "ground": "UPDATE claims_rebuttal SET ground = 'qualify' WHERE id = %(edge)s",
    "opposer": "UPDATE claims_rebuttal SET opposer = 'us' WHERE id = %(edge)s",
    "edge taken out": "DELETE FROM claims_rebuttal WHERE id = %(edge)s",
    "edge added": (
        "INSERT INTO claims_rebuttal (counterclaim_id, target_id, ground, opposer, target_edition)"
        " VALUES (%(claim)s, %(target)s, 'rebut', 'us', 1)"
    ),
    "quotation": "UPDATE claims_citation SET quotation = 'not so' WHERE id = %(citation)s",
    "stance": "UPDATE claims_citation SET stance = 'against' WHERE id = %(citation)s",
    "citation taken out": "DELETE FROM claims_citation WHERE id = %(citation)s",
    "source's title": "UPDATE claims_source SET title = 'B' WHERE id = %(source)s",
    "verdict": (
        "UPDATE claims_claim SET verdict = 'half_true', verdict_scale = 'five' WHERE id = %(claim)s"
    ),
    "stated change": (
        "UPDATE claims_claim SET stated_change = -72, stated_change_unit = 'percent',"
        " stated_change_bound = 'more_than' WHERE id = %(claim)s"
    ),
    "allegation": "UPDATE claims_claim SET allegation_about_id = %(house)s WHERE id = %(claim)s",
    "figure added": (
        "INSERT INTO claims_figure (claim_id, kind, labels, value, bound, units, as_of_precision)"
        " VALUES (%(claim)s, 'share', '{\"en\": \"Peak\"}', 7.2, 'exactly', '{}', '')"
    ),
    "relay added": (
        "INSERT INTO claims_relay (citation_id, position, source_id) SELECT %(citation)s, 1,"
        " (SELECT min(source_id) FROM claims_citation WHERE claim_id = %(claim)s"
        " AND id <> %(citation)s)"
    ),
    "route": "UPDATE claims_citation SET route_given = false WHERE id = %(citation)s",
    "wording added": (
        "INSERT INTO claims_wording (claim_id, language, text) VALUES (%(claim)s, 'en', 'Or so')"
    ),
    "reply": (
        "INSERT INTO claims_replyrequest (claim_id, party_id, channel, asked_on, outcome, answer,"
        " answer_language) VALUES (%(claim)s, %(house)s, 'email', '2025-07-01', 'no_answer', '',"
        " 'en')"
    ),
    "a new language": (
        "INSERT INTO claims_claimtext (claim_id, language, statement, attribution, reason,"
        " unknowns, would_change, change_note) VALUES (%(claim)s, 'ko', '말', '', '', '', '', '')"
    ),
}
MINOR = "UPDATE claims_claim SET change_kind = 'minor' WHERE id = %(claim)s"


@pytest.mark.parametrize("change", MATERIAL)
def test_a_change_of_what_is_asserted_is_not_minor(newsroom, change):
    made = scene(newsroom, "revised")
    # Whom it faults has to be heard, or there is a reason why not.
    made.run("UPDATE claims_claimtext SET reply_exception = 'x' WHERE claim_id = %(claim)s")
    made.run(MATERIAL[change], MINOR, STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    assert "is not minor" in made.refusal(*PUBLISH, by="publisher")
    made.run(MINOR.replace("minor", "correction"), STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    assert made.run(*PUBLISH, by="publisher") == 1


@pytest.mark.parametrize(
    "column", ["reason", "unknowns", "would_change", "change_note", "reply_exception"]
)
def test_a_change_of_our_own_remarks_may_be_minor(newsroom, column):
    made = scene(newsroom, "revised")
    made.run(
        f"UPDATE claims_claimtext SET {column} = 'Said better.' WHERE claim_id = %(claim)s",
        *(MINOR, STATE.format("in_review")),
    )
    made.run(APPROVE, by="editor")
    assert made.run(*PUBLISH, by="publisher") == 1


ASIDE = {
    "topic": "INSERT INTO claims_claim_topics (claim_id, topic_id) VALUES (%(claim)s, {topic})",
    "review by": "UPDATE claims_claim SET review_by = '2030-01-01' WHERE id = %(claim)s",
}


@pytest.mark.parametrize("change", ASIDE)
def test_where_it_stands_and_when_we_look_again_may_be_minor(newsroom, change):
    made = scene(newsroom, "revised")
    topic = actions.save_topic(actor=newsroom.reporter, names={"en": "Ports"})
    made.run(ASIDE[change].format(topic=topic.pk), MINOR, STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    assert made.run(*PUBLISH, by="publisher") == 1


def test_a_minor_change_is_compared_with_what_readers_last_saw(newsroom):
    """Not with an edition that was scheduled and withdrawn before it opened."""
    made = scene(newsroom, "revised")
    made.run(STATEMENT, MINOR.replace("minor", "correction"))
    take(made, "submit")
    take(made, "approve")
    take(made, "schedule")
    made.run(WITHDRAW, by="publisher")
    take(made, "revise")
    made.run(MINOR, STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    assert "is not minor" in made.refusal(*PUBLISH, by="publisher")
    made.run(STATEMENT.replace("Swapped", "Embedded use is not counted"), STATE.format("in_review"))
    made.run(APPROVE, by="editor")
    assert made.run(*PUBLISH, by="publisher") == 1


def opening_soon(newsroom):
    """A claim whose second version is approved as a first edition, while the first still waits."""
    made = scene(newsroom, "approved")
    newsroom.publish(made.claim, opens_at=timezone.now() + timedelta(seconds=1))
    for step in ("edit", "submit", "approve"):
        take(made, step)
    return made


def test_an_edition_needs_its_kind_when_the_first_has_opened_meanwhile(newsroom):
    made = opening_soon(newsroom)
    opens = PublishedEdition.objects.get(claim_key=made.claim.pk).opened_at
    assert made.claim.change_kind == ""
    time.sleep(max(0.0, (opens - timezone.now()).total_seconds()) + 0.05)
    assert "follows one open to readers" in made.refusal(*PUBLISH, by="publisher")
    take(made, "revise")
    take(made, "submit")
    take(made, "approve")
    assert made.run(*PUBLISH, by="publisher") == 1


HIDDEN = {
    "a draft": (),
    "approved": ("submit", "approve"),
    "withdrawn": ("submit", "approve", "open", "withdraw"),
    "scheduled for later": ("submit", "approve", "schedule"),
}


@pytest.mark.parametrize("target", HIDDEN)
def test_a_rebuttal_of_what_readers_cannot_see_is_not_published(newsroom, target):
    made = scene(newsroom, "draft")
    other = scene(newsroom, "draft")
    for step in HIDDEN[target]:
        take(other, step)
    made.run(
        f"UPDATE claims_rebuttal SET target_id = {other.claim.pk} WHERE id = %(edge)s",
        STATE.format("in_review"),
    )
    made.run(APPROVE, by="editor")
    assert "will not be open to readers by then" in made.refusal(*PUBLISH, by="publisher")
    made.run(
        "UPDATE claims_rebuttal SET target_id = %(target)s WHERE id = %(edge)s",
        STATE.format("in_review"),
    )
    made.run(APPROVE, by="editor")
    assert made.run(*PUBLISH, by="publisher") == 1


def test_a_rebuttal_may_wait_for_its_target(newsroom):
    """Control: by the moment it opens, not by now."""
    made, other = scene(newsroom, "draft"), scene(newsroom, "draft")
    for step in HIDDEN["scheduled for later"]:
        take(other, step)
    made.run(f"UPDATE claims_rebuttal SET target_id = {other.claim.pk} WHERE id = %(edge)s")
    take(made, "submit")
    take(made, "approve")
    later = RELEASE.replace("kind, ", "kind, opens_at, ").replace(
        "'schedule', ", "'schedule', now() + interval 'n minutes', "
    )
    early = made.refusal(EDITION, later.replace("'n m", "'59 m"), by="publisher")
    assert "will not be open to readers by then" in early
    assert made.run(EDITION, later.replace("'n m", "'61 m"), by="publisher") == 1
