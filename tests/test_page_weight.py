"""What a reader's browser fetches for a page, as it is sent: compressed."""

import gzip
import secrets
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders

from claims import dossier
from claims.dossier_rows import DEMONSTRATION

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

MOST, MOST_IN_FRONT = 30_000, 40_000
REBUTTALS = (
    "Use of the model inside {n} other search services, which people meet without opening its own"
    " site, is not counted by the firm that made this measurement"
)


def zipped(content: bytes) -> int:
    """As servers compress pages while they send them."""
    return len(gzip.compress(content, 6))


def packed(name: str) -> int:
    """As whitenoise compresses files beforehand: the best that brotli can."""
    return len(brotli.compress(Path(finders.find(name)).read_bytes()))


def weight(client, path: str) -> int:
    page = client.get(path)
    assert page.status_code == 200
    data = b'<script type="application/ld+json">'
    assert b"<script" not in page.content.replace(data, b"") and b"<img" not in page.content
    return zipped(page.content) + packed("claims/site.css") + packed("claims/icon.svg")


@pytest.fixture
def heavy(newsroom_live):
    """A claim like C11 of the dossier, with twenty rebuttals that all differ, six answered."""
    room = newsroom_live
    publisher = room.party("Economic Observer", ko="경제관찰보")
    sources = [
        room.source(f"Report number {n} on the model’s first half-year", publisher=publisher)
        for n in range(3)
    ]
    claim = room.published(
        "The model’s share of usage has fallen from a peak of 7.2% early in the year to 3%",
        texts={"ko": {"statement": "모델 이용률이 연초 최고 7.2%에서 3%로 떨어졌다"}},
        text={"unknowns": "What the share is a share of. " * 5, "would_change": "A count. " * 9},
        citations=[{"source": one, "quotation": "현재는 3%"} for one in sources],
        figures=[
            {"labels": {"en": f"Quarter {n}"}, "value": n + 1, "kind": "share"} for n in range(4)
        ],
    )
    for n in range(20):
        rebuttal = room.rebuttal(claim, REBUTTALS.format(n=n), confidence="moderate")
        room.publish(rebuttal)
        if n % 3 == 0:
            room.publish(room.rebuttal(rebuttal, f"Answer {n}: such use is counted since May"))
    return claim


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_claim_with_twenty_rebuttals_is_light(client, heavy, language):
    path = f"/{language}/claims/{heavy.public_id}/"
    assert client.get(path).content.count(b'<article class="rebuttal') >= 26
    found = weight(client, path)
    assert found < MOST, f"{found} bytes"


def test_the_front_page_of_the_dossier_is_light(client, transactional_db):
    dossier.load(DEMONSTRATION)
    for language in ("en", "ko"):
        assert client.get(f"/{language}/").content.count(b'class="said"') >= 5
        found = weight(client, f"/{language}/")
        assert found < MOST_IN_FRONT, f"{found} bytes"


def test_the_measure_sees_what_does_not_compress(client, heavy):
    """The control: the same page with as much again of what nothing makes smaller."""
    page = client.get(f"/en/claims/{heavy.public_id}/").content
    assert zipped(page + secrets.token_hex(MOST).encode()) > MOST
