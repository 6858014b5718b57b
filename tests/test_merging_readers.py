"""What readers notice of a merge: nothing until it is published, then the way on."""

import secrets
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from claims import actions
from claims.exceptions import Invalid, WrongState
from claims.models import Claim, PublishedNotice
from claims.verification import Verification
from tests.test_merging import merge, split, suppress, undo

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def page(claim, language="en", edition=None) -> str:
    tail = f"editions/{edition}/" if edition else ""
    return f"/{language}/claims/{claim.public_id}/{tail}"


def api(claim, edition=None) -> str:
    tail = f"editions/{edition}/" if edition else ""
    return f"/api/v1/claims/{claim.public_id}/{tail}"


def text(path: str) -> str:
    return Client().get(path).content.decode()


def ready(room, *claims) -> None:
    """Bring merged drafts to approval, by people who did not merge."""
    for claim in claims:
        claim.refresh_from_db()
        if claim.edition and not claim.texts.get(language="en").change_note:
            room.revise(claim, kind="update", note="Merged with a twin.")
        room.submit(claim)
        room.approve(claim, room.second_editor)


def publish(room, *claims):
    return actions.publish(
        {claim.pk: Claim.objects.get(pk=claim.pk).version for claim in claims},
        actor=room.publisher,
    )


@pytest.fixture
def twins(newsroom_live):
    """Two published claims; the first has two editions and a published rebuttal."""
    room = newsroom_live
    one, two = room.published("Usage is falling"), room.published("Use goes down")
    counterclaim = room.rebuttal(one, "Embedded use is not counted")
    room.publish(counterclaim)
    room.revise(one, statement="Usage is falling fast")
    room.publish(one)
    return room, one, two, counterclaim


@pytest.fixture
def merged(twins):
    """The twins after the merge was published."""
    room, one, two, counterclaim = twins
    merge(room, one, two)
    ready(room, two, counterclaim)
    publish(room, two, counterclaim)
    return twins


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_old_address_leads_to_the_claim_that_took_it_up(merged, language):
    _room, one, two, _counterclaim = merged
    for edition in (None, 1, 2):
        for method in ("get", "head"):
            answer = getattr(Client(), method)(page(one, language, edition))
            assert (answer.status_code, answer["Location"]) == (301, page(two, language))
            # It can be suppressed yet: no cache keeps it for good.
            assert answer["Cache-Control"] == "public, max-age=0, s-maxage=60"
            assert "Set-Cookie" not in answer
    assert Client().get(page(one, language, 1), follow=True).status_code == 200


def test_programs_are_sent_on_within_the_api(merged):
    _room, one, two, _counterclaim = merged
    for edition in (None, 1, 2):
        answer = Client().get(api(one, edition) + "?language=ko")
        assert (answer.status_code, answer["Location"]) == (301, api(two) + "?language=ko")
        assert answer["Cache-Control"] == "public, max-age=0, s-maxage=60"
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert two.public_id in text(answer["Location"])
    assert Client().get(api(one) + "?nonsense=1").status_code == 400


def test_the_list_and_the_page_show_one_claim_with_both_sides(merged):
    _room, one, two, counterclaim = merged
    for path in ("/en/claims/?all=1", "/api/v1/claims/?all=1"):
        listed = text(path)
        assert two.public_id in listed and one.public_id not in listed
    shown = text(page(two))
    assert "Embedded use is not counted" in shown and "Usage is falling fast" in shown
    assert page(two) in text(page(counterclaim))
    assert page(one) not in text(page(counterclaim))


def test_nothing_of_a_merge_is_seen_before_it_is_published(twins):
    """Canaries in all that is united, at every address; the twin after publishing shows them."""
    room, one, two, counterclaim = twins
    mark = f"canary{secrets.token_hex(6)}"
    lone = room.draft(
        f"{mark} one",
        citations=[{"source": room.source(f"{mark} two"), "quotation": f"{mark} three"}],
        wordings=[{"language": "en", "text": f"{mark} four"}],
        topics=[room.topic(f"{mark} five")],
    )
    paths = [
        *(path(claim) for claim in (one, two, counterclaim, lone) for path in (page, api)),
        *(path(one, edition=n) for n in (1, 2) for path in (page, api)),
        *("/en/claims/", "/en/claims/?all=1", "/api/v1/claims/?all=1", "/ko/claims/?all=1"),
    ]
    before = {path: answer(path) for path in paths}
    merge(room, lone, two)
    merge(room, one, two)
    ready(room, two, counterclaim)
    assert {path: answer(path) for path in paths} == before
    assert not any(mark in content for _status, content in before.values())
    assert not PublishedNotice.objects.exists()
    publish(room, two, counterclaim)
    assert {path: answer(path) for path in paths} != before  # control
    shown = text(page(two))
    assert all(f"{mark} {word}" in shown for word in ("one", "two", "three", "four", "five"))
    assert Client().get(page(lone)).status_code == 404  # it never was a page


def answer(path: str) -> tuple[int, str]:
    response = Client().get(path)
    return response.status_code, response.content.decode()


