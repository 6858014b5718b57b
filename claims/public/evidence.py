"""What a claim rests on, in words: sources and how they came, figures, replies. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from claims import figures, origins
from claims.choices import (
    Bound,
    ChangeUnit,
    Channel,
    FigureKind,
    Outcome,
    Precision,
    SourceKind,
    SourceStatus,
    Stance,
)

from .numbers import bounded, percentage, signed, value_words
from .wording import (
    Coded,
    Document,
    Wording,
    by_language,
    day_of,
    language_name,
    name_of,
    published,
)


@dataclass(frozen=True)
class Hop:
    """One hand through which it came: “SemiAnalysis stated”; `source` is the work's public id."""

    who: Wording
    verb: str
    seen: bool
    status: Coded | None = None
    source: str = ""


@dataclass(frozen=True)
class Quotation:
    """A place in a source; `way` leads from the origin to it where it passes on another's words."""

    text: str
    locator: str
    is_against: bool
    way: tuple[Hop, ...] = ()
    route_given: bool = True


@dataclass(frozen=True)
class SourceShown:
    """A work, once, with every place in it that the claim cites."""

    id: str
    title: str
    language: str
    language_name: str
    publisher: Wording | None
    publisher_id: str
    kind: Coded
    date: Coded
    seen: bool
    url: str
    host: str
    quotations: tuple[Quotation, ...]
    # What its publisher has since done about it, where we know of anything.
    status: Coded | None = None

    @property
    def machine_date(self) -> str:
        return self.date.code


@dataclass(frozen=True)
class RelayShown:
    """Who passes on whose words: “YTN relays SemiAnalysis”, and whether we saw those."""

    relayer: Wording
    origin: Wording
    seen: bool


@dataclass(frozen=True)
class OriginsShown:
    """How many sources and independent origins there are, and who relays whom."""

    sources: int
    origins: int
    seen: str
    relays: tuple[RelayShown, ...]


@dataclass(frozen=True)
class FigureShown:
    """A measured value; `tenths` is its length beside the largest, of 1000."""

    label: Wording
    words: str
    value: str
    kind: FigureKind
    bound: Bound
    unit: Wording | None
    date: Coded
    tenths: int


@dataclass(frozen=True)
class FiguresShown:
    """The values and, in words, the change that they make and whether it is what was stated.

    `computed` and `stated_change` are the numbers behind the words.
    """

    rows: tuple[FigureShown, ...]
    change: str
    stated: str
    computed: figures.Computed | None
    stated_change: figures.Stated | None

    @property
    def agrees(self) -> bool | None:
        return self.computed.agrees if self.computed else None

    @property
    def sentence(self) -> str:
        if not self.change:
            return ""
        if self.agrees is None:
            return _("%(change)s. Computed by us; no change was stated.") % {"change": self.change}
        words = (
            _("%(change)s, computed by us: agrees with “%(stated)s”, as stated.")
            if self.agrees
            else _("%(change)s, computed by us: does not agree with “%(stated)s”, as stated.")
        )
        return words % {"change": self.change, "stated": self.stated}


@dataclass(frozen=True)
class ReplyShown:
    """Somebody who was asked for a reply, and what they answered, word for word."""

    who: Wording
    how: Coded
    asked: Coded
    deadline: Coded
    outcome: Outcome
    answer: Wording | None
    answered: Coded


def verb_of(kind: str) -> str:
    """How a work of this kind speaks: QuestMobile *measured*, YTN *reported*."""
    reported, stated = pgettext("relay", "reported"), pgettext("relay", "stated")
    return {
        SourceKind.ARTICLE: reported,
        SourceKind.BROADCAST: reported,
        SourceKind.REPORT: pgettext("relay", "found"),
        SourceKind.DATASET: pgettext("relay", "measured"),
        SourceKind.POST: pgettext("relay", "posted"),
    }.get(SourceKind(kind), stated)


def voice_of(source: Mapping[str, Any], reader: str) -> Wording:
    """Who speaks in a work: its publisher, or the work itself where none is known."""
    return name_of(source["publisher"], reader, source["language"]) or Wording(
        source["title"], source["language"]
    )


def status_of(source: Mapping[str, Any]) -> Coded | None:
    """What became of a work; None where the document says nothing."""
    code = source.get("status")
    return Coded(SourceStatus(code).label, code) if code else None


def way_of(citation: Mapping[str, Any], reader: str) -> tuple[Hop, ...]:
    """From the origin to the cited work; empty where the source speaks for itself."""
    if not citation.get("relays"):
        return ()
    return tuple(
        Hop(
            voice_of(source, reader),
            verb_of(source["kind"]),
            source["seen"],
            status_of(source),
            source["id"],
        )
        for source in origins.chain(citation)
    )


def sources_of(document: Document, reader: str) -> tuple[SourceShown, ...]:
    """The distinct sources in the order in which they are first cited."""
    cited: dict[str, list[Mapping[str, Any]]] = {}
    for citation in document["citations"]:
        cited.setdefault(citation["source"]["id"], []).append(citation)
    return tuple(_source(citations, reader) for citations in cited.values())


