"""What pages say in schema.org’s words: when there is a ClaimReview, and what may stand in it."""

import json
import re
from datetime import UTC, datetime

import pytest
from django.utils import translation

from claims import actions
from claims.choices import Ground, Verdict, VerdictScale
from claims.public import records
from claims.public.structured import Site, claim_review, script
from tests.rich_claim import rich_claim, suppress
from tests.test_reader_pages import citation, document, edition, party
from tests.test_reader_site import address, get

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
SITE = Site("The Example", "https://example.org/")
NOON = datetime(2025, 7, 25, 12, tzinfo=UTC)
BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
HOSTILE = "</script><script>alert(1)</script> <!-- & \u2028 \u2029 \" ' ]]> \\u003c"


def blocks(response):
    return [json.loads(text) for text in BLOCK.findall(response.content.decode())]


def kinds(response):
    return [block.get("@type", "graph") for block in blocks(response)]


def rated(value="half_true", scale="snu", **changes):
    changes.setdefault("citations", [citation(publisher=party("YTN"))])
    return document(verdict={"scale": scale, "value": value}, **changes)


def review(document, **changes):
    return claim_review(edition(document=document, **changes), NOON, SITE, "en")


# --- When there is one --------------------------------------------------------------------------

EXTERNAL = party("YTN")
OURS = party("THE example")


