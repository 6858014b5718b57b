"""A claim from the empty form to its readers by keyboard alone, with the focus always in sight."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.newsroom import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]

STATEMENT = "Port traffic dropped by 18,400 containers"
# Counts what no keyboard does.
COUNT_MOUSE = """addEventListener("pointerdown", () => {
    sessionStorage.mouse = Number(sessionStorage.mouse || 0) + 1;
}, true)"""
# What is wrong with how the focus is shown: nothing, or a few words.
AMISS = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return "";
  const shown = (style) => style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  if (!shown(getComputedStyle(element))) return "no outline";
  const isIn = (x, y) => {
    const top = document.elementFromPoint(x, y);
    const own = [element, ...(element.labels || [])];
    return top && own.some((each) => each.contains(top));
  };
  const isSeen = [...element.getClientRects()].some(({ left, top, width, height }) =>
    [0.1, 0.3, 0.5, 0.7, 0.9].some((a) => [0.1, 0.3, 0.5, 0.7, 0.9].some((b) =>
      isIn(left + width * a, top + height * b))));
  return isSeen ? "" : "covered or out of sight";
}"""
FOCUSED = "document.activeElement.outerHTML.slice(0, 150)"


class Hands:
    """Somebody at a keyboard, who looks where the focus is after each key."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.keys: list[str] = []
        page.add_init_script(COUNT_MOUSE)

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.keys.append(key)

    def look(self) -> None:
        amiss = self.page.evaluate(AMISS)
        assert not amiss, f"{amiss}: {self.page.url} {self.page.evaluate(FOCUSED)}"

    def is_on(self, target: Locator) -> bool:
        return any(
            each.evaluate("element => element === document.activeElement") for each in target.all()
        )

    def go_to(self, target: Locator, key: str = "Tab", most: int = 100) -> None:
        """Press a key until one of these has the focus."""
        for _number in range(most):
            if self.is_on(target):
                return
            self.press(key)
            self.look()
        pytest.fail(f"{key} does not lead to {target}")

    def write(self, field: Locator, text: str) -> None:
        self.go_to(field)
        self.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def make(self, box: Locator, name: str) -> None:
        """Type the name of a new record, and take the only thing that is offered: the new one."""
        self.write(box, name)
        offered = self.page.get_by_role("listbox", name="Suggestions").get_by_role("option")
        expect(offered).to_have_count(1)
        expect(offered).to_contain_text(name)
        self.press("Enter")
        expect(offered).to_have_count(0)
        self.look()

    def pick(self, group: Locator, label: str) -> None:
        wanted = group.get_by_label(label, exact=True)
        self.go_to(group.get_by_role("radio"))
        self.go_to(wanted, "ArrowDown", 10)
        if not wanted.is_checked():
            self.press("Space")
        expect(wanted).to_be_checked()

    def take(self, target: Locator, leads_to: str) -> None:
        """Go to a link or button and press Enter."""
        self.go_to(target)
        self.press("Enter")
        self.page.wait_for_url(leads_to)

    def sign_in(self, username: str) -> None:
        self.page.goto("/admin/")
        self.write(self.page.get_by_label("User name or e-mail address"), username)
        self.write(self.page.get_by_label("Password"), PASSWORD)
        self.press("Enter")
        expect(self.page.locator("#user-tools")).to_be_visible()
        self.page.wait_for_load_state()

    @property
    def mouse(self) -> str | None:
        return self.page.evaluate("sessionStorage.mouse ?? null")


def record(hands: Hands) -> None:
    """By the shortcut `n`, which the list of shortcuts names; a new party and a new source."""
    page = hands.page
    hands.press("?")
    listed = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(listed.locator("dl")).to_contain_text("New claim")
    hands.look()
    hands.press("Escape")
    hands.press("n")
    page.wait_for_url("**/admin/claims/claim/add/")
    english = page.get_by_role("group", name="English", exact=True)
    expect(english.get_by_label("Statement")).to_be_focused()
    hands.look()
    hands.write(english.get_by_label("Statement"), STATEMENT)
    hands.make(page.get_by_role("combobox", name="Claimant"), "Institute for Harbour Traffic")
    row = page.get_by_role("group", name="Citations 1")
    hands.make(row.get_by_role("combobox", name="Source"), "2분기 항만 물동량 보도")
    hands.pick(row.get_by_role("group", name="Kind"), "Broadcast report")
    hands.make(row.get_by_role("combobox", name="Publisher"), "항만방송")
    hands.write(row.get_by_label("Quotation"), "컨테이너 1만 8,400개 감소")
    hands.pick(page.get_by_role("group", name="Confidence"), "Low")
    hands.write(english.get_by_label("Reason for the confidence"), "One report only.")
    hands.press("Control+s")
    page.wait_for_url("**/change/")
    expect(page.locator(".messagelist .success")).to_contain_text(STATEMENT)


@pytest.mark.parametrize("width", [1280, 360])
def test_a_claim_is_recorded_submitted_approved_and_published_by_keyboard_alone(
    staff, open_page, tmp_path, width
):
    look = {"viewport": {"width": width, "height": 720}}
    people = {name: Hands(open_page(**look)) for name in ("reporter", "editor", "publisher")}
    done = "Submit for review"

    hands = people["reporter"]
    hands.sign_in("reporter")
    record(hands)
    hands.press("t")  # the next step
    hands.page.wait_for_url("**/step/submit/")
    hands.take(hands.page.get_by_role("button", name=done), "**/change/")
    expect(hands.page.locator(".messagelist .success")).to_contain_text(done)

    hands = people["editor"]
    hands.sign_in("editor")
    waiting = hands.page.get_by_role("region", name="You may review")
    hands.take(waiting.get_by_role("link", name=STATEMENT), "**/differences/")
    hands.go_to(hands.page.get_by_role("button", name="Approve", exact=True))
    hands.page.screenshot(path=tmp_path / "approve.png")
    hands.take(hands.page.get_by_role("button", name="Approve", exact=True), "**/change/")
    expect(hands.page.locator(".messagelist .success")).to_contain_text("Approve")

    hands = people["publisher"]
    hands.sign_in("publisher")
    waiting = hands.page.get_by_role("region", name="Approved, to be published")
    hands.take(waiting.get_by_role("link", name=STATEMENT), "**/step/publish/")
    hands.take(hands.page.get_by_role("button", name="Publish", exact=True), "**/change/")
    expect(hands.page.locator(".messagelist .success")).to_contain_text("Publish")
    assert [each.mouse for each in people.values()] == [None] * 3

    reader = open_page()
    reader.goto("/en/claims/")
    reader.get_by_role("link", name=STATEMENT).click()
    expect(reader.locator("body")).to_contain_text("Institute for Harbour Traffic")
    expect(reader.locator("body")).to_contain_text("Broadcast report, in Korean")


SEEDED = {
    "no outline": """() => document.styleSheets[0].insertRule(
        "*:focus-visible { outline: none !important }", 0)""",
    "covered or out of sight": """() => {
        const bar = document.querySelector(".submit-row");
        bar.style.position = "fixed";
        bar.style.inset = "0";
    }""",
}


@pytest.mark.parametrize("amiss", SEEDED)
def test_a_focus_that_is_not_in_sight_is_noticed(signed_in, amiss):
    """The control: the same look at a page that is wrong."""
    page = signed_in("reporter")
    hands = Hands(page)
    page.goto("/admin/claims/claim/add/")
    hands.go_to(page.get_by_role("combobox", name="Claimant"))
    page.evaluate(SEEDED[amiss])
    with pytest.raises(AssertionError, match=amiss):
        hands.look()
