"""People and organisations that make claims or publish sources."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims.choices import PartyKind
from claims.validators import LANGUAGE_TAG_SQL, PUBLIC_ID_SQL

from .fields import Language, Line, PublicIdField, codes, in_this_language, lines


class Party(models.Model):
    """A named person or organisation: a claimant, a publisher, or both.

    A shared record: many claims show it, so its changes void approvals that rest on it. `version`
    and `frozen_version` (the version that the newest edition to show it froze) belong to triggers.
    """

    public_id = PublicIdField()
    kind = models.CharField(
        _("kind"), max_length=16, choices=PartyKind, default=PartyKind.ORGANISATION
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    frozen_version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=PartyKind), name="party_kind_known"),
            *codes("party", public_id=PUBLIC_ID_SQL),
        ]

    def __str__(self) -> str:
        names = {name.language: str(name.name) for name in self.names.all()}
        return in_this_language(names) or self.public_id


class PartyName(models.Model):
    """What a party is called in one language."""

    party = models.ForeignKey(Party, models.PROTECT, related_name="names")
    language = Language()
    name = Line(_("name"), max_length=200)

    class Meta:
        verbose_name = _("name")
        verbose_name_plural = _("names")
        ordering = ["party", "language"]
        constraints = [
            models.UniqueConstraint(fields=["party", "language"], name="partyname_per_language"),
            models.CheckConstraint(condition=~models.Q(name=""), name="partyname_not_empty"),
            *lines("partyname", "name"),
            *codes("partyname", language=LANGUAGE_TAG_SQL),
        ]

    def __str__(self) -> str:
        return str(self.name)
