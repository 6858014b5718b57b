"""Attacks on tips with raw SQL, as each login: the tips' can do nothing but call one function, the
app's can change nothing that a reader wrote, the reader's sees none of it. Then floods, through the
real function."""

import hashlib
import ipaddress
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psycopg
import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from psycopg import errors, sql

from claims import actions
from claims.models import Claim, History, Mail, Tip
from tests.attack.scene import Attack, scene
from tests.tips import RECEIVE, a_tip, as_tips, tell

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

CALL = "SELECT tips.receive_tip('claim', NULL, NULL, 'en', 'Something', '', '', '192.0.2.1')"


@pytest.fixture
def tips(newsroom_live):
    with as_tips() as connection:
        yield connection


@pytest.fixture
def claim(newsroom_live) -> Claim:
    return newsroom_live.published("Usage is falling")


# --- The login that receives tips -----------------------------------------------------------------

BEYOND_ITS_RIGHTS = {
    "read tips": "SELECT * FROM public.claims_tip",
    "read the salt": "SELECT * FROM public.claims_tipsalt",
    "read the counts": "SELECT * FROM public.claims_tipcount",
    "read claims": "SELECT * FROM public.claims_claim",
    "read what readers see": "SELECT * FROM reader.claims_publishededition",
    "read people": "SELECT * FROM public.claims_user",
    "write a tip past the function": (
        "INSERT INTO public.claims_tip (kind, language, text, url, contact, outcome, reason)"
        " VALUES ('claim', 'en', 'x', '', '', '', '')"
    ),
    "change a tip": "UPDATE public.claims_tip SET text = 'x'",
    "delete tips": "DELETE FROM public.claims_tip",
    "empty the table": "TRUNCATE public.claims_tip",
    "reset its count": "UPDATE public.claims_tipcount SET count = 0",
    "take the lock": "SELECT FROM public.claims_lock FOR UPDATE",
    "call the app's function": "SELECT public.claims_lock_publishing()",
    "call the reader's function": "SELECT reader.found('x')",
    "make a table": "CREATE TABLE tips.mine (id integer)",
    "make a temporary table": "CREATE TEMPORARY TABLE mine (id integer)",
    "make a function": "CREATE FUNCTION tips.f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "put another function in its place": (
        "CREATE OR REPLACE FUNCTION tips.receive_tip(text, text, integer, text, text, text, text,"
        " inet) RETURNS text LANGUAGE sql AS 'SELECT 1'"
    ),
    "work as the app": "SET ROLE counterclaim_app",
    "work as the reader": "SET ROLE counterclaim_reader",
    "read files": "SELECT pg_read_file('/etc/passwd')",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "keep a large object": "SELECT lo_from_bytea(0, 'x')",
}


@pytest.mark.parametrize("name", BEYOND_ITS_RIGHTS)
def test_the_login_for_tips_can_do_nothing_but_call(tips, name):
    with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedFunction)):
        tips.execute(BEYOND_ITS_RIGHTS[name])
    assert tips.execute(CALL).fetchone() == ("received",)


def test_what_it_is_refused_is_there(connect, tips):
    """The control: the owner may do what stands in the table, as far as that changes nothing."""
    owner = connect("owner")
    reads = [
        statement
        for name, statement in BEYOND_ITS_RIGHTS.items()
        if name.startswith("read ") and "file" not in name
    ]
    assert reads
    for statement in reads:
        assert owner.execute(statement).description is not None


def test_a_table_of_its_own_shadows_nothing(tips):
    tips.execute("SET search_path = pg_temp, tips, public")
    with pytest.raises(errors.InsufficientPrivilege):
        tips.execute("CREATE TABLE pg_temp.claims_tip (kind text)")
    assert tips.execute(CALL).fetchone() == ("received",)
    assert Tip.objects.count() == 1


class Wrong(NamedTuple):
    """What no tip may be."""

    values: dict[str, Any]
    says: str


WRONG = {
    "no kind": Wrong({"kind": "praise"}, "tip_is_about_something"),
    "nothing said": Wrong({"text": ""}, "tip_says_something"),
    "nothing to see": Wrong({"text": "\u200b"}, "tip_text_safe"),
    "too long": Wrong({"text": "a" * 4001}, "tip_text_safe"),
    "an override": Wrong({"text": "a\u202eb"}, "tip_text_safe"),
    "no web address": Wrong({"url": "javascript:alert(1)"}, "tip_url_is_http"),
    "two lines for an address": Wrong({"contact": "a@b.c\nBcc: d@e.f"}, "tip_contact_safe"),
}


