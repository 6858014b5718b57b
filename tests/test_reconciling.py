"""Three versions put together: whose value stands, and that nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.admin.reconciling import UNKNOWN, Side, merge_rows, side, sides

B, M, T, O = Side.BOTH, Side.MINE, Side.THEIRS, Side.OPEN  # noqa: E741

# ancestor, theirs, mine: whose value stands
TABLE = [
    ("a", "a", "a", B),
    ("a", "a", "b", M),
    ("a", "b", "a", T),
    ("a", "b", "b", B),
    ("a", "b", "c", O),
    ("a", "", "a", T),
    ("a", "", "b", O),
    ("a", "a", "", M),
    ("a", "b", "", O),
    (UNKNOWN, "a", "a", B),
    (UNKNOWN, "a", "b", O),
    (UNKNOWN, "", "b", O),
]


@pytest.mark.parametrize(("base", "theirs", "mine", "whose"), TABLE)
def test_who_changed_it_prevails_and_both_is_open(base, theirs, mine, whose):
    assert side(base, theirs, mine) is whose


# ancestor, theirs, mine of the row 7: whose row stands
ROW = {"text": "a"}
ROWS = [
    (ROW, ROW, None, M),  # I took it out
    (ROW, None, ROW, T),  # they took it out
    (ROW, {"text": "b"}, None, O),  # I took out what they changed
    (ROW, None, {"text": "b"}, O),  # they took out what I changed
    (None, ROW, None, T),  # they added it
    (None, None, ROW, M),  # an id that nobody knows is my addition
    (UNKNOWN, ROW, None, O),
    (UNKNOWN, None, ROW, O),
]


@pytest.mark.parametrize(("base", "theirs", "mine", "whose"), ROWS)
def test_a_row_taken_out_by_one_and_changed_by_the_other_is_open(base, theirs, mine, whose):
    def one(row):
        return {} if row is None else {"7": row}

    assert merge_rows(one(base), one(theirs), one(mine), []).by_id["7"].whole is whose
    if base is UNKNOWN:
        assert merge_rows(UNKNOWN, one(theirs), one(mine), []).by_id["7"].whole is O


def test_a_row_that_both_have_is_merged_unit_by_unit():
    base = {"7": {"text": "a", "place": "1"}}
    theirs = {"7": {"text": "b", "place": "1"}}
    mine = {"7": {"text": "a", "place": "2", "note": "n"}}
    row = merge_rows(base, theirs, mine, []).by_id["7"]
    assert (row.whole, row.units) == (B, {"text": T, "place": M, "note": M})


def test_a_row_that_both_added_is_recorded_once():
    merged = merge_rows({}, {"8": ROW}, {}, [ROW, ROW, {"text": "other"}])
    assert merged.by_id["8"].whole is B
    # The second of my two is one more than they added.
    assert merged.added == [B, M, M]


VALUES = st.sampled_from(["", "a", "b", "c"])
UNITS = st.dictionaries(st.sampled_from(["x", "y", "z"]), VALUES.filter(bool), max_size=3)
SOME_ROWS = st.dictionaries(st.sampled_from(["1", "2", "3"]), UNITS, max_size=3)


def changed(base, now):
    """(unit, value) for each value that is not the ancestor's."""
    return {(name, now.get(name)) for name in {*base, *now} if now.get(name) != base.get(name)}


@given(UNITS, UNITS, UNITS)
def test_no_changed_value_is_lost(base, theirs, mine):
    decided = sides(base, theirs, mine)
    result = {
        name: (theirs if whose is T else mine).get(name)
        for name, whose in decided.items()
        if whose is not O
    }
    for side_of, other in ((mine, theirs), (theirs, mine)):
        for name, value in changed(base, side_of):
            # In the result, put to a person, or (taken out by both alike) nowhere to be lost from.
            assert decided.get(name) is O or result.get(name) == value
            if decided.get(name) is O:
                assert other.get(name) != value
    # What nobody changed stays, and nothing is asked about it.
    for name in decided:
        if theirs.get(name) == base.get(name) == mine.get(name):
            assert decided[name] is B


@given(UNITS, UNITS)
def test_without_an_ancestor_every_difference_is_asked_about(theirs, mine):
    decided = sides(UNKNOWN, theirs, mine)
    for name, whose in decided.items():
        assert whose is (B if theirs.get(name) == mine.get(name) else O)


@given(SOME_ROWS, SOME_ROWS, SOME_ROWS, st.lists(UNITS, max_size=3))
def test_no_changed_row_is_lost(base, theirs, mine, added):
    merged = merge_rows(base, theirs, mine, added)
    for key in {*theirs, *mine}:
        row, was = merged.by_id[key], base.get(key)
        if key in theirs and key in mine:
            for name, value in changed(was or {}, mine[key]) | changed(was or {}, theirs[key]):
                whose = row.units.get(name, B)
                stands = {M: mine, T: theirs, B: mine}.get(whose, {}).get(key, {}).get(name)
                assert whose is O or stands == value
        elif key in theirs:
            assert row.whole in ((T, O, B) if theirs[key] != was else (M,))
        else:
            assert row.whole in ((M, O) if mine[key] != was else (T,))
    lost = [row for row, whose in zip(added, merged.added, strict=True) if whose is B]
    assert all(row in theirs.values() for row in lost)
