"""The workflow's buttons: a page that says what the step does, and the action behind it."""

import json
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import actions, document, workflow
from claims.choices import State
from claims.exceptions import Refused, Stale
from claims.models import Claim
from claims.permissions import may
from claims.validators import plain_text

from .base import Desk, origin
from .forms import VersionedForm

if TYPE_CHECKING:
    from .claim import ClaimAdmin


class StepForm(VersionedForm):
    """What a step needs beside the claim: the version and the document that were looked at."""

    title: Any = ""
    explanation: Any = ""
    heading: Any = gettext_lazy("What readers will see")
    digest = forms.CharField(required=False, widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claim = claim

    def seen(self) -> dict[str, Any]:
        return {"version": self.cleaned_data["version"] or 0}


def reason_field(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SubmitForm(StepForm):
    title = gettext_lazy("Submit for review")
    explanation = gettext_lazy("An editor who did not work on this claim will read it next.")

    def take(self, actor: Any, request: str) -> None:
        actions.submit(self.claim.pk, actor=actor, request=request, **self.seen())


class RequestChangesForm(StepForm):
    title = gettext_lazy("Request changes")
    explanation = gettext_lazy("The claim goes back to its authors with your reason.")
    reason = reason_field(gettext_lazy("What should change"))

    def take(self, actor: Any, request: str) -> None:
        actions.request_changes(
            self.claim.pk,
            actor=actor,
            reason=self.cleaned_data["reason"],
            request=request,
            **self.seen(),
        )


class ApproveForm(StepForm):
    title = gettext_lazy("Approve")
    explanation = gettext_lazy(
        "You approve exactly what is shown below; any later change needs a new approval."
    )

    def take(self, actor: Any, request: str) -> None:
        actions.approve(
            self.claim.pk,
            actor=actor,
            document_digest=self.cleaned_data["digest"],
            request=request,
            **self.seen(),
        )


class PublishForm(StepForm):
    title = gettext_lazy("Publish")
    explanation = gettext_lazy("Readers see this edition at once, or from the moment you choose.")
    opens_at = forms.DateTimeField(
        label=gettext_lazy("Open to readers at"),
        required=False,
        help_text=gettext_lazy("In the newsroom’s time zone; leave empty to publish now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    # Each choice is "id:version", so that what is published is what was looked at.
    together = forms.MultipleChoiceField(
        label=gettext_lazy("Publish together with"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        linked = Q(rebuttals__counterclaim=self.claim) | Q(rebuts__target=self.claim)
        ready = Claim.objects.for_list().filter(linked, state=State.APPROVED).distinct()
        self.fields["together"].choices = [(f"{c.pk}:{c.version}", str(c)) for c in ready]
        if not ready:
            del self.fields["together"]

    def take(self, actor: Any, request: str) -> None:
        others = self.cleaned_data.get("together") or []
        seen = {self.claim.pk: self.seen()["version"]}
        seen |= {int(pk): int(version) for pk, version in (each.split(":") for each in others)}
        actions.publish(seen, actor=actor, opens_at=self.cleaned_data["opens_at"], request=request)


class WithdrawForm(StepForm):
    title = gettext_lazy("Withdraw")
    explanation = gettext_lazy(
        "Every edition of this claim is taken away from readers at once; they see your notice."
    )
    heading = gettext_lazy("The claim as it stands in the newsroom")
    reason = reason_field(gettext_lazy("Reason, for the newsroom’s record"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, language in settings.LANGUAGES:
            label = _("Notice to readers (%(language)s)") % {"language": language}
            self.fields[f"notice_{code}"] = reason_field(label)
            self.fields[f"notice_{code}"].widget.attrs["lang"] = code

    def take(self, actor: Any, request: str) -> None:
        data = self.cleaned_data
        actions.withdraw(
            self.claim.pk,
            actor=actor,
            reason=data["reason"],
            notice={code: data[f"notice_{code}"] for code, _name in settings.LANGUAGES},
            request=request,
            **self.seen(),
        )


STEP_FORMS: dict[str, type[StepForm]] = {
    "submit": SubmitForm,
    "request_changes": RequestChangesForm,
    "approve": ApproveForm,
    "publish": PublishForm,
    "withdraw": WithdrawForm,
}


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
        claim = self.site.get_object(self.request, str(self.claim_id))
        if claim is None:
            return self.site._get_obj_does_not_exist_redirect(
                self.request, self.site.opts, str(self.claim_id)
            )
        if not may(self.request.user, self.action, four_eyes=False):
            raise PermissionDenied
        text = actions.document_of(claim)
        initial = {"version": claim.version, "digest": document.digest(text)}
        desk = Desk(self.form_class(self.request.POST or None, initial=initial, claim=claim))
        if self.request.method == "POST" and self.take(desk, initial):
            messages.success(
                self.request,
                _("“%(step)s” done: “%(claim)s”.") % {"step": desk.form.title, "claim": claim},
            )
            return HttpResponseRedirect(self.site.address(claim))
        return self.show(claim, desk, json.loads(text))

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

    def show(self, claim: Claim, desk: Desk, shown: dict[str, Any]) -> HttpResponse:
        step = workflow.STEPS.get(self.action)
        possible = not step or State(claim.state) in step.sources
        gaps = actions.missing(claim) if self.action == "submit" else {}
        context = {
            **self.site.admin_site.each_context(self.request),
            "opts": self.site.opts,
            "original": claim,
            "title": f"{desk.form.title}: {claim}",
            "form": desk.form,
            "desk": desk,
            "document": shown,
            "edges": claim.rebuts.all(),
            "gaps": list(gaps.values()),
            "possible": possible and not gaps,
            "state": State(claim.state),
            "record_address": self.site.address(claim),
        }
        return render(self.request, "admin/claims/step.html", context, status=desk.status)
