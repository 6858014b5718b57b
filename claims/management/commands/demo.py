"""`manage.py demo`: the demonstration newsroom, from nothing to served pages."""

import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from claims import dossier
from claims.choices import State
from claims.dossier_rows import DEMONSTRATION
from claims.models import Claim
from factcheck import embedded_postgres


class Command(BaseCommand):
    help = "Prepare the database, load the demonstration dossier and serve the site and the admin."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument(
            "--no-serve", action="store_true", help="Prepare and load only; start no server."
        )

    def handle(self, *args: Any, port: int, no_serve: bool, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError(_("The demonstration never runs in production."))
        # Ctrl-C and a plain `kill` end the same way.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        if not no_serve:
            self.check_port(port)
        if settings.EMBEDDED_POSTGRES:
            self.say(_("Starting the embedded PostgreSQL …"))
            embedded_postgres.ensure(settings.DATA_DIR)
        try:
            self.prepare()
            if not no_serve:
                self.serve(port)
        except KeyboardInterrupt:
            self.say(_("Stopping …"))
        finally:
            self.stop_database()

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def check_port(self, port: int) -> None:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except (OSError, OverflowError) as error:
                raise CommandError(
                    _("Port %(port)s is not free; choose another one: PORT=8001 make demo")
                    % {"port": port}
                ) from error

    def prepare(self) -> None:
        self.say(_("Preparing the database …"))
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        # As the owner, whose rights this process does not have.
        subprocess.run([*manage, "migrate", "--verbosity=0"], check=True)
        if Claim.objects.exists():
            dossier.people()
            self.say(_("Found the claims of an earlier start."))
            return
        self.say(_("Loading the dossier …"))
        claims = dossier.load(DEMONSTRATION).values()
        count = sum(claim.state == State.PUBLISHED for claim in claims)
        self.say(_("Recorded, approved and published %(count)s claims.") % {"count": count})

    def serve(self, port: int) -> None:
        """Serve the pages, and run the worker beside them; the end of either ends both."""
        address = f"http://127.0.0.1:{port}"
        environment = {
            "FACTCHECK_NEWSROOM_URL": address,
            "FACTCHECK_MAIL_FOLDER": str(settings.DATA_DIR / "mail"),
            **os.environ,
        }
        server = [sys.executable, "-m", "gunicorn", "factcheck.wsgi", f"--bind=127.0.0.1:{port}"]
        server += ["--workers=2", "--threads=4", "--log-level=error", "--graceful-timeout=5"]
        worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "procrastinate", "worker"]
        started = [
            subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment)
            for command in (server, [*worker, "--shutdown-graceful-timeout=5"])
        ]
        try:
            self.wait_until_ready(started[0], port)
            self.introduce(address)
            while all(process.poll() is None for process in started):
                time.sleep(0.5)
        finally:
            for process in started:
                process.terminate()
            for process in started:
                process.wait()

    def wait_until_ready(self, server: "subprocess.Popen[bytes]", port: int) -> None:
        while server.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        raise CommandError(_("The server did not start; its message stands above."))

    def introduce(self, address: str) -> None:
        self.say("")
        self.say(_("Readers:   %(address)s/en/ and %(address)s/ko/") % {"address": address})
        self.say(_("Newsroom:  %(address)s/admin/") % {"address": address})
        for username, role, _first, _last in dossier.PEOPLE:
            self.say(f"    {role.label}: {username} / {dossier.PASSWORD}")
        self.say(_("Mail is shown at %(address)s/admin/mail/sent/") % {"address": address})
        self.say(_("Stop with Ctrl-C."))

    def stop_database(self) -> None:
        """Stop the embedded server unless somebody else is using it."""
        if not settings.EMBEDDED_POSTGRES:
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            others = cursor.fetchone()[0]
        connection.close()
        if others:
            self.say(_("The database goes on running: others are using it."))
        else:
            embedded_postgres.stop(settings.DATA_DIR)
