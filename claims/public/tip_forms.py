"""What a reader fills in to tell us something, and how a page knows when it was opened.

No cookie and no third party: the moment at which the form was opened travels with it, signed.
"""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.choices import TipKind
from claims.models.fields import PROSE_LENGTH
from claims.validators import host_of, plain_text, single_line, tidy, web_address

# Nobody reads the form, thinks and writes in less; a page left open for longer is opened anew.
LEAST = timedelta(seconds=3)
MOST = timedelta(hours=24)
SIGNER = signing.TimestampSigner(salt="claims.public.tips")
OPENED = "tip"
BARE_ADDRESS = re.compile(r"[\w-]+(\.[\w-]+)+([/?#]\S*)?")
ABOUT_A_CLAIM = [kind for kind in TipKind if kind.is_about_a_claim]


def opened_now() -> str:
    """What a form that is opened now carries."""
    return SIGNER.sign(OPENED)


def is_older(token: str, than: timedelta) -> bool:
    """Raises BadSignature for what no form of ours carries."""
    try:
        SIGNER.unsign(token, max_age=than)
    except signing.SignatureExpired:
        return True
    return False


class TidyField(forms.CharField):
    """A text as it will be recorded: lines that browsers end with two characters count one."""

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "")


class AddressField(TidyField):
    """A web address; what people copy without its beginning gets one."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return f"https://{text}" if BARE_ADDRESS.fullmatch(text) else text

    def run_validators(self, value: str) -> None:
        super().run_validators(value)
        if value and not host_of(value):
            raise forms.ValidationError(web_address.message, code="no_host")


class TipForm(forms.Form):
    """A tip. `trap` is a field that no person sees: who fills it in is a program."""

    text = TidyField(
        label=gettext_lazy("What do you want to tell us?"),
        max_length=PROSE_LENGTH,
        validators=[plain_text],
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=gettext_lazy("In any language, at most 4000 characters."),
        error_messages={"required": gettext_lazy("Write what you want to tell us.")},
    )
    url = AddressField(
        label=gettext_lazy("Web address, if there is one"),
        required=False,
        max_length=2000,
        validators=[single_line, web_address],
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "dir": "ltr"}),
        help_text=gettext_lazy("Where it can be read, seen or heard."),
    )
    contact = forms.EmailField(
        label=gettext_lazy("Your e-mail address, if you want an answer"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=gettext_lazy(
            "We use it to answer you and for nothing else. It is deleted 30 days after your tip is"
            " closed."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **options})
        self.opened = self.data.get("opened", "") or opened_now()

    @property
    def is_trapped(self) -> bool:
        return bool(self.data.get("trap"))

    @property
    def kind(self) -> TipKind:
        return TipKind.CLAIM

    def clean(self) -> dict[str, Any] | None:
        """Refuse what was sent too fast or too late; what was typed stays in the form."""
        data = super().clean()
        try:
            expired, read = is_older(self.opened, MOST), is_older(self.opened, LEAST)
        except signing.BadSignature:
            expired, read = True, True
        if expired:
            # This page is a new opening of the form.
            self.opened = opened_now()
            self.add_error(
                None,
                _("This page was open for too long. Nothing is lost: please send the form again."),
            )
        elif not read:
            self.add_error(
                None,
                _(
                    "That was very fast. To keep programs out we wait a few seconds: please send"
                    " the form again."
                ),
            )
        return data


class ClaimTipForm(TipForm):
    """A tip about a claim that readers see."""

    about = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[(kind.value, kind.label) for kind in ABOUT_A_CLAIM],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose what it is."),
            "invalid_choice": gettext_lazy("Choose what it is."),
        },
    )
    field_order = ["about", "text", "url", "contact"]

    @property
    def kind(self) -> TipKind:
        return TipKind(self.cleaned_data["about"])
