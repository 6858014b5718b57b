"""The door, from a draft to a withdrawn claim."""

from datetime import timedelta

import pytest
from django.utils import timezone

from claims import actions
from claims.exceptions import Invalid, NotAllowed, Stale, WrongState
from claims.models import Contribution, History, PublishedEdition

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])


def readers_see(claim) -> list[str]:
    """The statements that are on the claim's page now, as the reader's login sees them."""
    rows = PublishedEdition.objects.using("public").filter(
        claim=claim.public_id, current__contains=timezone.now()
    )
    return [row.document["texts"]["en"]["statement"] for row in rows]


@BOTH_SIDES
def test_a_claim_and_its_rebuttal_reach_readers(newsroom_live):
    room = newsroom_live
    claim = room.published("Usage fell to 3%")
    rebuttal = room.rebuttal(claim, "Embedded use is not counted")
    assert readers_see(claim) == ["Usage fell to 3%"]
    assert readers_see(rebuttal) == []
    room.publish(rebuttal)
    assert readers_see(rebuttal) == ["Embedded use is not counted"]


@BOTH_SIDES
def test_the_old_edition_stays_live_until_the_next_is_published(newsroom_live):
    room = newsroom_live
    claim = room.published("Usage fell to 3%")
    room.revise(claim, statement="Usage fell to 4%")
    assert readers_see(claim) == ["Usage fell to 3%"]
    room.publish(claim)
    assert readers_see(claim) == ["Usage fell to 4%"]
    assert claim.edition == 2
    assert claim.change_kind == ""
    assert claim.original.change_note == ""


def test_reporter_cannot_approve(newsroom):
    claim = newsroom.submit(newsroom.draft(actor=newsroom.editor))
    with pytest.raises(NotAllowed):
        newsroom.approve(claim, newsroom.reporter)


def test_contributor_cannot_approve(newsroom):
    claim = newsroom.submit(newsroom.draft(actor=newsroom.editor))
    with pytest.raises(NotAllowed, match="somebody else"):
        newsroom.approve(claim, newsroom.editor)
    newsroom.approve(claim, newsroom.second_editor)


def test_who_changed_a_cited_source_cannot_approve(newsroom):
    source = newsroom.source("A report")
    claim = newsroom.draft(citations=[{"source": source}])
    actions.save_source(
        actor=newsroom.editor, source_id=source.pk, version=1, fields={"title": "A study"}
    )
    newsroom.submit(claim)
    with pytest.raises(NotAllowed):
        newsroom.approve(claim, newsroom.editor)
    newsroom.approve(claim, newsroom.second_editor)


def test_who_changed_a_source_may_approve_once_an_edition_has_frozen_it(newsroom):
    source = newsroom.source("A report")
    actions.save_source(
        actor=newsroom.editor, source_id=source.pk, version=1, fields={"title": "A study"}
    )
    first = newsroom.submit(newsroom.draft(citations=[{"source": source}]))
    newsroom.approve(first, newsroom.second_editor)
    newsroom.publish(first)
    second = newsroom.submit(newsroom.draft(citations=[{"source": source}]))
    assert newsroom.approve(second, newsroom.editor).state == "approved"


def test_a_publisher_may_publish_their_own_work_after_anothers_approval(newsroom):
    claim = newsroom.draft(actor=newsroom.publisher)
    newsroom.publish(claim)
    assert claim.state == "published"


def test_editor_cannot_publish(newsroom):
    claim = newsroom.approved(newsroom.draft())
    with pytest.raises(NotAllowed):
        actions.publish({claim.pk: claim.version}, actor=newsroom.editor)


@pytest.mark.parametrize("role", ["editor", "publisher", "admin", "reporter"])
def test_a_deactivated_person_can_do_nothing(newsroom, role):
    person = getattr(newsroom, role)
    person.is_active = False
    person.save(update_fields=["is_active"])
    with pytest.raises(NotAllowed):
        newsroom.draft(actor=person)


def test_admins_and_superusers_touch_no_content(newsroom):
    boss = newsroom.person("boss")
    boss.is_superuser = True
    boss.save(update_fields=["is_superuser"])
    for person in (newsroom.admin, boss):
        with pytest.raises(NotAllowed):
            newsroom.draft(actor=person)


def test_any_change_voids_the_approval(newsroom):
    claim = newsroom.approved(newsroom.draft())
    changed = actions.edit(
        claim.pk, actor=newsroom.editor, version=claim.version, texts={"en": {"unknowns": "Much."}}
    )
    assert (changed.state, changed.version) == ("draft", claim.version + 1)
    with pytest.raises(WrongState):
        actions.publish({claim.pk: changed.version}, actor=newsroom.publisher)


