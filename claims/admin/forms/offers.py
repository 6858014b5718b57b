"""What the boxes and lists of one screen offer, read together however many there are."""

import re
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from django.db import models

from claims.models import Party, Source, Topic

from ..finding import LIKELY, parties, sources

NUMBER = re.compile(r"[0-9]{1,18}")


class Listed:
    """Records that are few enough to be listed in full: read once, however many lists show them."""

    def __init__(self, queryset: models.QuerySet) -> None:
        self.queryset = queryset

    @cached_property
    def by_key(self) -> dict[str, Any]:
        return {str(record.pk): record for record in self.queryset}

    @cached_property
    def choices(self) -> list[tuple[str, str]]:
        return [(key, str(record)) for key, record in self.by_key.items()]


class Lookup:
    """Records of one kind that a screen's boxes ask for: those that it is about are read together.

    `find` gives the likely ones for what was typed; `names_of` all names that a record has. What a
    box makes new is known to the others by its name.
    """

    def __init__(
        self,
        queryset: models.QuerySet,
        find: Callable[[str], models.QuerySet],
        names_of: Callable[[Any], Iterable[str]],
    ) -> None:
        self.queryset, self.find, self.names_of = queryset, find, names_of
        self.known: dict[str, Any] = {}
        self.expected: set[str] = set()
        self.new: dict[str, Any] = {}

    def expect(self, *keys: Any) -> None:
        """Say which records are going to be asked for, so that one query finds them all."""
        texts = {str(key) for key in keys if key is not None}
        self.expected |= {key for key in texts - self.known.keys() if NUMBER.fullmatch(key)}

    def get(self, key: Any) -> Any:
        """The record with this number, or None."""
        self.expect(key)
        if self.expected:
            found = self.queryset.filter(pk__in=[int(each) for each in self.expected])
            self.known |= dict.fromkeys(self.expected)
            self.known |= {str(record.pk): record for record in found}
            self.expected = set()
        return self.known.get(str(key))

    def likely(self, text: str) -> list[Any]:
        found = list(self.find(text)[:LIKELY])
        self.known |= {str(record.pk): record for record in found}
        return found


def names_of_party(party: Party) -> list[str]:
    return [str(party), *(name.name for name in party.names.all())]


class Offer:
    """What the boxes and lists of one screen offer."""

    def __init__(self) -> None:
        self.parties = Lookup(Party.objects.prefetch_related("names"), parties, names_of_party)
        self.sources = Lookup(Source.objects.all(), sources, lambda source: [source.title])
        self.topics = Listed(Topic.objects.all())
