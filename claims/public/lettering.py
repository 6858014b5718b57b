"""Setting text in a picture: faces that cover it, lines that fit, either direction of writing.

The faces come with the packages named below, so that every machine draws the same; what none of
them can draw is not drawn at all (`covers`), never as empty boxes.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import pylopdf_fonts_ar
import pylopdf_fonts_ko
from PIL import ImageDraw, ImageFont

ELLIPSIS = "…"
# Latin, Hangul, Han, kana, Greek and Cyrillic first; then Arabic with its own Latin.
SERIF = (
    pylopdf_fonts_ko.serif_path(),
    Path(pylopdf_fonts_ar.__file__).parent / "NotoNaskhArabic-Variable.ttf",
)
SANS = (
    pylopdf_fonts_ko.sans_path(),
    Path(pylopdf_fonts_ar.__file__).parent / "NotoSansArabic-Variable.ttf",
)
# What no face holds, to learn how each draws what it lacks.
NOWHERE = "\U0010ffff"

Faces = Sequence[Path]


@dataclass(frozen=True)
class Style:
    """How a text is set: faces in their order, size in pixels, thickening, colour."""

    faces: tuple[Path, ...]
    size: int
    colour: str
    weight: float = 0


@cache
def font(face: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(face, size)


@cache
def _glyphs(face: Path) -> tuple[ImageFont.FreeTypeFont, bytes]:
    plain = ImageFont.truetype(face, 16, layout_engine=ImageFont.Layout.BASIC)
    return plain, bytes(plain.getmask(NOWHERE))


@lru_cache(maxsize=20_000)
def has(face: Path, letter: str) -> bool:
    """Whether a face has a glyph for this letter; spaces and invisible signs need none."""
    if unicodedata.category(letter)[0] in "ZC":
        return True
    plain, missing = _glyphs(face)
    return bytes(plain.getmask(letter)) != missing


def covers(faces: Faces, text: str) -> bool:
    return all(any(has(face, letter) for face in faces) for letter in set(text))


def is_right_to_left(text: str) -> bool:
    """Which way a text is written, by its first letter that says so."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in ("R", "AL") for each in directions if each in ("L", "R", "AL")), False)


def runs(text: str, faces: Faces) -> Iterator[tuple[Path, str]]:
    """The text in pieces of one face each; a face is kept for as long as it has the letters."""
    first, face, start = (
        next((n for n, each in enumerate(faces) if covers([each], text)), 0),
        None,
        0,
    )
    order = [faces[first], *(each for each in faces if each != faces[first])]
    for place, letter in enumerate(text):
        if face is not None and has(face, letter):
            continue
        wanted = next((each for each in order if has(each, letter)), order[0])
        if face is not None:
            yield face, text[start:place]
        face, start = wanted, place
    if face is not None:
        yield face, text[start:]


@lru_cache(maxsize=10_000)
def width(text: str, style: Style) -> float:
    pieces = runs(text, style.faces)
    return sum(font(face, style.size).getlength(piece) for face, piece in pieces)


def wrap(text: str, style: Style, room: int) -> list[str]:
    """Lines that fit in `room` pixels, broken at spaces (in Korean: between eojeols); a word that
    is too long for any line, or writing without spaces, is broken where the line is full."""
    lines, line, taken, space = [], "", 0.0, width(" ", style)
    for word in text.split():
        wide = width(word, style)
        if line and taken + space + wide <= room:
            line, taken = f"{line} {word}", taken + space + wide
            continue
        if line:
            lines.append(line)
        *full, line = _broken(word, style, room) if wide > room else [word]
        lines, taken = [*lines, *full], width(line, style)
    return [*lines, line] if line else lines


def _broken(word: str, style: Style, room: int) -> list[str]:
    parts, taken = [""], 0.0
    for letter in word:
        wide = width(letter, style)
        if parts[-1] and taken + wide > room:
            parts, taken = [*parts, ""], 0.0
        parts[-1] += letter
        taken += wide
    return parts


def shortened(line: str, style: Style, room: int) -> str:
    """The line with an ellipsis after its last word that leaves room for one."""
    while line and width(line + ELLIPSIS, style) > room:
        shorter = line.rpartition(" ")[0]
        line = shorter or line[:-1]
    return line.rstrip(" ,;:·") + ELLIPSIS


def fitted(
    text: str, styles: Sequence[Style], room: int, most: Sequence[int]
) -> tuple[Style, list[str]]:
    """The first style in which the text takes no more than its number of lines; in the last one it
    is cut."""
    for style, lines_left in zip(styles, most, strict=True):
        lines = wrap(text, style, room)
        if len(lines) <= lines_left:
            return style, lines
    return style, [
        *lines[: lines_left - 1],
        shortened(" ".join(lines[lines_left - 1 : lines_left + 1]), style, room),
    ]


def write(
    draw: ImageDraw.ImageDraw, place: tuple[float, float], line: str, style: Style, room: int
) -> float:
    """Draw one line on its baseline; what is written from the right ends at the right edge of
    `room`, where there is any. Returns how wide it was."""
    x, y = place
    pieces, backwards = list(runs(line, style.faces)), room > 0 and is_right_to_left(line)
    taken = width(line, style)
    if backwards:
        x, pieces = x + room - taken, pieces[::-1]
    for face, piece in pieces:
        set_in = font(face, style.size)
        draw.text((x, y), piece, style.colour, set_in, anchor="ls", stroke_width=style.weight)
        x += set_in.getlength(piece)
    return taken
