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

    @property
    def explanation(self) -> "StrOrPromise":
        """What the level says and does not say, for the page on our method."""
        return {
            Confidence.HIGH: _("The cited evidence carries the statement in these very words."),
            Confidence.MODERATE: _(
                "The evidence carries a part of the statement, or all of it with a gap that we"
                " name."
            ),
            Confidence.LOW: _(
                "The evidence carries little of the statement. That does not make it false."
            ),
            Confidence.NOT_ASSESSED: _(
                "We chose not to rate the evidence, and say why. It disputes nothing until we do."
            ),
        }[self]


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

    @property
    def meaning(self) -> "StrOrPromise":
        return {
            Ground.REBUT: _("Both cannot be true as they are worded."),
            Ground.UNDERMINE: _("It holds that the evidence for the claim is wrong or unreliable."),
            Ground.UNDERCUT: _(
                "The evidence may be right, but it holds that it does not carry the claim."
            ),
            Ground.QUALIFY: _(
                "It says what else has to be known. It does not dispute the claim and has no part"
                " in its standing."
            ),
        }[self]


class Opposer(models.TextChoices):
    """Who sets the counterclaim against its target."""

    SOURCE = "source", _("the source says")
    US = "us", _("our reading")

    @property
    def meaning(self) -> "StrOrPromise":
        return {
            Opposer.SOURCE: _("The cited source itself sets the one against the other."),
            Opposer.US: _(
                "No source that we cite sets them against each other. We see that they bear on"
                " each other."
            ),
        }[self]


class Stance(models.TextChoices):
    """Which way a citation bears on the claim that cites it."""

    FOR = "for", pgettext_lazy("stance", "For")
    AGAINST = "against", pgettext_lazy("stance", "Against")


class Verdict(models.TextChoices):
    """The newsroom's optional fact-check rating, worst first; never derived from confidence."""

    FALSE = "false", pgettext_lazy("verdict", "False")
    MOSTLY_FALSE = "mostly_false", pgettext_lazy("verdict", "Mostly false")
    HALF_TRUE = "half_true", pgettext_lazy("verdict", "Half true")
    MOSTLY_TRUE = "mostly_true", pgettext_lazy("verdict", "Mostly true")
    TRUE = "true", pgettext_lazy("verdict", "True")
    # On the SNU scale only.
    WITHHELD = "withheld", pgettext_lazy("verdict", "Withheld")

    @property
    def meaning(self) -> "StrOrPromise":
        return {
            Verdict.FALSE: _("What it says is not so."),
            Verdict.MOSTLY_FALSE: _("What matters in it is not so, though a part holds."),
            Verdict.HALF_TRUE: _("A part of it holds, and a part of equal weight does not."),
            Verdict.MOSTLY_TRUE: _("What matters in it holds, though a part does not."),
            Verdict.TRUE: _("What it says is so."),
            Verdict.WITHHELD: _("What is known is not enough for a rating. It has no number."),
        }[self]


class VerdictScale(models.TextChoices):
    """The scales a newsroom can choose in the settings (or none)."""

    FIVE = "five", _("five steps")
    SNU = "snu", _("SNU scale")

    @property
    def verdicts(self) -> list[Verdict]:
        return [one for one in Verdict if self is VerdictScale.SNU or one is not Verdict.WITHHELD]


class FigureKind(models.TextChoices):
    """What a measured value counts; a change is stated only between values of one kind."""

    SHARE = "share", _("Share, in per cent")
    AMOUNT = "amount", _("Amount")


class Bound(models.TextChoices):
    """How a number is meant."""

    EXACTLY = "exactly", pgettext_lazy("bound", "exactly")
    ABOUT = "about", pgettext_lazy("bound", "about")
    MORE_THAN = "more_than", pgettext_lazy("bound", "more than")
    LESS_THAN = "less_than", pgettext_lazy("bound", "less than")


class ChangeUnit(models.TextChoices):
    """In what a stated change is given."""

    PERCENT = "percent", _("per cent of the first value")
    POINTS = "points", _("percentage points")


class Channel(models.TextChoices):
    """How somebody was asked for a reply."""

    EMAIL = "email", _("by e-mail")
    PHONE = "phone", _("by telephone")
    LETTER = "letter", _("by letter")
    IN_PERSON = "in_person", _("in person")
    PRESS_OFFICE = "press_office", _("through the press office")
    OTHER = "other", pgettext_lazy("channel", "in another way")


