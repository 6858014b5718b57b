"""What search engines are told: robots.txt, sitemaps, and which pages are whose translation."""

import re
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from claims import actions
from claims.public import feed_records, sitemaps
from claims.public.delivery import spoken
from tests.feed_rules import MOMENT, absolute, parsed_xml
from tests.test_feeds import canary
from tests.test_merging import suppress

SITE = "http://testserver"
SITEMAP = f"{{{sitemaps.SITEMAP}}}"
NEWS = f"{{{sitemaps.NEWS}}}"
XHTML = f"{{{sitemaps.XHTML}}}"
BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def get(path, **headers):
    return Client().get(path.removeprefix(SITE), headers=headers)


def xml(path):
    answer = get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/xml; charset=utf-8")
    return parsed_xml(answer.content)


def locations(root):
    found = [one.text for one in root.iter(f"{SITEMAP}loc")]
    assert all(absolute(one) for one in found)
    return found


def page(claim, language):
    return f"{SITE}/{language}/claims/{claim.public_id}/"


def alternates(address):
    """What a page calls its versions in all languages, and its canonical address."""
    head = get(address).content.decode().partition("</head>")[0]
    found = re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"', head)
    return dict(found), re.search(r'<link rel="canonical" href="([^"]*)"', head)[1]


def told_of(addresses):
    """What pages in more than one language say of each other, and of where they are parted."""
    neutral = {"x-default": addresses["en"].replace("/en/", "/", 1)} if len(addresses) > 1 else {}
    return addresses | neutral if neutral else {}


def in_sitemap(url):
    return {
        link.get("hreflang"): link.get("href")
        for link in url.iter(f"{XHTML}link")
        if link.get("rel") == "alternate"
    }


@pytest.fixture
def spoken_claims(newsroom_live):
    """Claims in one language, in both, and in neither."""
    room = newsroom_live
    made = {
        "both": room.published("In both", texts={"ko": {"statement": "둘 다"}}),
        "english": room.published("In English"),
    }
    for name, language in (("korean", "ko"), ("arabic", "ar")):
        said = {"statement": f"In {language}", "attribution": "critics", "reason": "One origin."}
        contents = room.contents("", fields={"language": language}, texts={language: said})
        del contents["texts"]["en"]
        made[name] = actions.record_claim(actor=room.reporter, **contents)
        room.publish(made[name])
    return made


SPEAKS = {
    "both": ["en", "ko"],
    "english": ["en"],
    "korean": ["ko"],
    "arabic": [],
}


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["en"], ["en"]),
        (["ko-KR", "en-GB"], ["en", "ko"]),
        (["ar", "zh-Hant"], []),
        ([], []),
    ],
)
def test_which_languages_of_the_site_a_claim_speaks(tags, expected):
    assert spoken(tags) == expected


@BOTH_SIDES
def test_a_claim_has_alternates_only_where_it_has_a_statement_of_its_own(spoken_claims):
    for name, claim in spoken_claims.items():
        for tail in ("", "editions/1/"):
            own = {code: page(claim, code) + tail for code in SPEAKS[name]}
            for code in ("en", "ko"):
                told, canonical = alternates(page(claim, code) + tail)
                assert canonical == page(claim, code) + tail
                assert told == told_of(own), name
    # The other language stays one step away for people.
    for name in ("english", "arabic"):
        assert f'href="/ko/claims/{spoken_claims[name].public_id}/"' in get(
            page(spoken_claims[name], "en")
        ).content.decode().replace(SITE, "")


@BOTH_SIDES
def test_pages_and_sitemaps_agree_and_each_alternate_names_all(spoken_claims):
    listed = {}
    for address in locations(xml("/sitemap.xml")):
        if "claims-" in address:
            for url in xml(address).iter(f"{SITEMAP}url"):
                listed[url.findtext(f"{SITEMAP}loc")] = in_sitemap(url)
    expected = {
        page(claim, code)
        for name, claim in spoken_claims.items()
        for code in SPEAKS[name] or ["en"]
    }
    assert set(listed) == expected
    for address, told in listed.items():
        assert alternates(address) == (told, address)
        assert not told or address in told.values()
        for code, other in told.items():
            assert code == "x-default" or listed[other] == told
    assert sum(bool(told) for told in listed.values()) == 2


@BOTH_SIDES
def test_lists_have_alternates_in_both_languages(newsroom_live):
    for code in ("en", "ko"):
        told, canonical = alternates(f"{SITE}/{code}/claims/")
        assert canonical == told[code]
        assert set(told) == {"en", "ko", "x-default"}
        assert Client().get("/claims/", headers={"accept-language": code}).url == f"/{code}/claims/"


