"""The working copy's states and the steps between them (DESIGN 3). Pure: no database, no HTTP.

The database holds the same table in its triggers; a test compares the two.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from claims.choices import State

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Step:
    """One named move along the table, with the words of its button."""

    action: str
    sources: frozenset[State]
    target: State
    label: "StrOrPromise"
    needs_reason: bool = False


STEPS = {
    step.action: step
    for step in (
        Step(
            "submit",
            frozenset({State.DRAFT, State.CHANGES_REQUESTED}),
            State.IN_REVIEW,
            _("Submit for review"),
        ),
        Step(
            "request_changes",
            frozenset({State.IN_REVIEW}),
            State.CHANGES_REQUESTED,
            _("Request changes"),
            needs_reason=True,
        ),
        Step("approve", frozenset({State.IN_REVIEW}), State.APPROVED, _("Approve")),
        Step("publish", frozenset({State.APPROVED}), State.PUBLISHED, _("Publish")),
        Step(
            "discard",
            frozenset({State.DRAFT, State.CHANGES_REQUESTED}),
            State.PUBLISHED,
            _("Discard changes"),
        ),
    )
}


def after_change(state: State) -> State:
    """Where any change of content leads: requested changes stay requested, all else is a draft."""
    return state if state is State.CHANGES_REQUESTED else State.DRAFT


@dataclass(frozen=True)
class Contents:
    """What `gaps` needs to know of a working copy."""

    has_claimant: bool
    original: Mapping[str, str]  # statement, attribution, reason, reply_exception, change_note
    citations: int
    confidence: str
    change_kind: str
    was_open: bool  # an edition has been open to readers
    faults_somebody: bool = False  # the claim is an allegation about a named party
    was_heard: bool = False  # whom it faults was asked, and answered or did not


def gaps(contents: Contents) -> "dict[str, StrOrPromise]":
    """What is missing before review, by field, each as a sentence; empty when nothing is."""
    text = {name: value.strip() for name, value in contents.original.items()}
    missing: dict[str, StrOrPromise] = {}
    if not text.get("statement"):
        missing["statement"] = _("Write the statement in the original language.")
    if not contents.has_claimant and not text.get("attribution"):
        missing["claimant"] = _(
            "Say who makes the claim: choose a claimant or write an attribution."
        )
    if not contents.citations:
        missing["citations"] = _("Cite at least one source.")
    if not contents.confidence:
        missing["confidence"] = _("Choose a confidence; “not assessed” is a choice too.")
    if not text.get("reason"):
        missing["reason"] = _("Give the reason for the confidence, in the original language.")
    if contents.faults_somebody and not contents.was_heard and not text.get("reply_exception"):
        missing["replies"] = _(
            "Record the answer of the person it faults, or that there was none; or say why nobody"
            " was asked."
        )
    if contents.was_open:
        if not contents.change_kind:
            missing["change_kind"] = _("Say what kind of change this is.")
        if not text.get("change_note"):
            missing["change_note"] = _("Tell readers what changed, in the original language.")
    elif contents.change_kind:
        missing["change_kind"] = _("Leave this empty until an edition has been open to readers.")
    return missing
