"""The conversation's screen, and the guided correction, as people of each role meet them."""

import pytest

from claims import actions
from claims.models import Comment
from tests.admin_client import address, sent, shown, sign_in
from tests.test_merging import merge


def test_what_is_said_stands_on_the_page_with_its_author(newsroom):
    claim = newsroom.draft()
    url = address("claim_conversation", claim.pk)
    said = {"action": "comment", "text": "<b>Is this fair?</b> @editor"}
    assert sign_in(newsroom.reporter).post(url, said).status_code == 302
    page = sign_in(newsroom.editor).get(url)
    assert "Reporter" in shown(page) and "@editor" in shown(page)
    assert "<b>Is this" not in page.content.decode()


def test_an_empty_comment_comes_back_with_a_sentence(newsroom):
    url = address("claim_conversation", newsroom.draft().pk)
    response = sign_in(newsroom.reporter).post(url, {"action": "comment", "text": " "})
    assert response.status_code == 422
    assert "Write something first." in shown(response)


def test_a_text_too_long_comes_back_whole(newsroom):
    url = address("claim_conversation", newsroom.draft().pk)
    text = "word " * 1000
    response = sign_in(newsroom.reporter).post(url, {"action": "comment", "text": text})
    assert response.status_code == 422
    assert text.strip() in shown(response)


@pytest.mark.parametrize(
    ("who", "looks", "speaks"),
    [("reporter", 200, 302), ("editor", 200, 302), ("publisher", 200, 302), ("admin", 200, 403)],
)
def test_who_joins_the_conversation(newsroom, who, looks, speaks):
    url = address("claim_conversation", newsroom.draft().pk)
    client = sign_in(getattr(newsroom, who))
    assert client.get(url).status_code == looks
    assert client.post(url, {"action": "comment", "text": "Hello"}).status_code == speaks


def test_an_action_that_is_none_of_the_conversations_is_refused(newsroom):
    url = address("claim_conversation", newsroom.draft().pk)
    assert sign_in(newsroom.reporter).post(url, {"action": "suppress"}).status_code == 403
    assert sign_in(newsroom.reporter).post(url, {"action": "no such"}).status_code == 403


def test_a_reviewer_is_chosen_among_those_who_may_approve(newsroom):
    claim = newsroom.draft(actor=newsroom.editor)
    everybody = [newsroom.second_editor, newsroom.publisher, newsroom.reporter, newsroom.admin]
    url = address("claim_conversation", claim.pk)
    client = sign_in(newsroom.editor)
    offered = client.get(url).context["assign"].fields["reviewer"].queryset
    assert set(offered) == {everybody[0], everybody[1]}
    assert client.post(url, {"action": "assign", "reviewer": everybody[2].pk}).status_code == 422
    assert client.post(url, {"action": "assign", "reviewer": everybody[0].pk}).status_code == 302
    claim.refresh_from_db()
    assert claim.reviewer == everybody[0]
    assert client.post(url, {"action": "assign", "reviewer": ""}).status_code == 302
    claim.refresh_from_db()
    assert claim.reviewer is None


def test_a_reviewer_who_contributed_meanwhile_is_not_silently_dropped(newsroom):
    claim = newsroom.draft()
    actions.assign(claim.pk, actor=newsroom.reporter, reviewer=newsroom.editor)
    newsroom.revise(claim, kind="", note="", actor=newsroom.editor, statement="Usage is rising")
    url, client = address("claim_conversation", claim.pk), sign_in(newsroom.reporter)
    page = client.get(url)
    form = page.context["assign"]
    assert form["reviewer"].value() == newsroom.editor.pk
    assert newsroom.editor in form.fields["reviewer"].queryset
    refused = client.post(url, {"action": "assign", "reviewer": newsroom.editor.pk})
    assert refused.status_code == 403 and "worked on this claim" in shown(refused)
    claim.refresh_from_db()
    assert claim.reviewer == newsroom.editor
    other = address("claim_conversation", newsroom.draft(actor=newsroom.editor).pk)
    assert newsroom.editor not in client.get(other).context["assign"].fields["reviewer"].queryset


def test_who_mentions_nobody_is_told_so_and_the_comment_stays(newsroom):
    newsroom.editor, newsroom.admin  # noqa: B018 - who exists
    claim = newsroom.draft()
    client, url = sign_in(newsroom.reporter), address("claim_conversation", claim.pk)
    said = {"action": "comment", "text": "@editor에게, @edtior and @jonas too"}
    page = client.post(url, said, follow=True)
    assert "nobody was told: @edtior, @jonas" in shown(page)
    assert Comment.objects.get().text == said["text"]
    fine = client.post(url, {**said, "text": "@editor님"})
    assert fine.url == f"{url}#newest"
    assert "nobody was told" not in shown(client.get(url))


