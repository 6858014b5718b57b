"""Getting in, in a real browser: every page under the strict policy, and passkeys for real."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from playwright.sync_api import Page

from claims.choices import Role
from claims.models import User
from tests.newsroom import PASSWORD

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True, databases=["default", "public"]),
]


@pytest.fixture
def localhost(live_server) -> str:
    """Browsers know passkeys for names only, not for an address in numbers."""
    return live_server.url.replace("127.0.0.1", "localhost")


def authenticator(page: Page) -> None:
    """A made-up device in this browser that vouches for its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def fill_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.get_by_label("User name or e-mail address").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def confirm(page: Page) -> None:
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def own_link(page: Page, role: str, name: str) -> None:
    """What stands in the menu behind the person's name."""
    page.locator(".account > summary").click()
    page.locator(".account").get_by_role(role, name=name).click()


def leave(page: Page) -> None:
    own_link(page, "button", "Log out")
    page.wait_for_url("**/accounts/login/")


def test_a_passkey_signs_in_and_is_a_second_factor(open_page, staff, localhost):
    page = open_page(base_url=localhost)
    authenticator(page)
    page.goto("/admin/")
    fill_in(page, "reporter")
    own_link(page, "link", "Security")
    page.get_by_role("link", name="Add a passkey").click()
    confirm(page)
    page.get_by_label("What you call it").fill("My laptop")
    assert page.get_by_label("Sign in with it alone").is_checked()
    page.get_by_role("button", name="Add a passkey").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    leave(page)

    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url("**/admin/")
    leave(page)

    fill_in(page, "reporter")
    page.wait_for_url("**/security/code/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url("**/admin/")

    page.goto("/accounts/security/passkeys/")
    assert page.get_by_text("signs in alone").is_visible()
    page.get_by_role("link", name="Rename").click()
    page.get_by_role("link", name="Use a security key").click()
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("What you call it").fill("The old laptop")
    page.get_by_role("button", name="Rename").click()
    page.get_by_role("link", name="Remove").click()
    assert page.get_by_text("“The old laptop”").is_visible()
    page.get_by_role("button", name="Remove the passkey").click()
    page.wait_for_url("**/security/passkeys/")
    assert not Authenticator.objects.exists()


def test_a_refused_passkey_is_said_on_the_page(open_page, staff, localhost):
    page = open_page(base_url=localhost)
    page.goto("/accounts/login/")
    page.evaluate("() => { navigator.credentials.get = () => Promise.reject(new Error('no')) }")
    assert page.locator("[data-passkey-error]").is_hidden()
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_text("The passkey was not used").wait_for()


def test_an_authenticator_app_by_the_picture_and_the_secret(open_page, staff, settings):
    settings.REQUIRE_MFA = True
    staff.editor.email = "editor@example.org"
    staff.editor.save()
    page = open_page()
    page.goto("/admin/claims/claim/")
    fill_in(page, "editor")
    page.get_by_text("it is required here").wait_for()
    page.get_by_role("link", name="Add an authenticator app").click()
    confirm(page)
    box = page.locator(".qr svg").bounding_box()
    assert box and box["width"] > 150
    secret = page.locator(".secret").inner_text()
    page.get_by_label("code").fill(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.get_by_role("button", name="Add the authenticator app").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto("/admin/claims/claim/")
    page.wait_for_selector("#changelist")
    (letter,) = mail.outbox  # who did not do this learns of it
    assert (letter.to, letter.subject) == (
        ["editor@example.org"],
        "[Counterclaim] Authenticator app added",
    )
    assert secret not in letter.body


def test_an_invitation_from_the_form_to_the_front_page(open_page, staff, live_server, settings):
    settings.NEWSROOM_URL = live_server.url
    boss = staff.admin
    boss.set_password(PASSWORD)
    boss.save()
    page = open_page()
    page.goto("/admin/claims/user/add/")
    fill_in(page, "admin")
    page.get_by_label("Username").fill("newcomer")
    page.get_by_label("Email").fill("newcomer@example.org")
    page.get_by_label("Editor", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("on its way to newcomer@example.org").wait_for()
    link = re.search(r"http://\S+", mail.outbox[0].body)[0]
    guest = open_page()
    guest.goto(link)
    for label in ("New Password:", "New Password (again):"):
        guest.get_by_label(label, exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Keep this password").click()
    guest.wait_for_url("**/admin/")
    newcomer = User.objects.get(username="newcomer")
    assert newcomer.check_password(PASSWORD)
    assert [group.name for group in newcomer.groups.all()] == [Role.EDITOR]


def test_a_session_is_ended_from_another_device(signed_in):
    phone, desk = signed_in("reporter"), signed_in("reporter")
    own_link(desk, "link", "My sessions")
    desk.get_by_role("button", name="End this session").click()
    desk.get_by_text("The session is ended.").wait_for()
    phone.goto("/admin/")
    assert "/accounts/login/" in phone.url


PAGES = [
    "login/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/x/y/",
    "inactive/",
]
MINE = [
    "sessions/",
    "security/",
    "security/app/add/",
    "security/passkeys/",
    "security/passkeys/add/",
    "password/change/",
    "logout/",
]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_every_page_is_accessible_and_fits_a_phone(open_page, staff, scheme, locale):
    page = open_page(color_scheme=scheme, locale=locale, viewport={"width": 320, "height": 700})
    for path in PAGES:
        look(page, path)
    page.goto("/accounts/login/")
    page.locator("#id_login").fill("reporter")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form.desk button[type=submit]").click()
    page.wait_for_url("**/admin/")
    page.goto("/accounts/security/app/add/")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form.desk button[type=submit]").click()
    page.wait_for_url("**/app/add/")
    for path in MINE:
        look(page, path)
    assert page.url.endswith(f"/accounts/{MINE[-1]}"), "a page sent its visitor elsewhere"


def look(page: Page, path: str) -> None:
    """No script error or breach of policy is the fixture's to see; here: axe, and the width."""
    page.goto(f"/accounts/{path}")
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    serious = [f"{path}: {each['id']} {each['nodes'][0]['html'][:200]}" for each in found]
    assert not serious, "\n".join(serious)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
