"""The front page, narrowed lists, and the pages of topics, parties and sources."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from claims import actions
from claims.choices import Ground, Mention
from claims.public import shelves
from claims.public.paging import BadToken
from tests.newsroom import Newsroom

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def get(path: str, status: int = 200) -> str:
    response = Client().get(path)
    assert response.status_code == status, path
    return response.content.decode()


def said(html: str) -> list[str]:
    """The statements that a list holds, in its order."""
    found = re.findall(r'<h[23] class="said">.*?<bdi[^>]*>(.*?)</bdi>', html, re.DOTALL)
    return [unescape(each) for each in found]


def shelf(html: str) -> list[str]:
    found = re.findall(r'<h2><a href="[^"]+/"><bdi[^>]*>(.*?)</bdi>', html)
    return [unescape(each) for each in found]


@pytest.fixture
def recorded(newsroom_live: Newsroom) -> dict:
    """A claim with a rebuttal and everything shared; a plain claim; a draft with names."""
    room = newsroom_live
    measured = room.party("QuestMobile")
    report = room.source("Downloads in July", publisher=measured, seen=False)
    broadcaster = room.party("YTN", ko="와이티엔")
    broadcast = room.source("Half a year on", publisher=broadcaster, kind="broadcast")
    topic = room.topic("AI industry", ko="인공지능 산업")
    asked = room.party("DeepSeek")
    claim = room.published(
        "Downloads fell by 72%",
        fields={"claimant": measured, "confidence": "moderate"},
        topics=[topic],
        citations=[{"source": broadcast, "quotation": "72%", "relays": [report]}],
        replies=[{"party": asked, "asked_on": "2025-07-01", "channel": "email"}],
    )
    against = room.rebuttal(claim, "Embedded use is not counted", Ground.UNDERCUT)
    room.publish(against)
    plain = room.published("The port is open", texts={"ko": {"statement": "항구가 열렸다"}})
    hidden = room.draft(
        "A secret draft",
        fields={"claimant": room.party("Hidden party")},
        topics=[room.topic("Hidden topic")],
        citations=[{"source": room.source("Hidden source"), "quotation": "x"}],
    )
    return locals() | {"names": ("Hidden party", "Hidden topic", "Hidden source", "A secret draft")}


def test_the_front_page_says_what_is_new_contested_and_corrected(recorded):
    room = recorded["room"]
    for number in range(5):
        room.published(f"Newer claim {number}")
    plain = room.revise(recorded["plain"], note="It was never closed.", statement="The port opens")
    room.publish(plain)
    html = get("/en/")
    new, contested, corrected = (
        html.partition(f'id="{name}"')[2] for name in ("new", "contested", "corrected")
    )
    assert said(new)[0] == "The port opens" and "Newer claim 4" in said(new)
    assert said(contested) == ["Downloads fell by 72%"]
    assert "It was never closed." in corrected
    assert f"/claims/{plain.public_id}/editions/2/" in corrected
    assert "Nothing has been published yet" not in html


def test_an_empty_front_page_says_what_to_do(newsroom_live):
    assert "Editors record the first one in the newsroom" in get("/en/")


NARROWED = [
    ("", ["The port is open", "Downloads fell by 72%"]),
    ("all=1", ["The port is open", "Embedded use is not counted", "Downloads fell by 72%"]),
    ("standing=contested", ["Downloads fell by 72%"]),
    ("standing=unrebutted", ["The port is open"]),
    ("confidence=moderate", ["Downloads fell by 72%"]),
    ("confidence=moderate&standing=unrebutted", []),
    ("original_language=ko", []),
    ("changed_since=2099-01-01", []),
    ("changed_since=2020-01-01", ["The port is open", "Downloads fell by 72%"]),
    ("topic={topic}", ["Downloads fell by 72%"]),
    ("claimant={measured}", ["Downloads fell by 72%"]),
    ("publisher={broadcaster}", ["Downloads fell by 72%"]),
    ("source={broadcast}", ["Downloads fell by 72%"]),
    ("source={report}", []),  # it is relayed, not cited
    ("topic=222222222222", []),
    ("all=0&confidence=low", ["The port is open"]),
]


@pytest.mark.parametrize(("query", "statements"), NARROWED)
def test_filters_narrow_the_list_together(recorded, query, statements):
    ids = {
        name: recorded[name].public_id
        for name in ("topic", "measured", "broadcaster", "broadcast", "report")
    }
    html = get(f"/en/claims/?{query.format(**ids)}")
    assert said(html) == statements
    assert ("noindex" in html) == bool(query)
    if query and not statements:
        assert "No claim fits all of these filters." in html


def test_a_filter_is_named_and_taken_away(recorded):
    topic = recorded["topic"].public_id
    html = get(f"/ko/claims/?topic={topic}&confidence=moderate")
    assert "인공지능 산업" in html
    assert f'href="/ko/claims/?topic={topic}"' in html
    assert 'href="/ko/claims/?confidence=moderate"' in html


WRONG = [
    ("standing=best", "“best” is none of these."),
    ("confidence=99", "“99” is none of these."),
    ("changed_since=yesterday", "Give a day, such as 2025-07-25."),
    ("original_language=%00", None),
    ("original_language=Korean!", "Give the language as a code"),
    ("topic=../x", "A public id has twelve characters"),
    ("after=nonsense", None),
]


@pytest.mark.parametrize(("query", "sentence"), WRONG)
def test_a_wrong_filter_is_told_and_kept(newsroom_live, query, sentence):
    html = get(f"/en/claims/?{query}", status=400)
    assert sentence is None or sentence in unescape(html)


def test_topics_parties_and_sources_are_listed_once_the_last_mentioned_first(recorded):
    room = recorded["room"]
    room.published("Another one", topics=[recorded["topic"]])
    assert shelf(get("/en/topics/")) == ["AI industry"]
    assert shelf(get("/ko/topics/")) == ["인공지능 산업"]
    assert sorted(shelf(get("/en/parties/"))) == ["DeepSeek", "QuestMobile", "YTN"]
    assert shelf(get("/en/sources/"))[0] == "A report"
    assert sorted(shelf(get("/en/sources/"))) == [
        "A report",
        "Downloads in July",
        "Half a year on",
    ]


def test_a_topic_page_holds_its_claims(recorded):
    html = get(f"/en/topics/{recorded['topic'].public_id}/")
    assert said(html) == ["Downloads fell by 72%"] and "<h1><bdi" in html


def test_a_party_page_holds_what_they_claimed_published_and_were_asked(recorded):
    html = get(f"/en/parties/{recorded['measured'].public_id}/")
    assert said(html) == ["Downloads fell by 72%"]
    assert "Embedded use is not counted" in html
    assert "Downloads in July" in html.partition('id="published"')[2]
    asked = get(f"/en/parties/{recorded['asked'].public_id}/")
    assert "Asked by e-mail on 1 July 2025" in asked and "Waiting for an answer" in asked
    assert 'id="claimed"' not in asked


def test_a_party_that_is_only_faulted_has_a_page_and_a_feed_of_what_faults_it(recorded):
    room = recorded["room"]
    faulted = room.party("Somebody")
    claim = room.draft("Somebody lied", fields={"allegation_about": faulted}, actor=room.editor)
    actions.edit(
        claim.pk,
        actor=room.editor,
        version=claim.version,
        texts={"en": {"reply_exception": "Nobody knows where they are."}},
    )
    claim.refresh_from_db()
    actions.submit(claim.pk, actor=room.editor, version=claim.version)
    room.approve(claim, room.second_editor)
    room.publish(claim)
    html = get(f"/en/parties/{faulted.public_id}/")
    assert "Somebody lied" in html and "They were not asked; the claim’s page says why." in html
    (link,) = re.findall(r'href="([^"]+/parties/[^"]+feed\.json)"', html)
    feed = Client().get(link.removeprefix("http://testserver"))
    assert [item["title"] for item in feed.json()["items"]] != []
    assert "They were not asked" not in get(f"/en/parties/{recorded['asked'].public_id}/")


def test_every_page_of_a_shelf_leads_back_to_its_newest(recorded, monkeypatch):
    monkeypatch.setattr(shelves, "PAGE_SIZE", 1)
    first = get("/en/parties/")
    assert "To the newest" not in first
    following = re.search(r'<a href="([^"]+)" rel="next"', first)[1]
    assert following.startswith("./?after=")
    second = get(f"/en/parties/{unescape(following)[2:]}")
    assert '<a href="./">To the newest</a>' in second


def test_a_claim_leads_to_the_sources_through_which_it_came(recorded):
    room, claim = recorded["room"], recorded["claim"]
    places = {
        name: f'<a href="/en/sources/{recorded[name].public_id}/">'
        for name in ("report", "broadcast")
    }
    critics = room.published(
        "Downloads fell, they say",
        citations=[{"source": recorded["broadcast"], "quotation": "they say"}],
    )
    via = get(f"/en/claims/{critics.public_id}/").partition('class="who">')[2].partition("</span>")
    assert f', via <bdi lang="en" dir="auto">{places["broadcast"]}YTN</a></bdi>' in via[0]

    def way(path: str) -> str:
        return get(path).partition('<p class="way">')[2].partition("</p>")[0]

    path = f"/en/claims/{claim.public_id}/"
    assert [way(path).count(place) for place in places.values()] == [1, 1]
    # Its own page leads to the others alone; an edition that was replaced, to none.
    path = f"/en/sources/{recorded['report'].public_id}/"
    assert [way(path).count(place) for place in places.values()] == [0, 1]
    room.publish(room.revise(claim, statement="Downloads fell by more than 72%"))
    path = f"/en/claims/{claim.public_id}/editions/1/"
    assert [way(path).count(place) for place in places.values()] == [0, 0]


def test_a_source_page_holds_what_rests_on_it_and_the_way_it_came(recorded):
    for name in ("broadcast", "report"):
        html = get(f"/en/sources/{recorded[name].public_id}/")
        assert said(html) == ["Downloads fell by 72%"]
        way = html.partition('id="routes"')[2].partition("</section>")[0]
        assert way.index("QuestMobile") < way.index("YTN")
    assert "not seen by us" in get(f"/en/sources/{recorded['report'].public_id}/")


def test_what_nobody_published_has_no_page(recorded):
    hidden = recorded["hidden"]
    known = {
        "topics": hidden.topics.get().public_id,
        "parties": hidden.claimant.public_id,
        "sources": hidden.citations.get().source.public_id,
    }
    for kind, public_id in known.items():
        never = Client().get(f"/en/{kind}/222222222222/")
        drafted = Client().get(f"/en/{kind}/{public_id}/")
        assert (drafted.status_code, drafted.content) == (404, never.content)
    for path in ("", "claims/?all=1", "topics/", "parties/", "sources/"):
        html = get(f"/en/{path}")
        assert not [name for name in recorded["names"] if name in html], path


def test_a_withdrawn_claim_takes_its_records_with_it(recorded):
    topic = recorded["topic"].public_id
    assert get(f"/en/topics/{topic}/")
    recorded["room"].withdraw(recorded["claim"])
    assert get(f"/en/topics/{topic}/", status=404)
    assert shelf(get("/en/topics/")) == []


def test_a_record_waits_for_its_claims_moment(newsroom_live):
    topic = newsroom_live.topic("Tomorrow")
    claim = newsroom_live.draft(topics=[topic])
    newsroom_live.publish(claim, opens_at=timezone.now() + timedelta(days=1))
    assert get(f"/en/topics/{topic.public_id}/", status=404)
    assert "Tomorrow" not in get("/en/topics/")


def test_a_shelf_is_paged_to_its_end_even_where_many_share_a_moment(newsroom_live):
    """One edition mentions forty-five sources: none is left out, none stands twice."""
    sources = [newsroom_live.source(f"Work {number:02}") for number in range(45)]
    newsroom_live.published(citations=[{"source": each, "quotation": "x"} for each in sources])
    found, after = [], None
    for _page in range(4):
        page, after = shelves.newest(shelves.WORK, after)
        found += [one.record for one in page]
        if after is None:
            break
    assert after is None
    assert sorted(found) == sorted(each.public_id for each in sources)
    html = get("/en/sources/")
    following = re.search(r'href="\./\?(after=[^"]+)"', html)
    assert following and len(shelf(html)) == 20
    assert len(shelf(get(f"/en/sources/?{following[1]}"))) == 20


@pytest.mark.parametrize("token", ["x", "A" * 34, "A" * 22 + "../../../../x", "%F0%9F%98%80" * 3])
def test_a_made_up_place_is_refused(newsroom_live, token):
    assert "Start again" in get(f"/en/sources/?after={token}", status=400)


def test_a_place_survives_its_token():
    spot = shelves.Spot(shelves.Place(timezone.now(), 7), "2" * 12)
    assert shelves.to_spot(shelves.spot_token(spot)) == spot
    with pytest.raises(BadToken):
        shelves.to_spot("x")


PAGES = [
    "",
    "claims/",
    "claims/?all=1&topic={topic}",
    "topics/",
    "topics/{topic}/",
    "parties/",
    "parties/{party}/",
    "sources/",
    "sources/{source}/",
]


def test_roles_of_a_shelf_are_mentions():
    assert {*shelves.PARTY, *shelves.WORK, *shelves.TOPIC} == set(Mention)


def test_a_correction_that_was_withdrawn_is_not_on_the_front_page(recorded):
    room = recorded["room"]
    plain = room.revise(recorded["plain"], note="It was never closed.", statement="The port opens")
    room.publish(plain)
    assert "It was never closed." in get("/en/")
    room.withdraw(recorded["plain"])
    assert "It was never closed." not in get("/en/")
    assert actions.was_open(recorded["plain"])
