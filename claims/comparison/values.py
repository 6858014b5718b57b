"""What a document holds, in words of the language that is active.

Each function gives the words for a value, an empty text where there is nothing, and None for a
value that it has no words for: that one is shown as it is.
"""

import json
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db import models
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_info, pgettext
from django.utils.translation import gettext as _

from claims.choices import Confidence

Say = Callable[[Any], str | None]
Vocabulary = TypeVar("Vocabulary", bound=models.TextChoices)

NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,20})?")


def as_it_is(value: Any) -> str:
    """The JSON of a value: equal values, equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def text(value: Any) -> str | None:
    if is_nothing(value):
        return ""
    return value if isinstance(value, str) else None


def one_of(vocabulary: type[Vocabulary]) -> Say:
    """The label of a value of one of the vocabularies in `claims.choices`."""
    labels = {str(member.value): str(member.label) for member in vocabulary}
    return lambda value: "" if is_nothing(value) else labels.get(str(value))


def confidence(value: Any) -> str | None:
    """Level and plain words, always together: "low" alone reads as "false"."""
    if is_nothing(value):
        return ""
    if value not in Confidence.values:
        return None
    level = Confidence(value)
    return _("%(level)s: %(meaning)s") % {"level": level.label, "meaning": level.meaning}


def language(value: Any) -> str | None:
    """What a language is called; its tag if no name is known."""
    if is_nothing(value) or not isinstance(value, str):
        return text(value)
    if value.split("-")[0] == "zh":
        return _("Chinese")
    try:
        return str(get_language_info(value)["name_translated"])
    except KeyError:
        return value


def day(value: Any) -> str | None:
    if is_nothing(value):
        return ""
    try:
        return date_format(date.fromisoformat(value), pgettext("date format, day", "j F Y"))
    except (TypeError, ValueError):
        return None


def number(value: Any) -> str | None:
    """A decimal number, which documents hold as text, with the digits it has."""
    if is_nothing(value):
        return ""
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        return None
    digits = len(value.partition(".")[2])
    return str(number_format(Decimal(value), digits, use_l10n=True, force_grouping=True))


def whole(value: Any) -> str | None:
    """A count, like the number of an edition."""
    if is_nothing(value):
        return ""
    return str(value) if type(value) is int else None


def codes(value: Any) -> str | None:
    """The public ids of several claims."""
    if is_nothing(value):
        return ""
    known = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return ", ".join(value) if known else None


def either(yes: str, no: str) -> Say:
    """Words for true and for false."""
    return lambda value: "" if value is None else {"true": yes, "false": no}.get(as_it_is(value))
