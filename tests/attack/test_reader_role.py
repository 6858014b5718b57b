"""The reader's login sees what is open to readers and nothing else, whatever it asks (DESIGN 2)."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.conf import settings as project
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.utils import timezone

from claims.database_roles import APP, READER, READER_VIEWS
from claims.models import Claim
from factcheck import embedded_postgres
from tests.newsroom import Newsroom

OWNER = project.OWNER_DATABASE["USER"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

SECRET = "xyzzy"  # stands in every hidden text, and in no open one
OPEN = "Open to readers"


@pytest.fixture
def hidden(newsroom_live: Newsroom) -> dict[str, Claim]:
    """One open claim with one open rebuttal, and claims that no reader may see, by why."""
    room = newsroom_live
    tomorrow = timezone.now() + timedelta(days=1)
    claim = room.published(OPEN)
    room.publish(room.rebuttal(claim, f"{OPEN}, too"))
    found = {name: room.draft(f"{SECRET} {name}") for name in ("draft", "in_review", "approved")}
    room.submit(found["in_review"])
    room.approved(found["approved"])
    found["scheduled"] = room.rebuttal(claim, f"{SECRET} scheduled")
    room.publish(found["scheduled"], opens_at=tomorrow)
    found["withdrawn"] = room.rebuttal(claim, f"{SECRET} withdrawn")
    room.publish(found["withdrawn"])
    room.withdraw(found["withdrawn"])
    found["rebuttal of a withdrawn claim"] = room.rebuttal(found["withdrawn"], f"{SECRET} orphan")
    revised = room.published(f"{OPEN}, and revised")
    room.publish(room.revise(revised, statement=f"{SECRET} second edition"), opens_at=tomorrow)
    return found


def rows(session: psycopg.Connection, relation: str) -> list[str]:
    return [row for (row,) in session.execute(f"SELECT t::text FROM {relation} t")]


def test_readers_see_the_open_rows_and_no_others(hidden, connect):
    seen = {view: rows(connect("reader"), view) for view in READER_VIEWS}
    stored = {view: rows(connect("owner"), f"public.{view}") for view in READER_VIEWS}
    # Edges, editions, mentions, notices, standings, pages of the site.
    assert [len(seen[view]) for view in READER_VIEWS] == [1, 3, 3, 1, 3, 0]
    assert all(OPEN in row for row in seen["claims_publishededition"])
    text = str(seen)
    assert SECRET not in text
    for claim in (hidden[name] for name in hidden if name != "withdrawn"):
        assert claim.public_id not in text
    # The control: the hidden rows are there, beside the open ones.
    assert [len(stored[view]) for view in READER_VIEWS] == [3, 6, 6, 1, 6, 0]
    assert SECRET in str(stored)


def test_no_relation_of_the_newsroom_is_readable(hidden, connect):
    reader = connect("reader")
    relations = (
        connect("owner")
        .execute(
            "SELECT relname, relkind FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')"
        )
        .fetchall()
    )
    assert len(relations) > 30
    for path in ("reader", "public", "public, reader, pg_temp"):
        reader.execute("SELECT set_config('search_path', %s, false)", [path])
        for name, kind in relations:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(f"SELECT * FROM public.{name}")
            if name not in READER_VIEWS:
                with pytest.raises(psycopg.errors.UndefinedTable):
                    reader.execute(f"SELECT * FROM {name}")
            if kind == "r":
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    reader.execute(f"SELECT count(*) FROM public.{name}")
    assert rows(reader, "reader.claims_publishededition")  # the control


WRITES = [
    *(f"INSERT INTO reader.{view} SELECT * FROM reader.{view}" for view in READER_VIEWS),
    *(f"DELETE FROM reader.{view}" for view in READER_VIEWS),
    "UPDATE reader.claims_publishededition SET readable = '(,)'",
    "UPDATE reader.claims_publishedge SET target = 'x'",
    "UPDATE reader.claims_publishednotice SET shown = 'empty'",
    "SELECT * FROM reader.claims_publishededition FOR UPDATE",
    "TRUNCATE reader.claims_publishededition",
    "DROP VIEW reader.claims_publishededition",
    "CREATE OR REPLACE VIEW reader.claims_publishednotice AS SELECT 1",
    "CREATE TABLE reader.mine (a int)",
    "CREATE TABLE public.mine (a int)",
    "CREATE TEMP TABLE mine (a int)",
    "CREATE SCHEMA mine",
    "CREATE FUNCTION pg_temp.is_open(tstzrange) RETURNS bool LANGUAGE sql AS 'SELECT true'",
    "CREATE OPERATOR reader.@> (LEFTARG = tstzrange, RIGHTARG = timestamptz, FUNCTION = eq)",
    "ALTER FUNCTION reader.is_open(tstzrange) COST 100",
    "DELETE FROM public.django_session",
    "INSERT INTO public.claims_user (username) VALUES ('mine')",
    "SELECT public.claims_lock_publishing()",
    "SELECT public.claims_contribute('claim', 1, 1)",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('PG_VERSION')",
]
READ_WRITE = {
    "as it logs in": (),
    "without the read-only default": ("SET default_transaction_read_only = off",),
    "after RESET ALL": ("RESET ALL", "SET default_transaction_read_only = off"),
    "after DISCARD ALL": ("DISCARD ALL", "SET default_transaction_read_only = off"),
    "on our path": (
        "SET default_transaction_read_only = off",
        "SET search_path = pg_temp, public, reader",
    ),
    "after RESET ROLE": (
        *("RESET ROLE", "RESET SESSION AUTHORIZATION"),
        "SET default_transaction_read_only = off",
    ),
    "after SET ROLE NONE": ("SET ROLE NONE", "SET default_transaction_read_only = off"),
}


@pytest.mark.parametrize("before", READ_WRITE)
def test_the_reader_writes_nothing(hidden, connect, before):
    reader = connect("reader")
    for statement in READ_WRITE[before]:
        reader.execute(statement)
    for sql in WRITES:
        with pytest.raises(psycopg.Error):
            reader.execute(sql)
    assert len(rows(reader, "reader.claims_publishededition")) == 3
    assert reader.execute("SELECT session_user, current_user").fetchone() == (READER, READER)


@pytest.mark.parametrize("role", [APP, OWNER, embedded_postgres.SUPERUSER])
@pytest.mark.parametrize("how", ["SET ROLE", "SET SESSION AUTHORIZATION"])
def test_the_reader_becomes_nobody_else(connect, how, role):
    reader = connect("reader")
    reader.execute("SET default_transaction_read_only = off")
    with pytest.raises(psycopg.Error):
        reader.execute(f"{how} {role}")
    reader.execute(f"{how} {READER}")


def test_views_have_the_columns_of_their_tables(connect):
    def columns(schema: str, name: str) -> list[tuple[str, str]]:
        found = connect("owner").execute(
            "SELECT attname, format_type(atttypid, atttypmod), attcollation::regcollation::text"
            " FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " ORDER BY attnum",
            [f"{schema}.{name}"],
        )
        return found.fetchall()

    for view in READER_VIEWS:
        assert columns("reader", view) == columns("public", view)
        assert len(columns("reader", view)) >= 5


# --- The audit of rights ------------------------------------------------------------------------


def readable_by_readers(owner: psycopg.Connection) -> set[str]:
    """Every relation outside PostgreSQL's own schemas of which the reader may read something."""
    found = owner.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
        " AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(%(reader)s, c.oid, 'SELECT')"
        "     WHEN c.relkind IN ('r', 'p', 'v', 'm', 'f') THEN"
        "     has_any_column_privilege(%(reader)s, c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')"
        "     OR has_table_privilege(%(reader)s, c.oid, 'DELETE, TRUNCATE, TRIGGER') END",
        {"reader": READER},
    )
    return {name for (name,) in found}


