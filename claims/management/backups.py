"""What a backup is: a folder with a dump and the manifest that says what is in it.

The manifest is written last; a folder without one is no backup.
"""

import hashlib
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from psycopg import sql

FORMAT = 1
DUMP = "database.dump"
MANIFEST = "manifest.json"
# Sign-ins are no record: whoever reads a backup must not be able to continue one, nor to tell from
# where tips came.
LEFT_OUT = ("django_session", "claims_tipsalt", "claims_tipcount")


@dataclass(frozen=True)
class Manifest:
    """What the dump holds, all of it seen at one moment."""

    format: int
    made_at: str  # ISO 8601
    server_version: str
    server_major: int
    database_size: int  # bytes, on the server
    migrations: list[str]
    tables: dict[str, int]  # rows by table of the schema public
    editions: int
    head: str  # the chain's last digest
    broken: str  # the first break of the chain; empty when it was verified
    dump_size: int  # bytes
    dump_sha256: str

    def write(self, folder: Path) -> None:
        descriptor = os.open(folder / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(descriptor)

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The manifest of a backup. Raises CommandError when there is none that can be read."""
        try:
            content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                raise CommandError(
                    _("This backup has the format %(format)s; this program reads %(known)s.")
                    % {"format": content["format"], "known": FORMAT}
                )
            return cls(**content)
        except FileNotFoundError as error:
            raise CommandError(
                _("There is no complete backup in %(folder)s.") % {"folder": folder}
            ) from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise CommandError(
                _("The manifest in %(folder)s cannot be read.") % {"folder": folder}
            ) from error


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def migrations(connection: BaseDatabaseWrapper) -> list[str]:
    """The migrations that made this database what it is."""
    return sorted(".".join(key) for key in MigrationRecorder(connection).applied_migrations())


def tables(connection: BaseDatabaseWrapper) -> list[str]:
    """The tables whose rows a backup holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL (%s)"
            " ORDER BY tablename",
            [list(LEFT_OUT)],
        )
        return [name for (name,) in cursor.fetchall()]


def row_counts(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """How many rows each of the tables has."""
    counts = {}
    with connection.cursor() as cursor:
        for table in tables(connection):
            cursor.execute(sql.SQL("SELECT count(*) FROM public.{}").format(sql.Identifier(table)))
            counts[table] = cursor.fetchone()[0]
    return counts


@contextmanager
def cleaning_up_when_ended() -> Iterator[None]:
    """Leave by an exception, as with Ctrl-C, when told to end or when the terminal is gone."""

    def end(number: int, frame: Any) -> None:
        raise SystemExit(128 + number)

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
