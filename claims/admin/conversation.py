"""The conversation about one claim, and whom it is given to for review."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims import actions
from claims.exceptions import Refused
from claims.models import Claim, Comment, User
from claims.permissions import may

from .base import Desk, origin
from .forms.fields import field_of

if TYPE_CHECKING:
    from .claim import ClaimAdmin

# Comments on one page; an older part is one step back.
MOST = 50


class CommentForm(forms.Form):
    text = field_of(
        Comment,
        "text",
        label=gettext_lazy("Say something"),
        help_text=gettext_lazy("Readers never see it. “@username” tells a person by mail."),
    )


class AssignForm(forms.Form):
    """Offers those who may approve the claim, and who was asked before. These stay chosen when they
    cannot review it any more: the action then says why, and nobody else is chosen by mistake."""

    reviewer = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label=gettext_lazy("Reviewer"),
        empty_label=gettext_lazy("Nobody in particular"),
    )

    def __init__(self, *args: Any, claim: Claim, **options: Any) -> None:
        super().__init__(*args, **options)
        may_review = Q(pk__in=actions.reviewers(claim).values("pk"))
        people = User.objects.filter(may_review | Q(pk=claim.reviewer_id))
        self.fields["reviewer"].queryset = people.order_by("first_name", "id")
        self.initial.setdefault("reviewer", claim.reviewer_id)


def conversation_view(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    """Shows what was said; takes a comment, or a reviewer (`action=assign`)."""
    claim = site.opened(request, claim_id)
    sent = request.POST.get("action") or "comment" if request.method == "POST" else ""
    if sent and not may(request.user, sent):
        raise PermissionDenied
    comment = Desk(CommentForm(request.POST if sent == "comment" else None))
    assign = Desk(AssignForm(request.POST if sent == "assign" else None, claim=claim))
    if sent == "comment" and carried_out(comment, lambda: say(request, claim, comment.form)):
        # What is told to who wrote it stands at the page's beginning.
        place = "" if messages.get_messages(request) else "#newest"
        return HttpResponseRedirect(f"{request.path}{place}")
    if sent == "assign" and carried_out(
        assign,
        lambda: actions.assign(
            claim.pk,
            actor=request.user,
            reviewer=assign.form.cleaned_data["reviewer"],
            request=origin(request),
        ),
    ):
        reviewer = assign.form.cleaned_data["reviewer"]
        done = (
            _("Asked to review it: %(person)s.") % {"person": reviewer}
            if reviewer
            else _("Nobody in particular is asked to review it.")
        )
        messages.success(request, done)
        return HttpResponseRedirect(request.path)
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "original": claim,
        "title": _("Conversation: %(claim)s") % {"claim": claim},
        "comments": comments_of(claim, request.GET.get("before", "")),
        "form": comment.form if sent == "comment" else assign.form,
        "comment": comment.form,
        "assign": assign.form,
        "may_comment": may(request.user, "comment") and not claim.suppressed_at,
        "may_assign": may(request.user, "assign") and not claim.suppressed_at,
        "record_address": site.address(claim),
    }
    status = max(comment.status, assign.status)
    return render(request, "admin/claims/conversation.html", context, status=status)


def say(request: HttpRequest, claim: Claim, form: CommentForm) -> None:
    """Records a comment, and tells its author whom it did not reach."""
    text = form.cleaned_data["text"]
    made = actions.comment(claim.pk, actor=request.user, text=text, request=origin(request))
    if names := actions.nobodys_mentions(made):
        sentence = _("No username here, so nobody was told: %(names)s")
        messages.warning(request, sentence % {"names": ", ".join(names)})


def carried_out(desk: Desk, act: Any) -> bool:
    """Do it, or leave in `desk` why not."""
    if not desk.form.is_valid():
        desk.status = 422
        return False
    try:
        act()
    except Refused as refusal:
        desk.refuse(refusal)
        return False
    return True


def comments_of(claim: Claim, before: str = "", most: int = MOST) -> dict[str, Any]:
    """The newest comments, oldest of them first, and the number before which there are more."""
    rows = claim.comments.select_related("author").order_by("-id")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: most + 1])
    shown = found[:most][::-1]
    return {"rows": shown, "more": shown[0].pk if len(found) > most else None}
