"""What feeds and sitemaps ask the database, beside `records`. Nothing here counts a table."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connections

from claims.choices import Mention, Standing
from claims.models.published import PublishedEdition, PublishedMention, PublishedStanding

from . import records
from .paging import Place
from .records import ALIAS, COLUMNS, Edition, IsOpen, before, edition_of, page_of, visible

# Editions a sitemap holds at most: with two languages well below 50,000 addresses and 50 MB.
IN_SITEMAP = 10_000
MOST_NEWS = 500
NEWS_DAYS = 2


@dataclass(frozen=True)
class Stand:
    """What the record says about a claim now, and since when it says that."""

    standing: Standing
    since: datetime


@dataclass(frozen=True)
class Located:
    """A claim as a sitemap lists it; `languages` are those in which it has a statement."""

    claim: str
    opened_at: datetime
    languages: tuple[str, ...]


@dataclass(frozen=True)
class News:
    """A claim that readers saw for the first time in the last days, as it stands now."""

    edition: Edition
    first_opened_at: datetime


def of_claim(claim: str, after: Place | None) -> tuple[list[Edition], Place | None]:
    """One page of a claim's readable editions."""
    return page_of(visible().filter(claim=claim), after)


def mentioning(
    roles: Iterable[Mention], record: str, after: Place | None
) -> tuple[list[Edition], Place | None]:
    """One page of the current editions that show this record in one of these roles.

    By way of the mentions, whose index has this very order: a rare record costs no walk through all
    editions, a frequent one no sorting of them.
    """
    places = [
        PublishedMention.objects.using(ALIAS)
        .filter(IsOpen("current"), before(after))
        .filter(role=role, record=record)
        .order_by("-opened_at", "-edition_id")
        .values("opened_at", "edition_id")[: records.PAGE_SIZE + 1]
        for role in roles
    ]
    found = places[0].union(*places[1:]) if len(places) > 1 else places[0]
    first = sorted(((row["opened_at"], row["edition_id"]) for row in found), reverse=True)
    wanted = [edition_id for _moment, edition_id in first[: records.PAGE_SIZE + 1]]
    if not wanted:
        return [], None
    return page_of(visible().filter(IsOpen("current"), edition_id__in=wanted), None)


def stands(claims: Iterable[str]) -> dict[str, Stand]:
    """What the record says about each of these claims now."""
    rows = PublishedStanding.objects.using(ALIAS).filter(IsOpen("during"), claim__in=set(claims))
    return {row.claim: Stand(Standing(row.standing), row.during.lower) for row in rows}


# From each bucket on to the first edition behind it: as many steps as there are buckets.
BUCKETS = """
WITH RECURSIVE found AS (
    (SELECT p.edition_id FROM claims_publishededition p WHERE reader.is_open(p.current)
        ORDER BY p.edition_id LIMIT 1)
    UNION ALL
    SELECT (SELECT p.edition_id FROM claims_publishededition p
        WHERE p.edition_id >= (found.edition_id / %(size)s + 1) * %(size)s
            AND reader.is_open(p.current)
        ORDER BY p.edition_id LIMIT 1)
    FROM found WHERE found.edition_id IS NOT NULL
) SELECT edition_id / %(size)s FROM found WHERE edition_id IS NOT NULL
"""
LOCATED = """
SELECT p.claim, p.opened_at, ARRAY(
    SELECT t.key FROM jsonb_each(p.document -> 'texts') t
    WHERE t.value ->> 'statement' <> '' ORDER BY t.key)
FROM claims_publishededition p
WHERE p.edition_id >= %(first)s AND p.edition_id < %(end)s AND reader.is_open(p.current)
ORDER BY p.edition_id
"""


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connections[ALIAS].cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def buckets() -> list[int]:
    """Which sitemaps of claims have something in them."""
    return [bucket for (bucket,) in _rows(BUCKETS, {"size": IN_SITEMAP})]


def located(bucket: int) -> list[Located]:
    """The claims of one sitemap: an edition stays in its bucket for as long as it is current."""
    values = {"first": bucket * IN_SITEMAP, "end": (bucket + 1) * IN_SITEMAP}
    return [
        Located(claim, opened_at, tuple(languages))
        for claim, opened_at, languages in _rows(LOCATED, values)
    ]


NEW = f"""
SELECT {COLUMNS}, seen.opened_at AS first_opened_at
FROM claims_publishededition p
CROSS JOIN LATERAL (SELECT min(o.opened_at) AS opened_at FROM claims_publishededition o
    WHERE o.claim = p.claim) seen
WHERE p.opened_at > statement_timestamp() - %(days)s * interval '1 day'
    AND seen.opened_at > statement_timestamp() - %(days)s * interval '1 day'
    AND reader.is_open(p.current)
ORDER BY p.opened_at DESC, p.edition_id DESC
LIMIT %(most)s
"""


def news(most: int = MOST_NEWS) -> list[News]:
    """What is new to readers; a correction of an old claim is no news in this sense."""
    rows: Iterable[Any] = PublishedEdition.objects.using(ALIAS).raw(
        NEW, {"days": NEWS_DAYS, "most": most}
    )
    return [News(edition_of(row), row.first_opened_at) for row in rows]
