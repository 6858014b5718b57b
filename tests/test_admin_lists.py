"""The admin's lists count, sort and search nothing that an index does not give them."""

import re
from datetime import timedelta

import pytest
from django.contrib import admin
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims import actions
from claims.admin import finding
from claims.admin.paging import BoundedPaginator, words_of
from claims.models import Claim, ClaimText, Edition, History, Policy, Topic
from tests.admin_client import address, shown, sign_in

LISTED = sorted(
    model._meta.model_name
    for model in admin.site._registry
    if model._meta.app_label == "claims" and model is not History
)


@pytest.fixture
def listed(newsroom, settings):
    settings.VERDICT_SCALE = "snu"
    claim = newsroom.published(topics=[newsroom.topic()])
    actions.recheck(claim.pk, actor=newsroom.editor, version=claim.version)
    newsroom.party()
    return newsroom


@pytest.mark.parametrize("name", LISTED)
def test_no_list_counts_a_whole_table_or_looks_for_all_that_occurs(listed, name):
    client = sign_in(listed.admin if name in ("user", "sitepage") else listed.publisher)
    for asked in ({}, {"q": "usage"}, {"_facets": "True"}, {"topic": Topic.objects.get().pk}):
        if "topic" in asked and name != "claim":
            continue
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address(f"{name}_changelist"), asked).status_code == 200
        said = [query["sql"] for query in captured]
        counts = [sql for sql in said if "COUNT(" in sql]
        assert all(" LIMIT " in sql for sql in counts)
        assert not [sql for sql in said if "DISTINCT" in sql]


def test_the_control_djangos_own_paginator_counts_everything(listed):
    with CaptureQueriesContext(connection) as captured:
        assert Paginator(Claim.objects.all(), 50).count == 1
        assert BoundedPaginator(Claim.objects.all(), 50).count == 1
    plain, bounded = (query["sql"] for query in captured)
    assert " LIMIT " not in plain and " LIMIT 1001" in bounded


@pytest.mark.parametrize(("rows", "count", "is_more"), [(0, 0, False), (3, 3, False), (4, 3, True)])
def test_a_list_counts_up_to_its_limit(db, monkeypatch, rows, count, is_more):
    monkeypatch.setattr(BoundedPaginator, "cap", 3)
    for found in (list(range(rows)), Policy.objects.none() if not rows else range(rows)):
        paginator = BoundedPaginator(found, 2)
        assert (paginator.count, paginator.is_more) == (count, is_more)


def test_a_list_says_that_there_is_more(listed, monkeypatch):
    monkeypatch.setattr(BoundedPaginator, "cap", 2)
    for number in range(3):
        listed.draft(f"Claim {number}")
    page = shown(sign_in(listed.publisher).get(address("claim_changelist")))
    assert "More than 2: search or filter to see the others." in page
    found = shown(sign_in(listed.publisher).get(address("claim_changelist"), {"q": "Claim 1"}))
    assert "More than" not in found and "1 result" in found


@pytest.mark.parametrize("name", ["approval", "edition", "release", "recheck"])
def test_decisions_are_found_by_claim_and_person(listed, name):
    client, url = sign_in(listed.publisher), address(f"{name}_changelist")
    claim = Claim.objects.latest("id")

    def found(words: str) -> int:
        return client.get(url, {"q": words}).context["cl"].result_count

    whole = client.get(url).context["cl"].result_count
    assert found(claim.public_id) == whole > 0
    assert found("nothing like it") == 0
    assert found(claim.public_id + " nobody") == 0
    person = {"approval": "editor", "recheck": "edit"}.get(name, "publisher")
    assert found(person) == whole
    if name == "edition":
        assert found(Edition.objects.get().digest[:10]) == 1


def test_claims_and_sources_are_filtered_by_language(newsroom):
    room = newsroom
    room.published("Usage is falling")
    korean = {"statement": "이용률이 떨어진다", "attribution": "비평가", "reason": "하나뿐."}
    room.draft("Usage falls", fields={"language": "ko"}, texts={"ko": korean})
    room.source("보고서", language="ko")
    room.source("下载", language="zh")
    client = sign_in(room.publisher)
    for name, expected in (
        ("claim", {"en": 1, "ko": 1, "other": 0, "x": 2}),
        ("source", {"en": 1, "ko": 1, "other": 1, "x": 3}),
    ):
        for language, number in expected.items():
            listed = client.get(address(f"{name}_changelist"), {"language": language})
            assert listed.context["cl"].result_count == number, (name, language)


