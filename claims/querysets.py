"""Named questions about working copies."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from claims.models import Claim  # noqa: F401


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims, with what a screen is going to show."""

    def for_list(self) -> "ClaimQuerySet":
        """With what a line of a list shows."""
        return self.select_related("claimant").prefetch_related("texts", "claimant__names")

    def behind(self) -> "ClaimQuerySet":
        """Whose newest edition shows a shared record that has changed since, longest first."""
        first = models.Min("behind__since")
        return self.filter(behind__isnull=False).annotate(since=first).order_by("since", "id")

    def for_desk(self) -> "ClaimQuerySet":
        """With what the claim's own screen shows."""
        return self.for_list().prefetch_related(
            "citations__source__publisher__names",
            "citations__relays__source__publisher__names",
            "figures",
            "wordings",
            "topics",
            "behind",
            "reply_requests__party__names",
            "rebuts__target__texts",
            "rebuttals__counterclaim__texts",
            "rebuttals__counterclaim__claimant__names",
        )
