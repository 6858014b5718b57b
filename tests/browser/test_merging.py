"""Two claims become one by hand: taken back once, merged again, published with what rebuts it."""

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

OLD, STAYS, REBUTTAL = "Usage is falling", "Use goes down", "Embedded use is not counted"


def open_claim(page: Page, statement: str) -> None:
    page.goto("/admin/claims/claim/")
    page.locator("#result_list").get_by_role("link", name=statement).click()


def step(page: Page, name: str, statement: str) -> None:
    open_claim(page, statement)
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("button", name=name, exact=True).click()


def note(page: Page, statement: str) -> None:
    """Say what kind of change the working copy is, and hand it over."""
    open_claim(page, statement)
    english = page.get_by_role("group", name="English", exact=True)
    english.get_by_label("Note to readers").fill("Two claims that said the same are one.")
    page.get_by_label("Kind of change").select_option("Clarification: the same, said more clearly")
    page.get_by_role("button", name="Save", exact=True).click()
    step(page, "Submit for review", statement)
    expect(page.locator(".messagelist .success")).to_contain_text("Submit for review")


def merge(page: Page) -> None:
    open_claim(page, OLD)
    page.get_by_role("link", name="Merge", exact=True).click()
    page.get_by_label("Search by words of its statement").fill("goes down")
    page.get_by_role("button", name="Search").click()
    page.locator(".found").get_by_role("link", name=STAYS).click()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_merge_is_taken_back_made_again_and_published(
    staff, signed_in, open_page, tmp_path, javascript
):
    old, stays = staff.published(OLD), staff.published(STAYS)
    staff.publish(staff.rebuttal(old, REBUTTAL))
    editor = signed_in("editor", java_script_enabled=javascript)
    publisher, reader = signed_in("publisher"), open_page()

    merge(editor)
    plan = editor.locator(".plan")
    expect(plan).to_contain_text(REBUTTAL)
    expect(plan).to_contain_text(OLD)
    editor.screenshot(path=tmp_path / "compare.png", full_page=True)
    editor.get_by_role("button", name="Merge", exact=True).click()
    expect(editor.locator(".messagelist .success")).to_contain_text("is merged into")
    editor.screenshot(path=tmp_path / "merged.png", full_page=True)
    reader.goto("/en/claims/")
    expect(reader.get_by_role("link", name=OLD)).to_have_count(1)

    # Without its rebuttal the claim is not published.
    note(editor, STAYS)
    step(publisher, "Approve", STAYS)
    step(publisher, "Publish", STAYS)
    expect(publisher.locator(".errorlist")).to_contain_text("in the same step")
    publisher.screenshot(path=tmp_path / "refused.png", full_page=True)

    open_claim(editor, OLD)
    editor.get_by_role("link", name="Undo the merge").click()
    expect(editor.locator(".plan")).to_contain_text(REBUTTAL)
    editor.screenshot(path=tmp_path / "undo.png", full_page=True)
    editor.get_by_role("button", name="Undo").click()
    expect(editor.locator(".messagelist .success")).to_contain_text("Taken back")
    open_claim(editor, OLD)
    expect(editor.locator(".status-line .state")).to_have_text("Published")

    merge(editor)
    editor.get_by_role("button", name="Merge", exact=True).click()
    note(editor, REBUTTAL)
    # With a rebuttal, what it rebuts is handed over.
    open_claim(editor, STAYS)
    expect(editor.locator(".status-line .state")).to_have_text("In review")
    step(publisher, "Approve", REBUTTAL)
    step(publisher, "Approve", STAYS)
    open_claim(publisher, STAYS)
    publisher.get_by_role("link", name="Publish", exact=True).click()
    expect(publisher.get_by_label(REBUTTAL)).to_be_checked()
    expect(publisher.locator(".warning")).to_contain_text(OLD)
    publisher.screenshot(path=tmp_path / "publish.png", full_page=True)
    publisher.get_by_role("button", name="Publish", exact=True).click()
    expect(publisher.locator(".messagelist .success")).to_contain_text("Publish")

    for address in (f"/en/claims/{old.public_id}/", f"/en/claims/{old.public_id}/editions/1/"):
        reader.goto(address)
        assert reader.url.endswith(f"/en/claims/{stays.public_id}/")
        expect(reader.get_by_role("heading", level=1)).to_have_text(STAYS)
        expect(reader.locator("body")).to_contain_text(REBUTTAL)
    reader.screenshot(path=tmp_path / "reader.png", full_page=True)
    reader.goto("/en/claims/")
    expect(reader.get_by_role("link", name=OLD)).to_have_count(0)


def test_a_claim_is_split_by_hand_and_made_one_again(staff, signed_in, tmp_path):
    claim = staff.draft("It is small and slow")
    staff.rebuttal(claim, REBUTTAL)
    editor = signed_in("editor")
    open_claim(editor, "It is small and slow")
    editor.get_by_role("link", name="Split", exact=True).click()
    editor.get_by_label("This claim says (English)").fill("It is small")
    editor.get_by_label("The new claim says (English)").fill("It is slow")
    editor.get_by_role("group", name="as quoted").get_by_label("Stands in both").check()
    editor.get_by_role("group", name=REBUTTAL).get_by_label("Goes to the new claim").check()
    editor.screenshot(path=tmp_path / "split.png", full_page=True)
    editor.get_by_role("button", name="Split", exact=True).click()
    expect(editor.locator(".messagelist .success")).to_contain_text("It is slow")
    expect(editor.locator(".against")).to_contain_text(REBUTTAL)
    editor.get_by_role("link", name="Undo the split").click()
    editor.get_by_role("button", name="Undo").click()
    open_claim(editor, "It is small and slow")
    expect(editor.locator(".against")).to_contain_text(REBUTTAL)
