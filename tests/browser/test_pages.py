"""The pages as people meet them: accessible, without JavaScript, on a phone, in the dark."""

from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from claims import actions
from tests.rich_claim import rich_claim
from tests.test_admin_steps import rich_rebuttal

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


def test_axe_finds_nothing_where_a_claim_has_everything(staff, settings, open_page):
    settings.VERDICT_SCALE = "snu"
    claim = rich_claim(staff)["claim"]
    due = staff.published("Usage is falling", fields={"review_by": date(2025, 1, 1)})
    gone = staff.published("Something that the law forbids")
    known = {"version": gone.version, "reason": "A court order."}
    actions.request_suppression(gone.pk, actor=staff.publisher, **known)
    actions.suppress(gone.pk, actor=staff.second_publisher, **known)
    found = []
    for look in LOOKS:
        page = open_page(**look)
        for language in ("en", "ko"):
            for each in (claim, due, gone):
                page.goto(f"/{language}/claims/{each.public_id}/")
                found += violations(page)
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= look["viewport"]["width"], f"{each} is {width} pixels wide"
    assert not found, "\n".join(found)


def test_axe_would_find_something(open_page, live_server):
    """The control: the same call on a page that is wrong."""
    page = open_page()
    page.goto("/en/claims/")
    page.evaluate("document.querySelector('h1').innerHTML = '<img src=x>'")
    assert violations(page)


@pytest.fixture
def desk(record, settings) -> list[str]:
    """Paths of the newsroom's screens, with something of everything on them."""
    settings.VERDICT_SCALE = "snu"
    room, claim, withdrawn = record
    full = room.submit(rich_rebuttal(room), actor=room.publisher)
    party = claim.claimant
    actions.save_party(
        actor=room.reporter,
        party_id=party.pk,
        version=party.version,
        kind=party.kind,
        names={"en": "SemiAnalysis LLC", "ko": "세미애널리시스"},
    )
    withdrawn.refresh_from_db()
    topic = full.topics.get()
    claims = "/admin/claims/claim"
    return [
        f"{claims}/",
        f"{claims}/add/",
        f"{claims}/behind/",
        f"{claims}/together/?ids={full.pk},{claim.pk}",
        *(f"{claims}/{each.pk}/change/" for each in (claim, full, withdrawn)),
        f"{claims}/{claim.pk}/rebuttal/",
        f"{claims}/{claim.pk}/history/",
        f"{claims}/{full.pk}/step/approve/",
        *(f"{claims}/{claim.pk}/step/{step}/" for step in ("withdraw", "recheck", "suppress")),
        f"/admin/claims/party/{party.pk}/change/",
        f"/admin/claims/topic/{topic.pk}/change/",
        "/admin/claims/source/add/",
        "/admin/claims/recheck/",
    ]


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look['color_scheme']}{look['viewport']['width']}"
)
def test_axe_finds_nothing_on_the_newsrooms_own_screens(desk, signed_in, look):
    page = signed_in("publisher", **look)
    found = []
    for path in desk:
        page.goto(path)
        # What is folded away is looked at as well.
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        found += violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= look["viewport"]["width"], f"{path} is {width} pixels wide"
    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_a_refused_form(desk, signed_in):
    """Errors beside fields, the conflict table, and the marked sections."""
    page = signed_in("publisher")
    page.goto("/admin/claims/claim/add/")
    page.get_by_text("Right of reply", exact=True).click()
    page.get_by_label("Answered on").fill("2025-07-01")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#id_replies-0-party_error")).to_contain_text("Choose who was asked.")
    assert not violations(page)


def test_figures_and_replies_are_filled_in_by_keyboard_without_javascript(record, signed_in):
    _room, claim, _withdrawn = record
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
    page.get_by_role("button", name="Save").press("Enter")
    error = page.locator("#id_figures-0-value_error")
    expect(error).to_contain_text("Write a number in digits")
    value = page.get_by_role("group", name="Figures 1").get_by_label("Value")
    expect(value).to_have_value("7.2 per cent")
    expect(value).to_have_attribute("aria-describedby", "id_figures-0-value_error")
    value.fill("7.2")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("Usage fell to 4%")
    assert str(claim.figures.get().value.normalize()) == "7.2"


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
