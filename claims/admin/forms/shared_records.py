"""The forms of parties, sources and topics."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.actions.shared_records import SOURCE_FIELDS
from claims.models import Party, PartyName, Source, Topic

from .fields import (
    LANGUAGES,
    VersionedForm,
    add_by_language,
    by_language,
    clean_date_with_precision,
    field_of,
    in_language,
    initial_by_language,
    radio_of,
)
from .offers import Offer
from .records import PartyField, offer_records


class PartyForm(VersionedForm):
    kind = field_of(Party, "kind", required=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, language in settings.LANGUAGES:
            field = field_of(PartyName, "name")
            field.label = in_language(_("Name"), language)
            field.widget.attrs["lang"] = code
            self.fields[f"name_{code}"] = field

    @staticmethod
    def initial_of(party: Party) -> dict[str, Any]:
        names = {f"name_{name.language}": name.name for name in party.names.all()}
        return {"version": party.version, "kind": party.kind, **names}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(self[f"name_{code}"].value() for code in LANGUAGES):
            self.add_error(f"name_{LANGUAGES[0]}", _("Give at least one name."))
        return data

    def names(self) -> dict[str, str]:
        return {code: self.cleaned_data[f"name_{code}"] or "" for code in LANGUAGES}


class TopicForm(VersionedForm):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        add_by_language(self, Topic, "names")
        for code, language in settings.LANGUAGES:
            self.fields[f"names_{code}"].label = in_language(_("Name"), language)

    @staticmethod
    def initial_of(topic: Topic) -> dict[str, Any]:
        return {"version": topic.version, **initial_by_language("names", topic.names)}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(self[f"names_{code}"].value() for code in LANGUAGES):
            self.add_error(f"names_{LANGUAGES[0]}", _("Give at least one name."))
        return data

    def names(self) -> dict[str, str]:
        return by_language(self, "names")


class SourceForm(VersionedForm):
    together = {gettext_lazy("Published on"): ("published_on", "date_precision")}
    written_in = {"title": "language"}

    title = field_of(Source, "title", required=True)
    language = field_of(Source, "language", required=True)
    kind = radio_of(Source, "kind", required=True)
    publisher = PartyField(label=gettext_lazy("Publisher"))
    url = field_of(Source, "url")
    published_on = field_of(Source, "published_on")
    date_precision = field_of(Source, "date_precision")
    seen = field_of(Source, "seen")
    status = field_of(Source, "status")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        offer_records(self, "publisher", Offer().parties)

    @staticmethod
    def initial_of(source: Source) -> dict[str, Any]:
        values = {name: getattr(source, name) for name in SOURCE_FIELDS}
        return {**values, "publisher": source.publisher_id, "version": source.version}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        clean_date_with_precision(self, "published_on", "date_precision")
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SOURCE_FIELDS}
