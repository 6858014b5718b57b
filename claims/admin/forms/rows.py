"""What the lists within a claim's form have in common: a row, and rows that are one list."""

from typing import Any

from django import forms

from claims.models import Claim

from .offers import Offer
from .units import UnitForm


class RowForm(UnitForm):
    """A row of a list within a claim; `id` is empty for a new one.

    `title` is the list's, and `another` the words of the button that adds a row; `columns` are the
    fields that an action takes as they are; `folded` those that few rows need, under their title.
    """

    title: Any = ""
    another: Any = ""
    folded: tuple[str, ...] = ()
    folded_title: Any = ""
    columns: tuple[str, ...] = ()
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, offer: Offer, claim: Claim | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.offered, self.claim = offer, claim

    @staticmethod
    def rows_of(claim: Claim) -> Any:
        """The rows that the claim has."""
        raise NotImplementedError

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        return {"id": row.pk, **{name: getattr(row, name) for name in cls.columns}}

    def row(self) -> dict[str, Any]:
        """The row as the actions take it."""
        values = {name: self.cleaned_data[name] for name in self.columns}
        return {**values, **({"id": self.cleaned_data["id"]} if self.cleaned_data["id"] else {})}

    def open_fields(self) -> list[forms.BoundField]:
        """The fields that are always in sight."""
        return [field for field in self if field.name not in self.folded]

    def folded_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.folded]

    def is_unfolded(self) -> bool:
        """Whether one of the folded fields is not as an empty row has it, or has a complaint."""
        return any(
            field.errors or field.value() not in (None, "", False, field.field.initial)
            for field in self.folded_fields()
        )

    def is_used(self) -> bool:
        """Whether this is a row, and not the empty one that waits to be filled in."""
        return bool(self.initial) or (self.is_bound and self.has_changed())

    def needed(self, name: str, sentence: str) -> Any:
        """The field's value; without one, a row in use is refused with this sentence."""
        value = self.cleaned_data[name]
        if value in self.fields[name].empty_values and self.is_used():
            raise forms.ValidationError(sentence)
        return value


class Rows(forms.BaseFormSet):
    """Rows that are handed to an action as one list."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.recorded = self.initial or []
        if self.is_bound:
            # By id and not by place: somebody else may have added or taken out rows meanwhile.
            known = {str(row["id"]): row for row in self.initial or []}
            ids = [
                self.data.get(f"{self.add_prefix(n)}-id") for n in range(self.total_form_count())
            ]
            self.initial = [known.get(each, {}) for each in ids]

    @property
    def title(self) -> Any:
        return self.form.title

    def recorded_forms(self) -> dict[str, Any]:
        """A form for each row that is recorded, by id, whatever was sent."""
        return {str(row["id"]): self.form(initial=row, **self.form_kwargs) for row in self.recorded}

    @property
    def another(self) -> Any:
        return self.form.another

    def rows(self) -> list[dict[str, Any]]:
        return [
            form.row()
            for form in self.forms
            if form.cleaned_data and form.is_used() and not form.cleaned_data.get("DELETE")
        ]

    def is_used(self) -> bool:
        """Whether there is anything in the list, typed or recorded."""
        return any(form.is_used() for form in self.forms)


def formset_of(
    form: type[RowForm], most: int, extra: int = 1, rows: type[Rows] = Rows
) -> type[Rows]:
    return forms.formset_factory(
        form,
        formset=rows,
        extra=extra,
        max_num=most,
        # Two people's rows, put together, may be more than one may have: then all are shown still.
        absolute_max=2 * most,
        validate_max=True,
        can_delete=True,
    )
