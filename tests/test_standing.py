"""The argument: grounded labels, standings, and which rebuttal stands beside the claim."""

import random
from datetime import UTC, datetime

import pytest

from claims.choices import Confidence, Ground, Label, Standing
from claims.standing import Edge, label, standings, strongest


def edges(text: str) -> list[Edge]:
    """ "b undercut a high, …": counterclaim, ground, target, confidence."""
    made = []
    for index, words in enumerate(filter(None, map(str.strip, text.split(",")))):
        counterclaim, ground, target, confidence = words.split()
        published = datetime(2025, 7, 1 + index, tzinfo=UTC)
        made.append(Edge(counterclaim, target, Ground(ground), Confidence(confidence), published))
    return made


@pytest.mark.parametrize(
    ("graph", "standing"),
    [
        ("", Standing.UNREBUTTED),
        ("b qualify a high", Standing.UNREBUTTED),
        ("b rebut a not_assessed", Standing.NOT_ASSESSED),
        ("b rebut a not_assessed, c qualify a low", Standing.NOT_ASSESSED),
        ("b rebut a low", Standing.CONTESTED),
        ("b undercut a low, c undermine b low", Standing.ANSWERED),
        ("b undercut a low, c undermine b not_assessed", Standing.CONTESTED),
        ("b undercut a low, c undermine b low, d rebut c low", Standing.CONTESTED),
        ("b rebut a low, a rebut b low", Standing.CONTESTED),
        ("b rebut a low, b rebut b low", Standing.CONTESTED),
        ("b rebut a low, c rebut b low, b rebut c low", Standing.CONTESTED),
        ("b rebut a low, c rebut b low, d rebut a not_assessed", Standing.ANSWERED),
    ],
)
def test_standing(graph, standing):
    assert standings(["a"], edges(graph))["a"] is standing


@pytest.mark.parametrize(
    ("graph", "counterclaim"),
    [
        ("", None),
        ("b qualify a high", None),
        ("b rebut a low, c rebut a high", "c"),
        ("b undercut a high, c rebut a high", "c"),
        ("b undercut a high, c undermine a high", "c"),
        ("b rebut a low, c rebut a low", "b"),  # who came first
        ("b rebut a high, x rebut b low, c undercut a low", "c"),  # unanswered before answered
        ("b rebut a not_assessed, c undercut a low, x rebut c low", "c"),  # assessed first
    ],
)
def test_the_strongest_rebuttal(graph, counterclaim):
    all_edges = edges(graph)
    labels = label("a", ((e.counterclaim, e.target) for e in all_edges if e.counts))
    found = strongest([edge for edge in all_edges if edge.target == "a"], labels)
    assert (found and found.counterclaim) == counterclaim


def grounded_by_definition(nodes: range, attacks: set[tuple[int, int]]) -> dict[int, Label]:
    """The least fixed point, step by step as Dung defines it."""
    accepted: set[int] = set()
    while True:
        rejected = {target for attacker, target in attacks if attacker in accepted}
        defended = {
            node
            for node in nodes
            if all(attacker in rejected for attacker, target in attacks if target == node)
        }
        if defended == accepted:
            break
        accepted = defended
    return {
        node: Label.ACCEPTED
        if node in accepted
        else Label.REJECTED
        if node in rejected
        else Label.UNDECIDED
        for node in nodes
    }


def test_labels_agree_with_the_definition_on_random_graphs():
    """Invented graphs, cycles and self-attacks included."""
    chance = random.Random(20260723)
    seen = set()
    for _graph in range(3000):
        nodes = range(chance.randint(1, 9))
        attacks = {
            (chance.choice(nodes), chance.choice(nodes)) for _edge in range(chance.randint(0, 14))
        }
        expected = grounded_by_definition(nodes, attacks)
        assert label(nodes, attacks) == expected
        seen |= set(expected.values())
    assert seen == set(Label)  # the control: every label occurs
