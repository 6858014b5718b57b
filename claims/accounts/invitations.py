"""Invitations: an account without a password, and a link by mail to choose one."""

import logging
from smtplib import SMTPException
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

logger = logging.getLogger(__name__)


def renew(person: Any) -> None:
    """Take away whatever password there is, so that links sent before no longer open."""
    person.set_unusable_password()


def send(person: Any, *, language: str, by: Any) -> bool:
    """Send the link in this language; whether the mail was taken.

    The link is good once, and for PASSWORD_RESET_TIMEOUT.
    """
    key = (user_pk_to_url_str(person), default_token_generator.make_token(person))
    path = reverse("account_reset_password_from_key", args=key)
    with translation.override(language):
        words = {
            "person": person,
            "by": by,
            "link": f"{settings.NEWSROOM_URL}{path}",
            "site_name": settings.SITE_NAME,
            "days": settings.PASSWORD_RESET_TIMEOUT // (24 * 60 * 60),
        }
        subject = " ".join(render_to_string("accounts/invitation_subject.txt", words).split())
        text = render_to_string("accounts/invitation_message.txt", words).strip()
    try:
        send_mail(subject, text, None, [person.email])
    except (OSError, SMTPException):
        logger.exception("An invitation could not be sent.")
        return False
    return True
