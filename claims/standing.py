"""A claim's standing: Dung's grounded labelling over the published attacks (DESIGN 4). Pure.

Source of the labelling: P. M. Dung, "On the acceptability of arguments and its fundamental role in
nonmonotonic reasoning, logic programming and n-person games", Artificial Intelligence 77 (1995):
the least fixed point in which an argument is accepted when all that attack it are rejected, and
rejected when an accepted one attacks it; what is left is undecided.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from claims.choices import Confidence, Ground, Label, Standing

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True)
class Edge:
    """One visible rebuttal: who attacks or qualifies whom, on what ground, how well supported."""

    counterclaim: str
    target: str
    ground: Ground
    confidence: Confidence
    first_published: datetime | None = None

    @property
    def counts(self) -> bool:
        """Whether it attacks: context does not, nor what has not been assessed."""
        return self.ground.is_attack and self.confidence is not Confidence.NOT_ASSESSED


def label(nodes: Iterable[Node], attacks: Iterable[tuple[Node, Node]]) -> dict[Node, Label]:
    """The grounded labelling of a graph of (attacker, target) pairs, in time linear in its size."""
    labels = dict.fromkeys(nodes, Label.UNDECIDED)
    targets: dict[Node, list[Node]] = defaultdict(list)
    standing_attackers: dict[Node, int] = defaultdict(int)
    for attacker, target in set(attacks):
        targets[attacker].append(target)
        standing_attackers[target] += 1
        labels.setdefault(attacker, Label.UNDECIDED)
        labels.setdefault(target, Label.UNDECIDED)
    ready = deque(node for node in labels if not standing_attackers[node])
    while ready:
        node = ready.popleft()
        labels[node] = Label.ACCEPTED
        for target in targets[node]:
            if labels[target] is not Label.UNDECIDED:
                continue
            labels[target] = Label.REJECTED
            for relieved in targets[target]:
                standing_attackers[relieved] -= 1
                if not standing_attackers[relieved] and labels[relieved] is Label.UNDECIDED:
                    ready.append(relieved)
    return labels


def standings(nodes: Iterable[str], edges: Iterable[Edge]) -> dict[str, Standing]:
    """What readers are told of each claim, given every edge that can bear on it."""
    edges = list(edges)
    nodes = list(nodes)
    labels = label(nodes, ((e.counterclaim, e.target) for e in edges if e.counts))
    attacked = {e.target for e in edges if e.counts}
    not_assessed = {e.target for e in edges if e.ground.is_attack and not e.counts}
    found = {}
    for node in labels:
        if labels[node] is not Label.ACCEPTED:
            found[node] = Standing.CONTESTED
        elif node in attacked:
            found[node] = Standing.ANSWERED
        elif node in not_assessed:
            found[node] = Standing.NOT_ASSESSED
        else:
            found[node] = Standing.UNREBUTTED
    return found


_CONFIDENCE_RANK = [Confidence.HIGH, Confidence.MODERATE, Confidence.LOW, Confidence.NOT_ASSESSED]
_GROUND_RANK = [Ground.REBUT, Ground.UNDERMINE, Ground.UNDERCUT]


def strongest(edges: Iterable[Edge], labels: Mapping[str, Label]) -> Edge | None:
    """Of the rebuttals of one claim the one that always stands beside it; context never does.

    `labels` are the counterclaims'. Assessed before not assessed, which attacks nothing; then
    unanswered before answered, then by confidence, by ground, and by who came first.
    """

    def rank(edge: Edge) -> tuple[bool, bool, int, int, float]:
        published = edge.first_published.timestamp() if edge.first_published else 0.0
        return (
            not edge.counts,
            labels.get(edge.counterclaim) is Label.REJECTED,
            _CONFIDENCE_RANK.index(edge.confidence),
            _GROUND_RANK.index(edge.ground),
            published,
        )

    return min((edge for edge in edges if edge.ground.is_attack), key=rank, default=None)
