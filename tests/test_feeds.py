"""Atom and JSON feeds: well formed, whole, in both languages, and of nothing but what is open."""

import json
import re
import time
from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree

import feedparser
import pytest
from django.template import Context, Template
from django.test import Client
from django.utils import timezone, translation

from claims import actions
from claims.choices import Standing
from claims.models.published import PublishedEdition
from claims.public import feed_records, records, syndication
from claims.public.entries import published_of, updated_of
from tests.feed_rules import (
    ATOM,
    LANG,
    absolute,
    atom_complaints,
    json_complaints,
    links,
    parsed_xml,
)
from tests.test_merging import merge, suppress
from tests.test_merging_readers import publish, ready
from tests.test_reader_pages import NOON, edition

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def get(path, **headers):
    return Client().get(path, headers=headers)


def feed(name="", form="atom", language="en"):
    return f"/{language}/{name}feed.{form}"


def of_claim(claim, form="atom", language="en"):
    return feed(f"claims/{claim.public_id}/", form, language)


def items(path):
    answer = get(path)
    assert answer.status_code == 200, path
    return json.loads(answer.content)["items"]


def titles(path):
    return [item["title"] for item in items(path)]


def place(address):
    """An absolute address as the test client takes it."""
    return address.removeprefix("http://testserver")


@pytest.fixture
def room(newsroom_live):
    """A corrected claim by a party on a topic, in both languages, with a rebuttal."""
    room = newsroom_live
    room.who = room.party("Example Institute", ko="예시 연구소")
    room.ports = room.topic("Ports <& bridges>", ko="항구")
    room.claim = room.draft(
        "Usage <b>is</b> falling & fast",
        texts={"ko": {"statement": "사용량이 줄고 있다"}},
        fields={"claimant": room.who},
        topics=[room.ports],
        figures=[{"labels": {"en": "Share"}, "value": 7}],
    )
    room.publish(room.claim)
    room.counterclaim = room.rebuttal(
        room.claim, "Embedded use is not counted", confidence="moderate", topics=[room.ports]
    )
    room.publish(room.counterclaim)
    room.revise(room.claim, note="It was said twice.", statement="Usage is falling & faster")
    room.publish(room.claim)
    return room


def names(room):
    return [
        "",
        f"topics/{room.ports.public_id}/",
        f"parties/{room.who.public_id}/",
        f"claims/{room.claim.public_id}/",
        "corrections/",
    ]


def test_every_feed_keeps_the_rules_of_its_format(room):
    for name in names(room):
        for language in ("en", "ko"):
            atom, written = get(feed(name, "atom", language)), get(feed(name, "json", language))
            assert atom["Content-Type"] == "application/atom+xml; charset=utf-8"
            assert written["Content-Type"] == "application/feed+json"
            assert atom_complaints(atom.content) == []
            assert json_complaints(written.content) == []
            parsed = feedparser.parse(atom.content)
            assert parsed.bozo == 0
            assert parsed.feed.language == language
            same = json.loads(written.content)["items"]
            assert [entry.id for entry in parsed.entries] == [item["id"] for item in same] != []
            assert all(entry.content[0].value for entry in parsed.entries)
            assert not (atom.cookies or written.cookies)


BROKEN = [
    (b"<updated>", b"<updated>yesterday ", "updated is"),
    (b"</author>", b"</author><id>http://x.example/</id>", "2 × id"),
    (b'rel="self"', b'rel="other"', "not one link to itself"),
    (b"<content", b"<contents", "mismatched"),
    (b'href="http', b'href="/http', "not absolute"),
    (b"<entry ", b"<entry kind='x' ", "the attribute kind"),
]


