"""What the app's login may do at all, and what no session setting changes (DESIGN 2 and 5)."""

import re

import psycopg
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from claims import database_roles
from claims.database_roles import APP, APP_PRIVILEGES, APP_SEQUENCES, READER, TIPS
from tests.attack.scene import APPROVE, STATE, scene

OWNER = settings.OWNER_DATABASE["USER"]
CODE = "LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"
# What a login must not do, and whether the owner can: the control that the words are right.
FORBIDDEN = {
    "make a table": ("CREATE TABLE public.mine (a int)", True),
    "make a temporary table": ("CREATE TEMP TABLE mine (a int)", True),
    "shadow a table": ("CREATE TEMP TABLE claims_policy AS SELECT false AS four_eyes", True),
    "make a view": ("CREATE VIEW public.mine AS SELECT 1", True),
    "make a sequence": ("CREATE SEQUENCE public.mine", True),
    "make a type": ("CREATE TYPE public.mine AS (a int)", True),
    "make a schema": ("CREATE SCHEMA mine", True),
    "make a function": (f"CREATE FUNCTION public.mine() RETURNS trigger {CODE}", True),
    "make a temporary function": (f"CREATE FUNCTION pg_temp.mine() RETURNS trigger {CODE}", True),
    "replace a guard": (f"CREATE OR REPLACE FUNCTION claims_refuse() RETURNS trigger {CODE}", True),
    "make a trigger": (
        "CREATE TRIGGER mine BEFORE INSERT ON claims_claimtext"
        " FOR EACH ROW EXECUTE FUNCTION claims_refuse()",
        True,
    ),
    "make a rule": ("CREATE RULE mine AS ON INSERT TO claims_history DO INSTEAD NOTHING", True),
    "make an operator": (
        "CREATE OPERATOR public.@@@ (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)",
        True,
    ),
    "disable triggers": ("ALTER TABLE claims_edition DISABLE TRIGGER USER", True),
    "disable a guard": ("ALTER TABLE claims_claim DISABLE TRIGGER a_guard", True),
    "drop a guard": ("DROP TRIGGER a_guard ON claims_claim", True),
    "drop a constraint": (
        "ALTER TABLE claims_publishededition DROP CONSTRAINT publishededition_one_current",
        True,
    ),
    "drop a table": ("DROP TABLE django_session", True),
    "take a table": (f"ALTER TABLE claims_edition OWNER TO {APP}", False),
    "move a guard's search path": ("ALTER FUNCTION claims_guard_approval() RESET ALL", True),
    "set itself free": (f"ALTER ROLE {APP} SUPERUSER", False),
    "make a role": ("CREATE ROLE mine", True),
    "join the owner": (f"GRANT {OWNER} TO {APP}", False),
    "set a server's setting": ("ALTER SYSTEM SET log_statement = 'none'", False),
    "run a program": ("COPY (SELECT 1) TO PROGRAM 'true'", False),
    "write a file": ("COPY (SELECT 1) TO '/tmp/mine'", False),
    "read a file": ("SELECT pg_read_file('PG_VERSION')", False),
    "list files": ("SELECT pg_ls_dir('.')", False),
    "load a library": ("LOAD '/tmp/mine.so'", False),
    "import a file": ("SELECT lo_import('/etc/passwd')", False),
    "read passwords": ("SELECT rolpassword FROM pg_authid", False),
    "install an extension": ("CREATE EXTENSION file_fdw", False),
    "install an untrusted language": ("CREATE EXTENSION plpython3u", False),
    "leave the replica's mode": ("SET session_replication_role = replica", False),
    "change the triggers' language": (
        "DO 'BEGIN END'; SET plpgsql.variable_conflict = 'use_column'",
        False,
    ),
    "write a sequence": ("SELECT setval('claims_edition_id_seq', 1)", True),
    "draw from a sequence": ("SELECT nextval('claims_edition_id_seq')", True),
    "work as a superuser": ("SET ROLE postgres", False),
    "work as the owner": (f"SET ROLE {OWNER}", True),
    "become the owner": (f"SET SESSION AUTHORIZATION {OWNER}", True),
    "become the reader": (f"SET SESSION AUTHORIZATION {READER}", False),
    "lock readers out": ("LOCK TABLE claims_edition IN ACCESS EXCLUSIVE MODE", True),
    "read the reader's views": ("SELECT * FROM reader.claims_publishededition", True),
}


@pytest.mark.parametrize("deed", FORBIDDEN)
def test_the_app_cannot(connect, deed):
    sql, owner_can = FORBIDDEN[deed]
    with pytest.raises(psycopg.Error):
        connect("app").execute(sql)
    if owner_can:
        owner = connect("owner")
        with owner.transaction(force_rollback=True):
            owner.execute(sql)


