"""What each public address costs: a fixed number of questions to the database, whether there is one
of everything or eleven. The table has a row for every address that the URL resolver knows."""

import re
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, resolve
from django.utils import translation

from claims import actions
from claims.actions.claims import PARTS
from claims.models import Party, Source
from claims.public import records
from tests.attack.test_leaks import patterns
from tests.newsroom import Newsroom
from tests.tips import a_tip

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public", "tips"])

# On a page, one of them is the footer's: which pages the site has.
TAGS = ("de", "fr", "es", "ja", "zh", "ar", "ru", "pt", "it", "pl", "nl", "sv", "da")
COSTS: dict[str, tuple[int, ...]] = {
    "api:claim_detail": (5,),
    "api:claim_list": (4,),
    "api:edition_detail": (5,),
    "api:openapi": (0,),
    "public:card": (4,),
    "public:changes": (3,),
    "public:cite": (2,),
    "public:cite_bibtex": (1,),
    "public:cite_csl": (1,),
    "public:claim_data": (5,),
    "public:claim_detail": (7,),
    "public:claim_feed": (4,),
    "public:claim_list": (5, 9),  # narrowed: what each of four records is called
    "public:corrections": (2, 4, 5),  # withdrawals alone, corrections alone, all
    "public:corrections_feed": (5,),
    "public:edition_cite": (2,),
    "public:edition_cite_bibtex": (1,),
    "public:edition_cite_csl": (1,),
    "public:edition_detail": (7,),
    "public:edition_document": (1,),
    "public:embed": (5,),
    "public:feed": (4,),
    "public:home": (10,),
    "public:method": (1,),
    "public:new_tip": (1,),
    "public:party_detail": (10,),
    "public:party_feed": (5,),
    "public:party_list": (2,),
    "public:picture": (5,),
    "public:search": (7, 11),  # narrowed, as above
    "public:site_page": (2,),
    "public:source_detail": (9,),
    "public:source_list": (2,),
    "public:timemap": (1,),
    "public:tip": (2,),
    "public:tip_thanks": (2,),
    "public:topic_detail": (6,),
    "public:topic_feed": (5,),
    "public:topic_list": (2,),
    "site:claimreview_feed": (2,),
    "site:oembed": (4,),
    "site:robots": (0,),
    "site:sitemap": (3,),
    "site:sitemap_claims": (1,),
    "site:sitemap_news": (1,),
    "site:sitemap_shelves": (1,),
}
# What does not get longer when there is more of everything: one edition, the strongest rebuttal,
# ten thousand claims.
SHOW_NO_MORE = {
    "api:openapi",
    "public:edition_cite_bibtex",
    "public:edition_cite_csl",
    "public:edition_document",
    "public:picture",
    "site:robots",
}
# Parted by letters of ids, which are drawn by chance.
BY_CHANCE = {"site:sitemap", "site:sitemap_shelves"}