@pytest.mark.parametrize(
    ("words", "shown", "is_there"),
    [
        ("a verdict, and somebody else’s report", rated(), True),
        ("no verdict", document(citations=[citation(publisher=EXTERNAL)]), False),
        ("an empty verdict", rated() | {"verdict": None}, False),
        ("a citation against only", rated(citations=[citation("s", EXTERNAL, "against")]), False),
        ("no citation", rated(citations=[]), False),
        ("nobody’s work, nowhere", rated(citations=[citation()]), False),
        ("nobody’s work, at an address", rated(citations=[citation(url="https://a.test/")]), True),
        ("an address that is none", rated(citations=[citation(url="javascript:x")]), False),
        ("our own report", rated(citations=[citation(publisher=OURS)]), False),
        ("our own site", rated(citations=[citation(url="https://example.org/x")]), False),
        (
            "our own report of somebody else’s",
            rated(
                citations=[
                    citation(publisher=OURS)
                    | {"relays": [citation("s2", EXTERNAL, kind="dataset")["source"]]}
                ]
            ),
            True,
        ),
        ("ours and somebody else’s", rated(
            citations=[citation(publisher=OURS), citation("s2", EXTERNAL)]), True),
        ("no statement", rated(texts={"en": {"statement": ""}}), False),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_there_is_a_review_only_where_the_rules_allow_it(words, shown, is_there):
    assert (review(shown) is not None) is is_there, words


@pytest.mark.parametrize(
    ("scale", "value", "step"),
    [
        (scale, value, step)
        for scale in VerdictScale
        for step, value in enumerate(list(Verdict)[:5], start=1)
    ],
)
def test_the_number_is_the_step_of_the_verdict_whatever_the_confidence(scale, value, step):
    for confidence in ("high", "moderate", "low", "not_assessed"):
        rating = review(rated(value, scale, confidence=confidence))["reviewRating"]
        assert (rating["worstRating"], rating["ratingValue"], rating["bestRating"]) == (1, step, 5)
        assert rating["alternateName"] == str(Verdict(value).label)


def test_withheld_has_words_and_no_number():
    assert review(rated("withheld"))["reviewRating"] == {
        "@type": "Rating",
        "alternateName": "Withheld",
    }


def test_a_review_has_all_that_the_guide_asks_for():
    claimant = party("QuestMobile") | {"kind": "organisation"}
    found = review(
        rated(
            claimant=claimant,
            citations=[
                citation("s1", EXTERNAL, published_on="2025-07-01", date_precision="month")
                | {"relays": [citation("s2", claimant, kind="dataset")["source"]]}
            ],
        ),
        number=3,
    )
    assert found["@type"] == "ClaimReview"
    assert found["url"] == "https://example.org/en/claims/c/"
    assert found["version"] == "3"
    assert found["author"]["@type"] == "NewsMediaOrganization"
    assert found["author"]["name"] == "The Example"
    claim = found["itemReviewed"]
    assert claim["@id"] == "https://example.org/claims/c#claim"
    assert claim["author"] == {"@type": "Organization", "name": "QuestMobile"}
    relayed = {"@type": "Dataset", "publisher": {"@type": "Organization", "name": "QuestMobile"}}
    assert claim["appearance"] == [
        {
            "@type": "Clip",
            "name": "A report",
            "inLanguage": "ko",
            "publisher": {"@type": "Organization", "name": "YTN"},
            "datePublished": "2025-07",
            "isBasedOn": relayed,
        }
    ]
    assert claim["firstAppearance"] == relayed


def test_a_person_is_a_person_and_critics_are_nobody():
    liang = party("Liang Wenfeng") | {"kind": "person"}
    assert review(rated(claimant=liang))["itemReviewed"]["author"]["@type"] == "Person"
    assert "author" not in review(rated())["itemReviewed"]


def test_with_two_origins_nobody_was_first():
    both = [citation("s1", EXTERNAL), citation("s2", party("Bloomberg"))]
    assert "firstAppearance" not in review(rated(citations=both))["itemReviewed"]
    assert "firstAppearance" in review(rated(citations=both[:1]))["itemReviewed"]  # the control


def test_a_korean_page_speaks_korean():
    shown = rated(texts={"ko": {"statement": "줄었다"}}, language="ko")
    with translation.override("ko"):
        found = claim_review(edition(document=shown), NOON, SITE, "ko")
    assert (found["inLanguage"], found["claimReviewed"]) == ("ko", "줄었다")
    assert found["url"] == "https://example.org/ko/claims/c/"
    assert re.search("[가-힣]", found["reviewRating"]["alternateName"])


@pytest.mark.parametrize("text", [HOSTILE, "<!--<script>", "\u2028", "a & b", '"', "\\", "’“"])
def test_no_text_ends_its_block(text):
    written = script({"text": text})
    inside = written.removeprefix('<script type="application/ld+json">').removesuffix("</script>")
    assert not set(inside) & set("<>&\u2028\u2029")
    assert json.loads(inside) == {"text": text}


# --- On the pages -------------------------------------------------------------------------------


@pytest.fixture
def rich(newsroom_live, settings):
    settings.VERDICT_SCALE = "snu"
    return rich_claim(newsroom_live)


@BOTH_SIDES
def test_a_page_has_one_review_and_a_graph_and_nothing_else_has_a_review(client, rich):
    claim = rich["claim"]
    for language in ("en", "ko"):
        page = get(client, address(claim, language))
        assert kinds(page) == ["ClaimReview", "graph"]
        found, graph = blocks(page)
        assert found["url"] == f"http://testserver{address(claim, language)}"
        assert "ClaimReview" not in json.dumps(graph)
    for path in (address(claim, number=1), address(claim, number=2), "/en/claims/?all=1"):
        assert kinds(get(client, path)) == []
    assert kinds(get(client, address(rich["target"]))) == ["graph"]  # no verdict
    withdrawn = get(client, address(rich["withdrawn"]))
    assert (withdrawn["X-Robots-Tag"], kinds(withdrawn)) == ("noindex", [])


@BOTH_SIDES
def test_what_stands_in_the_review_stands_on_the_page(client, rich):
    page = get(client, address(rich["claim"]))
    (found, _graph), html = blocks(page), page.content.decode().partition("<body>")[2]
    origin = found["itemReviewed"]["appearance"][0]
    for words in (
        found["claimReviewed"],
        found["reviewRating"]["alternateName"],
        found["reviewRating"]["ratingExplanation"],
        found["itemReviewed"]["author"]["name"],
        origin["name"],
        origin["publisher"]["name"],
        origin["url"],
        origin["isBasedOn"]["publisher"]["name"],
    ):
        assert words in html, words


@BOTH_SIDES
def test_the_graph_says_who_disputes_what(client, rich):
    graph = blocks(get(client, address(rich["claim"])))[-1]
    claims = {node["text"]: node for node in graph["@graph"] if node["@type"] == "Claim"}
    ids = {name: claim["@id"] for name, claim in claims.items()}
    main = next(node for node in claims.values() if "mainEntityOfPage" in node)
    assert main["cito:disputes"] == [{"@id": ids["Use is growing"]}]
    assert (main["fc:confidence"], main["fc:standing"]) == ("moderate", "answered")
    assert main["citation"][0]["name"] == "A report on air"  # cited against it as well
    for statement, relation, ground in (
        ("Embedded use is not counted", "cito:disputes", Ground.UNDERCUT),
        ("Nothing fell", "cito:disputes", Ground.REBUT),
        ("It was a holiday", "cito:qualifies", None),
    ):
        node = claims[statement]
        assert node[relation] == node["about"] == [{"@id": main["@id"]}]
        assert node.get("fc:attackType", [None]) == [ground]
    reply = claims["Embedded use fell as well"]
    assert reply["cito:disputes"] == [{"@id": ids["Embedded use is not counted"]}]
    corrections = next(node for node in graph["@graph"] if node["@type"] == "WebPage")["correction"]
    assert [each["text"] for each in corrections] == ["It is monthly downloads."]
    assert not {"A withdrawn rebuttal", "A suppressed rebuttal"} & set(claims)
    # Each of our own terms leads to where the page of our method explains it.
    terms = graph["@context"][1]["fc"]
    assert terms.endswith("/method/#")
    place = terms.removeprefix("http://testserver").removesuffix("#")
    method = get(client, get(client, place).url).content.decode()
    own = {name.removeprefix("fc:") for node in graph["@graph"] for name in node if "fc:" in name}
    assert own == {"confidence", "standing", "attackType"}
    assert all(f' id="{name}"' in method for name in own)


@BOTH_SIDES
def test_the_same_can_be_downloaded(client, rich):
    path = address(rich["claim"]) + "data.jsonld"
    first = get(client, path)
    assert first["Content-Type"] == "application/ld+json"
    types = [node["@type"] for node in json.loads(first.content)["@graph"]]
    assert types.count("ClaimReview") == 1
    assert get(client, path, if_none_match=first["ETag"]).status_code == 304
    gone = get(client, address(rich["withdrawn"]) + "data.jsonld")
    assert (gone.status_code, gone.json()["notice"]) == (410, "Nobody said so.")
    erased = get(client, address(rich["suppressed"]) + "data.jsonld")
    assert (erased.status_code, erased.json()["notice"]) == (410, None)
    assert get(client, "/en/claims/bcdfghjkmnpq/data.jsonld").status_code == 404


@BOTH_SIDES
def test_hostile_texts_stay_texts(client, newsroom_live, settings):
    settings.VERDICT_SCALE = "five"
    hostile = HOSTILE.replace("\u2028 \u2029 ", "")  # these are written on one line
    claim = newsroom_live.published(
        hostile,
        fields={"verdict": "false"},
        text={"reason": HOSTILE},
        citations=[{"source": newsroom_live.source(hostile, publisher=newsroom_live.party("P"))}],
    )
    newsroom_live.publish(newsroom_live.rebuttal(claim, f"Not so: {hostile}"))
    page = get(client, address(claim))
    assert kinds(page) == ["ClaimReview", "graph"]
    found = blocks(page)[0]
    assert found["claimReviewed"] == hostile
    assert found["reviewRating"]["ratingExplanation"] == HOSTILE
    assert "<script>alert" not in page.content.decode()
    assert page.content.decode().count("<script") == 2


# --- The feed -----------------------------------------------------------------------------------

FEED = "/feeds/claimreview.json"


def reviewed_claims(room, count, name="Claim"):
    source = room.source("Elsewhere", publisher=room.party("Press"))
    return [
        room.published(f"{name} {n}", fields={"verdict": "false"}, citations=[{"source": source}])
        for n in range(count)
    ]


@BOTH_SIDES
def test_the_feed_holds_every_review_once_and_leads_on(
    client, newsroom_live, settings, monkeypatch
):
    settings.VERDICT_SCALE = "five"
    monkeypatch.setattr(records, "PAGE_SIZE", 2)
    newsroom_live.published("Without a verdict")
    reviewed_claims(newsroom_live, 5)
    path, seen = FEED, []
    while path:
        answer = get(client, path)
        feed = answer.json()
        assert (feed["@context"], feed["@type"]) == ("https://schema.org", "DataFeed")
        for element in feed["dataFeedElement"]:
            assert element["@type"] == "DataFeedItem"
            (item,) = element["item"]
            assert (item["@context"], item["@type"]) == ("https://schema.org", "ClaimReview")
            assert element["url"] == item["url"]
            seen.append(item["claimReviewed"])
        assert answer.get("Link", "") == (f'<{feed["next"]}>; rel="next"' if "next" in feed else "")
        path = feed.get("next", "").removeprefix("http://testserver")
    assert seen == [f"Claim {n}" for n in (4, 3, 2, 1, 0)]


@BOTH_SIDES
def test_the_feed_is_conditional_and_kind(client, newsroom_live, settings):
    settings.VERDICT_SCALE = "five"
    assert get(client, FEED).json()["dataFeedElement"] == []
    claim = reviewed_claims(newsroom_live, 1)[0]
    first = get(client, FEED)
    assert not first.cookies
    again = get(client, FEED, if_none_match=first["ETag"])
    assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")
    assert get(client, FEED + "?after=zz").status_code == 400
    assert client.post(FEED).status_code == 405
    newsroom_live.withdraw(claim)
    after = get(client, FEED, if_none_match=first["ETag"])
    assert (after.status_code, after.json()["dataFeedElement"]) == (200, [])


# --- Nothing unpublished ------------------------------------------------------------------------


@BOTH_SIDES
def test_nothing_unpublished_is_in_any_block(client, newsroom_live, settings):
    settings.VERDICT_SCALE = "five"
    room = newsroom_live
    claim, gone, erased = reviewed_claims(room, 3)
    room.draft("CANARY draft", fields={"verdict": "true"})
    room.submit(room.rebuttal(claim, "CANARY in review"))
    room.revise(claim, note="CANARY note", statement="CANARY statement")
    actions.edit(
        claim.pk, actor=room.reporter, version=fresh(claim).version, fields={"verdict": "true"}
    )
    for each, words in ((gone, "CANARY withdrawn"), (erased, "CANARY erased")):
        room.publish(room.revise(each, statement=words))
    room.withdraw(gone)
    suppress(room, erased)
    for path in (
        *(address(each) + tail for each in (claim, gone, erased) for tail in ("", "data.jsonld")),
        *(address(each) + tail for each in (claim, gone, erased) for tail in ("card/", "timemap/")),
        address(claim, number=1) + "document.json",
        f"/oembed?url=http://testserver{address(claim)}",
        FEED,
    ):
        answer = get(client, path)
        assert "CANARY" not in answer.content.decode(), path
    assert "Claim 0" in get(client, FEED).content.decode()  # the control


def fresh(claim):
    claim.refresh_from_db()
    return claim
