"""What becomes of a tip: one small form for each step of its screen."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from claims import actions
from claims.actions.telling import with_role
from claims.choices import Role, TipUse
from claims.models import Tip, TipAnswer
from claims.permissions import INCLUDES

from .fields import field_of, radio_of

WRITERS = [role for role, included in INCLUDES.items() if Role.REPORTER in included]


class AssignTipForm(forms.Form):
    handler = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label=gettext_lazy("Person"),
        empty_label=gettext_lazy("Nobody in particular"),
    )

    def __init__(self, tip: Tip, *args: Any, **options: Any) -> None:
        super().__init__(*args, initial={"handler": tip.handler_id}, **options)
        people = with_role(*WRITERS)
        self.fields["handler"].queryset = people.order_by("first_name", "id")


class AnswerTipForm(forms.Form):
    text = field_of(
        TipAnswer,
        "text",
        label=gettext_lazy("Your answer"),
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy(
            "It goes by mail, under the newsroom’s name. Greeting and signature are added."
        ),
    )

    def __init__(self, tip: Tip, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)


class UseTipForm(forms.Form):
    use = forms.ChoiceField(choices=TipUse)

    def __init__(self, tip: Tip, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)


class CloseTipForm(forms.Form):
    outcome = radio_of(
        Tip,
        "outcome",
        required=True,
        label=gettext_lazy("What it came to"),
        error_messages={"required": gettext_lazy("Say what it came to.")},
    )
    reason = field_of(Tip, "reason", label=gettext_lazy("Why, in a line"))

    def __init__(self, tip: Tip, *args: Any, **options: Any) -> None:
        super().__init__(*args, initial={"outcome": "used"} if tip.led_to_id else {}, **options)


# By the name of the permission that each needs, which is also what its button sends.
FORMS = {
    "assign_tip": AssignTipForm,
    "answer_tip": AnswerTipForm,
    "use_tip": UseTipForm,
    "close_tip": CloseTipForm,
}
ACTIONS = {name: getattr(actions, name) for name in FORMS}
