"""Freezing contents: documents as `claims_document` builds them in the database. Pure.

Keys stand in canonical order (by length, then by bytes), so that plain JSON is the canonical text
without sorting a hundred keys per document; `generate_corpus` compares with the database's own.
"""

import json
from typing import Any

from claims.choices import Bound, ChangeUnit, Confidence, VerdictScale

from .newsroom import Claim, Edge, Edition
from .writing import Citation, Contents, Figure, Party, Reply, Source, Writer

CANONICAL = json.JSONEncoder(ensure_ascii=False)
CHANGE_UNIT = ChangeUnit.PERCENT  # of every stated change here
CHANGE_BOUND = Bound.ABOUT


class Freezer:
    """Turns contents into documents; shared records are rendered once."""

    def __init__(self, claims: list[Claim], writer: Writer) -> None:
        self.names = [claim.public_id for claim in claims]
        self.parties = [party_shown(party) for party in writer.parties]
        self.sources = [self.source_shown(source) for source in writer.sources]
        self.topics = [{"id": topic.public_id, "names": topic.names} for topic in writer.topics]

    def source_shown(self, source: Source) -> dict[str, Any]:
        return {
            "id": source.public_id,
            "url": source.url,
            "kind": source.kind,
            "seen": source.seen,
            "title": source.title,
            "language": source.language,
            "publisher": None if source.publisher is None else self.parties[source.publisher],
            "published_on": source.published_on and source.published_on.isoformat(),
            "date_precision": source.date_precision,
        }

    def document(
        self, claim: Claim, edition: Edition, contents: Contents, note: dict[str, str]
    ) -> str:
        """The canonical text of an edition."""
        texts = contents.texts
        if note:
            texts = {
                language: {**text, "change_note": note[language]}
                for language, text in texts.items()
            }
        verdict, change = contents.verdict, contents.stated_change
        return CANONICAL.encode(
            {
                "claim": claim.public_id,
                "texts": texts,
                "change": edition.kind or "",
                "format": 2,
                "rebuts": [self.edge_shown(edge) for edge in edition.edges],
                "topics": [self.topics[topic] for topic in claim.topics],
                "figures": [figure_shown(figure) for figure in contents.figures],
                "replies": [self.reply_shown(reply) for reply in contents.replies],
                "verdict": {"scale": VerdictScale.FIVE, "value": verdict} if verdict else None,
                "claimant": self.party(contents.claimant),
                "language": contents.language,
                "wordings": [
                    {"text": text, "language": language} for language, text in contents.wordings
                ],
                "citations": [self.citation_shown(citation) for citation in contents.citations],
                "review_by": contents.review_by and contents.review_by.isoformat(),
                "allegation": self.party(contents.allegation),
                "confidence": Confidence(edition.confidence),
                "stated_change": change
                and {"unit": CHANGE_UNIT, "bound": CHANGE_BOUND, "value": change},
            }
        )

    def party(self, index: int | None) -> dict[str, Any] | None:
        return None if index is None else self.parties[index]

    def citation_shown(self, citation: Citation) -> dict[str, Any]:
        return {
            "relays": [self.sources[relay] for relay in citation.relays],
            "source": self.sources[citation.source],
            "stance": citation.stance,
            "locator": citation.locator,
            "quotation": citation.quotation,
            "route_given": citation.route_given,
        }

    def reply_shown(self, reply: Reply) -> dict[str, Any]:
        return {
            "party": self.parties[reply.party],
            "answer": reply.answer,
            "channel": reply.channel,
            "outcome": reply.outcome,
            "asked_on": reply.asked_on.isoformat(),
            "deadline": reply.deadline.isoformat(),
            "language": reply.answer_language,
            "answered_on": reply.answered_on and reply.answered_on.isoformat(),
        }

    def edge_shown(self, edge: Edge) -> dict[str, Any]:
        return {
            "claim": self.names[edge.target],
            "ground": edge.ground,
            "edition": edge.target_edition,
            "opposer": edge.opposer,
        }


def party_shown(party: Party) -> dict[str, Any]:
    return {"id": party.public_id, "kind": party.kind, "names": party.names}


def figure_shown(figure: Figure) -> dict[str, Any]:
    return {
        "kind": figure.kind,
        "as_of": figure.as_of.isoformat(),
        "bound": figure.bound,
        "units": figure.units,
        "value": figure.value,
        "labels": figure.labels,
        "as_of_precision": figure.as_of_precision,
    }