@pytest.mark.parametrize(("old", "new", "words"), BROKEN)
def test_the_rules_find_what_is_broken(room, old, new, words):
    text = get(feed()).content
    broken = text.replace(old, new)
    assert broken != text
    try:
        complaints = atom_complaints(broken)
    except ElementTree.ParseError as error:
        complaints = [str(error)]
    assert any(words in complaint for complaint in complaints)
    written = json.loads(get(feed(form="json")).content)
    del written["items"][0]["id"]
    written["items"][1]["date_published"] = "today"
    assert len(json_complaints(json.dumps(written))) >= 2


def test_an_entry_says_who_says_it_and_what_is_said_against_it(room):
    correction, rebuttal = items(feed(form="json"))
    assert correction["title"] == (
        "Correction: “Example Institute, critics: Usage is falling & faster”"
    )
    assert rebuttal["title"] == "critics: Embedded use is not counted"
    html = correction["content_html"]
    for words in (
        *("It was said twice.", "Low: weakly supported", "Unanswered rebuttal"),
        *("Embedded use is not counted", "Moderate: partly supported", "Share", "One origin."),
        *("A report", "as quoted", "Correction: we were wrong"),
    ):
        assert words in html
    assert "Usage is falling &amp; faster" in html
    record = correction["_counterclaim"]
    strongest = record.pop("strongest_rebuttal")
    assert record == {
        "about": "http://testserver/api/v1/openapi.json",
        "claim": room.claim.public_id,
        "edition": 2,
        "kind": "claim",
        "change": "correction",
        "confidence": "low",
        "standing": "contested",
        "verdict": None,
    }
    assert strongest == {
        "claim": room.counterclaim.public_id,
        "url": f"http://testserver/en/claims/{room.counterclaim.public_id}/",
        "title": "critics: Embedded use is not counted",
        "ground": "undercut",
        "confidence": "moderate",
    }
    assert correction["tags"] == ["Ports <& bridges>"]
    against = rebuttal["content_html"]
    assert "Usage is falling &amp; faster" in against  # what it is set against
    assert rebuttal["_counterclaim"]["kind"] == "counterclaim"


def test_recorded_words_stay_words(room):
    """In HTML inside XML and JSON nothing that people typed becomes markup; nor is it doubled."""
    page = items(of_claim(room.claim, "json"))[1]
    assert page["title"] == "Example Institute, critics: Usage <b>is</b> falling & fast"
    assert "Usage &lt;b&gt;is&lt;/b&gt; falling &amp; fast" in page["content_html"]
    root = parsed_xml(get(of_claim(room.claim)).content)
    second = root.findall(f"{ATOM}entry")[1]
    assert second.findtext(f"{ATOM}title") == page["title"]
    assert second.findtext(f"{ATOM}content") == page["content_html"]


def test_every_address_in_a_feed_is_absolute_and_answers(room):
    found = set()
    for name in names(room):
        for language in ("en", "ko"):
            root = parsed_xml(get(feed(name, "atom", language)).content)
            found |= {link.get("href") for link in root.iter(f"{ATOM}link")}
            for content in root.iter(f"{ATOM}content"):
                found |= set(re.findall(r'(?:href|src)="([^"]*)"', content.text))
    found = {address.partition("#")[0] for address in found}
    assert all(absolute(address) for address in found)
    # Pages of topics, parties and corrections are not this module's.
    pages = re.compile(r"/(en|ko)/(topics/\w+|parties/\w+|corrections)/$")
    known = [one for one in found if not pages.search(one)]
    assert len(known) > 15
    for address in known:
        assert get(place(address)).status_code in (200, 302), address


def test_each_language_has_its_own_entries(room):
    english, korean = (items(feed(form="json", language=code)) for code in ("en", "ko"))
    assert not {item["id"] for item in english} & {item["id"] for item in korean}
    assert "사용량이 줄고 있다" in korean[0]["title"]
    assert korean[0]["title"].startswith("정정") or "예시 연구소" in korean[0]["title"]
    assert [item["language"] for item in korean] == ["ko", "en"]  # the second has no Korean text
    assert [item["language"] for item in english] == ["en", "en"]
    root = parsed_xml(get(feed(language="ko")).content)
    assert root.get(LANG) == "ko"
    assert [entry.get(LANG) for entry in root.iter(f"{ATOM}entry")] == ["ko", "en"]
    assert {content.get(LANG) for content in root.iter(f"{ATOM}content")} == {"ko"}


