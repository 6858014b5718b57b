"""Where the next page of a list begins: a place in the order, as an opaque token. Pure."""

import base64
import binascii
import struct
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAYOUT = struct.Struct(">qq")


class BadToken(ValueError):
    """No page of ours gave out this token."""


class Place(NamedTuple):
    """The last row seen: lists go on with what opened before it."""

    opened_at: datetime
    edition_id: int


def to_token(place: Place) -> str:
    microseconds = (place.opened_at - EPOCH) // timedelta(microseconds=1)
    packed = LAYOUT.pack(microseconds, place.edition_id)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def to_place(token: str) -> Place:
    """Raises BadToken for anything that `to_token` does not write."""
    try:
        packed = base64.b64decode(token + "==", altchars=b"-_", validate=True)
        microseconds, edition_id = LAYOUT.unpack(packed)
        place = Place(EPOCH + timedelta(microseconds=microseconds), edition_id)
    except (binascii.Error, struct.error, ValueError, OverflowError) as error:
        raise BadToken from error
    if to_token(place) != token:
        raise BadToken
    return place
