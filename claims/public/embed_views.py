"""The card that other sites frame, the page that offers it, and oEmbed."""

import json
from collections.abc import Mapping
from typing import Any, cast

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import get_language_from_path
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from claims.choices import NoticeKind, Standing

from . import asking, embeds, records
from .delivery import (
    Parameters,
    View,
    addresses,
    deliver,
    notice_of,
    reader_language,
    reader_page,
    revalidated,
    sent_on,
    suppressed,
    uncached,
)
from .embeds import Asked, CardShown, Refused
from .pages import ClaimPage
from .rebuttals import strongest_among
from .records import Edition, Notice
from .wording import by_language

MOST_MERGES = 5


def may_be_framed(view: View[Parameters]) -> View[Parameters]:
    """Other sites may show this page in theirs; no other page of ours says so."""
    framed = csp_replace({"frame-ancestors": ["*"]})(cast(Any, view))
    return cast(View[Parameters], xframe_options_exempt(framed))


def may_frame_ours(view: View[Parameters]) -> View[Parameters]:
    """This page may show a page of ours within itself."""
    return cast(View[Parameters], csp_update({"frame-src": [SELF]})(cast(Any, view)))


def shown(edition: Edition, editions: list[Edition]) -> tuple[CardShown, list[Edition]]:
    """A claim's card, and the editions that it shows."""
    edges = records.around([edition.claim])
    first = strongest_among(edition.claim, edges)
    beside = records.current_editions([first.counterclaim]) if first else {}
    # Only a claim that was withdrawn while we asked has no standing any more.
    standing = records.standings([edition.claim]).get(edition.claim, Standing.UNREBUTTED)
    card = embeds.card_shown(edition, editions, edges, beside, standing, reader_language())
    return card, [*editions, *beside.values()]


@may_be_framed
@reader_page
def card(request: HttpRequest, claim: str) -> HttpResponse:
    """The claim's live state in a frame: the only page that other sites may frame."""
    response = framed(request, claim)
    response["X-Robots-Tag"] = "noindex"
    return response


def framed(request: HttpRequest, claim: str) -> HttpResponse:
    editions = records.editions(claim)
    edition = asking.current(editions)
    if edition is None:
        return card_instead(request, None if editions else records.notice(claim))
    found, editions_shown = shown(edition, editions)
    return deliver(
        request,
        "claims/card.html",
        {"shown": found, "canonical": absolute(request, "claim_detail", claim)},
        editions=editions_shown,
        modified=max(one.opened_at for one in editions_shown),
    )


def card_instead(request: HttpRequest, notice: Notice | None) -> HttpResponse:
    """The card of a claim that is not there, in its frame and no larger."""
    if notice is None:
        return uncached(render(request, "claims/card.html", {"is_missing": True}, status=404))
    if notice.kind is NoticeKind.MERGED:
        return sent_on(reverse("public:card", args=[notice.merged_into]))
    if notice.kind is NoticeKind.SUPPRESSED:
        return uncached(render(request, "claims/card.html", {"is_suppressed": True}, status=410))
    context = {
        "withdrawn_at": notice.made_at,
        "notice": by_language(notice.texts, reader_language()),
    }
    return deliver(request, "claims/card.html", context, editions=[], modified=notice.made_at)


@may_frame_ours
@reader_page
def embed(request: HttpRequest, claim: str) -> HttpResponse:
    """What to copy to show a claim's card elsewhere, and what it looks like."""
    editions = records.editions(claim)
    edition = asking.current(editions)
    if edition is None:
        return not_to_embed(request, claim, editions)
    found, editions_shown = shown(edition, editions)
    response = deliver(
        request,
        "claims/embed.html",
        {
            "shown": found,
            "width": embeds.WIDTH,
            "height": embeds.HEIGHT,
            "sandbox": embeds.SANDBOX,
            "snippet": embeds.frame(absolute(request, "card", claim), found.title),
            "oembed": request.build_absolute_uri(reverse("site:oembed")),
            **addresses(request, "embed", claim=claim),
        },
        editions=editions_shown,
        modified=max(one.opened_at for one in editions_shown),
    )
    response["X-Robots-Tag"] = "noindex"
    return response


