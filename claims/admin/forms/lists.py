"""The lists within a claim's form, by name, and the one of what it rebuts."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import Claim, Rebuttal

from .evidence import CitationForm, FigureForm, ReplyForm, WordingForm
from .fields import ClaimField, field_of
from .offers import Offer
from .rows import RowForm, Rows, formset_of


class EdgeForm(RowForm):
    title = gettext_lazy("What it rebuts")
    another = gettext_lazy("Add another claim that it rebuts")
    folded = ("target_edition",)
    folded_title = gettext_lazy("Written against another edition?")
    columns = ("target", "ground", "opposer", "target_edition")

    target = ClaimField(
        required=False,
        label=gettext_lazy("Claim it rebuts"),
        help_text=gettext_lazy("Words of what it says, its id, or its address on this site."),
    )
    ground = field_of(Rebuttal, "ground")
    opposer = field_of(Rebuttal, "opposer", required=True)
    target_edition = field_of(
        Rebuttal,
        "target_edition",
        min_value=1,
        initial=None,
        help_text=gettext_lazy(
            "The edition of the claim that the rebuttal was written against. A change of this row"
            " notes the newest, unless you give another."
        ),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.claim:
            targets = (edge.target for edge in self.rows_of(self.claim))
            self.fields["target"].known = {target.public_id: target for target in targets}
        self.fields["target"].widget.shown = self.initial.get("target")

    @staticmethod
    def rows_of(claim: Claim) -> Any:
        return claim.rebuts.all()

    def clean_target(self) -> Claim | None:
        target = self.needed("target", _("Name the claim that this one rebuts."))
        if target and self.claim and target.pk == self.claim.pk:
            raise forms.ValidationError(_("A claim cannot rebut itself."))
        if target and target.merged_into_id and "target" in self.changed_data:
            raise forms.ValidationError(
                _("That claim is merged into “%(claim)s”: name that one.")
                % {"claim": target.merged_into}
            )
        return target

    def clean_ground(self) -> str:
        return self.needed("ground", _("Say in what way it bears on that claim."))

    def clean_target_edition(self) -> int | None:
        target, edition = self.cleaned_data.get("target"), self.cleaned_data["target_edition"]
        newest = max(target.edition, 1) if target else 1
        if target and edition and edition > newest and "target_edition" in self.changed_data:
            raise forms.ValidationError(_("Its newest edition is %(number)s.") % {"number": newest})
        return edition

    def row(self) -> dict[str, Any]:
        """Without the edition where nobody chose one: the action then notes the newest."""
        row = super().row()
        if "target_edition" not in self.changed_data:
            del row["target_edition"]
        elif row["target_edition"] is None:
            row["target_edition"] = max(row["target"].edition, 1)
        return row


class EdgeRows(Rows):
    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            data = form.cleaned_data if form.is_valid() else {}
            key = (data.get("target") and data["target"].pk, data.get("ground"))
            if not key[0] or data.get("DELETE"):
                continue
            if key in seen:
                form.add_error("ground", _("This claim already rebuts it on this ground."))
            seen.add(key)


# By the names in `actions.claims.PARTS`. settings.DATA_UPLOAD_MAX_NUMBER_FIELDS has room for all.
LISTS = {
    "citations": formset_of(CitationForm, 60),
    "figures": formset_of(FigureForm, 30, extra=2),
    "wordings": formset_of(WordingForm, 30),
    "replies": formset_of(ReplyForm, 30),
    "rebuts": formset_of(EdgeForm, 60, rows=EdgeRows),
}


def lists_of(claim: Claim | None, data: Any, offer: Offer, *names: str) -> dict[str, Rows]:
    """The lists of a claim's form, by name: those named, or all of them."""
    return {
        name: LISTS[name](
            data,
            prefix=name,
            initial=[LISTS[name].form.initial_of(row) for row in LISTS[name].form.rows_of(claim)]
            if claim
            else None,
            form_kwargs={"offer": offer, "claim": claim},
        )
        for name in names or LISTS
    }
