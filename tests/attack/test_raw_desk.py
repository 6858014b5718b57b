"""Attacks on what belongs to the desk with raw SQL as the app's login: conversations, reviewers,
the order of rebuttals, what became of a source, and mail. Merges have a table of their own.
"""

import pytest

from tests.attack.scene import STATE, Attack, scene

SAY = "INSERT INTO claims_comment (claim_id, author_id, text) VALUES (%(claim)s, {who}, '{text}')"
OWN = SAY.format(who="%(me)s", text="Is this fair?")
ORDER = "UPDATE claims_claim SET first_rebuttals = {} WHERE id = %(claim)s"
SOURCE = "UPDATE claims_source SET status = '{}' WHERE id = %(source)s"
MAIL = (
    "INSERT INTO claims_mail (recipient_id, kind, claim_id, actor_id, about)"
    " VALUES (%(me)s, '{}', %(claim)s, %(me)s, {})"
)
LANGUAGE = "UPDATE claims_user SET unwanted_mail = {} WHERE id = %(me)s"

ATTACKS = [
    Attack(
        "speak in somebody else's name",
        "draft",
        "reporter",
        (SAY.format(who="%(editor)s", text="I agree"),),
        "people comment in their own name",
        (OWN,),
    ),
    Attack(
        "say nothing",
        "draft",
        "reporter",
        (SAY.format(who="%(me)s", text=""),),
        "comment_not_empty",
        (OWN,),
    ),
    Attack(
        "say what cannot be seen",
        "draft",
        "reporter",
        (SAY.format(who="%(me)s", text="\u200b"),),
        "comment_text_safe",
        (OWN,),
    ),
    Attack(
        "talk about a suppressed claim",
        "suppressed",
        "reporter",
        (OWN,),
        "a suppressed claim is not talked about",
        ("SELECT 1",),
    ),
    Attack(
        "order more rebuttals than anybody reads",
        "draft",
        "reporter",
        (ORDER.format("array_fill('bcdfghjkmnp2'::varchar, ARRAY[201])"),),
        "claim_first_rebuttals_few",
        (ORDER.format("ARRAY['bcdfghjkmnp2']::varchar[]"),),
    ),
    Attack(
        "change the order of rebuttals of a suppressed claim",
        "suppressed",
        "reporter",
        (ORDER.format("ARRAY['bcdfghjkmnp2']::varchar[]"),),
        "a suppressed claim is not changed",
        ("SELECT 1",),
    ),
    Attack(
        "order rebuttals and take a step in one statement",
        "in_review",
        "reporter",
        (
            "UPDATE claims_claim SET first_rebuttals = ARRAY['bcdfghjkmnp2']::varchar[],"
            " state = 'changes_requested' WHERE id = %(claim)s",
        ),
        "content and state do not change in one statement",
        (ORDER.format("ARRAY['bcdfghjkmnp2']::varchar[]"),),
    ),
    Attack(
        "say of a source what nobody knows",
        "draft",
        "reporter",
        (SOURCE.format("doubted"),),
        "source_status_known",
        (SOURCE.format("retracted"),),
    ),
    Attack(
        "write mail of a kind that there is not",
        "draft",
        "reporter",
        (MAIL.format("advertisement", "NULL"),),
        "mail_kind_known",
        (MAIL.format("mention", "NULL"),),
    ),
    Attack(
        "tell twice of one overdue reply",
        "draft",
        "reporter",
        (MAIL.format("overdue_reply", "7"), MAIL.format("overdue_reply", "7")),
        "mail_told_once",
        (MAIL.format("overdue_reply", "7"), MAIL.format("overdue_reply", "8")),
    ),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_database_refuses(newsroom, attack):
    made = scene(newsroom, attack.stage)
    assert attack.says in made.refusal(*attack.attack, by=attack.by)
    assert made.refusal(*attack.legal, by=attack.legal_by or attack.by) == ""


def test_a_reviewer_is_no_content(newsroom):
    made = scene(newsroom, "approved")
    version = made.claim.version
    assign = "UPDATE claims_claim SET reviewer_id = %(second_editor)s WHERE id = %(claim)s"
    assert made.refusal(assign) == ""
    assert (made.state, made.claim.version) == ("approved", version)
    # The control: what is content voids the approval.
    assert made.refusal(ORDER.format("ARRAY['bcdfghjkmnp2']::varchar[]")) == ""
    assert (made.state, made.claim.version) == ("draft", version + 1)


def test_what_became_of_a_source_voids_the_approvals_that_rest_on_it(newsroom):
    made = scene(newsroom, "approved")
    assert made.refusal(SOURCE.format("retracted")) == ""
    assert made.state == "in_review"


def test_the_order_of_rebuttals_is_frozen_with_the_edition(newsroom):
    made = scene(newsroom, "draft")
    document = "SELECT claims_document(%(claim)s)::jsonb"
    assert "first_rebuttals" not in str(made.ask(document))
    made.run(ORDER.format("ARRAY['bcdfghjkmnp2']::varchar[]"))
    assert "bcdfghjkmnp2" in str(made.ask(document + " -> 'first_rebuttals'"))
    assert made.refusal(STATE.format("in_review")) == ""
