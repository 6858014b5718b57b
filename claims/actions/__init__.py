"""The one door: every change of the record, from the admin, the API, a command or a shell.

Each action locks, compares the version that the caller saw, asks the transition table and the
permission table, and writes; triggers log it. Refusals are `claims.exceptions`.
"""

from .claims import add_rebuttal, cite, confirm, edit, record_claim
from .conversation import assign, comment, nobodys_mentions
from .discarding import discard
from .merging import merge, split
from .refreshing import propose_refresh
from .releases import cancel, cancelled_edition, move, publish, schedule, waiting
from .replies import ask_for_reply, record_answer
from .review import (
    approve,
    approve_together,
    document_of,
    has_contributed,
    missing,
    recheck,
    request_changes,
    reviewers,
    submit,
    was_open,
)
from .shared_records import NewParty, NewSource, save_party, save_source, save_topic
from .site_pages import save_site_page
from .telling import choose_mail, tell_of_overdue_replies
from .tips import (
    answer_tip,
    assign_tip,
    close_tip,
    forget_contacts,
    forget_places,
    use_tip,
    uses_of,
)
from .undoing import undo, undoable
from .withdrawals import (
    approve_reinstatement,
    reinstate,
    request_suppression,
    suppress,
    withdraw,
    withdrawn_edition,
)

__all__ = [
    "NewParty",
    "NewSource",
    "add_rebuttal",
    "answer_tip",
    "approve",
    "approve_reinstatement",
    "approve_together",
    "ask_for_reply",
    "assign",
    "assign_tip",
    "cancel",
    "cancelled_edition",
    "choose_mail",
    "cite",
    "close_tip",
    "comment",
    "confirm",
    "discard",
    "document_of",
    "edit",
    "forget_contacts",
    "forget_places",
    "has_contributed",
    "merge",
    "missing",
    "move",
    "nobodys_mentions",
    "propose_refresh",
    "publish",
    "recheck",
    "record_answer",
    "record_claim",
    "reinstate",
    "request_changes",
    "request_suppression",
    "reviewers",
    "save_party",
    "save_site_page",
    "save_source",
    "save_topic",
    "schedule",
    "split",
    "submit",
    "suppress",
    "tell_of_overdue_replies",
    "undo",
    "undoable",
    "use_tip",
    "uses_of",
    "waiting",
    "was_open",
    "withdraw",
    "withdrawn_edition",
]
