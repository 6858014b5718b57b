"""PostgreSQL's own programs, run against the database that Django is connected to."""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import CommandError
from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext as _
from psycopg import pq

from factcheck import embedded_postgres


def server_major(connection: BaseDatabaseWrapper) -> int:
    connection.ensure_connection()
    return int(connection.connection.info.server_version) // 10000


def program(name: str, major: int) -> Path:
    """`name` (pg_dump, pg_restore) of the server's own major version: the wheel's, or one on PATH.

    Another version may write what this server cannot read: what pg_restore 18 sends, no server
    before 17 understands. Raises CommandError where there is none.
    """
    candidates = []
    with contextlib.suppress(FileNotFoundError):
        candidates.append(embedded_postgres.binary(name))
    if found := shutil.which(name):
        candidates.append(Path(found))
    for candidate in candidates:
        shown = subprocess.run(
            [candidate, "--version"], env=surroundings(), capture_output=True, text=True
        ).stdout
        if (version := re.search(r"\(PostgreSQL\) (\d+)", shown)) and int(version[1]) == major:
            return candidate
    raise CommandError(
        _("Install %(program)s of PostgreSQL %(major)s, the server’s version, and try again.")
        % {"program": name, "major": major}
    )


def surroundings() -> dict[str, str]:
    """The environment without PGHOST, PGOPTIONS and their like; messages in English, to be read."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8"}


def environment(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The environment in which a program reaches exactly what `connection` is connected to: the
    session says so itself, whatever the environment has become.

    Nothing of it stands on a command line, where every account could read the password.
    """
    connection.ensure_connection()
    info = connection.connection.info
    variables = {
        option.keyword.decode(): option.envvar.decode()
        for option in pq.Conninfo.get_defaults()
        if option.envvar
    }
    parameters = {
        **info.get_parameters(),
        "host": info.host,
        "port": str(info.port),
        "user": info.user,
        "dbname": info.dbname,
        "password": info.password,
    }
    known = {
        variables[name]: value for name, value in parameters.items() if name in variables and value
    }
    return {**surroundings(), **known}


def refusal(error: DatabaseError) -> str:
    """The database's complaint in one line."""
    first = str(error).strip().partition("\n")[0]
    return _("The database refuses: %(complaint)s.") % {"complaint": first.rstrip(".")}


def run(
    command: list[str | Path],
    *,
    environment: dict[str, str],
    each_line: Callable[[str], None],
) -> None:
    """Run a program, handing on each line it prints; it ends when we are interrupted.

    Its files are readable by this account only. Raises CommandError with its first complaint.
    """
    complaint = ""
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        umask=0o077,
    ) as process:
        try:
            for line in process.stdout or ():
                each_line(line.rstrip("\n"))
                if not complaint and " error: " in line:
                    complaint = line.partition(" error: ")[2].strip()
        except BaseException:
            process.terminate()
            raise
    if process.returncode:
        raise CommandError(
            _("%(program)s failed: %(complaint)s")
            % {
                "program": Path(command[0]).name,
                "complaint": complaint or _("it ended with %d") % process.returncode,
            }
        )
