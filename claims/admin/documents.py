"""A document as the newsroom's screens show it: what is approved is shown in full."""

import json
from collections.abc import Iterable
from typing import Any

from claims.models import Claim


def readable(*texts: str) -> list[dict[str, Any]]:
    """The documents with these canonical texts, each edge with the claim that it rebuts.

    An empty text (suppressed, or nothing there) becomes an empty document. One query for all.
    """
    documents = [json.loads(text) if text else {} for text in texts]
    found = targets(documents)
    for document in documents:
        for edge in document.get("rebuts", ()):
            edge["target"] = found.get(edge["claim"])
    return documents


def targets(documents: Iterable[dict[str, Any]]) -> dict[str, Claim]:
    """The claims that these documents rebut, by public id. One query for all."""
    ids = {edge["claim"] for document in documents for edge in document.get("rebuts", ())}
    return {claim.public_id: claim for claim in Claim.objects.for_list().filter(public_id__in=ids)}
