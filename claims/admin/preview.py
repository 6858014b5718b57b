"""The preview: a claim's working copy as its readers' page, for the newsroom alone."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from claims import actions
from claims.choices import State
from claims.models import Claim
from claims.public import asking, rebuttal_records, records
from claims.public.argument import part_of
from claims.public.delivery import share_of
from claims.public.pages import ClaimPage, claim_page
from claims.public.records import Edition
from claims.templatetags.reading import moment

from . import foreseen
from .situation import Situation

if TYPE_CHECKING:
    from .claim import ClaimAdmin


@dataclass(frozen=True)
class NotChosen:
    """Stands where a confidence will: the same words as one, so that the readers' page shows it."""

    label: str
    meaning: str
    steps: int = 0


@dataclass(frozen=True)
class Plan:
    """Which edition a preview shows among which, and those that readers can read now, newest
    first; `heading` and `notes` say so to the newsroom."""

    edition: Edition
    editions: list[Edition]
    readable: list[Edition]
    heading: str
    notes: tuple[str, ...] = ()


def plan_of(situation: Situation) -> Plan | None:
    """The edition that readers see next; the one that they see where nothing is to follow it. None
    where the claim was suppressed while we asked."""
    claim = situation.claim
    readable = records.editions(claim.public_id)
    if claim.state == State.PUBLISHED:
        made = plan_of_edition(situation, readable)
        if made:
            return made if made.edition.document else None
    copies = foreseen.copies(Claim.objects.filter(pk=claim.pk), four_eyes=situation.four_eyes)
    if claim.public_id not in copies:
        return None
    edition, notes = copies[claim.public_id], []
    older = readable
    if situation.waiting:
        waiting = foreseen.frozen(situation.waiting.edition_id, is_current=False)
        older = [waiting, *readable]
        notes.append(
            _("Edition %(number)s opens first, on %(moment)s; this one can follow it.")
            % {"number": waiting.number, "moment": moment(waiting.opened_at)}
        )
    if situation.is_withdrawn:
        notes.append(without_rebuttals())
    return Plan(
        edition,
        [edition, *(replace(one, is_current=False) for one in older)],
        readable,
        _("Preview for the newsroom: readers do not see this yet"),
        tuple(notes),
    )


def plan_of_edition(situation: Situation, readable: list[Edition]) -> Plan | None:
    """Where the working copy holds nothing new: its newest edition, or the one withdrawn. None
    where that can never open."""
    current, waiting = asking.current(readable), situation.waiting
    if waiting:
        edition = foreseen.frozen(waiting.edition_id, is_current=True)
        heading = _("Preview for the newsroom: readers see this from %(moment)s") % {
            "moment": moment(edition.opened_at)
        }
    elif situation.withdrawn:
        edition = foreseen.frozen(situation.withdrawn[0].pk, is_current=True)
        note = _("The claim is withdrawn: this is the edition that reinstating would open again.")
        heading = _("Preview for the newsroom: readers do not see this now")
        return Plan(edition, [edition], readable, heading, (note, without_rebuttals()))
    elif situation.is_cancelled:
        newest = situation.claim.editions.latest("number")
        edition = foreseen.frozen(newest.pk, is_current=True)
        heading = _("Preview for the newsroom: readers do not see this, its opening was cancelled")
    elif current and current.number == situation.claim.edition:
        heading = _("Preview for the newsroom: readers see this now, nothing was changed since")
        return Plan(current, readable, readable, heading)
    else:
        return None
    older = (replace(one, is_current=False) for one in readable)
    return Plan(edition, [edition, *older], readable, heading)


def without_rebuttals() -> str:
    return _("While the claim is withdrawn, its rebuttals and its standing are not shown here.")


def page_of(plan: Plan, situation: Situation, reader: str) -> tuple[ClaimPage, tuple[str, ...]]:
    """The readers' page of what is planned, and what the newsroom has to know beside it."""
    edition, notes = plan.edition, plan.notes
    # Readers see what the record has said about a claim while they see the claim.
    said = asking.said_about(replace(edition, is_current=bool(asking.current(plan.readable))))
    if edition not in plan.readable:
        said = foreseen.said_after(edition, plan.readable, said)
    beside, is_together = foreseen.beside_then(edition, asking.beside_of(edition, said))
    if is_together:
        together = _("Readers do not see all that it rebuts yet: shown as if both opened together.")
        notes = (*notes, together)
    page = claim_page(
        edition,
        editions=plan.editions,
        branches=said.branches,
        edges=said.edges,
        beside=beside,
        standing=said.standing,
        windows=said.windows,
        part=part_of(edition, said.edges),
        published=rebuttal_records.published(edition.claim) if said.edges else [],
        reader=reader,
    )
    return with_gaps(page, situation), notes


