"""From a document to words in the reader's language: texts, names, dates. Pure.

Every function takes the reader's language; labels follow the language that is active.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.utils.formats import date_format
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from claims.choices import Confidence, Precision, Stance

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Wording:
    """A recorded text in the language in which it is shown.

    `marked` names that language when it is not the reader's; `translated_from` names the original's
    when the words are our translation.
    """

    text: str
    language: str
    marked: str = ""
    translated_from: str = ""

    def __str__(self) -> str:
        return self.text


class Coded(str):
    """Words for people that also carry what machines read: a vocabulary's value, an ISO date."""

    code: str

    def __new__(cls, words: object, code: str) -> Self:
        made = super().__new__(cls, words)
        made.code = code
        return made


@dataclass(frozen=True)
class Attribution:
    """Who says it: a name, a description or both, and the publisher through whom we have it.

    `claimant` is the public id of who is named, where that is known, and `claimant_kind` what that
    is: a person or an organisation. `via_source` is the public id of the work `via` published.
    """

    names: tuple[Wording, ...]
    via: Wording | None
    others: int = 0
    claimant: str = ""
    claimant_kind: str = ""
    via_source: str = ""

    def __str__(self) -> str:
        return ", ".join(map(str, self.names))


def base(language: str) -> str:
    """`ko` of `ko-KR`."""
    return language.split("-")[0].lower()


def locale_of(language: str) -> str:
    """How Open Graph names a language: with its country, for those of our interface."""
    return {"en": "en_US", "ko": "ko_KR"}.get(language, language.replace("-", "_"))


def language_name(language: str) -> str:
    """What a language is called in the language that is active; its tag if we do not know."""
    if base(language) == "zh":
        return _("Chinese")
    try:
        return str(get_language_info(language)["name_translated"])
    except KeyError:
        return language


def fitting(languages: Iterable[str], reader: str) -> str | None:
    """Which of these languages serves the reader: the very one, or one of the same base."""
    known = list(languages)
    if reader in known:
        return reader
    return next((language for language in known if base(language) == base(reader)), None)


def text_of(document: Document, field: str, reader: str) -> Wording | None:
    """A text of the claim: the reader's if there is one, else the original, marked."""
    texts, original = document["texts"], document["language"]
    own = fitting((language for language in texts if texts[language].get(field)), reader)
    if own:
        is_original = base(own) == base(original)
        return Wording(
            texts[own][field],
            own,
            translated_from="" if is_original else language_name(original),
        )
    text = texts.get(original, {}).get(field)
    return Wording(text, original, marked=language_name(original)) if text else None


def statement_of(document: Document, reader: str) -> Wording:
    """What the claim says; every document has it in its original language."""
    return text_of(document, "statement", reader) or Wording("", document["language"])


def other_statements(document: Document, shown: Wording) -> tuple[Wording, ...]:
    """The statement in the other languages, the original first."""
    texts, original = document["texts"], document["language"]
    order = sorted(texts, key=lambda language: (language != original, language))
    return tuple(
        Wording(texts[language]["statement"], language, marked=language_name(language))
        for language in order
        if language != shown.language and texts[language].get("statement")
    )


def wordings_of(document: Document) -> tuple[Wording, ...]:
    """Other ways in which people put the claim, each in its own language."""
    return tuple(
        Wording(one["text"], one["language"], marked=language_name(one["language"]))
        for one in document.get("wordings", [])
    )


def by_language(texts: Mapping[str, str], reader: str, original: str = "") -> Wording | None:
    """One of several names or notices: the reader's language, else the original's, else any."""
    language = fitting(texts, reader) or fitting(texts, original) or next(iter(sorted(texts)), None)
    if language is None:
        return None
    foreign = base(language) != base(reader)
    return Wording(texts[language], language, marked=language_name(language) if foreign else "")


def name_of(party: Mapping[str, Any] | None, reader: str, original: str) -> Wording | None:
    return by_language(party["names"], reader, original) if party else None


def attribution_of(document: Document, reader: str) -> Attribution:
    """Who says it, and through whom we have it when no supporting source is the claimant's own."""
    original, claimant = document["language"], document["claimant"]
    names = [name_of(claimant, reader, original), text_of(document, "attribution", reader)]
    sources: dict[str, Mapping[str, Any]] = {}  # the first of each publisher
    for citation in document["citations"]:
        source = citation["source"]
        if source["publisher"] and citation["stance"] == Stance.FOR:
            sources.setdefault(source["publisher"]["id"], source)
    via = None
    if sources and not (claimant and claimant["id"] in sources):
        via = next(iter(sources.values()))
    return Attribution(
        names=tuple(name for name in names if name),
        via=name_of(via["publisher"], reader, original) if via else None,
        others=len(sources) - 1 if via else 0,
        claimant=claimant["id"] if claimant else "",
        claimant_kind=claimant["kind"] if claimant else "",
        via_source=via["id"] if via else "",
    )


def published(value: str | None, precision: str) -> tuple[str, str]:
    """A source's date as far as it is known: for people, and for the `datetime` attribute."""
    if not value:
        return "", ""
    day = date.fromisoformat(value)
    # Translators: these are date formats in Django's letters (docs: the "date" filter).
    formats = {
        Precision.YEAR: (pgettext("date format, year", "Y"), value[:4]),
        Precision.MONTH: (pgettext("date format, month", "F Y"), value[:7]),
    }
    wanted = formats.get(Precision(precision or Precision.DAY))
    if wanted is None:
        return date_format(day, pgettext("date format, day", "j F Y")), value
    return date_format(day, wanted[0]), wanted[1]


def day_of(value: str | None) -> Coded:
    """A whole day; empty for none."""
    return Coded(*published(value, Precision.DAY))


def confidence_words(confidence: Confidence) -> str:
    """“Low confidence: weakly supported”: never the level alone."""
    words = {"level": confidence.label, "meaning": confidence.meaning}
    if confidence is Confidence.NOT_ASSESSED:
        return _("%(level)s: %(meaning)s") % words
    return _("%(level)s confidence: %(meaning)s") % words
