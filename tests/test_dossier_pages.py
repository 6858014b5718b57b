"""The dossier on the readers' pages, in both languages, against the table of DESIGN 10."""

import re
from html import unescape

import pytest
from django.test import Client
from django.utils import translation

from claims import dossier
from claims.choices import Ground, Opposer, Standing
from claims.dossier_rows import DEMONSTRATION
from claims.public.rebuttals import opposer_words
from tests.conftest import empty_database
from tests.dossier_as_designed import EXPECTED, KOREAN

pytestmark = pytest.mark.django_db(databases=["default", "public"])
LANGUAGES = ("en", "ko")


def words_of(html: str) -> str:
    """What a page says, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html.partition("<body>")[2])))


@pytest.fixture(scope="module")
def pages(django_db_setup, django_db_blocker) -> dict[tuple[str, str], str]:
    """The words of each row's page: {(key, language): text}."""
    with django_db_blocker.unblock():
        try:
            claims = dossier.load(DEMONSTRATION)
            client = Client()
            return {
                (key, language): words_of(
                    client.get(f"/{language}/claims/{claims[key].public_id}/").content.decode()
                )
                for key in EXPECTED
                for language in LANGUAGES
            }
        finally:
            empty_database()


def has(page: str, *words: str) -> list[str]:
    """Which of these the page does not say."""
    return [each for each in words if each not in page]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", EXPECTED)
def test_every_row_is_on_its_page(pages, key, language):
    expected, page = EXPECTED[key], pages[key, language]
    wanted = []
    if expected.claimant:
        wanted.append(KOREAN[expected.claimant] if language == "ko" else expected.claimant)
    if expected.attribution:
        wanted.append(expected.attribution[language])
    if expected.faults:
        wanted.append(KOREAN[expected.faults] if language == "ko" else expected.faults)
    wanted.append(expected.statement.replace("'", "’"))  # with its own wording in both
    with translation.override(language):
        wanted.append(str(Standing(expected.standing).label))
        for _target, ground, opposer in expected.edges:
            wanted.append(f"{Ground(ground).label} · {opposer_words(Opposer(opposer))}")
    assert has(page, *wanted) == []
    for target, _ground, _opposer in expected.edges:
        assert EXPECTED[target].statement.replace("'", "’") in pages[target, "en"]
        assert expected.statement.replace("'", "’") in pages[target, "en"]
    assert has(page, "No such words") == ["No such words"]  # the control


def test_c2_as_the_design_has_it(pages):
    assert (
        has(
            pages["C2", "en"],
            "7.2%",
            "3%",
            "−4.2 points, −58.3%. Computed by us; no change was stated.",
            "Disputes what the evidence shows · as the source says",
            "SemiAnalysis stated (not seen by us) →then YTN reported",
            "1 source, 1 independent origin",
            "YTN relays SemiAnalysis (not seen by us)",
            "Unanswered rebuttal",
            "Edition 1",
            "Edition 2",
            "Clarification",
            "Low: weakly supported",
        )
        == []
    )


def test_c1_agrees_with_what_it_states(pages):
    assert (
        has(
            pages["C1", "en"],
            "about 81.11 million people",
            "about 22.58 million people",
            "−72.2%, computed by us: agrees with “more than 72%”, as stated.",
            "QuestMobile measured",
        )
        == []
    )
    assert has(pages["C1", "ko"], "8,111만 명", "2,258만 명", "−72.2%") == []


def test_c11_shows_its_rebuttals_and_what_qualifies_them(pages):
    page = pages["C11", "en"].partition(" The record ")[0]
    places = [page.rindex(EXPECTED[key].statement.replace("'", "’")) for key in ("B6", "B7", "B8")]
    assert places == sorted(places)
    rebuttals = page.partition("The rebuttals")[2]
    for key in ("B1", "B2", "B3", "B4", "B6", "B7", "B8"):
        assert EXPECTED[key].statement.replace("'", "’") in rebuttals
    strongest = page.partition("Strongest rebuttal")[2]
    assert strongest.startswith(" · Disputes what the evidence shows DeepSeek is often used inside")
    assert "B5" not in page


def test_the_person_whom_c7_faults_was_not_asked_and_the_page_says_so(pages):
    assert has(pages["C7", "en"], "Nobody was asked for a reply: demonstration") == []


def test_b6_needs_a_re_check_and_liangs_route_is_not_given(pages):
    assert has(pages["B6", "en"], "Needs a re-check", "28 July 2025") == []
    assert has(pages["B4", "en"], "Liang Wenfeng stated", "(route not given)") == []