# The views ask as the reader, so the tables behind them are granted: their policies decide.
ALLOWED = {*READER_VIEWS, *(f"reader.{view}" for view in READER_VIEWS)}


def unguarded(owner: psycopg.Connection) -> set[str]:
    """What the reader may read without a policy that decides, and views that ask as another."""
    found = owner.execute(
        "SELECT c.oid::regclass::text FROM pg_class c"
        " WHERE c.oid::regclass::text = ANY (%(readable)s) AND CASE c.relkind"
        " WHEN 'v' THEN NOT c.reloptions @> '{security_invoker=true}' OR c.reloptions IS NULL"
        " ELSE NOT c.relrowsecurity OR 1 <> (SELECT count(*) FROM pg_policies p"
        "     WHERE p.schemaname = 'public' AND p.tablename = c.relname AND p.cmd = 'SELECT'"
        "     AND p.permissive = 'PERMISSIVE' AND p.roles && ARRAY[%(reader)s, 'public']::name[]"
        "     AND p.qual ~ 'reader.is_open') END"
        " OR EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname"
        "     AND p.roles && ARRAY[%(reader)s, 'public']::name[]"
        "     AND p.qual !~ 'reader.is_open')",
        {"readable": sorted(readable_by_readers(owner)), "reader": READER},
    )
    return {name for (name,) in found}


def test_the_reader_is_granted_its_views_only(connect):
    owner = connect("owner")
    assert readable_by_readers(owner) == ALLOWED
    assert unguarded(owner) == set()


TABLE = "public.claims_publishededition"


@pytest.mark.parametrize(
    "damage",
    [
        f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY",
        f"DROP POLICY readers ON {TABLE}",
        f"ALTER POLICY readers ON {TABLE} USING (true)",
        f"CREATE POLICY more ON {TABLE} FOR SELECT TO PUBLIC USING (true)",
        f"CREATE POLICY more ON {TABLE} FOR SELECT TO {READER} USING (number > 0)",
        "ALTER VIEW reader.claims_publishededition SET (security_invoker = false)",
    ],
)
def test_a_window_taken_out_turns_the_audit_red(connect, damage):
    owner = connect("owner")
    with owner.transaction(force_rollback=True):
        owner.execute(damage)
        assert unguarded(owner)


