"""What recorded text and addresses may hold. The database repeats each rule as a CHECK."""

import re
import unicodedata
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Control characters (tab and line ends aside) and the bidirectional controls that can make a text
# read differently from what it is: Unicode Standard Annex 9, "explicit directional" characters.
FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]"
)
# White space, and characters that show nothing: soft hyphens, zero-width ones, fillers.
UNSEEN = (
    r"\s\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f"
    r"\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
VISIBLE = re.compile(f"[^{UNSEEN}]")
LINE_BREAK = re.compile("[\t\n\r\u2028\u2029]")

# The same, in PostgreSQL's regular expressions (NUL cannot be stored at all).
FORBIDDEN_SQL = r"[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]"
FORBIDDEN_IN_LINE_SQL = r"[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]"
VISIBLE_SQL = f"[^{UNSEEN}]"
LANGUAGE_TAG_SQL = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"  # of BCP 47, what we use
PUBLIC_ID_SQL = r"^[2-9a-z]{12}$"
# An address holds no white space, control or invisible character.
WEB_ADDRESS_SQL = rf"^https?://[^{UNSEEN}\u0001-\u001f\u007f-\u009f]+$"

web_address = RegexValidator(
    rf"(?i)^https?://[^{UNSEEN}\u0000-\u001f\u007f-\u009f]+\Z",
    _("Give a web address that begins with http:// or https://."),
)

language_tag = RegexValidator(
    LANGUAGE_TAG_SQL.replace("$", r"\Z"),
    _("Give the language as a code: “ko”, “en”, “zh”, “pt-BR”."),
)


def host_of(address: str) -> str:
    """The host that a web address leads to; empty where nobody can tell."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def tidy(text: str) -> str:
    """A text as it is recorded: composed (Unicode NFC), lines ended by \\n, nothing around it.

    Otherwise the same words, typed on another machine, would be a change.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip()


def plain_text(value: str) -> None:
    """Refuse control characters, bidirectional overrides, and text of which nothing is seen."""
    found = FORBIDDEN.search(value)
    if found:
        name = unicodedata.name(found[0], f"U+{ord(found[0]):04X}").title()
        raise ValidationError(
            _("This text holds a character that cannot be shown safely (%(name)s). Delete it."),
            code="unsafe_character",
            params={"name": name},
        )
    if value and not VISIBLE.search(value):
        raise ValidationError(_("Nothing of this text can be seen."), code="invisible")


def single_line(value: str) -> None:
    """Refuse what `plain_text` refuses, and line breaks."""
    plain_text(value)
    if LINE_BREAK.search(value):
        raise ValidationError(_("Write this on one line."), code="line_break")
