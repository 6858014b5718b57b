"""Recording and changing claims, with what they say, cite and rebut."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from claims.choices import Ground, Opposer, Stance
from claims.exceptions import Invalid, Refused
from claims.models import Citation, Claim, ClaimText, Rebuttal, Source, User
from claims.validators import tidy

from .door import clean, door, lock, lock_recording, only, require

# What callers may set; everything else belongs to triggers.
FIELDS = ("language", "claimant", "confidence", "change_kind")
TEXT_FIELDS = ("statement", "attribution", "reason", "unknowns", "would_change", "change_note")
CITATION_FIELDS = ("source", "stance", "quotation", "locator")
EDGE_FIELDS = ("target", "ground", "opposer", "target_edition")

Fields = Mapping[str, Any]
Texts = Mapping[str, Mapping[str, str]]
Rows = Sequence[Mapping[str, Any]]


def record_claim(
    *,
    actor: User,
    fields: Fields,
    texts: Texts,
    citations: Rows = (),
    rebuts: Rows = (),
    public_id: str = "",
    request: str = "",
) -> Claim:
    """Record a new claim as a draft.

    `fields`: language, claimant, confidence. `texts`: by language, the fields of ClaimText.
    `citations`: source, stance, quotation, locator. `rebuts`: target, ground, opposer,
    target_edition. `public_id` is for callers who may ask twice: the second time nothing is
    recorded and the first claim is returned. Raises NotAllowed and Invalid.
    """
    with door(actor=actor, action="record_claim", request=request):
        require(actor, "record_claim")
        return _record(fields, texts, citations, rebuts, public_id)


def add_rebuttal(
    *,
    actor: User,
    target: Claim,
    ground: Ground,
    opposer: Opposer,
    fields: Fields,
    texts: Texts,
    citations: Rows = (),
    public_id: str = "",
    request: str = "",
) -> Claim:
    """Record a counterclaim together with its edge to `target`, in one step.

    The edge names the target's edition that it was written against; edition 1 if there is none yet.
    """
    with door(actor=actor, action="add_rebuttal", request=request):
        require(actor, "add_rebuttal")
        edge = {
            "target": target,
            "ground": ground,
            "opposer": opposer,
            "target_edition": max(target.edition, 1),
        }
        return _record(fields, texts, citations, [edge], public_id)


def edit(
    claim_id: int,
    *,
    actor: User,
    version: int,
    fields: Fields | None = None,
    texts: Texts | None = None,
    citations: Rows | None = None,
    rebuts: Rows | None = None,
    request: str = "",
) -> Claim:
    """Change a working copy; the live edition stays as it is.

    `fields` and `texts` name what changes; a text that is handed in empty is taken out. `citations`
    and `rebuts` are the whole list as it shall be, rows that stay with their `id`. Raises Stale
    when the claim is no longer at `version`.
    """
    with door(actor=actor, action="edit", request=request):
        claim = lock(Claim, claim_id, version)
        require(actor, "edit")
        if fields is not None:
            _write_fields(claim, fields)
        _write_texts(claim, texts or {})
        if citations is not None:
            _write_rows(claim, Citation, "claim", CITATION_FIELDS, citations)
        if rebuts is not None:
            _write_rows(claim, Rebuttal, "counterclaim", EDGE_FIELDS, rebuts)
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
    return citation


def _record(fields: Fields, texts: Texts, citations: Rows, rebuts: Rows, public_id: str) -> Claim:
    claim = Claim(**only(fields, FIELDS))
    if public_id:
        lock_recording()
        if twin := Claim.objects.filter(public_id=public_id).first():
            return _same(twin, texts)
        claim.public_id = public_id
    clean(claim)
    if not texts.get(claim.language, {}).get("statement", "").strip():
        raise Invalid(
            _("Write the statement in the original language."),
            {"statement": _("Write the statement in the original language.")},
        )
    claim.save()
    _write_texts(claim, texts)
    _write_rows(claim, Citation, "claim", CITATION_FIELDS, citations)
    _write_rows(claim, Rebuttal, "counterclaim", EDGE_FIELDS, rebuts)
    return claim


def _same(twin: Claim, texts: Texts) -> Claim:
    """The claim that was recorded the first time, if the second time says the same."""
    said = {text.language: text for text in twin.texts.all()}
    for language, values in texts.items():
        for name, value in only(values, TEXT_FIELDS).items():
            if getattr(said.get(language), name, "") != value:
                raise Refused(
                    _(
                        "This form has recorded a claim already: “%(claim)s”. Change that one, or"
                        " begin a new form for another."
                    )
                    % {"claim": twin}
                )
    return twin


def _write_fields(claim: Claim, fields: Fields) -> None:
    before = {name: getattr(claim, name) for name in FIELDS}
    changed = [name for name, value in only(fields, FIELDS).items() if before[name] != value]
    for name in changed:
        setattr(claim, name, fields[name])
    if changed:
        clean(claim)
        claim.save(update_fields=changed)


def _write_texts(claim: Claim, texts: Texts) -> None:
    present = {text.language: text for text in claim.texts.all()}
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


def _write_rows(
    claim: Claim, model: type[models.Model], owner: str, names: Sequence[str], rows: Rows
) -> None:
    """Make the claim's rows of `model` those handed in: change, add and take out as needed."""
    present = {row.pk: row for row in model._default_manager.filter(**{owner: claim})}
    kept = {values["id"] for values in rows if values.get("id") in present}
    for pk in present.keys() - kept:
        present[pk].delete()
    for values in rows:
        values = dict(values)
        row = present.get(values.pop("id", None)) or model(**{owner: claim})
        values = only(values, names)
        changed = [
            name for name, value in values.items() if not row.pk or getattr(row, name) != value
        ]
        for name in changed:
            setattr(row, name, values[name])
        if changed:
            clean(row)
            row.save(update_fields=changed if row.pk else None)
