"""What is done with several claims at once: refreshing those behind, approving, publishing."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from claims import actions, document
from claims.actions.releases import still_rebutting
from claims.choices import State
from claims.exceptions import Refused
from claims.models import Claim, Policy, PublishedEdition, User
from claims.models.published import STAYS
from claims.permissions import may
from claims.querysets import contributed, document_text

from .base import Desk, origin
from .documents import readable
from .forms.fields import MomentField, add_notices, notices
from .situation import lowest_role

if TYPE_CHECKING:
    from .claim import ClaimAdmin

# Claims on one screen.
MOST = 50
# A claim as it was looked at: its id, its version, and for approvals its document's digest.
SEEN = re.compile(r"([0-9]{1,18}):([0-9]{1,9}):([0-9a-f]{64}|)")


class SeenField(forms.MultipleChoiceField):
    """Checked claims as they were looked at; the actions judge whether they still are."""

    default_error_messages = {"required": gettext_lazy("Choose one claim at least.")}

    def valid_value(self, value: str) -> bool:
        return SEEN.fullmatch(value) is not None

    def clean(self, value: Any) -> list[tuple[int, int, str]]:
        found = (SEEN.fullmatch(each) for each in super().clean(value))
        return [(int(each[1]), int(each[2]), each[3]) for each in found if each]


class TogetherForm(forms.Form):
    """The claims that were checked, and what the action needs beside them."""

    action = ""
    title: Any = ""
    explanation: Any = ""
    claims = SeenField()

    def seen(self) -> dict[int, int]:
        return {pk: version for pk, version, _digest in self.cleaned_data["claims"]}

    def take(self, actor: User, request: str) -> None:
        raise NotImplementedError


class RefreshForm(TogetherForm):
    action = "refresh"
    title = gettext_lazy("Refresh together")
    explanation = gettext_lazy(
        "The claims go into review as a clarification with this note; another editor approves them"
        " together. Their pages then show the party, source or topic as it is now."
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        add_notices(self, "note", _("Note to readers"))

    def take(self, actor: User, request: str) -> None:
        note = notices(self, "note")
        actions.propose_refresh(self.seen(), actor=actor, note=note, request=request)


class ApproveTogetherForm(TogetherForm):
    action = "approve"
    title = gettext_lazy("Approve together")
    explanation = gettext_lazy(
        "You approve exactly what is shown below; any later change needs a new approval."
    )

    def take(self, actor: User, request: str) -> None:
        seen = {pk: (version, digest) for pk, version, digest in self.cleaned_data["claims"]}
        actions.approve_together(seen, actor=actor, request=request)


class PublishTogetherForm(TogetherForm):
    action = "publish"
    title = gettext_lazy("Publish together")
    explanation = gettext_lazy("Readers see these editions at once, or from the moment you choose.")
    opens_at = MomentField(
        label=gettext_lazy("Open to readers at"),
        required=False,
        help_text=gettext_lazy("Leave empty to publish now."),
    )

    def take(self, actor: User, request: str) -> None:
        actions.publish(
            self.seen(), actor=actor, opens_at=self.cleaned_data["opens_at"], request=request
        )


@dataclass
class Entry:
    """One claim of a section: what its checkbox sends, whether it is checked, what it shows."""

    claim: Claim
    value: str
    checked: bool
    document: dict[str, Any] | None = None


@dataclass
class Section:
    """One form with the claims that it is for."""

    form: TogetherForm
    entries: list[Entry] = field(default_factory=list)
    # Why this person may not send it; empty when they may.
    why_not: str = ""

    def add(self, claim: Claim, value: str, checked: bool, documents: dict[Claim, Any]) -> None:
        self.entries.append(Entry(claim, value, checked, documents.get(claim)))


# Says of a claim which form it belongs to, or why to none: (action, reason).
Place = Callable[[Claim, User], tuple[str, str]]


def place_to_refresh(claim: Claim, person: User) -> tuple[str, str]:
    if claim.state == State.PUBLISHED:
        return "refresh", ""
    return "", _("Somebody is working on it: its own next edition brings it up to date.")


def place_in_review(claim: Claim, person: User) -> tuple[str, str]:
    if claim.state == State.APPROVED:
        return "publish", ""
    if claim.state != State.IN_REVIEW:
        return "", _("Neither in review nor approved.")
    if claim.is_own:
        return "", _("You changed it yourself: somebody else has to approve it.")
    return "approve", ""


def to_be_read(claims: models.QuerySet, person: User) -> models.QuerySet:
    """With what is read before approving or publishing: the document's `text`, and whether the
    claim `is_own`, so that this person cannot approve it. One question for all."""
    four_eyes = Policy.objects.four_eyes()
    in_review, approved = Q(state=State.IN_REVIEW), Q(state=State.APPROVED)
    own = contributed(Value(person.pk), F("pk")) if four_eyes else Value(False)
    return claims.annotate(
        text=Case(When(in_review | approved, then=document_text(F("pk")))),
        is_own=Case(When(in_review, then=own)),
    )


class TogetherView:
    """Shows claims in the sections that they belong to, and does what one section's form asks."""

    def __init__(
        self,
        request: HttpRequest,
        claims: models.QuerySet,
        place: Place,
        *kinds: type[TogetherForm],
    ) -> None:
        self.request, self.claims, self.place, self.kinds = request, claims, place, kinds
        self.sent = request.POST.get("action") if request.method == "POST" else None
        self.status = 200

    def take(self) -> TogetherForm | None:
        """Do what was asked; the form that was sent, with what came of it, or None."""
        kind = next((kind for kind in self.kinds if kind.action == self.sent), None)
        if kind is None:
            return None
        desk = Desk(kind(self.request.POST))
        if not desk.form.is_valid():
            desk.status = 422
        else:
            try:
                desk.form.take(self.request.user, origin(self.request))
            except Refused as refusal:
                desk.refuse(refusal)
        self.status = desk.status
        return desk.form

    def context(self, sent: TogetherForm | None) -> dict[str, Any]:
        """`sections`, and the claims `left_out` of them, each with its reason."""
        claims = list(self.claims[: MOST + 1])
        places = {claim: self.place(claim, self.request.user) for claim in claims[:MOST]}
        texts = {
            claim: claim.text
            for claim, (action, _reason) in places.items()
            if action in ("approve", "publish")  # what is refreshed is read when it is approved
        }
        documents = dict(zip(texts, readable(*texts.values()), strict=True))
        sections = {kind.action: self.section(kind, sent) for kind in self.kinds}
        for claim, (action, _reason) in places.items():
            if action:
                digest = document.digest(texts[claim]) if claim in texts else ""
                value = f"{claim.pk}:{claim.version}:{digest}"
                sections[action].add(claim, value, self.checked(action, claim), documents)
        return {
            "sections": [section for section in sections.values() if section.entries],
            "left_out": [(claim, reason) for claim, (action, reason) in places.items() if reason],
            "more": len(claims) > MOST,
        }

    def section(self, kind: type[TogetherForm], sent: TogetherForm | None) -> Section:
        section = Section(sent if isinstance(sent, kind) else kind())
        if not may(self.request.user, kind.action, four_eyes=False):
            role = lowest_role(kind.action).label
            section.why_not = _("This needs the role “%(role)s”.") % {"role": role}
        return section

    def checked(self, action: str, claim: Claim) -> bool:
        """As it was sent; all are checked at first."""
        if action != self.sent:
            return True
        sent = self.request.POST.getlist("claims")
        return str(claim.pk) in {value.partition(":")[0] for value in sent}


