"""The graph of rebuttals of an invented newsroom, drawn edition by edition as they were made. Pure.

What is rebutted often is rebutted again, some counterclaims are rebutted in turn, and later
editions strike back: so there are hubs, chains and cycles. A rebuttal is made against what readers
see, and two claims that say the opposite are never both well supported.
"""

from collections import defaultdict
from random import Random

from claims.choices import ChangeKind, Ground, Opposer

from .chance import Weighted, skewed
from .newsroom import Claim, Edge, Edition, Plan

GROUNDS = Weighted(
    {Ground.REBUT: 30, Ground.UNDERMINE: 20, Ground.UNDERCUT: 25, Ground.QUALIFY: 25}
)
COUNTERCLAIMS = 0.4
SECOND_TARGET = 0.25
# Whom a new rebuttal is aimed at: what is rebutted already, a counterclaim, what is new, anything.
AIMS = Weighted({"popular": 45, "reply": 25, "recent": 15, "any": 15})
STRIKES_BACK = 0.25  # of later editions: they rebut something newer, often what rebuts them
RECENT = 300


class Argument:
    """Draws the edges of one edition after the other."""

    def __init__(self, rng: Random, plan: Plan) -> None:
        self.rng = rng
        self.plan = plan
        self.visible: list[Claim] = []  # those that have opened by now
        self.replies: list[Claim] = []  # of these, those that rebut something
        self.aimed: list[Claim] = []  # the target of each edge so far: the popular come up often
        self.rebutters: dict[int, list[Claim]] = defaultdict(list)
        self.newest: dict[int, int] = {}  # editions by claim

    def draw(self, claim: Claim, edition: Edition) -> None:
        """Give the edition its edges, and a first one the topics that follow from them."""
        before = claim.editions[edition.number - 2].edges if edition.number > 1 else ()
        if edition.number == 1:
            edition.edges = self.first(claim)
            claim.topics = self.topics(edition.edges)
        else:
            edition.edges = self.later(claim, edition, before)
        self.newest[claim.index] = edition.number
        if claim.editions[0].scheduled:
            return  # nobody rebuts it yet
        if edition.number == 1:
            self.visible.append(claim)
            if edition.edges:
                self.replies.append(claim)
        for edge in edition.edges[len(before) :]:
            self.aimed.append(self.plan.claims[edge.target])
            self.rebutters[edge.target].append(claim)

    def first(self, claim: Claim) -> tuple[Edge, ...]:
        """Of a counterclaim, what it rebuts."""
        if not self.visible or self.rng.random() >= COUNTERCLAIMS:
            return ()
        wanted = 2 if self.rng.random() < SECOND_TARGET else 1
        targets = {target.index: target for target in (self.aim() for _ in range(wanted))}
        return tuple(self.edge(claim, target) for target in targets.values())

    def later(self, claim: Claim, edition: Edition, before: tuple[Edge, ...]) -> tuple[Edge, ...]:
        """The edges before it, some confirmed against the target's newest edition, maybe one
        more."""
        drawn = [self.confirmed(edge) if self.rng.random() < 0.5 else edge for edge in before]
        if edition.kind is not ChangeKind.MINOR and self.rng.random() < STRIKES_BACK:
            known = {claim.index, *(edge.target for edge in drawn)}
            against = self.rebutters[claim.index] or self.visible[-RECENT:]
            found = [one for one in against if one.index not in known]
            if found:
                drawn.append(self.edge(claim, self.rng.choice(found)))
        return tuple(drawn)

    def aim(self) -> Claim:
        how = AIMS.draw(self.rng)
        if how == "popular" and self.aimed:
            return self.rng.choice(self.aimed)
        if how == "reply" and self.replies:
            return self.rng.choice(self.replies)
        return self.rng.choice(self.visible[-RECENT:] if how == "recent" else self.visible)

    def edge(self, claim: Claim, target: Claim) -> Edge:
        ground = GROUNDS.draw(self.rng)
        if ground is Ground.REBUT and claim.ever_high and target.ever_high:
            ground = Ground.UNDERCUT
        opposer = self.rng.choice((Opposer.SOURCE, Opposer.SOURCE, Opposer.US))
        return Edge(target.index, ground, opposer, self.newest[target.index])

    def confirmed(self, edge: Edge) -> Edge:
        return Edge(edge.target, edge.ground, edge.opposer, self.newest[edge.target])

    def topics(self, edges: tuple[Edge, ...]) -> tuple[int, ...]:
        """One to three; a rebuttal stands under a topic of what it rebuts."""
        found = {self.plan.claims[edge.target].topics[0] for edge in edges[:1]}
        for _ in range(self.rng.choice((1, 1, 2, 2, 3)) - len(found)):
            found.add(skewed(self.rng, self.plan.topics))
        return tuple(sorted(found))
