"""How people get in: sign-in and its limits, second factors, invitations, sessions."""

import re
import time
from datetime import timedelta

import pytest
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from claims import tasks
from claims.accounts import sessions
from claims.choices import Role
from claims.models import History, User
from tests.admin_client import address, shown, sign_in
from tests.attack.test_leaks import accounts_addresses, patterns
from tests.newsroom import PASSWORD

LOGIN = "/accounts/login/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def able(person: User) -> User:
    """The same person with a password and a mail address."""
    person.set_password(PASSWORD)
    person.email = f"{person.username}@example.org"
    person.save()
    return person


def enter(name: str, password: str = PASSWORD, client: Client | None = None, **headers):
    return (client or Client()).post(LOGIN, {"login": name, "password": password}, **headers)


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def confirm(client: Client) -> None:
    """Show once more who one is, as changes of factors ask it."""
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    assert answer.status_code == 302


def add_app(client: Client) -> str:
    """Set up an authenticator app; its secret."""
    confirm(client)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret)})
    assert (answer.status_code, answer.url) == (302, reverse("mfa_view_recovery_codes"))
    return secret


# --- Signing in ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["reporter", "REPORTER", "reporter@example.org"])
def test_a_name_or_an_address_signs_in_whatever_its_capitals(newsroom, name):
    able(newsroom.reporter)
    client = Client()
    answer = enter(name, client=client)
    assert (answer.status_code, answer.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200


def test_a_refused_sign_in_keeps_the_name_and_not_the_password(newsroom):
    able(newsroom.reporter)
    answer = enter("reporter", "wrong password")
    assert answer.status_code == 422
    assert 'value="reporter"' in shown(answer)
    assert "wrong password" not in shown(answer)
    assert "The name or the password is not right" in shown(answer)


def test_the_admin_sends_to_the_sign_in_page_and_back(newsroom):
    client = Client()
    able(newsroom.reporter)
    page = client.get("/admin/claims/claim/", follow=True)
    assert page.redirect_chain[-1][0].startswith(LOGIN)
    assert page.context["redirect_field_value"] == "/admin/claims/claim/"
    data = {"login": "reporter", "password": PASSWORD, "next": "/admin/claims/claim/"}
    assert client.post(LOGIN, data).url == "/admin/claims/claim/"
    data["next"] = "https://elsewhere.example/"
    assert Client().post(LOGIN, data).url == "/admin/"


def test_who_is_no_staff_is_told_so_without_a_loop(newsroom):
    guest = newsroom.reporter
    guest.is_staff = False
    guest.save()
    answer = sign_in(guest).get("/admin/", follow=True)
    assert answer.status_code == 403


def test_nobody_signs_up(newsroom):
    from claims.accounts.adapters import AccountAdapter

    assert not AccountAdapter().is_open_for_signup(None)
    for path in ("signup/", "email/", "social/signup/", "3rdparty/", "confirm-email/"):
        assert Client().get(f"/accounts/{path}").status_code == 404
    names = {pattern.name for route, pattern in patterns(get_resolver()) if "accounts/" in route}
    assert not {name for name in names if "signup" in name or "email" in name}
    assert len(names) > 25


def test_djangos_own_doors_lead_to_ours(newsroom):
    client = sign_in(newsroom.reporter)
    assert client.get("/admin/login/").url == "/admin/"
    assert client.post("/admin/logout/").url == reverse("account_logout")
    assert client.get("/admin/password_change/").url == reverse("account_change_password")
    assert client.post(reverse("account_logout")).url == LOGIN
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize("model", ["emailaddress", "authenticator", "usersession", "group"])
def test_secrets_and_sessions_have_no_page_in_the_admin(newsroom, model):
    assert model not in {registered._meta.model_name for registered in admin.site._registry}


PASSKEYS = ["", "null", "{}", "[]", "1", '"x"', '{"id": "x"}', '{"rawId": "AA", "response": {}}']
PASSKEYS += ['{"id":"AA","rawId":"AA","type":"public-key","response":{"userHandle":"AA"}}', "\0"]


@pytest.mark.parametrize("credential", PASSKEYS)
def test_a_made_up_passkey_is_no_server_error(newsroom, credential):
    answer = Client().post(reverse("mfa_login_webauthn"), {"credential": credential})
    assert (answer.status_code, answer.url) == (302, LOGIN)
    client = Client()
    enter(able(newsroom.reporter).username, client=client)
    confirm(client)
    data = {"name": "Mine", "credential": credential, "passwordless": "on"}
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), data).status_code == 422
    assert not Authenticator.objects.exists()
    add_app(client)
    again = Client()
    enter("reporter", client=again)
    again.get(reverse("mfa_authenticate"))
    assert again.post(reverse("mfa_authenticate"), {"credential": credential}).status_code == 422
    confirming = client.post(reverse("mfa_reauthenticate_webauthn"), {"credential": credential})
    assert confirming.status_code == 302


