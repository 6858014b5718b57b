"""Decisions after approval: opening, moving, cancelling, withdrawing, reinstating, suppressing; and
what they do to readers, to standing and to every place that holds a text."""

import json
from datetime import date, timedelta

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims import actions, document
from claims.choices import Outcome, State
from claims.exceptions import Invalid, NotAllowed, WrongState
from claims.models import Edition, PublishedEdition, PublishedNotice, Release
from tests.admin_client import address, sign_in
from tests.conftest import login
from tests.rich_claim import suppress

BOTH_SIDES = pytest.mark.django_db(transaction=True, databases=["default", "public"])
HOUR = timedelta(hours=1)


def shown(client, claim, language="en", tail=""):
    return client.get(f"/{language}/claims/{claim.public_id}/{tail}")


def windows(claim):
    rows = PublishedEdition.objects.filter(claim_key=claim.pk).order_by("number")
    return [None if row.current.isempty else (row.current.lower, row.current.upper) for row in rows]


def revised(room, claim, opens_at=None, **text):
    room.publish(room.revise(claim, **text), opens_at=opens_at)
    claim.refresh_from_db()
    return claim


# --- Scheduled editions ---------------------------------------------------------------------------


def test_a_moved_edition_takes_the_end_of_the_one_before_it_along(newsroom):
    claim = newsroom.published()
    first, later = timezone.now() + HOUR, timezone.now() + 3 * HOUR
    revised(newsroom, claim, first, statement="Usage is rising")
    opened = windows(claim)[0][0]
    assert windows(claim) == [(opened, first), (first, None)]
    actions.move(claim.pk, actor=newsroom.publisher, version=claim.version, opens_at=later)
    assert windows(claim) == [(opened, later), (later, None)]
    earlier = timezone.now() + HOUR / 2
    actions.move(claim.pk, actor=newsroom.publisher, version=claim.version, opens_at=earlier)
    assert windows(claim) == [(opened, earlier), (earlier, None)]


def test_a_cancelled_edition_never_opens_and_the_one_before_it_stays(newsroom):
    claim = newsroom.published()
    opened = windows(claim)[0][0]
    revised(newsroom, claim, timezone.now() + HOUR, statement="Usage is rising")
    actions.cancel(claim.pk, actor=newsroom.publisher, version=claim.version, reason="Too early.")
    assert windows(claim) == [(opened, None), None]
    assert actions.cancelled_edition(claim).number == 2
    actions.schedule(claim.pk, actor=newsroom.publisher, version=claim.version, opens_at=None)
    assert windows(claim)[1][1] is None
    assert windows(claim)[0][1] == windows(claim)[1][0]


def test_what_is_not_scheduled_is_neither_moved_nor_cancelled(newsroom):
    claim = newsroom.published()
    known = {"actor": newsroom.publisher, "version": claim.version}
    for act in (
        lambda: actions.move(claim.pk, opens_at=timezone.now() + HOUR, **known),
        lambda: actions.cancel(claim.pk, reason="", **known),
        lambda: actions.schedule(claim.pk, opens_at=None, **known),
        lambda: actions.reinstate(claim.pk, **known),
        lambda: actions.approve_reinstatement(claim.pk, **known),
    ):
        with pytest.raises(WrongState):
            act()
    assert Release.objects.filter(claim=claim).count() == 1


def test_a_rebuttal_that_waits_for_its_target_holds_the_target_to_its_moment(newsroom):
    target = newsroom.draft("To come")
    newsroom.publish(target, opens_at=timezone.now() + HOUR)
    rebuttal = newsroom.rebuttal(target)
    newsroom.publish(rebuttal, opens_at=timezone.now() + 2 * HOUR)
    known = {"actor": newsroom.publisher, "version": target.version}
    with pytest.raises(Invalid):
        actions.move(target.pk, opens_at=timezone.now() + 3 * HOUR, **known)
    with pytest.raises(Invalid):
        actions.cancel(target.pk, reason="", **known)
    actions.move(target.pk, opens_at=timezone.now() + HOUR / 2, **known)  # the control


