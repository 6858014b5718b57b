"""What the pages say, as schema.org says it: for programs that read no sentences. Pure.

A `ClaimReview` is an export for fact-check tools and follows their rules: one for each claim, only
where the newsroom gave a verdict, and only where somebody else said it. The number in it is the
verdict's step on its scale; confidence is never a number here. How claims bear on each other has no
word in schema.org; the graph says it with CiTO and our own terms. Nothing stands here that the page
or the edition's document does not show.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import dropwhile
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import reverse
from django.utils.safestring import SafeString

from claims.choices import ChangeKind, Ground, PartyKind, SourceKind, Stance, Verdict

from .evidence import voice_of, web_address
from .pages import ClaimPage, verdict_of
from .rebuttals import ClaimCard, Objection, RebuttalNode, card_of
from .records import Edition
from .wording import Attribution, Document, Wording, text_of

SCHEMA = "https://schema.org"
CITO = "http://purl.org/spar/cito/"
# In the order of `Verdict`, worst first: the first step is 1. *Withheld* is no step.
STEPS = [verdict for verdict in Verdict if verdict is not Verdict.WITHHELD]
ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
WORKS = {
    SourceKind.ARTICLE: "NewsArticle",
    SourceKind.BROADCAST: "Clip",
    SourceKind.REPORT: "Report",
    SourceKind.DATASET: "Dataset",
    SourceKind.DOCUMENT: "DigitalDocument",
    SourceKind.POST: "SocialMediaPosting",
}

Node = dict[str, Any]


@dataclass(frozen=True)
class Site:
    """Whose pages these are, and where: `root` is the address that all others begin with."""

    name: str
    root: str

    def page(self, claim: str) -> str:
        """A claim's page in the language that is active."""
        return urljoin(self.root, reverse("public:claim_detail", args=[claim]))

    def statement(self, claim: str) -> str:
        """The claim itself, the same in every language; asked for, it leads to its page."""
        return urljoin(self.root, f"claims/{claim}#claim")

    @property
    def terms(self) -> str:
        """What our own terms begin with: each is explained at its place on the page of our method,
        to which this address leads in the reader's language."""
        return f"{self.root}method/#"

    @property
    def publisher(self) -> Node:
        return {
            "@type": "NewsMediaOrganization",
            "@id": urljoin(self.root, "#publisher"),
            "name": self.name,
            "url": self.root,
        }

    def is_ours(self, source: Mapping[str, Any]) -> bool:
        """Whether we published this work ourselves."""
        names = (source["publisher"] or {}).get("names", {}).values()
        if any(name.casefold() == self.name.casefold() for name in names):
            return True
        address = web_address(source["url"])
        return bool(address) and urlsplit(address).hostname == urlsplit(self.root).hostname


def script(data: Node) -> SafeString:
    """A data block for a page's head. Browsers never run it, and no text in it can end it."""
    text = json.dumps(data, ensure_ascii=False).translate(ESCAPES)
    return SafeString(f'<script type="application/ld+json">{text}</script>')


def claim_review(edition: Edition, first: datetime, site: Site, reader: str) -> Node | None:
    """The flat review of a current edition; `first` is when the claim was first opened to readers.

    None where there is no verdict, or nobody but us who said it.
    """
    document = edition.document
    verdict = verdict_of(document)
    appearances = appearances_of(document, site, reader)
    card = card_of(edition, reader)
    if not (verdict and appearances and card.statement.text):
        return None
    address = site.page(edition.claim)
    return {
        "@context": SCHEMA,
        "@type": "ClaimReview",
        "@id": f"{address}#review",
        "url": address,
        "inLanguage": reader,
        "datePublished": first.isoformat(),
        "dateModified": edition.opened_at.isoformat(),
        "version": str(edition.number),
        "claimReviewed": card.statement.text,
        "author": site.publisher,
        "reviewRating": rating(verdict.verdict, text_of(document, "reason", reader)),
        "itemReviewed": {
            **claim_node(card, site),
            "appearance": appearances,
            **first_appearance(document, site, reader),
        },
    }


def rating(verdict: Verdict, reason: Wording | None) -> Node:
    """The verdict in words and, where it is a step on the scale, as that step."""
    found: Node = {"@type": "Rating", "alternateName": str(verdict.label)}
    if verdict in STEPS:
        step = STEPS.index(verdict) + 1
        found |= {"ratingValue": step, "bestRating": len(STEPS), "worstRating": 1}
    if reason:
        found["ratingExplanation"] = reason.text
    return found


