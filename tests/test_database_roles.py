"""The logins: made where that is allowed, asked for where it is not, and never too strong."""

from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from claims import database_roles
from tests.conftest import databases, end_sessions


@contextmanager
def alias_as(login: dict):
    """An alias of its own, connected to the test database with this login."""
    extra = connections["default"].copy("extra")
    extra.settings_dict = {
        **extra.settings_dict,
        **{key: login.get(key, "") for key in ("USER", "PASSWORD")},
    }
    connections["extra"] = extra
    try:
        yield "extra"
    finally:
        extra.close()
        del connections["extra"]


def known(connect) -> list[tuple]:
    return (
        connect("owner")
        .execute(
            "SELECT rolname, rolcanlogin, rolsuper, rolcreaterole, rolconfig FROM pg_roles"
            " WHERE rolname LIKE 'counterclaim_%' ORDER BY 1"
        )
        .fetchall()
    )


def test_making_roles_and_rights_twice_changes_nothing(db, connect):
    before = known(connect)
    assert len(before) >= 2
    with alias_as(settings.OWNER_DATABASE) as alias:
        database_roles.ensure_roles(alias)
        database_roles.grant(alias)
    assert known(connect) == before


def test_a_login_that_may_not_make_roles_says_what_an_administrator_runs(db, monkeypatch):
    absent = {"counterclaim_absent": {"search_path": "reader"}}
    monkeypatch.setattr(database_roles, "ROLE_SETTINGS", absent)
    monkeypatch.setattr(database_roles, "APP", "counterclaim_absent")
    with (
        alias_as(settings.APP_DATABASE) as alias,
        pytest.raises(database_roles.RolesMissing) as refusal,
    ):
        database_roles.ensure_roles(alias)
    assert "CREATE ROLE counterclaim_absent LOGIN" in str(refusal.value)
    assert "ALTER ROLE counterclaim_absent SET search_path = reader;" in str(refusal.value)


def test_a_role_that_could_do_more_is_refused(db, monkeypatch):
    strong = settings.OWNER_DATABASE["USER"]  # may create roles, so it must never be the reader
    monkeypatch.setattr(database_roles, "ROLE_SETTINGS", {strong: {}})
    monkeypatch.setattr(database_roles, "APP", strong)
    with (
        alias_as(settings.APP_DATABASE) as alias,
        pytest.raises(ImproperlyConfigured, match="may do more than it should"),
    ):
        database_roles.ensure_roles(alias)


def test_sessions_that_tests_left_open_end_whoever_had_them(connect):
    left = {role: connect(role) for role in databases()}
    end_sessions()
    for role, session in left.items():
        with pytest.raises(psycopg.OperationalError):
            session.execute("SELECT 1")
            pytest.fail(f"the session of {role} goes on")
