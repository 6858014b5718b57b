"""A conflict as an editor meets it: three versions, a choice, by keyboard, on every screen."""

from datetime import date

import pytest
from playwright.sync_api import expect

from claims import actions
from tests.browser.test_pages import LOOKS, violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


@pytest.fixture
def draft(staff):
    """(newsroom, a draft with two citations and a figure)."""
    source = staff.first_source()
    draft = staff.draft(
        "Usage fell to 3%",
        texts={"ko": {"statement": "이용률이 3%로 떨어졌다"}},
        citations=[
            {"source": source, "quotation": "as quoted", "relays": [staff.source("Counts")]},
            {"source": staff.source("A newspaper"), "quotation": "as printed"},
        ],
        figures=[{"labels": {"en": "Peak"}, "value": "7.2"}],
    )
    return staff, draft


def save_theirs(room, draft):
    """Somebody else changes texts, a citation and a figure, and adds a request for a reply."""
    first, second = draft.citations.all()
    actions.edit(
        draft.pk,
        actor=room.editor,
        version=1,
        texts={
            "en": {"statement": "Usage fell to 4%", "unknowns": "How it was counted."},
            "ko": {"statement": "이용률이 4%로 떨어졌다"},
        },
        citations=[
            {
                "id": first.pk,
                "source": first.source,
                "quotation": "as they quote it, at more length than anybody expected of them",
                "relays": [room.source("Another count")],
            },
            {"id": second.pk, "source": second.source, "quotation": second.quotation},
        ],
        figures=[],
        replies=[{"party": room.party("DeepSeek"), "asked_on": date(2025, 7, 20)}],
    )


def statement_of(page):
    return page.get_by_role("group", name="English", exact=True).get_by_label("Statement")


def open_and_overtake(room, draft, page):
    page.goto(f"/admin/claims/claim/{draft.pk}/change/")
    save_theirs(room, draft)
    statement_of(page).fill("Usage fell to about 3%")
    page.get_by_role("group", name="Citations 1").get_by_label("Quotation").fill("as I quote it")
    page.get_by_role("group", name="Figures 1").get_by_label("Value").fill("7.3")
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_conflict_of_three_versions_is_settled_by_keyboard_without_javascript(
    draft, signed_in, tmp_path
):
    room, claim = draft
    page = signed_in("reporter", java_script_enabled=False)
    open_and_overtake(room, claim, page)
    expect(page.get_by_role("alert").first).to_contain_text("Nothing of yours is lost")
    choice = page.get_by_role("group", name="Statement (English)")
    for words in ("Usage fell to 3%", "Usage fell to 4%", "Usage fell to about 3%"):
        expect(choice).to_contain_text(words)
    taken = page.get_by_role("group", name="What we don’t know (English)")
    expect(taken).to_contain_text("How it was counted.")
    page.locator(".conflict").screenshot(path=tmp_path / "conflict.png")
    # Nothing is chosen yet: the save is refused, and the form holds what was typed.
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(choice).to_contain_text("Choose one of the two.")
    expect(choice.get_by_label("Theirs, saved")).not_to_be_checked()
    expect(statement_of(page)).to_have_value("Usage fell to about 3%")
    # From one radio button the arrow keys lead to the other.
    choice.get_by_label("Theirs, saved").focus()
    page.keyboard.press("ArrowDown")
    expect(choice.get_by_label("Yours, not saved yet")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    quotation = page.get_by_role("group", name="Citations, row 1: Quotation")
    expect(quotation.get_by_label("Theirs, saved")).to_be_checked()
    figure = page.get_by_role("group", name="Figures, row 1")
    expect(figure).to_contain_text("There is no such row.")
    figure.get_by_label("Yours, not saved yet").press("Space")
    page.locator(".conflict").screenshot(path=tmp_path / "conflict-answered.png")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Usage fell to about 3%")
    first = claim.citations.first()
    assert first.quotation.startswith("as they quote it")
    assert str(first.relays.get().source) == "Another count"
    assert str(claim.figures.get().value.normalize()) == "7.3"
    assert claim.reply_requests.exists()


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look['color_scheme']}{look['viewport']['width']}"
)
def test_axe_finds_nothing_on_a_conflict(draft, signed_in, tmp_path, look):
    room, claim = draft
    page = signed_in("reporter", **look)
    open_and_overtake(room, claim, page)
    expect(page.get_by_role("heading", name="Taken over from them")).to_be_visible()
    found = violations(page)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Choose one of the two.").first).to_be_visible()
    found += violations(page)
    page.locator(".conflict").screenshot(path=tmp_path / "conflict.png")
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= look["viewport"]["width"]
    assert not found, "\n".join(found)