def test_the_reader_cannot_switch_the_policies_off(hidden, connect):
    reader = connect("reader")
    reader.execute("SET row_security = off")
    for view in READER_VIEWS:
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            rows(reader, view)
    reader.execute("SET row_security = on")
    assert len(rows(reader, "claims_publishededition")) == 3


def test_the_reader_cannot_name_the_tables_behind_its_views(hidden, connect):
    """Not by their schema, not by number: and if it could, the policies would hold."""
    reader, owner = connect("reader"), connect("owner")
    for sql in (f"TABLE {TABLE}", f"SELECT '{TABLE}'::regclass", f"COPY {TABLE} TO STDOUT"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute(sql)
    number = owner.execute(f"SELECT '{TABLE}'::regclass::oid").fetchone()[0]
    with pytest.raises(psycopg.Error):  # refused, or not built in
        reader.execute(f"SELECT table_to_xml({number}, true, false, '')")
    owner.execute(f"GRANT USAGE ON SCHEMA public TO {READER}")
    try:
        assert rows(reader, TABLE) == rows(reader, "reader.claims_publishededition")
    finally:
        owner.execute(f"REVOKE USAGE ON SCHEMA public FROM {READER}")


@pytest.mark.parametrize(
    ("right", "table"),
    [
        ("SELECT", "claims_claimtext"),
        ("SELECT (username)", "claims_user"),
        ("INSERT", "claims_history"),
        ("UPDATE (statement)", "claims_claimtext"),
    ],
)
@pytest.mark.parametrize("to", [READER, "PUBLIC"])
def test_a_newsroom_table_granted_to_readers_turns_the_audit_red(connect, right, table, to):
    owner = connect("owner")
    owner.execute(f"GRANT {right} ON public.{table} TO {to}")
    try:
        assert readable_by_readers(owner) == {*ALLOWED, table}
    finally:
        owner.execute(f"REVOKE {right} ON public.{table} FROM {to}")
    assert readable_by_readers(owner) == ALLOWED


def test_the_reader_passes_nothing_on(connect):
    """PostgreSQL answers a GRANT without the right to it with a warning, so look at the effect."""
    owner, reader = connect("owner"), connect("reader")
    reader.execute("SET default_transaction_read_only = off")
    grant = "GRANT SELECT ON reader.claims_publishededition TO PUBLIC"
    app_reads = f"SELECT has_table_privilege('{APP}', 'reader.claims_publishededition', 'SELECT')"
    reader.execute(grant)
    assert owner.execute(app_reads).fetchone() == (False,)
    with owner.transaction(force_rollback=True):
        owner.execute(grant)
        assert owner.execute(app_reads).fetchone() == (True,)


# --- The alias `public` -------------------------------------------------------------------------


@pytest.fixture
def public(newsroom_live) -> Iterator[object]:
    """A new wrapper of the alias, so that the tests' own connection stays as it is."""
    wrapper = connections["public"].copy()
    wrapper.close()
    yield wrapper
    wrapper.close()


MISUSED = {
    "the app's login": {"USER": APP},
    "the owner's login": {
        "USER": OWNER,
        "PASSWORD": project.OWNER_DATABASE.get("PASSWORD", ""),
    },
    "a superuser who works as the reader": {
        "USER": embedded_postgres.SUPERUSER,
        "OPTIONS": {"options": f"-c role={READER} -c search_path=reader"},
    },
    "the app's login with the reader's path": {
        "USER": APP,
        "OPTIONS": {"options": "-c search_path=reader"},
    },
    "another search path": {"OPTIONS": {"options": "-c search_path=reader,public"}},
    "no search path": {"OPTIONS": {"options": "-c search_path="}},
}


@pytest.mark.parametrize("misuse", MISUSED)
def test_a_public_connection_that_is_not_the_readers_refuses_to_work(public, settings, misuse):
    if "superuser" in misuse and not settings.EMBEDDED_POSTGRES:
        pytest.skip("needs a superuser's login")
    public.settings_dict.update(MISUSED[misuse])
    for _attempt in range(3):
        with pytest.raises(ImproperlyConfigured, match="must be the login"), public.cursor():
            pass
        assert public.connection is None


def test_the_readers_own_login_works(public):
    """Control of the table above."""
    with public.cursor() as cursor:
        cursor.execute("SELECT current_user::text")
        assert cursor.fetchone() == (READER,)


def test_the_readers_login_cannot_be_told_another_role(public):
    public.settings_dict["OPTIONS"] = {"options": f"-c role={APP}"}
    for _attempt in range(2):
        with pytest.raises(Exception, match=r"role|must be the login"), public.cursor():
            pass
        assert public.connection is None


def test_a_login_that_gave_itself_another_path_is_refused(public, connect):
    """PostgreSQL lets every login change its own defaults; the check fails closed."""
    reader = connect("reader")
    reader.execute("SET default_transaction_read_only = off")
    reader.execute(f"ALTER ROLE {READER} SET search_path = reader, public")
    try:
        with pytest.raises(ImproperlyConfigured, match="must be the login"), public.cursor():
            pass
    finally:
        reader.execute(f"ALTER ROLE {READER} SET search_path = reader")
    with public.cursor() as cursor:
        cursor.execute("SELECT 1")
