"""Search, and the register of corrections."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from claims.choices import ChangeKind

from . import asking, registers
from .corrections import entries_shown, kinds
from .delivery import (
    deliver,
    place_in,
    reader_language,
    reader_page,
    refused,
    turning,
    uncached,
)
from .errors import error_page
from .filtering import SearchForm, active_filters
from .finding import found_claims
from .paging import to_token
from .passages import asked_of
from .records import Edition
from .registers import WITHDRAWAL


@reader_page
def search(request: HttpRequest) -> HttpResponse:
    """The claims and counterclaims with all these words, what fits best first."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return refused(request, "search", "claims/search.html", form)
    query, reader = form.cleaned_data["q"], reader_language()
    token = request.GET.get("after", "")
    after = registers.to_found_place(token) if token else None
    filters = form.filters(counterclaims=True)
    editions, rest = registers.found(query, filters, after=after) if query else ([], None)
    claims, basis = asking.as_list(editions, reader)
    context = {
        "form": form,
        "query": query,
        "claims": found_claims(claims, asked_of(query), reader),
        "active": active_filters(form, asking.names_of(form.cleaned_data, reader)),
        "without_filters": urlencode({"q": query}),
        **turning(request, "search", form.asked, registers.to_found_token(rest) if rest else ""),
    }
    return deliver(
        request,
        "claims/search.html",
        context,
        editions=basis.editions,
        modified=None,
    )


@reader_page
def corrections(request: HttpRequest) -> HttpResponse:
    """What was corrected, updated, clarified and withdrawn, the latest first."""
    kind = request.GET.get("kind", "")
    if kind not in ("", WITHDRAWAL, *ChangeKind.announced()):
        sentence = _("There is no such kind of correction. Choose one in the register.")
        return uncached(error_page(request, 400, _("Bad request"), sentence))
    entries, rest = registers.register(kind, after=place_in(request))
    shown = [entry for entry in entries if isinstance(entry, Edition)]
    kept = [("kind", kind)] if kind else []
    context = {
        "entries": entries_shown(entries, registers.earlier(shown), reader_language()),
        "kinds": [(value, label, value == kind) for value, label in kinds()],
        "kind": kind,
        "first_query": urlencode(kept),
        **turning(request, "corrections", kept, to_token(rest) if rest else ""),
    }
    return deliver(
        request,
        "claims/corrections.html",
        context,
        editions=shown,
        modified=max((entry.place.opened_at for entry in entries), default=None),
    )