# --- Limits -------------------------------------------------------------------------------------


@pytest.fixture
def clock(monkeypatch):
    """allauth's clock, to be moved: `clock(minutes)`."""
    moved = [0.0]

    class Clock:
        sleep = staticmethod(time.sleep)
        monotonic = staticmethod(time.monotonic)

        @staticmethod
        def time() -> float:
            return time.time() + moved[0]

    monkeypatch.setattr(ratelimit, "time", Clock)
    return lambda minutes: moved.__setitem__(0, minutes * 60)


def test_after_five_bad_passwords_the_right_one_waits_and_then_opens(newsroom, clock):
    able(newsroom.reporter), able(newsroom.editor)
    for number in range(5):
        assert (
            enter("reporter", f"wrong {number}", REMOTE_ADDR=f"10.0.0.{number}").status_code == 422
        )
    refused = enter("reporter", REMOTE_ADDR="10.0.0.99")
    assert refused.status_code == 429
    assert "Wait five minutes and try again" in shown(refused)
    # Others are not affected, and it opens again by itself.
    assert enter("editor", REMOTE_ADDR="10.0.0.98").status_code == 302
    clock(4.9)
    assert enter("reporter").status_code == 429
    clock(5.1)
    assert enter("reporter").status_code == 302


def test_one_address_cannot_try_many_names(newsroom, clock):
    able(newsroom.reporter)
    for number in range(20):
        assert enter(f"somebody{number}", REMOTE_ADDR="10.0.0.7").status_code == 422
    assert enter("reporter", REMOTE_ADDR="10.0.0.7").status_code == 429
    assert enter("reporter", REMOTE_ADDR="10.0.0.8").status_code == 302
    clock(5.1)
    assert enter("reporter", REMOTE_ADDR="10.0.0.7").status_code == 302


def test_a_flood_from_one_address_gets_a_page_with_429(newsroom):
    answers = [enter("", "", REMOTE_ADDR="10.0.0.7") for _ in range(31)]
    assert [answer.status_code for answer in answers] == [422] * 30 + [429]
    assert "Wait a few minutes" in shown(answers[-1])


