"""Rows of a claim's working copy, which equals its newest edition. Pure."""

import json
from datetime import datetime
from typing import Any

from claims.choices import State, VerdictScale

from .documents import CHANGE_BOUND, CHANGE_UNIT
from .ledger import Ledger
from .newsroom import Claim, Edition
from .tables import COLUMNS
from .writing import TEXT_FIELDS, Contents


def claim_row(
    ledger: Ledger, claim: Claim, edition: Edition, contents: Contents, created_at: datetime
) -> tuple[Any, ...]:
    """The claim's own row, published with this edition."""

    def party(index: int | None) -> int | None:
        return None if index is None else ledger.id_of("claims_party", index)

    states_change = contents.stated_change is not None
    return (
        ledger.id_of("claims_claim", claim.index),
        claim.public_id,
        contents.language,
        party(contents.claimant),
        edition.confidence.value,
        contents.verdict,
        VerdictScale.FIVE.value if contents.verdict else "",
        contents.stated_change,
        CHANGE_UNIT.value if states_change else "",
        CHANGE_BOUND.value if states_change else "",
        party(contents.allegation),
        contents.review_by,
        "",
        State.PUBLISHED.value,
        *(edition.number, edition.number, edition.number),  # version, frozen version, edition
        created_at,
        edition.made_at,
    )


def as_recorded(row: tuple[Any, ...]) -> dict[str, Any]:
    """The same row as it was inserted, for the history: a draft at version 1."""
    recorded = dict(zip(COLUMNS["claims_claim"], row, strict=True))
    recorded |= {"state": State.DRAFT.value, "version": 1, "frozen_version": 0, "edition": 0}
    recorded |= {"created_at": recorded["created_at"].isoformat()}
    recorded |= {"changed_at": recorded["created_at"], "suppressed_at": None, "change_id": None}
    if recorded["review_by"]:
        recorded["review_by"] = recorded["review_by"].isoformat()
    if recorded["stated_change"]:
        recorded["stated_change"] = float(recorded["stated_change"])
    return recorded


def write_parts(ledger: Ledger, claim: Claim, edition: Edition, contents: Contents) -> None:
    """What belongs to the claim: texts, topics, evidence and rebuttals."""
    number = ledger.id_of("claims_claim", claim.index)
    for language, text in contents.texts.items():
        ledger.add("claims_claimtext", number, language, *(text[name] for name in TEXT_FIELDS))
    for topic in claim.topics:
        ledger.add("claims_claim_topics", number, ledger.id_of("claims_topic", topic))
    write_citations(ledger, number, contents)
    for figure in contents.figures:
        labels, units = (
            json.dumps(texts, ensure_ascii=False) for texts in (figure.labels, figure.units)
        )
        ledger.add(
            "claims_figure",
            *(number, figure.kind.value, labels, figure.value, figure.bound.value, units),
            *(figure.as_of, figure.as_of_precision.value),
        )
    for language, wording in contents.wordings:
        ledger.add("claims_wording", number, language, wording)
    for reply in contents.replies:
        ledger.add(
            "claims_replyrequest",
            *(number, ledger.id_of("claims_party", reply.party), reply.channel.value),
            *(reply.asked_on, reply.deadline, reply.outcome.value),
            *(reply.answer, reply.answer_language, reply.answered_on),
        )
    for edge in edition.edges:
        ledger.add(
            "claims_rebuttal",
            *(number, ledger.id_of("claims_claim", edge.target)),
            *(edge.ground.value, edge.opposer.value, edge.target_edition),
        )


def write_citations(ledger: Ledger, claim: int, contents: Contents) -> None:
    for citation in contents.citations:
        number = ledger.add(
            "claims_citation",
            *(claim, ledger.id_of("claims_source", citation.source), citation.stance.value),
            *(citation.quotation, citation.locator, citation.route_given),
        )
        for position, relay in enumerate(citation.relays, 1):
            source = ledger.id_of("claims_source", relay)
            ledger.add("claims_relay", number, position, source)
