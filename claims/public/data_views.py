"""What programs fetch beside the pages: structured data, documents, time maps."""

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from claims import document
from claims.choices import NoticeKind

from . import asking, permanence, records, reviewed, structured
from .delivery import notice_of, place_in, reader_language, reader_page, revalidated, uncached
from .pages import ClaimPage
from .paging import to_token
from .records import Edition
from .structured import Site
from .wording import by_language, fitting


def site_of(request: HttpRequest) -> Site:
    return Site(settings.SITE_NAME, request.build_absolute_uri("/"))


def blocks_of(request: HttpRequest, page: ClaimPage) -> list[str]:
    """What a claim's page says to programs, for its template."""
    return [*structured.scripts(page, site_of(request), reader_language())]


def linked(
    request: HttpRequest, response: HttpResponse, page: ClaimPage, editions: list[Edition]
) -> HttpResponse:
    """The response of a claim's page or of an edition's own address, with the ways between them."""
    edition = page.edition
    places = permanence.Places(request.build_absolute_uri("/"), edition.claim)
    if page.at_own_address:
        response["Memento-Datetime"] = permanence.moment(edition)
        links = permanence.links_of_edition(places, edition, editions)
    else:
        links = permanence.links_of_claim(places, edition)
    response["Link"] = permanence.header(links)
    return response


def in_its_place(name: str, claim: str) -> HttpResponse:
    """Where a claim stood, for programs, which read no notice: 410, or the way on."""
    notice = notice_of(claim, name)
    is_withdrawn = notice.kind is NoticeKind.WITHDRAWN
    words = by_language(notice.texts, reader_language()) if is_withdrawn else None
    gone = {
        "detail": _("This claim has been withdrawn")
        if is_withdrawn
        else _("This claim has been removed by law"),
        "reason": notice.kind,
        "notice": words.text if words else None,
        "made_at": notice.made_at,
    }
    response = uncached(JsonResponse(gone, status=410))
    response["X-Robots-Tag"] = "noindex"
    return response


def written(data: Mapping[str, Any], content_type: str) -> HttpResponse:
    """JSON that says what it says in whatever script."""
    return HttpResponse(json.dumps(data, ensure_ascii=False), content_type=content_type)


@reader_page
def claim_data(request: HttpRequest, claim: str) -> HttpResponse:
    """The current edition of a claim as JSON-LD."""
    editions = records.editions(claim)
    current = asking.current(editions)
    if current is None:
        if editions:
            raise Http404
        return in_its_place("claim_data", claim)
    page, basis = asking.one_claim(current, editions, reader_language(), at_own_address=False)
    data = structured.download(page, site_of(request), reader_language())
    return revalidated(
        request,
        written(data, "application/ld+json"),
        editions=basis.editions,
        modified=basis.modified,
    )


@reader_page
def claimreview_feed(request: HttpRequest) -> HttpResponse:
    """Every current claim that has a `ClaimReview`, the newest first, a page at a time."""
    editions, rest = reviewed.with_verdict(place_in(request))
    first = reviewed.first_opened(edition.claim for edition in editions)
    site = site_of(request)
    address = request.build_absolute_uri(request.path)
    items = []
    for edition in editions:
        language = fitting(dict(settings.LANGUAGES), edition.document["language"])
        with translation.override(language or settings.LANGUAGE_CODE):
            opened = first.get(edition.claim, edition.opened_at)
            item = structured.feed_item(edition, opened, site, reader_language())
        if item:
            items.append(item)
    following = f"{address}?{urlencode({'after': to_token(rest)})}" if rest else ""
    modified = max((edition.opened_at for edition in editions), default=None)
    response = written(
        structured.data_feed(items, site, address, modified, following), "application/json"
    )
    if following:
        response["Link"] = f'<{following}>; rel="next"'
    return revalidated(request, response, editions=editions, modified=modified)


@reader_page
def timemap(request: HttpRequest, claim: str) -> HttpResponse:
    """The editions of a claim and their moments, for archives (RFC 7089)."""
    editions = records.editions(claim)
    if not editions:
        return in_its_place("timemap", claim)
    places = permanence.Places(request.build_absolute_uri("/"), claim)
    response = HttpResponse(
        permanence.timemap(places, editions), content_type=permanence.LINK_FORMAT
    )
    modified = max(edition.opened_at for edition in editions)
    return revalidated(request, response, editions=editions, modified=modified)


@reader_page
def edition_document(request: HttpRequest, claim: str, number: int) -> HttpResponse:
    """An edition's document, byte for byte what was approved: its SHA-256 is the digest.

    It never changes, but a withdrawal takes it away: caches ask again like for any page, and get
    304 for as long as it stands.
    """
    editions = records.editions(claim)
    edition = asking.numbered(editions, number)
    if edition is None:
        if editions:
            raise Http404
        return in_its_place("claim_detail", claim)
    text = document.canonical(edition.document)
    response = HttpResponse(text, content_type="application/json")
    response["Content-Disposition"] = f'inline; filename="{claim}-{number}.json"'
    response["Repr-Digest"] = permanence.repr_digest(edition.document_digest)
    places = permanence.Places(request.build_absolute_uri("/"), claim)
    response["Link"] = str(places.edition(edition, "cite-as"))
    return revalidated(request, response, editions=[], modified=edition.opened_at)
