"""What the newsroom's people say about a claim, whom they ask, and who is told of it by mail."""

from datetime import UTC, date, datetime

import pytest
from django.core import mail as outbox
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from claims import actions, tasks
from claims.choices import Ground, MailKind, Outcome
from claims.exceptions import Invalid, NotAllowed, WrongState
from claims.mentions import meant
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


KNOWN = {"mina", "mina.k", "jonas.weber", "sora", "민아", "민"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@mina, look", {"mina"}),
        ("Ask @mina.", {"mina"}),
        ("@mina and @jonas.weber too", {"mina", "jonas.weber"}),
        ("(@mina) “@sora”", {"mina", "sora"}),
        ("@민아 확인 부탁해요", {"민아"}),
        ("@mina에게, @sora가 @jonas.weber님", {"mina", "sora", "jonas.weber"}),
        ("@mina.k에게", {"mina.k"}),
        ("@민아에게", {"민아"}),
        ("@minah @mina2 @sora_", set()),
        ("mail mina@example.org", set()),
        ("@@mina", set()),
        ("@", set()),
        ("", set()),
    ],
)
def test_who_is_mentioned(text, names):
    assert set(meant(text, KNOWN).values()) - {""} == names


def test_a_mention_that_is_nobodys_is_known_as_it_was_written():
    assert meant("@mina에게, @jonas and @sora.", KNOWN) == {
        "mina에게": "mina",
        "jonas": "",
        "sora": "sora",
    }
    assert meant("@민아에게", set()) == {"민아에게": ""}


def test_a_korean_particle_keeps_nobody_from_being_told(everybody):
    claim = everybody.draft()
    actions.comment(claim.pk, actor=everybody.reporter, text="@editor님, @second에게 물어볼까요?")
    assert told(MailKind.MENTION, claim) == {"editor", "second"}


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


@pytest.mark.parametrize(
    "why", ["submits it", "was deactivated", "lost the role", "contributed", "changed its source"]
)
def test_a_reviewer_who_cannot_review_it_leaves_the_others_to_be_told(everybody, why):
    chosen = everybody.second_editor
    source = everybody.first_source()
    claim = everybody.draft()
    actions.assign(claim.pk, actor=everybody.reporter, reviewer=chosen)
    actor = everybody.reporter
    if why == "submits it":
        actor = chosen
    elif why == "was deactivated":
        chosen.is_active = False
        chosen.save(update_fields=["is_active"])
    elif why == "lost the role":
        chosen.groups.clear()
    elif why == "contributed":
        everybody.revise(claim, kind="", note="", actor=chosen, statement="Usage is rising")
    else:
        actions.save_source(
            actor=chosen, source_id=source.pk, version=source.version, fields={"title": "Renamed"}
        )
    everybody.submit(claim, actor)
    assert told(MailKind.REVIEW_ASKED, claim) == {"editor", "publisher", "second_publisher"}


def test_who_changed_what_a_claim_shows_is_neither_offered_nor_told(everybody):
    source = everybody.first_source()
    claim = everybody.draft()
    assert everybody.second_editor in actions.reviewers(claim)
    actions.save_source(
        actor=everybody.second_editor,
        source_id=source.pk,
        version=source.version,
        fields={"title": "Renamed"},
    )
    everybody.submit(claim)
    assert told(MailKind.REVIEW_ASKED, claim) == {"editor", "publisher", "second_publisher"}
    with pytest.raises(NotAllowed):  # as the same rule says when they are asked
        actions.assign(claim.pk, actor=everybody.reporter, reviewer=everybody.second_editor)
    other = everybody.draft("Something else", citations=[{"source": everybody.source("Another")}])
    assert everybody.second_editor in actions.reviewers(other)


def test_those_who_may_review_are_one_question(everybody, django_assert_num_queries):
    claim = everybody.draft()
    with django_assert_num_queries(2):  # the policy, the people
        assert len(actions.reviewers(claim)) == 4


def test_a_publication_ends_what_the_reviewer_was_asked(everybody):
    claim = everybody.draft()
    actions.assign(claim.pk, actor=everybody.reporter, reviewer=everybody.editor)
    everybody.approved(claim)
    claim.refresh_from_db()
    assert claim.reviewer == everybody.editor
    everybody.publish(claim)
    claim.refresh_from_db()
    assert (claim.reviewer, claim.state, claim.version) == (None, "published", 1)


def test_a_refresh_tells_who_may_approve_it_once_for_all_its_claims(everybody):
    party = everybody.party("Tencent")
    claims = [everybody.published(fields={"claimant": party}) for _each in range(3)]
    before = set(Mail.objects.filter(kind=MailKind.REVIEW_ASKED).values_list("pk", flat=True))
    everybody.rename(party, en="Tencent Holdings")
    for claim in claims:
        claim.refresh_from_db()
    actions.propose_refresh(
        {claim.pk: claim.version for claim in claims},
        actor=everybody.publisher,
        note={"en": "Renamed."},
    )
    asked = Mail.objects.filter(kind=MailKind.REVIEW_ASKED).exclude(pk__in=before)
    told = sorted(mail.recipient.username for mail in asked)
    assert told == ["editor", "second", "second_publisher"]


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


def letters(kind: MailKind, claim, person) -> list[str]:
    """The subjects of what a person was told of a claim, oldest first."""
    mails = Mail.objects.filter(kind=kind, claim=claim, recipient=person).order_by("id")
    return [tasks.written(mail).subject for mail in mails]


