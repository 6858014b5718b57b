"""Choices to narrow lists by that cost nothing: no look through a table for what it holds."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from claims.models import Topic, User


class LanguageFilter(admin.SimpleListFilter):
    """The site's languages; Django would look for all that occur, row by row."""

    title = _("language")
    parameter_name = "language"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*settings.LANGUAGES, ("other", _("Another language"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        known = [code for code, _name in settings.LANGUAGES]
        if self.value() == "other":
            return queryset.exclude(language__in=known)
        return queryset.filter(language=self.value()) if self.value() in known else queryset


class TopicFilter(admin.SimpleListFilter):
    """By topic; a claim has each topic once, which Django's own filter does not know."""

    title = _("topics")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(topic.pk), str(topic)) for topic in Topic.objects.all()]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {key for key, _label in self.lookup_choices}
        return queryset.filter(topics=self.value()) if self.value() in chosen else queryset


class MergedFilter(admin.SimpleListFilter):
    """Whether a claim rests in another."""

    title = _("merged into another claim")
    parameter_name = "merged"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(merged_into__isnull=self.value() == "no")


class PersonFilter(admin.SimpleListFilter):
    """The newsroom's people, whether or not they did any of what is listed."""

    column = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(str(person.pk), person.username) for person in User.objects.order_by("username")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        chosen = {key for key, _label in self.lookup_choices}
        return (
            queryset.filter(**{self.column: self.value()}) if self.value() in chosen else queryset
        )


class ApproverFilter(PersonFilter):
    title = _("approver")
    parameter_name = column = "approver"


class ActorFilter(PersonFilter):
    title = _("who")
    parameter_name = column = "actor"