@BOTH_SIDES
def test_a_sitemap_says_when_a_claim_last_changed(newsroom_live):
    claim = newsroom_live.published("First")
    first = xml("/sitemaps/claims-0.xml").findtext(f".//{SITEMAP}lastmod")
    newsroom_live.publish(newsroom_live.revise(claim, statement="Second"))
    root = xml("/sitemaps/claims-0.xml")
    assert locations(root) == [page(claim, "en")]  # once, though it has two editions
    then = root.findtext(f".//{SITEMAP}lastmod")
    assert MOMENT.fullmatch(first)
    assert first < then


@BOTH_SIDES
def test_every_claim_is_in_exactly_one_sitemap(newsroom_live, monkeypatch):
    monkeypatch.setattr(feed_records, "IN_SITEMAP", 3)
    claims = [newsroom_live.published(f"Claim {n}") for n in range(8)]
    for claim in claims[:3]:  # the first bucket empties
        newsroom_live.publish(newsroom_live.revise(claim, statement=f"Anew {claim.pk}"))
    newsroom_live.withdraw(claims[7])
    names = [one for one in locations(xml("/sitemap.xml")) if "claims-" in one]
    found = [address for name in names for address in locations(xml(name))]
    assert sorted(found) == sorted(page(claim, "en") for claim in claims[:7])
    assert len(names) >= 3
    for number in {0, 1, 2, 3, 99} - {int(re.search(r"-(\d+)", name)[1]) for name in names}:
        assert get(f"/sitemaps/claims-{number}.xml").status_code == 404
    assert get("/sitemaps/claims-" + "9" * 40 + ".xml").status_code == 404


@BOTH_SIDES
def test_an_empty_site_has_an_empty_index(newsroom_live):
    assert locations(xml("/sitemap.xml")) == []
    assert get("/sitemaps/claims-0.xml").status_code == 404
    assert locations(xml("/sitemaps/news.xml")) == []


def shelf_sitemaps():
    return [one for one in locations(xml("/sitemap.xml")) if "/shelves-" in one]


@BOTH_SIDES
def test_topics_parties_and_sources_are_in_sitemaps_as_long_as_they_have_a_page(newsroom_live):
    room = newsroom_live
    reports = [room.source(f"Report {n}") for n in range(3)]
    who, ports = room.party("Port authority"), room.topic("Ports")
    citations = [{"source": one, "quotation": "as quoted"} for one in reports[:2]]
    citations[0]["relays"] = [reports[2]]
    claim = room.published("Open", fields={"claimant": who}, topics=[ports], citations=citations)
    draft = room.topic("Of a draft")
    room.draft("Not yet", topics=[draft])
    gone = room.published("Gone", topics=[room.topic("Gone")])
    room.withdraw(gone)
    expected = {
        *(f"sources/{one.public_id}" for one in reports),
        f"parties/{who.public_id}",
        f"topics/{ports.public_id}",
    }
    names, listed = shelf_sitemaps(), {}
    for name in names:
        for url in xml(name).iter(f"{SITEMAP}url"):
            address = url.findtext(f"{SITEMAP}loc")
            assert address not in listed
            assert address.rstrip("/").rpartition("/")[2][0] == re.search(r"-(.)\.xml", name)[1]
            listed[address] = in_sitemap(url)
            assert MOMENT.fullmatch(url.findtext(f"{SITEMAP}lastmod"))
    assert set(listed) == {f"{SITE}/{code}/{one}/" for code in ("en", "ko") for one in expected}
    for address, told in listed.items():
        assert alternates(address) == (told, address)
        assert set(told) == {"en", "ko", "x-default"}
    for wrong in ("A", "ab", "-", "한", "1", "é"):
        assert get(f"/sitemaps/shelves-{wrong}.xml").status_code == 404
    room.withdraw(claim)
    assert shelf_sitemaps() == []
    assert get(names[0]).status_code == 404


@BOTH_SIDES
def test_what_stands_on_many_claims_is_listed_once(newsroom_live):
    topics = []
    while len({topic.public_id[0] for topic in topics}) < 5:
        topics.append(newsroom_live.topic(f"Topic {len(topics)}"))
    for several in (topics[:1], topics, topics):
        newsroom_live.published(f"On {len(several)}", topics=several)
    names = shelf_sitemaps()
    assert len(names) >= 5
    found = [address for name in names for address in locations(xml(name))]
    assert len(found) == len(set(found)) == 2 * len(topics) + 2  # and the one source


@BOTH_SIDES
def test_news_are_claims_new_to_readers_in_their_own_languages(newsroom_live, spoken_claims):
    room = newsroom_live
    rebuttal = room.rebuttal(spoken_claims["both"], "It <is> not & never")
    room.publish(rebuttal)
    found = {
        url.findtext(f"{SITEMAP}loc"): url.find(f"{NEWS}news")
        for url in xml("/sitemaps/news.xml").iter(f"{SITEMAP}url")
    }
    assert f"{SITE}/sitemaps/news.xml" in locations(xml("/sitemap.xml"))
    expected = {page(one, code) for name, one in spoken_claims.items() for code in SPEAKS[name]}
    assert set(found) == {*expected, page(rebuttal, "en")}
    for address, one in found.items():
        publication = one.find(f"{NEWS}publication")
        assert publication.findtext(f"{NEWS}name") == settings.SITE_NAME
        assert f"/{publication.findtext(f'{NEWS}language')}/" in address
        assert MOMENT.fullmatch(one.findtext(f"{NEWS}publication_date"))
    assert found[page(rebuttal, "en")].findtext(f"{NEWS}title") == "critics: It <is> not & never"
    assert found[page(spoken_claims["both"], "ko")].findtext(f"{NEWS}title").endswith("둘 다")


