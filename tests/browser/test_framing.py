"""Who may frame what, in a real browser: a page on another port of loopback tries."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from claims.public.embeds import frame

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


class Elsewhere(BaseHTTPRequestHandler):
    """Another site, which answers every address with the same page."""

    def __init__(self, pages: dict[str, str], *args) -> None:
        self.pages = pages
        super().__init__(*args)

    def do_GET(self) -> None:
        body = self.pages.get(self.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, dict[str, str]]]:
    """(address, pages by path) of a site that is not ours."""
    pages: dict[str, str] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Elsewhere, pages))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", pages
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def claim(newsroom_live):
    claim = newsroom_live.published(
        "Usage fell to 3% </script>", texts={"ko": {"statement": "이용률이 3%로 떨어졌다"}}
    )
    newsroom_live.publish(newsroom_live.rebuttal(claim, "Embedded use is not counted"))
    return claim


def test_the_card_is_framed_elsewhere_and_the_claims_page_is_not(
    browser, live_server, elsewhere, claim
):
    address, pages = elsewhere
    page_of_claim = f"{live_server.url}/en/claims/{claim.public_id}/"
    pages["/card"] = frame(f"{page_of_claim}card/", "A claim")
    pages["/page"] = frame(page_of_claim, "A claim")
    context = browser.new_context()
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(f"{address}/card")
    card = page.frame_locator("iframe")
    card.get_by_role("heading", name="Usage fell to 3%").wait_for()
    # Its stylesheet is used, although the frame's own origin is nobody's.
    assert card.locator("main").evaluate("el => getComputedStyle(el).display") == "flex"
    with context.expect_page() as opened:
        card.get_by_role("link").click()
    opened.value.wait_for_load_state()
    assert opened.value.url == page_of_claim
    # (That scripts are blocked in the sandbox is what Playwright's own hear.)
    assert not [text for text in said if "Content Security Policy" in text], said

    page.goto(f"{address}/page")
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in text for text in said), said  # the control: it would be told
    assert page.frame_locator("iframe").get_by_text("Usage fell").count() == 0
    context.close()


def test_data_blocks_breach_no_policy_and_are_read(open_page, newsroom_live, settings):
    settings.VERDICT_SCALE = "five"
    claim = newsroom_live.published(
        "Usage fell </script><script>alert(1)</script>",
        fields={"verdict": "false"},
        citations=[{"source": newsroom_live.source("On air", url="https://example.org/1")}],
    )
    page = open_page()  # complains at its end of what the console says
    page.goto(f"/en/claims/{claim.public_id}/")
    found = page.evaluate(
        """[...document.querySelectorAll('script[type="application/ld+json"]')]
            .map(each => JSON.parse(each.textContent))"""
    )
    assert [each.get("@type") for each in found] == ["ClaimReview", None]
    assert found[0]["claimReviewed"] == "Usage fell </script><script>alert(1)</script>"