def test_a_changed_source_voids_the_approval(newsroom):
    source = newsroom.source("A report")
    claim = newsroom.approved(newsroom.draft(citations=[{"source": source}]))
    actions.save_source(
        actor=newsroom.reporter, source_id=source.pk, version=1, fields={"title": "A study"}
    )
    claim.refresh_from_db()
    assert claim.state == "in_review"


def test_a_renamed_publisher_voids_the_approval(newsroom):
    party = newsroom.party("YTN")
    source = newsroom.source("A report", publisher=party)
    claim = newsroom.approved(newsroom.draft(citations=[{"source": source}]))
    newsroom.rename(party, en="YTN News")
    claim.refresh_from_db()
    assert claim.state == "in_review"


def test_approval_is_of_the_document_that_was_read(newsroom):
    claim = newsroom.submit(newsroom.draft())
    with pytest.raises(Stale):
        actions.approve(
            claim.pk, actor=newsroom.editor, version=claim.version, document_digest="0" * 64
        )


def test_a_stale_save_is_refused_and_changes_nothing(newsroom):
    claim = newsroom.draft("First")
    edit = {"actor": newsroom.reporter, "version": claim.version}
    actions.edit(claim.pk, texts={"en": {"statement": "Second"}}, **edit)
    with pytest.raises(Stale):
        actions.edit(claim.pk, texts={"en": {"statement": "Third"}}, **edit)
    claim.refresh_from_db()
    assert str(claim.texts.get(language="en")) == "Second"


def test_one_action_raises_the_version_once(newsroom):
    claim = newsroom.draft()
    changed = actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        fields={"confidence": "high"},
        texts={"en": {"statement": "Other"}, "ko": {"statement": "다른 말"}},
        citations=[{"source": newsroom.source("Another")}],
    )
    assert changed.version == claim.version + 1
    assert set(Contribution.objects.filter(record="claim").values_list("version", flat=True)) == {
        1,
        2,
    }


def test_requested_changes_stay_requested_through_edits(newsroom):
    claim = newsroom.submit(newsroom.draft())
    with pytest.raises(Invalid):
        actions.request_changes(claim.pk, actor=newsroom.editor, version=claim.version, reason="  ")
    actions.request_changes(
        claim.pk, actor=newsroom.editor, version=claim.version, reason="Name the place."
    )
    changed = actions.edit(
        claim.pk, actor=newsroom.reporter, version=claim.version, texts={"en": {"unknowns": "?"}}
    )
    assert changed.state == "changes_requested"
    assert newsroom.submit(changed).state == "in_review"
    entry = History.objects.filter(action="request_changes").get()
    assert (entry.reason, entry.actor) == ("Name the place.", "editor")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"text": {"attribution": ""}}, "claimant"),
        ({"citations": []}, "citations"),
        ({"confidence": "", "text": {"reason": ""}}, "confidence"),
    ],
)
def test_an_unready_draft_is_not_submitted(newsroom, change, field):
    claim = newsroom.draft(**change)
    with pytest.raises(Invalid) as refusal:
        newsroom.submit(claim)
    assert field in refusal.value.errors


def test_a_change_needs_a_kind_and_a_note_once_readers_have_seen_an_edition(newsroom):
    claim = newsroom.published()
    changed = actions.edit(
        claim.pk, actor=newsroom.reporter, version=claim.version, texts={"en": {"unknowns": "?"}}
    )
    with pytest.raises(Invalid) as refusal:
        newsroom.submit(changed)
    assert set(refusal.value.errors) == {"change_kind", "change_note"}


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"texts": {"en": {"statement": "Another thing"}}}, True),
        ({"texts": {"en": {"attribution": "fans"}}}, True),
        ({"fields": {"confidence": "high"}}, True),
        ({"citations": []}, True),
        ({"texts": {"en": {"reason": "One origin, and late."}}}, False),
        ({"texts": {"en": {"unknowns": "How it was counted."}}}, False),
    ],
)
def test_what_is_claimed_cited_or_rated_is_never_a_minor_change(newsroom, change, refused):
    claim = newsroom.published()
    if change.get("citations") == []:
        change = {"citations": [{"source": newsroom.first_source(), "quotation": "otherwise"}]}
    claim = newsroom.revise(claim, kind="minor")
    actions.edit(claim.pk, actor=newsroom.reporter, version=claim.version, **change)
    if refused:
        with pytest.raises(Invalid, match="more than minor"):
            newsroom.publish(claim)
    else:
        newsroom.publish(claim)
        assert claim.edition == 2


@BOTH_SIDES
def test_a_rebuttal_waits_for_its_target(newsroom_live):
    room = newsroom_live
    claim = room.draft("Usage is falling")
    rebuttal = room.rebuttal(claim)
    with pytest.raises(Invalid, match="Usage is falling"):
        room.publish(rebuttal)
    room.publish(claim, rebuttal)
    assert readers_see(rebuttal)


