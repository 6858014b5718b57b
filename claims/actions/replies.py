"""Right of reply: who was asked, and what came of it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from claims.exceptions import Refused
from claims.models import Claim, Party, ReplyRequest, User

from .door import clean, door, lock, only, require

ANSWER = ("outcome", "answer", "answer_language", "answered_on", "deadline")


def record_answer(
    claim_id: int,
    reply_id: int,
    *,
    actor: User,
    version: int,
    values: Mapping[str, Any],
    request: str = "",
) -> Claim:
    """Note what came of a request for a reply: an answer, no answer, or a later deadline.

    `values`: those of ANSWER. It is a change of the claim: reviewed and published like others.
    """
    with door(actor=actor, action="record_answer", request=request):
        claim = lock(Claim, claim_id, version)
        require(actor, "record_answer")
        reply = ReplyRequest.objects.filter(pk=reply_id, claim=claim).first()
        if reply is None:
            raise Refused(_("There is no such record."))
        values = only(values, ANSWER)
        changed = [name for name, value in values.items() if getattr(reply, name) != value]
        for name in changed:
            setattr(reply, name, values[name])
        clean(reply)
        if changed:
            reply.save(update_fields=changed)
    claim.refresh_from_db()
    return claim


def ask_for_reply(
    claim_id: int,
    *,
    actor: User,
    version: int,
    party: Party | None,
    channel: str,
    asked_on: date,
    deadline: date | None = None,
    request: str = "",
) -> Claim:
    """Note that somebody was asked for a reply to a claim; who was asked before stays."""
    with door(actor=actor, action="ask_for_reply", request=request):
        claim = lock(Claim, claim_id, version)
        require(actor, "ask_for_reply")
        reply = ReplyRequest(
            claim=claim,
            party=party,
            channel=channel,
            asked_on=asked_on,
            deadline=deadline,
            answer_language=claim.language,
        )
        clean(reply)
        reply.save()
    claim.refresh_from_db()
    return claim
