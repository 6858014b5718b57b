"""How an edition of a claim is cited: in words, as BibTeX and as CSL-JSON. Pure.

Sources of the formats: BibTeX's entries and fields after O. Patashnik, "BibTeXing" (1988), with the
fields `url` and `language` that later styles read; CSL-JSON after `schemas/input/csl-data.json` of
the Citation Style Language project (a list of items; `type` and `id` required; names that are not
divided into a family's and a given one are `literal`; dates as `date-parts`).

Who publishes the record is its author; who made the claim stands beside it, so that nobody takes
the one for the other.
"""

import json
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from .records import Edition
from .wording import Wording, attribution_of, statement_of

# In braces of their own where LaTeX would read on; no brace is written as itself, because BibTeX
# counts those that are escaped as well.
LATEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "$&#_%"},
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True)
class Cited:
    """What a citation says of an edition, in one of the site's languages."""

    site: str
    claim: str
    number: int
    is_counterclaim: bool
    statement: Wording
    by: str
    opened: date
    address: str
    language: str

    @property
    def key(self) -> str:
        return f"claim-{self.claim}-{self.number}"


def cited(edition: Edition, language: str, *, site: str, address: str) -> Cited:
    """`address` is the edition's own, in this language."""
    return Cited(
        site=site,
        claim=edition.claim,
        number=edition.number,
        is_counterclaim=edition.is_counterclaim,
        statement=statement_of(edition.document, language),
        by=str(attribution_of(edition.document, language)),
        opened=timezone.localdate(edition.opened_at),
        address=address,
        language=language,
    )


def in_words(one: Cited) -> str:
    """One line for a footnote, in the language of the citation."""
    with translation.override(one.language):
        words = (
            _("%(site)s, counterclaim by %(by)s: “%(statement)s”, edition %(number)s, %(day)s.")
            if one.is_counterclaim
            else _("%(site)s, claim by %(by)s: “%(statement)s”, edition %(number)s, %(day)s.")
        )
        day = date_format(one.opened, pgettext("date format, day", "j F Y"))
        sentence = words % {
            "site": one.site,
            "by": one.by,
            "statement": one_line(one.statement.text),
            "number": one.number,
            "day": day,
        }
    return f"{sentence} {one.address}"


def note_of(one: Cited) -> str:
    """Whose claim it is, for the formats that know only authors."""
    with translation.override(one.language):
        words = (
            _("Counterclaim by %(by)s; edition %(number)s of its record")
            if one.is_counterclaim
            else _("Claim by %(by)s; edition %(number)s of its record")
        )
        return words % {"by": one.by, "number": one.number}


def one_line(text: str) -> str:
    return " ".join(text.split())


def for_latex(text: str) -> str:
    return re.sub(r"[\\{}~^$&#_%]", lambda found: LATEX[found[0]], one_line(text))


def for_url(address: str) -> str:
    """An address has none of these unless somebody typed them: a brace would end the field."""
    return address.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")


def bibtex(one: Cited) -> str:
    """The double braces keep a name in one and a title's capitals."""
    fields = {
        "author": f"{{{for_latex(one.site)}}}",
        "title": f"{{{for_latex(one.statement.text)}}}",
        "note": for_latex(note_of(one)),
        "year": f"{one.opened:%Y}",
        "language": one.statement.language,
        "url": for_url(one.address),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    lines.append(f"  month = {MONTHS[one.opened.month - 1]},")
    return "\n".join([f"@misc{{{one.key},", *lines, "}"]) + "\n"


def csl_item(one: Cited) -> dict[str, Any]:
    day = one.opened
    return {
        "id": one.key,
        "type": "webpage",
        "title": one_line(one.statement.text),
        "author": [{"literal": one.site}],
        "container-title": one.site,
        "issued": {"date-parts": [[day.year, day.month, day.day]]},
        "version": str(one.number),
        "note": note_of(one),
        "language": one.statement.language,
        "URL": one.address,
    }


def csl_json(one: Cited) -> str:
    return json.dumps([csl_item(one)], ensure_ascii=False, indent=2) + "\n"
