"""The addresses of the public API; the language is a parameter, not a prefix."""

from django.urls import URLPattern, path

from . import views

app_name = "api"
urlpatterns: list[URLPattern] = [
    path("claims/", views.ClaimList.as_view(), name="claim_list"),
    path("claims/<slug:claim>/", views.ClaimDetail.as_view(), name="claim_detail"),
    path(
        "claims/<slug:claim>/editions/<int:number>/",
        views.EditionDetail.as_view(),
        name="edition_detail",
    ),
    path("openapi.json", views.OpenAPI.as_view(), name="openapi"),
]
