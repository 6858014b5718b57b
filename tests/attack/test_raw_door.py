"""Attacks on the door with raw SQL as the app's login: approvals, editions, releases."""

import re

import pytest

from tests.attack.scene import (
    APPROVE,
    EDITION,
    PUBLISH,
    RELEASE,
    STATE,
    STATEMENT,
    WITHDRAW,
    Attack,
    scene,
)

APPROVAL = (
    "INSERT INTO claims_approval (claim_id, version, document_digest, approver_id)"
    " VALUES (%(claim)s, {}, {}, {})"
)
VERSION = "(SELECT version FROM claims_claim WHERE id = %(claim)s)"
DIGEST = "claims_digest(claims_document(%(claim)s))"
LAST_APPROVAL = "(SELECT max(id) FROM claims_approval WHERE claim_id = %(claim)s)"
LAST_EDITION = "(SELECT max(id) FROM claims_edition WHERE claim_id = %(claim)s)"
LAST_DIGEST = "(SELECT digest FROM claims_edition ORDER BY id DESC LIMIT 1)"


def edition(column: str, value: str) -> str:
    """An edition that states more of itself than it must."""
    return (
        f"INSERT INTO claims_edition (claim_id, approval_id, publisher_id, {column})"
        f" VALUES (%(claim)s, {LAST_APPROVAL}, %(me)s, {value})"
    )


def release(**columns: str) -> str:
    row = {
        "claim_id": "%(claim)s",
        "edition_id": LAST_EDITION,
        "kind": "'schedule'",
        "opens_at": "NULL",
        "reason": "''",
        "notice": "'{}'",
        "actor_id": "%(me)s",
        **columns,
    }
    return f"INSERT INTO claims_release ({', '.join(row)}) VALUES ({', '.join(row.values())})"