class Full:
    """A newsroom with some of everything: around one claim, and as many claims beside it."""

    def __init__(self, room: Newsroom) -> None:
        self.room = room
        self.party, self.topic = room.party("A house"), room.topic("A topic")
        self.source = room.source("A report", publisher=self.party)
        self.number = self.pages = 0
        self.target = room.published("Usage is rising")
        self.claim = room.rebuttal(self.target, "Usage is falling", **self.parts())
        room.publish(self.claim)
        self.rebuttal = room.rebuttal(self.claim, "The first rebuttal")
        room.publish(self.rebuttal)

    def parts(self) -> dict:
        """What a claim has, that mentions the one topic, party and source."""
        return {
            "fields": {"claimant": self.party, "verdict": "half_true"},
            "texts": {"ko": {"statement": "줄고 있다", "unknowns": "모른다"}},
            "topics": [self.topic],
            "citations": [self.citation(self.source)],
            "figures": [self.figure()],
            "wordings": [{"language": "en", "text": "Or so"}],
            "replies": [self.reply(self.party)],
        }

    def citation(self, source: Source) -> dict:
        self.number += 1
        relayed = self.room.source(f"Relayed {self.number}", publisher=self.party)
        return {"source": source, "quotation": "as quoted", "relays": [relayed]}

    def figure(self) -> dict:
        self.number += 1
        labels, units = {"en": f"Figure {self.number}"}, {"en": "people"}
        return {"labels": labels, "value": Decimal(self.number), "units": units}

    @staticmethod
    def reply(party: Party) -> dict:
        return {"party": party, "asked_on": date(2025, 7, 1), "channel": "email"}

    def add(self) -> None:
        """One more of everything."""
        self.number += 1
        number, room = self.number, self.room
        beside = room.published(f"Beside it {number}", **self.parts())
        room.publish(room.rebuttal(beside, f"Against what is beside it {number}"))
        room.publish(room.revise(beside, statement=f"Beside it, corrected {number}"))
        taken = room.published(f"Taken back {number}", **self.parts())
        room.withdraw(taken)
        room.publish(
            room.rebuttal(self.claim, f"A rebuttal {number}", confidence="moderate"),
            room.rebuttal(self.rebuttal, f"A reply {number}"),
        )
        self.pages += 1
        for language, title in (("en", f"Page {number}"), ("ko", f"쪽 {number}")):
            room.site_page(f"page-{self.pages}", language, title=title)
        a_tip(self.claim, contact="who@example.org")
        actions.comment(self.claim.pk, actor=room.reporter, text=f"Word {number}")
        self.edit(number)

    def edit(self, number: int) -> None:
        """A new edition of the claim, with one more of all that it has."""
        room, claim = self.room, self.claim
        claim.refresh_from_db()
        more = {
            "citations": self.citation(room.source(f"Report {number}")),
            "figures": self.figure(),
            "wordings": {"language": "en", "text": f"Or {number}"},
            "replies": self.reply(room.party(f"Asked {number}")),
            "rebuts": {
                "target": room.published(f"Target {number}"),
                "ground": "rebut",
                "opposer": "us",
            },
        }
        kept = {
            name: [
                {"id": row.pk}
                for row in PARTS[name].model.objects.filter(**{PARTS[name].owner: claim})
            ]
            for name in more
        }
        texts = {"statement": f"Usage fell {number}", "change_note": f"Note {number}"}
        actions.edit(
            claim.pk,
            actor=room.reporter,
            version=claim.version,
            fields={"change_kind": "correction"},
            texts={"en": texts, TAGS[number % len(TAGS)]: {"statement": f"In {number}"}},
            topics=[*claim.topics.all(), room.topic(f"Topic {number}")],
            **{name: [*kept[name], row] for name, row in more.items()},
        )
        room.publish(claim)

    def addresses(self) -> dict[str, list[str]]:
        """By the name of each address, what stands for it: in both languages, with each form."""
        known = {
            "claim": [self.claim.public_id],
            "number": ["1", "2"],
            "topic": [self.topic.public_id],
            "party": [self.party.public_id],
            "source": [self.source.public_id],
            "form": ["atom", "json"],
            "bucket": ["0"],
            "letter": [self.topic.public_id[0]],
            "address": ["page-1"],
        }
        with translation.override("en"):
            routes = [*patterns(get_resolver())]
        found: dict[str, list[str]] = {}
        for route, _pattern in routes:
            if route.startswith(("admin/", "accounts/")):
                continue
            for path in filled(f"/{route}", known):
                languages = (
                    (path, path.replace("/en/", "/ko/", 1)) if route[:3] == "en/" else (path,)
                )
                name = resolve(path).view_name
                found.setdefault(name, []).extend(
                    f"{each}?{query}" for each in languages for query in self.queries(name)
                )
        return found

    def queries(self, name: str) -> list[str]:
        """What is asked for with an address: the least, and all filters together."""
        topic, party, source = (one.public_id for one in (self.topic, self.party, self.source))
        filters = {
            "topic": topic,
            "claimant": party,
            "publisher": party,
            "source": source,
            "confidence": "low",
            "original_language": "en",
        }
        page = f"http://testserver/en/claims/{self.claim.public_id}/"
        return {
            "public:claim_list": ["", "all=1", urlencode(filters)],
            "public:search": ["q=usage", urlencode({"q": "beside", **filters})],
            "public:changes": ["", "from=1&to=2"],
            "public:corrections": ["", "kind=correction", "kind=withdrawal"],
            "public:tip_thanks": [f"claim={self.claim.public_id}"],
            "site:oembed": [urlencode({"url": page, "format": each}) for each in ("json", "xml")],
            "api:claim_list": ["", "all=1", urlencode(filters), "language=ko"],
        }.get(name, [""])


def filled(path: str, known: dict[str, list[str]]) -> list[str]:
    """An address with each value in place of each of its parts."""
    part = re.search(r"<\w+:(\w+)>", path)
    if part is None:
        return [path]
    assert part[1] in known, f"teach this test what stands for {part[1]} in {path}"
    return [one for value in known[part[1]] for one in filled(path.replace(part[0], value), known)]


def measured(addresses: dict[str, list[str]]) -> dict[str, dict[str, tuple[int, int]]]:
    """The questions that each address asks, and the length of its answer. The first answer of a
    connection asks more: each is asked for twice."""
    client, found = Client(), {}
    for name, paths in addresses.items():
        for path in paths:
            client.get(path)
            with (
                CaptureQueriesContext(connections["public"]) as asked,
                CaptureQueriesContext(connections["default"]) as newsroom,
                CaptureQueriesContext(connections["tips"]) as tips,
            ):
                response = client.get(path)
            assert response.status_code == 200, path
            assert not [*newsroom, *tips], path
            found.setdefault(name, {})[path] = (len(asked), len(response.content))
    return found


def test_every_address_asks_as_often_for_eleven_of_everything_as_for_one(
    newsroom_live, settings, monkeypatch
):
    settings.VERDICT_SCALE = "snu"
    full = Full(newsroom_live)
    full.add()
    addresses = full.addresses()
    one = measured(addresses)
    for _more in range(10):
        full.add()
    eleven = measured(addresses)
    assert costs(one) == costs(eleven) == COSTS
    shorter = {
        name
        for name, answers in eleven.items()
        for path, (_asked, length) in answers.items()
        if length <= one[name][path][1]
    }
    assert shorter - BY_CHANCE == SHOW_NO_MORE  # all others show that there is more of something
    # The control: a question for each edition that is shown.
    monkeypatch.setattr(records, "edition_of", asking_once_more(records.edition_of))
    lists = {"public:claim_list": addresses["public:claim_list"]}
    assert max(costs(measured(lists))["public:claim_list"]) > 11


def costs(measured: dict[str, dict[str, tuple[int, int]]]) -> dict[str, tuple[int, ...]]:
    return {
        name: tuple(sorted({asked for asked, _length in answers.values()}))
        for name, answers in measured.items()
    }


def asking_once_more(read):
    def careless(row):
        with connections["public"].cursor() as cursor:
            cursor.execute("SELECT 1")
        return read(row)

    return careless
