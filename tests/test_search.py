"""Search: what is found, in which order, marked how; and that nothing hidden is."""

import random
import re
import unicodedata
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection, connections
from django.utils import timezone

from claims.public import records, registers
from claims.public.paging import BadToken
from claims.public.records import Filters
from claims.public.registers import FoundPlace, to_found_place, to_found_token
from claims.tokens import pack
from tests.rich_claim import suppress

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])

HOSTILE = [
    "'",
    "''",
    "\\",
    "\\'",
    "'\\",
    "＼",
    "＇",
    "&",
    "|",
    "!",
    ":*",
    "( ) & | ! <-> :*",
    "a' | 'b",
    "%s %(x)s %",
    "🙂👩‍👩‍👧",
    "\u0301",
    "\ufeff\u200d",
    "\U00020000",
    "ー・ー",
    "\u11a8",
    "가" * 10_000,
    "a" * 10_000,
    "'가'\\" * 2_500,
    "http://a.b/c?d=e&f 'x' a@b.c -1.5e10 1.2.3",
    "the of and",
    "",
]


def page_of(client, query, status=200, **more):
    more = "".join(f"&{name}={quote(str(value))}" for name, value in more.items())
    response = client.get(f"/en/search/?q={quote(query)}{more}")
    assert response.status_code == status, (query, response.status_code)
    return response.content.decode()


