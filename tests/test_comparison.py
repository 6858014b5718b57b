"""Two documents compared: words as readers see them, fields and rows, nothing hidden."""

import copy
import json
from datetime import timedelta
from unicodedata import normalize

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claims.comparison import Field, Rows, Side, compare, parts, pieces_of
from claims.comparison.texts import Piece, by_sentences, tokens

PARTY = {"id": "p2345abcdefg", "kind": "organisation", "names": {"en": "YTN", "ko": "와이티엔"}}
SOURCE = {
    "id": "s2345abcdefg",
    "title": "A report on air",
    "language": "ko",
    "kind": "broadcast",
    "publisher": PARTY,
    "url": "https://example.org/report",
    "published_on": "2025-07-01",
    "date_precision": "month",
    "seen": True,
}
COUNTS = {**SOURCE, "id": "s2345bcdefgh", "title": "Counts", "publisher": None, "seen": False}
PAPER = {**SOURCE, "id": "s2345cdefghi", "title": "A newspaper", "url": "", "published_on": None}


def figure(label, value, **changes):
    return {
        "kind": "amount",
        "labels": {"en": label},
        "value": value,
        "bound": "about",
        "units": {"en": "people", "ko": "명"},
        "as_of": "2025-03-31",
        "as_of_precision": "month",
        **changes,
    }


def citation(quotation, source=SOURCE, **changes):
    return {
        "stance": "for",
        "quotation": quotation,
        "locator": "minute 3",
        "source": source,
        "relays": [],
        "route_given": None,
        **changes,
    }


def text(statement, **changes):
    names = ("attribution", "reason", "unknowns", "would_change", "reply_exception", "change_note")
    return {"statement": statement, **dict.fromkeys(names, ""), **changes}


def edge(claim, **changes):
    return {"claim": claim, "edition": 1, "ground": "rebut", "opposer": "us", **changes}


# All that guards/document.sql builds; tests/test_admin_differences.py holds it against a real one.
RICH = {
    "format": 2,
    "claim": "c2345abcdefg",
    "language": "en",
    "claimant": PARTY,
    "confidence": "moderate",
    "verdict": {"scale": "snu", "value": "half_true"},
    "change": "correction",
    "review_by": "2026-01-01",
    "topics": [
        {"id": "t2345abcdefg", "names": {"en": "AI", "ko": "인공지능"}},
        {"id": "t2345bcdefgh", "names": {"zh": "下载"}},
    ],
    "texts": {
        "en": text("Downloads fell by more than 72%", reason="One origin.\nTwo reports."),
        "ko": text("다운로드가 72% 넘게 줄었다", unknowns="어떻게 셌는지 모른다."),
    },
    "wordings": [
        {"language": "en", "text": "Nobody downloads it"},
        {"language": "zh", "text": "没人下载了"},
    ],
    "figures": [figure("First quarter", "81110000"), figure("Recently", "22580000")],
    "stated_change": {"value": "-72", "unit": "percent", "bound": "more_than"},
    "citations": [
        citation("현재는 2,258만", relays=[PAPER, COUNTS], route_given=False),
        citation("다른 곳에서도 쓴다", stance="against"),
        citation("as printed", PAPER),
    ],
    "allegation": {**PARTY, "id": "p2345bcdefgh", "names": {"en": "DeepSeek", "ko": "딥시크"}},
    "replies": [
        {
            "party": PARTY,
            "channel": "phone",
            "asked_on": "2025-07-20",
            "deadline": None,
            "outcome": "answered",
            "answer": "无可奉告",
            "language": "zh",
            "answered_on": "2025-07-21",
        }
    ],
    "rebuts": [edge("c2345bcdefgh"), edge("c2345cdefghi", ground="undercut", opposer="source")],
}


