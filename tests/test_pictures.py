"""The picture for sharing, and what pages say of themselves where they are shared."""

import html
import io
import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import timezone
from PIL import Image, ImageChops

from claims import actions
from claims.choices import Confidence
from claims.public import lettering, pictures
from claims.public.lettering import SANS, SERIF, Style
from claims.public.pictures import can_draw, draw_picture, fingerprint
from claims.public.sharing import PictureWords, claim_description, claim_title

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])

ENGLISH = PictureWords(
    site="Counterclaim",
    kind="Claim",
    who="SemiAnalysis, via YTN",
    statement="DeepSeek’s share of usage has fallen from a peak of 7.2% to 3%",
    confidence=Confidence.LOW,
    confidence_words="Low confidence: weakly supported",
    standing="Unanswered rebuttal",
    heading="Strongest rebuttal · Disputes what the evidence shows",
    is_rebutted=True,
    rebuttal="Use inside Baidu and Tencent Yuanbao isn’t counted",
    rebuttal_by="unnamed, via YTN",
    rebuttal_confidence=Confidence.MODERATE,
    rebuttal_confidence_words="Moderate confidence: partly supported",
    answer="No answer recorded",
)
KOREAN = replace(
    ENGLISH,
    kind="주장",
    who="세미애널리시스, YTN 경유",
    statement="딥시크 이용률이 연초 최고 7.2%에서 3%로 떨어졌다",
    rebuttal="바이두와 텐센트 위안바오 안에서 쓰인 것은 세지 않는다",
)
UNREBUTTED = replace(
    ENGLISH, is_rebutted=False, heading="Strongest rebuttal", rebuttal="None is on record."
)
WORDS = {
    "english": ENGLISH,
    "korean": KOREAN,
    "unrebutted": UNREBUTTED,
    "not assessed": replace(ENGLISH, confidence=Confidence.NOT_ASSESSED),
    "long": replace(ENGLISH, statement="Usage is falling. " * 60, rebuttal="It is not. " * 80),
    "long in Korean": replace(KOREAN, statement="이용률이 떨어졌다 " * 60, who="기관 " * 60),
    "one endless word": replace(ENGLISH, statement="a" * 500, who="b" * 300, site="c" * 300),
    "arabic": replace(ENGLISH, statement="انخفضت حصة DeepSeek من 7.2% إلى 3%", who="معهد, via YTN"),
    "chinese": replace(ENGLISH, statement="深度求索的使用率下降"),
}


def opened(picture: bytes) -> Image.Image:
    return Image.open(io.BytesIO(picture))


@pytest.mark.parametrize("name", WORDS)
def test_a_picture_has_its_size_and_is_small(name):
    picture = draw_picture(WORDS[name])
    image = opened(picture)
    assert (image.format, image.size, image.mode) == ("PNG", (1200, 630), "P")
    assert len(picture) < 60_000
    assert can_draw(WORDS[name])
    # What stands at the foot and the edges stays free: nothing runs out of the picture.
    right = image.convert("RGB").crop((1140, 12, 1200, 630))
    assert right.getcolors() == [(60 * 618, (251, 250, 247))]


def test_drawing_takes_little_time():
    draw_picture(ENGLISH)
    times = []
    for number in range(5):
        words = replace(KOREAN, who=f"기관 {number}")
        begun = time.perf_counter()
        draw_picture(words)
        times.append(time.perf_counter() - begun)
    assert min(times) < 0.15


@pytest.mark.parametrize("text", ["हिन्दी", "It is fine 😀", "한국어 हि"])
def test_what_no_face_has_is_not_drawn(text):
    assert not can_draw(replace(ENGLISH, statement=text))
    assert not can_draw(replace(ENGLISH, who=text))
    assert can_draw(replace(ENGLISH, statement="한국어, 日本語, русский, عربي"))


def test_the_faces_come_with_packages_and_not_with_the_machine():
    for face in (*SERIF, *SANS):
        assert "site-packages" in str(face)
        assert face.exists()


