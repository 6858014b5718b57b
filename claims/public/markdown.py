"""The text of the site's own pages: CommonMark without HTML or pictures, as safe HTML. Pure."""

import re
from collections.abc import Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

SCHEMES = ("http", "https", "mailto")
# What a browser takes out of an address before it reads its scheme.
UNSEEN = re.compile(r"[\x00-\x20\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202f\u2060\ufeff]")
# Deeper levels of lists and quotations than anybody reads are left out.
DEEPEST = 20


def is_link(address: str) -> bool:
    """Whether a link may lead there: the web, mail, or a page of this site."""
    if UNSEEN.search(address) or address.startswith(("//", "\\", "/\\")):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in SCHEMES if parts.scheme else ":" not in parts.path.partition("/")[0]


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False, "maxNesting": DEEPEST})
    parser.disable(["image", "html_block", "html_inline"])
    parser.validateLink = is_link  # type: ignore[method-assign, assignment]
    return parser


_PARSER = _parser()


def shift_headings(tokens: Sequence[Token]) -> None:
    """Headings begin below the page's own and leave out no level."""
    above: list[int] = []
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while above and above[-1] >= level:
                above.pop()
            above.append(level)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, 1 + len(above))}"


def mark_links(tokens: Sequence[Token]) -> None:
    """Links that leave the site say so to the browser."""
    for token in tokens:
        if token.type == "link_open" and str(token.attrGet("href")).startswith("http"):
            token.attrSet("rel", "noopener noreferrer")
        mark_links(token.children or [])


@lru_cache(maxsize=64)
def rendered(text: str) -> SafeString:
    tokens = _PARSER.parse(text)
    shift_headings(tokens)
    mark_links(tokens)
    # Safe: the parser escapes all text, and HTML is off.
    return SafeString(_PARSER.renderer.render(tokens, _PARSER.options, {}))


def opening(text: str, most: int = 200) -> str:
    """The first paragraph in plain words, for descriptions."""
    before = ""
    for token in _PARSER.parse(text):
        if token.type == "inline" and before == "paragraph_open":
            said = "".join(
                " " if each.type in ("softbreak", "hardbreak") else each.content
                for each in token.children or []
            ).strip()
            if said:
                return said if len(said) <= most else said[: most - 1].rstrip() + "…"
        before = token.type
    return ""