def claim_node(card: ClaimCard, site: Site) -> Node:
    """What is claimed, and by whom where that is somebody with a name."""
    node: Node = {
        "@type": "Claim",
        "@id": site.statement(card.claim),
        "url": site.page(card.claim),
        "text": card.statement.text,
        "inLanguage": card.statement.language,
    }
    author = author_of(card.attribution)
    return node | ({"author": author} if author else {})


def author_of(attribution: Attribution) -> Node | None:
    """Nobody for “critics”: who has no name is no author."""
    if not attribution.claimant:
        return None
    return named(attribution.names[0], attribution.claimant_kind)


def named(name: Wording, kind: str) -> Node:
    """A party as schema.org knows it."""
    is_person = kind == PartyKind.PERSON
    return {"@type": "Person" if is_person else "Organization", "name": name.text}


def cited(document: Document, stance: Stance) -> list[list[Mapping[str, Any]]]:
    """For each citation the work that is cited and those that it relays, the origin last."""
    return [
        [citation["source"], *citation.get("relays", ())]
        for citation in document["citations"]
        if citation["stance"] == stance
    ]


def appearances_of(document: Document, site: Site, reader: str) -> list[Node]:
    """Where others say it, each work with what it relays; nothing that is ours or nobody's."""
    found: dict[str, Node] = {}
    for works in cited(document, Stance.FOR):
        others = list(dropwhile(site.is_ours, works))
        if others and is_somewhere(others[0]):
            node = relaying(others, reader, is_cited=others[0] is works[0])
            found.setdefault(json.dumps(node, sort_keys=True), node)
    return list(found.values())


def is_somewhere(source: Mapping[str, Any]) -> bool:
    """Whether it can be told who published a work, or where it is."""
    return bool(source["publisher"] or web_address(source["url"]))


def first_appearance(document: Document, site: Site, reader: str) -> Node:
    """The origin, where all that speaks for the claim comes from one, and that is not us."""
    ways = cited(document, Stance.FOR)
    origins = {works[-1]["id"]: works[-1] for works in ways}
    cited_works = [works[0] for works in ways]
    if len(origins) != 1:
        return {}
    origin = next(iter(origins.values()))
    if site.is_ours(origin) or not is_somewhere(origin):
        return {}
    return {"firstAppearance": work(origin, reader, is_cited=origin in cited_works)}


def relaying(works: Sequence[Mapping[str, Any]], reader: str, *, is_cited: bool) -> Node:
    """A work that is based on the next, and that on the next after it."""
    node = work(works[0], reader, is_cited=is_cited)
    if works[1:]:
        node["isBasedOn"] = relaying(works[1:], reader, is_cited=False)
    return node


def work(source: Mapping[str, Any], reader: str, *, is_cited: bool) -> Node:
    """A work as the page names it: cited ones with title and date, relayed ones by their voice."""
    node: Node = {"@type": WORKS.get(SourceKind(source["kind"]), "CreativeWork")}
    if is_cited or not source["publisher"]:
        node |= {"name": source["title"], "inLanguage": source["language"]}
    if source["publisher"]:
        node["publisher"] = named(voice_of(source, reader), source["publisher"]["kind"])
    if address := web_address(source["url"]):
        node["url"] = address
    if is_cited and source["published_on"]:
        length = {"year": 4, "month": 7}.get(source["date_precision"], 10)
        node["datePublished"] = source["published_on"][:length]
    return node


# --- The graph: the claim amid what is said against it --------------------------------------------


def graph(page: ClaimPage, site: Site, reader: str) -> Node:
    """The page, its claim, what it rests on, what it rebuts and what rebuts it."""
    claims = {page.edition.claim: claim_of(page, site, reader)}
    for target in page.targets:
        claims.setdefault(target.card.claim, claim_node(target.card, site))
        relate(claims[page.edition.claim], target.card.claim, (target.objection,), site)
    for node, rebutted in pairs(page.rebuttals, page.edition.claim):
        counterclaim = claims.setdefault(node.card.claim, claim_node(node.card, site))
        counterclaim["fc:confidence"] = str(node.card.confidence)
        relate(counterclaim, rebutted, node.objections, site)
    return {
        "@context": [SCHEMA, {"cito": CITO, "fc": site.terms}],
        "@graph": [site.publisher, web_page(page, site, reader), *claims.values()],
    }


