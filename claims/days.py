"""How far off a day or a moment is, in words. Pure."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def due(day: date, today: date) -> str:
    """When something is to be done: “3 days overdue”, “due today”, “due in 2 days”."""
    days = (day - today).days
    if days == 0:
        return _("due today")
    if days > 0:
        return ngettext("due in %(days)s day", "due in %(days)s days", days) % {"days": days}
    return ngettext("%(days)s day overdue", "%(days)s days overdue", -days) % {"days": -days}


def since(day: date, today: date) -> str:
    """How long ago something happened: “today”, “3 days ago”."""
    days = (today - day).days
    if days <= 0:
        return _("today")
    return ngettext("%(days)s day ago", "%(days)s days ago", days) % {"days": days}


def until(moment: datetime, now: datetime) -> str:
    """When something happens by itself: “today”, “in 3 days”; both in one time zone."""
    days = (moment.date() - now.date()).days
    if days <= 0:
        return _("today")
    return ngettext("in %(days)s day", "in %(days)s days", days) % {"days": days}
