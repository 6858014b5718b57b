"""Freezing contents: documents as `claims_document` builds them in the database. Pure.

Canonical text is written at once, without sorting a hundred keys a document: keys stand here in
their order (by length, then by bytes), and what many documents show is rendered once. The corpus is
compared with what the database itself builds.
"""

import hashlib
import json
from collections.abc import Iterable
from json.encoder import encode_basestring as quoted  # as jsonb prints texts
from typing import Any

from claims.choices import Bound, ChangeUnit, VerdictScale
from claims.document import canonical

from .newsroom import Claim, Edge, Edition
from .writing import Citation, Contents, Figure, Party, Reply, Source, Writer

text_of = json.JSONEncoder(ensure_ascii=False).encode
CHANGE_UNIT = ChangeUnit.PERCENT  # of every stated change here
CHANGE_BOUND = Bound.ABOUT


class Freezer:
    """Turns contents into documents."""

    def __init__(self, claims: list[Claim], writer: Writer) -> None:
        self.names = [claim.public_id for claim in claims]
        self.parties = [party_shown(party) for party in writer.parties]
        self.sources = [text_of(self.source_shown(source)) for source in writer.sources]
        self.topics = [
            text_of({"id": topic.public_id, "names": topic.names}) for topic in writer.topics
        ]
        self.hashes = dict(self.shown_hashes(writer))

    def shown_hashes(self, writer: Writer) -> Iterable[tuple[str, str]]:
        """For each shared record's public id the hash of how it is shown."""
        for party, shown in zip(writer.parties, self.parties, strict=True):
            yield party.public_id, shown_hash(shown)
        for topic in writer.topics:
            yield topic.public_id, shown_hash({"id": topic.public_id, "names": topic.names})
        for source in writer.sources:
            of = None if source.publisher is None else writer.parties[source.publisher].public_id
            yield source.public_id, shown_hash({**self.source_shown(source), "publisher": of})

    def document(
        self, claim: Claim, edition: Edition, contents: Contents, note: dict[str, str]
    ) -> str:
        """The canonical text of an edition; `note` by language, empty in a first one."""
        texts = contents.texts
        if note:
            texts = {
                language: {**text, "change_note": note[language]}
                for language, text in texts.items()
            }
        wordings = [{"text": text, "language": language} for language, text in contents.wordings]
        members = (
            ("claim", quoted(claim.public_id)),
            ("texts", text_of(texts)),
            ("change", quoted(edition.kind or "")),
            ("format", "2"),
            ("rebuts", listed(self.edge_shown(edge) for edge in edition.edges)),
            ("topics", listed(self.topics[topic] for topic in claim.topics)),
            ("figures", listed(map(figure_shown, contents.figures))),
            ("replies", listed(map(self.reply_shown, contents.replies))),
            ("verdict", rated(contents.verdict)),
            ("claimant", self.party(contents.claimant)),
            ("language", quoted(contents.language)),
            ("wordings", text_of(wordings)),
            ("citations", listed(map(self.citation_shown, contents.citations))),
            ("review_by", text_of(contents.review_by and contents.review_by.isoformat())),
            ("allegation", self.party(contents.allegation)),
            ("confidence", quoted(edition.confidence)),
            ("stated_change", stated(contents.stated_change)),
        )
        return "{" + ", ".join([f'"{name}": {value}' for name, value in members]) + "}"

    def party(self, index: int | None) -> str:
        return "null" if index is None else text_of(self.parties[index])

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

    def citation_shown(self, citation: Citation) -> str:
        relays = listed(self.sources[relay] for relay in citation.relays)
        return (
            f'{{"relays": {relays}, "source": {self.sources[citation.source]},'
            f' "stance": {quoted(citation.stance)}, "locator": {quoted(citation.locator)},'
            f' "quotation": {quoted(citation.quotation)},'
            f' "route_given": {"true" if citation.route_given else "false"}}}'
        )

    def reply_shown(self, reply: Reply) -> str:
        return text_of(
            {
                "party": self.parties[reply.party],
                "answer": reply.answer,
                "channel": reply.channel,
                "outcome": reply.outcome,
                "asked_on": reply.asked_on.isoformat(),
                "deadline": reply.deadline.isoformat(),
                "language": reply.answer_language,
                "answered_on": reply.answered_on and reply.answered_on.isoformat(),
            }
        )

    def edge_shown(self, edge: Edge) -> str:
        return text_of(
            {
                "claim": self.names[edge.target],
                "ground": edge.ground,
                "edition": edge.target_edition,
                "opposer": edge.opposer,
            }
        )


def shown_hash(shown: dict[str, Any]) -> str:
    """As `claims_shown_hash` has it, where a source's publisher is its public id."""
    return hashlib.md5(canonical(shown).encode(), usedforsecurity=False).hexdigest()


def listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(texts)}]"


def rated(verdict: str) -> str:
    return text_of({"scale": VerdictScale.FIVE, "value": verdict}) if verdict else "null"


def stated(change: str | None) -> str:
    if change is None:
        return "null"
    return text_of({"unit": CHANGE_UNIT, "bound": CHANGE_BOUND, "value": change})


def party_shown(party: Party) -> dict[str, Any]:
    return {"id": party.public_id, "kind": party.kind, "names": party.names}


def figure_shown(figure: Figure) -> str:
    return text_of(
        {
            "kind": figure.kind,
            "as_of": figure.as_of.isoformat(),
            "bound": figure.bound,
            "units": figure.units,
            "value": figure.value,
            "labels": figure.labels,
            "as_of_precision": figure.as_of_precision,
        }
    )
