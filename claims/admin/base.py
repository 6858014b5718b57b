"""How the newsroom's admins differ from Django's: rights from one table, saves by actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from claims.exceptions import Invalid, Refused, Stale
from claims.models import History
from claims.permissions import may


def origin(request: HttpRequest) -> str:
    """Where a change came from, for the history."""
    return f"{request.method} {request.path}"


class NewsroomAdmin(ModelAdmin):
    """An admin whose rights come from `permissions.PERMISSIONS`; nothing is deleted here."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    # Names of permissions: to add and change, to see.
    write_permission = ""
    view_permission = "view"

    def _get_obj_does_not_exist_redirect(
        self, request: HttpRequest, opts: Any, object_id: str
    ) -> HttpResponse:
        """Django sends people to the front page; an unknown address is a 404 here as elsewhere."""
        raise Http404

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = capfirst(self.opts.verbose_name_plural)
        return super().changelist_view(request, {"title": title, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request.user, self.write_permission)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, self.write_permission)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request.user, self.view_permission)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


class ReadOnlyAdmin(NewsroomAdmin):
    """What the door and the triggers write: to be searched and read."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@dataclass
class Desk:
    """The forms of one screen, with what came of them."""

    form: Any
    formsets: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    # Where two people differ; None when nobody else has saved.
    conflict: list[dict[str, str]] | None = None

    def is_valid(self) -> bool:
        # Every form is asked, so that all complaints are shown at once.
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.formsets.values())])

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal beside the fields it is about; nothing typed is lost."""
        self.status = refusal.status
        errors = refusal.errors if isinstance(refusal, Invalid) else {}
        language = self.form.data.get("language", settings.LANGUAGE_CODE)
        for name, message in errors.items():
            places = (name, f"{name}_{language}")
            place = next((each for each in places if each in self.form.fields), None)
            self.form.add_error(place, str(message))
        if not errors:
            self.form.add_error(None, str(refusal))


class DoorAdmin(NewsroomAdmin):
    """An admin whose form is saved by an action. Subclasses say how to build and how to save."""

    change_form_template = "admin/claims/record_form.html"

    def desk(self, request: HttpRequest, obj: Any) -> Desk:
        raise NotImplementedError

    def perform(self, request: HttpRequest, obj: Any, desk: Desk) -> Any:
        """Call the action; return the saved record."""
        raise NotImplementedError

    def screen(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        """What the template needs besides the forms."""
        return {}

    def initial(self, form: type[Any], obj: Any) -> dict[str, Any]:
        return form.initial_of(obj) if obj else {}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = None
        if object_id is not None:
            obj = self.get_object(request, unquote(object_id))
            if obj is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
            writable = self.has_change_permission(request, obj)
        else:
            writable = self.has_add_permission(request)
        if not writable and (
            obj is None or request.method == "POST" or not self.has_view_permission(request, obj)
        ):
            raise PermissionDenied
        desk = self.desk(request, obj)
        if not writable:
            self.disable(desk)
        if request.method == "POST":
            saved = self.save(request, obj, desk, lambda: self.perform(request, obj, desk))
            if saved is not None:
                return self.saved(request, saved, is_new=obj is None)
        return self.show(request, obj, desk, writable)

    def save(
        self, request: HttpRequest, obj: Any, desk: Desk, perform: Callable[[], Any]
    ) -> Any | None:
        """Perform the action, or leave in `desk` why not."""
        if obj is not None and desk.form["version"].value() != str(obj.version):
            self.show_conflict(request, obj, desk)
            return None
        if not desk.is_valid():
            desk.status = 422
            return None
        try:
            return perform()
        except Stale as stale:
            fresh = obj and self.get_object(request, str(obj.pk))
            if fresh and fresh.version != obj.version:
                self.show_conflict(request, fresh, desk)
            else:
                desk.refuse(stale)
        except Refused as refusal:
            desk.refuse(refusal)
        return None

    def show_conflict(self, request: HttpRequest, fresh: Any, desk: Desk) -> None:
        """Both texts, side by side; the next save builds on what is there now."""
        desk.is_valid()
        desk.status = 409
        now = self.desk_of_record(request, fresh)
        desk.conflict = list(desk.form.differences(now.form.initial))
        for name, rows in desk.formsets.items():
            mine, theirs = summary(rows), summary(now.formsets[name])
            if mine != theirs:
                desk.conflict.append({"label": rows.title, "mine": mine, "theirs": theirs})
        desk.form.rebase(fresh.version)

    def desk_of_record(self, request: HttpRequest, obj: Any) -> Desk:
        """The forms as somebody who opens the record now would find them."""
        unbound = HttpRequest()
        unbound.method = "GET"
        unbound.user = request.user
        return self.desk(unbound, obj)

    def disable(self, desk: Desk) -> None:
        for part in [desk.form, *(form for rows in desk.formsets.values() for form in rows)]:
            for each in part.fields.values():
                each.disabled = True

    def history_of(self, obj: Any) -> Any:
        """What the database kept of this record."""
        return History.objects.filter(record=self.opts.model_name, record_id=obj.pk)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what and why, newest first."""
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        entries = Paginator(self.history_of(obj), 50)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": _("History: %(record)s") % {"record": obj},
            "entries": entries.get_page(request.GET.get("page")),
            "record_address": self.address(obj),
        }
        return render(request, "admin/claims/history.html", context)

    def saved(self, request: HttpRequest, saved: Any, *, is_new: bool) -> HttpResponse:
        messages.success(request, _("Saved: “%(record)s”.") % {"record": saved})
        return HttpResponseRedirect(self.address(saved))

    def address(self, obj: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def show(self, request: HttpRequest, obj: Any, desk: Desk, writable: bool) -> HttpResponse:
        name = self.opts.verbose_name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": str(obj) if obj else _("Record a %(name)s") % {"name": name},
            "desk": desk,
            "form": desk.form,
            "writable": writable,
            **self.screen(request, obj),
        }
        return render(request, self.change_form_template, context, status=desk.status)


def summary(rows: Any) -> str:
    """A list of rows as text, a row a line, to compare what two people have."""
    lines = []
    for form in rows.forms:
        if rows.is_bound and form["DELETE"].value():
            continue
        if not rows.is_bound and not form.initial:
            continue
        words = [
            in_words(bound)
            for bound in form.visible_fields()
            if bound.name != "DELETE" and bound.value() not in (None, "", False)
        ]
        if words and form.is_used():
            lines.append(" · ".join(words))
    return "\n".join(lines)


def in_words(bound: forms.BoundField) -> str:
    """What a field holds: a choice's label rather than its key, a ticked box's own label."""
    value = bound.value()
    if value is True:
        return str(bound.label)
    choices = getattr(bound.field.widget, "choices", None)
    shown = {str(key): str(label) for key, label in choices}.get(str(value)) if choices else None
    return shown or str(value)
