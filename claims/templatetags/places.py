"""Whole addresses, for what readers copy out of a page."""

from typing import Any

from django import template
from django.template.context import RequestContext
from django.urls import reverse

register = template.Library()


@register.simple_tag(takes_context=True)
def absolute(context: RequestContext, name: str, *parts: Any) -> str:
    """An address of this site, with its host."""
    return str(context.request.build_absolute_uri(reverse(name, args=parts)))