APPROVALS = [
    Attack(
        "in another's name",
        *("in_review", "reporter"),
        (APPROVAL.format(VERSION, DIGEST, "%(editor)s"),),
        "in their own name",
        (APPROVE,),
        "editor",
    ),
    *(
        Attack(
            f"of {name}",
            *("in_review", "editor"),
            (APPROVAL.format(version, digest, "%(me)s"),),
            says,
            (APPROVE,),
        )
        for name, version, digest, says in (
            ("an older version", f"{VERSION} - 1", DIGEST, "but the claim is at version"),
            ("a version to come", f"{VERSION} + 1", DIGEST, "but the claim is at version"),
            ("no document", VERSION, "''", "not that of the claim's document"),
            ("a made-up digest", VERSION, "repeat('0', 64)", "not that of the claim's document"),
            ("the digest in capitals", VERSION, f"upper({DIGEST})", "not that of the claim's"),
            (
                *("another claim's document", VERSION),
                *("claims_digest(claims_document(%(target)s))", "not that of the claim's document"),
            ),
        )
    ),
    Attack(
        "of a claim that is changed in the same breath",
        *("in_review", "editor"),
        (STATEMENT, APPROVE),
        "only a claim in review",
        (APPROVE,),
    ),
]
EDITIONS = [
    Attack(
        "in another's name",
        *("approved", "reporter"),
        tuple(sql.replace("%(me)s", "%(publisher)s") for sql in PUBLISH),
        "in their own name",
        PUBLISH,
        "publisher",
    ),
    Attack(
        "of a text swapped after the approval",
        *("approved", "publisher"),
        (STATEMENT, *PUBLISH),
        "only an approved claim",
        PUBLISH,
    ),
    Attack(
        "of a text swapped and put back",
        *("approved", "publisher"),
        (
            STATEMENT,
            STATEMENT.replace("Swapped", "Embedded use is not counted"),
            *PUBLISH,
        ),
        "only an approved claim",
        PUBLISH,
    ),
    Attack("without a release", "approved", "publisher", (EDITION,), "when it opens", PUBLISH),
    Attack(
        "with another claim's approval",
        *("approved", "publisher"),
        (
            EDITION.replace(
                "FROM claims_approval WHERE claim_id = %(claim)s",
                "FROM claims_approval WHERE claim_id = %(target)s",
            ),
            RELEASE,
        ),
        "not of this claim",
        PUBLISH,
    ),
    Attack(
        "with the approval of its first edition",
        *("revised_approved", "publisher"),
        (EDITION.replace("max(id)", "min(id)"), RELEASE),
        "not of this claim, version and document",
        PUBLISH,
    ),
    Attack(
        "with a voided approval, revived by a newer one",
        *("approved_again", "publisher"),
        (EDITION.replace("max(id)", "min(id)"), RELEASE),
        "not of this claim, version and document",
        PUBLISH,
    ),
    Attack(
        "without an approval",
        *("approved", "publisher"),
        (EDITION.replace(LAST_APPROVAL, "NULL"), RELEASE),
        "not of this claim",
        PUBLISH,
    ),
    *(
        Attack(
            f"with {name}",
            *("approved", "publisher"),
            (edition(column, value), RELEASE),
            "continues the chain",
            (edition(column, right), RELEASE),
        )
        for name, column, value, right in (
            ("a number left out", "number", "2", "1"),
            ("a number already used", "number", "-1", "1"),
            ("a wrong previous digest", "previous_digest", "repeat('0', 64)", LAST_DIGEST),
            ("a made-up digest", "digest", "repeat('f', 64)", "''"),
            ("a foreign document", "document", "claims_document(%(target)s)", "''"),
            (
                *("a document with a space more", "document"),
                *("claims_document(%(claim)s) || ' '", "claims_document(%(claim)s)"),
            ),
            ("a wrong document digest", "document_digest", "repeat('0', 64)", DIGEST),
            ("a kind on a first edition", "kind", "'correction'", "''"),
            (
                *("another policy", "policy_id", "(SELECT max(id) + 1 FROM claims_policy)"),
                "(SELECT max(id) FROM claims_policy)",
            ),
        )
    ),
    Attack(
        "of another kind than was approved",
        *("revised_approved", "publisher"),
        (edition("kind", "'minor'"), RELEASE),
        "continues the chain",
        (edition("kind", "'correction'"), RELEASE),
    ),
    Attack(
        "with an approval from before the withdrawal",
        *("approved_then_withdrawn", "publisher"),
        PUBLISH,
        "only an approved claim can be published",
        (STATEMENT, STATE.format("in_review")),
    ),
    Attack(
        "while another waits for its moment",
        *("revised_after_schedule", "publisher"),
        PUBLISH,
        "already scheduled",
        (WITHDRAW,),
    ),
]
RELEASES = [
    Attack(
        "in another's name",
        *("approved", "reporter"),
        (EDITION.replace("%(me)s", "%(reporter)s"), release(actor_id="%(publisher)s")),
        "in their own name",
        PUBLISH,
        "publisher",
    ),
    *(
        Attack(
            f"at {moment}",
            *("approved", "publisher"),
            (EDITION, release(opens_at=moment)),
            "lies in the future",
            (EDITION, release(opens_at="now() + interval '1 hour'")),
        )
        for moment in (
            *("now() - interval '1 second'", "now()", "'epoch'"),
            *("'-infinity'", "'infinity'"),  # a moment that never comes would wait for ever
        )
    ),
    Attack(
        "of an older edition",
        *("reopened", "publisher"),
        (release(edition_id=LAST_EDITION.replace("max", "min")),),
        "only the claim's newest edition",
        (WITHDRAW,),
    ),
    Attack(
        "of an open edition, again",
        *("published", "publisher"),
        (release(opens_at="now() + interval '1 hour'"),),
        "and once",
        (WITHDRAW,),
    ),
    Attack(
        "of an edition twice in one breath",
        *("approved", "publisher"),
        (*PUBLISH, RELEASE),
        "and once",
        PUBLISH,
    ),
    Attack(
        "of a scheduled edition, moved by hand",
        *("scheduled", "publisher"),
        (release(opens_at="now() + interval '1 minute'"),),
        "and once",
        (WITHDRAW,),
    ),
    Attack(
        "of a withdrawn edition", "withdrawn", "publisher", (RELEASE,), "and once", (STATEMENT,)
    ),
    Attack(
        "of another claim's edition",
        *("published", "publisher"),
        (release(claim_id="%(target)s"),),
        "only the claim's newest edition",
        (WITHDRAW,),
    ),
    Attack(
        "of an unknown kind",
        *("published", "publisher"),
        (release(kind="'suppress'", edition_id="NULL"),),
        "needs a reason",
        (WITHDRAW,),
    ),
    *(
        Attack(
            f"as a withdrawal {name}",
            *("published", "publisher"),
            (release(**{"kind": "'withdraw'", "edition_id": "NULL", **row}),),
            says,
            (WITHDRAW,),
        )
        for name, row, says in (
            ("without a reason", {"notice": '\'{"en": "x"}\''}, "needs a reason"),
            ("without a notice", {"reason": "'Wrong.'"}, "and a notice"),
            (
                "of one edition",
                {"reason": "'x'", "notice": '\'{"en": "x"}\'', "edition_id": LAST_EDITION},
                "release_is_complete",
            ),
            (
                "for later",
                {"reason": "'x'", "notice": '\'{"en": "x"}\'', "opens_at": "now()"},
                "release_is_complete",
            ),
        )
    ),
    Attack("that withdraws a draft", "draft", "publisher", (WITHDRAW,), "nothing to", (STATEMENT,)),
    Attack(
        "that withdraws twice",
        *("published", "publisher"),
        (WITHDRAW, WITHDRAW),
        "nothing to withdraw",
        (WITHDRAW,),
    ),
]


def run(newsroom, attack: Attack) -> None:
    made = scene(newsroom, attack.stage)
    assert re.search(attack.says, made.refusal(*attack.attack, by=attack.by))
    assert made.run(*attack.legal, by=attack.legal_by or attack.by) >= 1


@pytest.mark.parametrize("attack", APPROVALS, ids=lambda attack: attack.name)
def test_no_approval(newsroom, attack):
    run(newsroom, attack)


@pytest.mark.parametrize("attack", EDITIONS, ids=lambda attack: attack.name)
def test_no_edition(newsroom, attack):
    run(newsroom, attack)


@pytest.mark.parametrize("attack", RELEASES, ids=lambda attack: attack.name)
def test_no_release(newsroom, attack):
    run(newsroom, attack)


@pytest.mark.parametrize("number", [-1, 1, 10**9])
def test_no_chosen_id_moves_an_edition_in_the_chain(newsroom, number):
    """Ids are drawn under the lock: those handed in would jam or reorder the chain."""
    made = scene(newsroom, "revised_approved")
    before = made.ask("SELECT max(id) FROM claims_edition")
    assert made.run(edition("id", str(number)), release(id=str(number)), by="publisher") == 1
    newsroom.published("The next one")
    newsroom.published("And one more")
    assert made.ask(f"SELECT count(*) FROM claims_edition WHERE id > {before}") == 3
    assert made.ask(f"SELECT max(id) FROM claims_edition WHERE id < {before + 100}") > before + 1
    assert made.ask("SELECT count(*) - count(DISTINCT previous_digest) FROM claims_edition") == 0
