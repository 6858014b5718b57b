"""Finding a record by part of what it is called, in any language: for boxes that ask for one."""

import re
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    IntegerField,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL

from claims.models import Claim, ClaimText, Party, PartyName, Source
from claims.validators import tidy

from .paging import CAP

# How many are shown where a name is not clear, how many words of what was typed are looked at, and
# how much of each: an index query grows with the square of its letters.
LIKELY = 10
WORDS = 8
LETTERS = 200
PUBLIC_ID = re.compile(r"(?:^|/)([0-9a-z]{12})/?$")


def folded(text: str) -> str:
    """A name without what makes no difference to people: case, and how many spaces there are."""
    return " ".join(tidy(text).casefold().split())


def words_of(text: str) -> list[str]:
    words = (word.strip("\"'“”‘’") for word in tidy(text.replace("\0", "")).split())
    return [word[:LETTERS] for word in words if word][:WORDS]


def closeness(column: str, text: str) -> Case:
    """0 for the very name, 1 where it begins like that, 2 for anything else."""
    text = tidy(text.replace("\0", ""))
    return Case(
        When(**{f"{column}__iexact": text}, then=Value(0)),
        When(**{f"{column}__istartswith": text}, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def named(text: str) -> "QuerySet[PartyName]":
    """The names that hold all of these words."""
    names = PartyName.objects.all()
    for word in words_of(text):
        names = names.filter(name__icontains=word)
    return names


def parties(text: str) -> "QuerySet[Party]":
    """The parties with such a name, the likeliest first; without words the newest."""
    found = Party.objects.prefetch_related("names")
    if not words_of(text):
        return found.order_by("-id")
    likely = found.filter(pk__in=named(text).values("party"))
    return likely.annotate(close=Min(closeness("names__name", text))).order_by("close", "-id")


def sources(text: str) -> "QuerySet[Source]":
    """The works with such a title, address or publisher, the likeliest first."""
    found = Source.objects.select_related("publisher").prefetch_related("publisher__names")
    if not words_of(text):
        return found.order_by("-id")
    for word in words_of(text):
        publishers = PartyName.objects.filter(name__icontains=word).values("party")
        found = found.filter(
            Q(title__icontains=word) | Q(url__icontains=word) | Q(publisher__in=publishers)
        )
    return found.annotate(close=closeness("title", text)).order_by("close", "-id")


def texts(words: Iterable[str]) -> "QuerySet[ClaimText]":
    """The texts in which each of these words begins a word, looked up in their index."""
    # The column belongs to a trigger, and is no field of the model.
    condition = "words @@ claims_asked(%s, true)"
    asked = [" ".join(words)]
    holds = RawSQL(condition, asked, output_field=BooleanField())  # noqa: S611 - a constant
    return ClaimText.objects.filter(holds).order_by()


def saying(words: Iterable[str]) -> Q:
    """The condition that a claim says these words in one of its languages.

    Few claims are named one by one, for which the index is asked once; of many, the first of a
    list are soon met.
    """
    said = texts(words)
    numbers = set(said.values_list("claim_id", flat=True)[: CAP + 1])
    if len(numbers) <= CAP:
        return Q(pk__in=numbers)
    return Q(Exists(said.filter(claim=OuterRef("pk"))))


def telling(words: list[str]) -> list[str]:
    """Those of these words that a text is found by: not “the”, unless there are no others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM unnest(%s::text[]) WITH ORDINALITY AS asked (word, place)"
            " WHERE numnode(claims_asked(word, true)) > 0 ORDER BY place",
            [words],
        )
        return [word for (word,) in cursor] or words


def claims_holding(words: list[str]) -> Q:
    """The condition that each of these words is said by a claim, or in its claimant's name, or is
    its id. A word that is neither an id nor in a name has to be in a text, together with the
    others like it."""
    in_texts, condition = [], Q()
    for word in telling(words):
        parties = PartyName.objects.filter(name__icontains=word).values_list("party", flat=True)
        claimants = set(parties.order_by()[: CAP + 1])
        named_id = PUBLIC_ID.search(word.lower())
        other = Q(public_id=named_id[1]) if named_id else Q()
        if len(claimants) > CAP:
            other |= Q(claimant__in=parties.order_by())
        elif claimants:
            other |= Q(claimant__in=claimants)
        if other:
            condition &= other | saying([word])
        else:
            in_texts.append(word)
    return condition & saying(in_texts) if in_texts else condition


def claims(text: str) -> "QuerySet[Claim]":
    """The claims that say so in one of their languages, or that have this id or address."""
    found = Claim.objects.for_list().filter(suppressed_at=None, merged_into=None)
    words = words_of(text)
    if not words:
        return found
    named_id = PUBLIC_ID.search(text.strip())
    return found.filter(saying(words) | Q(public_id=named_id[1]) if named_id else saying(words))


def exactly(found: Any, text: str, names_of: Any) -> list[Any]:
    """Of these records those that are called exactly so."""
    wanted = folded(text)
    return [record for record in found if wanted in map(folded, names_of(record))]


def note_of(record: Any) -> str:
    """What tells records of one name apart: a source's publisher and date, a party's kind."""
    if isinstance(record, Source):
        parts = [record.publisher, record.published_on, record.get_kind_display()]
        return " · ".join(str(part) for part in parts if part)
    return str(record.get_kind_display())
