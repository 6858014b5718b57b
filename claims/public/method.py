"""The page on our method: what each word on the pages means, from the definitions in the code."""

from collections.abc import Sequence
from dataclasses import dataclass

from claims.choices import (
    ChangeKind,
    Confidence,
    Ground,
    Opposer,
    Standing,
    Verdict,
    VerdictScale,
)


@dataclass(frozen=True)
class Term:
    """A word of one of our vocabularies and what we mean by it."""

    value: str
    label: str
    meaning: str


@dataclass(frozen=True)
class ConfidenceTerm(Term):
    confidence: Confidence
    plainly: str


@dataclass(frozen=True)
class GroundTerm(Term):
    is_attack: bool


@dataclass(frozen=True)
class Method:
    confidences: Sequence[ConfidenceTerm]
    standings: Sequence[Term]
    grounds: Sequence[GroundTerm]
    opposers: Sequence[Term]
    scale: VerdictScale | None
    verdicts: Sequence[Term]
    changes: Sequence[Term]


def method(scale: str) -> Method:
    """`scale` is the setting: on which scale this newsroom rates claims, or "none"."""
    chosen = VerdictScale(scale) if scale in VerdictScale.values else None
    return Method(
        confidences=[
            ConfidenceTerm(each, str(each.label), str(each.explanation), each, str(each.meaning))
            for each in Confidence
        ],
        standings=[Term(each, str(each.label), str(each.meaning)) for each in Standing],
        grounds=[
            GroundTerm(each, str(each.label), str(each.meaning), each.is_attack) for each in Ground
        ],
        opposers=[Term(each, str(each.label), str(each.meaning)) for each in Opposer],
        scale=chosen,
        verdicts=[_verdict(each) for each in chosen.verdicts] if chosen else [],
        changes=[Term(each, str(each.label), str(each.explanation)) for each in ChangeKind],
    )


def _verdict(verdict: Verdict) -> Term:
    return Term(verdict, str(verdict.label), str(verdict.meaning))
