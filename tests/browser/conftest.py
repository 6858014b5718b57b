"""A real browser, Debian's Chromium, against the site on loopback."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.newsroom import PASSWORD, Newsroom

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for the session; with FACTCHECK_REQUIRE_BROWSER (in CI) it may not be absent."""
    if not CHROMIUM.exists():
        reason = f"{CHROMIUM} is not installed (apt install chromium)"
        if os.environ.get("FACTCHECK_REQUIRE_BROWSER"):
            pytest.fail(reason)
        pytest.skip(reason)
    arguments = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser, live_server) -> Iterator:
    """Open pages of separate visitors: `open_page(javascript=True, **context)`.

    Afterwards no page may have reported a script error or a breach of the content policy.
    """
    contexts, complaints = [], []

    def note(message) -> None:
        # A refused form is answered with 4xx, which the browser's console reports as well.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(f"{message.page.url if message.page else ''} {message.text}")

    def visitor(**options) -> Page:
        options.setdefault("base_url", live_server.url)
        options.setdefault("locale", "en-GB")
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", note)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield visitor
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def staff(newsroom_live) -> Newsroom:
    """The newsroom's people, able to sign in."""
    for person in (newsroom_live.reporter, newsroom_live.editor, newsroom_live.publisher):
        person.set_password(PASSWORD)
        person.save(update_fields=["password"])
    return newsroom_live


@pytest.fixture
def signed_in(open_page, staff):
    """Open the newsroom as one of its people: `signed_in("reporter")`."""

    def sign_in(username: str, **options) -> Page:
        page = open_page(**options)
        page.goto("/admin/")
        page.get_by_label("User name or e-mail address").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_selector("#user-tools")
        return page

    return sign_in
