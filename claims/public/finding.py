"""What the search page shows beside a claim: where the words stand that were found. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .pages import ListedClaim
from .passages import MOST_PASSAGES, Asked, Passage, marked, passage_of
from .wording import Document, Wording, base


@dataclass(frozen=True)
class PassageShown:
    """A passage, what it is part of, and its language."""

    where: str
    language: str
    passage: Passage


@dataclass(frozen=True)
class FoundClaim:
    """A claim that was found; `heading` is its statement with the words that were found in it."""

    listed: ListedClaim
    heading: Passage | None
    passages: tuple[PassageShown, ...]


def found_claims(
    claims: Iterable[ListedClaim], asked: Asked, reader: str
) -> tuple[FoundClaim, ...]:
    return tuple(found_claim(listed, asked, reader) for listed in claims)


def found_claim(listed: ListedClaim, asked: Asked, reader: str) -> FoundClaim:
    statement = listed.card.statement
    heading = marked(statement.text, asked)
    known = frozenset() if heading is None else heading.terms
    others = [
        (where, said)
        for where, said in texts_of(listed.edition.document, reader)
        if (said.text, said.language) != (statement.text, statement.language)
    ]
    return FoundClaim(listed, heading, tuple(telling(others, asked, known)))


def telling(
    texts: Iterable[tuple[str, Wording]], asked: Asked, known: frozenset[str]
) -> Iterator[PassageShown]:
    """The passages that show most of what was asked for and is not shown yet, the first first."""
    candidates = []
    for where, said in texts:
        passage = passage_of(said.text, asked)
        if passage:
            candidates.append(PassageShown(where, said.language, passage))
    for _place in range(MOST_PASSAGES):
        if not candidates:
            return
        best = max(
            candidates, key=lambda one: (len(one.passage.terms - known), len(one.passage.terms))
        )
        candidates.remove(best)
        known |= best.passage.terms
        yield best


def texts_of(document: Document, reader: str) -> Iterator[tuple[str, Wording]]:
    """What a claim is found by, and what each text is; as guards/search.sql has it."""
    texts = by_reader(document["texts"].items(), reader)
    for language, text in texts:
        yield _("Statement"), Wording(text.get("statement") or "", language)
    for one in document.get("wordings") or []:
        yield _("Another wording"), Wording(one["text"], one["language"])
    yield from named(_("Claimant"), document.get("claimant"), reader)
    for language, text in texts:
        yield _("Attribution"), Wording(text.get("attribution") or "", language)
    yield from texts_of_sources(document, reader)
    for topic in document.get("topics") or []:
        yield from named(_("Topic"), topic, reader)
    labels = {
        "reason": _("Reason for the confidence"),
        "unknowns": _("What we don’t know"),
        "would_change": _("What would change this"),
    }
    for name, label in labels.items():
        for language, text in texts:
            yield label, Wording(text.get(name) or "", language)


def texts_of_sources(document: Document, reader: str) -> Iterator[tuple[str, Wording]]:
    seen = set()
    for citation in document["citations"]:
        source = citation["source"]
        yield _("Quotation"), Wording(citation["quotation"], source["language"])
        if source["id"] not in seen:
            seen.add(source["id"])
            yield _("Title of a source"), Wording(source["title"], source["language"])
            yield from named(pgettext("of a source", "Publisher"), source["publisher"], reader)


def named(label: str, record: Any, reader: str) -> Iterator[tuple[str, Wording]]:
    """The names of a party or topic."""
    if record:
        for language, name in by_reader(record["names"].items(), reader):
            yield label, Wording(name, language)


def by_reader(items: Iterable[tuple[str, Any]], reader: str) -> list[tuple[str, Any]]:
    """By language, the reader's first."""
    return sorted(items, key=lambda item: (base(item[0]) != base(reader), item[0]))
