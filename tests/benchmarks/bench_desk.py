"""How fast the desk answers in a large newsroom. `make bench` prints it.

BENCH_CLAIMS sets the size of the generated corpus (100000, with three citations a claim on
average); some of its claims are then worked on, so that every list has rows. Each screen is asked
in five interleaved runs, warm; what is printed is the 95th percentile of all its answers. No screen
may count a large table to its end.
"""

import gc
import re
import statistics
import time
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims import actions, document
from claims.choices import Role
from claims.models import Citation, Claim, Party, PublishedEdition, Source, User
from claims.models.published import WAITS
from claims.waiting import SECTIONS
from tests.benchmarks.bench_corpus import CLAIMS, generate

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])
RUNS, ROUNDS = 5, 8
WORKED_ON = 200  # claims in each state
GOAL = 300  # milliseconds
LARGE = ("claim", "claimtext", "citation", "edition", "history", "approval", "release")
# A count without a LIMIT below it.
WHOLE_COUNT = re.compile(
    rf'^SELECT COUNT\(\*\) AS "__count" FROM "claims_({"|".join(LARGE)})"', re.IGNORECASE
)


def people(role: Role) -> list[User]:
    return list(User.objects.filter(groups__name=role).order_by("id"))


def work(rng: Random) -> dict[str, list[Claim]]:
    """Take claims of the corpus through the states, with the hands of its people."""
    reporters, editors = people(Role.REPORTER), people(Role.EDITOR)
    publisher = people(Role.PUBLISHER)[0]
    waiting = PublishedEdition.objects.filter(WAITS).values("claim_key")
    keys = list(
        # What rebuts nothing: what the others rebut may have been withdrawn meanwhile.
        Claim.objects.filter(
            state="published", suppressed_at=None, allegation_about=None, rebuts=None
        )
        .exclude(pk__in=waiting)
        .order_by("id")
        .values_list("pk", flat=True)
    )
    stages = ("draft", "in_review", "changes_requested", "approved", "scheduled")
    chosen = iter(rng.sample(keys, WORKED_ON * len(stages)))
    made: dict[str, list[Claim]] = {stage: [] for stage in stages}
    for stage in stages:
        for number in range(WORKED_ON):
            claim = Claim.objects.get(pk=next(chosen))
            reporter = reporters[number % len(reporters)]
            texts = {claim.language: {"unknowns": f"Round {number}", "change_note": "More."}}
            kind = "clarification" if actions.was_open(claim) else ""
            claim = actions.edit(
                claim.pk,
                actor=reporter,
                version=claim.version,
                fields={"change_kind": kind},
                texts=texts if kind else {claim.language: {"unknowns": f"Round {number}"}},
            )
            take(claim, stage, reporter, editors[number % len(editors)], publisher)
            made[stage].append(claim)
    return made


def take(claim: Claim, stage: str, reporter: User, editor: User, publisher: User) -> None:
    if stage == "draft":
        return
    actions.submit(claim.pk, actor=reporter, version=claim.version)
    if stage == "changes_requested":
        actions.request_changes(
            claim.pk, actor=editor, version=claim.version, reason="Say where it is from."
        )
    if stage in ("approved", "scheduled"):
        digest = document.digest(actions.document_of(claim))
        actions.approve(claim.pk, actor=editor, version=claim.version, document_digest=digest)
    if stage == "scheduled":
        moment = timezone.now() + timedelta(days=3)
        actions.publish({claim.pk: claim.version}, actor=publisher, opens_at=moment)


