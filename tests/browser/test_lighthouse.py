"""Lighthouse on the readers' pages: accessibility, best practices, what search engines need. How
fast they are is measured in tests/benchmarks."""

import pytest

from tests.lighthouse import lighthouse
from tests.rich_claim import rich_claim

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]
JUDGED = ("accessibility", "best-practices", "seo")
# What is found is nothing for search engines, which is all that Lighthouse may say of it.
FOUND = "search/?q=downloads"
UNLISTED = ("seo: Page is blocked from indexing",)


@pytest.mark.parametrize("page", ["claims/", "claims/{claim}/", "search/", FOUND])
def test_lighthouse_finds_nothing(browser, live_server, staff, tmp_path, settings, page):
    settings.VERDICT_SCALE = "snu"
    claim = rich_claim(staff)["claim"]
    path = "/en/" + page.format(claim=claim.public_id)
    verdict = lighthouse(live_server.url + path, tmp_path / "report.json")
    judged = JUDGED if page != FOUND else JUDGED[:2]
    assert {name: verdict.scores[name] for name in judged} == dict.fromkeys(judged, 100), (
        verdict.found
    )
    seo = tuple(each for each in verdict.found if each.startswith("seo"))
    assert seo == (UNLISTED if page == FOUND else ())
