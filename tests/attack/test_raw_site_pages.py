"""Attacks on the site's own pages with raw SQL as the app's login."""

from typing import NamedTuple

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from claims.models import History

INSERT = "INSERT INTO claims_sitepage (address, language, title, text) VALUES ({})"
LEGAL = INSERT.format("'terms', 'en', 'Terms', 'None.'")


class Attack(NamedTuple):
    """What must be refused, in which words, and its legal twin."""

    name: str
    attack: str
    says: str
    legal: str = LEGAL


ATTACKS = [
    Attack("write no title", INSERT.format("'terms', 'en', '', 'x'"), "sitepage_not_empty"),
    Attack("write no text", INSERT.format("'terms', 'en', 'x', ''"), "sitepage_not_empty"),
    Attack("an address with a slash", INSERT.format("'a/b/c', 'en', 'x', 'x'"), "sitepage_address"),
    Attack("a capital", INSERT.format("'Terms', 'en', 'x', 'x'"), "sitepage_address"),
    Attack("no language", INSERT.format("'terms', 'e n', 'x', 'x'"), "sitepage_language"),
    Attack(
        "turn the title around", INSERT.format("'terms', 'en', E'a\\u202eb', 'x'"), "sitepage_title"
    ),
    Attack(
        "hide a control in the text",
        INSERT.format("'terms', 'en', 'x', E'a\\u0001'"),
        "sitepage_text",
    ),
    Attack(
        "write more than fits",
        INSERT.format("'terms', 'en', 'x', repeat('a', 40001)"),
        "sitepage_text",
    ),
    Attack("write it twice", INSERT.format("'about', 'en', 'x', 'x'"), "sitepage_once"),
    Attack(
        "set the version",
        "UPDATE claims_sitepage SET version = 7",
        "permission denied",
        "UPDATE claims_sitepage SET title = 'Another'",
    ),
    Attack(
        "set the moment",
        "UPDATE claims_sitepage SET changed_at = 'epoch'",
        "permission denied",
        "UPDATE claims_sitepage SET text = 'Another'",
    ),
    Attack(
        "move a page",
        "UPDATE claims_sitepage SET address = 'other'",
        "permission denied",
        "UPDATE claims_sitepage SET title = 'Another', text = 'More'",
    ),
    Attack("empty the table", "TRUNCATE claims_sitepage", "permission denied", "SELECT 1"),
    Attack(
        "take the guard away",
        "ALTER TABLE claims_sitepage DISABLE TRIGGER a_guard",
        "must be owner",
        "SELECT 1",
    ),
]


def refusal(statement: str, actor: str) -> str:
    """Why the database refuses this; the empty string when it does not."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('counterclaim.actor', %s, true)", [actor])
            cursor.execute(statement)
            if cursor.rowcount == 0:
                return "nothing was touched"
    except DatabaseError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("attack", ATTACKS, ids=[each.name for each in ATTACKS])
def test_an_attack_is_refused_and_its_legal_twin_is_not(newsroom, attack):
    newsroom.site_page()
    actor = str(newsroom.admin.pk)
    assert attack.says in refusal(attack.attack, actor)
    assert refusal(attack.legal, actor) == ""


@pytest.mark.parametrize(
    "statement",
    [LEGAL, "UPDATE claims_sitepage SET title = 'Mine'", "DELETE FROM claims_sitepage"],
)
def test_a_change_that_names_nobody_is_refused(newsroom, statement):
    newsroom.site_page()
    assert "actor" in refusal(statement, "")
    assert refusal(statement, str(newsroom.admin.pk)) == ""


def test_versions_and_the_history_are_the_triggers_own(newsroom):
    page = newsroom.site_page()
    actor = str(newsroom.admin.pk)
    wanted = "INSERT INTO claims_sitepage (address, language, title, text, version, changed_at)"
    assert refusal(wanted + " VALUES ('abc', 'en', 'A', 'B', 9, 'epoch')", actor) == ""
    assert (
        refusal("UPDATE claims_sitepage SET title = 'Another' WHERE address = 'about'", actor) == ""
    )
    page.refresh_from_db()
    assert page.version == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT version, changed_at > now() - interval '1 hour' FROM claims_sitepage"
            " WHERE address = 'abc'"
        )
        assert cursor.fetchone() == (1, True)
    kept = History.objects.filter(record="sitepage").order_by("id")
    assert [row.operation for row in kept] == ["insert", "insert", "update"]
    assert {row.actor_id for row in kept} == {newsroom.admin.pk}


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
@pytest.mark.parametrize("role", ["reader", "tips"])
def test_readers_logins_write_no_page(newsroom_live, connect, role):
    newsroom_live.site_page()
    session = connect(role)
    for statement in (
        LEGAL,
        "UPDATE claims_sitepage SET title = 'Mine'",
        "DELETE FROM claims_sitepage",
        "UPDATE public.claims_sitepage SET title = 'Mine'",
    ):
        with pytest.raises(psycopg.Error):
            session.execute(statement)
    if role == "reader":  # the control: it reads them
        assert session.execute("SELECT title FROM claims_sitepage").fetchall() == [("About us",)]
