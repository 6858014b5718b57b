"""Settings of the project. Everything that differs between machines is read from the environment
here, at the top; importing this module starts nothing.

FACTCHECK_ENV            "development" (default) or "production"
FACTCHECK_SURFACE        "all" (default), or "public": a process for readers, which holds the
                         reader's credentials only and has no admin
FACTCHECK_DATA_DIR       where the embedded PostgreSQL and collected files live (default: var/)
DATABASE_URL             a PostgreSQL 15+ server, as the owner login that migrates;
                         without it, outside production, the embedded PostgreSQL is used
DATABASE_APP_URL         the app's login (default: DATABASE_URL as counterclaim_app)
DATABASE_PUBLIC_URL      the reader's login (default: DATABASE_URL as counterclaim_reader)
DATABASE_TIPS_URL        the login that writes readers' tips (default: DATABASE_URL as
                         counterclaim_tips); a process without it has no form for tips
FACTCHECK_SECRET_KEY     required in production
FACTCHECK_HOSTS          comma-separated host names; required in production
FACTCHECK_NEWSROOM_URL   where staff reach the admin (https://desk.example.org): links in mail begin
                         with it; required in production
FACTCHECK_SITE_NAME      the newsroom's name for the site
FACTCHECK_MAIL_FOLDER    mail is written to files there instead of being sent, and a page of the
                         newsroom shows it; the demonstration does that
FACTCHECK_TIME_ZONE      the newsroom's zone, such as Asia/Seoul
FACTCHECK_VERDICT_SCALE  "none" (default), "five" or "snu": on which scale editors may rate claims
FACTCHECK_REQUIRE_MFA    "yes" or "no": whether staff need a second factor before they see the
                         admin (default: yes in production, no elsewhere)
FACTCHECK_MAIL_URL       smtp://user:password@host:587 (STARTTLS), smtps://… (TLS from the start) or
                         smtp+plain://… (without TLS, for a relay on this machine); required in
                         production for the newsroom; without it, mail is written to the console
FACTCHECK_MAIL_FROM      the address that mail comes from; required with FACTCHECK_MAIL_URL
FACTCHECK_PROXIES        how many proxies stand in front, each of which adds the address it saw to
                         X-Forwarded-For (default: 1 in production, 0 elsewhere)
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit, urlunsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from factcheck import embedded_postgres

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = os.environ.get("FACTCHECK_ENV", "development")
if ENV not in ("development", "production"):
    raise ImproperlyConfigured(f'FACTCHECK_ENV is "development" or "production", not "{ENV}".')
PRODUCTION = ENV == "production"
SURFACE = os.environ.get("FACTCHECK_SURFACE", "all")
if SURFACE not in ("all", "public"):
    raise ImproperlyConfigured(f'FACTCHECK_SURFACE is "all" or "public", not "{SURFACE}".')
DATA_DIR = Path(os.environ.get("FACTCHECK_DATA_DIR") or BASE_DIR / "var").absolute()


def required_in_production(name: str, otherwise: str) -> str:
    """The environment's value of `name`; in production its absence is an error."""
    value = os.environ.get(name, "")
    if not value and PRODUCTION:
        raise ImproperlyConfigured(f"{name} is required in production.")
    return value or otherwise


SECRET_KEY = required_in_production("FACTCHECK_SECRET_KEY", "for development only, never deployed")
HOSTS = required_in_production("FACTCHECK_HOSTS", "localhost,127.0.0.1,[::1]")
ALLOWED_HOSTS = [host.strip() for host in HOSTS.split(",") if host.strip()]
DEBUG = False
# Where the newsroom's people reach the admin; links in mail begin with it.
NEWSROOM_URL = (
    ""
    if SURFACE == "public"
    else required_in_production("FACTCHECK_NEWSROOM_URL", "http://localhost:8000").rstrip("/")
)
SITE_NAME = os.environ.get("FACTCHECK_SITE_NAME", "Counterclaim")
VERDICT_SCALE = os.environ.get("FACTCHECK_VERDICT_SCALE", "none")
if VERDICT_SCALE not in ("none", "five", "snu"):
    raise ImproperlyConfigured(
        f'FACTCHECK_VERDICT_SCALE is "none", "five" or "snu", not "{VERDICT_SCALE}".'
    )
REQUIRE_MFA = os.environ.get("FACTCHECK_REQUIRE_MFA", "yes" if PRODUCTION else "no") == "yes"
if os.environ.get("FACTCHECK_REQUIRE_MFA", "no") not in ("yes", "no"):
    raise ImproperlyConfigured(
        f'FACTCHECK_REQUIRE_MFA is "yes" or "no", not "{os.environ["FACTCHECK_REQUIRE_MFA"]}".'
    )
PROXIES_GIVEN = os.environ.get("FACTCHECK_PROXIES") or str(int(PRODUCTION))
if not (PROXIES_GIVEN.isascii() and PROXIES_GIVEN.isdigit()):
    raise ImproperlyConfigured(f'FACTCHECK_PROXIES is a number, not "{PROXIES_GIVEN}".')
PROXIES = int(PROXIES_GIVEN)