def addresses(made: dict[str, list[Claim]], rng: Random) -> Iterator[tuple[str, list[str]]]:
    """(name, addresses that are asked in turn)."""
    yield "front page", ["/admin/"]
    for name in SECTIONS:
        yield f"list: {name}", [f"/admin/waiting/{name}/"]
    yield "right of reply", ["/admin/claims/claim/replies/"]
    yield "re-checks", ["/admin/claims/claim/rechecks/"]
    yield "behind", ["/admin/claims/claim/behind/"]
    claims = rng.sample([claim for each in made.values() for claim in each], 40)
    for page in ("change", "differences", "preview", "history", "conversation"):
        yield f"claim: {page}", [f"/admin/claims/claim/{claim.pk}/{page}/" for claim in claims]
    hubs = Claim.objects.raw(
        "SELECT target_id AS id FROM claims_rebuttal GROUP BY 1 ORDER BY count(*) DESC LIMIT 3"
    )
    yield "claim: change, hubs", [f"/admin/claims/claim/{hub.pk}/change/" for hub in hubs]
    yield "a new claim", ["/admin/claims/claim/add/"]
    for model in ("claim", "party", "source", "topic", "approval", "edition", "release"):
        yield f"all: {model}", [f"/admin/claims/{model}/"]
    yield "all: claim, a state", ["/admin/claims/claim/?state__exact=in_review"]
    yield "all: claim, words", ["/admin/claims/claim/?q=report", "/admin/claims/claim/?q=하락"]
    yield "history", ["/admin/claims/history/"]
    person = people(Role.REPORTER)[0].pk
    today = date.today().isoformat()
    yield "history of a person", [f"/admin/claims/history/?person={person}"]
    yield "history of a day", [f"/admin/claims/history/?since={today}&until={today}"]
    ask = "/admin/autocomplete/?app_label=claims&model_name={}&field_name={}&term={}"
    party = str(Party.objects.order_by("?").first())[:5]
    source = Source.objects.order_by("?").first().title.split()[0]
    yield "autocomplete: party", [ask.format("claim", "claimant", party)]
    yield "autocomplete: source", [ask.format("citation", "source", source)]


def percentile(times: list[float]) -> float:
    return statistics.quantiles([taken * 1000 for taken in times], n=20)[-1]


def test_the_desk_in_a_large_newsroom(transactional_db, capsys):
    generate(CLAIMS)
    rng = Random(4)
    made = work(rng)
    clients = {}
    for role in (Role.REPORTER, Role.EDITOR, Role.PUBLISHER):
        clients[role] = Client()
        clients[role].force_login(people(role)[0])
    screens = list(addresses(made, rng))
    counted: list[str] = []
    for name, paths in screens:
        with CaptureQueriesContext(connection) as asked:
            response = clients[Role.PUBLISHER].get(paths[0])
        assert response.status_code == 200, (name, response.status_code)
        counted += [f"{name}: {q['sql']}" for q in asked if WHOLE_COUNT.match(q["sql"])]
    assert not [each for each in counted if "LIMIT" not in each], "\n".join(counted)
    assert (
        f"Round {WORKED_ON - 1}".encode()
        in clients[Role.EDITOR].get(f"/admin/claims/claim/{made['draft'][-1].pk}/change/").content
    )
    times: dict[str, list[float]] = {name: [] for name, _paths in screens}
    # As `wsgi.py` does for a worker: what is loaded by now is not searched for garbage again.
    gc.collect()
    gc.freeze()
    for run in range(RUNS):
        for number in range(ROUNDS):
            for name, paths in screens:
                client = clients[list(clients)[number % len(clients)]]
                path = paths[(run * ROUNDS + number) % len(paths)]
                start = time.perf_counter()
                response = client.get(path)
                taken = time.perf_counter() - start
                if response.status_code == 200:  # a reporter has no list of reviews
                    times[name].append(taken)
    with capsys.disabled():
        print(f"\n{Claim.objects.count()} claims, {Citation.objects.count()} citations")
        for name, taken in times.items():
            slow = percentile(taken)
            middle = statistics.median(taken) * 1000
            mark = "" if slow < GOAL else "  over the goal"
            print(f"{name:24} median {middle:6.1f} ms, 95th percentile {slow:6.1f} ms{mark}")