def written(before: str, after: str) -> str:
    marks = {"same": "%s", "out": "[-%s-]", "in": "{+%s+}"}
    return "".join(marks[piece.kind] % piece.text for piece in pieces_of(before, after))


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("It fell", "It fell", "It fell"),
        ("", "It fell", "{+It fell+}"),
        ("It fell", "", "[-It fell-]"),
        ("", "", ""),
        # English: words, with their numbers and compounds.
        ("fell from 7.2% to 3%", "fell from 7.4% to 3%", "fell from [-7.2%-]{+7.4%+} to 3%"),
        ("fell by −72.5%", "fell by −7.25%", "fell by [-−72.5%-]{+−7.25%+}"),
        ("81,110,000 people", "81,000,000 people", "[-81,110,000-]{+81,000,000+} people"),
        ("DeepSeek's share", "DeepSeek’s share", "[-DeepSeek's-]{+DeepSeek’s+} share"),
        ("It fell", "It fell.", "It fell{+.+}"),
        ("It fell sharply", "It fell", "It fell[- sharply-]"),
        ("third-party apps", "first-party apps", "[-third-party-]{+first-party+} apps"),
        # No confetti: what says little between two changes goes with them.
        ("red, blue", "green, white", "[-red, blue-]{+green, white+}"),
        ("peak of May", "trough of June", "[-peak of May-]{+trough of June+}"),
        ("rose 5 times", "fell 5 points", "[-rose-]{+fell+} 5 [-times-]{+points+}"),
        ("a b c d e f g h", "i b j k l f m n", "[-a b c d e f g h-]{+i b j k l f m n+}"),
        # Korean: a changed particle shows the whole word, old and new.
        ("다운로드가 줄었다", "다운로드는 줄었다", "[-다운로드가-]{+다운로드는+} 줄었다"),
        ("7.2%에서 3%로 줄었다", "7.2%에서 3%까지 줄었다", "7.2%에서 [-3%로-]{+3%까지+} 줄었다"),
        ("이용률이 줄었다", "이용률이 크게 줄었다", "이용률이 {+크게 +}줄었다"),
        ("“딥시크”는 끝났다", "“딥시크”가 끝났다", "“[-딥시크”는-]{+딥시크”가+} 끝났다"),
        ("서울·부산의 항구", "서울·인천의 항구", "서울·[-부산의-]{+인천의+} 항구"),
        ("2,258만 명이다", "2,258만 명이다.", "2,258만 명이다{+.+}"),
        # Chinese and Japanese: characters.
        ("下载量下降了72%", "下载量大幅下降了73%", "下载量{+大幅+}下降了[-72%-]{+73%+}"),
        ("利用は減った", "利用が減った", "利用[-は-]{+が+}減った"),
        # Mixed.
        (
            "딥시크(DeepSeek)의 몫",
            "딥시크(DeepSeek)는 몫",
            "[-딥시크(DeepSeek)의-]{+딥시크(DeepSeek)는+} 몫",
        ),
        ("DeepSeek的下载", "DeepSeek于下载", "DeepSeek[-的-]{+于+}下载"),
        ("R2는 5월 예정", "R2는 6월 예정", "R2는 [-5월-]{+6월+} 예정"),
        # Signs of several characters stay whole: vowel signs, families, flags.
        ("हिन्दी में है", "हिन्दि में है", "[-हिन्दी-]{+हिन्दि+} में है"),
        ("use 👩‍👩‍👧 now", "use 👩‍👩‍👦 now", "use [-👩‍👩‍👧-]{+👩‍👩‍👦+} now"),
        ("from 🇰🇷 here", "from 🇰🇵 here", "from [-🇰🇷-]{+🇰🇵+} here"),
        # Space alone.
        ("one  space", "one space", "one[-  -]{+ +}space"),
    ],
)
def test_what_changed_in_a_text_reads_well(before, after, shown):
    assert written(before, after) == shown


