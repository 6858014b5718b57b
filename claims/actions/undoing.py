"""Taking back a merge or a split, entry by entry of the history, while nothing is published."""

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, models
from django.utils.translation import gettext as _

from claims.choices import Action, ReleaseKind, State
from claims.exceptions import WrongState
from claims.models import (
    Citation,
    Claim,
    ClaimText,
    Edition,
    Figure,
    History,
    Rebuttal,
    Relay,
    User,
    Wording,
)

from .door import door, lock, require

if TYPE_CHECKING:
    from django.db.models import QuerySet

# The tables whose rows a merge or a split changes, by their names in the history.
TABLES: dict[str, type[models.Model]] = {
    "citation": Citation,
    "claim_topics": Claim.topics.through,
    "claimtext": ClaimText,
    "figure": Figure,
    "rebuttal": Rebuttal,
    "relay": Relay,
    "wording": Wording,
}
ENTRIES = """
SELECT record, record_id, operation, before::text, after::text FROM claims_history
WHERE change = %s AND record = ANY (%s) AND NOT (record = 'claimtext' AND claim_id = %s)
ORDER BY id DESC
"""


@dataclass(frozen=True)
class Change:
    """A merge or a split that can be taken back: its entries, and the claim on the other side."""

    action: Action
    entry: History
    partner: Claim


def undoable(claim: Claim) -> Change | None:
    """The merge that gave this claim up, or the split that made it, while it can be undone."""
    partner = claim.merged_into or claim.split_from
    if partner is None or claim.suppressed_at or partner.suppressed_at or partner.merged_into_id:
        return None
    entries = History.objects.filter(record="claim", record_id=claim.pk).exclude(change=None)
    if claim.merged_into_id:
        entries = entries.filter(
            before__merged_into_id=None, after__merged_into_id=claim.merged_into_id
        )
    else:
        entries = entries.filter(operation="insert")
    entry = entries.order_by("-id").first()
    # What an undone split had made is merged too, for good.
    if entry is None or entry.action not in (Action.MERGE, Action.SPLIT):
        return None
    if claim.releases.filter(kind=ReleaseKind.MERGE).exists():
        return None
    published = Edition.objects.filter(claim__in=concerned(entry), made_at__gt=entry.at)
    return None if published.exists() else Change(Action(entry.action), entry, partner)


def concerned(entry: History) -> "QuerySet[History, int | None]":
    """The ids of the claims that an action changed."""
    entries = History.objects.filter(change=entry.change, claim_id__isnull=False)
    return entries.order_by().values_list("claim_id", flat=True)


def undo(claim_id: int, *, actor: User, version: int, request: str = "") -> Claim:
    """Take back the merge that gave a claim up, or the split that made it.

    What a split had made stays in the record as merged into what it was split off from. Refused
    when something was published since, or changed in the rows concerned.
    """
    with door(actor=actor, action="undo", request=request):
        require(actor, "undo")
        found = Claim.objects.filter(pk=claim_id).select_related("merged_into", "split_from")
        change = undoable(found[0]) if found else None
        if change:
            claims = Claim.objects.filter(pk__in=concerned(change.entry))
            list(claims.order_by("id").select_for_update(of=("self",)))
        claim = lock(Claim, claim_id, version, merged=True)
        change = undoable(claim)
        if change is None:
            raise WrongState(_("There is no merge or split here that can be undone."))
        if change.action is Action.MERGE:
            claim.merged_into = None
            claim.save(update_fields=["merged_into"])
        _reverse(change, claim)
        if change.action is Action.MERGE:
            _take_back_kind(change)
        else:
            _refuse_growth(claim)
            claim.merged_into = change.partner
            claim.save(update_fields=["merged_into"])
        _settle(change)
    claim.refresh_from_db()
    return claim


def changed_since() -> WrongState:
    return WrongState(
        _(
            "What was merged or split has been changed since, so that it cannot be taken back in"
            " one step. Change back first what was changed; the history shows it."
        )
    )


def _take_back_kind(change: Change) -> None:
    """A merge that added nothing gave the claim that is left a kind of change."""
    entries = History.objects.filter(
        change=change.entry.change, record="claim", record_id=change.partner.pk
    )
    chosen = entries.filter(before__change_kind="").exclude(after__change_kind="").last()
    partner = Claim.objects.get(pk=change.partner.pk)
    if chosen and chosen.after and partner.change_kind == chosen.after["change_kind"]:
        partner.change_kind = ""
        partner.save(update_fields=["change_kind"])


def _refuse_growth(made: Claim) -> None:
    """What was added to a claim since a split made it would be lost with it."""
    parts: list[Any] = [made.citations, made.figures, made.wordings, made.rebuts]
    parts += [made.reply_requests, made.topics, made.rebuttals, made.merged]
    if any(part.exists() for part in parts):
        raise changed_since()


def _reverse(change: Change, claim: Claim) -> None:
    with connection.cursor() as cursor:
        # The texts of what a split made stay with it.
        cursor.execute(ENTRIES, [change.entry.change, list(TABLES), claim.pk])
        entries = cursor.fetchall()
    for record, record_id, operation, before, after in entries:
        model = TABLES[record]
        now = _now(model, record_id)
        if operation == "insert" and now is None:
            continue  # somebody took it out again
        if now != _read(after):
            raise changed_since()
        if operation == "insert":
            model._default_manager.filter(pk=record_id).delete()
        elif operation == "delete":
            model(**_columns(model, _read(before))).save(force_insert=True)
        else:
            _set_back(model, record_id, _read(before), _read(after))


def _read(text: str | None) -> Any:
    return json.loads(text, parse_float=Decimal) if text else None


def _now(model: type[models.Model], pk: int) -> Any:
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        # Without what the history leaves out too.
        cursor.execute(f"SELECT (to_jsonb(t) - 'words')::text FROM {table} t WHERE id = %s", [pk])  # noqa: S608
        row = cursor.fetchone()
    return _read(row[0]) if row else None


def _columns(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """A row's columns as Python knows them."""
    fields = {field.column: field for field in model._meta.concrete_fields}
    return {fields[name].attname: fields[name].to_python(value) for name, value in values.items()}


def _set_back(
    model: type[models.Model], pk: int, before: dict[str, Any], after: dict[str, Any]
) -> None:
    differing = {name: value for name, value in before.items() if after.get(name) != value}
    row = model._default_manager.get(pk=pk)
    columns = _columns(model, differing)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))


def _settle(change: Change) -> None:
    """What was published before, and is again what its newest edition says, is published."""
    entries = History.objects.filter(change=change.entry.change, record="claim").order_by("id")
    was: dict[int, str] = {}
    for record_id, before in entries.values_list("record_id", "before"):
        was.setdefault(record_id, (before or {}).get("state", ""))
    for claim in Claim.objects.filter(pk__in=was, merged_into=None).order_by("id"):
        if was[claim.pk] == State.PUBLISHED and _equals_edition(claim):
            claim.state = State.PUBLISHED
            claim.save(update_fields=["state"])


def _equals_edition(claim: Claim) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_equals_edition(%s)", [claim.pk])
        return bool(cursor.fetchone()[0])
