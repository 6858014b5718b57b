"""The readers' site as a whole, on the dossier: every link answers, every page is sound HTML, every
review passes Google's preset."""

import json
from dataclasses import replace
from itertools import cycle

import feedparser
import pytest
from django.test import Client
from django.utils import timezone

from claims import dossier
from claims.choices import State, Verdict
from claims.dossier_rows import DEMONSTRATION
from claims.public.syndication import ATOM_TYPE, JSON_TYPE
from tests.conftest import empty_database
from tests.crawl import HOST, Links, Site, crawl
from tests.feed_rules import atom_complaints, json_complaints, parsed_xml
from tests.oembed_rules import json_members, oembed_complaints, xml_members
from tests.page_rules import (
    head_complaints,
    html_errors,
    review_complaints,
    reviews,
    translation_complaints,
)
from tests.sitemap_rules import in_sitemap, index_complaints, news_complaints, sitemap_complaints

pytestmark = pytest.mark.django_db(databases=["default", "public"])


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker) -> Site:
    with django_db_blocker.unblock():
        try:
            dossier.load(DEMONSTRATION)
            return crawl(Client())
        finally:
            empty_database()


def test_every_link_answers(site):
    wrong = {
        f"{path} on {site.named_by.get(path)}": answer.status
        for path, answer in site.answers.items()
        # Static files are the server's, and the newsroom asks who you are.
        if answer.status >= 400 and not path.startswith("/static/")
    }
    assert not wrong
    assert len(site.pages()) > 80


def test_every_static_file_is_there(site):
    from django.contrib.staticfiles import finders

    named = [path for path in site.answers if path.startswith("/static/")]
    assert named
    assert not [path for path in named if not finders.find(path.removeprefix("/static/"))]


def test_every_page_has_a_title_and_a_description_of_its_own(site):
    assert head_complaints(site.pages()) == []


def test_languages_name_each_other(site):
    assert translation_complaints(site.pages()) == []


def test_the_pages_are_sound_html(site, tmp_path):
    wrong = html_errors(site.pages(), tmp_path / "pages")
    assert not wrong, "\n".join(map(str, wrong[:40]))


def test_without_verdicts_no_page_carries_a_review(site, tmp_path):
    """The dossier has none; the tool looked at every page, and found the control."""
    assert review_complaints(site.pages(), tmp_path / "pages") == (0, [])


def test_every_review_of_the_dossier_passes_googles_preset(tmp_path, settings, transactional_db):
    """The same dossier in a newsroom that rates claims: every claim's page carries a review."""
    settings.VERDICT_SCALE = "snu"
    verdicts = cycle(Verdict)
    rows = [
        replace(row, fields={**row.fields, "verdict": next(verdicts)}) for row in DEMONSTRATION.rows
    ]
    claims = dossier.load(replace(DEMONSTRATION, rows=tuple(rows)))
    addresses = [
        f"/{language}/claims/{claim.public_id}/"
        for language in ("en", "ko")
        for claim in claims.values()
        if claim.state == State.PUBLISHED
    ]
    pages = {address: Client().get(address).content.decode() for address in addresses}
    carrying, wrong = review_complaints(pages, tmp_path / "pages")
    assert not wrong, "\n".join(wrong)
    assert carrying == len([html for html in pages.values() if reviews(html)]) == len(pages) > 20


def test_a_review_that_only_a_graph_holds_is_no_review(tmp_path):
    """Control of the tests above: the tool sees nothing there and ends well."""
    review = {"@type": "ClaimReview", "url": "https://example.org/"}
    hidden = {"@context": "https://schema.org", "@graph": [review]}
    page = f'<!doctype html><script type="application/ld+json">{json.dumps(hidden)}</script>'
    assert review_complaints({"/": page}, tmp_path / "pages") == (
        0,
        ["/: 1 by our own look, () by the tool's"],
    )


def test_feeds_keep_the_rules_of_their_formats(site):
    atom, written = site.of_kind(ATOM_TYPE), site.of_kind(JSON_TYPE)
    assert len(atom) == len(written) > 40
    assert not [path for path, text in atom.items() if atom_complaints(text)]
    assert not [path for path, text in atom.items() if feedparser.parse(text).bozo]
    assert not [path for path, text in written.items() if json_complaints(text)]


def test_oembed_answers_keep_the_specification(site):
    as_json = site.of_kind("application/json", "/oembed")
    as_xml = site.of_kind("text/xml", "/oembed")
    assert len(as_json) == len(as_xml) > 20
    for path, text in as_json.items():
        members = json_members(text)
        assert oembed_complaints(members) == [], path
        assert xml_members(as_xml[path.replace("format=json", "format=xml")]) == members


def test_sitemaps_keep_their_schemas(transactional_db):
    dossier.load(DEMONSTRATION)
    get = Client().get
    index = get("/sitemap.xml").content
    assert index_complaints(index) == []
    names = [loc.text for loc in parsed_xml(index).iter(in_sitemap("loc"))]
    for name in names[:-1]:
        assert sitemap_complaints(get(name.removeprefix(HOST)).content) == [], name
    assert names[-1] == f"{HOST}/sitemaps/news.xml"
    assert news_complaints(get("/sitemaps/news.xml").content, timezone.now()) == []


def test_the_crawl_finds_a_dead_link():
    """Control of the tests above."""
    assert Links('<a href="/en/nowhere/">x</a><form action="/en/search/"></form>').found == [
        "/en/nowhere/",
        "/en/search/",
    ]
