"""`manage.py generate_corpus`: an invented newsroom of any size, for tests and benchmarks."""

from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims.corpus import newsroom
from claims.corpus.load import guards_off, holds_claims, is_owner, load
from claims.management import corpus_check
from claims.management.postgres import refusal
from claims.management.progress import Progress, breaks
from claims.verification import Verification

USING = "default"


class Command(BaseCommand):
    help = (
        "Fill an empty record with an invented newsroom: published claims in English and Korean "
        "of ten years, with sources, rebuttals, editions, withdrawals and scheduled openings. The "
        "same number, seed and day make the same rows. Nobody in it can sign in. Everything is "
        "checked before it is committed. Left out, because only time makes it: the history of "
        "anything but recording claims, making editions and withdrawing them; how claims stood "
        "before the last change that bears on them; re-checks, drafts, and changes of parties, "
        "sources and topics."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--claims", type=int, required=True, help="How many claims.")
        parser.add_argument("--seed", type=int, default=1, help="Another one, other claims.")
        parser.add_argument(
            "--day",
            type=date.fromisoformat,
            help="On whose beginning (UTC) the ten years end: YYYY-MM-DD, by default today.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.now().date()
        day = options["day"] or today
        self.refuse(options["claims"], day, today)
        try:
            with transaction.atomic(using=USING):
                verification = self.generate(options["claims"], options["seed"], day)
        except IntegrityError as error:
            raise CommandError(refusal(error)) from error
        self.stdout.write(
            ngettext(
                "%(count)s claim generated, chain head %(head)s",
                "%(count)s claims generated, chain head %(head)s",
                options["claims"],
            )
            % {"count": options["claims"], "head": verification.head}
        )

    def refuse(self, claims: int, day: date, today: date) -> None:
        """Raise CommandError where a corpus has no place."""
        if settings.PRODUCTION:
            raise CommandError(_("Invented claims never enter a production database."))
        if claims < 1:
            raise CommandError(_("Ask for at least one claim."))
        if day > today:
            raise CommandError(_("Choose a day that has begun."))
        if not is_owner(USING):
            raise CommandError(_("Only the database’s owner may do this: run it with manage.py."))

    def generate(self, claims: int, seed: int, day: date) -> Verification:
        """Plan, load and check a corpus. In a transaction, which a CommandError undoes."""
        self.stderr.write(_("Planning …"), str)
        plan = newsroom.plan(claims, seed, newsroom.midnight(day))
        editions = sum(len(claim.editions) for claim in plan.claims)
        with guards_off(USING):
            # Nobody can record anything any more.
            if holds_claims(USING):
                raise CommandError(
                    _("This database holds claims: a corpus is made in an empty one only.")
                )
            load(USING, plan, Progress(self.stderr, _("Loading editions:"), editions).reach)
            self.stderr.write(_("Checking references …"), str)
        verification = Verification(USING)
        for sentence in breaks(verification, self.stderr):
            raise CommandError(sentence)
        self.stderr.write(_("Checking rules …"), str)
        # The queries look at everything once: compiling them takes longer than it saves.
        with connections[USING].cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
        corpus_check.check(USING)
        return verification
