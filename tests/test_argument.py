"""The argument on a claim's page: how deep it goes, in which order, and on how many pages."""

import re
from datetime import timedelta
from itertools import chain as chained
from itertools import pairwise

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from claims.choices import Confidence, Ground
from claims.public import argument, records
from claims.public.argument import Part, part_of, ranks_of
from claims.public.pages import claim_page
from claims.public.paging import BadToken
from claims.public.rebuttals import tree_of
from claims.public.records import Branch, PublishedRebuttal
from tests.test_reader_pages import NOON, branch, document, edge, edition

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def aged(counterclaim, hours, ground=Ground.REBUT, confidence=Confidence.LOW):
    opened = NOON + timedelta(hours=hours)
    return PublishedRebuttal(counterclaim, "c", ground, confidence, opened)


def claims_of(part):
    return list(part.claims)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def path_of(claim):
    return f"/en/claims/{claim.public_id}/"


# --- The order ----------------------------------------------------------------------------------


def test_the_strongest_stands_first_then_attacks_by_age_then_context():
    edges = [
        aged("young", 3),
        aged("context", 0, Ground.QUALIFY, Confidence.HIGH),
        aged("strong", 4, confidence=Confidence.HIGH),
        aged("old", 1),
    ]
    assert list(ranks_of(edition("c"), edges)) == ["strong", "old", "young", "context"]


def test_one_of_two_grounds_that_attacks_makes_it_an_attack():
    edges = [aged("b", 1), aged("a", 2, Ground.QUALIFY), aged("a", 2)]
    assert claims_of(part_of(edition("c"), edges)) == ["b", "a"]
    assert part_of(edition("c"), edges).total == 2


def test_what_the_newsroom_places_first_goes_before_the_strongest():
    root = edition("c", document=document(first_rebuttals=["x", "gone"]))
    edges = [aged("a", 1, confidence=Confidence.HIGH), aged("x", 2, Ground.QUALIFY)]
    assert list(ranks_of(root, edges)) == ["x", "a"]


def test_the_strongest_is_on_the_first_page_however_many_are_placed_before_it():
    placed = [f"p{n:02}" for n in range(30)]
    edges = [aged(name, n) for n, name in enumerate(placed)]
    edges.append(aged("strong", 99, confidence=Confidence.HIGH))
    root = edition("c", document=document(first_rebuttals=placed))
    assert claims_of(part_of(root, edges)) == ["strong", *placed[:19]]


# --- Pages --------------------------------------------------------------------------------------


def walk(edges, root=None):
    """Every page's claims from the first on, following the tokens."""
    root, token, seen = root or edition("c"), "", []
    while token is not None:
        part = part_of(root, edges, token)
        seen.append(claims_of(part))
        token = part.next
    return seen


def test_pages_hold_twenty_and_lead_both_ways():
    edges = [aged(f"r{n:02}", n) for n in range(45)]
    pages = walk(edges)
    assert [len(page) for page in pages] == [20, 20, 5]
    assert sorted(chained(*pages)) == [f"r{n:02}" for n in range(45)]
    first = part_of(edition("c"), edges)
    second = part_of(edition("c"), edges, first.next)
    third = part_of(edition("c"), edges, second.next)
    assert (first.previous, second.previous) == (None, "")
    assert part_of(edition("c"), edges, third.previous) == second
    assert (third.first, third.last, third.total) == (41, 45, 45)
    assert not third.is_whole


def test_twenty_need_no_second_page():
    part = part_of(edition("c"), [aged(f"r{n:02}", n) for n in range(20)])
    assert (part.is_whole, part.previous, part.next) == (True, None, None)
    assert part_of(edition("c"), []) == Part((), 1, 0, 0)


def test_a_page_goes_on_where_the_last_ended_though_rebuttals_came_and_went():
    edges = [aged(f"r{n:02}", n) for n in range(45)]
    token = part_of(edition("c"), edges).next
    without_the_last_seen = [one for one in edges if one.counterclaim != "r19"]
    with_a_newcomer = [*without_the_last_seen, aged("new", -1)]
    assert claims_of(part_of(edition("c"), with_a_newcomer, token))[0] == "r20"


@pytest.mark.parametrize("token", ["zz", "AAAA", "x" * 200, "가"])
def test_a_token_that_nobody_gave_out_is_refused(token):
    with pytest.raises(BadToken):
        part_of(edition("c"), [aged("a", 1)], token)


