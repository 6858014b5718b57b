"""What the readers' pages show. Pure: rows and the reader's language in, words out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from claims.choices import (
    Confidence,
    Ground,
    Standing,
    Verdict,
    VerdictScale,
)

from .argument import Part, part_of
from .evidence import (
    FiguresShown,
    OriginsShown,
    ReplyShown,
    SourceShown,
    figures_of,
    origins_of,
    replies_of,
    sources_of,
)
from .rebuttal_records import MOST_IN_RECORD, PublishedFirst
from .rebuttals import (
    ClaimCard,
    Objection,
    RebuttalNode,
    Strongest,
    TargetShown,
    card_of,
    counts_of,
    objection_of,
    strongest_among,
    strongest_of,
    targets_of,
    tree_of,
)
from .record_lines import (
    EditionLine,
    Line,
    RebuttalLine,
    happened,
    line_of,
    rebuttal_lines,
    record_of,
    successor_of,
)
from .records import DEPTH, MOST_ROWS, Branch, Edition, PublishedRebuttal, StandingWindow
from .timeline import Timeline, timeline_of
from .wording import (
    Coded,
    Wording,
    by_language,
    day_of,
    name_of,
    other_statements,
    statement_of,
    text_of,
    wordings_of,
)

MOST_IN_LIST = 5


@dataclass(frozen=True)
class TopicShown:
    id: str
    name: Wording


@dataclass(frozen=True)
class VerdictShown:
    """The newsroom's rating and the scale it is on; never the confidence."""

    verdict: Verdict
    scale: VerdictScale


@dataclass(frozen=True)
class ReviewShown:
    """When the claim is looked at again, whether that day has passed, and the last time."""

    by: Coded
    is_due: bool
    rechecked: Coded

    @property
    def machine_by(self) -> str:
        return self.by.code


@dataclass(frozen=True)
class ClaimPage:
    """One edition of a claim, with the rebuttals and the standing of now."""

    edition: Edition
    card: ClaimCard
    other_statements: tuple[Wording, ...]
    wordings: tuple[Wording, ...]
    topics: tuple[TopicShown, ...]
    verdict: VerdictShown | None
    confidence_heading: str
    reason: Wording | None
    unknowns: Wording | None
    would_change: Wording | None
    figures: FiguresShown | None
    sources: tuple[SourceShown, ...]
    origins: OriginsShown
    allegation: Wording | None
    replies: tuple[ReplyShown, ...]
    reply_exception: Wording | None
    review: ReviewShown | None
    targets: tuple[TargetShown, ...]
    standing: Standing
    counts: str
    strongest: Strongest | None
    direct: int
    rebuttals: tuple[RebuttalNode, ...]
    part: Part
    is_cut: bool
    timeline: Timeline | None
    record: tuple[EditionLine, ...]
    published: tuple[RebuttalLine, ...]
    line: EditionLine
    replaced_by: Edition | None
    at_own_address: bool

    @property
    def happened(self) -> tuple[Line, ...]:
        """The record with the rebuttals in it."""
        return happened(self.record, self.published)

    @property
    def is_record_cut(self) -> bool:
        """Whether there are more rebuttals than the record lists."""
        return len(self.published) == MOST_IN_RECORD < self.direct


@dataclass(frozen=True)
class ListedRebuttal:
    claim: str
    statement: Wording
    objection: Objection


@dataclass(frozen=True)
class ListedClaim:
    """A claim in a list, facing what is said against it."""

    card: ClaimCard
    edition: Edition
    standing: Standing
    rebuttals: tuple[ListedRebuttal, ...]
    direct: int


@dataclass(frozen=True)
class CorrectedClaim:
    """A correction, as lists of them show it."""

    card: ClaimCard
    edition: Edition
    note: Wording | None


def corrected_claim(edition: Edition, reader: str) -> CorrectedClaim:
    note = text_of(edition.document, "change_note", reader)
    return CorrectedClaim(card_of(edition, reader), edition, note)


def confidence_heading(confidence: Confidence) -> str:
    return {
        Confidence.HIGH: _("Why our confidence is high"),
        Confidence.MODERATE: _("Why our confidence is moderate"),
        Confidence.LOW: _("Why our confidence is low"),
        Confidence.NOT_ASSESSED: _("Why we have not rated the evidence"),
    }[confidence]


def topics_of(document: Mapping[str, Any], reader: str) -> tuple[TopicShown, ...]:
    shown = (
        (topic["id"], by_language(topic["names"], reader, document["language"]))
        for topic in document.get("topics", [])
    )
    return tuple(TopicShown(id, name) for id, name in shown if name)


def verdict_of(document: Mapping[str, Any]) -> VerdictShown | None:
    given = document.get("verdict")
    if not given:
        return None
    return VerdictShown(Verdict(given["value"]), VerdictScale(given["scale"]))


