"""The database of the tests: a real PostgreSQL, each side as its own login.

The schema is made by the owner; the tests run as the app, and `public` as the reader, exactly like
the running site. Tests that look through `public` need committed rows: mark them
`@pytest.mark.django_db(transaction=True, databases=["default", "public"])` or use the fixture
`newsroom_live`; afterwards the tables are emptied by the owner, as no other login may.
"""

import ipaddress
import os
import socket
from collections.abc import Iterator

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.test import TransactionTestCase
from django.utils import translation

from factcheck import embedded_postgres
from tests.newsroom import Newsroom

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop

KEPT = (
    "django_migrations",
    "django_content_type",
    "auth_permission",
    "auth_group",
    "claims_lock",
)


def databases() -> dict[str, dict]:
    return {
        "owner": settings.OWNER_DATABASE,
        "app": settings.APP_DATABASE,
        "reader": settings.DATABASES["public"],
        "tips": settings.DATABASES["tips"],
    }


def login(database: dict, name: str) -> dict:
    """What psycopg needs to connect as the login of one of the settings' databases."""
    known = {
        "host": database.get("HOST"),
        "port": database.get("PORT"),
        "user": database.get("USER"),
        "password": database.get("PASSWORD"),
    }
    given = {key: value for key, value in known.items() if value}
    options = {**database.get("OPTIONS", {}), **given, "dbname": name}
    options.pop("server_side_binding", None)  # Django's own
    return options


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker) -> Iterator[None]:
    """Make the test database as the owner, then hand each alias its own login."""
    if settings.EMBEDDED_POSTGRES:
        embedded_postgres.ensure(settings.DATA_DIR)
    default, public, tips = connections["default"], connections["public"], connections["tips"]
    logins = {key: default.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    owner = {key: settings.OWNER_DATABASE.get(key, "") for key in logins}
    with django_db_blocker.unblock():
        default.settings_dict.update(owner)
        default.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        default.close()
        default.settings_dict.update(logins)
        public.settings_dict["NAME"] = tips.settings_dict["NAME"] = default.settings_dict["NAME"]
        yield
        end_sessions()
        default.settings_dict.update(owner)
        default.creation.destroy_test_db("counterclaim", verbosity=0)


def end_sessions() -> None:
    """A thread of a server that a test had may still hold a session, which would keep the
    database from going. Each login may end only what is its own."""
    name = connections["default"].settings_dict["NAME"]
    for alias in connections:
        connections[alias].close()
    for database in databases().values():
        with psycopg.connect(**login(database, name)) as own:
            own.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user"
                " AND pid <> pg_backend_pid()"
            )


@pytest.fixture
def connect(django_db_setup):
    """Open raw psycopg connections: `connect("owner")`, "app", "reader" or "tips"; closed
    afterwards."""
    opened = []

    def open_as(role: str, **options) -> psycopg.Connection:
        name = connections["default"].settings_dict["NAME"]
        known = login(databases()[role], name)
        connection = psycopg.connect(**{**known, **options}, autocommit=True)
        opened.append(connection)
        return connection

    yield open_as
    for connection in opened:
        connection.close()


def empty_database() -> None:
    """Leave the tables as the migrations left them; only the owner may TRUNCATE."""
    name = connections["default"].settings_dict["NAME"]
    for alias in connections:
        connections[alias].close()
    with psycopg.connect(**login(settings.OWNER_DATABASE, name)) as owner:
        tables = [
            table
            for (table,) in owner.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
            if table not in KEPT
        ]
        guarded = [
            table
            for (table,) in owner.execute(
                "SELECT relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE tgname = 'a_no_truncate'"
            )
        ]
        for table in guarded:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER a_no_truncate")
        owner.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY")
        owner.execute("INSERT INTO claims_policy (four_eyes, reason) VALUES (true, 'tests')")
        for table in guarded:
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER a_no_truncate")


@pytest.fixture(autouse=True, scope="session")
def flush_as_owner() -> Iterator[None]:
    """Django flushes with TRUNCATE after a transactional test; the owner does it for the app."""
    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_database())
    yield
    patch.undo()


@pytest.fixture(autouse=True, scope="session")
def stay_on_this_machine() -> Iterator[None]:
    """No test of ours reaches out: Python's sockets connect to loopback or not at all."""
    patch, connect = pytest.MonkeyPatch(), socket.socket.connect

    def guarded(self: socket.socket, address) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = ipaddress.ip_address(socket.gethostbyname(address[0]))
            assert host.is_loopback, f"a test tried to reach {address}"
        connect(self, address)

    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def speak_english() -> Iterator[None]:
    """A request for a Korean page leaves its thread speaking Korean; the next test must not."""
    translation.activate("en")
    yield
    translation.deactivate()


@pytest.fixture
def newsroom(db) -> Newsroom:
    """A newsroom in a transaction that is rolled back: for everything but the public side."""
    return Newsroom()


@pytest.fixture
def newsroom_live(request, transactional_db) -> Newsroom:
    """A newsroom whose work is committed, so that readers (`public`) and other connections see it.

    The test needs the mark `django_db(transaction=True, databases=["default", "public"])`.
    """
    return Newsroom()