def test_the_api_asks_for_all():
    edges = [aged(f"r{n:02}", n) for n in range(45)]
    part = part_of(edition("c"), edges, None)
    assert part.is_whole and len(part.claims) == 45


# --- The tree -----------------------------------------------------------------------------------


def nodes_in(nodes):
    for node in nodes:
        yield node
        yield from nodes_in(node.replies)


def chain(length):
    names = "cabdefgh"
    return [edge(one, other) for other, one in pairwise(names[: length + 1])]


def test_the_fourth_level_is_folded_and_headings_never_go_below_six():
    edges = chain(6)
    branches = [branch(one, n, repliers=n < 6) for n, one in enumerate(edges, start=1)]
    nodes = list(nodes_in(tree_of(edition("c"), branches, "en")))
    assert [node.heading for node in nodes] == [3, 4, 5, 6, 6, 6]
    assert [node.is_folded for node in nodes] == [False, False, True, False, False, False]
    assert nodes[2].folded == 3


def test_a_shallower_tree_counts_what_it_leaves_out():
    edges = chain(4)
    branches = [branch(one, n, repliers=n < 4) for n, one in enumerate(edges, start=1)]
    nodes = list(nodes_in(tree_of(edition("c"), branches, "en", depth=3)))
    assert [node.more for node in nodes] == [0, 0, 1]


def test_what_rebuts_a_claim_is_shown_once_nearest_to_the_root():
    edges = [edge("a", "c"), edge("b", "a"), edge("b", "c"), edge("d", "b")]
    depths = [1, 2, 1, 3]
    branches = [
        branch(one, depth, repliers=one.counterclaim != "d")
        for one, depth in zip(edges, depths, strict=True)
    ]
    a, b = tree_of(edition("c"), branches, "en")
    assert [node.card.claim for node in b.replies] == ["d"]
    assert a.replies[0].is_repeated and not a.replies[0].replies
    assert not b.is_repeated


def test_a_dense_argument_makes_no_more_nodes_than_it_has_edges():
    names = "abdefghijklmnopqrst"
    edges = [edge(one, "c") for one in names]
    edges += [edge(one, other) for one in names for other in names if one != other]
    branches = [branch(one, 1 if one.target == "c" else 2, repliers=18) for one in edges]
    assert len(list(nodes_in(tree_of(edition("c"), branches, "en")))) <= len(edges)


def test_the_database_follows_a_dense_argument_only_so_far(connect):
    """Forty claims that all rebut each other: four thousand million ways of six steps."""
    owner = connect("owner")
    owner.execute("SET statement_timeout = '5s'")
    forty = "generate_series(1, 40)"
    for statement in (
        "CREATE TEMP TABLE claims_publishededge AS"
        " SELECT * FROM public.claims_publishededge WHERE false",
        "CREATE TEMP TABLE claims_publishededition AS"
        " SELECT * FROM public.claims_publishededition WHERE false",
        "CREATE TEMP TABLE claims_publishedstanding AS"
        " SELECT * FROM public.claims_publishedstanding WHERE false",
        "SET search_path = pg_temp, public",
        "INSERT INTO claims_publishededge (edition_id, counterclaim, target, ground)"
        f" SELECT a, 'c' || a, 'c' || b, 'rebut' FROM {forty} a, {forty} b WHERE a <> b",
        "INSERT INTO claims_publishededition (edition_id, claim, opened_at)"
        f" SELECT a, 'c' || a, now() FROM {forty} a",
        "INSERT INTO claims_publishedstanding (claim, label)"
        f" SELECT 'c' || a, 'accepted' FROM {forty} a",
        "ANALYZE claims_publishededge",
    ):
        owner.execute(statement)
    asked = {"claim": "c1", "direct": None, "depth": 6, "ways": 5000, "most": 500}
    found = owner.execute(records.TREE, asked).fetchall()
    assert len(found) == 500
    owner.execute("SET statement_timeout = '1s'")
    with pytest.raises(Exception, match="statement timeout"):  # the control
        owner.execute(records.TREE, {**asked, "ways": None})


# --- On the page --------------------------------------------------------------------------------


@pytest.fixture
def deep(newsroom_live):
    """A claim with rebuttals seven deep: [the claim, the first rebuttal, ...]."""
    claims = [newsroom_live.published("The claim")]
    for n in range(1, 8):
        reply = newsroom_live.rebuttal(claims[-1], f"Level {n} says no")
        newsroom_live.publish(reply)
        claims.append(reply)
    return claims


