"""Planning an invented newsroom: when each edition was made, how well it was supported, what waits
for its moment and what was withdrawn. Pure: the same seed, size and end make the same plan.

The rules of the record are kept by construction: a claim is withdrawn only after all that rebuts it
has opened, and while an edition waits, nothing else of its claim is made.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from claims.choices import ChangeKind, Confidence

from .argument import Argument
from .chance import Weighted
from .newsroom import DECIDED, SPAN, TOPICS, Claim, Edition, Plan, public_id

MORNINGS = 4  # the moments to come at which something opens, one a day
LATEST = timedelta(days=20)  # before the end; what is scheduled was made in these days

CONFIDENCE = Weighted(
    {
        Confidence.HIGH: 20,
        Confidence.MODERATE: 37,
        Confidence.LOW: 33,
        Confidence.NOT_ASSESSED: 10,
    }
)
EDITIONS = Weighted({1: 87, 2: 9, 3: 3, 4: 1})
KINDS = Weighted(
    {
        ChangeKind.CORRECTION: 30,
        ChangeKind.UPDATE: 35,
        ChangeKind.CLARIFICATION: 25,
        ChangeKind.MINOR: 10,
    }
)


def plan(claims: int, seed: int, end: datetime) -> Plan:
    """A newsroom of so many published claims over the ten years before `end`."""
    rng = Random(f"newsroom {seed}")  # noqa: S311 - no secret
    made = Plan(
        seed,
        end,
        parties=max(12, min(400, claims // 10)),
        sources=max(24, min(claims // 5, 2000 + claims // 50)),
        topics=TOPICS,
    )
    for index in range(claims):
        # More of them later, as newsrooms grow.
        opened = made.begin + (SPAN - timedelta(hours=1)) * ((index + rng.random()) / claims) ** 0.7
        made.claims.append(Claim(index, public_id(rng), list(editions(rng, opened, end))))
    schedule(rng, made)
    argument = Argument(rng, made)
    for _moment, claim, edition in made.steps():
        if edition:
            argument.draw(claim, edition)
    withdraw(rng, made)
    return made


def editions(rng: Random, made_at: datetime, end: datetime) -> Iterator[Edition]:
    confidence = CONFIDENCE.draw(rng)
    kind = None
    for number in range(1, EDITIONS.draw(rng) + 1):
        if number > 1:
            made_at += timedelta(days=1 + rng.expovariate(1 / 120))
            if made_at > end - timedelta(hours=1):
                return
            kind = KINDS.draw(rng)
            if kind in (ChangeKind.UPDATE, ChangeKind.CORRECTION) and rng.random() < 0.3:
                confidence = CONFIDENCE.draw(rng)
        yield Edition(number, kind, confidence, made_at, made_at + DECIDED)


def schedule(rng: Random, made: Plan) -> None:
    """Let a few editions wait: the first of some new claims, the next of some older ones."""
    few = len(made.claims) // 400 + 1

    def morning() -> datetime:
        return made.end + timedelta(days=rng.randrange(1, MORNINGS + 1), hours=30)

    once = [claim for claim in made.claims if len(claim.editions) == 1]
    new = [claim for claim in once[-few * 8 :] if claim.index]
    for claim in rng.sample(new, min(few, len(new))):
        claim.editions[0].opens_at = morning()
    waits = [
        claim
        for claim in once
        if claim.editions[0].made_at < made.end - LATEST and not claim.editions[0].scheduled
    ]
    for claim in rng.sample(waits, min(few, len(waits))):
        made_at = made.end - LATEST * rng.uniform(0.05, 0.95)
        confidence = claim.editions[0].confidence
        claim.editions.append(Edition(2, ChangeKind.UPDATE, confidence, made_at, morning()))


def withdraw(rng: Random, made: Plan) -> None:
    """Withdraw a few claims, each after the last edition that rebuts it has opened."""
    last = [claim.editions[-1].opens_at for claim in made.claims]
    settled = list(last)
    for claim in made.claims:
        for edition in claim.editions:
            for edge in edition.edges:
                settled[edge.target] = max(settled[edge.target], last[claim.index])
    few = len(made.claims) // 200 + 1
    for claim in rng.sample(made.claims, min(few * 2, len(made.claims))):
        moment = settled[claim.index] + timedelta(hours=1 + rng.expovariate(1 / 1000))
        if moment < made.end and few:
            claim.withdrawn_at = moment
            few -= 1
