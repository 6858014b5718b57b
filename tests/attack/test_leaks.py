"""Nothing unpublished leaves the newsroom: canaries in every kind of working copy, looked for at
every address that the URL resolver lists, until their moment and not a moment before."""

import itertools
import re
import time
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlencode, urljoin

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation

from claims import actions
from claims.choices import ChangeKind, Confidence, Standing
from claims.models import Claim, Party, Source, Topic
from claims.models.fields import ALPHABET
from claims.public.api.parameters import ListParameters
from claims.public.registers import WITHDRAWAL
from tests.attack.hiding import canary

LANGUAGES = ("en", "ko")
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(route, pattern) of every address that the site answers."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def standing_for(claims: list[Claim]) -> dict[str, list[str]]:
    """What each part of an address can be: these claims, and the records that they may show."""

    def ids(records) -> list[str]:
        return [record.public_id for record in records[:40]]

    return {
        "claim": [claim.public_id for claim in claims],
        # Of many claims not the third edition, which few of them have.
        "number": ["1", "2", "3"] if len(claims) < 50 else ["1", "2"],
        "topic": ids(Topic.objects.order_by("-id")),
        "party": ids(Party.objects.order_by("-id")),
        "source": ids(Source.objects.order_by("-id")),
        "form": ["atom", "json"],
        "bucket": ["0"],
        "letter": [*ALPHABET],
        "address": ["about"],
    }


def readers_addresses(claims: list[Claim]) -> list[str]:
    """Every address outside the newsroom, with each claim's id and the first editions' numbers, and
    with each record's."""
    known, found, ids = standing_for(claims), [], [claim.public_id for claim in claims]
    with translation.override("en"):
        routes = [*patterns(get_resolver())]
    for route, pattern in routes:
        if route.startswith(("admin/", "accounts/")):
            continue
        names = list(pattern.pattern.converters)
        unknown = set(names) - set(known)
        assert not unknown, f"teach this test what stands for {unknown} in {route}"
        for values in itertools.product(*(known[name] for name in names)):
            path = route
            for name, value in zip(names, values, strict=True):
                path = re.sub(rf"<\w+:{name}>", value, path)
            if path.startswith("en/"):
                found += [f"/{path}", f"/ko/{path[3:]}"]
            elif path.startswith("api/"):
                found += [f"/{path}?language=en", f"/{path}?language=ko"]
            else:
                found.append(f"/{path}")
    found += [f"/api/v1/claims/?{query}" for query in queries(claims)]
    found += [f"/en/claims/?{query}" for query in queries(claims[:20], most=20)]
    found += [f"{path}?{query}" for path in found for query in asked_of(path)]
    found += [f"/oembed?{query}" for path in found for query in embeds_of(path)]
    found += [f"/{language}/tips/thanks/?claim={one}" for language in LANGUAGES for one in ids]
    assert not [path for path in found if "<" in path]
    for part in ("/editions/2/", "/feed.json", "/card/", "/picture.png"):
        assert any(path.startswith("/en/") and part in path for path in found)
    assert any(path.startswith("/api/") and "/editions/2/" in path for path in found)
    return found


def addresses_with(word: str, claims: list[Claim]) -> list[str]:
    """Those that name one claim, or one record, by its public id."""
    return [path for path in readers_addresses(claims) if word in path]


def asked_of(path: str) -> list[str]:
    """What else readers can ask a page for."""
    asked = {
        "/claims/": ["all=1"],
        "/changes/": ["from=1&to=2", "from=2&to=1"],
        "/tip/": ["number=2"],
        "/corrections/": [f"kind={kind}" for kind in (*ChangeKind.announced(), WITHDRAWAL)],
        "/search/": ["q=readers", "q=know&standing=unrebutted", "q=house&confidence=low"],
    }
    if not path.startswith(("/en/", "/ko/")):
        return []
    return [query for end, some in asked.items() if path.endswith(end) for query in some]


