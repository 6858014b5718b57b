"""What claims rest on: citations with what they relay, figures, wordings, and replies asked for."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.choices import Bound, Channel, FigureKind, Outcome, Precision, Stance
from claims.validators import LANGUAGE_TAG_SQL

from .claim import Claim
from .fields import ByLanguage, Language, Line, Prose, codes, in_this_language, lines, prose
from .party import Party
from .source import Source


class Citation(models.Model):
    """A place in a source, quoted for or against a claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="citations")
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="citations", verbose_name=_("source")
    )
    stance = models.CharField(_("stance"), max_length=8, choices=Stance, default=Stance.FOR)
    quotation = Prose(
        _("quotation"),
        max_length=2000,
        blank=True,
        help_text=_("Word for word, in the work’s own language."),
    )
    locator = Line(
        _("place"), max_length=200, blank=True, help_text=_("Page, minute, table or section.")
    )

    route_given = models.BooleanField(
        _("says where it has it from"),
        default=True,
        db_default=True,
        help_text=_("Whether the work says how it came by what it passes on."),
    )

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["claim", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stance__in=Stance), name="citation_stance_known"
            ),
            *lines("citation", "locator"),
            *prose("citation", "quotation", max_length=2000),
        ]

    def __str__(self) -> str:
        return self.quotation or str(self.source)


class Relay(models.Model):
    """A source that another passes on, in the place that a citation quotes.

    The chain leads from the cited work (not in it) over `position` 1, 2, … to the origin, the last.
    A source appears in it once.
    """

    citation = models.ForeignKey(Citation, models.PROTECT, related_name="relays")
    position = models.PositiveSmallIntegerField(_("position"))
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="relays", verbose_name=_("source")
    )

    class Meta:
        verbose_name = _("relayed source")
        verbose_name_plural = _("relayed sources")
        ordering = ["citation", "position"]
        constraints = [
            # Deferred, so that a chain can be reordered within one action.
            models.UniqueConstraint(
                fields=["citation", "position"],
                name="relay_one_per_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.UniqueConstraint(
                fields=["citation", "source"],
                name="relay_source_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("A source appears only once in a chain."),
            ),
            models.CheckConstraint(
                condition=models.Q(position__gte=1), name="relay_position_positive"
            ),
        ]

    def __str__(self) -> str:
        return str(self.source)


class Figure(models.Model):
    """A measured value that a claim rests on; the first and the last make its change."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="figures")
    kind = models.CharField(_("kind"), max_length=8, choices=FigureKind, default=FigureKind.AMOUNT)
    labels = ByLanguage(_("label"), help_text=_("What was measured, or when: “Peak, early 2025”."))
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=6)
    bound = models.CharField(_("meant as"), max_length=16, choices=Bound, default=Bound.EXACTLY)
    units = ByLanguage(
        _("unit"),
        max_length=60,
        blank=True,
        help_text=_("What is counted, for an amount: “people”."),
    )
    as_of = models.DateField(_("as of"), null=True, blank=True)
    as_of_precision = models.CharField(
        _("known to the"), max_length=8, choices=Precision, blank=True
    )

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["claim", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FigureKind), name="figure_kind_known"
            ),
            models.CheckConstraint(condition=models.Q(bound__in=Bound), name="figure_bound_known"),
            models.CheckConstraint(condition=~models.Q(labels={}), name="figure_has_label"),
            models.CheckConstraint(
                condition=models.Q(as_of=None, as_of_precision="")
                | models.Q(as_of__isnull=False, as_of_precision__in=Precision),
                name="figure_date_with_precision",
                violation_error_message=_("A date and how much of it is known come together."),
            ),
        ]

    def __str__(self) -> str:
        return f"{in_this_language(self.labels)}: {self.value}"


class Wording(models.Model):
    """Another way in which people put the same claim."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="wordings")
    language = Language()
    text = Line(_("wording"), max_length=500)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["claim", "id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="wording_not_empty"),
            *lines("wording", "text"),
            *codes("wording", language=LANGUAGE_TAG_SQL),
        ]

    def __str__(self) -> str:
        return str(self.text)


class ReplyRequest(models.Model):
    """Whom we asked for a reply to a claim, how, by when, and what they answered, word for word."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="reply_requests")
    party = models.ForeignKey(
        Party, models.PROTECT, related_name="reply_requests", verbose_name=_("who was asked")
    )
    channel = models.CharField(_("how"), max_length=16, choices=Channel, default=Channel.EMAIL)
    asked_on = models.DateField(_("asked on"))
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=16, choices=Outcome, default=Outcome.WAITING
    )
    answer = Prose(_("answer"), blank=True, help_text=_("Word for word, in its own language."))
    answer_language = Language(_("language of the answer"))
    answered_on = models.DateField(_("answered on"), null=True, blank=True)

    class Meta:
        verbose_name = _("request for a reply")
        verbose_name_plural = _("requests for a reply")
        ordering = ["claim", "id"]
        indexes = [
            models.Index(
                fields=["deadline", "id"],
                condition=models.Q(outcome=Outcome.WAITING),
                name="replyrequest_waiting",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=Channel), name="replyrequest_channel_known"
            ),
            models.CheckConstraint(
                condition=models.Q(outcome=Outcome.ANSWERED, answered_on__isnull=False)
                & ~models.Q(answer="")
                | models.Q(
                    outcome__in=[Outcome.WAITING, Outcome.NO_ANSWER], answer="", answered_on=None
                ),
                name="replyrequest_answer_whole",
                violation_error_message=_(
                    "An answer comes with its day and its words, and only where there was one."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(deadline=None) | models.Q(deadline__gte=models.F("asked_on")),
                name="replyrequest_deadline_after_asking",
                violation_error_message=_("The deadline cannot lie before the day of asking."),
            ),
            models.CheckConstraint(
                condition=models.Q(answered_on=None)
                | models.Q(answered_on__gte=models.F("asked_on")),
                name="replyrequest_answer_after_asking",
                violation_error_message=_("The answer cannot lie before the day of asking."),
            ),
            *prose("replyrequest", "answer"),
            *codes("replyrequest", answer_language=LANGUAGE_TAG_SQL),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.get_outcome_display()}"