def test_every_part_of_the_words_is_in_sight():
    """Each changes the picture; the strongest rebuttal is no less there than the claim."""
    drawn = opened(draw_picture(ENGLISH)).convert("RGB")
    for name, other in {
        "site": "Another",
        "kind": "Counterclaim",
        "who": "Somebody",
        "statement": "Something",
        "confidence": Confidence.HIGH,
        "confidence_words": "High",
        "standing": "No rebuttal recorded",
        "heading": "Nothing",
        "rebuttal": "Something else",
        "rebuttal_by": "Nobody",
        "rebuttal_confidence": Confidence.HIGH,
        "rebuttal_confidence_words": "High",
    }.items():
        changed = replace(ENGLISH, **{name: other})
        box = ImageChops.difference(drawn, opened(draw_picture(changed)).convert("RGB")).getbbox()
        assert box, name
        assert fingerprint(changed) != fingerprint(ENGLISH)


def test_korean_breaks_between_eojeols():
    style, text = Style(SERIF, 40, "#000"), "딥시크 이용률이 연초 최고 7.2%에서 3%로 떨어졌다"
    lines = lettering.wrap(text, style, 400)
    assert len(lines) > 1
    assert " ".join(lines) == text
    assert all(lettering.width(line, style) <= 400 for line in lines)
    broken = lettering.wrap("가" * 60, style, 400)
    assert "".join(broken) == "가" * 60
    assert len(broken) > 1


def test_what_is_too_long_ends_in_an_ellipsis():
    styles = [Style(SERIF, 40, "#000"), Style(SERIF, 30, "#000")]
    style, lines = lettering.fitted("one two three " * 40, styles, 400, [2, 3])
    assert (style.size, len(lines)) == (30, 3)
    assert lines[-1].endswith("…")
    assert all(lettering.width(line, style) <= 400 for line in lines)
    assert lettering.fitted("short", styles, 400, [2, 3]) == (styles[0], ["short"])


def test_arabic_stands_at_the_right():
    words = replace(WORDS["arabic"], statement="انخفضت")
    picture = opened(draw_picture(words)).convert("L")
    left, right = picture.crop((64, 90, 900, 160)), picture.crop((900, 90, 1136, 160))
    assert right.getextrema()[0] < 100 < left.getextrema()[0]


def test_a_title_never_carries_the_bare_claim():
    for words in WORDS.values():
        title = claim_title(words)
        assert words.who in title
        assert words.standing in title
        assert words.rebuttal in title or not words.is_rebutted
    assert len(claim_title(WORDS["long"]).split("Unanswered")[0]) < 180
    assert "Moderate confidence" in claim_description(ENGLISH)


def metas(page: str) -> dict[str, str]:
    found = re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)">', page)
    return {name: html.unescape(content) for name, content in found}


@pytest.fixture
def rebutted(newsroom_live):
    claim = newsroom_live.published("Usage <is> “falling”", fields={"confidence": "moderate"})
    newsroom_live.publish(newsroom_live.rebuttal(claim, "Embedded use is not counted"))
    return claim


@BOTH_SIDES
@pytest.mark.parametrize(("language", "locale"), [("en", "en_US"), ("ko", "ko_KR")])
def test_a_claim_is_shared_with_its_rebuttal_and_picture(client, rebutted, language, locale):
    path = f"/{language}/claims/{rebutted.public_id}/"
    found = metas(client.get(path).content.decode())
    assert found["og:type"] == "article"
    assert found["og:url"] == f"http://testserver{path}"
    assert found["og:locale"] == locale
    assert found["og:locale:alternate"] in {"en_US", "ko_KR"} - {locale}
    assert found["og:site_name"] == settings.SITE_NAME
    for words in ("critics", "Usage <is> “falling”", "Embedded use is not counted"):
        assert words in found["og:title"]
        assert words in found["og:image:alt"]
    assert found["article:modified_time"]
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["twitter:card"] == "summary_large_image"
    answer = client.get(found["og:image"].removeprefix("http://testserver"))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert opened(answer.content).size == pictures.SIZE
    assert not answer.cookies


