"""The pages as people meet them: accessible, without JavaScript, on a phone, in the dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

WCAG = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    },
}
LOOKS = [
    {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "light", "viewport": {"width": 320, "height": 700}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 700}},
]


# A field under a bar that stays in sight is scrolled from under it (test_claim_screen.py tests that
# for the focus), and an open menu lies over the page; here everything is measured where it stands.
LET_BARS_SCROLL = """
const floating = '.status-line, .submit-row, .account > ul, .more-steps > .steps';
for (const each of document.querySelectorAll(floating)) {
    each.style.position = 'static';
    each.style.inlineSize = 'auto';
}
"""


def violations(page, **options) -> list[str]:
    page.evaluate(LET_BARS_SCROLL)
    found = Axe().run(page, options={**WCAG, **options}).response["violations"]
    return [
        f"{page.url} {each['id']}: {[node['target'] for node in each['nodes'][:3]]}"
        for each in found
    ]


@pytest.fixture
def claim(staff):
    """A claim with rebuttals of each kind, a reply and a second edition."""
    room = staff
    claim = room.published(
        "Usage fell to 3%",
        texts={"ko": {"statement": "이용률이 3%로 떨어졌다"}},
        fields={"claimant": room.party("SemiAnalysis", ko="세미애널리시스")},
        text={"unknowns": "How it was counted.", "would_change": "A second count."},
    )
    rebuttal = room.rebuttal(claim, "Embedded use is not counted", confidence="moderate")
    context = room.rebuttal(claim, "Traffic was never the goal", ground="qualify", opposer="us")
    room.publish(rebuttal)
    room.publish(context)
    room.publish(room.rebuttal(rebuttal, "It is counted since May", confidence="not_assessed"))
    room.publish(room.revise(claim, statement="Usage fell to 4%"))
    return claim


def test_axe_would_find_something(open_page, live_server):
    """The control: the same call on a page that is wrong."""
    page = open_page()
    page.goto("/en/claims/")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=x>'")
    assert violations(page)


def test_axe_finds_nothing_on_a_refused_form(signed_in):
    """Errors beside fields, and the marked sections."""
    page = signed_in("publisher")
    page.goto("/admin/claims/claim/add/")
    page.locator("summary").get_by_text("Right of reply", exact=True).click()
    page.get_by_label("Answered on").fill("2025-07-01")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#id_replies-0-party_error")).to_contain_text("Choose who was asked.")
    assert not violations(page)


def test_figures_and_replies_are_filled_in_by_keyboard_without_javascript(claim, signed_in):
    page = signed_in("editor", java_script_enabled=False)
    page.goto(f"/admin/claims/claim/{claim.pk}/change/")
    summary = page.locator("summary", has_text="Figures, and the change it states")
    summary.focus()
    page.keyboard.press("Enter")
    row = page.get_by_role("group", name="Figures 1")
    row.get_by_label("Label (English)").focus()
    page.keyboard.type("Peak, early 2025")
    row.get_by_label("Value").focus()
    page.keyboard.type("7.2 per cent")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    error = page.locator("#id_figures-0-value_error")
    expect(error).to_contain_text("Write a number in digits")
    value = page.get_by_role("group", name="Figures 1").get_by_label("Value")
    expect(value).to_have_value("7.2 per cent")
    expect(value).to_have_attribute("aria-describedby", "id_figures-0-value_error")
    value.fill("7.2")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Usage fell to 4%")
    assert str(claim.figures.get().value.normalize()) == "7.2"


def test_everything_works_without_javascript(claim, open_page, signed_in):
    reader = open_page(java_script_enabled=False)
    reader.goto("/en/claims/")
    reader.get_by_role("link", name="Usage fell to 4%").click()
    expect(reader.locator("body")).to_contain_text("It is counted since May")
    editor = signed_in("reporter", java_script_enabled=False)
    editor.goto(f"/admin/claims/claim/{claim.pk}/rebuttal/")
    editor.get_by_role("button", name="Save", exact=True).click()
    expect(editor.locator("body")).to_contain_text("Write the statement in the original language.")
