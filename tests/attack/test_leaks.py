"""Nothing unpublished leaves the newsroom: canaries in every kind of working copy, looked for at
every address that the URL resolver lists, until their moment and not a moment before."""

import secrets
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, SlugConverter
from django.utils import timezone

from claims import actions
from claims.choices import Confidence, Standing
from claims.models import Claim, Party, Source, Topic
from claims.public.api.parameters import ListParameters

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(route, pattern) of every address that the site answers."""
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route)
        else:
            yield route, entry


def readers_addresses(claims: list[Claim]) -> list[str]:
    """Every address outside the admin, with each claim's id and the first editions' numbers."""
    found = []
    for route, pattern in patterns(get_resolver()):
        if route.startswith("admin/"):
            continue
        names = pattern.pattern.converters
        unknown = [
            name
            for name, converter in names.items()
            if not isinstance(converter, SlugConverter | IntConverter)
        ]
        assert not unknown, f"teach this test what stands for {unknown} in {route}"
        for claim in claims if "claim" in names else [None]:
            for number in (1, 2, 3) if "number" in names else [None]:
                path = route
                for name in names:
                    value = claim.public_id if name == "claim" else number
                    path = path.replace(f"<slug:{name}>", str(value))
                    path = path.replace(f"<int:{name}>", str(value))
                for language in ("en", "ko"):
                    if path.startswith("api/"):
                        found.append(f"/{path}?language={language}")
                    else:
                        found.append("/" + path.replace("en/", f"{language}/", 1))
    found += [f"{path}?all=1" for path in found if path.endswith("/claims/")]
    found += [f"/api/v1/claims/?{query}" for query in queries(claims)]
    assert any(path.startswith("/en/") and "/editions/2/" in path for path in found)
    assert any(path.startswith("/api/") and "/editions/2/" in path for path in found)
    return found


def queries(claims: list[Claim]) -> Iterator[str]:
    """What the API's list can be narrowed to: each value of a vocabulary, and of the records what
    these claims name."""
    known = {
        "language": ["en", "ko"],
        "all": ["0", "1"],
        "after": [],
        "topic": Topic.objects.all(),
        "claimant": Party.objects.all(),
        "publisher": Party.objects.all(),
        "source": Source.objects.filter(citations__claim__in=claims).distinct(),
        "standing": Standing.values,
        "confidence": Confidence.values,
        "original_language": ["en", "ko"],
        "changed_since": ["2000-01-01T00:00:00Z"],
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


def canary() -> str:
    return f"canary{secrets.token_hex(6)}"


def everything(paths: list[str]) -> str:
    client = Client()
    parts = []
    for path in paths:
        response = client.get(path)
        assert response.status_code < 500, path
        parts.append(response.content.decode() + repr(dict(response.headers)))
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
    seen = programs + pages + everything(admin_addresses(claims))
    leaked = [
        (state, word)
        for state, (_claim, words) in secrets_of.items()
        for word in words
        if word in seen
    ]
    assert not leaked


def test_a_claim_that_exists_hidden_answers_like_one_that_never_did(secrets_of):
    client = Client()
    for state in ("draft", "in review", "approved", "scheduled", "a draft rebuttal"):
        claim, _words = secrets_of[state]
        for tail in ("", "editions/1/"):
            for side in ("/en", "/api/v1"):
                hidden = client.get(f"{side}/claims/{claim.public_id}/{tail}")
                never = client.get(f"{side}/claims/{'z' * 12}/{tail}")
                assert (hidden.status_code, never.status_code) == (404, 404)
                assert hidden.content == never.content
                assert dict(hidden.headers) == dict(never.headers)


def test_a_list_narrowed_to_hidden_records_tells_nothing(secrets_of):
    client = Client()
    for state in ("draft", "in review", "changes requested", "approved", "scheduled", "withdrawn"):
        claim, _words = secrets_of[state]
        source, topic = claim.citations.get().source, claim.topics.get()
        for name, record in (("source", source), ("topic", topic), ("publisher", source.publisher)):
            answer = client.get(f"/api/v1/claims/?all=1&{name}={record.public_id}")
            never = client.get(f"/api/v1/claims/?all=1&{name}={'2' * 12}")
            assert (answer.status_code, answer.content) == (200, never.content)
            assert dict(answer.headers) == dict(never.headers)
    known = secrets_of["a change under review"][0].citations.get().source
    held = client.get(f"/api/v1/claims/?source={known.public_id}").json()["results"]
    assert len(held) == 2  # the control: what is published is found by what it names


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
