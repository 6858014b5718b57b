"""The one door: every change of the record, from the admin, the API, a command or a shell.

Each action locks, compares the version that the caller saw, asks the transition table and the
permission table, and writes; triggers log it. Refusals are `claims.exceptions`.
"""

from .claims import add_rebuttal, cite, confirm, edit, record_claim
from .discarding import discard
from .refreshing import propose_refresh
from .releases import cancel, cancelled_edition, move, publish, schedule, waiting
from .review import (
    approve,
    approve_together,
    document_of,
    has_contributed,
    missing,
    recheck,
    request_changes,
    submit,
    was_open,
)
from .shared_records import save_party, save_source, save_topic
from .withdrawals import (
    approve_reinstatement,
    reinstate,
    request_suppression,
    suppress,
    withdraw,
    withdrawn_edition,
)

__all__ = [
    "add_rebuttal",
    "approve",
    "approve_reinstatement",
    "approve_together",
    "cancel",
    "cancelled_edition",
    "cite",
    "confirm",
    "discard",
    "document_of",
    "edit",
    "has_contributed",
    "missing",
    "move",
    "propose_refresh",
    "publish",
    "recheck",
    "record_claim",
    "reinstate",
    "request_changes",
    "request_suppression",
    "save_party",
    "save_source",
    "save_topic",
    "schedule",
    "submit",
    "suppress",
    "waiting",
    "was_open",
    "withdraw",
    "withdrawn_edition",
]
