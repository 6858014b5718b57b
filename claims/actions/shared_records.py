"""Parties, sources and topics: shown by many claims, so a change voids the approvals that rest on
them and leaves what is published behind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from claims.choices import PartyKind
from claims.exceptions import Invalid
from claims.models import Party, PartyName, Source, Topic, User
from claims.validators import tidy

from .door import clean, door, lock, lock_shared_records, only, require, tidied

SOURCE_FIELDS = (
    "title",
    "language",
    "kind",
    "publisher",
    "url",
    "published_on",
    "date_precision",
    "seen",
    "status",
)


@dataclass(frozen=True)
class NewParty:
    """A party that is recorded with the claim that first shows it. `names`: (language, name)."""

    names: tuple[tuple[str, str], ...]
    kind: str = PartyKind.ORGANISATION


@dataclass(frozen=True)
class NewSource:
    """A source that is recorded with the claim that first cites it. `fields`: (name, value), those
    of SOURCE_FIELDS; its publisher may be a `NewParty`."""

    fields: tuple[tuple[str, Any], ...]


class Recording:
    """Records the new parties and sources of one action, each once."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.made: dict[NewParty | NewSource, Party | Source] = {}

    def __call__(self, value: Any) -> Any:
        """The record that a `NewParty` or `NewSource` becomes; anything else as it is."""
        if not isinstance(value, NewParty | NewSource):
            return value
        if value not in self.made:
            self.made[value] = self._record(value)
        return self.made[value]

    def _record(self, new: NewParty | NewSource) -> Party | Source:
        lock_shared_records(exclusive=True)
        if isinstance(new, NewParty):
            require(self.actor, "save_party")
            return record_party(new.kind, dict(new.names))
        require(self.actor, "save_source")
        fields = {name: self(value) for name, value in new.fields}
        return write_source(Source(), fields)


def save_party(
    *,
    actor: User,
    kind: str,
    names: Mapping[str, str],
    party_id: int | None = None,
    version: int = 0,
    request: str = "",
) -> Party:
    """Record a party, or change the one with `party_id` at `version`. `names` by language."""
    with door(actor=actor, action="save_party", request=request):
        require(actor, "save_party")
        lock_shared_records(exclusive=True)
        if party_id is None:
            party = record_party(kind, names)
        else:
            party = lock(Party, party_id, version)
            names = named(names)
            if party.kind != kind:
                party.kind = kind
                clean(party)
                party.save(update_fields=["kind"])
            _write_names(party, names)
    party.refresh_from_db()
    return party


def record_party(kind: str, names: Mapping[str, str]) -> Party:
    """Write a new party, inside an action that holds the lock of shared records."""
    names = named(names)
    party = Party(kind=kind)
    clean(party)
    party.save()
    _write_names(party, names)
    return party


def named(names: Mapping[str, str]) -> dict[str, str]:
    tidied_names = {language: tidy(name) for language, name in names.items()}
    if not any(tidied_names.values()):
        raise Invalid(_("Give at least one name."), {"names": _("Give at least one name.")})
    return tidied_names


def _write_names(party: Party, names: Mapping[str, str]) -> None:
    present = {name.language: name for name in party.names.all()}
    for language, value in names.items():
        name = present.get(language) or PartyName(party=party, language=language)
        if not value and name.pk:
            name.delete()
        elif value and name.name != value:
            name.name = value
            clean(name)
            name.save(update_fields=["name"] if name.pk else None)


def save_source(
    *,
    actor: User,
    fields: Mapping[str, Any],
    source_id: int | None = None,
    version: int = 0,
    request: str = "",
) -> Source:
    """Record a source, or change the one with `source_id` at `version`."""
    with door(actor=actor, action="save_source", request=request):
        require(actor, "save_source")
        lock_shared_records(exclusive=True)
        source = lock(Source, source_id, version) if source_id else Source()
        fields = {name: Recording(actor)(value) for name, value in fields.items()}
        write_source(source, fields)
    source.refresh_from_db()
    return source


def write_source(source: Source, fields: Mapping[str, Any]) -> Source:
    """Write a new or locked source, inside an action that holds the lock of shared records."""
    fields = only(fields, SOURCE_FIELDS)
    changed = [name for name, value in fields.items() if getattr(source, name) != value]
    for name in changed:
        setattr(source, name, fields[name])
    clean(source)
    if not source.pk:
        source.save()
    elif changed:
        source.save(update_fields=changed)
    return source


def save_topic(
    *,
    actor: User,
    names: Mapping[str, str],
    topic_id: int | None = None,
    version: int = 0,
    request: str = "",
) -> Topic:
    """Record a topic, or change the one with `topic_id` at `version`. `names` by language."""
    with door(actor=actor, action="save_topic", request=request):
        require(actor, "save_topic")
        lock_shared_records(exclusive=True)
        topic = lock(Topic, topic_id, version) if topic_id else Topic()
        names = tidied(names)
        if not names:
            raise Invalid(_("Give at least one name."), {"names": _("Give at least one name.")})
        if topic.names != names:
            topic.names = names
            clean(topic)
            topic.save(update_fields=["names"] if topic.pk else None)
    topic.refresh_from_db()
    return topic
