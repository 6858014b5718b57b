"""The form by which readers tell us something: with everything that people and programs send."""

import re
import time
from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core import signing
from django.db import OperationalError, connections
from django.test import Client
from psycopg import IntegrityError
from psycopg.errors import DivisionByZero

from claims import actions
from claims.models import Claim, Mail, Tip
from claims.proxies import NOWHERE, client_address
from claims.public import tip_forms, tips
from factcheck import embedded_postgres
from tests.attack.test_leaks import everything, readers_addresses
from tests.tips import as_tips, tell

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public", "tips"])

SIGNER = tip_forms.SIGNER
NEW = "/en/tips/"


def address(claim: Claim, language: str = "en") -> str:
    return f"/{language}/claims/{claim.public_id}/tip/"


def opened(monkeypatch, seconds_ago: float = 60) -> str:
    """What a form carries that was opened so long ago."""
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr(signing.time, "time", lambda: now - seconds_ago)
        return tip_forms.opened_now()


@pytest.fixture
def claim(newsroom_live) -> Claim:
    return newsroom_live.published("Usage is falling", texts={"ko": {"statement": "줄고 있다"}})


@pytest.fixture
def filled(monkeypatch):
    """What a reader sends: `filled(text="…", seconds_ago=60)`."""

    def fill(seconds_ago: float = 60, **fields: str) -> dict[str, str]:
        return {
            "about": "source",
            "text": "The second count is in the annex.",
            "url": "",
            "contact": "",
            "number": "1",
            "trap": "",
            "opened": opened(monkeypatch, seconds_ago),
            **fields,
        }

    return fill


