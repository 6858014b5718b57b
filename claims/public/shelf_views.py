"""The pages of topics, parties and sources, and the lists of each."""

from collections.abc import Callable, Sequence

from django.http import Http404, HttpRequest, HttpResponse

from claims.choices import Mention

from . import asking, shelves
from .delivery import deliver, place_in, reader_language, reader_page, turning
from .paging import to_token
from .records import Edition, Filters
from .shelf_pages import (
    Shelved,
    asked_of,
    party_kind,
    party_name,
    published_by,
    routes_through,
    shelved_parties,
    shelved_sources,
    shelved_topics,
    topic_name,
    work_in,
)
from .shelves import PARTY, TOPIC, WORK, Mentioned

Arrange = Callable[[Sequence[Mentioned], str], list[Shelved]]


def shelf(
    request: HttpRequest, kind: str, roles: Sequence[Mention], arrange: Arrange
) -> HttpResponse:
    """One page of the list of topics, parties or sources."""
    token = request.GET.get("after", "")
    found, rest = shelves.newest(roles, shelves.to_spot(token) if token else None)
    context = {
        "shelved": arrange(found, reader_language()),
        **turning(request, f"{kind}_list", following=shelves.spot_token(rest) if rest else ""),
    }
    editions = [one.edition for one in found]
    return deliver(
        request,
        f"claims/{kind}_list.html",
        context,
        editions=editions,
        modified=asking.Basis(tuple(editions)).modified,
    )


@reader_page
def topic_list(request: HttpRequest) -> HttpResponse:
    return shelf(request, "topic", TOPIC, shelved_topics)


@reader_page
def party_list(request: HttpRequest) -> HttpResponse:
    return shelf(request, "party", PARTY, shelved_parties)


@reader_page
def source_list(request: HttpRequest) -> HttpResponse:
    return shelf(request, "source", WORK, shelved_sources)


def mentioned(roles: Sequence[Mention], record: str) -> Edition:
    """The newest current edition with this record; without one there is no page of it."""
    edition = shelves.newest_mention(roles, record)
    if edition is None:
        raise Http404
    return edition


def detail(
    request: HttpRequest,
    kind: str,
    record: str,
    filters: Filters,
    context: dict[str, object],
    more: Sequence[Edition],
) -> HttpResponse:
    """The page of one record: what `context` says of it, and one page of its claims."""
    claims, rest, basis = asking.one_list(filters, place_in(request), reader_language())
    following = to_token(rest) if rest else ""
    context |= {
        "record": record,
        "claims": claims,
        **turning(request, f"{kind}_detail", (), following, **{kind: record}),
    }
    shown = asking.Basis((*basis.editions, *more))
    return deliver(
        request,
        f"claims/{kind}_detail.html",
        context,
        editions=shown.editions,
        modified=shown.modified,
    )


@reader_page
def topic_detail(request: HttpRequest, topic: str) -> HttpResponse:
    edition = mentioned(TOPIC, topic)
    context: dict[str, object] = {"name": topic_name(edition, topic, reader_language())}
    filters = Filters(counterclaims=False, mentions={Mention.TOPIC: topic})
    return detail(request, "topic", topic, filters, context, [edition])


@reader_page
def party_detail(request: HttpRequest, party: str) -> HttpResponse:
    """What a party claimed and what rebuts that, what it published, what faults it."""
    reader = reader_language()
    edition = mentioned(PARTY, party)
    citing = shelves.mentioning(Mention.PUBLISHER, party)
    asking_it = shelves.mentioning(Mention.ASKED, party)
    context: dict[str, object] = {
        "name": party_name(edition, party, reader),
        "kind": party_kind(edition, party),
        "works": published_by(party, citing, reader),
        "asked": asked_of(party, asking_it, reader),
    }
    filters = Filters(mentions={Mention.CLAIMANT: party})
    return detail(request, "party", party, filters, context, [edition, *citing, *asking_it])


@reader_page
def source_detail(request: HttpRequest, source: str) -> HttpResponse:
    """A work, all claims that rest on it, and the ways on which it had its part."""
    reader = reader_language()
    edition = mentioned(WORK, source)
    resting = [one for role in WORK for one in shelves.mentioning(role, source)]
    context: dict[str, object] = {
        "work": work_in(edition, source, reader),
        "routes": routes_through(source, resting, reader),
    }
    return detail(request, "source", source, Filters(work=source), context, [edition, *resting])
