"""When the rebuttals of a claim were published: asked of the database, beside `records`."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from claims.models.published import PublishedEdition

from .records import ALIAS, COLUMNS, Edition, edition_of

MOST_IN_RECORD = 20
# Documents are opened to find the moment: of the rebuttals that were published last, no more.
MOST_OPENED = 100


@dataclass(frozen=True)
class PublishedFirst:
    """A counterclaim as it is now, and the moment since which it is set against a claim."""

    edition: Edition
    moment: datetime


# Which edition was the first to rebut the claim, only its document tells: an edge shows no longer
# than its edition is current.
PUBLISHED = f"""
WITH direct AS (
    SELECT DISTINCT e.edition_id, e.counterclaim FROM claims_publishededge e
    WHERE e.target = %(claim)s ORDER BY e.edition_id DESC LIMIT %(opened)s
)
SELECT {COLUMNS}, first.opened_at AS moment
FROM direct JOIN claims_publishededition p ON p.edition_id = direct.edition_id
CROSS JOIN LATERAL (
    SELECT min(o.opened_at) AS opened_at FROM claims_publishededition o
    WHERE o.claim = direct.counterclaim
        AND o.document -> 'rebuts' @> %(edge)s::jsonb
) first
ORDER BY first.opened_at DESC, p.edition_id DESC
LIMIT %(most)s
"""


def published(claim: str) -> list[PublishedFirst]:
    """The rebuttals of a claim that readers see, the last published first."""
    edge = json.dumps([{"claim": claim}])
    values = {"claim": claim, "edge": edge, "opened": MOST_OPENED, "most": MOST_IN_RECORD}
    rows: Iterable[Any] = PublishedEdition.objects.using(ALIAS).raw(PUBLISHED, values)
    return [PublishedFirst(edition_of(row), row.moment) for row in rows]
