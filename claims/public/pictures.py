"""The picture that goes with a shared claim: 1200 × 630, the claim beside its strongest rebuttal.

Pure: words in, a PNG out. A claim in letters that our faces lack has no picture.
"""

import hashlib
import io
from functools import cache, lru_cache

from PIL import Image, ImageColor, ImageDraw

from claims.choices import Confidence

from .lettering import SANS, SERIF, Style, covers, fitted, shortened, width, wrap, write
from .sharing import PictureWords

SIZE = WIDTH, HEIGHT = 1200, 630
EDGE = 64
ROOM = WIDTH - 2 * EDGE
# The light palette of site.css.
PAPER, SHEET, INK, QUIET, RULE = "#fbfaf7", "#ffffff", "#1b1a17", "#5d594f", "#dcd7cb"
CLAIM, REBUT = "#1d4f91", "#a8430f"
# What stands on what, for a small palette that has these colours exactly and their soft edges.
GROUNDS = {PAPER: (INK, QUIET, CLAIM, REBUT), SHEET: (INK, QUIET, REBUT)}
SHADES = 7
LEADING = 1.32
BOX_TOP, BOX_BOTTOM, BOX_PADDING = 338, 566, 28

SMALL = Style(SANS, 25, QUIET)
STATEMENT = [Style(SERIF, size, INK, 0.7) for size in (54, 46, 40, 34)]
STATEMENT_LINES = (2, 3, 3, 4)
REBUTTAL = [Style(SERIF, size, INK, 0.4) for size in (34, 30, 27)]
REBUTTAL_LINES = (2, 2, 3)


def can_draw(words: PictureWords) -> bool:
    """Whether our faces have every letter of it."""
    serif = words.statement + words.rebuttal
    sans = "".join(
        (words.site, words.kind, words.who, words.confidence_words, words.standing, words.heading)
    )
    more = words.rebuttal_by + words.rebuttal_confidence_words + words.answer
    return covers(SERIF, serif) and covers(SANS, sans + more)


def fingerprint(words: PictureWords) -> str:
    """Changes with what the picture says: places that keep pictures then fetch the new one."""
    return hashlib.sha256(repr(words).encode()).hexdigest()[:12]


@lru_cache(maxsize=128)
def draw_picture(words: PictureWords) -> bytes:
    image = Image.new("RGB", SIZE, PAPER)
    draw = ImageDraw.Draw(image)
    draw_claim(draw, words)
    draw_rebuttal(draw, words)
    draw_foot(draw, words)
    out = io.BytesIO()
    image.quantize(palette=palette(), dither=Image.Dither.NONE).save(out, "PNG", compress_level=6)
    return out.getvalue()


@cache
def palette() -> Image.Image:
    found = [*ImageColor.getrgb(PAPER), *ImageColor.getrgb(SHEET), *ImageColor.getrgb(RULE)]
    for ground, inks in GROUNDS.items():
        for ink in inks:
            ends = ImageColor.getrgb(ink), ImageColor.getrgb(ground)
            for step in range(SHADES):
                found += [a + (b - a) * step // SHADES for a, b in zip(*ends, strict=True)]
    image = Image.new("P", (1, 1))
    image.putpalette(found)
    return image


def draw_claim(draw: ImageDraw.ImageDraw, words: PictureWords) -> None:
    draw.rectangle((0, 0, WIDTH, 10), CLAIM)
    kind, who = Style(SANS, 25, CLAIM, 0.6), Style(SANS, 25, CLAIM)
    left = write(draw, (EDGE, 70), words.kind, kind, ROOM) + 20
    write(draw, (EDGE + left, 70), one_line(words.who, who, ROOM - left), who, 0)
    style, lines = fitted(words.statement, STATEMENT, ROOM, STATEMENT_LINES)
    y = 84.0
    for line in lines:
        y += style.size * LEADING
        write(draw, (EDGE, y), line, style, ROOM)
    support(draw, y + 52, words.confidence, words.confidence_words, words.standing)


def draw_rebuttal(draw: ImageDraw.ImageDraw, words: PictureWords) -> None:
    side = REBUT if words.is_rebutted else RULE
    draw.rectangle((EDGE, BOX_TOP, WIDTH - EDGE, BOX_BOTTOM), SHEET)
    draw.rectangle((EDGE, BOX_TOP, EDGE + 7, BOX_BOTTOM), side)
    x, room = EDGE + 7 + BOX_PADDING, ROOM - 7 - 2 * BOX_PADDING
    heading = Style(SANS, 25, REBUT if words.is_rebutted else QUIET, 0.6)
    write(draw, (x, BOX_TOP + 46), one_line(words.heading, heading, room), heading, room)
    styles = (
        REBUTTAL if words.is_rebutted else [Style(SERIF, style.size, QUIET) for style in REBUTTAL]
    )
    style, lines = fitted(words.rebuttal, styles, room, REBUTTAL_LINES)
    y = BOX_TOP + 54.0
    for line in lines:
        y += style.size * LEADING
        write(draw, (x, y), line, style, room)
    if words.rebuttal_confidence is not None:
        by = " · ".join(part for part in (words.rebuttal_by, words.answer) if part)
        support(
            draw,
            BOX_BOTTOM - 24,
            words.rebuttal_confidence,
            words.rebuttal_confidence_words,
            by,
            x,
            room,
        )


def draw_foot(draw: ImageDraw.ImageDraw, words: PictureWords) -> None:
    brand = Style(SERIF, 28, INK, 0.6)
    if words.site == "Counterclaim":  # our own name, in the colours of both sides
        x = EDGE + write(draw, (EDGE, 607), "Counter", brand, ROOM)
        write(draw, (x, 607), "claim", Style(SERIF, 28, REBUT, 0.6), ROOM)
    else:
        write(draw, (EDGE, 607), one_line(words.site, brand, ROOM), brand, ROOM)


def support(
    draw: ImageDraw.ImageDraw,
    y: float,
    confidence: Confidence,
    said: str,
    beside: str,
    x: int = EDGE,
    room: int = ROOM,
) -> None:
    """The meter and the words of a confidence, and in what is left of the line what goes beside."""
    taken = meter(draw, x, y - 17, confidence) + 14
    taken += write(draw, (x + taken, y), said, Style(SANS, 25, INK, 0.3), 0) + 26
    if beside and taken < room - 80:
        write(draw, (x + taken, y), one_line(beside, SMALL, room - int(taken)), SMALL, 0)


def meter(draw: ImageDraw.ImageDraw, x: float, y: float, confidence: Confidence) -> float:
    """Three steps, as on the pages; dashed where nothing was assessed."""
    for step in range(3):
        left = x + step * 38
        box = (left, y, left + 31, y + 13)
        if confidence.steps > step:
            draw.rounded_rectangle(box, 2, INK)
        elif confidence is Confidence.NOT_ASSESSED:
            dashed(draw, box)
        else:
            draw.rounded_rectangle(box, 2, outline=QUIET, width=2)
    return 2 * 38 + 31


def dashed(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
    left, top, right, bottom = box
    for start in range(int(left), int(right), 8):
        for y in (top, bottom):
            draw.line((start, y, min(start + 4, right), y), QUIET, 2)
    for start in range(int(top), int(bottom), 8):
        for x in (left, right):
            draw.line((x, start, x, min(start + 4, bottom)), QUIET, 2)


def one_line(text: str, style: Style, room: float) -> str:
    lines = wrap(text, style, int(room))
    if len(lines) < 2 or width(text, style) <= room:
        return text
    return shortened(" ".join(lines[:2]), style, int(room))
