"""Measured values and changes in the reader's words: large numbers, bounds, minus signs. Pure."""

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from claims.choices import Bound, FigureKind
from claims.figures import rounded

MILLION = Decimal(10**6)
BILLION = Decimal(10**9)
TEN_THOUSAND = Decimal(10**4)
HUNDRED_MILLION = Decimal(10**8)


def plain(number: Decimal) -> str:
    """With the digits it has, grouped as the active language groups them."""
    number = number.normalize()
    exponent = number.as_tuple().exponent
    digits = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return str(number_format(number, digits, use_l10n=True, force_grouping=True))


def large(number: Decimal, reader: str) -> str:
    """As people say it: “81.11 million” in English, “8,111만” in Korean."""
    if reader.startswith("ko"):
        return in_ten_thousands(number)
    for size, words in ((BILLION, _("%(number)s billion")), (MILLION, _("%(number)s million"))):
        scaled = number / size
        if scaled >= 1 and scaled == rounded(scaled, Decimal("0.01")):
            return words % {"number": plain(scaled)}
    return plain(number)


def in_ten_thousands(number: Decimal) -> str:
    """As Korean groups whole numbers: by four digits, each group with its name."""
    if number != number.to_integral_value() or number < TEN_THOUSAND:
        return plain(number)
    hundreds, rest = divmod(number, HUNDRED_MILLION)
    thousands, ones = divmod(rest, TEN_THOUSAND)
    parts = ((hundreds, "억"), (thousands, "만"), (ones, ""))
    return " ".join(f"{plain(part)}{name}" for part, name in parts if part)


def percentage(number: Decimal) -> str:
    return f"{plain(number)}%"


def bounded(bound: str, amount: str) -> str:
    """“about 81.11 million people”, “more than 72%”."""
    words = {
        Bound.ABOUT: pgettext("bound", "about %(amount)s"),
        Bound.MORE_THAN: pgettext("bound", "more than %(amount)s"),
        Bound.LESS_THAN: pgettext("bound", "less than %(amount)s"),
    }
    return words.get(Bound(bound), "%(amount)s") % {"amount": amount}


def value_words(kind: str, value: Decimal, bound: str, unit: str, reader: str) -> str:
    """A measured value with its unit and how it is meant."""
    if kind == FigureKind.SHARE:
        amount = percentage(value)
    else:
        amount = large(value, reader)
        if unit:
            words = pgettext("a number and what it counts", "%(number)s %(unit)s")
            amount = words % {"number": amount, "unit": unit}
    return bounded(bound, amount)


def signed(number: Decimal) -> str:
    """A change, rounded to one digit, with its sign: “−58.3”, “+4”."""
    shown = rounded(number)
    sign = "−" if shown < 0 else "+" if shown > 0 else ""
    return f"{sign}{plain(abs(shown))}"
