"""The one door: every change of the record, from the admin, the API, a command or a shell.

Each action locks, compares the version that the caller saw, asks the transition table and the
permission table, and writes; triggers log it. Refusals are `claims.exceptions`.
"""

from .claims import add_rebuttal, cite, edit, record_claim
from .releases import publish, withdraw
from .review import (
    approve,
    document_of,
    has_contributed,
    missing,
    request_changes,
    submit,
    was_open,
)
from .shared_records import save_party, save_source

__all__ = [
    "add_rebuttal",
    "approve",
    "cite",
    "document_of",
    "edit",
    "has_contributed",
    "missing",
    "publish",
    "record_claim",
    "request_changes",
    "save_party",
    "save_source",
    "submit",
    "was_open",
    "withdraw",
]
