"""The register of corrections: what stands in it, what stood there before, and what does not."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from claims import actions
from claims.public import records, registers
from claims.tokens import pack
from tests.rich_claim import suppress

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def page_of(client, query="", language="en", status=200):
    response = client.get(f"/{language}/corrections/{query}")
    assert response.status_code == status
    return re.sub(r"\s+", " ", response.content.decode())


def headings(page):
    return [re.sub(r"<[^>]*>", "", one).strip() for one in re.findall(r"<h2>(.*?)</h2>", page)]


def changed(room, statement, after, kind="correction", **more):
    claim = room.published(statement)
    room.publish(room.revise(claim, kind=kind, statement=after, **more))
    return claim


@BOTH_SIDES
def test_a_correction_is_told_with_before_and_after(client, newsroom_live):
    claim = changed(newsroom_live, "Usage fell to 3%", "Usage fell to 4%", note="A <slip>.")
    page = page_of(client)
    assert headings(page) == ["Usage fell to 4%"]
    for words in (
        "Usage fell to <del>3%</del>",
        "Usage fell to <ins>4%</ins>",
        "A &lt;slip&gt;.",
        "Correction: we were wrong",
        f"/en/claims/{claim.public_id}/editions/2/",
        f"/en/claims/{claim.public_id}/editions/1/",
    ):
        assert words in page, words


@BOTH_SIDES
def test_korean_is_compared_by_eojeol(client, newsroom_live):
    claim = newsroom_live.published(
        "Usage fell", texts={"ko": {"statement": "점유율이 3%로 줄었다"}}
    )
    draft = newsroom_live.revise(claim, note="Corrected.")
    actions.edit(
        draft.pk,
        actor=newsroom_live.reporter,
        version=draft.version,
        texts={"ko": {"statement": "점유율은 3%로 줄었다"}},
    )
    newsroom_live.publish(draft)
    page = page_of(client, language="ko")
    assert "<del>점유율이</del> 3%로 줄었다" in page
    assert "<ins>점유율은</ins> 3%로 줄었다" in page


@BOTH_SIDES
def test_confidence_and_figures_are_shown_where_they_differ(client, newsroom_live):
    figure = {"labels": {"en": "Peak"}, "value": 7, "units": {"en": "ships"}}
    claim = newsroom_live.published("It peaked", figures=[figure])
    draft = newsroom_live.revise(claim, kind="update", note="Newer numbers.")
    actions.edit(
        draft.pk,
        actor=newsroom_live.reporter,
        version=draft.version,
        fields={"confidence": "moderate"},
        figures=[{**figure, "value": 9}],
    )
    newsroom_live.publish(draft)
    page = page_of(client)
    assert "<del>Low: weakly supported</del>" in page
    assert "<ins>Moderate: partly supported</ins>" in page
    assert "<del>7" in page
    assert "<ins>9" in page
    assert "Peak: Value" in page
    # Only what differs: the statement does not.
    assert "<dt>Statement" not in page


@BOTH_SIDES
def test_where_neither_differs_the_register_says_so(client, newsroom_live):
    claim = newsroom_live.published("It peaked")
    newsroom_live.publish(newsroom_live.revise(claim, kind="clarification", reason="Two origins."))
    page = page_of(client)
    assert "Statement, confidence and figures are as they were." in page
    assert "before-after" not in page


@BOTH_SIDES
def test_before_is_what_readers_saw_last(client, newsroom_live):
    room = newsroom_live
    claim = room.published("It rose to 3")
    room.publish(room.revise(claim, kind="clarification", statement="It rose to 4", note="Four."))
    room.publish(room.revise(claim, statement="It rose to 5", note="Five."))
    page = page_of(client)
    assert page.index("<ins>5</ins>") < page.index("<ins>4</ins>")
    assert "<del>4</del>" in page
    assert "<del>3</del>" in page


@BOTH_SIDES
def test_kinds_are_told_apart_and_minor_changes_are_left_out(client, newsroom_live):
    room = newsroom_live
    for kind in ("correction", "update", "clarification"):
        changed(room, f"Old {kind}", f"New {kind}", kind=kind)
    minor = room.published("Kept minor")
    room.publish(room.revise(minor, kind="minor", reason="The one origin."))
    gone = room.published("Gone")
    room.withdraw(gone, "We took it back.")
    everything = headings(page_of(client))
    assert everything == [
        "A claim that has been withdrawn",
        "New clarification",
        "New update",
        "New correction",
    ]
    for kind, expected in (
        ("correction", ["New correction"]),
        ("update", ["New update"]),
        ("clarification", ["New clarification"]),
        ("withdrawal", ["A claim that has been withdrawn"]),
    ):
        page = page_of(client, f"?kind={kind}")
        assert headings(page) == expected
        assert f'?kind={kind}" aria-current="true"' in page
    assert "We took it back." in page_of(client, "?kind=withdrawal")
    for kind in ("minor", "x", "'"):
        page_of(client, f"?kind={kind}", status=400)


@BOTH_SIDES
def test_nothing_hidden_stands_in_the_register(client, newsroom_live):
    room = newsroom_live
    first, second, third = (
        changed(room, f"Old CANARY{n}", f"New CANARY{n}", note=f"CANARYNOTE{n}") for n in range(3)
    )
    assert len(headings(page_of(client))) == 3  # the control
    waiting = room.published("Stays")
    room.publish(
        room.revise(waiting, statement="CANARYLATER", note="CANARYLATER"),
        opens_at=timezone.now() + timedelta(days=1),
    )
    room.revise(room.published("Draft"), statement="CANARYDRAFT", note="CANARYDRAFT")
    room.withdraw(first, "Withdrawn, sorry.")
    suppress(room, second)
    room.withdraw(third, "CANARYGONE")
    suppress(room, third)
    page = page_of(client)
    assert headings(page) == ["A claim that has been withdrawn"]
    assert "Withdrawn, sorry." in page
    assert "CANARY" not in page
    for claim in (second, third, waiting):
        assert claim.public_id not in page


@BOTH_SIDES
def test_the_merged_order_is_paged_without_gap_or_repetition(client, newsroom_live, monkeypatch):
    monkeypatch.setattr(records, "PAGE_SIZE", 2)
    room = newsroom_live
    for n in range(3):
        changed(room, f"Old {n}", f"New {n}", note=f"Note {n}.")
        room.withdraw(room.published(f"Gone {n}"), f"Notice {n}.")
    seen, address = [], "/en/corrections/"
    while address:
        page = client.get(address).content.decode()
        # Search engines list the first page; they follow the others, which are called the same.
        assert ('content="noindex, follow"' in page) == bool(seen)
        seen.append(re.findall(r"(?:Note|Notice) \d", page))
        further = re.search(r'href="([^"]*)" rel="next"', page)
        address = further and further.group(1).replace("&amp;", "&")
    assert seen == [["Notice 2", "Note 2"], ["Notice 1", "Note 1"], ["Notice 0", "Note 0"]]
    for bad in ("x", pack((1, 2, 3)), pack((2**62, 1)), pack((1,))):
        assert client.get(f"/en/corrections/?after={bad}").status_code == 400


@BOTH_SIDES
def test_entries_of_one_moment_are_neither_lost_nor_repeated(newsroom_live, monkeypatch, connect):
    monkeypatch.setattr(records, "PAGE_SIZE", 1)
    room = newsroom_live
    for n in range(2):
        changed(room, f"Old {n}", f"New {n}")
        room.withdraw(room.published(f"Gone {n}"))
    owner = connect("owner")
    for table, moment in (("edition", "opened_at"), ("notice", "made_at")):
        owner.execute(f"ALTER TABLE claims_published{table} DISABLE TRIGGER USER")
        owner.execute(f"UPDATE claims_published{table} SET {moment} = '2025-01-01Z'")
        owner.execute(f"ALTER TABLE claims_published{table} ENABLE TRIGGER USER")
    places, after = [], None
    while True:
        entries, after = registers.register("", after=after)
        places += [entry.place for entry in entries]
        if after is None:
            break
    assert len(places) == len(set(places)) == 4
    assert places == sorted(places, reverse=True)


@BOTH_SIDES
def test_an_empty_register_says_so(client, newsroom_live):
    assert "Nothing of this kind has been announced yet." in page_of(client)
    assert client.post("/en/corrections/").status_code == 405
