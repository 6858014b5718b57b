"""Where what a claim cites comes from: chains of relays, and how many independent origins. Pure.

Works on citations as documents hold them: `source`, and `relays` from the next hand to the last.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Citation = Mapping[str, Any]


def chain(citation: Citation) -> list[Mapping[str, Any]]:
    """The way it came, from the origin to the work that is cited."""
    return [*reversed(citation.get("relays", [])), citation["source"]]


def origin(citation: Citation) -> str:
    """The id of the last source of the relays; without relays the source speaks for itself."""
    return str(chain(citation)[0]["id"])


def count(citations: Sequence[Citation]) -> tuple[int, int]:
    """(sources, independent origins): three articles that relay one dataset are 3 and 1."""
    sources = {citation["source"]["id"] for citation in citations}
    return len(sources), len({origin(citation) for citation in citations})
