"""The forms of people: inviting somebody, and changing who they are and what they may do."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UsernameField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from claims.choices import Role
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
        if self.is_oneself and self.instance.is_active and not is_active:
            raise forms.ValidationError(
                _("You cannot deactivate yourself: another admin has to do it."), code="oneself"
            )
        return is_active

    def clean_is_staff(self) -> bool:
        is_staff = bool(self.cleaned_data["is_staff"])
        if self.is_oneself and self.instance.is_staff and not is_staff:
            raise forms.ValidationError(
                _("You cannot lock yourself out: another admin has to do it."), code="oneself"
            )
        return is_staff

    def clean_groups(self) -> Any:
        groups = self.cleaned_data["groups"]
        is_admin = any(group.name == Role.ADMIN for group in groups)
        if self.is_oneself and not is_admin and self.instance.groups.filter(name=Role.ADMIN):
            raise forms.ValidationError(
                _("You cannot give up your own role: another admin has to take it."), code="oneself"
            )
        return groups

    @property
    def is_oneself(self) -> bool:
        return self.acting is not None and self.instance.pk == self.acting

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