@BOTH_SIDES
def test_a_picture_is_cached_like_the_page(client, rebutted):
    path = f"/en/claims/{rebutted.public_id}/picture.png"
    answer = client.get(path)
    assert "s-maxage=60" in answer["Cache-Control"]
    again = client.get(path, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.head(path).status_code == 200
    assert client.post(path).status_code == 405


@BOTH_SIDES
def test_a_picture_shows_what_is_open_and_nothing_else(client, newsroom_live, rebutted):
    path = f"/en/claims/{rebutted.public_id}/picture.png"
    before = client.get(path).content
    newsroom_live.rebuttal(rebutted, "SECRET", confidence="high")
    waiting = newsroom_live.rebuttal(rebutted, "SECRET TOO", confidence="high")
    newsroom_live.publish(waiting, opens_at=timezone.now() + timedelta(hours=1))
    newsroom_live.revise(rebutted, statement="SECRET")
    assert client.get(path).content == before
    # The control: what opens changes it.
    newsroom_live.publish(newsroom_live.rebuttal(rebutted, "Open", confidence="high"))
    assert client.get(path).content != before


@BOTH_SIDES
def test_a_picture_is_gone_with_its_claim(client, newsroom_live, rebutted):
    draft = newsroom_live.draft("SECRET")
    hidden = client.get(f"/en/claims/{draft.public_id}/picture.png")
    never = client.get("/en/claims/zzzzzzzzzzzz/picture.png")
    assert hidden.status_code == never.status_code == 404
    assert (hidden.content, hidden.headers) == (never.content, never.headers)
    newsroom_live.withdraw(rebutted)
    gone = client.get(f"/en/claims/{rebutted.public_id}/picture.png")
    assert (gone.status_code, gone["Cache-Control"]) == (410, "no-store")
    assert b"falling" not in gone.content


@BOTH_SIDES
def test_a_suppressed_claim_has_no_picture(client, newsroom_live, rebutted):
    reason = "A court order."
    for action, actor in (
        (actions.request_suppression, newsroom_live.publisher),
        (actions.suppress, newsroom_live.second_publisher),
    ):
        rebutted.refresh_from_db()
        action(rebutted.pk, actor=actor, version=rebutted.version, reason=reason)
    gone = client.get(f"/ko/claims/{rebutted.public_id}/picture.png")
    assert gone.status_code == 410


@BOTH_SIDES
def test_an_old_edition_and_letters_without_a_face_have_no_picture(client, newsroom_live):
    claim = newsroom_live.published("हिन्दी में")
    found = metas(client.get(f"/en/claims/{claim.public_id}/").content.decode())
    assert "og:image" not in found
    assert found["twitter:card"] == "summary"
    assert client.get(f"/en/claims/{claim.public_id}/picture.png").status_code == 404
    newsroom_live.revise(claim, statement="In English now")
    newsroom_live.publish(claim)
    for number, shown in ((1, False), (2, True)):
        page = client.get(f"/en/claims/{claim.public_id}/editions/{number}/").content.decode()
        assert ("og:image" in metas(page)) is shown


BASE = """{% load sharing %}{% kept as title %}{% block title %}{% endblock %}{% endkept %}
<title>{{ title }}</title>{% include "claims/_sharing_page.html" with address="/x/" %}"""
PAGE = """{% extends base %}{% block title %}Claims
  by “{{ name }}”{% endblock %}"""


def test_other_pages_say_their_title_once_more_where_they_are_shared():
    languages = [
        {"is_active": True, "locale": "en_US"},
        {"is_active": False, "locale": "ko_KR"},
    ]
    context = {"base": Template(BASE), "name": '"><script>', "languages": languages}
    page = Template(PAGE).render(Context({**context, "description": "What is said."}))
    assert "<script>" not in page
    assert "<title>Claims by “&quot;&gt;&lt;script&gt;”</title>" in page
    found = metas(page)
    assert found["og:title"] == 'Claims by “"><script>”'
    assert found["og:description"] == "What is said."
    assert (found["og:locale"], found["og:locale:alternate"]) == ("en_US", "ko_KR")
