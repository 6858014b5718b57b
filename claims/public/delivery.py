"""How a page goes out: rendered first, then compared with what the reader's cache holds."""

import gzip
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import (
    get_conditional_response,
    patch_cache_control,
    patch_vary_headers,
)
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from claims.choices import NoticeKind

from . import records
from .errors import error_page, not_found
from .paging import BadToken, Place, to_place
from .records import Edition, Notice
from .wording import fitting, locale_of

LONGEST_IN_CACHE = 60
SMALLEST_TO_PACK = 1000  # bytes: below, packing saves no packet
WORDS = re.compile("^text/|json|xml")
REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")
# What a 304 says as well, beside what Django keeps: where to go on, and of what this is a part.
KEPT_IN_304 = ("Content-Language", "Link", "Memento-Datetime", "Repr-Digest", "X-Robots-Tag")

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]


class MovedOn(Exception):
    """The claim that was asked for is in another now, whose page is at `address`."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


def reader_page(view: View[Parameters]) -> View[Parameters]:
    """Answers GET and HEAD alone, and keeps errors out of every cache. What it answers is the same
    for everybody, so that programs of other sites may read it too."""

    # There is no session here that a forged request could use; what is not GET gets its 405.
    @csrf_exempt
    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        response = answer(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    def answer(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return uncached(HttpResponseNotAllowed(["GET", "HEAD"]))
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return uncached(not_found(request))
        except MovedOn as moved:
            return sent_on(moved.address)
        except BadToken:
            sentence = _(
                "This page of the list does not exist. Start again from the newest claims."
            )
            return uncached(error_page(request, 400, _("Bad request"), sentence))

    return wrapped


def reader_language() -> str:
    return translation.get_language() or ""


def uncached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True)
    return response


def sent_on(address: str) -> HttpResponse:
    """The way on to where a claim is now. Kept no longer than a page: it may be suppressed yet."""
    response = HttpResponsePermanentRedirect(address)
    patch_cache_control(response, public=True, max_age=0, s_maxage=LONGEST_IN_CACHE)
    return response


def notice_of(claim: str, name: str, *more: Any) -> Notice:
    """What readers are told instead of a claim that was withdrawn or suppressed. Raises `Http404`
    where there is nothing to tell, and `MovedOn` where it was merged: to the page `name` of the
    claim that it is in now."""
    notice = records.notice(claim)
    if notice is None:
        raise Http404
    if notice.kind is NoticeKind.MERGED:
        raise MovedOn(reverse(f"public:{name}", args=[notice.merged_into, *more]))
    return notice


def suppressed(request: HttpRequest, notice: Notice) -> HttpResponse:
    context = {"made_at": notice.made_at}
    return uncached(render(request, "claims/suppressed.html", context, status=410))


def seconds_until_change(editions: Iterable[Edition]) -> int:
    """How long a shared cache may keep what shows these: no longer than until the first of them
    closes, as far as that is known."""
    left = [
        (edition.closes_at - edition.asked_at).total_seconds()
        for edition in editions
        if edition.is_current and edition.closes_at
    ]
    return max(0, int(min([LONGEST_IN_CACHE, *left])))


def deliver(
    request: HttpRequest,
    template: str,
    context: dict[str, Any],
    *,
    editions: Iterable[Edition],
    modified: datetime | None,
) -> HttpResponse:
    """The page, or 304 for a reader who has it."""
    response = render(request, template, context)
    return revalidated(request, response, editions=editions, modified=modified)


def revalidated(
    request: HttpRequest,
    response: HttpResponse,
    *,
    editions: Iterable[Edition],
    modified: datetime | None,
) -> HttpResponse:
    """What is rendered, with the headers of caches; or 304 for a reader who has it.

    Only the ETag decides: a rebuttal that is withdrawn changes the page without a newer moment, so
    that `If-Modified-Since` alone would keep showing it, and `If-Unmodified-Since` says nothing.
    """
    request.META.pop("HTTP_IF_UNMODIFIED_SINCE", None)
    compress(request, response)
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if modified:
        response["Last-Modified"] = http_date(modified.timestamp())
    patch_cache_control(response, public=True, max_age=0, s_maxage=seconds_until_change(editions))
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    if not isinstance(found, HttpResponse):
        return response
    for name in KEPT_IN_304:
        if name in response:
            found[name] = response[name]
    return found


def takes_gzip(accepted: str) -> bool:
    """By an `Accept-Encoding` (RFC 9110, 12.5.3): what is named goes before `*`."""
    takes = {
        coding.partition(";")[0].strip(): not REFUSED.search(coding)
        for coding in accepted.lower().split(",")
    }
    return takes.get("gzip", takes.get("*", False))


def compress(request: HttpRequest, response: HttpResponse) -> None:
    """Send it as gzip to whom takes that. The same page is packed to the same bytes, so that its
    strong ETag is of what is sent; nothing here is secret that its length could tell of."""
    is_text = WORDS.search(response.headers["Content-Type"])
    # A digest that is stated is of the bytes as they are.
    if not is_text or len(response.content) < SMALLEST_TO_PACK or "Repr-Digest" in response:
        return
    patch_vary_headers(response, ["Accept-Encoding"])
    if takes_gzip(request.headers.get("Accept-Encoding", "")):
        response.content = gzip.compress(response.content, compresslevel=6, mtime=0)
        response["Content-Encoding"] = "gzip"


def site_of(request: HttpRequest) -> str:
    """The site's address, to which a path is put."""
    return request.build_absolute_uri("/")[:-1]


