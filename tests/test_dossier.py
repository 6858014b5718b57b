"""The demonstration dossier as readers get it, against what DESIGN 10 says: here again, by hand."""

import copy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from claims import dossier
from claims.choices import State
from claims.dossier import Dossier
from claims.dossier_rows import DEMONSTRATION
from claims.exceptions import Invalid
from claims.models import (
    Claim,
    Edition,
    PublishedEdge,
    PublishedEdition,
    PublishedMention,
    PublishedNotice,
    PublishedStanding,
)
from claims.models.published import IS_CURRENT

from .conftest import empty_database
from .dossier_as_designed import EXCEPTION, EXPECTED, KOREAN, REPORT, TOPICS, Expected, against
from .test_commands import manage

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
PUBLISHED = (
    Edition,
    PublishedEdge,
    PublishedEdition,
    PublishedMention,
    PublishedNotice,
    PublishedStanding,
)


@dataclass(frozen=True)
class Seen:
    """What the readers' login sees of one claim; other claims by their keys in the dossier."""

    document: dict[str, Any]
    kinds: tuple[str, ...]  # of change, an edition each
    asserted_since: int
    review_by: date | None
    edges: frozenset[tuple[str, str, str]]  # target, ground, opposer
    standing: str


def seen(claims: dict[str, Claim]) -> dict[str, Seen]:
    """All that is open to readers, by key; by public id what is not in the dossier."""
    keys = {claim.public_id: key for key, claim in claims.items()}
    editions = list(PublishedEdition.objects.using("public").order_by("number"))
    edges = list(PublishedEdge.objects.using("public"))
    stands = {row.claim: row.standing for row in PublishedStanding.objects.using("public")}
    found = {}
    for current in PublishedEdition.objects.using("public").filter(IS_CURRENT):
        found[keys.get(current.claim, current.claim)] = Seen(
            current.document,
            tuple(edition.kind for edition in editions if edition.claim == current.claim),
            current.asserted_since,
            current.review_by,
            frozenset(
                (keys.get(edge.target, edge.target), edge.ground, edge.opposer)
                for edge in edges
                if edge.edition_id == current.edition_id
            ),
            stands[current.claim],
        )
    return found


def all_that_is_published() -> str:
    """Every row of every published table, whether open to readers or not."""
    return "\n".join(
        json.dumps(row, default=str, ensure_ascii=False)
        for model in PUBLISHED
        for row in model.objects.values()
    )


@dataclass(frozen=True)
class Loaded:
    claims: dict[str, Claim]
    seen: dict[str, Seen]
    published: str
    hidden: dict[str, tuple[str, list[str], int]]  # state, statements, edges


def load(what: Dossier) -> Loaded:
    claims = dossier.load(what)
    hidden = {
        key: (claim.state, [text.statement for text in claim.texts.all()], claim.rebuts.count())
        for key, claim in claims.items()
        if claim.state != State.PUBLISHED
    }
    return Loaded(claims, seen(claims), all_that_is_published(), hidden)


@pytest.fixture(scope="module")
def demonstration(django_db_setup, django_db_blocker) -> Loaded:
    """Loaded and committed once, read by the readers' own login, and taken away again."""
    with django_db_blocker.unblock():
        try:
            return load(DEMONSTRATION)
        finally:
            empty_database()


def name(english: str, language: str) -> str:
    return KOREAN[english] if english and language == "ko" else english


def named(party: dict[str, Any] | None, language: str) -> str:
    return party["names"][language] if party else ""


def says(expected: Expected, language: str, statement: str) -> bool:
    if language == "en":
        return statement.replace("’", "'") == expected.statement
    # Plain style, as statements are; with the names and numbers where they belong.
    wanted = ".*".join(map(re.escape, expected.korean.split()))
    return re.search(wanted, statement) is not None and statement.endswith("다")


