"""The readers' addresses."""

from django.urls import URLPattern, path

from . import views

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("claims/", views.claim_list, name="claim_list"),
    path("claims/<slug:claim>/", views.claim_detail, name="claim_detail"),
    path("claims/<slug:claim>/editions/<int:number>/", views.edition_detail, name="edition_detail"),
]
