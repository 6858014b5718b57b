"""Taking back changes: the working copy becomes what its newest edition says."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from claims.choices import State
from claims.exceptions import WrongState
from claims.models import Claim, Party, Source, Topic, User

from .claims import PARTS, TEXT_FIELDS, write
from .door import door, lock, require, take_step


def discard(claim_id: int, *, actor: User, version: int, request: str = "") -> Claim:
    """Take back all changes since the newest edition: the working copy is published again."""
    with door(actor=actor, action="discard", request=request):
        claim = lock(Claim, claim_id, version)
        take_step(claim, "discard")
        require(actor, "discard")
        edition = claim.editions.order_by("-number").first()
        if edition is None:
            raise WrongState(_("There is no edition to go back to yet."))
        frozen = json.loads(edition.document)
        refuse_merged_targets(frozen)
        _restore(claim, frozen)
        claim.refresh_from_db()
        claim.state = State.PUBLISHED
        claim.save(update_fields=["state"])
    claim.refresh_from_db()
    return claim


def refuse_merged_targets(frozen: Mapping[str, Any]) -> None:
    """A rebuttal that a merge turned goes back only when the merge is undone."""
    targets = [edge["claim"] for edge in frozen["rebuts"]]
    merged = Claim.objects.filter(public_id__in=targets, merged_into__isnull=False).first()
    if merged:
        raise WrongState(
            _("“%(claim)s”, which it rebutted, is merged into another claim: undo that first.")
            % {"claim": merged}
        )


def _restore(claim: Claim, frozen: Mapping[str, Any]) -> None:
    """Write a document back into the working copy; shared records stay as they are by now."""
    verdict, stated = frozen.get("verdict") or {}, frozen.get("stated_change") or {}
    fields = {
        "language": frozen["language"],
        "claimant": one(Party, frozen["claimant"]),
        "confidence": frozen["confidence"],
        "stated_change": Decimal(stated["value"]) if stated else None,
        "stated_change_unit": stated.get("unit", ""),
        "stated_change_bound": stated.get("bound", ""),
        "allegation_about": one(Party, frozen["allegation"]),
        "review_by": day(frozen["review_by"]),
        "first_rebuttals": frozen.get("first_rebuttals", []),
        "change_kind": "",
    }
    empty = dict.fromkeys(TEXT_FIELDS, "")
    texts = {text.language: empty for text in claim.texts.all()}
    texts |= {code: {**said, "change_note": ""} for code, said in frozen["texts"].items()}
    topics = [one(Topic, topic) for topic in frozen["topics"]]
    parts = {name: _matched(claim, name, rows) for name, rows in _parts(frozen).items()}
    # The scale is the one on which that verdict was given, whatever the settings say by now.
    if claim.verdict != verdict.get("value", ""):
        claim.verdict, claim.verdict_scale = verdict.get("value", ""), verdict.get("scale", "")
        claim.save(update_fields=["verdict", "verdict_scale"])
    write(claim, fields, texts, topics, parts)


def one(model: Any, shown: Mapping[str, Any] | None) -> Any:
    """The record that a document shows."""
    return model.objects.get(public_id=shown["id"]) if shown else None


def _parts(frozen: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The lists of a document, as `write` takes them."""
    return {
        "citations": [
            {
                "source": one(Source, each["source"]),
                "stance": each["stance"],
                "quotation": each["quotation"],
                "locator": each["locator"],
                "route_given": each["route_given"],
                "relays": [one(Source, relay) for relay in each["relays"]],
            }
            for each in frozen["citations"]
        ],
        "figures": [
            {**each, "value": Decimal(each["value"]), "as_of": day(each["as_of"])}
            for each in frozen["figures"]
        ],
        "wordings": list(frozen["wordings"]),
        "replies": [
            {
                "party": one(Party, each["party"]),
                "answer_language": each["language"],
                **{name: each[name] for name in ("channel", "outcome", "answer")},
                **{name: day(each[name]) for name in ("asked_on", "deadline", "answered_on")},
            }
            for each in frozen["replies"]
        ],
        "rebuts": [
            {
                "target": Claim.objects.get(public_id=each["claim"]),
                "ground": each["ground"],
                "opposer": each["opposer"],
                "target_edition": each["edition"],
            }
            for each in frozen["rebuts"]
        ],
    }


def _matched(claim: Claim, name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with the ids of what stands in their places, so that what is the same stays."""
    part = PARTS[name]
    ids = part.model._default_manager.filter(**{part.owner: claim}).order_by("id")
    present = list(ids.values_list("id", flat=True))
    return [
        {**row, "id": present[place]} if place < len(present) else row
        for place, row in enumerate(rows)
    ]


def day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
