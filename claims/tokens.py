"""Opaque tokens for places in lists: a few whole numbers, packed. Pure."""

import base64
import binascii
import struct
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class BadToken(ValueError):
    """No page of ours gave out this token."""


def pack(numbers: Sequence[int]) -> str:
    packed = struct.pack(f">{len(numbers)}q", *numbers)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def unpack(token: str, length: int) -> tuple[int, ...]:
    """Raises BadToken for anything that `pack` does not write of so many numbers."""
    try:
        padded = token + "=" * (-len(token) % 4)
        packed = base64.b64decode(padded, altchars=b"-_", validate=True)
        numbers: tuple[int, ...] = struct.unpack(f">{length}q", packed)
    except (binascii.Error, struct.error, ValueError) as error:
        raise BadToken from error
    if pack(numbers) != token:
        raise BadToken
    return numbers


def from_moment(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def to_moment(number: int) -> datetime:
    """Raises BadToken where no moment has this number."""
    try:
        return EPOCH + timedelta(microseconds=number)
    except OverflowError as error:
        raise BadToken from error


def to_day(number: int) -> date:
    """Raises BadToken where no day has this number."""
    try:
        return date.fromordinal(number)
    except (OverflowError, ValueError) as error:
        raise BadToken from error