def test_the_app_cannot_work_as_the_reader(connect):
    """Outside tests, where the app is no member of the reader (the test cluster may lend it)."""
    app = connect("app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"SET ROLE {READER}")
    connect("reader").execute(f"SET ROLE {READER}")


# Settings that anybody may make, and that must change nothing.
HARMLESS = {
    "pgtrigger.ignore": "claims_approval:a_guard",
    "pghistory.context_id": "1",
    "counterclaim.bypass": "on",
    "counterclaim.ignore": "on",
    "counterclaim.four_eyes": "off",
    "counterclaim.policy": "1",
    "counterclaim.system": "true",
    "counterclaim.migrating": "true",
    "counterclaim.owner": "true",
    "counterclaim.action": "publish",
    "counterclaim.request": "manage.py",
    "search_path": "pg_temp, pg_catalog, public",
    "check_function_bodies": "off",
    "row_security": "off",
    "transform_null_equals": "on",
    "constraint_exclusion": "off",
    "array_nulls": "off",
    "DateStyle": "SQL, DMY",
    "TimeZone": "Pacific/Kiritimati",
    "IntervalStyle": "sql_standard",
    "bytea_output": "escape",
    "extra_float_digits": "-15",
    "quote_all_identifiers": "on",
    "jit": "off",
    "default_transaction_deferrable": "on",
    "default_transaction_isolation": "serializable",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_no_setting_opens_a_guard(newsroom, name):
    made = scene(newsroom, "in_review")
    digest = made.ask("SELECT claims_digest(claims_document(%(claim)s))")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [name, HARMLESS[name]])
        for sql, by, says in (
            (APPROVE, "reporter", "who contributed"),
            (APPROVE.replace("%(me)s", "%(editor)s"), "reporter", "in their own name"),
            (STATE.format("published"), "publisher", "no step leads"),
        ):
            assert says in made.refusal(sql, by=by)
        cursor.execute("SELECT claims_digest(claims_document(%s))", [made.claim.pk])
        assert cursor.fetchone()[0] == digest
        assert made.run(APPROVE, by="editor") == 1


def test_a_shadow_table_fools_the_session_but_no_guard(connect, newsroom_live):
    """Only the owner can make a temporary table; not even theirs is read by a guard."""
    owner = connect("owner")
    owner.execute("CREATE TEMP TABLE claims_policy AS SELECT 1 AS id, false AS four_eyes")
    owner.execute("SET search_path = pg_temp, public")
    (fooled,) = owner.execute("SELECT four_eyes FROM claims_policy").fetchone()
    (guard,) = owner.execute("SELECT (public.claims_policy_in_force()).four_eyes").fetchone()
    assert (fooled, guard) == (False, True)


# --- Rights, as they are ------------------------------------------------------------------------


def granted(owner: psycopg.Connection, role: str) -> dict[str, set[str]]:
    """Relation -> privileges of this login, column by column where not of the whole table.

    PUBLIC's count as everybody's. Relations are named without the schema `public`.
    """
    found: dict[str, set[str]] = {}
    rows = owner.execute(
        """
        SELECT c.oid::regclass::text, acl.privilege_type
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
            aclexplode(c.relacl) acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
        WHERE n.nspname IN ('public', 'reader') AND (acl.grantee = 0 OR r.rolname = %(role)s)
        UNION ALL
        SELECT c.oid::regclass::text, acl.privilege_type || ' (' || a.attname || ')'
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
            JOIN pg_namespace n ON n.oid = c.relnamespace,
            aclexplode(a.attacl) acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
        WHERE n.nspname IN ('public', 'reader') AND (acl.grantee = 0 OR r.rolname = %(role)s)
        """,
        {"role": role},
    )
    for relation, privilege in rows:
        found.setdefault(relation, set()).add(privilege)
    return found


def stated(privileges: str) -> set[str]:
    """'SELECT, UPDATE (a, b)' as {'SELECT', 'UPDATE (a)', 'UPDATE (b)'}."""
    found = set()
    for name, columns in re.findall(r"(\w+)(?: \(([^)]*)\))?", privileges):
        found |= (
            {f"{name} ({column.strip()})" for column in columns.split(",")} if columns else {name}
        )
    return found


def test_the_app_has_exactly_the_stated_rights(connect):
    expected = {table: stated(rights) for table, rights in APP_PRIVILEGES.items() if rights}
    expected |= {sequence: {"USAGE", "SELECT"} for sequence in APP_SEQUENCES}
    assert granted(connect("owner"), APP) == expected


def test_the_reader_has_exactly_its_views_and_what_stands_behind_them(connect):
    expected = {view: {"SELECT"} for view in database_roles.READER_VIEWS}
    expected |= {f"reader.{view}": {"SELECT"} for view in database_roles.READER_VIEWS}
    assert granted(connect("owner"), READER) == expected
    assert len(expected) == 12


def callable_by(owner: psycopg.Connection, role: str) -> set[str]:
    """The functions of ours that this login may call; triggers' functions among them."""
    found = owner.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace IN"
        " ('public'::regnamespace, 'reader'::regnamespace, 'tips'::regnamespace)"
        " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        [role],
    )
    return {name for (name,) in found}


