"""Where people are signed in, and how that ends."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

SHOWN = 100
# The first that a browser's own description names; several name others for old times' sake.
BROWSERS = {
    "Edge": r"Edg(e|A|iOS)?/",
    "Opera": r"OPR/|Opera",
    "Samsung Internet": r"SamsungBrowser/",
    "Whale": r"Whale/",
    "Firefox": r"Firefox/|FxiOS/",
    "Chrome": r"Chrom(e|ium)/|CriOS/",
    "Safari": r"Safari/",
}
SYSTEMS = {
    "Android": r"Android",
    "iPhone": r"iPhone",
    "iPad": r"iPad",
    "Windows": r"Windows",
    "macOS": r"Mac OS X|Macintosh",
    "ChromeOS": r"CrOS",
    "Linux": r"Linux",
}


class SignedIn(NamedTuple):
    """One place where a person is signed in."""

    session: UserSession
    device: str
    is_current: bool


def device(user_agent: str) -> str:
    """A browser's description of itself in a few words; of an unknown one its own."""
    names = {
        kind: next((name for name, sign in table.items() if re.search(sign, user_agent)), "")
        for kind, table in (("browser", BROWSERS), ("system", SYSTEMS))
    }
    if names["browser"] and names["system"]:
        return _("%(browser)s on %(system)s") % names
    return names["browser"] or names["system"] or user_agent or _("Unknown device")


def of_person(person: Any, current_key: str) -> list[SignedIn]:
    """Where this person is signed in now, last seen first."""
    known = UserSession.objects.filter(user=person).order_by("-last_seen_at", "-pk")[:SHOWN]
    sessions = list(known)
    live = set(
        Session.objects.filter(
            session_key__in=[each.session_key for each in sessions], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    return [
        SignedIn(each, device(each.user_agent), each.session_key == current_key)
        for each in sessions
        if each.session_key in live
    ]


def end(sessions: Iterable[UserSession]) -> int:
    """End these sessions: their next request comes from nobody."""
    keys = [each.session_key for each in sessions]
    Session.objects.filter(session_key__in=keys).delete()
    return int(UserSession.objects.filter(session_key__in=keys).delete()[0])


def forget_ended() -> None:
    """Delete the sessions that have run out, and what was noted of those that are gone."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()
    live = Session.objects.filter(session_key=OuterRef("session_key"))
    UserSession.objects.filter(~Exists(live)).delete()


def end_all(person: Any, *, keep: str | None = "") -> int:
    """End all sessions of a person but the one with the key `keep`."""
    return end(UserSession.objects.filter(user=person).exclude(session_key=keep or ""))
