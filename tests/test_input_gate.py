"""The gate in front of everything, and hostile strings through every door behind it."""

import io
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from claims.choices import Confidence
from tests.admin_client import address, claim_data, rows, sign_in

DATA = Path(os.environ.get("FACTCHECK_TEST_DATA", settings.BASE_DIR.parent / "shared" / "data"))
NAUGHTY = DATA / "fuzz" / "blns.json"
BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def naughty_strings() -> list[str]:
    if not NAUGHTY.exists():
        pytest.skip(f"{NAUGHTY} is absent: set FACTCHECK_TEST_DATA to the folder of test data")
    strings = json.loads(NAUGHTY.read_text())
    assert len(strings) == 515
    return [*strings, "\0", "a\0b", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")]


def in_turn(doors: Sequence[Any], share: int = 4) -> Iterator[tuple[str, Any]]:
    """Each string with every fourth door, each door with every fourth string. Strings of one kind
    stand together in the list, so that every door meets every kind."""
    for place, text in enumerate(naughty_strings()):
        yield from ((text, door) for n, door in enumerate(doors) if (place + n) % share == 0)


def request(**environ) -> int:
    """The status of a request made with this WSGI environment, past the client's own checks."""
    from django.core.handlers.wsgi import WSGIHandler

    answer = []
    handler = WSGIHandler()
    base = {
        "REQUEST_METHOD": "GET",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "PATH_INFO": "/accounts/login/",
        "QUERY_STRING": "",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
    }
    response = handler({**base, **environ}, lambda status, headers: answer.append(status))
    response.close()
    return int(answer[0].split()[0])


def form(body: bytes, content_type: str = "application/x-www-form-urlencoded") -> dict:
    return {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }


GATE = [
    ("a plain request", {}, 200),
    ("Korean in the path", {"PATH_INFO": "/admin/주장/".encode().decode("latin-1")}, 302),
    ("NUL in the path", {"PATH_INFO": "/admin/\0/"}, 400),
    ("broken UTF-8 in the path", {"PATH_INFO": "/admin/\xff/"}, 400),
    ("an overlong path", {"PATH_INFO": "/" + "a" * 1025}, 414),
    ("NUL in the query", {"QUERY_STRING": "q=%00"}, 400),
    ("broken UTF-8 in the query", {"QUERY_STRING": "q=%ff"}, 400),
    ("a surrogate in the query", {"QUERY_STRING": "q=%ed%a0%80"}, 400),
    ("an overlong query", {"QUERY_STRING": "q=" + "a" * 2048}, 414),
    ("a control character in a header", {"HTTP_ACCEPT": "a\x01b"}, 400),
    ("a NUL in a cookie", {"HTTP_COOKIE": "session=\0"}, 400),
    ("an overlong header", {"HTTP_X": "a" * 8193}, 431),
    ("overlong headers together", {f"HTTP_X{n}": "a" * 8000 for n in range(5)}, 431),
    ("a foreign Host", {"HTTP_HOST": "evil.example"}, 400),
    ("a Host with a path", {"HTTP_HOST": "localhost/evil"}, 400),
    ("an oversized body", {**form(b"a=b"), "CONTENT_LENGTH": str(2**20 + 1)}, 413),
    ("a length that is no number", {**form(b"a=b"), "CONTENT_LENGTH": "many"}, 400),
    ("broken UTF-8 in a form", form(b"username=%ff"), 400),
    ("broken UTF-8 in a multipart form", form(b"\xff", "multipart/form-data; boundary=x"), 400),
    ("another charset", form(b"a=b", "application/x-www-form-urlencoded; charset=utf-7"), 400),
    ("a body that is no form", form(b"{}", "application/json"), 415),
]


@override_settings(ALLOWED_HOSTS=["localhost"])
@pytest.mark.parametrize(("environ", "status"), [g[1:] for g in GATE], ids=[g[0] for g in GATE])
def test_the_gate(db, environ, status):
    assert request(**environ) == status


@BOTH_SIDES
def test_hostile_strings_in_readers_addresses(newsroom_live):
    claim = newsroom_live.published()
    client = Client()
    for text in naughty_strings():
        from urllib.parse import quote

        quoted = quote(text.encode("utf-8", "replace"), safe="")
        for url in (
            f"/en/claims/{quoted}/",
            f"/en/claims/{claim.public_id}/editions/{quoted}/",
            f"/ko/claims/?after={quoted}",
            f"/en/claims/?all={quoted}&{quoted}={quoted}",
            f"/{quoted}",
        ):
            assert client.get(url[:1000]).status_code < 500, url


def all_fields(text: str) -> dict[str, str]:
    """The same text in every field that any form of the newsroom has."""
    row = dict.fromkeys(
        ("source", "stance", "quotation", "locator", "target", "ground", "opposer", "id"), text
    )
    names = ("language", "claimant", "confidence", "change_kind", "ground", "opposer", "version")
    names += ("kind", "title", "publisher", "url", "published_on", "date_precision", "seen")
    names += ("reason", "opens_at", "together", "digest", "username", "password", "next")
    names += tuple(
        f"{name}_{code}"
        for code in ("en", "ko")
        for name in ("statement", "attribution", "reason", "unknowns", "would_change", "name")
    )
    edge = {**row, "target_edition": text, "DELETE": text}
    return {**dict.fromkeys(names, text), **rows("citations", row), **rows("rebuts", edge)}


def text_fields(text: str, source) -> dict[str, str]:
    """The same text in every text field of an otherwise complete claim: much of it is saved."""
    quoted = {"source": source.pk, "stance": "for", "quotation": text, "locator": text}
    names = ("statement", "attribution", "reason", "unknowns", "would_change")
    texts = {f"{name}_{code}": text for name in names for code in ("en", "ko")}
    return claim_data(source, **texts, confidence=Confidence.LOW, **rows("citations", quoted))


def test_hostile_strings_in_every_form_field(newsroom):
    claim = newsroom.published()
    client = sign_in(newsroom.publisher)
    source = newsroom.first_source()
    forms = [
        address("claim_add"),
        address("claim_change", claim.pk),
        address("claim_rebuttal", claim.pk),
        address("party_add"),
        address("source_add"),
        address("source_change", source.pk),
        *(address("claim_step", claim.pk, step) for step in ("request_changes", "publish")),
        address("claim_step", claim.pk, "withdraw"),
    ]
    saved = 0
    for text, url in in_turn(forms):
        assert client.post(url, all_fields(text)).status_code < 500, (url, text)
    for text in naughty_strings():
        response = client.post(address("claim_add"), text_fields(text, source))
        assert response.status_code in (302, 422), text
        saved += response.status_code == 302
    assert saved > 300  # the control: most of these are text, and text is welcome


def test_hostile_strings_in_the_newsrooms_addresses(newsroom):
    claim = newsroom.published()
    client = sign_in(newsroom.admin)
    history = address("claim_history", claim.pk)
    doors = [
        *((address("claim_changelist"), name) for name in ("q", "o", "p", "state__exact")),
        *((address("history_changelist"), name) for name in ("q", "action")),
        *((address("source_changelist"), name) for name in ("q", "seen__exact")),
        *((address("user_changelist"), name) for name in ("q", "groups__id__exact")),
        *((history, name) for name in ("page", "_changelist_filters")),
        (reverse("account_login"), "next"),
    ]
    visitor = Client()
    for text, (url, name) in in_turn(doors):
        asks = visitor if name == "next" else client
        assert asks.get(url, {name: text}).status_code < 500, (url, name, text)
