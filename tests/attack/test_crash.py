"""A server that is killed over and over loses no acknowledged edition and keeps no half of one.

A writer publishes a thousand editions and says so after each commit; this test kills its own
embedded PostgreSQL at random moments, sometimes the postmaster alone, sometimes every process.
"""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import namedtuple_row

from claims import document
from factcheck import embedded_postgres as embedded

pytestmark = pytest.mark.slow

PROJECT = Path(embedded.__file__).parent.parent
EDITIONS, KILLS = 1000, 20
WRITER = f"""
import time, django
django.setup()
from django.db import Error, connection
from claims import actions
from claims.exceptions import Refused
from tests.newsroom import Newsroom

room = Newsroom()
room.reporter, room.editor, room.publisher
claims = [room.draft(f"Claim {{n}}") for n in range(10)]
made = turn = 0
while made < {EDITIONS}:
    claim = claims[turn % len(claims)]
    try:
        claim.refresh_from_db()
        if claim.state == "published":
            room.revise(claim, unknowns=f"Turn {{turn}}")
        elif claim.state == "draft":
            room.submit(claim)
        elif claim.state == "in_review":
            room.approve(claim)
        else:
            [edition] = actions.publish({{claim.pk: claim.version}}, actor=room.publisher)
            made += 1
            print("PUBLISHED", edition.claim_id, edition.number, edition.digest, flush=True)
            turn += 1
    except (Error, Refused):
        connection.close()
        time.sleep(0.02)
"""


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """A data folder with a cluster of its own; afterwards neither server nor files are left."""
    folder = Path(tempfile.mkdtemp(prefix="counterclaim-crash-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        embedded.stop(folder)
        outside = folder / f"{embedded.CLUSTER}.outside"
        if outside.is_symlink():
            shutil.rmtree(outside.resolve())
        shutil.rmtree(folder)


def python(data_dir: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    environment |= {
        "FACTCHECK_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "factcheck.settings",
    }
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def kill(data_dir: Path, everybody: bool) -> None:
    """SIGKILL for this cluster's postmaster, and for the processes that it started."""
    postmaster = int((data_dir / embedded.CLUSTER / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
    victims = [postmaster]
    if everybody and children.exists():
        victims += map(int, children.read_text().split())
    for pid in victims:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def survivor(data_dir: Path) -> Iterator[tuple[psycopg.Connection, list[tuple[int, int, str]]]]:
    """The database after a thousand editions and twenty crashes, and what was acknowledged."""
    embedded.ensure(data_dir)
    migrating = python(data_dir, "manage.py", "migrate", "--verbosity=0")
    output = migrating.communicate(timeout=120)[0]
    assert migrating.returncode == 0, output

    seed = int(os.environ.get("CRASH_SEED", "0")) or random.SystemRandom().randrange(10**9)
    print(f"CRASH_SEED={seed}")
    chance = random.Random(seed)
    moments = sorted(chance.sample(range(10, EDITIONS - 10), KILLS))
    writer = python(data_dir, "-c", WRITER)
    lines: list[str] = []
    noise: list[str] = []  # what psycopg logs about connections that are gone

    def listen() -> None:
        for line in writer.stdout:
            (lines if line.startswith("PUBLISHED ") else noise).append(line)

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        for moment in moments:
            while len(lines) < moment and writer.poll() is None:
                time.sleep(0.002)
            assert writer.poll() is None, "".join(noise[-20:])
            time.sleep(chance.uniform(0, 0.08))
            kill(data_dir, everybody=chance.random() < 0.5)
            assert embedded.ensure(data_dir)  # it was down, and is up again
        writer.wait(timeout=180)
    finally:
        writer.kill()
        writer.wait()
        listener.join(timeout=10)
        writer.stdout.close()
    assert writer.returncode == 0, "".join(noise[-20:])
    print("".join(noise))
    acknowledged = []
    for line in lines:
        _published, claim, number, digest = line.split()
        acknowledged.append((int(claim), int(number), digest))
    owner = psycopg.connect(
        host=str(embedded.socket_folder(data_dir)),
        user=embedded.OWNER,
        dbname=embedded.DATABASE,
        row_factory=namedtuple_row,
    )
    with owner:
        yield owner, acknowledged


def assert_sound(owner: psycopg.Connection, acknowledged: list[tuple[int, int, str]]) -> None:
    """Every acknowledged edition is there, each one whole, in one chain, with windows that fit."""
    editions = owner.execute(
        "SELECT e.*, c.public_id, c.edition AS newest, c.frozen_version, c.state,"
        " a.document_digest AS approved, a.claim_id AS approved_claim,"
        " (SELECT count(*) FROM claims_release r WHERE r.edition_id = e.id) AS releases,"
        " (SELECT count(*) FROM claims_history h WHERE h.record = 'edition'"
        "     AND h.record_id = e.id) AS entries"
        " FROM claims_edition e JOIN claims_claim c ON c.id = e.claim_id"
        " JOIN claims_approval a ON a.id = e.approval_id ORDER BY e.id"
    ).fetchall()
    stored = {(edition.claim_id, edition.number, edition.digest) for edition in editions}
    assert len(acknowledged) == EDITIONS == len(set(acknowledged))
    assert set(acknowledged) <= stored
    # A crash after the commit and before the answer: published, though nobody was told.
    assert len(stored) - len(acknowledged) <= KILLS

    numbers: dict[int, list[int]] = {}
    previous = document.NO_EDITION_YET
    for edition in editions:
        assert (edition.releases, edition.entries) == (1, 1)
        assert edition.approved_claim == edition.claim_id
        assert edition.approved == edition.document_digest == document.digest(edition.document)
        assert document.canonical(json.loads(edition.document)) == edition.document
        assert edition.previous_digest == previous
        assert edition.digest == document.chain_digest(
            previous=previous,
            claim=edition.public_id,
            number=edition.number,
            document_digest=edition.document_digest,
            kind=edition.kind,
            approval=edition.approval_id,
            policy=edition.policy_id,
            made_at=edition.made_at,
        )
        previous = edition.digest
        numbers.setdefault(edition.claim_id, []).append(edition.number)
    for claim, found in numbers.items():
        assert found == list(range(1, len(found) + 1))
        assert {e.newest for e in editions if e.claim_id == claim} == {len(found)}

    published = owner.execute(
        "SELECT p.*, lower(current) AS opens, upper(current) AS closes,"
        " lag(upper(current)) OVER claims AS before, upper_inf(current) AS open,"
        " lead(number) OVER claims IS NULL AS last, upper_inf(readable) AS readable_still"
        " FROM claims_publishededition p WINDOW claims AS (PARTITION BY claim_key ORDER BY number)"
        " ORDER BY edition_id"
    ).fetchall()
    assert [(row.edition_id, row.digest) for row in published] == [
        (edition.id, edition.digest) for edition in editions
    ]
    for row, edition in zip(published, editions, strict=True):
        assert row.document == json.loads(edition.document)
        assert (row.opens, row.readable_still) == (row.opened_at, True)
        assert row.open == row.last  # the newest is open, and it alone
        assert row.before is None if row.number == 1 else row.before == row.opens


TAMPERED = {
    "an acknowledged edition lost": "DELETE FROM claims_edition WHERE id = %(last)s",
    "no published row": "DELETE FROM claims_publishededition WHERE edition_id = %(last)s",
    "no release": "DELETE FROM claims_release WHERE edition_id = %(last)s",
    "no history": "DELETE FROM claims_history WHERE record = 'edition' AND record_id = %(last)s",
    "another document": (
        "UPDATE claims_edition SET document = replace(document, 'Turn', 'Tern') WHERE id = %(last)s"
    ),
    "another publisher's approval": (
        "UPDATE claims_approval SET document_digest = '' WHERE id ="
        " (SELECT approval_id FROM claims_edition WHERE id = %(last)s)"
    ),
    "a window left open": (
        "UPDATE claims_publishededition SET current = 'empty' WHERE edition_id = %(last)s"
    ),
    "a number that the claim does not know": "UPDATE claims_claim SET edition = edition - 1",
}


def test_no_acknowledged_edition_is_lost_and_none_is_half_published(survivor):
    owner, acknowledged = survivor
    assert_sound(owner, acknowledged)
    # The control: the same check notices each kind of damage.
    last = owner.execute("SELECT max(id) AS id FROM claims_edition").fetchone().id
    tables = {re.search(r"claims_\w+", sql)[0] for sql in TAMPERED.values()}
    unnoticed = set(TAMPERED)
    for name, sql in TAMPERED.items():
        with owner.transaction(force_rollback=True):
            for table in tables:
                owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            owner.execute(sql, {"last": last})
            try:
                assert_sound(owner, acknowledged)
            except AssertionError:
                unnoticed.discard(name)
    assert unnoticed == set()
