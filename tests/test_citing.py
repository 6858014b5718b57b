"""How a claim is cited: in words, as BibTeX and as CSL-JSON, always an edition."""

import json
import re

import pytest

from claims.public import citing
from tests.test_reader_pages import document, edition

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
ADDRESS = "https://example.org/en/claims/c/editions/3/"


def cited(statement="Usage is falling", site="Counterclaim", language="en", **changes):
    one = edition("c", number=3, document=document(statement), **changes)
    return citing.cited(one, language, site=site, address=ADDRESS)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


# --- In words -----------------------------------------------------------------------------------


def test_a_citation_names_site_claimant_statement_edition_day_and_address():
    assert citing.in_words(cited()) == (
        "Counterclaim, claim by critics: “Usage is falling”, edition 3, 25 July 2025. " + ADDRESS
    )


def test_a_counterclaim_is_cited_as_one():
    assert "counterclaim by critics" in citing.in_words(cited(is_counterclaim=True))


def test_line_breaks_in_a_statement_are_spaces():
    assert "“One two”" in citing.in_words(cited("One\n two"))


# --- BibTeX -------------------------------------------------------------------------------------


def fields_of(entry):
    """A small reader of one entry: counts braces as BibTeX does, escaped or not."""
    assert entry.startswith("@misc{") and entry.endswith("}\n")
    assert entry.count("{") == entry.count("}")
    return dict(re.findall(r"^  (\w+) = \{(.*)\},$", entry, re.MULTILINE))


def test_bibtex_keeps_names_and_titles_whole():
    entry = citing.bibtex(cited())
    fields = fields_of(entry)
    assert entry.startswith("@misc{claim-c-3,\n")
    assert fields["author"] == "{Counterclaim}"
    assert fields["title"] == "{Usage is falling}"
    assert fields["url"] == ADDRESS
    assert fields["year"] == "2025" and "  month = jul,\n" in entry
    assert fields["note"] == "Claim by critics; edition 3 of its record"


@pytest.mark.parametrize(
    ("written", "escaped"),
    [
        ("50% & more", r"50\% \& more"),
        ("$5 #1 a_b", r"\$5 \#1 a\_b"),
        ("~x^2", r"\textasciitilde{}x\textasciicircum{}2"),
        (r"C:\dir", r"C:\textbackslash{}dir"),
        ("an open { brace", r"an open \textbraceleft{} brace"),
        ("}\n}", r"\textbraceright{} \textbraceright{}"),
        ("딥시크 이용률 3%", r"딥시크 이용률 3\%"),
    ],
)
def test_what_latex_would_read_is_escaped_and_braces_stay_balanced(written, escaped):
    assert citing.for_latex(written) == escaped
    fields = fields_of(citing.bibtex(cited(written, site=written)))
    assert fields["title"] == fields["author"] == f"{{{escaped}}}"


def test_a_statement_cannot_end_its_field():
    entry = citing.bibtex(cited('}, author = {{Somebody else}}, x = {"'))
    assert fields_of(entry)["author"] == "{Counterclaim}"
    assert len(re.findall(r"^  author = ", entry, re.MULTILINE)) == 1


# --- CSL-JSON -----------------------------------------------------------------------------------


def test_csl_has_literal_names_and_the_date_in_parts():
    (item,) = json.loads(citing.csl_json(cited("“Nobody” uses\nit")))
    assert item == {
        "id": "claim-c-3",
        "type": "webpage",
        "title": "“Nobody” uses it",
        "author": [{"literal": "Counterclaim"}],
        "container-title": "Counterclaim",
        "issued": {"date-parts": [[2025, 7, 25]]},
        "version": "3",
        "note": "Claim by critics; edition 3 of its record",
        "language": "en",
        "URL": ADDRESS,
    }


# --- The pages ----------------------------------------------------------------------------------


@pytest.fixture
def claim(newsroom_live):
    made = newsroom_live.published(
        "Usage <fell> by 3%", texts={"ko": {"statement": "이용률이 3% 떨어졌다"}}
    )
    newsroom_live.publish(newsroom_live.revise(made, statement="Usage fell by 4%"))
    return made


@BOTH_SIDES
def test_the_page_cites_the_current_edition_in_both_languages(client, claim):
    for language in ("en", "ko"):
        page = text(client.get(f"/{language}/claims/{claim.public_id}/cite/"))
        assert "Usage fell by 4%" in page and "이용률이 3% 떨어졌다" in page
        for own in ("en", "ko"):
            assert f"http://testserver/{own}/claims/{claim.public_id}/editions/2/" in page


@BOTH_SIDES
def test_an_edition_has_citations_of_its_own(client, claim):
    base = f"/en/claims/{claim.public_id}/editions/1/"
    page = text(client.get(base + "cite/"))
    assert "Usage &lt;fell&gt; by 3%" in page and base + "cite.bib" in page
    assert f"{base}cite/" in text(client.get(base))
    assert r"Usage <fell> by 3\%" in client.get(base + "cite.bib").content.decode()


@BOTH_SIDES
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("cite.bib", "application/x-bibtex"),
        ("cite.csl.json", "application/vnd.citationstyles.csl+json"),
    ],
)
def test_a_citation_can_be_downloaded_and_is_cached_like_a_page(client, claim, name, kind):
    path = f"/en/claims/{claim.public_id}/{name}"
    answer = client.get(path)
    assert answer["Content-Type"] == f"{kind}; charset=utf-8"
    ending = name.removeprefix("cite.")
    expected = f'attachment; filename="claim-{claim.public_id}-2.{ending}"'
    assert answer["Content-Disposition"] == expected
    assert answer["ETag"] and not answer.cookies
    assert client.get(path, headers={"if-none-match": answer["ETag"]}).status_code == 304
    assert client.post(path).status_code == 405


@BOTH_SIDES
def test_what_readers_cannot_see_cannot_be_cited(client, newsroom_live, claim):
    draft = newsroom_live.draft("SECRET")
    never = client.get("/en/claims/bcdfghjkmnpq/cite/")
    for name in ("cite/", "cite.bib", "cite.csl.json"):
        hidden = client.get(f"/en/claims/{draft.public_id}/{name}")
        assert (hidden.status_code, hidden.content) == (404, never.content)
        assert client.get(f"/en/claims/{claim.public_id}/editions/9/{name}").status_code == 404
    newsroom_live.withdraw(claim, notice="Nobody said so.")
    page = text(client.get(f"/en/claims/{claim.public_id}/cite/"))
    assert "Nobody said so." in page and "Usage fell" not in page
    for name in ("cite.bib", "cite.csl.json"):
        gone = client.get(f"/en/claims/{claim.public_id}/{name}")
        assert (gone.status_code, gone["Content-Type"]) == (410, "application/json")
        assert gone.json()["notice"] == "Nobody said so." and "Usage fell" not in text(gone)
