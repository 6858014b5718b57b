"""The readers' pages: ask, arrange, deliver."""

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from claims.choices import NoticeKind, Standing

from . import records
from .delivery import addresses, deliver, reader_page, uncached
from .pages import MOST_IN_LIST, claim_page, listed_claims, listed_edges, wanted_beside
from .paging import to_place, to_token
from .records import Edition
from .wording import by_language


def reader_language() -> str:
    return get_language() or ""


def newest_opening(editions: Iterable[Edition]) -> datetime | None:
    return max((edition.opened_at for edition in editions), default=None)


@reader_page
def home(request: HttpRequest) -> HttpResponse:
    return redirect("public:claim_list")


@reader_page
def claim_list(request: HttpRequest) -> HttpResponse:
    """The newest claims, each beside what is said against it; `?all=1` adds counterclaims."""
    everything = request.GET.get("all") == "1"
    token = request.GET.get("after", "")
    filters = records.Filters(counterclaims=everything)
    editions, rest = records.newest(filters, after=to_place(token) if token else None)
    claims = [edition.claim for edition in editions]
    edges = records.around(claims) if claims else []
    standings = records.standings(claims) if claims else {}
    chosen = listed_edges(claims, edges)
    wanted = {edge.counterclaim for one in chosen.values() for edge in one[:MOST_IN_LIST]}
    counterclaims = records.current_editions(wanted) if wanted else {}
    kept = [("all", "1")] if everything else []
    query = urlencode([*kept, ("after", token)] if token else kept)
    context = {
        "claims": listed_claims(editions, edges, counterclaims, standings, reader_language()),
        "everything": everything,
        "is_first": not token,
        "next_query": urlencode([*kept, ("after", to_token(rest))]) if rest else "",
        **addresses(request, "claim_list", query),
    }
    shown = [*editions, *counterclaims.values()]
    return deliver(
        request, "claims/list.html", context, editions=shown, modified=newest_opening(shown)
    )


@reader_page
def claim_detail(request: HttpRequest, claim: str) -> HttpResponse:
    """The claim's current edition."""
    editions = records.editions(claim)
    current = next((edition for edition in editions if edition.is_current), None)
    context = addresses(request, "claim_detail", claim=claim)
    return show(request, claim, current, editions, context, at_own_address=False)


@reader_page
def edition_detail(request: HttpRequest, claim: str, number: int) -> HttpResponse:
    """One edition at its own address, for as long as it is readable."""
    editions = records.editions(claim)
    wanted = next((edition for edition in editions if edition.number == number), None)
    context = addresses(request, "edition_detail", claim=claim, number=number)
    return show(request, claim, wanted, editions, context, at_own_address=True)


def show(
    request: HttpRequest,
    claim: str,
    edition: Edition | None,
    editions: list[Edition],
    context: dict[str, object],
    *,
    at_own_address: bool,
) -> HttpResponse:
    if edition is None:
        return instead(request, claim, context) if not editions else missing()
    branches = records.tree(claim)
    edges = records.around([claim])
    wanted = wanted_beside(edition, branches, edges)
    beside = records.current_editions(wanted) if wanted else {}
    context["page"] = claim_page(
        edition,
        editions=editions,
        branches=branches,
        edges=edges,
        beside=beside,
        # A claim that opened while we asked has none yet: nothing bears on it.
        standing=records.standings([claim]).get(claim, Standing.UNREBUTTED),
        reader=reader_language(),
        at_own_address=at_own_address,
    )
    shown = [*editions, *(branch.edition for branch in branches), *beside.values()]
    return deliver(
        request, "claims/claim.html", context, editions=shown, modified=newest_opening(shown)
    )


def missing() -> HttpResponse:
    raise Http404


def instead(request: HttpRequest, claim: str, context: dict[str, object]) -> HttpResponse:
    """What stands where a withdrawn or suppressed claim stood."""
    notice = records.notice(claim)
    if notice is None:
        raise Http404
    context |= {"made_at": notice.made_at}
    if notice.kind is NoticeKind.SUPPRESSED:
        return uncached(render(request, "claims/suppressed.html", context, status=410))
    context["notice"] = by_language(notice.texts, reader_language())
    response = deliver(
        request, "claims/withdrawn.html", context, editions=[], modified=notice.made_at
    )
    response["X-Robots-Tag"] = "noindex"
    return response
