"""Attacks by what else a session can do: old snapshots, locks, the owner's functions (DESIGN 5)."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from claims.database_roles import APP_FUNCTIONS
from claims.exceptions import Refused
from tests.attack.scene import APPROVE, PUBLISH, STATE, Scene, scene, take

live = pytest.mark.django_db(transaction=True)


def begun(connect, isolation: str) -> psycopg.Connection:
    """A session of the app's login whose snapshot is from now, where its isolation keeps one."""
    session = connect("app")
    session.autocommit = False
    session.execute(f"SET TRANSACTION ISOLATION LEVEL {isolation}")
    session.execute("SELECT 1 FROM claims_claim")
    return session


def act(session: psycopg.Connection, made: Scene, *statements: str, by: str) -> str:
    """What the session is refused with; the empty string when all is committed."""
    names = made.names(by)
    try:
        session.execute("SELECT set_config('counterclaim.actor', %s, true)", [str(names["me"])])
        for sql in statements:
            session.execute(sql, names)
        session.commit()
    except psycopg.Error as error:
        session.rollback()
        return str(error)
    return ""


@live
@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_target_withdrawn_meanwhile_is_seen(newsroom_live, connect, isolation):
    made = scene(newsroom_live, "approved")
    session = begun(connect, isolation)
    newsroom_live.withdraw(made.target)
    refusal = act(session, made, *PUBLISH, by="publisher")
    assert ("will not be open" if isolation == "READ COMMITTED" else "only") in refusal
    assert made.state == "approved"


@live
@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_an_approval_made_meanwhile_is_voided(newsroom_live, connect, isolation):
    made = scene(newsroom_live, "in_review")
    session = begun(connect, isolation)
    take(made, "approve")
    title = "UPDATE claims_source SET title = 'Other' WHERE id = %(source)s"
    if isolation == "READ COMMITTED":
        assert act(session, made, title, by="reporter") == ""
        assert made.state == "in_review"
    else:
        assert "READ COMMITTED only" in act(session, made, title, by="reporter")
        assert made.state == "approved"


CHANGES = {
    "a claim": "UPDATE claims_claim SET confidence = 'high' WHERE id = %(claim)s",
    "a text": "UPDATE claims_claimtext SET unknowns = 'x' WHERE claim_id = %(claim)s",
    "a citation": "DELETE FROM claims_citation WHERE id = %(citation)s",
    "an edge": "UPDATE claims_rebuttal SET opposer = 'us' WHERE id = %(edge)s",
    "a name": "UPDATE claims_partyname SET name = 'x' WHERE party_id = %(claimant)s",
    "a party": "UPDATE claims_party SET kind = 'person' WHERE id = %(claimant)s",
    "a source": "UPDATE claims_source SET seen = false WHERE id = %(source)s",
    "a step": STATE.format("changes_requested"),
    "an approval": APPROVE,
}


@live
@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_changed_from_an_old_snapshot(newsroom_live, connect, change):
    made = scene(newsroom_live, "in_review")
    because = "SELECT set_config('counterclaim.reason', 'Because.', true)"
    for isolation in ("REPEATABLE READ", "SERIALIZABLE"):
        session = begun(connect, isolation)
        refusal = act(session, made, because, CHANGES[change], by="editor")
        assert "READ COMMITTED only" in refusal
    session = begun(connect, "READ COMMITTED")
    assert act(session, made, because, CHANGES[change], by="editor") == ""


LOCKS = ["counterclaim.publish", "counterclaim.shared", "publishing", "shared records"]


@live
@pytest.mark.parametrize("login", ["reader", "app"])
def test_no_advisory_lock_stops_the_newsroom(newsroom_live, connect, login):
    made = scene(newsroom_live, "in_review")
    session = connect(login)
    for key in LOCKS:
        session.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [key])
    for step in ("approve", "open", "withdraw"):
        take(made, step)
    assert made.state == "published"


