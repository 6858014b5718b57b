"""The readers' feeds, each beside its page: ask, arrange, deliver."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from claims.choices import Mention, NoticeKind

from . import entries, feed_records, records, registers, syndication
from .asking import Basis
from .delivery import (
    notice_of,
    place_in,
    reader_language,
    reader_page,
    revalidated,
    site_of,
    suppressed,
)
from .paging import Place, to_token
from .records import Edition, Filters
from .shelves import PARTY
from .syndication import Entry, Feed

# By what stands behind the point: how a feed is written, and what it is sent as.
FORMS: dict[str, tuple[Callable[[Feed], str], str]] = {
    "atom": (syndication.atom, f"{syndication.ATOM_TYPE}; charset=utf-8"),
    "json": (syndication.json_feed, syndication.JSON_TYPE),
}


@dataclass(frozen=True)
class Page:
    """The entries of one page, what they show, and where the next page begins."""

    entries: tuple[Entry, ...]
    basis: Basis
    rest: Place | None = None


def page_of(request: HttpRequest, found: Sequence[Edition], rest: Place | None) -> Page:
    told, basis = entries.entries_of(found, reader_language(), site_of(request))
    return Page(told, basis, rest)


def send(request: HttpRequest, form: str, page: Page, title: str, description: str) -> HttpResponse:
    """One page of a feed, or 304 for who has it. The page beside it is where its address ends."""
    write, content_type = FORMS[form]
    first = site_of(request) + request.path
    token = request.GET.get("after", "")
    feed = Feed(
        id=first,
        url=f"{first}?after={token}" if token else first,
        page_url=first.rpartition("/")[0] + "/",
        title=title,
        description=description,
        language=reader_language(),
        author=settings.SITE_NAME,
        entries=page.entries,
        next_url=f"{first}?after={to_token(page.rest)}" if page.rest else "",
    )
    response = HttpResponse(write(feed), content_type=content_type)
    return revalidated(request, response, editions=page.basis.editions, modified=feed.updated)


def known(form: str) -> None:
    if form not in FORMS:
        raise Http404


@reader_page
def everything(request: HttpRequest, form: str) -> HttpResponse:
    """Every claim and counterclaim, as it is now."""
    known(form)
    page = page_of(request, *records.newest(Filters(), after=place_in(request)))
    description = _("What is being claimed, and what is said against it.")
    return send(request, form, page, settings.SITE_NAME, description)


@reader_page
def topic(request: HttpRequest, topic: str, form: str) -> HttpResponse:
    """The claims and counterclaims on a topic."""
    known(form)
    found, rest = feed_records.mentioning([Mention.TOPIC], topic, place_in(request))
    if not found:
        raise Http404
    name = entries.topic_name(found, topic, reader_language())
    description = _("What is being claimed about it, and what is said against that.")
    return send(request, form, page_of(request, found, rest), titled(name), description)


@reader_page
def party(request: HttpRequest, party: str, form: str) -> HttpResponse:
    """What somebody claims, what rests on what they published, and what faults them."""
    known(form)
    found, rest = feed_records.mentioning(PARTY, party, place_in(request))
    if not found:
        raise Http404
    name = entries.party_name(found, party, reader_language())
    description = _(
        "What they claim, what rests on what they published, what faults them or was put to them,"
        " and what is said against it."
    )
    return send(request, form, page_of(request, found, rest), titled(name), description)


@reader_page
def claim(request: HttpRequest, claim: str, form: str) -> HttpResponse:
    """The editions of a claim; of a withdrawn one, that it was withdrawn."""
    known(form)
    found, rest = feed_records.of_claim(claim, place_in(request))
    description = _("The editions of this claim, and what is said against it.")
    if found:
        name = entries.claim_name(found, reader_language())
        return send(request, form, page_of(request, found, rest), titled(name), description)
    if place_in(request):
        raise Http404
    notice = notice_of(claim, "claim_feed", form)
    if notice.kind is NoticeKind.SUPPRESSED:
        return suppressed(request, notice)
    withdrawal = registers.withdrawal_of(claim)
    if withdrawal is None:
        raise Http404
    entry = entries.withdrawal_entry(withdrawal, reader_language(), site_of(request))
    return send(request, form, Page((entry,), Basis(())), titled(entry.title), description)


@reader_page
def corrections(request: HttpRequest, form: str) -> HttpResponse:
    """What was corrected, updated, clarified or withdrawn, the last first."""
    known(form)
    found, rest = registers.register("", after=place_in(request))
    editions = [one for one in found if isinstance(one, Edition)]
    told, basis = entries.entries_of(editions, reader_language(), site_of(request))
    by_edition = iter(told)
    mixed = tuple(
        next(by_edition)
        if isinstance(one, Edition)
        else entries.withdrawal_entry(one, reader_language(), site_of(request))
        for one in found
    )
    page = Page(mixed, basis, rest)
    description = _("What we corrected, updated, clarified or withdrew.")
    return send(request, form, page, titled(_("Corrections")), description)


def titled(name: str) -> str:
    """A feed's name is read apart from its site: “Ports · Counterclaim”."""
    return f"{name} · {settings.SITE_NAME}"