class Outcome(models.TextChoices):
    """What came of asking."""

    WAITING = "waiting", _("Waiting for an answer")
    ANSWERED = "answered", _("Answered")
    NO_ANSWER = "no_answer", _("No answer")


class PartyKind(models.TextChoices):
    ORGANISATION = "organisation", _("Organisation")
    PERSON = "person", pgettext_lazy("kind of party", "Person")


class SourceKind(models.TextChoices):
    ARTICLE = "article", _("News article")
    BROADCAST = "broadcast", _("Broadcast report")
    REPORT = "report", _("Report or study")
    DATASET = "dataset", _("Dataset")
    INTERVIEW = "interview", _("Interview")
    STATEMENT = "statement", _("Statement")
    DOCUMENT = "document", _("Document")
    POST = "post", _("Social media post")


class SourceStatus(models.TextChoices):
    """What its publisher has since done about a work; empty: nothing that we know of."""

    CORRECTED = "corrected", _("Corrected by its publisher")
    RETRACTED = "retracted", _("Retracted by its publisher")


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

    @property
    def explanation(self) -> "StrOrPromise":
        """What it tells readers of, and where, for the page on our method."""
        return {
            ChangeKind.CORRECTION: _(
                "Something that we published was wrong. The page says at its top what and why."
            ),
            ChangeKind.UPDATE: _(
                "What we published held at its time, and something has happened since."
            ),
            ChangeKind.CLARIFICATION: _(
                "What we published was not wrong, but could be understood wrongly."
            ),
            ChangeKind.MINOR: _(
                "Nothing changed in what is said: not the statement, who says it, its sources,"
                " its figures or our rating. It is listed in the record without an announcement."
            ),
        }[self]

    @classmethod
    def announced(cls) -> "list[ChangeKind]":
        """What readers are told of at the top of the page, and in the register."""
        return [cls.CORRECTION, cls.UPDATE, cls.CLARIFICATION]


class ReleaseKind(models.TextChoices):
    """A decision about an edition's visibility."""

    SCHEDULE = "schedule", _("Open to readers")
    MOVE = "move", _("Move the opening")
    CANCEL = "cancel", _("Cancel the opening")
    WITHDRAW = "withdraw", _("Withdraw")
    REINSTATE = "reinstate", _("Reinstate")
    REQUEST_SUPPRESSION = "request_suppression", _("Request suppression")
    SUPPRESS = "suppress", _("Suppress")
    MERGE = "merge", _("Merge into another claim")


class NoticeKind(models.TextChoices):
    """What stands where a claim stood."""

    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPPRESSED = "suppressed", _("Suppressed")
    MERGED = "merged", _("Merged into another claim")


class MailKind(models.TextChoices):
    """What the newsroom writes to its people about; each chooses what they want."""

    REVIEW_ASKED = "review_asked", _("A review is asked for")
    CHANGES_REQUESTED = "changes_requested", _("Changes are requested")
    APPROVED = "approved", _("A claim is approved")
    PUBLISHED = "published", _("A claim is published")
    REBUTTED = "rebutted", _("A rebuttal of a claim is published")
    WITHDRAWN = "withdrawn", _("A claim is withdrawn")
    MENTION = "mention", _("Somebody mentions me")
    OVERDUE_REPLY = "overdue_reply", _("A reply is overdue")


class TipKind(models.TextChoices):
    """What a reader sends in."""

    SOURCE = "source", _("A source for or against this claim")
    REBUTTAL = "rebuttal", _("Something that is said against this claim")
    ERROR = "error", _("An error on this page")
    CLAIM = "claim", _("A claim that is not here yet")

    @property
    def is_about_a_claim(self) -> bool:
        return self is not TipKind.CLAIM


class TipUse(models.TextChoices):
    """What can be made of a tip."""

    CLAIM = "claim", _("Make a draft claim of it")
    REBUTTAL = "rebuttal", _("Make a draft rebuttal of it")
    CITE_FOR = "cite_for", _("Cite its source for the claim")
    CITE_AGAINST = "cite_against", _("Cite its source against the claim")


class TipOutcome(models.TextChoices):
    """How a tip was closed."""

    USED = "used", _("Used")
    KNOWN = "known", _("Known already")
    UNFOUNDED = "unfounded", _("Looked into: nothing to it")
    UNSUITABLE = "unsuitable", _("Not about our work")