# --- Database: one server, a login for each side ------------------------------------------------

APP_ROLE = "counterclaim_app"
READER_ROLE = "counterclaim_reader"
TIPS_ROLE = "counterclaim_tips"
OWNER_URL = os.environ.get("DATABASE_URL", "")
APP_URL = os.environ.get("DATABASE_APP_URL", "")
PUBLIC_URL = os.environ.get("DATABASE_PUBLIC_URL", "")
TIPS_URL = os.environ.get("DATABASE_TIPS_URL", "")
EMBEDDED_POSTGRES = not (OWNER_URL or APP_URL or PUBLIC_URL)

if EMBEDDED_POSTGRES and PRODUCTION:
    raise ImproperlyConfigured(
        "DATABASE_URL is required in production (or DATABASE_APP_URL and DATABASE_PUBLIC_URL for a "
        "process that does not migrate); the embedded PostgreSQL never starts there."
    )
if not EMBEDDED_POSTGRES and not OWNER_URL:
    for name, url, needed in (
        ("DATABASE_APP_URL", APP_URL, SURFACE != "public"),
        ("DATABASE_PUBLIC_URL", PUBLIC_URL, True),
    ):
        if needed and not url:
            raise ImproperlyConfigured(f"Without DATABASE_URL, this process needs {name}.")


def login_as(role: str) -> str:
    """DATABASE_URL with another user: the convenience for one server without separate secrets."""
    parts = urlsplit(OWNER_URL)
    password = f":{parts.password}" if parts.password else ""
    server = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}{password}@{server}"))


def database(url: str, embedded_user: str, **options: str) -> dict[str, Any]:
    """One alias: the given URL, or the embedded server as `embedded_user`."""
    if EMBEDDED_POSTGRES:
        config: dict[str, Any] = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": embedded_postgres.DATABASE,
            "USER": embedded_user,
            "HOST": str(embedded_postgres.socket_folder(DATA_DIR)),
        }
    elif not url:
        return {}  # this process does not hold that login
    else:
        config = dict(dj_database_url.parse(url))
    config["CONN_MAX_AGE"] = 60
    config["CONN_HEALTH_CHECKS"] = True
    config.setdefault("OPTIONS", {}).update(options)
    return config


# Owner commands (manage.py says which) connect `default` as the owner; all else as the app.
OWNER_DATABASE = database(OWNER_URL, embedded_postgres.OWNER)
APP_DATABASE = database(APP_URL or (OWNER_URL and login_as(APP_ROLE)), APP_ROLE)
DATABASES = {
    "default": OWNER_DATABASE
    if os.environ.get("FACTCHECK_DATABASE_ROLE") == "owner"
    else APP_DATABASE,
    "public": database(PUBLIC_URL or (OWNER_URL and login_as(READER_ROLE)), READER_ROLE),
}
# Without its login there is no form for tips.
TIPS_DATABASE = database(TIPS_URL or (OWNER_URL and login_as(TIPS_ROLE)), TIPS_ROLE)
if TIPS_DATABASE:
    # A server writes a statement that fails into its log: this one goes without the values in it,
    # among which is where a tip came from.
    TIPS_DATABASE["OPTIONS"]["server_side_binding"] = True
    DATABASES["tips"] = TIPS_DATABASE
if SURFACE == "public":
    # No newsroom credentials in a readers' process: `default` is unusable there.
    DATABASES["default"] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications -------------------------------------------------------------------------------

INSTALLED_APPS = [
    "claims.apps.ClaimsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.staticfiles",
    "csp",
    # For its command. DRF itself is no app here: its pages, scripts and styles are not served.
    "drf_spectacular",
]
if SURFACE != "public":
    INSTALLED_APPS += [
        "claims.apps.NewsroomAdminConfig",
        "django.contrib.sessions",
        "django.contrib.messages",
        "procrastinate.contrib.django",
        "allauth",
        "allauth.account",
        "allauth.mfa",
        "allauth.usersessions",
    ]
AUTH_USER_MODEL = "claims.User"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

MIDDLEWARE = [
    "factcheck.input_gate.InputGate",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "factcheck.language.LanguageOfAddress",
    "django.middleware.common.CommonMiddleware",
]
if SURFACE != "public":
    MIDDLEWARE += [
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "claims.accounts.middleware.LastSeen",
        "claims.accounts.middleware.SecondFactorGate",
    ]
MIDDLEWARE += ["django.middleware.clickjacking.XFrameOptionsMiddleware"]

ROOT_URLCONF = "factcheck.urls"
WSGI_APPLICATION = "factcheck.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "claims.public.site_pages.footer_pages",
            ]
        },
    }
]

# --- Accounts: sign-in, second factors, sessions, mail --------------------------------------------

