"""What was taken out of a text and what was put in, word by word.

A word is what readers see as one: in Korean an eojeol (what stands between spaces), so that a
changed particle shows the whole old and the whole new word; in Chinese and Japanese one character;
elsewhere a run of letters and digits, with what belongs to a number (“7.2%”). Marks that combine
stay with their letter, so that nothing is cut inside what looks like one sign.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "out", "in"]
Token = tuple[str, str]  # its kind and its text

SPACE, WORD, IDEOGRAPH, SIGN = "space", "word", "ideograph", "sign"
# Kana, Han and their half-width forms: written without spaces.
IDEOGRAPHS = re.compile(
    "[\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff]"
)
HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
JOINERS = "\u200c\u200d"
SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
FLAG_LETTERS = re.compile("[\U0001f1e6-\U0001f1ff]")
BETWEEN_DIGITS = ".,:/"
BETWEEN_WORDS = ".'’-‐‑_@"
AFTER_DIGITS = "%‰°"
BEFORE_DIGITS = "+-−±~$€£¥₩"
# Where a Korean run without spaces is still more than one word.
SPLITS = ",;:·…/"

# Pairs of equal words that are still compared word by word; beyond, a comparison takes seconds.
MOST_PAIRS = 400_000
SENTENCE = re.compile(r"[^\n.!?。！？]*(?:[.!?。！？]+\s*|\n\s*|$)")
# Where less than this share of the words stays, in so many places, the text was written anew.
LEAST_SAME, MANY_PLACES = 0.2, 3
SHORT = 2


@dataclass(frozen=True)
class Piece:
    """A stretch of a text that is in both versions, only in the old or only in the new."""

    kind: Kind
    text: str

    @property
    def is_blank(self) -> bool:
        """Nothing but spaces and line breaks: to be shown by more than its own absence."""
        return bool(self.text) and not self.text.strip()


def pieces_of(before: str, after: str) -> tuple[Piece, ...]:
    """The differences of two texts. Same and out make the old text, same and in the new."""
    if before == after:
        return joined([("same", before)])
    if not before.strip() or not after.strip():
        return joined([("out", before), ("in", after)])
    pieces = calm(joined(by_words(before, after)))
    return joined([("out", before), ("in", after)]) if is_rewritten(pieces) else pieces


def by_words(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    old = [text for _kind, text in tokens(before)]
    new = [text for _kind, text in tokens(after)]
    if is_cheap(old, new):
        yield from matched(old, new)
    else:
        yield from by_sentences(before, after)


def by_sentences(before: str, after: str) -> Iterator[tuple[Kind, str]]:
    """For texts too long to be compared at once: first sentences, then the words of the changed."""
    old, new = SENTENCE.findall(before), SENTENCE.findall(after)
    if not is_cheap(old, new):
        yield from (("out", before), ("in", after))
        return
    for kind, taken, put in blocks(old, new):
        if kind == "same":
            yield "same", taken
            continue
        words = [[text for _kind, text in tokens(each)] for each in (taken, put)]
        if is_cheap(*words):
            yield from matched(*words)
        else:
            yield from (("out", taken), ("in", put))


def matched(old: list[str], new: list[str]) -> Iterator[tuple[Kind, str]]:
    for kind, taken, put in blocks(old, new):
        if kind == "same":
            yield "same", taken
        else:
            yield from (("out", taken), ("in", put))


def blocks(old: list[str], new: list[str]) -> Iterator[tuple[str, str, str]]:
    # Spaces alone never make two stretches match.
    matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        kind = "same" if tag == "equal" else "changed"
        yield kind, "".join(old[i:j]), "".join(new[k:m])


def is_cheap(old: list[str], new: list[str]) -> bool:
    counts = Counter(new)
    pairs = sum(
        number * counts[text] for text, number in Counter(old).items() if not text.isspace()
    )
    return pairs <= MOST_PAIRS


def joined(pieces: Iterable[tuple[Kind, str]]) -> tuple[Piece, ...]:
    """Without empty pieces, neighbours of one kind in one; what is out stands before what is in."""
    made: list[Piece] = []
    for _is_same, run in groupby(
        (each for each in pieces if each[1]), lambda each: each[0] == "same"
    ):
        texts: dict[Kind, str] = {"same": "", "out": "", "in": ""}
        for kind, text in run:
            texts[kind] += text
        made += [Piece(kind, text) for kind, text in texts.items() if text]
    return tuple(made)


def calm(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """What stayed between two changes, but says nothing alone, becomes part of them."""
    last = len(pieces) - 1
    spread: list[tuple[Kind, str]] = []
    for place, piece in enumerate(pieces):
        if piece.kind == "same" and 0 < place < last and says_little(piece.text):
            spread += [("out", piece.text), ("in", piece.text)]
        else:
            spread.append((piece.kind, piece.text))
    return joined(spread)


def says_little(text: str) -> bool:
    """Only spaces and punctuation, or one very short word that is no number."""
    words = [word for kind, word in tokens(text) if kind in (WORD, IDEOGRAPH)]
    if not words:
        return True
    (first, *more) = words
    return not more and len(first) <= SHORT and not any(map(str.isdigit, first))


def is_rewritten(pieces: tuple[Piece, ...]) -> bool:
    """Whether so little stayed, in so many places, that the two are easier to read whole."""
    sizes = dict.fromkeys(("same", "out", "in"), 0)
    for piece in pieces:
        sizes[piece.kind] += len(piece.text)
    whole = sizes["same"] + max(sizes["out"], sizes["in"])
    places = sum(
        piece.kind != "same" and (place == 0 or pieces[place - 1].kind == "same")
        for place, piece in enumerate(pieces)
    )
    return places >= MANY_PLACES and sizes["same"] < LEAST_SAME * whole


def tokens(text: str) -> list[Token]:
    """A text as the words, signs and spaces that it is compared by; together they are the text."""
    found: list[Token] = []
    chunk: list[Token] = []
    for token in runs(text):
        if token[0] == SPACE:
            found += [*words_of(chunk), token]
            chunk = []
        else:
            chunk.append(token)
    return found + words_of(chunk)


def runs(text: str) -> Iterator[Token]:
    """Runs of spaces and of letters and digits; every other sign alone, with its marks."""
    kind, run = "", ""
    for char in text:
        next_kind = kind_of(char)
        goes_on = (
            run
            and kind != SPACE
            and (continues(char) or run[-1] == "\u200d" or is_half_a_flag(run, char))
        )
        if goes_on or (next_kind == kind and kind in (SPACE, WORD)):
            run += char
            continue
        if run:
            yield kind, run
        kind, run = next_kind, char
    if run:
        yield kind, run


def kind_of(char: str) -> str:
    if char.isspace():
        return SPACE
    if IDEOGRAPHS.match(char):
        return IDEOGRAPH
    return WORD if unicodedata.category(char)[0] in "LNM" else SIGN


def continues(char: str) -> bool:
    """Whether it is shown as part of the sign before it."""
    return (
        unicodedata.category(char)[0] == "M"
        or char in JOINERS
        or SKIN_TONES.match(char) is not None
    )


def is_half_a_flag(run: str, char: str) -> bool:
    return bool(len(run) == 1 and FLAG_LETTERS.match(run) and FLAG_LETTERS.match(char))


def words_of(chunk: list[Token]) -> list[Token]:
    """What stands between two spaces, as words."""
    glued = glue(chunk)
    letters = "".join(text for _kind, text in chunk)
    hangul = len(HANGUL.findall(letters))
    return eojeols(glued) if hangul and hangul >= len(IDEOGRAPHS.findall(letters)) else glued


def glue(chunk: list[Token]) -> list[Token]:
    """Numbers with their points, signs and units; compounds with their hyphens."""
    made: list[Token] = []
    joins = False
    for place, (kind, text) in enumerate(chunk):
        before = made[-1] if made else ("", "")
        after = chunk[place + 1] if place + 1 < len(chunk) else ("", "")
        if joins or (kind == SIGN and belongs_to(before, text, after)):
            made[-1] = (WORD, before[1] + text)
            joins = kind == SIGN and not joins and text not in AFTER_DIGITS
            continue
        made.append((kind, text))
        joins = kind == SIGN and text in BEFORE_DIGITS and starts_number(before, after)
    return made


def belongs_to(before: Token, sign: str, after: Token) -> bool:
    """Whether a sign is part of the word before it, and of the one after it if it stands between.

    What stands between two words joins them: the next one is added as well.
    """
    if before[0] != WORD:
        return False
    if sign in AFTER_DIGITS:
        return before[1][-1].isdigit()
    if after[0] != WORD:
        return False
    if sign in BETWEEN_DIGITS and before[1][-1].isdigit() and after[1][0].isdigit():
        return True
    return sign in BETWEEN_WORDS


def starts_number(before: Token, after: Token) -> bool:
    return before[0] != WORD and after[0] == WORD and after[1][0].isdigit()


def eojeols(chunk: list[Token]) -> list[Token]:
    """Korean: from the first letter to the last one word, but for what lists words."""
    made: list[Token] = []
    part: list[Token] = []
    for token in [*chunk, (SIGN, "")]:
        if token[0] == SIGN and (token[1] in SPLITS or not token[1]):
            made += [*one_word(part), token]
            part = []
        else:
            part.append(token)
    return [token for token in made if token[1]]


def one_word(part: list[Token]) -> list[Token]:
    """Signs before and after stay alone; what is between them is one word."""
    places = [place for place, (kind, _text) in enumerate(part) if kind != SIGN]
    if not places:
        return part
    first, last = places[0], places[-1] + 1
    word = "".join(text for _kind, text in part[first:last])
    return [*part[:first], (WORD, word), *part[last:]]
