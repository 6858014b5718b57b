"""The preview of a working copy: what readers get after publishing, before anybody publishes."""

import re
from datetime import date, timedelta
from decimal import Decimal
from urllib.parse import urlencode

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims import actions
from claims.admin.situation import Situation
from tests.admin_client import address, shown, sign_in
from tests.rich_claim import rich_claim, suppress

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

OF_THE_PREVIEW = [
    r'<aside class="preview".*?</aside>',
    r'<meta name="robots" content="noindex"><link rel="stylesheet" href="[^"]*preview\.css">',
    r"(?<=<title>)Preview · ",
    r"(?<=<title>)미리 보기 · ",
]
# The page's own addresses and moments; what is told to programs that share and index it; and white
# space at the ends of lines that these leave.
OF_ONE_PAGE = [
    r'<meta (property|name)="(og|twitter|article):[^>]*>',
    r'<script type="application/ld\+json">.*?</script>',
    r'<link rel="(canonical|alternate)"[^>]*>',
    r'(?<=<a href=")[^"]*(?=" lang="(en|ko)" hreflang)',
    r'<time datetime="[^"]*T[^"]*">[^<]*</time>',
    r"^\s+$",
]


def without(html: str, patterns: list[str]) -> str:
    for pattern in patterns:
        html = re.sub(pattern, "", html, flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"\n+", "\n", html)


def preview(person, claim, **query: str):
    url = f"{address('claim_preview', claim.pk)}?{urlencode(query)}"
    return sign_in(person).get(url)


def previewed(room, claim, language: str = "en") -> str:
    response = preview(room.reporter, claim, language=language)
    assert response.status_code == 200
    html = response.content.decode()
    assert html.count('<aside class="preview"') == 1
    return without(html, [*OF_THE_PREVIEW, *OF_ONE_PAGE])


def read(claim, language: str = "en") -> str:
    response = Client().get(f"/{language}/claims/{claim.public_id}/")
    assert response.status_code == 200
    return without(response.content.decode(), OF_ONE_PAGE)


# --- Each makes a claim that readers do not see yet, and says how it is opened -------------------


def first_edition(room):
    claim = room.draft(texts={"ko": {"statement": "이용률이 떨어지고 있다"}})
    return claim, lambda: room.publish(claim)


def everything_on_its_page(room):
    claim = rich_claim(room)["claim"]
    actions.edit(
        claim.pk,
        actor=room.reporter,
        version=claim.version,
        fields={"change_kind": "update", "stated_change": Decimal(-70)},
        texts={"en": {"change_note": "Counted anew."}, "ko": {"change_note": "다시 셌다."}},
    )
    return claim, lambda: room.publish(claim)


def what_rebuttals_are_written_against_stays(room):
    claim = room.published()
    room.publish(room.rebuttal(claim))
    room.revise(claim, kind="clarification", reason="One origin, which we know.")
    return claim, lambda: room.publish(claim)


def another_day_for_the_next_look(room):
    claim = rich_claim(room)["claim"]
    room.revise(claim, kind="minor", note="Another day.")
    claim.refresh_from_db()
    fields = {"review_by": date.today() + timedelta(days=90)}
    actions.edit(claim.pk, actor=room.reporter, version=claim.version, fields=fields)
    return claim, lambda: room.publish(claim)


def correction_of_a_second_edition(room):
    claim = room.published()
    room.publish(room.revise(claim, kind="update", statement="Usage fell"))
    room.publish(room.rebuttal(claim, confidence="moderate"))
    room.revise(claim, statement="Usage fell by half")
    return claim, lambda: room.publish(claim)


def counterclaim_of_an_open_claim(room):
    target = room.published("Usage fell")
    claim = room.rebuttal(target)
    room.publish(room.revise(target, statement="Usage fell by half"))
    return claim, lambda: room.publish(claim)


def counterclaim_opened_together_with_its_target(room):
    target = room.draft("Usage fell", texts={"ko": {"statement": "이용률이 떨어졌다"}})
    claim = room.rebuttal(target)
    return claim, lambda: room.publish(target, claim)


def answer_to_its_own_rebuttal(room):
    claim = room.published(confidence="moderate")
    rebuttal = room.rebuttal(claim, confidence="moderate")
    room.publish(rebuttal)
    room.revise(claim, statement="Usage fell")
    claim.refresh_from_db()
    actions.edit(
        claim.pk,
        actor=room.reporter,
        version=claim.version,
        rebuts=[{"target": rebuttal, "ground": "undermine", "opposer": "us"}],
    )
    return claim, lambda: room.publish(claim)


def answer_that_no_longer_counts(room):
    claim, open_it = answer_to_its_own_rebuttal(room)
    open_it()
    room.publish(room.rebuttal(claim, "Nothing fell", ground="qualify"))
    room.revise(claim, statement="Usage fell by half")
    claim.refresh_from_db()
    fields = {"confidence": "not_assessed"}
    actions.edit(claim.pk, actor=room.reporter, version=claim.version, fields=fields)
    return claim, lambda: room.publish(claim)


