"""The only place where the readers' side asks the database.

Every question goes to the alias `public`, whose views hold nothing but what is open at the moment
of the statement; "now" is always the database's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Self

from django.db import connections
from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from claims.choices import (
    ChangeKind,
    Confidence,
    Ground,
    Label,
    Mention,
    NoticeKind,
    Opposer,
    Standing,
)
from claims.models.published import (
    PublishedEdition,
    PublishedMention,
    PublishedNotice,
    PublishedStanding,
)
from claims.standing import Edge

from .paging import Place, cut

ALIAS = "public"
# How deep a page shows what is said against what is said.
DEPTH = 6
MOST_ROWS = 500
# Where rebuttals are dense, the ways to them are many: no more of these are followed.
MOST_WAYS = 5000
MOST_WINDOWS = 200
PAGE_SIZE = 20


class IsOpen(Func):
    """Whether a window holds the moment of the statement, by the database's clock."""

    function = "reader.is_open"
    output_field = BooleanField()


@dataclass(frozen=True)
class Edition:
    """A readable edition, as it stood when the database was asked."""

    edition_id: int
    claim: str
    number: int
    kind: str
    asserted_since: int
    is_counterclaim: bool
    review_by: date | None
    rechecked_at: datetime | None
    document: Mapping[str, Any]
    document_digest: str
    digest: str
    four_eyes: bool
    opened_at: datetime
    is_current: bool
    closes_at: datetime | None
    asked_at: datetime

    @property
    def place(self) -> Place:
        return Place(self.opened_at, self.edition_id)


@dataclass(frozen=True)
class PublishedRebuttal(Edge):
    """An edge with all that is published of it, and its counterclaim's label."""

    opposer: Opposer = Opposer.SOURCE
    target_edition: int = 1
    label: Label = Label.ACCEPTED


@dataclass(frozen=True)
class Branch:
    """One place in the tree of rebuttals: the edge, and its counterclaim's current edition, with
    the number of claims that rebut that one."""

    edge: PublishedRebuttal
    edition: Edition
    depth: int
    is_cycle: bool
    repliers: int


@dataclass(frozen=True)
class StandingWindow:
    """A time in which the record said the same about a claim; `until` is None while it lasts."""

    standing: Standing
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Notice:
    """What stands where a claim stood; texts by language; the claim that a merged one is in now."""

    kind: NoticeKind
    texts: Mapping[str, str]
    made_at: datetime
    merged_into: str = ""


# What narrows a list to a shared record, and the role in which an edition shows that.
RECORDS = {
    "topic": Mention.TOPIC,
    "claimant": Mention.CLAIMANT,
    "publisher": Mention.PUBLISHER,
    "source": Mention.SOURCE,
}


@dataclass(frozen=True)
class Filters:
    """Which current editions a list holds; empty means all. Records are named by public id."""

    counterclaims: bool = True
    mentions: Mapping[Mention, str] = field(default_factory=dict)
    standing: Standing | None = None
    confidence: Confidence | None = None
    language: str = ""
    opened_since: datetime | None = None
    work: str = ""  # a source that is cited or relayed

    @classmethod
    def of(
        cls, asked: Mapping[str, Any], *, counterclaims: bool, opened_since: datetime | None
    ) -> Self:
        """From the parameters of an address, which pages and the API name alike and know to be
        right; empty is not asked for."""
        standing, confidence = asked.get("standing"), asked.get("confidence")
        return cls(
            counterclaims=counterclaims,
            mentions={role: asked[name] for name, role in RECORDS.items() if asked.get(name)},
            standing=Standing(standing) if standing else None,
            confidence=Confidence(confidence) if confidence else None,
            language=asked.get("original_language", ""),
            opened_since=opened_since,
        )


def visible() -> QuerySet[PublishedEdition]:
    return PublishedEdition.objects.using(ALIAS).annotate(
        is_current=IsOpen("current"), asked_at=Now()
    )


def edition_of(row: Any) -> Edition:
    """`row` knows whether it `is_current` and when it was `asked_at`."""
    return Edition(
        edition_id=row.edition_id,
        claim=row.claim,
        number=row.number,
        kind=row.kind,
        asserted_since=row.asserted_since,
        is_counterclaim=row.is_counterclaim,
        review_by=row.review_by,
        rechecked_at=row.rechecked_at,
        document=row.document,
        document_digest=row.document_digest,
        digest=row.digest,
        four_eyes=row.four_eyes,
        opened_at=row.opened_at,
        is_current=row.is_current,
        closes_at=row.current.upper,
        asked_at=row.asked_at,
    )


