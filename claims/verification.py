"""Walking the chain of editions: is what readers saw still what was approved and published?

Each edition is recomputed from its text and compared with the edition before it, with its approval
and with its published copy; where its text was suppressed by law, what is left is. At the end the
standing that readers see is recomputed from the rebuttals they see. What the chain does not cover
is not judged: windows, releases and notices move by decision, and a tail cut off in every table at
once shows only in the head's digest, which is why `manage.py verify_editions` prints it and each
backup keeps it.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections
from django.utils.translation import gettext as _

from claims.choices import Confidence, Ground
from claims.document import NO_EDITION_YET, canonical, chain_digest, digest, shared_in
from claims.standing import Edge, label, standings

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
    c.suppressed_at IS NOT NULL AND EXISTS (
        SELECT FROM claims_release r WHERE r.claim_id = e.claim_id AND r.kind = 'suppress'),
    (SELECT jsonb_agg(jsonb_build_array(counterclaim, target, ground, opposer, target_edition,
            confidence) ORDER BY target COLLATE "C", ground COLLATE "C")
     FROM claims_publishededge WHERE edition_id = e.id)::text,
    (SELECT array_agg(role || ' ' || record) FROM claims_publishedmention WHERE edition_id = e.id),
    p.document::text = CASE e.document WHEN '' THEN '{}' ELSE e.document END,
    p.asserted_since,
    p.claim_key, p.claim, p.number, p.kind, p.language, p.confidence, p.is_counterclaim,
    p.document_digest, p.previous_digest, p.digest, p.four_eyes, p.made_at
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
UNFOUNDED_MENTIONS = """
SELECT m.role || ' ' || m.record FROM claims_publishedmention m
WHERE NOT EXISTS (SELECT FROM claims_edition e WHERE e.id = m.edition_id) ORDER BY m.id
"""
UNDECIDED_SUPPRESSIONS = """
SELECT c.public_id FROM claims_claim c
WHERE (c.suppressed_at IS NOT NULL) <> EXISTS (
    SELECT FROM claims_release r WHERE r.claim_id = c.id AND r.kind = 'suppress') ORDER BY c.id
"""
MISCOUNTED = """
SELECT c.public_id || '/' || coalesce(max(e.number), 0), c.edition
FROM claims_claim c LEFT JOIN claims_edition e ON e.claim_id = c.id
GROUP BY c.id HAVING c.edition <> coalesce(max(e.number), 0) ORDER BY c.id
"""

# The claims that readers see at a moment, what each rebuts, and the standing that is stored.
STANDINGS = """
WITH moment AS (SELECT coalesce(%s, statement_timestamp()) AS at)
SELECT coalesce(p.claim, s.claim), p.claim_key, s.claim_key, s.standing, s.label, p.edges
FROM (
    SELECT claim, claim_key, (
        SELECT array_agg(target || ' ' || ground || ' ' || e.confidence)
        FROM claims_publishededge e WHERE e.edition_id = o.edition_id) AS edges
    FROM claims_publishededition o, moment WHERE o.current @> at
) p FULL JOIN (
    SELECT claim, claim_key, standing, label FROM claims_publishedstanding, moment
    WHERE during @> at
) s ON s.claim = p.claim
"""


class Published(NamedTuple):
    """The published copy's columns, but for the document; all None when there is no such row."""

    claim_key: int | None
    claim: str | None
    number: int | None
    kind: str | None
    language: str | None
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
    suppressed: bool  # by a decision, so that its text is rightly empty
    edges: str | None  # canonical text, sorted by target and ground
    mentions: list[str] | None  # role and public id, in any order
    published_document_is_same: bool | None  # so it is what PostgreSQL prints: canonical
    asserted_since: int | None
    published: Published


@dataclass
class Verification:
    """One walk along the chain: exhaust `breaks()`, then the numbers and `head` are known."""

    using: str
    editions: int = 0
    suppressed: int = 0  # of them, emptied by law
    head: str = NO_EDITION_YET
    reached: Callable[[int], None] = lambda editions: None

    def breaks(self) -> Iterator[str]:
        """What is broken, in the order of the chain: sentences that name the edition.

        Reads only; call it inside a transaction. At the end every open claim's name and rebuttals
        are held in memory, never their texts.
        """
        for row in rows(self.using):
            for fault in faults(row, self.head):
                yield sentence(f"{row.claim}/{row.number}", fault)
            self.head = row.digest
            self.editions += 1
            self.suppressed += row.suppressed
            self.reached(self.editions)
        yield from unfounded(self.using)
        yield from misjudged(self.using)


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
    if row.suppressed:
        if row.document:
            yield _("its claim was suppressed, but its text is still there")
    elif not row.document:
        yield _("its text is empty, but its claim was never suppressed")
    elif digest(row.document) != row.document_digest:
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
    if row.suppressed and not row.document:
        # What was made of the text cannot be derived any more; the copy's text is gone as well.
        document = None
    else:
        document = read(row.document, is_canonical=bool(row.published_document_is_same))
        if document is None:
            yield _("its document is not in the canonical form")
            return
        if document["claim"] != row.claim or document["change"] != row.kind:
            yield _("its document is of another claim or kind of change")
    if row.published.claim_key is None:
        yield _("its published copy is missing")
    elif different := different_columns(row, document):
        yield _("its published copy differs (%(columns)s)") % {"columns": ", ".join(different)}
    if document is None:
        return
    if (row.edges or "[]") != canonical(edges(document)):
        yield _("its published rebuttals are not those of its document")
    if sorted(row.mentions or []) != mentions(document):
        yield _("what it shows is not listed as its document has it")


