"""The people of the newsroom. What they may do follows from their groups: `permissions.py`."""

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.choices import MailKind


class User(AbstractUser):
    """A member of staff. People are deactivated, never deleted: the record names them."""

    language = models.CharField(
        _("language of mail"),
        max_length=12,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
    )
    unwanted_mail = ArrayField(
        models.CharField(max_length=20, choices=MailKind),
        default=list,
        db_default=[],
        blank=True,
        verbose_name=_("mail that is not wanted"),
    )

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.get_full_name() or self.username