def test_a_list_is_sorted_by_indexed_columns_only(listed):
    client = sign_in(listed.publisher)
    for number in (*range(1, 9), "-3", "-6", "2.-6", "x", "-", "9" * 30, "²"):
        with CaptureQueriesContext(connection) as captured:
            client.get(address("claim_changelist"), {"o": number})
        claims = 'FROM "claims_claim" LEFT'
        (page,) = [query["sql"] for query in captured if claims in query["sql"]]
        order = page.split("ORDER BY")[-1].split("LIMIT")[0]
        columns = {part.split(".")[-1].split()[0].strip('"') for part in order.split(",")}
        assert columns == {"changed_at", "id"}


@pytest.mark.parametrize(
    ("search", "words"),
    [("a b", ["a", "b"]), ('"a b" c', ["a b", "c"]), ("'", ["'"]), ('"', ['"']), ("", [])],
)
def test_quoted_words_are_searched_as_one(search, words):
    assert list(words_of(search)) == words


@pytest.mark.parametrize("cap", [0, 1, 1000])
def test_a_search_finds_the_same_however_many_there_are(newsroom, monkeypatch, cap):
    monkeypatch.setattr("claims.admin.paging.CAP", cap)
    monkeypatch.setattr("claims.admin.finding.CAP", cap)
    firm = newsroom.party("Falling Ltd", ko="세미애널리시스")
    texts = {"ko": {"statement": "이용률이 하락했다"}}
    claim = newsroom.draft("Usage is falling", fields={"claimant": firm}, texts=texts)
    newsroom.draft("Usage is growing")
    client, url = sign_in(newsroom.publisher), address("claim_changelist")
    for words, number in (
        *(("falling", 1), ("usage", 2), ("usage falling", 1), ('"usage is"', 2), ("usage ltd", 1)),
        *((claim.public_id, 1), (claim.public_id.upper(), 1), ("nothing", 0)),
        *((f"https://example.org/ko/claims/{claim.public_id}/", 1), ("USAGE fell nothing", 0)),
        # How words begin, and any of their forms; a word that says nothing asks nothing.
        *(("usa gro", 2 - 1), ("fall", 1), ("grows", 1), ("the usage of", 2), ("sage", 0)),
        *(("the", 0), ("is", 0), ("!", 0), ("하락", 1), ("이용률", 1), ("률이 usage", 0)),
        *(("애널 하락", 1), ('"Falling Ltd"', 1), ("the ltd", 1), ("' OR \\ :* & |", 0)),
    ):
        listed = client.get(url, {"q": words}).context["cl"]
        assert len(listed.result_list) == number, words
    found = client.get(url, {"q": "nothing"})
    assert "How words of a claim begin" in shown(found)


def test_claims_are_searched_in_the_index_of_their_words(newsroom):
    newsroom.draft("Usage is falling")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    index = "claimtext_words"
    assert index in finding.texts(["usage", "이용률"]).explain()
    assert index not in ClaimText.objects.filter(statement__icontains="usage").explain()


def test_the_list_says_what_readers_see_where_no_work_goes_on(newsroom):
    room, tomorrow = newsroom, timezone.now() + timedelta(days=1)
    room.published("Open")
    room.withdraw(room.published("Taken back"))
    for statement in ("To come", "Called off"):
        claim = room.draft(statement)
        room.publish(claim, opens_at=tomorrow)
    actions.cancel(claim.pk, actor=room.publisher, version=claim.version, reason="Not yet.")
    room.publish(room.revise(room.published("Open, and to come")), opens_at=tomorrow)
    room.draft("Begun")
    page = shown(sign_in(room.publisher).get(address("claim_changelist")))
    rows = re.findall(r'field-statement[^>]*>(.*?)</th>.*?field-state_shown">(.*?)</td>', page)
    assert {re.sub("<.*?>", "", name).strip(): state for name, state in rows} == {
        "Open": "Published",
        "Taken back": "Withdrawn",
        "To come": "Scheduled",
        "Called off": "Opening cancelled",
        "Open, and to come": "Published",
        "Begun": "Draft",
    }


def test_what_a_line_shows_beside_is_asked_for_that_line_alone(newsroom):
    """`EXISTS` would be answered for all editions at once, and a count needs none of it."""
    newsroom.published()
    with CaptureQueriesContext(connection) as asked:
        assert sign_in(newsroom.editor).get(address("claim_changelist")).status_code == 200
    lines = [q["sql"] for q in asked if "last_decision" in q["sql"]]
    assert len(lines) == 1 and "LIMIT" in lines[0] and "EXISTS" not in lines[0]
    assert any("COUNT(" in q["sql"] and '"claims_claim"' in q["sql"] for q in asked)  # the control