def test_which_entries_a_feed_holds(room):
    room.published("Something else entirely")
    said = "Correction: “Example Institute, critics: Usage is falling & faster”"
    against = "critics: Embedded use is not counted"
    assert titles(feed(form="json"))[0] == "critics: Something else entirely"
    assert len(titles(feed(form="json"))) == 3
    assert titles(feed(f"topics/{room.ports.public_id}/", "json")) == [said, against]
    assert titles(feed(f"parties/{room.who.public_id}/", "json")) == [said]
    assert titles(of_claim(room.claim, "json")) == [
        said,
        "Example Institute, critics: Usage <b>is</b> falling & fast",
    ]
    assert titles(feed("corrections/", "json")) == [said]


def test_a_party_stands_in_its_feed_once_for_what_it_claims_and_publishes(room):
    room.published(
        "They say so themselves",
        fields={"claimant": room.who},
        citations=[{"source": room.source("Own report", publisher=room.who)}],
    )
    room.published(
        "Others rest on it", citations=[{"source": room.source("Again", publisher=room.who)}]
    )
    found = titles(feed(f"parties/{room.who.public_id}/", "json"))
    assert [title.rpartition(": ")[2].strip("”") for title in found] == [
        "Others rest on it",
        "They say so themselves",
        "Usage is falling & faster",
    ]


def test_only_announced_changes_are_corrections(room):
    for kind in ("update", "clarification"):
        claim = room.published(f"Before the {kind}")
        room.revise(claim, kind=kind, statement=f"After the {kind}")
        room.publish(claim)
    minor = room.published("Minor before")
    room.revise(minor, kind="minor", unknowns="A comma")
    room.publish(minor)
    found = titles(feed("corrections/", "json"))
    assert [title.partition(":")[0] for title in found] == ["Clarification", "Update", "Correction"]
    changes = [item["_counterclaim"]["change"] for item in items(feed("corrections/", "json"))]
    assert changes == ["clarification", "update", "correction"]


def test_an_entry_is_updated_when_the_claim_comes_to_stand_elsewhere(room):
    claim = room.published("Alone so far")
    first = items(of_claim(claim, "json"))[0]
    assert first["date_modified"] == first["date_published"]
    room.publish(room.rebuttal(claim, "Not any more"))
    then = items(of_claim(claim, "json"))[0]
    assert then["id"] == first["id"]
    assert then["date_published"] == first["date_published"] < then["date_modified"]
    assert then["_counterclaim"]["standing"] == "contested"
    # What was replaced does not change any more.
    old = items(of_claim(room.claim, "json"))[1]
    assert old["date_modified"] == old["date_published"]


def test_entries_of_one_moment_differ_in_when_they_were_updated():
    stand = feed_records.Stand(Standing.CONTESTED, NOON + timedelta(hours=1))
    first, second = (edition(number=n) for n in (7, 8))
    for moment, beside in ((stand.since, stand), (NOON, None)):
        moved = [updated_of(each, beside) for each in (first, second)]
        assert moment <= moved[0] < moved[1] < moment + timedelta(milliseconds=1)
    old = edition(is_current=False)
    assert updated_of(old, stand) == updated_of(old, None) == published_of(old)


def test_claims_that_open_in_the_same_minute_are_entries_of_different_moments(newsroom_live):
    claims = [newsroom_live.draft(f"Opened with others {n}") for n in range(3)]
    opens_at = timezone.now() + timedelta(seconds=2)
    newsroom_live.publish(*claims, opens_at=opens_at)
    time.sleep(max(0.0, (opens_at - timezone.now()).total_seconds()) + 0.1)
    opened = set(PublishedEdition.objects.using("public").values_list("opened_at", flat=True))
    updated = [item["date_modified"] for item in items(feed(form="json"))]
    assert len(updated) == len(set(updated)) == 3
    assert len(opened) == 1


