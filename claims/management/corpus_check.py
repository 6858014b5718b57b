"""Whether a corpus that was loaded past the guards keeps every rule that they hold.

What CHECKs, foreign keys, unique and exclusion constraints hold is not asked again. Each rule is a
question for what breaks it: SQL that finds a claim's or record's name, or a walk in Python.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management.base import CommandError
from django.db import connections
from django.utils.translation import gettext as _

from claims.corpus.tables import NUMBERED
from claims.verification import misjudged

SAMPLE = 2000  # working copies compared with the document that the database builds of them

# By what the rule says. Each selects one column: the name of what breaks it.
RULES = {
    "a claim has a text in its original language": """
        SELECT c.public_id FROM claims_claim c WHERE NOT EXISTS (
            SELECT FROM claims_claimtext t WHERE t.claim_id = c.id AND t.language = c.language)""",
    "confidence and its reason come together": """
        SELECT c.public_id FROM claims_claim c
        JOIN claims_claimtext t ON t.claim_id = c.id AND t.language = c.language
        WHERE c.confidence = '' OR claims_is_blank(t.reason)""",
    "a claim was ready for review": """
        SELECT c.public_id FROM claims_claim c
        JOIN claims_claimtext t ON t.claim_id = c.id AND t.language = c.language
        WHERE c.claimant_id IS NULL AND claims_is_blank(t.attribution)
            OR NOT EXISTS (SELECT FROM claims_citation ci WHERE ci.claim_id = c.id)
            OR c.allegation_about_id IS NOT NULL AND claims_is_blank(t.reply_exception)
                AND NOT EXISTS (SELECT FROM claims_replyrequest r WHERE r.claim_id = c.id
                    AND r.party_id = c.allegation_about_id AND r.outcome <> 'waiting')""",
    "a working copy is published as its newest edition": """
        SELECT c.public_id FROM claims_claim c
        LEFT JOIN (SELECT claim_id, max(number) AS newest FROM claims_edition GROUP BY 1) e
            ON e.claim_id = c.id
        WHERE (c.state, c.version, c.frozen_version, c.edition, c.change_kind)
            IS DISTINCT FROM ('published', e.newest, e.newest, e.newest, '')
            OR num_nonnulls(c.suppressed_at, c.change_id) > 0
            OR EXISTS (SELECT FROM claims_behind b WHERE b.claim_id = c.id)
            OR EXISTS (SELECT FROM claims_claimtext t
                WHERE t.claim_id = c.id AND t.change_note <> '')""",
    "names, labels and units are lines of words by language": r"""
        SELECT s.name FROM (
            SELECT public_id AS name, 200 AS longest, names AS texts FROM claims_topic
            UNION ALL SELECT 'a label', 200, labels FROM claims_figure
            UNION ALL SELECT 'a unit', 60, units FROM claims_figure
        ) s WHERE jsonb_typeof(texts) <> 'object' OR EXISTS (
            SELECT FROM jsonb_each(texts) WHERE key !~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
                OR jsonb_typeof(value) <> 'string' OR length(value #>> '{}') > longest
                OR claims_is_blank(value #>> '{}')
                OR value #>> '{}' ~ '[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]')""",
    "a chain of relays meets no source twice and has no gap": """
        SELECT c.public_id FROM claims_relay r
        JOIN claims_citation ci ON ci.id = r.citation_id JOIN claims_claim c ON c.id = ci.claim_id
        GROUP BY c.public_id, r.citation_id
        HAVING bool_or(r.source_id = ci.source_id) OR count(*) <> max(r.position)
            OR count(DISTINCT r.source_id) <> count(*)""",
    "a rebuttal is written against an edition that exists": """
        SELECT c.public_id FROM claims_rebuttal r JOIN claims_claim c ON c.id = r.counterclaim_id
        JOIN claims_claim t ON t.id = r.target_id WHERE r.target_edition > greatest(t.edition, 1)
        UNION ALL SELECT counterclaim FROM claims_publishededge e WHERE NOT EXISTS (
            SELECT FROM claims_publishededition p
            WHERE p.claim = e.target AND p.number = e.target_edition)""",
    "what a rebuttal is aimed at is open when it opens": """
        SELECT p.claim FROM claims_publishededge e
        JOIN claims_publishededition p ON p.edition_id = e.edition_id
        WHERE NOT EXISTS (SELECT FROM claims_publishededition t
            WHERE t.claim = e.target AND t.current @> p.opened_at)""",
    "a claim and what says the opposite are not both well supported": """
        SELECT p.claim FROM claims_publishededge e
        JOIN claims_publishededition p ON p.edition_id = e.edition_id
        JOIN claims_publishededition t ON t.claim = e.target
        WHERE e.ground = 'rebut' AND 'high' = ALL (ARRAY[e.confidence, t.confidence])
            AND p.current && t.current""",
    "an approval is of its edition's version, by nobody who contributed": """
        SELECT c.public_id FROM claims_edition e JOIN claims_claim c ON c.id = e.claim_id
        JOIN claims_approval a ON a.id = e.approval_id
        WHERE a.version <> e.number OR a.made_at > e.made_at OR EXISTS (
            SELECT FROM claims_contribution k WHERE k.record = 'claim' AND k.record_id = c.id
                AND k.version = a.version AND k.user_id = a.approver_id)
        UNION ALL SELECT u.username FROM claims_contribution k
        JOIN claims_user u ON u.id = k.user_id
        WHERE k.record <> 'claim' AND EXISTS (
            SELECT FROM claims_approval a WHERE a.approver_id = k.user_id)""",
    "every version has a contributor": """
        SELECT r.public_id FROM (
            SELECT 'claim' AS record, id, public_id, version FROM claims_claim
            UNION ALL SELECT 'party', id, public_id, version FROM claims_party
            UNION ALL SELECT 'source', id, public_id, version FROM claims_source
            UNION ALL SELECT 'topic', id, public_id, version FROM claims_topic
        ) r LEFT JOIN claims_contribution k ON k.record = r.record AND k.record_id = r.id
        GROUP BY r.record, r.id, r.public_id, r.version
        HAVING count(DISTINCT k.version) <> r.version OR max(k.version) <> r.version""",
    "shared records are frozen at their version where an edition shows them": """
        WITH shown AS (SELECT DISTINCT record FROM claims_publishedmention)
        SELECT r.public_id FROM (
            SELECT public_id, version, frozen_version FROM claims_party
            UNION ALL SELECT public_id, version, frozen_version FROM claims_source
            UNION ALL SELECT public_id, version, frozen_version FROM claims_topic
        ) r LEFT JOIN shown s ON s.record = r.public_id
        WHERE r.frozen_version <> CASE WHEN s.record IS NULL THEN 0 ELSE r.version END""",
    "editions follow each other with a kind of change and a note": """
        SELECT p.claim FROM claims_publishededition p
        WHERE (p.number = 1) <> (p.kind = '') OR p.number > 1 AND claims_is_blank(
            p.document #>> ARRAY['texts', p.language, 'change_note'])""",
    "a minor change changes nothing that is asserted": """
        SELECT p.claim FROM claims_publishededition p JOIN claims_publishededition was
            ON was.claim = p.claim AND was.number = p.number - 1
        WHERE p.kind = 'minor' AND claims_material(p.document) <> claims_material(was.document)""",
    "an edition knows since when it asserts what it does": """
        SELECT p.claim FROM claims_publishededition p LEFT JOIN claims_publishededition was
            ON was.claim = p.claim AND was.number = p.number - 1
        WHERE p.asserted_since <> CASE
            WHEN was.claim IS NULL THEN 1
            WHEN claims_contested(p.document) = claims_contested(was.document)
                THEN was.asserted_since ELSE p.number END""",
    "an edition looks again when its document says": """
        SELECT claim FROM claims_publishededition
        WHERE review_by IS DISTINCT FROM (document ->> 'review_by')::date
            OR rechecked_at IS NOT NULL""",
    "an edition opened by a decision, and once": """
        SELECT p.claim FROM claims_publishededition p
        LEFT JOIN claims_release r ON r.edition_id = p.edition_id
        GROUP BY p.edition_id HAVING count(r.id) <> 1 OR bool_or(
            r.kind <> 'schedule' OR r.claim_id <> p.claim_key
            OR p.opened_at <> coalesce(r.opens_at, r.made_at) OR r.opens_at <= r.made_at
            OR r.opens_at > r.made_at + interval '10 years' OR r.made_at < p.made_at)""",
    "windows follow the decisions": """
        SELECT p.claim FROM (
            SELECT *, lead(opened_at) OVER (PARTITION BY claim_key ORDER BY number) AS next
            FROM claims_publishededition) p
        LEFT JOIN claims_release w ON w.claim_id = p.claim_key AND w.kind = 'withdraw'
        WHERE p.current <> tstzrange(p.opened_at, least(p.next, w.made_at))
            OR p.readable <> tstzrange(p.opened_at, w.made_at)""",
    "one edition of a claim at most waits for its moment": """
        SELECT claim FROM claims_publishededition WHERE opened_at > now()
        GROUP BY claim HAVING count(*) > 1""",
    "what an edition shows is listed while it is current": """
        SELECT p.claim FROM claims_publishedmention m
        JOIN claims_publishededition p ON p.edition_id = m.edition_id
        WHERE (m.current, m.opened_at) IS DISTINCT FROM (p.current, p.opened_at)""",
    "no edition is behind what its shared records say": """
        SELECT m.record FROM (SELECT DISTINCT record, shown_hash FROM claims_publishedmention) m
        LEFT JOIN (
            SELECT public_id, claims_shown_hash(claims_party_shown(id)) AS now FROM claims_party
            UNION ALL SELECT public_id, claims_shown_hash(claims_source_shown(id))
                FROM claims_source
            UNION ALL SELECT public_id, claims_shown_hash(claims_topic_shown(id)) FROM claims_topic
        ) r ON r.public_id = m.record
        WHERE r.now IS DISTINCT FROM m.shown_hash""",
    "a withdrawal has its notice to readers": """
        SELECT c.public_id FROM claims_release r JOIN claims_claim c ON c.id = r.claim_id
        LEFT JOIN claims_publishednotice n ON n.release_id = r.id
        WHERE r.kind = 'withdraw' AND (n.claim, n.kind, n.notice, n.made_at, n.shown)
            IS DISTINCT FROM (c.public_id, 'withdrawn', r.notice, r.made_at,
                tstzrange(r.made_at, NULL))""",
    "nobody of the newsroom can sign in": """
        SELECT u.username FROM claims_user u WHERE u.password NOT LIKE '!%' AND EXISTS (
            SELECT FROM claims_contribution k WHERE k.user_id = u.id)""",
}


def sampled(using: str) -> Iterator[str]:
    """Working copies of which the database builds another document than their newest edition's.

    A seeded sample; of all, the digests were verified, and rows and documents are made of the same
    contents. Kind and note of a change belong to the edition alone.
    """
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT c.public_id, claims_document(c.id), e.document"
            " FROM (SELECT * FROM claims_claim ORDER BY md5(public_id) LIMIT %s) c"
            " JOIN claims_edition e ON e.claim_id = c.id AND e.number = c.edition",
            [SAMPLE],
        )
        for name, built, frozen in cursor.fetchall():
            if built != frozen and json.loads(built) != unremarked(frozen):
                yield name


def unremarked(text: str) -> dict[str, Any]:
    """A document without the kind and the note of its change."""
    document: dict[str, Any] = json.loads(text)
    document["change"] = ""
    for written in document["texts"].values():
        written["change_note"] = ""
    return document


def misjudged_ahead(using: str) -> Iterator[str]:
    """What stands wrongly at a moment to come (for now, `Verification` says it)."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT opened_at FROM claims_publishededition WHERE opened_at > now()"
            " UNION SELECT DISTINCT lower(during) FROM claims_publishedstanding"
            " WHERE lower(during) > now() ORDER BY 1"
        )
        for (moment,) in cursor.fetchall():
            yield from misjudged(using, moment)


def exhausted(using: str) -> Iterator[str]:
    """The tables whose sequence would give an id that is taken."""
    with connections[using].cursor() as cursor:
        for table in NUMBERED:
            cursor.execute(
                f"SELECT nextval(pg_get_serial_sequence('{table}', 'id'))"  # noqa: S608 - our names
                f" <= coalesce(max(id), 0) FROM {table}"
            )
            if cursor.fetchone()[0]:
                yield table


WALKS: dict[str, Callable[[str], Iterator[str]]] = {
    "a working copy says what its newest edition says": sampled,
    "claims will stand as their rebuttals make them": misjudged_ahead,
    "the next record gets a new number": exhausted,
}


def breach(rule: str, using: str) -> str | None:
    """What breaks a rule, the first that is found; None when nothing does."""
    if rule in WALKS:
        return next(WALKS[rule](using), None)
    with connections[using].cursor() as cursor:
        cursor.execute(RULES[rule] + " LIMIT 1")
        found = cursor.fetchone()
        return str(found[0]) if found else None


def check(using: str) -> None:
    """Raise CommandError with the first rule that is broken."""
    for rule in (*RULES, *WALKS):
        if name := breach(rule, using):
            raise CommandError(
                _("The corpus breaks a rule: %(rule)s (%(name)s). Nothing was loaded.")
                % {"rule": rule, "name": name}
            )
