"""What the newsroom's people say to each other, and the mail that tells them of it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from claims.choices import MailKind

from .claim import Claim
from .fields import Prose, prose

COMMENT_LENGTH = 4000


class Comment(models.Model):
    """One contribution to the conversation about a claim. Insert-only; never seen by readers."""

    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="comments", verbose_name=_("claim")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="comments",
        verbose_name=_("author"),
    )
    text = Prose(_("comment"), max_length=COMMENT_LENGTH)
    mentions = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="mentions", verbose_name=_("mentions")
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(text=""), name="comment_not_empty"),
            *prose("comment", "text", max_length=COMMENT_LENGTH),
        ]

    def __str__(self) -> str:
        return str(self.text)


class Mail(models.Model):
    """A mail to one of our people: that something happened to a claim, never what it says.

    Written with the action that it tells of, in one transaction; sent by the worker. `about` is the
    number of what it tells of, so that each is told of once: the request for a reply that is
    overdue, the edition that was published, or of a rebuttal the published edge.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="mail", verbose_name=_("recipient")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=MailKind)
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="mail", verbose_name=_("claim"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="mail_caused",
        verbose_name=_("who"),
    )
    about = models.BigIntegerField(null=True)
    made_at = models.DateTimeField(_("made at"), db_default=Now())
    sent_at = models.DateTimeField(_("sent at"), null=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=MailKind), name="mail_kind_known"),
            models.UniqueConstraint(
                fields=["recipient", "kind", "about"],
                condition=models.Q(about__isnull=False),
                name="mail_told_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.recipient}"
