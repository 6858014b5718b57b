"""Every screen of the newsroom, walked in both languages, light and dark, wide and narrow."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as site_settings
from django.test import Client
from playwright.sync_api import Page

from tests.browser.test_pages import violations
from tests.full_desk import full_desk, newsroom_addresses
from tests.newsroom import Newsroom

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

WALKS = [("en", "light", 1280), ("ko", "dark", 320), ("ko", "light", 1280), ("en", "dark", 320)]
LOCALES = {"en": "en-GB", "ko": "ko-KR"}
# Who is signed in, and what is looked at again with their eyes although somebody before saw it.
VISITORS = {
    "publisher": (),
    "admin": ("/admin/", "/admin/claims/", "/accounts/security/"),
    None: ("/accounts/password/reset/",),
}
UNFOLD = "for (const each of document.querySelectorAll('details')) each.open = true"
LOOK = """() => ({
    width: document.documentElement.scrollWidth,
    language: document.documentElement.lang,
    title: document.title,
    headings: [...document.querySelectorAll('h1')].map(each => each.innerText.trim()),
})"""


@pytest.fixture
def screens(newsroom_live, settings, tmp_path) -> dict[str | None, list[str]]:
    """The addresses that answer with a page, by who is shown it."""
    settings.VERDICT_SCALE = "snu"
    settings.MFA_REAUTHENTICATION_REQUIRED = False  # the pages behind “Is it you?” too
    settings.MAIL_FOLDER = str(tmp_path / "mail")
    write_mail(Path(settings.MAIL_FOLDER))
    room = newsroom_live
    addresses = newsroom_addresses(full_desk(room))
    TOTP.activate(room.publisher, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(room.publisher)
    found: dict[str | None, list[str]] = {}
    for name, again in VISITORS.items():
        client, seen = visitor(room, name), {*chain(*found.values())} - {*again}
        found[name] = [each for each in addresses if each not in seen and is_page(client, each)]
    return found


def write_mail(folder: Path) -> None:
    folder.mkdir()
    (folder / "1.log").write_text(
        "Subject: [Counterclaim] Review asked\nFrom: newsroom@localhost\nTo: editor@example.org\n"
        "Date: Tue, 01 Jul 2025 09:00:00 +0900\n\nLook at http://127.0.0.1/admin/\n" + "-" * 79
    )


def visitor(room: Newsroom, name: str | None) -> Client:
    client = Client()
    if name:
        client.force_login(getattr(room, name))
    return client


def is_page(client: Client, path: str) -> bool:
    """Redirections, refusals, files and data are no screens."""
    response = client.get(path)
    assert response.status_code < 500, path
    is_html = response.headers["Content-Type"].startswith("text/html")
    return is_html and response.status_code == 200


def faults(page: Page, language: str) -> list[str]:
    """What is wrong with the screen that is open."""
    page.evaluate(UNFOLD)
    # Without `preload`: axe would read again what Django's forms.css imports, in a style element of
    # its own, and the content policy would complain of that.
    seen, found = page.evaluate(LOOK), violations(page, preload=False)
    width, name = page.viewport_size["width"], site_settings.SITE_NAME
    headings, title = seen["headings"], seen["title"].removeprefix("⚠ ")
    if seen["width"] > width:
        found.append(f"{page.url} is {seen['width']} pixels wide")
    if seen["language"] != language:
        found.append(f"{page.url} says that it is in {seen['language']}")
    if len(headings) != 1 or not headings[0]:
        found.append(f"{page.url} has these main headings: {headings}")
    elif headings[0] not in title or title.split(" | ")[0] == name or name not in title:
        found.append(f"{page.url} has the title {title!r} and the heading {headings[0]!r}")
    return found


@pytest.fixture
def walk(screens, newsroom_live, open_page, live_server):
    """Show every screen to whom it is for: `walk(language, scheme, width)`, page by page."""
    session = site_settings.SESSION_COOKIE_NAME

    def each(language: str, scheme: str, width: int) -> Iterator[Page]:
        for name, paths in screens.items():
            page = open_page(
                locale=LOCALES[language],
                color_scheme=scheme,
                viewport={"width": width, "height": 900},
            )
            if name:
                value = visitor(newsroom_live, name).cookies[session].value
                cookie = {"name": session, "value": value, "url": live_server.url}
                page.context.add_cookies([cookie])
            for path in paths:
                page.goto(path)
                yield page

    return each


@pytest.mark.parametrize(("language", "scheme", "width"), WALKS)
def test_every_screen_is_sound(walk, language, scheme, width):
    found, seen = [], 0
    for page in walk(language, scheme, width):
        found += faults(page, language)
        seen += 1
    assert not found, "\n".join(found)
    assert seen > 110


def test_a_fault_would_be_found(newsroom_live, open_page):
    """The control: each thing that the walk looks at, broken by hand."""
    page = open_page()
    page.goto("/accounts/login/")
    assert not faults(page, "en")
    for breaking in (
        "document.documentElement.lang = 'ko'",
        "document.title = 'Counterclaim'",
        "document.body.append(document.createElement('h1'))",
        "document.querySelector('h1').remove()",
        "document.querySelector('h1').style.minInlineSize = '3000px'",
        "document.querySelector('#id_login').removeAttribute('id')",
    ):
        page.reload()
        page.evaluate(breaking)
        assert faults(page, "en"), breaking