def test_two_well_supported_opposites_are_refused_in_kind_words(newsroom):
    claim = newsroom.published("It is so", confidence="high")
    rebuttal = newsroom.approved(newsroom.rebuttal(claim, "No", "rebut", "us", confidence="high"))
    with pytest.raises(Invalid, match="“It is so” says the opposite, and both would be rated"):
        newsroom.publish(rebuttal)
    undercut = newsroom.rebuttal(claim, "Not shown", "undercut", "us", confidence="high")
    newsroom.publish(undercut)  # the control


def test_what_rebutted_nothing_yet_is_no_opposite(newsroom):
    """Of two well supported claims one steps down before the other begins to contradict it."""
    high = {"confidence": "high"}
    claim, other = newsroom.published("So", **high), newsroom.published("Different", **high)
    soon, later = timezone.now() + HOUR, timezone.now() + 2 * HOUR

    def revise(one, moment, confidence, rebuts=()):
        one.refresh_from_db()
        actions.edit(
            one.pk,
            actor=newsroom.reporter,
            version=one.version,
            fields={"confidence": confidence, "change_kind": "update"},
            texts={"en": {"change_note": "Looked at again."}},
            rebuts=rebuts,
        )
        newsroom.publish(one, opens_at=moment)

    revise(claim, soon, "low")
    edge = {"target": claim, "ground": "rebut", "opposer": "us"}
    revise(other, later, "high", [edge])
    known = {"actor": newsroom.publisher, "version": claim.version}
    actions.move(claim.pk, opens_at=soon + HOUR / 2, **known)
    with pytest.raises(Invalid, match="both would be rated"):  # the control
        actions.move(claim.pk, opens_at=later + HOUR, **known)


# --- Withdrawn and reinstated ---------------------------------------------------------------------


@BOTH_SIDES
def test_a_withdrawn_claim_returns_after_anothers_later_approval(client, newsroom_live):
    room = newsroom_live
    claim = room.published("Usage is falling")
    room.withdraw(claim, notice="Taken back.")
    claim.refresh_from_db()
    known = {"version": claim.version}
    with pytest.raises(WrongState):
        actions.reinstate(claim.pk, actor=room.second_publisher, **known)
    with pytest.raises(NotAllowed):
        actions.approve_reinstatement(claim.pk, actor=room.publisher, **known)
    actions.approve_reinstatement(claim.pk, actor=room.second_publisher, **known)
    with pytest.raises(WrongState):  # neither who approved …
        actions.reinstate(claim.pk, actor=room.second_publisher, **known)
    actions.approve_reinstatement(claim.pk, actor=room.editor, **known)
    assert "Taken back." in shown(client, claim).content.decode()
    actions.reinstate(claim.pk, actor=room.second_publisher, **known)
    page = shown(client, claim)
    assert (page.status_code, "X-Robots-Tag" in page) == (200, False)
    assert "Usage is falling" in page.content.decode()
    claim.refresh_from_db()
    assert (claim.state, claim.edition) == (State.PUBLISHED, 1)


def test_an_older_edition_never_comes_back_by_itself(newsroom):
    claim = revised(newsroom, newsroom.published(), statement="Usage is rising")
    newsroom.withdraw(claim)
    edition, _withdrawal = actions.withdrawn_edition(claim)
    assert edition.number == 2
    actions.approve_reinstatement(claim.pk, actor=newsroom.editor, version=claim.version)
    actions.reinstate(claim.pk, actor=newsroom.second_publisher, version=claim.version)
    now = timezone.now() + HOUR
    assert [bool(each and (each[1] is None or each[1] > now)) for each in windows(claim)] == [
        False,
        True,
    ]


# --- Suppressed -----------------------------------------------------------------------------------


def everything_stored() -> str:
    """Every row of every table, as the owner sees it."""
    name = connections["default"].settings_dict["NAME"]
    connection.close()
    with psycopg.connect(**login(settings.OWNER_DATABASE, name)) as owner:
        tables = owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
        return "\n".join(
            row
            for (table,) in tables
            for (row,) in owner.execute(f"SELECT t::text FROM {table} t").fetchall()
        )


