"""Recorded text that would deceive or harm, sent past the forms as the app's login (DESIGN 5)."""

import re

import pytest

from tests.attack.scene import scene

LINES = {
    "statement": "UPDATE claims_claimtext SET statement = {} WHERE claim_id = %(claim)s",
    "attribution": "UPDATE claims_claimtext SET attribution = {} WHERE claim_id = %(claim)s",
    "name": "UPDATE claims_partyname SET name = {} WHERE party_id = %(claimant)s",
    "title": "UPDATE claims_source SET title = {} WHERE id = %(source)s",
    "locator": "UPDATE claims_citation SET locator = {} WHERE id = %(citation)s",
}
PROSE = {
    "reason": "UPDATE claims_claimtext SET reason = {} WHERE claim_id = %(claim)s",
    "unknowns": "UPDATE claims_claimtext SET unknowns = {} WHERE claim_id = %(claim)s",
    "would_change": "UPDATE claims_claimtext SET would_change = {} WHERE claim_id = %(claim)s",
    "change_note": "UPDATE claims_claimtext SET change_note = {} WHERE claim_id = %(claim)s",
    "quotation": "UPDATE claims_citation SET quotation = {} WHERE id = %(citation)s",
}
BIDIRECTIONAL = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
CONTROLS = [*range(0x01, 0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)]
LINE_ENDS = [0x09, 0x0A, 0x0D, 0x2028, 0x2029]
ORDINARY = "“바이두” & <b>l’usage</b>, 72% — عربي 👩‍💻"


def literal(text: str) -> str:
    """The text as SQL, also inside a statement that has parameters."""
    return "E'" + "".join(f"\\U{ord(character):08x}" for character in text) + "'"


@pytest.mark.parametrize("column", [*LINES, *PROSE])
def test_no_unsafe_character_is_stored(newsroom, column):
    made = scene(newsroom)
    sql = {**LINES, **PROSE}[column]
    unsafe = [*BIDIRECTIONAL, *CONTROLS, *(LINE_ENDS if column in LINES else [])]
    kept = [
        hex(code)
        for code in unsafe
        if "_safe" not in made.refusal(sql.format(literal(f"a{chr(code)}b")))
    ]
    assert kept == []
    assert made.run(sql.format(literal(ORDINARY))) == 1


@pytest.mark.parametrize("column", PROSE)
def test_prose_may_have_paragraphs(newsroom, column):
    """Control: line ends are refused in lines because they are lines, not everywhere."""
    made = scene(newsroom)
    assert made.run(PROSE[column].format(literal("one\n\ntwo\tthree"))) == 1


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u3000", "\u2003 \u2009"])
def test_a_statement_is_never_blank(newsroom, blank):
    made = scene(newsroom)
    sql = LINES["statement"]
    assert re.search("statement_(not_empty|safe)", made.refusal(sql.format(literal(blank))))
    assert made.run(sql.format(literal("x"))) == 1


@pytest.mark.parametrize(
    ("column", "longest"),
    [("statement", 500), ("attribution", 200), ("reason", 4000), ("quotation", 2000)],
)
def test_nothing_longer_than_its_column(newsroom, column, longest):
    made = scene(newsroom)
    sql = {**LINES, **PROSE}[column]
    assert made.refusal(sql.format(f"repeat('가', {longest + 1})"))
    assert made.run(sql.format(f"repeat('가', {longest})")) == 1


URL = "UPDATE claims_source SET url = {} WHERE id = %(source)s"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        " javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "//example.org/x",
        "/x",
        "example.org",
        "http:example.org",
        "http://",
        " http://example.org",
        "javascript://x\nhttp://example.org",
        "http://example.org\njavascript:alert(1)",
        "http://example.org/\r\nSet-Cookie: x",
        "http://example.org/a b",
        "http://example.org/\u00a0b",
        "http://example.org/\u2028b",
        "http://example.org/\u0001b",
        "http://example.org/\u0085b",
        "http://example.org/\u202egnp.exe",
    ],
)
def test_an_address_is_a_web_address(newsroom, address):
    made = scene(newsroom)
    assert "source_url_is_http" in made.refusal(URL.format(literal(address)))
    for legal in ("https://example.org/a?b=c#d", "HTTP://EXAMPLE.ORG/한글", ""):
        assert made.run(URL.format(literal(legal))) == 1


@pytest.mark.parametrize(
    ("spoil", "legal"),
    [
        (("'2025-07-01'", "''"), ("'2025-07-01'", "'day'")),
        (("NULL", "'day'"), ("NULL", "''")),
        (("'2025-07-01'", "'hour'"), ("'2025-07-01'", "'month'")),
    ],
)
def test_a_date_and_its_precision_come_together(newsroom, spoil, legal):
    made = scene(newsroom)
    sql = "UPDATE claims_source SET published_on = {}, date_precision = {} WHERE id = %(source)s"
    assert "source_date_with_precision" in made.refusal(sql.format(*spoil))
    assert made.run(sql.format(*legal)) == 1
