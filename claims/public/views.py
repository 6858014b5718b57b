"""The readers' pages: ask, arrange, deliver."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language

from claims.choices import NoticeKind

from . import asking, records
from .delivery import addresses, deliver, reader_page, uncached
from .paging import to_place, to_token
from .records import Edition
from .wording import by_language


def reader_language() -> str:
    return get_language() or ""


@reader_page
def home(request: HttpRequest) -> HttpResponse:
    return redirect("public:claim_list")


@reader_page
def claim_list(request: HttpRequest) -> HttpResponse:
    """The newest claims, each beside what is said against it; `?all=1` adds counterclaims."""
    everything = request.GET.get("all") == "1"
    token = request.GET.get("after", "")
    claims, rest, basis = asking.one_list(
        records.Filters(counterclaims=everything),
        to_place(token) if token else None,
        reader_language(),
    )
    kept = [("all", "1")] if everything else []
    query = urlencode([*kept, ("after", token)] if token else kept)
    context = {
        "claims": claims,
        "everything": everything,
        "is_first": not token,
        "next_query": urlencode([*kept, ("after", to_token(rest))]) if rest else "",
        **addresses(request, "claim_list", query),
    }
    return deliver(
        request,
        "claims/list.html",
        context,
        editions=basis.editions,
        modified=basis.modified,
    )


@reader_page
def claim_detail(request: HttpRequest, claim: str) -> HttpResponse:
    """The claim's current edition."""
    editions = records.editions(claim)
    context = addresses(request, "claim_detail", claim=claim)
    current = asking.current(editions)
    return show(request, claim, current, editions, context, at_own_address=False)


@reader_page
def edition_detail(request: HttpRequest, claim: str, number: int) -> HttpResponse:
    """One edition at its own address, for as long as it is readable."""
    editions = records.editions(claim)
    context = addresses(request, "edition_detail", claim=claim, number=number)
    wanted = asking.numbered(editions, number)
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
    context["page"], basis = asking.one_claim(
        edition, editions, reader_language(), at_own_address=at_own_address
    )
    return deliver(
        request,
        "claims/claim.html",
        context,
        editions=basis.editions,
        modified=basis.modified,
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
