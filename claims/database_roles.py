"""The logins of DESIGN 2 and what each may do: one table, applied after every migration.

*owner* migrates and owns everything; *app* is the newsroom's process: no DDL, no TRUNCATE, and of
the record only what the guards leave to it; *reader* sees the views in the schema `reader`; *tips*
may execute the one function in the schema `tips`.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import connections
from psycopg import errors, sql

APP = settings.APP_ROLE
READER = settings.READER_ROLE
TIPS = settings.TIPS_ROLE

READ = "SELECT"
ADD = "SELECT, INSERT"
# The columns that people change; versions, states' consequences and the rest are the triggers'.
CLAIM = (
    "SELECT, INSERT, UPDATE (language, claimant_id, confidence, verdict, verdict_scale,"
    " stated_change, stated_change_unit, stated_change_bound, allegation_about_id, review_by,"
    " change_kind, first_rebuttals, merged_into_id, reviewer_id, state)"
)
SOURCE = (
    "SELECT, INSERT, UPDATE "
    "(title, language, kind, publisher_id, url, published_on, date_precision, seen, status)"
)
FULL = "SELECT, INSERT, UPDATE, DELETE"

APP_PRIVILEGES = {
    "account_emailaddress": READ,  # allauth asks; people's addresses stand in claims_user
    "account_emailconfirmation": "",
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "claims_approval": ADD,
    "claims_behind": READ,
    "claims_citation": FULL,
    "claims_claim": CLAIM,
    "claims_claim_topics": "SELECT, INSERT, DELETE",
    "claims_claimtext": FULL,
    "claims_comment": ADD,
    "claims_comment_mentions": ADD,
    "claims_contribution": READ,
    "claims_edition": ADD,
    "claims_figure": FULL,
    "claims_history": READ,
    "claims_lock": "",  # reached through functions only
    "claims_mail": "SELECT, INSERT, UPDATE (sent_at)",
    "claims_party": "SELECT, INSERT, UPDATE (kind)",
    "claims_partyname": FULL,
    "claims_policy": READ,
    "claims_publishededge": READ,
    "claims_publishededition": READ,
    "claims_publishedmention": READ,
    "claims_publishednotice": READ,
    "claims_publishedstanding": READ,
    "claims_rebuttal": FULL,
    "claims_recheck": ADD,
    "claims_relay": FULL,
    "claims_release": ADD,
    "claims_replyrequest": FULL,
    "claims_sitepage": "SELECT, INSERT, DELETE, UPDATE (title, text)",
    "claims_source": SOURCE,
    "claims_tip": (
        "SELECT, UPDATE (contact, handler_id, led_to_id, outcome, reason, closed_at, closed_by_id)"
    ),
    "claims_tipanswer": "SELECT, INSERT, UPDATE (sent_at)",
    "claims_tipcount": "",  # the function's that receives tips
    "claims_tipsalt": "",
    "claims_topic": "SELECT, INSERT, UPDATE (names)",
    "claims_user": "SELECT, INSERT, UPDATE",
    "claims_user_groups": "SELECT, INSERT, DELETE",
    "claims_user_user_permissions": "SELECT, INSERT, DELETE",
    "claims_wording": FULL,
    "django_admin_log": ADD,
    "django_content_type": READ,
    "django_migrations": READ,
    "django_session": FULL,
    # The worker's queue. What a job does, it does as the app.
    "procrastinate_events": FULL,
    "procrastinate_jobs": FULL,
    "procrastinate_periodic_defers": FULL,
    "procrastinate_workers": FULL,
    "mfa_authenticator": FULL,
    "newsroom_cache": FULL,
    "usersessions_usersession": FULL,
}
# Tables of ours have identity columns; the queue's have sequences beside them.
APP_SEQUENCES = [
    "procrastinate_events_id_seq",
    "procrastinate_jobs_id_seq",
    "procrastinate_periodic_defers_id_seq",
]
# The owner's functions that the app may call; triggers need no such right.
APP_FUNCTIONS = [
    "claims_asked(text, boolean)",
    "claims_contributed(bigint, bigint)",
    "claims_digest(text)",
    "claims_document(bigint)",
    "claims_equals_edition(bigint)",
    "claims_forget_places()",
    "claims_last_open(bigint)",
    "claims_lock_publishing()",
    "claims_lock_shared_records(boolean)",
    "claims_withdrawal_of(bigint)",
]
# The queue's own functions, whatever its version calls them.
APP_FUNCTION_PREFIX = "procrastinate_"
# In `reader` as views, in `public` as the tables behind them: their policies show open rows only,
# and the reader has no access to the schema `public`, so that it cannot name them there.
READER_VIEWS = [
    "claims_publishededge",
    "claims_publishededition",
    "claims_publishedmention",
    "claims_publishednotice",
    "claims_publishedstanding",
    "claims_sitepage",
]
READER_FUNCTIONS = ["is_open(tstzrange)", "found(text)", "standings_so_far(text)"]
TIPS_FUNCTION = "receive_tip(text, text, integer, text, text, text, text, inet)"
# What a login is given at its start; a session may lower none of the walls by changing them.
ROLE_SETTINGS = {
    APP: {"lock_timeout": "10s"},
    READER: {
        "search_path": "reader",
        "default_transaction_read_only": "on",
        "statement_timeout": "5s",
    },
    TIPS: {"search_path": "tips", "statement_timeout": "5s"},
}


class RolesMissing(CommandError):
    """This login may not create roles: the message says what a database administrator runs."""


def dba_script() -> str:
    """The statements that need more rights than a managed server's login may have."""
    lines = []
    for role, options in ROLE_SETTINGS.items():
        lines.append(f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD '…';")
        lines += [f"ALTER ROLE {role} SET {name} = {value};" for name, value in options.items()]
    lines.append(
        "REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea)"
        " FROM PUBLIC;"
    )
    return "\n".join(lines)


def ensure_roles(using: str) -> None:
    """Make the other logins where they are missing. Idempotent.

    Raises RolesMissing where this login may not, and ImproperlyConfigured where a role of that name
    has rights that would void the walls.
    """
    passwords = {
        APP: settings.APP_DATABASE.get("PASSWORD"),
        READER: settings.DATABASES["public"].get("PASSWORD"),
        TIPS: settings.DATABASES.get("tips", {}).get("PASSWORD"),
    }
    with connections[using].cursor() as cursor:
        for role, options in ROLE_SETTINGS.items():
            cursor.execute(
                "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication"
                " OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid), rolconfig"
                " FROM pg_roles r WHERE rolname = %s",
                [role],
            )
            known = cursor.fetchone()
            if known and known[0]:
                raise ImproperlyConfigured(
                    f"The role {role} may do more than it should: it must be member of nothing and"
                    " have no SUPERUSER, CREATEROLE, CREATEDB, REPLICATION or BYPASSRLS."
                )
            wanted = {f"{name}={value}" for name, value in options.items()}
            if known and wanted <= set(known[1] or []):
                continue
            try:
                if not known:
                    create_role(cursor, role, passwords[role])
                for name, value in options.items():
                    cursor.execute(
                        sql.SQL("ALTER ROLE {} SET {} = {}").format(
                            sql.Identifier(role), sql.Identifier(name), sql.Literal(value)
                        )
                    )
            except Exception as error:
                if isinstance(error.__cause__, errors.InsufficientPrivilege):
                    raise RolesMissing(
                        f"The role {role} is missing or lacks its settings, and this login may not"
                        " create roles. Ask the server's administrator to run:\n" + dba_script()
                    ) from error
                raise


def create_role(cursor: Any, role: str, password: str | None) -> None:
    """Make one login, with the password that its URL will present."""
    statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE").format(
        sql.Identifier(role)
    )
    if password:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    cursor.execute(statement)