def test_what_is_scheduled_is_told_as_that_and_when_it_opens(everybody, settings):
    settings.TIME_ZONE = "UTC"
    claim = everybody.published("Usage is falling")
    rebuttal = everybody.rebuttal(claim, actor=everybody.second_editor)
    everybody.submit(rebuttal, everybody.second_editor)
    everybody.approve(rebuttal)
    moment = datetime(timezone.now().year + 1, 8, 1, 9, 30, tzinfo=UTC)
    everybody.publish(rebuttal, opens_at=moment)
    words = f"1 Aug {moment.year} 09:30 UTC"
    (scheduled,) = letters(MailKind.PUBLISHED, rebuttal, everybody.second_editor)
    (announced,) = letters(MailKind.REBUTTED, claim, everybody.reporter)
    assert scheduled == (
        f"Scheduled by Publisher: claim {rebuttal.public_id} will open to readers on {words}"
    )
    assert announced == (
        f"A rebuttal of claim {claim.public_id} was scheduled by Publisher:"
        f" it will open to readers on {words}"
    )
    # What readers see at once is told as before.
    assert letters(MailKind.PUBLISHED, claim, everybody.reporter) == [
        f"Published by Publisher: claim {claim.public_id}"
    ]
    # Cancelled, and published with the next edition: readers had not seen the rebuttal before.
    actions.cancel(
        rebuttal.pk, actor=everybody.publisher, version=rebuttal.version, reason="Not yet."
    )
    everybody.revise(rebuttal, kind="", note="", statement="It is not counted")
    everybody.publish(rebuttal)
    assert letters(MailKind.REBUTTED, claim, everybody.reporter) == [
        announced,
        f"A rebuttal of claim {claim.public_id} was published by Publisher",
    ]


def test_a_rebuttal_is_told_of_once_and_not_with_every_edition(everybody):
    claim, other = everybody.published("Usage is falling"), everybody.published("It is slow")
    rebuttal = everybody.rebuttal(claim, actor=everybody.second_editor)
    everybody.publish(rebuttal)
    everybody.publish(everybody.revise(rebuttal, statement="Embedded use is hardly counted"))
    assert len(letters(MailKind.REBUTTED, claim, everybody.reporter)) == 1
    # One that is new, or says something else, is told of.
    edge = rebuttal.rebuts.get()
    rebuttal.refresh_from_db()
    actions.edit(
        rebuttal.pk,
        actor=everybody.second_editor,
        version=rebuttal.version,
        fields={"change_kind": "update"},
        texts={"en": {"change_note": "One more."}},
        rebuts=[{"id": edge.pk}, {"target": other, "ground": "rebut", "opposer": "us"}],
    )
    everybody.publish(rebuttal)
    assert len(letters(MailKind.REBUTTED, claim, everybody.reporter)) == 1
    assert len(letters(MailKind.REBUTTED, other, everybody.reporter)) == 1
    rebuttal.refresh_from_db()
    actions.edit(
        rebuttal.pk,
        actor=everybody.second_editor,
        version=rebuttal.version,
        fields={"change_kind": "update"},
        texts={"en": {"change_note": "Not only context."}},
        rebuts=[
            {"id": edge.pk, "ground": "rebut"},
            {"id": rebuttal.rebuts.exclude(pk=edge.pk).get().pk},
        ],
    )
    everybody.publish(rebuttal)
    assert len(letters(MailKind.REBUTTED, claim, everybody.reporter)) == 2
    assert len(letters(MailKind.REBUTTED, other, everybody.reporter)) == 1


def test_an_edition_that_rebuts_one_claim_twice_tells_of_it_once(everybody):
    claim, other = everybody.published("Usage is falling"), everybody.published("It is slow")
    rebuttal = everybody.rebuttal(claim, actor=everybody.second_editor)
    rebuttal.refresh_from_db()
    edge = rebuttal.rebuts.get()
    more = [("rebut", claim), ("undermine", other)]
    actions.edit(
        rebuttal.pk,
        actor=everybody.second_editor,
        version=rebuttal.version,
        rebuts=[
            {"id": edge.pk},
            *({"target": one, "ground": ground, "opposer": "us"} for ground, one in more),
        ],
    )
    everybody.publish(rebuttal)
    for one in (claim, other):
        assert len(letters(MailKind.REBUTTED, one, everybody.reporter)) == 1


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


def test_who_is_no_staff_any_more_is_told_nothing(everybody):
    """A role without the newsroom: `is_staff` alone opens the admin."""
    claim = everybody.draft(actor=everybody.second_editor)
    for person in (everybody.editor, everybody.second_editor):
        person.is_staff = False
        person.save(update_fields=["is_staff"])
    assert everybody.editor not in actions.reviewers(claim)
    everybody.submit(claim)
    actions.comment(claim.pk, actor=everybody.reporter, text="@editor, @second, @publisher")
    claim.refresh_from_db()
    actions.request_changes(
        claim.pk, actor=everybody.publisher, version=claim.version, reason="Say where."
    )
    assert told(MailKind.REVIEW_ASKED) == {"publisher", "second_publisher"}
    assert told(MailKind.MENTION) == {"publisher"}
    assert told(MailKind.CHANGES_REQUESTED) == set()


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


def test_nobody_is_told_of_a_reply_to_a_merged_claim(everybody):
    party = everybody.party("Somebody")
    asked = {"party": party, "asked_on": date(2025, 7, 1), "deadline": date(2025, 7, 8)}
    claim, other = everybody.draft(replies=[asked]), everybody.draft("The same", replies=[asked])
    actions.merge(
        claim.pk,
        actor=everybody.editor,
        version=claim.version,
        into_id=other.pk,
        into_version=other.version,
    )
    tasks.tell_of_overdue_replies(int(datetime(2025, 7, 9, 12, tzinfo=UTC).timestamp()))
    assert told(MailKind.OVERDUE_REPLY, claim) == set()
    assert told(MailKind.OVERDUE_REPLY, other) == {"reporter", "editor"}


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
