"""What the numbers in the history stand for: one query for each kind of record, whatever the
number of rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model, Q
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims.choices import Role
from claims.models import (
    Approval,
    Citation,
    Claim,
    Edition,
    Party,
    Policy,
    SitePage,
    Source,
    Topic,
    User,
)
from claims.permissions import may

Reference = tuple[type[Model], int]


@dataclass(frozen=True)
class Named:
    """What a record is called, in which language, and where it is (empty: nowhere to go)."""

    words: str
    language: str = ""
    url: str = ""


def of_claim(claim: Claim) -> tuple[str, str]:
    return str(claim), claim.language if claim.original else ""


def of_texts(texts: Mapping[str, str], instead: str) -> tuple[str, str]:
    """One of several texts by language, as `models.fields.in_this_language` chooses, with its
    language."""
    active = get_language() or ""
    language = active if active in texts else next(iter(texts), "")
    return texts.get(language, instead), language


def of_party(party: Party) -> tuple[str, str]:
    return of_texts({each.language: each.name for each in party.names.all()}, party.public_id)


def of_group(group: Group) -> tuple[str, str]:
    known = group.name in Role.values
    return (str(Role(group.name).label) if known else group.name), ""


def of_approval(approval: Approval) -> tuple[str, str]:
    known = {"person": approval.approver, "version": approval.version}
    return _("Approval of version %(version)s by %(person)s") % known, ""


# How to fetch records of a kind, and what each is called.
KINDS: dict[type[Model], tuple[Callable[[], Any], Callable[[Any], tuple[str, str]]]] = {
    Claim: (lambda: Claim.objects.prefetch_related("texts"), of_claim),
    Party: (lambda: Party.objects.prefetch_related("names"), of_party),
    Source: (lambda: Source.objects.all(), lambda source: (source.title, source.language)),
    Topic: (lambda: Topic.objects.all(), lambda topic: of_texts(topic.names, topic.public_id)),
    User: (lambda: User.objects.all(), lambda person: (str(person), "")),
    Group: (lambda: Group.objects.all(), of_group),
    Citation: (
        lambda: Citation.objects.select_related("source"),
        lambda citation: (citation.source.title, citation.source.language),
    ),
    Edition: (
        lambda: Edition.objects.only("number"),
        lambda edition: (_("Edition %(number)s") % {"number": edition.number}, ""),
    ),
    Approval: (lambda: Approval.objects.select_related("approver"), of_approval),
    Policy: (lambda: Policy.objects.all(), lambda policy: (str(policy), "")),
    SitePage: (lambda: SitePage.objects.all(), lambda page: (page.title, page.language)),
}


class Names:
    """The names of the records that a page of the history speaks of."""

    def __init__(self, wanted: set[Reference], public_ids: set[str], person: Any) -> None:
        self.known: dict[tuple[type[Model], Any], Named] = {}
        numbers: dict[type[Model], set[int]] = {Claim: set()} if public_ids else {}
        for model, pk in wanted:
            if model in KINDS:
                numbers.setdefault(model, set()).add(pk)
        self.sees_people = may(person, "manage_people")
        for model, pks in numbers.items():
            fetch, name = KINDS[model]
            condition = Q(pk__in=pks)
            if model is Claim and public_ids:
                condition |= Q(public_id__in=public_ids)
            for record in fetch().filter(condition):
                words, language = name(record)
                self.known[model, record.pk] = Named(words, language, self.address(record))
                if isinstance(record, Claim):
                    self.known[Claim, record.public_id] = self.known[Claim, record.pk]

    def address(self, record: Model) -> str:
        """Where the newsroom's admin shows it, for whom it does."""
        model = type(record)
        kept = (User, SitePage)  # admins alone see these
        if model not in admin.site._registry or (model in kept and not self.sees_people):
            return ""
        return reverse(f"admin:claims_{model._meta.model_name}_change", args=[record.pk])

    def of(self, model: type[Model], key: Any) -> Named:
        """The record's name; what nobody knows any more is called by its number."""
        kind = capfirst(str(model._meta.verbose_name))
        unknown = _("%(kind)s number %(number)s") % {"kind": kind, "number": key}
        return self.known.get((model, key)) or Named(unknown)
