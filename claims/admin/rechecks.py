"""The queue of re-checks: what is due by its day, and what cites a source that has changed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import days
from claims.choices import Standing
from claims.models import Behind, Claim, PublishedEdition, Source
from claims.tokens import BadToken
from claims.waiting import Found, Place, citing_what_changed, to_recheck, to_token, walk

from .facing import standings
from .forms.queues import StillHoldsForm
from .queues import SIZE, Entry, Queue
from .together import behind_address

if TYPE_CHECKING:
    from .claim import ClaimAdmin


@dataclass
class Changed:
    """A source that its publisher corrected or retracted, with claims that do not say so yet."""

    source: Source
    claims: list[Claim] = field(default_factory=list)
    # Whether readers see it in one of them, so that they can be refreshed together.
    is_shown: bool = False

    @property
    def refresh_address(self) -> str:
        return behind_address(self.source.public_id)


class RecheckQueue(Queue):
    template = "admin/claims/rechecks.html"
    title = gettext_lazy("Re-check")

    def lists(self) -> dict[str, Any]:
        found, rest = self.due()
        pairs, rest_of_pairs = citing_what_changed(SIZE, self.place("source"))
        claims = Claim.objects.for_list().in_bulk(
            {each.claim_id for each in found} | {claim for _source, claim in pairs}
        )
        entries = self.entries(found, claims)
        return {
            "due": self.with_sent(entries, "recheck"),
            "more_due": to_token(rest) if rest else "",
            "changed": self.changed(pairs, claims),
            "more_changed": to_token(rest_of_pairs) if rest_of_pairs else "",
            "why_not": self.why_not("recheck"),
        }

    def due(self) -> tuple[list[Found], Place | None]:
        parts = to_recheck(self.viewer)
        try:
            return walk(parts, SIZE, self.place("after"))
        except BadToken:
            self.bad_place = True
            return walk(parts, SIZE)

    def entries(self, found: Sequence[Found], claims: dict[int, Claim]) -> list[Entry]:
        editions = PublishedEdition.objects.in_bulk([each.number for each in found])
        stand = standings([edition.claim for edition in editions.values()])
        return [
            self.entry(claims[each.claim_id], editions[each.number], stand)
            for each in found
            if each.claim_id in claims and each.number in editions
        ]

    def entry(
        self,
        claim: Claim,
        edition: PublishedEdition,
        stand: dict[str, Standing],
        data: Any = None,
    ) -> Entry:
        name = f"recheck-{claim.pk}"
        day = edition.review_by
        about = {
            "edition": edition,
            "statement": edition.document["texts"][edition.document["language"]]["statement"],
            "confidence": edition.confidence,
            "standing": stand.get(edition.claim),
            "when": days.due(day, self.viewer.today) if day else "",
            "is_overdue": bool(day and day < self.viewer.today),
        }
        return Entry(name, claim, StillHoldsForm(claim, data, prefix=name), about)

    def changed(self, pairs: Sequence[tuple[int, int]], claims: dict[int, Claim]) -> list[Changed]:
        """The claims under the sources that they cite."""
        sources = (
            Source.objects.select_related("publisher")
            .prefetch_related("publisher__names")
            .in_bulk({source for source, _claim in pairs})
        )
        groups: dict[int, Changed] = {}
        for source, claim in pairs:
            if source in sources and claim in claims:
                groups.setdefault(source, Changed(sources[source])).claims.append(claims[claim])
        names = {each.source.public_id: each for each in groups.values()}
        for record in Behind.objects.filter(record__in=names).values_list("record", flat=True):
            names[record].is_shown = True
        return list(groups.values())

    def entry_named(self, kind: str, number: int) -> Entry | None:
        claim = Claim.objects.for_list().filter(pk=number).first()
        if kind != "recheck" or claim is None:
            return None
        parts = to_recheck(self.viewer)
        edition = parts[0].rows.filter(claim_key=number).first()
        if edition is None:
            return None
        return self.entry(claim, edition, standings([edition.claim]), self.request.POST)

    def done(self, entry: Entry, claim: Claim) -> None:
        sentence = _("Re-checked: “%(claim)s”. Readers see that you looked again today.")
        messages.success(self.request, sentence % {"claim": claim})


def recheck_queue(site: "ClaimAdmin", request: HttpRequest) -> HttpResponse:
    return RecheckQueue(site, request).answer()
