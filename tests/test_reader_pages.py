"""What the readers' pages show, and in which words. Pure: no database."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from claims.choices import Confidence, Ground, Opposer, Standing
from claims.public.delivery import seconds_until_change
from claims.public.evidence import sources_of, web_address
from claims.public.pages import claim_page, listed_edges
from claims.public.paging import BadToken, Place, to_place, to_token
from claims.public.rebuttals import answer_words, counts_of, tree_of
from claims.public.records import Branch, Edition, PublishedRebuttal
from claims.public.wording import (
    attribution_of,
    language_name,
    other_statements,
    published,
    statement_of,
    text_of,
)
from claims.standing import label

NOON = datetime(2025, 7, 25, 12, tzinfo=UTC)


def party(name, **names):
    return {"id": name.lower(), "kind": "organisation", "names": {"en": name, **names}}


def citation(source="s1", publisher=None, stance="for", **fields):
    known = {
        "id": source,
        "title": "A report",
        "language": "ko",
        "kind": "broadcast",
        "publisher": publisher,
        "url": "",
        "published_on": None,
        "date_precision": "",
        "seen": True,
    }
    return {
        "stance": stance,
        "quotation": "현재는 3%",
        "locator": "",
        "source": {**known, **fields},
    }


def document(statement="Usage is falling", **changes):
    text = dict.fromkeys(("attribution", "reason", "unknowns", "would_change", "change_note"), "")
    return {
        "claim": "c",
        "language": "en",
        "claimant": None,
        "confidence": "low",
        "texts": {"en": {**text, "statement": statement, "attribution": "critics"}},
        "citations": [citation()],
        "rebuts": [],
        **changes,
    }


def edition(claim="c", number=1, **changes):
    known = {
        "edition_id": number,
        "claim": claim,
        "number": number,
        "kind": "",
        "asserted_since": number,
        "is_counterclaim": False,
        "review_by": None,
        "rechecked_at": None,
        "document": document(f"Statement of {claim}"),
        "document_digest": "0" * 64,
        "digest": "0" * 64,
        "four_eyes": True,
        "opened_at": NOON,
        "is_current": True,
        "closes_at": None,
        "asked_at": NOON,
    }
    return Edition(**{**known, **changes})


def edge(counterclaim, target, ground=Ground.REBUT, confidence=Confidence.LOW, **changes):
    return PublishedRebuttal(
        counterclaim, target, ground, confidence, NOON, Opposer.SOURCE, **changes
    )


def branch(edge, depth, *, is_cycle=False, repliers=0):
    return Branch(edge, edition(edge.counterclaim), depth, is_cycle, repliers)


# --- Words --------------------------------------------------------------------------------------


def test_a_text_is_shown_in_the_readers_language_else_in_the_original_and_marked():
    texts = {"ko": {"statement": "줄었다"}, "en": {"statement": "It fell"}}
    both = document(language="ko", texts=texts)
    assert statement_of(both, "en").text == "It fell"
    assert statement_of(both, "en").translated_from == "Korean"
    assert statement_of(both, "ko-KR").translated_from == ""
    assert [one.text for one in other_statements(both, statement_of(both, "en"))] == ["줄었다"]
    korean = document(language="ko", texts={"ko": {"statement": "줄었다"}})
    assert (statement_of(korean, "en").language, statement_of(korean, "en").marked) == (
        "ko",
        "Korean",
    )
    assert text_of(korean, "unknowns", "en") is None


def test_an_empty_translation_gives_way_to_the_original():
    texts = {
        "ko": {"statement": "줄었다", "reason": "근거"},
        "en": {"statement": "It fell", "reason": ""},
    }
    assert text_of(document(language="ko", texts=texts), "reason", "en").text == "근거"


@pytest.mark.parametrize(("tag", "name"), [("ko", "Korean"), ("zh-Hant", "Chinese"), ("xx", "xx")])
def test_languages_have_names(tag, name):
    assert language_name(tag) == name


def test_via_names_the_publisher_only_where_the_claimant_published_nothing_cited():
    ytn, semi = party("YTN"), party("SemiAnalysis", ko="세미애널리시스")
    relayed = document(claimant=semi, citations=[citation(publisher=ytn)])
    assert [str(name) for name in attribution_of(relayed, "ko").names] == [
        "세미애널리시스",
        "critics",
    ]
    assert str(attribution_of(relayed, "en").via) == "YTN"
    own = document(claimant=semi, citations=[citation(publisher=ytn), citation(publisher=semi)])
    assert attribution_of(own, "en").via is None
    contrary = document(claimant=semi, citations=[citation(publisher=ytn, stance="against")])
    assert attribution_of(contrary, "en").via is None


def test_a_source_is_counted_once_with_all_its_quotations():
    cited = [citation(), citation("s2", url="javascript:alert(1)"), citation(stance="against")]
    first, second = sources_of(document(citations=cited), "en")
    assert [quotation.is_against for quotation in first.quotations] == [False, True]
    assert second.url == ""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("HTTP://example.com", "HTTP://example.com"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("//example.com", ""),
        ("https://", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_only_web_addresses_become_links(url, expected):
    assert web_address(url) == expected


@pytest.mark.parametrize(
    ("precision", "expected"),
    [
        ("year", ("2025", "2025")),
        ("month", ("July 2025", "2025-07")),
        ("day", ("25 July 2025", "2025-07-25")),
    ],
)
def test_dates_say_no_more_than_is_known(precision, expected):
    with translation.override("en"):
        assert published("2025-07-25", precision) == expected


def test_counterclaims_are_counted_once_whatever_their_grounds():
    edges = [
        edge("a", "c", Ground.REBUT),
        edge("a", "c", Ground.UNDERMINE),
        edge("b", "c", Ground.UNDERCUT, Confidence.NOT_ASSESSED),
        edge("d", "c", Ground.QUALIFY),
        edge("b", "c", Ground.QUALIFY, Confidence.NOT_ASSESSED),
    ]
    assert counts_of(edges) == "2 dispute it, 1 adds context, 1 not assessed"
    assert counts_of([]) == ""


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([], "No answer recorded"),
        ([edge("b", "a", confidence=Confidence.NOT_ASSESSED)], "No assessed answer"),
        ([edge("b", "a", Ground.QUALIFY)], "No answer recorded"),
        ([edge("b", "a")], "Answered"),
        ([edge("b", "a"), edge("d", "b")], "Its answer has been answered"),
        ([edge("b", "a"), edge("a", "b")], "Its answer is disputed"),
    ],
)
def test_the_strongest_rebuttal_says_how_it_was_answered(answers, words):
    edges = [edge("a", "c"), *answers]
    labels = label("ac", ((one.counterclaim, one.target) for one in edges if one.counts))
    assert answer_words("a", labels["a"], edges) == words


# --- The tree -----------------------------------------------------------------------------------


def test_attacks_stand_before_context_and_one_counterclaim_is_one_node():
    edges = [edge("x", "c", Ground.QUALIFY), edge("a", "c"), edge("a", "c", Ground.UNDERMINE)]
    nodes = tree_of(edition("c"), [branch(one, 1) for one in edges], "en")
    assert [node.card.claim for node in nodes] == ["a", "x"]
    assert [objection.ground for objection in nodes[0].objections] == [
        Ground.REBUT.label,
        Ground.UNDERMINE.label,
    ]


def test_the_rebuttals_that_the_newsroom_puts_first_stand_first():
    edges = [edge("a", "c"), edge("x", "c", ground=Ground.QUALIFY), edge("b", "c"), edge("d", "a")]
    branches = [branch(one, 2 if one.target == "a" else 1) for one in edges]

    def order(*first):
        changes = {"first_rebuttals": list(first)} if first else {}
        root = edition("c", document=document(**changes))
        return [node.card.claim for node in tree_of(root, branches, "en")]

    assert order() == ["a", "b", "x"]  # the control
    assert order("x") == ["x", "a", "b"]
    assert order("b", "gone", "x") == ["b", "x", "a"]


def test_a_circle_ends_in_a_leaf_that_says_so():
    edges = [edge("a", "c"), edge("c", "a")]
    branches = [branch(edges[0], 1), branch(edges[1], 2, is_cycle=True)]
    (node,) = tree_of(edition("c"), branches, "en")
    (reply,) = node.replies
    assert reply.is_self
    assert reply.is_repeated
    assert reply.replies == ()


def test_what_lies_deeper_than_the_tree_is_counted():
    edges = [edge("a", "c"), edge("b", "a"), edge("d", "b"), edge("e", "d"), edge("f", "d")]
    branches = [
        branch(
            one, depth, repliers=len([each for each in edges if each.target == one.counterclaim])
        )
        for depth, one in enumerate(edges[:3], start=1)
    ]
    (node,) = tree_of(edition("c"), branches, "en")
    deepest = node.replies[0].replies[0]
    assert (deepest.card.claim, deepest.more) == ("d", 2)
    assert [node.is_reply, node.replies[0].is_reply, deepest.is_reply] == [False, True, False]


def test_an_edge_of_an_older_edition_is_marked():
    edges = [edge("a", "c", target_edition=1), edge("b", "c", target_edition=2)]
    reworded = edition("c", number=2)
    nodes = tree_of(reworded, [branch(one, 1) for one in edges], "en")
    assert [node.objections[0].written_against for node in nodes] == [1, None]
    said_the_same = edition("c", number=2, asserted_since=1)
    nodes = tree_of(said_the_same, [branch(one, 1) for one in edges], "en")
    assert [node.objections[0].written_against for node in nodes] == [None, None]


def test_an_older_edition_names_the_one_that_replaced_it():
    old, middle = edition(number=1, is_current=False), edition(number=2, is_current=False)
    new = edition(number=3, kind="correction", four_eyes=False)
    page = claim_page(
        old,
        editions=[new, middle, old],
        branches=[],
        edges=[],
        beside={},
        standing=Standing.UNREBUTTED,
        reader="en",
    )
    assert page.replaced_by == middle
    assert [line.is_announced for line in page.record] == [True, False, False]
    assert page.record[0].sentence == "Published under a one-person policy."


def test_a_list_shows_the_strongest_first_and_context_last():
    edges = [
        edge("x", "c", Ground.QUALIFY),
        edge("a", "c", Ground.UNDERCUT, Confidence.HIGH),
        edge("b", "c", Ground.REBUT),
    ]
    assert [one.counterclaim for one in listed_edges(["c"], edges)["c"]] == ["a", "b", "x"]
    # Who rebuts and adds context as well stands where their rebuttal stands.
    both = (*edges, edge("a", "c", Ground.QUALIFY, Confidence.HIGH))
    assert [one.counterclaim for one in listed_edges(["c"], both)["c"]] == ["a", "b", "x"]


# --- Paging and caching -------------------------------------------------------------------------


def test_a_place_survives_its_token():
    place = Place(NOON + timedelta(microseconds=123457), 2**62)
    assert to_place(to_token(place)) == place


@pytest.mark.parametrize("token", ["", "zz", "é", "A" * 21 + "B", "A" * 500, "/" * 22])
def test_a_token_that_no_page_gave_out_is_refused(token):
    with pytest.raises(BadToken):
        to_place(token)


@pytest.mark.parametrize(
    ("closes_in", "seconds"), [(None, 60), (3600, 60), (10.9, 10), (0.4, 0), (-5, 0)]
)
def test_no_cache_keeps_a_page_beyond_the_next_known_moment(closes_in, seconds):
    closes_at = None if closes_in is None else NOON + timedelta(seconds=closes_in)
    assert seconds_until_change([edition(closes_at=closes_at), edition()]) == seconds
