"""The claim's page whole: its argument by keyboard and in print, its timeline, changes, citing."""

import pytest
from playwright.sync_api import expect

from tests.full_site import argued

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


@pytest.fixture
def claim(newsroom_live):
    """Six levels of replies, three editions, two standings, a source with an address."""
    return argued(newsroom_live)


def test_the_argument_opens_by_keyboard_without_javascript(claim, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"/en/claims/{claim.public_id}/")
    folded = page.get_by_text("Level 4 says no")
    expect(page.get_by_text("Level 3 says no")).to_be_visible()
    expect(folded).to_be_hidden()
    summary = page.locator("summary", has_text="3 replies that lie deeper")
    summary.focus()
    page.keyboard.press("Enter")
    expect(folded).to_be_visible()
    expect(page.get_by_text("Level 6 says no")).to_be_visible()


def test_replies_are_lists_in_lists_for_those_who_hear_them(claim, open_page):
    page = open_page()
    page.goto(f"/en/claims/{claim.public_id}/")
    third = page.get_by_role("list").get_by_role("list").get_by_role("list")
    expect(third.get_by_role("heading", name="Level 3 says no")).to_be_visible()
    drawing = page.get_by_role("img", name="Confidence and standing over time")
    expect(drawing).to_be_visible()


def test_print_holds_what_is_folded_and_the_addresses_and_no_buttons(claim, open_page):
    page = open_page()
    page.goto(f"/en/claims/{claim.public_id}/")
    folded, address = page.get_by_text("Level 6 says no"), page.locator(".printed")
    expect(folded).to_be_hidden()
    expect(address).to_be_hidden()
    page.emulate_media(media="print")
    assert folded.bounding_box()["height"] > 0
    expect(address).to_contain_text(f"/en/claims/{claim.public_id}/editions/3/")
    for each in (".actions", ".sections", ".languages", ".skip"):
        expect(page.locator(each)).to_be_hidden()
    written = page.evaluate(
        "getComputedStyle(document.querySelector('.source a'), '::after').content"
    )
    assert "https://example.org/a/report" in written or "attr(href)" in written


def test_letters_of_the_timeline_keep_their_size_on_a_phone(claim, open_page):
    page = open_page(viewport={"width": 320, "height": 700})
    page.goto(f"/en/claims/{claim.public_id}/")
    sizes = page.evaluate(
        "[...document.querySelectorAll('.timeline text')].map(t => t.getBoundingClientRect())"
        ".map(r => [r.left, r.right, r.height])"
    )
    assert sizes
    assert all(left >= 0 and right <= 320 and height >= 14 for left, right, height in sizes)


def test_two_editions_are_chosen_from_the_form(claim, open_page):
    page = open_page(java_script_enabled=False)
    page.goto(f"/en/claims/{claim.public_id}/")
    page.get_by_role("link", name="What changed").first.click()
    page.get_by_label("From").select_option("1")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "What changed from edition 1 to edition 3"
    )
    expect(page.locator("ins").first).to_be_visible()
