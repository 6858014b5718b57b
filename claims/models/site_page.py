"""Pages of the site that are no claims: about us, policies. An admin writes them."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from claims.validators import LANGUAGE_TAG_SQL

from .fields import Language, Line, Prose, codes, lines, prose

TEXT_LENGTH = 40_000
ADDRESS_SQL = r"^[a-z][a-z0-9-]{1,38}[a-z0-9]$"


class SitePage(models.Model):
    """One page in one language, in Markdown (CommonMark) without HTML. What is saved is public.

    `version` and `changed_at` are a trigger's.
    """

    address = models.SlugField(
        _("address"),
        max_length=40,
        help_text=_("The end of the page’s address: small letters, digits and hyphens."),
    )
    language = Language()
    title = Line(_("title"), max_length=120)
    text = Prose(_("text"), max_length=TEXT_LENGTH)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("page of the site")
        verbose_name_plural = _("pages of the site")
        ordering = ["address", "language"]
        constraints = [
            models.UniqueConstraint(fields=["address", "language"], name="sitepage_once"),
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(text=""), name="sitepage_not_empty"
            ),
            *codes("sitepage", address=ADDRESS_SQL, language=LANGUAGE_TAG_SQL),
            *lines("sitepage", "title"),
            *prose("sitepage", "text", max_length=TEXT_LENGTH),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.language})"
