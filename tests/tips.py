"""Tips as tests send them: through the real function, as its login, and committed."""

from typing import Any

import psycopg
from django.db import connections

from claims.models import Claim, Tip

RECEIVE = "SELECT tips.receive_tip(%s, %s, %s, %s, %s, %s, %s, %s::inet)"


def as_tips() -> psycopg.Connection:
    """A raw connection of the login that receives tips."""
    return psycopg.connect(**connections["tips"].get_connection_params(), autocommit=True)


def tell(
    connection: psycopg.Connection,
    claim: Claim | str | None = None,
    text: str = "The second count is in the annex.",
    *,
    kind: str = "",
    number: int | None = None,
    language: str = "en",
    url: str = "",
    contact: str = "",
    address: str = "192.0.2.1",
) -> str:
    """What the function says to a tip; about nothing it is a claim, else a source."""
    about: Any = getattr(claim, "public_id", claim)
    values = [
        kind or ("source" if about else "claim"),
        about,
        number or (1 if about else None),
        language,
        text,
        url,
        contact,
        address,
    ]
    row = connection.execute(RECEIVE, values).fetchone()
    assert row is not None
    return str(row[0])


def a_tip(
    claim: Claim | None = None, text: str = "The second count is in the annex.", **more
) -> Tip:
    """A tip that has arrived; the places are as many as the tips."""
    with as_tips() as connection:
        number = Tip.objects.count()
        more = {"address": f"192.0.{2 + number // 250}.{number % 250}", **more}
        assert tell(connection, claim, text, **more) == "received"
    return Tip.objects.latest("id")
