"""The newsroom's admin site: Django's own, with a front page that says what waits for whom.

How people get in is `claims.accounts`.
"""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from claims.choices import Role
from claims.front_page import figures, front_page, whole_list
from claims.permissions import may
from claims.tokens import BadToken
from claims.waiting import SECTIONS, Viewer, to_place


class Autocomplete(AutocompleteJsonView):
    """Django's own, with its rights; nothing is counted, and a record may say more than its name.

    A model admin that has `found(request, term)` says itself what is found, and with
    `option_of(record)` what is shown of it.
    """

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.term, self.model_admin, self.source_field, key = self.process_request(request)
        if not self.has_perm(request):
            raise PermissionDenied
        most = self.paginate_by
        found = list(self.get_queryset()[: most + 1])
        return JsonResponse(
            {
                "results": [self.serialize_result(record, key) for record in found[:most]],
                "pagination": {"more": len(found) > most},
            }
        )

    def get_queryset(self) -> Any:
        if hasattr(self.model_admin, "found"):
            return self.model_admin.found(self.request, self.term)
        return super().get_queryset()

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        more = self.model_admin.option_of(obj) if hasattr(self.model_admin, "option_of") else {}
        return {**super().serialize_result(obj, to_field_name), **more}


class NewsroomSite(AdminSite):
    site_title = settings.SITE_NAME
    site_header = settings.SITE_NAME
    index_title = _("Newsroom")
    site_url = "/"
    # The header leads to what the desk needs; the claim's two pages need the width.
    enable_nav_sidebar = False

    def get_urls(self) -> list[Any]:
        from claims.admin import mail

        return [
            path("waiting/<slug:name>/", self.admin_view(self.waiting_view), name="waiting"),
            path("mail/", self.admin_view(partial(mail.my_mail_view, self)), name="my_mail"),
            path(
                "mail/sent/", self.admin_view(partial(mail.sent_mail_view, self)), name="sent_mail"
            ),
            *super().get_urls(),
        ]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """What waits for whoever looks; below it Django's list of all records."""
        viewer = Viewer(request.user)
        edits = Role.REPORTER in viewer.roles
        return super().index(
            request,
            {
                "lists": front_page(viewer) if edits else [],
                "figures": figures(viewer) if edits else [],
                "edits": edits,
                "manages_people": may(request.user, "manage_people"),
                **(extra_context or {}),
            },
        )

    def waiting_view(self, request: HttpRequest, name: str) -> HttpResponse:
        """One list of the front page from its beginning or from a place in it."""
        if name not in SECTIONS:
            raise Http404
        viewer = Viewer(request.user)
        if SECTIONS[name].needs not in viewer.roles:
            raise PermissionDenied
        token = request.GET.get("after", "")
        context = {**self.each_context(request), "title": SECTIONS[name].title}
        try:
            context["list"] = whole_list(viewer, name, to_place(token) if token else None)
        except BadToken:
            return render(request, "admin/waiting.html", context, status=400)
        return render(request, "admin/waiting.html", {**context, "begun": bool(token)})

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Signing in is the accounts' page; who is signed in and has no access is told so."""
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied
        aim = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect_to_login(aim, reverse("account_login"))

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_logout"))

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(reverse("account_change_password"))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return Autocomplete.as_view(admin_site=self)(request)
