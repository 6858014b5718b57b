"""Walking the chain of editions: is what readers saw still what was approved and published?

Each edition is recomputed from its text and compared with the edition before it, with its approval
and with its published copy. What the chain does not cover is not judged: windows, releases and
notices move by decision, and a tail cut off in every table at once shows only in the head's digest,
which is why `manage.py verify_editions` prints it and each backup keeps it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections
from django.utils.translation import gettext as _

from claims.document import NO_EDITION_YET, canonical, chain_digest, digest

CHUNK = 1000  # rows a fetch: some megabytes of documents at the most

# One statement sees one moment, however long it takes and whatever is published meanwhile.
EDITIONS = """
SELECT e.claim_id, coalesce(c.public_id, e.claim_id::text), e.number, e.kind, e.document,
    e.document_digest, e.approval_id, e.policy_id, policy.four_eyes, e.made_at, e.previous_digest,
    e.digest,
    e.number = 1 OR EXISTS (
        SELECT FROM claims_edition b
        WHERE b.claim_id = e.claim_id AND b.number = e.number - 1 AND b.id < e.id),
    a.claim_id, a.document_digest,
    (SELECT jsonb_agg(jsonb_build_array(counterclaim, target, ground, opposer, target_edition,
            confidence) ORDER BY target COLLATE "C", ground COLLATE "C")
     FROM claims_publishededge WHERE edition_id = e.id)::text,
    p.document::text = e.document,
    p.claim_key, p.claim, p.number, p.kind, p.confidence, p.is_counterclaim, p.document_digest,
    p.previous_digest, p.digest, p.four_eyes, p.made_at
FROM claims_edition e
LEFT JOIN claims_claim c ON c.id = e.claim_id
LEFT JOIN claims_policy policy ON policy.id = e.policy_id
LEFT JOIN claims_approval a ON a.id = e.approval_id
LEFT JOIN claims_publishededition p ON p.edition_id = e.id
ORDER BY e.id
"""

# What stands beside the editions without belonging to one: the edition's name, more or less.
UNFOUNDED = """
SELECT p.claim || '/' || p.number FROM claims_publishededition p
WHERE NOT EXISTS (SELECT FROM claims_edition e WHERE e.id = p.edition_id) ORDER BY p.edition_id
"""
UNFOUNDED_EDGES = """
SELECT g.counterclaim || ' → ' || g.target FROM claims_publishededge g
WHERE NOT EXISTS (SELECT FROM claims_edition e WHERE e.id = g.edition_id) ORDER BY g.id
"""
MISCOUNTED = """
SELECT c.public_id || '/' || coalesce(max(e.number), 0), c.edition
FROM claims_claim c LEFT JOIN claims_edition e ON e.claim_id = c.id
GROUP BY c.id HAVING c.edition <> coalesce(max(e.number), 0) ORDER BY c.id
"""


class Published(NamedTuple):
    """The published copy's columns, but for the document; all None when there is no such row."""

    claim_key: int | None
    claim: str | None
    number: int | None
    kind: str | None
    confidence: str | None
    is_counterclaim: bool | None
    document_digest: str | None
    previous_digest: str | None
    digest: str | None
    four_eyes: bool | None
    made_at: datetime | None


class Row(NamedTuple):
    """An edition beside all that it has to agree with."""

    claim_key: int
    claim: str
    number: int
    kind: str
    document: str
    document_digest: str
    approval: int
    policy: int
    four_eyes: bool | None
    made_at: datetime
    previous_digest: str
    digest: str
    follows: bool  # is the claim's first, or comes after the one numbered one less
    approved_claim: int | None
    approved_digest: str | None
    edges: str | None  # canonical text, sorted by target and ground
    published_document_is_same: bool | None
    published: Published


@dataclass
class Verification:
    """One walk along the chain: exhaust `breaks()`, then `editions` and `head` are known."""

    using: str
    editions: int = 0
    head: str = NO_EDITION_YET
    reached: Callable[[int], None] = lambda editions: None

    def breaks(self) -> Iterator[str]:
        """What is broken, in the order of the chain: sentences that name the edition.

        Reads only, in constant memory; call it inside a transaction.
        """
        for row in rows(self.using):
            for fault in faults(row, self.head):
                yield sentence(f"{row.claim}/{row.number}", fault)
            self.head = row.digest
            self.editions += 1
            self.reached(self.editions)
        yield from unfounded(self.using)