@BOTH_SIDES
def test_a_suppressed_claim_is_gone_everywhere_and_its_digests_stay(client, newsroom_live):
    room = newsroom_live
    party = room.party("Somebody")
    claim = room.draft(
        "CANARY statement",
        text={
            field: f"CANARY {field}"
            for field in ("attribution", "reason", "unknowns", "would_change", "reply_exception")
        },
        texts={"ko": {"statement": "CANARY 한국어"}},
        citations=[{"source": room.first_source(), "quotation": "CANARY quotation"}],
        figures=[{"kind": "share", "labels": {"en": "CANARY label"}, "value": 7}],
        wordings=[{"language": "en", "text": "CANARY wording"}],
        replies=[
            {
                "party": party,
                "asked_on": date(2025, 7, 1),
                "outcome": Outcome.ANSWERED,
                "answer": "CANARY answer",
                "answered_on": date(2025, 7, 2),
            }
        ],
        actor=room.editor,
    )
    actions.submit(claim.pk, actor=room.editor, version=claim.version)
    actions.request_changes(
        claim.pk, actor=room.editor, version=claim.version, reason="CANARY reason"
    )
    actions.submit(claim.pk, actor=room.editor, version=claim.version)
    room.approve(claim, room.second_editor)
    room.publish(claim)
    room.withdraw(claim, notice="CANARY notice")
    revised(room, claim, statement="CANARY once more")
    rebuttal = room.rebuttal(claim, "Something else")
    room.publish(rebuttal)
    assert everything_stored().count("CANARY") > 30  # the control
    digests = list(Edition.objects.values_list("digest", "document_digest"))

    claim.refresh_from_db()
    known = {"version": claim.version, "reason": "A court order."}
    with pytest.raises(WrongState):
        actions.suppress(claim.pk, actor=room.publisher, **known)
    actions.request_suppression(claim.pk, actor=room.publisher, **known)
    with pytest.raises(WrongState):
        actions.suppress(claim.pk, actor=room.publisher, **known)
    assert shown(client, claim).status_code == 200
    actions.suppress(claim.pk, actor=room.second_publisher, **known)

    assert "CANARY" not in everything_stored()
    assert list(Edition.objects.values_list("digest", "document_digest")) == digests
    for language in ("en", "ko"):
        for tail in ("", "editions/1/", "editions/2/", "editions/7/"):
            answer = shown(client, claim, language, tail)
            assert (answer.status_code, answer["Cache-Control"]) == (410, "no-store")
    assert shown(client, rebuttal).status_code == 200
    claim.refresh_from_db()
    with pytest.raises(WrongState):
        actions.edit(claim.pk, actor=room.reporter, version=claim.version, fields={})


def test_of_what_readers_never_saw_they_are_told_nothing(newsroom):
    seen, never = newsroom.published(), newsroom.draft("Not yet")
    newsroom.publish(never, opens_at=timezone.now() + timedelta(days=1))
    client = sign_in(newsroom.publisher)
    for claim, is_told in ((seen, True), (never, False)):
        newsroom.withdraw(claim)
        assert PublishedNotice.objects.filter(claim=claim.public_id).exists() is is_told
        screen = client.get(address("claim_change", claim.pk)).content.decode()
        assert ("Withdrawn: readers see the notice" in screen) is is_told


# --- Shared records -------------------------------------------------------------------------------


