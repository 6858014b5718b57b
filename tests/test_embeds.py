"""Claims on other people’s pages: the card, and oEmbed 1.0 rule by rule."""

import gzip
import json
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.contrib.staticfiles import finders
from django.urls import get_resolver

from claims import actions
from claims.public.embeds import HEIGHT, TALL, WIDTH, Refused, as_xml, understood
from tests.attack.test_leaks import patterns
from tests.rich_claim import rich_claim, suppress
from tests.test_merging_readers import merged, twins
from tests.test_reader_site import address, get, text

__all__ = ["merged", "twins"]  # fixtures

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
HERE = "http://testserver"
HOSTILE = "</title></iframe><script>alert(1)</script> \" ' & “quoted”"


def card(claim, language="en"):
    return address(claim, language) + "card/"


def oembed(client, path, **more):
    query = "".join(f"&{name}={quote(str(value))}" for name, value in more.items())
    return get(client, f"/oembed?url={quote(HERE + path, safe='')}{query}")


def parsed(text):
    return ElementTree.fromstring(text)  # noqa: S314 - our own answer


def ancestors(response):
    return re.search(r"frame-ancestors ([^;]+)", response["Content-Security-Policy"])[1].strip()


# --- The card -----------------------------------------------------------------------------------


@BOTH_SIDES
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_card_shows_the_live_state(client, newsroom_live, language):
    room = newsroom_live
    claim = room.published(
        "Usage fell to 3%",
        texts={"ko": {"statement": "3%로 떨어졌다"}},
        fields={"review_by": date.today() - timedelta(days=2)},
    )
    before = text(get(client, card(claim, language)))
    room.publish(room.revise(claim, note="It was 4%.", statement="Usage fell to 4%"))
    room.publish(room.rebuttal(claim, "Embedded use is not counted", confidence="moderate"))
    after = text(get(client, card(claim, language)))
    wanted = {
        "en": ("critics", "Usage fell to 4%", "Low confidence: weakly supported", "edition 2",
               "Unanswered rebuttal", "Moderate confidence: partly supported", "Corrected on"),
        "ko": ("3%로 떨어졌다", "신뢰도 낮음: 근거가 약함", "답 없는 반박 있음", "제2판"),
    }  # fmt: skip
    for words in (*wanted[language], "Embedded use is not counted"):
        assert words in after, words
        assert words not in before or words in wanted[language]
    assert "Needs a re-check" in text(get(client, card(claim)))
    assert "Corrected on" not in before
    link = re.search(r'<a href="([^"]+)" target="_blank" rel="noopener">', after)
    assert link[1] == HERE + address(claim, language)
    assert f'<html lang="{language}">' in after
    for forbidden in ("<script", "<style", " style=", " on", "<form"):
        assert forbidden not in re.sub(r">[^<]*<", "><", after).replace(' class="on"', "")


@BOTH_SIDES
def test_a_card_without_a_rebuttal_does_not_say_that_it_is_true(client, newsroom_live):
    page = text(get(client, card(newsroom_live.published())))
    assert "No rebuttal is on record. That says what has been recorded" in page
    assert "No rebuttal recorded" in page


@BOTH_SIDES
def test_a_card_is_under_15_kilobytes(client, newsroom_live):
    claim = newsroom_live.published("x" * 300, texts={"ko": {"statement": "가" * 300}})
    for number in range(11):
        newsroom_live.publish(newsroom_live.rebuttal(claim, f"{number}" + "y" * 250))
    style = Path(finders.find("claims/card.css")).read_bytes()
    for language in ("en", "ko"):
        html = get(client, card(claim, language)).content
        assert re.findall(r'<link rel="stylesheet" href="([^"]+)"', html.decode()) == [
            "/static/claims/card.css"
        ]
        assert len(html) + len(style) < 15_000
        assert len(gzip.compress(html)) + len(gzip.compress(style)) < 5_000


