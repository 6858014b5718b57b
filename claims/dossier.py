"""Loading a dossier, a newsroom's record written down as data, through the actions.

A dossier names its parties, topics, sources and rows by keys of its own. `dossier_rows` holds the
demonstration's; the tests load others.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.contrib.auth.models import Group
from django.db import transaction

from claims import actions, document
from claims.choices import ChangeKind, Confidence, Ground, MailKind, Opposer, PartyKind, Role, State
from claims.models import Claim, Party, Source, Topic, User

PASSWORD = "counterclaim-demo"  # noqa: S105 - printed at the start, served on loopback only
PEOPLE = (
    ("reporter", Role.REPORTER, "Mina", "Park"),
    ("editor", Role.EDITOR, "Jonas", "Weber"),
    ("publisher", Role.PUBLISHER, "Sora", "Kim"),
    ("admin", Role.ADMIN, "Amina", "Diallo"),
)

Names = Mapping[str, str]  # by language
Text = Mapping[str, str]  # the fields of a claim's text in one language


class Named(NamedTuple):
    """A party: what it is, and what it is called."""

    kind: PartyKind
    names: Names


@dataclass(frozen=True)
class Cited:
    """A place in a source. `relays` lead from the next hand to the origin."""

    source: str
    relays: tuple[str, ...] = ()
    quotation: str = ""
    locator: str = ""
    route_given: bool = True


class Edge(NamedTuple):
    """What a row says against another, or adds to it; the other may come later."""

    target: str
    ground: Ground
    opposer: Opposer


@dataclass(frozen=True)
class Revision:
    """A further edition: what kind of change it is and, by language, the texts that change."""

    kind: ChangeKind
    texts: Mapping[str, Text]


@dataclass(frozen=True)
class Row:
    """One claim with all that belongs to it.

    `fields` and `figures` are those of `actions.record_claim`. A row that faults a party by name
    says in `exception`, by language, why nobody was asked. `stays` is the state in which it is
    left; published, it goes through its `revisions`.
    """

    key: str
    confidence: Confidence | None  # None: nobody has chosen yet
    texts: Mapping[str, Text]
    cites: tuple[Cited, ...]
    claimant: str = ""
    language: str = "ko"
    topics: tuple[str, ...] = ()
    fields: Mapping[str, Any] = field(default_factory=dict)
    figures: tuple[Mapping[str, Any], ...] = ()
    faults: str = ""
    exception: Names = field(default_factory=dict)
    rebuts: tuple[Edge, ...] = ()
    revisions: tuple[Revision, ...] = ()
    stays: State = State.PUBLISHED


class Page(NamedTuple):
    """A page of the site that is no claim, in one language; `text` is Markdown."""

    address: str
    language: str
    title: str
    text: str


@dataclass(frozen=True)
class Dossier:
    """`sources` are the fields of `actions.save_source`, their publisher a key of `parties`."""

    parties: Mapping[str, Named]
    topics: Mapping[str, Names]
    sources: Mapping[str, Mapping[str, Any]]
    rows: tuple[Row, ...]
    pages: tuple[Page, ...] = ()


class Shared(NamedTuple):
    """The shared records that rows name, by key."""

    parties: dict[str, Party]
    topics: dict[str, Topic]
    sources: dict[str, Source]


Staff = Mapping[str, User]


def people() -> dict[str, User]:
    """The demonstration users, made when missing."""
    made = {}
    for username, role, first, last in PEOPLE:
        user = User.objects.filter(username=username).first()
        if user is None:
            user = User.objects.create_user(
                username,
                email=f"{username}@newsroom.example",
                password=PASSWORD,
                first_name=first,
                last_name=last,
                is_staff=True,
            )
            user.groups.add(Group.objects.get(name=role))
        made[username] = user
    return made


def load(dossier: Dossier) -> dict[str, Claim]:
    """Record the rows and take each as far as it goes; the claims by key, as they then are."""
    staff = people()
    # All of it or nothing: a start that was interrupted leaves nothing for the next one to find.
    with transaction.atomic(), nobody_told(staff):
        shared = record_shared(dossier, staff["reporter"])
        claims: dict[str, Claim] = {}
        for row in dossier.rows:
            claims[row.key] = record(row, shared, claims, staff)
        for row in dossier.rows:
            link(row, claims, staff["reporter"])
        review_and_publish(dossier.rows, claims, staff)
        for page in dossier.pages:
            actions.save_site_page(actor=staff["admin"], **page._asdict())
    for claim in claims.values():
        claim.refresh_from_db()
    return claims


@contextmanager
def nobody_told(staff: Staff) -> Iterator[None]:
    """Without mail to these people: what is loaded is no news."""
    people = User.objects.filter(pk__in=[person.pk for person in staff.values()])
    people.update(unwanted_mail=MailKind.values)
    yield
    people.update(unwanted_mail=[])


def record_shared(dossier: Dossier, reporter: User) -> Shared:
    parties = {
        key: actions.save_party(actor=reporter, kind=party.kind, names=party.names)
        for key, party in dossier.parties.items()
    }
    topics = {
        key: actions.save_topic(actor=reporter, names=names)
        for key, names in dossier.topics.items()
    }
    sources = {
        key: actions.save_source(
            actor=reporter, fields={**fields, "publisher": parties.get(fields.get("publisher", ""))}
        )
        for key, fields in dossier.sources.items()
    }
    return Shared(parties, topics, sources)


def record(row: Row, shared: Shared, claims: Mapping[str, Claim], staff: Staff) -> Claim:
    """Record one row, with its edges where that is possible already."""
    claim = actions.record_claim(
        actor=staff["reporter"],
        fields={
            "language": row.language,
            "claimant": shared.parties.get(row.claimant),
            "confidence": row.confidence or "",
            **row.fields,
        },
        texts=row.texts,
        topics=[shared.topics[key] for key in row.topics],
        citations=[
            {
                "source": shared.sources[cited.source],
                "quotation": cited.quotation,
                "locator": cited.locator,
                "route_given": cited.route_given,
                "relays": [shared.sources[key] for key in cited.relays],
            }
            for cited in row.cites
        ],
        figures=row.figures,
        rebuts=edges(row, claims),
    )
    if row.faults:
        # Only an editor says whom a claim faults. The publisher, who is one, leaves the approval
        # to the other.
        claim = actions.edit(
            claim.pk,
            actor=staff["publisher"],
            version=claim.version,
            fields={"allegation_about": shared.parties[row.faults]},
            texts={language: {"reply_exception": text} for language, text in row.exception.items()},
        )
    return claim


def edges(row: Row, claims: Mapping[str, Claim]) -> list[dict[str, Any]]:
    """A row's edges; none as long as something that it rebuts is not recorded."""
    if not all(edge.target in claims for edge in row.rebuts):
        return []
    return [
        {"target": claims[edge.target], "ground": edge.ground, "opposer": edge.opposer}
        for edge in row.rebuts
    ]


