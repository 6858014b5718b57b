"""The site's own pages: who writes them, what readers see of them, and what Markdown may not do."""

import html
import re
import time

import pytest
from django.db import connections
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from claims import actions
from claims.dossier_rows.site_pages import PAGES
from claims.exceptions import Invalid, NotAllowed, Stale
from claims.models import History, SitePage
from claims.public.markdown import opening, rendered
from claims.public.site_pages import footer_pages
from tests.admin_client import address, sent, shown, sign_in

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])

# Hostile Markdown, and what it becomes: None, no link or element of it at all.
HOSTILE = {
    "[a](javascript:alert(1))": None,
    "[a](JaVaScRiPt:alert(1))": None,
    "[a](java\tscript:alert(1))": None,
    "[a](&#106;avascript:alert(1))": None,
    "[a](\x01javascript:alert(1))": None,
    "[a](<javascript:alert(1)>)": None,
    "[a]: javascript:alert(1)\n\n[a]": None,
    "<javascript:alert(1)>": None,
    "[a](vbscript:x)": None,
    "[a](data:text/html;base64,x)": None,
    "[a](file:///etc/passwd)": None,
    "[a](ftp://example.org/)": None,
    "[a](//evil.example/)": None,
    "[a](\\\\evil.example)": "%5Cevil.example",  # a page of this site, of an odd name
    "<script>alert(1)</script>": None,
    "<img src=x onerror=alert(1)>": None,
    "<b>bold</b>": None,
    "<!-- -->": None,
    "www.example.org and https://example.org": None,
    "![a](https://example.org/a.png)": "https://example.org/a.png",
    '[a](https://example.org/ "x\\" onclick=\\"y")': "https://example.org/",
    "[a](https://example.org/)": "https://example.org/",
    "[a](http://example.org/)": "http://example.org/",
    "<https://example.org/>": "https://example.org/",
    "[a](mailto:desk@example.org)": "mailto:desk@example.org",
    "[a](/en/claims/)": "/en/claims/",
    "[a](../about/?q=a:b#c)": "../about/?q=a:b#c",
    "[a](#c)": "#c",
}
ALLOWED = {"p", "a", "em", "strong", "ul", "ol", "li", "blockquote", "code", "pre", "hr", "br"} | {
    f"h{level}" for level in range(2, 7)
}


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_links_to_the_web_mail_and_this_site_only(text):
    found = rendered(text)
    hrefs = [html.unescape(href) for href in re.findall(r'<a href="([^"]*)"', found)]
    wanted = HOSTILE[text]
    assert hrefs == ([wanted] if wanted else [])
    tags = set(re.findall(r"<([a-z0-9]+)", found))
    assert tags <= ALLOWED
    for attributes in re.findall(r"<[a-z0-9]+ ([^>]*)>", found):
        assert re.fullmatch(r'((href|title|rel)="[^"]*" ?)*', attributes)


def test_markdown_is_formatted():
    text = "# One\n\nIt *is* **so**:\n\n- a\n- b\n\n1. c\n\n> said\n\n`code`\n\n---"
    tags = set(re.findall(r"<([a-z0-9]+)", rendered(text)))
    assert tags == {"h2", "p", "em", "strong", "ul", "ol", "li", "blockquote", "code", "hr"}


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n## b\n# c", ["h2", "h3", "h2"]),
        ("### a\n###### b\n### c", ["h2", "h3", "h2"]),
        ("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", ["h2", "h3", "h4", "h5", "h6", "h6"]),
        ("a\n=\nb\n-", ["h2", "h3"]),
    ],
)
def test_headings_stand_below_the_page_s_own_and_leave_no_level_out(text, levels):
    assert re.findall(r"<(h\d)>", rendered(text)) == levels
    assert re.findall(r"</(h\d)>", rendered(text)) == levels


LONG = {
    "brackets": "[" * 40_000,
    "quotations": "> " * 20_000,
    "lists": "- " * 20_000,
    "nested lists": "".join("  " * level + "- a\n" for level in range(190)),
    "emphasis": "*a **b " * 5_700,
    "underscores": "_a" * 20_000,
    "images": "![" * 20_000,
    "open links": "[a](b" * 8_000,
    "entities": "&" * 40_000,
    "code": "".join("`" * n + " " for n in range(280)),
    "tags": "<a" * 20_000,
    "definitions": "".join(f"[a{n}]: b\n" for n in range(3_500)),
    "backslashes": "\\" * 40_000,
}


@pytest.mark.parametrize("name", LONG)
def test_the_longest_texts_take_little_time(name):
    begun = time.perf_counter()
    rendered(LONG[name][:40_000])
    assert time.perf_counter() - begun < 5