def test_the_counts_stand_in_the_database(newsroom):
    enter("somebody", "wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM newsroom_cache")
        assert cursor.fetchone()[0] >= 2


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "1.2.3.4", "127.0.0.1"),
        (1, "1.2.3.4", "1.2.3.4"),
        (1, "6.6.6.6, 1.2.3.4", "1.2.3.4"),
        (2, "6.6.6.6, 1.2.3.4, 10.0.0.1", "1.2.3.4"),
        (2, "1.2.3.4", "1.2.3.4"),
        (1, "", "127.0.0.1"),
        (1, "not an address", "0.0.0.0"),  # noqa: S104
        (1, "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_address_is_what_the_trusted_proxy_saw(newsroom, settings, proxies, forwarded, address):
    settings.PROXIES = proxies
    client = sign_in(newsroom.reporter)
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    client.get("/admin/", **headers)
    assert UserSession.objects.get().ip == address


# --- Second factors -----------------------------------------------------------------------------


def admin_paths() -> list[str]:
    """Every address of the admin, the values in it made up."""
    routes = [route for route, _pattern in patterns(get_resolver()) if route.startswith("admin/")]
    filled = [re.sub(r"\(\?P<url>.*\)\$?", "x", re.sub(r"<[^>]+>", "1", each)) for each in routes]
    assert len(filled) > 40
    return ["/" + path for path in filled]


def test_without_a_second_factor_no_address_of_the_admin_answers(newsroom, settings):
    client = sign_in(newsroom.publisher)
    settings.REQUIRE_MFA = True
    for path in admin_paths():
        for answer in (client.get(path), client.post(path)):
            assert (answer.status_code, answer.url) == (302, reverse("mfa_index")), path
    page = client.get(reverse("mfa_index"))
    assert "it is required here" in shown(page)
    # The controls: with a factor, and where none is required, the same person works.
    Authenticator.objects.create(user=newsroom.publisher, type="recovery_codes", data={})
    assert client.get("/admin/").status_code == 302
    Authenticator.objects.create(user=newsroom.publisher, type="webauthn", data={})
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.all().delete()
    settings.REQUIRE_MFA = False
    assert client.get("/admin/").status_code == 200


def test_an_authenticator_app_is_set_up_and_then_asked_for(newsroom, settings):
    settings.REQUIRE_MFA = True
    able(newsroom.reporter)
    client = Client()
    enter("reporter", client=client)
    assert client.get(reverse("mfa_activate_totp")).status_code == 302  # “Is it you?”
    secret = add_app(client)
    assert client.get("/admin/").status_code == 200
    codes = client.get(reverse("mfa_view_recovery_codes")).context["unused_codes"]
    assert len(codes) == 10

    later = Client()
    assert enter("reporter", client=later).url == reverse("mfa_authenticate")
    assert later.get("/admin/").status_code == 302  # the password alone opens nothing
    wrong = later.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert wrong.status_code == 422
    opened = later.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert (opened.status_code, opened.url) == (302, "/admin/")
    assert later.get("/admin/").status_code == 200

    lost = Client()
    enter("reporter", client=lost)
    assert lost.post(reverse("mfa_authenticate"), {"code": codes[0]}).url == "/admin/"
    again = Client()
    enter("reporter", client=again)
    assert again.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 422

    kept = " ".join(str(row) for row in History.objects.values_list("before", "after"))
    assert secret not in kept and "totp" not in kept


def test_codes_cannot_be_guessed_without_end(newsroom):
    able(newsroom.reporter)
    client = Client()
    enter("reporter", client=client)
    secret = add_app(client)
    guesser = Client()
    enter("reporter", client=guesser)
    found = [
        guesser.post(reverse("mfa_authenticate"), {"code": f"00000{n}"}).status_code
        for n in range(6)
    ]
    assert found == [422] * 5 + [429]
    assert guesser.post(reverse("mfa_authenticate"), {"code": code_of(secret)}).status_code == 429


def test_the_app_is_removed_after_showing_who_one_is(newsroom):
    able(newsroom.reporter)
    client = Client()
    enter("reporter", client=client)
    add_app(client)
    assert "Remove the authenticator app" in shown(client.get(reverse("mfa_index")))
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.exists()


# --- Invitations --------------------------------------------------------------------------------


def invitation(**changes) -> dict:
    return {
        "username": "newcomer",
        "email": "Newcomer@Example.org",
        "first_name": "Nari",
        "last_name": "Han",
        "groups": [Group.objects.get(name=Role.EDITOR).pk],
        "language": "en",
        **changes,
    }


def link_in(letter) -> str:
    return re.search(re.escape(settings.NEWSROOM_URL) + r"(/\S+)", letter.body)[1]


def follow(client: Client, link: str) -> str:
    """The page behind a link, at its address without the secret."""
    answer = client.get(link)
    assert answer.status_code == 302
    return answer.url


@pytest.mark.parametrize(("language", "word"), [("en", "invites you"), ("ko", "초대")])
def test_an_invited_person_chooses_a_password_and_is_in(newsroom, language, word):
    boss = sign_in(newsroom.admin)
    answer = boss.post(address("user_add"), invitation(language=language))
    person = User.objects.get(username="newcomer")
    assert (answer.status_code, answer.url) == (302, address("user_change", person.pk))
    assert (person.email, person.is_staff, person.has_usable_password()) == (
        "newcomer@example.org",
        True,
        False,
    )
    entry = History.objects.filter(record="user_groups", operation="insert").latest("id")
    assert (entry.actor, entry.action) == ("admin", "manage_people")
    (letter,) = mail.outbox
    assert letter.to == ["newcomer@example.org"]
    if language == "en":  # the Korean words are the translators'
        assert word in letter.body

    client = Client()
    page = follow(client, link_in(letter))
    assert client.get(page).status_code == 200
    weak = client.post(page, {"password1": "short", "password2": "short"})
    assert weak.status_code == 422
    chosen = client.post(page, {"password1": PASSWORD, "password2": PASSWORD})
    assert (chosen.status_code, chosen.url) == (302, "/admin/")
    assert client.get("/admin/").status_code == 200
    # Once is enough.
    assert Client().get(link_in(letter)).status_code == 410
    assert enter("newcomer").status_code == 302


def test_a_link_closes_after_three_days(newsroom, settings, monkeypatch):
    sign_in(newsroom.admin).post(address("user_add"), invitation())
    link = link_in(mail.outbox[0])
    assert Client().get(link).status_code == 302
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert settings.PASSWORD_RESET_TIMEOUT == -1
    gone = Client().get(link)
    assert gone.status_code == 410
    assert "Send me a new link" in shown(gone)


def test_three_days_it_is(settings):
    assert settings.PASSWORD_RESET_TIMEOUT == 3 * 24 * 60 * 60


def test_inviting_again_closes_the_link_before(newsroom):
    boss = sign_in(newsroom.admin)
    boss.post(address("user_add"), invitation())
    person = User.objects.get(username="newcomer")
    assert "Invite again" in shown(boss.get(address("user_change", person.pk)))
    assert boss.post(address("user_invite", person.pk)).status_code == 302
    first, second = (link_in(letter) for letter in mail.outbox)
    assert Client().get(first).status_code == 410
    assert Client().get(second).status_code == 302
    able(person)
    page = boss.post(address("user_invite", person.pk), follow=True)
    assert "can be invited again" in shown(page) and len(mail.outbox) == 2
    assert PASSWORD and enter("newcomer").status_code == 302


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"username": ""}, "id_username_error"),
        ({"username": "ADMIN"}, "id_username_error"),
        ({"username": "a\0b"}, "id_username_error"),
        ({"email": "nobody"}, "id_email_error"),
        ({"email": ""}, "id_email_error"),
        ({"email": "BOSS@example.org"}, "id_email_error"),
        ({"groups": []}, "id_groups_error"),
        ({"groups": ["999999"]}, "id_groups_error"),
        ({"language": "xx"}, "id_language_error"),
    ],
)
def test_a_wrong_invitation_is_refused_beside_its_field(newsroom, changes, place):
    boss = newsroom.admin
    boss.email = "boss@example.org"
    boss.save()
    answer = sign_in(boss).post(address("user_add"), invitation(**changes))
    assert answer.status_code == 422
    assert place in shown(answer)
    assert 'value="Nari"' in shown(answer)
    assert not mail.outbox and not User.objects.filter(first_name="Nari").exists()


