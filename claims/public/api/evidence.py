"""What a claim rests on, as the API writes it: figures, sources and how they came, replies."""

from decimal import ROUND_HALF_EVEN
from typing import Any

from rest_framework import serializers

from claims.public.evidence import FiguresShown

from .wording import (
    BoundSerializer,
    ChangeUnitSerializer,
    ChannelSerializer,
    FigureKindSerializer,
    KnownDateSerializer,
    OutcomeSerializer,
    Shape,
    SourceKindSerializer,
    SourceStatusSerializer,
    TextSerializer,
    VerdictScaleSerializer,
    VerdictSerializer,
)


class TopicSerializer(Shape):
    id = serializers.CharField()
    name = TextSerializer()


class RatingSerializer(Shape):
    """The newsroom’s rating on its own scale; never the confidence."""

    verdict = VerdictSerializer()
    scale = VerdictScaleSerializer()


class FigureSerializer(Shape):
    label = TextSerializer()  # type: ignore[assignment]  # a field of the same name
    words = serializers.CharField(help_text="The value as people say it.")
    value = serializers.CharField(help_text="An exact decimal number.")
    kind = FigureKindSerializer()
    bound = BoundSerializer()
    unit = TextSerializer(allow_null=True)
    date = KnownDateSerializer(allow_null=True)


class ChangeSerializer(Shape):
    """The change from the first figure to the last, computed by us, to one digit."""

    words = serializers.CharField(source="change")
    percent = serializers.DecimalField(
        None,
        1,
        source="computed.percent",
        rounding=ROUND_HALF_EVEN,
        allow_null=True,
        help_text="Of the first value.",
    )
    points = serializers.DecimalField(
        None,
        1,
        source="computed.points",
        rounding=ROUND_HALF_EVEN,
        allow_null=True,
        help_text="Percentage points, between shares.",
    )

    def to_representation(self, figures: FiguresShown) -> Any:
        return super().to_representation(figures) if figures.change else None


class StatedChangeSerializer(Shape):
    """The change as the claim states it, by its size."""

    words = serializers.CharField(source="stated")
    size = serializers.SerializerMethodField()
    unit = ChangeUnitSerializer(source="stated_change.unit")
    bound = BoundSerializer(source="stated_change.bound")

    def get_size(self, figures: FiguresShown) -> str:
        return str(abs(figures.stated_change.value)) if figures.stated_change else ""

    def to_representation(self, figures: FiguresShown) -> Any:
        return super().to_representation(figures) if figures.stated_change else None


class FiguresSerializer(Shape):
    rows = FigureSerializer(many=True)
    change = ChangeSerializer(source="*", allow_null=True)
    stated = StatedChangeSerializer(source="*", allow_null=True)
    agrees = serializers.BooleanField(
        allow_null=True, help_text="Null where no change is stated, or none can be computed."
    )
    sentence = serializers.CharField()


class HopSerializer(Shape):
    """One hand through which it came: “SemiAnalysis stated”."""

    who = TextSerializer()
    verb = serializers.CharField()
    seen = serializers.BooleanField(help_text="Whether we have seen that work ourselves.")
    status = SourceStatusSerializer(
        allow_null=True, help_text="What its publisher has since done about that work."
    )


class QuotationSerializer(Shape):
    text = serializers.CharField(help_text="In the language of the source.")
    locator = serializers.CharField()
    is_against = serializers.BooleanField(help_text="Whether it is cited against the claim.")
    way = HopSerializer(
        many=True,
        help_text="From the origin to this source; empty where it speaks for itself.",
    )
    route_given = serializers.BooleanField()


class SourceSerializer(Shape):
    """A work, once, with every place in it that the claim cites."""

    id = serializers.CharField()
    title = serializers.CharField()
    language = serializers.CharField()
    language_name = serializers.CharField()
    publisher = TextSerializer(allow_null=True)
    publisher_id = serializers.CharField(help_text="The publisher’s public id; empty for none.")
    kind = SourceKindSerializer()
    date = KnownDateSerializer(allow_null=True)
    seen = serializers.BooleanField(help_text="Whether we have seen the work ourselves.")
    url = serializers.CharField(help_text="Its address; empty for none.")
    status = SourceStatusSerializer(
        allow_null=True, help_text="What its publisher has since done about it; null for nothing."
    )
    quotations = QuotationSerializer(many=True)


class RelaySerializer(Shape):
    """“YTN relays SemiAnalysis”."""

    relayer = TextSerializer()
    origin = TextSerializer()
    seen = serializers.BooleanField(help_text="Whether we have seen the origin ourselves.")


class OriginsSerializer(Shape):
    """How many sources and how many independent origins there are."""

    sources = serializers.IntegerField()
    origins = serializers.IntegerField()
    seen = serializers.CharField()
    relays = RelaySerializer(many=True)


class ReplySerializer(Shape):
    """Somebody who was asked for a reply, and what they answered, word for word."""

    who = TextSerializer()
    how = ChannelSerializer()
    asked = KnownDateSerializer(allow_null=True)
    deadline = KnownDateSerializer(allow_null=True)
    outcome = OutcomeSerializer()
    answer = TextSerializer(allow_null=True)
    answered = KnownDateSerializer(allow_null=True)


class ReviewSerializer(Shape):
    """When the claim is looked at again, and the last time that it was."""

    by = KnownDateSerializer(allow_null=True)
    is_due = serializers.BooleanField(help_text="Whether that day has passed.")
    rechecked = KnownDateSerializer(allow_null=True)
