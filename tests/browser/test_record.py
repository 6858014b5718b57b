"""The history and the pages of the record in a browser: accessible, narrow, without JavaScript."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from claims import actions
from claims.models import History
from tests.browser.test_pages import LOOKS, WCAG
from tests.rich_claim import suppress

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


def violations(page) -> list[str]:
    """What axe finds. Django's forms import a style sheet into another, which axe would copy into
    the page against its content policy: not here."""
    found = Axe().run(page, options={**WCAG, "preload": False}).response["violations"]
    return [
        f"{page.url} {each['id']}: {[node['target'] for node in each['nodes'][:3]]}"
        for each in found
    ]


@pytest.fixture
def record(staff):
    """A newsroom whose history holds a change, a deletion, long and Korean words, and a gap."""
    claim = staff.published(
        "Usage fell to 3%",
        texts={"ko": {"statement": "이용률이 3%로 떨어졌다"}},
        text={"unknowns": "How it was counted. " * 40},
        fields={"claimant": staff.party("SemiAnalysis", ko="세미애널리시스")},
        wordings=[{"language": "en", "text": "Nobody uses it"}],
    )
    staff.publish(staff.revise(claim, statement="Usage fell to 4%"))
    claim.refresh_from_db()
    actions.edit(
        claim.pk, actor=staff.reporter, version=claim.version, wordings=[], request="POST /here/"
    )
    gone = staff.published("Something that the law forbids")
    suppress(staff, gone)
    withdrawn = staff.published("Something wrong")
    staff.withdraw(withdrawn)
    return staff, claim


def screens(claim) -> list[str]:
    edition, approval = claim.editions.first(), claim.approvals.first()
    return [
        "/admin/claims/history/",
        "/admin/claims/history/?claim=nothing&since=2025-02-30&before=x",
        f"/admin/claims/history/?change={History.objects.filter(action='edit').latest('id').change}",
        f"/admin/claims/claim/{claim.pk}/history/",
        f"/admin/claims/party/{claim.claimant_id}/history/",
        f"/admin/claims/edition/{edition.pk}/change/",
        f"/admin/claims/approval/{approval.pk}/change/",
        f"/admin/claims/release/{claim.releases.first().pk}/change/",
        "/admin/claims/edition/",
    ]


@pytest.mark.parametrize(
    "look", LOOKS, ids=lambda look: f"{look['color_scheme']}{look['viewport']['width']}"
)
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_axe_finds_nothing_on_the_record(record, signed_in_as, look, locale):
    _room, claim = record
    page = signed_in_as("publisher", locale=locale, **look)
    found = []
    for path in screens(claim):
        page.goto(path)
        # All but the account's menu, which lies over its neighbours.
        folded = "document.querySelectorAll('details:not(.account)')"
        page.evaluate(f"for (const each of {folded}) each.open = true")
        found += violations(page)
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= look["viewport"]["width"], f"{path} is {width} pixels wide"
    assert not found, "\n".join(found)


@pytest.fixture
def signed_in_as(open_page, live_server, client):
    """Open the newsroom in any language: the session comes from the server, not from the form."""

    def sign_in(username: str, **options):
        from claims.models import User

        client.force_login(User.objects.get(username=username))
        page = open_page(**options)
        cookie = client.cookies["sessionid"].value
        page.context.add_cookies(
            [{"name": "sessionid", "value": cookie, "url": live_server.url, "httpOnly": True}]
        )
        return page

    return sign_in


def test_the_history_is_narrowed_and_exported_without_javascript(record, signed_in):
    _room, claim = record
    page = signed_in("publisher", java_script_enabled=False)
    page.goto("/admin/claims/history/")
    page.get_by_role("textbox", name="Claim").fill(f"http://localhost/en/claims/{claim.public_id}/")
    page.get_by_role("combobox", name="Person").select_option(label="reporter (Reporter)")
    page.get_by_role("combobox", name="Action").select_option("edit")
    page.get_by_role("button", name="Show", exact=True).click()
    deeds = page.locator("article.deed")
    expect(deeds).to_have_count(2)
    expect(deeds.first).to_contain_text("Wording: taken out")
    expect(deeds.first).to_contain_text("POST /here/")
    expect(deeds.nth(1)).to_contain_text("Usage fell to 4%")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export as CSV").click()
    assert download.value.suggested_filename.startswith("history-")
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    wanted = History.objects.filter(claim_id=claim.pk, actor="reporter", action="edit")
    assert len(lines) == 1 + wanted.count() > 1
    page.goto("/admin/claims/history/?claim=nothing")
    expect(page.get_by_role("textbox", name="Claim")).to_have_value("nothing")
    expect(page.locator("#id_claim_error")).to_contain_text("No claim has this address")