def test_an_invitation_whose_mail_fails_says_so_and_can_be_repeated(newsroom, monkeypatch):
    from claims.accounts import invitations

    def fails(*arguments, **options):
        raise ConnectionRefusedError

    monkeypatch.setattr(invitations, "send_mail", fails)
    answer = sign_in(newsroom.admin).post(address("user_add"), invitation(), follow=True)
    assert answer.status_code == 200
    assert "could not be sent" in shown(answer)
    assert User.objects.filter(username="newcomer").exists()


def test_nobody_sets_a_password_or_raises_a_superuser(newsroom):
    boss, person = sign_in(newsroom.admin), newsroom.editor
    assert boss.get(f"/admin/claims/user/{person.pk}/password/").status_code in (302, 404)
    assert not [r for r, _p in patterns(get_resolver()) if "user/<id>/password" in r]
    data = {"username": "editor", "is_active": "on", "is_staff": "on"}
    stolen = {"password": "x", "password1": "x", "is_superuser": "on", "user_permissions": ["1"]}
    assert boss.post(address("user_change", person.pk), data | stolen).status_code == 302
    before = person.password
    person.refresh_from_db()
    assert (person.password, person.is_superuser) == (before, False)
    assert not person.user_permissions.exists()


def test_an_admin_does_not_deactivate_themself(newsroom):
    boss, client = newsroom.admin, sign_in(newsroom.admin)
    data = {"username": boss.username, "is_staff": "on", "groups": [boss.groups.get().pk]}
    refused = client.post(address("user_change", boss.pk), data)
    assert refused.status_code == 422
    assert "You cannot deactivate yourself: another admin has to do it." in shown(refused)
    boss.refresh_from_db()
    assert boss.is_active
    # The control: another admin can.
    other = sign_in(newsroom.person("second_admin", "admin"))
    assert other.post(address("user_change", boss.pk), data).status_code == 302
    boss.refresh_from_db()
    assert not boss.is_active


