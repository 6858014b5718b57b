"""Our answers to allauth's questions: who may sign up, what is said, where a request came from."""

import logging
from smtplib import SMTPException
from typing import Any

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathImage

from claims.accounts import sessions
from claims.proxies import client_address

logger = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come by invitation; mail that cannot be sent is no server error."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "There were too many failed attempts. Wait five minutes and try again."
        ),
        "username_password_mismatch": gettext_lazy(
            "The name or the password is not right. Capital letters count in the password."
        ),
        "email_password_mismatch": gettext_lazy(
            "The name or the password is not right. Capital letters count in the password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.headers.get("X-Forwarded-For", ""),
            settings.PROXIES,
        )

    def set_password(self, user: Any, password: str) -> None:
        """A new password ends whatever was opened with the old one, but for this session."""
        super().set_password(user, password)
        sessions.end_all(user, keep=context.request.session.session_key)

    def get_reset_password_from_key_url(self, key: str) -> str:
        person, _hyphen, token = key.partition("-")
        path = reverse("account_reset_password_from_key", args=[person, token])
        # Never the host that was asked: it gets the token in the link.
        return f"{settings.NEWSROOM_URL}{path}"

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        if email or user.email:
            super().send_notification_mail(template_prefix, user, context, email or user.email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, {**context, "site_name": settings.SITE_NAME})
        except (OSError, SMTPException):
            logger.exception("A mail could not be sent (%s).", template_prefix)
            messages.error(
                self.request, _("The mail could not be sent. Try again later, or ask an admin.")
            )


class SecondFactorAdapter(DefaultMFAAdapter):
    """Authenticator apps and passkeys carry the newsroom's name."""

    def build_totp_svg(self, url: str) -> SafeString:
        """The code as an element for the page itself: the policy allows no image from data."""
        image = qrcode.make(url, image_factory=SvgPathImage)
        return mark_safe(image.to_string(encoding="unicode"))  # noqa: S308 - paths, no text

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        entity = super().get_public_key_credential_rp_entity()
        return {**entity, "name": settings.SITE_NAME}
