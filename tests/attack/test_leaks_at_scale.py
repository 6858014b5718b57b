"""Three hundred unpublished things with canaries, looked for at every address in both languages;
and for each way in which such a thing could leak a seeded defect, which the same search finds."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from claims import actions
from claims.choices import Outcome
from claims.models import Claim
from claims.public import records
from claims.public.api.serializers import ClaimSerializer
from tests.attack.test_leaks import canary, everything, readers_addresses
from tests.newsroom import Newsroom

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])
WORDS = ("attribution", "reason", "unknowns", "would_change", "reply_exception")


@dataclass
class Hiding:
    """What readers must not see, by the kind of thing it is part of."""

    room: Newsroom
    claims: list[Claim] = field(default_factory=list)
    words: dict[str, list[str]] = field(default_factory=dict)

    def word(self, kind: str) -> str:
        made = canary()
        self.words.setdefault(kind, []).append(made)
        return made

    def contents(self, kind: str) -> dict:
        """Canaries in every field that a claim has, and in records that only it shows."""
        room, word = self.room, self.word
        party = room.party(word(kind), ko=word(kind))
        cited, relayed = room.source(word(kind), publisher=party), room.source(word(kind))
        return {
            "text": {name: word(kind) for name in WORDS},
            "texts": {"ko": {"statement": word(kind), "unknowns": word(kind)}},
            "fields": {"claimant": party, "allegation_about": party},
            "topics": [room.topic(word(kind))],
            "citations": [
                {
                    "source": cited,
                    "quotation": word(kind),
                    "locator": word(kind),
                    "relays": [relayed],
                }
            ],
            "figures": [{"labels": {"en": word(kind)}, "value": 7, "units": {"en": word(kind)}}],
            "wordings": [{"language": "en", "text": word(kind)}],
            "replies": [
                {
                    "party": party,
                    "asked_on": date(2025, 7, 1),
                    "outcome": Outcome.ANSWERED,
                    "answer": word(kind),
                    "answered_on": date(2025, 7, 2),
                }
            ],
            "actor": room.editor,
        }

    def draft(self, kind: str, target: Claim | None = None) -> Claim:
        contents = self.contents(kind)
        if target:
            claim = self.room.rebuttal(target, self.word(kind), **contents)
        else:
            claim = self.room.draft(self.word(kind), **contents)
        self.claims.append(claim)
        return claim

    def approved(self, claim: Claim) -> Claim:
        self.room.submit(claim, self.room.editor)
        return self.room.approve(claim, self.room.second_editor)

    def revise(self, kind: str, claim: Claim) -> Claim:
        return self.room.revise(
            claim, statement=self.word(kind), note=self.word(kind), unknowns=self.word(kind)
        )


TOMORROW = timedelta(days=1)


def hide(room: Newsroom, live: Claim, rounds: int) -> Hiding:
    """Twelve kinds of unpublished things, `rounds` of each, around a claim that readers know."""
    hidden = Hiding(room)
    for _round in range(rounds):
        hidden.draft("a draft")
        room.submit(hidden.draft("in review"), room.editor)
        hidden.approved(hidden.draft("approved"))
        soon = timezone.now() + TOMORROW
        room.publish(hidden.approved(hidden.draft("scheduled")), opens_at=soon)
        claim = hidden.approved(hidden.draft("cancelled"))
        room.publish(claim, opens_at=soon)
        actions.cancel(
            claim.pk,
            actor=room.publisher,
            version=claim.version,
            reason=hidden.word("a decision's reason"),
        )
        claim = hidden.approved(hidden.draft("withdrawn"))
        room.publish(claim)
        room.withdraw(claim, notice="Taken back.")
        hidden.draft("a draft rebuttal", live)
        room.publish(hidden.approved(hidden.draft("a rebuttal to come", live)), opens_at=soon)
        known = room.published("Known to readers")
        hidden.claims.append(known)
        hidden.revise("a change of what readers know", known)
        known = room.published("Known to readers too")
        hidden.claims.append(known)
        room.publish(hidden.revise("an edition to come", known), opens_at=soon)
        party = room.party("A house that readers know")
        hidden.claims.append(room.published("Shows a house", fields={"claimant": party}))
        rename(room, party, hidden.word("a name that no edition shows yet"))
        claim = hidden.draft("sent back")
        room.submit(claim, room.editor)
        actions.request_changes(
            claim.pk, actor=room.editor, version=claim.version, reason=hidden.word("sent back")
        )
    return hidden


def rename(room: Newsroom, party, name: str) -> None:
    party.refresh_from_db()
    actions.save_party(
        actor=room.reporter,
        party_id=party.pk,
        version=party.version,
        kind=party.kind,
        names={"en": name},
    )


def leaks(hidden: Hiding, seen: str) -> dict[str, int]:
    """How many canaries of each kind of thing were seen."""
    counts = {kind: sum(word in seen for word in words) for kind, words in hidden.words.items()}
    return {kind: count for kind, count in counts.items() if count}


@pytest.mark.slow
def test_of_three_hundred_unpublished_things_none_is_seen(newsroom_live):
    live = newsroom_live.published("A statement that readers know")
    hidden = hide(newsroom_live, live, rounds=25)
    assert sum(len(words) > 0 for words in hidden.words.values()) == 13
    assert len(hidden.claims) == 12 * 25
    seen = everything(readers_addresses([live, *hidden.claims]))
    for known in ("A statement that readers know", "A house that readers know", "Taken back."):
        assert known in seen  # the control: what is published is found
    assert leaks(hidden, seen) == {}


# --- Seeded defects: the search above would find each of these ------------------------------------


@contextmanager
def a_view_that_reads_working_copies(monkeypatch, connect) -> Iterator[None]:
    read = records._edition

    def careless(row):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT claims_document(id) FROM claims_claim WHERE public_id = %s",
                [row.claim],
            )
            row.document = json.loads(cursor.fetchone()[0])
        return read(row)

    monkeypatch.setattr(records, "_edition", careless)
    yield


def a_missing_window(table: str, window: str):
    @contextmanager
    def defect(monkeypatch, connect) -> Iterator[None]:
        owner = connect("owner")
        owner.execute(f"ALTER POLICY readers ON {table} USING (true)")
        try:
            yield
        finally:
            owner.execute(f"ALTER POLICY readers ON {table} USING (reader.is_open({window}))")

    return defect


@contextmanager
def an_api_field_too_many(monkeypatch, connect) -> Iterator[None]:
    say = ClaimSerializer.to_representation

    def careless(self, page):
        working_copy = Claim.objects.get(public_id=page.edition.claim)
        return {**say(self, page), "draft": [str(text) for text in working_copy.texts.all()]}

    monkeypatch.setattr(ClaimSerializer, "to_representation", careless)
    yield


DEFECTS = {
    "an API field too many": (an_api_field_too_many, "a change of what readers know"),
    "a view that reads working copies": (
        a_view_that_reads_working_copies,
        "a change of what readers know",
    ),
    "no window on editions": (
        a_missing_window("claims_publishededition", "readable"),
        "an edition to come",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_seeded_defect_is_found(newsroom_live, monkeypatch, connect, defect):
    make, kind = DEFECTS[defect]
    live = newsroom_live.published("A statement that readers know")
    hidden = hide(newsroom_live, live, rounds=1)
    addresses = readers_addresses([live, *hidden.claims])
    assert leaks(hidden, everything(addresses)) == {}
    with make(monkeypatch, connect):
        assert kind in leaks(hidden, everything(addresses))
