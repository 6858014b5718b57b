"""The addresses for machines, which stand outside the languages."""

from django.urls import URLPattern, path

from . import data_views, embed_views, sitemaps

app_name = "site"
urlpatterns: list[URLPattern] = [
    # Discovery.
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemaps/claims-<int:bucket>.xml", sitemaps.claims, name="sitemap_claims"),
    path("sitemaps/shelves-<str:letter>.xml", sitemaps.shelved, name="sitemap_shelves"),
    path("sitemaps/news.xml", sitemaps.news, name="sitemap_news"),
    # Data for programs.
    path("feeds/claimreview.json", data_views.claimreview_feed, name="claimreview_feed"),
    path("oembed", embed_views.oembed, name="oembed"),
]