@pytest.mark.parametrize("name", WRONG)
def test_the_function_refuses_what_no_tip_may_be(tips, claim, name):
    values, says = WRONG[name]
    with pytest.raises(psycopg.IntegrityError, match=says):
        tell(tips, claim, **values)
    assert not Tip.objects.exists()
    assert tell(tips, claim) == "received"


def test_a_tip_about_what_readers_do_not_see_is_unknown(tips, newsroom_live, claim):
    room = newsroom_live
    draft, withdrawn = room.draft("A draft"), room.published("Something wrong")
    room.withdraw(withdrawn)
    for about, number in ((draft, 1), (withdrawn, 1), ("bcdfghjkmnpq", 1), (claim, 2), ("", 1)):
        values = ["error", getattr(about, "public_id", about), number, "en", "x", "", "", "::1"]
        assert tips.execute(RECEIVE, values).fetchone() == ("unknown",)
    assert not Tip.objects.exists()
    assert tell(tips, claim) == "received"


# --- The app ----------------------------------------------------------------------------------

TIP = " WHERE id = (SELECT max(id) FROM claims_tip)"
SET = "UPDATE claims_tip SET {}" + TIP
CLOSE = SET.format("outcome = 'known', closed_at = now(), closed_by_id = %(me)s")
ANSWER = (
    "INSERT INTO claims_tipanswer (tip_id, author_id, text)"
    " VALUES ((SELECT max(id) FROM claims_tip), {who}, 'Thank you')"
)
LED_TO = SET.format("led_to_id = (SELECT max(id) FROM claims_claim)")
MINE = SET.format("handler_id = %(me)s")
WROTE = "what a reader wrote is not changed"

