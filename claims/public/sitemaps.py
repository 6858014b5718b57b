"""What search engines read: robots.txt, the sitemaps of claims and of shelves, and that of news.

A claim is listed in each of the site's languages in which it has a statement of its own, and these
pages are each other's alternates. One in none of them is listed once, in the first language. The
pages of topics, parties and sources are there in all languages.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.feedgenerator import rfc3339_date as rfc3339

from . import feed_records, shelves
from .delivery import reader_page, revalidated, site_of, spoken, tags_of, without_language
from .entries import said_by
from .feed_records import Located, News
from .rebuttals import card_of
from .syndication import xml_safe

SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
NEWS = "http://www.google.com/schemas/sitemap-news/0.9"
XHTML = "http://www.w3.org/1999/xhtml"
MOST_NEWS_ADDRESSES = 1000
HIGHEST_BUCKET = 2**40
RECORD = "RECORD"


def element(name: str, text: str) -> str:
    return f"<{name}>{escape(xml_safe(text))}</{name}>"


def document(root: str, namespaces: str, children: Iterable[str]) -> str:
    body = "\n".join(children)
    opened = f'<{root} xmlns="{SITEMAP}"{namespaces}>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{opened}\n{body}\n</{root}>\n'


def send(
    request: HttpRequest, text: str, content_type: str, modified: datetime | None = None
) -> HttpResponse:
    response = HttpResponse(text, content_type=f"{content_type}; charset=utf-8")
    return revalidated(request, response, editions=[], modified=modified)


@reader_page
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /accounts/",
        "",
        f"Sitemap: {request.build_absolute_uri(reverse('site:sitemap'))}",
        "",
    ]
    return send(request, "\n".join(lines), "text/plain")


@reader_page
def index(request: HttpRequest) -> HttpResponse:
    """The sitemaps that have something in them."""
    names = [reverse("site:sitemap_claims", args=[bucket]) for bucket in feed_records.buckets()]
    names += [reverse("site:sitemap_shelves", args=[letter]) for letter in shelves.letters()]
    if names and feed_records.news(most=1):
        names.append(reverse("site:sitemap_news"))
    listed = (f"<sitemap>{element('loc', site_of(request) + name)}</sitemap>" for name in names)
    return send(request, document("sitemapindex", "", listed), "application/xml")


def patterns_of(request: HttpRequest, kind: str) -> dict[str, tuple[str, str]]:
    """What stands before and after an id in the address of a record's page, by language."""
    found = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            before, _id, after = reverse(f"public:{kind}_detail", args=[RECORD]).partition(RECORD)
        found[code] = (site_of(request) + before, after)
    return found


@reader_page
def claims(request: HttpRequest, bucket: int) -> HttpResponse:
    """The current claims whose edition has one of ten thousand numbers."""
    found = feed_records.located(bucket) if bucket < HIGHEST_BUCKET else []
    if not found:
        raise Http404
    patterns = patterns_of(request, "claim")
    listed = (url for one in found for url in claim_urls(one, patterns))
    modified = max(one.opened_at for one in found)
    text = document("urlset", f' xmlns:xhtml="{XHTML}"', listed)
    return send(request, text, "application/xml", modified)


def claim_urls(one: Located, patterns: dict[str, tuple[str, str]]) -> Iterator[str]:
    codes = spoken(one.languages) or list(patterns)[:1]
    return page_urls({code: one.claim.join(patterns[code]) for code in codes}, one.opened_at)


def page_urls(addresses: Mapping[str, str], changed_at: datetime) -> Iterator[str]:
    """A page in each of its languages; each names all of them, as the page itself does."""
    told = dict(addresses) if len(addresses) > 1 else {}
    for code, address in list(told.items())[:1]:
        told["x-default"] = without_language(address, code)
    alternates = "".join(
        f'<xhtml:link rel="alternate" hreflang={quoteattr(code)} href={quoteattr(address)}/>'
        for code, address in told.items()
    )
    changed = element("lastmod", rfc3339(changed_at))
    for address in addresses.values():
        yield f"<url>{element('loc', address)}{changed}{alternates}</url>"


@reader_page
def shelved(request: HttpRequest, letter: str) -> HttpResponse:
    """The pages of topics, parties and sources whose public id begins with one letter."""
    found = shelves.beginning(letter) if shelves.LETTER.fullmatch(letter) else {}
    if not found:
        raise Http404
    patterns = {kind: patterns_of(request, kind) for kind in shelves.KINDS}
    listed = (
        url
        for (kind, record), newest in found.items()
        for url in page_urls(
            {code: record.join(pattern) for code, pattern in patterns[kind].items()}, newest
        )
    )
    text = document("urlset", f' xmlns:xhtml="{XHTML}"', listed)
    return send(request, text, "application/xml", max(found.values()))


@reader_page
def news(request: HttpRequest) -> HttpResponse:
    """What readers saw for the first time in the last two days; nothing, on most days."""
    found = feed_records.news()
    patterns = patterns_of(request, "claim")
    listed = [url for one in found for url in news_urls(one, patterns)][:MOST_NEWS_ADDRESSES]
    modified = max((one.edition.opened_at for one in found), default=None)
    text = document("urlset", f' xmlns:news="{NEWS}"', listed)
    return send(request, text, "application/xml", modified)


def news_urls(one: News, patterns: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Only in languages in which it is news: those of its own statements."""
    edition = one.edition
    for code in spoken(tags_of(edition.document)):
        with translation.override(code):
            title = said_by(card_of(edition, code))
        publication = element("news:name", settings.SITE_NAME) + element("news:language", code)
        yield (
            f"<url>{element('loc', edition.claim.join(patterns[code]))}<news:news>"
            f"<news:publication>{publication}</news:publication>"
            f"{element('news:publication_date', rfc3339(one.first_opened_at))}"
            f"{element('news:title', title)}</news:news></url>"
        )