def test_a_feed_that_did_not_change_is_not_sent_again(room):
    for name in names(room):
        for form in ("atom", "json"):
            first = get(feed(name, form))
            again = get(feed(name, form), if_none_match=first["ETag"])
            assert (again.status_code, again.content) == (304, b"")
            assert again["ETag"] == first["ETag"]
            assert first["Last-Modified"]
            assert "s-maxage=60" in first["Cache-Control"]
            assert Client().head(feed(name, form)).status_code == 200
            assert Client().post(feed(name, form)).status_code == 405
    seen = get(feed())["ETag"]
    room.withdraw(room.counterclaim)
    assert get(feed(), if_none_match=seen).status_code == 200


def test_a_cache_keeps_no_feed_beyond_the_next_opening(room):
    room.revise(room.claim, note="Again.", statement="Usage is flat")
    room.publish(room.claim, opens_at=timezone.now() + timedelta(seconds=20))
    found = re.search(r"s-maxage=(\d+)", get(feed())["Cache-Control"])
    assert 0 <= int(found[1]) <= 20


def test_an_empty_site_has_feeds(newsroom_live):
    for form, complaints in (("atom", atom_complaints), ("json", json_complaints)):
        for name in ("", "corrections/"):
            answers = [get(feed(name, form)) for _ in range(2)]
            assert complaints(answers[0].content) == []
            assert answers[0].content == answers[1].content  # the clock is not in it
            assert "Last-Modified" not in answers[0]


def test_what_is_no_feed_is_not_found(room):
    never = "bcdfghjkmnpq"
    for path in (
        *(feed(form=form) for form in ("rss", "xml", "ATOM", "atom.atom", "")),
        *(feed(f"{kind}/{never}/") for kind in ("topics", "parties", "claims")),
        feed("topics/" + "a" * 300 + "/"),
        feed(f"claims/{room.claim.public_id}/", "rss"),
    ):
        assert get(path).status_code == 404, path
    assert get(feed() + "?after=nonsense").status_code == 400
    assert get(feed() + "?after=").status_code == 200


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(records, "PAGE_SIZE", 3)


def walk(path):
    """All pages of a JSON feed, by its own links."""
    pages = []
    while path:
        answer = get(path)
        assert json_complaints(answer.content) == []
        pages.append(json.loads(answer.content))
        path = place(pages[-1].get("next_url", ""))
        assert len(pages) < 30
    return pages


