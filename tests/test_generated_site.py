"""The readers' site of two thousand invented claims: every claim's page in both languages, and of
every other kind of address a sample, held to what judges and specifications ask for."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from math import ceil
from urllib.parse import quote

import feedparser
import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import timezone, translation

from claims.choices import Confidence, NoticeKind, Standing
from claims.models import PublishedNotice
from claims.public.syndication import ATOM_TYPE, JSON_TYPE
from tests.conftest import empty_database
from tests.crawl import HOST, Site, ask, named_in
from tests.feed_rules import ATOM, atom_complaints, json_complaints, links, parsed_xml
from tests.newsroom import Newsroom
from tests.oembed_rules import json_members, oembed_complaints, xml_members
from tests.page_rules import (
    alternates,
    head_complaints,
    html_errors,
    nodes_of,
    review_complaints,
    reviews,
    translation_complaints,
)
from tests.sitemap_rules import alternates as alternates_in_sitemap
from tests.sitemap_rules import (
    in_news,
    in_sitemap,
    index_complaints,
    news_complaints,
    sitemap_complaints,
)
from tests.test_commands import manage

pytestmark = [pytest.mark.slow, pytest.mark.django_db(databases=["default", "public"])]
CLAIMS, SEED = 2000, "5"
SAMPLE = 5  # of each kind of address, in each language
LANGUAGES = ("en", "ko")
LANGUAGE = re.compile(r"^/(en|ko)/")
EDITION = re.compile(HOST + r"/(?:en|ko)/claims/([a-z0-9]{12})/editions/\d+/")
CLAIM_PAGE = re.compile(r"/(?:en|ko)/claims/([a-z0-9]{12})/")
# Kinds of addresses that pages have to lead to; the test's own sample of them is not empty.
KINDS = {
    *("home", "claim_list", "claim_detail", "edition_detail", "changes", "cite", "corrections"),
    *("topic_list", "topic_detail", "party_list", "party_detail", "source_list", "source_detail"),
    *("feed", "topic_feed", "party_feed", "claim_feed", "corrections_feed"),
    *("search", "method", "claim_data", "embed", "card", "oembed"),
}


@dataclass
class Generated:
    """The claims that readers can find, and all that was asked for, by address."""

    claims: list[str]
    site: Site = field(default_factory=Site)

    def ask(self, paths: Iterable[str]) -> None:
        """Ask for these in both languages."""
        for path in sorted(paths):
            for language in LANGUAGES:
                one = LANGUAGE.sub(f"/{language}/", path)
                if one not in self.site.answers:
                    ask(Client(), self.site, one)

    def sample(self) -> list[str]:
        """Addresses of every kind to which a sample of each kind of page leads."""
        pages = kinds(self.site.answers, 20 * SAMPLE)
        return kinds((one for page in pages for one in named_in(self.site, page)), SAMPLE)

    def translations(self) -> set[str]:
        """What pages call their versions by language; a page that asks for more names a plain
        one."""
        found = {one for html in self.site.pages().values() for _code, one in alternates(html)}
        return found - set(self.site.answers)

    @cached_property
    def pages(self) -> dict[str, str]:
        """The HTML pages, when all has been asked for."""
        return self.site.pages()

    @cached_property
    def claim_pages(self) -> dict[str, str]:
        return {path: html for path, html in self.pages.items() if CLAIM_PAGE.fullmatch(path)}


def kinds(addresses: Iterable[str], most: int) -> list[str]:
    """Some addresses of each kind: of one view, in one format, with the same things asked."""
    known: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for address in {LANGUAGE.sub("/en/", address) for address in addresses}:
        view, form = view_of(address)
        if view:
            query = address.partition("?")[2]
            asked = sorted({part.partition("=")[0] for part in query.split("&")})
            known[view, form, *asked].add(address)
    return [address for found in known.values() for address in spread(found, most)]


def view_of(address: str) -> tuple[str, str]:
    """Which of our views answers, and in which format; none for static files and the newsroom."""
    with suppress(Resolver404), translation.override("en"):
        match = resolve(LANGUAGE.sub("/en/", address.partition("?")[0]))
        if match.app_names in (["public"], ["site"]):
            return match.url_name or "", str(match.kwargs.get("form", ""))
    return "", ""


def spread(known: Iterable[str], most: int) -> list[str]:
    ordered = sorted(known)
    return ordered[:: max(1, ceil(len(ordered) / most))]


def get(address: str):
    response = Client().get(address.removeprefix(HOST))
    assert response.status_code == 200, address
    return response


def listed(address: str) -> list[str]:
    """The addresses in a sitemap or in the index of sitemaps."""
    return [loc.text for loc in parsed_xml(get(address).content).iter(in_sitemap("loc"))]


def sitemaps() -> list[str]:
    return [address for address in listed("/sitemap.xml") if "/claims-" in address]


@pytest.fixture(scope="module")
def generated(django_db_setup, django_db_blocker) -> Iterator[Generated]:
    with django_db_blocker.unblock():
        try:
            made = manage("generate_corpus", "--claims", str(CLAIMS), "--seed", SEED)
            assert made.returncode == 0, made.stderr
            newest = Newsroom()
            claim = newest.published("Usage fell", texts={"ko": {"statement": "줄었다"}})
            newest.publish(newest.rebuttal(claim))  # what was said today is news
            found = {CLAIM_PAGE.search(page)[1] for name in sitemaps() for page in listed(name)}
            known = Generated(sorted(found))
            known.ask(f"/en/claims/{claim}/" for claim in [*known.claims, *withdrawn()])
            known.ask(searches(known))
            # What these pages lead to, and what that leads to: second pages, other formats.
            for _round in range(2):
                known.ask(known.sample())
            known.ask(known.translations())
            yield known
        finally:
            empty_database()


def withdrawn() -> list[str]:
    notices = PublishedNotice.objects.using("public").filter(kind=NoticeKind.WITHDRAWN)
    return sorted(notices.values_list("claim", flat=True))


def searches(known: Generated) -> Iterator[str]:
    """What readers may ask for: words of claims, and lists narrowed in several ways."""
    for path in spread(known.site.answers, 2 * SAMPLE):
        name = web_page(known.site.answers[path].body.decode()).get("name", "")
        yield f"{path[:4]}search/?q={quote(name.partition(' ')[0])}"
    for standing in Standing:
        yield f"/en/claims/?standing={standing}&original_language=ko&changed_since=2020-01-01"
    for confidence in Confidence:
        yield f"/en/claims/?all=1&confidence={confidence}"


def web_page(html: str) -> dict:
    """What a claim's page tells programs of itself; nothing where it is withdrawn."""
    return next((node for node in nodes_of(html) if node.get("@type") == "WebPage"), {})


