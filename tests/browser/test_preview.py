"""The preview as the newsroom meets it: on a desktop, in the phone's frame, on a phone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import LOOKS, violations
from tests.rich_claim import rich_claim

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


@pytest.fixture
def corrected(staff, settings):
    """A claim with everything on its page, and a correction of it that readers do not see yet."""
    settings.VERDICT_SCALE = "snu"
    claim = rich_claim(staff)["claim"]
    return staff.revise(claim, statement="Monthly downloads fell by half")


def test_from_the_claim_to_its_preview_on_desktop_and_phone(corrected, signed_in, tmp_path):
    page = signed_in("editor", viewport={"width": 1280, "height": 900})
    page.goto(f"/admin/claims/claim/{corrected.pk}/change/")
    page.get_by_role("link", name="Preview", exact=True).click()
    mark = page.get_by_role("complementary", name="Preview for the newsroom")
    expect(mark).to_contain_text("readers do not see this yet")
    expect(page.get_by_role("heading", level=1)).to_have_text("Monthly downloads fell by half")
    page.screenshot(path=tmp_path / "desktop.png", full_page=True)
    mark.get_by_role("link", name="Phone").click()
    frame = page.frame_locator('iframe[title="Preview on a phone"]')
    expect(frame.get_by_role("heading", level=1)).to_have_text("Monthly downloads fell by half")
    inside = page.frames[1]
    assert inside.evaluate("[innerWidth, document.documentElement.scrollWidth]") == [360, 360]
    page.screenshot(path=tmp_path / "phone.png", full_page=True)
    assert all((tmp_path / f"{name}.png").stat().st_size > 20_000 for name in ("desktop", "phone"))
    # Within the frame only the preview can stand: links open outside, and nothing is refused.
    frame.get_by_role("link", name="Use is growing").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Use is growing")
    assert "/admin/" not in page.url
    page.go_back()
    frame.get_by_role("link", name="한국어").click()
    korean = frame.locator('html[lang="ko"]')
    expect(korean).to_be_attached()
    # A jump within the page leads to the same preview outside, with its way back.
    frame.locator('a[href="#rebuttals"]').first.click()
    expect(page.locator("aside.preview nav")).to_be_visible()
    assert page.url.endswith("#rebuttals")


def test_without_javascript_the_preview_is_the_same(corrected, signed_in):
    page = signed_in("editor", java_script_enabled=False)
    page.goto(f"/admin/claims/claim/{corrected.pk}/preview/phone/")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", level=1)).to_have_text("Monthly downloads fell by half")
    page.get_by_role("link", name="Open the preview itself").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Monthly downloads fell by half")


@pytest.mark.parametrize("path", ["preview/", "preview/phone/"])
def test_axe_finds_nothing_on_the_preview(corrected, signed_in, path):
    found = []
    for look in LOOKS:
        page = signed_in("editor", **look)
        for language in ("en", "ko"):
            page.goto(f"/admin/claims/claim/{corrected.pk}/{path}?language={language}")
            found += violations(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= look["viewport"]["width"], f"{path} is {width} pixels wide"
    assert not found, "\n".join(found)
