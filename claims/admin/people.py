"""Staff accounts: invited and managed by admins, who touch no content."""

from typing import Any

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from allauth.usersessions.admin import UserSession
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import CheckboxSelectMultiple
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from procrastinate.contrib.django.admin import models as queue

from claims.accounts import invitations, sessions
from claims.actions.door import door
from claims.choices import Action, Role
from claims.exceptions import Refused
from claims.models import History, User
from claims.permissions import may

from .base import NewsroomAdmin, origin
from .forms.people import InvitationForm, PersonForm

# The four roles are fixed (`permissions.ensure_groups` makes them); of secrets and sessions nobody
# sees more than their own, on the accounts' pages. The queue is the worker's.
for registered in (Group, EmailAddress, Authenticator, UserSession, queue.ProcrastinateJob):
    admin.site.unregister(registered)

# As Django's log keeps it, and how many of its entries a person's page shows.
REMOVED_FACTORS = "Removed the second factors."
MOST_REMOVALS = 20


class RoleFilter(admin.SimpleListFilter):
    """People by role, in the role's own words rather than its group's name."""

    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(role.value, role.label) for role in Role]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class PeopleAdmin(NewsroomAdmin, UserAdmin):
    """People are invited, and choose their own password; they are deactivated, never deleted."""

    write_permission = "manage_people"
    view_permission = "manage_people"
    actions = None
    sortable_by = None  # there are not that many
    list_display = ("username", "first_name", "last_name", "email", "is_active")
    list_filter = ("is_active", RoleFilter)
    search_fields = ("username", "first_name", "last_name", "email")
    form = PersonForm
    add_form = InvitationForm
    add_form_template = None
    change_form_template = "admin/claims/user/change_form.html"
    fieldsets = (
        (gettext_lazy("Person"), {"fields": ("username", "email", "first_name", "last_name")}),
        (gettext_lazy("Rights"), {"fields": ("is_active", "is_staff", "groups")}),
    )
    add_fieldsets = (
        (gettext_lazy("Person"), {"fields": ("username", "email", "first_name", "last_name")}),
        (gettext_lazy("Rights"), {"fields": ("groups",)}),
        (gettext_lazy("Invitation"), {"fields": ("language",)}),
    )
    filter_horizontal = ()

    def get_urls(self) -> list[URLPattern]:
        """Nobody types a password for somebody else: Django's page for that has no address."""
        steps = [
            path(f"<path:object_id>/{name}/", self.admin_site.admin_view(view), name=address)
            for name, view, address in (
                ("invite", self.invite_again, "claims_user_invite"),
                ("remove-factors", self.remove_factors, "claims_user_remove_factors"),
            )
        ]
        return [*steps, *super(UserAdmin, self).get_urls()]

    def history_of(self, obj: User) -> Any:
        """Of the person and of their roles; what they did to others stands in the whole history."""
        roles = Q(record="user_groups") & (Q(before__user_id=obj.pk) | Q(after__user_id=obj.pk))
        return History.objects.filter(roles | Q(record="user", record_id=obj.pk))

    def formfield_for_manytomany(self, db_field: Any, request: Any, **options: Any) -> Any:
        if db_field.name == "groups":
            options["widget"] = CheckboxSelectMultiple()
        field = super().formfield_for_manytomany(db_field, request, **options)
        if db_field.name == "groups":
            field.label = _("Roles")
            field.help_text = ""
            field.label_from_instance = lambda group: str(Role(group.name).label)
            field.queryset = field.queryset.filter(name__in=Role.values)
        return field

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Django's view inside our door, so that the history names who gave which rights."""
        context = {**self.situation(object_id), **(extra_context or {})}
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, context)
        request.invited = None
        try:
            with self.door(request):
                response = super().changeform_view(request, object_id, form_url, context)
        except Refused:
            messages.error(request, _("Somebody else saved this person at the same moment."))
            return HttpResponseRedirect(request.path)
        if request.invited:
            self.invite(request, *request.invited)
        if response.status_code == 200:
            response.status_code = 422
        return response

    def door(self, request: HttpRequest) -> Any:
        return door(actor=request.user, action=Action.MANAGE_PEOPLE, request=origin(request))

    def situation(self, object_id: str | None) -> dict[str, Any]:
        """What the page of a person offers beside the form."""
        key = unquote(object_id) if object_id else ""
        person = User.objects.filter(pk=key).first() if key.isdecimal() and len(key) < 19 else None
        if person is None:
            return {"title": _("Invite somebody")} if object_id is None else {}
        return {
            "invitable": person.is_active and person.email and not person.has_usable_password(),
            "factors": Authenticator.objects.filter(user=person).exists(),
            "removals": self.removals_of(person),
        }

    def removals_of(self, person: User) -> Any:
        """Who removed the person's second factors: the history keeps no secrets, so not this."""
        log = LogEntry.objects.filter(object_id=str(person.pk), change_message=REMOVED_FACTORS)
        log = log.filter(content_type=ContentType.objects.get_for_model(person))
        return log.select_related("user")[:MOST_REMOVALS]

    def get_form(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        form = super().get_form(request, obj, **options)
        form.acting = request.user.pk
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
            invitations.renew(obj)
            request.invited = (obj, form.cleaned_data["language"])
        super().save_model(request, obj, form, change)
        if not obj.is_active:
            sessions.end_all(obj)

    def invite(self, request: HttpRequest, person: User, language: str) -> None:
        """Send the link; say what became of it."""
        if invitations.send(person, language=language, by=request.user):
            messages.success(
                request, _("The invitation is on its way to %(email)s.") % {"email": person.email}
            )
        else:
            messages.error(
                request, _("The invitation could not be sent. Try “Invite again” in a while.")
            )

    def invite_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return require_POST(self.perform_invite_again)(request, object_id=object_id)

    def perform_invite_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new link for somebody who has not chosen a password yet; the old one closes."""
        person = self.person(request, object_id)
        if person.has_usable_password() or not (person.is_active and person.email):
            messages.error(
                request,
                _("Only somebody with an address and without a password can be invited again."),
            )
        else:
            with self.door(request):
                invitations.renew(person)
                person.save(update_fields=["password"])
            self.invite(request, person, (get_language() or settings.LANGUAGE_CODE)[:2])
        return self.back_to(person)

    def remove_factors(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return require_POST(self.perform_remove_factors)(request, object_id=object_id)

    def perform_remove_factors(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For somebody who lost their device: away with all factors, and with open sessions."""
        person = self.person(request, object_id)
        with self.door(request):
            Authenticator.objects.filter(user=person).delete()
            sessions.end_all(person)
            self.log_change(request, person, REMOVED_FACTORS)
        messages.success(
            request, _("The second factors are removed: the password alone opens again.")
        )
        return self.back_to(person)

    def person(self, request: HttpRequest, object_id: str) -> User:
        if not self.has_change_permission(request):
            raise PermissionDenied
        person = self.get_object(request, unquote(object_id))
        if person is None:
            raise Http404
        return person

    def back_to(self, person: User) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:claims_user_change", args=[person.pk]))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, "manage_people")