@BOTH_SIDES
def test_a_card_is_cached_like_a_page_and_is_no_page_for_search_engines(client, newsroom_live):
    claim = newsroom_live.published()
    first = get(client, card(claim))
    assert first["X-Robots-Tag"] == "noindex"
    assert first["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert not first.cookies
    again = get(client, card(claim), if_none_match=first["ETag"])
    assert (again.status_code, ancestors(again)) == (304, "*")
    newsroom_live.publish(newsroom_live.rebuttal(claim))
    assert get(client, card(claim), if_none_match=first["ETag"]).status_code == 200
    assert client.post(card(claim)).status_code == 405


@BOTH_SIDES
def test_a_card_says_what_became_of_its_claim(client, newsroom_live):
    room = newsroom_live
    gone, erased, draft = room.published("Gone"), room.published("Erased"), room.draft("SECRET")
    room.withdraw(gone, notice="Nobody said so.")
    suppress(room, erased)
    for claim, status, words in (
        (gone, 200, "Nobody said so."),
        (erased, 410, "removed by law"),
        (draft, 404, "There is no claim at this address"),
    ):
        answer = get(client, card(claim))
        assert (answer.status_code, ancestors(answer)) == (status, "*")
        assert answer["X-Robots-Tag"] == "noindex"
        assert "X-Frame-Options" not in answer
        assert words in text(answer)
        assert not {"Gone", "Erased", "SECRET"} & set(re.findall(r"\w+", text(answer)))
    never = get(client, "/en/claims/bcdfghjkmnpq/card/")
    assert (never.status_code, never.content) == (404, get(client, card(draft)).content)


# --- Framing ------------------------------------------------------------------------------------


@BOTH_SIDES
def test_only_the_card_may_be_framed(client, newsroom_live):
    claim = newsroom_live.published()
    framed = set()
    for route, pattern in patterns(get_resolver()):
        if route.startswith(("admin/", "accounts/")) or pattern.pattern.regex.groups > 2:
            continue
        path = "/" + route.replace("<slug:claim>", claim.public_id).replace("<int:number>", "1")
        if "<" in path:
            continue
        answer = get(client, path)
        if ancestors(answer) != "'none'" or answer.get("X-Frame-Options") != "DENY":
            framed.add(pattern.name)
            assert ancestors(answer) == "*"
            assert "X-Frame-Options" not in answer
    assert framed == {"card"}


@BOTH_SIDES
def test_only_the_page_for_embedding_frames_and_only_ours(client, newsroom_live):
    claim = newsroom_live.published()
    page = get(client, address(claim) + "embed/")
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    for path in (address(claim), card(claim), "/en/claims/"):
        assert "frame-src" not in get(client, path)["Content-Security-Policy"]
    html = page.content.decode()
    snippet = unescape(re.search(r"<textarea[^>]*>(.*?)</textarea>", html, re.DOTALL)[1])
    assert snippet.startswith(f'<iframe src="{HERE}{card(claim)}"')
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in snippet
    assert f'<iframe class="card-frame" src="{card(claim)}"' in html
    newsroom_live.withdraw(claim)
    assert get(client, address(claim) + "embed/")["Location"] == address(claim)
    assert get(client, "/en/claims/bcdfghjkmnpq/embed/").status_code == 404


# --- oEmbed -------------------------------------------------------------------------------------


@BOTH_SIDES
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_answer_has_every_member_that_a_rich_one_needs(client, newsroom_live, language):
    claim = newsroom_live.published("Usage fell", texts={"ko": {"statement": "떨어졌다"}})
    for path in (
        address(claim, language),
        address(claim, language, 1),
        address(claim, language) + "?utm=1#x",
    ):
        answer = oembed(client, path)
        assert answer["Content-Type"] == "application/json"
        found = answer.json()
        assert (found["type"], found["version"]) == ("rich", "1.0")
        assert (found["width"], found["height"]) == (WIDTH, HEIGHT)
        assert {"html", "title", "provider_name", "provider_url", "cache_age"} <= set(found)
        assert found["html"].startswith(f'<iframe src="{HERE}{card(claim, language)}"')
        assert "<script" not in found["html"]
        assert {"en": "Low confidence: weakly supported", "ko": "근거가 약함"}[language] in found[
            "title"
        ]
        assert answer["Content-Language"] == language


@BOTH_SIDES
def test_xml_says_the_same_as_json(client, newsroom_live):
    claim = newsroom_live.published(HOSTILE)
    as_json = oembed(client, address(claim), format="json").json()
    answer = oembed(client, address(claim), format="xml")
    assert answer["Content-Type"] == "text/xml; charset=utf-8"
    root = parsed(answer.content)
    assert root.tag == "oembed"
    assert {each.tag: each.text for each in root} == {
        name: str(value) for name, value in as_json.items()
    }
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8" standalone="yes"?>')


@BOTH_SIDES
def test_hostile_texts_stay_in_the_title(client, newsroom_live):
    claim = newsroom_live.published(HOSTILE)
    html = oembed(client, address(claim)).json()["html"]
    assert html.count("<") == 2  # the frame and its end
    title = re.search(r'title="([^"]*)"', html)[1]
    assert HOSTILE in unescape(title)
    for path in (card(claim), address(claim), address(claim) + "embed/"):
        assert "<script>alert" not in get(client, path).content.decode()


@BOTH_SIDES
@pytest.mark.parametrize(
    ("asked", "width", "height"),
    [
        ({}, WIDTH, HEIGHT),
        ({"maxwidth": 2000, "maxheight": 2000}, WIDTH, HEIGHT),
        ({"maxwidth": 320}, 320, TALL),
        ({"maxwidth": 320, "maxheight": 300}, 320, 300),
        ({"maxheight": 200}, WIDTH, 200),
        ({"maxwidth": 1, "maxheight": 1}, 1, 1),
        ({"maxwidth": "", "maxheight": ""}, WIDTH, HEIGHT),
    ],
)
def test_the_frame_is_never_larger_than_asked(client, newsroom_live, asked, width, height):
    found = oembed(client, address(newsroom_live.published()), **asked).json()
    assert (found["width"], found["height"]) == (width, height)
    assert f'width="{width}" height="{height}"' in found["html"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 400),
        ({"url": "/en/claims/x/"}, 400),
        ({"url": "javascript:alert(1)"}, 400),
        ({"url": "ftp://testserver/en/claims/x/"}, 400),
        ({"url": "http://[::1/en/"}, 400),
        ({"url": "https://elsewhere.example/en/claims/x/"}, 404),
        ({"url": "https://testserver.evil.example/en/claims/x/"}, 404),
        ({"url": f"{HERE}/x", "maxwidth": "wide"}, 400),
        ({"url": f"{HERE}/x", "maxwidth": "-5"}, 400),
        ({"url": f"{HERE}/x", "maxheight": "0"}, 400),
        ({"url": f"{HERE}/x", "maxheight": "٣"}, 400),
        ({"url": f"{HERE}/x", "maxheight": "9" * 40}, 400),
        ({"url": f"{HERE}/x", "format": "yaml"}, 501),
        ({"format": "JSON"}, 501),
    ],
)
def test_what_cannot_be_answered_says_why(query, status):
    with pytest.raises(Refused) as refused:
        understood(query, "testserver")
    assert refused.value.status == status
    assert str(refused.value).endswith(".")


