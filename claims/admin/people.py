"""Staff accounts: managed by admins, who touch no content."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from claims.actions.door import door
from claims.choices import Role
from claims.exceptions import Refused
from claims.models import User
from claims.permissions import may

from .base import NewsroomAdmin, origin

# The four roles are fixed; `permissions.ensure_groups` makes them.
admin.site.unregister(Group)


class RoleFilter(admin.SimpleListFilter):
    """People by role, in the role's own words rather than its group's name."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(role.value, role.label) for role in Role]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class PeopleAdmin(NewsroomAdmin, UserAdmin):
    """Django's own forms for people; people are deactivated, never deleted."""

    write_permission = "manage_people"
    view_permission = "manage_people"
    actions = None
    list_display = ("username", "first_name", "last_name", "email", "is_active")
    list_filter = ("is_active", RoleFilter)
    search_fields = ("username", "first_name", "last_name", "email")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person"), {"fields": ("first_name", "last_name", "email")}),
        (_("Rights"), {"fields": ("is_active", "is_staff", "groups")}),
    )
    filter_horizontal = ()

    def formfield_for_manytomany(self, db_field: Any, request: Any, **options: Any) -> Any:
        field = super().formfield_for_manytomany(db_field, request, **options)
        if db_field.name == "groups":
            field.label_from_instance = lambda group: str(Role(group.name).label)
            field.queryset = field.queryset.filter(name__in=Role.values)
        return field

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Django's view inside our door, so that the history names who gave which rights."""
        if request.method != "POST":
            return super().changeform_view(request, *args, **options)
        try:
            with door(actor=request.user, action="manage_people", request=origin(request)):
                response = super().changeform_view(request, *args, **options)
        except Refused:
            messages.error(request, _("Somebody else saved this person at the same moment."))
            return HttpResponseRedirect(request.path)
        if response.status_code == 200:
            response.status_code = 422
        return response

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "manage_people")