def link(row: Row, claims: dict[str, Claim], reporter: User) -> None:
    """Add the edges that could not be recorded with their row, because it came too early."""
    claim = claims[row.key]
    if row.rebuts and not claim.rebuts.exists():
        claims[row.key] = actions.edit(
            claim.pk, actor=reporter, version=claim.version, rebuts=edges(row, claims)
        )


def review_and_publish(rows: tuple[Row, ...], claims: dict[str, Claim], staff: Staff) -> None:
    """Each row's way; the first editions in one call, as claims may rebut each other."""
    for row in rows:
        if row.stays is not State.DRAFT:
            submit(claims[row.key], staff)
    published = [row for row in rows if row.stays is State.PUBLISHED]
    for row in published:
        approve(claims[row.key], staff)
    actions.publish(
        {claims[row.key].pk: claims[row.key].version for row in published},
        actor=staff["publisher"],
    )
    for row in published:
        for revision in row.revisions:
            revise(claims[row.key], revision, staff)


def revise(claim: Claim, revision: Revision, staff: Staff) -> None:
    claim.refresh_from_db()
    claim = actions.edit(
        claim.pk,
        actor=staff["reporter"],
        version=claim.version,
        fields={"change_kind": revision.kind},
        texts=revision.texts,
    )
    submit(claim, staff)
    approve(claim, staff)
    actions.publish({claim.pk: claim.version}, actor=staff["publisher"])


def submit(claim: Claim, staff: Staff) -> None:
    actions.submit(claim.pk, actor=staff["reporter"], version=claim.version)


def approve(claim: Claim, staff: Staff) -> None:
    """By an editor who changed nothing of it, of exactly what it shows."""
    actions.approve(
        claim.pk,
        actor=staff["editor"],
        version=claim.version,
        document_digest=document.digest(actions.document_of(claim)),
    )
