"""Many people at once: one edition a round, no lost update, no approval of what nobody read.

Each contender is a thread with a Django connection of its own; a barrier starts each round.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, connections, transaction

from claims import actions, document
from claims.exceptions import Refused, Stale
from claims.models import Approval, Claim, ClaimText, Edition, PublishedEdition, User
from tests.newsroom import Newsroom

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

CONTENDERS = 16
Outcome = str | Exception


def contend(rounds: int, *contenders: Callable[[int], object]) -> list[list[Outcome]]:
    """Let all contenders do round 0 at once, then round 1, ...; what each round brought them."""
    start = Barrier(len(contenders))
    outcomes: list[list[Outcome]] = [[] for _ in range(rounds)]

    def run(contender: Callable[[int], object]) -> None:
        try:
            for number in range(rounds):
                start.wait(timeout=60)
                try:
                    contender(number)
                except Exception as error:
                    outcomes[number].append(error)
                else:
                    outcomes[number].append("done")
        except BaseException:
            start.abort()
            raise
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(contenders)) as pool:
        for future in [pool.submit(run, contender) for contender in contenders]:
            future.result()
    return outcomes


def unexpected(outcomes: list[list[Outcome]]) -> list[Outcome]:
    """What is neither success nor one of the domain's own refusals."""
    return [
        outcome
        for each in outcomes
        for outcome in each
        if outcome != "done" and not isinstance(outcome, Refused)
    ]


def assert_one_chain() -> None:
    """Editions in the order of their ids continue one another, each from the one before."""
    previous = document.NO_EDITION_YET
    for edition in Edition.objects.order_by("id").select_related("claim"):
        assert edition.previous_digest == previous
        assert edition.digest == document.chain_digest(
            previous=previous,
            claim=edition.claim.public_id,
            number=edition.number,
            document_digest=document.digest(edition.document),
            kind=edition.kind,
            approval=edition.approval_id,
            policy=edition.policy_id,
            made_at=edition.made_at,
        )
        previous = edition.digest


def test_one_claim_is_published_once_however_many_try(newsroom_live: Newsroom):
    room, rounds = newsroom_live, 200
    claims = [room.approved(room.draft(f"Claim {number}")) for number in range(rounds)]
    publisher = room.publisher

    def publish(number: int) -> None:
        actions.publish({claims[number].pk: claims[number].version}, actor=publisher)

    outcomes = contend(rounds, *[publish] * CONTENDERS)
    assert unexpected(outcomes) == []
    assert [each.count("done") for each in outcomes] == [1] * rounds
    assert all(len(each) == CONTENDERS for each in outcomes)
    numbers = Counter(Edition.objects.values_list("claim_id", flat=True))
    assert numbers == {claim.pk: 1 for claim in claims}
    assert PublishedEdition.objects.filter(current__endswith__isnull=True).count() == rounds
    assert_one_chain()


def test_many_claims_published_at_once_stand_in_one_chain(newsroom_live: Newsroom):
    room, rounds = newsroom_live, 6
    claims = [room.approved(room.draft(f"Claim {n}")) for n in range(rounds * CONTENDERS)]
    publisher = room.publisher

    def publisher_of(which: int) -> Callable[[int], object]:
        def publish(number: int) -> None:
            claim = claims[number * CONTENDERS + which]
            actions.publish({claim.pk: claim.version}, actor=publisher)

        return publish

    outcomes = contend(rounds, *map(publisher_of, range(CONTENDERS)))
    assert outcomes == [["done"] * CONTENDERS] * rounds
    assert Edition.objects.count() == len(claims)
    assert_one_chain()


# --- Two people, one text -----------------------------------------------------------------------


def read(claim: Claim) -> tuple[int, str]:
    """What an editor's screen shows: the version and the text, in one statement."""
    text = ClaimText.objects.select_related("claim").get(claim=claim, language="en")
    return text.claim.version, text.unknowns


def test_no_acknowledged_change_is_lost(newsroom_live: Newsroom):
    """Each adds a word to what stands there; who is stale reads again and adds it then."""
    room, saves = newsroom_live, 200
    claim = room.draft()
    refused: list[Refused] = []

    def author(name: str, person: User) -> Callable[[int], object]:
        def save(number: int) -> None:
            while True:
                version, text = read(claim)
                try:
                    actions.edit(
                        claim.pk,
                        actor=person,
                        version=version,
                        texts={"en": {"unknowns": f"{text} {name}{number}".strip()}},
                    )
                except Refused as refusal:
                    refused.append(refusal)
                else:
                    return

        return save

    outcomes = contend(saves, author("a", room.reporter), author("b", room.editor))
    assert outcomes == [["done", "done"]] * saves
    assert {type(refusal) for refusal in refused} == {Stale}  # there were conflicts, all told
    words = read(claim)[1].split()
    assert sorted(words) == sorted(f"{name}{n}" for name in "ab" for n in range(saves))


