"""The screens of the history: all of it, narrowed as asked, and that of one record."""

from typing import Any

from django.db.models import QuerySet
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.admin.forms.history import HistoryForm, PlaceForm
from claims.models import History

from .export import table
from .pages import Page, page_of

READ = ("GET", "HEAD")


def audit_view(site: Any, request: HttpRequest) -> HttpResponse:
    """All of the history, or what the form asks for."""
    if request.method not in READ:
        return HttpResponseNotAllowed(READ)
    form = HistoryForm(request.GET)
    if not form.is_valid():
        return show(site, request, form, Page([]), 422)
    before = form.cleaned_data["before"]
    page = page_of(form.entries(), before, request.user, by_time=form.by_time)
    return show(site, request, form, page)


def export_view(site: Any, request: HttpRequest) -> HttpResponseBase:
    """What the form asks for, whole, as CSV."""
    if request.method not in READ:
        return HttpResponseNotAllowed(READ)
    form = HistoryForm(request.GET)
    if not form.is_valid():
        return show(site, request, form, Page([]), 422)
    name = f"history-{timezone.localdate().isoformat()}.csv"
    return StreamingHttpResponse(
        table(form.entries(), by_time=form.by_time),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


def show(
    site: Any, request: HttpRequest, form: HistoryForm, page: Page, status: int = 200
) -> HttpResponse:
    asked = {name: value for name in form.fields if (value := request.GET.get(name))}
    narrowed = {name: value for name, value in asked.items() if name != "before"}
    here = reverse("admin:claims_history_changelist")
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "title": _("History"),
        "form": form,
        "status": status,
        "page": page,
        "here": here,
        "narrowed": narrowed,
        "one_action": "change" in asked,
        "is_beginning": "before" not in asked,
    }
    return render(request, "admin/claims/audit.html", context, status=status)


def record_view(
    site: Any, request: HttpRequest, entries: QuerySet[History], **context: Any
) -> HttpResponse:
    """The history of one record: `entries` are its own."""
    form = PlaceForm(request.GET)
    known = form.is_valid()
    page = page_of(entries, form.cleaned_data["before"], request.user) if known else Page([])
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "form": form,
        "page": page,
        "here": request.path,
        "is_beginning": "before" not in request.GET,
        **context,
    }
    return render(request, "admin/claims/history.html", context, status=200 if known else 422)


def action_of(number: str) -> QuerySet[History]:
    """All entries of the action to which an entry belongs; Http404 if there is none."""
    digits = number.isascii() and number.isdigit() and len(number) <= 18
    entry = History.objects.filter(pk=int(number)).only("change").first() if digits else None
    if entry is None:
        raise Http404
    if entry.change is None:
        return History.objects.filter(pk=entry.pk)
    return History.objects.filter(change=entry.change)
