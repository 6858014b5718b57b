"""The document that is approved, frozen and published: its canonical text, digests, differences.

Pure. The database builds documents (`claims_document` in guards/document.sql); here they are read,
verified and compared. Canonical text is what PostgreSQL prints for `jsonb`: keys by length, then by
bytes; `", "` and `": "` between; nothing escaped but what JSON demands. Digests are lower-case
hexadecimal SHA-256 (FIPS 180-4) of UTF-8.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from claims.choices import Mention

Document = Mapping[str, Any]

NO_EDITION_YET = "0" * 64
# Of a text, what is asserted; the rest explains our rating and may be polished as "minor".
ASSERTED = ("statement", "attribution")
# Our own explanations, topics, when we look again, the order of rebuttals: what is no assertion.
REMARKS = ("format", "texts", "change", "topics", "review_by", "first_rebuttals")


def canonical(value: Any) -> str:
    """The canonical text of a document: equal documents, equal text."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
        members = (
            f"{json.dumps(key, ensure_ascii=False)}: {canonical(value[key])}" for key in keys
        )
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(canonical, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def digest(text: str) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def chain_digest(
    *,
    previous: str,
    claim: str,
    number: int,
    document_digest: str,
    kind: str,
    approval: int,
    policy: int,
    made_at: datetime,
) -> str:
    """An edition's digest: of the digest before it and of all that it is, one item a line."""
    moment = made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    items = (previous, claim, number, document_digest, kind, approval, policy, moment)
    return digest("\n".join(map(str, items)))


def material(document: Document) -> dict[str, Any]:
    """What a document asserts: a difference here is never a minor change."""
    kept = {name: value for name, value in document.items() if name not in REMARKS}
    kept["rebuts"] = [
        {name: value for name, value in edge.items() if name != "edition"}
        for edge in document["rebuts"]
    ]
    kept["texts"] = {
        language: {name: text[name] for name in ASSERTED}
        for language, text in document["texts"].items()
    }
    return kept


def contested(document: Document) -> tuple[Any, ...]:
    """What rebuttals are written against: the statement and the figures."""
    statements = {language: text["statement"] for language, text in document["texts"].items()}
    return statements, document.get("figures"), document.get("stated_change")


def material_differences(before: Document, after: Document) -> list[str]:
    """The parts of what is asserted that differ, by name."""
    old, new = material(before), material(after)
    return sorted(name for name in {*old, *new} if old.get(name) != new.get(name))


def shared_in(document: Document) -> dict[Mention, list[Mapping[str, Any]]]:
    """The shared records that a document shows, by role; one may stand in it several times.

    The database finds the same (`claims_shared_in`); a test compares the two.
    """
    citations = document.get("citations", [])
    cited = [citation["source"] for citation in citations]
    relayed = [relay for citation in citations for relay in citation.get("relays", [])]
    replies = [reply["party"] for reply in document.get("replies", [])]
    shown = {
        Mention.TOPIC: document.get("topics", []),
        Mention.CLAIMANT: [document.get("claimant")],
        Mention.ASKED: [document.get("allegation"), *replies],
        Mention.PUBLISHER: [source.get("publisher") for source in cited + relayed],
        Mention.SOURCE: cited,
        Mention.RELAY: relayed,
    }
    return {role: [record for record in records if record] for role, records in shown.items()}
