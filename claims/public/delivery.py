"""How a page goes out: rendered first, then compared with what the reader's cache holds."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from .errors import error_page, not_found
from .paging import BadToken
from .records import Edition

LONGEST_IN_CACHE = 60

Parameters = ParamSpec("Parameters")
View = Callable[Concatenate[HttpRequest, Parameters], HttpResponse]


def reader_page(view: View[Parameters]) -> View[Parameters]:
    """Answers GET and HEAD alone, and keeps errors out of every cache."""

    # There is no session here that a forged request could use; what is not GET gets its 405.
    @csrf_exempt
    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return uncached(HttpResponseNotAllowed(["GET", "HEAD"]))
        try:
            return view(request, *args, **kwargs)
        except Http404:
            return uncached(not_found(request))
        except BadToken:
            sentence = _(
                "This page of the list does not exist. Start again from the newest claims."
            )
            return uncached(error_page(request, 400, _("Bad request"), sentence))

    return wrapped


def uncached(response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, no_store=True)
    return response


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
    that `If-Modified-Since` alone would keep showing it.
    """
    response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    if modified:
        response["Last-Modified"] = http_date(modified.timestamp())
    patch_cache_control(response, public=True, max_age=0, s_maxage=seconds_until_change(editions))
    found = get_conditional_response(request, etag=response["ETag"], response=response)
    return found if isinstance(found, HttpResponse) else response


def addresses(request: HttpRequest, name: str, query: str = "", **kwargs: Any) -> dict[str, Any]:
    """Where this page lives: its canonical address, and the same page in the other languages."""
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
            }
        )
    canonical = next((link["url"] for link in links if link["is_active"]), "")
    return {"canonical": canonical, "languages": links}