@pytest.mark.parametrize(
    ("taken", "sentence"),
    [
        ({"is_staff"}, "You cannot lock yourself out: another admin has to do it."),
        ({"groups"}, "You cannot give up your own role: another admin has to take it."),
    ],
    ids=["staff", "role"],
)
def test_an_admin_does_not_take_their_own_rights(newsroom, taken, sentence):
    boss, client = newsroom.admin, sign_in(newsroom.admin)
    url, mine = address("user_change", boss.pk), boss.groups.get()
    data = {"username": boss.username, "is_active": "on", "is_staff": "on", "groups": [mine.pk]}
    less = {name: value for name, value in data.items() if name not in taken}
    refused = client.post(url, less)
    assert refused.status_code == 422 and sentence in shown(refused)
    boss.refresh_from_db()
    assert boss.is_staff and boss.groups.get() == mine
    # The controls: their name they do change, and another admin takes the rights.
    assert client.post(url, {**data, "first_name": "Ada"}).status_code == 302
    other = sign_in(newsroom.person("second_admin", "admin"))
    assert other.post(url, less).status_code == 302
    boss.refresh_from_db()
    assert not (boss.is_staff and boss.groups.exists())


@pytest.mark.parametrize("who", ["reporter", "editor", "publisher"])
def test_only_admins_manage_people(newsroom, who):
    client, person = sign_in(getattr(newsroom, who)), newsroom.person("newcomer", "editor")
    for name, args in (
        ("user_add", []),
        ("user_change", [person.pk]),
        ("user_invite", [person.pk]),
        ("user_remove_factors", [person.pk]),
    ):
        assert client.post(address(name, *args), invitation()).status_code == 403, name
    assert not mail.outbox


def test_an_admin_helps_who_lost_a_device(newsroom):
    boss, person = sign_in(newsroom.admin), able(newsroom.reporter)
    client = Client()
    enter("reporter", client=client)
    add_app(client)
    page = boss.get(address("user_change", person.pk))
    assert "Remove the second factors" in shown(page)
    assert boss.get(address("user_remove_factors", person.pk)).status_code == 405
    assert boss.post(address("user_remove_factors", person.pk)).status_code == 302
    assert not Authenticator.objects.exists()
    # Who did it stands on the person's page from then on.
    assert "Second factors removed" not in shown(page)
    page = shown(boss.get(address("user_change", person.pk)))
    assert str(newsroom.admin) in page.split("Second factors removed")[1].split("</ul>")[0]
    assert client.get("/admin/").status_code == 302
    assert enter("reporter").url == "/admin/"


