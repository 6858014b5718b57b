"""What is said of a page where it is shared: its title, sentence and picture. Pure.

A claim's title and picture never carry the bare claim: who says it, and the strongest rebuttal or
the standing, go with it (DESIGN 4).
"""

from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.choices import Confidence

from .pages import ClaimPage
from .wording import Attribution, confidence_words, locale_of

# Where titles are cut, what stands against the claim must still be in sight.
LONGEST_STATEMENT = 110


@dataclass(frozen=True)
class PictureWords:
    """All that a sharing picture says, in the language of its page."""

    site: str
    kind: str
    who: str
    statement: str
    confidence: Confidence
    confidence_words: str
    standing: str
    heading: str
    is_rebutted: bool
    rebuttal: str
    rebuttal_by: str = ""
    rebuttal_confidence: Confidence | None = None
    rebuttal_confidence_words: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Sharing:
    """What Open Graph and Twitter are told of a claim; `picture` is an address, empty for none."""

    title: str
    description: str
    address: str
    locale: str
    other_locales: tuple[str, ...]
    modified: datetime | None = None
    picture: str = ""
    picture_says: str = ""


def locales(language: str) -> tuple[str, tuple[str, ...]]:
    """The locale of this language, and those of the other languages of the site."""
    own, known = locale_of(language), [locale_of(code) for code, _name in settings.LANGUAGES]
    return own, tuple(locale for locale in known if locale != own)


def said_by(attribution: Attribution) -> str:
    """“SemiAnalysis, via YTN”."""
    names = str(attribution)
    if not attribution.via:
        return names
    values = {"names": names, "via": attribution.via.text, "count": attribution.others}
    if not attribution.others:
        return _("%(names)s, via %(via)s") % values
    words = ngettext(
        "%(names)s, via %(via)s and %(count)s other",
        "%(names)s, via %(via)s and %(count)s others",
        attribution.others,
    )
    return words % values


def picture_words(page: ClaimPage) -> PictureWords:
    card, strongest = page.card, page.strongest
    unrebutted = PictureWords(
        site=str(settings.SITE_NAME),
        kind=_("Counterclaim") if page.edition.is_counterclaim else _("Claim"),
        who=said_by(card.attribution),
        statement=card.statement.text,
        confidence=card.confidence,
        confidence_words=confidence_words(card.confidence),
        standing=str(page.standing.label),
        heading=_("Strongest rebuttal"),
        is_rebutted=False,
        rebuttal=_(
            "None is on record. That says what has been recorded, not that the claim is true."
        ),
    )
    if strongest is None:
        return unrebutted
    against = strongest.card
    return replace(
        unrebutted,
        heading=f"{unrebutted.heading} · {strongest.ground}",
        is_rebutted=True,
        rebuttal=against.statement.text,
        rebuttal_by=said_by(against.attribution),
        rebuttal_confidence=against.confidence,
        rebuttal_confidence_words=confidence_words(against.confidence),
        answer=strongest.answer,
    )


def claim_title(words: PictureWords) -> str:
    values = {
        "who": words.who,
        "statement": Truncator(words.statement).chars(LONGEST_STATEMENT),
        "standing": words.standing,
        "rebuttal": words.rebuttal,
    }
    if words.is_rebutted:
        return _("%(who)s: “%(statement)s” – %(standing)s: “%(rebuttal)s”") % values
    return _("%(who)s: “%(statement)s” – %(standing)s") % values


def claim_description(words: PictureWords) -> str:
    """How well the claim is supported, and what is said against it with its own confidence."""
    values = {
        "confidence": words.confidence_words,
        "standing": words.standing,
        "heading": words.heading,
        "rebuttal": words.rebuttal,
        "rebuttal_confidence": words.rebuttal_confidence_words,
    }
    if words.is_rebutted:
        return (
            _(
                "%(confidence)s. %(standing)s. %(heading)s: “%(rebuttal)s”"
                " (%(rebuttal_confidence)s)."
            )
            % values
        )
    return _("%(confidence)s. %(standing)s. %(heading)s: %(rebuttal)s") % values


def claim_sharing(
    words: PictureWords, page: ClaimPage, address: str, language: str, picture: str = ""
) -> Sharing:
    own, others = locales(language)
    return Sharing(
        title=claim_title(words),
        description=claim_description(words),
        address=address,
        locale=own,
        other_locales=others,
        modified=page.edition.opened_at,
        picture=picture,
        picture_says=f"{words.who}: “{words.statement}” {claim_description(words)}"
        if picture
        else "",
    )