def test_a_renamed_party_leaves_what_shows_it_behind_and_is_refreshed_together(newsroom):
    house, other = newsroom.party("A house"), newsroom.party("Another")
    source = newsroom.source("A study", publisher=house)
    shown_by = [
        newsroom.published("As claimant", fields={"claimant": house}),
        newsroom.published("As publisher", citations=[{"source": source}]),
        newsroom.published(
            "Behind a relay",
            citations=[{"source": newsroom.first_source(), "relays": [source]}],
        ),
    ]
    busy = newsroom.published("With a draft", fields={"claimant": house})
    aside = newsroom.published("Aside", fields={"claimant": other})
    newsroom.revise(busy, statement="With a newer draft")
    before = {claim.pk: actions.document_of(claim) for claim in shown_by}
    newsroom.rename(house, en="A home")
    manager = type(aside).objects
    assert set(manager.behind()) == {*shown_by, busy}

    newsroom.rename(house, en="A house")  # as it was: nobody is behind
    assert not manager.behind().exists()
    newsroom.rename(house, en="A home")

    seen = {claim.pk: claim.version for claim in shown_by}
    with pytest.raises(WrongState):
        actions.propose_refresh(
            {**seen, busy.pk: manager.get(pk=busy.pk).version},
            actor=newsroom.publisher,
            note={"en": "It is called A home now."},
        )
    with pytest.raises(NotAllowed):
        actions.propose_refresh(seen, actor=newsroom.editor, note={"en": "x"})
    claims = actions.propose_refresh(
        seen, actor=newsroom.publisher, note={"en": "It is called A home now."}
    )
    documents = {
        claim.pk: (claim.version, document.digest(actions.document_of(claim))) for claim in claims
    }
    with pytest.raises(NotAllowed):  # who wrote the note
        actions.approve_together(documents, actor=newsroom.publisher)
    with pytest.raises(NotAllowed):  # who renamed the party
        newsroom.reporter.groups.set(newsroom.editor.groups.all())
        del newsroom.reporter._roles
        actions.approve_together(documents, actor=newsroom.reporter)
    actions.approve_together(documents, actor=newsroom.editor)
    editions = actions.publish(
        {claim.pk: claim.version for claim in claims}, actor=newsroom.publisher
    )
    assert [edition.kind for edition in editions] == ["clarification"] * 3
    assert list(manager.behind()) == [busy]
    for edition in editions:
        now, then = json.loads(edition.document), json.loads(before[edition.claim_id])
        assert "A home" in edition.document
        assert "A home" not in before[edition.claim_id]
        assert now["texts"]["en"]["change_note"] == "It is called A home now."
        assert now["texts"]["en"]["statement"] == then["texts"]["en"]["statement"]
    newsroom.publish(busy)
    assert not manager.behind().exists()


def test_what_readers_do_not_see_is_not_behind_until_they_see_it_again(newsroom):
    house = newsroom.party("A house")
    claim = newsroom.published("As claimant", fields={"claimant": house})
    newsroom.rename(house, en="A home")
    assert claim.behind_since
    newsroom.withdraw(claim)
    manager = type(claim).objects
    assert not manager.behind().exists()  # to refresh it would open it again
    claim.refresh_from_db()
    with pytest.raises(WrongState):
        actions.propose_refresh(
            {claim.pk: claim.version}, actor=newsroom.publisher, note={"en": "A home now."}
        )
    actions.approve_reinstatement(claim.pk, actor=newsroom.editor, version=claim.version)
    actions.reinstate(claim.pk, actor=newsroom.second_publisher, version=claim.version)
    assert list(manager.behind()) == [claim]
    newsroom.rename(house, en="A house")
    assert not manager.behind().exists()


def test_a_cancelled_edition_is_not_refreshed(newsroom):
    """The working copy is what was cancelled: a clarification would publish that."""
    house = newsroom.party("A house")
    claim = newsroom.published("As claimant", fields={"claimant": house})
    revised(newsroom, claim, timezone.now() + HOUR, statement="Not to be opened")
    actions.cancel(claim.pk, actor=newsroom.publisher, version=claim.version, reason="No.")
    newsroom.rename(house, en="A home")
    assert not type(claim).objects.behind().exists()