def review_of(edition: Edition) -> ReviewShown | None:
    """Days are the newsroom's; the clock is the database's."""
    if not (edition.review_by or edition.rechecked_at):
        return None
    today = timezone.localdate(edition.asked_at)
    rechecked = timezone.localdate(edition.rechecked_at) if edition.rechecked_at else None
    return ReviewShown(
        by=day_of(edition.review_by.isoformat() if edition.review_by else None),
        is_due=bool(edition.review_by and edition.review_by < today),
        rechecked=day_of(rechecked.isoformat() if rechecked else None),
    )


def wanted_beside(
    edition: Edition, branches: Iterable[Branch], edges: Sequence[PublishedRebuttal]
) -> set[str]:
    """The claims that the page shows beside its tree: what this one rebuts, and the strongest
    rebuttal where the tree was cut before it."""
    first = strongest_among(edition.claim, edges)
    found = {branch.edition.claim for branch in branches}
    cut_off = {first.counterclaim} - found if first else set()
    return {edge["claim"] for edge in edition.document["rebuts"]} | cut_off


def claim_page(
    edition: Edition,
    *,
    editions: Sequence[Edition],
    branches: Sequence[Branch],
    edges: Sequence[PublishedRebuttal],
    beside: Mapping[str, Edition],
    standing: Standing,
    windows: Sequence[StandingWindow] = (),
    part: Part | None = None,
    published: Sequence[PublishedFirst] = (),
    depth: int = DEPTH,
    reader: str,
    at_own_address: bool = False,
) -> ClaimPage:
    """`editions` are the claim's readable ones, newest first; `edges` those around it, `beside` the
    current editions of what is `wanted_beside`; `windows` where the record has left it; `part`
    which of its direct rebuttals the branches begin with, all by default; `published` those that
    its record lists."""
    document = edition.document
    current = next((one for one in editions if one.is_current), edition)
    direct = [edge for edge in edges if edge.target == edition.claim]
    record = record_of(editions, edition, reader)
    part = part or part_of(current, edges, None)
    card = card_of(edition, reader)
    shown = {**beside, **{branch.edition.claim: branch.edition for branch in branches}}
    return ClaimPage(
        edition=edition,
        card=card,
        other_statements=other_statements(document, card.statement),
        wordings=wordings_of(document),
        topics=topics_of(document, reader),
        verdict=verdict_of(document),
        confidence_heading=confidence_heading(card.confidence),
        reason=text_of(document, "reason", reader),
        unknowns=text_of(document, "unknowns", reader),
        would_change=text_of(document, "would_change", reader),
        figures=figures_of(document, reader),
        sources=sources_of(document, reader),
        origins=origins_of(document, reader),
        allegation=name_of(document.get("allegation"), reader, document["language"]),
        replies=replies_of(document, reader),
        reply_exception=text_of(document, "reply_exception", reader),
        review=review_of(edition),
        targets=targets_of(document, beside, reader),
        standing=standing,
        counts=counts_of(direct),
        strongest=strongest_of(edition.claim, shown, edges, reader),
        direct=len({edge.counterclaim for edge in direct}),
        rebuttals=tree_of(current, branches, reader, order=part.claims, depth=depth),
        part=part,
        is_cut=len(branches) >= MOST_ROWS,
        timeline=timeline_of(editions, windows, standing),
        record=record,
        published=rebuttal_lines(published, reader),
        line=line_of(edition, edition, reader),
        replaced_by=None if edition.is_current else successor_of(edition, editions),
        at_own_address=at_own_address,
    )


def listed_edges(
    claims: Iterable[str], edges: Sequence[PublishedRebuttal]
) -> dict[str, list[PublishedRebuttal]]:
    """For each claim its direct rebuttals, one edge for each counterclaim: the strongest, then by
    ground and age; context last."""
    order = list(Ground)
    chosen = {}
    for claim in claims:
        direct = [edge for edge in edges if edge.target == claim]
        first = strongest_among(claim, direct)
        direct.sort(
            key=lambda edge: (
                edge != first,
                order.index(edge.ground),
                edge.first_published.timestamp() if edge.first_published else 0.0,
            )
        )
        first_of: dict[str, PublishedRebuttal] = {}
        for edge in direct:
            first_of.setdefault(edge.counterclaim, edge)
        chosen[claim] = list(first_of.values())
    return chosen


def listed_claims(
    editions: Sequence[Edition],
    edges: Sequence[PublishedRebuttal],
    counterclaims: Mapping[str, Edition],
    standings: Mapping[str, Standing],
    reader: str,
) -> tuple[ListedClaim, ...]:
    """`counterclaims` are the current editions of the first of each claim's `listed_edges`."""
    chosen = listed_edges([edition.claim for edition in editions], edges)
    return tuple(
        ListedClaim(
            card=card_of(edition, reader),
            edition=edition,
            standing=standings.get(edition.claim, Standing.UNREBUTTED),
            rebuttals=tuple(
                ListedRebuttal(
                    edge.counterclaim,
                    statement_of(counterclaims[edge.counterclaim].document, reader),
                    objection_of(edge),
                )
                for edge in chosen[edition.claim][:MOST_IN_LIST]
                if edge.counterclaim in counterclaims
            ),
            direct=len(chosen[edition.claim]),
        )
        for edition in editions
    )
