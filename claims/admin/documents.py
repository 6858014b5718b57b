"""A document as the newsroom's screens show it: what is approved is shown in full."""

import json
from typing import Any

from claims.models import Claim


def readable(*texts: str) -> list[dict[str, Any]]:
    """The documents with these canonical texts, each edge with the claim that it rebuts.

    An empty text (suppressed, or nothing there) becomes an empty document. One query for all.
    """
    documents = [json.loads(text) if text else {} for text in texts]
    edges = [edge for document in documents for edge in document.get("rebuts", ())]
    ids = {edge["claim"] for edge in edges}
    targets = {
        claim.public_id: claim for claim in Claim.objects.for_list().filter(public_id__in=ids)
    }
    for edge in edges:
        edge["target"] = targets.get(edge["claim"])
    return documents