def words(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_a_tip_arrives_as_it_was_written(client, claim, filled):
    text = "두 번째 집계는\r\n부록에 있습니다. <b>‘직접’</b> 보세요."
    sent = filled(about="rebuttal", text=text, url="example.org/a?b=1", contact="who@example.org")
    response = client.post(address(claim, "ko"), sent)
    assert response.status_code == 303
    assert response["Cache-Control"] == "no-store"
    tip = Tip.objects.get()
    assert (tip.kind, tip.claim, tip.number, tip.language) == ("rebuttal", claim, 1, "ko")
    assert tip.text == text.replace("\r\n", "\n")
    assert (tip.url, tip.contact) == ("https://example.org/a?b=1", "who@example.org")
    thanks = client.get(response["Location"])
    assert thanks.status_code == 200
    assert f"/ko/claims/{claim.public_id}/" in thanks.content.decode()


def test_a_claim_that_is_not_here_arrives_too(client, newsroom_live, filled):
    response = client.post(NEW, filled(text="They say that the port closes."))
    assert (response.status_code, response["Location"]) == (303, "/en/tips/thanks/")
    tip = Tip.objects.get()
    assert (tip.kind, tip.claim, tip.number) == ("claim", None, None)


def test_the_form_says_what_happens_and_sets_no_cookie(client, claim):
    for path in (address(claim), NEW, address(claim, "ko"), "/ko/tips/"):
        response = client.get(path)
        assert response.status_code == 200
        assert not response.cookies and "Cookie" not in response.get("Vary", "")
        assert response["Cache-Control"] == "no-store"
        assert 'name="trap"' in words(response) and 'autocomplete="off"' in words(response)
        assert 'rel="canonical"' in words(response) and 'hreflang="ko"' in words(response)
    page = words(client.get(address(claim)))
    assert "Nothing is published by it." in page and "we delete it 30 days after" in page
    assert "Usage is falling" in page
    assert client.head(NEW).status_code == 200


@pytest.mark.parametrize(("asked", "chosen"), [("error", ["error"]), ("claim", []), ("'", [])])
def test_a_link_may_say_what_the_tip_is(client, claim, asked, chosen):
    page = words(client.get(address(claim), {"kind": asked}))
    radios = re.findall(r'<input type="radio"[^>]*value="(\w+)"([^>]*)>', page)
    assert [value for value, _rest in radios] == ["source", "rebuttal", "error"]
    assert [value for value, rest in radios if "checked" in rest] == chosen


def test_the_edition_that_was_read_is_kept(client, newsroom_live, claim, filled):
    newsroom_live.publish(newsroom_live.revise(claim, statement="Usage fell"))
    assert 'name="number" value="2"' in words(client.get(address(claim)))
    assert 'name="number" value="1"' in words(client.get(address(claim), {"number": "1"}))
    for number, kept in (("1", 1), ("2", 2), ("9", 2), ("x", 2), ("", 2), ("1" * 30, 2)):
        assert client.post(address(claim), filled(number=number)).status_code == 303
        assert Tip.objects.latest("id").number == kept


# What is wrong, and the words that say so.
WRONG = {
    "nothing is said": ({"text": " "}, "Write what you want to tell us."),
    "too long": ({"text": "a" * 4001}, "at most 4000 characters"),
    "NUL": ({"text": "a\0b"}, "Null characters are not allowed."),
    "an override": ({"text": "abc \u202e def"}, "cannot be shown safely"),
    "nothing to see": ({"text": "\u200b\u2060"}, "Nothing of this text can be seen."),
    "no web address": ({"url": "javascript:alert(1)"}, "begins with http:// or https://"),
    "an address without a host": ({"url": "https://[x"}, "begins with http:// or https://"),
    "an address in two lines": ({"url": "https://example.org/\nx"}, "on one line"),
    "no mail address": ({"contact": "somebody"}, "valid email address"),
    "a header in the mail address": ({"contact": "a@example.org\nBcc: b@c.de"}, "valid email"),
    "no kind": ({"about": ""}, "Choose what it is."),
    "an unknown kind": ({"about": "claim"}, "Choose what it is."),
    "too fast": ({"seconds_ago": 1}, "That was very fast."),
    "too late": ({"seconds_ago": 25 * 3600}, "open for too long"),
    "a made-up opening": ({"opened": "tip:1:abc"}, "open for too long"),
    "no opening": ({"opened": ""}, "That was very fast."),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(client, claim, filled, name):
    changes, complaint = WRONG[name]
    sent = filled(**{"text": "한국어로 쓴 제보 & more", "contact": "who@example.org", **changes})
    response = client.post(address(claim), sent)
    page = words(response)
    assert response.status_code == 422
    assert response["Cache-Control"] == "no-store"
    assert complaint in page
    assert 'role="alert"' in page and "Your tip has not been sent yet" in page
    if "text" not in changes:
        assert "한국어로 쓴 제보 &amp; more" in page
    if "contact" not in changes:
        assert 'value="who@example.org"' in page
    assert not Tip.objects.exists()
    # The control: the same, mended and sent from the page that came back.
    token = re.search(r'name="opened" value="([^"]+)"', page)[1]
    if name in ("too late", "a made-up opening", "no opening"):
        assert SIGNER.unsign(token) == "tip"
        token = filled()["opened"]
    elif name == "too fast":
        assert token == sent["opened"]
        token = filled()["opened"]
    assert client.post(address(claim), filled(opened=token)).status_code == 303


def test_complaints_stand_beside_their_fields(client, claim, filled):
    page = words(client.post(address(claim), filled(text="", url="x", contact="y", about="")))
    for name in ("text", "url", "contact"):
        field = re.search(rf'<(?:input|textarea)[^>]*name="{name}"[^>]*>', page)[0]
        assert 'aria-invalid="true"' in field
        assert f"id_{name}_error" in re.search('aria-describedby="([^"]*)"', field)[1]
        assert f'id="id_{name}_error"' in page
        assert f'<a href="#id_{name}">' in page
    assert 'id="id_about_error"' in page


def test_a_program_that_fills_the_trap_learns_nothing(client, claim, filled):
    trapped = client.post(address(claim), filled(trap="https://spam.example"))
    assert not Tip.objects.exists()
    honest = client.post(address(claim), filled())
    assert Tip.objects.count() == 1
    assert (trapped.status_code, trapped["Location"]) == (honest.status_code, honest["Location"])


def test_the_eleventh_tip_of_a_day_is_put_off(client, claim, filled):
    for _number in range(10):
        assert client.post(address(claim), filled()).status_code == 303
    refused = client.post(address(claim), filled(text="한 번 더"))
    assert refused.status_code == 429
    assert 0 < int(refused["Retry-After"]) <= 24 * 3600
    assert "Many tips came from where you are today." in words(refused)
    assert "한 번 더" in words(refused)
    assert Tip.objects.count() == 10
    # Somebody else is not kept from it; a header that nobody asked for changes nothing.
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert other.post(address(claim), filled()).status_code == 303
    lying = client.post(address(claim), filled(), headers={"X-Forwarded-For": "192.0.2.8"})
    assert lying.status_code == 429


@pytest.mark.skipif(not settings.EMBEDDED_POSTGRES, reason="reads the log of the server")
def test_no_log_says_where_a_tip_came_from(claim, filled, connect, caplog):
    """Not when there are too many of them, and not when the server gives a tip up or refuses it: it
    writes what failed into its log, and of a row that breaks a rule the whole row."""
    caplog.set_level("DEBUG")
    place, owner = "203.0.113.77", connect("owner")
    log = embedded_postgres._Server(settings.DATA_DIR).log
    before = log.stat().st_size
    reader = Client(REMOTE_ADDR=place)
    said = [reader.post(address(claim), filled()).status_code for _number in range(11)]
    assert said == [303] * 10 + [429]
    with owner.transaction():
        owner.execute("SELECT FROM claims_lock WHERE name = 'tips' FOR UPDATE")
        with connections["tips"].cursor() as cursor:
            cursor.execute("SET statement_timeout = '100ms'")
        assert reader.post(address(claim), filled()).status_code == 503
    connections["tips"].close()
    with as_tips() as connection, pytest.raises(IntegrityError):
        tell(connection, claim, text=filled()["text"], url="of a program")
    written = log.read_bytes()[before:].decode()
    assert "tip_url_is_http" in written and "of a program" not in written
    assert "statement timeout" in written and "tips.receive_tip(" in written
    assert place not in written and place not in caplog.text
    assert filled()["text"] not in written
    # The control: what stands in a statement that fails is in the log.
    with pytest.raises(DivisionByZero):
        owner.execute(f'SELECT 1 / 0 AS "{place}"')
    assert place in log.read_bytes()[before:].decode()


def test_behind_a_proxy_each_reader_counts_alone(client, claim, filled, settings):
    settings.PROXIES = 1
    for number in range(12):
        sent = client.post(
            address(claim), filled(), headers={"X-Forwarded-For": f"6.6.6.6, 192.0.2.{number}"}
        )
        assert sent.status_code == 303
    for _number in range(10):
        last = client.post(address(claim), filled(), headers={"X-Forwarded-For": "192.0.2.1"})
    assert last.status_code == 429


def test_a_full_queue_asks_for_patience(client, claim, filled, monkeypatch):
    monkeypatch.setattr(tips, "receive", lambda *args: "full")
    response = client.post(address(claim), filled(text="나중에 다시"))
    assert (response.status_code, response["Retry-After"]) == (503, "3600")
    assert "More tips are waiting than we can read just now." in words(response)
    assert "나중에 다시" in words(response)


def test_a_database_that_fails_is_said_to_fail_and_noted(
    client, claim, filled, monkeypatch, caplog
):
    def broken(*args):
        raise OperationalError("no connection")

    monkeypatch.setattr(tips, "receive", broken)
    response = client.post(address(claim), filled(text="나중에 다시"))
    assert (response.status_code, response["Retry-After"]) == (503, "3600")
    assert "We cannot receive tips just now; the mistake is ours." in words(response)
    assert "나중에 다시" in words(response) and "나중에 다시" not in caplog.text
    assert "A tip could not be received" in caplog.text


def test_a_claim_that_readers_do_not_see_has_no_form(client, newsroom_live, filled):
    room = newsroom_live
    draft, withdrawn = room.draft("A draft"), room.published("Something wrong")
    room.withdraw(withdrawn, "We took it back.")
    made_up = client.get("/en/claims/bcdfghjkmnpq/tip/")
    assert made_up.status_code == 404
    for method in (client.get, lambda path: client.post(path, filled())):
        hidden, never = method(address(draft)), method("/en/claims/bcdfghjkmnpq/tip/")
        assert (hidden.status_code, never.status_code) == (404, 404)
        assert hidden.content == never.content
        gone = method(address(withdrawn))
        assert gone.status_code == 404 and 'name="text"' not in words(gone)
        assert "We took it back." in words(gone)
        assert gone["Cache-Control"] == "no-store"
    assert not Tip.objects.exists()


def test_a_suppressed_claim_has_no_form(client, newsroom_live, filled):
    room, claim = newsroom_live, newsroom_live.published("Something unlawful")
    known = {"reason": "A court said so.", "version": claim.version}
    actions.request_suppression(claim.pk, actor=room.publisher, **known)
    actions.suppress(claim.pk, actor=room.second_publisher, **known)
    for response in (client.get(address(claim)), client.post(address(claim), filled())):
        assert response.status_code == 410 and 'name="text"' not in words(response)


def test_a_claim_that_goes_while_somebody_writes_is_unknown(client, claim, filled, monkeypatch):
    monkeypatch.setattr(tips, "receive", lambda *args: "unknown")
    assert client.post(address(claim), filled()).status_code == 404


def test_without_the_login_there_is_no_form_and_no_word_of_it(client, claim, filled, monkeypatch):
    assert client.get(NEW).status_code == 200
    monkeypatch.delitem(tips.settings.DATABASES, "tips")
    for path in (NEW, address(claim), "/en/tips/thanks/"):
        assert client.get(path).status_code == 404
        assert client.post(path, filled()).status_code in (404, 405)
    monkeypatch.undo()
    assert not Tip.objects.exists()


def test_other_methods_and_other_sites_are_refused(client, claim, filled):
    for method in (client.put, client.delete, client.options, client.patch):
        assert method(NEW).status_code == 405
    foreign = client.post(NEW, filled(), headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert client.post("/en/tips/thanks/").status_code == 405
    own = client.post(NEW, filled(), headers={"Sec-Fetch-Site": "same-origin"})
    assert own.status_code == 303
    assert Tip.objects.count() == 1


HOSTILE = ["<script>alert(1)</script>", "{{ form }}{% debug %}", "'; DROP TABLE claims_tip; --"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_text(client, claim, filled, text):
    refused = client.post(address(claim), filled(text=text, contact="x"))
    assert refused.status_code == 422
    assert "<script>alert" not in words(refused)
    assert client.post(address(claim), filled(text=text)).status_code == 303
    assert Tip.objects.get().text == text


def test_nothing_of_a_tip_is_on_any_page_and_nobody_is_mailed(client, newsroom_live, filled):
    claim = newsroom_live.published("Usage is falling")
    canaries = {
        "text": "canarytext",
        "url": "https://canaryurl.example/",
        "contact": "canary@x.org",
    }
    mails = Mail.objects.count()
    assert client.post(address(claim), filled(**canaries)).status_code == 303
    assert Tip.objects.filter(text="canarytext", contact="canary@x.org").exists()
    answers = everything(readers_addresses([claim]))
    assert "Usage is falling" in answers
    assert "canary" not in answers
    assert Mail.objects.count() == mails


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "seen"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "192.0.2.9", 0, "192.0.2.1"),
        ("192.0.2.1", "6.6.6.6, 192.0.2.9", 1, "192.0.2.9"),
        ("192.0.2.1", "6.6.6.6, 192.0.2.9, 10.0.0.1", 2, "192.0.2.9"),
        ("192.0.2.1", "", 1, "192.0.2.1"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("2001:db8::1", "", 0, "2001:db8::1"),
        ("fe80::1%eth0", "", 0, "fe80::1"),
        ("", "", 0, NOWHERE),
        ("192.0.2.1", "nonsense", 1, NOWHERE),
    ],
)
def test_the_address_is_the_one_that_a_trusted_proxy_saw(remote, forwarded, proxies, seen):
    assert client_address(remote, forwarded, proxies) == seen


def test_the_day_of_counting_ends_at_midnight_utc():
    moment = datetime(2025, 7, 1, 23, 59, 30, tzinfo=UTC)
    assert tips.until_tomorrow(moment) == 30


@pytest.mark.parametrize(
    ("text", "page", "language"),
    [
        ("바이두에서 쓰인 것은 빠졌다", "en", "ko"),
        ("In “중앙일보” they say so", "en", "en"),
        ("They say so", "ko", "ko"),
        ("12 %", "en", "en"),
    ],
)
def test_korean_shows_by_its_letters(text, page, language):
    assert tips.written_in(text, page) == language
