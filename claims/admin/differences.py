"""The difference view: two editions of a claim, or one and the working copy, field by field."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from claims import actions, document
from claims.comparison import Comparison, Side, compare
from claims.models import Claim, Edition, PublishedEdition

from .conversation import comments_of
from .documents import claims_in
from .forms.steps import STEP_FORMS, StepForm
from .situation import Situation

if TYPE_CHECKING:
    from .claim import ClaimAdmin

# What is decided with the differences in sight.
REVIEWING = ("submit", "approve", "request_changes", "publish")
WORKING, NOTHING = "working", "nothing"


@dataclass(frozen=True)
class Version:
    """One side of a comparison: what it is called, and its document's canonical text.

    No text is that of a suppressed edition; no document at all is where a claim began.
    """

    name: str
    text: str | None

    @property
    def is_suppressed(self) -> bool:
        return self.text == ""


@dataclass(frozen=True)
class Differences:
    """Two versions and what differs; no comparison where the text of one is gone."""

    before: Version
    after: Version
    comparison: Comparison | None

    @property
    def suppressed(self) -> list[Version]:
        return [version for version in (self.before, self.after) if version.is_suppressed]


def differences(before: Version, after: Version) -> Differences:
    if before.is_suppressed or after.is_suppressed:
        return Differences(before, after, None)
    documents = [version.text and json.loads(version.text) for version in (before, after)]
    claims = {
        public_id: Side(str(claim), claim.language)
        for public_id, claim in claims_in(each for each in documents if each).items()
    }
    return Differences(before, after, compare(*documents, claims=claims))


def nothing() -> Version:
    return Version(_("Nothing"), None)


def working_copy(text: str) -> Version:
    return Version(_("Working copy"), text)


def edition_of(claim: Claim, number: int) -> Version:
    found = claim.editions.filter(number=number).values_list("document", flat=True).first()
    if found is None:
        raise Http404
    return Version(_("Edition %(number)s") % {"number": number}, found)


def last_open(claim: Claim) -> int:
    """The newest edition that has been open to readers, or the newest; 0 while there is none."""
    opened = PublishedEdition.objects.filter(claim_key=claim.pk, readable__startswith__lte=Now())
    found = opened.order_by("-number").values_list("number", flat=True).first()
    return int(found or claim.edition)


def since_last_open(claim: Claim, text: str) -> Differences | None:
    """What would be new to readers in a document of the claim; None while it has no edition."""
    number = last_open(claim)
    return differences(edition_of(claim, number), working_copy(text)) if number else None


class DifferencesView:
    """Any two versions of one claim; of itself, what is new since readers last saw an edition."""

    def __init__(self, site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> None:
        self.site, self.request, self.claim_id = site, request, claim_id

    def answer(self) -> HttpResponse:
        claim = self.site.opened(self.request, self.claim_id)
        chosen = {
            "from": self.request.GET.get("from") or str(last_open(claim) or NOTHING),
            "to": self.request.GET.get("to") or WORKING,
        }
        text = actions.document_of(claim)
        found = differences(
            self.version(claim, chosen["from"], text), self.version(claim, chosen["to"], text)
        )
        return self.show(claim, chosen, found, text)

    def version(self, claim: Claim, name: str, text: str) -> Version:
        if name == WORKING:
            # The working copy of a suppressed claim is as empty as its editions.
            return working_copy("" if claim.suppressed_at else text)
        if name == NOTHING:
            return nothing()
        # More digits than an edition's number can have name none.
        if not (name.isascii() and name.isdigit() and len(name) < 10):
            raise Http404
        return edition_of(claim, int(name))

    def choices(self, claim: Claim) -> list[tuple[str, str]]:
        editions = Edition.objects.filter(claim=claim).order_by("number")
        return [
            (NOTHING, nothing().name),
            *(
                (str(number), name_of(number, made_at))
                for number, made_at in editions.values_list("number", "made_at")
            ),
            (WORKING, _("Working copy")),
        ]

    def decisions(self, claim: Claim, text: str) -> list[tuple[str, StepForm]]:
        """The steps that this person can take with what is shown: action and form."""
        seen = {"version": claim.version, "digest": document.digest(text)}
        steps = Situation.of(claim, self.request.user).steps()
        return [
            (
                step["action"],
                STEP_FORMS[step["action"]](
                    initial=seen, claim=claim, auto_id=f"{step['action']}_%s"
                ),
            )
            for step in steps
            if step["action"] in REVIEWING and not step["why_not"]
        ]

    def show(
        self, claim: Claim, chosen: dict[str, str], found: Differences, text: str
    ) -> HttpResponse:
        context: dict[str, Any] = {
            **self.site.admin_site.each_context(self.request),
            "opts": self.site.opts,
            "original": claim,
            "title": _("Differences: %(claim)s") % {"claim": claim},
            "record_address": self.site.address(claim),
            "differences": found,
            "chosen": chosen,
            "choices": self.choices(claim),
            "decisions": self.decisions(claim, text) if chosen["to"] == WORKING else [],
            "comments": comments_of(claim, most=3),
        }
        return render(self.request, "admin/claims/differences.html", context)


def name_of(number: int, made_at: Any) -> str:
    day = date_format(timezone.localtime(made_at), pgettext("date format, day", "j F Y"))
    return _("Edition %(number)s, %(day)s") % {"number": number, "day": day}


def differences_view(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    return DifferencesView(site, request, claim_id).answer()
