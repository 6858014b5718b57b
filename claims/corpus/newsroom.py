"""The plan of an invented newsroom: who and what there is, when each edition was made, and the
graph of rebuttals. Pure: the same seed, size and end make the same plan.

The rules of the record are kept by construction: a rebuttal is made against what readers see, two
that say the opposite are never both well supported, and a claim is withdrawn only after all that
rebuts it was made.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from claims.choices import ChangeKind, Confidence, Ground, Opposer, Role
from claims.models.fields import ALPHABET

from .chance import Weighted, skewed

SPAN = timedelta(days=3650)
# An edition is made, then the decision that opens it.
DECIDED = timedelta(milliseconds=2)
PEOPLE = {Role.REPORTER: 12, Role.EDITOR: 6, Role.PUBLISHER: 3}
TOPICS = 50
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
GROUNDS = Weighted(
    {Ground.REBUT: 30, Ground.UNDERMINE: 20, Ground.UNDERCUT: 25, Ground.QUALIFY: 25}
)
COUNTERCLAIMS = 0.4
SECOND_TARGET = 0.25
# Whom a new rebuttal is aimed at: what is rebutted already, a counterclaim, what is new, anything.
AIMS = Weighted({"popular": 45, "reply": 25, "recent": 15, "any": 15})
STRIKES_BACK = 0.25  # of later editions: they rebut something newer, often what rebuts them


@dataclass(frozen=True, slots=True)
class Edge:
    """A rebuttal in one edition: of the claim with the index `target`, as of its edition."""

    target: int
    ground: Ground
    opposer: Opposer
    target_edition: int


@dataclass(slots=True)
class Edition:
    """What is decided about an edition before anything is written; `made_at` orders the chain."""

    number: int
    kind: ChangeKind | None
    confidence: Confidence
    made_at: datetime
    opens_at: datetime
    edges: tuple[Edge, ...] = ()

    @property
    def scheduled(self) -> bool:
        """Whether it waits for a moment to come, instead of having opened at once."""
        return self.opens_at > self.made_at + DECIDED


@dataclass(slots=True)
class Claim:
    index: int
    public_id: str
    editions: list[Edition]
    topics: tuple[int, ...] = ()
    withdrawn_at: datetime | None = None

    @property
    def ever_high(self) -> bool:
        return any(edition.confidence is Confidence.HIGH for edition in self.editions)

    def current(self, moment: datetime) -> Edition | None:
        """The edition that readers see at a moment."""
        if self.withdrawn_at and self.withdrawn_at <= moment:
            return None
        opened = [edition for edition in self.editions if edition.opens_at <= moment]
        return opened[-1] if opened else None


@dataclass
class Plan:
    """A newsroom: counts of shared records, and its claims in the order of their first editions."""

    seed: int
    end: datetime  # no edition and no withdrawal is later; what is scheduled opens after it
    parties: int
    sources: int
    topics: int
    claims: list[Claim] = field(default_factory=list)

    @property
    def begin(self) -> datetime:
        return self.end - SPAN

    def steps(self) -> Iterator[tuple[datetime, Claim, Edition | None]]:
        """All editions and withdrawals (no edition) in the order in which they were made."""
        made = [
            (edition.made_at, claim.index, edition.number)
            for claim in self.claims
            for edition in claim.editions
        ]
        withdrawn = [
            (claim.withdrawn_at, claim.index, 0) for claim in self.claims if claim.withdrawn_at
        ]
        for moment, index, number in sorted(made + withdrawn):
            claim = self.claims[index]
            yield moment, claim, claim.editions[number - 1] if number else None

    @property
    def moments(self) -> list[datetime]:
        """The end, and each later moment at which something opens."""
        ahead = {claim.editions[-1].opens_at for claim in self.claims} - {self.end}
        return [self.end, *sorted(moment for moment in ahead if moment > self.end)]


def midnight(day: date) -> datetime:
    """The beginning of a day in UTC: where a corpus made on it ends."""
    return datetime.combine(day, time.min, UTC)


def public_id(rng: Random) -> str:
    return "".join(rng.choices(ALPHABET, k=12))


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
    rebut(rng, made)
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


def rebut(rng: Random, made: Plan) -> None:
    """Draw the graph, edition by edition in the order of their making."""
    visible: list[Claim] = []  # those that have opened by then
    replies: list[Claim] = []  # of these, those that rebut something
    aimed: list[Claim] = []  # the target of each edge so far: the popular come up often
    rebutters: dict[int, list[Claim]] = defaultdict(list)
    newest: dict[int, int] = {}

    def aim() -> Claim:
        how = AIMS.draw(rng)
        if how == "popular" and aimed:
            return rng.choice(aimed)
        if how == "reply" and replies:
            return rng.choice(replies)
        if how == "recent":
            return visible[-1 - int(rng.random() * min(300, len(visible)))]
        return rng.choice(visible)

    def edge(claim: Claim, target: Claim) -> Edge:
        ground = GROUNDS.draw(rng)
        if ground is Ground.REBUT and claim.ever_high and target.ever_high:
            ground = Ground.UNDERCUT
        opposer = rng.choice((Opposer.SOURCE, Opposer.SOURCE, Opposer.US))
        return Edge(target.index, ground, opposer, newest[target.index])

    for _moment, claim, edition in made.steps():
        if edition is None:
            continue
        drawn: list[Edge] = []
        if edition.number == 1:
            if visible and rng.random() < COUNTERCLAIMS:
                wanted = 2 if rng.random() < SECOND_TARGET else 1
                targets = {target.index: target for target in (aim() for _ in range(wanted))}
                drawn = [edge(claim, target) for target in targets.values()]
            claim.topics = topics(rng, made, drawn)
        else:
            drawn = [
                Edge(e.target, e.ground, e.opposer, newest[e.target]) if rng.random() < 0.5 else e
                for e in claim.editions[edition.number - 2].edges
            ]
            if edition.kind is not ChangeKind.MINOR and rng.random() < STRIKES_BACK:
                answered = {claim.index, *(e.target for e in drawn)}
                against = rebutters[claim.index] or visible[-200:]
                found = [one for one in against if one.index not in answered]
                if found:
                    drawn.append(edge(claim, rng.choice(found)))
        known = (
            {e.target for e in claim.editions[edition.number - 2].edges}
            if edition.number > 1
            else set()
        )
        edition.edges = tuple(drawn)
        newest[claim.index] = edition.number
        if edition.number == 1 and not edition.scheduled:
            visible.append(claim)
            if drawn:
                replies.append(claim)
        if not claim.editions[0].scheduled:
            for e in drawn:
                if e.target not in known:
                    aimed.append(made.claims[e.target])
                    rebutters[e.target].append(claim)


def topics(rng: Random, made: Plan, edges: list[Edge]) -> tuple[int, ...]:
    """One to three; a rebuttal stands under a topic of what it rebuts."""
    found = {made.claims[edge.target].topics[0] for edge in edges[:1]}
    for _ in range(rng.choice((1, 1, 2, 2, 3)) - len(found)):
        found.add(skewed(rng, made.topics))
    return tuple(sorted(found))


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
