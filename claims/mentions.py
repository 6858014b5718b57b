"""Who is spoken to in a comment: “@mina, can you look at this?” Pure."""

import re
from collections.abc import Container

# A username is what Django allows in one; the sign inside an address or a word is none of ours.
MENTION = re.compile(r"(?<![\w.+-@])@(\w[\w.+@-]{0,149})")
HANGUL = re.compile(r"[가-힣]")


def mentioned(text: str) -> dict[str, list[str]]:
    """Each mention in a text with the usernames that it may mean, the longest first.

    A full stop at the end belongs to none. Korean puts particles and titles right behind a name
    (“@mina에게”), so that it may also end before any Hangul.
    """
    written = [name.rstrip(".-") for name in MENTION.findall(text)]
    return {name: [name, *beginnings(name)] for name in written}


def beginnings(name: str) -> list[str]:
    return [name[: match.start()] for match in HANGUL.finditer(name, 1)][::-1]


def meant(text: str, known: Container[str]) -> dict[str, str]:
    """Each mention in a text with whom of the `known` usernames it means; empty: nobody."""
    return {
        mention: next((name for name in names if name in known), "")
        for mention, names in mentioned(text).items()
    }