@BOTH_SIDES
def test_claims_that_rebut_each_other_are_published_together(newsroom_live):
    room = newsroom_live
    first = room.draft("It rises")
    second = room.rebuttal(first, "It falls")
    actions.edit(
        first.pk,
        actor=room.reporter,
        version=first.version,
        rebuts=[{"target": second, "ground": "rebut", "opposer": "us", "target_edition": 1}],
    )
    room.publish(first, second)
    assert readers_see(first) and readers_see(second)


@BOTH_SIDES
def test_withdrawing_takes_every_edition_away_at_once(newsroom_live):
    room = newsroom_live
    claim = room.published("Usage fell to 3%")
    room.revise(claim, statement="Usage fell to 4%")
    room.publish(claim)
    room.withdraw(claim)
    assert not PublishedEdition.objects.using("public").filter(claim=claim.public_id).exists()


def test_after_a_withdrawal_what_was_approved_is_looked_at_again(newsroom):
    claim = newsroom.published()
    newsroom.approved(newsroom.revise(claim, statement="Another"))
    newsroom.withdraw(claim)
    with pytest.raises(WrongState):
        newsroom.publish(claim)
    newsroom.approve(claim)
    newsroom.publish(claim)
    assert claim.edition == 2


def test_two_edges_may_exchange_their_grounds(newsroom):
    target = newsroom.draft()
    claim = newsroom.rebuttal(target, ground="rebut")
    (first,) = claim.rebuts.all()
    edge = {"target": target, "opposer": "us", "target_edition": 1}
    claim = actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        rebuts=[{**edge, "id": first.pk, "ground": "rebut"}, {**edge, "ground": "undermine"}],
    )
    one, two = claim.rebuts.order_by("id")
    actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        rebuts=[
            {**edge, "id": one.pk, "ground": "undermine"},
            {**edge, "id": two.pk, "ground": "rebut"},
        ],
    )
    assert [each.ground for each in claim.rebuts.order_by("id")] == ["undermine", "rebut"]


def test_an_edge_may_be_taken_out_and_made_again(newsroom):
    target = newsroom.draft()
    claim = newsroom.rebuttal(target, ground="rebut")
    edge = {"target": target, "ground": "rebut", "opposer": "us", "target_edition": 1}
    actions.edit(claim.pk, actor=newsroom.reporter, version=claim.version, rebuts=[edge])
    assert claim.rebuts.get().opposer == "us"


def test_a_claim_asked_for_twice_is_recorded_once(newsroom):
    contents = {**newsroom.contents("Once"), "actor": newsroom.reporter}
    twice = [actions.record_claim(public_id="bcdfghjkmnpq", **contents) for _each in range(2)]
    assert twice[0] == twice[1]
    assert twice[0].citations.count() == 1


def test_nothing_else_is_published_while_an_edition_waits(newsroom):
    claim = newsroom.draft()
    newsroom.publish(claim, opens_at=timezone.now() + timedelta(hours=1))
    actions.edit(
        claim.pk, actor=newsroom.reporter, version=claim.version, texts={"en": {"unknowns": "?"}}
    )
    with pytest.raises(WrongState, match="already scheduled"):
        newsroom.publish(claim)


def test_a_moment_in_the_past_is_refused(newsroom):
    claim = newsroom.approved(newsroom.draft())
    with pytest.raises(Invalid):
        newsroom.publish(claim, opens_at=timezone.now() - timedelta(seconds=1))


def test_a_rule_that_only_the_database_checks_speaks_in_its_own_words(newsroom):
    claim = newsroom.draft()
    edge = {"target": claim, "ground": "rebut", "opposer": "us", "target_edition": 1}
    change = {"actor": newsroom.reporter, "version": claim.version}
    with pytest.raises(Invalid, match=r"^A claim cannot rebut itself\.$"):
        actions.edit(claim.pk, rebuts=[edge], **change)
    with pytest.raises(Invalid, match=r"^This claim already rebuts it on this ground\.$"):
        actions.edit(claim.pk, rebuts=[{**edge, "target": newsroom.draft()}] * 2, **change)


@pytest.mark.parametrize(
    "typed", ["한글\r\ntwo", " 한글\ntwo ", "\u1112\u1161\u11ab\u1100\u1173\u11af\ntwo"]
)
def test_the_same_words_typed_elsewhere_are_no_change(newsroom, typed):
    claim = newsroom.draft(text={"unknowns": "한글\ntwo"})
    same = actions.edit(
        claim.pk, actor=newsroom.editor, version=claim.version, texts={"en": {"unknowns": typed}}
    )
    assert (same.version, same.texts.get().unknowns) == (claim.version, "한글\ntwo")
