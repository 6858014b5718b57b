"""The newsroom's admin site: Django's own, with our words and honest statuses."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _


class NewsroomSite(AdminSite):
    site_title = settings.SITE_NAME
    site_header = settings.SITE_NAME
    index_title = _("Newsroom")
    site_url = "/"

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Sign in; a refused sign-in is not answered with 200."""
        response = super().login(request, extra_context)
        if request.method == "POST" and response.status_code == 200:
            response.status_code = 422
        return response