def statements(page):
    """The statements that a page lists, without their marks."""
    headings = re.findall(r'<h3 class="said"><a .*?</h3>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", "", heading).split()) for heading in headings]


# --- The rules of the database ------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_asked_the_database_answers(asked):
    with connection.cursor() as cursor:
        for beginnings in (True, False):
            cursor.execute("SELECT claims_asked(%s, %s)", [asked, beginnings])
            assert cursor.fetchone()[0] is not None


@pytest.fixture
def matches(connect):
    owner = connect("owner")

    def ask(content, asked):
        found = "SELECT claims_words(%s) @@ claims_asked(%s, false)"
        return owner.execute(found, [content, asked]).fetchone()[0]

    return ask


@pytest.mark.django_db
@pytest.mark.parametrize("asked", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_recorded_is_found_by_itself_or_not_at_all(matches, asked):
    assert matches(asked, asked) in (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "asked", "expected"),
    [
        ("Usage is falling", "FALLS", True),
        ("Usage is falling", "rising", False),
        ("Usage is falling", "falling usage", True),
        ("Usage is falling", "the", False),
        ("R2가 나오지 않았다", "R2", True),
        ("R2가 나오지 않았다", "R2가", True),
        ("R2가 나오지 않았다", "r2는", False),
        ("점유율이 하락", "점유율", True),
        ("점유율이 하락", "점유률", False),
        ("국가", "국", True),
        ("한국", "국", True),  # the last letter, which begins no pair
        ("한국", "한", True),
        ("한국", "강", False),
        ("ＤｅｅｐＳｅｅｋ", "deepseek", True),
        ("deepseek", "ＤＥＥＰＳＥＥＫ", True),
        (unicodedata.normalize("NFD", "점유율"), "점유율", True),
        ("점유율", unicodedata.normalize("NFD", "유율"), True),
        ("使用率下降", "使用率", True),
        ("使用率下降", "降", True),
        ("使用率下降", "上升", False),
        ("ﾃﾞｰﾀ", "データ", True),
        ("from 7.2% to 3%", "7.2", True),
        ("it’s O'Neill \\ so", "o'neill", True),
    ],
)
def test_words_are_found(matches, content, asked, expected):
    assert matches(content, asked) is expected


# --- What readers find --------------------------------------------------------------------------


@BOTH_SIDES
def test_claims_and_counterclaims_are_found_with_their_words_marked(client, newsroom_live):
    room = newsroom_live
    claim = room.published(
        "The harbour <b>silted</b> up",
        text={"reason": "Dredgers were seen. " * 20 + "The sounding is old. " + "More. " * 40},
        texts={"ko": {"statement": "항구가 토사로 메워졌다"}},
    )
    room.publish(room.rebuttal(claim, "Nobody has sounded the harbour"))
    room.published("Rents are rising")
    page = page_of(client, "harbours")
    assert set(statements(page)) == {
        "The harbour &lt;b&gt;silted&lt;/b&gt; up",
        "Nobody has sounded the harbour",
    }
    assert "The <mark>harbour</mark> &lt;b&gt;silted" in page
    assert 'value="harbours"' in page
    assert "Counterclaim</b>" in page
    page = page_of(client, "sounding silted")
    assert len(statements(page)) == 1
    assert "Reason for the confidence" in page
    assert "<mark>sounding</mark>" in page
    page = page_of(client, "토사")
    assert len(statements(page)) == 1
    assert "항구가 <mark>토사</mark>로" in page
    assert 'lang="ko"' in page


@BOTH_SIDES
def test_sources_quotations_topics_and_names_are_found(client, newsroom_live):
    room = newsroom_live
    source = room.source("Yearbook of tides", publisher=room.party("Tidewatch"))
    room.published(
        "It rose",
        fields={"claimant": room.party("Gaugers Union")},
        topics=[room.topic("Estuaries")],
        citations=[{"source": source, "quotation": "by a fathom"}],
        wordings=[{"language": "en", "text": "Levels went upward"}],
    )
    for query, where in {
        "yearbook": "Title of a source",
        "tidewatch": "Publisher",
        "gaugers": "Claimant",
        "estuary": "Topic",
        "fathom": "Quotation",
        "upwards": "Another wording",
        "critics": "Attribution",
    }.items():
        page = page_of(client, query)
        assert statements(page) == ["It rose"], query
        assert f"<dt>{where}</dt>" in page
        assert "<mark>" in page


@BOTH_SIDES
def test_what_fits_best_stands_first_in_korean_too(client, newsroom_live):
    for statement, reason in (("항구가 닫혔다", "없음"), ("다리가 닫혔다", "항구 근처다")):
        newsroom_live.published(statement, texts={"ko": {"statement": statement, "reason": reason}})
    assert statements(page_of(client, "항구")) == ["항구가 닫혔다", "다리가 닫혔다"]
    # Equal rank: the newest.
    for n in (1, 2):
        newsroom_live.published(f"Bridge {n}")
    assert statements(page_of(client, "bridge")) == ["Bridge 2", "Bridge 1"]


@BOTH_SIDES
def test_filters_narrow_what_is_found(client, newsroom_live):
    room = newsroom_live
    topic = room.topic("Ports")
    low = room.published("Harbour one", topics=[topic])
    room.published("Harbour two", confidence="high")
    room.publish(room.rebuttal(low, "Harbour three", confidence="moderate"))
    everything = {"Harbour one", "Harbour two", "Harbour three"}
    today, tomorrow = timezone.localdate(), timezone.localdate() + timedelta(days=1)
    for asked, expected in (
        ({}, everything),
        ({"topic": "", "standing": ""}, everything),  # what a browser sends of an empty form
        ({"utm_source": "x"}, everything),
        ({"topic": topic.public_id}, {"Harbour one"}),
        ({"confidence": "high"}, {"Harbour two"}),
        ({"standing": "contested"}, {"Harbour one"}),
        ({"original_language": "ko"}, set()),
        ({"changed_since": today}, everything),
        ({"changed_since": tomorrow}, set()),
        ({"confidence": "high", "standing": "contested"}, set()),
    ):
        assert set(statements(page_of(client, "harbour", **asked))) == expected, asked
    page = page_of(client, "harbour", confidence="high", standing="contested")
    assert "Search without the filters" in page
    assert '<option value="high" selected>' in page


@BOTH_SIDES
def test_an_empty_search_and_one_without_result_are_kind(client, newsroom_live):
    assert "Find claims and counterclaims" in page_of(client, "")
    assert "Try fewer words" in page_of(client, "xylophone")
    assert "Search without the filters" not in page_of(client, "xylophone")
    for asked, is_listed in (("", True), ("xylophone", False)):
        page = page_of(client, asked)
        assert ('content="noindex, follow"' not in page) == is_listed
        assert 'rel="canonical"' in page
    assert "<title>xylophone · search" in page_of(client, "xylophone")


@BOTH_SIDES
@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("a" * 201, {}),
        ("x", {"standing": "true"}),
        ("x", {"confidence": "9"}),
        ("x", {"topic": "'"}),
        ("x", {"original_language": "<"}),
        ("x", {"changed_since": "2025-02-30"}),
        ("x", {"changed_since": "soon"}),
        ("x", {"changed_since": "0001-01-01"}),
        ("x", {"changed_since": "9999-12-31"}),
    ],
)
def test_what_cannot_be_searched_for_is_refused_with_a_sentence(
    client, newsroom_live, query, asked
):
    page = page_of(client, query, status=400, **asked)
    assert 'class="wrong"' in page
    assert f'value="{query}"' in page  # nothing typed is lost


