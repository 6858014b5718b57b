"""From editions to the entries of a feed: each with who says it, and what is said against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from claims.choices import ChangeKind, Standing

from . import feed_records, records
from .asking import Basis
from .evidence import FiguresShown, SourceShown, figures_of, sources_of
from .feed_records import Stand
from .pages import (
    MOST_IN_LIST,
    TopicShown,
    VerdictShown,
    confidence_heading,
    listed_edges,
    topics_of,
    verdict_of,
)
from .rebuttals import (
    ClaimCard,
    Objection,
    Strongest,
    TargetShown,
    card_of,
    counts_of,
    objection_of,
    strongest_of,
    targets_of,
)
from .record_lines import EditionLine, line_of
from .records import Edition, PublishedRebuttal
from .registers import Withdrawal
from .syndication import Entry
from .wording import Attribution, Wording, by_language, name_of, text_of

NO_STAND = Standing.UNREBUTTED


@dataclass(frozen=True)
class OtherRebuttal:
    """What else is said against the claim, beside the strongest."""

    card: ClaimCard
    objection: Objection


@dataclass(frozen=True)
class Told:
    """One edition as its entry tells of it, with the standing and the rebuttals of now."""

    edition: Edition
    card: ClaimCard
    line: EditionLine
    standing: Standing
    updated: datetime
    counts: str
    strongest: Strongest | None
    others: tuple[OtherRebuttal, ...]
    more: int
    targets: tuple[TargetShown, ...]
    topics: tuple[TopicShown, ...]
    verdict: VerdictShown | None
    confidence_heading: str
    reason: Wording | None
    unknowns: Wording | None
    would_change: Wording | None
    figures: FiguresShown | None
    sources: tuple[SourceShown, ...]


@dataclass(frozen=True)
class Around:
    """What stands around the claims of a feed now."""

    edges: Sequence[PublishedRebuttal]
    chosen: Mapping[str, Sequence[PublishedRebuttal]]
    stands: Mapping[str, Stand]
    beside: Mapping[str, Edition]


def around(editions: Sequence[Edition]) -> Around:
    """Three questions, whatever the number of editions."""
    if not editions:
        return Around((), {}, {}, {})
    claims = list(dict.fromkeys(edition.claim for edition in editions))
    edges = records.around(claims)
    chosen = listed_edges(claims, edges)
    wanted = {edge.counterclaim for found in chosen.values() for edge in found[:MOST_IN_LIST]}
    for edition in editions:
        wanted |= {edge["claim"] for edge in edition.document["rebuts"]}
    beside = records.current_editions(wanted) if wanted else {}
    return Around(edges, chosen, feed_records.stands(claims), beside)


def published_of(edition: Edition) -> datetime:
    """When readers first saw it. Many claims can open or move at one moment; feeds want entries to
    differ in theirs, so that each comes up to a millisecond later."""
    return edition.opened_at + apart(edition)


def updated_of(edition: Edition, stand: Stand | None) -> datetime:
    """When the entry last changed in a way that readers should hear of: the claim's own edition,
    or where it stands. What was replaced does not change any more."""
    if edition.is_current and stand and stand.since > edition.opened_at:
        return stand.since + apart(edition)
    return published_of(edition)


def apart(edition: Edition) -> timedelta:
    return timedelta(microseconds=edition.edition_id % 1000)


def told(edition: Edition, now: Around, reader: str) -> Told:
    document = edition.document
    card = card_of(edition, reader)
    stand = now.stands.get(edition.claim)
    chosen = now.chosen[edition.claim]
    strongest = strongest_of(edition.claim, now.beside, now.edges, reader)
    others = tuple(
        OtherRebuttal(card_of(now.beside[edge.counterclaim], reader), objection_of(edge))
        for edge in chosen[:MOST_IN_LIST]
        if edge.counterclaim in now.beside
        and not (strongest and edge.counterclaim == strongest.card.claim)
    )
    return Told(
        edition=edition,
        card=card,
        line=line_of(edition, edition, reader),
        standing=stand.standing if stand else NO_STAND,
        updated=updated_of(edition, stand),
        counts=counts_of(edge for edge in now.edges if edge.target == edition.claim),
        strongest=strongest,
        others=others,
        more=len(chosen) - len(others) - (strongest is not None),
        targets=targets_of(document, now.beside, reader),
        topics=topics_of(document, reader),
        verdict=verdict_of(document),
        confidence_heading=confidence_heading(card.confidence),
        reason=text_of(document, "reason", reader),
        unknowns=text_of(document, "unknowns", reader),
        would_change=text_of(document, "would_change", reader),
        figures=figures_of(document, reader),
        sources=sources_of(document, reader),
    )


def said_by(card: ClaimCard) -> str:
    """A claim in one line, never without who makes it: “YTN: usage is falling”."""
    return who_says(card.attribution, card.statement.text)


def who_says(attribution: Attribution, statement: str) -> str:
    who = str(attribution) or str(attribution.via or "")
    return _("%(who)s: %(statement)s") % {"who": who, "statement": statement} if who else statement


def title_of(one: Told) -> str:
    said = said_by(one.card)
    if not one.line.is_announced or one.line.kind is None:
        return said
    words = {
        ChangeKind.CORRECTION: _("Correction: “%(said)s”"),
        ChangeKind.UPDATE: _("Update: “%(said)s”"),
        ChangeKind.CLARIFICATION: _("Clarification: “%(said)s”"),
    }[one.line.kind]
    return words % {"said": said}


def claim_address(site: str, claim: str) -> str:
    return site + reverse("public:claim_detail", args=[claim])


def record_of(one: Told, site: str) -> dict[str, Any]:
    """What machines read of an entry; the vocabularies are those of the API."""
    strongest = one.strongest
    return {
        "about": site + reverse("api:openapi"),
        "claim": one.card.claim,
        "edition": one.edition.number,
        "kind": "counterclaim" if one.edition.is_counterclaim else "claim",
        "change": one.edition.kind or None,
        "confidence": one.card.confidence.value,
        "standing": one.standing.value,
        "verdict": one.verdict.verdict.value if one.verdict else None,
        "strongest_rebuttal": {
            "claim": strongest.card.claim,
            "url": claim_address(site, strongest.card.claim),
            "title": said_by(strongest.card),
            "ground": strongest.ground.code,
            "confidence": strongest.card.confidence.value,
        }
        if strongest
        else None,
    }


def rendered(template: str, context: dict[str, Any]) -> str:
    """HTML without the blank space between its tags' lines; nothing in it is preformatted."""
    lines = (line.strip() for line in render_to_string(template, context).splitlines())
    return "\n".join(line for line in lines if line)


