"""The effort of the product's one story on the newsroom desk, beside what it took before."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.effort import KINDS, Effort
from tests.browser.test_effort import (
    BEFORE,
    FIELDS,
    CitedSource,
    Objection,
    Script,
    assert_published,
    done,
    english,
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


def after(effort: Effort, reporter: Page, editor: Page, publisher: Page) -> None:
    """The script on the newsroom desk. Everybody starts on the front page, opened before anything
    was recorded: the editor and the publisher open it anew, by the newsroom's name above it."""
    first, second = FIELDS.sources
    with effort.step("claim with its claimant"):
        reporter.get_by_role("link", name="New claim").click()
        effort.write(english(reporter).get_by_label("Statement"), FIELDS.statement)
        make(effort, reporter.get_by_role("combobox", name="Claimant"), FIELDS.claimant)
    with effort.step("first source, its publisher"):
        cite_new(effort, reporter, 1, first)
    with effort.step("second source, its publisher"):
        reporter.get_by_role("button", name="Add another citation").click()
        cite_new(effort, reporter, 2, second)
    with effort.step("confidence with its reason"):
        rate(effort, reporter, FIELDS)
        reporter.get_by_role("button", name="Save and add a rebuttal").click()
        reporter.wait_for_url("**/rebuttal/")
    with effort.step("rebuttal"):
        record_objection(effort, reporter, FIELDS.rebuttal)
    with effort.step("submit both"):
        expect(reporter.get_by_label("Submit the claim that it rebuts too")).to_be_checked()
        reporter.get_by_role("button", name="Save and submit for review").click()
        expect(reporter.locator(".messagelist .success")).to_have_count(2)
    with effort.step("approve both"):
        take_all(editor, "Read these together", "Approve together")
    with effort.step("publish both"):
        take_all(publisher, "Publish these together", "Publish together")


def make(effort: Effort, box: Locator, name: str) -> None:
    """Type the name of a record that there is not, and take the new one that the box offers."""
    effort.write(box, name)
    offered = box.page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(offered).to_have_text([re.compile(f"^New .*“{re.escape(name)}”")])
    box.press("Enter")
    expect(offered).to_have_count(0)


def tick(place: Locator, label: str) -> None:
    """Click a radio button of the group that it stands in, unless it is the one that is on."""
    button = place.get_by_label(label, exact=True)
    if not button.is_checked():
        button.click()
    expect(button).to_be_checked()


def cite_new(effort: Effort, page: Page, place: int, source: CitedSource) -> None:
    row = page.get_by_role("group", name=f"Citations {place}")
    make(effort, row.get_by_role("combobox", name="Source"), source.title)
    tick(row.get_by_role("group", name="Kind"), str(source.kind.label))
    language = row.get_by_label("Language of the work")
    if language.input_value() != source.language:
        effort.write(language, source.language)
    make(effort, row.get_by_role("combobox", name="Publisher"), source.publisher)
    effort.write(row.get_by_label("Quotation"), source.quotation)


def rate(effort: Effort, page: Page, what: Script | Objection) -> None:
    tick(page.get_by_role("group", name="Confidence"), str(what.confidence.label))
    effort.write(english(page).get_by_label("Reason for the confidence"), what.reason)


def record_objection(effort: Effort, page: Page, objection: Objection) -> None:
    effort.write(english(page).get_by_label("Statement"), objection.statement)
    tick(page.get_by_role("group", name="Ground"), str(objection.ground.label))
    tick(page.get_by_role("group", name="Who opposes"), str(objection.opposer.label))
    effort.write(english(page).get_by_label("Attribution"), objection.attribution)
    row = page.get_by_role("group", name="Citations 1")
    title = FIELDS.sources[1].title
    effort.write(row.get_by_role("combobox", name="Source"), title)
    page.get_by_role("option", name=title).first.click()
    effort.write(row.get_by_label("Quotation"), objection.quotation)
    rate(effort, page, objection)


def take_all(page: Page, link: str, step: str) -> None:
    """From a fresh front page: read what waits there, and take the step for all of it."""
    page.locator("#site-name a").click()
    page.get_by_role("link", name=link).click()
    page.get_by_role("button", name=step).click()
    done(page, step)


def test_the_desk_takes_at_most_half_of_the_effort(signed_in, open_page, capsys):
    effort = Effort()
    people = [effort.watch(signed_in(name)) for name in ("reporter", "editor", "publisher")]
    after(effort, *people)
    assert_published(open_page(), FIELDS)
    now, then = sum(effort.total.values()), sum(BEFORE.values())
    width = max(map(len, effort.steps))
    with capsys.disabled():
        print(f"\n\n{effort.table()}      = {now}")
        before_counts = "".join(f"{BEFORE[kind]:>8}" for kind in KINDS)
        print(f"{'before the desk':{width}}{before_counts}      = {then}")
    assert now * 2 <= then, effort.table()
