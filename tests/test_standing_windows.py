"""Standings are stored as windows: against brute force, and at a moment to come with no worker.

The graphs are invented: of the dossier nothing is answered.
"""

import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client

from claims import actions
from claims.choices import Confidence, Ground, Label, Standing
from claims.models import PublishedStanding
from tests.test_standing import grounded_by_definition

NOON = datetime(2025, 7, 25, 12, tzinfo=UTC)
EDITION = (
    "INSERT INTO claims_publishededition (edition_id, claim_key, claim, number, kind,"
    " asserted_since, language, confidence, is_counterclaim, document, document_digest,"
    " previous_digest, digest, four_eyes, made_at, opened_at, current, readable) VALUES"
    " (%(id)s, %(key)s, %(claim)s, %(number)s, '', 1, 'en', %(confidence)s, true, '{}', '', '', '',"
    " true, %(opens)s, %(opens)s, tstzrange(%(opens)s, NULL), tstzrange(%(opens)s, NULL))"
)
EDGE = (
    "INSERT INTO claims_publishededge (edition_id, counterclaim, target, ground, opposer,"
    " target_edition, confidence) VALUES (%(id)s, %(claim)s, %(target)s, %(ground)s, 'us', 1,"
    " %(confidence)s)"
)
END = (
    "UPDATE claims_publishededition SET current = claims_ended(current, %(moment)s)"
    " WHERE claim = %(claim)s"
)
NEVER = (
    "UPDATE claims_publishededition SET current = 'empty'"
    " WHERE claim = %(claim)s AND lower(current) > %(since)s"
)
REOPEN = (
    "UPDATE claims_publishededition SET current = tstzrange(lower(current), NULL)"
    " WHERE claim = %(claim)s AND upper(current) > %(since)s"
)
RESTAND = "SELECT claims_restand(%(claim)s, %(since)s)"


@dataclass
class Shown:
    """An edition of the reference: what it attacks, and when it is current."""

    claim: str
    opens: datetime
    closes: datetime | None
    confidence: Confidence
    edges: list[tuple[str, Ground]]

    def is_current(self, moment: datetime) -> bool:
        return self.opens <= moment and (self.closes is None or moment < self.closes)


@dataclass
class Graph:
    """A random history of publications, embargoes, moves back and withdrawals."""

    number: int
    chance: random.Random
    shown: list[Shown] = field(default_factory=list)
    statements: list[tuple[str, dict]] = field(default_factory=list)

    def play(self) -> None:
        names = [f"g{self.number}c{place}" for place in range(self.chance.randint(2, 7))]
        since = NOON
        for _event in range(self.chance.randint(3, 12)):
            since += timedelta(seconds=self.chance.randint(1, 5))
            claim = self.chance.choice(names)
            mine = [one for one in self.shown if one.claim == claim]
            ahead = [one for one in mine if one.opens > since]
            if ahead and self.chance.random() < 0.4:
                self.cancel(claim, mine, since)
            elif mine and not ahead and self.chance.random() < 0.15:
                self.end(claim, mine, since)
            elif not ahead:
                self.publish(claim, names, mine, since)
            else:
                continue
            self.statements.append((RESTAND, {"claim": claim, "since": since}))
        self.asked = since

    def publish(self, claim: str, names: list[str], mine: list[Shown], since: datetime) -> None:
        opens = since + timedelta(seconds=self.chance.choice([0, 0, 20, 40, 60]))
        self.end(claim, mine, opens)
        chosen = self.chance.sample(names, self.chance.randint(0, min(3, len(names) - 1)))
        edition = Shown(
            claim,
            opens,
            None,
            self.chance.choice([Confidence.LOW, Confidence.MODERATE, Confidence.NOT_ASSESSED]),
            [(target, self.chance.choice(list(Ground))) for target in chosen if target != claim],
        )
        self.shown.append(edition)
        row = {
            "id": self.number * 100 + len(self.shown),
            "key": self.number * 100 + names.index(claim),
            "claim": claim,
            "number": len(mine) + 1,
            "confidence": edition.confidence.value,
            "opens": opens,
        }
        self.statements.append((EDITION, row))
        self.statements += [
            (EDGE, {**row, "target": target, "ground": ground.value})
            for target, ground in edition.edges
        ]

    def end(self, claim: str, mine: list[Shown], moment: datetime) -> None:
        for one in mine:
            if one.closes is None or one.closes > moment:
                one.closes = moment
        self.statements.append((END, {"claim": claim, "moment": moment}))

    def cancel(self, claim: str, mine: list[Shown], since: datetime) -> None:
        for one in mine:
            if one.opens > since:
                one.closes = one.opens  # never
            elif one.closes is not None and one.closes > since:
                one.closes = None
        self.statements += [(sql, {"claim": claim, "since": since}) for sql in (NEVER, REOPEN)]

    def expected(self, moment: datetime) -> dict[str, tuple[Standing, Label]]:
        """By the definition, over everything that is visible at this moment."""
        current = {one.claim: one for one in self.shown if one.is_current(moment)}
        attacks, unrated = set(), set()
        for one in current.values():
            for target, ground in one.edges:
                if target in current and ground.is_attack:
                    rated = one.confidence is not Confidence.NOT_ASSESSED
                    (attacks if rated else unrated).add((one.claim, target))
        labels = grounded_by_definition(list(current), attacks)
        found = {}
        for claim, label in labels.items():
            if label is not Label.ACCEPTED:
                standing = Standing.CONTESTED
            elif any(target == claim for _attacker, target in attacks):
                standing = Standing.ANSWERED
            elif any(target == claim for _attacker, target in unrated):
                standing = Standing.NOT_ASSESSED
            else:
                standing = Standing.UNREBUTTED
            found[claim] = (standing, label)
        return found

    def moments(self) -> list[datetime]:
        """Now, and both sides of every moment ahead."""
        ahead = {
            moment
            for one in self.shown
            for moment in (one.opens, one.closes)
            if moment and moment > self.asked
        }
        instant = timedelta(microseconds=1)
        return [self.asked, *sorted({each - d for each in ahead for d in (instant, 0 * instant)})]