def grant(using: str) -> None:
    """Give each login exactly what the tables above say, and nothing else. Idempotent."""
    with connections[using].cursor() as cursor:
        tables = [*(f"public.{table}" for table in APP_PRIVILEGES), f"reader.{READER_VIEWS[-1]}"]
        cursor.execute(
            "SELECT bool_or(to_regclass(name) IS NULL) FROM unnest(%s::text[]) name", [tables]
        )
        if cursor.fetchone()[0]:  # migrated only part of the way
            return
        cursor.execute("SELECT current_database()")
        database = cursor.fetchone()[0]
        functions = our_functions(cursor)
        for statement in (
            *revocations(database, functions),
            *app_grants(functions),
            *reader_grants(),
            *tips_grants(),
        ):
            cursor.execute(statement)


def revocations(database: str, functions: list[str]) -> Iterator[sql.Composed]:
    """Nobody may anything but connect."""
    names = {
        "database": sql.Identifier(database),
        "app": sql.Identifier(APP),
        "logins": sql.SQL(", ").join(map(sql.Identifier, (APP, READER, TIPS))),
    }
    # Temporary objects would let a login shadow tables and write functions of its own.
    yield sql.SQL("REVOKE ALL ON DATABASE {database} FROM PUBLIC").format(**names)
    yield sql.SQL("GRANT CONNECT ON DATABASE {database} TO {logins}").format(**names)
    for schema in ("public", "reader", "tips"):
        place = {**names, "schema": sql.Identifier(schema)}
        yield sql.SQL("REVOKE ALL ON SCHEMA {schema} FROM PUBLIC").format(**place)
        yield sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {logins}, PUBLIC").format(
            **place
        )
    for function in functions:
        yield sql.SQL("REVOKE ALL ON FUNCTION {function} FROM {logins}, PUBLIC").format(
            function=sql.SQL(function), **names
        )


