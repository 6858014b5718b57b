"""What the readers' templates need beside their context: the site's name and dates."""

from datetime import datetime

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import pgettext

register = template.Library()


@register.simple_tag
def site_name() -> str:
    return str(settings.SITE_NAME)


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
