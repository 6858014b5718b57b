"""The arithmetic of figures, their words, and where what is cited comes from. Pure."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation

from claims import figures, origins
from claims.choices import Bound, ChangeUnit, FigureKind, Verdict, VerdictScale
from claims.public.evidence import figures_of, origins_of, way_of
from claims.public.numbers import large, signed, value_words
from claims.recheck import AFTER, default_review_by

PERCENT, POINTS = ChangeUnit.PERCENT, ChangeUnit.POINTS


def amounts(*values, kind=FigureKind.AMOUNT, unit="people"):
    return [figures.Value(kind, Decimal(value), unit) for value in values]


def shares(*values):
    return amounts(*values, kind=FigureKind.SHARE, unit="")


def shown(number):
    return None if number is None else str(figures.rounded(number))


@pytest.mark.parametrize(
    ("values", "percent", "points"),
    [
        (amounts("81110000", "22580000"), "-72.2", None),
        (shares("7.2", "3"), "-58.3", "-4.2"),
        (amounts("100", "150", "200"), "100.0", None),  # the first and the last count
        (amounts("-50", "-25"), "50.0", None),
        (shares("0", "3"), None, "3.0"),  # no percentage of nothing
        (amounts("8", "8"), "0.0", None),
        (amounts("1000", "1000.5"), "0.0", None),  # half to even, as printed
        (amounts("1000", "1001.5"), "0.2", None),
    ],
)
def test_the_change_from_the_first_figure_to_the_last(values, percent, points):
    found = figures.change(values)
    assert (shown(found.percent), shown(found.points)) == (percent, points)
    assert found.agrees is None


@pytest.mark.parametrize(
    "values",
    [
        [],
        amounts("5"),
        [*amounts("5"), *shares("6")],
        [*amounts("5"), *amounts("6", unit="downloads")],
    ],
)
def test_what_cannot_be_compared_makes_no_change(values):
    assert figures.change(values) is None


@pytest.mark.parametrize(
    ("stated", "unit", "bound", "agrees"),
    [
        ("-72", PERCENT, Bound.MORE_THAN, True),
        ("-73", PERCENT, Bound.MORE_THAN, False),
        ("72", PERCENT, Bound.MORE_THAN, False),  # it fell, it did not rise
        ("-73", PERCENT, Bound.LESS_THAN, True),
        ("-72", PERCENT, Bound.LESS_THAN, False),
        ("-72", PERCENT, Bound.EXACTLY, True),
        ("-72.2", PERCENT, Bound.EXACTLY, True),
        ("-72.3", PERCENT, Bound.EXACTLY, False),
        ("-72.1", PERCENT, Bound.ABOUT, True),
        ("-71", PERCENT, Bound.ABOUT, False),
        ("-70", PERCENT, Bound.ABOUT, False),
        ("-4.2", POINTS, Bound.EXACTLY, None),  # amounts have no points
    ],
)
def test_a_stated_change_is_checked_as_exactly_as_it_was_stated(stated, unit, bound, agrees):
    said = figures.Stated(Decimal(stated), unit, bound)
    assert figures.change(amounts("81110000", "22580000"), said).agrees is agrees


@pytest.mark.parametrize(
    ("value", "english", "korean"),
    [
        ("81110000", "81.11 million", "8,111만"),
        ("22580000", "22.58 million", "2,258만"),
        ("123456789", "123,456,789", "1억 2,345만 6,789"),
        ("3000000000", "3 billion", "30억"),
        ("18400", "18,400", "1만 8,400"),
        ("999", "999", "999"),
        ("0.5", "0.5", "0.5"),
    ],
)
def test_large_numbers_are_said_as_people_say_them(value, english, korean):
    with translation.override("en"):
        assert large(Decimal(value), "en") == english
    with translation.override("ko"):
        assert large(Decimal(value), "ko") == korean


def test_bounds_units_and_signs():
    with translation.override("en"):
        people = value_words("amount", Decimal(81110000), "about", "people", "en")
        assert people == "about 81.11 million people"
        assert value_words("share", Decimal("7.2"), "exactly", "", "en") == "7.2%"
        assert value_words("share", Decimal(72), "more_than", "", "en") == "more than 72%"
        assert [signed(Decimal(n)) for n in ("-4.2", "4", "0", "-0.04")] == ["−4.2", "+4", "0", "0"]


def row(value, label="Peak", **changes):
    known = {"kind": "share", "labels": {"en": label}, "value": value, "bound": "exactly"}
    return {**known, "units": {}, "as_of": None, "as_of_precision": "", **changes}


@pytest.mark.parametrize(
    ("stated", "sentence"),
    [
        (None, "−4.2 points, −58.3%. Computed by us; no change was stated."),
        (
            {"value": "-58", "unit": "percent", "bound": "about"},
            "−4.2 points, −58.3%, computed by us: agrees with “about 58%”, as stated.",
        ),
        (
            {"value": "-5", "unit": "points", "bound": "more_than"},
            "−4.2 points, −58.3%, computed by us: does not agree with “more than 5 points”,"
            " as stated.",
        ),
    ],
)
def test_the_sentence_under_the_figures(stated, sentence):
    document = {"language": "en", "figures": [row("7.2"), row("3")], "stated_change": stated}
    with translation.override("en"):
        found = figures_of(document, "en")
    assert found.sentence == sentence
    assert [figure.tenths for figure in found.rows] == [1000, 416]


# --- Origins ------------------------------------------------------------------------------------


def work(id, kind="article", name="", seen=True):
    publisher = {"id": name, "kind": "organisation", "names": {"en": name}} if name else None
    return {
        "id": id,
        "kind": kind,
        "title": f"Work {id}",
        "language": "en",
        "publisher": publisher,
        "url": "",
        "published_on": None,
        "date_precision": "",
        "seen": seen,
    }


def cited(source, *relays):
    return {
        "source": source,
        "relays": list(relays),
        "stance": "for",
        "quotation": "",
        "locator": "",
        "route_given": True,
    }


@pytest.mark.parametrize(
    ("citations", "counted"),
    [
        ([], (0, 0)),
        ([cited(work("a")), cited(work("a"))], (1, 1)),
        ([cited(work(each), work("data")) for each in "abc"], (3, 1)),
        ([cited(work("a"), work("b"), work("data")), cited(work("c"), work("data"))], (2, 1)),
        ([cited(work("a"), work("data")), cited(work("a"))], (1, 2)),
        ([cited(work("a"), work("x")), cited(work("x"), work("a"))], (2, 2)),
    ],
)
def test_three_articles_that_relay_one_dataset_are_one_origin(citations, counted):
    assert origins.count(citations) == counted


def test_the_way_leads_from_the_origin_to_the_cited_work():
    ytn = work("y", "broadcast", "YTN")
    semi = work("s", "statement", "SemiAnalysis", seen=False)
    with translation.override("en"):
        way = way_of(cited(ytn, semi), "en")
        relays = origins_of({"citations": [cited(ytn, semi)], "language": "en"}, "en").relays
    assert [(str(hop.who), hop.verb, hop.seen) for hop in way] == [
        ("SemiAnalysis", "stated", False),
        ("YTN", "reported", True),
    ]
    assert [(str(one.relayer), str(one.origin), one.seen) for one in relays] == [
        ("YTN", "SemiAnalysis", False)
    ]
    assert way_of(cited(ytn), "en") == ()


# --- Verdicts and re-checks -----------------------------------------------------------------------


def test_withheld_stands_on_the_snu_scale_alone():
    assert Verdict.WITHHELD not in VerdictScale.FIVE.verdicts
    assert set(VerdictScale.SNU.verdicts) == set(Verdict)


@pytest.mark.parametrize(
    ("statement", "is_due"),
    [
        ("Usage is falling now", True),
        ("딥시크 이용률이 연초 최고 7.2%에서 3%로 떨어졌다", True),
        ("매출이 지금 줄고 있다", True),
        ("Exports fell in the second quarter", True),
        ("The bridge opened in 1932", True),
        ("R2 has not appeared", True),
        ("Traffic was never the goal", False),
        ("Water boils at 100 degrees", False),
        ("트래픽은 애초에 목표가 아니었다", False),
    ],
)
def test_what_says_now_or_names_a_period_is_looked_at_again(statement, is_due):
    today = date(2025, 7, 25)
    assert default_review_by([statement], today) == (today + AFTER if is_due else None)
