"""The screens on which two claims become one, one becomes two, and either is taken back."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from claims import actions
from claims.actions.merging import Plan, hindrance
from claims.choices import Action, Operation, ReleaseKind
from claims.exceptions import Refused
from claims.models import Claim, History, PublishedEdition, Release, Source, Topic
from claims.models.published import STAYS

from . import finding
from .base import Desk, origin
from .documents import readable
from .forms.merging import ChooseForm, MergeForm, SearchForm, SplitForm, UndoForm

if TYPE_CHECKING:
    from .claim import ClaimAdmin

# Candidates that a search shows.
MOST_FOUND = 20


def about(claim: Claim) -> dict[str, Any]:
    """What the claim's own screen says of merges and splits; three queries at the most."""
    merged = list(claim.merged.for_list().order_by("id"))
    sent_on = Release.objects.filter(kind=ReleaseKind.MERGE, claim__in=[claim, *merged])
    gone = set(sent_on.values_list("claim", flat=True))
    others = Claim.objects.for_list().in_bulk({claim.merged_into_id, claim.split_from_id} - {None})
    return {
        "into": others.get(claim.merged_into_id),
        "split_from": others.get(claim.split_from_id),
        "is_sent_on": claim.pk in gone,
        "can_undo": bool(actions.undoable(claim)),
        "merged": [(each, each.pk not in gone and not each.suppressed_at) for each in merged],
    }


def taken(
    site: "ClaimAdmin",
    request: HttpRequest,
    desk: Desk,
    act: Callable[[], Claim],
    said: Callable[[Claim], str],
    **now: int,
) -> HttpResponse | None:
    """Where it goes on from what was sent, with a word on what was done; None where nothing was,
    with the reason in `desk`, whose next try builds on the versions of `now`."""
    if request.method != "POST":
        return None
    if desk.form.is_valid():
        try:
            claim = act()
        except Refused as refusal:
            desk.refuse(refusal)
        else:
            messages.success(request, said(claim))
            return HttpResponseRedirect(site.address(claim))
    else:
        desk.status = 422
    desk.form.rebase(**now)
    return None


def show(
    site: "ClaimAdmin",
    request: HttpRequest,
    template: str,
    claim: Claim,
    desk: Desk,
    **context: Any,
) -> HttpResponse:
    context |= {
        **site.admin_site.each_context(request),
        "opts": site.opts,
        "original": claim,
        "desk": desk,
        "form": desk.form,
        "record_address": site.address(claim),
    }
    return render(request, f"admin/claims/{template}.html", context, status=desk.status)