@BOTH_SIDES
def test_news_grow_old_after_two_days_and_a_correction_makes_none(newsroom_live, connect):
    claim, old = newsroom_live.published("New"), newsroom_live.published("Old")
    newsroom_live.publish(newsroom_live.revise(old, statement="Old, corrected"))
    assert len(locations(xml("/sitemaps/news.xml"))) == 2
    # As the owner, with the guards off: nobody else moves a clock.
    with connect("owner") as owner:
        owner.execute("ALTER TABLE claims_publishededition DISABLE TRIGGER USER")
        owner.execute(
            "UPDATE claims_publishededition SET opened_at = opened_at - interval '3 days'"
            " WHERE claim = %s AND number = 1",
            [old.public_id],
        )
        owner.execute("ALTER TABLE claims_publishededition ENABLE TRIGGER USER")
    assert locations(xml("/sitemaps/news.xml")) == [page(claim, "en")]


@BOTH_SIDES
def test_news_hold_at_most_a_thousand_addresses(newsroom_live, monkeypatch):
    monkeypatch.setattr(sitemaps, "MOST_NEWS_ADDRESSES", 3)
    for n in range(3):
        newsroom_live.published(f"News {n}", texts={"ko": {"statement": f"소식 {n}"}})
    assert len(locations(xml("/sitemaps/news.xml"))) == 3
    assert feed_records.MOST_NEWS * len(settings.LANGUAGES) <= 1000


def test_a_full_sitemap_stays_below_the_limits_of_the_format():
    languages = tuple(code for code, _name in settings.LANGUAGES)
    one = feed_records.Located(
        "bcdfghjkmnpq", datetime(2025, 1, 1, 1, 1, 1, 1, tzinfo=UTC), languages
    )
    patterns = {code: ("https://" + "x" * 253 + f"/{code}/claims/", "/") for code in languages}
    urls = list(sitemaps.claim_urls(one, patterns))
    assert feed_records.IN_SITEMAP * len(urls) <= 50_000
    assert feed_records.IN_SITEMAP * sum(len(url) + 1 for url in urls) < 50 * 2**20


@BOTH_SIDES
def test_machines_that_have_a_sitemap_get_no_second_copy(newsroom_live):
    newsroom_live.published()
    for path in ("/sitemap.xml", "/sitemaps/claims-0.xml", "/sitemaps/news.xml", "/robots.txt"):
        first = get(path)
        again = get(path, if_none_match=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert "s-maxage=60" in first["Cache-Control"]
        assert not first.cookies
        assert Client().head(path).status_code == 200
        assert Client().post(path).status_code == 405
        assert get(path, accept_language="ko").content == first.content


def test_robots_may_read_what_readers_may():
    answer = get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    lines = answer.content.decode().splitlines()
    rules = RobotFileParser()
    rules.parse(lines)
    for agent in ("Googlebot", "Yeti", "anything"):
        for path in (
            "/",
            "/en/",
            "/ko/claims/x/",
            "/en/feed.atom",
            "/sitemap.xml",
            "/api/v1/claims/",
        ):
            assert rules.can_fetch(agent, path)
        for path in ("/admin/", "/admin/claims/claim/", "/accounts/login/"):
            assert not rules.can_fetch(agent, path)
    assert rules.site_maps() == [f"{SITE}/sitemap.xml"]


@BOTH_SIDES
def test_no_sitemap_knows_what_is_not_open(newsroom_live):
    room = newsroom_live
    room.topics, room.parties, room.claims = [], [], []
    canary(room, "DRAFTCANARY", room.draft)
    tomorrow = timezone.now() + timedelta(days=1)
    room.publish(canary(room, "SCHEDULEDCANARY", room.draft), opens_at=tomorrow)
    room.withdraw(canary(room, "WITHDRAWNCANARY", room.published))
    suppress(room, canary(room, "SUPPRESSEDCANARY", room.published))
    hidden = [*room.claims]
    open_claim = canary(room, "OPENWORD", room.published)
    room.revise(open_claim, statement="REVISEDCANARY")
    paths = ["/sitemap.xml", "/sitemaps/claims-0.xml", "/sitemaps/news.xml", "/robots.txt"]
    told = "".join(get(path).content.decode() for path in paths)
    assert "CANARY" not in told
    assert not [claim for claim in hidden if claim in told]
    # The control.
    assert "OPENWORD statement" in told
    assert told.count(open_claim.public_id) >= 4