def test_a_long_conversation_is_paged(newsroom):
    claim = newsroom.draft()
    for number in range(60):
        actions.comment(claim.pk, actor=newsroom.reporter, text=f"Remark {number:03}")
    client, url = sign_in(newsroom.editor), address("claim_conversation", claim.pk)
    newest = client.get(url)
    assert "Remark 059" in shown(newest) and "Remark 009" not in shown(newest)
    before = newest.context["comments"]["more"]
    earlier = client.get(url, {"before": before})
    assert "Remark 009" in shown(earlier) and "Remark 010" not in shown(earlier)
    assert client.get(url, {"before": "x'"}).status_code == 200


def test_as_many_questions_for_eleven_comments_as_for_one(newsroom, django_assert_num_queries):
    claim = newsroom.draft()
    client, url = sign_in(newsroom.editor), address("claim_conversation", claim.pk)
    client.get(url)  # the first page of a session also records it, and finds the content types
    counts = []
    for _round in range(2):
        actions.comment(claim.pk, actor=newsroom.reporter, text="A remark")
        with django_assert_num_queries(10**3, exact=False) as asked:
            client.get(url)
        counts.append(len(asked))
        for number in range(10):
            actions.comment(claim.pk, actor=newsroom.publisher, text=f"Remark {number}")
    assert counts[0] == counts[1]


def test_a_correction_is_asked_for_and_noted_before_the_claim_is_opened(newsroom):
    claim = newsroom.published()
    url = address("claim_correct", claim.pk)
    client = sign_in(newsroom.reporter)
    form = sent(client.get(url))
    refused = client.post(url, {**form, "note_en": "We misread the table."})
    assert refused.status_code == 422
    assert "Say what happened." in shown(refused)
    assert "We misread the table." in shown(refused)
    refused = client.post(url, {**form, "change_kind": "correction"})
    assert "Tell readers what changed" in shown(refused)
    answer = {**form, "change_kind": "correction", "note_en": "We misread the table."}
    done = client.post(url, answer)
    assert done.status_code == 302
    claim.refresh_from_db()
    assert (claim.state, claim.change_kind) == ("draft", "correction")
    assert claim.texts.get().change_note == "We misread the table."
    stale = client.post(url, answer)
    assert stale.status_code == 412
    assert "We misread the table." in shown(stale)


@pytest.mark.parametrize(
    ("original", "others", "asked"),
    [("ko", (), ["ko"]), ("fr", ("en",), ["fr", "en"]), ("en", ("fr", "ko"), ["en", "fr", "ko"])],
)
def test_a_correction_asks_for_notes_in_the_claims_own_languages(newsroom, original, others, asked):
    text = {"statement": "Statement", "attribution": "critics", "reason": "One origin."}
    claim = newsroom.published(
        fields={"language": original}, texts={"en": {}, **dict.fromkeys((original, *others), text)}
    )
    client, url = sign_in(newsroom.reporter), address("claim_correct", claim.pk)
    form = sent(client.get(url))
    assert [name for name in form if name.startswith("note_")] == [f"note_{each}" for each in asked]
    silent = client.post(url, {**form, "change_kind": "correction"})
    assert silent.status_code == 422 and "Tell readers what changed" in shown(silent)
    notes = {f"note_{each}": f"Note {each}" for each in asked}
    assert client.post(url, {**form, "change_kind": "correction", **notes}).status_code == 302
    kept = {text.language: text.change_note for text in claim.texts.all()}
    assert kept == {each: f"Note {each}" for each in asked}


@pytest.mark.parametrize("who", ["admin"])
def test_who_touches_no_content_corrects_nothing(newsroom, who):
    url = address("claim_correct", newsroom.published().pk)
    assert sign_in(getattr(newsroom, who)).get(url).status_code == 403


def test_there_is_nothing_to_correct_before_readers_have_seen_it(newsroom):
    claim = newsroom.draft()
    client, url = sign_in(newsroom.reporter), address("claim_correct", claim.pk)
    assert "there is nothing to correct" in shown(client.get(url))
    client.post(url, {"version": claim.version, "change_kind": "correction", "note_en": "x"})
    claim.refresh_from_db()
    assert claim.change_kind == ""
    assert not Comment.objects.exists()


def test_a_claim_that_can_no_longer_be_changed_says_why_instead_of_simply_change_it(newsroom):
    one, two = newsroom.draft("One"), newsroom.draft("Two")
    client, url = sign_in(newsroom.publisher), address("claim_correct", one.pk)
    assert "Simply change it." in shown(client.get(address("claim_correct", newsroom.draft().pk)))
    merge(newsroom, one, two)
    page = shown(client.get(url))
    assert "This claim is merged into another" in page and "Simply change it." not in page


def test_the_claims_screen_leads_to_a_correction_once_readers_have_seen_it(newsroom):
    draft, published = newsroom.draft(), newsroom.published("Usage fell")
    client = sign_in(newsroom.reporter)
    for claim, leads in ((draft, False), (published, True)):
        page = client.get(address("claim_change", claim.pk)).content.decode()
        assert (address("claim_correct", claim.pk) in page) is leads
    reader = sign_in(newsroom.admin).get(address("claim_change", published.pk))
    assert address("claim_correct", published.pk) not in reader.content.decode()
