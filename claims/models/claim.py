"""The working copies: claims, what they say and what they rebut."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.choices import (
    Bound,
    ChangeKind,
    ChangeUnit,
    Confidence,
    Ground,
    Opposer,
    State,
    Verdict,
    VerdictScale,
)
from claims.querysets import ClaimQuerySet
from claims.validators import LANGUAGE_TAG_SQL, PUBLIC_ID_SQL

from .fields import Language, Line, Prose, PublicIdField, codes, lines, prose
from .party import Party
from .topic import Topic


class Claim(models.Model):
    """One statement that somebody makes and that can be supported or disputed.

    A counterclaim is a claim too. `state` moves along `workflow.STEPS`; `version`,
    `frozen_version` (the version that the newest edition froze), `edition` (that edition's
    number), `suppressed_at` and `change_id` belong to triggers. All changes come through
    `claims.actions`.
    """

    public_id = PublicIdField()
    language = Language(
        _("original language"), help_text=_("The language in which the claim was made or recorded.")
    )
    claimant = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        verbose_name=_("claimant"),
        help_text=_("Who says it. Leave empty when unnamed, and fill in the attribution."),
    )
    confidence = models.CharField(
        _("confidence"),
        max_length=16,
        choices=Confidence,
        blank=True,
        help_text=_("How well the cited evidence carries the statement in this wording."),
    )
    verdict = models.CharField(
        _("verdict"), max_length=16, choices=Verdict, blank=True, default="", db_default=""
    )
    # The scale on which the verdict was given: the settings may change later.
    verdict_scale = models.CharField(
        _("verdict scale"),
        max_length=8,
        choices=VerdictScale,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="claims", verbose_name=_("topics")
    )
    stated_change = models.DecimalField(
        _("stated change"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("From the first figure to the last, as the claim states it; a fall is minus."),
    )
    stated_change_unit = models.CharField(
        _("stated in"), max_length=8, choices=ChangeUnit, blank=True, default="", db_default=""
    )
    stated_change_bound = models.CharField(
        _("stated as"), max_length=16, choices=Bound, blank=True, default="", db_default=""
    )
    allegation_about = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="allegations",
        verbose_name=_("allegation about"),
        help_text=_("Whom the claim faults by name: they are asked for a reply before it appears."),
    )
    review_by = models.DateField(
        _("re-check by"),
        null=True,
        blank=True,
        help_text=_("Readers are told when this day has passed without a re-check."),
    )
    change_kind = models.CharField(
        _("kind of change"), max_length=16, choices=ChangeKind, blank=True
    )
    # Rebuttals (public ids) that readers see first, in this order; the others follow by themselves.
    first_rebuttals = ArrayField(
        models.CharField(max_length=12),
        default=list,
        db_default=[],
        blank=True,
        verbose_name=_("rebuttals that stand first"),
    )
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    split_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="split_off",
        verbose_name=_("split off from"),
    )
    # Who is asked to review it: no content.
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reviews",
        verbose_name=_("reviewer"),
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    frozen_version = models.PositiveIntegerField(default=0, editable=False)
    edition = models.PositiveIntegerField(_("newest edition"), default=0, editable=False)
    suppressed_at = models.DateTimeField(_("suppressed at"), null=True, editable=False)
    change_id = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(
        _("recorded at"), db_default=models.functions.Now(), editable=False
    )
    changed_at = models.DateTimeField(
        _("changed at"), db_default=models.functions.Now(), editable=False
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["-changed_at", "-id"]
        indexes = [
            models.Index(fields=["-changed_at", "-id"], name="claim_by_change"),
            models.Index(fields=["state", "-changed_at", "-id"], name="claim_by_state"),
            models.Index(
                fields=["-changed_at", "-id"],
                condition=models.Q(allegation_about__isnull=False),
                name="claim_with_allegation",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confidence__in=["", *Confidence.values]),
                name="claim_confidence_known",
            ),
            models.CheckConstraint(
                condition=models.Q(change_kind__in=["", *ChangeKind.values]),
                name="claim_change_kind_known",
            ),
            models.CheckConstraint(condition=models.Q(state__in=State), name="claim_state_known"),
            models.CheckConstraint(
                condition=models.Q(verdict="", verdict_scale="")
                | models.Q(verdict__in=VerdictScale.FIVE.verdicts, verdict_scale__in=VerdictScale)
                | models.Q(verdict=Verdict.WITHHELD, verdict_scale=VerdictScale.SNU),
                name="claim_verdict_on_its_scale",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    stated_change=None, stated_change_unit="", stated_change_bound=""
                )
                | models.Q(
                    stated_change__isnull=False,
                    stated_change_unit__in=ChangeUnit,
                    stated_change_bound__in=Bound,
                ),
                name="claim_stated_change_whole",
                violation_error_message=_(
                    "A stated change, its unit and how it is meant come together."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(merged_into=None) | ~models.Q(merged_into=models.F("id")),
                name="claim_not_merged_into_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(first_rebuttals__len__lte=200),
                name="claim_first_rebuttals_few",
            ),
            *codes("claim", public_id=PUBLIC_ID_SQL, language=LANGUAGE_TAG_SQL),
        ]

    def __str__(self) -> str:
        text = self.original
        return str(text.statement if text else self.public_id)

    @property
    def behind_since(self) -> datetime | None:
        """Since when a shared record that the newest edition shows is another."""
        return min((behind.since for behind in self.behind.all()), default=None)

    @property
    def original(self) -> "ClaimText | None":
        """The text in the language in which the claim was recorded."""
        return next((text for text in self.texts.all() if text.language == self.language), None)


class ClaimText(models.Model):
    """What a claim says in one language, and what we say of it there.

    The table also has the column `words`, by which the newsroom finds it (guards/search.sql).
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="texts")
    language = Language()
    statement = Line(_("statement"), max_length=500)
    attribution = Line(
        _("attribution"),
        max_length=200,
        blank=True,
        help_text=_("Who says it, where no name is known or a name is not enough: “critics”."),
    )
    reason = Prose(_("reason for the confidence"), blank=True)
    unknowns = Prose(_("what we don’t know"), blank=True)
    would_change = Prose(_("what would change this"), blank=True)
    change_note = Prose(
        _("note to readers"),
        max_length=1000,
        blank=True,
        help_text=_("From the second edition: what changed, in words that readers will see."),
    )
    reply_exception = Prose(
        _("why nobody was asked for a reply"),
        max_length=1000,
        blank=True,
        default="",
        db_default="",
        help_text=_("Only where the claim faults somebody by name; readers will see it."),
    )

    class Meta:
        verbose_name = _("text")
        verbose_name_plural = _("texts")
        ordering = ["claim", "language"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "language"], name="claimtext_per_language"),
            models.CheckConstraint(
                condition=~models.Q(statement=""), name="claimtext_statement_not_empty"
            ),
            *lines("claimtext", "statement", "attribution"),
            *codes("claimtext", language=LANGUAGE_TAG_SQL),
            *prose("claimtext", "reason", "unknowns", "would_change"),
            *prose("claimtext", "change_note", "reply_exception", max_length=1000),
        ]

    def __str__(self) -> str:
        return str(self.statement)