def walk(first: str, following) -> Iterator:
    """The answers from the first page of a feed to its last."""
    address, seen = first, set()
    while address:
        assert address not in seen, address
        seen.add(address)
        answer = get(address)
        yield answer
        address = following(answer)


# --- Pages ----------------------------------------------------------------------------------------


def test_every_claim_is_asked_for_in_both_languages_and_every_kind_of_address(generated):
    assert len(generated.claims) > 0.98 * CLAIMS
    assert withdrawn()
    for claim in [*generated.claims, *withdrawn()]:
        for language in LANGUAGES:
            assert f"/{language}/claims/{claim}/" in generated.pages
    asked = {view_of(path)[0] for path in generated.site.answers}
    assert asked >= KINDS


def test_every_address_answers(generated):
    wrong = {
        path: answer.status
        for path, answer in generated.site.answers.items()
        if answer.status not in (200, 301, 302)
    }
    assert not wrong


def test_the_pages_are_sound_html(generated, tmp_path):
    wrong = html_errors(generated.pages, tmp_path / "pages")
    assert not wrong, "\n".join(map(str, wrong[:40]))


def test_every_page_has_a_title_and_a_description_of_its_own(generated):
    wrong = head_complaints(generated.pages)
    assert not wrong, "\n".join(wrong[:40])


def test_languages_name_each_other(generated):
    wrong = translation_complaints(generated.pages)
    assert not wrong, "\n".join(wrong[:40])


# --- Structured data ------------------------------------------------------------------------------


def test_every_review_passes_googles_preset(generated, tmp_path):
    pages = generated.pages
    carrying, wrong = review_complaints(pages, tmp_path / "pages")
    assert not wrong, "\n".join(wrong[:40])
    by_our_own_look = [path for path, html in pages.items() if reviews(html)]
    assert carrying == len(by_our_own_look) > 0.05 * len(generated.claim_pages)
    assert set(by_our_own_look) <= set(generated.claim_pages)


def test_what_a_review_says_stands_on_its_page(generated):
    for path, html in generated.claim_pages.items():
        body = html.partition("<body>")[2]
        for review in reviews(html):
            claim, rating = review["itemReviewed"], review["reviewRating"]
            works = claim["appearance"]
            assert review["url"] == HOST + path
            for words in (
                *(review["claimReviewed"], rating["alternateName"], rating["ratingExplanation"]),
                *(work["url"] for work in works if "url" in work),
                *(work["publisher"]["name"] for work in works if "publisher" in work),
                *([claim["author"]["name"]] if "author" in claim else []),
            ):
                assert words in unescape(body), (path, words)


