"""What readers would see next: editions as publishing would make them, and what their own rebuttals
change around them. Nothing is written, and what is open is asked where readers ask it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import connections, models
from django.db.models import F, Value
from django.db.models.functions import Now

from claims import document
from claims.choices import Confidence, Ground, Opposer
from claims.models import Claim, PublishedEdition
from claims.public import records
from claims.public.asking import Said
from claims.public.records import Branch, Edition, PublishedRebuttal
from claims.querysets import document_text
from claims.standing import Edge, label, standings

# In place of its number in the record, while an edition is only foreseen.
NOT_MADE = 0
# Of what can bear on a claim; where there is more, its standing is shown as it is now.
MOST_EDGES = 5000

UPSTREAM = """
WITH RECURSIVE bears (claim) AS (
    SELECT %(claim)s::varchar
    UNION SELECT e.counterclaim FROM bears JOIN claims_publishededge e ON e.target = bears.claim
)
SELECT e.counterclaim, e.target, e.ground, e.confidence
FROM bears JOIN claims_publishededge e ON e.target = bears.claim
LIMIT %(most)s
"""


def copies(claims: "models.QuerySet[Claim]", *, four_eyes: bool = True) -> dict[str, Edition]:
    """The editions that these working copies would become, by claim. Two queries for all."""
    rows = claims.filter(suppressed_at=None).annotate(text=document_text(F("id")), asked_at=Now())
    found = list(rows.values_list("id", "edition", "text", "asked_at"))
    opened = PublishedEdition.objects.filter(
        claim_key__in=[pk for pk, *_rest in found], opened_at__isnull=False
    ).exclude(document={})
    before = {
        row.claim_key: row for row in opened.order_by("claim_key", "-number").distinct("claim_key")
    }
    made = (
        copy(text, number + 1, before.get(pk), asked_at, four_eyes=four_eyes)
        for pk, number, text, asked_at in found
    )
    return {edition.claim: edition for edition in made}


def copy(
    text: str, number: int, was: PublishedEdition | None, asked_at: Any, *, four_eyes: bool
) -> Edition:
    """The edition that a document would become: what `claims_publish_copy` makes of it.

    A confidence that nobody has chosen yet reads as not assessed.
    """
    shown = json.loads(text)
    shown["texts"] = shown["texts"] or {}
    shown["confidence"] = shown["confidence"] or Confidence.NOT_ASSESSED
    asserted = bool(was and document.contested(was.document) == document.contested(shown))
    by = shown["review_by"]
    # A day that was moved by a re-check stays moved until an editor sets another.
    moved = was if was and was.document.get("review_by") == by else None
    return Edition(
        edition_id=NOT_MADE,
        claim=shown["claim"],
        number=number,
        kind=shown["change"],
        asserted_since=was.asserted_since if was and asserted else number,
        is_counterclaim=bool(shown["rebuts"]),
        review_by=moved.review_by if moved else date.fromisoformat(by) if by else None,
        rechecked_at=moved.rechecked_at if moved else None,
        document=shown,
        document_digest=document.digest(text),
        digest="",
        four_eyes=four_eyes,
        # An edition opens after the one that waits.
        opened_at=max(asked_at, was.opened_at) if was and was.opened_at else asked_at,
        is_current=True,
        closes_at=None,
        asked_at=asked_at,
    )


def frozen(edition_id: int, *, is_current: bool) -> Edition:
    """An edition that was made already and that readers cannot see now, as they would see it."""
    row = PublishedEdition.objects.annotate(is_current=Value(is_current), asked_at=Now()).get(
        edition_id=edition_id
    )
    made = records.edition_of(row)
    # One that was withdrawn or cancelled would open now.
    waits = made.opened_at and made.opened_at > made.asked_at
    return replace(made, opened_at=made.opened_at if waits else made.asked_at)


def own_edges(edition: Edition) -> list[PublishedRebuttal]:
    return [
        PublishedRebuttal(
            counterclaim=edition.claim,
            target=edge["claim"],
            ground=Ground(edge["ground"]),
            confidence=Confidence(edition.document["confidence"]),
            opposer=Opposer(edge["opposer"]),
            target_edition=edge["edition"],
        )
        for edge in edition.document["rebuts"]
    ]


def said_after(edition: Edition, editions: Sequence[Edition], said: Said) -> Said:
    """What is said about a claim once this edition is open: as now, but for its own answers to what
    rebuts it. `editions` are its readable ones, newest first."""
    now = next((one for one in editions if one.is_current), None)
    before = {edge["claim"] for edge in now.document["rebuts"]} if now else set()
    own = own_edges(edition)
    if not said.edges or not (own or before):
        return said
    edges = others(edition.claim, said.edges)
    direct = {edge.counterclaim for edge in edges if edge.target == edition.claim}
    after = replace(
        said,
        branches=branches_after(edition, own, before, said.branches),
        edges=[*edges, *(edge for edge in own if edge.target in direct)],
    )
    bearing = upstream(edition.claim)
    if len(bearing) >= MOST_EDGES:
        return after
    return labelled(edition.claim, after, [*others(edition.claim, bearing), *own])


def others(claim: str, edges: Sequence[Any]) -> list[Any]:
    return [edge for edge in edges if edge.counterclaim != claim]


def branches_after(
    edition: Edition, own: list[PublishedRebuttal], before: set[str], branches: Sequence[Branch]
) -> list[Branch]:
    """The tree with the claim's own answers as this edition gives them."""
    answered: dict[str, list[PublishedRebuttal]] = {}
    for edge in sorted(own, key=lambda edge: (edge.target, edge.ground)):
        answered.setdefault(edge.target, []).append(edge)
    kept = []
    for branch in branches:
        other = branch.edge.counterclaim
        if other == edition.claim:
            continue
        more = (other in answered) - (other in before)
        kept.append(replace(branch, repliers=branch.repliers + more))
    answers = [
        Branch(edge, edition, depth=branch.depth + 1, is_cycle=True, repliers=0)
        for branch in kept
        if branch.depth < records.DEPTH and not branch.is_cycle
        for edge in answered.get(branch.edge.counterclaim, ())
    ]
    order = sorted([*kept, *answers], key=lambda one: (one.depth, one.edition.opened_at))
    return order[: records.MOST_ROWS]