class Mention(models.TextChoices):
    """In which way an edition shows a shared record."""

    TOPIC = "topic", _("topic")
    CLAIMANT = "claimant", _("claimant")
    ASKED = "asked", _("asked for a reply")
    PUBLISHER = "publisher", _("publisher")
    SOURCE = "source", _("source")
    RELAY = "relay", _("relayed source")


class Label(models.TextChoices):
    """Dung's grounded labels of an argument."""

    ACCEPTED = "accepted", _("accepted")
    REJECTED = "rejected", _("rejected")
    UNDECIDED = "undecided", _("undecided")


class Standing(models.TextChoices):
    """What the published record says about a claim; never what is true."""

    UNREBUTTED = "unrebutted", _("No rebuttal recorded")
    NOT_ASSESSED = "not_assessed", _("No assessed rebuttal")
    ANSWERED = "answered", _("Rebuttals answered")
    CONTESTED = "contested", _("Unanswered rebuttal")

    @property
    def meaning(self) -> "StrOrPromise":
        return {
            Standing.UNREBUTTED: _(
                "Nothing on record disputes it. Context may have been added to it."
            ),
            Standing.NOT_ASSESSED: _(
                "Something on record disputes it, but we have not rated the evidence for any of"
                " that."
            ),
            Standing.ANSWERED: _(
                "Each rebuttal that we have rated is itself rebutted by something that stands."
            ),
            Standing.CONTESTED: _(
                "At least one rebuttal that we have rated stands unanswered, or its answer is"
                " itself in dispute."
            ),
        }[self]


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
    SAVE_TOPIC = "save_topic", _("Save a topic")
    FLAG_ALLEGATION = "flag_allegation", _("Flag an allegation")
    CONFIRM = "confirm", _("Confirm what it rebuts")
    SUBMIT = "submit", _("Submit for review")
    REQUEST_CHANGES = "request_changes", _("Request changes")
    APPROVE = "approve", _("Approve")
    PUBLISH = "publish", _("Publish")
    DISCARD = "discard", _("Discard changes")
    REFRESH = "refresh", _("Refresh")
    RECHECK = "recheck", _("Re-check")
    SCHEDULE = "schedule", _("Schedule")
    MOVE = "move", _("Move the opening")
    CANCEL = "cancel", _("Cancel the opening")
    WITHDRAW = "withdraw", _("Withdraw")
    APPROVE_REINSTATEMENT = "approve_reinstatement", _("Approve reinstating")
    REINSTATE = "reinstate", _("Reinstate")
    REQUEST_SUPPRESSION = "request_suppression", _("Request suppression")
    SUPPRESS = "suppress", _("Suppress")
    COMMENT = "comment", _("Comment")
    ASSIGN = "assign", _("Assign a reviewer")
    ASK_FOR_REPLY = "ask_for_reply", _("Ask for a reply")
    RECORD_ANSWER = "record_answer", _("Record an answer")
    MERGE = "merge", _("Merge")
    SPLIT = "split", _("Split")
    UNDO = "undo", _("Undo a merge or a split")
    CHOOSE_MAIL = "choose_mail", _("Choose mail")
    ASSIGN_TIP = "assign_tip", _("Assign a tip")
    ANSWER_TIP = "answer_tip", _("Answer a tip")
    USE_TIP = "use_tip", _("Use a tip")
    CLOSE_TIP = "close_tip", _("Close a tip")
    SAVE_SITE_PAGE = "save_site_page", _("Save a page of the site")
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
    RELAY = "relay", _("relayed source")
    FIGURE = "figure", _("figure")
    WORDING = "wording", _("wording")
    REPLY_REQUEST = "replyrequest", _("request for a reply")
    CLAIM_TOPIC = "claim_topics", _("topic of a claim")
    RECHECK = "recheck", _("re-check")
    TOPIC = "topic", _("topic")
    PARTY = "party", _("party")
    NAME = "partyname", _("name")
    SOURCE = "source", _("source")
    APPROVAL = "approval", _("approval")
    EDITION = "edition", _("edition")
    RELEASE = "release", _("release")
    POLICY = "policy", _("policy")
    SITE_PAGE = "sitepage", _("page of the site")
    USER = "user", _("person")
    MEMBERSHIP = "user_groups", _("role of a person")
