"""From when on readers see what: scheduled, moved, cancelled, withdrawn, back, gone for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from claims.models import Claim, Mail, PublishedEdition
from claims.templatetags.desk import spelled
from tests.newsroom import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


@pytest.fixture
def screenshot(tmp_path) -> Callable[[Page, str], None]:
    def take(page: Page, name: str) -> None:
        page.screenshot(path=tmp_path / f"{name}.png", full_page=True)
        assert (tmp_path / f"{name}.png").stat().st_size > 5_000

    return take


def step(page: Page, claim: Claim, name: str, **typed: str) -> None:
    """Take one step from the claim's screen, with what is typed into its form, by label."""
    page.goto(f"/admin/claims/claim/{claim.pk}/change/")
    link = page.locator(".status-line").get_by_role("link", name=name, exact=True)
    if not link.is_visible():
        page.locator(".status-line summary", has_text="More").click()
    link.click()
    for label, text in typed.items():
        page.get_by_label(label).fill(text)
    page.get_by_role("button", name=name, exact=True).click()


def done(page: Page, *words: str) -> None:
    for each in words:
        expect(page.locator(".messagelist .success")).to_contain_text(each)


def clock(moment: datetime) -> str:
    """As the field for a moment holds it: on the newsroom's clock."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def status_of(reader: Page, claim: Claim) -> int:
    return reader.goto(f"/en/claims/{claim.public_id}/").status


def test_a_release_is_scheduled_moved_and_cancelled(
    staff, signed_in, open_page, screenshot, settings
):
    # A zone far from the reader's and the server's: 23:30 there is another day in London.
    assert settings.TIME_ZONE == "Asia/Seoul"
    claim = staff.approved(staff.draft("Usage fell to 3%"))
    publisher = signed_in("publisher", timezone_id="Europe/London")
    reader = open_page(timezone_id="Europe/London")
    opens = timezone.localtime().replace(hour=23, minute=30, second=0, microsecond=0)
    opens += timedelta(days=2)

    publisher.goto(f"/admin/claims/claim/{claim.pk}/step/publish/")
    expect(publisher.locator("form.desk")).to_contain_text("The newsroom’s clock: Asia/Seoul, now")
    step(publisher, claim, "Publish", **{"Open to readers at": clock(opens)})
    done(publisher, f"readers see it from {spelled(opens)} (Asia/Seoul)")
    expect(publisher.locator(".status").first).to_contain_text(f"Edition 1 opens {spelled(opens)}")
    screenshot(publisher, "scheduled")
    assert PublishedEdition.objects.get(claim_key=claim.pk).opened_at == opens
    assert status_of(reader, claim) == 404
    reader.goto("/en/claims/")
    expect(reader.get_by_text("Usage fell to 3%")).to_have_count(0)
    screenshot(reader, "readers-before")

    # The field holds the moment that was chosen, on the same clock.
    later = opens + timedelta(days=1, hours=1)
    publisher.goto(f"/admin/claims/claim/{claim.pk}/step/move/")
    expect(publisher.get_by_label("Open to readers at")).to_have_value(clock(opens))
    step(publisher, claim, "Move the opening", **{"Open to readers at": clock(later)})
    done(publisher, f"readers see it from {spelled(later)} (Asia/Seoul)")
    screenshot(publisher, "moved")
    assert PublishedEdition.objects.get(claim_key=claim.pk).opened_at == later
    assert status_of(reader, claim) == 404

    step(publisher, claim, "Cancel the opening", Reason="The figure is being checked.")
    done(publisher, "Cancel the opening")
    expect(publisher.locator(".status").first).to_contain_text(
        "The opening of edition 1 was cancelled"
    )
    screenshot(publisher, "cancelled")
    assert status_of(reader, claim) == 404

    # Scheduled again without a moment it is open: the same reader, the same address.
    step(publisher, claim, "Schedule again")
    done(publisher, "Schedule again")
    assert status_of(reader, claim) == 200
    screenshot(reader, "readers-after")


def test_a_moment_that_has_passed_or_is_none_is_refused_and_stays_in_the_field(
    staff, signed_in, screenshot
):
    claim = staff.approved(staff.draft())
    page = signed_in("publisher")
    past = clock(timezone.now() - timedelta(days=1))
    step(page, claim, "Publish", **{"Open to readers at": past})
    expect(page.locator(".errornote")).to_be_visible()
    expect(page.get_by_label("Open to readers at")).to_have_value(past)
    screenshot(page, "refused")
    assert not PublishedEdition.objects.exists()


def test_a_claim_is_withdrawn_at_once_and_comes_back_by_two_people(
    staff, signed_in, open_page, screenshot
):
    others = {staff.second_publisher, staff.person("third", "publisher")}
    claim = staff.published("Usage fell to 3%")
    publisher, editor, reader = signed_in("publisher"), signed_in("editor"), open_page()
    assert status_of(reader, claim) == 200
    assert not Mail.objects.filter(kind="withdrawn").exists()

    notice = "The source took its figure back; we are checking."
    step(
        publisher,
        claim,
        "Withdraw",
        **{"Reason": "YTN withdrew its report.", "Notice to readers (English)": notice},
    )
    done(publisher, "Withdraw")
    screenshot(publisher, "withdrawn")
    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_have_text("This claim has been withdrawn")
    expect(reader.locator("body")).to_contain_text(notice)
    expect(reader.locator("body")).not_to_contain_text("Usage fell to 3%")
    expect(reader.locator("body")).not_to_contain_text("YTN withdrew its report.")
    screenshot(reader, "readers-notice")
    mails = Mail.objects.filter(kind="withdrawn", claim=claim, actor=staff.publisher)
    told = {mail.recipient for mail in mails.select_related("recipient")}
    assert told >= others and staff.publisher not in told  # who withdrew it knows

    # Who withdrew it cannot bring it back alone.
    publisher.goto(f"/admin/claims/claim/{claim.pk}/change/")
    publisher.locator(".status-line summary", has_text="More").click()
    expect(publisher.locator(".status-line .waiting")).to_contain_text(
        ["you withdrew it: somebody else has to approve its return"]
    )
    expect(publisher.get_by_role("link", name="Reinstate", exact=True)).to_have_count(0)
    screenshot(publisher, "not-alone")
    step(editor, claim, "Approve reinstating")
    done(editor, "Approve reinstating")
    assert status_of(reader, claim) == 200
    expect(reader.locator("body")).to_contain_text(notice)  # until a publisher takes the step
    step(publisher, claim, "Reinstate", Reason="The figure stands.")
    done(publisher, "Reinstate")
    screenshot(publisher, "reinstated")
    reader.reload()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Usage fell to 3%")
    expect(reader.locator("body")).not_to_contain_text(notice)
    screenshot(reader, "readers-again")


def test_a_claim_is_suppressed_by_two_publishers(staff, signed_in, open_page, screenshot):
    staff.second_publisher.set_password(PASSWORD)
    staff.second_publisher.save(update_fields=["password"])
    claim = staff.published("Something that the law forbids")
    first, second, reader = signed_in("publisher"), signed_in("second_publisher"), open_page()

    step(first, claim, "Request suppression", **{"What the law demands": "A court order."})
    done(first, "Request suppression")
    first.locator(".status-line summary", has_text="More").click()
    expect(first.locator(".status-line")).to_contain_text(
        "you requested it: another publisher has to carry it out"
    )
    expect(first.get_by_role("link", name="Suppress", exact=True)).to_have_count(0)
    screenshot(first, "requested")
    assert status_of(reader, claim) == 200
    # Nor by the form's address.
    first.goto(f"/admin/claims/claim/{claim.pk}/step/suppress/")
    first.get_by_role("button", name="Suppress", exact=True).click()
    expect(first.locator(".errorlist, .errornote").first).to_be_visible()
    assert status_of(reader, claim) == 200

    second.goto(f"/admin/claims/claim/{claim.pk}/step/suppress/")
    expect(second.locator(".warning")).to_contain_text("cannot be undone by anybody")
    expect(second.locator("#content-main")).to_contain_text("A court order.")
    screenshot(second, "before-suppressing")
    step(second, claim, "Suppress")
    done(second, "Suppress")
    screenshot(second, "suppressed")
    for address in ("", "editions/1/"):
        assert reader.goto(f"/en/claims/{claim.public_id}/{address}").status == 410
        expect(reader.locator("body")).not_to_contain_text("Something that the law forbids")
    screenshot(reader, "readers-gone")


def test_claims_behind_a_changed_party_are_refreshed_together(
    staff, signed_in, open_page, screenshot
):
    house = staff.party("A house")
    statements = ["Usage fell", "Downloads fell"]
    claims = [staff.published(each, fields={"claimant": house}) for each in statements]
    busy = staff.published("Visits fell", fields={"claimant": house})
    staff.revise(busy, statement="Visits fell by half")
    publisher, editor, reader = signed_in("publisher"), signed_in("editor"), open_page()

    publisher.goto(f"/admin/claims/party/{house.pk}/change/")
    publisher.get_by_label("Name (English)").fill("A home")
    publisher.get_by_role("button", name="Save", exact=True).click()
    left = publisher.locator(".behind")
    for each in statements:
        expect(left.get_by_label(each, exact=True)).to_be_checked()
    expect(left).to_contain_text("Somebody is working on it")
    screenshot(publisher, "left-behind")
    note = "The claimant is called A home now."
    left.get_by_label("Note to readers (English)").fill(note)
    left.get_by_role("button", name="Refresh together").click()
    done(publisher, "2 claims are in review now")
    screenshot(publisher, "in-review")
    together = publisher.url
    expect(publisher.get_by_role("button", name="Approve together")).to_have_count(0)

    editor.goto(together)
    editor.get_by_role("button", name="Approve together").click()
    done(editor, "Approve together")
    assert status_of(reader, claims[0]) == 200
    expect(reader.locator("body")).to_contain_text("A house")
    publisher.goto(together)
    publisher.get_by_role("button", name="Publish together").click()
    done(publisher, "Publish together")
    screenshot(publisher, "published")
    for claim in claims:
        status_of(reader, claim)
        expect(reader.locator("body")).to_contain_text("A home")
        expect(reader.locator("body")).to_contain_text(note)
    screenshot(reader, "readers")
    # The one that somebody works on is behind still, and says so.
    publisher.goto("/admin/claims/claim/behind/")
    expect(publisher.get_by_role("link", name="Visits fell by half")).to_be_visible()
    assert set(Claim.objects.behind()) == {busy}