def test_a_description_is_the_first_paragraph_in_plain_words():
    assert opening("# Title\n\nWe *are*\n[few](/x/).\n\nMore") == "We are few."
    assert opening("a" * 500).endswith("…")
    assert len(opening("a" * 500)) == 200
    assert opening("# Title") == ""


@BOTH_SIDES
def test_a_reader_sees_the_page_in_their_language_or_another_one(client, newsroom_live):
    newsroom_live.site_page("about", "en", title="About us", text="## Who\n\nWe are *few*.")
    page = client.get("/en/pages/about/")
    words = page.content.decode()
    assert page.status_code == 200
    assert '<h1 lang="en" dir="auto">About us</h1>' in words
    assert "<h2>Who</h2>" in words
    assert "<em>few</em>" in words
    assert 'content="We are few."' in words
    assert 'property="og:title" content="About us"' in words
    assert not page.cookies
    foreign = client.get("/ko/pages/about/").content.decode()
    assert '<h1 lang="en"' in foreign
    assert 'class="origin"' in foreign
    assert "hreflang" not in foreign.partition("</head>")[0]
    assert foreign.count('property="og:title"') == words.count('property="og:title"') == 1
    newsroom_live.site_page("about", "ko", title="우리는", text="우리는 적다.")
    own = client.get("/ko/pages/about/").content.decode()
    assert '<h1 lang="ko"' in own
    assert 'class="origin"' not in own
    assert own.partition("</head>")[0].count("hreflang") == 3
    assert client.get("/en/pages/nothing/").status_code == 404
    assert client.get("/en/pages/None/").status_code == 404


@BOTH_SIDES
def test_a_page_is_cached_and_changes_at_once(client, newsroom_live):
    page = newsroom_live.site_page()
    first = client.get("/en/pages/about/")
    held = {"If-None-Match": first["ETag"]}
    assert client.get("/en/pages/about/", headers=held).status_code == 304
    change(newsroom_live, page, text="We are many.")
    answer = client.get("/en/pages/about/", headers=held)
    assert answer.status_code == 200
    assert "We are many." in answer.content.decode()
    assert client.post("/en/pages/about/").status_code == 405


@BOTH_SIDES
@pytest.mark.parametrize("count", [1, 11])
def test_the_footer_asks_once_and_only_where_it_is_shown(rf, newsroom_live, count):
    for number in range(count):
        newsroom_live.site_page(f"page-{number:02}", "en", title=f"Page {number}")
        newsroom_live.site_page(f"page-{number:02}", "ko", title=f"쪽 {number}")
    newsroom_live.site_page("zz-only", "ko", title="한국어만")
    with CaptureQueriesContext(connections["public"]) as captured:
        context = footer_pages(rf.get("/"))
        assert not captured.captured_queries
        words = render_to_string("claims/_footer_pages.html", context)
        render_to_string("claims/_footer_pages.html", context)
    assert len(captured) == 1
    assert words.count("<a ") == count + 1
    assert "Page 0" in words
    assert "쪽 0" not in words
    assert 'hreflang="ko"' in words


def change(room, page, **values):
    page.refresh_from_db()
    given = {name: getattr(page, name) for name in ("address", "language", "title", "text")}
    return actions.save_site_page(
        actor=room.admin, page_id=page.pk, version=page.version, **{**given, **values}
    )


def test_only_an_admin_writes_pages(newsroom):
    for person in (newsroom.reporter, newsroom.editor, newsroom.publisher):
        with pytest.raises(NotAllowed):
            actions.save_site_page(
                actor=person, address="about", language="en", title="A", text="B"
            )
    assert newsroom.site_page().version == 1


def test_a_stale_save_is_refused(newsroom):
    page = newsroom.site_page()
    change(newsroom, page, title="Who we are")
    with pytest.raises(Stale):
        actions.save_site_page(
            actor=newsroom.admin,
            page_id=page.pk,
            version=1,
            address="about",
            language="en",
            title="x",
            text="y",
        )
    page.refresh_from_db()
    assert (page.title, page.version) == ("Who we are", 2)


@pytest.mark.parametrize(
    "values",
    [
        {"address": "About Us"},
        {"address": "ab"},
        {"language": "english please"},
        {"title": ""},
        {"text": ""},
        {"text": "a" * 40_001},
        {"title": "a\u202eb"},
    ],
)
def test_a_page_that_breaks_a_rule_is_refused(newsroom, values):
    given = {"address": "about", "language": "en", "title": "A", "text": "B", **values}
    with pytest.raises(Invalid):
        actions.save_site_page(actor=newsroom.admin, **given)