def test_no_piece_holds_half_a_syllable_of_decomposed_korean():
    before, after = normalize("NFD", "이용률이 줄었다"), normalize("NFD", "이용률은 줄었다")
    changed = [normalize("NFC", each.text) for each in pieces_of(before, after)]
    assert changed == ["이용률이", "이용률은", " 줄었다"]


alike = st.lists(
    st.sampled_from([*"ab.,-% \n가나다는の下载7é", "́", "‍", "word ", "단어는 ", "7.2%"]), max_size=40
).map("".join)


@settings(max_examples=400, deadline=None)
@given(st.text() | alike, st.text() | alike)
def test_the_pieces_make_both_texts(before, after):
    pieces = pieces_of(before, after)
    assert "".join(each.text for each in pieces if each.kind != "in") == before
    assert "".join(each.text for each in pieces if each.kind != "out") == after
    assert all(each.text for each in pieces)
    assert (before == after) == all(each.kind == "same" for each in pieces)


@settings(max_examples=300, deadline=None)
@given(st.text() | alike)
def test_the_words_make_the_text(value):
    assert "".join(word for _kind, word in tokens(value)) == value


@settings(max_examples=200, deadline=None)
@given(st.text() | alike, st.text() | alike)
def test_the_way_of_long_texts_makes_both_texts_too(before, after):
    pieces = list(by_sentences(before, after))
    assert "".join(text for kind, text in pieces if kind != "in") == before
    assert "".join(text for kind, text in pieces if kind != "out") == after


@settings(max_examples=5, deadline=timedelta(seconds=4))
@given(st.randoms(use_true_random=False))
def test_long_texts_of_few_characters_take_no_longer_than_a_page_may(random):
    before, after = ("".join(random.choices("中 文。", k=3000)) for _twice in range(2))
    pieces = pieces_of(before, after)
    assert "".join(each.text for each in pieces if each.kind != "in") == before


def test_a_long_text_is_compared_sentence_by_sentence_then_by_words():
    same = "的" * 700 + "。"
    before, after = same + "旧话很短。" + same, same + "新话很短。" + same
    changed = [each for each in pieces_of(before, after) if each.kind != "same"]
    assert changed == [Piece("out", "旧"), Piece("in", "新")]


# Documents.


def changed(**keys):
    return copy.deepcopy({**RICH, **keys})


def fields_in(nodes):
    for node in nodes:
        if isinstance(node, Field):
            yield node
        else:
            for row in node.rows:
                yield from fields_in(row.nodes)


def said(before, after, **options):
    """{label: (before, after)} of the fields that differ, rows by their own labels."""
    found = {}

    def add(nodes, label=""):
        for node in nodes:
            if isinstance(node, Rows):
                for row in node.rows:
                    add(row.changed, f"{label}{row.label}, {row.status} | ")
            else:
                found[label + node.label] = (node.before.text, node.after.text)

    add(compare(before, after, **options).changed)
    return found


def test_a_document_is_the_same_as_itself():
    comparison = compare(RICH, copy.deepcopy(RICH))
    assert comparison.is_empty and not comparison.changed
    assert comparison.number_unchanged == comparison.number_of_fields > 60
    assert all(field.status == "same" for field in fields_in(comparison.nodes))


FIRST, *OTHERS = RICH["citations"]
LAST = OTHERS[-1]
(REPLY,) = RICH["replies"]


