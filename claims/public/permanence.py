"""An edition stays what it was, at its own address: how that is said to programs. Pure.

Memento (RFC 7089) for the moment and the time map, RFC 5829 for the way from version to version,
`cite-as` (RFC 8574) for the address to quote. Windows still decide what answers.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin

from django.urls import reverse
from django.utils.http import http_date

from .records import Edition

LINK_FORMAT = "application/link-format"


@dataclass(frozen=True)
class Link:
    """One member of a `Link` header or of a time map."""

    address: str
    relation: str
    type: str = ""
    datetime: str = ""

    def __str__(self) -> str:
        known = (("rel", self.relation), ("type", self.type), ("datetime", self.datetime))
        given = "".join(f'; {name}="{value}"' for name, value in known if value)
        return f"<{self.address}>{given}"


@dataclass(frozen=True)
class Places:
    """Where a claim's addresses are, in the language that is active."""

    root: str
    claim: str

    def of(self, name: str, *more: int) -> str:
        return urljoin(self.root, reverse(f"public:{name}", args=[self.claim, *more]))

    def edition(self, edition: Edition, relation: str) -> Link:
        return Link(self.of("edition_detail", edition.number), relation)

    def memento(self, edition: Edition, relation: str) -> Link:
        address = self.of("edition_detail", edition.number)
        return Link(address, relation, datetime=moment(edition))

    def timemap(self, relation: str) -> Link:
        return Link(self.of("timemap"), relation, type=LINK_FORMAT)


def moment(edition: Edition) -> str:
    """When readers first saw it, as HTTP writes moments."""
    return http_date(edition.opened_at.timestamp())


def links_of_claim(places: Places, current: Edition) -> list[Link]:
    """On a claim's page: the edition that it shows now, and the address under which to cite it."""
    return [
        places.memento(current, "memento"),
        places.edition(current, "cite-as"),
        places.timemap("timemap"),
        Link(places.of("claim_data"), "describedby", type="application/ld+json"),
    ]


def links_of_edition(places: Places, edition: Edition, editions: Sequence[Edition]) -> list[Link]:
    """At an edition's own address; `editions` are the readable ones, newest first."""
    older = [one for one in editions if one.number < edition.number]
    newer = [one for one in editions if one.number > edition.number]
    links = [
        Link(places.of("claim_detail"), "original latest-version"),
        places.timemap("timemap"),
        places.edition(edition, "cite-as"),
        Link(places.of("edition_document", edition.number), "describedby", type="application/json"),
    ]
    if older:
        links.append(places.edition(older[0], "predecessor-version"))
    if newer:
        links.append(places.edition(newer[-1], "successor-version"))
    return links


def header(links: Sequence[Link]) -> str:
    return ", ".join(map(str, links))


def timemap(places: Places, editions: Sequence[Edition]) -> str:
    """All readable editions of a claim, oldest first; `editions` are newest first."""
    ordered = list(reversed(editions))
    links = [Link(places.of("claim_detail"), "original"), places.timemap("self")]
    for edition in ordered:
        place = ["first"] if edition == ordered[0] else []
        place += ["last"] if edition == ordered[-1] else []
        links.append(places.memento(edition, " ".join([*place, "memento"])))
    return ",\n".join(map(str, links)) + "\n"


def repr_digest(document_digest: str) -> str:
    """A document's digest as RFC 9530 writes it."""
    return f"sha-256=:{base64.b64encode(bytes.fromhex(document_digest)).decode()}:"
