"""The readers' pages: ask, arrange, deliver."""

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from claims.choices import NoticeKind

from . import asking, data_views, embed_views, records
from .delivery import (
    addresses,
    deliver,
    notice_of,
    only_in,
    place_in,
    reader_language,
    reader_page,
    refused,
    share_of,
    suppressed,
    tags_of,
    turning,
    uncached,
)
from .errors import error_page
from .filtering import FilterForm, active_filters, quick_filters
from .paging import BadToken, to_token
from .picture_views import sharing_of
from .records import Edition
from .wording import by_language


@reader_page
def home(request: HttpRequest) -> HttpResponse:
    """What is new, what is contested, what was corrected."""
    reader = reader_language()
    new, contested, corrected, basis = asking.front(reader)
    context = {"new": new, "contested": contested, "corrected": corrected}
    context |= addresses(request, "home")
    return deliver(
        request, "claims/home.html", context, editions=basis.editions, modified=basis.modified
    )


@reader_page
def claim_list(request: HttpRequest) -> HttpResponse:
    """The newest claims, each beside what is said against it, narrowed as the address asks."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        return refused(request, "claim_list", "claims/list.html", form)
    reader = reader_language()
    claims, rest, basis = asking.one_list(form.filters(), place_in(request), reader)
    context = {
        "form": form,
        "claims": claims,
        "active": active_filters(form, asking.names_of(form.cleaned_data, reader)),
        "quick": quick_filters(form),
        **turning(request, "claim_list", form.asked, to_token(rest) if rest else ""),
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
    context = addresses(request, "claim_detail", query_of_part(request), claim=claim)
    current = asking.current(editions)
    return show(request, claim, current, editions, context, at_own_address=False)


@reader_page
def edition_detail(request: HttpRequest, claim: str, number: int) -> HttpResponse:
    """One edition at its own address, for as long as it is readable."""
    editions = records.editions(claim)
    query = query_of_part(request)
    context = addresses(request, "edition_detail", query, claim=claim, number=number)
    wanted = asking.numbered(editions, number)
    return show(request, claim, wanted, editions, context, at_own_address=True)


def query_of_part(request: HttpRequest) -> str:
    """Which page of its rebuttals a claim's page shows; nothing is the first."""
    token = request.GET.get("rebuttals", "")
    return urlencode({"rebuttals": token}) if token else ""


def show(
    request: HttpRequest,
    claim: str,
    edition: Edition | None,
    editions: list[Edition],
    context: dict[str, Any],
    *,
    at_own_address: bool,
) -> HttpResponse:
    if edition is None:
        return instead(request, claim, context) if not editions else missing()
    context = only_in(context, tags_of(edition.document))
    try:
        page, basis = asking.one_claim(
            edition,
            editions,
            reader_language(),
            at_own_address=at_own_address,
            token=request.GET.get("rebuttals", ""),
            rebuttals_in_record=True,
        )
    except BadToken:
        return no_such_part(request)
    context |= {
        "page": page,
        "structured": data_views.blocks_of(request, page),
        "embed": embed_views.discovery(request, page),
        "sharing": sharing_of(request, page, str(context["canonical"])),
        "share": share_of(request, edition, at_own_address=at_own_address),
    }
    response = deliver(
        request,
        "claims/claim.html",
        context,
        editions=basis.editions,
        modified=basis.modified,
    )
    if at_own_address:
        # Words that were corrected are not for search engines, and others stand at the claim's.
        response["X-Robots-Tag"] = "noindex"
    return data_views.linked(request, response, page, editions)


def no_such_part(request: HttpRequest) -> HttpResponse:
    sentence = _("This page of the rebuttals does not exist. Start again from the claim’s page.")
    return uncached(error_page(request, 400, _("Bad request"), sentence))


def missing() -> HttpResponse:
    raise Http404


def instead(request: HttpRequest, claim: str, context: dict[str, object]) -> HttpResponse:
    """What stands where a withdrawn or suppressed claim stood; the way on from a merged one."""
    notice = notice_of(claim, "claim_detail")
    if notice.kind is NoticeKind.SUPPRESSED:
        return suppressed(request, notice)
    words = by_language(notice.texts, reader_language())
    context |= {"made_at": notice.made_at, "notice": words}
    response = deliver(
        request, "claims/withdrawn.html", context, editions=[], modified=notice.made_at
    )
    response["X-Robots-Tag"] = "noindex"
    return response
