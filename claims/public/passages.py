"""Where in a claim the words stand that a reader searched for. Pure.

What counts as the same word follows guards/search.sql: English words by their stem; Hangul, Han and
kana by the run that was asked for or, where that stands nowhere, by its pairs of letters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer  # type: ignore[import-untyped]

LONGEST = 160
MOST_PASSAGES = 2

_CJK = "\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3"
RUN = re.compile(f"[{_CJK}]+")
# Letters and digits of the rest; a number keeps its point.
WORD = re.compile(rf"\d+(?:\.\d+)+|(?:(?![{_CJK}_])\w)+")
# Vowels and endings of Hangul that is written letter by letter, which compose with what precedes.
COMPOSING = re.compile("[\u1160-\u11ff]")
SPACED = re.compile(r"\s")

# What PostgreSQL leaves out of English texts.
STOP_WORDS = (
    "i me my myself we our ours ourselves you your yours yourself yourselves he him his himself "
    "she her hers herself it its itself they them their theirs themselves what which who whom "
    "this that these those am is are was were be been being have has had having do does did "
    "doing a an the and but if or because as until while of at by for with about against "
    "between into through during before after above below to from up down in out on off over "
    "under again further then once here there when where why how all any both each few more "
    "most other some such no nor not only own same so than too very s t can will just don "
    "should now "
)
STOP = frozenset(STOP_WORDS.split())
_stemmer = snowballstemmer.stemmer("english")


@dataclass(frozen=True)
class Stretch:
    """A part of a text; `is_hit` where it is what was searched for."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class Passage:
    """A piece of a text around what was searched for, and which of the asked words are in it."""

    stretches: tuple[Stretch, ...]
    terms: frozenset[str]
    is_cut_before: bool = False
    is_cut_after: bool = False

    @property
    def text(self) -> str:
        return "".join(stretch.text for stretch in self.stretches)


@dataclass(frozen=True)
class Asked:
    """What somebody searched for: stems of words, and runs of letters that put no space between."""

    stems: frozenset[str]
    runs: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.stems or self.runs)


@dataclass(frozen=True)
class Hit:
    """From where to where in the text, and for which of the asked words."""

    start: int
    end: int
    term: str


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    return str(_stemmer.stemWord(word))


def folded(text: str) -> tuple[str, list[int]]:
    """A text as it is compared, and for each of its letters where in the text it comes from."""
    made: list[str] = []
    places: list[int] = []
    for start, cluster in clusters(text):
        letters = unicodedata.normalize("NFKC", cluster).lower()
        made.append(letters)
        places += [start] * len(letters)
    places.append(len(text))
    return "".join(made), places


def clusters(text: str) -> Iterator[tuple[int, str]]:
    """Each letter with the marks that belong to it."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not belongs(text[place]):
            yield start, text[start:place]
            start = place


def belongs(char: str) -> bool:
    return bool(unicodedata.combining(char) or COMPOSING.match(char))


def asked_of(query: str) -> Asked:
    """The words of a query that texts are searched for."""
    plain, _places = folded(query)
    words = (match.group() for match in WORD.finditer(plain))
    return Asked(
        stems=frozenset(stem(word) for word in words if word not in STOP),
        runs=tuple(dict.fromkeys(match.group() for match in RUN.finditer(plain))),
    )


def hits_in(text: str, asked: Asked) -> list[Hit]:
    """Where in the text the asked words stand, in order; they may overlap."""
    plain, places = folded(text)
    found: list[Hit] = []
    for match in WORD.finditer(plain):
        root = stem(match.group())
        if root in asked.stems:
            found.append(hit(places, match.start(), match.end(), root))
    for run in asked.runs:
        wanted = [run] if run in plain else sorted({run[i : i + 2] for i in range(len(run) - 1)})
        for part in wanted:
            found += [
                hit(places, match.start(), match.end(), run)
                for match in re.finditer(re.escape(part), plain)
            ]
    return sorted(found, key=lambda one: (one.start, one.end, one.term))


def hit(places: Sequence[int], start: int, end: int, term: str) -> Hit:
    """Whole letters of the text, also where one of them is several when compared."""
    last = end
    while last < len(places) - 1 and places[last] == places[end - 1]:
        last += 1
    return Hit(places[start], places[last], term)


def marked(text: str, asked: Asked) -> Passage | None:
    """The whole text with its hits; None without any."""
    hits = hits_in(text, asked)
    return cut_out(text, hits, 0, len(text)) if hits else None


def passage_of(text: str, asked: Asked, longest: int = LONGEST) -> Passage | None:
    """The text around its first hit, cut where words end; None without a hit."""
    hits = hits_in(text, asked)
    if not hits:
        return None
    start, end = window(text, hits[0], longest)
    return cut_out(text, hits, start, end)


def window(text: str, first: Hit, longest: int) -> tuple[int, int]:
    """About `longest` letters with the first hit in their first third."""
    if len(text) <= longest:
        return 0, len(text)
    start = max(0, min(first.start - longest // 3, len(text) - longest))
    end = max(first.end, min(len(text), start + longest))
    return after_space(text, start, first.start), before_space(text, end, first.end)


def after_space(text: str, start: int, most: int) -> int:
    """The first beginning of a word from here on; where there is none, this very place."""
    if start == 0 or SPACED.match(text[start - 1]):
        return start
    found = SPACED.search(text, start, most)
    return found.end() if found else between_letters(text, start, most)


def before_space(text: str, end: int, least: int) -> int:
    if end == len(text) or SPACED.match(text[end]):
        return end
    for place in range(end - 1, least - 1, -1):
        if SPACED.match(text[place]):
            return place
    return max(least, between_letters(text, end, len(text)))


def between_letters(text: str, place: int, most: int) -> int:
    """Not between a letter and its marks."""
    while place < most and belongs(text[place]):
        place += 1
    return place


def cut_out(text: str, hits: Iterable[Hit], start: int, end: int) -> Passage:
    stretches: list[Stretch] = []
    terms = set()
    at = start
    for one in hits:
        if one.start >= end or one.end <= start:
            continue
        terms.add(one.term)
        first, last = max(one.start, at), min(one.end, end)
        if last <= first:
            continue
        stretches.append(Stretch(text[at:first], False))
        stretches.append(Stretch(text[first:last], True))
        at = last
    stretches.append(Stretch(text[at:end], False))
    return Passage(
        stretches=joined(stretches),
        terms=frozenset(terms),
        is_cut_before=start > 0,
        is_cut_after=end < len(text),
    )


def joined(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Without empty ones; neighbours that are both hits are one."""
    made: list[Stretch] = []
    for stretch in stretches:
        if not stretch.text:
            continue
        if made and made[-1].is_hit == stretch.is_hit:
            made[-1] = Stretch(made[-1].text + stretch.text, stretch.is_hit)
        else:
            made.append(stretch)
    return tuple(made)
