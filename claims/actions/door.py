"""What all actions share: a transaction that says who acts, and the checks at its threshold."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import (
    IntegrityError,
    InternalError,
    OperationalError,
    connection,
    models,
    transaction,
)
from django.utils.translation import gettext as _

from claims.choices import State
from claims.exceptions import Invalid, NotAllowed, Refused, Stale, WrongState
from claims.models import Claim, Party, Source, Topic, User
from claims.permissions import may
from claims.validators import tidy
from claims.workflow import STEPS

Versioned = TypeVar("Versioned", Claim, Party, Source, Topic)
SETTINGS = ("actor", "action", "reason", "request", "change")
CLEAR = dict.fromkeys(SETTINGS, "")


def state(values: dict[str, str]) -> None:
    """Tell the database's triggers, for this transaction, who does what and why."""
    calls = ", ".join(f"set_config('counterclaim.{name}', %s, true)" for name in SETTINGS)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [values[name] for name in SETTINGS])


def set_constraints(when: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS ALL {when}")


@contextmanager
def door(*, actor: User, action: str, reason: str = "", request: str = "") -> Iterator[None]:
    """One action's transaction: all of it happens, attributed to `actor`, or nothing does.

    `request` names where it came from, for the history. Raises Invalid for what the database's
    rules refuse, and Stale when another change was in the way.
    """
    try:
        with transaction.atomic():
            # What is written in several steps is judged at the end, and before we leave.
            set_constraints("DEFERRED")
            state(
                {
                    "actor": str(actor.pk or ""),
                    "action": action,
                    "reason": reason.replace("\0", ""),
                    "request": request[:64],
                    "change": str(uuid.uuid4()),
                }
            )
            yield
            set_constraints("IMMEDIATE")
            state(CLEAR)
    except ValidationError as error:
        raise invalid(error) from error
    except (IntegrityError, InternalError) as error:
        raise Invalid(broken_rule(error)) from error
    except OperationalError as error:
        if connection.connection is None or connection.connection.closed:
            raise
        raise Stale(_("Somebody else was changing this at the same moment. Try again.")) from error


def broken_rule(error: Exception) -> str:
    """What the database refused: a constraint in its own words, otherwise a trigger in its."""
    diagnosis = getattr(error.__cause__, "diag", None)
    name = getattr(diagnosis, "constraint_name", None)
    for model in apps.get_app_config("claims").get_models():
        for constraint in model._meta.constraints:
            own_words = (
                constraint.violation_error_message != constraint.default_violation_error_message
            )
            if constraint.name == name and own_words:
                return str(constraint.get_violation_error_message())
    rule = getattr(diagnosis, "message_primary", "") or str(error)
    return _("A rule of the record refuses this: %(rule)s.") % {"rule": rule}


def invalid(error: ValidationError) -> Invalid:
    """A model's complaints, by field."""
    if hasattr(error, "error_dict"):
        errors = {name: " ".join(messages) for name, messages in error.message_dict.items()}
        return Invalid(" ".join(errors.values()), errors)
    return Invalid(" ".join(error.messages))


def clean(instance: models.Model) -> None:
    """Check a row's fields by their own rules; the database checks the rest as it is written."""
    instance.clean_fields()


def require(
    actor: User, action: str, *, is_contributor: bool = False, four_eyes: bool = True
) -> None:
    """Raise NotAllowed unless the permission table lets this person do this."""
    if may(actor, action, is_contributor=is_contributor, four_eyes=four_eyes):
        return
    if may(actor, action, four_eyes=False):
        raise NotAllowed(_("You changed this claim yourself: somebody else has to approve it."))
    raise NotAllowed(_("Your role does not allow this."))


def lock(model: type[Versioned], pk: int, version: int, *, merged: bool = False) -> Versioned:
    """The record, locked until the transaction ends, at the version that the caller saw.

    A merged claim is refused unless the caller asks for it.
    """
    record = model._default_manager.select_for_update(of=("self",)).filter(pk=pk).first()
    if record is None:
        raise Refused(_("There is no such record."))
    if isinstance(record, Claim) and record.suppressed_at:
        raise WrongState(_("This claim was suppressed by law: nothing of it can be changed."))
    if isinstance(record, Claim) and record.merged_into_id and not merged:
        raise WrongState(
            _("This claim is merged into another: undo that first, or change that one.")
        )
    if record.version != version:
        raise Stale(
            _("This has changed since you opened it (version %(then)s, now %(now)s).")
            % {"then": version, "now": record.version}
        )
    return record


def find(claim_id: int) -> Claim:
    """A claim, locked, at whatever version: for what is no content."""
    claim = Claim.objects.select_for_update(of=("self",)).filter(pk=claim_id).first()
    if claim is None:
        raise Refused(_("There is no such record."))
    return claim


def only(values: Mapping[str, Any], known: Sequence[str]) -> dict[str, Any]:
    """`values` with their texts tidied, if they name nothing that callers may not set."""
    unknown = set(values) - set(known)
    if unknown:
        raise Invalid(_("These cannot be set: %(names)s.") % {"names": ", ".join(sorted(unknown))})
    return {name: tidied(value) for name, value in values.items()}


def tidied(value: Any) -> Any:
    """A text, or texts by language without the empty ones, as they are recorded."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, Mapping):
        return {language: tidy(text) for language, text in value.items() if tidy(text)}
    return value


def take_step(claim: Claim, action: str) -> None:
    """Raise WrongState unless this step leads on from where the claim is."""
    step = STEPS[action]
    if State(claim.state) not in step.sources:
        raise WrongState(
            _("“%(step)s” is not possible: this claim is in the state “%(state)s”.")
            % {"step": step.label, "state": State(claim.state).label}
        )


def lock_recording() -> None:
    """Let one recording that may be asked for twice go through at a time."""
    lock_shared_records(exclusive=True)


def lock_shared_records(*, exclusive: bool) -> None:
    """Put approvals and changes of parties and sources in one order: no deadlock between them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_lock_shared_records(%s)", [exclusive])


def lock_publishing() -> None:
    """Editions and releases of all claims stand in one order, held by one lock, taken first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT claims_lock_publishing()")
