"""What readers sent in: the list, and a screen for each on which something becomes of it."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import actions
from claims.choices import Action, TipUse
from claims.models import Claim, Tip
from claims.permissions import may
from claims.validators import host_of

from .base import Desk, ReadOnlyAdmin, marked, origin
from .conversation import carried_out
from .forms.tips import ACTIONS, FORMS

# Answers on one page are few: nobody writes to a reader more often.
MOST_ANSWERS = 100


class WhichFilter(admin.SimpleListFilter):
    """Those that wait, unless somebody wants others; each is walked along an index."""

    title = gettext_lazy("state")
    parameter_name = "which"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("mine", gettext_lazy("Yours that wait")),
            ("unassigned", gettext_lazy("Nobody’s that wait")),
            ("closed", gettext_lazy("Closed")),
        ]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": _("All that wait")}, *rest]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "closed":
            return queryset.filter(closed_at__isnull=False)
        waiting = queryset.filter(closed_at=None)
        if self.value() == "mine":
            return waiting.filter(handler=request.user)
        return waiting.filter(handler=None) if self.value() == "unassigned" else waiting


@admin.register(Tip)
class TipAdmin(ReadOnlyAdmin):
    """Of what a reader wrote nothing is changed here, and no admin of the system reads it."""

    view_permission = Action.CLOSE_TIP
    list_display = ("said", "kind", "about", "handler", "received_at", "outcome")
    list_filter = (WhichFilter, "kind")

    def get_queryset(self, request: HttpRequest) -> Any:
        claims = Prefetch("claim", Claim.objects.for_list())
        return super().get_queryset(request).select_related("handler").prefetch_related(claims)

    def get_urls(self) -> list[Any]:
        """Tips have no history (DESIGN 3), so that there is no page for it."""
        return [each for each in super().get_urls() if each.name != "claims_tip_history"]

    @admin.display(description=gettext_lazy("what the reader writes"))
    def said(self, tip: Tip) -> str:
        return marked(tip.language, Truncator(tip.text).chars(90))

    @admin.display(description=gettext_lazy("claim"))
    def about(self, tip: Tip) -> str:
        if not tip.claim:
            return "–"
        return marked(tip.claim.language, Truncator(str(tip.claim)).chars(60))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One tip; takes the step whose name is sent as `action`."""
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied
        tip = self.tip(object_id)
        sent = request.POST.get("action", "") if request.method == "POST" else ""
        if request.method == "POST" and not (sent in FORMS and may(request.user, sent)):
            raise PermissionDenied
        desks = {
            name: Desk(form(tip, request.POST if name == sent else None))
            for name, form in FORMS.items()
        }
        if sent:
            done = self.take(request, tip, sent, desks[sent])
            if done is not None:
                return done
            tip = self.tip(object_id)
        return self.show_tip(request, tip, desks, sent)

    def tip(self, object_id: str) -> Tip:
        number = unquote(object_id)
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            raise Http404
        known = Tip.objects.select_related("handler", "closed_by").prefetch_related(
            Prefetch("claim", Claim.objects.for_list()),
            Prefetch("led_to", Claim.objects.for_list()),
        )
        tip = known.filter(pk=number).first()
        if tip is None:
            raise Http404
        return tip

    def take(self, request: HttpRequest, tip: Tip, name: str, desk: Desk) -> HttpResponse | None:
        """The way on after the step; None where it was refused."""
        made: list[Any] = []

        def act() -> None:
            known = {"actor": request.user, "request": origin(request)}
            made.append(ACTIONS[name](tip.pk, **known, **typed(name, desk.form.cleaned_data)))

        if not carried_out(desk, act):
            return None
        if name == "use_tip":
            messages.success(
                request, _("Done. The tip stays open until you close it: look over this draft.")
            )
            return HttpResponseRedirect(reverse("admin:claims_claim_change", args=[made[0].pk]))
        messages.success(request, DONE[name])
        if name == "close_tip":
            return HttpResponseRedirect(reverse("admin:claims_tip_changelist"))
        return HttpResponseRedirect(request.path)

    def show_tip(
        self, request: HttpRequest, tip: Tip, desks: dict[str, Desk], sent: str
    ) -> HttpResponse:
        desk = desks.get(sent)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": tip,
            "tip": tip,
            "title": _("Tip %(number)s: %(kind)s")
            % {"number": tip.pk, "kind": tip.get_kind_display()},
            "host": host_of(tip.url),
            "readers_page": readers_page(tip),
            "answers": tip.answers.select_related("author")[:MOST_ANSWERS],
            "uses": actions.uses_of(tip),
            "is_mine": tip.handler_id == request.user.pk,
            "form": desk and desk.form,
            "desk": desk,
            "assign": desks["assign_tip"].form,
            "reply": desks["answer_tip"].form,
            "close": desks["close_tip"].form,
        }
        status = desk.status if desk else 200
        return render(request, "admin/claims/tip.html", context, status=status)


DONE = {
    "assign_tip": gettext_lazy("Saved: who looks after this tip."),
    "answer_tip": gettext_lazy("Your answer is on its way."),
    "close_tip": gettext_lazy("The tip is closed."),
}


def typed(name: str, data: dict[str, Any]) -> dict[str, Any]:
    """What the step's action takes."""
    if name == "use_tip":
        return {"use": TipUse(data["use"])}
    return data


def readers_page(tip: Tip) -> str:
    """Where readers see the edition that a tip is about; empty where that is not known."""
    if not (tip.claim and tip.number):
        return ""
    known = tip.language in dict(settings.LANGUAGES)
    with translation.override(tip.language if known else settings.LANGUAGE_CODE):
        return reverse("public:edition_detail", args=[tip.claim.public_id, tip.number])