def test_both_schemes_and_a_user_name_are_understood():
    for address_given in (f"{HERE}/x", "https://testserver/x", "https://me@TESTSERVER/x"):
        assert understood({"url": address_given}, "testserver").path == "/x"


@BOTH_SIDES
def test_what_is_not_there_is_not_there_in_either_format(client, newsroom_live):
    room = newsroom_live
    claim, gone, erased = (room.published(words) for words in ("Here", "Gone", "Erased"))
    draft = room.draft("SECRET")
    room.withdraw(gone)
    suppress(room, erased)
    nowhere = [
        *(address(each) for each in (gone, erased, draft)),
        *("/en/claims/bcdfghjkmnpq/", "/en/claims/", "/en/", "/", "/nowhere", "/admin/"),
        *(address(claim, number=2), card(claim), f"/de/claims/{claim.public_id}/"),
        f"/claims/{draft.public_id}/",
        f"{address(claim)}editions/0/",
    ]
    for path in nowhere:
        answer = oembed(client, path)
        assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store"), path
        assert "SECRET" not in answer.content.decode()
        assert set(answer.json()) == {"error"}
    as_xml = oembed(client, nowhere[0], format="xml")
    assert (as_xml.status_code, as_xml["Content-Type"]) == (404, "text/xml; charset=utf-8")
    parsed(as_xml.content)
    assert oembed(client, address(claim), format="yaml").status_code == 501
    assert get(client, "/oembed").status_code == 400
    assert client.post("/oembed").status_code == 405


