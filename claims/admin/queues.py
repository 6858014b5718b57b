"""What the queues have in common: rows with a one-step form each, sent one at a time."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from claims.exceptions import Refused, Stale
from claims.models import Claim, User
from claims.permissions import may
from claims.tokens import BadToken
from claims.waiting import Place, Viewer, to_place

from .base import Desk, origin
from .forms.queues import QueueForm
from .situation import lowest_role

if TYPE_CHECKING:
    from .claim import ClaimAdmin

# Rows of one list on a page: each has a form, which takes longer to write than to find.
SIZE = 10
ROW = re.compile(r"([a-z]+)-([0-9]{1,18})")


@dataclass
class Entry:
    """A row: its name on the page, its form, and what stands beside it."""

    name: str
    claim: Claim
    form: QueueForm | None
    about: Any = None


class Queue:
    """A page of lists, each going on from a place; `POST` takes the step of one row.

    Subclasses say what the rows are. A refused row comes back as it was sent, with its complaints.
    """

    template = ""
    title: Any = ""

    def __init__(self, site: "ClaimAdmin", request: HttpRequest) -> None:
        self.site, self.request = site, request
        self.viewer = Viewer(request.user)
        self.person: User = self.viewer.person
        self.status = 200
        self.gone = False
        self.bad_place = False
        # The row that was sent and refused.
        self.sent: Entry | None = None

    def entry_named(self, kind: str, number: int) -> Entry | None:
        """The row that was sent, with its form bound; None when there is none any more."""
        raise NotImplementedError

    def lists(self) -> dict[str, Any]:
        raise NotImplementedError

    def done(self, entry: Entry, claim: Claim) -> None:
        """Say what came of it."""
        raise NotImplementedError

    def answer(self) -> HttpResponse:
        if not self.site.has_view_permission(self.request):
            raise PermissionDenied
        if self.request.method == "POST" and self.take():
            return HttpResponseRedirect(self.request.get_full_path())
        context = {
            **self.site.admin_site.each_context(self.request),
            "opts": self.site.opts,
            "original": None,
            "title": self.title,
            **self.lists(),
            "refused": self.sent,
            "form": self.sent and self.sent.form,
            "gone": self.gone,
            "bad_place": self.bad_place,
        }
        status = 400 if self.bad_place and self.status == 200 else self.status
        return render(self.request, self.template, context, status=status)

    def take(self) -> bool:
        """Take the step of the row that was sent, or keep it with what was refused."""
        named = ROW.fullmatch(self.request.POST.get("row", ""))
        entry = self.entry_named(named[1], int(named[2])) if named else None
        if entry is None or entry.form is None:
            self.gone, self.status = True, 409
            return False
        if not entry.form.is_valid():
            self.sent, self.status = entry, 422
            return False
        try:
            claim = entry.form.take(self.person, origin(self.request))
        except Refused as refusal:
            desk = Desk(entry.form)
            desk.refuse(refusal)
            if isinstance(refusal, Stale):
                # Whoever has read that may send it once more.
                entry.claim.refresh_from_db(fields=["version"])
                entry.form.rebase(entry.claim.version)
            self.sent, self.status = entry, desk.status
            return False
        self.done(entry, claim)
        return True

    def place(self, name: str) -> Place | None:
        """Where a list goes on, as the address says."""
        token = self.request.GET.get(name, "")
        try:
            return to_place(token) if token else None
        except BadToken:
            self.bad_place = True
            return None

    def with_sent(self, entries: Iterable[Entry], kind: str) -> list[Entry]:
        """The rows, the refused one in its place, or first where the page does not hold it."""
        rows = list(entries)
        if self.sent and self.sent.name.startswith(f"{kind}-"):
            sent = self.sent
            if not any(each.name == sent.name for each in rows):
                return [sent, *rows]
            return [sent if each.name == sent.name else each for each in rows]
        return rows

    def why_not(self, action: str) -> str:
        """Which role is missing for the step of a row; empty when none is."""
        if may(self.person, action, four_eyes=False):
            return ""
        return str(lowest_role(action).label)
