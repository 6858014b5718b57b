"""Where the words that were searched for stand. Pure, but for the comparison with PostgreSQL."""

import unicodedata
from itertools import pairwise

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from claims.public.passages import STOP, asked_of, marked, passage_of, stem


def marks(text, query):
    found = marked(text, asked_of(query))
    return [one.text for one in found.stretches if one.is_hit] if found else []


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("Usage is falling", "fall", ["falling"]),
        ("Usage is falling", "the", []),
        ("It’s DeepSeek’s share", "deepseek", ["DeepSeek"]),
        ("from 7.2% to 3%", "7.2%", ["7.2"]),
        ("from 7.2% to 3%", "2", []),
        ("third-party platforms", "Third-Party", ["third", "party"]),
        ("딥시크의 사용량이 줄었다", "사용량", ["사용량"]),
        ("사용자 감소, 용량 부족", "사용량", ["사용", "용량"]),
        ("국가와 한국", "국", ["국", "국"]),
        ("R2가 나오지 않았다", "R2가", ["R2가"]),
        ("R2의 가격", "r2가", ["R2", "가"]),
        ("ＤｅｅｐＳｅｅｋ 점유율", "deepseek", ["ＤｅｅｐＳｅｅｋ"]),
        (unicodedata.normalize("NFD", "점유율 하락"), "점유율", ["점유율"]),
        ("점유율 하락", unicodedata.normalize("NFD", "점유율"), ["점유율"]),
        ("使用率下降到3%", "使用率", ["使用率"]),
        ("a <b>bold</b> claim", "b", ["b", "b"]),
        ("🙂 smiles", "🙂", []),
        ("", "anything", []),
        ("anything", "", []),
        ("an ﬁne thing", "fine", ["ﬁne"]),
    ],
)
def test_hits_are_marked(text, query, expected):
    found = [unicodedata.normalize("NFC", one) for one in marks(text, query)]
    assert found == expected


def test_a_long_text_is_cut_where_words_end_around_the_first_hit():
    text = "before " * 60 + "needle " + "after " * 60
    passage = passage_of(text, asked_of("needles"))
    assert passage.is_cut_before
    assert passage.is_cut_after
    assert "needle" in passage.text
    assert 120 < len(passage.text) <= 160
    assert set(passage.text.split()) == {"before", "needle", "after"}


def test_a_korean_text_is_cut_between_eojeols():
    words = ["점유율이", "떨어졌다는"] * 40
    text = " ".join([*words, "바이두에서", *words])
    passage = passage_of(text, asked_of("바이두"))
    assert set(passage.text.split()) == {"점유율이", "떨어졌다는", "바이두에서"}


@given(
    st.text(max_size=400) | st.text("가나다각R2 b.é\u0301\u11a8國ﬁİ<&", max_size=400),
    st.text(max_size=20) | st.text("가나다각R2 b.é\u0301\u11a8國ﬁİ<&", max_size=8),
)
def test_whatever_is_searched_for_a_passage_is_a_piece_of_the_text(text, query):
    asked = asked_of(query)
    whole, passage = marked(text, asked), passage_of(text, asked)
    assert (whole is None) == (passage is None)
    if passage:
        assert whole.text == text
        assert passage.text in text
        assert len(passage.text) <= 170 + len(query)
        assert any(one.is_hit for one in passage.stretches)
        assert passage.terms
        # Marks neither touch nor nest.
        kinds = [one.is_hit for one in passage.stretches]
        assert all(before != after for before, after in pairwise(kinds))
        assert passage.is_cut_before == (not text.startswith(passage.text)) or passage.is_cut_after


@given(st.text("abcdefg gone가나", min_size=1, max_size=30))
def test_a_text_is_found_by_itself(text):
    asked = asked_of(text)
    assert bool(asked) == (marked(text, asked) is not None)


REAL = (
    "accept acceptable accounting agencies agreed analyses analysis analyst announced answers "
    "are assessed average basis being biggest bodies businesses buses called cannot carried "
    "causes chinese chips claims companies compared computed confidence confirmed considerable "
    "corrected corrections counted countries critics crises daily data decline declining "
    "delayed delays denied deny development dying early economies editions embedded estimated "
    "evidence excessive expected explanation exports failures falling falls fewer figures "
    "figured findings flies generally generously growing growth headquarters heads imports "
    "increasing independence industries innovate innovation inning innings issued judged laying "
    "lays leaving lies limit limited losses lying lower measured measurement monetisation "
    "monthly moved national nearly news notes numbers observer official only opposite "
    "organisation organisations organized outing owning parties perfectionism performing "
    "platforms policies politics popularity ports possibly prices problems published publisher "
    "quarter questions rapidly ratings rebuttals rebutted recently released reliable relied "
    "relying replies reported reporters reports restrictions rising runs running said sales "
    "says seriously services shares showing shown sizes skies sources speed stable standing "
    "stated statistics stopped studies successes supported surveys tariffs taxes technologies "
    "third thousands times topics traded traffic trying unable universities university unstable "
    "updated usage users using usually values vehicles verdicts voters warnings wider withdrawn "
    "witnesses women words worker workers world worries worsened years yearly "
)


@pytest.mark.django_db
def test_words_have_the_stems_that_postgresql_gives_them():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word, ts_lexize('english_stem', word) FROM unnest(%s::text[]) word",
            [[*REAL.split(), *sorted(STOP)]],
        )
        theirs = dict(cursor.fetchall())
    assert {word for word in theirs if theirs[word] == []} >= STOP
    ours = {word: [] if word in STOP else [stem(word)] for word in theirs}
    assert {word: (ours[word], theirs[word]) for word in theirs if ours[word] != theirs[word]} == {}
