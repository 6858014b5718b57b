"""Works that claims cite."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.choices import Precision, SourceKind, SourceStatus
from claims.validators import LANGUAGE_TAG_SQL, PUBLIC_ID_SQL, WEB_ADDRESS_SQL, web_address

from .fields import Language, Line, PublicIdField, codes, lines
from .party import Party


class Source(models.Model):
    """A work: a report, an article, a dataset, an interview. A shared record, like `Party`."""

    public_id = PublicIdField()
    title = Line(
        _("title"), help_text=_("As printed, or a short description of a work without one.")
    )
    language = Language(_("language of the work"))
    kind = models.CharField(
        _("kind"), max_length=16, choices=SourceKind, default=SourceKind.ARTICLE
    )
    publisher = models.ForeignKey(
        Party,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="sources",
        verbose_name=_("publisher"),
    )
    url = models.CharField(_("web address"), max_length=2000, blank=True, validators=[web_address])
    published_on = models.DateField(_("published on"), null=True, blank=True)
    date_precision = models.CharField(
        _("known to the"),
        max_length=8,
        choices=Precision,
        blank=True,
        help_text=_("How much of the date is known."),
    )
    seen = models.BooleanField(
        _("seen by us"), default=True, help_text=_("We have read or watched the work itself.")
    )
    status = models.CharField(
        _("what became of it"),
        max_length=16,
        choices=SourceStatus,
        blank=True,
        default="",
        db_default="",
        help_text=_("Every claim that cites it is then queued to be looked at again."),
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    frozen_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(title=""), name="source_title_not_empty"),
            models.CheckConstraint(
                condition=models.Q(kind__in=SourceKind), name="source_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__iregex=WEB_ADDRESS_SQL),
                name="source_url_is_http",
            ),
            models.CheckConstraint(
                condition=models.Q(published_on=None, date_precision="")
                | models.Q(published_on__isnull=False, date_precision__in=Precision),
                name="source_date_with_precision",
                violation_error_message=_("A date and how much of it is known come together."),
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["", *SourceStatus.values]),
                name="source_status_known",
            ),
            *lines("source", "title"),
            *codes("source", public_id=PUBLIC_ID_SQL, language=LANGUAGE_TAG_SQL),
        ]

    def __str__(self) -> str:
        return str(self.title)