def test_the_feed_of_reviews_holds_what_the_pages_hold(generated):
    def following(answer):
        return answer.json().get("next")

    pages = generated.claim_pages
    elements = [
        element
        for answer in walk("/feeds/claimreview.json", following)
        for element in answer.json()["dataFeedElement"]
    ]
    reviewed = {CLAIM_PAGE.fullmatch(path)[1] for path, html in pages.items() if reviews(html)}
    addresses = [element["url"].removeprefix(HOST) for element in elements]
    assert {CLAIM_PAGE.fullmatch(address)[1] for address in addresses} == reviewed
    assert len(addresses) == len(reviewed) > 100
    for element, address in zip(elements, addresses, strict=True):
        assert element["item"] == reviews(pages[address]), address
        (item,) = element["item"]
        assert element["dateCreated"] == item["datePublished"] <= item["dateModified"]
        assert element["dateModified"] == item["dateModified"]


# --- Feeds ----------------------------------------------------------------------------------------


def test_feeds_keep_the_rules_of_their_formats(generated):
    site = generated.site
    atom, written = site.of_kind(ATOM_TYPE), site.of_kind(JSON_TYPE)
    for path, text in atom.items():
        assert atom_complaints(text) == [], path
        parsed = feedparser.parse(text)
        assert (parsed.bozo, parsed.feed.language) == (0, path[1:3]), path
    for path, text in written.items():
        assert json_complaints(text) == [], path
    # Of everything, of corrections, and of some topics, parties and claims.
    for found in (atom, written):
        assert len({view_of(path) for path in found}) == 5
        assert len(found) > 15


def test_the_feed_of_everything_holds_every_claim_once(generated):
    """In Atom and as JSON Feed, page after page."""

    def after_atom(answer):
        assert atom_complaints(answer.content) == []
        return next(iter(links(parsed_xml(answer.content), "next")), None)

    def after_json(answer):
        assert json_complaints(answer.content) == []
        return answer.json().get("next_url")

    atom = [
        link
        for answer in walk("/en/feed.atom", after_atom)
        for entry in parsed_xml(answer.content).iter(f"{ATOM}entry")
        for link in links(entry, "alternate")
    ]
    items = [
        item["url"]
        for answer in walk("/ko/feed.json", after_json)
        for item in answer.json()["items"]
    ]
    told = [[EDITION.fullmatch(link)[1] for link in links] for links in (atom, items)]
    assert told[0] == told[1]
    assert sorted(told[0]) == generated.claims


# --- oEmbed ---------------------------------------------------------------------------------------


def test_oembed_answers_keep_the_specification(generated):
    pages = generated.claim_pages
    shown = [
        f"/{language}/claims/{claim}/"
        for claim in spread(generated.claims, 40)
        for language in LANGUAGES
    ]
    for path in shown:
        head = pages[path].partition("</head>")[0]
        found = re.findall(
            r'<link rel="alternate" type="(application/json|text/xml)\+oembed" href="([^"]+)"', head
        )
        answers = {kind: get(unescape(address)) for kind, address in found}
        for kind, answer in answers.items():
            assert answer["Content-Type"].partition(";")[0] == kind
        members = json_members(answers["application/json"].content)
        assert members == xml_members(answers["text/xml"].content)
        assert oembed_complaints(members) == [], path
        small = get(f"/oembed?url={quote(HOST + path)}&maxwidth=320&maxheight=300")
        assert oembed_complaints(small.json(), 320, 300) == [], path


# --- Sitemaps -------------------------------------------------------------------------------------


def test_sitemaps_keep_their_schemas_and_name_every_claim(generated):
    assert index_complaints(get("/sitemap.xml").content) == []
    told = {}
    for name in listed("/sitemap.xml"):
        assert "/news" in name or sitemap_complaints(get(name).content) == [], name
    for name in sitemaps():
        for url in parsed_xml(get(name).content):
            address = url.findtext(in_sitemap("loc")).removeprefix(HOST)
            assert told.setdefault(address, url) is url
    pages = generated.claim_pages
    spoken = [bool(alternates(pages[f"/en/claims/{claim}/"])) for claim in generated.claims]
    assert len(told) == len(generated.claims) + sum(spoken)
    assert 0.2 < sum(spoken) / len(spoken) < 0.5
    for address, url in told.items():
        versions = {
            (code, link.removeprefix(HOST))
            for code, link in alternates_in_sitemap(url).items()
            if code != "x-default"
        }
        assert versions == alternates(pages[address]), address
        assert url.findtext(in_sitemap("lastmod")) == web_page(pages[address])["dateModified"]


def test_the_sitemap_of_news_keeps_its_rules(generated):
    text = get("/sitemaps/news.xml").content
    assert news_complaints(text, timezone.now()) == []
    assert "/sitemaps/news.xml" in listed("/sitemap.xml")[-1]
    pages = generated.claim_pages
    for url in parsed_xml(text):
        address = url.findtext(in_sitemap("loc")).removeprefix(HOST)
        page = web_page(pages[address])
        assert url.findtext(f".//{in_news('language')}") == address[1:3]
        assert url.findtext(f".//{in_news('title')}").endswith(f": {page['name']}")
        assert url.findtext(f".//{in_news('publication_date')}") == page["datePublished"]
