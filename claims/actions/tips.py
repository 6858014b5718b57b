"""What becomes of readers' tips. None of this publishes anything: a tip ends in a draft at most."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import cast

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from claims.choices import Ground, Opposer, Stance, TipOutcome, TipUse
from claims.exceptions import Invalid, NotAllowed, Refused, WrongState
from claims.models import Citation, Claim, Source, Tip, TipAnswer, User
from claims.permissions import may
from claims.validators import host_of, tidy

from .claims import Rows, new_claim, recorded
from .door import clean, door, lock, require
from .shared_records import NewSource, Recording

SEND_ANSWER = "send_answer_to_tip"
CONTACTS_KEPT = timedelta(days=30)
LONGEST_STATEMENT = 500


def find_tip(tip_id: int) -> Tip:
    """A tip that still waits, locked."""
    tip = Tip.objects.select_for_update(of=("self",)).filter(pk=tip_id).first()
    if tip is None:
        raise Refused(_("There is no such record."))
    if tip.closed_at:
        raise WrongState(_("This tip is closed."))
    return tip


def assign_tip(tip_id: int, *, actor: User, handler: User | None, request: str = "") -> Tip:
    """Say who looks after a tip, or that nobody does any more."""
    with door(actor=actor, action="assign_tip", request=request):
        require(actor, "assign_tip")
        tip = find_tip(tip_id)
        if handler is not None and not may(handler, "close_tip"):
            sentence = _("%(person)s does not look after tips.") % {"person": handler}
            raise NotAllowed(sentence)
        tip.handler = handler
        tip.save(update_fields=["handler"])
    return tip


def answer_tip(tip_id: int, *, actor: User, text: str, request: str = "") -> TipAnswer:
    """Write to who sent a tip, by the worker; refused where they left no address."""
    with door(actor=actor, action="answer_tip", request=request):
        require(actor, "answer_tip")
        tip = find_tip(tip_id)
        if not tip.contact:
            raise WrongState(_("Who sent this tip left no address."))
        answer = TipAnswer(tip=tip, author=actor, text=tidy(text))
        if not answer.text:
            sentence = _("Write something first.")
            raise Invalid(sentence, {"text": sentence})
        answer.clean_fields(exclude=["sent_at"])
        answer.save()
        app.configure_task(SEND_ANSWER).defer(answer_id=answer.pk)
    return answer


def close_tip(
    tip_id: int, *, actor: User, outcome: str, reason: str = "", request: str = ""
) -> Tip:
    """Close a tip for good, and say what it came to."""
    with door(actor=actor, action="close_tip", request=request):
        require(actor, "close_tip")
        tip = find_tip(tip_id)
        if outcome not in TipOutcome.values:
            sentence = _("Say what it came to.")
            raise Invalid(sentence, {"outcome": sentence})
        tip.outcome, tip.reason, tip.closed_by = outcome, tidy(reason), actor
        tip.closed_at = Now()
        tip.clean_fields(exclude=["closed_at", "kind", "language", "text", "url", "contact"])
        tip.save(update_fields=["outcome", "reason", "closed_by", "closed_at"])
    tip.refresh_from_db()
    return tip


def use_tip(tip_id: int, *, actor: User, use: TipUse, request: str = "") -> Claim:
    """Make a draft of a tip, in the reader's words, for somebody to work on: a claim, a rebuttal of
    the claim that it is about (on a ground to look over), or a citation in that claim; once. The
    tip stays open."""
    with door(actor=actor, action="use_tip", request=request):
        require(actor, "use_tip")
        tip = find_tip(tip_id)
        if tip.led_to_id:
            raise WrongState(_("Something was made of this tip already."))
        if use not in uses_of(tip):
            raise WrongState(_("Nothing like that can be made of this tip."))
        claim = USES[use](tip, actor)
        tip.led_to = claim
        tip.save(update_fields=["led_to"])
    claim.refresh_from_db()
    return claim


def uses_of(tip: Tip) -> list[TipUse]:
    """What can be made of a tip of which nothing was made so far."""
    if tip.led_to_id:
        return []
    about = bool(tip.claim_id)
    fits = {
        TipUse.CLAIM: True,
        TipUse.REBUTTAL: about,
        TipUse.CITE_FOR: about and bool(tip.url),
        TipUse.CITE_AGAINST: about and bool(tip.url),
    }
    return [use for use in TipUse if fits[use]]


def source_of(tip: Tip) -> Source | NewSource:
    """The work that a tip names: the one that we have at that address, or a new one."""
    known = Source.objects.filter(url=tip.url).first()
    return known or NewSource(
        (
            ("title", host_of(tip.url)[:300] or tip.url[:300]),
            ("language", tip.language),
            ("url", tip.url),
            ("seen", False),
        )
    )


def draft(tip: Tip, actor: User, **parts: Rows) -> Claim:
    """A new draft that says, on one line, what the reader wrote, and cites what they name."""
    if tip.url:
        parts["citations"] = [{"source": source_of(tip), "stance": Stance.FOR}]
    fields, parts_recorded = recorded(actor, {"language": tip.language}, parts)
    statement = " ".join(tip.text.split())[:LONGEST_STATEMENT]
    texts = {tip.language: {"statement": statement}}
    return new_claim(actor, fields, texts, (), parts_recorded)


def draft_rebuttal(tip: Tip, actor: User) -> Claim:
    edge = {"target": tip.claim, "ground": Ground.UNDERCUT, "opposer": Opposer.SOURCE}
    return draft(tip, actor, rebuts=[edge])


def add_citation(tip: Tip, actor: User, stance: Stance) -> Claim:
    source = Recording(actor)(source_of(tip))
    about = cast(Claim, tip.claim)  # as `uses_of` has seen
    claim = lock(Claim, about.pk, about.version)
    citation = Citation(claim=claim, source=source, stance=stance)
    clean(citation)
    citation.save()
    return claim


USES: dict[TipUse, Callable[[Tip, User], Claim]] = {
    TipUse.CLAIM: draft,
    TipUse.REBUTTAL: draft_rebuttal,
    TipUse.CITE_FOR: partial(add_citation, stance=Stance.FOR),
    TipUse.CITE_AGAINST: partial(add_citation, stance=Stance.AGAINST),
}


def forget_places() -> None:
    """Throw away what past days counted of where tips came from, and their salts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_forget_places()")


def forget_contacts() -> int:
    """Empty the contacts of tips that were closed thirty days ago or earlier; how many."""
    due = Tip.objects.exclude(contact="").filter(closed_at__lte=Now() - CONTACTS_KEPT)
    return due.update(contact="")
