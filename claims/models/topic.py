"""What claims are about."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.validators import PUBLIC_ID_SQL

from .fields import ByLanguage, PublicIdField, codes, in_this_language


class Topic(models.Model):
    """A subject under which readers find claims. A shared record, like `Party`."""

    public_id = PublicIdField()
    names = ByLanguage(_("names"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    frozen_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["id"]
        constraints = [*codes("topic", public_id=PUBLIC_ID_SQL)]

    def __str__(self) -> str:
        return in_this_language(self.names) or self.public_id
