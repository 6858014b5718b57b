"""The product's one story, by hand: from empty forms to both sides on the reader's page."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


@dataclass(frozen=True)
class Story:
    """What is typed in, so that nothing on the way can be hard-coded."""

    claimant: str
    publisher: str
    source: str
    quotation: str
    statement: str
    reason: str
    confidence: str
    shown_confidence: str
    rebuttal: str
    rebuttal_reason: str
    ground: str
    opposer: str
    rebuttal_quotation: str
    rebuttal_confidence: str
    corrected: str
    note: str


STORIES = [
    Story(
        claimant="SemiAnalysis",
        publisher="YTN",
        source="Television report on DeepSeek’s first half-year",
        quotation="현재는 3%",
        statement="DeepSeek’s share of usage has fallen from a peak of 7.2% to 3%",
        reason="One analyst firm, which we have only through YTN.",
        confidence="Low",
        shown_confidence="Low: weakly supported",
        rebuttal="Use inside Baidu and Tencent Yuanbao isn’t counted",
        rebuttal_reason="Both platforms offer the model; how much use they bring is not stated.",
        ground="Disputes what the evidence shows",
        opposer="the source says",
        rebuttal_quotation="바이두",
        rebuttal_confidence="Moderate",
        corrected="DeepSeek’s share of usage has fallen from a peak of 7.4% to 3%",
        note="We had the peak wrong: it is 7.4%, not 7.2%.",
    ),
    Story(
        claimant="Institute for Harbour Traffic",
        publisher="The Quay Gazette",
        source="Cargo in the second quarter",
        quotation="a drop of 18,400 containers",
        statement="Port traffic dropped by 18,400 containers in the second quarter",
        reason="The institute’s own count, published with its method.",
        confidence="High",
        shown_confidence="High: well supported",
        rebuttal="The count leaves out the new northern terminal",
        rebuttal_reason="The terminal opened in April; the table lists the old quays only.",
        ground="Disputes the evidence",
        opposer="our reading",
        rebuttal_quotation="quays 1 to 9",
        rebuttal_confidence="Low",
        corrected="Port traffic dropped by 14,800 containers in the second quarter",
        note="Two digits were swapped: the drop is 14,800 containers.",
    ),
]


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def choose(box, name: str) -> None:
    """Type a name into a box and take the record that it finds."""
    box.fill(name)
    box.page.get_by_role("option", name=name).first.click()
    expect(box).to_have_value(name)


def add_party(page: Page, name: str) -> None:
    page.goto("/admin/claims/party/add/")
    page.get_by_label("Name (English)").fill(name)
    save(page)
    expect(page.locator(".messagelist .success")).to_contain_text(name)


def add_source(page: Page, story: Story) -> None:
    page.goto("/admin/claims/source/add/")
    page.get_by_label("Title").fill(story.source)
    choose(page.get_by_label("Publisher"), story.publisher)
    save(page)
    expect(page.locator(".messagelist .success")).to_contain_text(story.source)


def tick(place, group: str, label: str) -> None:
    place.get_by_role("group", name=group).get_by_label(label, exact=True).check()


def english(page: Page):
    return page.get_by_role("group", name="English", exact=True)


def fill_in(page: Page, statement: str, reason: str, confidence: str) -> None:
    english(page).get_by_label("Statement").fill(statement)
    english(page).get_by_label("Reason for the confidence").fill(reason)
    tick(page, "Confidence", confidence)


def cite(page: Page, source: str, quotation: str) -> None:
    row = page.get_by_role("group", name="Citations 1")
    choose(row.get_by_label("Source"), source)
    row.get_by_label("Quotation").fill(quotation)


def step(page: Page, name: str, statement: str) -> None:
    """Find a claim in the list and take one step of its workflow."""
    page.goto("/admin/claims/claim/")
    page.get_by_role("link", name=statement).click()
    page.get_by_role("link", name=name).click()
    page.get_by_role("button", name=name).click()
    expect(page.locator(".messagelist .success")).to_contain_text(name)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.publisher)
def test_a_claim_and_its_rebuttal_from_empty_forms_to_the_readers_page(story, signed_in, open_page):
    reporter, reader = signed_in("reporter"), open_page()
    for name in (story.claimant, story.publisher):
        add_party(reporter, name)
    add_source(reporter, story)

    reporter.goto("/admin/claims/claim/add/")
    fill_in(reporter, story.statement, story.reason, story.confidence)
    choose(reporter.get_by_label("Claimant"), story.claimant)
    cite(reporter, story.source, story.quotation)
    save(reporter)

    reporter.get_by_role("link", name="Add a rebuttal").click()
    fill_in(reporter, story.rebuttal, story.rebuttal_reason, story.rebuttal_confidence)
    english(reporter).get_by_label("Attribution").fill("unnamed")
    tick(reporter, "Ground", story.ground)
    tick(reporter, "Who opposes", story.opposer)
    cite(reporter, story.source, story.rebuttal_quotation)
    save(reporter)

    for statement in (story.statement, story.rebuttal):
        step(reporter, "Submit for review", statement)

    # The reporter is offered no approval, and may not take it by its address either.
    reporter.goto("/admin/claims/claim/")
    reporter.get_by_role("link", name=story.statement).click()
    expect(reporter.get_by_role("link", name="Approve")).to_have_count(0)
    assert reporter.goto(f"{reporter.url.removesuffix('change/')}step/approve/").status == 403

    editor, publisher = signed_in("editor"), signed_in("publisher")
    for statement in (story.statement, story.rebuttal):
        step(editor, "Approve", statement)
        reader.goto("/en/claims/")
        expect(reader.get_by_text(statement)).to_have_count(0)
        step(publisher, "Publish", statement)

    reader.goto("/en/claims/")
    reader.get_by_role("link", name=story.statement).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(story.statement)
    body = reader.locator("body")
    for words in (
        story.claimant,
        story.publisher,
        story.source,
        story.quotation,
        story.reason,
        story.shown_confidence,
        story.rebuttal,
        story.ground,
        "Unanswered rebuttal",
    ):
        expect(body).to_contain_text(words)
    address = reader.url

    # The editor changes a word; readers go on seeing the edition that was approved.
    editor.goto("/admin/claims/claim/")
    editor.get_by_role("link", name=story.statement).click()
    english(editor).get_by_label("Statement").fill(story.corrected)
    english(editor).get_by_label("Note to readers").fill(story.note)
    editor.get_by_label("Kind of change").select_option("Correction: we were wrong")
    save(editor)
    step(editor, "Submit for review", story.corrected)
    expect(editor.get_by_role("link", name="Approve")).to_have_count(0)
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1)).to_have_text(story.statement)
    expect(body).not_to_contain_text(story.note)

    step(publisher, "Approve", story.corrected)
    step(publisher, "Publish", story.corrected)
    reader.goto(address)
    expect(reader.get_by_role("heading", level=1)).to_have_text(story.corrected)
    expect(body).to_contain_text(story.note)
    expect(body).to_contain_text(story.rebuttal)

    reader.get_by_role("link", name="Edition 1", exact=True).first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text(story.statement)