def answer_that_is_taken_back(room):
    claim, open_it = answer_to_its_own_rebuttal(room)
    open_it()
    room.revise(claim)
    claim.refresh_from_db()
    actions.edit(claim.pk, actor=room.reporter, version=claim.version, rebuts=[])
    return claim, lambda: room.publish(claim)


def edition_whose_opening_was_cancelled(room):
    claim = room.published()
    room.revise(claim, statement="Usage fell")
    room.publish(claim, opens_at=timezone.now() + timedelta(days=2))
    known = {"actor": room.publisher, "version": claim.version}
    actions.cancel(claim.pk, reason="Not yet.", **known)
    return claim, lambda: actions.schedule(claim.pk, opens_at=None, **known)


def withdrawn_edition(room):
    claim = room.published()
    room.publish(room.revise(claim, statement="Usage fell"))
    room.withdraw(claim)

    def reinstate():
        known = {"version": claim.version}
        actions.approve_reinstatement(claim.pk, actor=room.editor, **known)
        actions.reinstate(claim.pk, actor=room.second_publisher, reason="It holds.", **known)

    return claim, reinstate


def next_edition_of_a_withdrawn_claim(room):
    claim = room.published()
    room.withdraw(claim)
    room.revise(claim, statement="Usage fell")
    return claim, lambda: room.publish(claim)


STORIES = [
    first_edition,
    everything_on_its_page,
    what_rebuttals_are_written_against_stays,
    another_day_for_the_next_look,
    correction_of_a_second_edition,
    counterclaim_of_an_open_claim,
    counterclaim_opened_together_with_its_target,
    answer_to_its_own_rebuttal,
    answer_that_no_longer_counts,
    answer_that_is_taken_back,
    edition_whose_opening_was_cancelled,
    withdrawn_edition,
    next_edition_of_a_withdrawn_claim,
]


@pytest.mark.parametrize("story", STORIES)
def test_the_preview_is_what_readers_get(newsroom_live, settings, story):
    settings.VERDICT_SCALE = "snu"
    claim, open_it = story(newsroom_live)
    before = {language: previewed(newsroom_live, claim, language) for language in ("en", "ko")}
    open_it()
    for language, html in before.items():
        assert html.splitlines() == read(claim, language).splitlines()


def test_the_preview_is_of_the_policy_in_force(newsroom_live, connect):
    connect("owner").execute(
        "INSERT INTO claims_policy (four_eyes, reason) VALUES (false, 'alone')"
    )
    claim = newsroom_live.draft()
    html = previewed(newsroom_live, claim)
    assert "one-person policy" in html
    newsroom_live.publish(claim)
    assert html == read(claim)


def test_an_edition_that_waits_is_previewed_as_it_will_open(newsroom_live):
    claim = newsroom_live.draft()
    moment = timezone.now() + timedelta(days=2)
    newsroom_live.publish(claim, opens_at=moment)
    response = preview(newsroom_live.reporter, claim)
    assert "readers see this from" in shown(response)
    assert timezone.localtime(moment).strftime("%H:%M") in shown(response)
    # What is drafted meanwhile follows it.
    newsroom_live.revise(claim, statement="Usage fell")
    page = shown(preview(newsroom_live.reporter, claim))
    assert "Usage fell" in page and "Edition 1 opens first" in page
    assert "edition 2" in page and "Edition 1</a>" in page


def test_where_nothing_was_changed_the_preview_says_that_readers_see_it(newsroom_live):
    claim = newsroom_live.published()
    page = shown(preview(newsroom_live.reporter, claim))
    assert "readers see this now" in page and "readers do not see" not in page
    assert previewed(newsroom_live, claim) == read(claim)