def _source(citations: list[Mapping[str, Any]], reader: str) -> SourceShown:
    quotations = tuple(
        Quotation(
            citation["quotation"],
            citation["locator"],
            citation["stance"] == Stance.AGAINST,
            way_of(citation, reader),
            citation.get("route_given", True),
        )
        for citation in citations
    )
    return shown_work(citations[0]["source"], reader, quotations)


def shown_work(
    source: Mapping[str, Any], reader: str, quotations: tuple[Quotation, ...] = ()
) -> SourceShown:
    """A work as a document shows it, with the places in it that are cited."""
    address = web_address(source["url"])
    return SourceShown(
        id=source["id"],
        title=source["title"],
        language=source["language"],
        language_name=language_name(source["language"]),
        publisher=name_of(source["publisher"], reader, source["language"]),
        publisher_id=source["publisher"]["id"] if source["publisher"] else "",
        kind=Coded(SourceKind(source["kind"]).label, source["kind"]),
        date=Coded(*published(source["published_on"], source["date_precision"])),
        seen=source["seen"],
        url=address,
        host=urlsplit(address).hostname or "" if address else "",
        quotations=quotations,
        status=status_of(source),
    )


def web_address(url: str) -> str:
    """The address if a browser may be sent there, else nothing."""
    try:
        parts = urlsplit(url)
        return url if parts.scheme in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""


def seen_words(sources: Sequence[SourceShown]) -> str:
    seen = sum(source.seen for source in sources)
    if seen == len(sources):
        return ngettext("Seen by us", "All seen by us", seen)
    if not seen:
        return ngettext("Not seen by us", "None seen by us", len(sources))
    return _("%(seen)s of %(all)s seen by us") % {"seen": seen, "all": len(sources)}


def origins_of(document: Document, reader: str) -> OriginsShown:
    citations = document["citations"]
    sources, independent = origins.count(citations)
    relays = {}
    for citation in citations:
        if citation.get("relays"):
            chain = origins.chain(citation)
            relays[chain[-1]["id"], chain[0]["id"]] = RelayShown(
                voice_of(chain[-1], reader),
                voice_of(chain[0], reader),
                chain[0]["seen"],
            )
    return OriginsShown(
        sources, independent, seen_words(sources_of(document, reader)), tuple(relays.values())
    )


def figures_of(document: Document, reader: str) -> FiguresShown | None:
    rows = document.get("figures") or []
    if not rows:
        return None
    original = document["language"]
    most = max(abs(Decimal(row["value"])) for row in rows)
    shown = tuple(_figure(row, reader, original, most) for row in rows)
    given = document.get("stated_change")
    stated = (
        figures.Stated(Decimal(given["value"]), ChangeUnit(given["unit"]), Bound(given["bound"]))
        if given
        else None
    )
    computed = figures.change(
        [
            figures.Value(FigureKind(row["kind"]), Decimal(row["value"]), row["units"])
            for row in rows
        ],
        stated,
    )
    parts = []
    if computed and computed.points is not None:
        parts.append(_("%(change)s points") % {"change": signed(computed.points)})
    if computed and computed.percent is not None:
        parts.append(f"{signed(computed.percent)}%")
    return FiguresShown(
        shown,
        ", ".join(parts),
        stated_words(stated) if stated else "",
        computed,
        stated,
    )


def stated_words(stated: figures.Stated) -> str:
    """The change as the claim states it, by its size: “more than 72%”."""
    size = abs(stated.value)
    if stated.unit is ChangeUnit.POINTS:
        return bounded(stated.bound, _("%(change)s points") % {"change": size})
    return bounded(stated.bound, percentage(size))


def _figure(row: Mapping[str, Any], reader: str, original: str, most: Decimal) -> FigureShown:
    value = Decimal(row["value"])
    unit = by_language(row["units"], reader, original)
    label = by_language(row["labels"], reader, original)
    return FigureShown(
        label=label or Wording("", original),
        words=value_words(row["kind"], value, row["bound"], unit.text if unit else "", reader),
        value=row["value"],
        kind=FigureKind(row["kind"]),
        bound=Bound(row["bound"]),
        unit=unit,
        date=Coded(*published(row["as_of"], row["as_of_precision"] or Precision.DAY)),
        tenths=int(abs(value) * 1000 / most) if most else 0,
    )


def replies_of(document: Document, reader: str) -> tuple[ReplyShown, ...]:
    return tuple(
        ReplyShown(
            who=name_of(reply["party"], reader, document["language"])
            or Wording("", document["language"]),
            how=Coded(Channel(reply["channel"]).label, reply["channel"]),
            asked=day_of(reply["asked_on"]),
            deadline=day_of(reply["deadline"]),
            outcome=Outcome(reply["outcome"]),
            answer=Wording(reply["answer"], reply["language"], language_name(reply["language"]))
            if reply["answer"]
            else None,
            answered=day_of(reply["answered_on"]),
        )
        for reply in document.get("replies") or []
    )
