"""How the project is wired in other places than this one: each in a process of its own."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

PRODUCTION = {
    "FACTCHECK_ENV": "production",
    "FACTCHECK_SECRET_KEY": "x" * 60 + "0123456789",
    "FACTCHECK_HOSTS": "claims.example.org",
    "DATABASE_URL": "postgres://owner:secret@db.example.org/claims",
    "FACTCHECK_NEWSROOM_URL": "https://desk.example.org",
    "FACTCHECK_MAIL_URL": "smtp://desk:pass%2Fword@mail.example.org",
    "FACTCHECK_MAIL_FROM": "newsroom@example.org",
}


def manage(*arguments: str, **environ: str) -> subprocess.CompletedProcess:
    """Run manage.py with nothing of ours in the environment but `environ`."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABASE_", "FACTCHECK_", "DJANGO_"))
    }
    return subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        env={**clean, **environ},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_production_is_ready_when_all_is_said():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    "name",
    [
        *("DATABASE_URL", "FACTCHECK_SECRET_KEY", "FACTCHECK_HOSTS"),
        *("FACTCHECK_NEWSROOM_URL", "FACTCHECK_MAIL_URL"),
    ],
)
def test_production_says_what_is_missing(name):
    environ = {key: value for key, value in PRODUCTION.items() if key != name}
    result = manage("check", **environ)
    assert result.returncode != 0
    assert f"{name} is required in production" in result.stderr


@pytest.mark.parametrize(
    ("name", "value"), [("FACTCHECK_ENV", "Production"), ("FACTCHECK_SURFACE", "Public")]
)
def test_a_mistyped_setting_is_not_taken_for_the_default(name, value):
    result = manage("check", **{**PRODUCTION, name: value})
    assert result.returncode != 0
    assert f'not "{value}"' in result.stderr


def test_a_process_says_which_login_it_lacks():
    environ = {key: value for key, value in PRODUCTION.items() if key != "DATABASE_URL"}
    result = manage("check", **environ, DATABASE_APP_URL="postgres://a@h/d")
    assert "this process needs DATABASE_PUBLIC_URL" in result.stderr


def test_the_embedded_database_never_starts_in_production(tmp_path):
    environ = {key: value for key, value in PRODUCTION.items() if key != "DATABASE_URL"}
    result = manage("migrate", FACTCHECK_DATA_DIR=str(tmp_path), **environ)
    assert "the embedded PostgreSQL never starts there" in result.stderr
    assert not list(tmp_path.iterdir())


def test_the_demonstration_never_runs_in_production():
    result = manage("demo", **PRODUCTION)
    assert result.returncode != 0
    assert "never runs in production" in result.stderr


SHOW = "from django.conf import settings; print({a: d.get('USER') for a, d in DATABASES.items()})"


@pytest.mark.parametrize(
    ("environ", "logins"),
    [
        (
            {"DATABASE_URL": "postgres://boss:pw@h/d"},
            "{'default': 'counterclaim_app', 'public': 'counterclaim_reader',"
            " 'tips': 'counterclaim_tips'}",
        ),
        (
            {"DATABASE_APP_URL": "postgres://a@h/d", "DATABASE_PUBLIC_URL": "postgres://r@h/d"},
            "{'default': 'a', 'public': 'r'}",
        ),
        (
            {"DATABASE_PUBLIC_URL": "postgres://r@h/d", "FACTCHECK_SURFACE": "public"},
            "{'default': None, 'public': 'r'}",
        ),
        (
            {
                "DATABASE_PUBLIC_URL": "postgres://r@h/d",
                "DATABASE_TIPS_URL": "postgres://t@h/d",
                "FACTCHECK_SURFACE": "public",
            },
            "{'default': None, 'public': 'r', 'tips': 't'}",
        ),
    ],
)
def test_each_process_holds_the_logins_it_needs(environ, logins):
    script = "from factcheck.settings import DATABASES; " + SHOW.split("; ")[1]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "FACTCHECK_"))}
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={**clean, **environ},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == logins


SERVE_PUBLIC = """
import django; django.setup()
from django.test import Client
from django.db import connections
client = Client(headers={"host": "localhost"})
print(client.get("/en/claims/").status_code, client.get("/admin/").status_code)
try:
    connections["default"].ensure_connection()
except Exception as error:
    print(type(error).__name__)
"""


def test_a_readers_process_serves_pages_without_the_newsrooms_login(django_db_setup):
    from django.db import connections

    name = connections["default"].settings_dict["NAME"]
    public = settings.DATABASES["public"]
    host = public.get("HOST", "").replace("/", "%2F")
    login = public["USER"] + (f":{public['PASSWORD']}" if public.get("PASSWORD") else "")
    port = f":{public['PORT']}" if public.get("PORT") else ""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "FACTCHECK_"))}
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", SERVE_PUBLIC],
        env={
            **clean,
            "DJANGO_SETTINGS_MODULE": "factcheck.settings",
            "FACTCHECK_SURFACE": "public",
            "DATABASE_PUBLIC_URL": f"postgres://{login}@{host}{port}/{name}",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.stdout.split("\n")[:2] == ["200 404", "ImproperlyConfigured"], result.stderr


MAIL = """
from factcheck import settings as s
print(s.EMAIL_HOST, s.EMAIL_PORT, s.EMAIL_HOST_USER, s.EMAIL_HOST_PASSWORD, s.EMAIL_USE_TLS,
      s.EMAIL_USE_SSL, s.DEFAULT_FROM_EMAIL, s.REQUIRE_MFA, s.PROXIES)
"""


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "smtp://desk:pass%2Fword@mail.example.org",
            "mail.example.org 587 desk pass/word True False",
        ),
        ("smtps://mail.example.org", "mail.example.org 465   False True"),
        ("smtp+plain://localhost:2525", "localhost 2525   False False"),
    ],
)
def test_mail_goes_where_one_address_says(url, words):
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "FACTCHECK_"))}
    result = subprocess.run(
        [sys.executable, "-c", MAIL],
        env={**clean, **PRODUCTION, "FACTCHECK_MAIL_URL": url},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == f"{words} newsroom@example.org True 1"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"FACTCHECK_MAIL_FROM": ""}, "FACTCHECK_MAIL_FROM is required with FACTCHECK_MAIL_URL"),
        ({"FACTCHECK_MAIL_URL": "mail.example.org"}, "is smtp://, smtps:// or smtp+plain://"),
        ({"FACTCHECK_REQUIRE_MFA": "true"}, 'not "true"'),
        ({"FACTCHECK_PROXIES": "one"}, "FACTCHECK_PROXIES is a number"),
    ],
)
def test_a_mistyped_setting_of_accounts_is_refused(changes, says):
    result = manage("check", **{**PRODUCTION, **changes})
    assert result.returncode != 0
    assert says in result.stderr


def test_a_readers_process_needs_no_mail_and_has_no_accounts():
    environ = {key: value for key, value in PRODUCTION.items() if "MAIL" not in key}
    script = "import django; django.setup(); from django.apps import apps; from django.urls import "
    script += "reverse\ntry:\n    reverse('account_login')\nexcept Exception as e:\n    print("
    script += "type(e).__name__, apps.is_installed('allauth'))"
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "FACTCHECK_"))}
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={
            **clean,
            **environ,
            "FACTCHECK_SURFACE": "public",
            "DJANGO_SETTINGS_MODULE": "factcheck.settings",
        },
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "NoReverseMatch False"
