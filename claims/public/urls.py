"""The readers' addresses."""

from django.urls import URLPattern, path

from . import (
    changes_views,
    cite_views,
    data_views,
    embed_views,
    feeds,
    finding_views,
    picture_views,
    shelf_views,
    site_views,
    tips,
    views,
)

app_name = "public"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("claims/", views.claim_list, name="claim_list"),
    path("claims/<slug:claim>/", views.claim_detail, name="claim_detail"),
    path("claims/<slug:claim>/editions/<int:number>/", views.edition_detail, name="edition_detail"),
    # Topics, parties, sources.
    path("topics/", shelf_views.topic_list, name="topic_list"),
    path("topics/<slug:topic>/", shelf_views.topic_detail, name="topic_detail"),
    path("parties/", shelf_views.party_list, name="party_list"),
    path("parties/<slug:party>/", shelf_views.party_detail, name="party_detail"),
    path("sources/", shelf_views.source_list, name="source_list"),
    path("sources/<slug:source>/", shelf_views.source_detail, name="source_detail"),
    # Pictures for sharing, the method, and the pages of the site that are no claims.
    path("claims/<slug:claim>/picture.png", picture_views.picture, name="picture"),
    path("method/", site_views.method, name="method"),
    path("pages/<slug:address>/", site_views.site_page, name="site_page"),
    # Feeds, each beside its page.
    path("feed.<str:form>", feeds.everything, name="feed"),
    path("topics/<slug:topic>/feed.<str:form>", feeds.topic, name="topic_feed"),
    path("parties/<slug:party>/feed.<str:form>", feeds.party, name="party_feed"),
    path("claims/<slug:claim>/feed.<str:form>", feeds.claim, name="claim_feed"),
    path("corrections/feed.<str:form>", feeds.corrections, name="corrections_feed"),
    # Structured data, embeds and permanence.
    path("claims/<slug:claim>/data.jsonld", data_views.claim_data, name="claim_data"),
    path("claims/<slug:claim>/timemap/", data_views.timemap, name="timemap"),
    path(
        "claims/<slug:claim>/editions/<int:number>/document.json",
        data_views.edition_document,
        name="edition_document",
    ),
    path("claims/<slug:claim>/card/", embed_views.card, name="card"),
    path("claims/<slug:claim>/embed/", embed_views.embed, name="embed"),
    # Search and the register of corrections
    path("search/", finding_views.search, name="search"),
    path("corrections/", finding_views.corrections, name="corrections"),
    # What readers tell us
    path("claims/<slug:claim>/tip/", tips.tip, name="tip"),
    path("tips/", tips.new_tip, name="new_tip"),
    path("tips/thanks/", tips.thanks, name="tip_thanks"),
    # Around the claim's page: what changed, and how to cite it.
    path("claims/<slug:claim>/changes/", changes_views.changes, name="changes"),
    path("claims/<slug:claim>/cite/", cite_views.cite, name="cite"),
    path("claims/<slug:claim>/cite.bib", cite_views.bibtex, name="cite_bibtex"),
    path("claims/<slug:claim>/cite.csl.json", cite_views.csl, name="cite_csl"),
    path(
        "claims/<slug:claim>/editions/<int:number>/cite/",
        cite_views.cite,
        name="edition_cite",
    ),
    path(
        "claims/<slug:claim>/editions/<int:number>/cite.bib",
        cite_views.bibtex,
        name="edition_cite_bibtex",
    ),
    path(
        "claims/<slug:claim>/editions/<int:number>/cite.csl.json",
        cite_views.csl,
        name="edition_cite_csl",
    ),
]
