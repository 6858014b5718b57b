"""The record is only added to: against the app's login by privilege, and against the owner, who has
every privilege, by trigger (DESIGN 5)."""

import psycopg
import pytest

from claims import actions
from tests.attack.scene import scene
from tests.newsroom import Newsroom

pytestmark = pytest.mark.django_db(transaction=True)

INSERT_ONLY = [
    *("approval", "comment", "contribution", "edition", "history", "policy", "recheck", "release"),
]
PUBLISHED = [
    *("publishededition", "publishededge", "publishedmention", "publishednotice"),
    "publishedstanding",
]
KEYS = {"publishededition": "edition_id", "publishednotice": "release_id"}


@pytest.fixture
def record(newsroom_live: Newsroom) -> Newsroom:
    """At least one row in each table: two editions, one withdrawn claim, their history."""
    claim = scene(newsroom_live, "reopened").claim
    actions.recheck(claim.pk, actor=newsroom_live.editor, version=claim.version)
    actions.comment(claim.pk, actor=newsroom_live.editor, text="Is this fair?")
    scene(newsroom_live, "withdrawn")
    return newsroom_live


def changes(table: str) -> dict[str, str]:
    key = KEYS.get(table, "id")
    return {
        "UPDATE": f"UPDATE claims_{table} SET {key} = {key}",
        "DELETE": f"DELETE FROM claims_{table}",
        "TRUNCATE": f"TRUNCATE claims_{table} CASCADE",
    }


def without_triggers(owner: psycopg.Connection, sql: str) -> int:
    """The rows that the statement touches when the guards are off; all of it undone."""
    with owner.transaction(force_rollback=True):
        tables = owner.execute(
            "SELECT DISTINCT tgrelid::regclass::text"
            " FROM pg_trigger JOIN pg_proc p ON p.oid = tgfoid"
            " WHERE p.proname IN ('claims_refuse', 'claims_guard_published')"
        ).fetchall()
        for (table,) in tables:
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return owner.execute(sql).rowcount


@pytest.mark.parametrize("table", [*INSERT_ONLY, *PUBLISHED])
def test_nobody_changes_the_record(record, connect, table):
    app, owner = connect("app"), connect("owner")
    for operation, sql in changes(table).items():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(sql)
        with pytest.raises(psycopg.errors.CheckViolation, match=f"{operation} refused"):
            owner.execute(sql)
        # The control: rows are there, and it is the triggers that kept them.
        assert without_triggers(owner, sql) != 0
    assert owner.execute(f"SELECT count(*) FROM claims_{table}").fetchone()[0] > 0


@pytest.mark.parametrize("table", [*PUBLISHED, "history", "contribution", "policy"])
def test_the_app_adds_nothing_by_hand(record, connect, table):
    app = connect("app")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f"INSERT INTO claims_{table} SELECT * FROM claims_{table}")
    assert app.execute(f"SELECT * FROM claims_{table}").rowcount > 0


@pytest.mark.parametrize("table", PUBLISHED)
def test_not_even_the_owner_publishes_by_hand(record, connect, table):
    owner = connect("owner")
    with pytest.raises(psycopg.errors.CheckViolation, match="not changed by hand"):
        owner.execute(f"INSERT INTO claims_{table} SELECT * FROM claims_{table} LIMIT 1")


WINDOWS = {
    "current": "UPDATE claims_publishededition SET current = tstzrange(now(), NULL)",
    "readable": "UPDATE claims_publishededition SET readable = tstzrange(now(), NULL)",
    "opened_at": "UPDATE claims_publishededition SET opened_at = now()",
    "shown": "UPDATE claims_publishednotice SET shown = 'empty'",
    "confidence": "UPDATE claims_publishededition SET confidence = 'high'",
    "document": "UPDATE claims_publishededition SET document = '{}'",
    "target": "UPDATE claims_publishededge SET target = counterclaim",
    "mention": "UPDATE claims_publishedmention SET current = '(,)'",
    "during": "UPDATE claims_publishedstanding SET during = '(,)'",
    "standing": "UPDATE claims_publishedstanding SET standing = 'unrebutted'",
    "review_by": "UPDATE claims_publishededition SET review_by = NULL",
}


