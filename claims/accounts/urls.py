"""The addresses of accounts: of allauth's those that a newsroom needs, under allauth's names."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path
from django.utils.translation import gettext_lazy as _

from .views import end_session, entrance, my_sessions, page

CONFIRM = _("Is it you?")
LINK = "password/reset/<slug:uidb36>/<slug:key>/"

urlpatterns = [
    path("", entrance, name="accounts"),
    path("login/", page(account.login, _("Sign in")), name="account_login"),
    path("logout/", page(account.logout, _("Sign out")), name="account_logout"),
    path("inactive/", page(account.account_inactive, _("No access")), name="account_inactive"),
    path("reauthenticate/", page(account.reauthenticate, CONFIRM), name="account_reauthenticate"),
    path(
        "password/change/",
        page(account.password_change, _("Change password")),
        name="account_change_password",
    ),
    path(
        "password/set/",
        page(account.password_set, _("Choose a password")),
        name="account_set_password",
    ),
    path(
        "password/reset/",
        page(account.password_reset, _("Forgotten password")),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        page(account.password_reset_done, _("Look at your mail")),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/changed/",
        page(account.password_reset_from_key_done, _("Password changed")),
        name="account_reset_password_from_key_done",
    ),
    path(
        LINK,
        page(account.password_reset_from_key, _("Choose a password")),
        name="account_reset_password_from_key",
    ),
    path("security/", page(mfa.index, _("Security")), name="mfa_index"),
    path("security/code/", page(mfa.authenticate, _("Second factor")), name="mfa_authenticate"),
    path("security/confirm/", page(mfa.reauthenticate, CONFIRM), name="mfa_reauthenticate"),
    path(
        "security/app/add/",
        page(totp.activate_totp, _("Add an authenticator app")),
        name="mfa_activate_totp",
    ),
    path(
        "security/app/remove/",
        page(totp.deactivate_totp, _("Remove the authenticator app")),
        name="mfa_deactivate_totp",
    ),
    path(
        "security/recovery-codes/",
        page(codes.view_recovery_codes, _("Recovery codes")),
        name="mfa_view_recovery_codes",
    ),
    path(
        "security/recovery-codes/new/",
        page(codes.generate_recovery_codes, _("New recovery codes")),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "security/recovery-codes/file/",
        codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path(
        "security/passkeys/",
        page(passkeys.list_webauthn, _("Passkeys")),
        name="mfa_list_webauthn",
    ),
    path(
        "security/passkeys/add/",
        page(passkeys.add_webauthn, _("Add a passkey")),
        name="mfa_add_webauthn",
    ),
    path(
        "security/passkeys/confirm/",
        page(passkeys.reauthenticate_webauthn, CONFIRM),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "security/passkeys/<int:pk>/edit/",
        page(passkeys.edit_webauthn, _("Rename the passkey")),
        name="mfa_edit_webauthn",
    ),
    path(
        "security/passkeys/<int:pk>/remove/",
        page(passkeys.remove_webauthn, _("Remove the passkey")),
        name="mfa_remove_webauthn",
    ),
    path(
        "login/passkey/",
        page(passkeys.login_webauthn, _("Sign in")),
        name="mfa_login_webauthn",
    ),
    path("sessions/", my_sessions, name="usersessions_list"),
    path("sessions/<int:pk>/end/", end_session, name="usersessions_end"),
]
