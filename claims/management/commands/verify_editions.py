"""`manage.py verify_editions`: is every edition still what was approved and published?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import ngettext

from claims.management.progress import breaks
from claims.verification import Verification


class Command(BaseCommand):
    help = (
        "Recompute the chain of editions and compare it with approvals and published copies. "
        "Names the first broken edition and ends with 1; changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all", action="store_true", help="List every break instead of the first."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        verification = Verification("default")
        found = 0
        with transaction.atomic():
            for sentence in breaks(verification, self.stderr):
                if not options["all"]:
                    raise CommandError(sentence)
                found += 1
                self.stdout.write(sentence)
        if found:
            raise CommandError(
                ngettext("%(count)s break was found.", "%(count)s breaks were found.", found)
                % {"count": found}
            )
        self.stdout.write(summary(verification))


def summary(verification: Verification) -> str:
    """What a walk without breaks has shown."""
    shown = ngettext(
        "%(count)s edition verified, chain head %(head)s",
        "%(count)s editions verified, chain head %(head)s",
        verification.editions,
    ) % {"count": verification.editions, "head": verification.head}
    if not verification.suppressed:
        return shown
    return f"{shown}\n" + ngettext(
        "Of these, the text of %(count)s was suppressed by law.",
        "Of these, the texts of %(count)s were suppressed by law.",
        verification.suppressed,
    ) % {"count": verification.suppressed}