CHANGES = {
    "statement": {"texts": {"en": {"statement": "Usage fell"}}},
    "attribution": {"texts": {"en": {"attribution": "others"}}},
    "reason": {"texts": {"en": {"reason": "Two origins."}}},
    "unknowns": {"texts": {"en": {"unknowns": "Nobody counted."}}},
    "would change": {"texts": {"en": {"would_change": "A count."}}},
    "another language": {"texts": {"ko": {"statement": "이용률이 떨어졌다"}}},
    "confidence": {"fields": {"confidence": "moderate"}},
    "day of the next look": {"fields": {"review_by": date(2031, 1, 1)}},
    "wordings": {"wordings": [{"language": "en", "text": "Nobody uses it"}]},
    "figures": {"figures": [{"labels": {"en": "Share"}, "value": Decimal(3)}]},
    "citations": {"citations": []},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_one_field_changes_the_preview(newsroom_live, change):
    """The control of the comparisons above."""
    claim = newsroom_live.draft()
    before = previewed(newsroom_live, claim)
    assert before == previewed(newsroom_live, claim)
    actions.edit(claim.pk, actor=newsroom_live.reporter, version=claim.version, **CHANGES[change])
    assert before != previewed(newsroom_live, claim)


def test_what_nobody_has_chosen_yet_is_said_in_words(newsroom_live):
    bare = actions.record_claim(
        actor=newsroom_live.reporter,
        fields={"language": "en"},
        texts={"en": {"statement": "Usage is falling"}},
    )
    for language in ("en", "ko"):
        assert preview(newsroom_live.reporter, bare, language=language).status_code == 200
    page = shown(preview(newsroom_live.reporter, bare))
    assert "Not chosen yet: a confidence is needed before review" in page
    assert "we have not rated the evidence" not in page
    assert "Before review, this claim still needs:" in page
    target = newsroom_live.rebuttal(bare)
    assert "Usage is falling" in shown(preview(newsroom_live.reporter, target))


def test_a_kind_of_change_that_nobody_has_chosen_is_no_first_edition(newsroom_live):
    claim = newsroom_live.published()
    actions.edit(
        claim.pk,
        actor=newsroom_live.reporter,
        version=claim.version,
        texts={"en": {"statement": "Usage fell"}},
    )
    page = shown(preview(newsroom_live.reporter, claim))
    assert "Kind of change: not chosen yet" in page
    assert page.count("First published") == 1


def test_of_a_suppressed_claim_there_is_nothing_to_preview(newsroom_live):
    claim = newsroom_live.published("Something that the law forbids")
    suppress(newsroom_live, claim)
    for name in ("claim_preview", "claim_preview_phone"):
        response = sign_in(newsroom_live.reporter).get(address(name, claim.pk))
        assert response.status_code == 410
        assert "There is nothing to preview" in shown(response)
        assert "law forbids" not in shown(response)


@pytest.mark.parametrize("state", ["published", "draft", "waiting"])
def test_a_claim_that_is_suppressed_while_it_is_read_is_gone(newsroom_live, monkeypatch, state):
    if state == "waiting":
        claim = newsroom_live.draft()
        newsroom_live.publish(claim, opens_at=timezone.now() + timedelta(days=2))
    else:
        claim = newsroom_live.published()
    if state == "draft":
        newsroom_live.revise(claim, statement="Usage fell")
    known = Situation.of

    def overtaken(claim, person):
        situation = known(claim, person)
        suppress(newsroom_live, claim)
        return situation

    monkeypatch.setattr(Situation, "of", overtaken)
    assert preview(newsroom_live.reporter, claim).status_code == 410


def test_a_withdrawn_claim_says_what_is_not_shown(newsroom_live):
    claim = newsroom_live.published()
    newsroom_live.publish(newsroom_live.rebuttal(claim))
    newsroom_live.withdraw(claim)
    page = shown(preview(newsroom_live.reporter, claim))
    assert "its rebuttals and its standing are not shown here" in page
    assert "readers do not see this now" in page


def test_the_preview_speaks_the_language_that_was_asked_for(newsroom_live):
    claim = newsroom_live.draft(texts={"ko": {"statement": "이용률이 떨어지고 있다"}})
    korean = preview(newsroom_live.reporter, claim, language="ko")
    assert '<html lang="ko">' in shown(korean) and korean["Content-Language"] == "ko"
    assert re.search(r"<h1[^>]*>이용률이 떨어지고 있다</h1>", shown(korean))
    for asked in ("xx", "", "en"):
        assert '<html lang="en">' in shown(preview(newsroom_live.reporter, claim, language=asked))
    # Asking for one preview in Korean leaves the newsroom's screens as they are.
    client = sign_in(newsroom_live.reporter)
    url = address("claim_preview", claim.pk)
    client.get(url, {"language": "ko"})
    assert 'lang="en"' in shown(client.get(address("claim_change", claim.pk)))
    for language in ("en", "ko"):
        assert f'href="{url}?language={language}"' in shown(korean)
    phone = shown(client.get(address("claim_preview_phone", claim.pk), {"language": "ko"}))
    assert f'<iframe src="{url}?language=ko&frame=1" title="' in phone


def rebutted(room, number: int):
    """A claim with this many rebuttals, each with an answer, and as many targets."""
    claim = room.published(f"Claim {number}")
    against = [room.rebuttal(claim, f"Rebuttal {number}-{n}") for n in range(number)]
    room.publish(*against)
    room.publish(*(room.rebuttal(each, f"Answer to {each}") for each in against))
    room.revise(claim, statement=f"Claim {number}, again")
    claim.refresh_from_db()
    hidden = [room.draft(f"Target {number}-{n}") for n in range(number)]
    actions.edit(
        claim.pk,
        actor=room.reporter,
        version=claim.version,
        rebuts=[
            {"target": each, "ground": "undercut", "opposer": "us"} for each in (*hidden, *against)
        ],
    )
    return claim


def test_the_preview_asks_the_databases_as_often_for_eleven_rebuttals_as_for_one(newsroom_live):
    counts = {}
    for number in (1, 11):
        claim = rebutted(newsroom_live, number)
        client = sign_in(newsroom_live.reporter)
        client.get(address("claim_preview", claim.pk))
        with (
            CaptureQueriesContext(connections["default"]) as newsroom,
            CaptureQueriesContext(connections["public"]) as public,
        ):
            page = shown(client.get(address("claim_preview", claim.pk)))
        assert page.count("Rebuttal ") >= number and f"Target {number}-{number - 1}" in page
        counts[number] = (len(newsroom), len(public))
    assert counts[1] == counts[11], counts
    print("queries (newsroom, public):", counts[11])
