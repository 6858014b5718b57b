"""The working copies: claims, what they say, what they cite and what they rebut."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from claims.choices import ChangeKind, Confidence, Ground, Opposer, Stance, State
from claims.querysets import ClaimQuerySet
from claims.validators import LANGUAGE_TAG_SQL, PUBLIC_ID_SQL

from .fields import Language, Line, Prose, PublicIdField, codes, lines, prose
from .party import Party
from .source import Source


class Claim(models.Model):
    """One statement that somebody makes and that can be supported or disputed.

    A counterclaim is a claim too. `state` moves along `workflow.STEPS`; `version`,
    `frozen_version` (the version that the newest edition froze), `edition` (that edition's
    number) and `change_id` belong to triggers. All changes come through `claims.actions`.
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
    change_kind = models.CharField(
        _("kind of change"), max_length=16, choices=ChangeKind, blank=True
    )
    state = models.CharField(
        _("state"), max_length=20, choices=State, default=State.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    frozen_version = models.PositiveIntegerField(default=0, editable=False)
    edition = models.PositiveIntegerField(_("newest edition"), default=0, editable=False)
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
            *codes("claim", public_id=PUBLIC_ID_SQL, language=LANGUAGE_TAG_SQL),
        ]

    def __str__(self) -> str:
        text = self.original
        return str(text.statement if text else self.public_id)

    @property
    def original(self) -> "ClaimText | None":
        """The text in the language in which the claim was recorded."""
        return next((text for text in self.texts.all() if text.language == self.language), None)


class ClaimText(models.Model):
    """What a claim says in one language, and what we say of it there."""

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
            *prose("claimtext", "change_note", max_length=1000),
        ]

    def __str__(self) -> str:
        return str(self.statement)


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