def count(using: str) -> int:
    """How many editions there are, to say how far a walk has come."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM claims_edition")
        return int(cursor.fetchone()[0])


def rows(using: str) -> Iterator[Row]:
    """All editions in the order of the chain."""
    columns = len(Row._fields) - 1
    with connections[using].chunked_cursor() as cursor:
        cursor.execute(EDITIONS)
        while chunk := cursor.fetchmany(CHUNK):
            for values in chunk:
                yield Row(*[*values[:columns], Published(*values[columns:])])


def faults(row: Row, previous: str) -> Iterator[str]:
    """What is wrong with one edition, given the digest of the one before it. Pure."""
    if digest(row.document) != row.document_digest:
        yield _("its document does not have the digest that was approved")
    chained = chain_digest(
        previous=row.previous_digest,
        claim=row.claim,
        number=row.number,
        document_digest=row.document_digest,
        kind=row.kind,
        approval=row.approval,
        policy=row.policy,
        made_at=row.made_at,
    )
    if row.digest != chained:
        yield _("its digest is not that of what it says it is")
    if row.previous_digest != previous:
        yield _("it does not continue from the edition before it in the chain")
    if not row.follows:
        yield _("its number does not follow from the claim’s other editions")
    if row.approved_digest is None:
        yield _("its approval is missing")
    elif (row.approved_claim, row.approved_digest) != (row.claim_key, row.document_digest):
        yield _("its approval is of another claim or document")
    yield from published_faults(row)


def published_faults(row: Row) -> Iterator[str]:
    """How an edition's document and its published copy differ. Pure."""
    document = read(row.document)
    if document is None:
        yield _("its document is not in the canonical form")
        return
    if document["claim"] != row.claim or document["change"] != row.kind:
        yield _("its document is of another claim or kind of change")
    if row.published.claim_key is None:
        yield _("its published copy is missing")
    else:
        expected = Published(
            row.claim_key,
            row.claim,
            row.number,
            row.kind,
            document["confidence"],
            bool(document["rebuts"]),
            row.document_digest,
            row.previous_digest,
            row.digest,
            row.four_eyes,
            row.made_at,
        )
        pairs = zip(Published._fields, expected, row.published, strict=True)
        different = [name for name, wanted, found in pairs if wanted != found]
        if not row.published_document_is_same:
            different.append("document")
        if different:
            yield _("its published copy differs (%(columns)s)") % {"columns": ", ".join(different)}
    if (row.edges or "[]") != canonical(edges(document)):
        yield _("its published rebuttals are not those of its document")


def read(text: str) -> dict[str, Any] | None:
    """A document, or None when the text is not one in its canonical form."""
    try:
        document = json.loads(text)
        edges(document)
        sound = document.keys() >= {"claim", "change", "confidence", "rebuts"}
        return document if sound and canonical(document) == text else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def edges(document: dict[str, Any]) -> list[list[Any]]:
    """The rebuttals of a document, as they are published."""
    return [
        [
            document["claim"],
            edge["claim"],
            edge["ground"],
            edge["opposer"],
            edge["edition"],
            document["confidence"],
        ]
        for edge in sorted(document["rebuts"], key=lambda edge: (edge["claim"], edge["ground"]))
    ]


def unfounded(using: str) -> Iterator[str]:
    """What the public side or a claim has beyond the editions."""
    with connections[using].cursor() as cursor:
        cursor.execute(UNFOUNDED)
        for (name,) in cursor.fetchall():
            yield sentence(name, _("it is published, but there is no such edition"))
        cursor.execute(UNFOUNDED_EDGES)
        for (name,) in cursor.fetchall():
            yield sentence(name, _("this rebuttal is published, but without an edition"))
        cursor.execute(MISCOUNTED)
        for name, stated in cursor.fetchall():
            yield sentence(
                name,
                _("it is the claim’s newest, but the claim says %(number)s") % {"number": stated},
            )


def sentence(edition: str, fault: str) -> str:
    return _("Edition %(edition)s: %(fault)s.") % {"edition": edition, "fault": fault}