@pytest.mark.parametrize(
    ("differs", "expected"),
    [
        (
            {"confidence": "low"},
            {"Confidence": ("Moderate: partly supported", "Low: weakly supported")},
        ),
        ({"confidence": ""}, {"Confidence": ("Moderate: partly supported", "")}),
        ({"language": "ko"}, {"Original language": ("English", "Korean")}),
        ({"change": ""}, {"Kind of change": ("Correction: we were wrong", "")}),
        ({"review_by": None}, {"Re-check by": ("1 January 2026", "")}),
        (
            {"verdict": {"scale": "five", "value": "false"}},
            {"Verdict": ("Half true", "False"), "Verdict: Scale": ("SNU scale", "five steps")},
        ),
        ({"claimant": {**PARTY, "names": {"en": "YTN"}}}, {"Claimant (Korean)": ("와이티엔", "")}),
        (
            {"claimant": None},
            {
                "Claimant (English)": ("YTN", ""),
                "Claimant (Korean)": ("와이티엔", ""),
                "Claimant: Kind": ("Organisation", ""),
            },
        ),
        # Another record of the same name is another record.
        (
            {"claimant": {**PARTY, "id": "p2345zzzzzzz"}},
            {"Claimant: Record": ("p2345abcdefg", "p2345zzzzzzz")},
        ),
        (
            {"stated_change": {"value": "-4.2", "unit": "points", "bound": "more_than"}},
            {
                "Stated change": ("-72", "-4.2"),
                "Stated change: Unit": ("per cent of the first value", "percentage points"),
            },
        ),
        (
            {"texts": {**RICH["texts"], "ko": text("다운로드가 크게 줄었다")}},
            {
                "Statement (Korean)": ("다운로드가 72% 넘게 줄었다", "다운로드가 크게 줄었다"),
                "What we don’t know (Korean)": ("어떻게 셌는지 모른다.", ""),
            },
        ),
        (
            {"texts": {**RICH["texts"], "zh": text("下载量")}},
            {"Statement (Chinese)": ("", "下载量")},
        ),
        (
            {"figures": [figure("First quarter", "81110000"), figure("Recently", "22000000.5")]},
            {"Figure 2, changed | Value": ("22,580,000", "22,000,000.5")},
        ),
        (
            {"wordings": [RICH["wordings"][1]]},
            {
                "Other wording 1, taken_out | Wording": ("Nobody downloads it", ""),
                "Other wording 1, taken_out | Language": ("English", ""),
            },
        ),
        (
            {"topics": RICH["topics"][::-1]},
            {"Topic 1, changed | Place in the list": ("2", "1")},
        ),
        (
            {"citations": [FIRST, {**RICH["citations"][1], "stance": "for", "locator": ""}, LAST]},
            {
                "Citation 2, changed | Stance": ("Against", "For"),
                "Citation 2, changed | Place": ("minute 3", ""),
            },
        ),
        (
            {"citations": [{**FIRST, "relays": [COUNTS], "route_given": True}, *OTHERS]},
            {
                "Citation 1, changed | Route": (
                    "It does not say where it has it from",
                    "It says where it has it from",
                ),
                "Citation 1, changed | Source 1, taken_out | Title": ("A newspaper", ""),
                "Citation 1, changed | Source 1, taken_out | Publisher (English)": ("YTN", ""),
                "Citation 1, changed | Source 1, taken_out | Publisher (Korean)": ("와이티엔", ""),
                "Citation 1, changed | Source 1, taken_out | Publisher: Kind": ("Organisation", ""),
                "Citation 1, changed | Source 1, taken_out | Kind": ("Broadcast report", ""),
                "Citation 1, changed | Source 1, taken_out | Language": ("Korean", ""),
                "Citation 1, changed | Source 1, taken_out | Date known to the": ("Month", ""),
                "Citation 1, changed | Source 1, taken_out | Seen": ("seen by us", ""),
            },
        ),
        # A row that stands elsewhere and is otherwise the same is no new row.
        (
            {"citations": [LAST, *RICH["citations"][:2]]},
            {"Citation 1, changed | Place in the list": ("3", "1")},
        ),
        # The same words from another source are the same citation, with another source.
        (
            {"citations": [FIRST, OTHERS[0], {**LAST, "source": {**PAPER, "id": "s2345zzzzzzz"}}]},
            {"Citation 3, changed | Source: Record": ("s2345cdefghi", "s2345zzzzzzz")},
        ),
        (
            {"replies": [{**REPLY, "answer": "", "language": "", "outcome": "no_answer"}]},
            {
                "Request for a reply 1, changed | Outcome": ("Answered", "No answer"),
                "Request for a reply 1, changed | Answer": ("无可奉告", ""),
                "Request for a reply 1, changed | Language of the answer": ("Chinese", ""),
            },
        ),
        (
            {"rebuts": [edge("c2345bcdefgh", edition=2, opposer="source"), RICH["rebuts"][1]]},
            {
                "Rebuts 1, changed | Who opposes": ("our reading", "the source says"),
                "Rebuts 1, changed | Written against edition": ("1", "2"),
            },
        ),
        # Unknown to the code.
        ({"mood": "grim"}, {"mood": ("", '"grim"')}),
        (
            {"verdict": "unheard of"},
            {"Verdict": ('{"scale": "snu", "value": "half_true"}', '"unheard of"')},
        ),
        ({"confidence": "unheard of"}, {"Confidence": ('"moderate"', '"unheard of"')}),
        ({"format": 3}, {"Format of the document": ("2", "3")}),
        (
            {"topics": None},
            {
                "Topic 1, taken_out | Name (English)": ("AI", ""),
                "Topic 1, taken_out | Name (Korean)": ("인공지능", ""),
                "Topic 2, taken_out | Name (Chinese)": ("下载", ""),
            },
        ),
    ],
)  # fmt: skip
def test_what_differs_is_said_in_words(differs, expected):
    assert said(RICH, changed(**differs)) == expected


