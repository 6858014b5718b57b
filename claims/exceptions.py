"""Why an action was refused. Wrong state, not allowed, stale and invalid are different answers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Refused(Exception):
    """An action was not carried out. `str()` is a sentence for the person who asked."""

    status = 409


class NotAllowed(Refused):
    """This person may not do this."""

    status = 403


class WrongState(Refused):
    """The claim is in a state from which this step cannot be taken."""


class Stale(Refused):
    """The claim has changed since the person looked."""

    status = 412


class Invalid(Refused):
    """What was handed in breaks a rule. `errors` says which, by field."""

    status = 422

    def __init__(self, message: str, errors: "Mapping[str, StrOrPromise] | None" = None) -> None:
        super().__init__(message)
        self.errors = dict(errors or {})
