"""Merges at the same moment as other work: nothing is left pointing at a claim that was merged."""

import pytest

from claims import actions
from claims.exceptions import Refused
from claims.models import Claim, Rebuttal
from tests.attack.test_races import contend, unexpected
from tests.newsroom import Newsroom

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


def merge(room, claim, into):
    actions.merge(
        claim.pk,
        actor=room.editor,
        version=claim.version,
        into_id=into.pk,
        into_version=into.version,
    )


def pairs(room) -> list[tuple[Claim, Claim]]:
    assert room.editor and room.reporter and room.first_source()
    return [(room.draft(f"It falls {n}"), room.draft(f"It is falling {n}")) for n in range(ROUNDS)]


def dangling():
    return Rebuttal.objects.filter(
        target__merged_into__isnull=False, counterclaim__merged_into=None
    )


def test_a_rebuttal_recorded_during_a_merge_turns_or_is_refused(newsroom_live: Newsroom):
    room = newsroom_live
    claims = pairs(room)
    outcomes = contend(
        ROUNDS,
        lambda n: merge(room, *claims[n]),
        lambda n: room.rebuttal(claims[n][0], f"Not so {n}"),
        lambda n: room.rebuttal(claims[n][0], f"Not at all {n}"),
    )
    assert unexpected(outcomes) == []
    assert Claim.objects.exclude(merged_into=None).count() == ROUNDS
    assert not dangling().exists()


def test_two_claims_are_not_merged_into_each_other(newsroom_live: Newsroom):
    room = newsroom_live
    claims = pairs(room)
    outcomes = contend(
        ROUNDS,
        lambda n: merge(room, *claims[n]),
        lambda n: merge(room, *reversed(claims[n])),
    )
    assert unexpected(outcomes) == []
    assert [each.count("done") for each in outcomes] == [1] * ROUNDS


def test_a_counterclaim_edited_during_a_merge_or_its_undo_is_no_server_error(
    newsroom_live: Newsroom,
):
    room = newsroom_live
    claims = pairs(room)
    counterclaims = [room.rebuttal(one, "Not so") for one, _two in claims]

    def let_go(n: int) -> None:
        actions.edit(
            counterclaims[n].pk, actor=room.reporter, version=counterclaims[n].version, rebuts=[]
        )

    def there_and_back(n: int) -> None:
        one, two = claims[n]
        merge(room, one, two)
        one.refresh_from_db()
        try:
            actions.undo(one.pk, actor=room.editor, version=one.version)
        except Refused:
            return

    outcomes = contend(ROUNDS, there_and_back, let_go)
    assert unexpected(outcomes) == []
    assert not dangling().exists()