def _edge(row: Any) -> PublishedRebuttal:
    return PublishedRebuttal(
        counterclaim=row.counterclaim,
        target=row.target,
        ground=Ground(row.ground),
        confidence=Confidence(row.confidence),
        first_published=row.first_published,
        opposer=Opposer(row.opposer),
        target_edition=row.target_edition,
        label=Label(row.label),
    )


def _branch(row: Any) -> Branch:
    return Branch(
        _edge(row),
        edition_of(row),
        depth=row.depth,
        is_cycle=row.is_cycle,
        repliers=row.repliers,
    )


def before(place: Place | None) -> Q:
    """What stands after this place in a list whose first is what opened last; None for all."""
    if place is None:
        return Q()
    older = Q(opened_at__lt=place.opened_at) | Q(edition_id__lt=place.edition_id)
    # The index is entered by this; the rest of the moment itself is thrown away.
    return older & Q(opened_at__lte=place.opened_at)


def page_of(
    rows: QuerySet[PublishedEdition], after: Place | None, most: int = 0
) -> tuple[list[Edition], Place | None]:
    """One page of these editions (`most` of them, else as many as pages hold), the last opened
    first, and where the next page begins."""
    most = most or PAGE_SIZE
    rows = rows.filter(before(after)).order_by("-opened_at", "-edition_id")
    return cut([edition_of(row) for row in rows[: most + 1]], most)


def editions(claim: str) -> list[Edition]:
    """All readable editions of a claim, newest first."""
    return [edition_of(row) for row in visible().filter(claim=claim).order_by("-number")]


def current_editions(claims: Iterable[str]) -> dict[str, Edition]:
    """The current edition of each of these claims that has one."""
    rows = visible().filter(IsOpen("current"), claim__in=set(claims))
    return {row.claim: edition_of(row) for row in rows}


def notice(claim: str) -> Notice | None:
    """What readers are told instead of a claim that was taken from them."""
    row = PublishedNotice.objects.using(ALIAS).filter(claim=claim).order_by("-release_id").first()
    if row is None:
        return None
    return Notice(NoticeKind(row.kind), row.notice, row.made_at, row.merged_into)


def standings(claims: Iterable[str]) -> dict[str, Standing]:
    """What the record says about each of these claims now."""
    rows = PublishedStanding.objects.using(ALIAS).filter(claim__in=set(claims))
    return {row.claim: Standing(row.standing) for row in rows}


# When a window that lasts will end may be known to the newsroom; readers are not told.
SO_FAR = """
SELECT standing, since, CASE WHEN until <= statement_timestamp() THEN until END
FROM reader.standings_so_far(%(claim)s) ORDER BY since DESC LIMIT %(most)s
"""


