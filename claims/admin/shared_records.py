"""Parties, sources and topics, saved by their actions."""

from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import get_language

from claims import actions
from claims.models import History, Party, Source, Topic

from . import finding
from .base import Desk, DoorAdmin, origin
from .filters import LanguageFilter
from .forms.fields import LANGUAGES
from .forms.shared_records import PartyForm, SourceForm, TopicForm
from .together import behind_address, refresh_of


class SharedRecordAdmin(DoorAdmin):
    """The admin of a record that many claims show: its page names those that a change left
    behind."""

    def screen(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        if obj is None:
            return {}
        unsent = HttpRequest()  # the record's own form may have been sent, the other was not
        unsent.user = request.user
        return {
            "behind": refresh_of(unsent, obj.public_id).context(None),
            "behind_address": behind_address(obj.public_id),
        }


@admin.register(Party)
class PartyAdmin(SharedRecordAdmin):
    write_permission = "save_party"
    list_display = ("__str__", "kind", "public_id")
    list_filter = ("kind",)
    search_fields = ("names__name", "public_id")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("names")

    def found(self, request: HttpRequest, term: str) -> Any:
        return finding.parties(term)

    def option_of(self, party: Party) -> dict[str, str]:
        others = {name.name for name in party.names.all()} - {str(party)}
        return {"note": " · ".join([*sorted(others), party.get_kind_display()])}

    def history_of(self, obj: Party) -> Any:
        """With its names, those that were taken out as well: each raised the party's version."""
        own = History.objects.filter(record="party", record_id=obj.pk)
        names = History.objects.filter(
            Q(before__party_id=obj.pk) | Q(after__party_id=obj.pk),
            record="partyname",
            change__in=own.values("change"),
        )
        numbers = own.order_by().values("pk").union(names.order_by().values("pk"))
        return History.objects.filter(pk__in=numbers)

    def desk(self, request: HttpRequest, obj: Party | None) -> Desk:
        return Desk(PartyForm(request.POST or None, initial=self.initial(PartyForm, obj)))

    def perform(self, request: HttpRequest, obj: Party | None, desk: Desk) -> Party:
        return actions.save_party(
            actor=request.user,
            party_id=obj and obj.pk,
            version=desk.form.cleaned_data["version"] or 0,
            kind=desk.form.cleaned_data["kind"],
            names=desk.form.names(),
            request=origin(request),
        )


@admin.register(Source)
class SourceAdmin(SharedRecordAdmin):
    write_permission = "save_source"
    list_display = ("title", "kind", "publisher", "published_on", "seen")
    list_filter = ("kind", "seen", "status", LanguageFilter)
    search_fields = ("title", "url", "public_id", "publisher__names__name")

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = super().get_queryset(request)
        return queryset.select_related("publisher").prefetch_related("publisher__names")

    def found(self, request: HttpRequest, term: str) -> Any:
        return finding.sources(term)

    def option_of(self, source: Source) -> dict[str, str]:
        return {"note": finding.note_of(source)}

    def desk(self, request: HttpRequest, obj: Source | None) -> Desk:
        initial = self.initial(SourceForm, obj) or {"seen": True, "language": get_language()}
        return Desk(SourceForm(request.POST or None, initial=initial))

    def perform(self, request: HttpRequest, obj: Source | None, desk: Desk) -> Source:
        return actions.save_source(
            actor=request.user,
            source_id=obj and obj.pk,
            version=desk.form.cleaned_data["version"] or 0,
            fields=desk.form.values(),
            request=origin(request),
        )


@admin.register(Topic)
class TopicAdmin(SharedRecordAdmin):
    write_permission = "save_topic"
    list_display = ("__str__", "public_id")
    search_fields = (*(f"names__{code}" for code in LANGUAGES), "public_id")

    def desk(self, request: HttpRequest, obj: Topic | None) -> Desk:
        return Desk(TopicForm(request.POST or None, initial=self.initial(TopicForm, obj)))

    def perform(self, request: HttpRequest, obj: Topic | None, desk: Desk) -> Topic:
        return actions.save_topic(
            actor=request.user,
            topic_id=obj and obj.pk,
            version=desk.form.cleaned_data["version"] or 0,
            names=desk.form.names(),
            request=origin(request),
        )