def test_with_no_document_before_everything_is_new():
    comparison = compare(None, RICH)
    assert comparison.nodes and not comparison.unchanged
    assert {field.status for field in fields_in(comparison.nodes)} == {"added"}
    assert not compare(RICH, None).unchanged and compare(None, None).is_empty


def test_what_a_claim_rebuts_is_said_in_the_words_of_that_claim():
    target = Side("Use is growing", "en")
    comparison = compare(RICH, changed(rebuts=RICH["rebuts"][1:]), claims={"c2345bcdefgh": target})
    (rows,) = comparison.changed
    (row,) = rows.rows
    assert row.status == "taken_out" and row.title == target
    assert row.changed[0].before == target
    (kept,) = (node for node in comparison.unchanged if node.path == ("rebuts",))
    assert kept.rows[0].title == Side("c2345cdefghi", is_code=True)


def test_recorded_texts_carry_their_languages():
    wordings = [RICH["wordings"][0], {"language": "ko", "text": "没人下载了"}]
    (rows,) = compare(RICH, changed(wordings=wordings)).changed
    (row,) = rows.rows
    (words,), (language,) = row.unchanged, row.changed
    assert (words.before.language, words.after.language) == ("zh", "ko")
    assert (language.before.text, language.after.text) == ("Chinese", "Korean")
    languages = {
        field.label: field.after.language for field in fields_in(compare(None, RICH).nodes)
    }
    assert languages["Statement (Korean)"] == "ko" and languages["Claimant (Korean)"] == "ko"
    assert languages["Quotation"] == languages["Source: Title"] == "ko"
    assert languages["Answer"] == "zh" and languages["Confidence"] == ""


def test_the_words_follow_the_language_that_is_active():
    with translation.override("ko"):
        found = said(RICH, changed(review_by="2026-02-01"))
    assert list(found.values()) == [("2026년 1월 1일", "2026년 2월 1일")]


def test_rows_that_came_stand_beside_those_that_stayed_and_went():
    first, _second, third = RICH["citations"]
    new = citation("wholly other words", {**COUNTS, "id": "s2345yyyyyyy", "title": "Elsewhere"})
    (rows,) = (
        node
        for node in compare(RICH, changed(citations=[first, new, third])).nodes
        if isinstance(node, Rows) and node.path == ("citations",)
    )
    assert [(row.status, row.label) for row in rows.rows] == [
        ("same", "Citation 1"),
        ("taken_out", "Citation 2"),
        ("added", "Citation 2"),
        ("same", "Citation 3"),
    ]