@BOTH_SIDES
def test_what_to_copy_goes_the_way_of_its_claim(client, newsroom_live, merged):
    room, gone, kept, _counterclaim = merged
    erased, withdrawn = room.published("Erased"), room.published("Withdrawn")
    room.withdraw(withdrawn)
    suppress(room, erased)
    for claim, status, location in (
        (erased, 410, None),
        (withdrawn, 301, address(withdrawn)),
        (gone, 301, f"{address(kept)}embed/"),
    ):
        answer = client.get(f"{address(claim)}embed/")
        assert (answer.status_code, answer.get("Location")) == (status, location)


@BOTH_SIDES
def test_an_address_that_leads_to_a_page_is_understood_like_the_page(client, newsroom_live):
    claim = newsroom_live.published()
    wanted = oembed(client, address(claim)).json()
    for path in (f"/claims/{claim.public_id}/", f"/claims/{claim.public_id}", address(claim)[:-1]):
        assert oembed(client, path).json() == wanted, path


@BOTH_SIDES
def test_a_merged_claims_address_embeds_the_one_that_took_it_up(client, merged):
    _room, gone, kept, _counterclaim = merged
    assert HERE + card(kept) in oembed(client, address(gone)).json()["html"]


@BOTH_SIDES
def test_answers_are_conditional_and_open_to_other_sites(client, newsroom_live):
    claim = newsroom_live.published()
    for written in ("json", "xml"):
        first = oembed(client, address(claim), format=written)
        path = f"/oembed?url={quote(HERE + address(claim), safe='')}&format={written}"
        again = get(client, path, if_none_match=first["ETag"])
        assert (again.status_code, again["Access-Control-Allow-Origin"]) == (304, "*")


@BOTH_SIDES
def test_pages_lead_to_their_answers(client, newsroom_live):
    claim = newsroom_live.published(HOSTILE)
    for path in (address(claim), address(claim, "ko"), address(claim, number=1)):
        html = get(client, path).content.decode().partition("</head>")[0]
        for kind in ("application/json", "text/xml"):
            link = re.search(
                rf'<link rel="alternate" type="{kind}\+oembed" href="([^"]+)" title="([^"]+)">',
                html,
            )
            answer = get(client, unescape(link[1]).removeprefix(HERE))
            assert answer["Content-Type"].startswith(kind)
            said = answer.json() if kind == "application/json" else {}
            assert not said or said["title"] == unescape(link[2])


def test_xml_is_well_formed_whatever_stands_in_it():
    written = as_xml({"title": HOSTILE, "width": 3})
    root = parsed(written.partition("\n")[2])
    assert [each.text for each in root] == [HOSTILE, "3"]
    assert json.loads(json.dumps(HOSTILE)) == HOSTILE


@BOTH_SIDES
def test_everything_that_a_claim_can_have_fits_its_card(client, newsroom_live, settings):
    settings.VERDICT_SCALE = "snu"
    known = rich_claim(newsroom_live)
    for name in ("claim", "target", "rebuttal", "context", "unrated", "reply"):
        for language in ("en", "ko"):
            assert get(client, card(known[name], language)).status_code == 200
    actions.recheck(
        known["rebuttal"].pk,
        actor=newsroom_live.second_editor,
        version=type(known["rebuttal"]).objects.get(pk=known["rebuttal"].pk).version,
    )
    assert get(client, card(known["rebuttal"])).status_code == 200
