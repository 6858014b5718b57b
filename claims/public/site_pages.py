"""The pages of the site that are no claims, as readers see them: about us, policies.

Asks the alias `public`, like `records`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from claims.models.site_page import SitePage

from .markdown import opening, rendered
from .records import ALIAS
from .wording import Wording, by_language


@dataclass(frozen=True)
class SitePageShown:
    """One page in the language in which it is shown; `title` says when that is not the reader's."""

    title: Wording
    languages: tuple[str, ...]
    text: SafeString
    opening: str
    changed_at: datetime


@dataclass(frozen=True)
class FooterPage:
    address: str
    title: Wording


def site_page(address: str, reader: str) -> SitePageShown | None:
    """The page in the reader's language, else in another one. One query."""
    rows = {row.language: row for row in SitePage.objects.using(ALIAS).filter(address=address)}
    title = by_language({language: row.title for language, row in rows.items()}, reader)
    if title is None:
        return None
    row = rows[title.language]
    return SitePageShown(title, tuple(rows), rendered(row.text), opening(row.text), row.changed_at)


def listed(rows: Iterable[tuple[str, str, str]], reader: str) -> tuple[FooterPage, ...]:
    """(address, language, title) as one line for each page, in the order of addresses."""
    titles: dict[str, dict[str, str]] = {}
    for address, language, title in rows:
        titles.setdefault(address, {})[language] = title
    shown = ((address, by_language(texts, reader)) for address, texts in titles.items())
    return tuple(FooterPage(address, title) for address, title in shown if title)


def footer_pages(request: HttpRequest) -> dict[str, object]:
    """A context processor: `footer_pages`, asked for once, and only by a template that shows it."""

    def ask() -> tuple[FooterPage, ...]:
        rows = SitePage.objects.using(ALIAS).order_by("address", "language")
        return listed(rows.values_list("address", "language", "title"), get_language() or "")

    return {"footer_pages": SimpleLazyObject(ask)}
