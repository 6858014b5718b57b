"""Claims, lists and notices as the API writes them: what the pages show, under these names."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from claims.choices import NoticeKind
from claims.public.pages import ClaimPage

from .evidence import (
    FiguresSerializer,
    OriginsSerializer,
    RatingSerializer,
    ReplySerializer,
    ReviewSerializer,
    SourceSerializer,
    TopicSerializer,
)
from .wording import (
    Address,
    CardSerializer,
    ChangeKindSerializer,
    ConfidenceSerializer,
    GroundSerializer,
    OpposerSerializer,
    Shape,
    StandingSerializer,
    StatementSerializer,
    TextSerializer,
)

# --- The argument -------------------------------------------------------------------------------


class ObjectionSerializer(Shape):
    """How a counterclaim bears on its target, and who sets it against it."""

    ground = GroundSerializer()
    opposer = OpposerSerializer()
    is_attack = serializers.BooleanField(help_text="False for what only adds context.")
    written_against = serializers.IntegerField(
        allow_null=True, help_text="The target’s edition, where that said something else than now."
    )


class StrongestSerializer(StatementSerializer):
    """The rebuttal that always stands beside the claim."""

    confidence = ConfidenceSerializer(source="card.confidence")
    ground = GroundSerializer()
    answer = serializers.CharField(help_text="Whether it has been answered.")


class TargetSerializer(StatementSerializer):
    """What a counterclaim is set against."""

    objection = ObjectionSerializer()


class RebuttalSerializer(CardSerializer):
    """A counterclaim in the tree, with its own rebuttals below it."""

    objections = ObjectionSerializer(many=True)
    is_self = serializers.BooleanField(help_text="Whether it is the claim of this answer.")
    is_repeated = serializers.BooleanField(
        help_text="Whether its replies stand at another place of this answer."
    )
    more = serializers.IntegerField(help_text="How many replies only its own answer shows.")

    def get_fields(self) -> dict[str, Any]:
        return {**super().get_fields(), "replies": RebuttalSerializer(many=True)}


class ListedRebuttalSerializer(Shape):
    """What a list shows of a rebuttal."""

    claim = serializers.CharField()
    url = Address("claim")
    api_url = Address("claim", api=True)
    statement = TextSerializer()
    objection = ObjectionSerializer()


# --- Claims -------------------------------------------------------------------------------------


class EditionSerializer(Shape):
    """An edition as the record lists it."""

    number = serializers.IntegerField(source="edition.number")
    url = Address("edition.claim", "edition.number")
    api_url = Address("edition.claim", "edition.number", api=True)
    is_current = serializers.BooleanField(source="edition.is_current")
    kind = ChangeKindSerializer(allow_null=True, help_text="Null until readers had seen one.")
    words = serializers.CharField(source="label", help_text="What it is, in words.")
    approval = serializers.CharField(
        source="sentence", help_text="Under which rule it was approved, where `words` don’t say it."
    )
    note = TextSerializer(allow_null=True, help_text="What changed, in words for readers.")
    opened_at = serializers.DateTimeField(source="edition.opened_at")
    digest = serializers.CharField(
        source="edition.digest", help_text="SHA-256, in the chain of all editions."
    )
    document_digest = serializers.CharField(
        source="edition.document_digest", help_text="SHA-256 of the document, as it was approved."
    )


class SuccessorSerializer(Shape):
    """The edition that took this one’s place."""

    number = serializers.IntegerField()
    url = Address("claim", "number")
    api_url = Address("claim", "number", api=True)
    opened_at = serializers.DateTimeField()


class ClaimSerializer(CardSerializer):
    """One edition of a claim, with the rebuttals and the standing of now."""

    is_counterclaim = serializers.BooleanField(source="edition.is_counterclaim")
    other_statements = TextSerializer(many=True, help_text="The statement in other languages.")
    wordings = TextSerializer(many=True, help_text="Other ways in which people put it.")
    topics = TopicSerializer(many=True)
    verdict = RatingSerializer(allow_null=True)
    reason = TextSerializer(allow_null=True, help_text="Why the confidence is what it is.")
    unknowns = TextSerializer(allow_null=True, help_text="What we don’t know.")
    would_change = TextSerializer(allow_null=True, help_text="What would change this.")
    figures = FiguresSerializer(allow_null=True)
    sources = SourceSerializer(many=True)
    origins = OriginsSerializer()
    allegation = TextSerializer(allow_null=True, help_text="Whom the claim faults.")
    replies = ReplySerializer(many=True)
    reply_exception = TextSerializer(allow_null=True, help_text="Why nobody was asked for a reply.")
    review = ReviewSerializer(allow_null=True)
    targets = TargetSerializer(many=True)
    standing = StandingSerializer()
    counts = serializers.CharField(help_text="How many claims bear on it, in words.")
    direct = serializers.IntegerField(help_text="How many claims bear on it directly.")
    strongest = StrongestSerializer(allow_null=True)
    rebuttals = RebuttalSerializer(
        many=True, help_text="Three levels of them, in the order of the page; never paged."
    )
    is_cut = serializers.BooleanField(help_text="Whether there are more than are shown here.")
    of_now = serializers.SerializerMethodField(
        help_text="At an edition’s own address: that rebuttals and standing are those of now."
    )
    edition = EditionSerializer(source="line")
    replaced_by = SuccessorSerializer(allow_null=True)
    record = EditionSerializer(many=True, help_text="All readable editions, newest first.")

    def get_of_now(self, page: ClaimPage) -> str:
        if not page.at_own_address:
            return ""
        return _("The rebuttals and the standing are those of now, not of the day of this edition.")


class ListedClaimSerializer(CardSerializer):
    """A claim in a list, facing what is said against it."""

    is_counterclaim = serializers.BooleanField(source="edition.is_counterclaim")
    edition = serializers.IntegerField(source="edition.number")
    opened_at = serializers.DateTimeField(source="edition.opened_at")
    standing = StandingSerializer()
    rebuttals = ListedRebuttalSerializer(many=True, help_text="The first five, strongest first.")
    direct = serializers.IntegerField(help_text="How many claims bear on it directly.")


class ClaimListSerializer(Shape):
    results = ListedClaimSerializer(many=True)
    next = serializers.URLField(allow_null=True, help_text="The next page; null on the last.")


# --- Instead of an answer -----------------------------------------------------------------------


class ErrorSerializer(Shape):
    """Why there is no answer, in the language that was asked for."""

    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of the same name
        child=serializers.CharField(), help_text="A sentence for each parameter that is wrong."
    )


class GoneSerializer(Shape):
    """What stands where a withdrawn or suppressed claim stood."""

    detail = serializers.CharField()
    reason = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in (NoticeKind.WITHDRAWN, NoticeKind.SUPPRESSED)]
    )
    notice = TextSerializer(
        allow_null=True, help_text="The newsroom’s words; null where the law took the text."
    )
    made_at = serializers.DateTimeField()
