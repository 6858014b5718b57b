"""The claim's two facing pages: its rebuttals beside it, and what is missing before review."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import Case, Q, When
from django.db.models.functions import Now
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from claims import actions
from claims.choices import Ground, Standing
from claims.exceptions import Refused
from claims.models import Claim, PublishedStanding, Rebuttal

from .base import Desk, origin
from .paging import BoundedPaginator

# Beside those with a place, so many rebuttals are shown at once.
AT_ONCE = 20
SENT = re.compile(r"first_rebuttals-([0-9a-z]{12})")


@dataclass(frozen=True)
class RightPage:
    """The rebuttals that are shown now, as readers find them: those with a place first, in that
    order, then attacks before context, the older first.

    Those with a place are always shown, and of the others one page. What was sent shows those that
    it was sent with, so that no number is lost.
    """

    edges: list[Rebuttal]
    others: Page | None

    @classmethod
    def of(cls, claim: Claim, asked: QueryDict, sent: QueryDict) -> "RightPage":
        edges = claim.rebuttals.select_related("counterclaim")
        edges = edges.prefetch_related("counterclaim__texts")
        names = (SENT.fullmatch(name) for name in sent)
        shown_before = [name[1] for name in names if name]
        placed = {*claim.first_rebuttals, *shown_before}
        kept: list[Rebuttal] = []
        if placed:
            kept = list(edges.filter(counterclaim__public_id__in=placed))
            edges = edges.exclude(counterclaim__public_id__in=placed)
        others = None
        if not shown_before:
            context = Q(ground__in=[each for each in Ground if not each.is_attack])
            edges = edges.order_by(Case(When(context, then=1), default=0), "pk")
            others = BoundedPaginator(edges, AT_ONCE).get_page(asked.get("rebuttals"))
        first = {public_id: place for place, public_id in enumerate(claim.first_rebuttals)}

        def order(edge: Rebuttal) -> tuple[int, bool, int]:
            place = first.get(edge.counterclaim.public_id, len(first))
            return place, not Ground(edge.ground).is_attack, edge.pk

        return cls([*sorted(kept, key=order), *(others or [])], others)

    def names(self) -> dict[str, str]:
        """What the rebuttals say, by their claims' ids."""
        return {edge.counterclaim.public_id: str(edge.counterclaim) for edge in self.edges}


@dataclass(frozen=True)
class Facing:
    """One rebuttal on the right page: its edge, where readers see it, and how it stands there."""

    edge: Rebuttal
    standing: Standing | None
    place: Any


def rebuttals_of(page: RightPage, form: Any) -> list[Facing]:
    """What is shown of these rebuttals."""
    published = standings([edge.counterclaim.public_id for edge in page.edges])
    places = form["first_rebuttals"]
    shown: set[str] = set()
    facing = []
    for edge in page.edges:
        key = edge.counterclaim.public_id
        # On two grounds it stands here twice, and has one place.
        place = "" if key in shown else place_input(places, key)
        facing.append(Facing(edge, published.get(key), place))
        shown.add(key)
    return facing


def place_input(places: Any, public_id: str) -> Any:
    attributes = {"form": "record-form", "class": "place"}
    if places.field.disabled:
        attributes["disabled"] = True
    widget = places.field.widget
    return widget.input(places.html_name, public_id, places.value(), **attributes)


def standings(claims: list[str]) -> dict[str, Standing]:
    """How these claims stand for readers now."""
    rows = PublishedStanding.objects.filter(claim__in=claims, during__contains=Now())
    return {row.claim: Standing(row.standing) for row in rows}


def show_gaps(desk: Desk, gaps: Mapping[str, Any], language: str) -> None:
    """Say beside the fields what is missing before review, on a form that nobody has sent."""
    desk.form.cleaned_data = {}
    for name, sentence in gaps.items():
        if name in desk.formsets:
            desk.formsets[name].non_form_errors().append(str(sentence))
        else:
            desk.complain(name, language, sentence)
    desk.gaps = len(gaps)


def submitted(request: HttpRequest, claim: Claim) -> bool:
    """Submit what was saved, and say so; otherwise say that it is saved and what is in the way."""
    claim.refresh_from_db()
    try:
        actions.submit(claim.pk, actor=request.user, version=claim.version, request=origin(request))
    except Refused as refusal:
        messages.warning(
            request,
            _("Saved, and not submitted yet: “%(claim)s”. %(reason)s")
            % {"claim": claim, "reason": refusal},
        )
        return False
    messages.success(request, _("Saved and submitted for review: “%(claim)s”.") % {"claim": claim})
    return True
