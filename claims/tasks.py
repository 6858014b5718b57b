"""What the worker does beside the requests: it sends mail, tells of replies that are overdue, and
forgets who sent tips and where people were signed in.

Nothing that readers see waits for it.
"""

from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from claims import actions
from claims.accounts import sessions
from claims.actions.telling import SEND_MAIL
from claims.actions.tips import SEND_ANSWER
from claims.choices import MailKind, ReleaseKind
from claims.letters import Letter, answer_letter, letter
from claims.models import Mail, PublishedEdge, Release, TipAnswer

# Who left between an action and its mail is not written to.
MAY_LOOK = {"recipient__is_active": True, "recipient__is_staff": True}
RETRY = RetryStrategy(max_attempts=8, exponential_wait=6)


@app.task(name=SEND_MAIL, retry=RETRY)
def send_mail(mail_id: int) -> None:
    """Send one mail; its row is locked meanwhile, so that two workers do not send it twice."""
    with transaction.atomic():
        waiting = Mail.objects.select_for_update(skip_locked=True, of=("self",))
        waiting = waiting.select_related("recipient", "actor", "claim")
        mail = waiting.filter(pk=mail_id, sent_at=None, **MAY_LOOK).first()
        if mail is None:
            return
        with translation.override(mail.recipient.language):
            subject, body = written(mail)
        if mail.recipient.email:
            EmailMessage(subject, body, to=[mail.recipient.email]).send()
        mail.sent_at = timezone.now()
        mail.save(update_fields=["sent_at"])


def written(mail: Mail) -> Letter:
    """What a mail says, in the language that is active."""
    path = reverse("admin:claims_claim_change", args=[mail.claim_id])
    return letter(
        MailKind(mail.kind),
        person=str(mail.recipient),
        actor=str(mail.actor or ""),
        claim=mail.claim.public_id,
        address=f"{settings.NEWSROOM_URL}{path}",
        opens_at=scheduled_for(mail),
    )


def scheduled_for(mail: Mail) -> datetime | None:
    """The moment for which the edition was scheduled that a mail tells of; None: at once."""
    if mail.kind == MailKind.PUBLISHED:
        editions = [mail.about]
    elif mail.kind == MailKind.REBUTTED:
        edges = PublishedEdge.objects.filter(pk__in=[mail.about])
        editions = list(edges.values_list("edition_id", flat=True))
    else:
        return None
    decisions = Release.objects.filter(kind=ReleaseKind.SCHEDULE, edition__in=editions)
    first = decisions.order_by("id").first()
    return first.opens_at if first else None


@app.periodic(cron="0 6 * * *")
@app.task(name="tell_of_overdue_replies", queueing_lock="tell_of_overdue_replies")
def tell_of_overdue_replies(timestamp: int) -> None:
    """Tell who works on a claim that a reply to it is overdue; once for each request."""
    moment = datetime.fromtimestamp(timestamp, tz=timezone.get_default_timezone())
    actions.tell_of_overdue_replies(moment.date())


@app.task(name=SEND_ANSWER, retry=RETRY)
def send_answer_to_tip(answer_id: int) -> None:
    """Send one answer to who sent a tip, in the language of the page on which they wrote; not once
    their address is deleted."""
    with transaction.atomic():
        waiting = TipAnswer.objects.select_for_update(skip_locked=True, of=("self",))
        waiting = waiting.select_related("tip").exclude(tip__contact="")
        answer = waiting.filter(pk=answer_id, sent_at=None).first()
        if answer is None:
            return
        tip = answer.tip
        known = tip.language in dict(settings.LANGUAGES)
        with translation.override(tip.language if known else settings.LANGUAGE_CODE):
            subject, body = answer_letter(answer.text, received_at=tip.received_at)
        EmailMessage(subject, body, to=[tip.contact]).send()
        answer.sent_at = timezone.now()
        answer.save(update_fields=["sent_at"])


@app.periodic(cron="10 0 * * *")
@app.task(name="forget_who_sent_tips", queueing_lock="forget_who_sent_tips")
def forget_who_sent_tips(timestamp: int) -> None:
    """Delete the addresses of who sent tips that were closed thirty days ago, and what was counted
    yesterday of where tips came from."""
    actions.forget_contacts()
    actions.forget_places()


@app.periodic(cron="20 0 * * *")
@app.task(name="forget_ended_sessions", queueing_lock="forget_ended_sessions")
def forget_ended_sessions(timestamp: int) -> None:
    """Delete the sessions that have run out."""
    sessions.forget_ended()