def embeds_of(path: str) -> Iterator[str]:
    """oEmbed answers for the page of a claim or of an edition."""
    forms = {"": ("json", "xml"), "editions": ("json",)}
    page = re.fullmatch(r"/(?:en|ko)/claims/\w+/(?:(editions)/\d+/)?", path)
    for form in forms[page[1] or ""] if page else ():
        yield urlencode({"url": f"http://testserver{path}", "format": form})


def queries(claims: list[Claim], most: int | None = None) -> Iterator[str]:
    """What the API's list and the pages' can be narrowed to: each value of a vocabulary, and of the
    records what these claims name; of the others `most`, the newest."""
    known = {
        "language": ["en", "ko"],
        "all": ["0", "1"],
        "after": [],
        "topic": Topic.objects.order_by("-id")[:most],
        "claimant": Party.objects.order_by("-id")[:most],
        "publisher": Party.objects.order_by("-id")[:most],
        "source": Source.objects.filter(citations__claim__in=claims).distinct(),
        "standing": Standing.values,
        "confidence": Confidence.values,
        "original_language": ["en", "ko"],
        "changed_since": ["2000-01-01T00:00:00Z" if most is None else "2000-01-01"],
    }
    missing = set(ListParameters().fields) - set(known)
    assert not missing, f"teach this test which values {missing} can have"
    for name, values in known.items():
        for value in values:
            query = f"{name}={getattr(value, 'public_id', value)}"
            yield query if name == "all" else f"all=1&{query}"


def admin_addresses(claims: list[Claim]) -> list[str]:
    """The admin's lists and records, which nobody sees who is not signed in."""
    found = []
    for route, pattern in patterns(get_resolver()):
        if not route.startswith("admin/") or "^" in route or "(?P" in route:
            continue
        names = pattern.pattern.converters
        for claim in claims if names else [None]:
            path = route
            for name in names:
                path = path.replace(f"<path:{name}>", str(claim and claim.pk))
                path = path.replace(f"<int:{name}>", str(claim and claim.pk))
                path = path.replace(f"<slug:{name}>", "approve").replace(f"<{name}>", "1")
            found.append("/" + path)
    assert len(found) > 30
    return found


def accounts_addresses() -> list[str]:
    """The pages of accounts; a made-up link and the first number stand for what is in them."""
    routes = [route for route, _p in patterns(get_resolver()) if route.startswith("accounts/")]
    found = [re.sub(r"<slug:\w+>", "x", route.replace("<int:pk>", "1")) for route in routes]
    assert len(found) > 25
    assert not any("<" in path for path in found)
    return ["/" + path for path in found]


NEXT_PAGE = re.compile(r"""["'<]([^"'<>\s]*[?&;](?:after|rebuttals)=[^"'<>\s]*)""")


def pages_after(path: str, body: str) -> list[str]:
    """The addresses of the further pages of a list or a feed."""
    found = (
        urljoin(f"http://testserver{path}", unescape(link)) for link in NEXT_PAGE.findall(body)
    )
    return [link.removeprefix("http://testserver").partition("#")[0] for link in found]


def everything(paths: list[str], *, may_break: bool = False) -> str:
    """What all of these addresses answer, and all pages of their lists; with a seeded defect some
    may break instead."""
    client = Client(raise_request_exception=not may_break)
    parts, waiting = [], deque(dict.fromkeys(paths))
    known = set(waiting)
    while waiting:
        path = waiting.popleft()
        response = client.get(path)
        assert may_break or response.status_code < 500, path
        body = response.content.decode(errors="replace")
        parts.append(body + repr(dict(response.headers)))
        if not body.startswith("\ufffdPNG"):
            further = [link for link in pages_after(path, body) if link not in known]
            known.update(further)
            waiting.extend(further)
    return "\n".join(parts)


