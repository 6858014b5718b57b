"""A dossier that nobody wrote: the loader knows nothing of the demonstration's.

Its names, figures and graph come from a seeded generator, which keeps in plain words what it put
in.
"""

import random
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from claims import dossier
from claims.choices import (
    Bound,
    ChangeKind,
    Confidence,
    FigureKind,
    Ground,
    Opposer,
    PartyKind,
    Precision,
    SourceKind,
    Standing,
    State,
)
from claims.dossier import Cited, Dossier, Named, Revision, Row
from claims.standing import Edge, standings

from .test_dossier import BOTH_SIDES, load, named, unseen

CYCLE = [("1", Ground.UNDERCUT, "0"), ("0", Ground.UNDERMINE, "1")]
ANSWERED = [("3", Ground.REBUT, "2"), ("4", Ground.UNDERMINE, "3")]
NOT_ASSESSED = [("5", Ground.UNDERCUT, "6")]
CONTEXT = [("7", Ground.QUALIFY, "6")]


@dataclass
class Invented:
    """A generated dossier, and beside it, in plain words, what was put into it."""

    said: dict[str, dict[str, str]]  # the newest statement by key and language
    who: dict[str, str]  # the claimant's Korean name, or the Korean attribution
    confidence: dict[str, Confidence]
    ways: dict[str, list[str]]  # the titles from the cited work to the origin
    figures: dict[str, list[tuple[str, Decimal, str]]]
    edges: list[tuple[str, Ground, str]]
    editions: dict[str, int]
    dossier: Dossier | None = None


def word(chance: random.Random, language: str = "en") -> str:
    if language == "ko":
        return "".join(chr(chance.randrange(0xAC00, 0xD7A4)) for _ in range(6))
    return "".join(chance.choice(["ka", "lo", "mi", "ru", "ste", "von"]) for _ in range(9)).title()


def graph(chance: random.Random) -> list[tuple[str, Ground, str]]:
    """Fifteen edges: each standing occurs, and chance adds what does not disturb that."""
    edges = [*CYCLE, *ANSWERED, *NOT_ASSESSED, *CONTEXT]
    while len(edges) < 15:
        attacker, target = chance.sample(["0", "1", "7", "8", "9", "10", "11"], 2)
        edge = (attacker, chance.choice(list(Ground)), target)
        if edge not in edges:
            edges.append(edge)
    return edges


def invent(seed: int) -> Invented:
    """Twelve claims, and two that stay inside; relays of length 0 to 3, up to three figures."""
    chance = random.Random(seed)
    keys = [str(number) for number in range(12)]
    parties = {
        key: Named(PartyKind.PERSON, {"en": word(chance), "ko": word(chance, "ko")})
        for key in "pqr"
    }
    sources = {
        f"s{number}": {
            "title": f"{word(chance)} {number}",
            "language": "ko",
            "kind": chance.choice(list(SourceKind)),
            "publisher": chance.choice("pqr"),
            "seen": chance.random() < 0.5,
        }
        for number in range(5)
    }
    made = Invented({}, {}, {}, {}, {}, graph(chance), {})
    rows = []
    for number, key in enumerate(keys):
        rows.append(invent_row(chance, made, key, number % 4, parties, sources))
    # They would change the standing of claim 4, if readers saw them.
    for key, stays in (("12", State.IN_REVIEW), ("13", State.DRAFT)):
        hidden = invent_row(chance, made, key, 0, parties, sources)
        edge = dossier.Edge("4", Ground.REBUT, Opposer.US)
        rows.append(replace(hidden, stays=stays, revisions=(), rebuts=(edge,)))
    made.dossier = Dossier(parties, {"t": {"en": word(chance)}}, sources, tuple(rows))
    return made


def invent_row(
    chance: random.Random,
    made: Invented,
    key: str,
    relays: int,
    parties: dict[str, Named],
    sources: dict[str, dict[str, Any]],
) -> Row:
    way = chance.sample(list(sources), relays + 1)
    claimant = chance.choice(["", *parties])
    text = {"en": word(chance), "ko": word(chance, "ko")}
    attribution = "" if claimant else word(chance, "ko")
    revised = {"en": {"statement": word(chance)}, "ko": {"change_note": word(chance, "ko")}}
    editions = chance.choice([1, 1, 2])
    levels = [Confidence.MODERATE, Confidence.LOW]
    made.said[key] = {**text, **({"en": revised["en"]["statement"]} if editions == 2 else {})}
    made.who[key] = parties[claimant].names["ko"] if claimant else attribution
    made.confidence[key] = Confidence.NOT_ASSESSED if key == "5" else chance.choice(levels)
    made.ways[key] = [sources[source]["title"] for source in way]
    made.figures[key] = [
        (chance.choice(list(FigureKind)), Decimal(chance.randint(1, 10**9)) / 1000, unit)
        for unit in (word(chance, "ko") for _ in range(chance.randint(0, 3)))
    ]
    made.editions[key] = editions
    return Row(
        key,
        made.confidence[key],
        texts={
            "en": {"statement": text["en"]},
            "ko": {"statement": text["ko"], "attribution": attribution, "reason": "이유"},
        },
        cites=(Cited(way[0], relays=tuple(way[1:])),),
        claimant=claimant,
        topics=("t",),
        figures=tuple(
            {
                "kind": kind,
                "labels": {"ko": "값"},
                "value": value,
                "units": {"ko": unit},
                "bound": Bound.ABOUT,
                "as_of": date(2024, 5, 1),
                "as_of_precision": Precision.MONTH,
            }
            for kind, value, unit in made.figures[key]
        ),
        rebuts=tuple(
            dossier.Edge(target, ground, Opposer.US)
            for attacker, ground, target in made.edges
            if attacker == key
        ),
        revisions=(Revision(ChangeKind.UPDATE, revised),) if editions == 2 else (),
    )


@BOTH_SIDES
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_an_invented_dossier_is_published_as_it_was_invented(seed):
    made = invent(seed)
    loaded = load(made.dossier)
    assert loaded.seen.keys() == {str(number) for number in range(12)}
    assert unseen(loaded) == []
    wanted = standings(
        loaded.seen,
        [Edge(a, t, ground, made.confidence[a]) for a, ground, t in made.edges],
    )
    assert set(wanted.values()) == set(Standing)  # the control: each of them occurs
    for key, found in loaded.seen.items():
        document = found.document
        (cited,) = document["citations"]
        assert {code: text["statement"] for code, text in document["texts"].items()} == (
            made.said[key]
        )
        who = named(document["claimant"], "ko") or document["texts"]["ko"]["attribution"]
        assert who == made.who[key]
        assert [work["title"] for work in (cited["source"], *cited["relays"])] == made.ways[key]
        assert [
            (figure["kind"], Decimal(figure["value"]), figure["units"]["ko"])
            for figure in document["figures"]
        ] == made.figures[key]
        assert document["confidence"] == made.confidence[key]
        assert found.edges == {(t, ground, "us") for a, ground, t in made.edges if a == key}
        assert len(found.kinds) == found.asserted_since == made.editions[key]
        assert found.standing == wanted[key]