def merge_view(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    """Choose the claim that stays, see what will happen, merge."""
    claim = site.opened(request, claim_id, "merge")
    choose = ChooseForm(request.GET if "into" in request.GET else None)
    into = choose.cleaned_data["into"] if choose.is_valid() else None
    why_not = _merge_hindrance(claim, into)
    if into is None or why_not:
        return _show_choice(site, request, claim, choose, why_not)
    into = Claim.objects.for_desk().get(pk=into.pk)
    now = {"version": claim.version, "into_version": into.version}
    desk = Desk(MergeForm(request.POST or None, initial=now))

    def act() -> Claim:
        return actions.merge(
            claim.pk,
            actor=request.user,
            version=desk.form.cleaned_data["version"] or 0,
            into_id=into.pk,
            into_version=desk.form.cleaned_data["into_version"] or 0,
            request=origin(request),
        )

    def said(united: Claim) -> str:
        return _("“%(claim)s” is merged into “%(into)s”.") % {"claim": claim, "into": united}

    if done := taken(site, request, desk, act, said, **now):
        return done
    documents = readable(actions.document_of(claim), actions.document_of(into))
    return show(
        site,
        request,
        "merge",
        claim,
        desk,
        title=_("Merge: %(claim)s") % {"claim": claim},
        into=into,
        plan=Plan.of(claim, into),
        is_open=PublishedEdition.objects.filter(STAYS, claim_key=claim.pk).exists(),
        documents=documents,
    )


def _merge_hindrance(claim: Claim, into: Claim | None) -> str:
    if claim.suppressed_at or (into and into.suppressed_at):
        return _("A claim that was suppressed by law is not merged.")
    if claim.merged_into_id:
        return _("This claim is merged into another: undo that first, or change that one.")
    if into is None:
        return ""
    if into.pk == claim.pk:
        return _("A claim cannot be merged into itself.")
    if into.merged_into_id:
        return _("“%(claim)s” is itself merged into another: choose that one.") % {"claim": into}
    return hindrance(claim, into)


def _show_choice(
    site: "ClaimAdmin", request: HttpRequest, claim: Claim, choose: ChooseForm, why_not: str
) -> HttpResponse:
    search = SearchForm(request.GET if "q" in request.GET else None)
    words = search.cleaned_data["q"] if search.is_valid() else ""
    refused = request.method == "POST" or bool(why_not) or choose.is_bound
    desk = Desk(choose, status=422 if refused and (why_not or choose.errors) else 200)
    return show(
        site,
        request,
        "merge_choice",
        claim,
        desk,
        title=_("Merge: %(claim)s") % {"claim": claim},
        search=search,
        words=words,
        found=candidates(claim, words) if words else [],
        why_not=why_not,
    )


def candidates(claim: Claim, words: str) -> list[Claim]:
    """Claims that say all these words, the last changed first."""
    return list(finding.claims(words).exclude(pk=claim.pk)[:MOST_FOUND])


def split_view(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    """Say what each of the two claims says, and where each row goes."""
    claim = site.opened(request, claim_id, "split")
    if claim.suppressed_at or claim.merged_into_id:
        raise PermissionDenied
    desk = Desk(SplitForm(request.POST or None, initial={"version": claim.version}, claim=claim))

    def act() -> Claim:
        return actions.split(
            claim.pk,
            actor=request.user,
            version=desk.form.cleaned_data["version"] or 0,
            request=origin(request),
            **desk.form.contents(),
        )

    def said(made: Claim) -> str:
        return _("“%(made)s” is a claim of its own now: say how well it is supported.") % {
            "made": made
        }

    if done := taken(site, request, desk, act, said, version=claim.version):
        return done
    title = _("Split: %(claim)s") % {"claim": claim}
    return show(site, request, "split", claim, desk, title=title)


def undo_view(site: "ClaimAdmin", request: HttpRequest, claim_id: int) -> HttpResponse:
    """See what is taken back, and take it back."""
    claim = site.opened(request, claim_id, "undo")
    change = actions.undoable(claim)
    desk = Desk(UndoForm(request.POST or None, initial={"version": claim.version}))

    def act() -> Claim:
        version = desk.form.cleaned_data["version"] or 0
        return actions.undo(claim.pk, actor=request.user, version=version, request=origin(request))

    def said(undone: Claim) -> str:
        return _("Taken back: “%(claim)s”.") % {"claim": undone}

    if done := taken(site, request, desk, act, said, version=claim.version):
        return done
    return show(
        site,
        request,
        "undo",
        claim,
        desk,
        title=_("Undo: %(claim)s") % {"claim": claim},
        change=change,
        is_merge=change and change.action is Action.MERGE,
        groups=taken_back(change.entry) if change else [],
    )


def taken_back(entry: History) -> list[tuple[str, list[tuple[str, str]]]]:
    """What undoing an action does to the record's rows, in words: (heading, [(kind, text)])."""
    entries = History.objects.filter(change=entry.change).order_by("id")
    rows = entries.filter(
        record__in=["claim_topics", "claimtext", "citation", "figure", "rebuttal", "wording"]
    )
    headings = {
        Operation.INSERT: _("Taken out again"),
        Operation.DELETE: _("Put back"),
        Operation.UPDATE: _("Changed back"),
    }
    found: dict[str, list[tuple[str, str]]] = {operation: [] for operation in headings}
    rows = list(rows)
    names = _names(rows)
    for row in rows:
        # The texts of what a split made stay with it.
        if row.record != "claimtext" or row.operation == Operation.UPDATE:
            kind = str(row.get_record_display())
            found[row.operation].append((kind, _row_in_words(row, names)))
    return [(headings[operation], lines) for operation, lines in found.items() if lines]


Names = dict[str, dict[int, str]]


def _names(rows: list[History]) -> Names:
    """What is named by number in these entries, by column; a query for each model."""
    numbers: dict[str, set[int]] = {}
    for row in rows:
        for values in (row.before, row.after):
            for name, value in (values or {}).items():
                if name.endswith("_id") and value:
                    numbers.setdefault(name, set()).add(value)
    claims = Claim.objects.for_list().in_bulk(
        set().union(*(numbers.get(name, set()) for name in ("counterclaim_id", "target_id")))
    )
    shown = {number: str(claim) for number, claim in claims.items()}
    sources = Source.objects.in_bulk(numbers.get("source_id", set()))
    topics = Topic.objects.in_bulk(numbers.get("topic_id", set()))
    return {
        "claim": shown,
        "source": {number: str(source) for number, source in sources.items()},
        "topic": {number: str(topic) for number, topic in topics.items()},
    }


def _row_in_words(row: History, names: Names) -> str:
    values = (row.after if row.operation == Operation.INSERT else row.before) or {}
    if row.record == "citation":
        source = names["source"].get(values.get("source_id"), "")
        return " · ".join(filter(None, [values.get("quotation"), source]))
    if row.record == "rebuttal":
        ends = [
            names["claim"].get(values.get(f"{end}_id"), "") for end in ("counterclaim", "target")
        ]
        return " → ".join(ends)
    if row.record == "claim_topics":
        return names["topic"].get(values.get("topic_id"), "")
    if row.record == "figure":
        return f"{' · '.join(values.get('labels', {}).values())}: {values.get('value')}"
    return str(values.get("text") or values.get("statement") or json.dumps(values))
