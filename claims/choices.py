"""The closed vocabularies of DESIGN 1, 3 and 4: one member, one meaning, one label."""

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class State(models.TextChoices):
    """Where a claim's working copy stands."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    CHANGES_REQUESTED = "changes_requested", _("Changes requested")
    APPROVED = "approved", _("Approved")
    # The working copy equals the newest edition.
    PUBLISHED = "published", _("Published")


class Confidence(models.TextChoices):
    """How well the cited evidence carries the statement in this wording.

    The empty value means that nobody has chosen yet; it blocks submission. "Not assessed" is a
    deliberate choice and needs a reason like the others.
    """

    HIGH = "high", pgettext_lazy("confidence", "High")
    MODERATE = "moderate", pgettext_lazy("confidence", "Moderate")
    LOW = "low", pgettext_lazy("confidence", "Low")
    NOT_ASSESSED = "not_assessed", pgettext_lazy("confidence", "Not assessed")

    @property
    def meaning(self) -> "StrOrPromise":
        """The plain words that always stand beside the level: "low" alone reads as "false"."""
        return {
            Confidence.HIGH: _("well supported"),
            Confidence.MODERATE: _("partly supported"),
            Confidence.LOW: _("weakly supported"),
            Confidence.NOT_ASSESSED: _("we have not rated the evidence"),
        }[self]

    @property
    def steps(self) -> int:
        """How many of the meter's three steps are filled."""
        return {Confidence.HIGH: 3, Confidence.MODERATE: 2, Confidence.LOW: 1}.get(self, 0)


class Ground(models.TextChoices):
    """In what way a counterclaim bears on its target."""

    REBUT = "rebut", _("Says the opposite")
    UNDERMINE = "undermine", _("Disputes the evidence")
    UNDERCUT = "undercut", _("Disputes what the evidence shows")
    # Not an attack.
    QUALIFY = "qualify", _("Adds context")

    @property
    def is_attack(self) -> bool:
        return self is not Ground.QUALIFY


class Opposer(models.TextChoices):
    """Who sets the counterclaim against its target."""

    SOURCE = "source", _("the source says")
    US = "us", _("our reading")


class Stance(models.TextChoices):
    """Which way a citation bears on the claim that cites it."""

    FOR = "for", pgettext_lazy("stance", "For")
    AGAINST = "against", pgettext_lazy("stance", "Against")


class PartyKind(models.TextChoices):
    ORGANISATION = "organisation", _("Organisation")
    PERSON = "person", pgettext_lazy("kind of party", "Person")


class SourceKind(models.TextChoices):
    ARTICLE = "article", _("News article")
    BROADCAST = "broadcast", _("Broadcast report")
    REPORT = "report", _("Report or study")
    DATASET = "dataset", _("Dataset")
    INTERVIEW = "interview", _("Interview")
    DOCUMENT = "document", _("Document")
    POST = "post", _("Social media post")


class Precision(models.TextChoices):
    """How much of a date is known."""

    YEAR = "year", pgettext_lazy("precision", "Year")
    MONTH = "month", pgettext_lazy("precision", "Month")
    DAY = "day", pgettext_lazy("precision", "Day")


class ChangeKind(models.TextChoices):
    """What a new edition is, to readers; empty until an edition has been open to them."""

    CORRECTION = "correction", _("Correction: we were wrong")
    UPDATE = "update", _("Update: the world moved")
    CLARIFICATION = "clarification", _("Clarification: the same, said more clearly")
    MINOR = "minor", _("Minor: spelling or layout only")


class ReleaseKind(models.TextChoices):
    """A decision about an edition's visibility."""

    SCHEDULE = "schedule", _("Open to readers")
    WITHDRAW = "withdraw", _("Withdraw")


class Standing(models.TextChoices):
    """What the published record says about a claim; never what is true."""

    UNREBUTTED = "unrebutted", _("No rebuttal recorded")
    NOT_ASSESSED = "not_assessed", _("No assessed rebuttal")
    ANSWERED = "answered", _("Rebuttals answered")
    CONTESTED = "contested", _("Unanswered rebuttal")


class Role(models.TextChoices):
    """Staff roles; reporter, editor and publisher include each other, admin is apart."""

    REPORTER = "reporter", _("Reporter")
    EDITOR = "editor", _("Editor")
    PUBLISHER = "publisher", pgettext_lazy("role", "Publisher")
    ADMIN = "admin", _("Admin")


class Action(models.TextChoices):
    """What people do to the record: the names in the permission table and in the history."""

    RECORD_CLAIM = "record_claim", _("Record a claim")
    EDIT = "edit", _("Edit")
    ADD_REBUTTAL = "add_rebuttal", _("Add a rebuttal")
    CITE = "cite", _("Cite")
    SAVE_PARTY = "save_party", _("Save a party")
    SAVE_SOURCE = "save_source", _("Save a source")
    SUBMIT = "submit", _("Submit for review")
    REQUEST_CHANGES = "request_changes", _("Request changes")
    APPROVE = "approve", _("Approve")
    PUBLISH = "publish", _("Publish")
    WITHDRAW = "withdraw", _("Withdraw")
    MANAGE_PEOPLE = "manage_people", _("Manage people")


class Operation(models.TextChoices):
    """What happened to one row."""

    INSERT = "insert", _("recorded")
    UPDATE = "update", _("changed")
    DELETE = "delete", _("taken out")


class Record(models.TextChoices):
    """The kinds of rows whose history is kept."""

    CLAIM = "claim", _("claim")
    TEXT = "claimtext", _("text")
    CITATION = "citation", _("citation")
    REBUTTAL = "rebuttal", _("rebuttal")
    PARTY = "party", _("party")
    NAME = "partyname", _("name")
    SOURCE = "source", _("source")
    APPROVAL = "approval", _("approval")
    EDITION = "edition", _("edition")
    RELEASE = "release", _("release")
    POLICY = "policy", _("policy")
    USER = "user", _("person")
    MEMBERSHIP = "user_groups", _("role of a person")