def test_a_changed_topic_voids_the_approval_and_leaves_behind(newsroom):
    topic = newsroom.topic("Ports")
    waits = newsroom.approved(newsroom.draft("Waits", topics=[topic]))
    published = newsroom.published("Published", topics=[topic])
    actions.save_topic(
        actor=newsroom.reporter, topic_id=topic.pk, version=topic.version, names={"en": "Harbours"}
    )
    for claim in (waits, published):
        claim.refresh_from_db()
    assert (waits.state, waits.behind_since) == (State.IN_REVIEW, None)
    assert (published.state, published.behind_since is None) == (State.PUBLISHED, False)


# --- Discarded, confirmed, re-checked -------------------------------------------------------------


def rich(room, **options):
    source = room.source("A study", publisher=room.party("A house"))
    return room.draft(
        "Usage fell to 3%",
        actor=room.editor,
        texts={"ko": {"statement": "이용률이 3%로 떨어졌다"}},
        topics=[room.topic()],
        fields={
            "claimant": room.party(),
            "stated_change": -58,
            "stated_change_unit": "percent",
            "stated_change_bound": "about",
            "review_by": date(2030, 1, 1),
        },
        citations=[{"source": room.first_source(), "relays": [source], "route_given": False}],
        figures=[
            {"kind": "share", "labels": {"en": "Peak"}, "value": "7.2"},
            {"kind": "share", "labels": {"en": "Now"}, "value": "3"},
        ],
        wordings=[{"language": "en", "text": "It is down to 3%"}],
        replies=[{"party": room.party("Asked"), "asked_on": date(2025, 7, 1)}],
        **options,
    )


def test_discarded_changes_leave_what_the_edition_says(newsroom):
    claim = rich(newsroom)
    actions.submit(claim.pk, actor=newsroom.editor, version=claim.version)
    newsroom.approve(claim, newsroom.second_editor)
    newsroom.publish(claim)
    edition = claim.editions.get().document
    actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        fields={
            "confidence": "high",
            "claimant": None,
            "stated_change": 1,
            "change_kind": "update",
        },
        texts={
            "en": {"statement": "Something else", "change_note": "x"},
            "ko": dict.fromkeys(("statement", "reason"), ""),
        },
        topics=[],
        citations=[{"source": newsroom.source("Other")}],
        figures=[],
        wordings=[{"language": "en", "text": "Or so"}, {"language": "en", "text": "Or not"}],
        replies=[],
        rebuts=[{"target": newsroom.published("Target"), "ground": "rebut", "opposer": "us"}],
    )
    claim.refresh_from_db()
    assert (claim.state, actions.document_of(claim) == edition) == (State.DRAFT, False)
    claim = actions.discard(claim.pk, actor=newsroom.reporter, version=claim.version)
    assert (claim.state, actions.document_of(claim)) == (State.PUBLISHED, edition)
    assert claim.frozen_version == claim.version
    assert not actions.has_contributed(newsroom.reporter, claim)


def test_what_is_suppressed_leaves_no_reason_of_any_release(newsroom):
    claim = newsroom.published()
    revised(newsroom, claim, timezone.now() + HOUR, statement="Usage is rising")
    known = {"reason": "A word that the law forbids."}
    actions.cancel(claim.pk, actor=newsroom.publisher, version=claim.version, **known)
    claim.refresh_from_db()
    newsroom.withdraw(claim)
    claim.refresh_from_db()
    actions.approve_reinstatement(claim.pk, actor=newsroom.editor, version=claim.version)
    claim.refresh_from_db()
    actions.reinstate(claim.pk, actor=newsroom.second_publisher, version=claim.version, **known)
    reasons = Release.objects.filter(claim=claim).values_list("reason", flat=True)
    assert list(reasons).count(known["reason"]) == 2
    suppress(newsroom, claim)
    assert not {known["reason"], "It was wrong."} & set(reasons.all())


