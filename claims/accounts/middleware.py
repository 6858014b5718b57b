"""Between signing in and the newsroom: where people were last seen, and the second factor."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]
NOTED_EVERY = timedelta(minutes=1)
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_under(request: HttpRequest, *names: str) -> bool:
    """Whether the request is for one of these parts of the site."""
    return request.path.startswith(tuple(reverse(name) for name in names))


def has_second_factor(person: Any) -> bool:
    return Authenticator.objects.filter(user=person, type__in=FACTORS).exists()


class LastSeen:
    """Notes for `my sessions` where and when a session was last used, once a minute.

    Readers' pages do not look at who asks, so that they can be cached for everybody.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and is_under(request, "admin:index", "accounts") and request.user.is_authenticated:
            recent = timezone.now() - NOTED_EVERY
            known = UserSession.objects.filter(session_key=key, last_seen_at__gt=recent)
            if not known.exists():
                UserSession.objects.create_from_request(request)
        return self.get_response(request)


class SecondFactorGate:
    """Nobody sees the admin who has no second factor, where settings.REQUIRE_MFA says so."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (
            settings.REQUIRE_MFA
            and is_under(request, "admin:index")
            and request.user.is_authenticated
            and not has_second_factor(request.user)
        ):
            messages.warning(
                request,
                _("Add an authenticator app or a passkey before you go on: it is required here."),
            )
            return HttpResponseRedirect(reverse("mfa_index"))
        return self.get_response(request)
