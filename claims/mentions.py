"""Who is spoken to in a comment: “@mina, can you look at this?” Pure."""

import re

# A username is what Django allows in one; the sign inside an address or a word is none of ours.
MENTION = re.compile(r"(?<![\w.+-@])@(\w[\w.+@-]{0,149})")


def mentioned(text: str) -> set[str]:
    """The usernames in a text, as they are written there; a full stop at their end is none."""
    return {name.rstrip(".-") for name in MENTION.findall(text)} - {""}
