"""Saying something twice in one template: a block's text kept under a name."""

from django import template
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_block_tag
def kept(content: SafeString) -> SafeString:
    """`{% kept as name %}{% block title %}…{% endblock %}{% endkept %}`: what a block says, on one
    line: to be shown in the title and once more where the page is shared."""
    return SafeString(" ".join(content.split()))
