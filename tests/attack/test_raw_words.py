"""Where a rule asks for words, blanks and invisible letters are none; codes are codes (DESIGN 5).

As in the other tables of attacks: what must be refused, then the legal twin.
"""

import json

import pytest

from tests.attack.scene import STATE, scene
from tests.attack.test_raw_text import literal

BLANK = ["", " ", "\n", "\t \n", "\u00a0", "\u3000", "\u2003\u2009", "\u200b", "\ufeff\u2060"]
UNSEEN = [*BLANK, "\u200e", "\u00ad", "\u061c", "\u3164", "\u115f", "\u2800", "\u200d\ufe0f"]
SET_TEXT = "UPDATE claims_claimtext SET {} = {} WHERE claim_id = %(claim)s"


@pytest.mark.parametrize("blank", BLANK)
def test_a_confidence_needs_words_for_its_reason(newsroom, blank):
    made = scene(newsroom)
    assert made.refusal(SET_TEXT.format("reason", literal(blank)))
    assert made.run(SET_TEXT.format("reason", "'Two origins.'")) == 1


@pytest.mark.parametrize("blank", BLANK)
def test_changes_are_requested_in_words(newsroom, blank):
    made = scene(newsroom, "in_review")
    step = STATE.format("changes_requested")
    assert "needs a reason" in made.refusal(step, by="editor", reason=blank)
    assert made.run(step, by="editor", reason=f"{blank}Name the place.") == 1


@pytest.mark.parametrize("blank", BLANK)
def test_a_new_edition_needs_words_for_its_note(newsroom, blank):
    made = scene(newsroom, "revised")
    note = SET_TEXT.format("change_note", literal(blank))
    assert made.refusal(note, STATE.format("in_review"))
    assert made.run(SET_TEXT.format("change_note", "'A word.'"), STATE.format("in_review")) == 1


@pytest.mark.parametrize("blank", BLANK)
def test_nobody_is_named_in_invisible_letters(newsroom, blank):
    made = scene(newsroom)
    made.run("UPDATE claims_claim SET claimant_id = NULL WHERE id = %(claim)s")
    unnamed = SET_TEXT.format("attribution", literal(blank))
    assert made.refusal(unnamed, STATE.format("in_review"))
    assert made.run(SET_TEXT.format("attribution", "'critics'"), STATE.format("in_review")) == 1


SHOWN = {
    "statement": SET_TEXT.format("statement", "{}"),
    "title": "UPDATE claims_source SET title = {} WHERE id = %(source)s",
    "name": "UPDATE claims_partyname SET name = {} WHERE party_id = %(claimant)s",
}


@pytest.mark.parametrize("column", SHOWN)
def test_what_readers_are_shown_can_be_seen(newsroom, column):
    made = scene(newsroom)
    kept = [ascii(text) for text in UNSEEN if not made.refusal(SHOWN[column].format(literal(text)))]
    assert kept == []
    for text in ("\u200eعربي\u200f", "👩\u200d💻", "a\u00adb", "−"):
        assert made.run(SHOWN[column].format(literal(text))) == 1


WITHDRAWAL = (
    "INSERT INTO claims_release (claim_id, kind, reason, notice, actor_id)"
    " VALUES (%(claim)s, 'withdraw', {}, {}, %(me)s)"
)


@pytest.mark.parametrize(
    ("reason", "notice"),
    [
        *((blank, {"en": "Withdrawn."}) for blank in BLANK),
        *(("Wrong.", {"en": blank}) for blank in BLANK),
        ("Wrong.", {}),
        ("Wrong.", {"en": "Withdrawn.", "ko": ""}),
        ("Wrong.", {"en": None}),
        ("Wrong.", {"en": 1}),
        ("Wrong.", {"en": ["Withdrawn."]}),
        ("Wrong.", None),
        ("Wrong.", []),
        ("Wrong.", ["Withdrawn."]),
        ("Wrong.", "Withdrawn."),
        ("Wrong.", 1),
        ("Wrong.", True),
    ],
)
def test_a_withdrawal_needs_words_for_the_newsroom_and_for_readers(newsroom, reason, notice):
    made = scene(newsroom, "published")
    sql = WITHDRAWAL.format(literal(reason), literal(json.dumps(notice)))
    assert "needs a reason, and a notice" in made.refusal(sql, by="publisher")
    sql = WITHDRAWAL.format("'Wrong.'", literal(json.dumps({"en": "Withdrawn.", "ko": "철회"})))
    assert made.run(sql, by="publisher") == 1


LANGUAGES = ["", " ", "EN", "en ", "en\n", "e\n<script>", "\u202eko", '"><b', "en-", "english"]
IDS = ["", "x", "bcdfghjkmnp", "bcdfghjkmnp\n", "BCDFGHJKMNP2", "bcdfgh/kmnp2", "bcdfghjkmn\u202ep"]
PARTY = (
    "INSERT INTO claims_party (public_id, kind, version, frozen_version)"
    " VALUES ({}, 'person', 1, 0)"
)
SOURCE = (
    "INSERT INTO claims_source (public_id, title, language, kind, url, date_precision, seen,"
    " version, frozen_version) VALUES ({}, 'T', 'en', 'article', '', '', true, 1, 0)"
)
CODES = {
    "source's language": (
        *("UPDATE claims_source SET language = {} WHERE id = %(source)s", LANGUAGES),
        ("ko", "zh-Hant", "pt-BR"),
    ),
    "name's language": (
        *("UPDATE claims_partyname SET language = {} WHERE party_id = %(claimant)s", LANGUAGES),
        ("ko", "zh-Hant", "pt-BR"),
    ),
    "party's public id": (PARTY, IDS, ("bcdfghjkmnp2",)),
    "source's public id": (SOURCE, IDS, ("bcdfghjkmnp2",)),
}


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_a_code(newsroom, code):
    sql, illegal, legal = CODES[code]
    made = scene(newsroom)
    kept = [
        value for value in illegal if "_is_code" not in made.refusal(sql.format(literal(value)))
    ]
    assert kept == []
    for value in legal:
        assert made.run(sql.format(literal(value))) == 1


@pytest.mark.parametrize("text", ["\U000e0041", "\U000e0100", "\U0001d173", "\U0001bca0", "\ufffb"])
def test_no_statement_consists_of_tags(newsroom, text):
    made = scene(newsroom)
    sql = "UPDATE claims_claimtext SET statement = {} WHERE claim_id = %(claim)s"
    assert made.refusal(sql.format(literal(text)))
    assert made.run(sql.format(literal(f"Words{text}"))) == 1
