"""What a readers' page has to be, for as many pages at once as there are: sound HTML, named by its
translations, and a ClaimReview that Google's preset accepts. Pages are given by their address."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from tests.validators import VALIDATORS, program

HOST = "http://testserver"
ALTERNATE = re.compile(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">')
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
CONTROL = "the control"
BROKEN_HTML = "<!doctype html><title>x</title><p><div></p>"
BROKEN_REVIEW = (
    '<!doctype html><title>x</title><script type="application/ld+json">'
    '{"@context": "https://schema.org", "@type": "ClaimReview", "url": "https://example.org/",'
    ' "reviewRating": {"@type": "Rating", "alternateName": "False"}}</script>'
)
# What the tool looks at on a page with a ClaimReview: that it found one, and Google's eight.
GOOGLE = frozenset(
    {"ClaimReview"}
    | {
        f"ClaimReview[0].{name}"
        for name in (
            *('"@type"', "url", "reviewRating", "claimReviewed"),
            *("author", "datePublished", "itemReviewed"),
        )
    }
)
DETECTED = "ClaimReview[0]"


def written(pages: Mapping[str, str], folder: Path, control: str) -> dict[str, str]:
    """The pages and a broken one as files in the folder; their addresses by file name."""
    folder.mkdir()
    names = {}
    for number, (address, html) in enumerate([*pages.items(), (CONTROL, control)]):
        names[f"{number}.html"] = address
        (folder / f"{number}.html").write_text(html)
    return names


# --- HTML -----------------------------------------------------------------------------------------


def html_errors(pages: Mapping[str, str], folder: Path) -> list[tuple[str, str, str | None]]:
    """What the Nu HTML checker (vnu) finds wrong; it has to find the control."""
    jar = program("java", VALIDATORS / "vnu-jar" / "build" / "dist" / "vnu.jar")
    names = written(pages, folder, BROKEN_HTML)
    result = subprocess.run(
        ["java", "-jar", jar, "--errors-only", "--format", "json", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    found = [
        (names[Path(each["url"]).name], each["message"], each.get("extract"))
        for each in json.loads(result.stderr)["messages"]
    ]
    assert [each for each in found if each[0] == CONTROL]
    return [each for each in found if each[0] != CONTROL]


# --- Heads ----------------------------------------------------------------------------------------


def head_complaints(pages: Mapping[str, str]) -> list[str]:
    """Each page has a title of its own; what search engines may list has a description and an
    address as well."""
    titles: dict[tuple[str, str], str] = {}
    found = []
    for path, html in pages.items():
        head = html.partition("</head>")[0]
        title = re.search(r"<title>(.*?)</title>", head, re.DOTALL)
        if not title or len(unescape(title[1]).strip()) <= 5:
            found.append(f"{path} has no title")
        elif 'name="robots" content="noindex' not in head:
            description = re.search(r'<meta name="description" content="([^"]+)"', head)
            canonical = re.search(r'<link rel="canonical" href="([^"]+)"', head)
            if not description or len(description[1]) <= 20:
                found.append(f"{path} has no description")
            if not canonical:
                found.append(f"{path} has no address")
            elif titles.setdefault((path[:4], title[1]), canonical[1]) != canonical[1]:
                found.append(f"{path} is called {title[1]!r} like {titles[path[:4], title[1]]}")
    return found


# --- Translations ---------------------------------------------------------------------------------


def alternates(html: str) -> set[tuple[str, str]]:
    """The page's versions by language, itself among them. Where readers of other languages are
    sent is none: it answers with one of these."""
    return {
        (code, unescape(address).removeprefix(HOST))
        for code, address in ALTERNATE.findall(html)
        if code != "x-default"
    }


def translation_complaints(pages: Mapping[str, str]) -> list[str]:
    """Each page lists itself and the others, and they list it."""
    lists = {path: alternates(html) for path, html in pages.items()}
    assert sum(map(bool, lists.values())) > 40
    return [
        f"{path} names {address} ({code}), which names {lists.get(address)}"
        for path, others in lists.items()
        for code, address in others
        if lists.get(address) != others
    ]


# --- Structured data ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Judged:
    """What structured-data-testing-tool says of one page."""

    schemas: tuple[str, ...]
    passed: frozenset[str]
    not_passed: tuple[str, ...]


def reviews(html: str) -> list[dict]:
    """The ClaimReviews that a page carries, wherever they stand: the tool and Google overlook one
    inside a graph, we do not."""
    return [node for node in nodes_of(html) if node.get("@type") == "ClaimReview"]


def nodes_of(html: str) -> Iterator[dict]:
    """Everything that a page's data blocks tell of, however deep."""
    for text in BLOCK.findall(html):
        yield from nodes(json.loads(text))


def nodes(data: object) -> Iterator[dict]:
    if isinstance(data, dict):
        yield data
    for each in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from nodes(each)


def judged(pages: Mapping[str, str], folder: Path) -> dict[str, Judged]:
    """Google's preset on every page; the tool ends well on pages in which it finds nothing."""
    program("node", VALIDATORS / "structured-data-testing-tool" / "index.js")
    names = written(pages, folder, BROKEN_REVIEW)
    result = subprocess.run(
        ["node", VALIDATORS.parent / "structured-data.js", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    found = {}
    for line in result.stdout.splitlines():
        one = json.loads(line)
        found[names[Path(one["page"]).name]] = Judged(
            tuple(one["schemas"]),
            frozenset(test.partition(": ")[2] for test in one["passed"]),
            (*one["failed"], *one["warnings"]),
        )
    assert len(found) == len(pages) + 1
    return found


def review_complaints(pages: Mapping[str, str], folder: Path) -> tuple[int, list[str]]:
    """On how many pages the tool found a ClaimReview, and what is wrong: with one of these, or
    because our own look found something else. The control passes four tests of eight."""
    found = judged(pages, folder)
    control = found.pop(CONTROL)
    assert (control.schemas, len(control.passed & GOOGLE)) == (("ClaimReview",), 4)
    assert len(control.not_passed) == 4
    wrong = []
    for address, html in pages.items():
        ours, theirs = len(reviews(html)), found[address]
        if ours > 1 or theirs.schemas != ("ClaimReview",) * ours:
            wrong.append(f"{address}: {ours} by our own look, {theirs.schemas} by the tool's")
        elif ours and (theirs.passed != GOOGLE | {DETECTED} or theirs.not_passed):
            wrong.append(f"{address}: {theirs.not_passed} not passed")
    carrying = [address for address, one in found.items() if "ClaimReview" in one.schemas]
    return len(carrying), wrong
