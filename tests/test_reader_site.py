"""The readers' site as a whole: addresses, windows, caches, and what each page costs."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from claims import actions
from claims.choices import Ground
from claims.public import errors, pages, rebuttal_records, records

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def get(client, path, **headers):
    return client.get(path, headers=headers)


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


def address(claim, language="en", number=None):
    return f"/{language}/claims/{claim.public_id}/" + (f"editions/{number}/" if number else "")


def test_an_error_page_needs_no_database_and_no_resolved_address(rf):
    for answer in (errors.not_found(rf.get("/admin/x/")), errors.server_error(rf.get("/"))):
        assert "All claims" in text(answer)
        assert "noindex" in text(answer)


@BOTH_SIDES
def test_a_claim_faces_its_rebuttals(client, newsroom_live):
    claim = newsroom_live.published("Usage <b>is</b> falling")
    rebuttal = newsroom_live.rebuttal(claim, "Embedded use is not counted", confidence="moderate")
    newsroom_live.publish(rebuttal)
    page = text(get(client, address(claim)))
    assert "Usage &lt;b&gt;is&lt;/b&gt; falling" in page
    for words in ("Embedded use is not counted", "Unanswered rebuttal", "1 disputes it"):
        assert words in page
    assert "Set against" not in page
    assert address(claim) in text(get(client, address(rebuttal)))


@BOTH_SIDES
def test_a_correction_is_told_and_the_old_edition_says_that_it_is_old(client, newsroom_live):
    claim = newsroom_live.published("Usage fell to 3%")
    newsroom_live.publish(
        newsroom_live.revise(claim, note="It was 4%.", statement="Usage fell to 4%")
    )
    now, then = text(get(client, address(claim))), text(get(client, address(claim, number=1)))
    assert "It was 4%." in now
    assert "This is edition 1, replaced by edition 2" in then
    assert "Usage fell to 3%" in then
    assert "are those of now" in then
    assert "replaced by" not in text(get(client, address(claim, number=2)))


@BOTH_SIDES
def test_a_withdrawn_claim_leaves_a_notice_at_every_address(client, newsroom_live):
    claim = newsroom_live.published("Usage fell")
    target = newsroom_live.published("Target")
    rebuttal = newsroom_live.rebuttal(target, "Rebuttal")
    newsroom_live.publish(rebuttal)
    before = get(client, address(target))["ETag"]
    for gone in (claim, rebuttal):
        newsroom_live.withdraw(gone, notice="Nobody said so.")
    for path in (address(claim), address(claim, number=1), address(rebuttal, "ko")):
        answer = get(client, path)
        assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")
        assert "Nobody said so." in text(answer)
        assert "Usage fell" not in text(answer)
    after = get(client, address(target), if_none_match=before)
    assert after.status_code == 200
    assert "No rebuttal recorded" in text(after)


@BOTH_SIDES
def test_pages_are_cached_by_their_content_and_set_no_cookie(client, newsroom_live):
    claim = newsroom_live.published()
    for path in ("/en/claims/", address(claim), address(claim, number=1)):
        first = get(client, path)
        assert first["Cache-Control"] == "public, max-age=0, s-maxage=60"
        assert first["Last-Modified"]
        assert not first.cookies
        assert "Cookie" not in first.get("Vary", "")
        again = get(client, path, if_none_match=first["ETag"])
        assert (again.status_code, again.content) == (304, b"")
        assert client.head(path)["ETag"] == first["ETag"]
        assert client.post(path).status_code == 405


@BOTH_SIDES
def test_a_scheduled_edition_shortens_the_life_of_the_page_before_it(client, newsroom_live):
    claim = newsroom_live.published()
    newsroom_live.approved(newsroom_live.revise(claim, statement="Usage is rising"))
    claim.refresh_from_db()
    actions.publish(
        {claim.pk: claim.version},
        actor=newsroom_live.publisher,
        opens_at=timezone.now() + timedelta(seconds=30),
    )
    kept = re.search(r"s-maxage=(\d+)", get(client, address(claim))["Cache-Control"])
    assert 0 < int(kept[1]) < 30


@BOTH_SIDES
def test_the_strongest_rebuttal_is_shown_even_where_the_tree_is_cut(
    client, newsroom_live, monkeypatch
):
    claim = newsroom_live.published()
    for statement, confidence in (("Weak", "low"), ("Strong", "high")):
        newsroom_live.publish(newsroom_live.rebuttal(claim, statement, confidence=confidence))
    monkeypatch.setattr(records, "MOST_ROWS", 1)
    page = text(get(client, address(claim)))
    assert page.index("Strong") < page.index("Weak")
    assert "1 more" not in page
    assert "2 dispute it" in page


@BOTH_SIDES
def test_the_list_goes_on_where_it_ended(client, newsroom_live, monkeypatch):
    monkeypatch.setattr(records, "PAGE_SIZE", 2)
    for number in range(5):
        newsroom_live.published(f"Claim {number}")
    path, seen = "/en/claims/", []
    for _page in range(3):
        page = text(get(client, path))
        seen += re.findall(r"Claim \d", page)
        more = re.search(r'href="([^"]+)" rel="next"', page)
        path = more[1] if more else None
    assert path is None
    assert seen == [f"Claim {number}" for number in (4, 3, 2, 1, 0)]
    wrong = get(client, "/en/claims/?after=zz")
    assert (wrong.status_code, wrong["Cache-Control"]) == (400, "no-store")
    assert get(client, "/en/claims/?unknown=%00&all=2".replace("%00", "x")).status_code == 200


@BOTH_SIDES
def test_claims_that_rebut_each_other_end(client, newsroom_live):
    one = newsroom_live.published("It is so", confidence="moderate")
    two = newsroom_live.rebuttal(one, "It is not so", Ground.REBUT)
    newsroom_live.publish(two)
    one = newsroom_live.revise(one, kind="update")
    edges = [{"target": two, "ground": "rebut", "opposer": "us"}]
    actions.edit(
        one.pk,
        actor=newsroom_live.reporter,
        version=one.version,
        texts={"en": {"statement": "It is so indeed"}},
        rebuts=edges,
    )
    newsroom_live.publish(one)
    page = text(get(client, address(one)))
    assert "This is the claim of this page." in page
    assert "written against edition 1" in page
    assert "Its answer is disputed" in page


@BOTH_SIDES
def test_an_empty_list_says_what_will_stand_there(client, transactional_db):
    assert "Nothing has been published yet" in text(get(client, "/en/claims/"))


def record_in(page):
    """The lines of a page's record: what happened, the latest first."""
    lines = re.findall(r"<li>(.*?)</li>", page.partition('<h2 id="record">')[2], re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", line).split()) for line in lines]


@BOTH_SIDES
def test_the_record_tells_when_a_rebuttal_was_published(client, newsroom_live):
    room = newsroom_live
    claim = room.published("Usage fell")
    early = room.published("It was measured elsewhere")
    rebuttal = room.rebuttal(claim, "Embedded use is not counted")
    room.publish(rebuttal)
    room.publish(room.revise(claim, statement="Usage fell by half", note="By half."))
    # The rebuttal has a new edition, and is set against the claim since its first; what was a claim
    # of its own rebuts this one only since its second.
    room.publish(room.revise(rebuttal, statement="Embedded use counts", note="In short."))
    draft = room.revise(early)
    edges = [{"target": claim, "ground": "undermine", "opposer": "us"}]
    actions.edit(draft.pk, actor=room.reporter, version=draft.version, rebuts=edges)
    room.publish(early)
    hidden = room.rebuttal(claim, "A secret draft")
    page = text(get(client, address(claim)))
    lines = record_in(page)
    told = [line.partition("Rebuttal published ")[2] for line in lines if "Rebuttal" in line]
    assert told == ["It was measured elsewhere", "Embedded use counts"]
    assert ["Edition" in line for line in lines] == [False, True, False, True]
    assert f'<a href="/en/claims/{early.public_id}/"><bdi' in page.partition('id="record"')[2]
    assert hidden.public_id not in page
    room.withdraw(early)
    lines = record_in(text(get(client, address(claim))))
    assert ["Edition" in line for line in lines] == [True, False, True]


@BOTH_SIDES
def test_the_record_says_where_it_leaves_rebuttals_out(client, newsroom_live, monkeypatch):
    for module in (pages, rebuttal_records):
        monkeypatch.setattr(module, "MOST_IN_RECORD", 2)
    claim = newsroom_live.published("Usage fell")
    for number in range(3):
        assert "the record lists those" not in text(get(client, address(claim)))
        newsroom_live.publish(newsroom_live.rebuttal(claim, f"No, {number}"))
    page = text(get(client, address(claim)))
    assert "the record lists those that were published last" in page
    assert [line.rpartition(" ")[2] for line in record_in(page)[:2]] == ["2", "1"]