def different_columns(row: Row, document: dict[str, Any] | None) -> list[str]:
    """The columns in which the published copy is not what the edition makes it. Pure.

    Without a document (suppressed) those that are made of it are left out.
    """
    expected = row.published._replace(
        claim_key=row.claim_key,
        claim=row.claim,
        number=row.number,
        kind=row.kind,
        document_digest=row.document_digest,
        previous_digest=row.previous_digest,
        digest=row.digest,
        four_eyes=row.four_eyes,
        made_at=row.made_at,
    )
    if document is not None:
        expected = expected._replace(
            language=document["language"],
            confidence=document["confidence"],
            is_counterclaim=bool(document["rebuts"]),
        )
    pairs = zip(Published._fields, expected, row.published, strict=True)
    different = [name for name, wanted, found in pairs if wanted != found]
    if not 1 <= (row.asserted_since or 0) <= row.number:
        different.append("asserted_since")
    if not row.published_document_is_same:
        different.append("document")
    return different


def read(text: str, *, is_canonical: bool = False) -> dict[str, Any] | None:
    """A document, or None when the text is not one in its canonical form.

    `is_canonical` spares the comparison when PostgreSQL has made it.
    """
    try:
        document = json.loads(text)
        edges(document)
        mentions(document)
        sound = document.keys() >= {"claim", "change", "language", "confidence", "rebuts"}
        return document if sound and (is_canonical or canonical(document) == text) else None
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


def mentions(document: dict[str, Any]) -> list[str]:
    """The shared records that a document shows, as role and public id, sorted. Pure.

    The database lists the same (`claims_shared_in`); a test compares the two.
    """
    return sorted(
        {
            f"{role.value} {record['id']}"
            for role, records in shared_in(document).items()
            for record in records
        }
    )


def misjudged(using: str, moment: datetime | None = None) -> Iterator[str]:
    """The claims whose stored standing at a moment (None: now) is not what the rebuttals make it,
    or that have one without being open to readers."""
    with connections[using].cursor() as cursor:
        cursor.execute(STANDINGS, [moment])
        found = {claim: row for claim, *row in cursor.fetchall()}
    visible = [claim for claim, row in found.items() if row[0] is not None]
    drawn = [
        Edge(claim, target, Ground(ground), Confidence(confidence))
        for claim in visible
        for target, ground, confidence in map(str.split, found[claim][-1] or [])
        if target in found and found[target][0] is not None
    ]
    labels = label(visible, ((edge.counterclaim, edge.target) for edge in drawn if edge.counts))
    wanted = standings(visible, drawn)
    for claim, (key, stored_key, standing, stored_label, _edges) in sorted(found.items()):
        if key is None:
            yield about(claim, _("it has a standing, but readers do not see it"))
        elif (key, wanted[claim], labels[claim]) != (stored_key, standing, stored_label):
            yield about(
                claim,
                _("its standing is not what its rebuttals make it (%(wanted)s)")
                % {"wanted": wanted[claim].label},
            )


def unfounded(using: str) -> Iterator[str]:
    """What the public side or a claim has beyond the editions."""
    with connections[using].cursor() as cursor:
        cursor.execute(UNFOUNDED)
        for (name,) in cursor.fetchall():
            yield sentence(name, _("it is published, but there is no such edition"))
        cursor.execute(UNFOUNDED_EDGES)
        for (name,) in cursor.fetchall():
            yield sentence(name, _("this rebuttal is published, but without an edition"))
        cursor.execute(UNFOUNDED_MENTIONS)
        for (name,) in cursor.fetchall():
            yield sentence(name, _("this is listed as shown, but by no edition"))
        cursor.execute(MISCOUNTED)
        for name, stated in cursor.fetchall():
            yield sentence(
                name,
                _("it is the claim’s newest, but the claim says %(number)s") % {"number": stated},
            )
        cursor.execute(UNDECIDED_SUPPRESSIONS)
        for (name,) in cursor.fetchall():
            yield about(name, _("its suppression and the decision on it do not go together"))


def sentence(edition: str, fault: str) -> str:
    return _("Edition %(edition)s: %(fault)s.") % {"edition": edition, "fault": fault}


def about(claim: str, fault: str) -> str:
    return _("Claim %(claim)s: %(fault)s.") % {"claim": claim, "fault": fault}
