"""Claims on other people’s pages: the card that they frame, and oEmbed to find it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from django.utils.html import format_html
from django.utils.translation import gettext as _

from claims.choices import ChangeKind, Standing

from .pages import ReviewShown, review_of
from .rebuttals import ClaimCard, Strongest, card_of, strongest_of
from .records import Edition, PublishedRebuttal
from .wording import confidence_words

WIDTH, HEIGHT = 600, 420
NARROW, TALL = 480, 600  # below that width the same words need this height
FORMATS = ("json", "xml")
# Nothing runs in the frame; its links open beside the page that frames it.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
CACHE_AGE = 3600


@dataclass(frozen=True)
class CardShown:
    """The live state of a claim, in a few lines."""

    edition: Edition
    card: ClaimCard
    standing: Standing
    strongest: Strongest | None
    corrected: Edition | None
    review: ReviewShown | None

    @property
    def title(self) -> str:
        return title_of(self.card, self.standing)


def card_shown(
    edition: Edition,
    editions: Sequence[Edition],
    edges: Sequence[PublishedRebuttal],
    beside: Mapping[str, Edition],
    standing: Standing,
    reader: str,
) -> CardShown:
    """`editions` are the readable ones, newest first; `beside` holds the strongest rebuttal's."""
    corrections = [one for one in editions if one.kind == ChangeKind.CORRECTION]
    return CardShown(
        edition=edition,
        card=card_of(edition, reader),
        standing=standing,
        strongest=strongest_of(edition.claim, beside, edges, reader),
        corrected=next(iter(corrections), None),
        review=review_of(edition),
    )


def title_of(card: ClaimCard, standing: Standing) -> str:
    """What a claim is called elsewhere: never the bare statement."""
    return _("%(who)s: “%(statement)s” · %(confidence)s · %(standing)s") % {
        "who": card.attribution,
        "statement": card.statement,
        "confidence": confidence_words(card.confidence),
        "standing": standing.label,
    }


def frame(address: str, title: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The HTML to paste: a frame and nothing that runs."""
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" sandbox="{}" loading="lazy"'
        ' style="border:0;max-width:100%"></iframe>',
        address,
        title,
        width,
        height,
        SANDBOX,
    )


# --- oEmbed ---------------------------------------------------------------------------------------


class Refused(Exception):
    """Why nothing can be embedded; `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Asked:
    """What a consumer asks for: the path of a page of ours, and how large and how written."""

    path: str
    format: str
    width: int
    height: int


def understood(query: Mapping[str, str], host: str) -> Asked:
    """The consumer's parameters; raises `Refused`. `host` is where we are, with its port."""
    wanted = query.get("format", "") or "json"
    if wanted not in FORMATS:
        raise Refused(501, _("This address answers in JSON and in XML only."))
    address = query.get("url", "").strip()
    if not address:
        raise Refused(400, _("Name the page with “url”."))
    try:
        parts = urlsplit(address)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_web = False
    if not is_web:
        raise Refused(400, _("“url” is the whole address of a page, with https:// or http://."))
    if parts.netloc.rpartition("@")[2].lower() != host.lower():
        raise Refused(404, _("This page is not one of ours."))
    width = min(WIDTH, most(query, "maxwidth", WIDTH))
    needed = HEIGHT if width >= NARROW else TALL
    height = min(needed, most(query, "maxheight", needed))
    return Asked(parts.path, wanted, width, height)


def most(query: Mapping[str, str], name: str, otherwise: int) -> int:
    given = query.get(name, "").strip()
    if not given:
        return otherwise
    if not (given.isascii() and given.isdigit() and len(given) <= 9 and int(given)):
        sentence = _("“%(name)s” is a number of pixels, such as 400.")
        raise Refused(400, sentence % {"name": name})
    return int(given)


def answer(
    shown: CardShown, asked: Asked, address: str, provider: str, home: str
) -> dict[str, Any]:
    """The members of the answer, as the specification has them for the type “rich”."""
    return {
        "type": "rich",
        "version": "1.0",
        "title": shown.title,
        "provider_name": provider,
        "provider_url": home,
        "cache_age": CACHE_AGE,
        "html": frame(address, shown.title, asked.width, asked.height),
        "width": asked.width,
        "height": asked.height,
    }


def as_xml(members: Mapping[str, Any]) -> str:
    root = ElementTree.Element("oembed")
    for name, value in members.items():
        ElementTree.SubElement(root, name).text = str(value)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n{text}'
