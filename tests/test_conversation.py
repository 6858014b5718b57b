"""What the newsroom's people say about a claim, whom they ask, and who is told of it by mail."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail as outbox
from procrastinate.contrib.django.models import ProcrastinateJob

from claims import actions, tasks
from claims.choices import Ground, MailKind, Outcome
from claims.exceptions import Invalid, NotAllowed, WrongState
from claims.mentions import mentioned
from claims.models import Comment, Mail

CLAIM_WORDS = "Usage is falling"


def told(kind: MailKind, claim=None) -> set[str]:
    """Who got mail of this kind."""
    mails = Mail.objects.filter(kind=kind, **({"claim": claim} if claim else {}))
    return {mail.recipient.username for mail in mails.select_related("recipient")}


@pytest.fixture
def everybody(newsroom):
    """The newsroom with all its people, since mail goes to those who exist."""
    for name in ("reporter", "editor", "second_editor", "publisher", "second_publisher", "admin"):
        getattr(newsroom, name)
    return newsroom


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@mina, look", {"mina"}),
        ("Ask @mina.", {"mina"}),
        ("@mina and @jonas.weber too", {"mina", "jonas.weber"}),
        ("(@mina) “@sora”", {"mina", "sora"}),
        ("@민아 확인 부탁해요", {"민아"}),
        ("mail mina@example.org", set()),
        ("@@mina", set()),
        ("@", set()),
        ("", set()),
    ],
)
def test_who_is_mentioned(text, names):
    assert mentioned(text) == names


def test_a_comment_names_its_author_and_tells_whom_it_mentions(everybody):
    claim = everybody.draft()
    actions.comment(claim.pk, actor=everybody.reporter, text="@editor is this fair? @nobody")
    said = Comment.objects.get()
    assert (said.author.username, [p.username for p in said.mentions.all()]) == (
        "reporter",
        ["editor"],
    )
    assert told(MailKind.MENTION) == {"editor"}
    claim.refresh_from_db()
    assert claim.version == 1, "a comment is no content"


def test_nobody_is_told_what_they_did_themselves(everybody):
    actions.comment(everybody.draft().pk, actor=everybody.editor, text="@editor, remember")
    assert not Mail.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "\u200b"])
def test_an_empty_comment_is_refused(newsroom, text):
    claim = newsroom.draft()
    with pytest.raises(Invalid):
        actions.comment(claim.pk, actor=newsroom.reporter, text=text)


def test_an_admin_does_not_join_the_conversation(newsroom):
    claim = newsroom.draft()
    with pytest.raises(NotAllowed):
        actions.comment(claim.pk, actor=newsroom.admin, text="Hello")


def test_a_reviewer_is_told_alone_and_the_version_stays(everybody):
    claim = everybody.draft()
    actions.assign(claim.pk, actor=everybody.reporter, reviewer=everybody.second_editor)
    assert not Mail.objects.exists(), "nothing is to be reviewed yet"
    claim.refresh_from_db()
    assert (claim.reviewer, claim.version) == (everybody.second_editor, 1)
    everybody.submit(claim)
    assert told(MailKind.REVIEW_ASKED, claim) == {"second"}


def test_without_a_reviewer_all_who_may_approve_are_told(everybody):
    claim = everybody.draft(actor=everybody.editor)
    everybody.submit(claim)
    assert told(MailKind.REVIEW_ASKED, claim) == {"second", "publisher", "second_publisher"}


def test_who_worked_on_a_claim_is_not_asked_to_review_it(newsroom):
    claim = newsroom.draft(actor=newsroom.editor)
    with pytest.raises(NotAllowed):
        actions.assign(claim.pk, actor=newsroom.reporter, reviewer=newsroom.editor)
    actions.assign(claim.pk, actor=newsroom.reporter, reviewer=newsroom.second_editor)


def test_only_who_may_approve_is_asked_to(newsroom):
    claim = newsroom.draft(actor=newsroom.editor)
    for person in (newsroom.reporter, newsroom.admin):
        with pytest.raises(Invalid):
            actions.assign(claim.pk, actor=newsroom.editor, reviewer=person)


def test_a_suppressed_claim_is_neither_talked_about_nor_reviewed(newsroom):
    claim = newsroom.published()
    actions.comment(claim.pk, actor=newsroom.editor, text="The name of a minor stands here")
    known = {"version": claim.version, "reason": "A court order."}
    actions.request_suppression(claim.pk, actor=newsroom.publisher, **known)
    actions.suppress(claim.pk, actor=newsroom.second_publisher, **known)
    assert Comment.objects.get().text == "—"
    with pytest.raises(Invalid):
        actions.comment(claim.pk, actor=newsroom.editor, text="And yet")
    with pytest.raises(WrongState):
        actions.assign(claim.pk, actor=newsroom.editor, reviewer=newsroom.second_editor)


def test_the_way_to_publication_is_told_to_those_it_concerns(everybody):
    claim = everybody.draft()
    everybody.submit(claim)
    claim.refresh_from_db()
    actions.request_changes(
        claim.pk, actor=everybody.editor, version=claim.version, reason="Say where."
    )
    assert told(MailKind.CHANGES_REQUESTED) == {"reporter"}
    everybody.submit(claim)
    everybody.approve(claim)
    assert told(MailKind.APPROVED) == {"reporter", "publisher", "second_publisher"}
    everybody.publish(claim)
    assert told(MailKind.PUBLISHED) == {"reporter", "editor"}
    rebuttal = everybody.rebuttal(claim, ground=Ground.UNDERCUT, actor=everybody.second_editor)
    everybody.submit(rebuttal, everybody.second_editor)
    everybody.approve(rebuttal)
    everybody.publish(rebuttal)
    assert told(MailKind.REBUTTED, claim) == {"reporter"}
    everybody.withdraw(claim)
    assert told(MailKind.WITHDRAWN) == {"reporter", "second_publisher"}


def test_a_person_chooses_what_they_are_told(everybody):
    everybody.editor.unwanted_mail = [MailKind.REVIEW_ASKED]
    everybody.editor.save(update_fields=["unwanted_mail"])
    everybody.submit(everybody.draft())
    assert told(MailKind.REVIEW_ASKED) == {"second", "publisher", "second_publisher"}


def test_who_left_is_told_nothing(everybody):
    everybody.second_editor.is_active = False
    everybody.second_editor.save(update_fields=["is_active"])
    everybody.submit(everybody.draft())
    assert "second" not in told(MailKind.REVIEW_ASKED)


def test_a_refused_step_tells_nobody(everybody):
    claim = everybody.draft(confidence="", text={"reason": ""})
    with pytest.raises(Invalid):
        everybody.submit(claim)
    assert not Mail.objects.exists() and not ProcrastinateJob.objects.exists()


def test_mail_is_sent_once_in_the_recipients_language_without_the_claims_words(everybody, settings):
    settings.NEWSROOM_URL = "https://desk.example.org"
    everybody.second_editor.email = "second@example.org"
    everybody.second_editor.language = "ko"
    everybody.second_editor.save(update_fields=["email", "language"])
    claim = everybody.draft(CLAIM_WORDS)
    actions.assign(claim.pk, actor=everybody.reporter, reviewer=everybody.second_editor)
    everybody.submit(claim)
    job = ProcrastinateJob.objects.get()
    assert job.task_name == "send_mail"
    for _twice in range(2):
        tasks.send_mail(job.args["mail_id"])
    (sent,) = outbox.outbox
    assert sent.to == ["second@example.org"]
    assert f"https://desk.example.org/admin/claims/claim/{claim.pk}/change/" in sent.body
    assert claim.public_id in sent.subject
    assert CLAIM_WORDS not in sent.subject + sent.body
    assert "검토" in sent.subject
    assert Mail.objects.get().sent_at is not None


def test_an_overdue_reply_is_told_once(everybody):
    party = everybody.party("Somebody")
    asked = {"party": party, "asked_on": date(2025, 7, 1), "deadline": date(2025, 7, 8)}
    claim = everybody.draft(replies=[asked, {**asked, "deadline": None}])
    noon = datetime(2025, 7, 8, 12, tzinfo=UTC)
    tasks.tell_of_overdue_replies(int(noon.timestamp()))
    assert not Mail.objects.exists(), "the day itself is not over"
    for day in (9, 10):
        tasks.tell_of_overdue_replies(int(noon.replace(day=day).timestamp()))
    assert told(MailKind.OVERDUE_REPLY, claim) == {"reporter"}
    assert Mail.objects.count() == 1


def test_an_answer_is_recorded_in_one_step_and_is_a_change_of_the_claim(newsroom):
    party = newsroom.party("Somebody")
    asked = {"party": party, "asked_on": date(2025, 7, 1), "deadline": date(2025, 7, 8)}
    claim = newsroom.published(replies=[asked])
    reply = claim.reply_requests.get()
    answer = {
        "outcome": Outcome.ANSWERED,
        "answer": "It is not so.",
        "answered_on": date(2025, 7, 3),
    }
    known = {"actor": newsroom.reporter, "version": claim.version}
    with pytest.raises(Invalid):
        actions.record_answer(claim.pk, reply.pk, values={**answer, "answer": ""}, **known)
    after = actions.record_answer(claim.pk, reply.pk, values=answer, **known)
    reply.refresh_from_db()
    assert (reply.outcome, reply.answer, after.state) == ("answered", "It is not so.", "draft")
