"""What the newsroom decided, who took part, and everything that was ever changed.

All of these are insert-only, by privilege and by trigger.
"""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from claims.choices import Action, Operation, Record
from claims.querysets import PolicyQuerySet

from .claim import Claim


class Approval(models.Model):
    """A second editor's yes to exactly one document: this claim, this version, this digest.

    `reinstates` is empty, or the withdrawn edition whose return to readers is approved; its
    document is then that edition's, and the working copy's state does not move.
    """

    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="approvals", verbose_name=_("claim")
    )
    version = models.PositiveIntegerField(_("version"))
    document_digest = models.CharField(_("document digest"), max_length=64)
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="approvals",
        verbose_name=_("approver"),
    )
    reinstates = models.ForeignKey(
        "claims.Edition",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="reinstating_approvals",
        verbose_name=_("reinstates"),
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.claim_id} v{self.version}: {self.document_digest[:12]}"


class Recheck(models.Model):
    """Somebody looked again and found that the edition still holds; readers see the day.

    It makes no new edition. `review_by` is when to look the next time.
    """

    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="rechecks", verbose_name=_("claim")
    )
    edition = models.ForeignKey(
        "claims.Edition", models.PROTECT, related_name="rechecks", verbose_name=_("edition")
    )
    review_by = models.DateField(_("re-check by"), null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="rechecks", verbose_name=_("who")
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("re-check")
        verbose_name_plural = _("re-checks")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.made_at:%Y-%m-%d}"


class Behind(models.Model):
    """A shared record that a claim's newest edition shows readers has changed since.

    Kept by triggers: the next edition takes it away, and so do a withdrawal and a record that
    becomes again what was shown.
    """

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="behind", verbose_name=_("claim"))
    record = models.CharField(_("record"), max_length=12)  # the shared record's public id
    since = models.DateTimeField(_("behind since"))

    class Meta:
        verbose_name = _("claim that is behind")
        verbose_name_plural = _("claims that are behind")
        ordering = ["since", "claim"]
        constraints = [
            models.UniqueConstraint(fields=["record", "claim"], name="behind_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.record}"


class Contribution(models.Model):
    """Who changed which version of a claim or shared record: written by triggers.

    A contributor is whoever contributed to a version above `frozen_version`.
    """

    record = models.CharField(_("record"), max_length=16)  # claim, party, source or topic
    record_id = models.BigIntegerField()
    version = models.PositiveIntegerField(_("version"))
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="contributions")

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["record", "record_id", "version", "user"], name="contribution_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.record} {self.record_id} v{self.version}"


class Policy(models.Model):
    """The four-eyes rule from a moment on; the newest row counts, the owner role writes."""

    four_eyes = models.BooleanField(_("four eyes"))
    reason = models.TextField(_("reason"))
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(_("Four eyes")) if self.four_eyes else str(_("One person may approve"))


class History(models.Model):
    """One change of one row, written by a trigger: who, when, why, before and after.

    It outlives what it tells of: rows are named, not referenced.
    """

    at = models.DateTimeField(_("at"), db_default=Now())
    actor_id = models.BigIntegerField(_("number of the person"), null=True)
    actor = models.CharField(_("who"), max_length=150, blank=True)
    action = models.CharField(_("action"), max_length=40, blank=True, choices=Action)
    reason = models.TextField(_("reason"), blank=True)
    request = models.CharField(_("request"), max_length=64, blank=True)
    # All entries of one action have one.
    change = models.UUIDField(_("change"), null=True)
    record = models.CharField(_("record"), max_length=40, choices=Record)
    record_id = models.BigIntegerField(_("number"))
    claim_id = models.BigIntegerField(_("number of the claim"), null=True)
    operation = models.CharField(_("operation"), max_length=8, choices=Operation)
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("history entry")
        verbose_name_plural = _("history")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["claim_id", "-id"], name="history_of_claim"),
            models.Index(fields=["record", "record_id", "-id"], name="history_of_record"),
            models.Index(fields=["actor_id", "-id"], name="history_of_actor"),
            models.Index(fields=["-at", "-id"], name="history_by_day"),
            models.Index(fields=["change"], name="history_of_change"),
            models.Index(fields=["action", "-id"], name="history_of_action"),
        ]

    def __str__(self) -> str:
        record, operation = self.get_record_display(), self.get_operation_display()
        return f"{record} {self.record_id}: {operation}"