def test_a_forgotten_password_is_renewed_by_mail(newsroom):
    able(newsroom.reporter)
    old = Client()
    enter("reporter", client=old)
    for asked in ("reporter@example.org", "nobody@example.org"):
        answer = Client().post(reverse("account_reset_password"), {"email": asked})
        assert (answer.status_code, answer.url) == (302, reverse("account_reset_password_done"))
    (letter,) = mail.outbox  # nobody is told whether there is an account
    assert "Your user name is reporter" in letter.body
    client = Client()
    page = follow(client, link_in(letter))
    fresh = "another long pass phrase"
    assert client.post(page, {"password1": fresh, "password2": fresh}).status_code == 302
    assert old.get("/admin/").status_code == 302  # the old sessions are over
    assert enter("reporter").status_code == 422
    assert enter("reporter", fresh).status_code == 302


def test_links_in_mail_lead_to_the_newsroom_whatever_host_was_asked(newsroom, settings):
    settings.ALLOWED_HOSTS = ["testserver", "readers.example.org", "desk.example.org"]
    settings.NEWSROOM_URL = "https://desk.example.org"
    able(newsroom.reporter)
    elsewhere = {"HTTP_HOST": "readers.example.org"}
    data = {"email": "reporter@example.org"}
    answer = Client().post(reverse("account_reset_password"), data, **elsewhere)
    assert answer.status_code == 302
    answer = sign_in(newsroom.admin).post(address("user_add"), invitation(), **elsewhere)
    assert answer.status_code == 302
    assert len(mail.outbox) == 2
    for letter in mail.outbox:
        assert "https://desk.example.org/accounts/" in letter.body
        assert "readers.example.org" not in letter.body
        assert Client().get(link_in(letter)).status_code == 302


def test_mail_that_cannot_be_sent_is_no_server_error(newsroom, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    able(newsroom.reporter)
    data = {"email": "reporter@example.org"}
    answer = Client().post(reverse("account_reset_password"), data, follow=True)
    assert answer.status_code == 200
    assert "The mail could not be sent" in shown(answer)


# --- Sessions -----------------------------------------------------------------------------------


def test_the_night_forgets_sessions_that_have_run_out(newsroom, monkeypatch):
    """Signed in, both sessions are noted; nine hours later one has been used since."""
    client, stays = sign_in(newsroom.reporter), sign_in(newsroom.editor)
    for each in (client, stays):
        each.get("/admin/")
    tasks.forget_ended_sessions(0)
    assert (Session.objects.count(), UserSession.objects.count()) == (2, 2)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=5))
    stays.get("/admin/password_change/")
    session = stays.session
    session["used"] = "again"
    session.save()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=9))
    tasks.forget_ended_sessions(0)
    assert Session.objects.get().session_key == session.session_key
    assert UserSession.objects.get().user == newsroom.editor


def test_deactivating_a_person_ends_their_sessions_at_once(newsroom):
    boss, person = sign_in(newsroom.admin), able(newsroom.editor)
    client, bystander = Client(), sign_in(newsroom.reporter)
    enter("editor", client=client)
    assert client.get("/admin/").status_code == 200
    data = {"username": "editor", "email": person.email, "is_staff": "on"}
    assert boss.post(address("user_change", person.pk), data).status_code == 302
    answer = client.get("/admin/")
    assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")
    assert not UserSession.objects.filter(user=person).exists()
    keys = [session.get_decoded().get("_auth_user_id") for session in Session.objects.all()]
    assert str(person.pk) not in keys
    assert bystander.get("/admin/").status_code == 200
    refused = enter("editor", client=client)
    assert refused.url == reverse("account_inactive")


def test_the_link_of_a_deactivated_person_is_closed(newsroom):
    sign_in(newsroom.admin).post(address("user_add"), invitation())
    User.objects.filter(username="newcomer").update(is_active=False)
    assert Client().get(link_in(mail.outbox[0])).status_code == 410