def test_the_app_calls_exactly_the_stated_functions(connect):
    owner = connect("owner")
    expected = {re.sub(r",\s*", ",", name) for name in database_roles.APP_FUNCTIONS}
    found = callable_by(owner, APP)
    queue = {name for name in found if name.startswith(database_roles.APP_FUNCTION_PREFIX)}
    assert queue and found - queue == expected
    readers = callable_by(owner, READER)
    assert readers == {f"reader.{name}" for name in database_roles.READER_FUNCTIONS}
    assert callable_by(owner, TIPS) == {
        "tips." + re.sub(r",\s*", ",", database_roles.TIPS_FUNCTION)
    }
    with owner.transaction(force_rollback=True):  # the control
        owner.execute("GRANT EXECUTE ON FUNCTION claims_contribute TO PUBLIC")
        assert callable_by(owner, APP) > expected
        assert len(callable_by(owner, READER)) == len(readers) + 1


@pytest.mark.parametrize(
    ("grant", "role"),
    [
        (f"GRANT UPDATE ON claims_edition TO {APP}", APP),
        (f"GRANT UPDATE (version) ON claims_claim TO {APP}", APP),
        ("GRANT SELECT ON claims_history TO PUBLIC", READER),
        (f"GRANT SELECT (statement) ON claims_claimtext TO {READER}", READER),
        (f"GRANT USAGE ON SEQUENCE claims_edition_id_seq TO {APP}", APP),
    ],
)
def test_one_right_too_many_is_noticed(connect, grant, role):
    """Control of the two tests above."""
    owner = connect("owner")
    before = granted(owner, role)
    with owner.transaction(force_rollback=True):
        owner.execute(grant)
        assert granted(owner, role) != before


def test_every_table_is_listed(connect):
    tables = connect("owner").execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p', 'v', 'm', 'f')"
    )
    assert {name for (name,) in tables} == set(APP_PRIVILEGES)


@pytest.mark.parametrize("role", [APP, READER])
def test_a_login_is_nobody_special(connect, role):
    owner = connect("owner")
    special = owner.execute(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication,"
        " EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid),"
        " EXISTS (SELECT FROM pg_shdepend WHERE refobjid = r.oid AND deptype = 'o'),"
        " has_database_privilege(r.oid, current_database(), 'CREATE')"
        " OR has_database_privilege(r.oid, current_database(), 'TEMP'),"
        " EXISTS (SELECT FROM pg_namespace n WHERE has_schema_privilege(r.oid, n.oid, 'CREATE'))"
        " FROM pg_roles r WHERE rolname = %s",
        [role],
    ).fetchone()
    assert special == (False, False, False, False, False)


def test_functions_that_run_as_the_owner_have_a_fixed_search_path(connect):
    definers = connect("owner").execute(
        "SELECT p.oid::regprocedure::text, coalesce(proconfig, '{}') FROM pg_proc p"
        " WHERE prosecdef AND pronamespace IN ('public'::regnamespace, 'reader'::regnamespace)"
    )
    found = dict(definers.fetchall())
    assert len(found) >= 10
    assert {
        name for name, config in found.items() if config != ["search_path=public, pg_temp"]
    } == set()


def test_every_trigger_is_enabled(connect):
    triggers = connect("owner").execute(
        "SELECT tgrelid::regclass || '.' || tgname, tgenabled FROM pg_trigger t"
        " JOIN pg_class c ON c.oid = t.tgrelid WHERE c.relnamespace = 'public'::regnamespace"
        " AND NOT tgisinternal"
    )
    found = {name: enabled for name, enabled in triggers}  # noqa: C416
    assert len(found) > 40
    assert {name for name, enabled in found.items() if enabled not in ("O", "A")} == set()


def test_what_was_refused_left_nothing_behind(newsroom):
    """Control of `Scene.refusal`: a refused change is undone as a whole."""
    made = scene(newsroom, "in_review")
    assert made.refusal("DELETE FROM claims_rebuttal WHERE id = %(edge)s", STATE.format("approved"))
    assert (made.state, made.claim.rebuts.count()) == ("in_review", 1)
    with pytest.raises(DatabaseError, match="no step leads"):
        made.run(STATE.format("approved"))
