"""The forms of people: inviting somebody, and changing who they are and what they may do."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UsernameField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from claims.models import User


class PersonForm(forms.ModelForm):
    """Who somebody is. Names and addresses are told apart whatever their capital letters."""

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name")
        field_classes = {"username": UsernameField}

    # Who fills the form in; the admin says.
    acting: int | None = None

    def clean_username(self) -> str:
        return str(self.not_taken("username", self.cleaned_data["username"]))

    def clean_email(self) -> str:
        return str(self.not_taken("email", self.cleaned_data["email"].strip().lower()))

    def clean_is_active(self) -> bool:
        """Whoever opens accounts does not close their own: the last admin would lock all out."""
        is_active = bool(self.cleaned_data["is_active"])
        if self.instance.is_active and not is_active and self.instance.pk == self.acting:
            raise forms.ValidationError(
                _("You cannot deactivate yourself: another admin has to do it."), code="oneself"
            )
        return is_active

    def not_taken(self, name: str, value: str) -> str:
        others = User.objects.exclude(pk=self.instance.pk).filter(**{f"{name}__iexact": value})
        if value and others.exists():
            raise forms.ValidationError(_("Somebody else has this already."), code="unique")
        return value


class InvitationForm(PersonForm):
    """Who is invited, as what, and in which language."""

    language = forms.ChoiceField(label=_("Language of the invitation"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"].required = True
        self.fields["groups"].required = True
        self.fields["language"].initial = (get_language() or settings.LANGUAGE_CODE)[:2]