def with_gaps(page: ClaimPage, situation: Situation) -> ClaimPage:
    """What nobody has chosen or written yet, in words where readers will find it."""
    card, line, is_copy = page.card, page.line, page.edition.edition_id == foreseen.NOT_MADE
    if not card.statement.text:
        card = replace(card, statement=replace(card.statement, text=_("No statement yet")))
    if is_copy and not situation.claim.confidence:
        chosen = NotChosen(_("Not chosen yet"), _("a confidence is needed before review"))
        card = replace(card, confidence=chosen)
        page = replace(page, confidence_heading=_("Why we are this confident"))
    follows = situation.was_seen or situation.waiting
    if is_copy and follows and not page.edition.kind:
        line = replace(line, label=_("Kind of change: not chosen yet"), sentence="")
        page = replace(page, record=(line, *page.record[1:]), line=line)
    return replace(page, card=card)


def language_of(request: HttpRequest) -> str:
    """The site's language that was asked for, else the one that is active."""
    asked = request.GET.get("language", "")
    return asked if asked in dict(settings.LANGUAGES) else translation.get_language() or ""


def is_framed(request: HttpRequest) -> bool:
    """Whether the phone's frame asks, from which every link leads out; a jump within the page opens
    the same address outside, as browsers say where they can."""
    outside = request.headers.get("Sec-Fetch-Dest") == "document"
    return request.GET.get("frame") == "1" and not outside


def address_of(name: str, claim: Claim, **query: str) -> str:
    return f"{reverse(f'admin:{name}', args=[claim.pk])}?{urlencode(query)}"


def languages_of(request: HttpRequest, name: str, claim: Claim) -> list[dict[str, Any]]:
    """The same preview in each of the site's languages, as `public.delivery.addresses` has them."""
    links = []
    for code, _name in settings.LANGUAGES:
        path = address_of(name, claim, language=code)
        links.append(
            {
                "code": code,
                "name": translation.get_language_info(code)["name_local"],
                "path": path,
                "url": request.build_absolute_uri(path),
                "is_active": code == language_of(request),
            }
        )
    return links


def unlisted(response: HttpResponse) -> HttpResponse:
    """Kept by no cache and no search engine."""
    patch_cache_control(response, no_store=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def preview(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    """The readers' page of the working copy, marked; `frame=1` where the phone's frame holds it."""
    return _page(request, site, claim_id)


def phone(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    """The preview in a frame as wide as a telephone."""
    return _frame(request, site, claim_id)


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def _page(request: HttpRequest, site: "ClaimAdmin", claim_id: int) -> HttpResponse:
    claim = site.opened(request, claim_id)
    if claim.suppressed_at:
        return unlisted(nothing(request, site, claim))
    situation = Situation.of(claim, request.user)
    language, framed = language_of(request), is_framed(request)
    own_name = "claims_claim_preview_phone" if framed else "claims_claim_preview"
    with translation.override(language):
        plan = plan_of(situation)
        if plan is None:
            return unlisted(nothing(request, site, claim))
        page, notes = page_of(plan, situation, language)
        waits = claim.state in (State.DRAFT, State.CHANGES_REQUESTED)
        context = {
            "page": page,
            "share": share_of(request, plan.edition, at_own_address=False),
            "languages": languages_of(request, own_name, claim),
            "heading": plan.heading,
            "notes": notes,
            "gaps": list(actions.missing(claim).values()) if waits else [],
            "framed": framed,
            "claim_address": site.address(claim),
            "phone": address_of("claims_claim_preview_phone", claim, language=language),
            "desktop": address_of("claims_claim_preview", claim, language=language),
        }
        response = render(request, "admin/claims/preview.html", context)
    response["Content-Language"] = language
    return unlisted(response)


@require_safe
@csp_update({"frame-src": [SELF]})
def _frame(request: HttpRequest, site: "ClaimAdmin", claim_id: int) -> HttpResponse:
    claim = site.opened(request, claim_id)
    if claim.suppressed_at:
        return unlisted(nothing(request, site, claim))
    language = language_of(request)
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "original": claim,
        "title": _("Preview on a phone: %(claim)s") % {"claim": claim},
        "record_address": site.address(claim),
        "language": language,
        "languages": languages_of(request, "claims_claim_preview_phone", claim),
        "desktop": address_of("claims_claim_preview", claim, language=language),
        "framed": address_of("claims_claim_preview", claim, language=language, frame="1"),
    }
    return unlisted(render(request, "admin/claims/preview_phone.html", context))


def nothing(request: HttpRequest, site: "ClaimAdmin", claim: Claim) -> HttpResponse:
    """What the newsroom is told of a suppressed claim, of which no text is left."""
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "original": claim,
        "title": _("There is nothing to preview"),
        "record_address": site.address(claim),
    }
    return render(request, "admin/claims/preview_nothing.html", context, status=410)