# Nothing that differs is ever hidden.

word = st.text(max_size=4) | st.sampled_from(["low", "2025-07-01", "true", "72", "ko", ""])
scalars = st.none() | st.booleans() | st.integers(0, 3) | word
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(word, inner, max_size=3),
    max_leaves=5,
)


def places_in(value, path=()):
    yield path
    items = enumerate(value) if isinstance(value, list) else ()
    for key, each in value.items() if isinstance(value, dict) else items:
        yield from places_in(each, (*path, key))


PLACES = [path for path in places_in(RICH) if path]


@st.composite
def mutated(draw):
    """The rich document with a few of its parts changed, gone, doubled, swapped or added."""
    document = copy.deepcopy(RICH)
    for path in draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3)):
        parent = document
        for key in path[:-1]:
            try:
                parent = parent[key]
            except (KeyError, IndexError, TypeError):
                break
        mutate(draw, parent, path[-1])
    return document


def mutate(draw, parent, key):
    how = draw(st.sampled_from(["change", "remove", "add", "shuffle"]))
    if isinstance(parent, list):
        if how == "shuffle":
            parent[:] = draw(st.permutations(parent))
        elif how == "add":
            parent.insert(
                draw(st.integers(0, 3)), draw(st.sampled_from(parent or [None]) | anything)
            )
        elif isinstance(key, int) and key < len(parent):
            parent[key : key + 1] = [] if how == "remove" else [draw(anything)]
    elif isinstance(parent, dict):
        if how == "remove":
            parent.pop(key, None)
        else:
            parent[draw(word) if how == "add" else key] = draw(anything)


def canonical(value):
    return json.dumps(value, sort_keys=True)


def tops(nodes):
    return {node.path[0] for node in nodes}


def hides_nothing(before, after):
    """Assert that what differs is reported, and what is reported differs."""
    comparison = compare(before, after)
    assert comparison.is_empty == (canonical(before) == canonical(after))
    assert tops(comparison.changed) == {
        key
        for key in {*before, *after}
        if (key in before) != (key in after) or canonical(before[key]) != canonical(after[key])
    }
    for field in fields_in(comparison.nodes):
        sides = {(side.text, side.is_code) for side in (field.before, field.after)}
        assert (len(sides) > 1) >= field.is_changed
        assert any(piece.kind != "same" for piece in field.pieces) == field.is_changed
        assert field.is_changed or field.after.text


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated(), mutated() | st.just(RICH))
def test_documents_differ_exactly_where_their_comparison_says_so(before, after):
    hides_nothing(before, after)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_of_a_document_with_nothing_before_nothing_is_left_out(document):
    comparison = compare(None, document)
    assert tops(comparison.nodes) >= {
        key
        for key, value in document.items()
        if value not in ("", None, [], {}) and key not in ("claim", "format")
    }
    assert not comparison.unchanged


def test_a_comparison_that_knew_only_its_fields_would_be_caught(monkeypatch):
    """The control: without the fallback, what the code knows nothing of is hidden."""
    differs = changed(mood="grim", confidence="low")
    hides_nothing(RICH, differs)
    monkeypatch.setattr(parts.Unknown, "compare", lambda self, place: [])
    with pytest.raises(AssertionError):
        hides_nothing(RICH, differs)


def test_what_a_new_row_has_nothing_of_is_not_listed():
    new = figure("Peak", "7.2", units={}, as_of=None, as_of_precision="")
    assert said(RICH, changed(figures=[*RICH["figures"], new])) == {
        "Figure 3, added | Label (English)": ("", "Peak"),
        "Figure 3, added | Meant as": ("", "about"),
        "Figure 3, added | Value": ("", "7.2"),
        "Figure 3, added | Kind": ("", "Amount"),
    }
