"""Two claims that say the same become one; one that says two things becomes two.

Both change working copies, which are reviewed and published like others; until then `undo` takes
them back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims.choices import ChangeKind, State
from claims.exceptions import Invalid, WrongState
from claims.models import (
    Citation,
    Claim,
    PublishedEdition,
    Rebuttal,
    Relay,
    Topic,
    User,
    Wording,
)
from claims.models.published import STAYS

from .claims import PARTS, Rows, Texts, new_claim, write
from .door import door, lock, require
from .releases import to_send_on, waiting

# What a split hands over: lists of the claim, and the rebuttals that others make of it.
PARTED = ("citations", "figures", "wordings", "rebuts", "rebuttals")


@dataclass(frozen=True)
class Plan:
    """What a merge adds to the claim that is left, and what becomes of the other's rebuttals."""

    wordings: list[tuple[str, str]]  # language and text
    citations: list[Citation]
    topics: list[Topic]
    rebuts: list[Rebuttal]
    turned: list[Rebuttal]
    # The same counterclaim rebuts both on the same ground: one edge is enough.
    doubled: list[Rebuttal]

    @classmethod
    def of(cls, claim: Claim, into: Claim) -> "Plan":
        known = {(edge.counterclaim_id, edge.ground) for edge in into.rebuttals.all()}
        living = living_rebuttals(claim)
        twins = [edge for edge in living if (edge.counterclaim_id, edge.ground) in known]
        topics = {topic.pk for topic in into.topics.all()}
        return cls(
            wordings=_new_wordings(claim, into),
            citations=_new_citations(claim, into),
            topics=[topic for topic in claim.topics.all() if topic.pk not in topics],
            rebuts=_new_rebuts(claim, into),
            turned=[edge for edge in living if edge not in twins],
            doubled=twins,
        )


def merge(
    claim_id: int,
    *,
    actor: User,
    version: int,
    into_id: int,
    into_version: int,
    request: str = "",
) -> Claim:
    """Let one claim take up another that says the same; returns the one that is left.

    What the other is cited for, how else it is put, its topics and what it rebuts are added; what
    rebuts it rebuts the one that is left. Readers are sent on when that is published next.
    """
    with door(actor=actor, action="merge", request=request):
        require(actor, "merge")
        if claim_id == into_id:
            sentence = _("A claim cannot be merged into itself.")
            raise Invalid(sentence, {"into": sentence})
        versions = {claim_id: version, into_id: into_version}
        locked = {each: lock(Claim, each, versions[each]) for each in sorted(versions)}
        claim, into = locked[claim_id], locked[into_id]
        if why_not := hindrance(claim, into):
            raise WrongState(why_not)
        lock_counterclaims(claim)
        _carry_out(Plan.of(claim, into), into)
        claim.merged_into = into
        claim.save(update_fields=["merged_into"])
        into.refresh_from_db()
        if into.state == State.PUBLISHED and PublishedEdition.objects.filter(
            STAYS, claim_key=claim.pk
        ):
            # Nothing was added, but readers are sent on only with an edition.
            into.change_kind = ChangeKind.MINOR
            into.save(update_fields=["change_kind"])
    into.refresh_from_db()
    return into


def hindrance(claim: Claim, into: Claim) -> str:
    """Why one of two claims cannot be merged into the other; empty when it can."""
    both = [claim.pk, into.pk]
    if Rebuttal.objects.filter(counterclaim__in=both, target__in=both).exists():
        return _("One of the two rebuts the other: they do not say the same.")
    if waiting(claim):
        return _("An edition of “%(claim)s” is scheduled: cancel that first.") % {"claim": claim}
    if left := to_send_on(claim).first():
        return _(
            "“%(left)s” was merged into “%(claim)s”, and readers are not sent on yet: publish that"
            " or undo it first."
        ) % {"left": left, "claim": claim}
    return ""


def lock_counterclaims(claim: Claim) -> None:
    """Let nobody change what rebuts a claim until the transaction ends; new edges to it wait for
    its own lock."""
    counterclaims = Claim.objects.filter(pk__in=claim.rebuttals.values("counterclaim"))
    list(counterclaims.order_by("id").select_for_update(of=("self",)))


def _new_wordings(claim: Claim, into: Claim) -> list[tuple[str, str]]:
    said = [(text.language, text.statement) for text in claim.texts.all()]
    said += [(wording.language, wording.text) for wording in claim.wordings.all()]
    known = {text.statement for text in into.texts.all()}
    known |= {wording.text for wording in into.wordings.all()}
    return [(language, text) for language, text in dict.fromkeys(said) if text not in known]


