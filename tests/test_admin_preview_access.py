"""Who gets a preview, what may frame it, and where links to it stand."""

import pytest
from django.test import Client

from claims.choices import Role
from tests.admin_client import address, shown, sign_in

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


@pytest.mark.parametrize("name", ["claim_preview", "claim_preview_phone"])
def test_nobody_but_staff_with_a_role_gets_a_preview(newsroom_live, name):
    claim = newsroom_live.draft("A secret for now")
    url = address(name, claim.pk)
    answer = Client().get(url)
    assert (answer.status_code, answer["Location"]) == (302, f"/admin/login/?next={url}")
    assert sign_in(newsroom_live.person("stranger")).get(url).status_code == 403
    for role in Role:
        assert sign_in(getattr(newsroom_live, role.value)).get(url).status_code == 200
    reader = newsroom_live.person("reader", "reporter")
    client = sign_in(reader)
    reader.is_active = False
    reader.save()
    assert client.get(url).status_code == 302
    # The readers' own address knows nothing of it.
    assert Client().get(f"/en/claims/{claim.public_id}/").status_code == 404
    assert sign_in(newsroom_live.reporter).get(address(name, 987654)).status_code == 404
    assert sign_in(newsroom_live.reporter).get(address(name, 10**30)).status_code == 404
    assert sign_in(newsroom_live.reporter).post(url).status_code == 405


@pytest.mark.parametrize("name", ["claim_preview", "claim_preview_phone"])
def test_a_preview_is_kept_by_no_cache_and_no_search_engine(newsroom_live, name):
    claim = newsroom_live.draft()
    response = sign_in(newsroom_live.reporter).get(address(name, claim.pk))
    assert "no-store" in response["Cache-Control"]
    assert "public" not in response["Cache-Control"] and "ETag" not in response
    assert response["X-Robots-Tag"] == "noindex"


def framing(response) -> tuple[str, str, str]:
    policy = dict(
        part.strip().partition(" ")[::2] for part in response["Content-Security-Policy"].split(";")
    )
    return policy["frame-ancestors"], policy.get("frame-src", ""), response["X-Frame-Options"]


def test_only_the_preview_can_be_framed_and_only_the_phone_frames(newsroom_live):
    claim = newsroom_live.published()
    client = sign_in(newsroom_live.publisher)
    inner = client.get(address("claim_preview", claim.pk))
    outer = client.get(address("claim_preview_phone", claim.pk))
    assert framing(inner) == ("'self'", "", "SAMEORIGIN")
    assert framing(outer) == ("'none'", "'self'", "DENY")
    assert "default-src 'none'" in inner["Content-Security-Policy"]
    for path in (
        "/admin/",
        "/admin/login/",
        address("claim_changelist"),
        address("claim_change", claim.pk),
        address("claim_history", claim.pk),
        address("claim_step", claim.pk, "withdraw"),
        f"/en/claims/{claim.public_id}/",
        "/en/claims/",
        address("claim_preview", 987654),
    ):
        assert framing(client.get(path)) == ("'none'", "", "DENY"), path
    assert framing(Client().get(address("claim_preview", claim.pk))) == ("'none'", "", "DENY")


def test_in_the_frame_links_lead_out_of_it(newsroom_live):
    claim = newsroom_live.draft()
    url, phone = address("claim_preview", claim.pk), address("claim_preview_phone", claim.pk)
    client = sign_in(newsroom_live.reporter)
    inner = shown(client.get(url, {"frame": "1"}))
    assert '<base target="_top">' in inner and '<aside class="preview"' in inner
    assert f'href="{phone}?language=ko"' in inner and "Back to the claim" not in inner
    opened_outside = client.get(url, {"frame": "1"}, headers={"Sec-Fetch-Dest": "document"})
    for outer in (client.get(url), opened_outside):
        assert '<base target="_top">' not in shown(outer) and "Back to the claim" in shown(outer)


def test_the_preview_is_one_click_from_the_claim_and_its_steps(newsroom_live):
    claim = newsroom_live.draft()
    link = f'href="{address("claim_preview", claim.pk)}"'
    client = sign_in(newsroom_live.publisher)
    assert link in shown(client.get(address("claim_change", claim.pk)))
    for step, expected in (
        ("submit", True),
        ("approve", True),
        ("publish", True),
        ("withdraw", False),
        ("discard", False),
    ):
        assert (link in shown(client.get(address("claim_step", claim.pk, step)))) is expected
    back = f'href="{address("claim_change", claim.pk)}"'
    assert back in shown(client.get(address("claim_preview", claim.pk)))
