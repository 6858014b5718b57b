"""allauth's forms in our words, where its own are missing or say too little."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account.forms import LoginForm, UserTokenForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 100


class SignInForm(LoginForm):
    """A user name or an e-mail address, and the password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"] = forms.CharField(
            label=_("User name or e-mail address"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
        )
        self.order_fields(["login", "password"])


class LinkForm(UserTokenForm):
    """The link of an invitation or a forgotten password; nobody inactive gets in by one."""

    def _get_user(self, uidb36: str) -> Any:
        person = super()._get_user(uidb36)
        return person if person and person.is_active else None


@contextmanager
def made_up_is_wrong() -> Iterator[None]:
    """A credential made up by hand is a wrong one; its parsers fall over it in many ways."""
    try:
        yield
    except (forms.ValidationError, DatabaseError):
        raise
    except Exception as error:
        refusal = _("This passkey was not accepted.")
        raise forms.ValidationError(refusal, code="incorrect_code") from error


class SecondFactorForm(AuthenticateWebAuthnForm):
    """A passkey after the password."""

    def clean_credential(self) -> Any:
        with made_up_is_wrong():
            return super().clean_credential()


class PasskeyForm(LoginWebAuthnForm):
    """A passkey instead of name and password."""

    def clean_credential(self) -> Any:
        with made_up_is_wrong():
            return super().clean_credential()


class ConfirmByPasskeyForm(ReauthenticateWebAuthnForm):
    """A passkey to show once more who one is."""

    def clean_credential(self) -> Any:
        with made_up_is_wrong():
            return super().clean_credential()


class AddPasskeyForm(AddWebAuthnForm):
    """A passkey, which signs in by itself, or a key that is a second factor only."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"].label = _("What you call it")
        self.fields["name"].max_length = NAME_LENGTH
        self.fields["name"].widget.attrs["maxlength"] = NAME_LENGTH
        self.fields["passwordless"].label = _("Sign in with it alone")
        self.fields["passwordless"].initial = True
        self.fields["passwordless"].help_text = _(
            "Without a password, by the device’s own lock: a fingerprint, a face or a number."
            " Otherwise it is asked for after the password."
        )

    def clean(self) -> Any:
        with made_up_is_wrong():
            return super().clean()


class RenamePasskeyForm(EditWebAuthnForm):
    """Another name for a passkey."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"] = forms.CharField(label=_("What you call it"), max_length=NAME_LENGTH)
