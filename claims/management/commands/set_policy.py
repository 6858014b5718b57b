"""`manage.py set_policy`: switch the four-eyes rule, for the record and with a reason."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError, transaction
from django.utils.translation import gettext as _
from psycopg import errors

from claims.actions.door import CLEAR, state
from claims.models import Policy


class Command(BaseCommand):
    help = (
        "Switch the rule that nobody approves what they changed themselves. Every edition is "
        "stamped with the rule it was made under, and its page says so."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--four-eyes", choices=["on", "off"], required=True)
        parser.add_argument("--reason", required=True, help="Why; it stands in the history.")

    def handle(self, *args: Any, **options: Any) -> None:
        four_eyes = options["four_eyes"] == "on"
        reason = options["reason"].strip()
        if not reason:
            raise CommandError(_("Give the reason: it stands in the history."))
        if Policy.objects.four_eyes() == four_eyes:
            self.stdout.write(_("Nothing to change: ") + meaning(four_eyes))
            return
        try:
            with transaction.atomic():
                state({**CLEAR, "action": "set_policy", "reason": reason})
                Policy.objects.create(four_eyes=four_eyes, reason=reason)
                state(CLEAR)
        except ProgrammingError as error:
            if isinstance(error.__cause__, errors.InsufficientPrivilege):
                raise CommandError(
                    _("Only the database’s owner may do this: run it with manage.py.")
                ) from error
            raise
        self.stdout.write(meaning(four_eyes))


def meaning(four_eyes: bool) -> str:
    if four_eyes:
        return _(
            "Four eyes are on: whoever changed a claim cannot approve it. Approvals that their own "
            "contributors gave publish nothing any more."
        )
    return _(
        "Four eyes are off: editors may approve what they changed themselves. Each edition made "
        "from now on says so to readers."
    )
