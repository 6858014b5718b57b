"""The addresses: readers' under their language, the newsroom's admin beside them."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    *i18n_patterns(path("", include("claims.public.urls"))),
]
if settings.SURFACE != "public":
    from django.contrib import admin

    urlpatterns += [path("admin/", admin.site.urls)]

handler400 = "claims.public.errors.bad_request"
handler403 = "claims.public.errors.forbidden"
handler404 = "claims.public.errors.not_found"
handler500 = "claims.public.errors.server_error"