if SURFACE != "public":
    AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
    LOGIN_URL = "account_login"
    LOGIN_REDIRECT_URL = "admin:index"
    # Counts of attempts are shared by all processes, so they stand in the database.
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "newsroom_cache",
            "OPTIONS": {"MAX_ENTRIES": 20_000},
        }
    }
    ACCOUNT_ADAPTER = "claims.accounts.adapters.AccountAdapter"
    ACCOUNT_FORMS = {
        "login": "claims.accounts.forms.SignInForm",
        "user_token": "claims.accounts.forms.LinkForm",
    }
    ACCOUNT_LOGIN_METHODS = {"username", "email"}
    ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
    ACCOUNT_EMAIL_VERIFICATION = "none"
    ACCOUNT_EMAIL_NOTIFICATIONS = True
    ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
    ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
    ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
    ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
    ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = (
        "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
    )
    ACCOUNT_SESSION_REMEMBER = True
    ACCOUNT_RATE_LIMITS = {
        # Each of these is shown as a sentence with 429, and opens again by itself.
        "login": "30/m/ip",
        "login_failed": "20/5m/ip,5/5m/key",
        "change_password": "5/m/user",
        "reauthenticate": "10/m/user",
        "reset_password": "20/m/ip,5/m/key",
        "reset_password_from_key": "20/m/ip",
    }
    MFA_ADAPTER = "claims.accounts.adapters.SecondFactorAdapter"
    MFA_FORMS = {
        "add_webauthn": "claims.accounts.forms.AddPasskeyForm",
        "authenticate_webauthn": "claims.accounts.forms.SecondFactorForm",
        "login_webauthn": "claims.accounts.forms.PasskeyForm",
        "reauthenticate_webauthn": "claims.accounts.forms.ConfirmByPasskeyForm",
        "edit_webauthn": "claims.accounts.forms.RenamePasskeyForm",
    }
    MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
    MFA_PASSKEY_LOGIN_ENABLED = True
    MFA_TOTP_ISSUER = SITE_NAME
    MFA_TOTP_TOLERANCE = 1  # the code of the half minute before is still good: people type slowly
    # Browsers offer passkeys on http://localhost, and otherwise on https only.
    MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
    PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # invitations too

MAIL_FOLDER = os.environ.get("FACTCHECK_MAIL_FOLDER", "")
MAIL_URL = urlsplit(required_in_production("FACTCHECK_MAIL_URL", "") if SURFACE != "public" else "")
if MAIL_URL.geturl():
    if MAIL_URL.scheme not in ("smtp", "smtps", "smtp+plain") or not MAIL_URL.hostname:
        raise ImproperlyConfigured(
            "FACTCHECK_MAIL_URL is smtp://, smtps:// or smtp+plain:// with a host,"
            " such as smtp://user:password@mail.example.org:587."
        )
    if not os.environ.get("FACTCHECK_MAIL_FROM"):
        raise ImproperlyConfigured("FACTCHECK_MAIL_FROM is required with FACTCHECK_MAIL_URL.")
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = MAIL_URL.hostname
    EMAIL_PORT = MAIL_URL.port or {"smtp": 587, "smtps": 465, "smtp+plain": 25}[MAIL_URL.scheme]
    EMAIL_HOST_USER = unquote(MAIL_URL.username or "")
    EMAIL_HOST_PASSWORD = unquote(MAIL_URL.password or "")
    EMAIL_USE_TLS = MAIL_URL.scheme == "smtp"
    EMAIL_USE_SSL = MAIL_URL.scheme == "smtps"
    EMAIL_TIMEOUT = 10
elif MAIL_FOLDER:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_FOLDER
else:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = os.environ.get("FACTCHECK_MAIL_FROM") or "newsroom@localhost"

# --- API ----------------------------------------------------------------------------------------

# DRF takes a misspelt name for silence; a test compares these with those it knows.
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    # What does not say whom it serves serves nobody.
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "claims.public.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
    # No `?format=`: an address has one answer.
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": f"{SITE_NAME}: public API",
    "DESCRIPTION": "What is being claimed and what is said against it, as the pages show it."
    " Texts keep the language in which they were recorded; labels follow the language asked for.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Codes stand beside their labels in each place; one vocabulary has one name there already.
    "POSTPROCESSING_HOOKS": [],
}

# --- Languages and time -------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("ko", _("Korean"))]
LOCALE_PATHS = [BASE_DIR / "claims" / "locale"]
FORMAT_MODULE_PATH = "factcheck.formats"
USE_TZ = True
TIME_ZONE = os.environ.get("FACTCHECK_TIME_ZONE", "Asia/Seoul")

# --- Files --------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
}
# Outside production the files are served from where they are written.
WHITENOISE_USE_FINDERS = not PRODUCTION

# --- Security -----------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# A claim’s form with all its lists full: 60 citations of 18 fields, 30 figures of 11, and so on.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000
CSRF_FAILURE_VIEW = "claims.public.errors.csrf_failure"
if PRODUCTION:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    # Entering the browsers' preload list is the newsroom's own decision.
    SILENCED_SYSTEM_CHECKS = ["security.W021"]
    if SURFACE == "public":
        # Its one form, for tips, needs no session, so that there is nothing to forge.
        SILENCED_SYSTEM_CHECKS += ["security.W003"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        # A wrong Host header is answered with 400; a traceback for each would flood the log.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        "django.request": {"level": "ERROR"},
        # A line for each job that is put into the queue, otherwise.
        "procrastinate": {"level": "WARNING"},
    },
}
