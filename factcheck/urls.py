"""The addresses: readers' under their language, beside them the API and the newsroom's admin."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("claims.public.api.urls")),
    path("", include("claims.public.site_urls")),
    *i18n_patterns(path("", include("claims.public.urls"))),
]
if settings.SURFACE != "public":
    from django.contrib import admin

    urlpatterns += [
        path("accounts/", include("claims.accounts.urls")),
        path("admin/", admin.site.urls),
    ]

# These answer addresses of the API with JSON and all others with a page.
handler400 = "claims.public.api.errors.bad_request"
handler403 = "claims.public.errors.forbidden"
handler404 = "claims.public.api.errors.not_found"
handler429 = "claims.public.errors.too_many_requests"  # asked for by allauth, not by Django
handler500 = "claims.public.api.errors.server_error"
