"""Words for the newsroom's screens."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django import template
from django.forms import BoundField
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info, pgettext

from claims import choices

register = template.Library()


@register.filter
def choice(value: str, name: str) -> str:
    """The label of a value of one of the vocabularies in `claims.choices`, empty for none."""
    return str(getattr(choices, name)(value).label) if value else ""


@register.filter
def level(confidence: str) -> str:
    """A level of confidence with its plain words; empty for none."""
    if not confidence:
        return ""
    chosen = choices.Confidence(confidence)
    return f"{chosen.label} ({chosen.meaning})"


@register.filter
def spelled(moment: datetime) -> str:
    """A moment on the newsroom's clock with its day of the week: no room for a wrong date."""
    # Translators: a date format in Django's letters (docs: the "date" filter).
    wanted = pgettext("date format, spelled out", "l, j F Y, H:i")
    return date_format(timezone.localtime(moment), wanted)


@register.filter
def language_of(code: str) -> str:
    """What a language is called; its code where Django knows no name for it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


@register.filter
def any_filled(fields: Iterable[BoundField]) -> bool:
    """Whether any of these fields holds something, or a complaint."""
    return any(field.errors or field.value() not in (None, "", []) for field in fields or ())


@register.filter
def by_language(texts: Mapping[str, str] | None) -> SafeString:
    """Texts by language, side by side, each marked as what it is."""
    return format_html_join(" · ", '<span lang="{}" dir="auto">{}</span>', ((texts or {}).items()))
