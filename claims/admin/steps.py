"""The buttons of one claim: a page that says what a step does, and the action behind it."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from claims import actions, document, workflow
from claims.exceptions import Refused, Stale
from claims.models import Claim

from .base import Desk, origin
from .differences import since_last_open
from .documents import readable
from .forms.steps import STEP_FORMS
from .situation import WHILE_MERGED, Situation

if TYPE_CHECKING:
    from .claim import ClaimAdmin

# Steps towards readers: what would be new to them stands above the whole, and their page is worth a
# look first.
TOWARDS_READERS = ("submit", "approve", "publish")


class StepView:
    """One step for one claim: shows what it is about on GET, takes it on POST."""

    def __init__(
        self, site: "ClaimAdmin", request: HttpRequest, claim_id: int, action: str
    ) -> None:
        if action not in STEP_FORMS:
            raise Http404
        self.site, self.request, self.action = site, request, action
        self.claim_id = claim_id
        self.form_class = STEP_FORMS[action]

    def answer(self) -> HttpResponse:
        claim = self.site.opened(self.request, self.claim_id, self.action)
        text = self.form_class.document(claim)
        now = {"version": claim.version, "digest": document.digest(text)}
        desk = Desk(self.form_class(self.request.POST or None, initial={**now}, claim=claim))
        if self.request.method == "POST" and self.take(desk, now):
            messages.success(self.request, desk.form.done())
            return HttpResponseRedirect(self.site.address(claim))
        return self.show(claim, desk, text)

    def take(self, desk: Desk, now: dict[str, Any]) -> bool:
        """Take the step, or leave in `desk` why not. After a stale try the next one is of `now`."""
        if not desk.form.is_valid():
            desk.status = 422
            return False
        try:
            desk.form.take(self.request.user, origin(self.request))
        except Refused as refusal:
            desk.refuse(refusal)
            if isinstance(refusal, Stale):
                desk.form.data = desk.form.data.copy()
                desk.form.data.update(now)
            return False
        return True

    def show(self, claim: Claim, desk: Desk, text: str) -> HttpResponse:
        gaps = actions.missing(claim) if self.action == "submit" else {}
        situation = Situation.of(claim, self.request.user)
        possible = situation.is_possible(self.action)
        context = {
            **self.site.admin_site.each_context(self.request),
            "opts": self.site.opts,
            "original": claim,
            "title": f"{desk.form.title}: {claim}",
            "form": desk.form,
            "desk": desk,
            "document": readable(text)[0],
            "differences": since_last_open(claim, text) if self.action in TOWARDS_READERS else None,
            "gaps": list(gaps.values()) if possible else [],
            "not_now": "" if possible else self.why_not_now(situation),
            "possible": possible and not gaps,
            "previewed": self.action in TOWARDS_READERS and not claim.suppressed_at,
            "record_address": self.site.address(claim),
        }
        return render(self.request, "admin/claims/step.html", context, status=desk.status)

    def why_not_now(self, situation: Situation) -> str:
        if situation.claim.suppressed_at:
            return _("This claim was suppressed by law: nothing of it can be changed.")
        if situation.claim.merged_into_id and self.action not in WHILE_MERGED:
            return _("This claim is merged into another: undo that first, or change that one.")
        step = workflow.STEPS.get(self.action)
        if step and situation.state not in step.sources:
            return _("This step is not possible now: the claim is in the state “%(state)s”.") % {
                "state": situation.state.label
            }
        return str(self.form_class.not_now)


def step_view(site: "ClaimAdmin", request: HttpRequest, claim_id: int, action: str) -> HttpResponse:
    return StepView(site, request, claim_id, action).answer()
