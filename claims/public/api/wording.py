"""How the API writes words: texts with their language, codes with their labels, dates, addresses.

Each serializer reads one of the presenters’ dataclasses and is the schema of what it writes. The
descriptions are part of the OpenAPI document, which is in English.
"""

from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.db.models import Choices, TextChoices
from django.urls import reverse
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from claims.choices import (
    Bound,
    ChangeKind,
    ChangeUnit,
    Channel,
    Confidence,
    FigureKind,
    Ground,
    Opposer,
    Outcome,
    SourceKind,
    SourceStatus,
    Standing,
    Verdict,
    VerdictScale,
)

Shape = serializers.Serializer[Any]


def api_address(name: str, **kwargs: Any) -> str:
    """The path of an answer of this API, in the language that is active."""
    return reverse(f"api:{name}", kwargs=kwargs) + "?" + urlencode({"language": get_language()})


@extend_schema_field(OpenApiTypes.URI)
class Address(serializers.Field[Any, Any, str, Any]):
    """The absolute address of a claim or edition: its page, or with `api` its answer here.

    `claim` and `number` say where the object has them.
    """

    def __init__(self, claim: str, number: str = "", *, api: bool = False) -> None:
        super().__init__(source="*", read_only=True)
        self.names = {"claim": claim} | ({"number": number} if number else {})
        self.api = api

    def to_representation(self, value: Any) -> str:
        name = "edition_detail" if "number" in self.names else "claim_detail"
        kwargs = {key: attrgetter(path)(value) for key, path in self.names.items()}
        path = api_address(name, **kwargs) if self.api else reverse(f"public:{name}", kwargs=kwargs)
        return str(self.context["request"].build_absolute_uri(path))


class CodeSerializer(Shape):
    """A value of a closed vocabulary and its label in the language of the answer."""

    def to_representation(self, value: Any) -> dict[str, Any]:
        if isinstance(value, Choices):
            return {"code": value.value, "label": str(value.label)}
        return {"code": value.code, "label": str(value)}


def code_of(vocabulary: type[TextChoices]) -> type[CodeSerializer]:
    fields = {
        "code": serializers.ChoiceField(choices=vocabulary.choices),
        "label": serializers.CharField(),
        "__doc__": CodeSerializer.__doc__,
        "__module__": __name__,
    }
    return type(f"{vocabulary.__name__}Serializer", (CodeSerializer,), fields)


BoundSerializer = code_of(Bound)
ChangeKindSerializer = code_of(ChangeKind)
ChangeUnitSerializer = code_of(ChangeUnit)
ChannelSerializer = code_of(Channel)
FigureKindSerializer = code_of(FigureKind)
GroundSerializer = code_of(Ground)
OpposerSerializer = code_of(Opposer)
OutcomeSerializer = code_of(Outcome)
SourceKindSerializer = code_of(SourceKind)
SourceStatusSerializer = code_of(SourceStatus)
StandingSerializer = code_of(Standing)
VerdictScaleSerializer = code_of(VerdictScale)
VerdictSerializer = code_of(Verdict)


class ConfidenceSerializer(CodeSerializer):
    """How well the cited evidence carries the statement in this wording; never without its plain
    words, because “low” alone reads as “false”."""

    code = serializers.ChoiceField(choices=Confidence.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # a field of the same name
    meaning = serializers.CharField()

    def to_representation(self, value: Confidence) -> dict[str, Any]:
        return {**super().to_representation(value), "meaning": str(value.meaning)}


class TextSerializer(Shape):
    """A recorded text in the language in which it is shown."""

    text = serializers.CharField()
    language = serializers.CharField(help_text="The tag of the text’s language.")
    marked = serializers.CharField(
        help_text="The name of that language where it is not the reader’s; otherwise empty."
    )
    translated_from = serializers.CharField(
        help_text="The name of the original’s language where this is our translation."
    )


class KnownDateSerializer(Shape):
    """A date as far as it is known: a year, a month or a day; null where there is none."""

    date = serializers.CharField(source="code", help_text="2025, 2025-07 or 2025-07-25")
    words = serializers.CharField(source="*")

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) if value else None


class AttributionSerializer(Shape):
    """Who says it, and through whom we have it."""

    names = TextSerializer(many=True)
    via = TextSerializer(allow_null=True)
    others = serializers.IntegerField(help_text="How many other publishers there are.")
    claimant = serializers.CharField(help_text="The public id of who is named; empty if nobody is.")


class StatementSerializer(Shape):
    """A claim that another one leads to."""

    claim = serializers.CharField(source="card.claim", help_text="Its public id.")
    url = Address("card.claim")
    api_url = Address("card.claim", api=True)
    statement = TextSerializer(source="card.statement")


class CardSerializer(StatementSerializer):
    """What a claim says, who says it, and how well supported it is."""

    attribution = AttributionSerializer(source="card.attribution")
    confidence = ConfidenceSerializer(source="card.confidence")