def claim_of(page: ClaimPage, site: Site, reader: str) -> Node:
    """The claim of the page, with our confidence and its standing in our own terms."""
    document = page.edition.document
    node = claim_node(page.card, site)
    node["mainEntityOfPage"] = {"@id": site.page(page.edition.claim)}
    node["fc:confidence"] = str(page.card.confidence)
    node["fc:standing"] = str(page.standing)
    if appearances := appearances_of(document, site, reader):
        node["appearance"] = appearances
    node |= first_appearance(document, site, reader)
    against = {
        works[0]["id"]: relaying(works, reader, is_cited=True)
        for works in cited(document, Stance.AGAINST)
    }
    if against:
        node["citation"] = list(against.values())
    return node


def web_page(page: ClaimPage, site: Site, reader: str) -> Node:
    """The edition as a page: its number, its dates, and what it corrected."""
    address = site.page(page.edition.claim)
    corrections = [
        {
            "@type": "CorrectionComment",
            "text": line.note.text,
            "inLanguage": line.note.language,
            "datePublished": line.edition.opened_at.isoformat(),
        }
        for line in page.record
        if line.kind is ChangeKind.CORRECTION and line.note
    ]
    node: Node = {
        "@type": "WebPage",
        "@id": address,
        "url": address,
        "name": page.card.statement.text,
        "inLanguage": reader,
        "mainEntity": {"@id": site.statement(page.edition.claim)},
        "publisher": {"@id": site.publisher["@id"]},
        "version": str(page.edition.number),
        "datePublished": page.record[-1].edition.opened_at.isoformat(),
        "dateModified": page.edition.opened_at.isoformat(),
    }
    return node | ({"correction": corrections} if corrections else {})


def pairs(nodes: Iterable[RebuttalNode], target: str) -> Iterator[tuple[RebuttalNode, str]]:
    """Every counterclaim of the tree, with the claim that it is set against."""
    for node in nodes:
        yield node, target
        yield from pairs(node.replies, node.card.claim)


def relate(claim: Node, target: str, objections: Iterable[Objection], site: Site) -> None:
    """Says in the claim's node how it bears on another; twice the same is said once."""
    known = {"@id": site.statement(target)}
    for objection in objections:
        disputes = "cito:disputes" if objection.is_attack else "cito:qualifies"
        add(claim, "about", known)
        add(claim, disputes, known)
        if objection.is_attack:
            add(claim, "fc:attackType", str(Ground(objection.ground.code)))


def add(claim: Node, term: str, value: Any) -> None:
    values = claim.setdefault(term, [])
    if value not in values:
        values.append(value)


def download(page: ClaimPage, site: Site, reader: str) -> Node:
    """All of it in one document: the graph, with the review among its nodes where there is one."""
    found = graph(page, site, reader)
    review = review_of_page(page, site, reader)
    if review:
        found["@graph"].append({key: value for key, value in review.items() if key != "@context"})
    return found


def review_of_page(page: ClaimPage, site: Site, reader: str) -> Node | None:
    return claim_review(page.edition, page.record[-1].edition.opened_at, site, reader)


def feed_item(edition: Edition, first: datetime, site: Site, reader: str) -> Node | None:
    """A current edition in a `DataFeed`, as the fact-check tools read it: `item` is a list."""
    review = claim_review(edition, first, site, reader)
    if review is None:
        return None
    return {
        "@type": "DataFeedItem",
        "url": review["url"],
        "dateCreated": review["datePublished"],
        "dateModified": review["dateModified"],
        "item": [review],
    }


def data_feed(
    items: Sequence[Node], site: Site, address: str, modified: datetime | None, following: str
) -> Node:
    """One page of the feed; `following` is the address of the next, where there is one."""
    feed: Node = {
        "@context": SCHEMA,
        "@type": "DataFeed",
        "name": f"{site.name}: ClaimReview",
        "url": address,
        "publisher": site.publisher,
        "dataFeedElement": list(items),
    }
    if modified:
        feed["dateModified"] = modified.isoformat()
    return feed | ({"next": following} if following else {})


def scripts(page: ClaimPage, site: Site, reader: str) -> list[SafeString]:
    """The data blocks of a page: the flat review and the graph. None at an edition's own address
    and on further pages of rebuttals, where nothing is said that the claim's page does not say
    better."""
    if page.at_own_address or not page.edition.is_current or page.part.previous is not None:
        return []
    blocks = (review_of_page(page, site, reader), graph(page, site, reader))
    return [script(block) for block in blocks if block]
