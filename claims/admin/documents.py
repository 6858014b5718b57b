"""A document as the newsroom's screens show it: what is approved is shown in full."""

import json
from collections.abc import Iterable
from typing import Any

from claims.models import Claim


def readable(*texts: str) -> list[dict[str, Any]]:
    """The documents with these canonical texts, each with the claims that it names by their ids:
    those that it rebuts at their edges, and the rebuttals that stand first in their order.

    An empty text (suppressed, or nothing there) becomes an empty document. One query for all.
    """
    documents = [json.loads(text) if text else {} for text in texts]
    found = claims_in(documents)
    for document in documents:
        for edge in document.get("rebuts", ()):
            edge["target"] = found.get(edge["claim"])
        if first := document.get("first_rebuttals"):
            document["stand_first"] = {public_id: found.get(public_id) for public_id in first}
    return documents


def claims_in(documents: Iterable[dict[str, Any]]) -> dict[str, Claim]:
    """The claims that these documents name, by public id. One query for all."""
    ids: set[str] = set()
    for document in documents:
        ids |= {edge["claim"] for edge in document.get("rebuts", ())}
        ids |= {*document.get("first_rebuttals", ())}
    return {claim.public_id: claim for claim in Claim.objects.for_list().filter(public_id__in=ids)}
