"""Who may do what: one table of predicates.

A predicate sees the person's roles and whether they are a contributor; nothing else decides. The
database holds the four-eyes rule once more (DESIGN 3).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from claims.choices import Action, Role

# Each role with those it includes; admin is apart and touches no content.
INCLUDES: dict[Role, frozenset[Role]] = {
    Role.REPORTER: frozenset({Role.REPORTER}),
    Role.EDITOR: frozenset({Role.REPORTER, Role.EDITOR}),
    Role.PUBLISHER: frozenset({Role.REPORTER, Role.EDITOR, Role.PUBLISHER}),
    Role.ADMIN: frozenset({Role.ADMIN}),
}


@dataclass(frozen=True)
class Asking:
    """Who asks, and how they stand to the claim in question."""

    roles: frozenset[Role]
    is_contributor: bool = False
    four_eyes: bool = True


Predicate = Callable[[Asking], bool]


def has(role: Role) -> Predicate:
    return lambda asking: role in asking.roles


def approver(asking: Asking) -> bool:
    """An editor who is no contributor, or any editor where the policy waives four eyes."""
    return Role.EDITOR in asking.roles and not (asking.four_eyes and asking.is_contributor)


def staff(asking: Asking) -> bool:
    return bool(asking.roles)


# The action's name is also its name in the history.
PERMISSIONS: dict[str, Predicate] = {
    Action.RECORD_CLAIM: has(Role.REPORTER),
    Action.EDIT: has(Role.REPORTER),
    Action.ADD_REBUTTAL: has(Role.REPORTER),
    Action.CITE: has(Role.REPORTER),
    Action.SAVE_PARTY: has(Role.REPORTER),
    Action.SAVE_SOURCE: has(Role.REPORTER),
    Action.SAVE_TOPIC: has(Role.REPORTER),
    Action.FLAG_ALLEGATION: has(Role.EDITOR),
    Action.CONFIRM: has(Role.REPORTER),
    Action.SUBMIT: has(Role.REPORTER),
    Action.REQUEST_CHANGES: has(Role.EDITOR),
    Action.APPROVE: approver,
    Action.PUBLISH: has(Role.PUBLISHER),
    Action.DISCARD: has(Role.REPORTER),
    Action.REFRESH: has(Role.PUBLISHER),
    Action.RECHECK: has(Role.EDITOR),
    Action.SCHEDULE: has(Role.PUBLISHER),
    Action.MOVE: has(Role.PUBLISHER),
    Action.CANCEL: has(Role.PUBLISHER),
    Action.WITHDRAW: has(Role.PUBLISHER),
    Action.APPROVE_REINSTATEMENT: has(Role.EDITOR),
    Action.REINSTATE: has(Role.PUBLISHER),
    Action.REQUEST_SUPPRESSION: has(Role.PUBLISHER),
    Action.SUPPRESS: has(Role.PUBLISHER),
    Action.COMMENT: has(Role.REPORTER),
    Action.ASSIGN: has(Role.REPORTER),
    Action.ASK_FOR_REPLY: has(Role.REPORTER),
    Action.RECORD_ANSWER: has(Role.REPORTER),
    Action.MERGE: has(Role.EDITOR),
    Action.SPLIT: has(Role.EDITOR),
    Action.UNDO: has(Role.EDITOR),
    Action.CHOOSE_MAIL: staff,
    Action.ASSIGN_TIP: has(Role.REPORTER),
    Action.ANSWER_TIP: has(Role.REPORTER),
    Action.USE_TIP: has(Role.REPORTER),
    Action.CLOSE_TIP: has(Role.REPORTER),
    Action.SAVE_SITE_PAGE: has(Role.ADMIN),
    "view": staff,
    Action.MANAGE_PEOPLE: has(Role.ADMIN),
}


def roles_of(user: Any) -> frozenset[Role]:
    """The roles a person holds, with those they include. One query, kept on the user object.

    A superuser is an admin and no more: to run the system is not to edit.
    """
    if not user.is_active:
        return frozenset()
    held = getattr(user, "_roles", None)
    if held is None:
        names = user.groups.filter(name__in=Role.values).values_list("name", flat=True)
        held = frozenset().union(*(INCLUDES[Role(name)] for name in names))
        if user.is_superuser:
            held |= INCLUDES[Role.ADMIN]
        user._roles = held
    return held


def may(user: Any, action: str, *, is_contributor: bool = False, four_eyes: bool = True) -> bool:
    """Whether this person may take this action; an action that is not in the table is nobody's."""
    predicate = PERMISSIONS.get(action)
    return bool(predicate and predicate(Asking(roles_of(user), is_contributor, four_eyes)))


def ensure_groups(using: str = "default") -> None:
    """Make the four staff groups. Idempotent; the only place where they are made."""
    from django.contrib.auth.models import Group

    for role in Role:
        Group.objects.using(using).get_or_create(name=role.value)
