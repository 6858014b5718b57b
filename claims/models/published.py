"""The public side: editions, the decisions that open and close them, and what readers see.

Everything here is written by the door and by triggers, and never changed; only the windows of the
published tables move, and only when a release moves them. The published models have a view of the
same name in the schema `reader`, which is all that the alias `public` can see.
"""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from claims.choices import ChangeKind, Label, Mention, NoticeKind, ReleaseKind, Standing

IS_CURRENT = models.Q(current__contains=Now())
WAITS = models.Q(current__startswith__gt=Now())
# Nothing that we know of will end it.
STAYS = models.Q(current__upper_inf=True, current__isempty=False)
HAS_VERDICT = models.Q(document__verdict__value__isnull=False)


class Edition(models.Model):
    """An immutable, numbered, approved version of a claim.

    Whoever inserts one names the claim, the approval and the publisher; a trigger fills in the
    rest from the working copy and refuses what does not fit. `document` is the canonical text whose
    SHA-256 is `document_digest`; `digest` continues the chain over all editions.
    """

    claim = models.ForeignKey(
        "claims.Claim", models.PROTECT, related_name="editions", verbose_name=_("claim")
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind of change"), max_length=16, choices=ChangeKind, blank=True)
    document = models.TextField(_("document"))
    document_digest = models.CharField(_("document digest"), max_length=64)
    approval = models.OneToOneField(
        "claims.Approval", models.PROTECT, related_name="edition", verbose_name=_("approval")
    )
    policy = models.ForeignKey(
        "claims.Policy", models.PROTECT, related_name="editions", verbose_name=_("policy")
    )
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="editions",
        verbose_name=_("publisher"),
    )
    made_at = models.DateTimeField(_("made at"))
    previous_digest = models.CharField(_("previous digest"), max_length=64, unique=True)
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    class Meta:
        verbose_name = _("edition")
        verbose_name_plural = _("editions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="edition_number_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["", *ChangeKind.values]), name="edition_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.number}"


class Release(models.Model):
    """A decision about visibility: of an edition, or (withdraw, suppress) of a whole claim.

    `opens_at` empty means at once. `notice` (withdrawals) is what readers are told, by language.
    """

    claim = models.ForeignKey(
        "claims.Claim", models.PROTECT, related_name="releases", verbose_name=_("claim")
    )
    edition = models.ForeignKey(
        Edition,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="releases",
        verbose_name=_("edition"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ReleaseKind)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    notice = models.JSONField(_("notice to readers"), default=dict)
    merged_into = models.ForeignKey(
        "claims.Claim",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="merges",
        verbose_name=_("merged into"),
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="releases", verbose_name=_("who")
    )
    made_at = models.DateTimeField(_("made at"), db_default=Now())

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind=ReleaseKind.SCHEDULE, edition__isnull=False, notice={}, merged_into=None
                )
                | models.Q(
                    kind=ReleaseKind.MOVE,
                    edition__isnull=False,
                    opens_at__isnull=False,
                    notice={},
                    merged_into=None,
                )
                | models.Q(
                    kind__in=[ReleaseKind.CANCEL, ReleaseKind.REINSTATE],
                    edition__isnull=False,
                    opens_at=None,
                    notice={},
                    merged_into=None,
                )
                | models.Q(kind=ReleaseKind.WITHDRAW, edition=None, opens_at=None, merged_into=None)
                & ~models.Q(reason="")
                & ~models.Q(notice={})
                | models.Q(
                    kind__in=[ReleaseKind.REQUEST_SUPPRESSION, ReleaseKind.SUPPRESS],
                    edition=None,
                    opens_at=None,
                    notice={},
                    merged_into=None,
                )
                & ~models.Q(reason="")
                | models.Q(
                    kind=ReleaseKind.MERGE,
                    edition=None,
                    opens_at=None,
                    notice={},
                    merged_into__isnull=False,
                ),
                name="release_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.claim_id}"