@pytest.fixture
def desk(newsroom):
    return sign_in(newsroom.admin)


def filled(desk, **changes):
    """A new page, as its form sends it."""
    start = sent(desk.get(address("sitepage_add")))
    typed = {"address": "about", "language": "en", "title": "About us", "text": "We are *few*."}
    return {**start, **typed, **changes}


def test_an_admin_writes_a_page(desk):
    answer = desk.post(address("sitepage_add"), filled(desk))
    assert answer.status_code == 302
    page = SitePage.objects.get()
    assert (page.address, page.language, page.title) == ("about", "en", "About us")
    form = desk.get(address("sitepage_change", page.pk))
    assert "<em>few</em>" in shown(form)
    again = {**sent(form), "title": "Who we are", "address": "other", "language": "ko"}
    assert desk.post(address("sitepage_change", page.pk), again).status_code == 302
    page.refresh_from_db()
    assert (page.address, page.language, page.title) == ("about", "en", "Who we are")
    history = shown(desk.get(address("sitepage_history", page.pk)))
    assert "About us" in history
    assert "Who we are" in history
    assert History.objects.filter(record="sitepage").count() == 2


def test_the_preview_saves_nothing(desk):
    answer = desk.post(
        address("sitepage_add"), filled(desk, text="It is **so** <b>x</b>", _preview="1")
    )
    assert answer.status_code == 200
    assert "<strong>so</strong>" in answer.content.decode()
    assert "<b>x</b>" not in answer.content.decode()
    assert sent(answer)["text"] == ["It is **so** <b>x</b>"]
    assert not SitePage.objects.exists()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"address": "About us"}, "small letters, digits and hyphens"),
        ({"title": ""}, "required"),
        ({"text": " "}, "required"),
        ({"text": "a" * 40_001}, "40000"),
        ({"language": "??"}, "language"),
    ],
)
def test_a_form_that_breaks_a_rule_keeps_what_was_typed(desk, changes, complaint):
    answer = desk.post(address("sitepage_add"), filled(desk, **changes))
    assert answer.status_code == 422
    assert complaint in shown(answer)
    typed = {**filled(desk), **changes}
    assert sent(answer)["title"] == [typed["title"]]
    assert not SitePage.objects.exists()


def test_a_second_page_at_the_same_place_is_refused_in_kind_words(newsroom, desk):
    newsroom.site_page()
    answer = desk.post(address("sitepage_add"), filled(desk, title="Mine"))
    assert answer.status_code == 422
    assert "There is a page at this address in this language already." in shown(answer)
    assert sent(answer)["title"] == ["Mine"]
    assert desk.post(address("sitepage_add"), filled(desk, language="ko")).status_code == 302


def test_a_stale_form_keeps_what_was_typed(newsroom, desk):
    page = newsroom.site_page()
    form = sent(desk.get(address("sitepage_change", page.pk)))
    change(newsroom, page, text="We are many.")
    answer = desk.post(address("sitepage_change", page.pk), {**form, "text": "We are *very* few."})
    assert answer.status_code == 409
    words = shown(answer)
    assert "Somebody else saved this while you were editing" in words
    assert "We are many." in words
    assert sent(answer)["text"] == ["We are *very* few."]
    page.refresh_from_db()
    assert page.text == "We are many."


@pytest.mark.parametrize("who", ["reporter", "editor", "publisher"])
def test_other_roles_are_kept_out_of_the_screens(newsroom, who):
    page = newsroom.site_page()
    other = sign_in(getattr(newsroom, who))
    for path in (
        address("sitepage_changelist"),
        address("sitepage_add"),
        address("sitepage_change", page.pk),
        address("sitepage_history", page.pk),
    ):
        assert other.get(path).status_code == 403
        assert other.post(path, {"title": "x"}).status_code == 403
    page.refresh_from_db()
    assert page.version == 1


def test_the_list_of_pages_asks_as_often_for_eleven_as_for_one(newsroom, desk):
    counts = []
    desk.get(address("sitepage_changelist"))
    for count in (1, 11):
        for number in range(count):
            newsroom.site_page(f"page-{count}-{number}")
        with CaptureQueriesContext(connections["default"]) as captured:
            assert desk.get(address("sitepage_changelist")).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_the_demonstration_has_its_pages_in_both_languages():
    places = {(page.address, page.language) for page in PAGES}
    wanted = ("about", "corrections-policy", "privacy")
    assert places == {(name, code) for name in wanted for code in ("en", "ko")}
    for page in PAGES:
        assert ("demonstration" if page.language == "en" else "시연") in page.text
        assert page.title
        assert len(page.text) < 40_000
