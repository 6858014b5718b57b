"""Rows of topics, parties and sources, with the versions at which editions froze them. Pure."""

import json
from dataclasses import dataclass, field

from claims.choices import Mention, Role

from .ledger import Ledger
from .people import Staff
from .writing import Contents, Writer


@dataclass
class Shown:
    """The shared records that editions show so far, by index."""

    topics: set[int] = field(default_factory=set)
    parties: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)


def mentions(
    writer: Writer, topics: tuple[int, ...], contents: Contents, shown: Shown
) -> list[tuple[str, str]]:
    """What an edition shows, as (role, public id), sorted; noted in `shown`."""
    cited = {citation.source for citation in contents.citations}
    relayed = {relay for citation in contents.citations for relay in citation.relays}
    publishers = known({writer.sources[source].publisher for source in cited | relayed})
    claimant = known({contents.claimant})
    asked = known({contents.allegation, *(reply.party for reply in contents.replies)})
    shown.topics.update(topics)
    shown.sources |= cited | relayed
    shown.parties |= publishers | claimant | asked
    return sorted(
        [(Mention.TOPIC.value, writer.topics[index].public_id) for index in topics]
        + [(Mention.SOURCE.value, writer.sources[index].public_id) for index in cited]
        + [(Mention.RELAY.value, writer.sources[index].public_id) for index in relayed]
        + [(Mention.PUBLISHER.value, writer.parties[index].public_id) for index in publishers]
        + [(Mention.CLAIMANT.value, writer.parties[index].public_id) for index in claimant]
        + [(Mention.ASKED.value, writer.parties[index].public_id) for index in asked]
    )


def known(indices: set[int | None]) -> set[int]:
    return {index for index in indices if index is not None}


def write(ledger: Ledger, writer: Writer, staff: Staff, shown: Shown) -> None:
    """All shared records. A party's version rises with each of its names, as a trigger has it."""

    def frozen(versions: int, is_shown: bool, record: str, number: int) -> tuple[int, int]:
        reporter = staff.anybody(Role.REPORTER)
        for version in range(1, versions + 1):
            ledger.add("claims_contribution", record, number, version, reporter.id)
        return versions, versions if is_shown else 0

    for index, topic in enumerate(writer.topics):
        number = ledger.id_of("claims_topic", index)
        names = json.dumps(topic.names, ensure_ascii=False)
        versions = frozen(1, index in shown.topics, "topic", number)
        ledger.put("claims_topic", number, topic.public_id, names, *versions)
    for index, party in enumerate(writer.parties):
        number = ledger.id_of("claims_party", index)
        versions = frozen(1 + len(party.names), index in shown.parties, "party", number)
        ledger.put("claims_party", number, party.public_id, party.kind.value, *versions)
        for language, name in party.names.items():
            ledger.add("claims_partyname", number, language, name)
    for index, source in enumerate(writer.sources):
        number = ledger.id_of("claims_source", index)
        publisher = source.publisher
        ledger.put(
            "claims_source",
            *(number, source.public_id, source.title, source.language, source.kind.value),
            None if publisher is None else ledger.id_of("claims_party", publisher),
            *(source.url, source.published_on, source.date_precision, source.seen),
            *frozen(1, index in shown.sources, "source", number),
        )
