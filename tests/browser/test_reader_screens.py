"""Every kind of page that readers meet, walked in both languages: light, dark and on a phone."""

from collections import Counter

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.full_site import LANGUAGES, address_of, break_one, full_site, samples

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

# Every rule for WCAG 2.2 AA, `target-size` among them, and what axe's makers think good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": {"type": "tag", "values": TAGS}}
# In the dark nothing differs but the colours.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
LOOKS = [("light", 320, ALL), ("dark", 320, COLOURS), ("dark", 1280, COLOURS), ("light", 1280, ALL)]
RUN = "options => axe.run({...options, resultTypes: ['violations']}).then(each => each.violations)"
UNFOLD = "for (const each of document.querySelectorAll('details')) each.open = true"
LOOK = """() => ({
    width: document.documentElement.scrollWidth,
    language: document.documentElement.lang,
    headings: document.querySelectorAll('h1').length,
    text: document.body.innerText,
    // Blocks of data are no scripts.
    scripts: document.querySelectorAll('script:not([type="application/ld+json"])').length,
})"""


def faults(page: Page, language: str) -> list[str]:
    """What is wrong with the page that is open, in any of its looks."""
    page.evaluate(UNFOLD)
    page.evaluate(AXE_SCRIPT)
    found = []
    for scheme, width, rules in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        for each in page.evaluate(RUN, rules):
            targets = [node["target"] for node in each["nodes"][:3]]
            found.append(f"{scheme}, {width}: {each['id']}: {targets}")
        seen = page.evaluate(LOOK)
        if seen["width"] > width:
            found.append(f"it is {seen['width']} pixels wide on {width}")
    if seen["language"] != language:
        found.append(f"it says that it is in {seen['language']}")
    if seen["headings"] != 1:
        found.append(f"it has {seen['headings']} main headings")
    if seen["scripts"]:
        found.append("it has a script")
    return [f"{page.url} {each}" for each in found]


def test_every_page_is_sound(newsroom_live, settings, open_page, monkeypatch, caplog):
    caplog.set_level("CRITICAL", "django.request")  # what breaks here is meant to
    settings.VERDICT_SCALE = "snu"
    site = full_site(newsroom_live)
    break_one(monkeypatch)
    page, plain = open_page(), open_page(java_script_enabled=False)
    found, statuses = [], Counter()
    for language in LANGUAGES:
        for sample in samples(site):
            path = address_of(site, sample, language)
            answer = page.request.get(path)
            if answer.status != sample.status:
                found.append(f"{path} answers {answer.status}")
            if answer.headers["content-type"].startswith("text/html"):
                page.goto(path)
                plain.goto(path)
                if page.evaluate(LOOK)["text"] != plain.evaluate(LOOK)["text"]:
                    found.append(f"{path} says something else without JavaScript")
                found += faults(page, language)
                statuses[answer.status] += 1
            if page.locator("form.tip").count():
                page.locator("form.tip button").click()
                page.get_by_role("alert").wait_for()
                found += faults(page, language)
            if page.context.cookies():
                found.append(f"{path} sets a cookie")
                page.context.clear_cookies()
    assert not found, "\n".join(found)
    assert statuses[200] > 60 and {400, 404, 410, 500} <= set(statuses)


def test_a_fault_would_be_found(newsroom_live, open_page):
    """The control: each thing that the walk looks at, broken by hand."""
    page = open_page()
    page.goto("/en/claims/")
    assert not faults(page, "en")
    for breaking in (
        "document.documentElement.lang = 'ko'",
        "document.querySelector('h1').innerHTML += '<img src=x>'",
        "document.querySelector('h1').style.color = 'silver'",
        "document.querySelector('h1').style.minInlineSize = '3000px'",
        "document.body.append(document.createElement('h1'))",
        "document.body.append(document.createElement('script'))",
        "for (const each of document.querySelectorAll('nav, nav a'))"
        " each.style.cssText = 'font-size: 4px; padding: 0; gap: 0'",
    ):
        page.reload()
        page.evaluate(breaking)
        assert faults(page, "en"), breaking
