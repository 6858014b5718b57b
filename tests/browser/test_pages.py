"""The pages as people meet them: accessible, without JavaScript, on a phone, in the dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from claims import actions

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

WCAG = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    }
}
LOOKS = [
    {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}},
    {"color_scheme": "light", "viewport": {"width": 320, "height": 700}},
    {"color_scheme": "dark", "viewport": {"width": 320, "height": 700}},
]


def violations(page) -> list[str]:
    found = Axe().run(page, options=WCAG).response["violations"]
    return [
        f"{page.url} {each['id']}: {[node['target'] for node in each['nodes'][:3]]}"
        for each in found
    ]


@pytest.fixture
def record(staff):
    """A claim with every kind of thing on its page: (newsroom, claim, a withdrawn claim)."""
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
    withdrawn = room.published("Something wrong")
    room.withdraw(withdrawn)
    return room, claim, withdrawn


def readers_paths(claim, withdrawn) -> list[str]:
    return [
        "/en/claims/",
        "/ko/claims/?all=1",
        f"/en/claims/{claim.public_id}/",
        f"/ko/claims/{claim.public_id}/",
        f"/en/claims/{claim.public_id}/editions/1/",
        f"/en/claims/{withdrawn.public_id}/",
        "/en/nowhere/",
    ]


def test_axe_finds_nothing_on_readers_pages(record, open_page):
    _room, claim, withdrawn = record
    found = []
    for look in LOOKS:
        page = open_page(**look)
        for path in readers_paths(claim, withdrawn):
            page.goto(path)
            found += violations(page)
            width = page.evaluate("document.documentElement.scrollWidth")
            assert width <= look["viewport"]["width"], f"{path} is {width} pixels wide"
    assert not found, "\n".join(found)


def test_axe_would_find_something(open_page, live_server):
    """The control: the same call on a page that is wrong."""
    page = open_page()
    page.goto("/en/claims/")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=x>'")
    assert violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_newsrooms_own_screens(record, signed_in, scheme):
    _room, claim, _withdrawn = record
    page = signed_in("publisher", color_scheme=scheme)
    found = []
    for path in (
        "/admin/claims/claim/add/",
        f"/admin/claims/claim/{claim.pk}/change/",
        f"/admin/claims/claim/{claim.pk}/rebuttal/",
        f"/admin/claims/claim/{claim.pk}/history/",
        f"/admin/claims/claim/{claim.pk}/step/withdraw/",
        "/admin/claims/source/add/",
    ):
        page.goto(path)
        found += violations(page)
    assert not found, "\n".join(found)


def test_everything_works_without_javascript(record, open_page, signed_in):
    _room, claim, _withdrawn = record
    reader = open_page(java_script_enabled=False)
    reader.goto("/en/claims/")
    reader.get_by_role("link", name="Usage fell to 4%").click()
    expect(reader.locator("body")).to_contain_text("It is counted since May")
    editor = signed_in("reporter", java_script_enabled=False)
    editor.goto(f"/admin/claims/claim/{claim.pk}/rebuttal/")
    editor.get_by_role("button", name="Save").click()
    expect(editor.locator("body")).to_contain_text("Write the statement in the original language.")


def test_a_conflict_shows_mine_and_theirs(record, signed_in):
    room, _claim, _withdrawn = record
    draft = room.draft("As it was")
    page = signed_in("reporter")
    page.goto(f"/admin/claims/claim/{draft.pk}/change/")
    actions.edit(
        draft.pk, actor=room.editor, version=1, texts={"en": {"statement": "Theirs, saved first"}}
    )
    statement = page.get_by_role("group", name="English", exact=True).get_by_label("Statement")
    statement.fill("Mine, typed meanwhile")
    page.get_by_role("button", name="Save").click()
    conflict = page.get_by_role("alert").first
    expect(conflict).to_contain_text("Theirs, saved first")
    expect(conflict).to_contain_text("Mine, typed meanwhile")
    expect(statement).to_have_value("Mine, typed meanwhile")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Mine, typed meanwhile")
