"""The claim's screens: the working copy, its rebuttals, and the steps of the workflow."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from claims import actions, workflow
from claims.choices import State
from claims.models import Claim, History, Policy, PublishedEdition
from claims.models.fields import new_public_id
from claims.permissions import may

from .base import Desk, DoorAdmin, origin
from .forms import Citations, ClaimForm, Edges, RebuttalForm
from .steps import STEP_FORMS, StepView


def initial_citations(claim: Claim) -> list[dict[str, Any]]:
    return [
        {
            "id": citation.pk,
            "source": citation.source_id,
            "stance": citation.stance,
            "quotation": citation.quotation,
            "locator": citation.locator,
        }
        for citation in claim.citations.all()
    ]


def initial_edges(claim: Claim) -> list[dict[str, Any]]:
    return [
        {
            "id": edge.pk,
            "target": edge.target,
            "ground": edge.ground,
            "opposer": edge.opposer,
            "target_edition": edge.target_edition,
        }
        for edge in claim.rebuts.all()
    ]


def new_claim(language: str | None) -> dict[str, Any]:
    return {"language": language, "new_id": new_public_id()}


def visibility(claim: Claim) -> dict[str, Any]:
    """What readers have of the claim: the open edition, the one that waits, or a withdrawal."""
    editions = PublishedEdition.objects.filter(claim_key=claim.pk).annotate(now=Now())
    current = waiting = None
    for edition in editions:
        if edition.current.isempty:
            continue
        if edition.current.lower > edition.now:
            waiting = edition
        elif edition.current.upper is None or edition.current.upper > edition.now:
            current = edition
    return {
        "current": current,
        "waiting": waiting,
        "withdrawn": bool(claim.edition and not current and not waiting),
    }


@admin.register(Claim)
class ClaimAdmin(DoorAdmin):
    write_permission = "edit"
    change_form_template = "admin/claims/claim_form.html"
    list_display = ("__str__", "state", "confidence", "claimant", "edition", "changed_at")
    list_filter = ("state", "confidence", "language")
    search_fields = ("texts__statement", "public_id", "claimant__names__name")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_list()

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        return found and Claim.objects.for_desk().get(pk=found.pk)

    def get_urls(self) -> list[Any]:
        views = [
            path(
                "<int:claim_id>/rebuttal/",
                self.admin_site.admin_view(self.rebuttal_view),
                name="claims_claim_rebuttal",
            ),
            path(
                "<int:claim_id>/step/<slug:action>/",
                self.admin_site.admin_view(self.step_view),
                name="claims_claim_step",
            ),
        ]
        return views + super().get_urls()

    def desk(self, request: HttpRequest, obj: Claim | None) -> Desk:
        data = request.POST or None
        first = obj is None or not actions.was_open(obj)
        initial = self.initial(ClaimForm, obj) or new_claim(get_language())
        if obj:
            initial["languages"] = [text.language for text in obj.texts.all()]
        form = ClaimForm(data, initial=initial, first=first)
        citations = Citations(
            data, prefix="citations", initial=initial_citations(obj) if obj else None
        )
        citations.title = gettext_lazy("Citations")
        edges = Edges(
            data,
            prefix="rebuts",
            initial=initial_edges(obj) if obj else None,
            form_kwargs={"claim": obj},
        )
        edges.title = gettext_lazy("What it rebuts")
        return Desk(form, {"citations": citations, "rebuts": edges})

    def perform(self, request: HttpRequest, obj: Claim | None, desk: Desk) -> Claim:
        contents = {
            **desk.form.contents(),
            "citations": desk.formsets["citations"].rows(),
            "rebuts": desk.formsets["rebuts"].rows(),
            "actor": request.user,
            "request": origin(request),
        }
        if obj is None:
            return actions.record_claim(public_id=desk.form.cleaned_data["new_id"], **contents)
        return actions.edit(obj.pk, version=desk.form.cleaned_data["version"], **contents)

    def screen(self, request: HttpRequest, obj: Claim | None) -> dict[str, Any]:
        if obj is None:
            return {}
        shown = visibility(obj)
        return {
            "rebuttals": obj.rebuttals.all(),
            "steps": self.steps(request, obj, shown),
            "visibility": shown,
            "state": State(obj.state),
            "may_rebut": may(request.user, "add_rebuttal"),
        }

    def steps(self, request: HttpRequest, claim: Claim, shown: dict[str, Any]) -> list[dict]:
        """The steps that lead on from here, and for each why this person may not take it."""
        contributor = actions.has_contributed(request.user, claim)
        four_eyes = Policy.objects.latest("id").four_eyes
        steps = []
        for action in STEP_FORMS:
            step = workflow.STEPS.get(action)
            if step and State(claim.state) not in step.sources:
                continue
            if not step and not (shown["current"] or shown["waiting"]):
                continue
            allowed = may(request.user, action, is_contributor=contributor, four_eyes=four_eyes)
            mine = not allowed and may(request.user, action, four_eyes=False)
            steps.append(
                {
                    "action": action,
                    "label": step.label if step else _("Withdraw"),
                    "allowed": allowed,
                    "why_not": _("you changed it yourself: somebody else has to")
                    if mine
                    else _("your role does not allow it"),
                }
            )
        return steps

    def rebuttal_view(self, request: HttpRequest, claim_id: int) -> HttpResponse:
        """Record a counterclaim and its edge to this claim, in one form."""
        target = self.get_object(request, str(claim_id))
        if target is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(claim_id))
        if not may(request.user, "add_rebuttal"):
            raise PermissionDenied
        data = request.POST or None
        form = RebuttalForm(data, initial=new_claim(target.language), first=True)
        citations = Citations(data, prefix="citations")
        citations.title = _("Citations")
        desk = Desk(form, {"citations": citations})

        def perform() -> Claim:
            return actions.add_rebuttal(
                actor=request.user,
                target=target,
                ground=form.cleaned_data["ground"],
                opposer=form.cleaned_data["opposer"],
                citations=citations.rows(),
                public_id=form.cleaned_data["new_id"],
                request=origin(request),
                **form.contents(),
            )

        if request.method == "POST":
            saved = self.save(request, None, desk, perform)
            if saved is not None:
                messages.success(request, _("Rebuttal recorded: “%(claim)s”.") % {"claim": saved})
                return HttpResponseRedirect(self.address(saved))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": None,
            "target": target,
            "title": _("Add a rebuttal"),
            "desk": desk,
            "form": form,
            "writable": True,
        }
        return render(request, self.change_form_template, context, status=desk.status)

    def step_view(self, request: HttpRequest, claim_id: int, action: str) -> HttpResponse:
        return StepView(self, request, claim_id, action).answer()

    def history_of(self, obj: Claim) -> Any:
        return History.objects.filter(claim_id=obj.pk)