def test_a_reporter_discards_also_what_only_an_editor_may_say(newsroom):
    claim = newsroom.published()
    claim = actions.edit(
        claim.pk,
        actor=newsroom.editor,
        version=claim.version,
        fields={"allegation_about": newsroom.party("Somebody")},
        texts={"en": {"reply_exception": "They are dead."}},
    )
    known = {"actor": newsroom.reporter, "version": claim.version}
    for said in (
        {"fields": {"allegation_about": None}},
        {"texts": {"en": {"reply_exception": ""}}},
    ):
        with pytest.raises(NotAllowed):
            actions.edit(claim.pk, **known, **said)
    claim = actions.discard(claim.pk, **known)
    assert (claim.state, claim.allegation_about) == (State.PUBLISHED, None)
    assert claim.texts.get().reply_exception == ""


def test_a_verdict_is_taken_back_also_when_the_scale_in_the_settings_changed(newsroom, settings):
    settings.VERDICT_SCALE = "five"
    claim = newsroom.published(fields={"verdict": "true"})
    edition = claim.editions.get().document
    claim = actions.edit(
        claim.pk, actor=newsroom.editor, version=claim.version, fields={"verdict": "false"}
    )
    settings.VERDICT_SCALE = "none"
    with pytest.raises(Invalid):
        actions.edit(
            claim.pk, actor=newsroom.editor, version=claim.version, fields={"verdict": "true"}
        )
    claim = actions.discard(claim.pk, actor=newsroom.editor, version=claim.version)
    assert (claim.state, actions.document_of(claim)) == (State.PUBLISHED, edition)


def test_there_is_nothing_to_discard_before_the_first_edition(newsroom):
    claim = newsroom.draft()
    with pytest.raises(WrongState):
        actions.discard(claim.pk, actor=newsroom.reporter, version=claim.version)


def test_an_edge_stays_written_against_its_edition_until_it_is_confirmed_or_changed(newsroom):
    target = newsroom.published()
    rebuttal = newsroom.rebuttal(target)
    newsroom.publish(rebuttal)
    revised(newsroom, target, statement="Usage is rising")
    edge = rebuttal.rebuts.get()
    assert edge.target_edition == 1
    rebuttal = actions.edit(
        rebuttal.pk,
        actor=newsroom.reporter,
        version=rebuttal.version,
        texts={"en": {"unknowns": "?"}},
        rebuts=[{"id": edge.pk, "target": target, "ground": edge.ground, "opposer": edge.opposer}],
    )
    assert rebuttal.rebuts.get().target_edition == 1
    changed = actions.edit(
        rebuttal.pk,
        actor=newsroom.reporter,
        version=rebuttal.version,
        rebuts=[{"id": edge.pk, "target": target, "ground": "rebut", "opposer": edge.opposer}],
    )
    assert changed.rebuts.get().target_edition == 2
    revised(newsroom, target, statement="Usage is falling")
    confirmed = actions.confirm(changed.pk, actor=newsroom.reporter, version=changed.version)
    assert confirmed.rebuts.get().target_edition == 3
    assert confirmed.version == changed.version + 1


@BOTH_SIDES
def test_readers_are_told_when_a_re_check_is_due_and_when_it_was_made(client, newsroom_live):
    room = newsroom_live
    claim = room.published(fields={"review_by": timezone.localdate() - timedelta(days=1)})
    assert "Needs a re-check" in shown(client, claim).content.decode()
    with pytest.raises(NotAllowed):
        actions.recheck(claim.pk, actor=room.reporter, version=claim.version)
    with pytest.raises(Invalid):
        actions.recheck(
            claim.pk, actor=room.editor, version=claim.version, review_by=timezone.localdate()
        )
    later = timezone.localdate() + timedelta(days=30)
    actions.recheck(claim.pk, actor=room.editor, version=claim.version, review_by=later)
    page = shown(client, claim).content.decode()
    assert "Needs a re-check" not in page
    assert "still holds" in page
    assert later.isoformat() in page
    claim.refresh_from_db()
    assert (claim.state, claim.edition) == (State.PUBLISHED, 1)
    # A later edition that says nothing of it keeps the day; one that sets another takes that.
    revised(room, claim, unknowns="How it was counted.")
    assert later.isoformat() in shown(client, claim).content.decode()


