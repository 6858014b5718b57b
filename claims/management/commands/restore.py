"""`manage.py restore DIR`: a backup into an empty database, all of it or nothing."""

import re
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext as _

from claims import database_roles
from claims.management import backups, postgres
from claims.management.progress import breaks
from claims.verification import Verification

from .verify_editions import summary

LOADED = re.compile(r'processing data for table "public\.(\w+)"')
OCCUPIED = """
SELECT to_regnamespace('reader') IS NOT NULL OR EXISTS (
    SELECT FROM pg_class c WHERE c.relnamespace = to_regnamespace('public') AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))
"""


class Command(BaseCommand):
    help = (
        "Load a backup into an empty database, give the logins their rights, and verify what was "
        "loaded: rows, editions and the chain's last digest."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", help="What `manage.py backup` has written.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.restore(Path(options["folder"]).resolve())
        except ImproperlyConfigured as error:  # the logins are not what they should be
            raise CommandError(error) from error
        except DatabaseError as error:
            raise CommandError(postgres.refusal(error)) from error

    def restore(self, folder: Path) -> None:
        manifest = backups.Manifest.read(folder)
        refuse_changed(folder / backups.DUMP, manifest)
        refuse_other_versions(manifest)
        refuse_occupied()
        database_roles.ensure_roles(connection.alias)
        with backups.cleaning_up_when_ended():
            self.load(folder / backups.DUMP, manifest)
        database_roles.grant(connection.alias)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # a dump brings no statistics, and plans need them
        with transaction.atomic():
            self.verify(manifest)

    def load(self, dump: Path, manifest: backups.Manifest) -> None:
        begun = 0

        def tell(line: str) -> None:
            nonlocal begun
            if match := LOADED.search(line):
                begun += 1
                text = _("Loading %(table)s (%(number)d of %(total)d)")
                values = {"table": match[1], "number": begun, "total": len(manifest.tables)}
                self.stderr.write(text % values, str)

        environment = postgres.environment(connection)
        postgres.run(
            [
                postgres.program("pg_restore", postgres.server_major(connection)),
                # A name without parameters: everything else is in the environment.
                f"--dbname={environment['PGDATABASE']}",
                "--no-password",
                "--no-owner",
                "--no-privileges",
                "--exit-on-error",
                "--single-transaction",
                "--verbose",
                dump,
            ],
            environment=environment,
            each_line=tell,
        )

    def verify(self, manifest: backups.Manifest) -> None:
        """Raise CommandError unless what was loaded is what the manifest says, and sound."""
        loaded = backups.row_counts(connection)
        names = sorted({*loaded, *manifest.tables})
        if different := [name for name in names if loaded.get(name) != manifest.tables.get(name)]:
            raise CommandError(
                _("Loaded, but not what was saved: the rows of %(tables)s differ in number.")
                % {"tables": ", ".join(different)}
            )
        verification = Verification(connection.alias)
        if broken := next(breaks(verification, self.stderr), ""):
            raise CommandError(
                _("Loaded, but the editions do not verify. %(first)s") % {"first": broken}
            )
        if (verification.editions, verification.head) != (manifest.editions, manifest.head):
            raise CommandError(
                _("Loaded, but the chain does not end with the digest in the manifest.")
            )
        self.stdout.write(summary(verification))
        self.stdout.write(
            _(
                "Restored: %(rows)d rows of %(tables)d tables, as they were at %(moment)s."
                " Everybody has to sign in again."
            )
            % {
                "rows": sum(loaded.values()),
                "tables": len(loaded),
                "moment": manifest.made_at,
            }
        )


def refuse_changed(dump: Path, manifest: backups.Manifest) -> None:
    """Raise CommandError unless the dump is, byte for byte, what the backup has written."""
    try:
        sound = (
            dump.stat().st_size == manifest.dump_size
            and backups.sha256(dump) == manifest.dump_sha256
        )
    except OSError as error:
        raise CommandError(
            _("The dump cannot be read: %(error)s.") % {"error": error.strerror}
        ) from error
    if not sound:
        raise CommandError(_("The dump is damaged: it is not what the manifest describes."))


def refuse_other_versions(manifest: backups.Manifest) -> None:
    """Raise CommandError for a backup of another version of this program or a newer server."""
    known = {".".join(key) for key in MigrationLoader(None).disk_migrations}
    if different := sorted(known.symmetric_difference(manifest.migrations)):
        raise CommandError(
            _(
                "This backup was made by another version of this program, which differs in"
                " %(migrations)s: restore it with that version, then migrate."
            )
            % {"migrations": ", ".join(different)}
        )
    if postgres.server_major(connection) < manifest.server_major:
        raise CommandError(
            _("This backup was made on PostgreSQL %(major)d, and this server is older.")
            % {"major": manifest.server_major}
        )


def refuse_occupied() -> None:
    """Raise CommandError unless the database is empty."""
    with connection.cursor() as cursor:
        cursor.execute(OCCUPIED)
        if cursor.fetchone()[0]:
            raise CommandError(
                _("This database is not empty: create an empty one and restore into that.")
            )