def entry_of(one: Told, site: str) -> Entry:
    """`site` is the address before the path: https://claims.example.org."""
    edition = one.edition
    own = site + reverse("public:edition_detail", args=[edition.claim, edition.number])
    return Entry(
        id=own,
        url=own,
        title=title_of(one),
        language=one.card.statement.language,
        html=rendered("claims/feed_entry.html", {"told": one, "site": site, "own": own}),
        published=published_of(edition),
        updated=one.updated,
        topics=tuple(dict.fromkeys(topic.name.text for topic in one.topics)),
        record=record_of(one, site),
    )


def entries_of(
    editions: Sequence[Edition], reader: str, site: str
) -> tuple[tuple[Entry, ...], Basis]:
    """The entries of these editions, and what they show."""
    now = around(editions)
    entries = tuple(entry_of(told(edition, now, reader), site) for edition in editions)
    return entries, Basis((*editions, *now.beside.values()))


def withdrawal_entry(found: Withdrawal, reader: str, site: str) -> Entry:
    """That a claim is gone, without repeating it."""
    notice = by_language(found.notice.texts, reader)
    address = claim_address(site, found.claim)
    context = {"notice": notice, "made_at": found.notice.made_at, "own": address}
    return Entry(
        id=f"{address}#withdrawn-{found.release_id}",
        url=address,
        title=_("Withdrawn: claim %(claim)s") % {"claim": found.claim},
        language=reader,
        html=rendered("claims/feed_withdrawal.html", context),
        published=found.notice.made_at,
        updated=found.notice.made_at,
        record={
            "about": site + reverse("api:openapi"),
            "claim": found.claim,
            "edition": None,
            "kind": "withdrawal",
            "change": None,
            "confidence": None,
            "standing": None,
            "verdict": None,
            "strongest_rebuttal": None,
        },
    )


def topic_name(editions: Sequence[Edition], topic: str, reader: str) -> str:
    """What the newest of these editions calls the topic."""
    for edition in editions:
        for shown in topics_of(edition.document, reader):
            if shown.id == topic:
                return shown.name.text
    return ""


def party_name(editions: Sequence[Edition], party: str, reader: str) -> str:
    """What the newest of these editions calls the party."""
    for edition in editions:
        document = edition.document
        publishers = (citation["source"]["publisher"] for citation in document["citations"])
        for known in (document["claimant"], *publishers):
            if known and known["id"] == party:
                return str(name_of(known, reader, document["language"]) or "")
    return ""


def claim_name(editions: Sequence[Edition], reader: str) -> str:
    """The newest of these editions in one line."""
    return said_by(card_of(editions[0], reader))
