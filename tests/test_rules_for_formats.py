"""Controls: the rules for sitemaps and oEmbed answers accept what is right and find what is not."""

from datetime import UTC, datetime

import pytest

from tests.oembed_rules import oembed_complaints, xml_members
from tests.sitemap_rules import index_complaints, news_complaints, sitemap_complaints

NOW = datetime(2026, 5, 2, 12, tzinfo=UTC)
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
LINKS = "".join(
    f'<x:link rel="alternate" hreflang="{code}" href="https://a.test/{code}/"/>'
    for code in ("en", "ko")
)
PAGES = (
    f'<urlset xmlns="{SITEMAP}" xmlns:x="http://www.w3.org/1999/xhtml">'
    f"<url><loc>https://a.test/en/</loc><lastmod>2026-05-01T10:00:00+00:00</lastmod>{LINKS}</url>"
    f"<url><loc>https://a.test/ko/</loc>{LINKS}</url>"
    "<url><loc>https://a.test/fr/</loc></url></urlset>"
)
INDEX = (
    f'<sitemapindex xmlns="{SITEMAP}"><sitemap><loc>https://a.test/1.xml</loc></sitemap>'
    "</sitemapindex>"
)
NEWS = (
    f'<urlset xmlns="{SITEMAP}" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9">'
    "<url><loc>https://a.test/en/</loc><n:news><n:publication><n:name>The Example</n:name>"
    "<n:language>en</n:language></n:publication>"
    "<n:publication_date>2026-05-01T10:00:00+00:00</n:publication_date>"
    "<n:title>Usage fell</n:title></n:news></url></urlset>"
)
RICH = {
    "type": "rich",
    "version": "1.0",
    "title": "Usage fell",
    "provider_url": "https://a.test/",
    "html": '<iframe src="https://a.test/card/"></iframe>',
    "width": 600,
    "height": 420,
}


def test_what_is_right_is_accepted():
    assert sitemap_complaints(PAGES.encode()) == []
    other = '<x:link rel="alternate" hreflang="x-default" href="https://a.test/"/>'
    assert sitemap_complaints(PAGES.replace(LINKS, LINKS + other).encode()) == []
    assert index_complaints(INDEX.encode()) == []
    assert news_complaints(NEWS.encode(), NOW) == []
    assert oembed_complaints(RICH, 600, 420) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("urlset", "urls", "is no urlset"),
        ("sitemap/0.9", "sitemap/0.84", "is no urlset"),
        ("<lastmod>2026-05-01T10:00:00+00:00</lastmod>", "<lastmod>May</lastmod>", "lastmod is"),
        ("2026-05-01T10:00:00+00:00", "2026-05-01T10:00:00", "lastmod is"),
        ("https://a.test/fr/", "/fr/", "the address"),
        ("https://a.test/fr/", f"https://a.test/{'x' * 2048}", "the address"),
        ("<loc>https://a.test/fr/</loc>", "", "no loc"),
        ("<loc>https://a.test/fr/</loc>", "<loc>https://a.test/fr/</loc>" * 2, "sequence"),
        (
            "<loc>https://a.test/en/</loc><lastmod>2026-05-01T10:00:00+00:00</lastmod>",
            "<lastmod>2026-05-01T10:00:00+00:00</lastmod><loc>https://a.test/en/</loc>",
            "sequence",
        ),
        (f"</lastmod>{LINKS}", "</lastmod>", "does not name https://a.test/ko/ back"),
        (
            f"<loc>https://a.test/ko/</loc>{LINKS}",
            f"{LINKS}<loc>https://a.test/ko/</loc>",
            "before the sitemap's own",
        ),
        ("<loc>https://a.test/en/</loc>", "<loc>https://a.test/xx/</loc>", "does not name itself"),
        ('hreflang="ko"', 'hreflang="ko_KR"', "the language"),
        ('href="https://a.test/ko/"', 'href="/ko/"', "the translation"),
        (PAGES[PAGES.index("<url>") : PAGES.index("</urlset>")], "", "lists nothing"),
    ],
)  # fmt: skip
def test_a_broken_sitemap_is_found(old, new, words):
    broken = PAGES.replace(old, new)
    assert broken != PAGES
    assert any(words in one for one in sitemap_complaints(broken.encode())), words


def test_a_sitemap_that_is_too_long_is_found():
    many = PAGES.replace(
        "</urlset>", "<url><loc>https://a.test/x/</loc></url>" * 50_000 + "</urlset>"
    )
    assert "50003 addresses" in sitemap_complaints(many.encode())


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("sitemapindex", "urlset", "is no sitemapindex"),
        ("<loc>https://a.test/1.xml</loc>", "<loc>1.xml</loc>", "the address"),
        ("</loc>", "</loc><priority>1</priority>", "sequence"),
    ],
)
def test_a_broken_index_is_found(old, new, words):
    assert any(words in one for one in index_complaints(INDEX.replace(old, new).encode()))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("2026-05-01", "2026-04-29", "which is no news"),
        ("2026-05-01", "2026-05-03", "which is no news"),
        ("2026-05-01T10:00:00+00:00", "yesterday", "published"),
        ("<n:language>en</n:language>", "", "no publication"),
        ("<n:language>en", "<n:language>english", "the language"),
        ("The Example", "", "the publication"),
        ("The Example", "The Example (online)", "the publication"),
        ("Usage fell", " ", "no title"),
        ("<n:title>Usage fell</n:title>", "", "no news"),
        ("</n:news>", "</n:news><n:news/>", "is not one address"),
        ("sitemap-news/0.9", "sitemap-news/1.0", "is not one address"),
    ],
)
def test_broken_news_are_found(old, new, words):
    broken = NEWS.replace(old, new)
    assert broken != NEWS
    assert any(words in one for one in news_complaints(broken.encode(), NOW)), words


def test_too_much_news_is_found():
    url = NEWS[NEWS.index("<url>") : NEWS.index("</urlset>")]
    assert "1001 news" in news_complaints(NEWS.replace(url, url * 1001).encode(), NOW)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"version": 1.0}, "the version"),
        ({"type": "card"}, "the type"),
        ({"type": "photo"}, "no url"),
        ({"width": "600"}, "no number"),
        ({"width": 601}, "more than 600"),
        ({"height": 421}, "more than 420"),
        ({"height": None}, "no number"),
        ({"cache_age": True}, "no number"),
        ({"html": ""}, "html is"),
        ({"html": "<script src=x></script>"}, "something runs"),
        ({"html": "<img onerror=x>"}, "something runs"),
        ({"title": None}, "title is"),
        ({"provider_url": "/"}, "no address"),
        ({"thumbnail_url": "https://a.test/x.png"}, "half a thumbnail"),
        ({"colour": "red"}, "not in the specification"),
    ],
)
def test_a_broken_answer_is_found(changed, words):
    found = oembed_complaints({**RICH, **changed}, 600, 420)
    assert any(words in one for one in found), found


def test_a_member_that_is_missing_is_found():
    for name in ("version", "type", "html", "width", "height"):
        assert oembed_complaints({key: RICH[key] for key in RICH if key != name})


def test_an_answer_in_xml_is_read_with_its_numbers():
    text = b"<oembed><type>rich</type><width>600</width><title>600</title></oembed>"
    assert xml_members(text) == {"type": "rich", "width": 600, "title": "600"}
    for broken in (text.replace(b"oembed", b"embed"), text.replace(b"<type>", b"<type x='1'>")):
        with pytest.raises(AssertionError):
            xml_members(broken)