def test_a_re_check_day_outlives_the_next_edition_also_where_no_day_was_planned(newsroom):
    claim = newsroom.published(fields={"review_by": None})
    later = timezone.localdate() + timedelta(days=30)
    actions.recheck(claim.pk, actor=newsroom.editor, version=claim.version, review_by=later)
    revised(newsroom, claim, unknowns="How it was counted.")
    shown = PublishedEdition.objects.filter(claim_key=claim.pk).order_by("number").last()
    assert (shown.number, shown.review_by) == (2, later)
    assert shown.rechecked_at is not None


@pytest.mark.parametrize(("planned", "kept"), [(None, True), (timedelta(days=90), False)])
def test_a_re_check_reaches_the_edition_that_waits(newsroom, planned, kept):
    claim = newsroom.published(fields={"review_by": None})
    today = timezone.localdate()
    claim = actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        fields={"change_kind": "update", "review_by": today + planned if planned else None},
        texts={"en": {"unknowns": "How it was counted.", "change_note": "We know less."}},
    )
    newsroom.publish(claim, opens_at=timezone.now() + timedelta(days=1))
    later = today + timedelta(days=30)
    actions.recheck(claim.pk, actor=newsroom.editor, version=claim.version, review_by=later)
    waits = PublishedEdition.objects.get(claim_key=claim.pk, number=2)
    assert waits.review_by == (later if kept else today + planned)
    assert (waits.rechecked_at is not None) is kept


# --- Allegations and verdicts ---------------------------------------------------------------------


def test_an_allegation_is_flagged_by_editors_and_heard_before_it_appears(newsroom):
    accused = newsroom.party("Somebody")
    claim = newsroom.draft()
    known = {"fields": {"allegation_about": accused}}
    with pytest.raises(NotAllowed):
        actions.edit(claim.pk, actor=newsroom.reporter, version=claim.version, **known)
    claim = actions.edit(claim.pk, actor=newsroom.editor, version=claim.version, **known)
    with pytest.raises(Invalid) as refusal:
        newsroom.submit(claim)
    assert set(refusal.value.errors) == {"replies"}
    asked = {"party": accused, "asked_on": date(2025, 7, 1)}
    claim = actions.edit(claim.pk, actor=newsroom.reporter, version=claim.version, replies=[asked])
    with pytest.raises(Invalid):  # they may still answer
        newsroom.submit(claim)
    heard = {**asked, "id": claim.reply_requests.get().pk, "outcome": Outcome.NO_ANSWER}
    actions.edit(claim.pk, actor=newsroom.reporter, version=claim.version, replies=[heard])
    newsroom.submit(claim)


@pytest.mark.parametrize(
    ("scale", "verdict", "given"),
    [
        ("none", "true", None),
        ("five", "true", "five"),
        ("five", "withheld", None),
        ("snu", "withheld", "snu"),
        ("snu", "pants", None),
        ("none", "", ""),
    ],
)
def test_a_verdict_stands_on_the_scale_in_the_settings(newsroom, settings, scale, verdict, given):
    settings.VERDICT_SCALE = scale
    claim = newsroom.draft()
    change = {"actor": newsroom.reporter, "version": claim.version, "fields": {"verdict": verdict}}
    if given is None:
        with pytest.raises(Invalid):
            actions.edit(claim.pk, **change)
    else:
        assert actions.edit(claim.pk, **change).verdict_scale == given


def test_publishing_asks_as_often_for_eleven_rebuttals_as_for_one(newsroom):
    """Of edges that were open before, of which nobody is told again."""
    targets = [newsroom.published(f"Target {number}") for number in range(11)]
    counts = {}
    for number in (1, 11):
        rows = [{"target": one, "ground": "undercut", "opposer": "us"} for one in targets[:number]]
        claim = newsroom.published(f"Against {number}", rebuts=rows)
        newsroom.approved(newsroom.revise(claim, statement=f"Against {number}, corrected"))
        with CaptureQueriesContext(connection) as queries:
            newsroom.publish(claim)
        counts[number] = len(queries)
    assert counts[1] == counts[11], counts
