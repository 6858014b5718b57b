"""Two claims become one: what is united, who may, what is refused, and how it is taken back."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from claims import actions, document
from claims.choices import Ground, State
from claims.exceptions import Invalid, NotAllowed, Refused, Stale, WrongState
from claims.models import Claim, Rebuttal
from tests.rich_claim import parts_of, records_of, rich_claim


def merge(room, claim, into, actor=None, **versions) -> Claim:
    claim.refresh_from_db()
    into.refresh_from_db()
    merged = actions.merge(
        claim.pk,
        actor=actor or room.editor,
        version=versions.get("version", claim.version),
        into_id=into.pk,
        into_version=versions.get("into_version", into.version),
    )
    claim.refresh_from_db()
    into.refresh_from_db()
    return merged


def undo(room, claim, actor=None) -> Claim:
    claim.refresh_from_db()
    return actions.undo(claim.pk, actor=actor or room.editor, version=claim.version)


def split(room, claim, statement="It is slow as well", **options) -> Claim:
    claim.refresh_from_db()
    given = {"kept": {}, "moved": {}, "copied": {}, "actor": room.editor, **options}
    texts = given.pop("texts", {"en": {"statement": statement, "attribution": "critics"}})
    return actions.split(claim.pk, version=claim.version, texts=texts, **given)


def documents(*claims) -> list[dict]:
    return [json.loads(actions.document_of(claim)) for claim in claims]


def digests(*claims) -> list[str]:
    return [document.digest(actions.document_of(claim)) for claim in claims]


def states(*claims) -> list[str]:
    found = dict(Claim.objects.values_list("pk", "state"))
    return [found[claim.pk] for claim in claims]


# --- Merging ------------------------------------------------------------------------------------


def test_what_one_claim_has_is_added_to_the_other(newsroom):
    known = records_of(newsroom)
    third = newsroom.draft("Use is growing")
    first = newsroom.draft(
        "Downloads fell by more than 72%",
        texts={"ko": {"statement": "다운로드가 72% 넘게 줄었다"}},
        topics=[known["topic"], known["other topic"]],
        rebuts=[{"target": third, "ground": "rebut", "opposer": "us"}],
        **parts_of(known),
    )
    cited = {"source": known["relaying"], "quotation": "as printed"}
    second = newsroom.draft(
        "It lost most of its downloads",
        topics=[known["topic"]],
        citations=[cited],
        wordings=[{"language": "en", "text": "Nobody downloads it"}],
        rebuts=[{"target": third, "ground": "qualify", "opposer": "source"}],
    )
    counterclaim = newsroom.rebuttal(first, "Embedded use is not counted")
    united = merge(newsroom, first, second)
    assert united == second and first.merged_into == second
    first_says, says = documents(first, second)
    assert [wording["text"] for wording in says["wordings"]] == [
        "Nobody downloads it",
        "Downloads fell by more than 72%",
        "다운로드가 72% 넘게 줄었다",
        "没人下载了",
    ]
    assert says["citations"][0]["quotation"] == "as printed"
    assert says["citations"][1:] == first_says["citations"][:2]
    assert [relay["title"] for relay in says["citations"][1]["relays"]] == ["A newspaper", "Counts"]
    assert says["citations"][1]["route_given"] is False
    assert len(says["topics"]) == 2
    assert [(edge["claim"], edge["ground"]) for edge in says["rebuts"]] == [
        (third.public_id, "qualify"),
        (third.public_id, "rebut"),
    ]
    assert [edge.target for edge in counterclaim.rebuts.all()] == [second]
    # What was merged keeps what it had; the rest of the other is its own.
    assert len(first_says["citations"]) == 3 and len(first_says["replies"]) == 2
    assert not says["replies"] and not says["figures"]


def test_what_is_the_same_is_there_once(newsroom):
    """Identical statements, citations, topics and edges are not doubled; a chain makes another."""
    topic, target = newsroom.topic(), newsroom.draft("It is used a lot")
    options = {"topics": [topic], "rebuts": [{"target": target, "ground": "rebut"}]}
    one, two = newsroom.draft(**options), newsroom.draft(**options)
    both = newsroom.rebuttal(one, "Not so")
    actions.edit(
        both.pk,
        actor=newsroom.reporter,
        version=both.version,
        rebuts=[
            {"id": both.rebuts.get().pk},
            {"target": one, "ground": "qualify"},
            {"target": two, "ground": "undercut"},
        ],
    )
    before = digests(two)
    merge(newsroom, one, two)
    assert digests(two) == before
    edges = Rebuttal.objects.filter(counterclaim=both).values_list("target", "ground")
    assert sorted(edges) == [(two.pk, "qualify"), (two.pk, "undercut")]
    relayed = newsroom.draft(
        citations=[
            {
                "source": newsroom.first_source(),
                "quotation": "as quoted",
                "relays": [newsroom.source("Its origin")],
            }
        ]
    )
    merge(newsroom, relayed, two)
    assert two.citations.count() == 2


def test_an_edge_is_turned_as_the_other_claim_reads_now(newsroom):
    one, two = newsroom.published("It falls"), newsroom.published("It is falling")
    newsroom.revise(two, statement="It is falling a lot")
    newsroom.publish(two)
    counterclaim = newsroom.rebuttal(one, "Not so")
    assert counterclaim.rebuts.get().target_edition == 1
    merge(newsroom, one, two)
    assert counterclaim.rebuts.get().target_edition == 2


STAGES = ("draft", "in_review", "changes_requested", "approved", "published")


def at(room, stage, statement) -> Claim:
    claim = room.draft(statement)
    if stage == "published":
        room.publish(claim)
    elif stage != "draft":
        room.submit(claim)
    if stage == "approved":
        room.approve(claim)
    elif stage == "changes_requested":
        actions.request_changes(
            claim.pk, actor=room.editor, version=claim.version, reason="Name the place."
        )
    claim.refresh_from_db()
    assert claim.state == stage
    return claim


@pytest.mark.parametrize("theirs", STAGES)
@pytest.mark.parametrize("ours", STAGES)
def test_claims_are_merged_and_parted_at_any_stage(newsroom, ours, theirs):
    one, two = at(newsroom, ours, "It falls"), at(newsroom, theirs, "It is falling")
    before = digests(one, two)
    merge(newsroom, one, two)
    assert states(two) == ["changes_requested" if theirs == "changes_requested" else "draft"]
    assert not two.approvals.filter(version=two.version).exists()
    undo(newsroom, one)
    assert digests(one, two) == before
    changed = {"published": "published", "changes_requested": "changes_requested"}
    assert states(one, two) == [changed.get(ours, "draft"), changed.get(theirs, "draft")]


def test_the_one_who_merges_approves_neither_the_claim_nor_what_turned(newsroom):
    one, two = newsroom.draft("It falls"), newsroom.draft("It is falling")
    counterclaim = newsroom.rebuttal(one, "Not so")
    merge(newsroom, one, two, actor=newsroom.second_editor)
    for claim in (two, counterclaim):
        newsroom.submit(claim)
        with pytest.raises(NotAllowed):
            newsroom.approve(claim, newsroom.second_editor)
        newsroom.approve(claim, newsroom.editor)  # control


@pytest.mark.parametrize("who", ["reporter", "editor", "publisher", "admin"])
def test_editors_and_publishers_merge_split_and_undo(newsroom, who):
    one, two = newsroom.draft("It falls"), newsroom.draft("It is falling")
    person = getattr(newsroom, who)
    if who in ("editor", "publisher"):
        merge(newsroom, one, two, actor=person)
        undo(newsroom, one, actor=person)
        made = split(newsroom, two, actor=person)
        undo(newsroom, made, actor=person)
        return
    with pytest.raises(NotAllowed):
        merge(newsroom, one, two, actor=person)
    with pytest.raises(NotAllowed):
        split(newsroom, one, actor=person)
    merge(newsroom, one, two)
    with pytest.raises(NotAllowed):
        undo(newsroom, one, actor=person)


def test_what_cannot_be_merged(newsroom):
    room = newsroom
    one, two, third = room.draft("It falls"), room.draft("It is falling"), room.draft("It sinks")
    with pytest.raises(Invalid, match="into itself"):
        merge(room, one, one)
    rebuttal = room.rebuttal(one, "Not so", Ground.QUALIFY)
    for pair in ((one, rebuttal), (rebuttal, one)):
        with pytest.raises(WrongState, match="rebuts the other"):
            merge(room, *pair)
    for stale in ({"version": one.version + 1}, {"into_version": two.version + 1}):
        with pytest.raises(Stale):
            merge(room, one, two, **stale)
    merge(room, one, two)
    for pair in ((one, third), (third, one)):
        with pytest.raises(WrongState, match="merged into another"):
            merge(room, *pair)
    gone = room.published("It is gone")
    suppress(room, gone)
    for pair in ((gone, third), (third, gone)):
        with pytest.raises(WrongState, match="suppressed"):
            merge(room, *pair)
    with pytest.raises(Refused):
        actions.merge(10**6, actor=room.editor, version=1, into_id=third.pk, into_version=1)


def suppress(room, claim):
    for actor, step in (
        (room.second_publisher, actions.request_suppression),
        (room.publisher, actions.suppress),
    ):
        claim.refresh_from_db()
        step(claim.pk, actor=actor, version=claim.version, reason="A court said so.")
    claim.refresh_from_db()


def test_a_scheduled_opening_is_cancelled_before_the_merge(newsroom):
    """It would open in spite of it, and nobody could cancel it any more."""
    one, two = newsroom.draft("It falls"), newsroom.draft("It is falling")
    newsroom.publish(one, opens_at=timezone.now() + timedelta(hours=1))
    with pytest.raises(WrongState, match="scheduled: cancel that first"):
        merge(newsroom, one, two)
    actions.cancel(one.pk, actor=newsroom.publisher, version=one.version, reason="A twin.")
    merge(newsroom, one, two)


def test_readers_of_a_chain_are_sent_on_step_by_step(newsroom):
    """Whoever is left must be published before it is merged itself; drafts may be merged on."""
    one, two, third = (newsroom.published(f"It falls {n}") for n in (1, 2, 3))
    merge(newsroom, one, two)
    with pytest.raises(WrongState, match="publish that or undo it first"):
        merge(newsroom, two, third)
    drafts = [newsroom.draft(f"It sinks {n}") for n in (1, 2, 3)]
    merge(newsroom, drafts[0], drafts[1])
    merge(newsroom, drafts[1], drafts[2])
    assert [wording.text for wording in drafts[2].wordings.all()] == ["It sinks 2", "It sinks 1"]
    assert actions.undoable(drafts[0]) is None  # the later merge first
    undo(newsroom, drafts[1])
    undo(newsroom, drafts[0])


@pytest.mark.parametrize(
    "step",
    [
        lambda room, c: actions.edit(
            c.pk, actor=room.editor, version=c.version, texts={"en": {"unknowns": "?"}}
        ),
        lambda room, c: room.submit(c),
        lambda room, c: actions.cite(
            c.pk, actor=room.editor, version=c.version, source=room.first_source()
        ),
        lambda room, c: split(room, c),
        lambda room, c: room.rebuttal(c, "Not so"),
        lambda room, c: actions.discard(c.pk, actor=room.editor, version=c.version),
    ],
)
def test_a_merged_claim_rests(newsroom, step):
    one, two = newsroom.draft("It falls"), newsroom.draft("It is falling")
    control = newsroom.published("It sinks")
    merge(newsroom, one, two)
    before = digests(one)
    with pytest.raises(Refused, match="merged into another"):
        step(newsroom, one)
    assert digests(one) == before
    step(newsroom, newsroom.revise(control))


# --- Undoing ------------------------------------------------------------------------------------


def around(room, rich) -> list[Claim]:
    names = ("claim", "target", "rebuttal", "context", "unrated", "withdrawn", "reply")
    return [rich[name] for name in names]


@pytest.fixture
def rich(newsroom, settings):
    settings.VERDICT_SCALE = "snu"
    return rich_claim(newsroom)


def test_undo_brings_back_both_claims_as_they_were(newsroom, rich):
    claims = around(newsroom, rich)
    twin = newsroom.published("Nobody downloads it any more", topics=[rich["topic"]])
    actions.edit(
        rich["context"].pk,
        actor=newsroom.reporter,
        version=Claim.objects.get(pk=rich["context"].pk).version,
        rebuts=[
            {"id": rich["context"].rebuts.get().pk},
            {"target": twin, "ground": "qualify", "opposer": "us"},
        ],
    )
    claims.append(twin)
    before, stood = digests(*claims), states(*claims)
    merge(newsroom, rich["claim"], twin)
    assert digests(*claims) != before
    # The same counterclaim rebutted both on the same ground: its second edge was taken out.
    assert rich["context"].rebuts.count() == 1
    assert states(rich["rebuttal"], twin) == ["draft", "draft"]
    undo(newsroom, rich["claim"])
    assert digests(*claims) == before
    assert states(*claims) == stood
    assert stood.count("published") == 7
    # It can be merged and taken back once more, the other way round too.
    for one, two in ((rich["claim"], twin), (twin, rich["claim"])):
        merge(newsroom, one, two)
        undo(newsroom, one)
        assert digests(*claims) == before and states(*claims) == stood


def test_a_merge_that_adds_nothing_still_leads_to_an_edition(newsroom):
    one, two = newsroom.published(), newsroom.published()
    before = digests(one, two)
    merge(newsroom, one, two)
    assert (two.state, two.change_kind) == ("draft", "minor")
    undo(newsroom, one)
    assert digests(one, two) == before and states(one, two) == ["published"] * 2
    hidden = newsroom.draft()
    merge(newsroom, hidden, two)  # control: readers never saw that one
    assert two.state == "published"


def test_undo_is_refused_when_what_was_merged_has_changed(newsroom):
    one, two = newsroom.draft("It falls"), newsroom.draft("It is falling")
    merge(newsroom, one, two)
    wording = two.wordings.get()
    edited = actions.edit(
        two.pk,
        actor=newsroom.editor,
        version=two.version,
        wordings=[{"id": wording.pk, "text": "It falls, they say"}],
    )
    with pytest.raises(WrongState, match="has been changed since"):
        undo(newsroom, one)
    one.refresh_from_db()
    assert one.merged_into == two and two.wordings.count() == 1
    # Changed back, or taken out, it stands in nobody's way; nor does another change.
    actions.edit(
        two.pk,
        actor=newsroom.editor,
        version=edited.version,
        wordings=[],
        texts={"en": {"unknowns": "How fast?"}},
    )
    undo(newsroom, one)
    assert two.texts.get().unknowns == "How fast?"


def test_a_turned_rebuttal_that_was_turned_again_refuses_the_undo(newsroom):
    one, two, third = (newsroom.draft(f"It falls {n}") for n in (1, 2, 3))
    counterclaim = newsroom.rebuttal(one, "Not so")
    merge(newsroom, one, two)
    counterclaim.refresh_from_db()
    actions.edit(
        counterclaim.pk,
        actor=newsroom.editor,
        version=counterclaim.version,
        rebuts=[{"id": counterclaim.rebuts.get().pk, "target": third}],
    )
    with pytest.raises(WrongState, match="has been changed since"):
        undo(newsroom, one)
    assert counterclaim.rebuts.get().target == third


def test_undo_ends_with_the_next_publication(newsroom):
    one, two = newsroom.published("It falls"), newsroom.published("It is falling")
    counterclaim = newsroom.rebuttal(one, "Not so")
    merge(newsroom, one, two, actor=newsroom.second_editor)
    assert actions.undoable(one)
    # Even a counterclaim alone: readers see what it rebuts now.
    newsroom.publish(counterclaim)
    assert actions.undoable(one) is None
    with pytest.raises(WrongState, match="no merge or split"):
        undo(newsroom, one)
    for claim in (two, counterclaim):
        with pytest.raises(WrongState, match="no merge or split"):
            undo(newsroom, claim)


def test_undo_needs_the_version_that_was_seen(newsroom):
    one, two = newsroom.draft("It falls"), newsroom.draft("It is falling")
    merge(newsroom, one, two)
    with pytest.raises(Stale):
        actions.undo(one.pk, actor=newsroom.editor, version=one.version - 1)
    with pytest.raises(Refused):
        actions.undo(10**6, actor=newsroom.editor, version=1)


def test_a_merged_claim_can_still_be_withdrawn_and_suppressed(newsroom):
    """Readers see it until they are sent on; what the law demands waits for nothing."""
    one, two = newsroom.published("It falls"), newsroom.published("It is falling")
    merge(newsroom, one, two)
    newsroom.withdraw(one)
    undo(newsroom, one)
    merge(newsroom, one, two)
    suppress(newsroom, one)
    assert one.suppressed_at and actions.undoable(one) is None


# --- Splitting ----------------------------------------------------------------------------------


def test_a_split_moves_and_copies_what_is_chosen(newsroom, rich):
    claim = rich["claim"]
    citations = list(claim.citations.order_by("id"))
    figures = list(claim.figures.order_by("id"))
    wordings = list(claim.wordings.order_by("id"))
    edges = {name: rich[name].rebuts.get() for name in ("rebuttal", "context", "unrated")}
    made = split(
        newsroom,
        claim,
        texts={
            "en": {"statement": "Nobody downloads it"},
            "ko": {"statement": "아무도 내려받지 않는다"},
        },
        kept={"en": {"statement": "Downloads fell"}},
        moved={
            "citations": [citations[0].pk],
            "figures": [figures[0].pk],
            "wordings": [wordings[0].pk],
            "rebuttals": [edges["rebuttal"].pk],
        },
        copied={
            "citations": [citations[1].pk],
            "figures": [figures[1].pk],
            "rebuts": [claim.rebuts.get().pk],
            "rebuttals": [edges["context"].pk],
        },
    )
    assert made.split_from == claim and made.state == State.DRAFT and made.confidence == ""
    assert made.claimant == claim.claimant and made.topics.count() == 2
    kept_says, made_says = documents(claim, made)
    assert kept_says["texts"]["en"]["statement"] == "Downloads fell"
    assert kept_says["texts"]["en"]["unknowns"] == "How it was counted."
    assert made_says["texts"]["ko"]["statement"] == "아무도 내려받지 않는다"
    assert [each["quotation"] for each in made_says["citations"]] == [
        citations[0].quotation,
        citations[1].quotation,
    ]
    assert [relay["title"] for relay in made_says["citations"][0]["relays"]] == [
        "A newspaper",
        "Counts",
    ]
    assert [each["quotation"] for each in kept_says["citations"]] == [
        citations[1].quotation,
        citations[2].quotation,
    ]
    assert [each["value"] for each in made_says["figures"]] == ["81110000", "22580000"]
    assert made_says["figures"][0]["labels"] == {"en": "First quarter", "ko": "1분기"}
    assert made_says["figures"][0]["as_of"] == "2025-03-31"
    assert [each["value"] for each in kept_says["figures"]] == ["22580000"]
    assert [each["text"] for each in made_says["wordings"]] == [wordings[0].text]
    assert len(kept_says["rebuts"]) == len(made_says["rebuts"]) == 1
    assert set(made.rebuttals.values_list("counterclaim", flat=True)) == {
        rich["rebuttal"].pk,
        rich["context"].pk,
    }
    assert edges["context"].pk in claim.rebuttals.values_list("pk", flat=True)
    assert edges["rebuttal"].pk not in claim.rebuttals.values_list("pk", flat=True)


def test_undo_of_a_split_brings_the_first_claim_back(newsroom, rich):
    claim, claims = rich["claim"], around(newsroom, rich)
    before, stood = digests(*claims), states(*claims)
    parts = {
        name: list(getattr(claim, name).values_list("pk", flat=True))
        for name in ("citations", "figures", "wordings", "rebuts", "rebuttals")
    }
    made = split(
        newsroom,
        claim,
        kept={"en": {"statement": "Downloads fell"}},
        moved={name: ids[:1] for name, ids in parts.items()},
        copied={name: ids[1:] for name, ids in parts.items()},
    )
    assert digests(claim) != before[:1]
    undo(newsroom, made)
    assert digests(*claims) == before and states(*claims) == stood
    made.refresh_from_db()
    assert made.merged_into == claim and not made.citations.exists()
    assert actions.undoable(made) is None  # what was split is one again, for good
    with pytest.raises(WrongState):
        undo(newsroom, made)


def test_undo_of_a_split_is_refused_when_something_grew_on_the_new_claim(newsroom):
    claim = newsroom.draft("It is small and slow")
    made = split(newsroom, claim, copied={"citations": [claim.citations.get().pk]})
    counterclaim = newsroom.rebuttal(made, "Not so")
    with pytest.raises(WrongState, match="has been changed since"):
        undo(newsroom, made)
    made.refresh_from_db()
    assert made.merged_into is None and made.citations.count() == 1
    actions.edit(counterclaim.pk, actor=newsroom.editor, version=counterclaim.version, rebuts=[])
    undo(newsroom, made)


def test_a_split_refuses_what_it_cannot_do(newsroom):
    claim = newsroom.draft("It is small and slow")
    with pytest.raises(Stale):
        actions.split(
            claim.pk,
            actor=newsroom.editor,
            version=claim.version + 1,
            texts={"en": {"statement": "It is slow"}},
            kept={},
            moved={},
            copied={},
        )
    with pytest.raises(Invalid, match="Write the statement"):
        split(newsroom, claim, texts={"ko": {"statement": "느리다"}})
    with pytest.raises(Invalid):
        split(newsroom, claim, texts={"en": {"statement": "x" * 501}})
    foreign = newsroom.draft("Another").citations.get()
    made = split(newsroom, claim, moved={"citations": [foreign.pk]})
    assert not made.citations.exists() and foreign.claim.citations.count() == 1
    assert Claim.objects.count() == 3


def test_the_history_names_the_merge_and_its_undo(newsroom):
    one, two = newsroom.draft("It falls"), newsroom.draft("It is falling")
    merge(newsroom, one, two)
    undo(newsroom, one)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT action, record FROM claims_history"
            " WHERE action IN ('merge', 'undo') AND record IN ('claim', 'wording')"
        )
        found = sorted(cursor.fetchall())
    assert found == [
        ("merge", "claim"),
        ("merge", "wording"),
        ("undo", "claim"),
        ("undo", "wording"),
    ]


def test_a_turned_rebuttal_is_not_discarded_while_the_merge_stands(newsroom):
    claim, into = newsroom.published("Usage is falling"), newsroom.published("Fewer people use it")
    rebuttal = newsroom.rebuttal(claim)
    newsroom.publish(rebuttal)
    claim.refresh_from_db()
    known = {"actor": newsroom.editor, "version": claim.version}
    actions.merge(claim.pk, into_id=into.pk, into_version=into.version, **known)
    rebuttal.refresh_from_db()
    with pytest.raises(WrongState, match="is merged into another claim: undo that first"):
        actions.discard(rebuttal.pk, actor=newsroom.reporter, version=rebuttal.version)
    claim.refresh_from_db()
    actions.undo(claim.pk, actor=newsroom.editor, version=claim.version)
    rebuttal.refresh_from_db()
    assert rebuttal.state == "published"
