"""Attacks on the working copy with raw SQL, as the app's login (DESIGN 3 and 5).

Each row is an attack that must be refused, in the words of the guard that refuses it, and its legal
twin, which must succeed on the same claim right after.
"""

import re
from typing import NamedTuple

import pytest

from tests.attack.scene import APPROVE, EDITION, STATE, Scene, scene, take

INSERT_CLAIM = (
    "INSERT INTO claims_claim (public_id, language, confidence, change_kind, state, version,"
    " frozen_version, edition) VALUES ('bcdfghjkmnp2', 'en', '', '', {})"
)
INSERT_TEXT = (
    "INSERT INTO claims_claimtext (claim_id, language, statement, attribution, reason, unknowns,"
    " would_change, change_note) VALUES ((SELECT max(id) FROM claims_claim), 'en', 'New', '', '',"
    " '', '', '')"
)
INSERT_EDGE = (
    "INSERT INTO claims_rebuttal (counterclaim_id, target_id, ground, opposer, target_edition)"
    " VALUES (%(claim)s, {}, '{}', 'us', 1)"
)
INSERT_PARTY = (
    "INSERT INTO claims_party (public_id, kind, version, frozen_version)"
    " VALUES ('bcdfghjkmnp2', 'person', {})"
)
INSERT_SOURCE = (
    "INSERT INTO claims_source (public_id, title, language, kind, url, date_precision, seen,"
    " version, frozen_version) VALUES ('bcdfghjkmnp2', 'T', 'en', 'article', '', '', true, {})"
)
CONFIDENCE = "UPDATE claims_claim SET confidence = 'high' WHERE id = %(claim)s"
DELETE_TEXT = "DELETE FROM claims_claimtext WHERE claim_id = %(claim)s AND language = 'en'"


def set_claim(column: str, value: str) -> str:
    return f"UPDATE claims_claim SET {column} = {value} WHERE id = %(claim)s"


def set_text(column: str, value: str) -> str:
    return f"UPDATE claims_claimtext SET {column} = {value} WHERE claim_id = %(claim)s"


class Attack(NamedTuple):
    name: str
    stage: str
    attack: tuple[str, ...]
    says: str
    legal: tuple[str, ...]


