"""An invented newsroom: how many there are of what, and its claims with the moments of their
editions and the rebuttals in each, before anything is written. Pure; `planning` makes one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from claims.choices import ChangeKind, Confidence, Ground, Opposer, Role
from claims.models.fields import ALPHABET

SPAN = timedelta(days=3650)
# An edition is made, then the decision that opens it.
DECIDED = timedelta(milliseconds=2)
PEOPLE = {Role.REPORTER: 12, Role.EDITOR: 6, Role.PUBLISHER: 3}
TOPICS = 50


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
