"""Invented words in English and Korean, and sentences made of them. Pure.

Words are drawn as in real texts: few of them often, most of them rarely. Korean nouns carry the
particle that goes with their last syllable. Nothing means anything, so nobody is named by accident.
"""

from collections.abc import Callable
from random import Random

from .chance import Pool, Weighted, zipf

WORDS = 4000  # of each language
LONGEST = 200  # characters of a sentence

ONSETS = [*"bcdfghjklmnprstvwz", "bl", "br", "dr", "fl", "gl", "gr", "pl", "pr", "sk", "st", "tr"]
VOWELS = [*"aeiou", "ai", "ea", "io", "ou"]
CODAS = ["", "", "", "l", "m", "n", "r", "s", "t", "nd", "rk", "st"]
VERBS = [
    "has lost",
    "has overtaken",
    "has reported",
    "is losing",
    "is replacing",
    "no longer counts",
    "plans to close",
    "raised",
    "will not publish",
    "withdrew",
    "has doubled",
    "now outnumbers",
    "never measured",
    "relies on",
]
LINKS = {
    "of the": 4,
    "in the": 3,
    "for the": 2,
    "and the": 2,
    "from": 1,
    "since the": 1,
    "despite the": 1,
    "among the": 1,
    "behind": 1,
}

# Syllables as Unicode composes them: 19 initials, 21 vowels, 28 finals (the first is none).
FIRST_SYLLABLE = 0xAC00
INITIALS = (0, 2, 3, 5, 6, 7, 9, 11, 12, 14, 15, 16, 17, 18)
MIDDLES = (0, 4, 8, 13, 18, 20, 1, 6, 12)
FINALS = (0, 0, 0, 0, 4, 8, 16, 21, 1, 17)
# After a syllable with a final consonant, and after one without.
PARTICLES = (("은", "는"), ("이", "가"), ("을", "를"), ("의", "의"), ("에서", "에서"), ("과", "와"))
TOPIC, SUBJECT, OBJECT, OF, AT, AND = range(len(PARTICLES))
PREDICATES = [
    "잃었다",
    "앞질렀다",
    "밝히지 않았다",
    "줄이고 있다",
    "늘렸다",
    "거두지 못했다",
    "다시 세었다",
    "공개했다",
    "두 배로 늘렸다",
    "넘어섰다",
    "집계하지 않는다",
    "믿지 않는다",
]
PARTICLES_BETWEEN = {OF: 4, AT: 2, AND: 2, SUBJECT: 1}

SURNAMES = {"Kim": "김", "Lee": "이", "Park": "박", "Choi": "최", "Jung": "정", "Yoon": "윤"}
BODIES = {
    "Institute": "연구소",
    "Daily": "일보",
    "Agency": "청",
    "Broadcasting": "방송",
    "University": "대학교",
    "Research": "리서치",
    "Foundation": "재단",
    "Review": "저널",
}


def syllable(initial: int, middle: int, final: int) -> str:
    return chr(FIRST_SYLLABLE + (initial * 21 + middle) * 28 + final)


def with_particle(noun: str, which: int) -> str:
    """The noun with one of PARTICLES, in the form that its last syllable asks for."""
    is_open = (ord(noun[-1]) - FIRST_SYLLABLE) % 28 == 0
    return noun + PARTICLES[which][is_open]


def english_word(rng: Random) -> str:
    parts = (rng.choice(ONSETS) + rng.choice(VOWELS) for _ in range(rng.choice((2, 2, 3))))
    return "".join(parts) + rng.choice(CODAS)


def korean_noun(rng: Random) -> str:
    return "".join(
        syllable(rng.choice(INITIALS), rng.choice(MIDDLES), rng.choice(FINALS))
        for _ in range(rng.choice((2, 2, 2, 3)))
    )


def distinct(rng: Random, invent: Callable[[Random], str]) -> list[str]:
    """So many words of a language, the more frequent first."""
    found: dict[str, None] = {}
    while len(found) < WORDS:
        found[invent(rng)] = None
    return list(found)


def with_particles(noun: str) -> tuple[str, ...]:
    return tuple(with_particle(noun, which) for which in range(len(PARTICLES)))


class Vocabulary:
    """The words of one corpus, made of its seed, and what is built of them."""

    def __init__(self, seed: int) -> None:
        rng = Random(f"words {seed}")  # noqa: S311 - no secret
        self.english = Pool(rng, zipf(distinct(rng, english_word)))
        self.links = Pool(rng, Weighted(LINKS))
        korean = [with_particles(noun) for noun in distinct(rng, korean_noun)]
        self.korean = Pool(rng, zipf(korean))
        self.between = Pool(rng, Weighted(PARTICLES_BETWEEN))

    def sentence(self, rng: Random, language: str, length: int) -> str:
        """About `length` characters, without a full stop; at least 20 and at most LONGEST."""
        words = self.in_korean(rng, length) if language == "ko" else self.in_english(rng, length)
        while len(text := " ".join(words)) > LONGEST:
            del words[5:7]  # a link and its noun
        return text

    def in_english(self, rng: Random, length: int) -> list[str]:
        first, second, *others = self.english.draw(rng, max(2, length // 13))
        words = ["The", first, rng.choice(VERBS), "the", second]
        for link_and_noun in zip(self.links.draw(rng, len(others)), others, strict=True):
            words += link_and_noun
        if rng.random() < 0.2:
            words.append(f"in {rng.randrange(2014, 2027)}")
        return words

    def in_korean(self, rng: Random, length: int) -> list[str]:
        first, *others, last = self.korean.draw(rng, max(5, length // 5))
        between = self.between.draw(rng, len(others))
        words = [first[TOPIC]]
        words += [noun[which] for noun, which in zip(others, between, strict=True)]
        words += (last[OBJECT], rng.choice(PREDICATES))
        return words

    def prose(self, rng: Random, language: str, sentences: int) -> str:
        return " ".join(
            self.sentence(rng, language, rng.randrange(25, 75)) + "." for _ in range(sentences)
        )

    def organisation(self, rng: Random) -> dict[str, str]:
        """A name in both languages."""
        body = rng.choice(list(BODIES))
        return {
            "en": f"{english_word(rng).title()} {body}",
            "ko": f"{korean_noun(rng)} {BODIES[body]}",
        }

    def person(self, rng: Random) -> dict[str, str]:
        surname = rng.choice(list(SURNAMES))
        return {
            "en": f"{english_word(rng).title()} {surname}",
            "ko": f"{SURNAMES[surname]}{korean_noun(rng)[:2]}",
        }

    def label(self, rng: Random) -> dict[str, str]:
        """Two nouns in both languages."""
        first, second = self.english.draw(rng, 2)
        whose, what = self.korean.draw(rng, 2)
        return {"en": f"{first.title()} {second}", "ko": f"{whose[OF]} {what[OF][:-1]}"}
