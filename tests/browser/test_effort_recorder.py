"""The recorder of `effort.py` counts what it says it counts."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.effort import Effort

pytestmark = pytest.mark.browser

TINY = {
    "/": """<!doctype html><title>Tiny</title><form action="/moved">
        <label>Name <input name="name" value="old"></label> <label>Empty <input></label>
        <label>Note <textarea></textarea></label> <label><input type="checkbox"> Sure</label>
        <label>Kind <select><option>One<option>Two</select></label> <button>Send</button></form>
        <a href="#here">Here</a> <a href="/" target="_blank">Window</a> <p>Text</p>
        <iframe src="/framed"></iframe>""",
    "/framed": "<!doctype html><button>Framed</button>",
    "/there": "<!doctype html><title>There</title><a href='/'>Back</a>",
}


class Tiny(BaseHTTPRequestHandler):
    """Answers with the tiny pages; the form's address redirects."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.send_response({"/moved": 302, "/favicon.ico": 404}.get(path, 200))
        if path == "/moved":
            self.send_header("Location", "/there")
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(TINY.get(path, "").encode())

    def log_message(self, *arguments) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def tiny_address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Tiny) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture
def tiny(browser: Browser, tiny_address: str) -> Iterator[Page]:
    page = browser.new_page()
    page.goto(tiny_address)
    yield page
    page.context.close()


def send_and_return(page: Page) -> None:
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/there*")
    page.get_by_role("link", name="Back").click()
    expect(page).to_have_title("Tiny")


def send_by_enter(page: Page) -> None:
    page.get_by_label("Empty").press("Enter")
    page.wait_for_url("**/there*")


def open_window(page: Page) -> None:
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Window").click()
    opened.value.get_by_text("Text").click()
    opened.value.close()


# What is done, and what it counts: clicks, keys, loads.
KNOWN = [
    ("a click anywhere", lambda _e, page: page.get_by_text("Text").click(), (1, 0, 0)),
    ("a click on a label is one", lambda _e, page: page.get_by_text("Sure").click(), (1, 0, 0)),
    ("a double click is two", lambda _e, page: page.get_by_text("Text").dblclick(), (2, 0, 0)),
    (
        "a click in a frame",
        lambda _e, page: page.frame_locator("iframe").get_by_role("button").click(),
        (1, 0, 0),
    ),
    (
        "a script’s own click is none",
        lambda _e, page: page.evaluate("document.querySelector('[type=checkbox]').click()"),
        (0, 0, 0),
    ),
    ("a place on the same page", lambda _e, page: page.get_by_text("Here").click(), (1, 0, 0)),
    (
        "an address that a script changes",
        lambda _e, page: page.evaluate("history.pushState(null, '', '/else')"),
        (0, 0, 0),
    ),
    (
        "typing is free, getting to the field is not",
        lambda effort, page: effort.write(page.get_by_label("Empty"), "Usage fell to 3%"),
        (1, 0, 0),
    ),
    (
        "writing where we are",
        lambda effort, page: (
            page.get_by_label("Empty").focus(),
            effort.write(page.get_by_label("Empty"), "abc"),
        ),
        (0, 0, 0),
    ),
    (
        "another value after a click: select all of the old one",
        lambda effort, page: effort.write(page.get_by_label("Name"), "새 이름"),
        (1, 2, 0),
    ),
    (
        "another value after Tab",
        lambda effort, page: (
            page.keyboard.press("Tab"),
            effort.write(page.get_by_label("Name"), "new"),
        ),
        (0, 1, 0),
    ),
    ("deleting", lambda _e, page: page.get_by_label("Name").press("Backspace"), (0, 0, 0)),
    ("an arrow in a field", lambda _e, page: page.get_by_label("Name").press("Home"), (0, 1, 0)),
    ("Enter in a text", lambda _e, page: page.get_by_label("Note").press("Enter"), (0, 1, 0)),
    ("a shortcut outside fields", lambda _e, page: page.keyboard.press("?"), (0, 1, 0)),
    ("two keys at once", lambda _e, page: page.keyboard.press("Control+Enter"), (0, 2, 0)),
    ("Space on a box", lambda _e, page: page.get_by_label("Sure").press("Space"), (0, 1, 0)),
    ("an option", lambda effort, page: effort.choose(page.get_by_label("Kind"), "Two"), (2, 0, 0)),
    (
        "the option that stands there",
        lambda effort, page: effort.choose(page.get_by_label("Kind"), "One"),
        (0, 0, 0),
    ),
    ("a form, a redirect, and back", lambda _e, page: send_and_return(page), (2, 0, 2)),
    ("a form sent by Enter", lambda _e, page: send_by_enter(page), (0, 1, 1)),
    ("a window of its own", lambda _e, page: open_window(page), (2, 0, 1)),
]


@pytest.mark.parametrize(("name", "act", "known"), KNOWN, ids=[name for name, *_ in KNOWN])
def test_known_actions_yield_known_counts(name, act, known, tiny):
    effort = Effort()
    effort.watch(tiny)
    with effort.step(name):
        act(effort, tiny)
    assert tuple(effort.total.values()) == known


def test_steps_and_people_add_up(tiny, browser):
    effort = Effort()
    effort.watch(tiny)
    other = browser.new_page()
    effort.watch(other)
    with effort.step("one"):
        tiny.get_by_text("Text").click()
        other.keyboard.press("Tab")
    with effort.step("two"):
        effort.choose(tiny.get_by_label("Kind"), "Two")
    other.keyboard.press("Tab")
    other.context.close()
    assert effort.steps == {
        "one": {"clicks": 1, "keys": 1},
        "two": {"clicks": 2},
        "between the steps": {"keys": 1},
    }
    assert effort.total == {"clicks": 3, "keys": 2, "loads": 0}
    assert effort.table().splitlines()[-1].split() == ["total", "3", "2", "0"]
