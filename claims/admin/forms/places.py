"""The rebuttals that readers see first: a number beside each, the rest follow by themselves."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

MOST = 200
# As long as the box that it is typed in; Python refuses to read thousands of digits.
NUMBER = re.compile(r"[0-9]{1,3}")


class PlaceInputs(forms.Widget):
    """A number for each rebuttal, `<name>-<public id>`; they stand beside the rebuttals."""

    rebuttals: Sequence[str] = ()

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str] | None:
        sent = {each: data.get(f"{name}-{each}") for each in self.rebuttals}
        places = {each: value for each, value in sent.items() if value is not None}
        return places or None

    def as_sent(self, name: str, value: str) -> dict[str, list[str]]:
        """What a browser sends for public ids in this order."""
        order = value.split(",") if value else []
        places = {each: str(place) for place, each in enumerate(order, 1)}
        return {f"{name}-{each}": [places.get(each, "")] for each in self.rebuttals}

    def input(self, name: str, rebuttal: str, value: Any, **attributes: Any) -> SafeString:
        place = (value or {}).get(rebuttal, "")
        written = {
            "type": "text",
            "inputmode": "numeric",
            "maxlength": 3,
            "autocomplete": "off",
            "name": f"{name}-{rebuttal}",
            "id": f"id_{name}-{rebuttal}",
            "value": place,
            **attributes,
        }
        return format_html("<input{}>", flatatt(written))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return format_html("")


class PlacesField(forms.Field):
    """The public ids of the rebuttals that were given a place, in their order.

    Those that the screen does not show keep theirs. Where nothing was sent, nothing changes.
    """

    widget = PlaceInputs

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, **options})
        self.names: Mapping[str, str] = {}

    def offer(self, recorded: Sequence[str], names: Mapping[str, str]) -> None:
        """The order that is recorded, and the rebuttals on the screen with what they say."""
        self.recorded, self.names = list(recorded), names
        self.widget.rebuttals = tuple(names)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return {rebuttal: str(place) for place, rebuttal in enumerate(value, 1)}
        return value or {}

    def bound_data(self, data: Any, initial: Any) -> Any:
        return initial if self.disabled or data is None else data

    def key_of(self, value: Any) -> str:
        """The public ids in their order, for comparing; what cannot be read counts as unchanged."""
        try:
            return ",".join(self.clean(value))
        except forms.ValidationError:
            return ",".join(self.recorded)

    def in_words(self, value: Any) -> str:
        if isinstance(value, str):
            value = value.split(",") if value else []
        numbered = self.prepare_value(value).items()
        placed = sorted((place.rjust(4), each) for each, place in numbered if place)
        return "\n".join(f"{place.strip()}. {self.names.get(each, each)}" for place, each in placed)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and data is not None and self.clean(data) != list(initial or [])

    def clean(self, value: Any) -> list[str]:
        if value is None or isinstance(value, list | tuple):
            return self.recorded
        places = {}
        for rebuttal, typed in value.items():
            text = typed.strip()
            if not text:
                continue
            if not (NUMBER.fullmatch(text) and 1 <= int(text) <= MOST):
                raise forms.ValidationError(
                    _("Number the rebuttals that stand first with 1, 2, 3 …"), code="place"
                )
            places[rebuttal] = int(text)
        before = [each for each in self.recorded if each in self.names]
        placed = sorted(places, key=lambda each: (places[each], self._before(each)))
        if placed == before:
            return self.recorded
        return [*placed, *(each for each in self.recorded if each not in self.names)][:MOST]

    def _before(self, rebuttal: str) -> int:
        return self.recorded.index(rebuttal) if rebuttal in self.recorded else MOST