@BOTH_SIDES
def test_hostile_words_find_nothing_and_break_nothing(client, newsroom_live):
    newsroom_live.published("It’s O'Neill’s \\ share & <mark>more</mark>")
    for query in HOSTILE:
        if len(query) <= 200 and query:
            page_of(client, query)
    page = page_of(client, "O'Neill \\ <mark>")
    assert "<mark>O</mark>&#x27;<mark>Neill</mark>" in page
    assert client.get("/en/search/?q=%00").status_code == 400
    assert client.get("/en/search/?q=%ff").status_code == 400
    assert client.post("/en/search/?q=x").status_code == 405


@BOTH_SIDES
def test_pages_follow_each_other_without_gap_or_repetition(client, newsroom_live, monkeypatch):
    monkeypatch.setattr(records, "PAGE_SIZE", 3)
    for n in range(8):
        newsroom_live.published(f"Harbour {n} " + "harbour " * (n % 3))
    pages, address = [], "/en/search/?q=harbour&confidence=low"
    while address:
        page = client.get(address).content.decode()
        pages.append(statements(page))
        further = re.search(r'href="([^"]*)" rel="next"', page)
        address = further and further.group(1).replace("&amp;", "&")
        assert not address or "confidence=low" in address
    assert [len(page) for page in pages] == [3, 3, 2]
    assert len({one for page in pages for one in page}) == 8
    for bad in ("x", pack((2**40, 1)), pack((-1, 1)), pack((1, 2, 3)), "x" * 500):
        assert client.get(f"/en/search/?q=harbour&after={bad}").status_code == 400


def test_tokens_keep_the_rank_to_the_last_bit():
    for rank in (0.0, 1e-20, 0.06079271, 1.0):
        (place,) = {to_found_place(to_found_token(FoundPlace(rank, 7)))}
        assert place.edition_id == 7
        assert to_found_place(to_found_token(place)) == place
    with pytest.raises(BadToken):
        to_found_place(pack((0x7F800000, 1)))  # infinite


@BOTH_SIDES
def test_nothing_hidden_is_found_not_even_by_its_rank(client, newsroom_live):
    room = newsroom_live
    room.published("Harbour open")
    before = page_of(client, "harbour")

    def ranks():
        with connections["public"].cursor() as cursor:
            cursor.execute("SELECT rank FROM reader.found('harbour')")
            return sorted(cursor.fetchall())

    open_ranks = ranks()
    room.draft("Harbour CANARYDRAFT")
    room.submit(room.draft("Harbour CANARYREVIEW"))
    room.publish(room.draft("Harbour CANARYSCHEDULED"), opens_at=timezone.now() + timedelta(days=1))
    withdrawn, suppressed = (
        room.published(f"Harbour {word}") for word in ("CANARYWITHDRAWN", "CANARYSUPPRESSED")
    )
    assert statements(page_of(client, "canarywithdrawn"))  # the control
    room.withdraw(withdrawn)
    suppress(room, suppressed)
    corrected = room.published("Quay CANARYOLD")
    room.publish(room.revise(corrected, statement="Quay corrected"))
    assert ranks() == open_ranks
    assert page_of(client, "harbour") == before
    for word in ("draft", "review", "scheduled", "withdrawn", "suppressed", "old"):
        page = page_of(client, f"canary{word}")
        assert statements(page) == []
        assert "CANARY" not in page
    with connections["public"].cursor() as cursor:
        cursor.execute("SELECT * FROM reader.found('canaryscheduled')")
        assert cursor.fetchall() == []


@BOTH_SIDES
def test_any_words_give_an_answer(newsroom_live):
    newsroom_live.published("It’s O'Neill")
    chance = random.Random(5)
    letters = "'\"\\&|!:*()<>%가나국R2 ab.-_@/\u0301\u200d\ufeff🙂ー々\u1100\u1161"
    for _round in range(300):
        query = "".join(chance.choices(letters, k=chance.randint(1, 30)))
        editions, rest = registers.found(query, Filters(), after=None)
        assert len(editions) <= 1 and rest is None, query
    assert registers.found("O'Neill", Filters(), after=None)[0]  # the control
