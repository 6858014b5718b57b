"""Recording and changing claims, with what they say, cite, count and rebut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from claims.choices import Ground, Opposer, Stance, Verdict, VerdictScale
from claims.exceptions import Invalid, Refused
from claims.models import (
    Citation,
    Claim,
    ClaimText,
    Figure,
    Rebuttal,
    Relay,
    ReplyRequest,
    Source,
    Topic,
    User,
    Wording,
)
from claims.permissions import may
from claims.recheck import default_review_by
from claims.validators import tidy

from .door import clean, door, lock, lock_recording, only, require
from .shared_records import NewParty, NewSource, Recording

# What callers may set; everything else belongs to triggers.
FIELDS = (
    "language",
    "claimant",
    "confidence",
    "verdict",
    "stated_change",
    "stated_change_unit",
    "stated_change_bound",
    "allegation_about",
    "review_by",
    "first_rebuttals",
    "change_kind",
)
TEXT_FIELDS = (
    "statement",
    "attribution",
    "reason",
    "unknowns",
    "would_change",
    "reply_exception",
    "change_note",
)


@dataclass(frozen=True)
class Part:
    """A list of rows of a claim: their model, the way to the claim, what callers may set."""

    model: type[models.Model]
    owner: str
    fields: tuple[str, ...]


PARTS = {
    "citations": Part(
        Citation, "claim", ("source", "stance", "quotation", "locator", "route_given")
    ),
    "figures": Part(
        Figure, "claim", ("kind", "labels", "value", "bound", "units", "as_of", "as_of_precision")
    ),
    "wordings": Part(Wording, "claim", ("language", "text")),
    "replies": Part(
        ReplyRequest,
        "claim",
        (
            "party",
            "channel",
            "asked_on",
            "deadline",
            "outcome",
            "answer",
            "answer_language",
            "answered_on",
        ),
    ),
    "rebuts": Part(Rebuttal, "counterclaim", ("target", "ground", "opposer", "target_edition")),
}

Fields = Mapping[str, Any]
Texts = Mapping[str, Mapping[str, str]]
Rows = Sequence[Mapping[str, Any]]


def record_claim(
    *,
    actor: User,
    fields: Fields,
    texts: Texts,
    topics: Sequence[Topic] = (),
    public_id: str = "",
    request: str = "",
    **parts: Rows,
) -> Claim:
    """Record a new claim as a draft.

    Parties and sources may be ones that exist, or `NewParty` and `NewSource`, which are recorded
    with it. `fields`: those of FIELDS; without `review_by` a claim that says "now" or names a
    period gets one. `texts`: by language, the fields of ClaimText. `parts`: lists of rows by the
    names of PARTS (a citation also takes `relays`, sources from the next hand to the origin).
    `public_id` is for callers who may ask twice: the second time nothing is recorded and the first
    claim is returned. Raises NotAllowed and Invalid.
    """
    with door(actor=actor, action="record_claim", request=request):
        require(actor, "record_claim")
        return _record(actor, fields, texts, topics, parts, public_id)


def add_rebuttal(
    *,
    actor: User,
    target: Claim,
    ground: Ground,
    opposer: Opposer,
    fields: Fields,
    texts: Texts,
    topics: Sequence[Topic] = (),
    public_id: str = "",
    request: str = "",
    **parts: Rows,
) -> Claim:
    """Record a counterclaim together with its edge to `target`, in one step.

    The edge names the target's edition that it was written against; edition 1 if there is none yet.
    """
    with door(actor=actor, action="add_rebuttal", request=request):
        require(actor, "add_rebuttal")
        edge = {"target": target, "ground": ground, "opposer": opposer}
        return _record(actor, fields, texts, topics, {**parts, "rebuts": [edge]}, public_id)


def edit(
    claim_id: int,
    *,
    actor: User,
    version: int,
    fields: Fields | None = None,
    texts: Texts | None = None,
    topics: Sequence[Topic] | None = None,
    request: str = "",
    **parts: Rows,
) -> Claim:
    """Change a working copy; the live edition stays as it is.

    `fields` and `texts` name what changes; a text that is handed in empty is taken out. `topics`
    and each of `parts` are the whole list as it shall be, rows that stay with their `id`. Raises
    Stale when the claim is no longer at `version`.
    """
    with door(actor=actor, action="edit", request=request):
        new_fields, new_parts = recorded(actor, fields or {}, parts)
        claim = lock(Claim, claim_id, version)
        require(actor, "edit")
        require_flag(actor, claim, new_fields, texts or {})
        write(claim, new_fields, texts or {}, topics, new_parts)
    claim.refresh_from_db()
    return claim


def write(
    claim: Claim,
    fields: Fields,
    texts: Texts,
    topics: Sequence[Topic] | None,
    parts: Mapping[str, Rows],
) -> None:
    """Make a locked claim what is handed in, writing only what differs."""
    _write_fields(claim, fields)
    _write_texts(claim, texts)
    if topics is not None:
        claim.topics.set(topics)
    for name, rows in parts.items():
        _write_rows(claim, part_named(name), rows)


def require_flag(actor: User, claim: Claim, fields: Fields, texts: Texts) -> None:
    """Whom a claim faults, and why they were not asked, is not for everybody to say."""
    if may(actor, "flag_allegation"):
        return
    said = {
        text.language: text.reply_exception for text in ClaimText.objects.filter(claim_id=claim.pk)
    }
    faults = fields.get("allegation_about", claim.allegation_about) != claim.allegation_about
    excuses = any(
        said.get(language, "") != values["reply_exception"]
        for language, values in texts.items()
        if "reply_exception" in values
    )
    if faults or excuses:
        require(actor, "flag_allegation")


def recorded(
    actor: User, fields: Fields, parts: Mapping[str, Rows]
) -> tuple[dict[str, Any], dict[str, Rows]]:
    """`fields` and `parts` with their new parties and sources recorded: before a claim is locked,
    as the order of locks demands."""
    record = Recording(actor)

    def row(values: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: [record(source) for source in value] if name == "relays" else record(value)
            for name, value in values.items()
        }

    return row(fields), {name: [row(each) for each in rows] for name, rows in parts.items()}


def part_named(name: str) -> Part:
    if name not in PARTS:
        raise Invalid(_("These cannot be set: %(names)s.") % {"names": name})
    return PARTS[name]


def confirm(claim_id: int, *, actor: User, version: int, request: str = "") -> Claim:
    """Say that what a claim rebuts is still rebutted as it reads now."""
    with door(actor=actor, action="confirm", request=request):
        claim = lock(Claim, claim_id, version)
        require(actor, "confirm")
        for edge in claim.rebuts.select_related("target"):
            newest = max(edge.target.edition, 1)
            if edge.target_edition != newest:
                edge.target_edition = newest
                edge.save(update_fields=["target_edition"])
    claim.refresh_from_db()
    return claim


def cite(
    claim_id: int,
    *,
    actor: User,
    version: int,
    source: Source,
    stance: Stance = Stance.FOR,
    quotation: str = "",
    locator: str = "",
    relays: Sequence[Source] = (),
    request: str = "",
) -> Citation:
    """Add one citation to a claim."""
    with door(actor=actor, action="cite", request=request):
        claim = lock(Claim, claim_id, version)
        require(actor, "cite")
        citation = Citation(
            claim=claim,
            source=source,
            stance=stance,
            quotation=tidy(quotation),
            locator=tidy(locator),
        )
        clean(citation)
        citation.save()
        _write_relays(citation, relays)
    return citation


def _record(
    actor: User,
    fields: Fields,
    texts: Texts,
    topics: Sequence[Topic],
    parts: Mapping[str, Rows],
    public_id: str,
) -> Claim:
    if public_id:
        lock_recording()
        if twin := Claim.objects.filter(public_id=public_id).first():
            if _same(twin, fields, texts, topics, parts):
                return twin
            raise Refused(
                _(
                    "This form has recorded a claim already: “%(claim)s”. Change that one, or"
                    " begin a new form for another."
                )
                % {"claim": twin}
            )
    fields, parts = recorded(actor, fields, parts)
    columns = {"public_id": public_id} if public_id else {}
    return new_claim(actor, fields, texts, topics, parts, **columns)


def new_claim(
    actor: User,
    fields: Fields,
    texts: Texts,
    topics: Sequence[Topic],
    parts: Mapping[str, Rows],
    **columns: Any,
) -> Claim:
    """Write a new claim inside an action; `columns` are set once, at its beginning."""
    claim = Claim(language=fields.get("language", settings.LANGUAGE_CODE), **columns)
    if "review_by" not in fields:
        statements = [text.get("statement", "") for text in texts.values()]
        fields = {**fields, "review_by": default_review_by(statements, timezone.localdate())}
    require_flag(actor, claim, fields, texts)
    _set_fields(claim, fields)
    clean(claim)
    if not texts.get(claim.language, {}).get("statement", "").strip():
        raise Invalid(
            _("Write the statement in the original language."),
            {"statement": _("Write the statement in the original language.")},
        )
    claim.save()
    write(claim, {}, texts, topics or None, parts)
    return claim


def _same(
    twin: Claim, fields: Fields, texts: Texts, topics: Sequence[Topic], parts: Mapping[str, Rows]
) -> bool:
    """Whether the claim that was recorded the first time says what it is to say the second time."""
    said = {text.language: text for text in twin.texts.all()}
    pairs: list[tuple[Any, Mapping[str, Any]]] = [(twin, only(fields, FIELDS))]
    pairs += [
        (said.get(language, ClaimText()), only(values, TEXT_FIELDS))
        for language, values in texts.items()
    ]
    for name, rows in parts.items():
        part = part_named(name)
        present = part.model._default_manager.filter(**{part.owner: twin}).order_by("id")
        if len(present) != len(rows):
            return False
        pairs += zip(present, rows, strict=True)
    return set(twin.topics.all()) == set(topics) and all(
        _is_new(value) or _value(row, name) == value
        for row, values in pairs
        for name, value in values.items()
    )


def _value(row: Any, name: str) -> Any:
    return [relay.source for relay in row.relays.all()] if name == "relays" else getattr(row, name)


def _is_new(value: Any) -> bool:
    """Whether a party or a source was yet to be recorded: what it became has an id of its own."""
    values = value if isinstance(value, list) else [value]
    return any(isinstance(each, NewParty | NewSource) for each in values)


def _set_fields(claim: Claim, fields: Fields) -> list[str]:
    """Set what differs; the names of the columns that did."""
    values = only(fields, FIELDS)
    changed = [name for name, value in values.items() if getattr(claim, name) != value]
    for name in changed:
        setattr(claim, name, values[name])
    if "verdict" in changed:
        claim.verdict_scale = _scale_of(claim.verdict)
        changed.append("verdict_scale")
    return changed


def _scale_of(verdict: str) -> str:
    """The scale in the settings, on which a verdict given now stands."""
    if not verdict:
        return ""
    known = VerdictScale.values
    scale = settings.VERDICT_SCALE
    if scale not in known or verdict not in VerdictScale(scale).verdicts:
        sentence = _("“%(verdict)s” is not on this newsroom’s scale.") % {
            "verdict": Verdict(verdict).label if verdict in Verdict else verdict
        }
        raise Invalid(sentence, {"verdict": sentence})
    return str(scale)


def _write_fields(claim: Claim, fields: Fields) -> None:
    changed = _set_fields(claim, fields)
    if changed:
        clean(claim)
        claim.save(update_fields=changed)


def _write_texts(claim: Claim, texts: Texts) -> None:
    present = {text.language: text for text in ClaimText.objects.filter(claim=claim)}
    for language, values in texts.items():
        values = only(values, TEXT_FIELDS)
        text = present.get(language) or ClaimText(claim=claim, language=language)
        changed = [name for name, value in values.items() if getattr(text, name) != value]
        for name in changed:
            setattr(text, name, values[name])
        if (
            text.pk
            and language != claim.language
            and not any(getattr(text, name) for name in TEXT_FIELDS)
        ):
            text.delete()
        elif changed:
            clean(text)
            text.save(update_fields=changed if text.pk else None)


def _write_rows(claim: Claim, part: Part, rows: Rows) -> None:
    """Make the claim's rows of one part those handed in: change, add and take out as needed."""
    present = {row.pk: row for row in part.model._default_manager.filter(**{part.owner: claim})}
    kept = {values["id"] for values in rows if values.get("id") in present}
    for pk in present.keys() - kept:
        if part.model is Citation:
            Relay.objects.filter(citation=pk).delete()
        present[pk].delete()
    for values in rows:
        values = dict(values)
        row = present.get(values.pop("id", None)) or part.model(**{part.owner: claim})
        relays = values.pop("relays", None) if part.model is Citation else None
        values = only(values, part.fields)
        changed = [
            name for name, value in values.items() if not row.pk or getattr(row, name) != value
        ]
        for name in changed:
            setattr(row, name, values[name])
        if isinstance(row, Rebuttal):
            changed += _note_edition(row, changed)
        if changed:
            clean(row)
            row.save(update_fields=changed if row.pk else None)
        if isinstance(row, Citation) and relays is not None:
            _write_relays(row, relays)


def _note_edition(edge: Rebuttal, changed: Sequence[str]) -> list[str]:
    """An edge that is made or changed is written against its target's newest edition, unless the
    caller says which."""
    if not changed or "target_edition" in changed:
        return []
    edge.target_edition = max(edge.target.edition, 1)
    return ["target_edition"]


def _write_relays(citation: Citation, sources: Sequence[Source]) -> None:
    present = list(citation.relays.all())
    for position, source in enumerate(sources, 1):
        row = present[position - 1] if position <= len(present) else None
        if row is None:
            Relay.objects.create(citation=citation, position=position, source=source)
        elif row.source_id != source.pk:
            row.source = source
            row.save(update_fields=["source"])
    for row in present[len(sources) :]:
        row.delete()