class Rebuttal(models.Model):
    """The directed edge from a counterclaim to the claim it bears on.

    It belongs to the counterclaim: it is edited, approved and published with it.
    """

    counterclaim = models.ForeignKey(
        Claim, models.PROTECT, related_name="rebuts", verbose_name=_("counterclaim")
    )
    target = models.ForeignKey(
        Claim, models.PROTECT, related_name="rebuttals", verbose_name=_("claim it rebuts")
    )
    ground = models.CharField(_("ground"), max_length=16, choices=Ground)
    opposer = models.CharField(
        pgettext_lazy("rebuttal", "who opposes"),
        max_length=16,
        choices=Opposer,
        default=Opposer.SOURCE,
    )
    target_edition = models.PositiveIntegerField(
        _("written against edition"),
        default=1,
        help_text=_("The edition of the claim that the rebuttal was written against."),
    )

    class Meta:
        verbose_name = _("rebuttal")
        verbose_name_plural = _("rebuttals")
        ordering = ["counterclaim", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["counterclaim", "target", "ground"],
                name="rebuttal_once_per_ground",
                # Two edges may exchange their grounds within one action.
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("This claim already rebuts it on this ground."),
            ),
            models.CheckConstraint(
                condition=~models.Q(counterclaim=models.F("target")),
                name="rebuttal_not_of_itself",
                violation_error_message=_("A claim cannot rebut itself."),
            ),
            models.CheckConstraint(
                condition=models.Q(ground__in=Ground), name="rebuttal_ground_known"
            ),
            models.CheckConstraint(
                condition=models.Q(opposer__in=Opposer), name="rebuttal_opposer_known"
            ),
            models.CheckConstraint(
                condition=models.Q(target_edition__gte=1), name="rebuttal_edition_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.counterclaim} → {self.target}"