def behind(record: str = "") -> models.QuerySet:
    """Claims that are behind: all, or those that this record (public id) left behind; first those
    that can be refreshed, since a screen ends somewhere."""
    later = Case(When(state=State.PUBLISHED, then=Value(0)), default=Value(1))
    claims = Claim.objects.behind().for_list().order_by(later, "since", "id")
    return claims.filter(behind__record=record) if record else claims


def refresh_of(request: HttpRequest, record: str = "") -> TogetherView:
    return TogetherView(request, behind(record), place_to_refresh, RefreshForm)


def behind_address(record: str = "") -> str:
    address = reverse("admin:claims_claim_behind")
    return f"{address}?record={record}" if record else address


def behind_view(site: "ClaimAdmin", request: HttpRequest) -> HttpResponse:
    """The claims that are behind, and the form that refreshes them together."""
    if not site.has_view_permission(request):
        raise PermissionDenied
    view = refresh_of(request, request.GET.get("record", ""))
    sent = view.take()
    if sent and view.status == 200:
        number = len(sent.seen())
        done = ngettext(
            "%(number)s claim is in review now: somebody else approves it.",
            "%(number)s claims are in review now: somebody else approves them together, here.",
            number,
        )
        messages.success(request, done % {"number": number})
        return to_together(sent.seen())
    return show(site, request, view, sent, _("Claims that are behind"))


def chosen_view(site: "ClaimAdmin", request: HttpRequest) -> HttpResponse:
    """The claims that were chosen, to be approved or published together."""
    if not site.has_view_permission(request):
        raise PermissionDenied
    numbers = {int(each) for each in re.findall(r"\b[0-9]{1,18}\b", request.GET.get("ids", ""))}
    numbers |= needed_with(numbers)
    claims = Claim.objects.for_desk().filter(pk__in=numbers).order_by("id")
    claims = to_be_read(claims, request.user)
    view = TogetherView(request, claims, place_in_review, ApproveTogetherForm, PublishTogetherForm)
    sent = view.take()
    if sent and view.status == 200:
        messages.success(request, _("“%(step)s” done.") % {"step": sent.title})
        return to_together(numbers)
    return show(site, request, view, sent, _("Approve or publish together"))


def needed_with(numbers: set[int]) -> set[int]:
    """What has to be published together with these claims, because readers of what was merged into
    them are sent on."""
    merged = PublishedEdition.objects.filter(
        STAYS, claim_key__in=Claim.objects.filter(merged_into__in=numbers)
    )
    left = still_rebutting(Claim.objects.filter(pk__in=merged.values("claim_key")))
    return set(left.values_list("pk", flat=True))


def to_together(numbers: Iterable[int]) -> HttpResponse:
    ids = ",".join(map(str, sorted(numbers)))
    return HttpResponseRedirect(f"{reverse('admin:claims_claim_together')}?ids={ids}")


def show(
    site: "ClaimAdmin",
    request: HttpRequest,
    view: TogetherView,
    sent: TogetherForm | None,
    title: str,
) -> HttpResponse:
    context = {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "original": None,
        "title": title,
        "form": sent,
        **view.context(sent),
    }
    return render(request, "admin/claims/together.html", context, status=view.status)
