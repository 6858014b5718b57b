"""The standing of every claim of a plan, now and at each moment to come, as windows. Pure.

What it was before the end is left out, but for since when it has been what it is: since the newest
opening or withdrawal of a claim from which rebuttals lead to it.
"""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from claims import standing
from claims.choices import Label, Standing

from .newsroom import Claim, Plan


@dataclass(slots=True)
class Window:
    claim: Claim
    standing: Standing
    label: Label
    opens: datetime
    closes: datetime | None = None


def windows(plan: Plan) -> Iterator[Window]:
    """Those that include the end or follow it, claim by claim as they close."""
    running: dict[str, Window] = {}
    since = settled(plan)
    claims = {claim.public_id: claim for claim in plan.claims}
    for moment in plan.moments:
        labels, standings = at(plan, moment)
        for name in list(running):
            if name not in labels:
                running[name].closes = moment
                yield running.pop(name)
        for name, label in labels.items():
            window = running.get(name)
            if window and (window.standing, window.label) == (standings[name], label):
                continue
            if window:
                window.closes = moment
                yield window
            claim = claims[name]
            opens = since[claim.index] if moment == plan.end else moment
            running[name] = Window(claim, standings[name], label, opens)
    yield from running.values()


def at(plan: Plan, moment: datetime) -> tuple[dict[str, Label], dict[str, Standing]]:
    """Labels and standings of the claims that readers see at a moment."""
    names = [claim.public_id for claim in plan.claims]
    visible = [(claim, claim.current(moment)) for claim in plan.claims]
    # Not a set: the order of rows must not depend on how this process hashes texts.
    seen = {claim.public_id: None for claim, edition in visible if edition}
    edges = [
        standing.Edge(claim.public_id, names[edge.target], edge.ground, edition.confidence)
        for claim, edition in visible
        if edition
        for edge in edition.edges
        if names[edge.target] in seen
    ]
    attacks = ((edge.counterclaim, edge.target) for edge in edges if edge.counts)
    return standing.label(seen, attacks), standing.standings(seen, edges)


def settled(plan: Plan) -> list[datetime]:
    """Since when nothing that can bear on each claim has opened or closed, at the end."""
    leads: dict[int, set[int]] = defaultdict(set)
    changed = []
    for claim in plan.claims:
        opened = [edition.opens_at for edition in claim.editions if edition.opens_at <= plan.end]
        changed.append(claim.withdrawn_at or (opened[-1] if opened else plan.end))
        for edition in claim.editions:
            leads[claim.index].update(edge.target for edge in edition.edges)
    found: dict[int, datetime] = {}
    # The newest change first: whatever it reaches has not been reached by a newer one.
    for start in sorted(range(len(changed)), key=lambda index: changed[index], reverse=True):
        if not plan.claims[start].editions[0].opens_at <= plan.end:
            continue
        ready = deque([start])
        while ready:
            index = ready.popleft()
            if index not in found:
                found[index] = changed[start]
                ready.extend(leads[index])
    return [found.get(index, plan.end) for index in range(len(changed))]
