"""The pages of accounts: allauth's views in our frame and with honest statuses, and our own."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from claims.accounts import sessions

View = Callable[..., Any]
TOO_MANY = {"too_many_login_attempts", "rate_limited"}


def page(view: View, title: Any) -> View:
    """A view of allauth's as a page of ours: never cached, and a refused form is not a 200."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **options: Any) -> Any:
        response = view(request, *args, **options)
        if isinstance(response, TemplateResponse) and not response.is_rendered:
            context = response.context_data or {}
            response.context_data = {**frame(request), "title": title, **context}
            forms = [context[name] for name in ("form", "webauthn_form") if context.get(name)]
            for form in forms:
                for field in form.fields.values():
                    field.widget.attrs.pop("placeholder", None)  # each has a label
            response.status_code = status(request, context, forms, response.status_code)
        return response

    return never_cache(answer)


def status(request: HttpRequest, context: dict[str, Any], forms: list[Any], given: int) -> int:
    if context.get("token_fail"):
        return 410
    codes = {
        error.code
        for form in forms
        if form.is_bound
        for errors in form.errors.as_data().values()
        for error in errors
    }
    if request.method != "POST" or not codes:
        return given
    return 429 if codes & TOO_MANY else 422


def frame(request: HttpRequest) -> dict[str, Any]:
    """What the admin's base page needs; its side bar would lead away from the matter at hand."""
    return {**admin.site.each_context(request), "is_nav_sidebar_enabled": False}


@never_cache
@login_required
def my_sessions(request: HttpRequest) -> HttpResponse:
    """Where I am signed in; sending the form ends all but this one."""
    key = request.session.session_key or ""
    if request.method == "POST":
        count = sessions.end_all(request.user, keep=key)
        ended = ngettext("%(count)s session ended.", "%(count)s sessions ended.", count)
        messages.success(request, ended % {"count": count})
        return HttpResponseRedirect(reverse("usersessions_list"))
    context = {
        **frame(request),
        "title": _("My sessions"),
        "signed_in": sessions.of_person(request.user, key),
    }
    return TemplateResponse(request, "usersessions/usersession_list.html", context)


@never_cache
@login_required
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of my own sessions; somebody else's are not to be found."""
    session = get_object_or_404(UserSession, user=request.user, pk=pk)
    sessions.end([session])
    messages.success(request, _("The session is ended."))
    return HttpResponseRedirect(reverse("usersessions_list"))


def entrance(request: HttpRequest) -> HttpResponse:
    """The short address leads to where one most likely wants to go."""
    return HttpResponseRedirect(reverse("usersessions_list"))