def without_language(address: str, code: str) -> str:
    """Where a page lives outside the languages: its address leads to the one that the reader's
    browser prefers."""
    return address.replace(f"/{code}/", "/", 1)


def addresses(request: HttpRequest, name: str, query: str = "", **kwargs: Any) -> dict[str, Any]:
    """Where this page lives: its canonical address, the same page in the other languages, and
    where those are sent who read none of them."""
    links = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            path = reverse(f"public:{name}", kwargs=kwargs) + (f"?{query}" if query else "")
        links.append(
            {
                "code": code,
                "name": translation.get_language_info(code)["name_local"],
                "path": path,
                "url": request.build_absolute_uri(path),
                "is_active": code == translation.get_language(),
                "locale": locale_of(code),
                # Whether search engines are told of it: see `only_in`.
                "is_alternate": True,
            }
        )
    canonical = next((link["url"] for link in links if link["is_active"]), "")
    fallback = without_language(links[0]["url"], links[0]["code"])
    return {"canonical": canonical, "languages": links, "fallback": fallback}


def place_in(request: HttpRequest) -> Place | None:
    """Where the page of a list begins that is asked for; None for the first. Raises BadToken."""
    token = request.GET.get("after", "")
    return to_place(token) if token else None


def turning(
    request: HttpRequest,
    name: str,
    kept: Sequence[tuple[str, str]] = (),
    following: str = "",
    **kwargs: Any,
) -> dict[str, Any]:
    """Where a page of a list lives, and where the list goes on: `following` is the next page's
    token, empty where this is the last; `kept` are the parameters that all its pages share."""
    token = request.GET.get("after", "")
    query = [*kept, ("after", token)] if token else kept
    return {
        "is_first": not token,
        "next_query": urlencode([*kept, ("after", following)]) if following else "",
        **addresses(request, name, urlencode(query), **kwargs),
    }


def refused(request: HttpRequest, name: str, template: str, form: forms.Form) -> HttpResponse:
    """The page of a list that cannot be narrowed as asked: its form says why."""
    context = {"form": form, "is_first": not request.GET.get("after")}
    context |= addresses(request, name)
    return uncached(render(request, template, context, status=400))


def spoken(tags: Iterable[str]) -> list[str]:
    """Those of the site's languages in which something with words in these languages speaks."""
    known = list(tags)
    return [code for code, _name in settings.LANGUAGES if fitting(known, code)]


def only_in(context: dict[str, Any], tags: Iterable[str]) -> dict[str, Any]:
    """The addresses of a page, which is a translation of itself in another language only where what
    it shows has words of its own in both: these are in the languages `tags`."""
    codes = spoken(tags)
    active = translation.get_language()
    links = [
        {**link, "is_alternate": len(codes) > 1 and active in codes and link["code"] in codes}
        for link in context["languages"]
    ]
    has_alternates = any(link["is_alternate"] for link in links)
    fallback = context["fallback"] if has_alternates else ""
    return {**context, "languages": links, "fallback": fallback}


def tags_of(document: Mapping[str, Any]) -> list[str]:
    """The languages in which a claim has a statement."""
    return [tag for tag, text in document["texts"].items() if text.get("statement")]


def share_of(request: HttpRequest, edition: Edition, *, at_own_address: bool) -> dict[str, str]:
    """The addresses that a claim's page gives away: its own, and the one that never changes."""
    claim = reverse("public:claim_detail", args=[edition.claim])
    own = reverse("public:edition_detail", args=[edition.claim, edition.number])
    return {
        "page": request.build_absolute_uri(own if at_own_address else claim),
        "edition": request.build_absolute_uri(own),
    }
