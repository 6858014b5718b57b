"""What readers send in, and what we answer. Never part of the history, never seen by readers."""

from django.conf import settings
from django.core.validators import EmailValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from claims.choices import TipKind, TipOutcome
from claims.validators import WEB_ADDRESS_SQL, web_address

from .claim import Claim
from .fields import PROSE_LENGTH, Language, Line, Prose, lines, prose

OPEN = models.Q(closed_at=None)


class Tip(models.Model):
    """What one reader told us. Inserted by `tips.receive_tip` alone, which keeps no address.

    `number` is the edition that the reader saw. `contact`, if given, is emptied thirty days after
    the tip is closed. A tip publishes nothing: `led_to` is the draft that was made of it.
    """

    kind = models.CharField(_("kind"), max_length=16, choices=TipKind)
    claim = models.ForeignKey(
        Claim,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tips",
        verbose_name=_("claim"),
    )
    number = models.PositiveIntegerField(_("edition"), null=True, blank=True)
    language = Language()
    text = Prose(_("what the reader writes"))
    url = models.CharField(_("web address"), max_length=2000, blank=True, validators=[web_address])
    contact = models.CharField(
        _("contact"), max_length=254, blank=True, validators=[EmailValidator()]
    )
    received_at = models.DateTimeField(_("received"), db_default=Now())
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tips",
        verbose_name=_("who looks after it"),
    )
    led_to = models.ForeignKey(
        Claim,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="began_with",
        verbose_name=_("what was made of it"),
    )
    outcome = models.CharField(_("outcome"), max_length=16, choices=TipOutcome, blank=True)
    reason = Line(_("reason"), blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tips_closed",
        verbose_name=_("closed by"),
    )

    class Meta:
        verbose_name = _("tip")
        verbose_name_plural = _("tips")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=TipKind.CLAIM, claim=None, number=None)
                | models.Q(
                    kind__in=[TipKind.SOURCE, TipKind.REBUTTAL, TipKind.ERROR],
                    claim__isnull=False,
                    number__isnull=False,
                ),
                name="tip_is_about_something",
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="tip_says_something"),
            models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__iregex=WEB_ADDRESS_SQL),
                name="tip_url_is_http",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", reason="", closed_at=None, closed_by=None)
                | models.Q(
                    outcome__in=TipOutcome.values,
                    closed_at__isnull=False,
                    closed_by__isnull=False,
                ),
                name="tip_is_closed_with_an_outcome",
            ),
            *lines("tip", "contact", "reason"),
            *prose("tip", "text"),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=OPEN, name="tip_open"),
            models.Index(fields=["handler", "-id"], condition=OPEN, name="tip_of_handler"),
            models.Index(
                fields=["closed_at"],
                condition=~models.Q(contact="") & models.Q(closed_at__isnull=False),
                name="tip_to_purge",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"


class TipAnswer(models.Model):
    """What one of us wrote back. Sent by the worker to the contact that the tip had then."""

    tip = models.ForeignKey(Tip, models.PROTECT, related_name="answers", verbose_name=_("tip"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="tip_answers",
        verbose_name=_("author"),
    )
    text = Prose(_("answer"), max_length=PROSE_LENGTH)
    made_at = models.DateTimeField(_("made at"), db_default=Now())
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("answer to a tip")
        verbose_name_plural = _("answers to tips")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="tipanswer_not_empty"),
            *prose("tipanswer", "text"),
        ]

    def __str__(self) -> str:
        return str(self.text)


class TipSalt(models.Model):
    """The salt of one day's hashes. Thrown away with the day, so that nobody can tell any more from
    where a tip came. Only `tips.receive_tip` reads or writes it."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField()

    def __str__(self) -> str:
        return str(self.day)


class TipCount(models.Model):
    """How many tips came today from one place, which is known by a salted hash alone."""

    day = models.DateField()
    place = models.BinaryField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "place"], name="tipcount_once"),
        ]

    def __str__(self) -> str:
        return str(self.day)