@pytest.fixture
def secrets_of(newsroom_live):
    """Claims in every unpublished state, each field with a canary: {state: (claim, canaries)}."""
    room = newsroom_live
    hidden: dict[str, tuple[Claim, list[str]]] = {}

    house = room.party("A house that readers may know")

    def with_canaries(name: str, **options) -> Claim:
        words = {
            field: canary()
            for field in ("statement", "reason", "unknowns", "would_change", "attribution")
        }
        quotation, title, korean, topic = canary(), canary(), canary(), canary()
        claim = room.draft(
            words.pop("statement"),
            text=words,
            texts={"ko": {"statement": korean}},
            citations=[{"source": room.source(title, publisher=house), "quotation": quotation}],
            topics=[actions.save_topic(actor=room.reporter, names={"en": topic})],
            **options,
        )
        texts = [getattr(claim.texts.get(language="en"), field) for field in words]
        hidden[name] = (claim, [str(claim), *texts, quotation, title, korean, topic])
        return claim

    with_canaries("draft")
    room.submit(with_canaries("in review"))
    claim = room.submit(with_canaries("changes requested"))
    reason = canary()
    actions.request_changes(claim.pk, actor=room.editor, version=claim.version, reason=reason)
    hidden["changes requested"][1].append(reason)
    room.approved(with_canaries("approved"))
    room.publish(with_canaries("scheduled"), opens_at=timezone.now() + timedelta(days=1))
    room.publish(with_canaries("withdrawn"))
    room.withdraw(hidden["withdrawn"][0], notice="Taken back.")

    live = room.published("A statement that readers know")
    word, note = canary(), canary()
    room.submit(room.revise(live, statement=word, note=note))
    hidden["a change under review"] = (live, [word, note])

    waits = room.published("Another that readers know")
    word, note = canary(), canary()
    room.publish(
        room.revise(waits, statement=word, note=note), opens_at=timezone.now() + timedelta(days=1)
    )
    hidden["a scheduled second edition"] = (waits, [word, note])

    rebuttal = room.rebuttal(live, canary())
    hidden["a draft rebuttal"] = (rebuttal, [str(rebuttal)])
    return hidden


def test_no_canary_is_anywhere(secrets_of):
    claims = [claim for claim, _words in secrets_of.values()]
    paths = readers_addresses(claims)
    programs = everything([path for path in paths if path.startswith("/api/")])
    pages = everything([path for path in paths if not path.startswith("/api/")])
    for seen in (programs, pages):  # the control: what is published is found
        assert "A statement that readers know" in seen
        assert "Another that readers know" in seen
        assert "Taken back." in seen
    seen = programs + pages + everything(admin_addresses(claims) + accounts_addresses())
    leaked = [
        (state, word)
        for state, (_claim, words) in secrets_of.items()
        for word in words
        if word in seen
    ]
    assert not leaked


def database_clock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.slow
def test_a_scheduled_edition_opens_at_its_moment_and_not_before(newsroom_live):
    """No worker runs: the views alone decide. Times are the database's."""
    room, client = newsroom_live, Client()
    claims = [room.approved(room.draft(f"Opens {index} {canary()}")) for index in range(40)]
    start = database_clock() + timedelta(seconds=6)
    waiting = {}
    for index, claim in enumerate(claims):
        waiting[claim.public_id] = start + timedelta(milliseconds=100 * index)
        room.publish(claim, opens_at=waiting[claim.public_id])
    late = []
    while waiting:
        near = database_clock() + timedelta(milliseconds=300)
        for public_id, moment in [each for each in waiting.items() if each[1] < near]:
            before = database_clock()
            status = client.get(f"/en/claims/{public_id}/").status_code
            after = database_clock()
            if status == 200:
                assert after >= moment, "opened early"
                late.append((before - moment).total_seconds())
                del waiting[public_id]
            else:
                assert before - moment < timedelta(seconds=1), "a second late"
        time.sleep(0.005)
    late.sort()
    assert len(late) == 40
    assert late[int(len(late) * 0.99)] < 1.0
