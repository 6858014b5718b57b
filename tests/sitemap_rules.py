"""What a sitemap has to be: the schemas and limits of sitemaps.org and of Google's news sitemaps as
lists of complaints about one document."""

import re
from collections import Counter
from datetime import datetime, timedelta

from claims.public.sitemaps import NEWS, SITEMAP, XHTML
from tests.feed_rules import TAG, absolute, parsed_xml

MOST_ADDRESSES, MOST_NEWS, MOST_BYTES = 50_000, 1000, 50 * 2**20
LONGEST, SHORTEST = 2048, 12
NEWS_AGE = timedelta(days=2)
# xsd:date and xsd:dateTime as the W3C's profile of ISO 8601 has them, on which both agree.
CHANGED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))?")
# ISO 639: two or three letters, and Chinese by its script.
NEWS_LANGUAGE = re.compile(r"[a-z]{2,3}|zh-cn|zh-tw")


def names(element) -> list[str]:
    return [child.tag for child in element]


def in_sitemap(name: str) -> str:
    return f"{{{SITEMAP}}}{name}"


def in_news(name: str) -> str:
    return f"{{{NEWS}}}{name}"


def index_complaints(text: bytes) -> list[str]:
    return document_complaints(text, "sitemapindex", "sitemap", {"loc": 1, "lastmod": 0})


def sitemap_complaints(text: bytes) -> list[str]:
    """A sitemap of pages, with their translations."""
    found = document_complaints(
        text, "urlset", "url", {"loc": 1, "lastmod": 0, "changefreq": 0, "priority": 0}
    )
    urls = {
        url.findtext(in_sitemap("loc")): alternates(url)
        for url in parsed_xml(text).iter(in_sitemap("url"))
    }
    for address, links in urls.items():
        found += translation_complaints(address, links, urls)
    return found


def document_complaints(text, root_name, child_name, order):
    """`order` has the children in the schema's sequence and whether each is needed."""
    root = parsed_xml(text)
    found = []
    if root.tag != in_sitemap(root_name):
        found.append(f"{root.tag} is no {root_name}")
    if not len(root):
        found.append("it lists nothing")
    if len(root) > MOST_ADDRESSES:
        found.append(f"{len(root)} addresses")
    if len(text) > MOST_BYTES:
        found.append(f"{len(text)} bytes")
    found += [f"{tag} in {root_name}" for tag in names(root) if tag != in_sitemap(child_name)]
    for child in root:
        found += entry_complaints(child, order)
    return found


def entry_complaints(entry, order):
    own = [tag for tag in names(entry) if tag.startswith(in_sitemap(""))]
    if names(entry)[: len(own)] != own:
        yield "an extension before the sitemap's own elements"
    counted = Counter(own)
    if own != [in_sitemap(name) for name in order if in_sitemap(name) in counted]:
        yield f"{own} is not in the schema's sequence"
    yield from (
        f"no {name}" for name, needed in order.items() if needed > counted[in_sitemap(name)]
    )
    address = entry.findtext(in_sitemap("loc")) or ""
    if not absolute(address) or not SHORTEST <= len(address) <= LONGEST:
        yield f"the address {address!r}"
    changed = entry.findtext(in_sitemap("lastmod"))
    if changed is not None and not CHANGED.fullmatch(changed):
        yield f"lastmod is {changed!r}"


def alternates(url) -> dict[str, str]:
    return {
        link.get("hreflang", ""): link.get("href", "")
        for link in url.findall(f"{{{XHTML}}}link")
        if link.get("rel") == "alternate"
    }


def translation_complaints(address, links, urls):
    """Each page names itself and its translations, and they name the same."""
    if not links:
        return
    if address not in links.values():
        yield f"{address} does not name itself"
    for language, other in links.items():
        # Where readers of other languages are sent is no page, and so not in the sitemap.
        is_page = language != "x-default"
        if is_page and not TAG.fullmatch(language):
            yield f"the language {language!r}"
        if not absolute(other):
            yield f"the translation {other!r}"
        if is_page and urls.get(other) != links:
            yield f"{other} does not name {address} back"


def news_complaints(text: bytes, now: datetime) -> list[str]:
    found = document_complaints(text, "urlset", "url", {"loc": 1})
    urls = parsed_xml(text).findall(in_sitemap("url"))
    if len(urls) > MOST_NEWS:
        found.append(f"{len(urls)} news")
    for url in urls:
        news = url.findall(in_news("news"))
        if len(news) != 1 or len(names(url)) != 2:
            found.append(f"{names(url)} is not one address with one piece of news")
        for one in news:
            found += piece_complaints(one, now)
    return found


def piece_complaints(news, now):
    wanted = [in_news(name) for name in ("publication", "publication_date", "title")]
    if names(news) != wanted:
        yield f"{names(news)} is no news"
        return
    publication, published, title = news
    if names(publication) != [in_news("name"), in_news("language")]:
        yield f"{names(publication)} is no publication"
        return
    name, language = (child.text or "" for child in publication)
    if not name.strip() or "(" in name:
        yield f"the publication {name!r}"
    if not NEWS_LANGUAGE.fullmatch(language):
        yield f"the language {language!r}"
    if not (title.text or "").strip():
        yield "no title"
    if not CHANGED.fullmatch(published.text or ""):
        yield f"published {published.text!r}"
    elif not timedelta() <= now - datetime.fromisoformat(published.text) <= NEWS_AGE:
        yield f"published {published.text}, which is no news"