def test_what_rebuts_the_merged_claim_is_published_in_the_same_step(twins):
    room, one, two, counterclaim = twins
    merge(room, one, two)
    ready(room, two)
    with pytest.raises(Invalid, match="in the same step: “Embedded use is not counted”"):
        publish(room, two)
    assert Client().get(page(one)).status_code == 200 and actions.undoable(one)
    ready(room, counterclaim)
    publish(room, two, counterclaim)
    assert Client().get(page(one)).status_code == 301 and actions.undoable(one) is None


def test_a_rebuttal_that_bears_on_it_no_longer_has_to_say_so_first(twins):
    """Its working copy has let go of the claim, but readers see the edition that has not."""
    room, one, two, counterclaim = twins
    room.revise(counterclaim)
    counterclaim.refresh_from_db()
    actions.edit(counterclaim.pk, actor=room.reporter, version=counterclaim.version, rebuts=[])
    merge(room, one, two)
    ready(room, two)
    with pytest.raises(Invalid, match="in the same step"):
        publish(room, two)
    ready(room, counterclaim)
    publish(room, two, counterclaim)
    assert Client().get(page(one)).status_code == 301


@pytest.mark.parametrize("turn", [1, -1])
def test_two_merges_that_rebut_each_other_are_published_in_one_step(newsroom_live, turn):
    """Whatever comes first by number."""
    room = newsroom_live
    claims = [room.published("It falls"), room.published("It is falling")][::turn]
    counterclaims = [room.rebuttal(claims[0], "Not so")]
    room.publish(*counterclaims)
    counterclaims.append(room.published("Not at all"))
    merge(room, *counterclaims[::turn])
    merge(room, *claims)
    last = counterclaims[::turn][1]
    ready(room, claims[1], last)
    with pytest.raises(Invalid, match="in the same step"):
        publish(room, claims[1])
    publish(room, claims[1], last)
    assert Client().get(page(claims[0])).status_code == 301
    assert Client().get(page(counterclaims[::turn][0])).status_code == 301
    assert str(last) in text(page(claims[1]))


def test_a_merge_is_not_published_for_a_later_moment(twins):
    room, one, two, counterclaim = twins
    merge(room, one, two)
    ready(room, two, counterclaim)
    seen = {claim.pk: claim.version for claim in (two, counterclaim)}
    with pytest.raises(WrongState, match="publish it at once"):
        actions.publish(seen, actor=room.publisher, opens_at=timezone.now() + timedelta(hours=1))
    actions.publish(seen, actor=room.publisher)


def test_a_merge_that_adds_nothing_is_published_as_a_minor_change(newsroom_live):
    room = newsroom_live
    one, two = room.published(), room.published()
    merge(room, one, two)
    assert two.change_kind == "minor"
    actions.edit(
        two.pk,
        actor=room.editor,
        version=two.version,
        texts={"en": {"change_note": "Merged with a twin."}},
    )
    room.submit(two)
    room.approve(two, room.second_editor)
    publish(room, two)
    assert Client().get(page(one))["Location"] == page(two)


def test_a_chain_resolves_step_by_step_and_ends_at_a_notice(merged):
    room, one, two, counterclaim = merged
    third = room.published("It shrinks")
    merge(room, two, third)
    ready(room, third, counterclaim)
    publish(room, third, counterclaim)
    answer = Client().get(page(one, edition=1), follow=True)
    assert [status for _url, status in answer.redirect_chain] == [301, 301]
    assert answer.redirect_chain[-1][0] == page(third)
    room.withdraw(counterclaim)
    room.withdraw(third, notice="It does not shrink.")
    answer = Client().get(page(one), follow=True)
    assert answer.status_code == 200 and "It does not shrink." in answer.content.decode()
    assert Client().get(api(one), follow=True).status_code == 410
    suppress(room, third)
    assert Client().get(page(one), follow=True).status_code == 410


def test_a_merged_claim_that_is_suppressed_is_gone(merged):
    room, one, two, _counterclaim = merged
    suppress(room, one)
    for path in (page(one), page(one, "ko"), page(one, edition=1), api(one), api(one, 2)):
        assert Client().get(path).status_code == 410
    assert Client().get(page(two)).status_code == 200


def test_undo_leaves_readers_what_they_had(twins):
    room, one, two, counterclaim = twins
    before = {claim: text(page(claim)) for claim in (one, two, counterclaim)}
    merge(room, one, two)
    undo(room, one)
    assert {claim: text(page(claim)) for claim in (one, two, counterclaim)} == before
    assert not Claim.objects.exclude(state="published").exists()


def test_a_split_reaches_readers_edition_by_edition(newsroom_live):
    room = newsroom_live
    claim = room.published("It is small and slow")
    made = split(room, claim, "It is slow", copied={"citations": [claim.citations.get().pk]})
    assert Client().get(page(made)).status_code == 404
    made = actions.edit(
        made.pk,
        actor=room.editor,
        version=made.version,
        fields={"confidence": "low"},
        texts={"en": {"reason": "One origin."}},
    )
    ready(room, made)
    publish(room, made)
    assert "It is slow" in text(page(made)) and "It is small and slow" in text(page(claim))
    assert actions.undoable(made) is None


def test_the_chain_of_editions_verifies_after_a_merge(merged):
    walk = Verification("default")
    assert list(walk.breaks()) == []
    assert walk.editions == 6
