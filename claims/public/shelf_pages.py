"""What the pages of topics, parties and sources show. Pure: editions in, words out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims.choices import Mention, PartyKind
from claims.document import shared_in

from .evidence import Hop, ReplyShown, SourceShown, replies_of, shown_work, way_of
from .rebuttals import ClaimCard, card_of
from .records import Edition
from .shelves import PARTY, WORK, Mentioned
from .wording import Coded, Wording, by_language, name_of


@dataclass(frozen=True)
class Shelved:
    """One record in the list of its kind: what it is called, and the newest claim with it."""

    record: str
    name: Wording
    kind: Coded | None
    card: ClaimCard
    edition: Edition


@dataclass(frozen=True)
class Asked:
    """A claim that faults a party, or to which it was asked for a reply, and what came of that."""

    card: ClaimCard
    replies: tuple[ReplyShown, ...]


@dataclass(frozen=True)
class Route:
    """A way on which something came to us through a work: “SemiAnalysis stated → YTN reported”."""

    way: tuple[Hop, ...]
    card: ClaimCard


def record_in(edition: Edition, roles: Iterable[Mention], record: str) -> Mapping[str, Any]:
    """A shared record as an edition that mentions it shows it."""
    shown = shared_in(edition.document)
    return next(each for role in roles for each in shown[role] if each["id"] == record)


def topic_name(edition: Edition, topic: str, reader: str) -> Wording:
    names = record_in(edition, [Mention.TOPIC], topic)["names"]
    return by_language(names, reader, edition.document["language"]) or Wording(topic, reader)


def party_name(edition: Edition, party: str, reader: str) -> Wording:
    shown = record_in(edition, PARTY, party)
    return name_of(shown, reader, edition.document["language"]) or Wording(party, reader)


def party_kind(edition: Edition, party: str) -> Coded:
    code = record_in(edition, PARTY, party)["kind"]
    return Coded(PartyKind(code).label, code)


def work_in(edition: Edition, source: str, reader: str) -> SourceShown:
    return shown_work(record_in(edition, WORK, source), reader)


def called(edition: Edition, role: Mention, record: str, reader: str) -> Wording:
    """What a record is called, whatever it is."""
    if role is Mention.TOPIC:
        return topic_name(edition, record, reader)
    if role in WORK:
        work = work_in(edition, record, reader)
        return Wording(work.title, work.language)
    return party_name(edition, record, reader)


def shelved_topics(found: Sequence[Mentioned], reader: str) -> list[Shelved]:
    return [
        Shelved(
            one.record,
            topic_name(one.edition, one.record, reader),
            None,
            card_of(one.edition, reader),
            one.edition,
        )
        for one in found
    ]


def shelved_parties(found: Sequence[Mentioned], reader: str) -> list[Shelved]:
    return [
        Shelved(
            one.record,
            party_name(one.edition, one.record, reader),
            party_kind(one.edition, one.record),
            card_of(one.edition, reader),
            one.edition,
        )
        for one in found
    ]


def shelved_sources(found: Sequence[Mentioned], reader: str) -> list[Shelved]:
    shelved = []
    for one in found:
        work = work_in(one.edition, one.record, reader)
        kind = work.kind
        if work.publisher:
            words = _("%(kind)s, %(publisher)s") % {"kind": kind, "publisher": work.publisher}
            kind = Coded(words, kind.code)
        name = Wording(work.title, work.language)
        card = card_of(one.edition, reader)
        shelved.append(Shelved(one.record, name, kind, card, one.edition))
    return shelved


def published_by(party: str, editions: Iterable[Edition], reader: str) -> list[SourceShown]:
    """The works of a publisher among what these editions cite and relay, each once."""
    works: dict[str, SourceShown] = {}
    for edition in editions:
        shown = shared_in(edition.document)
        for source in (*shown[Mention.SOURCE], *shown[Mention.RELAY]):
            if source["publisher"] and source["publisher"]["id"] == party:
                works.setdefault(source["id"], shown_work(source, reader))
    return list(works.values())


def asked_of(party: str, editions: Iterable[Edition], reader: str) -> list[Asked]:
    """The claims that fault a party or were put to it, and what it answered, as published."""
    found = []
    for edition in editions:
        rows = [row for row in edition.document["replies"] if row["party"]["id"] == party]
        faulted = edition.document.get("allegation")
        if rows or (faulted and faulted["id"] == party):
            replies = replies_of({**edition.document, "replies": rows}, reader)
            found.append(Asked(card_of(edition, reader), replies))
    return found


def routes_through(source: str, editions: Iterable[Edition], reader: str) -> list[Route]:
    """The ways on which a work had its part, each once, with the newest claim that rests on it."""
    routes: dict[tuple[str, ...], Route] = {}
    for edition in editions:
        for citation in edition.document["citations"]:
            hands = [citation["source"], *citation.get("relays", [])]
            ids = tuple(hand["id"] for hand in hands)
            if source in ids and len(ids) > 1:
                card = card_of(edition, reader)
                routes.setdefault(ids, Route(way_of(citation, reader), card))
    return list(routes.values())