def test_paging_shows_everything_once_even_when_all_opened_at_one_moment(
    room, small_pages, connect
):
    together = [
        room.approved(room.draft(f"Claim {n}", topics=[room.ports], fields={"claimant": room.who}))
        for n in range(10)
    ]
    room.publish(*together)
    moment = timezone.now()
    with connect("owner") as owner:  # with the guards off: nobody else moves a clock
        for table in ("claims_publishededition", "claims_publishedmention"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            moved = owner.execute(
                f"UPDATE {table} SET opened_at = %s WHERE edition_id = ANY(%s)",
                [moment, [claim.editions.get().pk for claim in together]],
            )
            assert moved.rowcount >= 10
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    for name, expected in (
        ("", 12),
        (f"topics/{room.ports.public_id}/", 12),
        (f"parties/{room.who.public_id}/", 11),
    ):
        pages = walk(feed(name, "json"))
        ids = [item["id"] for page in pages for item in page["items"]]
        assert len(ids) == len(set(ids)) == expected
        assert len(pages) == 4
    moments = [item["date_published"] for page in walk(feed(form="json")) for item in page["items"]]
    assert moments == sorted(moments, reverse=True)


def test_corrections_and_withdrawals_are_paged_together(room, small_pages):
    for n in range(4):
        claim = room.published(f"Wrong {n}")
        room.revise(claim, statement=f"Right {n}")
        room.publish(claim)
        room.withdraw(room.published(f"Gone {n}"))
    pages = walk(feed("corrections/", "json"))
    found = [item for page in pages for item in page["items"]]
    kinds = [item["_counterclaim"]["kind"] for item in found]
    assert kinds == ["withdrawal", "claim"] * 4 + ["claim"]
    assert len({item["id"] for item in found}) == 9
    moments = [item["date_published"] for item in found]
    assert moments == sorted(moments, reverse=True)


def test_the_pages_of_an_atom_feed_are_linked_as_rfc_5005_says(room, small_pages):
    for n in range(4):
        room.published(f"More {n}")
    path, pages = feed(), []
    while path:
        answer = get(path)
        assert atom_complaints(answer.content) == []
        pages.append(parsed_xml(answer.content))
        path = place(next(iter(links(pages[-1], "next")), ""))
    assert len(pages) == 2
    first = "http://testserver" + feed()
    for page in pages:
        assert page.findtext(f"{ATOM}id") == first
        assert links(page, "first") == [first]
    for earlier, later in pairwise(pages):
        assert links(earlier, "next") == links(later, "self")
    assert links(pages[0], "self") == [first]


def test_words_that_xml_cannot_hold_are_left_out():
    entry = syndication.Entry(
        id="https://x.example/1",
        url="https://x.example/1",
        title="A\x0bB\ufffe",
        language="en",
        html="<p>\x1f\U0001f600</p>",
        published=syndication.NEVER,
        updated=syndication.NEVER,
        topics=("P\x01",),
    )
    page = syndication.Feed(
        *("https://x.example/f", "https://x.example/f", "https://x.example/"),
        *("T\x00", "", "en", "N", (entry,)),
    )
    text = syndication.atom(page).encode()
    assert atom_complaints(text) == []
    assert "AB" in text.decode()
    assert "\U0001f600" in text.decode()
    with pytest.raises(ElementTree.ParseError):  # the control
        parsed_xml(text.replace(b"AB", b"A\x0bB"))


def everywhere(room):
    """Every address of a feed, by name."""
    subjects = [*names(room), *(f"topics/{one}/" for one in room.topics)]
    subjects += [f"parties/{one}/" for one in room.parties]
    subjects += [f"claims/{one}/" for one in room.claims]
    return [
        feed(name, form, language)
        for name in subjects
        for form in ("atom", "json")
        for language in ("en", "ko")
    ]


def canary(room, word, make):
    """Everything in the claim that `make` makes says this word."""
    who, topic = room.party(f"{word} who"), room.topic(f"{word} topic")
    claim = make(
        f"{word} statement",
        text={field: f"{word} {field}" for field in ("attribution", "reason", "unknowns")},
        texts={"ko": {"statement": f"{word} 한국어"}},
        fields={"claimant": who},
        topics=[topic],
        citations=[{"source": room.source(f"{word} source"), "quotation": f"{word} quoted"}],
        figures=[{"labels": {"en": f"{word} figure"}, "value": 7}],
        wordings=[{"language": "en", "text": f"{word} wording"}],
    )
    room.topics.append(topic.public_id)
    room.parties.append(who.public_id)
    room.claims.append(claim.public_id)
    return claim


@pytest.fixture
def hidden(room):
    """Claims in every state in which readers must not see them, and one that they may."""
    room.topics, room.parties, room.claims = [], [], []
    canary(room, "DRAFTCANARY", room.draft)
    room.approved(canary(room, "APPROVEDCANARY", room.draft))
    scheduled = canary(room, "SCHEDULEDCANARY", room.draft)
    room.publish(scheduled, opens_at=timezone.now() + timedelta(days=1))
    room.withdraw(canary(room, "WITHDRAWNCANARY", room.published))
    gone = canary(room, "SUPPRESSEDCANARY", room.published)
    suppress(room, gone)
    waiting = canary(
        room, "REBUTTALCANARY", lambda said, **rest: room.rebuttal(room.claim, said, **rest)
    )
    room.publish(waiting, opens_at=timezone.now() + timedelta(days=1))
    room.revise(room.claim, note="REVISEDCANARY note", statement="REVISEDCANARY statement")
    canary(room, "OPENWORD", room.published)
    return room


def test_no_feed_has_a_word_that_is_not_open(hidden):
    found = {path: get(path) for path in everywhere(hidden)}
    for path, answer in found.items():
        assert "CANARY" not in answer.content.decode(), path
    # The control: what is open is found, in the feeds where it belongs and in both forms.
    assert sum("OPENWORD statement" in answer.content.decode() for answer in found.values()) >= 8
    hidden_ids = hidden.claims[:-1]
    for path, answer in found.items():
        if answer.status_code == 200 and "corrections" not in path:
            shown = answer.content.decode().replace(path, "")
            for claim in hidden_ids:
                if claim not in path:
                    assert claim not in shown


def test_a_feed_of_what_is_hidden_and_of_what_never_was_look_the_same(hidden):
    never = get(feed("claims/bcdfghjkmnpq/"))
    for kind, ids in (("claims", hidden.claims[:3]), ("topics", hidden.topics[:6])):
        for one in ids:
            answer = get(feed(f"{kind}/{one}/"))
            assert (answer.status_code, answer.content) == (404, never.content)
            assert answer["Cache-Control"] == "no-store"


def test_the_feed_of_a_claim_that_was_taken_says_so(hidden):
    withdrawn, suppressed = hidden.claims[3:5]
    for form in ("atom", "json"):
        answer = get(feed(f"claims/{withdrawn}/", form))
        assert answer.status_code == 200
        assert "We withdrew this claim." in answer.content.decode()
        gone = get(feed(f"claims/{suppressed}/", form))
        assert (gone.status_code, gone["Cache-Control"]) == (410, "no-store")
    told = titles(feed("corrections/", "json"))
    assert f"Withdrawn: claim {withdrawn}" in told
    assert not any(suppressed in title for title in told)


def test_the_feed_of_a_merged_claim_leads_to_that_of_the_other(room):
    twin = room.published("Use goes down")
    merge(room, twin, room.claim)
    ready(room, room.claim)
    publish(room, room.claim)
    answer = get(of_claim(twin, "json", "ko"))
    assert answer.status_code == 301
    assert answer["Location"] == of_claim(room.claim, "json", "ko")


def test_a_reinstated_claim_is_in_the_feeds_again(room):
    claim = room.published("It was right after all")
    room.withdraw(claim)
    assert titles(feed("corrections/", "json"))[0].startswith("Withdrawn")
    claim.refresh_from_db()
    known = {"version": claim.version}
    actions.approve_reinstatement(claim.pk, actor=room.second_editor, **known)
    actions.reinstate(claim.pk, actor=room.second_publisher, **known)
    assert titles(feed(form="json"))[0] == "critics: It was right after all"
    assert not titles(feed("corrections/", "json"))[0].startswith("Withdrawn")


def test_pages_can_tell_of_their_feeds(room):
    source = (
        '{% include "claims/_feeds.html" with feed_url="public:topic_feed" record=topic'
        ' feed_title="Ports & bridges" only %}{% include "claims/_feeds.html" with'
        ' feed_url="public:corrections_feed" feed_title="Corrections" only %}'
    )
    with translation.override("ko"):
        html = Template(source).render(Context({"topic": room.ports.public_id}))
    found = re.findall(r'type="([^"]*)" title="([^"]*)" href="([^"]*)"', html)
    assert len(found) == 8
    for content_type, title, address in found:
        assert title
        assert address.startswith("/ko/")
        assert get(address)["Content-Type"].startswith(content_type)
