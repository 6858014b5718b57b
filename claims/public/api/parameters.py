"""What may be asked for. Nothing that is not named here is, and nothing is quietly left out."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from claims.choices import Confidence, Standing
from claims.public.paging import BadToken, Place, to_place
from claims.public.records import Filters
from claims.validators import LANGUAGE_TAG_SQL, PUBLIC_ID_SQL

NOT_ONE_OF = gettext_lazy("Choose one of: %(values)s.")


class Choice(serializers.ChoiceField):
    """One of a closed list; the sentence names them all."""

    def fail(self, key: str, **values: Any) -> Any:
        known = ", ".join(map(str, self.choices))
        raise serializers.ValidationError(str(NOT_ONE_OF) % {"values": known}, code=key)


class PublicId(serializers.RegexField):
    """The public id of a topic, party or source, as answers of this API name it."""

    def __init__(self, **options: Any) -> None:
        wrong = gettext_lazy("A public id has twelve characters: digits and small letters.")
        messages: dict[str, Any] = {"invalid": wrong, "blank": wrong}
        super().__init__(_whole(PUBLIC_ID_SQL), error_messages=messages, **options)


class LanguageTag(serializers.RegexField):
    """The language of a record; any, not only those in which the site can be read."""

    def __init__(self, **options: Any) -> None:
        wrong = gettext_lazy("Give the language as a code: “ko”, “en”, “zh”, “pt-BR”.")
        messages: dict[str, Any] = {"invalid": wrong, "blank": wrong}
        super().__init__(_whole(LANGUAGE_TAG_SQL), error_messages=messages, **options)


@extend_schema_field({"type": "string", "pattern": "^[A-Za-z0-9_-]{22}$"})
class Token(serializers.CharField):
    """Where a page of the list begins, as `next` of the page before it says."""

    def to_internal_value(self, data: Any) -> Any:
        try:
            return to_place(str(data))
        except BadToken:
            self.fail("invalid")

    default_error_messages = {
        "invalid": gettext_lazy(
            "This page of the list does not exist. Start again from the newest claims."
        ),
        "blank": gettext_lazy(
            "This page of the list does not exist. Start again from the newest claims."
        ),
    }


class Moment(serializers.DateTimeField):
    """A moment with its time zone: without one nobody could say which moment it is."""

    default_error_messages = {
        "invalid": gettext_lazy(
            "Give a moment with its time zone, such as 2025-07-25T12:00:00Z (“+” is written %2B)."
        ),
    }

    def to_internal_value(self, value: Any) -> datetime:
        try:
            moment = super().to_internal_value(value)
        except serializers.ValidationError:
            self.fail("invalid")
        if timezone.is_naive(moment):
            self.fail("invalid")
        try:
            # PostgreSQL knows no zone beyond sixteen hours; Python does.
            return moment.astimezone(UTC)
        except OverflowError:
            self.fail("invalid")

    def enforce_timezone(self, value: datetime) -> datetime:
        return value


def _whole(pattern: str) -> str:
    r"""In Python, `$` also matches before a last line end; `\Z` does not."""
    return pattern.replace("$", r"\Z")


class NoParameters(serializers.Serializer[Any]):
    """For addresses that take none."""


class Parameters(serializers.Serializer[Any]):
    """What every address takes."""

    language = Choice(
        choices=[code for code, _name in settings.LANGUAGES],
        required=False,
        help_text="The language of the answer; otherwise `Accept-Language` decides.",
    )


class ListParameters(Parameters):
    """Which claims the list holds; several parameters narrow it together."""

    all = Choice(
        choices=["0", "1"],
        required=False,
        help_text="1: counterclaims too. Otherwise only claims that rebut nothing.",
    )
    after = Token(required=False, help_text="Where the page begins: taken from `next`.")
    topic = PublicId(required=False, help_text="Claims on this topic.")
    claimant = PublicId(required=False, help_text="Claims that this party makes.")
    publisher = PublicId(
        required=False, help_text="Claims that cite or relay what this party published."
    )
    source = PublicId(  # type: ignore[assignment]  # a field of the same name
        required=False, help_text="Claims that cite this source."
    )
    standing = Choice(choices=Standing.choices, required=False)
    confidence = Choice(choices=Confidence.choices, required=False)
    original_language = LanguageTag(
        required=False, help_text="The language in which the claim was recorded."
    )
    changed_since = Moment(
        required=False,
        help_text="Claims whose current edition opened at this moment or later; with a time zone.",
    )


def understood(form: type[serializers.Serializer[Any]], query: QueryDict) -> dict[str, Any]:
    """The values of the parameters; raises ValidationError with a sentence for each wrong one."""
    asked = form(data=query.dict())
    asked.is_valid()
    errors: dict[str, str] = {name: str(found[0]) for name, found in asked.errors.items()}
    for name, values in query.lists():
        if name not in asked.fields:
            known = ", ".join(sorted(asked.fields))
            errors[name] = (
                _("There is no such parameter here; there are: %(names)s.") % {"names": known}
                if known
                else _("This address takes no parameters.")
            )
        elif len(values) > 1:
            errors[name] = _("Give this parameter once.")
    if errors:
        raise serializers.ValidationError(errors)
    return dict(asked.validated_data)


def filters_of(asked: dict[str, Any]) -> tuple[Filters, Place | None]:
    """What the list is asked for, and where its page begins."""
    filters = Filters.of(
        asked,
        counterclaims=asked.get("all") == "1",
        opened_since=asked.get("changed_since"),
    )
    return filters, asked.get("after")


def asked_language(request: HttpRequest) -> str:
    """The language of the answer: the parameter’s, else the header’s.

    Cookies are not looked at: caches keep one answer for everybody who sends the same header.
    """
    named = request.GET.get("language", "")
    if named in dict(settings.LANGUAGES):
        return named
    stripped = HttpRequest()
    stripped.META["HTTP_ACCEPT_LANGUAGE"] = request.headers.get("Accept-Language", "")
    return translation.get_language_from_request(stripped)
