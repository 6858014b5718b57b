"""The claim's screen in a browser: found and made by keyboard, with and without JavaScript."""

import pytest
from playwright.sync_api import expect

from claims.models import Claim, Party, Source
from tests.browser.test_pages import LOOKS, violations
from tests.browser.test_story import tick

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

ADD = "/admin/claims/claim/add/"


def option(page, name: str):
    return page.get_by_role("option", name=name)


def fill_in(page) -> None:
    """What a claim needs beside its claimant and its source."""
    page.get_by_role("group", name="English", exact=True).get_by_label("Statement").fill("It fell")
    page.get_by_label("Reason for the confidence").first.fill("One origin.")
    tick(page, "Confidence", "Low")


def test_a_party_is_found_by_keyboard_alone(staff, signed_in):
    staff.party("YTN", ko="와이티엔")
    staff.party("SemiAnalysis", ko="세미애널리시스")
    page = signed_in("reporter")
    page.goto(ADD)
    box = page.get_by_role("combobox", name="Claimant")
    expect(box).to_have_attribute("aria-expanded", "false")
    box.focus()
    page.keyboard.type("세미")
    expect(option(page, "SemiAnalysis")).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=status]").last).to_have_text("Results: 1")
    page.keyboard.press("ArrowDown")
    active = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(active).to_have_attribute("aria-selected", "true")
    expect(active).to_contain_text("SemiAnalysis")
    # Round to the last one, which is always the new one, and back.
    page.keyboard.press("ArrowUp")
    new = page.locator("[aria-selected=true]")
    expect(new).to_have_text("New party: “세미”")
    page.keyboard.press("Home")
    expect(page.locator("[aria-selected=true]")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("세미")
    page.keyboard.press("ArrowDown")
    expect(option(page, "SemiAnalysis")).to_be_visible()
    expect(page.locator("[aria-selected=true]")).to_contain_text("SemiAnalysis")
    page.keyboard.press("Enter")
    expect(box).to_have_value("SemiAnalysis")
    expect(page).to_have_url(page.url)  # Enter chose; it sent nothing
    assert page.locator("input[name=claimant]").input_value() == str(
        Party.objects.get(names__name="SemiAnalysis").pk
    )
    # Other words name nobody yet.
    page.keyboard.press("End")
    page.keyboard.type("x")
    expect(page.locator("input[name=claimant]")).to_have_value("")


def test_a_new_party_and_a_new_source_are_recorded_by_one_save(staff, signed_in):
    page = signed_in("reporter")
    page.goto(ADD)
    fill_in(page)
    page.get_by_role("combobox", name="Claimant").fill("QuestMobile")
    option(page, "New party: “QuestMobile”").click()
    page.get_by_label("Name (Korean)").fill("퀘스트모바일")
    row = page.get_by_role("group", name="Citations 1")
    row.get_by_role("combobox", name="Source").fill("Mobile in July")
    option(page, "New source: “Mobile in July”").click()
    tick(row, "Kind", "Report or study")
    row.get_by_role("combobox", name="Publisher").fill("YTN")
    option(page, "New party: “YTN”").click()
    row.get_by_label("Web address").fill("https://example.org/july")
    row.get_by_label("Quotation").fill("as quoted")
    page.get_by_role("button", name="Save and submit for review").click()
    expect(page.locator(".messagelist .success")).to_contain_text("Saved and submitted for review")
    claim = Claim.objects.get()
    assert claim.state == "in_review"
    assert {name.name for name in claim.claimant.names.all()} == {"QuestMobile", "퀘스트모바일"}
    source = Source.objects.get()
    assert (str(source), str(source.publisher), source.kind) == ("Mobile in July", "YTN", "report")


def test_enter_takes_the_new_one_only_where_nothing_is_found(staff, signed_in):
    staff.party("YTN World")
    page = signed_in("reporter")
    page.goto(ADD)
    box = page.get_by_role("combobox", name="Claimant")
    new = page.get_by_label("Record it as a new party")
    box.fill("YTN")
    expect(option(page, "YTN World")).to_be_visible()
    box.press("Enter")
    expect(option(page, "YTN World")).to_be_visible()
    expect(new).to_have_count(0)
    page.route("**/autocomplete/**", lambda route: route.abort())
    box.fill("Nobody")
    expect(page.locator("[role=status]").last).to_contain_text("Nothing could be looked up")
    box.press("Enter")
    expect(new).to_have_count(0)
    page.unroute("**/autocomplete/**")
    box.fill("Nobody else")
    expect(page.locator("[role=status]").last).to_have_text("Nothing found")
    box.press("Enter")
    expect(new).to_be_checked()
    row = page.get_by_role("group", name="Citations 1")
    row.get_by_role("combobox", name="Source").fill("컨테이너")
    expect(option(page, "New source: “컨테이너”")).to_be_visible()
    row.get_by_role("combobox", name="Source").press("Enter")
    expect(row.get_by_label("Language of the work")).to_have_value("ko")


def test_without_javascript_the_server_asks_which_one_is_meant(staff, signed_in):
    staff.party("YTN World")
    staff.party("YTN News")
    page = signed_in("reporter", java_script_enabled=False)
    page.goto(ADD)
    fill_in(page)
    page.get_by_label("Claimant").fill("ytn")
    page.get_by_role("group", name="Citations 1").get_by_label("Source").fill("Mobile in July")
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    page.get_by_role("group", name="Which one is “ytn”?").get_by_label("YTN World").check()
    page.get_by_label("Record a new source called “Mobile in July”").check()
    page.get_by_role("button", name="Save", exact=True).press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("It fell")
    claim = Claim.objects.get()
    assert (str(claim.claimant), str(claim.citations.get().source)) == (
        "YTN World",
        "Mobile in July",
    )


def test_a_claim_to_rebut_is_found_by_what_it_says(staff, signed_in):
    target = staff.draft("이용률이 3%로 떨어졌다", fields={"language": "en"})
    claim = staff.draft("Embedded use is not counted")
    page = signed_in("reporter")
    page.goto(f"/admin/claims/claim/{claim.pk}/change/")
    page.get_by_text("What it rebuts", exact=True).click()
    row = page.get_by_role("group", name="What it rebuts 1")
    box = row.get_by_role("combobox", name="Claim it rebuts")
    box.fill("이용률")
    option(page, "이용률이").click()
    expect(box).to_have_value(target.public_id)
    expect(row.locator(".said")).to_have_text("이용률이 3%로 떨어졌다")
    # Chosen again, it is said once.
    box.click()
    option(page, "이용률이").click()
    expect(row.locator(".said")).to_have_text(["이용률이 3%로 떨어졌다"])
    row.get_by_label("Ground").select_option("Says the opposite")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert claim.rebuts.get().target == target


def test_rows_are_added_in_place(staff, signed_in):
    source = staff.source("A report")
    page = signed_in("reporter")
    page.goto(ADD)
    fill_in(page)
    page.get_by_label("Attribution").first.fill("critics")
    page.get_by_role("button", name="Add another citation").press("Enter")
    second = page.get_by_role("group", name="Citations 2")
    expect(second.get_by_role("combobox", name="Source")).to_be_focused()
    for number in (1, 2):
        row = page.get_by_role("group", name=f"Citations {number}")
        row.get_by_role("combobox", name="Source").fill("report")
        option(page, "A report").click()
        row.get_by_label("Quotation").fill(f"Place {number}")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert [each.source for each in Claim.objects.get().citations.all()] == [source, source]


def test_rebuttals_are_put_in_order_for_readers(staff, signed_in, open_page):
    claim = staff.published("Usage fell")
    names = ["First opened", "Second opened", "Third opened"]
    for name in names:
        staff.publish(staff.rebuttal(claim, name))
    page = signed_in("reporter")
    page.goto(f"/admin/claims/claim/{claim.pk}/change/")
    articles = page.locator(".against article h3")
    third = page.get_by_role("button", name="Move up: Third opened")
    third.press("Enter")
    expect(third).to_be_focused()
    third.press("Enter")
    expect(articles).to_have_text(["Third opened", "First opened", "Second opened"])
    expect(page.get_by_label("Place: Third opened")).to_have_value("1")
    expect(page.get_by_label("Place: Second opened")).to_have_value("")
    page.get_by_label("Kind of change").select_option("minor")
    page.get_by_role("group", name="English", exact=True).get_by_label("Note to readers").fill(
        "Order"
    )
    page.get_by_role("button", name="Save", exact=True).click()
    expect(articles).to_have_text(["Third opened", "First opened", "Second opened"])
    reader = open_page()
    address = f"/en/claims/{claim.public_id}/"
    order = "[...document.querySelectorAll('h3')].map(each => each.textContent.trim())"
    reader.goto(address)
    before = [each for each in reader.evaluate(order) if each in names]
    claim.refresh_from_db()
    staff.publish(claim)
    reader.goto(address)
    after = [each for each in reader.evaluate(order) if each in names]
    assert (before, after) == (names, ["Third opened", "First opened", "Second opened"])


def test_shortcuts_are_listed_taken_and_turned_off(staff, signed_in):
    claim = staff.draft("Usage fell")
    address = f"/admin/claims/claim/{claim.pk}/change/"
    page = signed_in("reporter")
    page.goto(address)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Add a rebuttal")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    statement = page.get_by_role("group", name="English", exact=True).get_by_label("Statement")
    statement.focus()
    page.keyboard.press("End")
    page.keyboard.type("gcnr?")  # typed in a field, it is text
    expect(statement).to_have_value("Usage fellgcnr?")
    page.keyboard.press("Control+s")
    expect(page.locator(".messagelist .success")).to_contain_text("Usage fellgcnr?")
    page.keyboard.press("r")
    expect(page).to_have_url(
        f"{page.url.split('/admin')[0]}/admin/claims/claim/{claim.pk}/rebuttal/"
    )
    # An empty form's statement has the focus: in it the keys are text, beside it they are not.
    statement = page.get_by_role("group", name="English", exact=True).get_by_label("Statement")
    expect(statement).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/admin/claims/claim/")
    page.keyboard.press("/")
    expect(page.locator("#searchbar")).to_be_focused()
    page.goto(address)
    page.get_by_role("button", name="Keyboard shortcuts").click()
    page.get_by_label("Shortcuts of single keys are on").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("r")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    assert page.url.endswith(address)


def test_without_javascript_no_shortcuts_are_promised(staff, signed_in):
    page = signed_in("reporter", java_script_enabled=False)
    page.goto(ADD)
    expect(page.get_by_role("button", name="Keyboard shortcuts")).to_be_hidden()


OBSCURED = """() => {
  const box = document.activeElement.getBoundingClientRect();
  const bars = [...document.querySelectorAll('.status-line, .submit-row')];
  return bars.some((bar) => {
    if (bar.contains(document.activeElement)) return false;
    const { top, bottom, left, right } = bar.getBoundingClientRect();
    const isInside = box.left >= left && box.right <= right && box.top >= top - 1;
    return isInside && box.bottom <= bottom + 1 && box.height > 0;
  });
}"""


@pytest.mark.parametrize("width", [320, 1280])
def test_what_has_the_focus_is_never_covered(staff, signed_in, width):
    claim = staff.published("Usage fell")
    staff.rebuttal(claim)
    page = signed_in("editor", viewport={"width": width, "height": 700})
    page.goto(f"/admin/claims/claim/{claim.pk}/change/")
    page.locator("#content-start").focus()
    covered = []
    for _number in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(OBSCURED):
            covered.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert not covered
    assert page.locator(".status-line").bounding_box()["y"] >= 0


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look['color_scheme']}{look['viewport']['width']}"
)
def test_axe_finds_nothing_with_everything_open(staff, signed_in, look):
    claim = staff.published("Usage fell", fields={"claimant": staff.party("SemiAnalysis")})
    staff.publish(staff.rebuttal(claim, "Embedded use is not counted"))
    staff.rebuttal(claim, "Traffic was never the goal", ground="qualify", opposer="us")
    found = []
    page = signed_in("publisher", **look)
    for path in (ADD, f"/admin/claims/claim/{claim.pk}/change/"):
        page.goto(path)
        page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")
        row = page.get_by_role("group", name="Citations 1")
        row.get_by_role("combobox", name="Source").fill("A new source")
        option(page, "New source: “A new source”").click()
        row.get_by_role("combobox", name="Publisher").fill("A new party")
        option(page, "New party: “A new party”").click()
        page.get_by_role("combobox", name="Claimant").fill("Semi")
        expect(option(page, "SemiAnalysis").first).to_be_visible()
        page.keyboard.press("ArrowDown")
        found += violations(page)
        page.keyboard.press("Escape")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= look["viewport"]["width"], f"{path} is {width} pixels wide"
        page.get_by_role("button", name="Keyboard shortcuts").click()
        found += violations(page)
        page.keyboard.press("Escape")
    # A refused form that asks which one is meant.
    page.goto(ADD)
    page.get_by_role("combobox", name="Claimant").fill("Semi")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("group", name="Which one is “Semi”?")).to_be_visible()
    found += violations(page)
    assert not found, "\n".join(found)