def _place(citation: Citation) -> tuple[Any, ...]:
    return (
        citation.source_id,
        citation.stance,
        citation.quotation,
        citation.locator,
        citation.route_given,
        *(relay.source_id for relay in citation.relays.all()),
    )


def _new_citations(claim: Claim, into: Claim) -> list[Citation]:
    known = {_place(citation) for citation in into.citations.prefetch_related("relays")}
    cited = claim.citations.select_related("source").prefetch_related("relays")
    return [citation for citation in cited if _place(citation) not in known]


def _new_rebuts(claim: Claim, into: Claim) -> list[Rebuttal]:
    known = {(edge.target_id, edge.ground) for edge in into.rebuts.all()}
    return [edge for edge in claim.rebuts.all() if (edge.target_id, edge.ground) not in known]


def _carry_out(plan: Plan, into: Claim) -> None:
    for language, text in plan.wordings:
        Wording.objects.create(claim=into, language=language, text=text)
    for citation in plan.citations:
        made = Citation.objects.create(
            claim=into, **{name: getattr(citation, name) for name in PARTS["citations"].fields}
        )
        for relay in citation.relays.all():
            Relay.objects.create(citation=made, position=relay.position, source_id=relay.source_id)
    if plan.topics:
        into.topics.add(*plan.topics)
    for edge in plan.rebuts:
        Rebuttal.objects.create(
            counterclaim=into,
            target_id=edge.target_id,
            ground=edge.ground,
            opposer=edge.opposer,
            target_edition=edge.target_edition,
        )
    for edge in plan.doubled:
        edge.delete()
    for edge in plan.turned:
        turn(edge, into)


def living_rebuttals(claim: Claim) -> list[Rebuttal]:
    """What rebuts a claim and can still be changed."""
    edges = claim.rebuttals.filter(counterclaim__merged_into=None, counterclaim__suppressed_at=None)
    edges = edges.select_related("counterclaim").prefetch_related("counterclaim__texts")
    return list(edges.order_by("counterclaim_id", "id"))


def turn(edge: Rebuttal, target: Claim) -> None:
    """Let an edge bear on another claim, as that reads now."""
    edge.target = target
    edge.target_edition = max(target.edition, 1)
    edge.save(update_fields=["target", "target_edition"])


def split(
    claim_id: int,
    *,
    actor: User,
    version: int,
    texts: Texts,
    kept: Texts,
    moved: Mapping[str, Sequence[int]],
    copied: Mapping[str, Sequence[int]],
    request: str = "",
) -> Claim:
    """Make two claims of one; returns the new one, a draft without a confidence.

    `texts`: what the new one says, by language (`statement`, `attribution`); `kept`: what the first
    says from now on, where that changes. `moved` and `copied`: the rows that go to the new claim or
    stand in both, as numbers by the names of PARTED.
    """
    with door(actor=actor, action="split", request=request):
        require(actor, "split")
        claim = lock(Claim, claim_id, version)
        lock_counterclaims(claim)
        made = new_claim(
            actor,
            fields={"language": claim.language, "claimant": claim.claimant},
            texts=texts,
            topics=list(claim.topics.all()),
            parts={
                name: _parted(claim, name, {*moved.get(name, ()), *copied.get(name, ())})
                for name in PARTS
                if name in PARTED
            },
            split_from=claim,
        )
        left = {name: _left(claim, name, moved[name]) for name in PARTS if moved.get(name)}
        write(claim, {}, kept, None, left)
        _part_rebuttals(claim, made, {*moved.get("rebuttals", ())}, {*copied.get("rebuttals", ())})
    return made


def _parted(claim: Claim, name: str, chosen: set[int]) -> Rows:
    """The chosen rows of a list, as new ones."""
    part = PARTS[name]
    rows = []
    for row in part.model._default_manager.filter(**{part.owner: claim}, pk__in=chosen):
        values = {field: getattr(row, field) for field in part.fields}
        if isinstance(row, Citation):
            values["relays"] = [relay.source for relay in row.relays.select_related("source")]
        rows.append(values)
    return rows


def _left(claim: Claim, name: str, gone: Sequence[int]) -> Rows:
    part = PARTS[name]
    left = part.model._default_manager.filter(**{part.owner: claim}).exclude(pk__in=gone)
    return [{"id": pk} for pk in left.order_by("id").values_list("pk", flat=True)]


def _part_rebuttals(claim: Claim, made: Claim, moved: set[int], copied: set[int]) -> None:
    for edge in living_rebuttals(claim):
        if edge.pk in moved:
            turn(edge, made)
        elif edge.pk in copied:
            Rebuttal.objects.create(
                counterclaim_id=edge.counterclaim_id,
                target=made,
                ground=edge.ground,
                opposer=edge.opposer,
            )