def test_saving_what_was_read_without_a_version_does_lose(newsroom_live: Newsroom):
    """Control: the same with raw SQL built from a stale read, which asks for no version."""
    room, saves = newsroom_live, 20
    claim = room.draft()
    both_have_read = Barrier(2)

    def author(name: str, person: User) -> Callable[[int], object]:
        def save(number: int) -> None:
            text = read(claim)[1]
            both_have_read.wait(timeout=60)
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('counterclaim.actor', %s, true)", [str(person.pk)]
                )
                cursor.execute(
                    "UPDATE claims_claimtext SET unknowns = %s WHERE claim_id = %s",
                    [f"{text} {name}{number}".strip(), claim.pk],
                )

        return save

    outcomes = contend(saves, author("a", room.reporter), author("b", room.editor))
    assert outcomes == [["done", "done"]] * saves
    assert len(read(claim)[1].split()) == saves  # one of each two is gone


# --- Approving while others change --------------------------------------------------------------


def mismatched(claim: Claim) -> bool:
    """Whether the claim is approved although its newest approval is of another document."""
    claim.refresh_from_db()
    if claim.state not in ("approved", "published"):
        return False
    newest = Approval.objects.filter(claim=claim).latest("id")
    now = document.digest(actions.document_of(claim))
    if claim.state == "published":
        edition = Edition.objects.get(claim=claim)
        return (edition.approval_id, edition.document_digest) != (newest.pk, newest.document_digest)
    return (newest.version, newest.document_digest) != (claim.version, now)


def raw_title(source_id: int, person: User, title: str) -> None:
    """A change of a source that takes none of the locks that the actions take."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('counterclaim.actor', %s, true)", [str(person.pk)])
        cursor.execute("UPDATE claims_source SET title = %s WHERE id = %s", [title, source_id])


@pytest.mark.parametrize("raw", [False, True], ids=["through the actions", "with raw SQL"])
def test_nothing_is_approved_that_nobody_read(newsroom_live: Newsroom, raw: bool):
    room, rounds = newsroom_live, 100
    shared = room.source("A study", publisher=room.party("A house"))
    claims, digests = [], []
    for number in range(rounds):
        own = room.source(f"Report {number}")
        citations = [{"source": shared}, {"source": own}]
        claim = room.submit(room.draft(f"Claim {number}", citations=citations))
        claims.append((claim, claim.version, own))
    people = (room.reporter, room.editor, room.second_editor, room.publisher)
    reporter, editor, second, publisher = people
    digests = [document.digest(actions.document_of(claim)) for claim, _, _ in claims]

    def approver(person: User) -> Callable[[int], object]:
        def approve(number: int) -> None:
            claim, version, _own = claims[number]
            actions.approve(
                claim.pk, actor=person, version=version, document_digest=digests[number]
            )

        return approve

    def publish(number: int) -> None:
        claim, version, _own = claims[number]
        actions.publish({claim.pk: version}, actor=publisher)

    def change_text(number: int) -> None:
        claim, version, _own = claims[number]
        if number % 3 == 0:
            actions.edit(
                claim.pk,
                actor=reporter,
                version=version,
                texts={"en": {"unknowns": "Much."}},
                citations=[{"source": shared, "quotation": "new"}],
            )

    def change_source(number: int) -> None:
        _claim, _version, own = claims[number]
        if number % 3 == 1 and raw:
            raw_title(own.pk, reporter, "Retitled")
        elif number % 3 == 1:
            actions.save_source(
                actor=reporter, source_id=own.pk, version=1, fields={"title": "Retitled"}
            )

    outcomes = contend(
        *(rounds, approver(editor), approver(second), publish, change_text, change_source)
    )
    others = unexpected(outcomes)
    if raw:  # raw SQL may be told of a deadlock as such; whoever uses an action may not
        others = [error for error in others if not isinstance(error, DatabaseError)]
    assert others == []
    assert [claim.pk for claim, _, _ in claims if mismatched(claim)] == []
    states = Counter(claim.state for claim, _, _ in claims)
    assert len(states) >= 3, states  # the race was open: it ended now this way, now that
    assert_one_chain()