def not_to_embed(request: HttpRequest, claim: str, editions: list[Edition]) -> HttpResponse:
    """The page of a withdrawn claim says what became of it."""
    if editions:
        raise Http404
    notice = notice_of(claim, "embed")
    if notice.kind is NoticeKind.SUPPRESSED:
        return suppressed(request, notice)
    return sent_on(reverse("public:claim_detail", args=[claim]))


def absolute(request: HttpRequest, name: str, claim: str) -> str:
    return request.build_absolute_uri(reverse(f"public:{name}", args=[claim]))


def discovery(request: HttpRequest, page: ClaimPage) -> dict[str, str]:
    """Where the page's oEmbed answers are, and what they are called; for the page's head."""
    endpoint = request.build_absolute_uri(reverse("site:oembed"))
    address = request.build_absolute_uri(request.path)
    return {
        "title": embeds.title_of(page.card, page.standing),
        "json": f"{endpoint}?{urlencode({'url': address, 'format': 'json'})}",
        "xml": f"{endpoint}?{urlencode({'url': address, 'format': 'xml'})}",
    }


# --- oEmbed ---------------------------------------------------------------------------------------


@reader_page
def oembed(request: HttpRequest) -> HttpResponse:
    """oEmbed 1.0: what to put on a page where somebody pasted the address of a claim."""
    wanted = "xml" if request.GET.get("format") == "xml" else "json"
    try:
        asked = embeds.understood(request.GET.dict(), request.get_host())
        language, claim, number = page_at(asked.path)
        with translation.override(language):
            return embedded(request, asked, claim, number, language)
    except Refused as refused:
        response = members(wanted, {"error": str(refused)})
        response.status_code = refused.status
        return uncached(response)


def page_at(path: str) -> tuple[str, str, int | None]:
    """The language, claim and edition of a page of ours; raises `Refused`."""
    spoken = get_language_from_path(path)
    language = spoken or settings.LANGUAGE_CODE
    # As a browser is sent on: to a language, and to the slash at the end.
    address = (path if spoken else f"/{language}{path}").rstrip("/") + "/"
    with translation.override(language):
        try:
            found = resolve(address)
        except Resolver404:
            raise nothing_there() from None
    if found.view_name not in ("public:claim_detail", "public:edition_detail"):
        raise nothing_there()
    return language, found.kwargs["claim"], found.kwargs.get("number")


def nothing_there() -> Refused:
    return Refused(404, _("There is no claim at this address, or not any more."))


def embedded(
    request: HttpRequest, asked: Asked, claim: str, number: int | None, language: str
) -> HttpResponse:
    editions = readable(claim)
    edition = asking.current(editions)
    if edition is None or (number is not None and not asking.numbered(editions, number)):
        raise nothing_there()
    found, editions_shown = shown(edition, editions)
    home = request.build_absolute_uri(reverse("public:home"))
    address = absolute(request, "card", edition.claim)
    answer = embeds.answer(found, asked, address, settings.SITE_NAME, home)
    response = members(asked.format, answer)
    response["Content-Language"] = language
    modified = max(one.opened_at for one in editions_shown)
    return revalidated(request, response, editions=editions_shown, modified=modified)


def readable(claim: str) -> list[Edition]:
    """The editions of a claim, or of the one that it was merged into."""
    for _hop in range(MOST_MERGES):
        editions = records.editions(claim)
        notice = None if editions else records.notice(claim)
        if notice is None or notice.kind is not NoticeKind.MERGED:
            return editions
        claim = notice.merged_into
    return []


def members(written_as: str, data: Mapping[str, Any]) -> HttpResponse:
    if written_as == "xml":
        return HttpResponse(embeds.as_xml(data), content_type="text/xml; charset=utf-8")
    return HttpResponse(json.dumps(data, ensure_ascii=False), content_type="application/json")
