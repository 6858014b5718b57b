"""How the newsroom's admins differ from Django's: rights from one table, saves by actions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin, ShowFacets
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from claims.exceptions import Invalid, Refused, Stale
from claims.models import History
from claims.permissions import may

from .conflicts import Merging, recorded
from .forms.opened import Opened
from .forms.records import new_records
from .history.views import record_view
from .paging import BoundedPaginator, NewsroomList, found, words_of


def origin(request: HttpRequest) -> str:
    """Where a change came from, for the history."""
    return f"{request.method} {request.path}"


class NewsroomAdmin(ModelAdmin):
    """An admin whose rights come from `permissions.PERMISSIONS`; nothing is deleted here."""

    actions = None
    list_per_page = 50
    show_full_result_count = False
    paginator = BoundedPaginator
    # Facets count all that a list could show.
    show_facets = ShowFacets.NEVER
    # Columns that an index sorts by; lists stand in the model's own order.
    sortable_by: tuple[str, ...] | None = ()
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

    def history_of(self, obj: Any) -> Any:
        """What the database kept of this record."""
        return History.objects.filter(record=self.opts.model_name, record_id=obj.pk)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what and why, newest first."""
        # Django's own: a screen's own may fetch all that the screen shows.
        obj = ModelAdmin.get_object(self, request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        return record_view(
            self,
            request,
            self.history_of(obj),
            original=obj,
            title=_("History: %(record)s") % {"record": obj},
            record_address=self.address(obj),
        )

    def address(self, obj: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the list's filters ask; anything else is a bad request.

        Django lets every lookup of a model's own columns through, and a pattern that is none or a
        year that no calendar has fails in the database.
        """
        asked: set[str] = set()
        for each in self.list_filter:
            is_column = isinstance(each, str)
            asked |= {f"{each}__exact"} if is_column else {each.parameter_name}
        return lookup in asked and super().lookup_allowed(lookup, value, request)

    def get_changelist(self, request: HttpRequest, **options: Any) -> type[NewsroomList]:
        return NewsroomList

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """What holds every word; nothing twice."""
        for word in words_of(search_term):
            queryset = queryset.filter(found(self.model, tuple(self.search_fields), word))
        return queryset, False

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

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        # Not “View …”: it is all that can be done here.
        context["title"] = capfirst(self.opts.verbose_name)
        return super().render_change_form(request, context, *args, **options)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def marked(language: str, text: str) -> SafeString:
    """A recorded text in a list, with its language."""
    return format_html('<bdi lang="{}" dir="auto">{}</bdi>', language, text)


@dataclass
class Desk:
    """The forms of one screen, with what came of them."""

    form: Any
    formsets: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    # What somebody else saved meanwhile, as it is put to the person.
    conflict: Merging | None = None
    # What stands on the facing page: all of it, and what is shown of each.
    right_page: Any = None
    rebuttals: list[Any] = field(default_factory=list)
    # How many things are missing before review, where the screen says so.
    gaps: int = 0

    def is_valid(self) -> bool:
        # Every form is asked, so that all complaints are shown at once.
        return all([self.form.is_valid(), *(rows.is_valid() for rows in self.formsets.values())])

    def refuse(self, refusal: Refused) -> None:
        """Show a refusal beside the fields it is about; nothing typed is lost."""
        self.status = refusal.status
        errors = refusal.errors if isinstance(refusal, Invalid) else {}
        language = self.form.data.get("language", settings.LANGUAGE_CODE)
        for name, message in errors.items():
            self.complain(name, language, message)
        if not errors:
            self.form.add_error(None, str(refusal))

    def complain(self, name: str, language: str, message: Any) -> None:
        """Say it beside the field of this name, or of this name in the language, or above all."""
        places = (name, f"{name}_{language}")
        place = next((each for each in places if each in self.form.fields), None)
        self.form.add_error(place, str(message))


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
        if obj is not None:
            merging = Merging(desk, obj, request.POST)
            if merging.is_needed:
                if merging.is_stale or not merging.is_settled:
                    self.show_conflict(request, obj, desk, merging)
                    return None
                self.rebind(request, obj, desk, merging.settled())
        if not desk.is_valid():
            desk.status = 422
            return None
        try:
            return perform()
        except Stale as stale:
            fresh = obj and self.get_object(request, str(obj.pk))
            if fresh and fresh.version != obj.version:
                if not self.has_change_permission(request, fresh):
                    raise PermissionDenied from stale
                self.rebind(request, fresh, desk, request.POST)
                self.show_conflict(request, fresh, desk, Merging(desk, fresh, request.POST))
            else:
                desk.refuse(stale)
        except Refused as refusal:
            desk.refuse(refusal)
        return None

    def show_conflict(self, request: HttpRequest, obj: Any, desk: Desk, merging: Merging) -> None:
        """Put both sides' changes into the form, and to the person; nothing is saved unseen."""
        desk.status, desk.conflict = 409, merging
        self.rebind(request, obj, desk, merging.merged())
        desk.is_valid()

    def rebind(self, request: HttpRequest, obj: Any, desk: Desk, data: QueryDict) -> None:
        """Let the desk's forms hold `data`, as if that had been sent."""
        request.POST = data
        again = self.desk(request, obj)
        desk.form, desk.formsets = again.form, again.formsets
        desk.right_page = again.right_page

    def disable(self, desk: Desk) -> None:
        for part in [desk.form, *(form for rows in desk.formsets.values() for form in rows)]:
            for each in part.fields.values():
                each.disabled = True

    def saved(self, request: HttpRequest, saved: Any, *, is_new: bool) -> HttpResponse:
        messages.success(request, _("Saved: “%(record)s”.") % {"record": saved})
        return HttpResponseRedirect(self.address(saved))

    def show(self, request: HttpRequest, obj: Any, desk: Desk, writable: bool) -> HttpResponse:
        name = self.opts.verbose_name
        if obj and writable and not desk.form.is_bound:
            opened = Opened(obj.version, recorded(desk.form, desk.formsets))
            desk.form.initial["base"] = opened.written(obj)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": obj,
            "title": str(obj) if obj else _("Record a %(name)s") % {"name": name},
            "desk": desk,
            "form": desk.form,
            "writable": writable,
            "new_records": new_records(),
            **self.screen(request, obj),
        }
        return render(request, self.change_form_template, context, status=desk.status)
