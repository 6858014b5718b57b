"""What the readers' templates need beside their context: the site's name and dates."""

import re
from datetime import datetime

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

register = template.Library()


@register.simple_tag
def site_name() -> str:
    return str(settings.SITE_NAME)


@register.simple_tag
def tips_open() -> bool:
    """Whether this process receives tips: without it, no page links to their form."""
    return "tips" in settings.DATABASES


@register.filter
def day(moment: datetime) -> str:
    """The day in the newsroom's time zone."""
    # Translators: these are date formats in Django's letters (docs: the "date" filter).
    return date_format(timezone.localtime(moment), pgettext("date format, day", "j F Y"))


@register.filter
def moment(value: datetime) -> str:
    """Day, time and zone, as the record states them."""
    wanted = pgettext("date format, moment", "j M Y H:i T")
    return date_format(timezone.localtime(value), wanted)


# Korean wraps between words, but browsers also part “7.2%” from its particle.
PERCENTAGE_WITH_PARTICLE = re.compile(r"[\d.,]+%[\uac00-\ud7a3]+")


@register.filter
def joined(text: str) -> SafeString:
    """A text in which numbers and their particles stay on one line."""
    escaped = conditional_escape(text)
    return mark_safe(  # noqa: S308 - what is recorded is escaped before
        PERCENTAGE_WITH_PARTICLE.sub(r'<span class="joined">\g<0></span>', escaped)
    )


@register.filter
def machine(value: datetime) -> str:
    """The moment for a `datetime` attribute: HTML takes no microseconds."""
    return timezone.localtime(value).isoformat(timespec="seconds")
