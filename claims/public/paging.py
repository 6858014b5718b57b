"""Where the next page of a readers' list begins: a place in the order, as an opaque token. Pure."""

from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from claims.tokens import BadToken, from_moment, pack, to_moment, unpack

__all__ = ["BadToken", "Place", "cut", "to_place", "to_token"]


class Place(NamedTuple):
    """The last row seen: lists go on with what opened before it."""

    opened_at: datetime
    edition_id: int


class Placed(Protocol):
    """What has a place in a list."""

    @property
    def place(self) -> Place: ...


One = TypeVar("One", bound=Placed)


def cut(found: list[One], most: int) -> tuple[list[One], Place | None]:
    """One page of these, of which one too many was asked for, and where the next page begins."""
    return found[:most], found[most - 1].place if len(found) > most else None


def to_token(place: Place) -> str:
    return pack((from_moment(place.opened_at), place.edition_id))


def to_place(token: str) -> Place:
    """Raises BadToken for anything that `to_token` does not write."""
    moment, edition_id = unpack(token, 2)
    return Place(to_moment(moment), edition_id)
