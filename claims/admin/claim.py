"""The claim's screens: the working copy, its rebuttals, and what can be done with it."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from claims import actions
from claims.models import Behind, Claim, History
from claims.models.fields import new_public_id
from claims.permissions import may

from .base import Desk, DoorAdmin, origin
from .forms.claims import ClaimForm, RebuttalForm
from .forms.fields import Offer
from .forms.lists import LISTS, lists_of
from .situation import Situation
from .steps import StepView
from .together import MOST, behind_view, chosen_view, to_together

# A new rebuttal's edge is given by the claim that it is added to.
LISTS_OF_REBUTTAL = tuple(name for name in LISTS if name != "rebuts")


def new_claim(language: str | None) -> dict[str, Any]:
    return {"language": language, "new_id": new_public_id()}


@admin.register(Claim)
class ClaimAdmin(DoorAdmin):
    write_permission = "edit"
    change_form_template = "admin/claims/claim_form.html"
    list_display = ("__str__", "state", "confidence", "claimant", "edition", "changed_at")
    list_filter = ("state", "confidence", "language", "topics")
    search_fields = ("texts__statement", "public_id", "claimant__names__name")
    actions = ("together",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).for_list()

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        return found and Claim.objects.for_desk().get(pk=found.pk)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        views = [
            path("behind/", wrap(self.behind_view), name="claims_claim_behind"),
            path("together/", wrap(self.together_view), name="claims_claim_together"),
            path(
                "<int:claim_id>/rebuttal/", wrap(self.rebuttal_view), name="claims_claim_rebuttal"
            ),
            path(
                "<int:claim_id>/step/<slug:action>/",
                wrap(self.step_view),
                name="claims_claim_step",
            ),
        ]
        return views + super().get_urls()

    def has_change_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.suppressed_at)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"behind": Behind.objects.exists(), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.action(permissions=["view"], description=gettext_lazy("Approve or publish together"))
    def together(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        numbers = chosen.values_list("pk", flat=True)[: MOST + 1]
        if len(numbers) > MOST:
            messages.error(request, _("Choose at most %(most)s claims.") % {"most": MOST})
            return None
        return to_together(numbers)

    def desk(self, request: HttpRequest, obj: Claim | None) -> Desk:
        data, offer = request.POST or None, Offer()
        form = ClaimForm(
            data,
            initial=self.initial(ClaimForm, obj) or new_claim(get_language()),
            offer=offer,
            may_flag=may(request.user, "flag_allegation"),
            first=obj is None or not actions.was_open(obj),
        )
        return Desk(form, lists_of(obj, data, offer))

    def perform(self, request: HttpRequest, obj: Claim | None, desk: Desk) -> Claim:
        contents = {
            **desk.form.contents(),
            **{name: rows.rows() for name, rows in desk.formsets.items()},
            "actor": request.user,
            "request": origin(request),
        }
        if obj is None:
            return actions.record_claim(public_id=desk.form.cleaned_data["new_id"], **contents)
        return actions.edit(obj.pk, version=desk.form.cleaned_data["version"], **contents)

    def screen(self, request: HttpRequest, obj: Claim | None) -> dict[str, Any]:
        if obj is None:
            return {}
        situation = Situation.of(obj, request.user)
        steps = situation.steps()
        return {
            "rebuttals": obj.rebuttals.all(),
            "situation": situation,
            "steps": [step for step in steps if not step["why_not"]],
            "steps_of_others": [step for step in steps if step["why_not"]],
            "may_rebut": may(request.user, "add_rebuttal") and not obj.suppressed_at,
        }

    def rebuttal_view(self, request: HttpRequest, claim_id: int) -> HttpResponse:
        """Record a counterclaim and its edge to this claim, in one form."""
        target = self.get_object(request, str(claim_id))
        if target is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(claim_id))
        if not may(request.user, "add_rebuttal") or target.suppressed_at:
            raise PermissionDenied
        data, offer = request.POST or None, Offer()
        form = RebuttalForm(
            data,
            initial=new_claim(target.language),
            offer=offer,
            may_flag=may(request.user, "flag_allegation"),
            first=True,
        )
        desk = Desk(form, lists_of(None, data, offer, *LISTS_OF_REBUTTAL))

        def perform() -> Claim:
            return actions.add_rebuttal(
                actor=request.user,
                target=target,
                ground=form.cleaned_data["ground"],
                opposer=form.cleaned_data["opposer"],
                public_id=form.cleaned_data["new_id"],
                request=origin(request),
                **form.contents(),
                **{name: rows.rows() for name, rows in desk.formsets.items()},
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

    def behind_view(self, request: HttpRequest) -> HttpResponse:
        return behind_view(self, request)

    def together_view(self, request: HttpRequest) -> HttpResponse:
        return chosen_view(self, request)

    def history_of(self, obj: Claim) -> Any:
        return History.objects.filter(claim_id=obj.pk)