def upstream(claim: str) -> list[Edge]:
    """All open rebuttals that can bear on a claim."""
    with connections[records.ALIAS].cursor() as cursor:
        cursor.execute(UPSTREAM, {"claim": claim, "most": MOST_EDGES})
        return [
            Edge(counterclaim, target, Ground(ground), Confidence(confidence))
            for counterclaim, target, ground, confidence in cursor.fetchall()
        ]


def labelled(claim: str, said: Said, bearing: Sequence[Edge]) -> Said:
    """With the labels and the standing that these edges, all that bear on the claim, lead to."""
    reached = {claim, *(edge.counterclaim for edge in bearing)}
    bearing = [edge for edge in bearing if edge.target in reached]
    labels = label(reached, ((e.counterclaim, e.target) for e in bearing if e.counts))
    edges = [replace(edge, label=labels.get(edge.counterclaim, edge.label)) for edge in said.edges]
    return replace(said, edges=edges, standing=standings(reached, bearing)[claim])


def beside_then(edition: Edition, beside: Mapping[str, Edition]) -> tuple[dict[str, Edition], bool]:
    """`beside` with what this edition rebuts and readers cannot see yet, as if both were published
    together; and whether there is any such claim."""
    hidden = {edge["claim"] for edge in edition.document["rebuts"]} - set(beside)
    if not hidden:
        return dict(beside), False
    return {**copies(Claim.objects.filter(public_id__in=hidden)), **beside}, True
