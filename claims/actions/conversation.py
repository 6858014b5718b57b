"""What the newsroom's people say about a claim, and whom they ask to review it. No content."""

from django.utils.translation import gettext as _

from claims.choices import MailKind, State
from claims.exceptions import Invalid, NotAllowed, WrongState
from claims.mentions import meant, mentioned
from claims.models import Claim, Comment, Policy, User
from claims.permissions import may
from claims.validators import tidy

from .door import clean, door, find, require
from .review import has_contributed
from .telling import staff, tell


def comment(claim_id: int, *, actor: User, text: str, request: str = "") -> Comment:
    """Say something in the conversation about a claim; who is mentioned (“@name”) is told."""
    with door(actor=actor, action="comment", request=request):
        require(actor, "comment")
        claim = find(claim_id)
        made = Comment(claim=claim, author=actor, text=tidy(text))
        if not made.text:
            sentence = _("Write something first.")
            raise Invalid(sentence, {"text": sentence})
        clean(made)
        made.save()
        people = those_meant(made.text)
        made.mentions.set(people)
        tell(MailKind.MENTION, claim, people, actor=actor)
    return made


def those_meant(text: str) -> list[User]:
    """Whom the mentions in a text mean."""
    names = {name for each in mentioned(text).values() for name in each}
    known = {person.username: person for person in staff().filter(username__in=names)}
    return [known[name] for name in meant(text, known).values() if name]


def nobodys_mentions(comment: Comment) -> list[str]:
    """The mentions in a comment by which nobody was told, as they were written."""
    told = {person.username for person in comment.mentions.all()}
    return [f"@{mention}" for mention, name in meant(comment.text, told).items() if not name]


def assign(claim_id: int, *, actor: User, reviewer: User | None, request: str = "") -> Claim:
    """Ask one person to review a claim, or nobody in particular any more."""
    with door(actor=actor, action="assign", request=request):
        require(actor, "assign")
        claim = find(claim_id)
        ask(claim, actor, reviewer)
        if reviewer and claim.state == State.IN_REVIEW:
            tell(MailKind.REVIEW_ASKED, claim, [reviewer], actor=actor)
    return claim


def ask(claim: Claim, actor: User, reviewer: User | None) -> None:
    """Note who is asked to review a claim; refuses who may not approve it."""
    if claim.suppressed_at or claim.merged_into_id:
        raise WrongState(_("Nothing of this claim can be reviewed."))
    if reviewer is not None and not may(reviewer, "approve", four_eyes=False):
        sentence = _("%(person)s may not approve claims.") % {"person": reviewer}
        raise Invalid(sentence, {"reviewer": sentence})
    four_eyes = Policy.objects.four_eyes()
    if reviewer is not None and four_eyes and has_contributed(reviewer, claim):
        raise NotAllowed(
            _("%(person)s worked on this claim: somebody else has to review it.")
            % {"person": reviewer}
        )
    if claim.reviewer != reviewer:
        claim.reviewer = reviewer
        claim.save(update_fields=["reviewer"])
