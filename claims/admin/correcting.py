"""From “something is wrong” to a typed change with its note to readers, one question at a time."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import actions
from claims.choices import ChangeKind
from claims.exceptions import Stale
from claims.models import Claim
from claims.permissions import may

from .base import Desk, origin
from .conversation import carried_out
from .forms.fields import VersionedForm, add_notices, notices
from .situation import Situation

if TYPE_CHECKING:
    from .claim import ClaimAdmin

# What happened, in the editor's words; the kind of change follows from it.
QUESTIONS = {
    ChangeKind.CORRECTION: gettext_lazy("We got something wrong."),
    ChangeKind.UPDATE: gettext_lazy("It was right, but something has happened since."),
    ChangeKind.CLARIFICATION: gettext_lazy("It is right, but readers can misunderstand it."),
    ChangeKind.MINOR: gettext_lazy("Only spelling or layout; nothing of what is claimed changes."),
}


class CorrectionForm(VersionedForm):
    """What happened, and what readers are told in each of the claim's languages, first of all in
    its original one."""

    change_kind = forms.ChoiceField(
        label=gettext_lazy("What happened?"),
        widget=forms.RadioSelect,
        choices=list(QUESTIONS.items()),
        error_messages={"required": gettext_lazy("Say what happened.")},
    )

    def __init__(self, *args: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*args, **options)
        self.claim = claim
        notes = {text.language: text.change_note for text in claim.texts.all()}
        self.languages = sorted(notes, key=lambda code: (code != claim.language, code))
        add_notices(self, "note", _("What readers are told"), self.languages)
        for code, note in notes.items():
            self.initial.setdefault(f"note_{code}", note)
        self.initial.setdefault("change_kind", claim.change_kind)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        name = f"note_{self.claim.language}"
        if name in self.fields and name not in self.errors and not data.get(name):
            self.add_error(name, _("Tell readers what changed, in the original language."))
        return data

    def texts(self) -> dict[str, dict[str, str]]:
        written = notices(self, "note", self.languages)
        return {code: {"change_note": note} for code, note in written.items()}


def correcting_view(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    """Asks what happened and what readers are told, then opens the claim to put it right."""
    claim = site.opened(request, claim_id, "edit")
    initial = {"version": claim.version}
    form = CorrectionForm(request.POST or None, initial=initial, claim=claim)
    desk = Desk(form)
    possible = actions.was_open(claim) and not (claim.suppressed_at or claim.merged_into_id)

    def act() -> None:
        try:
            actions.edit(
                claim.pk,
                actor=request.user,
                version=form.cleaned_data["version"] or 0,
                fields={"change_kind": form.cleaned_data["change_kind"]},
                texts=form.texts(),
                request=origin(request),
            )
        except Stale:
            form.rebase(claim.version)
            raise

    if request.method == "POST" and possible and carried_out(desk, act):
        messages.success(
            request,
            _("Noted. Put it right below, look at the preview, then submit it for review."),
        )
        return HttpResponseRedirect(f"{site.address(claim)}#content-main")
    situation = Situation.of(claim, request.user)
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "original": claim,
        "title": _("Something is wrong: %(claim)s") % {"claim": claim},
        "form": form,
        "possible": possible,
        "situation": situation,
        "may_withdraw": may(request.user, "withdraw") and situation.is_possible("withdraw"),
        "record_address": site.address(claim),
    }
    return render(request, "admin/claims/correct.html", context, status=desk.status)