def app_grants(functions: list[str]) -> Iterator[sql.Composed]:
    app = sql.Identifier(APP)
    yield sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(app)
    for table, privileges in APP_PRIVILEGES.items():
        if privileges:
            yield sql.SQL("GRANT {} ON public.{} TO {}").format(
                sql.SQL(privileges), sql.Identifier(table), app
            )
    queue = [function for function in functions if function.startswith(APP_FUNCTION_PREFIX)]
    for function in (*(f"public.{function}" for function in APP_FUNCTIONS), *queue):
        yield sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}").format(sql.SQL(function), app)
    for sequence in APP_SEQUENCES:
        yield sql.SQL("GRANT USAGE, SELECT ON SEQUENCE public.{} TO {}").format(
            sql.Identifier(sequence), app
        )


def reader_grants() -> Iterator[sql.Composed]:
    reader = sql.Identifier(READER)
    yield sql.SQL("GRANT USAGE ON SCHEMA reader TO {}").format(reader)
    for function in READER_FUNCTIONS:
        yield sql.SQL("GRANT EXECUTE ON FUNCTION reader.{} TO {}").format(sql.SQL(function), reader)
    for view in READER_VIEWS:
        yield sql.SQL("GRANT SELECT ON reader.{view}, public.{view} TO {reader}").format(
            view=sql.Identifier(view), reader=reader
        )


def tips_grants() -> Iterator[sql.Composed]:
    tips = sql.Identifier(TIPS)
    yield sql.SQL("GRANT USAGE ON SCHEMA tips TO {}").format(tips)
    yield sql.SQL("GRANT EXECUTE ON FUNCTION tips.{} TO {}").format(sql.SQL(TIPS_FUNCTION), tips)


def our_functions(cursor: Any) -> list[str]:
    """The functions that this login owns; an extension's, in the same schema, are not ours."""
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace IN (SELECT oid FROM pg_namespace"
        "     WHERE nspname IN ('public', 'reader', 'tips'))"
        " AND proowner = current_user::regrole"
    )
    return [name for (name,) in cursor.fetchall()]


def check_login(connection: Any) -> None:
    """Refuse a connection of the public side that would work as anybody but its own login.

    A pooler that drops start-up options, or a session that merely SET ROLE, would read the
    newsroom's tables: the session's own login must be the alias's, member of nothing, with its
    search path.
    """
    role = {"public": READER, "tips": TIPS}[connection.alias]
    path = ROLE_SETTINGS[role]["search_path"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT session_user, current_user, current_setting('search_path'),"
            " EXISTS (SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member"
            "         WHERE r.rolname = session_user)"
        )
        found = cursor.fetchone()
    if found != (role, role, path, False):
        connection.close()
        raise ImproperlyConfigured(
            f"The connection “{connection.alias}” must be the login {role} with the search path"
            f" '{path}' and without memberships; it is {found[0]} working as {found[1]} with"
            f" '{found[2]}'."
        )
