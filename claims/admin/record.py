"""The record, to be searched and read: approvals, editions, releases, re-checks, policies,
history."""

from django.contrib import admin

from claims.models import Approval, Edition, History, Policy, Recheck, Release

from .base import ReadOnlyAdmin


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "claim", "version", "approver", "reinstates", "document_digest")
    list_select_related = ("approver", "reinstates")
    list_filter = ("approver",)
    search_fields = ("document_digest", "claim__public_id", "approver__username")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("claim__texts")


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "claim", "number", "kind", "publisher", "digest")
    list_select_related = ("publisher",)
    list_filter = ("kind",)
    search_fields = ("digest", "document_digest", "claim__public_id", "document")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("claim__texts")


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "claim", "kind", "edition", "opens_at", "actor", "reason")
    list_select_related = ("actor", "edition")
    list_filter = ("kind",)
    search_fields = ("reason", "claim__public_id", "actor__username")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("claim__texts")


@admin.register(Recheck)
class RecheckAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "claim", "edition", "review_by", "actor")
    list_select_related = ("actor", "edition")
    list_filter = ("actor",)
    search_fields = ("claim__public_id", "actor__username")

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("claim__texts")


@admin.register(Policy)
class PolicyAdmin(ReadOnlyAdmin):
    list_display = ("made_at", "four_eyes", "reason")
    list_filter = ("four_eyes",)
    search_fields = ("reason",)


@admin.register(History)
class HistoryAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "operation", "record", "record_id", "reason")
    list_filter = ("action", "record", "operation")
    search_fields = ("actor", "reason", "request")
