"""The queue of right of reply: who must be asked, and whose answer is waited for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import days
from claims.choices import Outcome, State
from claims.models import Claim, ReplyRequest
from claims.tokens import BadToken
from claims.waiting import Part, Place, replies_awaited, to_ask, to_token, walk

from .forms.queues import AnswerForm, AskForm
from .queues import SIZE, Entry, Queue

if TYPE_CHECKING:
    from .claim import ClaimAdmin


FORMS = {"ask": AskForm, "reply": AnswerForm}


class ReplyQueue(Queue):
    template = "admin/claims/replies.html"
    title = gettext_lazy("Right of reply")

    def lists(self) -> dict[str, Any]:
        to_be_asked, rest_to_ask = self.page("ask", to_ask(self.viewer))
        waiting, rest_waiting = self.page("after", replies_awaited(self.viewer))
        asking = [self.to_ask(claim) for claim in self.claims(to_be_asked)]
        answers = [self.awaited(reply) for reply in self.replies(waiting)]
        return {
            "to_ask": self.with_sent(asking, "ask"),
            "more_to_ask": to_token(rest_to_ask) if rest_to_ask else "",
            "waiting": self.with_sent(self.with_wanted(answers), "reply"),
            "more_waiting": to_token(rest_waiting) if rest_waiting else "",
            "why_not": self.why_not("record_answer"),
        }

    def page(self, name: str, parts: Sequence[Part]) -> tuple[list[int], Place | None]:
        """The numbers of the rows of one list."""
        try:
            found, rest = walk(parts, SIZE, self.place(name))
        except BadToken:
            self.bad_place = True
            found, rest = walk(parts, SIZE)
        return [each.number for each in found], rest

    def claims(self, numbers: Sequence[int]) -> list[Claim]:
        known = (
            Claim.objects.for_list()
            .select_related("allegation_about")
            .prefetch_related("allegation_about__names")
            .in_bulk(numbers)
        )
        return [known[number] for number in numbers if number in known]

    def replies(self, numbers: Sequence[int]) -> list[ReplyRequest]:
        known = (
            ReplyRequest.objects.select_related("claim", "party")
            .prefetch_related("claim__texts", "party__names")
            .in_bulk(numbers)
        )
        return [known[number] for number in numbers if number in known]

    def to_ask(self, claim: Claim, data: Any = None) -> Entry:
        name = f"ask-{claim.pk}"
        return Entry(name, claim, AskForm(claim, data, prefix=name), claim.allegation_about)

    def awaited(self, reply: ReplyRequest, data: Any = None) -> Entry:
        name = f"reply-{reply.pk}"
        today = self.viewer.today
        about = {
            "reply": reply,
            "when": days.due(reply.deadline, today) if reply.deadline else "",
            "is_overdue": bool(reply.deadline and reply.deadline < today),
        }
        return Entry(name, reply.claim, AnswerForm(reply, data, prefix=name), about)

    def with_wanted(self, entries: list[Entry]) -> list[Entry]:
        """The rows, and first the one that the address names, if the page does not hold it."""
        wanted = self.request.GET.get("reply", "")
        if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
            return entries
        if any(each.name == f"reply-{int(wanted)}" for each in entries):
            return entries
        found = self.replies([int(wanted)])
        return [self.awaited(each) for each in found if each.outcome == Outcome.WAITING] + entries

    def entry_named(self, kind: str, number: int) -> Entry | None:
        data = self.request.POST
        if kind == "ask":
            for claim in self.claims([number]):
                return self.to_ask(claim, data) if claim.allegation_about_id else None
        if kind == "reply":
            for reply in self.replies([number]):
                return self.awaited(reply, data) if reply.outcome == Outcome.WAITING else None
        return None

    def done(self, entry: Entry, claim: Claim) -> None:
        if claim.state == State.DRAFT:
            sentence = _("Recorded. “%(claim)s” is a draft now and must be reviewed.")
        else:
            sentence = _("Recorded. “%(claim)s” must be submitted for review.")
        messages.success(
            self.request,
            format_html(
                '{} <a href="{}">{}</a>',
                sentence % {"claim": claim},
                reverse("admin:claims_claim_preview", args=[claim.pk]),
                _("See it as readers will"),
            ),
        )


def reply_queue(site: "ClaimAdmin", request: HttpRequest) -> HttpResponse:
    return ReplyQueue(site, request).answer()
