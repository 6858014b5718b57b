"""Claims that are behind: a party, source or topic that their newest edition shows has changed.

They are refreshed together: proposed with one note, approved in one step by somebody else, and
published in one call. Each goes the ordinary way through review, so that every rule holds.
"""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from claims.choices import ChangeKind, State
from claims.exceptions import Invalid, WrongState
from claims.models import Claim, User
from claims.validators import tidy

from .claims import write
from .door import door, lock, lock_shared_records, require
from .review import ask_for_review, missing, was_open


def propose_refresh(
    seen: Mapping[int, int], *, actor: User, note: Mapping[str, str], request: str = ""
) -> list[Claim]:
    """Hand in claims that are behind for review, as a clarification with this note to readers.

    `seen` maps each claim's id to the version that the caller saw; `note` is by language. A claim
    with an open draft is refused: its own next edition brings it up to date. Who may approve them
    is told once.
    """
    note = {language: tidy(text) for language, text in note.items() if tidy(text)}
    if not note:
        sentence = _("Tell readers what changed.")
        raise Invalid(sentence, {"note": sentence})
    with door(actor=actor, action="refresh", request=request):
        require(actor, "refresh")
        lock_shared_records(exclusive=False)
        claims: list[Claim] = []
        told: list[User] = []  # by the first of them, not by each
        for claim_id in sorted(seen):
            claim = lock(Claim, claim_id, seen[claim_id])
            if claim.state != State.PUBLISHED or not claim.behind_since:
                raise WrongState(
                    _("“%(claim)s” is not behind, or somebody is working on it.") % {"claim": claim}
                )
            kind = ChangeKind.CLARIFICATION if was_open(claim) else ""
            write(claim, {"change_kind": kind}, notes(claim, note) if kind else {}, None, {})
            claim.refresh_from_db()
            if gaps := missing(claim):
                raise Invalid(" ".join(map(str, gaps.values())), gaps)
            claim.state = State.IN_REVIEW
            claim.save(update_fields=["state"])
            told += ask_for_review(claim, actor, but=told)
            claims.append(claim)
        return claims


def notes(claim: Claim, note: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The note in each of the claim's languages that it is written in, the original always."""
    fallback = next(iter(note.values()))
    languages = [text.language for text in claim.texts.all()]
    return {
        language: {"change_note": note.get(language, fallback)}
        for language in languages
        if language in note or language == claim.language
    }
