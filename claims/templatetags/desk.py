"""Words for the newsroom's screens."""

from django import template

from claims import choices

register = template.Library()


@register.filter
def choice(value: str, name: str) -> str:
    """The label of a value of one of the vocabularies in `claims.choices`, empty for none."""
    return str(getattr(choices, name)(value).label) if value else ""
