"""How much work a task is by hand: clicks, key presses outside fields, and page loads.

The browser itself counts: a script in every document notes each press of the mouse, each key and
each new document of the main frame, whatever drives them. Playwright's `fill`, `focus` and
`select_option` press nothing, so a counted script uses `write` and `choose`; nor does it `goto`.

- A click is a press of a mouse button; a double click is two.
- A key counts unless it types or deletes a character in a text field. Enter in a field, Tab, arrows
  and shortcuts count, and a held Ctrl, Alt, Shift or Meta counts as a key beside the one it is
  pressed with. So typing is free, but getting to the field is not.
- A select's list belongs to no page: choosing an option is two clicks, one that opens it and one
  on the option. What stands there already is not chosen again.
- A load is a new document in the main frame, whatever redirects led to it and whatever its status.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Locator, Page, expect

KINDS = ("clicks", "keys", "loads")
NOTE = "noteEffort"
# Runs in every new document of a watched window, before the document's own scripts.
WATCH = """(() => {
  const modifiers = ["Control", "Shift", "Alt", "Meta"];
  const typed = "text search url email tel number password date datetime-local month time week";
  const isField = (element) => element instanceof HTMLTextAreaElement || element.isContentEditable
    || (element instanceof HTMLInputElement && typed.split(" ").includes(element.type));
  const isTyping = (event) => isField(event.target) && !event.ctrlKey && !event.altKey
    && !event.metaKey && ([...event.key].length === 1
      || ["Backspace", "Delete", "Process", "Dead"].includes(event.key));
  addEventListener("pointerdown", (event) => {
    if (event.isTrusted) window.NOTE("clicks", 1);
  }, true);
  addEventListener("keydown", (event) => {
    if (!event.isTrusted || modifiers.includes(event.key) || isTyping(event)) return;
    window.NOTE("keys", 1 + modifiers.filter((each) => event.getModifierState(each)).length);
  }, true);
})();""".replace("NOTE", NOTE)
WATCH_LOADS = f'if (self === top && location.protocol !== "about:") {NOTE}("loads", 1);'


class Effort:
    """Counts what the people of one task do, step by step: `with effort.step("approve"): …`."""

    def __init__(self) -> None:
        # In the order in which the steps were taken.
        self.steps: dict[str, Counter[str]] = {}
        self.running = ""
        self.pages: list[Page] = []

    def watch(self, page: Page) -> Page:
        """Count from now on what is done in this page's window; what it shows now is free."""
        page.context.expose_binding(NOTE, lambda _source, kind, number: self.note(kind, number))
        page.context.add_init_script(WATCH + WATCH_LOADS)
        for frame in page.frames:
            frame.evaluate(WATCH)
        self.pages.append(page)
        return page

    def note(self, kind: str, number: int) -> None:
        self.steps.setdefault(self.running or "between the steps", Counter())[kind] += number

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count under this name; leave only when the page that the step leads to is there."""
        self.steps.setdefault(name, Counter())
        self.running = name
        yield
        for page in self.pages:
            page.evaluate("0")  # what the page has noted before is told before this returns
        self.running = ""

    @property
    def total(self) -> dict[str, int]:
        return {kind: sum(step[kind] for step in self.steps.values()) for kind in KINDS}

    def table(self) -> str:
        """The counts by step, to be printed."""
        rows = [(name, *(step[kind] for kind in KINDS)) for name, step in self.steps.items()]
        rows = [("step", *KINDS), *rows, ("total", *self.total.values())]
        width = max(len(row[0]) for row in rows)
        return "\n".join(
            f"{name:{width}}" + "".join(f"{count:>8}" for count in counts) for name, *counts in rows
        )

    def write(self, field: Locator, text: str) -> None:
        """Type a value into a text field, in place of what it holds; click it unless we are there.

        After Tab a browser has selected what the field holds, after a click it has not.
        """
        if not field.evaluate("field => field === document.activeElement"):
            field.click()
        if field.evaluate(
            "field => field.value && field.selectionEnd - field.selectionStart < field.value.length"
        ):
            field.press("Control+a")
        field.page.keyboard.type(text)
        expect(field).to_have_value(text)

    def choose(self, select: Locator, label: str) -> None:
        """Choose an option of a select: two clicks, or none when it is chosen already."""
        if select.evaluate("select => select.selectedOptions[0]?.label") == label:
            return
        select.select_option(label=label)
        self.note("clicks", 2)