class PublishedEdition(models.Model):
    """An edition as readers may see it, inside its windows.

    `current`: when it is the claim's page and stands in lists. `readable`: when its own address
    answers. An empty window never opens. `claim` is the claim's public id; `claim_key` exists
    for the constraint that keeps one claim's current windows from overlapping. `asserted_since` is
    the number of the edition since which statement and figures are what they are here. `review_by`
    is the document's until a re-check moves it. The table also has the column `words`, by which
    readers find claims (guards/search.sql); no page reads it.
    """

    edition_id = models.BigIntegerField(primary_key=True)
    claim_key = models.BigIntegerField()
    claim = models.CharField(max_length=12)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=16, blank=True)
    asserted_since = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=12, default="")
    confidence = models.CharField(max_length=16)
    is_counterclaim = models.BooleanField()
    review_by = models.DateField(null=True)
    rechecked_at = models.DateTimeField(null=True)
    document: "models.JSONField[Any, Any]" = models.JSONField()
    document_digest = models.CharField(max_length=64)
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    four_eyes = models.BooleanField()
    made_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    current = DateTimeRangeField()
    readable = DateTimeRangeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="publishededition_once"),
        ]
        indexes = [
            models.Index(fields=["claim_key", "number"], name="publishededition_of_claim"),
            models.Index(fields=["-opened_at", "-edition_id"], name="publishededition_newest"),
            models.Index(
                fields=["-opened_at", "-edition_id"],
                condition=models.Q(is_counterclaim=False),
                name="publishededition_claims",
            ),
            # What is to be looked at again: of what is open or opens, not of what was replaced.
            models.Index(
                fields=["review_by", "edition_id"],
                condition=STAYS & models.Q(review_by__isnull=False),
                name="publishededition_review",
            ),
            # The register: what was corrected, open to readers or not any more.
            models.Index(
                fields=["-opened_at", "-edition_id"],
                condition=models.Q(kind=ChangeKind.CORRECTION)
                | models.Q(kind=ChangeKind.UPDATE)
                | models.Q(kind=ChangeKind.CLARIFICATION),
                name="publishededition_register",
            ),
            models.Index(
                fields=["-opened_at", "-edition_id"],
                condition=HAS_VERDICT,
                name="publishededition_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim}/{self.number}"


class PublishedEdge(models.Model):
    """A rebuttal as published with its counterclaim's edition; visible while both ends are."""

    edition_id = models.BigIntegerField()
    counterclaim = models.CharField(max_length=12)
    target = models.CharField(max_length=12)
    ground = models.CharField(max_length=16)
    opposer = models.CharField(max_length=16)
    target_edition = models.PositiveIntegerField()
    # The counterclaim's confidence in this edition: whether the edge counts for standing.
    confidence = models.CharField(max_length=16)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition_id", "target", "ground"], name="publishededge_once"
            ),
        ]
        indexes = [
            models.Index(fields=["target"], name="publishededge_target"),
            models.Index(fields=["counterclaim"], name="publishededge_counterclaim"),
        ]

    def __str__(self) -> str:
        return f"{self.counterclaim} → {self.target}"


class PublishedMention(models.Model):
    """A shared record that an edition shows: how lists by topic, party and source find it.

    `current` and `opened_at` follow the edition's. `shown_hash` is the MD5 of how it is shown (a
    source without what its publisher is called), to tell quickly which editions are behind.
    """

    edition_id = models.BigIntegerField()
    role = models.CharField(max_length=16, choices=Mention)
    record = models.CharField(max_length=12)  # the record's public id
    shown_hash = models.UUIDField()
    opened_at = models.DateTimeField(null=True)
    current = DateTimeRangeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition_id", "role", "record"], name="publishedmention_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["role", "record", "-opened_at", "-edition_id"],
                name="publishedmention_newest",
            ),
            models.Index(
                fields=["role", "-opened_at", "-edition_id"], name="publishedmention_of_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.record}"


class PublishedStanding(models.Model):
    """A claim's standing during a window: recomputed by every release that can bear on it.

    `label` is the grounded label behind it. No two windows of a claim overlap.
    """

    claim_key = models.BigIntegerField()
    claim = models.CharField(max_length=12)
    standing = models.CharField(max_length=16, choices=Standing)
    label = models.CharField(max_length=16, choices=Label)
    during = DateTimeRangeField()

    class Meta:
        indexes = [
            models.Index(fields=["claim"], name="publishedstanding_claim"),
            models.Index(fields=["standing", "claim"], name="publishedstanding_standing"),
        ]

    def __str__(self) -> str:
        return f"{self.claim}: {self.standing}"


class PublishedNotice(models.Model):
    """What readers are told instead of a withdrawn claim, by language; suppressed: nothing; merged:
    the claim (public id) that it was merged into."""

    release_id = models.BigIntegerField(primary_key=True)
    claim = models.CharField(max_length=12)
    kind = models.CharField(max_length=16, choices=NoticeKind, db_default=NoticeKind.WITHDRAWN)
    notice: "models.JSONField[Any, Any]" = models.JSONField()
    merged_into = models.CharField(max_length=12, default="", db_default="")
    made_at = models.DateTimeField()
    shown = DateTimeRangeField()

    class Meta:
        indexes = [
            models.Index(fields=["claim"], name="publishednotice_claim"),
            models.Index(
                fields=["-made_at", "release_id"],
                condition=models.Q(kind=NoticeKind.WITHDRAWN),
                name="publishednotice_withdrawn",
            ),
        ]

    def __str__(self) -> str:
        return self.claim