@live
def test_the_readers_login_reaches_no_lock_of_the_door(newsroom_live, connect):
    made = scene(newsroom_live, "approved")
    reader = connect("reader")
    reader.execute("SET default_transaction_read_only = off")
    for sql in (
        "SELECT public.claims_lock_publishing()",
        "SELECT * FROM public.claims_lock FOR UPDATE",
        "LOCK TABLE public.claims_lock",
        "LOCK TABLE reader.claims_publishededition IN SHARE MODE",
        "SELECT * FROM reader.claims_publishededition FOR SHARE",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), reader.transaction():
            reader.execute(sql)
    app = connect("app")
    with app.transaction():  # the control: a lock that is held does stop a publisher
        app.execute("SELECT claims_lock_publishing()")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '200ms'")
        with pytest.raises(Refused, match="same moment"):
            newsroom_live.publish(made.claim)
    newsroom_live.publish(made.claim)
    with connection.cursor() as cursor:
        cursor.execute("RESET lock_timeout")


FORGED = {
    "a contribution": "SELECT claims_contribute('claim', %(claim)s, 2000000000)",
    "a version": "SELECT claims_touch(%(claim)s)",
    "an actor": "SELECT claims_actor()",
    "a chain": "SELECT claims_chain_digest(e) FROM claims_edition e",
    "a policy": "SELECT claims_policy_in_force()",
    "a lock": "DELETE FROM claims_lock",
    "a lock's row": "INSERT INTO claims_lock VALUES ('mine')",
}


@pytest.mark.parametrize("forged", FORGED)
def test_the_owners_functions_are_not_the_apps(newsroom, forged):
    made = scene(newsroom, "in_review")
    assert "permission denied" in made.refusal(FORGED[forged], by="editor")
    assert made.run(APPROVE, by="editor") == 1


def test_the_functions_that_the_app_may_call_change_nothing(newsroom):
    """Control of the list in `database_roles`: what is granted only reads, locks, or forgets
    what was counted on past days."""
    made = scene(newsroom, "approved")
    calls = {
        "claims_asked": "claims_asked('word', true)",
        "claims_contributed": "claims_contributed(%(reporter)s, %(claim)s)",
        "claims_digest": "claims_digest('x')",
        "claims_document": "claims_document(%(claim)s)",
        "claims_equals_edition": "claims_equals_edition(%(claim)s)",
        "claims_forget_places": "claims_forget_places()",
        "claims_last_open": "claims_last_open(%(claim)s)",
        "claims_lock_publishing": "claims_lock_publishing()",
        "claims_lock_shared_records": "claims_lock_shared_records(true)",
        "claims_withdrawal_of": "claims_withdrawal_of(1)",
    }
    assert set(calls) == {name.partition("(")[0] for name in APP_FUNCTIONS}
    before = made.ask("SELECT count(*) FROM claims_history")
    for call in calls.values():
        assert made.run(f"SELECT {call}") == 1
    assert made.ask("SELECT count(*) FROM claims_history") == before
    assert made.state == "approved"


@pytest.mark.parametrize("login", ["reader", "app"])
def test_nobody_stores_large_objects(connect, login):
    if not settings.EMBEDDED_POSTGRES:
        pytest.skip(
            "on a server of one's own its administrator forbids large objects (SECURITY.md)"
        )
    session = connect(login)
    session.execute("SET default_transaction_read_only = off")
    for sql in ("lo_from_bytea(0, 'x')", "lo_create(0)", "lo_creat(-1)"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            session.execute(f"SELECT {sql}")
    session.execute("SELECT 1")


def test_not_even_the_owner_takes_the_locks_away(connect):
    owner = connect("owner")
    with pytest.raises(psycopg.Error, match="append-only"):
        owner.execute("DELETE FROM claims_lock")
    owner.execute("SELECT claims_lock_publishing()")
    with owner.transaction(force_rollback=True):
        owner.execute("ALTER TABLE claims_lock DISABLE TRIGGER a_append_only")
        owner.execute("DELETE FROM claims_lock")
        with pytest.raises(psycopg.Error, match="the lock is missing"):
            owner.execute("SELECT claims_lock_publishing()")
