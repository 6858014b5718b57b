"""How reading costs grow: ratios inside one run, never seconds. `make bench` prints them.

Each figure is the median of interleaved rounds, so that a noisy moment touches both sides alike.
"""

import statistics
import time
from collections.abc import Callable

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])
ROUNDS = 60


def medians(*measured: Callable[[], object]) -> list[float]:
    """The median seconds of each, taken in turns."""
    times: list[list[float]] = [[] for _ in measured]
    for each in measured:
        each()
    for _round in range(ROUNDS):
        for index, each in enumerate(measured):
            start = time.perf_counter()
            each()
            times[index].append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def test_a_claim_with_many_rebuttals(newsroom_live, capsys):
    room, client = newsroom_live, Client()
    few, many = room.published("Few rebuttals"), room.published("Many rebuttals")
    room.publish(room.rebuttal(few, "Only this"))
    for number in range(20):
        room.publish(room.rebuttal(many, f"Rebuttal {number}"))

    def page(claim):
        response = client.get(f"/en/claims/{claim.public_id}/")
        assert response.status_code == 200 and str(claim).encode() in response.content
        return response

    assert all(f"Rebuttal {number}".encode() in page(many).content for number in range(20))
    small, large = medians(lambda: page(few), lambda: page(many))
    with capsys.disabled():
        print(f"\nclaim page, 20 rebuttals against 1: {large / small:.2f} times the time")


def test_a_deep_page_of_the_list(newsroom_live, capsys):
    room, client = newsroom_live, Client()
    for number in range(100):
        room.published(f"Claim {number}")
    first = client.get("/en/claims/")
    address = "/en/claims/"
    for _page in range(4):
        query = client.get(address).context["next_query"]
        address = f"/en/claims/?{query}"
    last = client.get(address)
    assert b"Claim 99" in first.content and b"Claim 99" not in last.content
    assert b"Claim 0<" in last.content or b"Claim 0\n" in last.content
    near, far = medians(lambda: client.get("/en/claims/"), lambda: client.get(address))
    with capsys.disabled():
        print(f"\nlist, fifth page against first: {far / near:.2f} times the time")