def test_my_sessions_are_shown_and_ended(newsroom):
    able(newsroom.reporter), able(newsroom.editor)
    mine, phone, other = Client(), Client(), Client()
    enter("reporter", client=mine, HTTP_USER_AGENT=FIREFOX)
    enter("reporter", client=phone, REMOTE_ADDR="10.1.2.3", HTTP_USER_AGENT="curl/8")
    enter("editor", client=other)
    page = shown(mine.get(reverse("usersessions_list"), HTTP_USER_AGENT=FIREFOX))
    assert "Firefox on Linux" in page and "10.1.2.3" in page and "curl/8" in page
    theirs = UserSession.objects.get(user=newsroom.editor)
    assert mine.post(reverse("usersessions_end", args=[theirs.pk])).status_code == 404
    assert other.get("/admin/").status_code == 200
    row = UserSession.objects.get(user=newsroom.reporter, ip="10.1.2.3")
    assert mine.get(reverse("usersessions_end", args=[row.pk])).status_code == 405
    assert mine.post(reverse("usersessions_end", args=[row.pk])).status_code == 302
    assert phone.get("/admin/").status_code == 302
    enter("reporter", client=phone)
    mine.post(reverse("usersessions_list"))
    assert phone.get("/admin/").status_code == 302
    assert mine.get("/admin/").status_code == 200


def test_a_changed_password_ends_the_sessions_elsewhere(newsroom):
    able(newsroom.reporter)
    mine, elsewhere = Client(), Client()
    enter("reporter", client=mine), enter("reporter", client=elsewhere)
    fresh = "another long pass phrase"
    data = {"oldpassword": PASSWORD, "password1": fresh, "password2": fresh}
    wrong = mine.post(reverse("account_change_password"), {**data, "oldpassword": "no"})
    assert wrong.status_code == 422
    assert mine.post(reverse("account_change_password"), data).status_code == 302
    assert mine.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302
    (letter,) = mail.outbox
    assert (letter.to, letter.subject) == (
        ["reporter@example.org"],
        "[Counterclaim] Password changed",
    )
    assert fresh not in letter.body and "127.0.0.1" in letter.body


def test_the_list_of_sessions_asks_as_much_for_one_as_for_eleven(newsroom):
    able(newsroom.reporter)
    client = Client()
    enter("reporter", client=client)

    def questions() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("usersessions_list"))
        return len(queries)

    questions()
    before = questions()
    for _ in range(10):
        enter("reporter")
    assert questions() == before
    assert len(sessions.of_person(newsroom.reporter, "")) == 11


def test_a_session_is_noted_once_a_minute_and_readers_never(newsroom):
    client = sign_in(newsroom.reporter)
    client.get("/admin/")
    first = UserSession.objects.get().last_seen_at
    client.get("/admin/")
    assert UserSession.objects.get().last_seen_at == first
    UserSession.objects.update(last_seen_at=timezone.now() - timezone.timedelta(minutes=2))
    client.get("/admin/")
    assert UserSession.objects.get().last_seen_at > first


@pytest.mark.parametrize(
    ("description", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537", "Chrome on Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18 like Mac OS X) Safari/604", "Safari on iPhone"),
        ("curl/8.5", "curl/8.5"),
        ("", "Unknown device"),
    ],
)
def test_a_device_has_a_name(description, words):
    assert sessions.device(description) == words


# --- Every page ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_answers_and_is_kept_by_nobody(newsroom, language):
    able(newsroom.reporter)
    client, outside = Client(), Client()
    enter("reporter", client=client)
    add_app(client)
    for path in accounts_addresses():
        for answer in (outside.get(path), client.get(path, headers={"accept-language": language})):
            assert answer.status_code in (200, 302, 403, 404, 405, 410), path
            if answer.status_code == 200:
                assert "no-store" in answer.headers["Cache-Control"], path


def test_what_is_mine_is_asked_of_nobody_else(newsroom):
    """Signed out, only the entrance answers."""
    open_to_all = {
        "account_login",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
    found = set()
    for route, pattern in patterns(get_resolver()):
        if route.startswith("accounts/"):
            path = "/" + re.sub(r"<slug:\w+>", "x", route.replace("<int:pk>", "1"))
            if Client().get(path).status_code not in (302, 404):
                found.add(pattern.name)
    assert found == open_to_all
