"""Topics, parties and sources as readers find them: what current editions carry of them.

Nothing here is asked of the newsroom's own records, which readers cannot see: a shared record is
known by its public id, and shown as the newest edition that mentions it shows it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections

from claims.choices import Mention
from claims.models.published import PublishedEdition
from claims.tokens import BadToken
from claims.validators import PUBLIC_ID_SQL

from .paging import Place, to_place, to_token
from .records import ALIAS, COLUMNS, PAGE_SIZE, Edition, edition_of

# The roles in which an edition mentions what has a page, by the kind of that.
PARTY = (Mention.CLAIMANT, Mention.PUBLISHER, Mention.ASKED)
WORK = (Mention.SOURCE, Mention.RELAY)
TOPIC = (Mention.TOPIC,)
KINDS = {"topic": TOPIC, "party": PARTY, "source": WORK}
ID_LENGTH = 12
PUBLIC_ID = re.compile(PUBLIC_ID_SQL.strip("^$"))
LETTER = re.compile("[2-9a-z]")
# Mentions that one sitemap looks at: each is at most one page, in two languages.
IN_SITEMAP = 10_000


@dataclass(frozen=True)
class Mentioned:
    """A shared record, and the newest current edition that mentions it."""

    record: str
    edition: Edition


class Spot(NamedTuple):
    """The last record seen. One edition mentions many, so that its own place is not enough."""

    place: Place
    record: str


def to_spot(token: str) -> Spot:
    """Raises BadToken for anything that `spot_token` does not write."""
    place, record = token[:-ID_LENGTH], token[-ID_LENGTH:]
    if not PUBLIC_ID.fullmatch(record):
        raise BadToken
    return Spot(to_place(place), record)


def spot_token(spot: Spot) -> str:
    return to_token(spot.place) + spot.record


# A record stands where its newest mention stands. Each role is walked along its own index; on
# several roles in one edition a record stands once.
SHELF = f"""
SELECT DISTINCT ON (m.opened_at, m.edition_id, m.record) m.record, {COLUMNS}
FROM unnest(%(roles)s::varchar[]) AS wanted (role) CROSS JOIN LATERAL (
    SELECT * FROM claims_publishedmention one
    WHERE one.role = wanted.role AND reader.is_open(one.current)
        AND NOT EXISTS (
            SELECT FROM claims_publishedmention newer
            WHERE newer.role = ANY(%(roles)s) AND newer.record = one.record
                AND reader.is_open(newer.current)
                AND (newer.opened_at, newer.edition_id) > (one.opened_at, one.edition_id))
        AND one.opened_at <= coalesce(%(opened_at)s::timestamptz, 'infinity')
        AND (%(opened_at)s::timestamptz IS NULL OR (one.opened_at, one.edition_id, one.record)
            < (%(opened_at)s, %(edition_id)s, %(record)s))
    ORDER BY one.opened_at DESC, one.edition_id DESC, one.record DESC
    LIMIT %(most)s
) m JOIN claims_publishededition p ON p.edition_id = m.edition_id
ORDER BY m.opened_at DESC, m.edition_id DESC, m.record DESC
LIMIT %(most)s
"""


def newest(
    roles: Sequence[Mention], after: Spot | None = None
) -> tuple[list[Mentioned], Spot | None]:
    """One page of the records that current editions mention in these roles, the last mentioned
    first, and where the next page begins."""
    values = {
        "roles": list(roles),
        "most": PAGE_SIZE + 1,
        "opened_at": after.place.opened_at if after else None,
        "edition_id": after.place.edition_id if after else None,
        "record": after.record if after else None,
    }
    rows: Iterable[Any] = PublishedEdition.objects.using(ALIAS).raw(SHELF, values)
    found = [Mentioned(row.record, edition_of(row)) for row in rows]
    if len(found) <= PAGE_SIZE:
        return found, None
    last = found[PAGE_SIZE - 1]
    return found[:PAGE_SIZE], Spot(last.edition.place, last.record)


NEWEST_OF_ONE = f"""
SELECT {COLUMNS}
FROM claims_publishedmention m JOIN claims_publishededition p ON p.edition_id = m.edition_id
WHERE m.role = %(role)s AND m.record = %(record)s AND reader.is_open(m.current)
ORDER BY m.opened_at DESC, m.edition_id DESC
LIMIT %(most)s
"""


def mentioning(role: Mention, record: str, most: int = PAGE_SIZE) -> list[Edition]:
    """The newest current editions that mention a record in one role."""
    values = {"role": role, "record": record, "most": most}
    rows = PublishedEdition.objects.using(ALIAS).raw(NEWEST_OF_ONE, values)
    return [edition_of(row) for row in rows]


def newest_mention(roles: Sequence[Mention], record: str) -> Edition | None:
    """The newest current edition that mentions a record in one of these roles."""
    found = [edition for role in roles for edition in mentioning(role, record, most=1)]
    return max(found, key=lambda edition: edition.place, default=None)


# Ids are drawn by chance, so that their first letters part the records evenly. Along the index of
# roles and records, from each letter or record on to the first behind it.
LETTERS = """
WITH RECURSIVE found AS (
    SELECT role, '' AS behind FROM unnest(%(roles)s::varchar[]) AS wanted (role)
    UNION ALL
    SELECT found.role, (SELECT rpad(left(m.record, 1), %(beyond)s, 'z')
        FROM claims_publishedmention m
        WHERE m.role = found.role AND m.record > found.behind AND reader.is_open(m.current)
        ORDER BY m.record LIMIT 1)
    FROM found WHERE found.behind IS NOT NULL
) SELECT DISTINCT left(behind, 1) AS letter FROM found WHERE behind <> '' ORDER BY letter
"""
BEGINNING = """
WITH RECURSIVE found AS (
    SELECT role, %(letter)s::varchar AS record, NULL::timestamptz AS opened_at
    FROM unnest(%(roles)s::varchar[]) AS wanted (role)
    UNION ALL
    SELECT found.role, next.record, next.opened_at FROM found CROSS JOIN LATERAL (
        SELECT m.record, m.opened_at FROM claims_publishedmention m
        WHERE m.role = found.role AND m.record > found.record
            AND m.record < rpad(%(letter)s, %(beyond)s, 'z') AND reader.is_open(m.current)
        ORDER BY m.record, m.opened_at DESC, m.edition_id DESC LIMIT 1
    ) next
) SELECT role, record, opened_at FROM found WHERE opened_at IS NOT NULL LIMIT %(most)s
"""
ALL_ROLES = [role for roles in KINDS.values() for role in roles]
BEYOND = ID_LENGTH + 1  # letters: behind every id that begins alike


def letters() -> list[str]:
    """The letters with which the ids of records begin that current editions mention."""
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(LETTERS, {"roles": ALL_ROLES, "beyond": BEYOND})
        return [letter for (letter,) in cursor.fetchall()]


def beginning(letter: str) -> dict[tuple[str, str], datetime]:
    """The records whose id begins with a letter, by kind and id, and when each was last mentioned
    in an edition that is current."""
    kinds = {role: kind for kind, roles in KINDS.items() for role in roles}
    found: dict[tuple[str, str], datetime] = {}
    asked: dict[str, Any] = {"roles": ALL_ROLES, "letter": letter}
    asked |= {"beyond": BEYOND, "most": IN_SITEMAP}
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(BEGINNING, asked)
        for role, record, opened_at in cursor.fetchall():
            key = (kinds[Mention(role)], record)
            found[key] = max(opened_at, found.get(key, opened_at))
    return dict(sorted(found.items()))
