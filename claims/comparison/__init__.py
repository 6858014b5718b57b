"""Two documents compared field by field: what was taken out, what was put in, what is the same.

Pure: no database, no HTTP. What comes out is data that any template can show; documents differ
exactly if their comparison is not empty.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .layout import parts_of_document
from .nodes import Claims, Comparison, Field, Node, Row, Rows, Side
from .parts import Keyed, Missing, Place
from .texts import Piece, pieces_of

Document = Mapping[str, Any]

__all__ = [
    "Comparison",
    "Field",
    "Node",
    "Piece",
    "Row",
    "Rows",
    "Side",
    "compare",
    "pieces_of",
]


def compare(
    before: Document | None, after: Document | None, *, claims: Claims | None = None
) -> Comparison:
    """What differs from one document to the next; None is no document: then everything is new.

    `claims` says what other claims say, by public id: documents name them without their words.
    """
    place = Place(
        path=(),
        before=Missing.RECORD if before is None else before,
        after=Missing.RECORD if after is None else after,
        claims=claims or {},
    )
    return Comparison(nodes=tuple(Keyed(_("Document"), parts_of_document()).compare(place)))
