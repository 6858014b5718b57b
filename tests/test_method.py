"""The page on our method says what every word of our vocabularies means."""

import html

import pytest
from django.utils import translation
from django.utils.text import capfirst

from claims.choices import (
    ChangeKind,
    Confidence,
    Ground,
    Opposer,
    Standing,
    Verdict,
    VerdictScale,
)

# What stands on the page, by the name that its anchors begin with.
VOCABULARIES = {
    "confidence": Confidence,
    "ground": Ground,
    "opposer": Opposer,
    "standing": Standing,
    "change": ChangeKind,
}


def page(client, language="en"):
    answer = client.get(f"/{language}/method/")
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def explained(member):
    return str(getattr(member, "explanation", None) or member.meaning)


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", VOCABULARIES)
def test_every_member_of_each_vocabulary_is_explained(client, name, language):
    found = page(client, language)
    meanings = set()
    with translation.override(language):
        for member in VOCABULARIES[name]:
            place = found.index(f'id="{name}-{member.value}"')
            entry = found[place : place + 1500]
            assert str(capfirst(member.label)) in entry
            assert explained(member) in entry
            meanings.add(explained(member))
    assert len(meanings) == len(VOCABULARIES[name])


def test_a_newsroom_without_a_scale_says_that_it_gives_no_verdicts(client, settings):
    settings.VERDICT_SCALE = "none"
    assert "This newsroom gives no verdicts" in page(client)
    assert 'id="verdict-' not in page(client)


@pytest.mark.parametrize("scale", VerdictScale)
def test_the_scale_in_the_settings_is_explained(client, settings, scale):
    settings.VERDICT_SCALE = scale.value
    found = page(client)
    assert str(scale.label) in found
    for verdict in Verdict:
        assert (f'id="verdict-{verdict.value}"' in found) is (verdict in scale.verdicts)
    assert all(explained(verdict) in found for verdict in scale.verdicts)


def test_meters_and_edges_are_drawn_as_on_the_pages(client):
    found = page(client)
    assert found.count('class="meter') == len(Confidence)
    assert found.count('class="meter unassessed"') == 1
    assert found.count('class="on"') == 6
    assert found.count('class="context"') == 1


def test_it_says_how_to_check_us(client):
    found = page(client)
    assert "manage.py verify_editions" in found
    assert "sha256sum" in found


def test_it_is_a_page_like_others(client):
    answer = client.get("/ko/method/")
    assert answer["ETag"]
    assert not answer.cookies
    again = client.get("/ko/method/", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    for words in ('hreflang="en"', 'rel="canonical"', "og:title", 'name="description"'):
        assert words in answer.content.decode()
    assert client.post("/ko/method/").status_code == 405
