"""A readers' site with something of everything, for tests that walk all of its pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import translation

from claims.models import Claim
from claims.public import records, urls
from tests.newsroom import Newsroom
from tests.rich_claim import rich_claim

LANGUAGES = ("en", "ko")
BROKEN = "zzzzzzzzzzzz"
ARABIC = {
    "statement": "أغلق الميناء أبوابه منذ ثلاثة أشهر",
    "attribution": "عمال الميناء",
    "reason": "مصدر واحد.",
}
# What the site's own pages may be written with.
WRITTEN = """## Who we are

We are *few*, and **careful**: [the method](/en/method/) says how.

- One
- Two

1. First
2. Second

### In short

> We were wrong before.

`code`, and more of it:

    a line that is as it is, and so long that a telephone has no room for it in one piece

---

The end."""


@dataclass(frozen=True)
class FullSite:
    """Claims by what is special about them, and what stands for each part of an address."""

    claims: Mapping[str, Claim]
    parts: Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """A page to look at: a kind of address, what is asked there, and the status of the answer."""

    name: str
    query: str = ""
    status: int = 200
    parts: Mapping[str, Any] = field(default_factory=dict)


def full_site(room: Newsroom) -> FullSite:
    """Needs the SNU scale."""
    rich = rich_claim(room)
    for language, title in (("en", "About us"), ("ko", "우리는")):
        room.site_page(language=language, title=title, text=WRITTEN)
    claims = {
        **{name: rich[name] for name in ("claim", "target", "rebuttal", "withdrawn", "suppressed")},
        "argued": argued(room),
        "due": room.published("Usage is falling", fields={"review_by": date(2025, 1, 1)}),
        "arabic": room.published(
            "The port is closed", fields={"language": "ar"}, texts={"ar": ARABIC}
        ),
    }
    parts = {
        "claim": rich["claim"].public_id,
        "number": 2,
        "topic": rich["topic"].public_id,
        "party": rich["publisher"].public_id,
        "source": rich["source"].public_id,
        "form": "atom",
        "address": "about",
    }
    return FullSite(claims, parts)


def argued(room: Newsroom) -> Claim:
    """Seven levels of replies, three editions, two standings, figures without a Korean label."""
    source = room.source("A report", url="https://example.org/a/report")
    made = last = room.published(
        "Usage fell to 3%",
        texts={"ko": {"statement": "이용률이 3%로 떨어졌다"}},
        citations=[{"source": source, "quotation": "as quoted"}],
        figures=[{"labels": {"en": f"Quarter {n}"}, "value": 9 - n} for n in range(2)],
    )
    for n in range(1, 8):
        reply = room.rebuttal(last, f"Level {n} says no", confidence="moderate")
        room.publish(reply)
        last = reply
    room.publish(room.revise(made, kind="update", note="Later.", statement="Usage fell to 2%"))
    room.publish(room.revise(made, note="Monthly.", statement="Monthly usage fell to 2%"))
    return made


def samples(site: FullSite) -> Iterator[Sample]:
    """Every kind of address in a language, and those that answer in more ways than one."""
    for pattern in urls.urlpatterns:
        names = set(pattern.pattern.converters)
        unknown = names - set(site.parts)
        assert not unknown, f"say in full_site what stands for {unknown} in {pattern.pattern}"
        assert pattern.name
        yield Sample(pattern.name)
    yield from (
        Sample("claim_list", "?standing=contested&confidence=moderate"),
        Sample("claim_list", "?all=1"),
        Sample("claim_list", "?topic=" + "2" * 12),
        Sample("claim_list", "?changed_since=yesterday", 400),
        Sample("claim_list", "?after=nowhere", 400),
        Sample("search", "?q=downloads"),
        Sample("search", "?q=nothingofthekind"),
        Sample("search", "?q=downloads&changed_since=yesterday", 400),
        Sample("corrections", "?kind=withdrawal"),
        Sample("corrections", "?kind=wrong", 400),
        Sample("topic_list", "?after=nowhere", 400),
        Sample("tip_thanks", f"?claim={site.parts['claim']}"),
    )
    for name in ("rebuttal", "target", "argued", "due", "arabic"):
        yield Sample("claim_detail", parts={"claim": site.claims[name].public_id})
    argument = {"claim": site.claims["argued"].public_id}
    yield Sample("edition_detail", parts={**argument, "number": 1})
    yield Sample("changes", "?from=1&to=3", parts=argument)
    for name in ("claim_detail", "card"):
        for state, status in (("withdrawn", 200), ("suppressed", 410)):
            gone = {"claim": site.claims[state].public_id}
            yield Sample(name, status=status, parts=gone)
        yield Sample(name, status=404, parts={"claim": "2" * 12})
        yield Sample(name, status=500, parts={"claim": BROKEN})


def address_of(site: FullSite, sample: Sample, language: str) -> str:
    names = {
        name
        for pattern in urls.urlpatterns
        if pattern.name == sample.name
        for name in pattern.pattern.converters
    }
    known = {**site.parts, **sample.parts}
    with translation.override(language):
        path = reverse(f"public:{sample.name}", kwargs={name: known[name] for name in names})
    return path + sample.query


def break_one(monkeypatch) -> None:
    """From now on asking for one claim goes wrong, which is answered with 500."""
    editions = records.editions

    def broken(claim: str, *args, **options):
        if claim == BROKEN:
            raise RuntimeError("as meant")
        return editions(claim, *args, **options)

    monkeypatch.setattr(records, "editions", broken)
