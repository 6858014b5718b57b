"""What readers tell us: the only form of the readers' side, and the only thing that it writes.

It writes through the login `tips`, which may execute one function; a process without that login has
no form. Nothing of what is sent here reaches a page: people of the newsroom read it.
"""

import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError, connections
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from claims.proxies import client_address

from . import asking, records
from .delivery import MovedOn, Parameters, View, addresses, deliver, reader_language, reader_page
from .errors import forbidden, not_found
from .rebuttals import card_of
from .records import Edition
from .tip_forms import ABOUT_A_CLAIM, ClaimTipForm, TipForm
from .views import instead

ALIAS = "tips"
HOUR = 60 * 60
RECEIVE = "SELECT tips.receive_tip(%s, %s, %s, %s, %s, %s, %s, %s::inet)"
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")

logger = logging.getLogger(__name__)


class SeeOther(HttpResponseRedirect):
    """After a form: what follows is fetched, whatever the method was."""

    status_code = 303


def is_open() -> bool:
    """Whether this process holds the login that receives tips."""
    return ALIAS in settings.DATABASES


def tip_page(view: View[Parameters]) -> View[Parameters]:
    """Answers GET, HEAD and POST, keeps everything out of every cache, and is nowhere where tips
    are not received."""

    # Without a session there is nothing that a forged request could use but the visitor's address,
    # which the browser's own word about where a form was sent from protects.
    @csrf_exempt
    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        if not is_open():
            response = not_found(request)
        elif request.method not in ("GET", "HEAD", "POST"):
            response = HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        elif request.method == "POST" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            response = forbidden(request)
        else:
            try:
                response = view(request, *args, **kwargs)
            except Http404:
                response = not_found(request)
            except MovedOn as moved:
                response = HttpResponsePermanentRedirect(moved.address)
        response["Cache-Control"] = "no-store"
        return response

    return wrapped


@tip_page
def tip(request: HttpRequest, claim: str) -> HttpResponse:
    """A source, a rebuttal or an error: about a claim that readers see."""
    editions = records.editions(claim)
    context = addresses(request, "tip", claim=claim)
    current = asking.current(editions)
    if current is None:
        return no_form(request, claim, context)
    sent = request.POST if request.method == "POST" else None
    edition = seen(editions, (sent or request.GET).get("number", "")) or current
    kind = request.GET.get("kind", "")
    initial = {"about": kind} if kind in ABOUT_A_CLAIM else {}
    context |= {"card": card_of(edition, reader_language()), "edition": edition}
    return answer(request, ClaimTipForm(sent, initial=initial), context, edition)


@tip_page
def new_tip(request: HttpRequest) -> HttpResponse:
    """A claim that is not here yet."""
    sent = request.POST if request.method == "POST" else None
    return answer(request, TipForm(sent), addresses(request, "new_tip"), None)


@reader_page
def thanks(request: HttpRequest) -> HttpResponse:
    """What follows a tip; `?claim=` leads back to the claim that it was about."""
    if not is_open():
        raise Http404
    claim = request.GET.get("claim", "")
    context = addresses(request, "tip_thanks")
    context["claim"] = claim if claim and records.current_editions([claim]) else ""
    return deliver(request, "claims/tip_thanks.html", context, editions=[], modified=None)


def seen(editions: Iterable[Edition], number: str) -> Edition | None:
    """The readable edition that the form says was read."""
    return next((edition for edition in editions if str(edition.number) == number), None)


def no_form(request: HttpRequest, claim: str, context: dict[str, Any]) -> HttpResponse:
    """What stands where the claim stood, or nothing; in no case a form."""
    response = instead(request, claim, context)
    if response.status_code == 200:
        response.status_code = 404
    return response


def answer(
    request: HttpRequest, form: TipForm, context: dict[str, Any], edition: Edition | None
) -> HttpResponse:
    """The form; or what became of what was sent."""
    claim = edition.claim if edition else ""
    if request.method != "POST":
        return show(request, form, context)
    if form.is_trapped:
        # Whoever wrote the program learns nothing from the answer.
        return sent_off(claim)
    if not form.is_valid():
        return show(request, form, context, status=422)
    try:
        outcome = receive(form, edition, address_of(request))
    except (IntegrityError, DataError):
        form.add_error(
            None, _("Something in this form cannot be received. Please look at it again.")
        )
        return show(request, form, context, status=422)
    except OperationalError:
        logger.exception("A tip could not be received")
        outcome = "failed"
    if outcome == "received":
        return sent_off(claim)
    if outcome == "unknown":
        raise Http404
    return refuse(request, form, context, outcome)


def receive(form: TipForm, edition: Edition | None, address: str) -> str:
    """Hand a tip to the newsroom: `received`, `too_many`, `full` or `unknown`."""
    data = form.cleaned_data
    values = [
        form.kind,
        edition.claim if edition else "",
        edition.number if edition else None,
        written_in(data["text"], reader_language() or settings.LANGUAGE_CODE),
        data["text"],
        data["url"],
        data["contact"],
        address,
    ]
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(RECEIVE, values)
        return str(cursor.fetchone()[0])


def written_in(text: str, page: str) -> str:
    """The language of a tip: Korean shows by its letters, otherwise that of the page."""
    letters = sum(char.isalpha() for char in text)
    return "ko" if 2 * len(HANGUL.findall(text)) > letters else page


def address_of(request: HttpRequest) -> str:
    return client_address(
        request.META.get("REMOTE_ADDR", ""),
        request.headers.get("X-Forwarded-For", ""),
        settings.PROXIES,
    )


def sent_off(claim: str) -> HttpResponse:
    query = f"?{urlencode({'claim': claim})}" if claim else ""
    return SeeOther(reverse("public:tip_thanks") + query)


def refuse(
    request: HttpRequest, form: TipForm, context: dict[str, Any], outcome: str
) -> HttpResponse:
    """A kind sentence above the form, which keeps what was typed, and when to try again."""
    if outcome == "too_many":
        sentence = _(
            "Many tips came from where you are today. Please send this one tomorrow; until then it"
            " stays in this form as long as you leave the page open."
        )
        status, seconds = 429, until_tomorrow(timezone.now())
    elif outcome == "failed":
        sentence = _(
            "We cannot receive tips just now; the mistake is ours. Please send this one later;"
            " until then it stays in this form as long as you leave the page open."
        )
        status, seconds = 503, HOUR
    else:
        sentence = _(
            "More tips are waiting than we can read just now. Please send this one later; until"
            " then it stays in this form as long as you leave the page open."
        )
        status, seconds = 503, HOUR
    form.add_error(None, sentence)
    response = show(request, form, context, status=status)
    response["Retry-After"] = str(seconds)
    return response


def until_tomorrow(now: datetime) -> int:
    """The seconds until the day ends by which tips are counted."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    begins = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=UTC)
    return max(1, int((begins - now).total_seconds()))


def show(
    request: HttpRequest, form: TipForm, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    return render(request, "claims/tip.html", {**context, "form": form}, status=status)
