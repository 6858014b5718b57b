"""What is answered when a page cannot be: a way on in both languages, and nothing given away."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from claims import actions
from claims.public import errors, views
from tests.test_reader_site import text

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])

PAGES = {
    400: errors.bad_request,
    403: errors.forbidden,
    404: errors.not_found,
    429: errors.too_many_requests,
    500: errors.server_error,
}


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("status", PAGES)
def test_an_error_says_what_happened_and_leads_on_without_the_database(rf, status, language):
    with translation.override(language):
        answer = PAGES[status](rf.get(f"/{language}/x/"))
    words = text(answer)
    assert answer.status_code == status
    assert answer["Cache-Control"] == "no-store"
    assert f'<html lang="{language}"' in words
    assert words.count("<h1>") == 1
    assert f'href="/{language}/claims/"' in words
    assert f'href="/{language}/method/"' in words
    assert "noindex" in words
    assert str(status) not in words.split("<main")[1]


def test_an_error_of_ours_is_answered_without_the_database(monkeypatch):
    """Nothing here may ask the database: the mark that would allow it is missing."""

    def broken(*args, **options):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(views.records, "editions", broken)
    answer = Client(raise_request_exception=False).get("/ko/claims/bcdfghjkmnpq/")
    assert answer.status_code == 500
    assert "secret detail" not in text(answer)
    assert '<html lang="ko"' in text(answer)


@BOTH_SIDES
@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("rest", ["", "editions/1/", "editions/2/", "picture.png"])
def test_hidden_and_never_existing_answer_byte_for_byte_alike(
    client, newsroom_live, rest, language
):
    draft, scheduled = newsroom_live.draft("SECRET"), newsroom_live.draft("SECRET")
    newsroom_live.publish(scheduled, opens_at=timezone.now() + timedelta(days=1))
    never = client.get(f"/{language}/claims/bcdfghjkmnpq/{rest}")
    assert never.status_code == 404
    for hidden in (draft, scheduled):
        answer = client.get(f"/{language}/claims/{hidden.public_id}/{rest}")
        assert (answer.status_code, answer.content) == (404, never.content)
        assert answer.headers == never.headers
    # The control: what is open answers otherwise.
    if rest != "editions/2/":
        seen = newsroom_live.published()
        assert client.get(f"/{language}/claims/{seen.public_id}/{rest}").status_code == 200


@BOTH_SIDES
@pytest.mark.parametrize("language", ["en", "ko"])
def test_what_was_withdrawn_or_removed_leads_on(client, newsroom_live, language):
    claim = newsroom_live.published("SECRET")
    newsroom_live.withdraw(claim, notice="We were wrong.")
    answer = client.get(f"/{language}/claims/{claim.public_id}/")
    assert "We were wrong." in text(answer)
    assert f'href="/{language}/method/"' in text(answer)
    for action, actor in (
        (actions.request_suppression, newsroom_live.publisher),
        (actions.suppress, newsroom_live.second_publisher),
    ):
        claim.refresh_from_db()
        action(claim.pk, actor=actor, version=claim.version, reason="A court order.")
    gone = client.get(f"/{language}/claims/{claim.public_id}/")
    assert gone.status_code == 410
    assert "SECRET" not in text(gone)
    assert f'href="/{language}/claims/"' in text(gone)
