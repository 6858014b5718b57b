"""Which claims carry a verdict: the readers' side asks the database, like `records`."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Min

from claims.models.published import HAS_VERDICT, PublishedEdition

from .paging import Place
from .records import ALIAS, Edition, IsOpen, page_of, visible


def with_verdict(after: Place | None) -> tuple[list[Edition], Place | None]:
    """One page of current editions with a verdict, the last opened first, and where the next
    begins."""
    return page_of(visible().filter(IsOpen("current"), HAS_VERDICT), after)


def first_opened(claims: Iterable[str]) -> dict[str, datetime]:
    """When each of these claims was first opened to readers, of what can still be read."""
    rows = (
        PublishedEdition.objects.using(ALIAS)
        .filter(claim__in=set(claims))
        .values_list("claim")
        .annotate(Min("opened_at"))
    )
    return {claim: opened_at for claim, opened_at in rows if opened_at}
