"""Pages are sent packed to whom takes that, with a strong ETag of what is sent."""

import gzip

import pytest
from django.test import Client

from claims.public.delivery import takes_gzip

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

ACCEPTED = {
    "": False,
    "identity": False,
    "br": False,
    "gzip": True,
    "gzip, deflate, br": True,
    "br;q=1.0, gzip;q=0.8, *;q=0.1": True,
    "br, *": True,
    "gzip;q=0": False,
    "gzip; q=0.0": False,
    "gzip;q=0.5": True,
    "identity;q=1, gzip;q=0, br": False,
    "x-notgzip": False,
    "gzip;q=0, *": False,
    "*, gzip;q=0.000": False,
    "GZIP": True,
}


@pytest.mark.parametrize(("header", "takes"), ACCEPTED.items())
def test_who_takes_gzip(header, takes):
    assert takes_gzip(header) is takes


@pytest.mark.parametrize("path", ["/en/claims/{claim}/", "/api/v1/claims/{claim}/?language=en"])
def test_a_page_is_packed_and_its_etag_is_strong(newsroom_live, path):
    claim = newsroom_live.published("Usage is falling", text={"reason": "Because. " * 200})
    url = path.format(claim=claim.public_id)
    plain, packed = Client().get(url), Client().get(url, headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    assert packed["Content-Encoding"] == "gzip" and not plain.has_header("Content-Encoding")
    for response in (plain, packed):
        assert "Accept-Encoding" in response["Vary"]
        assert response["ETag"].startswith('"')
    assert packed["ETag"] != plain["ETag"]
    again = {"accept-encoding": "gzip", "if-none-match": packed["ETag"]}
    assert Client().get(url, headers=again).status_code == 304
    other = {"accept-encoding": "gzip", "if-none-match": plain["ETag"]}
    assert Client().get(url, headers=other).status_code == 200
