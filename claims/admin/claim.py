"""The claim's screens: the working copy, its rebuttals, and what can be done with it."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from claims import actions
from claims.models import Behind, Claim, History
from claims.models.fields import new_public_id
from claims.permissions import may
from claims.templatetags.desk import level

from . import finding
from .base import Desk, DoorAdmin, marked, origin
from .conversation import conversation_view
from .correcting import correcting_view
from .differences import differences_view
from .facing import RightPage, rebuttals_of, show_gaps, submitted
from .filters import LanguageFilter, MergedFilter, TopicFilter
from .forms.claims import ClaimForm, RebuttalForm
from .forms.lists import LISTS, lists_of
from .forms.offers import Offer
from .forms.opened import Opened
from .forms.records import new_records
from .forms.steps import waits
from .merging import about, merge_view, split_view, undo_view
from .preview import phone, preview
from .rechecks import recheck_queue
from .replies import reply_queue
from .situation import Situation, mark_of, next_step, with_marks
from .steps import step_view
from .together import MOST, behind_view, chosen_view, to_together

# A new rebuttal's edge is given by the claim that it is added to.
LISTS_OF_REBUTTAL = tuple(name for name in LISTS if name != "rebuts")


def new_claim(language: str | None) -> dict[str, Any]:
    return {"language": language, "new_id": new_public_id()}


@admin.register(Claim)
class ClaimAdmin(DoorAdmin):
    write_permission = "edit"
    change_form_template = "admin/claims/claim_form.html"
    list_display = (
        "statement",
        "state_shown",
        "confidence_shown",
        "claimant",
        "edition",
        "changed_at",
    )
    list_filter = (
        "state",
        "confidence",
        LanguageFilter,
        TopicFilter,
        MergedFilter,
    )
    sortable_by = ("changed_at",)
    # Its presence shows the search field; `get_search_results` says what is found.
    search_fields = ("public_id",)
    search_help_text = gettext_lazy(
        "How words of a claim begin, its claimant’s name, or its id. Every word has to be found."
    )
    actions = ("together",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return with_marks(super().get_queryset(request).for_list())

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        found = super().get_object(request, object_id, from_field)
        return found and Claim.objects.for_desk().get(pk=found.pk)

    def opened(self, request: HttpRequest, claim_id: int, action: str = "view") -> Claim:
        """The claim of one of its screens, for somebody who may do this there; else 403 or 404."""
        may_look = self.has_view_permission(request)
        if not (may_look if action == "view" else may(request.user, action, four_eyes=False)):
            raise PermissionDenied
        claim = self.get_object(request, str(claim_id))
        if claim is None:
            raise Http404
        return claim

    def get_urls(self) -> list[Any]:
        def address(route: str, name: str, view: Any) -> Any:
            return path(
                route,
                self.admin_site.admin_view(partial(view, self)),
                name=f"claims_claim_{name}",
            )

        queues = [address(f"{name}/", name, view) for name, view in QUEUES.items()]
        own = [
            address(f"<int:claim_id>/{route}/", name, view)
            for route, (name, view) in OF_ONE_CLAIM.items()
        ]
        return [*queues, *own, *super().get_urls()]

    def has_change_permission(self, request: HttpRequest, obj: Claim | None = None) -> bool:
        is_closed = obj and (obj.suppressed_at or obj.merged_into_id)
        return super().has_change_permission(request, obj) and not is_closed

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        words = finding.words_of(search_term)
        return queryset.filter(finding.claims_holding(words)) if words else queryset, False

    def found(self, request: HttpRequest, term: str) -> Any:
        return finding.claims(term)

    def option_of(self, claim: Claim) -> dict[str, str]:
        """In the box stands the id; what it says and where it stands are shown beside it."""
        claimant = str(claim.claimant) if claim.claimant else ""
        note = " · ".join(part for part in (claimant, claim.get_state_display()) if part)
        return {"id": claim.public_id, "note": note, "lang": claim.language}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"behind": Behind.objects.exists(), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.display(description=gettext_lazy("state"), ordering="state")
    def state_shown(self, obj: Any) -> str:
        _look, word = mark_of(
            obj,
            is_open=obj.open_number is not None,
            is_waiting=obj.waiting_number is not None,
            last_decision=obj.last_decision,
        )
        return word

    @admin.display(description=gettext_lazy("claim"))
    def statement(self, obj: Claim) -> str:
        return marked(obj.language, str(obj))

    @admin.display(description=gettext_lazy("confidence"), empty_value="—")
    def confidence_shown(self, obj: Claim) -> str | None:
        return level(obj.confidence) or None

    @admin.action(permissions=["view"], description=gettext_lazy("Approve or publish together"))
    def together(self, request: HttpRequest, chosen: Any) -> HttpResponse | None:
        numbers = chosen.values_list("pk", flat=True)[: MOST + 1]
        if len(numbers) > MOST:
            messages.error(request, _("Choose at most %(most)s claims.") % {"most": MOST})
            return None
        return to_together(numbers)

    def desk(self, request: HttpRequest, obj: Claim | None) -> Desk:
        data, offer = request.POST or None, Offer()
        initial = self.initial(ClaimForm, obj)
        if obj and data:
            # A text that was taken out meanwhile keeps its place: it may have been worked on.
            opened = Opened.read(data.get("base", ""), obj, data.get("version", ""))
            initial["languages"] += ClaimForm.languages_of(opened)
        right_page = obj and RightPage.of(obj, request.GET, request.POST)
        form = ClaimForm(
            data,
            initial=initial or new_claim(get_language()),
            offer=offer,
            may_flag=may(request.user, "flag_allegation"),
            first=obj is None or not actions.was_open(obj),
            rebuttals=right_page and right_page.names(),
        )
        return Desk(form, lists_of(obj, data, offer), right_page=right_page)

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
        leads_on = next_step(situation, steps)
        others = [step for step in steps if not leads_on or step["action"] != leads_on["action"]]
        others.sort(key=lambda step: bool(step["why_not"]))
        return {
            "situation": situation,
            "next_step": leads_on,
            "other_steps": others,
            "may_rebut": may(request.user, "add_rebuttal")
            and not (obj.suppressed_at or obj.merged_into_id),
            "merging": about(obj),
            "may_merge": may(request.user, "merge"),
        }

    def show(
        self, request: HttpRequest, obj: Claim | None, desk: Desk, writable: bool
    ) -> HttpResponse:
        if obj is not None:
            desk.rebuttals = rebuttals_of(desk.right_page, desk.form)
            if writable and request.method == "GET" and "check" in request.GET:
                show_gaps(desk, actions.missing(obj), obj.language)
        return super().show(request, obj, desk, writable)

    def saved(self, request: HttpRequest, saved: Claim, *, is_new: bool) -> HttpResponse:
        if "_submit" in request.POST:
            return self.submitted(request, saved)
        response = super().saved(request, saved, is_new=is_new)
        if "_rebut" in request.POST:
            return HttpResponseRedirect(reverse("admin:claims_claim_rebuttal", args=[saved.pk]))
        return response

    def submitted(
        self, request: HttpRequest, saved: Claim, target: Claim | None = None
    ) -> HttpResponse:
        """Hand over what was just saved; where something is missing, its screen says what."""
        if submitted(request, saved):
            if target is not None:
                submitted(request, target)
            return HttpResponseRedirect(self.address(saved))
        return HttpResponseRedirect(f"{self.address(saved)}?check=1")

    def rebuttal_view(self, request: HttpRequest, claim_id: int) -> HttpResponse:
        """Record a counterclaim and its edge to this claim, in one form."""
        target = self.opened(request, claim_id, "add_rebuttal")
        if target.suppressed_at or target.merged_into_id:
            raise PermissionDenied
        data, offer = request.POST or None, Offer()
        form = RebuttalForm(
            data,
            initial=new_claim(target.language),
            offer=offer,
            may_flag=may(request.user, "flag_allegation"),
            first=True,
            target_waits=waits(target) and may(request.user, "submit"),
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
                if "_submit" in request.POST:
                    both = form.cleaned_data.get("submit_target")
                    return self.submitted(request, saved, target if both else None)
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
            "new_records": new_records(),
        }
        return render(request, self.change_form_template, context, status=desk.status)

    def history_of(self, obj: Claim) -> Any:
        return History.objects.filter(claim_id=obj.pk)


# By the last part of their address, which is also the last part of its name.
QUEUES: dict[str, Any] = {
    "behind": behind_view,
    "replies": reply_queue,
    "rechecks": recheck_queue,
    "together": chosen_view,
}
# By what follows the claim's number: the last part of the address's name, and the view.
OF_ONE_CLAIM: dict[str, tuple[str, Any]] = {
    "rebuttal": ("rebuttal", ClaimAdmin.rebuttal_view),
    "conversation": ("conversation", conversation_view),
    "correct": ("correct", correcting_view),
    "differences": ("differences", differences_view),
    "preview": ("preview", preview),
    "preview/phone": ("preview_phone", phone),
    "step/<slug:action>": ("step", step_view),
    "merge": ("merge", merge_view),
    "split": ("split", split_view),
    "undo": ("undo", undo_view),
}
