"""What publishing and verifying cost in a large newsroom. `make bench` prints it.

BENCH_CLAIMS sets the size of the generated corpus (100000). Publishing is measured first in an
empty newsroom and then in the corpus, in the same run: compare the two, not the milliseconds of two
machines.
"""

import os
import statistics
import subprocess
import sys
import time
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection

from claims import actions
from claims.choices import Ground
from claims.models import Claim, Edition, PublishedEdge, PublishedEdition, PublishedStanding
from tests.conftest import empty_database
from tests.newsroom import Newsroom
from tests.test_commands import PROJECT, environment

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])
CLAIMS = int(os.environ.get("BENCH_CLAIMS", "100000"))
PUBLISHED = 60  # claims, and as many counterclaims


def generate(claims: int) -> float:
    """Fill the tests' database by manage.py, as its owner; the seconds it took."""
    start = time.perf_counter()
    command = [sys.executable, PROJECT / "manage.py", "generate_corpus", "--claims", str(claims)]
    made = subprocess.run(
        command,
        env=environment(connection.settings_dict["NAME"]),
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr
    return time.perf_counter() - start


def publish(room: Newsroom, targets: list[Claim]) -> list[float]:
    """The seconds of each publishing: claims, and counterclaims that rebut the targets."""
    times = []
    for number, target in enumerate(targets):
        plain = room.approved(room.draft(f"Claim {number} of the benchmark"))
        target.refresh_from_db()
        grounds = (Ground.UNDERCUT, Ground.UNDERMINE, Ground.QUALIFY)
        against = room.approved(
            room.rebuttal(target, f"Counterclaim {number}", grounds[number % len(grounds)])
        )
        for claim in (plain, against):
            claim.refresh_from_db()
            start = time.perf_counter()
            (edition,) = actions.publish({claim.pk: claim.version}, actor=room.publisher)
            times.append(time.perf_counter() - start)
            assert PublishedEdition.objects.get(pk=edition.pk).opened_at
        assert PublishedEdge.objects.filter(
            counterclaim=against.public_id, target=target.public_id
        ).exists()
        if number % len(grounds) < 2:
            standing = PublishedStanding.objects.get(claim=target.public_id, during__endswith=None)
            assert standing.standing == "contested"
    return times


def figures(times: list[float]) -> tuple[float, float]:
    """Median and 95th percentile, in milliseconds; the first few warm up."""
    warm = [taken * 1000 for taken in times[10:]]
    return statistics.median(warm), statistics.quantiles(warm, n=20)[-1]


def test_publishing_and_verifying_in_a_corpus(newsroom_live, capsys):
    room = newsroom_live
    empty = figures(publish(room, [room.published(f"Target {n}") for n in range(PUBLISHED)]))
    empty_database()

    seconds = generate(CLAIMS)
    current = Claim.objects.filter(
        pk__in=PublishedEdition.objects.filter(current__endswith=None, opened_at__isnull=False)
        .exclude(confidence="high")
        .values("claim_key")
    )
    keys = sorted(current.values_list("pk", flat=True))
    targets = [Claim.objects.get(pk=key) for key in Random(1).sample(keys, PUBLISHED)]
    full = figures(publish(Newsroom(), targets))

    start = time.perf_counter()
    call_command("verify_editions")
    verified = time.perf_counter() - start
    output = capsys.readouterr()
    editions = Edition.objects.count()
    assert output.out.startswith(f"{editions} editions verified, chain head ")
    with capsys.disabled():
        print(f"\ngenerating {CLAIMS} claims: {seconds:.0f} s")
        for name, index in (("median", 0), ("95th percentile", 1)):
            print(
                f"publishing, {name}: {full[index]:.1f} ms in the corpus, {empty[index]:.1f} ms in"
                f" an empty newsroom: {full[index] / empty[index]:.2f} times the time"
            )
        print(f"verifying {editions} editions: {verified:.1f} s")