@BOTH_SIDES
def test_six_levels_are_on_the_page_and_the_seventh_is_a_link(client, deep):
    page = text(client.get(path_of(deep[0])))
    for n in range(1, 7):
        assert f"Level {n} says no" in page
    assert "Level 7" not in page
    assert f'{path_of(deep[6])}#rebuttals">1 more reply' in page
    folded = page[page.index("<details") :]
    assert "3 replies that lie deeper" in folded
    assert "Level 3" not in folded and "Level 4" in folded


@BOTH_SIDES
def test_the_api_stays_at_three_levels(client, deep):
    answer = client.get(f"/api/v1/claims/{deep[0].public_id}/").json()
    third = answer["rebuttals"][0]["replies"][0]["replies"][0]
    assert (third["claim"], third["more"], third["replies"]) == (deep[3].public_id, 1, [])


@BOTH_SIDES
def test_rebuttals_go_on_page_after_page(client, newsroom_live, monkeypatch):
    monkeypatch.setattr(argument, "REBUTTALS_ON_A_PAGE", 2)
    claim = newsroom_live.published("The claim")
    for n in range(5):
        strong = "moderate" if n == 4 else "low"
        newsroom_live.publish(newsroom_live.rebuttal(claim, f"Number {n}", confidence=strong))
    path, seen = path_of(claim), []
    for _page in range(3):
        page = text(client.get(path))
        shown = page[page.index('id="rebuttals"') : page.index('id="record"')]
        seen.append(re.findall(r"Number (\d)", shown))
        more = re.search(r'href="([^"]+)" rel="next"', page)
        if not more:
            break
        assert more[1].endswith("#rebuttals")
        path = more[1].partition("#")[0]
    assert seen == [["4", "0"], ["1", "2"], ["3"]]
    assert 'rel="prev"' in page and "5 to 5 of 5" in page and "Rebuttals from 5 on" in page
    assert f'<link rel="canonical" href="http://testserver{path}">' in page
    # What programs read stands on the first page alone.
    assert "application/ld+json" not in page
    assert "application/ld+json" in text(client.get(path_of(claim)))
    wrong = client.get(path_of(claim) + "?rebuttals=zz")
    assert wrong.status_code == 400
    assert "does not exist" in text(wrong)


@BOTH_SIDES
def test_a_reply_keeps_its_place_when_it_has_a_new_edition(newsroom_live):
    room, claim = newsroom_live, newsroom_live.published("The claim")
    rebuttal = room.rebuttal(claim, "The rebuttal")
    room.publish(rebuttal)
    replies = [room.rebuttal(rebuttal, f"Reply {n}") for n in range(2)]
    for reply in replies:
        room.publish(reply)
    order = [reply.public_id for reply in replies]

    def shown() -> list[str]:
        return [one.edition.claim for one in records.tree(claim.public_id) if one.depth == 2]

    assert shown() == order
    room.revise(replies[0], statement="Reply 0, in other words")
    room.publish(replies[0])
    assert shown() == order


@BOTH_SIDES
def test_paging_costs_no_more_questions_than_one_page(client, newsroom_live, monkeypatch):
    monkeypatch.setattr(argument, "REBUTTALS_ON_A_PAGE", 2)
    counts = []
    for rebuttals in (3, 11):
        claim = newsroom_live.published(f"{rebuttals} rebuttals")
        for n in range(rebuttals):
            newsroom_live.publish(newsroom_live.rebuttal(claim, f"Number {n}"))
        page = text(client.get(path_of(claim)))
        second = re.search(r'href="([^"]+)" rel="next"', page)[1].partition("#")[0]
        for path in (path_of(claim), second):
            with CaptureQueriesContext(connections["public"]) as captured:
                assert client.get(path).status_code == 200
            counts.append(len(captured))
    # The second page asks once more, for the strongest, which it shows only beside the headline.
    assert counts == [6, 7, 6, 7]


def test_a_page_with_nothing_left_says_so():
    edges = [aged("a", 1)]
    page = claim_page(
        edition("c"),
        editions=[edition("c")],
        branches=[Branch(edges[0], edition("a"), 1, False, 0)],
        edges=edges,
        beside={},
        standing="contested",
        reader="en",
    )
    assert page.part.is_whole
    assert page.timeline is None