@pytest.mark.parametrize("column", WINDOWS)
def test_no_window_moves_by_hand(record, connect, column):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connect("app").execute(WINDOWS[column])
    with pytest.raises(psycopg.errors.CheckViolation, match="not changed by hand"):
        connect("owner").execute(WINDOWS[column])


@pytest.mark.parametrize(
    ("window", "error"),
    [
        ("tstzrange(lower(current), NULL)", psycopg.errors.ExclusionViolation),
        (
            "tstzrange(lower(current), upper(current) + interval '1 microsecond')",
            psycopg.errors.ExclusionViolation,
        ),
        ("tstzrange(lower(current) - interval '1 second', NULL)", psycopg.errors.IntegrityError),
        ("tstzrange(lower(current), upper(current))", None),
    ],
)
def test_the_current_windows_of_one_claim_never_overlap(record, connect, window, error):
    """As the owner with the guards off: the constraints alone."""
    owner = connect("owner")
    sql = (
        f"UPDATE claims_publishededition SET current = {window}"
        " WHERE number = 1 AND NOT isempty(current) AND claim_key ="
        " (SELECT claim_key FROM claims_publishededition WHERE number = 2 LIMIT 1)"
    )
    if error:
        with pytest.raises(error):
            without_triggers(owner, sql)
    else:
        assert without_triggers(owner, sql) == 1


@pytest.mark.parametrize(
    ("window", "error"),
    [
        ("(,)", psycopg.errors.ExclusionViolation),
        ("[2001-01-01, 2001-02-01)", None),
    ],
)
def test_the_standings_of_one_claim_never_overlap(record, connect, window, error):
    owner = connect("owner")
    sql = (
        "INSERT INTO claims_publishedstanding (claim_key, claim, standing, label, during)"
        f" SELECT claim_key, claim, standing, label, '{window}' FROM claims_publishedstanding"
        " WHERE upper_inf(during) LIMIT 1"
    )
    if error:
        with pytest.raises(error):
            without_triggers(owner, sql)
    else:
        assert without_triggers(owner, sql) == 1


def test_a_window_is_current_only_while_it_is_readable(record, connect):
    owner = connect("owner")
    sql = "UPDATE claims_publishededition SET readable = '{}' WHERE NOT isempty(current)"
    with pytest.raises(psycopg.errors.CheckViolation, match="current_is_readable"):
        without_triggers(owner, sql.format("empty"))
    assert without_triggers(owner, sql.format("(,)")) >= 2


# What an edition rests on, and who refuses its deletion to the owner.
RESTS_ON = {
    "claim": "an edition rests on this record",
    "party": "an edition rests on this record",
    "source": "an edition rests on this record",
    "approval": "append-only",
    "policy": "append-only",
    "edition": "append-only",
    "user": "violates foreign key|violates RESTRICT",
    "claimtext": "a text in its original language",
}


@pytest.mark.parametrize("table", RESTS_ON)
def test_nothing_that_an_edition_rests_on_is_deleted(record, connect, table):
    actor = record.reporter.pk
    for login in ("app", "owner"):
        session = connect(login)
        session.execute("SELECT set_config('counterclaim.actor', %s, false)", [str(actor)])
        with pytest.raises(
            psycopg.Error, match=RESTS_ON[table] if login == "owner" else "permission|original"
        ):
            session.execute(f"DELETE FROM claims_{table}")


def test_what_no_edition_rests_on_can_be_deleted(record, connect):
    """Control: it is the edition that keeps a record, not a table without deletions."""
    record.source("Cited by nobody")
    deleted = connect("owner").execute("DELETE FROM claims_source WHERE title = 'Cited by nobody'")
    assert deleted.rowcount == 1


BY_HAND = {
    "version": "version = version + 1",
    "frozen_version": "frozen_version = 0",
    "edition": "edition = edition + 1",
    "public_id": "public_id = 'x'",
    "created_at": "created_at = now()",
}


@pytest.mark.parametrize("column", BY_HAND)
def test_not_even_the_owner_sets_versions_by_hand(record, connect, column):
    owner = connect("owner")
    owner.execute("SELECT set_config('counterclaim.actor', %s, false)", [str(record.reporter.pk)])
    with pytest.raises(psycopg.errors.CheckViolation, match="not set by hand"):
        owner.execute(f"UPDATE claims_claim SET {BY_HAND[column]}")
    assert owner.execute("UPDATE claims_claim SET confidence = 'high'").rowcount > 0
