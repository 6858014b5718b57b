"""Pieces that several models share: text columns with their rules, and public ids."""

import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from claims.validators import (
    FORBIDDEN_IN_LINE_SQL,
    FORBIDDEN_SQL,
    VISIBLE_SQL,
    language_tag,
    plain_text,
    single_line,
)

PROSE_LENGTH = 4000
models.TextField.register_lookup(Length)

# No vowels and no look-alikes: no words by accident, and easy to read out.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"


def new_public_id() -> str:
    """A random id for addresses and documents: 12 of 27 characters, 57 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def in_this_language(texts: dict[str, str]) -> str:
    """One of several texts: in the language that is active, else any; empty for none."""
    return texts.get(get_language() or "") or next(iter(texts.values()), "")


class PublicIdField(models.CharField):
    """The name by which readers and documents know a row; primary keys never leave the newsroom."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "max_length": 12,
                "unique": True,
                "default": new_public_id,
                "editable": False,
                "verbose_name": _("public id"),
                **options,
            }
        )


class Line(models.CharField):
    """One line of recorded text: a statement, a name, a title."""

    def __init__(self, verbose_name: Any = None, max_length: int = 300, **options: Any) -> None:
        super().__init__(verbose_name, max_length=max_length, **options)
        self.validators = [*self.validators, single_line]


class Prose(models.TextField):
    """Recorded text that may have several paragraphs; forms and database hold `max_length`."""

    def __init__(
        self, verbose_name: Any = None, max_length: int = PROSE_LENGTH, **options: Any
    ) -> None:
        super().__init__(verbose_name, max_length=max_length, **options)
        self.validators = [*self.validators, plain_text]


class Language(models.CharField):
    """A language tag (BCP 47)."""

    def __init__(self, verbose_name: Any = None, **options: Any) -> None:
        super().__init__(
            verbose_name or _("language"),
            **{"max_length": 12, "default": settings.LANGUAGE_CODE, **options},
        )
        self.validators = [*self.validators, language_tag]


class ByLanguage(models.JSONField):
    """One line of recorded text in each of several languages: `{"en": "…", "ko": "…"}`.

    A trigger (`claims_guard_by_language`) holds the same rules in the database.
    """

    def __init__(self, verbose_name: Any = None, max_length: int = 200, **options: Any) -> None:
        super().__init__(verbose_name, **{"default": dict, **options})
        self.line_length = max_length

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        for language, text in value.items():
            language_tag(language)
            if not isinstance(text, str) or not text:
                raise ValidationError(_("Write words, or leave this language out."))
            if len(text) > self.line_length:
                raise ValidationError(
                    _("Write at most %(most)s characters."), params={"most": self.line_length}
                )
            single_line(text)


def empty_or_seen(name: str) -> models.Q:
    return models.Q(**{name: ""}) | models.Q(**{f"{name}__regex": VISIBLE_SQL})


def codes(table: str, **patterns: str) -> list[models.CheckConstraint]:
    """The CHECKs of columns that hold codes: language tags and public ids."""
    return [
        models.CheckConstraint(
            condition=models.Q(**{f"{name}__regex": pattern}), name=f"{table}_{name}_is_code"
        )
        for name, pattern in patterns.items()
    ]


def lines(table: str, *names: str) -> list[models.CheckConstraint]:
    """The CHECKs that hold `Line` columns to their rule when nobody uses a form."""
    return [
        models.CheckConstraint(
            condition=~models.Q(**{f"{name}__regex": FORBIDDEN_IN_LINE_SQL}) & empty_or_seen(name),
            name=f"{table}_{name}_safe",
        )
        for name in names
    ]


def prose(table: str, *names: str, max_length: int = PROSE_LENGTH) -> list[models.CheckConstraint]:
    """The CHECKs that hold `Prose` columns to their rules when nobody uses a form."""
    return [
        models.CheckConstraint(
            condition=~models.Q(**{f"{name}__regex": FORBIDDEN_SQL})
            & empty_or_seen(name)
            & models.Q(**{f"{name}__length__lte": max_length}),
            name=f"{table}_{name}_safe",
        )
        for name in names
    ]