ATTACKS = [
    # Versions and numbers are the triggers' alone.
    Attack("raise the version", "draft", (set_claim("version", "9"),), "denied", (CONFIDENCE,)),
    Attack("freeze", "draft", (set_claim("frozen_version", "1"),), "denied", (CONFIDENCE,)),
    Attack("unfreeze", "published", (set_claim("frozen_version", "0"),), "denied", (CONFIDENCE,)),
    Attack("edition", "published", (set_claim("edition", "9"),), "denied", (CONFIDENCE,)),
    Attack("change id", "draft", (set_claim("change_id", "NULL"),), "denied", (CONFIDENCE,)),
    Attack("public id", "draft", (set_claim("public_id", "'x'"),), "denied", (CONFIDENCE,)),
    *(
        Attack(
            f"begin with {values}",
            "draft",
            (INSERT_CLAIM.format(values), INSERT_TEXT),
            "begins as a draft",
            (INSERT_CLAIM.format("'draft', 1, 0, 0"), INSERT_TEXT),
        )
        for values in (
            *("'in_review', 1, 0, 0", "'approved', 1, 0, 0", "'published', 1, 0, 0"),
            *("'draft', 2, 0, 0", "'draft', 1, 1, 0", "'draft', 1, 0, 1"),
        )
    ),
    Attack(
        "insert, then overwrite the row on conflict",
        "in_review",
        (
            "INSERT INTO claims_claim (id, public_id, language, confidence, change_kind, state,"
            " version, frozen_version, edition) VALUES (%(claim)s, 'bcdfghjkmnp2', 'en', '', '',"
            " 'draft', 1, 0, 0) ON CONFLICT (id) DO UPDATE SET state = 'approved'",
        ),
        "no step leads from in_review to approved",
        (CONFIDENCE,),
    ),
    Attack(
        "a party that begins frozen",
        "draft",
        (INSERT_PARTY.format("1, 1"),),
        "begins at version 1",
        (INSERT_PARTY.format("1, 0"),),
    ),
    Attack(
        "a source that begins at version 7",
        "draft",
        (INSERT_SOURCE.format("7, 0"),),
        "begins at version 1",
        (INSERT_SOURCE.format("1, 0"),),
    ),
    Attack(
        "a source's version",
        "draft",
        ("UPDATE claims_source SET version = 1 WHERE id = %(source)s",),
        "denied",
        ("UPDATE claims_source SET title = 'B' WHERE id = %(source)s",),
    ),
    Attack(
        "a party's frozen version",
        "draft",
        ("UPDATE claims_party SET frozen_version = 9 WHERE id = %(claimant)s",),
        "denied",
        ("UPDATE claims_party SET kind = 'person' WHERE id = %(claimant)s",),
    ),
    Attack(
        "content and state in one statement",
        "draft",
        ("UPDATE claims_claim SET state = 'in_review', confidence = 'high' WHERE id = %(claim)s",),
        "do not change in one statement",
        (CONFIDENCE, STATE.format("in_review")),
    ),
    # What a claim consists of.
    Attack(
        "a claim without text",
        "draft",
        (INSERT_CLAIM.format("'draft', 1, 0, 0"),),
        "needs a text in its original language",
        (INSERT_CLAIM.format("'draft', 1, 0, 0"), INSERT_TEXT),
    ),
    Attack(
        "delete the original text",
        "published",
        (DELETE_TEXT,),
        "needs a text in its original language",
        (
            DELETE_TEXT,
            INSERT_TEXT.replace("(SELECT max(id) FROM claims_claim)", "%(claim)s").replace(
                "'New', '', ''", "'New', '', 'One origin.'"
            ),
        ),
    ),
    Attack(
        "an original language that has no text",
        "draft",
        (set_claim("language", "'ko'"),),
        "needs a text in its original language",
        (set_claim("language", "'ko'"), set_text("language", "'ko'")),
    ),
    Attack(
        "confidence without reason",
        "draft",
        (set_text("reason", "''"),),
        "confidence and its reason come together",
        (set_text("reason", "''"), set_claim("confidence", "''")),
    ),
    Attack(
        "confidence with a reason of spaces",
        "draft",
        (set_text("reason", "'   '"),),
        "claimtext_reason_safe",
        (set_text("reason", "'Two origins.'"),),
    ),
    Attack(
        "reason without confidence",
        "draft",
        (set_claim("confidence", "''"),),
        "confidence and its reason come together",
        (set_claim("confidence", "'moderate'"),),
    ),
    Attack(
        "unknown confidence",
        "draft",
        (set_claim("confidence", "'certain'"),),
        "claim_confidence_known",
        (set_claim("confidence", "'not_assessed'"),),
    ),
    Attack(
        "unknown state",
        "draft",
        (set_claim("state", "'live'"),),
        "no step leads",
        (STATE.format("in_review"),),
    ),
    # Edges.
    Attack(
        "a claim that rebuts itself",
        "draft",
        (INSERT_EDGE.format("%(claim)s", "rebut"),),
        "rebuttal_not_of_itself",
        (INSERT_EDGE.format("%(target)s", "rebut"),),
    ),
    Attack(
        "turn an edge round to its own claim",
        "draft",
        ("UPDATE claims_rebuttal SET target_id = counterclaim_id WHERE id = %(edge)s",),
        "rebuttal_not_of_itself",
        ("UPDATE claims_rebuttal SET ground = 'qualify' WHERE id = %(edge)s",),
    ),
    Attack(
        "the same edge twice",
        "draft",
        (INSERT_EDGE.format("%(target)s", "undercut"),),
        "rebuttal_once_per_ground",
        (INSERT_EDGE.format("%(target)s", "qualify"),),
    ),
    Attack(
        "unknown ground",
        "draft",
        (INSERT_EDGE.format("%(target)s", "hate"),),
        "rebuttal_ground_known",
        (INSERT_EDGE.format("%(target)s", "undermine"),),
    ),
    Attack(
        "written against edition 0",
        "draft",
        ("UPDATE claims_rebuttal SET target_edition = 0 WHERE id = %(edge)s",),
        "rebuttal_edition_positive",
        ("UPDATE claims_rebuttal SET target_edition = 1 WHERE id = %(edge)s",),
    ),
    Attack(
        "written against an edition to come",
        "draft",
        ("UPDATE claims_rebuttal SET target_edition = 2 WHERE id = %(edge)s",),
        "has no such edition",
        ("UPDATE claims_rebuttal SET target_edition = 1 WHERE id = %(edge)s",),
    ),
    # Parts stay where they are.
    *(
        Attack(
            f"move a {table} to another owner",
            "draft",
            (f"UPDATE claims_{table} SET {moved} WHERE {own}",),
            "cannot move to another",
            (f"UPDATE claims_{table} SET {legal} WHERE {own}",),
        )
        for table, moved, own, legal in (
            (
                *("claimtext", "claim_id = %(target)s, language = 'ko'"),
                *("claim_id = %(claim)s", "unknowns = 'x'"),
            ),
            ("citation", "claim_id = %(target)s", "id = %(citation)s", "locator = 'p. 2'"),
            (
                *("rebuttal", "counterclaim_id = target_id, target_id = counterclaim_id"),
                *("id = %(edge)s", "opposer = 'us'"),
            ),
            (
                *("partyname", "party_id = %(house)s, language = 'ko'"),
                *("party_id = %(claimant)s", "name = 'Other'"),
            ),
        )
    ),
    # Submission.
    *(
        Attack(
            f"submit without {what}",
            stage,
            (*spoil, STATE.format("in_review")),
            f"it needs {says}",
            (*repair, STATE.format("in_review")),
        )
        for what, stage, spoil, says, repair in (
            (
                *("claimant and attribution", "draft"),
                (set_claim("claimant_id", "NULL"), set_text("attribution", "''")),
                "a claimant or an attribution",
                (set_claim("claimant_id", "NULL"),),
            ),
            (
                *("citation", "draft"),
                ("DELETE FROM claims_citation WHERE claim_id = %(claim)s",),
                "a citation",
                ("DELETE FROM claims_citation WHERE id = %(citation)s",),
            ),
            (
                *("confidence", "draft"),
                (set_claim("confidence", "''"), set_text("reason", "''")),
                "a confidence with its reason",
                (set_claim("confidence", "'not_assessed'"),),
            ),
            (
                *("kind on a second edition", "revised"),
                (set_claim("change_kind", "''"),),
                "a kind of change and a note",
                (set_claim("change_kind", "'update'"),),
            ),
            (
                *("note on a second edition", "revised"),
                (set_text("change_note", "''"),),
                "a kind of change and a note",
                (set_text("change_note", "'What changed.'"),),
            ),
            (
                *("leaving the first edition's kind empty", "draft"),
                (set_claim("change_kind", "'correction'"),),
                "no kind of change before",
                (),
            ),
        )
    ),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_working_copy_refuses(newsroom, attack):
    made = scene(newsroom, attack.stage)
    assert re.search(attack.says, made.refusal(*attack.attack))
    assert made.run(*attack.legal) >= 1


WITHOUT_A_NAME = ("", " ", "0", "-1", "999999", "nobody", "1 OR 1=1", "9" * 18, "9" * 40, "١")
CHANGES = {
    "claim": CONFIDENCE,
    "text": set_text("unknowns", "'Much.'"),
    "citation": "DELETE FROM claims_citation WHERE id = %(citation)s",
    "edge": INSERT_EDGE.format("%(target)s", "rebut"),
    "party": INSERT_PARTY.format("1, 0"),
    "name": "UPDATE claims_partyname SET name = 'Other' WHERE party_id = %(claimant)s",
    "source": "UPDATE claims_source SET seen = false WHERE id = %(source)s",
    "state": STATE.format("in_review"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_must_name_who_makes_it(newsroom, change):
    made = scene(newsroom)
    for actor in WITHOUT_A_NAME:
        assert made.refusal(CHANGES[change], actor=actor), actor
    assert made.run(CHANGES[change]) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_a_deactivated_person_changes_nothing(newsroom, change):
    made = scene(newsroom)
    made.room.second_editor.is_active = False
    made.room.second_editor.save(update_fields=["is_active"])
    assert "an active person" in made.refusal(CHANGES[change], by="second_editor")
    assert made.run(CHANGES[change], by="editor") == 1


def test_a_change_id_is_kept_only_until_the_approval(newsroom):
    """Swap a text after its approval, under the very change that wrote it before."""
    change = "6a1f0f0e-6f0b-4c39-9d64-9a3f4d1b8c11"
    made = scene(newsroom)
    for text in ("A", "B"):
        made.run(set_text("unknowns", f"'{text}'"), change=change)
    made.claim.refresh_from_db()
    begun = made.claim.version
    assert begun == 2  # control: one change, one version, however many statements
    take(made, "submit")
    take(made, "approve")
    assert "only an approved claim" in made.refusal(
        set_text("unknowns", "'Swapped'"), EDITION, by="publisher", change=change
    )
    made.run(set_text("unknowns", "'Swapped'"), change=change)
    made.claim.refresh_from_db()
    assert (made.claim.state, made.claim.version) == ("draft", begun + 1)


CONTRIBUTIONS = {
    "the claim": CONFIDENCE,
    "a text": set_text("unknowns", "'Much.'"),
    "a translation": INSERT_TEXT.replace("(SELECT max(id) FROM claims_claim)", "%(claim)s").replace(
        "'en'", "'ko'"
    ),
    "a citation": "UPDATE claims_citation SET locator = 'p. 3' WHERE id = %(citation)s",
    "a citation taken out": "DELETE FROM claims_citation WHERE id = %(citation)s",
    "an edge": "UPDATE claims_rebuttal SET ground = 'qualify' WHERE id = %(edge)s",
    "a cited source": "UPDATE claims_source SET title = 'B' WHERE id = %(source)s",
    "the claimant's name": "UPDATE claims_partyname SET name = 'B' WHERE party_id = %(claimant)s",
    "the claimant's second name": (
        "INSERT INTO claims_partyname (party_id, language, name) VALUES (%(claimant)s, 'ko', '나')"
    ),
    "the claimant": "UPDATE claims_party SET kind = 'person' WHERE id = %(claimant)s",
    "the publisher's name": "UPDATE claims_partyname SET name = 'B' WHERE party_id = %(house)s",
}


@pytest.mark.parametrize("contribution", CONTRIBUTIONS)
def test_contributor_cannot_approve(newsroom, contribution):
    made = scene(newsroom)
    made.run(CONTRIBUTIONS[contribution], by="second_editor")
    made.run(STATE.format("in_review"))
    assert "who contributed" in made.refusal(APPROVE, by="second_editor")
    assert made.run(APPROVE, by="editor") == 1


def test_who_submitted_has_not_contributed(newsroom):
    """Control of the table above: to hand over a claim changes nothing in its document."""
    made: Scene = scene(newsroom)
    made.run(STATE.format("in_review"), by="second_editor")
    assert made.run(APPROVE, by="second_editor") == 1
