"""`manage.py backup DIR`: the whole record in one folder, checked before it counts as one."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from claims.management import backups, postgres
from claims.management.progress import breaks
from claims.verification import Verification

from .verify_editions import summary

DUMPED = re.compile(r'dumping contents of table "public\.(\w+)"')
LISTED = re.compile(r" TABLE DATA public (\w+) ")


class Command(BaseCommand):
    help = (
        "Write a backup into a new folder: a dump, and a manifest of what is in it. The editions "
        "are verified; a broken chain is said and ends with 1, but the files are kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", metavar="DIR", help="A folder that is new or empty.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = Path(options["folder"]).resolve()
        try:
            refuse_occupied(folder)
            with backups.cleaning_up_when_ended(), folder_in_the_making(folder) as unfinished:
                manifest = self.write(unfinished)
                unfinished.rename(folder)
        except OSError as error:
            raise CommandError(
                _("The backup cannot be written: %(error)s.") % {"error": error.strerror or error}
            ) from error
        except DatabaseError as error:
            raise CommandError(postgres.refusal(error)) from error
        self.stdout.write(
            _("Backup complete: %(rows)d rows of %(tables)d tables, %(size)d bytes, in %(folder)s.")
            % {
                "rows": sum(manifest.tables.values()),
                "tables": len(manifest.tables),
                "size": manifest.dump_size,
                "folder": folder,
            }
        )
        if manifest.broken:
            raise CommandError(
                _("The files are kept, but the editions in them do not verify. %(first)s")
                % {"first": manifest.broken}
            )

    def write(self, folder: Path) -> backups.Manifest:
        """Dump, count and verify one moment of the database into `folder`."""
        dump = folder / backups.DUMP
        with one_moment() as snapshot:
            tables = backups.tables(connection)
            self.dump(dump, snapshot, tables)
            self.read_again(dump, tables)
            verification = Verification(connection.alias)
            broken = next(breaks(verification, self.stderr), "")
            if not broken:
                self.stdout.write(summary(verification))
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT now(), current_setting('server_version'),"
                    " pg_database_size(current_database()),"
                    " (SELECT count(*) FROM claims_edition),"
                    " (SELECT digest FROM claims_edition ORDER BY id DESC LIMIT 1)"
                )
                made_at, version, size, editions, head = cursor.fetchone()
            manifest = backups.Manifest(
                format=backups.FORMAT,
                made_at=made_at.isoformat(),
                server_version=version,
                server_major=postgres.server_major(connection),
                database_size=size,
                migrations=backups.migrations(connection),
                tables=backups.row_counts(connection),
                editions=editions,
                head=head or verification.head,
                broken=broken,
                dump_size=dump.stat().st_size,
                dump_sha256=backups.sha256(dump),
            )
        manifest.write(folder)
        return manifest

    def dump(self, dump: Path, snapshot: str, tables: list[str]) -> None:
        begun = 0

        def tell(line: str) -> None:
            nonlocal begun
            if match := DUMPED.search(line):
                begun += 1
                text = _("Saving %(table)s (%(number)d of %(total)d)")
                values = {"table": match[1], "number": begun, "total": len(tables)}
                self.stderr.write(text % values, str)

        postgres.run(
            [
                postgres.program("pg_dump", postgres.server_major(connection)),
                "--format=custom",
                "--no-password",
                "--no-publications",
                # Nothing of ours, and those that another login made could not be read.
                "--no-blobs",
                "--no-subscriptions",
                *(f"--exclude-table-data=public.{table}" for table in backups.LEFT_OUT),
                f"--snapshot={snapshot}",
                f"--file={dump}",
                "--verbose",
            ],
            environment=postgres.environment(connection),
            each_line=tell,
        )

    def read_again(self, dump: Path, tables: list[str]) -> None:
        """Raise CommandError unless the dump can be read to its end and names every table."""
        found = set()

        def look(line: str) -> None:
            if match := LISTED.search(line):
                found.add(match[1])

        pg_restore = postgres.program("pg_restore", postgres.server_major(connection))
        surroundings = postgres.surroundings()
        postgres.run([pg_restore, "--list", dump], environment=surroundings, each_line=look)
        if missing := sorted(set(tables) - found):
            raise CommandError(
                _("The dump lacks these tables: %(tables)s.") % {"tables": ", ".join(missing)}
            )
        postgres.run(
            [pg_restore, f"--file={os.devnull}", dump],
            environment=surroundings,
            each_line=lambda line: None,
        )


def refuse_occupied(folder: Path) -> None:
    """Raise CommandError unless a finished backup can take the place of `folder`."""
    if folder.is_mount():
        raise CommandError(_("Name a new folder inside %(folder)s.") % {"folder": folder})
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandError(
            _("%(folder)s is not empty: a backup needs a folder of its own.") % {"folder": folder}
        )


@contextmanager
def folder_in_the_making(folder: Path) -> Iterator[Path]:
    """A private folder beside `folder`, to be renamed; gone afterwards if it was not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    unfinished = Path(
        tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".unfinished", dir=folder.parent)
    )
    try:
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


@contextmanager
def one_moment() -> Iterator[str]:
    """Everything read inside the block is of one moment; yields its name, for pg_dump."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # However long the dump takes while this transaction only waits.
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SELECT pg_export_snapshot()")
        yield cursor.fetchone()[0]
