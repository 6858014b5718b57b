"""The invented newsroom: it keeps every rule, is the same for the same seed, and works on."""

import json
from collections.abc import Iterator
from datetime import date
from random import Random

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from django.utils import timezone

from claims import actions
from claims.choices import Confidence, Ground, Standing
from claims.corpus import planning, standings
from claims.corpus.newsroom import Plan, midnight
from claims.corpus.tables import COLUMNS
from claims.corpus.words import LONGEST, SUBJECT, TOPIC, Vocabulary, with_particle
from claims.document import canonical
from claims.management import corpus_check
from claims.management.corpus_check import RULES, WALKS, breach
from claims.models import Claim, PublishedEdition, PublishedStanding
from claims.verification import Verification

from . import test_commands as commands
from .newsroom import Newsroom
from .test_commands import BOTH_SIDES, manage

SIZE = 300
DAY = date(2026, 1, 1)


@pytest.fixture
def as_owner(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The tests' own connection is the owner's, as manage.py makes it for this command."""
    default = connections["default"]
    logins = {key: default.settings_dict[key] for key in ("USER", "PASSWORD", "HOST", "PORT")}
    with django_db_blocker.unblock():
        default.close()
        default.settings_dict.update({key: settings.OWNER_DATABASE.get(key, "") for key in logins})
        yield
        default.close()
        default.settings_dict.update(logins)


@pytest.fixture
def owner(as_owner, db) -> None:
    """The same, in a transaction that is rolled back."""


def generate(claims: int = SIZE, seed: int = 7, day: date = DAY) -> None:
    call_command("generate_corpus", claims=claims, seed=seed, day=day)


def rows(table: str) -> list[tuple]:
    columns = ", ".join(COLUMNS[table])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM {table} ORDER BY 1")
        return cursor.fetchall()


def everything() -> dict[str, list[tuple]]:
    return {table: rows(table) for table in COLUMNS}


# --- what it holds ------------------------------------------------------------------------------


def test_a_corpus_keeps_every_rule_and_holds_what_a_newsroom_does(owner, capsys):
    generate()
    shown = capsys.readouterr()
    assert shown.out.startswith(f"{SIZE} claims generated, chain head ")
    assert shown.err.splitlines()[0] == "Planning …"
    assert "Loading editions: 100 %" in shown.err
    assert list(Verification("default").breaks()) == []
    corpus_check.check("default")
    counts = {table: len(found) for table, found in everything().items()}
    assert counts["claims_claim"] == SIZE
    assert all(counts.values()), counts
    assert 1.2 < counts["claims_claimtext"] / SIZE < 1.45
    assert 2.6 < counts["claims_citation"] / SIZE < 3.4
    first = PublishedEdition.objects.filter(number=1)
    assert 0.3 < first.filter(is_counterclaim=True).count() / SIZE < 0.5
    assert 0.08 < PublishedEdition.objects.filter(number=2).count() / SIZE < 0.2
    assert set(PublishedStanding.objects.values_list("standing", flat=True)) >= {
        Standing.UNREBUTTED,
        Standing.CONTESTED,
        Standing.ANSWERED,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchone() == (0,)


def test_constraints_indexes_and_triggers_are_what_they_were(owner):
    question = """
        SELECT conname, pg_get_constraintdef(oid), condeferrable, condeferred, convalidated
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT indexname, indexdef, true, true, true FROM pg_indexes
        WHERE schemaname = 'public'
        UNION ALL SELECT tgname, pg_get_triggerdef(oid), tgenabled = 'O', tgdeferrable,
            tginitdeferred FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"""
    with connection.cursor() as cursor:
        cursor.execute(question)
        before = cursor.fetchall()
        assert len(before) > 200
        generate(30)
        cursor.execute(question)
        assert cursor.fetchall() == before


def test_the_same_seed_size_and_day_make_the_same_rows(owner):
    made = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            generate(60, seed=seed)
            made.append(everything())
            transaction.set_rollback(True)
    once, again, other = made
    names = [{row[1] for row in contents["claims_claim"]} for contents in made]
    assert names[0] == names[1] and not names[0] & names[2]
    for table in COLUMNS:
        assert once[table] == again[table], table
    statement = COLUMNS["claims_claimtext"].index("statement")
    said = [{row[statement] for row in contents["claims_claimtext"]} for contents in made]
    assert len(said[0]) > 60 and said[0].isdisjoint(said[2])
    assert once["claims_publishededge"] and other["claims_publishededge"]


def test_the_smallest_corpora_are_sound(owner):
    for size in (1, 2, 5):
        with transaction.atomic():
            generate(size)
            assert Claim.objects.count() == size
            transaction.set_rollback(True)


def test_documents_are_written_canonically(owner):
    generate()
    kinds = set()
    for edition in PublishedEdition.objects.all():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT document FROM claims_edition WHERE id = %s", [edition.edition_id]
            )
            (text,) = cursor.fetchone()
        assert canonical(json.loads(text)) == text
        kinds |= {name for name, value in json.loads(text).items() if value}
    assert kinds == {*json.loads(text)} and "allegation" in kinds


# --- each rule can be broken --------------------------------------------------------------------

A_TEXT = "(SELECT t.id FROM claims_claimtext t JOIN claims_claim c ON c.id = t.claim_id"
ORIGINAL = f"{A_TEXT} WHERE t.language = c.language LIMIT 1)"
UNNAMED = f"{A_TEXT} WHERE t.language = c.language AND c.claimant_id IS NULL LIMIT 1)"
A_REBUTTAL = "(SELECT min(id) FROM claims_rebuttal)"
A_REVISED = "(SELECT max(edition_id) FROM claims_publishededition WHERE number = 2)"
A_RELAY = "(SELECT min(id) FROM claims_relay)"
DEFECTS = {
    "a claim has a text in its original language": (
        f"DELETE FROM claims_claimtext WHERE id = {ORIGINAL}",
    ),
    "confidence and its reason come together": (
        f"UPDATE claims_claimtext SET reason = '' WHERE id = {ORIGINAL}",
        "UPDATE claims_claim SET confidence = '' WHERE id = (SELECT min(id) FROM claims_claim)",
    ),
    "a claim was ready for review": (
        f"UPDATE claims_claimtext SET attribution = '' WHERE id = {UNNAMED}",
        "UPDATE claims_replyrequest SET outcome = 'waiting', answer = '', answered_on = NULL",
    ),
    "a working copy is published as its newest edition": (
        "UPDATE claims_claim SET state = 'draft' WHERE id = (SELECT min(id) FROM claims_claim)",
        "UPDATE claims_claim SET version = version + 1",
        "UPDATE claims_claim SET frozen_version = 0",
        "UPDATE claims_claim SET change_kind = 'minor'",
        f"UPDATE claims_claimtext SET change_note = 'Left over.' WHERE id = {ORIGINAL}",
    ),
    "names, labels and units are lines of words by language": (
        """UPDATE claims_topic SET names = '{"en": " "}'""",
        """UPDATE claims_figure SET labels = '["en"]'""",
        """UPDATE claims_figure SET units = '{"english": "people"}'""",
    ),
    "a chain of relays meets no source twice and has no gap": (
        "UPDATE claims_relay r SET source_id = (SELECT source_id FROM claims_citation c"
        f" WHERE c.id = r.citation_id) WHERE id = {A_RELAY}",
        f"UPDATE claims_relay SET position = 7 WHERE id = {A_RELAY}",
    ),
    "a rebuttal is written against an edition that exists": (
        f"UPDATE claims_rebuttal SET target_edition = 9 WHERE id = {A_REBUTTAL}",
        "UPDATE claims_publishededge SET target_edition = 9",
    ),
    "what a rebuttal is aimed at is open when it opens": (
        "UPDATE claims_publishededition SET current = 'empty' WHERE claim IN"
        " (SELECT target FROM claims_publishededge)",
    ),
    "a claim and what says the opposite are not both well supported": (
        "UPDATE claims_publishededge SET ground = 'rebut', confidence = 'high';"
        "UPDATE claims_publishededition SET confidence = 'high'",
    ),
    "an approval is of its edition's version, by nobody who contributed": (
        "UPDATE claims_approval SET version = 9 WHERE id = (SELECT min(id) FROM claims_approval)",
        "UPDATE claims_approval SET approver_id = (SELECT user_id FROM claims_contribution"
        " WHERE record = 'claim' AND record_id = claim_id AND version = 1 LIMIT 1)",
        "UPDATE claims_contribution SET user_id = (SELECT max(approver_id) FROM claims_approval)"
        " WHERE record = 'source'",
    ),
    "every version has a contributor": (
        "DELETE FROM claims_contribution WHERE record = 'claim'",
        "DELETE FROM claims_contribution WHERE record = 'party' AND version = 1",
    ),
    "shared records are frozen at their version where an edition shows them": (
        "UPDATE claims_source SET frozen_version = 0",
        "UPDATE claims_topic SET frozen_version = 1, version = 2",
    ),
    "editions follow each other with a kind of change and a note": (
        f"UPDATE claims_publishededition SET kind = '' WHERE edition_id = {A_REVISED}",
        "UPDATE claims_publishededition SET document = jsonb_set(document,"
        " ARRAY['texts', language, 'change_note'], '\"\"')",
    ),
    "a minor change changes nothing that is asserted": (
        "UPDATE claims_publishededition SET kind = 'minor' WHERE number > 1",
    ),
    "an edition knows since when it asserts what it does": (
        "UPDATE claims_publishededition SET asserted_since = number + 1",
    ),
    "an edition looks again when its document says": (
        "UPDATE claims_publishededition SET review_by = '2001-01-01'",
        "UPDATE claims_publishededition SET rechecked_at = now()",
    ),
    "an edition opened by a decision, and once": (
        "DELETE FROM claims_release WHERE kind = 'schedule'",
        "UPDATE claims_publishededition SET opened_at = opened_at + interval '1 s'",
    ),
    "windows follow the decisions": (
        "UPDATE claims_publishededition SET readable = tstzrange(lower(readable), now())"
        " WHERE isempty(current) OR upper(current) < now()",
        "UPDATE claims_publishededition SET current = tstzrange(lower(current), now())"
        " WHERE upper_inf(current) AND lower(current) < now()",
    ),
    "one edition of a claim at most waits for its moment": (
        "UPDATE claims_publishededition SET opened_at = now() + interval '1 day'",
    ),
    "what an edition shows is listed while it is current": (
        "UPDATE claims_publishedmention SET current = 'empty'",
        "UPDATE claims_publishedmention SET opened_at = NULL",
    ),
    "no edition is behind what its shared records say": (
        "UPDATE claims_publishedmention SET shown_hash = md5('')::uuid WHERE role = 'topic'",
        "UPDATE claims_source SET title = 'Another title'",
    ),
    "a withdrawal has its notice to readers": (
        "DELETE FROM claims_publishednotice",
        "UPDATE claims_publishednotice SET notice = '{}'",
        "UPDATE claims_publishednotice SET kind = 'suppressed'",
    ),
    "nobody of the newsroom can sign in": ("UPDATE claims_user SET password = 'md5$'",),
    "a working copy says what its newest edition says": (
        "UPDATE claims_citation SET quotation = 'never said'",
        "DELETE FROM claims_wording",
        "UPDATE claims_partyname SET name = 'Somebody else'",
    ),
    "claims will stand as their rebuttals make them": (
        "UPDATE claims_publishedstanding SET standing = 'answered' WHERE lower(during) > now()",
        "UPDATE claims_publishedstanding SET during = tstzrange(lower(during), now())"
        " WHERE upper_inf(during) AND lower(during) < now()",
    ),
    "the next record gets a new number": ("SELECT setval('claims_edition_id_seq', 1)",),
}


def test_each_rule_finds_its_defect(owner):
    """One corpus; each defect is made with the triggers off, found by its rule, and undone."""
    assert DEFECTS.keys() == {*RULES, *WALKS}
    generate(day=timezone.now().date())  # so that something is still to come
    corpus_check.check("default")
    with transaction.atomic():
        make("DELETE FROM claims_publishednotice")
        with pytest.raises(CommandError, match="a withdrawal has its notice to readers"):
            corpus_check.check("default")
        transaction.set_rollback(True)
    for rule, defects in DEFECTS.items():
        for defect in defects:
            with transaction.atomic():
                make(defect)
                assert breach(rule, "default"), (rule, defect)
                transaction.set_rollback(True)


def make(defect: str) -> None:
    with connection.cursor() as cursor:
        for table in COLUMNS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(defect)


def test_a_broken_rule_rolls_everything_back(owner, monkeypatch):
    real = standings.standing.standings
    monkeypatch.setattr(
        standings.standing,
        "standings",
        lambda *graph: dict.fromkeys(real(*graph), Standing.ANSWERED),
    )
    with pytest.raises(CommandError, match="standing"), transaction.atomic():
        generate()
    monkeypatch.undo()
    assert not Claim.objects.exists()
    generate(30)
    assert Claim.objects.count() == 30


def test_a_constraint_that_does_not_hold_rolls_everything_back(owner, monkeypatch):
    """The constraints are made again, not waved through: two claims of one name are refused."""
    monkeypatch.setattr(planning, "public_id", lambda rng: "2" * 12)
    with pytest.raises(CommandError, match="The database refuses"), transaction.atomic():
        generate(30)
    assert not Claim.objects.exists()


# --- where it has no place ----------------------------------------------------------------------


def test_the_app_may_not_generate(db):
    with pytest.raises(CommandError, match="Only the database’s owner"):
        generate(10)
    assert not Claim.objects.exists()


def test_production_is_refused(owner, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="never enter a production database"):
        generate(10)


@pytest.mark.parametrize("size", [0, -1])
def test_nothing_is_not_generated(owner, size):
    with pytest.raises(CommandError, match="at least one claim"):
        generate(size)


def test_a_day_to_come_is_refused(owner):
    with pytest.raises(CommandError, match="a day that has begun"):
        generate(10, day=date(2999, 1, 1))


def test_a_record_with_claims_is_left_alone(owner):
    generate(10)
    before = everything()
    with pytest.raises(CommandError, match="holds claims"), transaction.atomic():
        generate(10, seed=8)
    assert everything() == before


# --- afterwards ---------------------------------------------------------------------------------


@BOTH_SIDES
def test_work_goes_on_in_a_corpus(newsroom_live: Newsroom, capsys):
    """As the app, under all guards: a new claim's whole way, an edit and a rebuttal of old ones."""
    room = newsroom_live
    room.party()  # what is there before is counted on from
    made = manage("generate_corpus", "--claims", "300", "--seed", "7")
    assert made.returncode == 0, made.stderr
    claim = room.published("A new claim")
    old = Claim.objects.filter(language="en", edition=1).order_by("id")[0]
    room.publish(room.rebuttal(old, "It counts twice", Ground.UNDERCUT))
    standing = PublishedStanding.objects.filter(claim=old.public_id, during__endswith=None)
    assert standing.get().standing == Standing.CONTESTED
    room.publish(room.revise(old, statement="The old claim in other words"))
    copy = PublishedEdition.objects.using("public").get(claim=old.public_id, number=2)
    assert copy.asserted_since == 2
    waiting = PublishedEdition.objects.filter(opened_at__gt=copy.made_at)[0]
    scheduled = Claim.objects.get(public_id=waiting.claim)
    actions.cancel(scheduled.pk, actor=room.publisher, version=scheduled.version, reason="Not yet.")
    withdrawn = Claim.objects.filter(releases__kind="withdraw")[0]
    actions.approve_reinstatement(withdrawn.pk, actor=room.editor, version=withdrawn.version)
    actions.reinstate(
        withdrawn.pk, actor=room.person("other", "publisher"), version=withdrawn.version
    )
    room.withdraw(claim)
    assert commands.found(capsys) == ""


@BOTH_SIDES
def test_manage_py_makes_the_owner_of_who_generates(newsroom_live):
    refused = manage("generate_corpus", "--claims", "0")
    assert (refused.returncode, "at least one claim" in refused.stderr) == (1, True)
    assert manage("generate_corpus", "--claims", "5").returncode == 0
    again = manage("generate_corpus", "--claims", "5")
    assert (again.returncode, "holds claims" in again.stderr) == (1, True)
    assert "Traceback" not in again.stderr
    assert Claim.objects.count() == 5


# --- pure ---------------------------------------------------------------------------------------


def planned(size: int = 3000, seed: int = 1) -> Plan:
    return planning.plan(size, seed, midnight(DAY))


def test_the_graph_has_what_argument_has():
    plan = planned()
    edges = [(claim.index, edge) for claim in plan.claims for edge in claim.editions[-1].edges]
    pairs = {(source, edge.target) for source, edge in edges}
    assert {edge.ground for _source, edge in edges} == set(Ground)
    assert {e.confidence for claim in plan.claims for e in claim.editions} == set(Confidence)
    assert any((target, source) in pairs for source, target in pairs)  # mutual
    assert any(target > source for source, target in pairs)  # the later rebutted by the earlier
    answered = {source for source, _edge in edges} & {edge.target for _source, edge in edges}
    assert len(answered) > 100  # replies to replies
    counts = sorted(
        (sum(1 for _s, e in edges if e.target == t) for t in {e.target for _s, e in edges}),
        reverse=True,
    )
    assert counts[0] > 10 * counts[len(counts) // 2]  # a few are popular
    assert any(claim.withdrawn_at for claim in plan.claims)
    assert any(claim.editions[0].scheduled for claim in plan.claims)
    assert any(claim.editions[-1].scheduled and claim.editions[1:] for claim in plan.claims)


def test_standing_windows_say_what_the_labelling_says_at_each_moment():
    plan = planned()
    found = list(standings.windows(plan))
    assert len(plan.moments) > 2
    for moment in plan.moments:
        labels, said = standings.at(plan, moment)
        there = [
            window
            for window in found
            if window.opens <= moment and (window.closes is None or moment < window.closes)
        ]
        assert {w.claim.public_id: (w.standing, w.label) for w in there} == {
            name: (said[name], labels[name]) for name in labels
        }
        assert len(there) == len(labels)
    assert any(window.closes for window in found)  # something changes


def test_statements_are_sentences_of_some_length():
    words, rng = Vocabulary(3), Random(3)
    for language in ("en", "ko"):
        lengths = sorted(
            len(words.sentence(rng, language, rng.randrange(20, 230))) for _ in range(2000)
        )
        assert lengths[0] >= 20 and lengths[-1] <= LONGEST
        assert lengths[1800] > 2 * lengths[200]


def test_words_are_drawn_as_in_texts():
    words, rng = Vocabulary(3), Random(3)
    drawn = [word for _ in range(5000) for word in words.english.draw(rng, 8)]
    counts = sorted((drawn.count(word) for word in set(drawn[:4000])), reverse=True)
    assert counts[0] > 5 * counts[9] > 5  # the first about ten times as often as the tenth
    assert Vocabulary(3).sentence(Random(1), "ko", 50) == words.sentence(Random(1), "ko", 50)


def test_particles_go_with_the_last_syllable():
    assert with_particle("주장", TOPIC) == "주장은"
    assert with_particle("기사", TOPIC) == "기사는"
    assert with_particle("주장", SUBJECT) == "주장이"
    assert with_particle("기사", SUBJECT) == "기사가"
