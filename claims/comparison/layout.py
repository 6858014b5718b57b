"""What a document holds, in the order in which it is read, and what each thing is called."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from claims import choices

from . import values
from .nodes import Claims, Side
from .parts import (
    Claim,
    Identity,
    Keyed,
    Listed,
    Part,
    Text,
    Words,
    constant,
    each_language,
    field_of,
    first_text,
    in_language,
    known,
    numbered,
)
from .rows import Record


def parts_of_document() -> dict[str, Part]:
    return {
        "claimant": party(_("Claimant")),
        "confidence": Words(_("Confidence"), values.confidence),
        "verdict": verdict(),
        "change": Words(_("Kind of change"), values.one_of(choices.ChangeKind)),
        "language": Words(_("Original language"), values.language),
        "texts": Keyed(_("Texts"), others=texts_in),
        "wordings": wordings(),
        "figures": figures(),
        "stated_change": stated_change(),
        "citations": citations(),
        "allegation": party(_("Allegation about")),
        "replies": replies(),
        "rebuts": rebuts(),
        "topics": topics(),
        "first_rebuttals": Words(_("Rebuttals that stand first"), values.codes),
        "review_by": Words(_("Re-check by"), values.day),
        "claim": Identity(_("Claim")),
        "format": Identity(_("Format of the document"), values.whole),
    }


def texts_in(tag: str) -> Keyed:
    """What is written in one language."""
    labels = {
        "statement": _("Statement"),
        "attribution": _("Attribution"),
        "reason": _("Reason for the confidence"),
        "unknowns": _("What we don’t know"),
        "would_change": _("What would change this"),
        "reply_exception": _("Why nobody was asked for a reply"),
        "change_note": _("Note to readers"),
    }
    return Keyed(
        in_language(_("Texts"), tag),
        {
            name: Text(in_language(label, tag), language=partial(constant, tag))
            for name, label in labels.items()
        },
    )


def party(label: str) -> Keyed:
    return Keyed(
        label,
        {
            "names": each_language(label),
            "kind": Words(field_of(label, _("Kind")), values.one_of(choices.PartyKind)),
            "id": Identity(field_of(label, _("Record"))),
        },
    )


def source(label: str) -> Keyed:
    return Keyed(label, parts_of_source(partial(field_of, label)))


def parts_of_source(of: Callable[[str], str]) -> dict[str, Part]:
    """A work as documents show it; `of` makes a label say that it is the work’s."""
    return {
        "title": Text(of(_("Title")), language=lambda record: record.get("language")),
        "publisher": party(of(pgettext("of a source", "Publisher"))),
        "kind": Words(of(_("Kind")), values.one_of(choices.SourceKind)),
        "language": Words(of(_("Language")), values.language),
        "published_on": Words(of(_("Published on")), values.day),
        "date_precision": Words(of(_("Date known to the")), values.one_of(choices.Precision)),
        "status": Words(of(_("What became of it")), values.one_of(choices.SourceStatus)),
        "seen": Words(of(_("Seen")), values.either(_("seen by us"), _("not seen by us"))),
        "url": Text(of(_("Web address"))),
        "id": Identity(of(_("Record"))),
    }


def verdict() -> Keyed:
    return Keyed(
        _("Verdict"),
        {
            "value": Words(_("Verdict"), values.one_of(choices.Verdict)),
            "scale": Words(field_of(_("Verdict"), _("Scale")), values.one_of(choices.VerdictScale)),
        },
    )


def stated_change() -> Keyed:
    label = _("Stated change")
    return Keyed(
        label,
        {
            "value": Words(label, values.number),
            "unit": Words(field_of(label, _("Unit")), values.one_of(choices.ChangeUnit)),
            "bound": Words(field_of(label, _("Meant as")), values.one_of(choices.Bound)),
        },
    )


def wordings() -> Listed:
    return Listed(
        _("Other wordings"),
        numbered(_("Other wording")),
        {
            "text": Text(_("Wording"), language=lambda record: record.get("language")),
            "language": Words(_("Language"), values.language),
        },
        identity=lambda row: as_key(row.get("language"), row.get("text")),
        telling=lambda row: str(row.get("text")),
    )


def figures() -> Listed:
    return Listed(
        _("Figures"),
        numbered(_("Figure")),
        {
            "labels": each_language(_("Label")),
            "bound": Words(_("Meant as"), values.one_of(choices.Bound)),
            "value": Words(_("Value"), values.number),
            "units": each_language(_("Unit")),
            "kind": Words(_("Kind"), values.one_of(choices.FigureKind)),
            "as_of": Words(_("As of"), values.day),
            "as_of_precision": Words(_("Date known to the"), values.one_of(choices.Precision)),
        },
        identity=lambda row: as_key(row.get("labels")),
        telling=lambda row: all_texts(row.get("labels")),
        title=lambda row, claims: first_text(row.get("labels")),
    )


def citations() -> Listed:
    return Listed(
        _("Citations"),
        numbered(_("Citation")),
        {
            "stance": Words(_("Stance"), values.one_of(choices.Stance)),
            "quotation": Text(_("Quotation"), language=language_of_source),
            "locator": Text(_("Place")),
            "source": source(_("Source")),
            "relays": Listed(
                _("Passed on from"),
                numbered(_("Source")),
                parts_of_source(str),
                identity=lambda row: as_key(row.get("id")),
                telling=lambda row: str(row.get("title")),
                title=lambda row, claims: title_of(row),
            ),
            "route_given": Words(
                _("Route"),
                values.either(
                    _("It says where it has it from"), _("It does not say where it has it from")
                ),
            ),
        },
        identity=lambda row: as_key(known(row.get("source")).get("id"), row.get("locator")),
        telling=lambda row: f"{row.get('quotation')} {known(row.get('source')).get('title')}",
        title=lambda row, claims: title_of(row.get("source")),
    )


def replies() -> Listed:
    return Listed(
        _("Right of reply"),
        numbered(_("Request for a reply")),
        {
            "party": party(_("Who was asked")),
            "channel": Words(_("How"), values.one_of(choices.Channel)),
            "asked_on": Words(_("Asked on"), values.day),
            "deadline": Words(_("Deadline"), values.day),
            "outcome": Words(_("Outcome"), values.one_of(choices.Outcome)),
            "answer": Text(_("Answer"), language=lambda record: record.get("language")),
            "language": Words(_("Language of the answer"), values.language),
            "answered_on": Words(_("Answered on"), values.day),
        },
        identity=lambda row: as_key(known(row.get("party")).get("id"), row.get("asked_on")),
        telling=lambda row: (
            f"{all_texts(known(row.get('party')).get('names'))} {row.get('answer')}"
        ),
        title=lambda row, claims: first_text(names_of_asked(row)),
    )


def rebuts() -> Listed:
    return Listed(
        _("What it rebuts"),
        numbered(_("Rebuts")),
        {
            "claim": Claim(_("Claim it rebuts")),
            "ground": Words(_("Ground"), values.one_of(choices.Ground)),
            "opposer": Words(_("Who opposes"), values.one_of(choices.Opposer)),
            "edition": Words(_("Written against edition"), values.whole),
        },
        identity=lambda row: as_key(row.get("claim"), row.get("ground")),
        telling=lambda row: str(row.get("claim")),
        title=title_of_target,
    )


def topics() -> Listed:
    return Listed(
        _("Topics"),
        numbered(_("Topic")),
        {"names": each_language(_("Name")), "id": Identity(_("Record"))},
        identity=lambda row: as_key(row.get("id")),
        telling=lambda row: all_texts(row.get("names")),
        title=lambda row, claims: first_text(row.get("names")),
    )


def as_key(*parts: Any) -> str:
    return values.as_it_is(parts)


def names_of_asked(reply: Record) -> Any:
    return known(reply.get("party")).get("names")


def all_texts(texts: Any) -> str:
    return " ".join(map(str, known(texts).values()))


def language_of_source(citation: Record) -> Any:
    return known(citation.get("source")).get("language")


def title_of(shown: Any) -> Side:
    found: Mapping[str, Any] = known(shown)
    title, language = found.get("title"), found.get("language")
    return Side(str(title or ""), language if isinstance(language, str) else "")


def title_of_target(edge: Record, claims: Claims) -> Side:
    target = edge.get("claim")
    return claims.get(target, Side(target, is_code=True)) if isinstance(target, str) else Side()
