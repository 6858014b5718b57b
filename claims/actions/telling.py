"""Telling the newsroom's people by mail what happened, in the transaction in which it happened."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from procrastinate.contrib.django import app

from claims.choices import MailKind, Role
from claims.models import Claim, Contribution, Mail, ReplyRequest, User
from claims.querysets import overdue

from .door import clean, door, require

SEND_MAIL = "send_mail"


def tell(
    kind: MailKind,
    claim: Claim,
    people: Iterable[User],
    *,
    actor: User | None,
    about: int | None = None,
) -> None:
    """Write mail of this kind to those of these people who want it, and hand it to the worker.

    Nobody is told what they did themselves, and nobody who may not see the newsroom.
    """
    made = []
    for person in sorted(set(people), key=lambda one: one.pk):
        may_look = person.is_active and person.is_staff
        if not may_look or kind in person.unwanted_mail or person == actor:
            continue
        mail = Mail(recipient=person, kind=kind, claim=claim, actor=actor, about=about)
        mail.save()
        made.append(mail)
    if made:
        jobs: list[dict[str, Any]] = [{"mail_id": mail.pk} for mail in made]
        app.configure_task(SEND_MAIL).batch_defer(*jobs)


def staff() -> QuerySet[User]:
    """Who may see the newsroom and holds a role in it."""
    people = User.objects.filter(is_active=True, is_staff=True)
    return people.filter(groups__name__in=Role.values).distinct()


def with_role(*roles: Role) -> QuerySet[User]:
    return staff().filter(groups__name__in=roles)


def working_on(claim: Claim) -> QuerySet[User]:
    """Who contributed to what the newest edition does not have yet."""
    return _who(_contributions(claim).filter(version__gt=claim.frozen_version))


def who_worked_on(claim: Claim) -> QuerySet[User]:
    """Who ever contributed to a claim."""
    return _who(_contributions(claim))


def _contributions(claim: Claim) -> QuerySet[Contribution]:
    return Contribution.objects.filter(record="claim", record_id=claim.pk)


def _who(contributions: QuerySet[Contribution]) -> QuerySet[User]:
    return staff().filter(pk__in=contributions.values("user"))


def choose_mail(*, actor: User, unwanted: Sequence[str], language: str, request: str = "") -> User:
    """Note which kinds of mail a person does not want, and in which language they want the rest."""
    with door(actor=actor, action="choose_mail", request=request):
        require(actor, "choose_mail")
        actor.unwanted_mail = list(unwanted)
        actor.language = language
        clean(actor)
        actor.save(update_fields=["unwanted_mail", "language"])
    return actor


def tell_of_overdue_replies(today: date) -> int:
    """Tell who worked on a claim that somebody's reply to it is overdue, once for each request;
    how many requests that were."""
    waiting = overdue(ReplyRequest.objects, today).select_related("claim")
    told = Mail.objects.filter(kind=MailKind.OVERDUE_REPLY).values("about")
    fresh = list(waiting.exclude(pk__in=told))
    with transaction.atomic():
        for request in fresh:
            people = who_worked_on(request.claim)
            tell(MailKind.OVERDUE_REPLY, request.claim, people, actor=None, about=request.pk)
    return len(fresh)
