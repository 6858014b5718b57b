"""What the history can be narrowed to."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.choices import Action
from claims.models import Claim, History, User

# A claim's number or public id, by itself or in an address of the admin or the readers' side.
PUBLIC_ID = re.compile(r"(?:^|/)([0-9a-z]{12})(?:[/?#]|$)")
NUMBER = re.compile(r"(?:^|/claim/)([0-9]{1,18})(?:[/?#]|$)")
DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(9000, 1, 1))]


class PlaceForm(forms.Form):
    """Where in the history a page begins: before one of its entries."""

    before = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=2**63 - 1,
        error_messages={
            "invalid": gettext_lazy("This place in the history is not known. Begin at the newest.")
        },
    )

    def clean_before(self) -> History | None:
        number = self.cleaned_data["before"]
        if number is None:
            return None
        found = History.objects.filter(pk=number).only("pk", "at").first()
        if found is None:
            raise forms.ValidationError(self.fields["before"].error_messages["invalid"])
        return found


class PersonField(forms.ModelChoiceField):
    def label_from_instance(self, person: Any) -> str:
        full = person.get_full_name()
        return f"{person.username} ({full})" if full else str(person.username)


def day_field(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, validators=DAYS)


class HistoryForm(PlaceForm):
    """By person, claim, day and action, and the one action that has a name of its own."""

    person = PersonField(
        User.objects.order_by("username"), label=gettext_lazy("Person"), required=False
    )
    claim = forms.CharField(
        label=gettext_lazy("Claim"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Its address, id or number."),
    )
    since = day_field(gettext_lazy("From this day"))
    until = day_field(gettext_lazy("Up to this day"))
    action = forms.ChoiceField(
        label=gettext_lazy("Action"),
        required=False,
        choices=[("", gettext_lazy("Any action")), *Action.choices],
    )
    change = forms.UUIDField(
        required=False,
        error_messages={"invalid": gettext_lazy("There is no such action in the history.")},
    )
    # Those that people fill in; the others come with links.
    ASKED = ("person", "claim", "since", "until", "action")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].empty_label = _("Anybody")

    def asked(self) -> list[forms.BoundField]:
        return [self[name] for name in self.ASKED]

    def clean_claim(self) -> int | None:
        text = self.cleaned_data["claim"]
        if not text:
            return None
        number = None
        if found := PUBLIC_ID.search(text):
            number = Claim.objects.filter(public_id=found[1]).values_list("pk", flat=True).first()
        if number is None and (found := NUMBER.search(text)):
            number = Claim.objects.filter(pk=int(found[1])).values_list("pk", flat=True).first()
        if number is None:
            raise forms.ValidationError(_("No claim has this address, id or number."))
        return int(number)

    def clean(self) -> dict[str, Any]:
        known = super().clean() or self.cleaned_data
        since, until = known.get("since"), known.get("until")
        if since and until and until < since:
            self.add_error("until", _("The last day cannot lie before the first."))
        return known

    @property
    def by_time(self) -> bool:
        """Whether days narrow it."""
        return bool(self.cleaned_data["since"] or self.cleaned_data["until"])

    def entries(self) -> QuerySet[History]:
        """What is asked for, in no order yet."""
        known = self.cleaned_data
        wanted = {
            "actor_id": known["person"] and known["person"].pk,
            "claim_id": known["claim"],
            "action": known["action"],
            "change": known["change"],
            "at__gte": known["since"] and begins(known["since"]),
            "at__lt": known["until"] and begins(known["until"] + timedelta(days=1)),
        }
        return History.objects.filter(**{key: value for key, value in wanted.items() if value})


def begins(day: date) -> datetime:
    """When a day begins, in the newsroom's zone."""
    return timezone.make_aware(datetime.combine(day, time.min))
