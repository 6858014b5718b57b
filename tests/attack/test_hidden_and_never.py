"""What exists and is hidden answers like what never existed, byte for byte and header for header:
at every address that names a claim or a record, by the URL resolver, with nothing replaced but the
name itself."""

from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, resolve
from django.utils import timezone

from claims import actions
from claims.models import Claim
from tests.attack.test_leaks import addresses_with, patterns
from tests.newsroom import Newsroom

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

NEVER = "bcdfghjkmnpq"
FORM = "application/x-www-form-urlencoded"
TIP = {"about": "source", "text": "The second count is in the annex.", "number": "1"}


def hidden_claims(room: Newsroom, live: Claim) -> dict[str, Claim]:
    """One in every state that readers have never seen."""
    soon = timezone.now() + timedelta(days=1)
    made = {
        "draft": with_records(room),
        "in review": room.submit(with_records(room)),
        "sent back": room.submit(room.draft("Sent back")),
        "approved": room.approved(with_records(room)),
        "scheduled": with_records(room),
        "cancelled": room.draft("Cancelled"),
        "merged": room.draft("Merged"),
        "draft rebuttal": room.rebuttal(live, "A rebuttal"),
        "rebuttal to come": room.rebuttal(live, "A rebuttal to come"),
    }
    room.publish(made["scheduled"], opens_at=soon)
    room.publish(made["rebuttal to come"], opens_at=soon)
    room.publish(made["cancelled"], opens_at=soon)
    known = {"actor": room.publisher, "reason": "No."}
    actions.cancel(made["cancelled"].pk, version=made["cancelled"].version, **known)
    actions.request_changes(made["sent back"].pk, version=made["sent back"].version, **known)
    merge(room, made["merged"], room.draft("What is left"))
    return made


def with_records(room: Newsroom) -> Claim:
    """Names a topic, a party and a source that nothing else names."""
    party = room.party("A house")
    return room.draft(
        "Hidden",
        topics=[room.topic("A topic")],
        fields={"claimant": party},
        citations=[{"source": room.source("A work", publisher=party), "quotation": "as quoted"}],
    )


def merge(room: Newsroom, claim: Claim, into: Claim) -> None:
    versions = {"version": claim.version, "into_version": into.version}
    actions.merge(claim.pk, actor=room.editor, into_id=into.pk, **versions)


def told(response: HttpResponse, name: str) -> tuple[int, bytes, dict[str, str]]:
    """All that an answer says, with the name in the address replaced. Where it repeats the name,
    its ETag is of other bytes."""
    body = response.content.replace(name.encode(), NEVER.encode())
    headers = {key: value.replace(name, NEVER) for key, value in response.headers.items()}
    if NEVER.encode() in body:
        headers.pop("ETag", None)
    return response.status_code, body, headers


@dataclass
class Asking:
    """Asks for two names at the same addresses; what never was is asked for once."""

    never: dict[tuple[str, str], tuple[int, bytes, dict[str, str]]] = field(default_factory=dict)

    def ask(self, method: str, path: str, name: str) -> tuple[int, bytes, dict[str, str]]:
        sent = urlencode(TIP) if method == "POST" else ""
        said = told(Client().generic(method, path, sent, FORM), name)
        if method == "HEAD":  # has no body that would show whether it repeats the name
            said[2].pop("ETag", None)
        return said

    def differing(self, paths: list[str], name: str, methods=("GET",)) -> list[tuple[str, str]]:
        """Where the name can be told from one that never was, by which method; forms are sent."""
        found = []
        for path in paths:
            for method in {*methods, "POST"} if "/tip/" in path else methods:
                never = (method, path.replace(name, NEVER))
                if never not in self.never:
                    self.never[never] = self.ask(*never, name)
                if self.ask(method, path, name) != self.never[never]:
                    found.append((method, path))
        return found


def answered(paths: list[str]) -> set[str]:
    """The names of the addresses at which there is something."""
    client = Client()
    return {
        resolve(path.partition("?")[0]).view_name
        for path in paths
        if client.get(path).status_code == 200
    }


def test_a_hidden_claim_answers_like_one_that_never_was(newsroom_live):
    room = newsroom_live
    live = room.published("A statement that readers know")
    room.publish(room.revise(live, statement="A statement that readers know better"))
    claims = hidden_claims(room, live)
    wrong, asking = {}, Asking()
    for state, claim in claims.items():
        claim.refresh_from_db()
        paths = addresses_with(claim.public_id, [claim])
        assert len(paths) > 60
        methods = ("GET", "HEAD", "POST") if state == "scheduled" else ("GET",)
        wrong[state] = asking.differing(paths, claim.public_id, methods)
    assert wrong == {state: [] for state in claims}
    # The control: at each kind of these addresses the claim that readers know is told from it.
    of_claims = {
        pattern.name for _route, pattern in patterns(get_resolver()) if "<slug:claim>" in _route
    }
    paths = addresses_with(live.public_id, [live])
    names = {name.partition(":")[2] for name in answered(paths)}
    assert of_claims | {"oembed", "tip_thanks"} == names
    assert len(Asking().differing(paths, live.public_id)) > len(of_claims)


def test_a_hidden_record_answers_like_one_that_never_was(newsroom_live):
    """A topic, a party or a source that only hidden claims name: its page, its feeds, and lists
    narrowed to it."""
    room = newsroom_live
    live = with_records(room)
    room.publish(live)
    for state, claim in hidden_claims(room, live).items():
        if not claim.topics.exists():
            continue
        for name in records_of(claim):
            paths = addresses_with(name, [claim])
            assert len(paths) >= 4  # its pages, and lists narrowed to it
            assert Asking().differing(paths, name) == [], state
    # The control: what is published is told from it, under every kind of record.
    for name in records_of(live):
        paths = addresses_with(name, [live])
        assert {path for _method, path in Asking().differing(paths, name)} == {*paths}


def records_of(claim: Claim) -> tuple[str, str, str]:
    topic, source = claim.topics.get(), claim.citations.get().source
    return topic.public_id, claim.claimant.public_id, source.public_id


def test_a_claim_suppressed_before_readers_saw_it_answers_like_one_that_never_was(newsroom_live):
    room, claim = newsroom_live, newsroom_live.draft("Suppressed as a draft")
    for step, actor in (
        (actions.request_suppression, room.publisher),
        (actions.suppress, room.second_publisher),
    ):
        step(claim.pk, actor=actor, version=claim.version, reason="A court said so.")
        claim.refresh_from_db()
    assert Asking().differing(addresses_with(claim.public_id, [claim]), claim.public_id) == []
