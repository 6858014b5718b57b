"""The story of a tip: sent by a reader on a phone, answered, made into a draft, closed."""

import re

import pytest
from playwright.sync_api import expect

from claims.models import Tip

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public", "tips"]),
]

PHONE = {"viewport": {"width": 360, "height": 740}, "locale": "ko-KR"}
TEXT = "바이두와 위안바오 안에서 쓰인 것은 이 수치에 들어 있지 않습니다.\n부록 12쪽을 보세요."


@pytest.fixture
def claim(staff):
    return staff.published(
        "Usage fell to 3%",
        texts={"ko": {"statement": "이용률이 3%로 떨어졌다", "reason": "출처가 하나다."}},
        fields={"claimant": staff.party("SemiAnalysis", ko="세미애널리시스")},
    )


@pytest.mark.parametrize("javascript", [True, False])
def test_a_tip_from_a_phone_becomes_a_draft(
    claim, open_page, signed_in, tmp_path, javascript, monkeypatch
):
    reader = open_page(java_script_enabled=javascript, **PHONE)
    reader.goto(f"/ko/claims/{claim.public_id}/tip/?kind=rebuttal")
    reader.screenshot(path=tmp_path / "1-form.png", full_page=True)
    expect(reader.locator("input[value=rebuttal]")).to_be_checked()
    expect(reader.locator("#id_trap")).not_to_be_in_viewport()
    # Sent too fast and with a slip: what was typed stays.
    reader.locator("#id_text").fill(TEXT)
    reader.locator("#id_url").fill("example.org/annex")
    reader.locator("#id_contact").fill("reader")
    reader.locator("form.tip button").click()
    expect(reader.get_by_role("alert")).to_be_visible()
    expect(reader.locator("#id_text")).to_have_value(TEXT)
    expect(reader.locator("input[value=rebuttal]")).to_be_checked()
    reader.screenshot(path=tmp_path / "2-complaints.png", full_page=True)
    reader.locator("#id_contact").fill("reader@example.org")
    reader.wait_for_timeout(3200)
    reader.locator("form.tip button").click()
    expect(reader).to_have_url(re.compile(rf"/ko/tips/thanks/\?claim={claim.public_id}$"))
    reader.screenshot(path=tmp_path / "3-thanks.png", full_page=True)
    assert reader.context.cookies() == []
    tip = Tip.objects.get()
    assert (tip.text, tip.url, tip.language) == (TEXT, "https://example.org/annex", "ko")

    editor = signed_in("editor", java_script_enabled=javascript)
    section = editor.get_by_role("region", name="Tips that wait")
    editor.screenshot(path=tmp_path / "4-front-page.png", full_page=True)
    section.get_by_role("link", name=re.compile("바이두와")).click()
    editor.get_by_role("button", name="I look after it").click()
    expect(editor.get_by_text("Saved: who looks after this tip.")).to_be_visible()
    editor.get_by_label("Your answer").fill("고맙습니다. 확인해 보겠습니다.")
    editor.get_by_role("button", name="Send the answer").click()
    expect(editor.get_by_text("Your answer is on its way.")).to_be_visible()
    editor.screenshot(path=tmp_path / "5-tip.png", full_page=True)
    editor.get_by_role("button", name="Make a draft rebuttal of it").click()
    expect(editor.get_by_text("Done. The tip stays open until you close it")).to_be_visible()
    editor.screenshot(path=tmp_path / "6-draft.png", full_page=True)
    tip.refresh_from_db()
    assert tip.led_to.state == "draft" and tip.led_to.rebuts.get().target == claim
    editor.goto(f"/admin/claims/tip/{tip.pk}/change/")
    editor.get_by_label("Used").check()
    editor.get_by_label("Why, in a line").fill("A rebuttal is being written.")
    editor.get_by_role("button", name="Close the tip").click()
    expect(editor.get_by_text("The tip is closed.")).to_be_visible()
    editor.goto("/admin/claims/tip/?which=closed")
    expect(editor.get_by_role("link", name=re.compile("바이두와"))).to_be_visible()
    editor.screenshot(path=tmp_path / "7-closed.png", full_page=True)
    # Readers see nothing of it.
    reader.goto(f"/ko/claims/{claim.public_id}/")
    expect(reader.get_by_text("바이두와 위안바오")).to_have_count(0)
