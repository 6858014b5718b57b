"""The pages of the site that are no claims, written by admins; what is saved is public."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import get_language

from claims import actions
from claims.models import SitePage

from .base import Desk, DoorAdmin, origin
from .filters import LanguageFilter
from .forms.site_pages import SitePageForm


@admin.register(SitePage)
class SitePageAdmin(DoorAdmin):
    """To look at the text before it is saved, its form is sent with `_preview`."""

    change_form_template = "admin/claims/site_page_form.html"
    write_permission = view_permission = "save_site_page"
    list_display = ("address", "language", "title", "changed_at")
    list_filter = (LanguageFilter,)
    search_fields = ("address", "title")

    def desk(self, request: HttpRequest, obj: SitePage | None) -> Desk:
        initial = self.initial(SitePageForm, obj) or {"language": get_language()}
        return Desk(SitePageForm(request.POST or None, initial=initial, page=obj))

    def save(
        self, request: HttpRequest, obj: Any, desk: Desk, perform: Callable[[], Any]
    ) -> Any | None:
        if "_preview" in request.POST:
            desk.is_valid()
            return None
        return super().save(request, obj, desk, perform)

    def perform(self, request: HttpRequest, obj: SitePage | None, desk: Desk) -> SitePage:
        return actions.save_site_page(
            actor=request.user,
            page_id=obj and obj.pk,
            version=desk.form.cleaned_data["version"] or 0,
            request=origin(request),
            **desk.form.values(),
        )