def standing_windows(claim: str) -> list[StandingWindow]:
    """What the record has said about a claim that is open, the oldest first, and says now: the
    last."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(SO_FAR, {"claim": claim, "most": MOST_WINDOWS})
        return [
            StandingWindow(Standing(standing), since, until)
            for standing, since, until in reversed(cursor.fetchall())
        ]


def narrowed(rows: QuerySet[PublishedEdition], filters: Filters) -> QuerySet[PublishedEdition]:
    """Those of these editions that the filters leave."""
    if not filters.counterclaims:
        rows = rows.filter(is_counterclaim=False)
    if filters.confidence:
        rows = rows.filter(confidence=filters.confidence)
    if filters.language:
        rows = rows.filter(language=filters.language)
    if filters.opened_since:
        rows = rows.filter(opened_at__gte=filters.opened_since)
    for role, record in filters.mentions.items():
        mentions = PublishedMention.objects.using(ALIAS).filter(
            role=role, record=record, edition_id=OuterRef("edition_id")
        )
        rows = rows.filter(Exists(mentions))
    if filters.work:
        works = PublishedMention.objects.using(ALIAS).filter(
            role__in=[Mention.SOURCE, Mention.RELAY],
            record=filters.work,
            edition_id=OuterRef("edition_id"),
        )
        rows = rows.filter(Exists(works))
    if filters.standing:
        stands = PublishedStanding.objects.using(ALIAS).filter(
            claim=OuterRef("claim"), standing=filters.standing
        )
        rows = rows.filter(Exists(stands))
    return rows


def newest(
    filters: Filters, *, after: Place | None, most: int = 0
) -> tuple[list[Edition], Place | None]:
    """One page of the current editions that the filters leave, as `page_of` has it."""
    return page_of(narrowed(visible().filter(IsOpen("current")), filters), after, most)


def corrected(most: int) -> list[Edition]:
    """The newest corrections that readers can see, whether or not another edition followed."""
    found, _rest = page_of(visible().filter(kind=ChangeKind.CORRECTION), None, most)
    return found


# Of an edition, `p`, that is current: what `edition_of` needs.
COLUMNS = """p.edition_id, p.claim, p.number, p.kind, p.confidence, p.asserted_since,
    p.is_counterclaim, p.review_by, p.rechecked_at, p.document, p.document_digest, p.digest,
    p.four_eyes, p.opened_at, p.current, true AS is_current, statement_timestamp() AS asked_at"""

# The first row stands for the claim itself, so that its own reply to a rebuttal counts as a cycle.
# Ways are followed level by level, no further than the inner limit asks for (where `*` does not
# stand for `is_cycle` as well).
TREE = f"""
WITH RECURSIVE tree AS (
    SELECT %(claim)s::varchar AS counterclaim, NULL::varchar AS target, NULL::bigint AS edition_id,
        NULL::varchar AS ground, NULL::varchar AS opposer, NULL::integer AS target_edition,
        0 AS depth
    UNION ALL
    SELECT e.counterclaim, e.target, e.edition_id, e.ground, e.opposer, e.target_edition,
        tree.depth + 1
    FROM tree JOIN claims_publishededge e ON e.target = tree.counterclaim
    WHERE tree.depth < %(depth)s
        AND (tree.depth > 0 OR %(direct)s::varchar[] IS NULL OR e.counterclaim = ANY(%(direct)s))
) CYCLE counterclaim SET is_cycle USING path
SELECT {COLUMNS},
    tree.counterclaim, tree.target, tree.ground, tree.opposer, tree.target_edition,
    tree.depth, tree.is_cycle, s.label,
    (SELECT min(f.opened_at) FROM claims_publishededition f WHERE f.claim = p.claim)
        AS first_published,
    (SELECT count(DISTINCT e.counterclaim) FROM claims_publishededge e
        WHERE e.target = tree.counterclaim) AS repliers
FROM (SELECT *, is_cycle FROM tree WHERE depth > 0 LIMIT %(ways)s) tree
JOIN claims_publishededition p ON p.edition_id = tree.edition_id
JOIN claims_publishedstanding s ON s.claim = p.claim
ORDER BY tree.depth, first_published, p.edition_id, tree.target, tree.ground
LIMIT %(most)s
"""


def tree(claim: str, direct: Sequence[str] | None = None, depth: int = DEPTH) -> list[Branch]:
    """The rebuttals of a claim (those in `direct` or all), their rebuttals and theirs, nearest
    first."""
    asked = {
        "claim": claim,
        "direct": None if direct is None else list(direct),
        "depth": depth,
        "ways": MOST_WAYS,
        "most": MOST_ROWS,
    }
    return [_branch(row) for row in PublishedEdition.objects.using(ALIAS).raw(TREE, asked)]


AROUND = """
WITH direct AS (
    SELECT * FROM claims_publishededge WHERE target = ANY(%(claims)s)
), near AS (
    SELECT * FROM direct
    UNION ALL
    SELECT e.* FROM claims_publishededge e
    WHERE e.target IN (SELECT counterclaim FROM direct) AND e.target <> ALL (%(claims)s)
)
SELECT b.counterclaim, b.target, b.ground, b.confidence,
    (SELECT min(p.opened_at) FROM claims_publishededition p WHERE p.claim = b.counterclaim),
    b.opposer, b.target_edition, s.label
FROM near b JOIN claims_publishedstanding s ON s.claim = b.counterclaim
"""


def around(claims: Sequence[str]) -> list[PublishedRebuttal]:
    """The rebuttals of these claims, and what rebuts those."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(AROUND, {"claims": list(claims)})
        return [
            PublishedRebuttal(
                counterclaim,
                target,
                Ground(ground),
                Confidence(confidence),
                first_published,
                Opposer(opposer),
                target_edition,
                Label(label),
            )
            for (
                counterclaim,
                target,
                ground,
                confidence,
                first_published,
                opposer,
                target_edition,
                label,
            ) in cursor.fetchall()
        ]