ATTACKS = [
    Attack(
        "give a tip another contact",
        "draft",
        "reporter",
        (SET.format("contact = 'me@example.org'"),),
        WROTE,
        (SET.format("contact = ''"),),
    ),
    Attack(
        "close in somebody else's name",
        "draft",
        "reporter",
        (CLOSE.replace("%(me)s", "%(editor)s"),),
        "people close tips in their own name",
        (CLOSE,),
    ),
    Attack(
        "reopen what is closed",
        "draft",
        "reporter",
        (CLOSE, SET.format("outcome = '', reason = '', closed_at = NULL, closed_by_id = NULL")),
        "a closed tip is not taken up again",
        (CLOSE,),
    ),
    Attack(
        "say later that it came to something else",
        "draft",
        "reporter",
        (CLOSE, SET.format("outcome = 'used'")),
        "a closed tip is not taken up again",
        (CLOSE, SET.format("contact = ''")),
    ),
    Attack(
        "close without an outcome",
        "draft",
        "reporter",
        (SET.format("closed_at = now(), closed_by_id = %(me)s"),),
        "tip_is_closed_with_an_outcome",
        (CLOSE,),
    ),
    Attack(
        "give an outcome without closing",
        "draft",
        "reporter",
        (SET.format("outcome = 'used'"),),
        "tip_is_closed_with_an_outcome",
        (MINE,),
    ),
    Attack(
        "say that it led to another draft",
        "draft",
        "reporter",
        (LED_TO, SET.format("led_to_id = NULL")),
        "a tip leads to one draft",
        (LED_TO, MINE),
    ),
    Attack(
        "answer in somebody else's name",
        "draft",
        "reporter",
        (ANSWER.format(who="%(editor)s"),),
        "people answer in their own name",
        (ANSWER.format(who="%(me)s"),),
    ),
    Attack(
        "answer who left no address",
        "draft",
        "reporter",
        (SET.format("contact = ''"), ANSWER.format(who="%(me)s")),
        "who sent this tip left no address",
        (ANSWER.format(who="%(me)s"),),
    ),
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_database_refuses(newsroom_live, attack):
    made = scene(newsroom_live, attack.stage)
    a_tip(contact="reader@example.org")
    assert attack.says in made.refusal(*attack.attack, by=attack.by)
    assert made.refusal(*attack.legal, by=attack.by) == ""


NOT_THE_APPS = {
    "add a tip": (
        "INSERT INTO claims_tip (kind, language, text, url, contact, outcome, reason)"
        " VALUES ('claim', 'en', 'x', '', '', '', '')"
    ),
    "receive a tip": CALL,
    "rewrite a tip": "UPDATE claims_tip SET text = 'x'",
    "say it came from elsewhere": "UPDATE claims_tip SET url = ''",
    "say it came at another time": "UPDATE claims_tip SET received_at = now()",
    "say it was about another claim": "UPDATE claims_tip SET claim_id = NULL",
    "say it was something else": "UPDATE claims_tip SET kind = 'error'",
    "delete tips": "DELETE FROM claims_tip",
    "empty the table": "TRUNCATE claims_tip CASCADE",
    "rewrite an answer": "UPDATE claims_tipanswer SET text = 'x'",
    "delete answers": "DELETE FROM claims_tipanswer",
    "read the salt": "SELECT * FROM claims_tipsalt",
    "read the counts": "SELECT * FROM claims_tipcount",
    "switch the guard off": "ALTER TABLE claims_tip DISABLE TRIGGER a_guard",
}


@pytest.mark.parametrize("name", NOT_THE_APPS)
def test_the_app_has_no_right_to(connect, newsroom_live, name):
    a_tip()
    app = connect("app")
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute(NOT_THE_APPS[name])
    assert app.execute("UPDATE claims_tip SET contact = ''").rowcount == 1


def test_nobody_acts_on_a_tip_without_saying_who(connect, newsroom_live):
    a_tip()
    app = connect("app")
    with pytest.raises(psycopg.Error, match="a change must name an active person"):
        app.execute(f"UPDATE claims_tip SET handler_id = {newsroom_live.reporter.pk}")


@pytest.mark.parametrize(
    "table", ["claims_tip", "claims_tipanswer", "claims_tipsalt", "claims_tipcount"]
)
def test_the_reader_sees_nothing_of_tips(connect, newsroom_live, table):
    a_tip()
    reader = connect("reader")
    for schema in ("public", "reader", "tips"):
        with pytest.raises((errors.InsufficientPrivilege, errors.UndefinedTable)):
            reader.execute(f"SELECT * FROM {schema}.{table}")
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute(CALL)
    reader.execute("SELECT * FROM reader.claims_publishededition")


def test_tips_are_no_part_of_the_history(newsroom_live, claim):
    tip = a_tip(claim, "canarytext", contact="canary@example.org")
    actions.assign_tip(tip.pk, actor=newsroom_live.editor, handler=newsroom_live.editor)
    actions.answer_tip(tip.pk, actor=newsroom_live.editor, text="canary, too")
    actions.close_tip(tip.pk, actor=newsroom_live.editor, outcome="known", reason="canary")
    kept = "".join(f"{each.before}{each.after}{each.reason}" for each in History.objects.all())
    assert "Usage is falling" in kept and "canary" not in kept


def test_suppressing_a_claim_empties_the_tips_about_it(newsroom_live, claim):
    room = newsroom_live
    tip = a_tip(claim, "canarytext", contact="canary@example.org", url="https://canary.example")
    actions.answer_tip(tip.pk, actor=room.editor, text="canary, too")
    other = a_tip(None, "Something else", contact="who@example.org")
    known = {"reason": "A court said so.", "version": claim.version}
    actions.request_suppression(claim.pk, actor=room.publisher, **known)
    actions.suppress(claim.pk, actor=room.second_publisher, **known)
    tip.refresh_from_db()
    other.refresh_from_db()
    assert (tip.text, tip.url, tip.contact) == ("—", "", "")
    assert tip.answers.get().text == "—"
    assert (other.text, other.contact) == ("Something else", "who@example.org")


# --- Floods -----------------------------------------------------------------------------------


def everything_stored(owner: psycopg.Connection) -> str:
    """All rows of all tables, as text; bytes as hexadecimal digits."""
    tables = owner.execute(
        "SELECT schemaname, tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    assert ("public", "claims_tip") in tables
    found = []
    for schema, table in tables:
        query = sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(schema, table))
        found += [f"{table}: {row}" for (row,) in owner.execute(query)]
    return "\n".join(found)


def told_in_all_ways(address: str) -> list[str]:
    """How an address could stand somewhere: written out, as bytes, or hashed without a salt."""
    packed, text = ipaddress.ip_address(address).packed, address.encode()
    hashes = [
        getattr(hashlib, name)(each).hexdigest()
        for name in ("md5", "sha1", "sha256")
        for each in (packed, text)
    ]
    return [address, packed.hex(), text.hex(), *hashes]


def test_a_thousand_tips_from_one_address(tips, claim, connect):
    mails, jobs = Mail.objects.count(), ProcrastinateJob.objects.count()
    address = "203.0.113.77"
    said = [tell(tips, claim, f"Tip {number}", address=address) for number in range(1000)]
    assert said == ["received"] * 10 + ["too_many"] * 990
    assert Tip.objects.count() == 10
    assert (Mail.objects.count(), ProcrastinateJob.objects.count()) == (mails, jobs)
    stored = everything_stored(connect("owner"))
    assert "Tip 9" in stored and "Tip 10" not in stored
    assert not [each for each in told_in_all_ways(address) if each in stored]
    # The control: what is typed is found.
    assert tell(tips, claim, f"From {address}", address="203.0.113.78") == "received"
    assert address in everything_stored(connect("owner"))


def test_a_thousand_tips_from_many_addresses(tips, newsroom_live, claim, connect):
    mails, jobs = Mail.objects.count(), ProcrastinateJob.objects.count()
    places = [f"198.51.{100 + number // 250}.{number % 250}" for number in range(1001)]
    said = [tell(tips, claim, f"Tip {number}", address=each) for number, each in enumerate(places)]
    assert said == ["received"] * 1000 + ["full"]
    assert Tip.objects.count() == 1000
    assert (Mail.objects.count(), ProcrastinateJob.objects.count()) == (mails, jobs)
    stored = everything_stored(connect("owner"))
    assert not [each for place in places for each in told_in_all_ways(place) if each in stored]
    # The control: a place is made by closing one.
    actions.close_tip(
        Tip.objects.latest("id").pk, actor=newsroom_live.reporter, outcome="unsuitable"
    )
    assert tell(tips, claim, address="192.0.2.200") == "received"
    assert tell(tips, claim, address="192.0.2.201") == "full"


def test_who_has_one_ipv6_address_has_its_whole_network(tips, claim):
    said = [tell(tips, claim, address=f"2001:db8:1:2::{number:x}") for number in range(11)]
    assert said == ["received"] * 10 + ["too_many"]
    assert tell(tips, claim, address="2001:db8:1:3::1") == "received"


def test_the_salt_goes_with_its_day(tips, claim, connect):
    owner = connect("owner")
    for _number in range(11):
        tell(tips, claim)
    assert tell(tips, claim) == "too_many"
    (salt,) = owner.execute("SELECT salt FROM claims_tipsalt").fetchone()
    (place,) = owner.execute("SELECT place FROM claims_tipcount").fetchone()
    assert len(bytes(salt)) == 32
    assert hashlib.sha256(bytes(salt) + b"192.0.2.1").digest() == bytes(place)
    # Yesterday's, a day later.
    owner.execute("UPDATE claims_tipsalt SET day = day - 1")
    owner.execute("UPDATE claims_tipcount SET day = day - 1")
    assert tell(tips, claim) == "received"
    today = datetime.now(UTC).date()
    assert owner.execute("SELECT day FROM claims_tipsalt").fetchall() == [(today,)]
    assert owner.execute("SELECT day, count FROM claims_tipcount").fetchall() == [(today, 1)]
    stored = everything_stored(owner)
    assert bytes(salt).hex() not in stored and bytes(place).hex() not in stored


def test_where_no_tip_comes_the_worker_throws_the_salt_away(tips, claim, connect):
    owner = connect("owner")
    tell(tips, claim)
    counted = "SELECT (SELECT count(*) FROM claims_tipsalt), (SELECT count(*) FROM claims_tipcount)"
    actions.forget_places()
    assert owner.execute(counted).fetchone() == (1, 1)
    owner.execute("UPDATE claims_tipsalt SET day = day - 1")
    owner.execute("UPDATE claims_tipcount SET day = day - 1")
    actions.forget_places()
    assert owner.execute(counted).fetchone() == (0, 0)
    assert Tip.objects.count() == 1