def differences(wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    return [
        f"{what}: {found[what]!r}, not {wanted[what]!r}"
        for what in wanted
        if found[what] != wanted[what]
    ]


def wrong_words(expected: Expected, found: Seen, language: str) -> list[str]:
    """What a reader of this language is told otherwise than DESIGN 10 has it."""
    document, text = found.document, found.document["texts"][language]
    figures = document["figures"]
    topics = filter(None, ["AI industry", expected.topic])
    wanted = {
        "statement": True,
        "claimant": name(expected.claimant, language),
        "attribution": (expected.attribution or {}).get(language, ""),
        "origins": [name(who, language) for who, _kind, _given in expected.origins],
        "units": [(expected.units or {}).get(language)] * len(expected.figures),
        "labels": len(expected.figures),
        "faults": name(expected.faults, language),
        "exception": EXCEPTION[language] if expected.faults else "",
        "note": len(expected.kinds) > 1,
        "remarks": True,
        "whose rating": True,
        "topics": [topic if language == "en" else TOPICS[topic] for topic in topics],
    }
    origins = [(cited["relays"] or [cited["source"]])[-1] for cited in document["citations"]]
    remarks = [text["reason"], text["change_note"], text["reply_exception"]]
    return differences(
        wanted,
        {
            "statement": says(expected, language, text["statement"]),
            "claimant": named(document["claimant"], language),
            "attribution": text["attribution"],
            "origins": [named(origin["publisher"], language) for origin in origins],
            "units": [figure["units"].get(language) for figure in figures],
            "labels": len({figure["labels"][language] for figure in figures}),
            "faults": named(document["allegation"], language),
            "exception": text["reply_exception"],
            "note": bool(text["change_note"]),
            "remarks": all(
                re.search("[가-힣]니다[.]?$" if language == "ko" else "^[A-Za-z0-9]", remark)
                for remark in filter(None, remarks)
            ),
            "whose rating": {"en": "demonstration", "ko": "시연용"}[language] in text["reason"],
            "topics": [topic["names"][language] for topic in document["topics"]],
        },
    )


def wrong_record(expected: Expected, found: Seen) -> list[str]:
    """What is recorded otherwise than DESIGN 10 has it, in whatever language."""
    document = found.document
    stated, cited = document["stated_change"], document["citations"]
    wanted = {
        "language": "ko",
        "works": {("YTN", "broadcast", "2025-07-01", "month", "", True)},
        "origins": expected.origins,
        "seen": {True} | {False for origin in expected.origins if origin != REPORT},
        "figures": expected.figures,
        "stated": expected.stated,
        "edges": expected.edges,
        "kinds": expected.kinds,
        "assessed": expected.assessed,
        "standing": expected.standing,
    }
    works = [each["source"] for each in cited]
    ways = [[each["source"], *each["relays"]] for each in cited]
    return differences(
        wanted,
        {
            "language": document["language"],
            "works": {
                (
                    named(work["publisher"], "en"),
                    *(work[what] for what in ("kind", "published_on", "date_precision", "url")),
                    work["seen"],
                )
                for work in works
            },
            "origins": tuple(
                (named(way[-1]["publisher"], "en"), way[-1]["kind"], each["route_given"])
                for each, way in zip(cited, ways, strict=True)
            ),
            "seen": {work["seen"] for way in ways for work in way},
            "figures": tuple((f["kind"], f["value"], f["bound"]) for f in document["figures"]),
            "stated": stated and (stated["value"], stated["unit"], stated["bound"]),
            "edges": found.edges,
            "kinds": found.kinds,
            "assessed": document["confidence"] != "not_assessed",
            "standing": found.standing,
        },
    )


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("key", EXPECTED)
def test_each_row_says_it_in_both_languages(demonstration, key, language):
    assert wrong_words(EXPECTED[key], demonstration.seen[key], language) == []


@pytest.mark.parametrize("key", EXPECTED)
def test_each_row_is_recorded_as_designed(demonstration, key):
    assert wrong_record(EXPECTED[key], demonstration.seen[key]) == []


def change(what: str, value: Any) -> Callable[[Seen], Seen]:
    return lambda found: replace(found, **{what: value})


def put(way: str, value: Any) -> Callable[[Seen], Seen]:
    """Another value in the document, at "a.0.b"."""

    def changed(found: Seen) -> Seen:
        document = copy.deepcopy(found.document)
        *way_in, last = (int(step) if step.isdigit() else step for step in way.split("."))
        place = document
        for step in way_in:
            place = place[step]
        place[last] = value
        return replace(found, document=document)

    return changed


@pytest.mark.parametrize(
    ("key", "break_it", "complaint"),
    [
        ("C2", put("texts.en.statement", "DeepSeek's share has fallen to 4%"), "statement"),
        ("C2", put("texts.ko.statement", "딥시크 이용률이 연초 최고 7.2%에서 4%로 떨어졌다"), "st"),
        ("C2", put("claimant", None), "claimant"),
        ("C3", put("texts.ko.attribution", ""), "attribution"),
        ("C2", put("citations.0.relays", []), "origins"),
        ("C2", put("citations.0.relays.0.seen", True), "seen"),
        ("C2", put("citations.0.source.date_precision", "day"), "works"),
        ("B4", put("citations.0.route_given", True), "origins"),
        ("C1", put("figures.1.value", "22590000"), "figures"),
        ("C1", put("figures.1.units.ko", "건"), "units"),
        ("C1", put("figures.1.labels.en", "Average monthly downloads, first quarter"), "labels"),
        ("C1", put("stated_change", None), "stated"),
        ("C7", put("texts.en.reply_exception", ""), "exception"),
        ("C7", put("allegation", None), "faults"),
        ("C8", put("topics.1.names.ko", "수출"), "topics"),
        ("C6", put("texts.ko.change_note", ""), "note"),
        ("C6", put("texts.ko.reason", "시연용 해석이다"), "remarks"),
        ("C9", put("confidence", "low"), "assessed"),
        ("C2", change("kinds", ("",)), "kinds"),
        ("B1", change("edges", against("C2 undercut us")), "edges"),
        ("C11", change("standing", "unrebutted"), "standing"),
    ],
)
def test_what_is_otherwise_is_seen(demonstration, key, break_it, complaint):
    """The control of the two tests above."""
    broken, expected = break_it(demonstration.seen[key]), EXPECTED[key]
    found = [
        fault for language in ("en", "ko") for fault in wrong_words(expected, broken, language)
    ]
    found += wrong_record(expected, broken)
    assert any(fault.startswith(complaint) for fault in found)


def test_the_nineteen_rows_are_published_and_nothing_else(demonstration):
    assert demonstration.seen.keys() == EXPECTED.keys()
    assert len(EXPECTED) == 19


def test_only_one_claim_waits_past_its_day(demonstration):
    days = {key: found.review_by for key, found in demonstration.seen.items()}
    assert days.pop("B6") == date(2025, 7, 28)
    assert all(day is None or day > date.today() for day in days.values())


def test_nothing_is_rated_as_well_supported(demonstration):
    ratings = {key: found.document["confidence"] for key, found in demonstration.seen.items()}
    assert "high" not in ratings.values()
    assert ratings["B1"] == "moderate"


def test_figures_have_the_dates_that_are_known(demonstration):
    """The quarter and “recently” are no dates; the year is inferred, the month the report’s."""
    dates = {
        key: [
            (f["as_of"], f["as_of_precision"]) for f in demonstration.seen[key].document["figures"]
        ]
        for key in ("C1", "C2")
    }
    assert dates == {
        "C1": [("2025-01-01", "year"), (None, "")],
        "C2": [("2025-01-01", "year"), ("2025-07-01", "month")],
    }


def test_one_report_and_a_few_words_of_it(demonstration):
    """Every citation is of the one report; only what is plainly in it is quoted."""
    cited = [each for found in demonstration.seen.values() for each in found.document["citations"]]
    assert len({each["source"]["id"] for each in cited}) == 1
    assert [each["quotation"] for each in cited if each["quotation"]] == ["현재는 3%"]
    relayed = {work["id"]: work for each in cited for work in each["relays"]}.values()
    dates = {work["title"]: (work["published_on"], work["date_precision"]) for work in relayed}
    assert sorted(dates.values(), key=str) == [("2025-07-24", "day"), *[(None, "")] * 4]


def test_only_the_correction_changed_what_is_asserted(demonstration):
    """C2's second edition says the same; C6's says something else since edition 2."""
    assert demonstration.seen["C2"].asserted_since == 1
    assert demonstration.seen["C6"].asserted_since == 2


def unseen(loaded: Loaded) -> list[str]:
    """Which of the unpublished claims' marks are in a published table."""
    marks = [loaded.claims[key].public_id for key in loaded.hidden]
    marks += [
        statement
        for _state, statements, _edges in loaded.hidden.values()
        for statement in statements
    ]
    return [mark for mark in marks if mark in loaded.published]


def test_a_draft_and_a_claim_in_review_are_in_no_published_table(demonstration):
    states = sorted((state, edges) for state, _said, edges in demonstration.hidden.values())
    assert states == [("draft", 2), ("in_review", 1)]  # they would rebut what is published
    assert unseen(demonstration) == []
    claim = demonstration.claims["C2"]
    shown = replace(demonstration, hidden={"C2": ("", ["딥시크 이용률이 연초"], 0)})
    assert unseen(shown) == [claim.public_id, "딥시크 이용률이 연초"]  # the control


def test_what_readers_never_see_says_that_it_is_invented(demonstration):
    for _state, statements, _edges in demonstration.hidden.values():
        assert {statement.split(":")[0] for statement in statements} == {
            "Demonstration only",
            "시연용",
        }


@BOTH_SIDES
def test_the_demonstration_starts_once(newsroom_live):
    assert "Recorded, approved and published 19 claims." in manage("demo", "--no-serve").stdout
    assert Claim.objects.count() == 21
    assert "Found the claims of an earlier start." in manage("demo", "--no-serve").stdout
    assert Claim.objects.count() == 21


@BOTH_SIDES
def test_a_load_that_fails_leaves_nothing():
    last = replace(DEMONSTRATION.rows[-1], texts={"en": {"statement": "No Korean text"}})
    with pytest.raises(Invalid):
        dossier.load(replace(DEMONSTRATION, rows=(*DEMONSTRATION.rows[:-1], last)))
    assert not Claim.objects.exists()
