"""What the claims of an invented newsroom say, cite and count, edition by edition. Pure."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from claims.choices import (
    Bound,
    ChangeKind,
    Channel,
    FigureKind,
    Outcome,
    PartyKind,
    Precision,
    SourceKind,
    Stance,
    VerdictScale,
)

from .chance import Weighted, skewed
from .newsroom import Edition, Plan, public_id
from .words import Vocabulary

LANGUAGES = ("en", "ko")
CITATIONS = Weighted({1: 10, 2: 22, 3: 36, 4: 22, 5: 10})  # 3 in the mean
TEXT_FIELDS = (
    "reason",
    "unknowns",
    "statement",
    "attribution",
    "change_note",
    "would_change",
    "reply_exception",
)
WITHDRAWN = {"en": "We withdrew this claim.", "ko": "이 주장을 거두었습니다."}
VERDICTS = VerdictScale.FIVE.verdicts


@dataclass(frozen=True, slots=True)
class Party:
    public_id: str
    kind: PartyKind
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Source:
    public_id: str
    title: str
    language: str
    kind: SourceKind
    publisher: int | None  # a party's index
    url: str
    published_on: date | None
    date_precision: str
    seen: bool


@dataclass(frozen=True, slots=True)
class Topic:
    public_id: str
    names: dict[str, str]


@dataclass(slots=True)
class Figure:
    kind: FigureKind
    labels: dict[str, str]
    hundredths: int
    bound: Bound
    units: dict[str, str]
    as_of: date
    as_of_precision: Precision

    @property
    def value(self) -> str:
        return decimal(self.hundredths, 100)


@dataclass(frozen=True, slots=True)
class Citation:
    source: int  # sources by index
    relays: tuple[int, ...]
    stance: Stance
    quotation: str
    locator: str
    route_given: bool


@dataclass(frozen=True, slots=True)
class Reply:
    party: int
    channel: Channel
    asked_on: date
    deadline: date
    outcome: Outcome
    answer: str
    answered_on: date | None
    answer_language: str


@dataclass(slots=True)
class Contents:
    """A working copy. Parties, sources and topics are indices, texts by language and field."""

    language: str
    texts: dict[str, dict[str, str]]
    claimant: int | None
    verdict: str
    citations: list[Citation]
    figures: list[Figure] = field(default_factory=list)
    stated_change: str | None = None
    wordings: list[tuple[str, str]] = field(default_factory=list)
    allegation: int | None = None
    replies: list[Reply] = field(default_factory=list)
    review_by: date | None = None
    asserted_since: int = 1  # the edition in which statement or figures last changed


def decimal(number: int, one: int) -> str:
    """A number of such parts as a decimal without needless zeros: 8110 hundredths are 81.1."""
    sign, (whole, rest) = "-" * (number < 0), divmod(abs(number), one)
    fraction = f"{rest:0{len(str(one)) - 1}}".rstrip("0")
    return f"{sign}{whole}.{fraction}" if fraction else f"{sign}{whole}"


class Writer:
    """Invents shared records at once, then the contents of claims as they come."""

    def __init__(self, plan: Plan) -> None:
        self.rng = Random(f"writing {plan.seed}")  # noqa: S311 - no secret
        self.words = Vocabulary(plan.seed)
        self.plan = plan
        self.topics = [
            Topic(public_id(self.rng), self.words.label(self.rng)) for _ in range(plan.topics)
        ]
        self.parties = [self.party() for _ in range(plan.parties)]
        self.sources = [self.source() for _ in range(plan.sources)]

    def party(self) -> Party:
        if self.rng.random() < 0.3:
            return Party(public_id(self.rng), PartyKind.PERSON, self.words.person(self.rng))
        return Party(public_id(self.rng), PartyKind.ORGANISATION, self.words.organisation(self.rng))

    def source(self) -> Source:
        rng, name = self.rng, public_id(self.rng)
        language, dated = rng.choice(LANGUAGES), rng.random() < 0.9
        published = self.plan.end.date() - timedelta(days=rng.randrange(3650))
        return Source(
            name,
            self.words.sentence(rng, language, rng.randrange(25, 90)),
            language,
            rng.choice(list(SourceKind)),
            skewed(rng, self.plan.parties) if rng.random() < 0.9 else None,
            f"https://example.org/{language}/{name}" if rng.random() < 0.8 else "",
            published if dated else None,
            rng.choice(list(Precision)).value if dated else "",
            rng.random() < 0.8,
        )

    def first(self, edition: Edition) -> Contents:
        """What the first edition of a claim holds."""
        rng = self.rng
        language = rng.choice(LANGUAGES)
        made_on = edition.made_at.date()
        languages = LANGUAGES if rng.random() < 1 / 3 else (language,)
        claimant = skewed(rng, self.plan.parties) if rng.random() < 0.75 else None
        written = Contents(
            language,
            {one: self.text(one, is_named=claimant is not None) for one in languages},
            claimant,
            verdict=rng.choice(VERDICTS).value if rng.random() < 0.1 else "",
            citations=[self.citation() for _ in range(CITATIONS.draw(rng))],
        )
        if rng.random() < 0.2:
            self.count(written, made_on)
        if rng.random() < 0.15:
            written.wordings.append((language, self.statement(language)))
        if rng.random() < 0.01:
            self.ask(written, made_on)
        if rng.random() < 0.4:
            written.review_by = made_on + timedelta(days=91)
        return written

    def text(self, language: str, *, is_named: bool) -> dict[str, str]:
        rng, words = self.rng, self.words
        text = dict.fromkeys(TEXT_FIELDS, "")
        text["reason"] = words.prose(rng, language, rng.choice((1, 1, 2)))
        text["statement"] = self.statement(language)
        if not is_named:
            text["attribution"] = words.sentence(rng, language, 20)
        if rng.random() < 0.4:
            text["unknowns"] = words.prose(rng, language, 1)
        if rng.random() < 0.3:
            text["would_change"] = words.prose(rng, language, 1)
        return text

    def statement(self, language: str) -> str:
        return self.words.sentence(self.rng, language, int(self.rng.triangular(20, 190, 60)))

    def citation(self) -> Citation:
        rng = self.rng
        count = rng.choice((1, 1, 2, 3)) if rng.random() < 1 / 3 else 0
        chain: dict[int, None] = {}
        while len(chain) <= count:  # no source twice
            chain[skewed(rng, self.plan.sources)] = None
        source, *relays = chain
        language = self.sources[source].language
        return Citation(
            source,
            tuple(relays),
            Stance.AGAINST if rng.random() < 0.15 else Stance.FOR,
            self.words.sentence(rng, language, rng.randrange(20, 80)),
            f"p. {rng.randrange(1, 200)}" if rng.random() < 0.5 else "",
            rng.random() < 0.9,
        )

    def count(self, written: Contents, day: date) -> None:
        """Two measured values, and mostly the change between them as the claim states it."""
        rng = self.rng
        kind = rng.choice(list(FigureKind))
        unit = self.words.label(rng) if kind is FigureKind.AMOUNT else {}
        most = 10_000 if kind is FigureKind.SHARE else 1_000_000
        for months in (6, 1):
            written.figures.append(
                Figure(
                    kind,
                    self.words.label(rng),
                    rng.randrange(100, most),
                    rng.choice(list(Bound)),
                    unit,
                    day - timedelta(days=30 * months),
                    Precision.MONTH,
                )
            )
        if rng.random() < 0.7:
            self.state_change(written)

    @staticmethod
    def state_change(written: Contents) -> None:
        first, last = written.figures[0].hundredths, written.figures[-1].hundredths
        written.stated_change = decimal(round((last - first) * 1000 / first), 10)

    def ask(self, written: Contents, day: date) -> None:
        """The claim faults somebody, who was asked and answered or did not."""
        rng, language = self.rng, written.language
        written.allegation = skewed(rng, self.plan.parties)
        if rng.random() < 0.2:
            for one, text in written.texts.items():
                text["reply_exception"] = self.words.prose(rng, one, 1)
            return
        asked = day - timedelta(days=rng.randrange(5, 20))
        outcome = rng.choice((Outcome.ANSWERED, Outcome.NO_ANSWER))
        answered = outcome is Outcome.ANSWERED
        written.replies.append(
            Reply(
                written.allegation,
                rng.choice(list(Channel)),
                asked,
                asked + timedelta(days=4),
                outcome,
                self.words.prose(rng, language, 1) if answered else "",
                asked + timedelta(days=2) if answered else None,
                language,
            )
        )

    def revise(self, written: Contents, edition: Edition) -> None:
        """Make of one edition's contents the next one's, as its kind says."""
        rng, kind = self.rng, edition.kind
        if kind is ChangeKind.CORRECTION:
            for language, text in written.texts.items():
                text["statement"] = self.statement(language)
            written.asserted_since = edition.number
        elif kind is ChangeKind.UPDATE and written.figures:
            written.figures[-1].hundredths += rng.randrange(1, 50)
            if written.stated_change is not None:
                self.state_change(written)
            written.asserted_since = edition.number
        elif kind is ChangeKind.UPDATE:
            written.citations.append(self.citation())
        elif kind is ChangeKind.CLARIFICATION:
            written.wordings.append((written.language, self.statement(written.language)))
        for language, text in written.texts.items():
            # Also what a minor change polishes: it asserts nothing.
            text["reason"] = self.words.prose(rng, language, rng.choice((1, 2)))
        if written.review_by and kind is not ChangeKind.MINOR:
            written.review_by = edition.made_at.date() + timedelta(days=91)

    def note(self, written: Contents) -> dict[str, str]:
        """What a later edition tells readers of its change, by language."""
        return {language: self.words.prose(self.rng, language, 1) for language in written.texts}
