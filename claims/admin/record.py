"""The record, to be searched and read: approvals, editions, releases, re-checks, policies,
history."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.models import Approval, Claim, Edition, History, Policy, Recheck, Release, User

from .base import ReadOnlyAdmin
from .documents import readable
from .filters import ActorFilter, ApproverFilter
from .history.views import action_of, audit_view, export_view, record_view
from .paging import words_of


class OfClaimAdmin(ReadOnlyAdmin):
    """What was decided about claims, found by the claim's public id, a digest or a person.

    Each is looked up in an index of its own; texts are searched in the list of claims.
    """

    # Columns that hold digests, and the one that says who.
    digests: tuple[str, ...] = ()
    person = ""
    # Its presence shows the search field; `get_search_results` says what is found.
    search_fields = ("claim__public_id",)

    # The path to an edition, whose document no list needs.
    edition = ""

    def get_queryset(self, request: HttpRequest) -> Any:
        queryset = super().get_queryset(request).prefetch_related("claim__texts")
        return queryset.defer(f"{self.edition}document")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        decision = options.get("obj")
        if decision is not None:
            context["subtitle"] = str(decision.claim)
        return super().render_change_form(request, context, *args, **options)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        for word in words_of(search_term):
            people = User.objects.filter(username__icontains=word).values_list("pk", flat=True)
            claims = Claim.objects.filter(public_id=word).values_list("pk", flat=True)
            wanted = Q(claim__in=list(claims)) | Q(**{f"{self.person}__in": list(people)})
            for column in self.digests:
                wanted |= Q(**{f"{column}__startswith": word})
            queryset = queryset.filter(wanted)
        return queryset, False


@admin.register(Approval)
class ApprovalAdmin(OfClaimAdmin):
    list_display = ("made_at", "claim", "version", "approver", "reinstates", "document_digest")
    list_select_related = ("approver", "reinstates")
    list_filter = (ApproverFilter,)
    person = "approver"
    edition = "reinstates__"
    search_help_text = gettext_lazy("A claim’s id, or a person.")


@admin.register(Edition)
class EditionAdmin(OfClaimAdmin):
    list_display = ("made_at", "claim", "number", "kind", "publisher", "digest")
    list_select_related = ("publisher",)
    list_filter = ("kind",)
    person = "publisher"
    digests = ("digest",)
    search_help_text = gettext_lazy("A claim’s id, a person, or how the edition’s digest begins.")
    exclude = ("document",)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        edition = options.get("obj")
        if edition is not None:
            context["document"] = readable(edition.document)[0]
        return super().render_change_form(request, context, *args, **options)


@admin.register(Release)
class ReleaseAdmin(OfClaimAdmin):
    list_display = ("made_at", "claim", "kind", "edition", "opens_at", "actor", "reason")
    list_select_related = ("actor", "edition")
    list_filter = ("kind",)
    person = "actor"
    edition = "edition__"
    search_help_text = gettext_lazy("A claim’s id, or a person.")
    fields = ("made_at", "actor", "kind", "claim", "edition", "opens_at", "merged_into")
    fields += ("reason", "notice_by_language")

    @admin.display(description=gettext_lazy("notice to readers"))
    def notice_by_language(self, release: Release) -> str:
        lines = ((language, text) for language, text in release.notice.items())
        return format_html_join("", '<p lang="{}" dir="auto">{}</p>', lines) or "—"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields


@admin.register(Recheck)
class RecheckAdmin(OfClaimAdmin):
    list_display = ("made_at", "claim", "edition", "review_by", "actor")
    list_select_related = ("actor", "edition")
    list_filter = (ActorFilter,)
    person = "actor"
    edition = "edition__"
    search_help_text = gettext_lazy("A claim’s id, or a person.")


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "four_eyes", "reason")
    list_filter = ("four_eyes",)
    search_fields = ("reason",)


@admin.register(History)
class HistoryAdmin(ReadOnlyAdmin):
    """All of the history, by action: to be narrowed, read and taken away as a table."""

    def get_urls(self) -> list[Any]:
        export = self.admin_site.admin_view(self.export_view)
        return [path("export/", export, name="claims_history_export"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        self.require_view(request)
        return audit_view(self, request)

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        self.require_view(request)
        return export_view(self, request)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """An entry, with the rest of its action."""
        self.require_view(request)
        if request.method == "POST":
            raise PermissionDenied
        return record_view(
            self, request, action_of(unquote(object_id)), title=_("One action in the history")
        )

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return self.change_view(request, object_id)

    def require_view(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise PermissionDenied
