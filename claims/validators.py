"""What recorded text and addresses may hold. The database repeats each rule as a CHECK."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Control characters (tab and line ends aside) and the bidirectional controls that can make a text
# read differently from what it is: Unicode Standard Annex 9, "explicit directional" characters.
FORBIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]"
)
LINE_BREAK = re.compile("[\t\n\r\u2028\u2029]")

# The same, in PostgreSQL's regular expressions (NUL cannot be stored at all).
FORBIDDEN_SQL = r"[\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]"
FORBIDDEN_IN_LINE_SQL = r"[\u0001-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]"
WEB_ADDRESS_SQL = r"^https?://[^[:space:][:cntrl:]]+$"

web_address = RegexValidator(
    r"(?i)^https?://[^\s\x00-\x1f\x7f]+\Z",
    _("Give a web address that begins with http:// or https://."),
)


def plain_text(value: str) -> None:
    """Refuse control characters and bidirectional overrides."""
    found = FORBIDDEN.search(value)
    if found:
        name = unicodedata.name(found[0], f"U+{ord(found[0]):04X}").title()
        raise ValidationError(
            _("This text holds a character that cannot be shown safely (%(name)s). Delete it."),
            code="unsafe_character",
            params={"name": name},
        )


def single_line(value: str) -> None:
    """Refuse what `plain_text` refuses, and line breaks."""
    plain_text(value)
    if LINE_BREAK.search(value):
        raise ValidationError(_("Write this on one line."), code="line_break")
