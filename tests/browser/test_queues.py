"""The front page and the queues, as editors meet them."""

import pytest
from playwright.sync_api import expect

from claims import actions
from claims.models import Claim
from tests.browser.test_pages import LOOKS, violations
from tests.test_admin_front_page import ask, in_days, request_changes
from tests.test_admin_queues import accusing, retract

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

REPLIES, RECHECKS = "/admin/claims/claim/replies/", "/admin/claims/claim/rechecks/"


@pytest.fixture
def busy(staff):
    """Something in every list."""
    room = staff
    party = room.party("The accused", ko="피고")
    accusing(room, "They paid for the study", party)
    ask(room, accusing(room, "They hid the figures", party), in_days(-2), party)
    claim = room.submit(room.draft("In review"))
    actions.assign(claim.pk, actor=room.reporter, reviewer=room.editor)
    room.submit(room.draft("In review too", texts={"ko": {"statement": "검토 중이다"}}))
    sent_back = room.submit(room.draft("Sent back", actor=room.editor), actor=room.editor)
    request_changes(room, sent_back, "Cite a second source.", actor=room.publisher)
    room.approved(room.draft("Approved"))
    room.published("Usage is falling now", fields={"review_by": in_days(-3)})
    source = room.source("The dataset")
    room.published("Downloads fell", citations=[{"source": source}])
    retract(room, source)
    return room


def test_axe_finds_nothing_on_the_front_page_and_the_queues(busy, signed_in, tmp_path):
    found = []
    for number, look in enumerate(LOOKS):
        page = signed_in("editor", **look)
        for path in ("/admin/", "/admin/waiting/review/", REPLIES, RECHECKS):
            page.goto(path)
            found += violations(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= look["viewport"]["width"], f"{path} is {width} pixels wide"
            name = path.strip("/").replace("/", "-")
            page.screenshot(path=tmp_path / f"{name}-{number}.png", full_page=True)
    assert not found, "\n".join(found)


def test_an_answer_entered_in_one_step_is_what_readers_see(busy, signed_in, open_page, tmp_path):
    page = signed_in("editor")
    page.get_by_role("link", name="They hid the figures").last.click()
    row = page.locator("article", has_text="They hid the figures")
    row.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Say what came of it.")).to_be_visible()
    row = page.locator("article", has_text="They hid the figures")
    row.get_by_label("They answered").check()
    row.get_by_label("Answer:", exact=True).fill("Every figure is in the annex.")
    row.get_by_label("Answered on").fill(in_days(-1).isoformat())
    row.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("is a draft now and must be reviewed")).to_be_visible()
    page.screenshot(path=tmp_path / "answered.png", full_page=True)
    page.get_by_role("link", name="See it as readers will").click()
    expect(page.get_by_text("Every figure is in the annex.").first).to_be_attached()
    page.screenshot(path=tmp_path / "preview.png", full_page=True)
    claim = Claim.objects.get(texts__statement="They hid the figures")
    busy.submit(claim)
    busy.approve(claim, busy.second_editor)
    busy.publish(claim)
    reader = open_page()
    reader.goto(f"/en/claims/{claim.public_id}/")
    expect(reader.get_by_text("Every figure is in the annex.")).to_be_visible()
    reader.screenshot(path=tmp_path / "readers.png", full_page=True)


def test_a_claim_is_rechecked_in_one_step(busy, signed_in, open_page, tmp_path):
    page = signed_in("editor", java_script_enabled=False)
    page.goto(RECHECKS)
    row = page.locator("article", has_text="Usage is falling now")
    expect(row.get_by_text("3 days overdue")).to_be_visible()
    row.get_by_role("button", name="It still holds").click()
    expect(page.get_by_text("Readers see that you looked again today.")).to_be_visible()
    expect(page.locator("article", has_text="Usage is falling now")).to_have_count(0)
    expect(page.get_by_text("Retracted by its publisher")).to_be_visible()
    page.screenshot(path=tmp_path / "rechecked.png", full_page=True)
