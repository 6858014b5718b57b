"""Parties, sources and topics: shown by many claims, so a change voids the approvals that rest on
them and leaves what is published behind."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

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
)


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
        party = lock(Party, party_id, version) if party_id else Party(kind=kind)
        names = {language: tidy(name) for language, name in names.items()}
        if not any(names.values()):
            raise Invalid(_("Give at least one name."), {"names": _("Give at least one name.")})
        if not party.pk:
            clean(party)
            party.save()
        elif party.kind != kind:
            party.kind = kind
            clean(party)
            party.save(update_fields=["kind"])
        _write_names(party, names)
    party.refresh_from_db()
    return party


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
        fields = only(fields, SOURCE_FIELDS)
        source = lock(Source, source_id, version) if source_id else Source()
        changed = [name for name, value in fields.items() if getattr(source, name) != value]
        for name in changed:
            setattr(source, name, fields[name])
        clean(source)
        if not source.pk:
            source.save()
        elif changed:
            source.save(update_fields=changed)
    source.refresh_from_db()
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