def stored_standings(owner, graph):
    """What the database says after this history, for now and around each moment ahead."""
    with owner.pipeline():
        for statement, values in graph.statements:
            owner.execute(statement, values)
    stored = owner.execute(
        "SELECT claim, standing, label, lower(during), upper(during)"
        " FROM claims_publishedstanding WHERE claim ^@ %s",
        [f"g{graph.number}c"],
    ).fetchall()
    for moment in graph.moments():
        yield (
            moment,
            {
                claim: (Standing(standing), Label(label))
                for claim, standing, label, opens, closes in stored
                if opens <= moment and (closes is None or moment < closes)
            },
        )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_stored_standings_agree_with_brute_force_on_random_graphs(connect):
    """3,000 invented graphs with cycles, embargoes, cancellations and rebuttals not assessed."""
    owner, chance = connect("owner"), random.Random(20260728)
    seen, later = set(), 0
    for hundred in range(30):
        # A hundred at a time, swept in between: dead rows slow the next statement down.
        owner.execute(
            "VACUUM claims_publishededition, claims_publishededge, claims_publishedstanding"
        )
        with owner.transaction(force_rollback=True), owner.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # there are no statistics yet
            for table in ("edition", "edge", "standing"):
                cursor.execute(f"ALTER TABLE claims_published{table} DISABLE TRIGGER USER")
            for number in range(hundred * 100, hundred * 100 + 100):
                graph = Graph(number, chance)
                graph.play()
                for moment, found in stored_standings(owner, graph):
                    assert found == graph.expected(moment), (number, moment, graph.shown)
                    seen |= set(found.values())
                    later += moment > graph.asked
    # The control: every standing and every label occurs, and many moments lay ahead.
    assert {standing for standing, _label in seen} == set(Standing)
    assert {label for _standing, label in seen} == set(Label)
    assert later > 1000


def standing_now(claim):
    return PublishedStanding.objects.get(
        claim=claim.public_id, during__contains=database_clock()
    ).standing


def database_clock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_a_standing_changes_at_its_moment_with_no_worker(newsroom_live):
    """A rebuttal opens at one moment and its answer at another; nobody does anything at either."""
    room, client = newsroom_live, Client()
    claim = room.published("Usage is falling")
    rebuttal, answer = room.rebuttal(claim), None
    start = database_clock() + timedelta(seconds=2)
    room.publish(rebuttal, opens_at=start)
    answer = room.rebuttal(rebuttal, "It is counted since May")
    room.publish(answer, opens_at=start + timedelta(seconds=1))

    def page():
        return client.get(f"/en/claims/{claim.public_id}/").content.decode()

    assert "No rebuttal recorded" in page()
    seen, shown_between = [], False
    while not seen or seen[-1] != Standing.ANSWERED:
        before, standing, after = database_clock(), standing_now(claim), database_clock()
        if not seen or seen[-1] != standing:
            seen.append(standing)
        if after < start:
            assert standing == Standing.UNREBUTTED
        if before >= start and after < start + timedelta(seconds=1):
            assert standing == Standing.CONTESTED
            shown = page()
            if database_clock() < start + timedelta(seconds=1):
                assert "Unanswered rebuttal" in shown
                shown_between = True
        assert before < start + timedelta(seconds=3), "late"
        time.sleep(0.05)
    assert shown_between
    assert seen == [Standing.UNREBUTTED, Standing.CONTESTED, Standing.ANSWERED]
    assert "Rebuttals answered" in page()


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_a_withdrawn_answer_leaves_the_rebuttal_unanswered_again(newsroom_live):
    room = newsroom_live
    claim = room.published()
    rebuttal = room.rebuttal(claim)
    room.publish(rebuttal)
    answer = room.rebuttal(rebuttal, "It is counted since May")
    room.publish(answer)
    assert standing_now(claim) == Standing.ANSWERED
    room.withdraw(answer)
    assert standing_now(claim) == Standing.CONTESTED
    actions.approve_reinstatement(answer.pk, actor=room.editor, version=answer.version)
    actions.reinstate(answer.pk, actor=room.second_publisher, version=answer.version)
    assert standing_now(claim) == Standing.ANSWERED
    assert PublishedStanding.objects.filter(claim=claim.public_id).count() == 5
    room.withdraw(claim)
    assert not PublishedStanding.objects.filter(
        claim=claim.public_id, during__contains=database_clock()
    )
