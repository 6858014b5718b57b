"""The queues of the desk: right of reply and re-check, each row done in one step."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims import actions, waiting
from claims.admin.queues import SIZE
from claims.choices import Role
from claims.models import Claim, PublishedEdition, Recheck, ReplyRequest
from tests.admin_client import address, sent, shown, sign_in
from tests.test_admin_front_page import ask, edit, in_days

REPLIES, RECHECKS = address("claim_replies"), address("claim_rechecks")


def accusing(room, statement="They lied", party=None, **options) -> Claim:
    """A claim that faults somebody by name."""
    options.setdefault("actor", room.editor)
    fields = {"allegation_about": party or room.party("The accused")}
    return room.draft(statement, fields=fields, **options)


def row_of(page, name: str) -> dict[str, str]:
    """What the form of this row sends."""
    number = 0
    while True:
        data = {key: values[0] for key, values in sent(page, number).items()}
        if data.get("row") == name:
            data.pop("csrfmiddlewaretoken")
            return data
        number += 1


def names(page, kind: str) -> list[str]:
    return re.findall(rf'<article class="sheet" id="({kind}-\d+)">', shown(page))


def typed(name: str, data: dict[str, str], **values: str) -> dict[str, str]:
    return {**data, **{f"{name}-{field}": value for field, value in values.items()}}


# --- Who must be asked ----------------------------------------------------------------------------


def plain(room):
    room.draft()


def unheard(room):
    accusing(room)


def excepted(room):
    accusing(room, text={"reply_exception": "Nobody could be reached in time."})


def asked_already(room):
    party = room.party("The accused")
    ask(room, accusing(room, party=party), in_days(5), party=party)


def somebody_else_asked(room):
    ask(room, accusing(room), in_days(5), party=room.party("A bystander"))


def unheard_and_merged(room):
    claim, into = accusing(room), room.draft("Another")
    actions.merge(
        claim.pk,
        actor=room.editor,
        version=claim.version,
        into_id=into.pk,
        into_version=into.version,
    )


@pytest.mark.parametrize(
    ("situation", "rows"),
    [
        (plain, 0),
        (unheard, 1),
        (excepted, 0),
        (asked_already, 0),
        (somebody_else_asked, 1),
        (unheard_and_merged, 0),
    ],
)
def test_who_must_be_asked(newsroom, situation, rows):
    situation(newsroom)
    page = sign_in(newsroom.reporter).get(REPLIES)
    assert len(names(page, "ask")) == rows


def test_asking_is_recorded_in_one_step_and_keeps_who_was_asked_before(newsroom):
    party = newsroom.party("The accused")
    claim = accusing(newsroom, party=party)
    ask(newsroom, claim, in_days(2), party=newsroom.party("A bystander"))
    client, name = sign_in(newsroom.reporter), f"ask-{claim.pk}"
    data = row_of(client.get(REPLIES), name)
    answer = client.post(
        REPLIES, typed(name, data, channel="phone", deadline=in_days(3).isoformat())
    )
    assert (answer.status_code, answer.url) == (302, REPLIES)
    asked = claim.reply_requests.order_by("id")
    assert [str(each.party) for each in asked] == ["A bystander", "The accused"]
    assert (asked[1].channel, asked[1].deadline) == ("phone", in_days(3))
    assert asked[1].asked_on == in_days(0)
    page = client.get(REPLIES)
    assert names(page, "ask") == [] and len(names(page, "reply")) == 2


def test_an_answer_to_a_claim_in_review_makes_it_a_draft_and_says_so(newsroom):
    party = newsroom.party("The accused")
    claim = accusing(newsroom, party=party, text={"reply_exception": "In a hurry."})
    reply = ask(newsroom, claim, in_days(2), party=party).reply_requests.get()
    newsroom.submit(claim)
    client, name = sign_in(newsroom.reporter), f"reply-{reply.pk}"
    data = row_of(client.get(REPLIES), name)
    assert client.post(REPLIES, typed(name, data, came="no_answer")).status_code == 302
    claim.refresh_from_db()
    page = shown(client.get(REPLIES))
    assert claim.state == "draft"
    assert "“They lied” is a draft now and must be reviewed." in page


# --- What came of it ------------------------------------------------------------------------------


@pytest.fixture
def asked(newsroom) -> ReplyRequest:
    claim = ask(newsroom, accusing(newsroom), in_days(-2))
    return claim.reply_requests.get()


ANSWER = {"came": "answered", "answer": "We deny it.", "answer_language": "ko"}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        (
            {**ANSWER, "answered_on": in_days(-1).isoformat()},
            {"outcome": "answered", "answer": "We deny it.", "answer_language": "ko"},
        ),
        ({"came": "no_answer"}, {"outcome": "no_answer", "answer": "", "answered_on": None}),
        (
            {"came": "later", "deadline": in_days(6).isoformat()},
            {"outcome": "waiting", "deadline": in_days(6)},
        ),
    ],
    ids=["answered", "no answer", "later"],
)
@pytest.mark.parametrize("role", [Role.REPORTER, Role.EDITOR, Role.PUBLISHER])
def test_what_came_of_asking_is_recorded_in_one_step(newsroom, asked, role, values, wanted):
    client, name = sign_in(newsroom.person("me", role.value)), f"reply-{asked.pk}"
    page = client.get(REPLIES)
    assert "2 days overdue" in shown(page)
    answer = client.post(REPLIES, typed(name, row_of(page, name), **values))
    assert answer.status_code == 302
    asked.refresh_from_db()
    assert {field: getattr(asked, field) for field in wanted} == wanted
    after = shown(client.get(REPLIES))
    assert "See it as readers will" in after
    assert (name in names(client.get(REPLIES), "reply")) == (asked.outcome == "waiting")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({}, "Say what came of it."),
        ({"came": "answered", "answered_on": "2026-01-01"}, "Write down what they answered."),
        ({"came": "answered", "answer": "No."}, "Give the day of the answer."),
        (
            {"came": "answered", "answer": "No.", "answered_on": "2001-01-01"},
            "The answer cannot lie before the day of asking.",
        ),
        ({"came": "no_answer", "answer": "No."}, "There is an answer below"),
        ({"came": "later"}, "Give the new deadline."),
        ({"came": "later", "deadline": "2001-01-01"}, "Choose a day after the deadline"),
        ({"came": "later", "deadline": "soon"}, "Enter a valid date."),
        ({"came": "nonsense"}, "is not one of the available choices"),
        ({"came": "answered", "answer": "a\x00b", "answered_on": "x"}, "Null characters"),
    ],
)
def test_a_refused_row_comes_back_as_it_was_typed(newsroom, asked, values, complaint):
    other = ask(newsroom, newsroom.draft("Another"), in_days(1)).reply_requests.get()
    client, name = sign_in(newsroom.reporter), f"reply-{asked.pk}"
    before = client.get(REPLIES)
    data = typed(name, row_of(before, name), **values)
    refused = client.post(REPLIES, data)
    assert refused.status_code in (400, 422), refused.status_code
    if refused.status_code == 400:  # the gate for input that no form sends
        return
    assert complaint in shown(refused)
    if values.get("came") != "nonsense":
        assert row_of(refused, name) == data
    others = f"reply-{other.pk}"
    assert row_of(refused, others) == row_of(before, others)
    asked.refresh_from_db()
    assert asked.outcome == "waiting" and asked.deadline == in_days(-2)


def test_a_deadline_before_the_day_of_asking_is_refused_beside_its_field(newsroom):
    claim = accusing(newsroom)
    client, name = sign_in(newsroom.reporter), f"ask-{claim.pk}"
    data = row_of(client.get(REPLIES), name)
    wrong = typed(name, data, asked_on="2026-01-02", deadline="2026-01-01")
    refused = client.post(REPLIES, wrong)
    assert refused.status_code == 422 and row_of(refused, name) == wrong
    assert f'id="id_{name}-deadline_error"' in shown(refused)
    missing = client.post(REPLIES, typed(name, data, asked_on=""))
    assert missing.status_code == 422
    assert "Give the day on which they were asked." in shown(missing)
    assert not ReplyRequest.objects.exists()


def test_a_stale_row_is_refused_kindly_and_goes_through_the_next_time(newsroom, asked):
    client, name = sign_in(newsroom.reporter), f"reply-{asked.pk}"
    data = typed(name, row_of(client.get(REPLIES), name), came="no_answer")
    edit(asked.claim, newsroom.editor, texts={"en": {"reason": "Another reason."}})
    refused = client.post(REPLIES, data)
    assert refused.status_code == 412 and "This has changed since you opened it" in shown(refused)
    again = row_of(refused, name)
    assert again[f"{name}-came"] == "no_answer" and again != data
    assert client.post(REPLIES, again).status_code == 302
    asked.refresh_from_db()
    assert asked.outcome == "no_answer"


def test_a_row_that_is_done_already_is_no_error_of_the_server(newsroom, asked):
    client, name = sign_in(newsroom.reporter), f"reply-{asked.pk}"
    data = typed(name, row_of(client.get(REPLIES), name), came="no_answer")
    assert client.post(REPLIES, data).status_code == 302
    again = client.post(REPLIES, data)
    assert again.status_code == 409 and "done already" in shown(again)
    for row in ("", "reply-", "reply-0", "ask-1x", f"ask-{'9' * 18}", "recheck-1", "x" * 999):
        for url in (REPLIES, RECHECKS):
            assert client.post(url, {"row": row}).status_code == 409
    for url in (REPLIES, RECHECKS):
        for query in ("?reply=x", f"?reply={'9' * 18}", f"?reply={'9' * 30}", "?reply=²"):
            assert client.get(url + query).status_code == 200
        tokens = ("x", waiting.to_token(waiting.Place(7, 1, 1)))
        for key, token in ((key, token) for key in ("ask", "after") for token in tokens):
            answer = client.get(url, {key: token})
            known = url == REPLIES or key == "after"
            assert answer.status_code == (400 if known else 200)


def test_an_admin_reads_the_queues_and_changes_nothing(newsroom, asked):
    client = sign_in(newsroom.admin)
    page = client.get(REPLIES)
    assert page.status_code == 200 and "This needs the role “Reporter”." in shown(page)
    data = typed(f"reply-{asked.pk}", {"row": f"reply-{asked.pk}"}, came="no_answer")
    data = typed(f"reply-{asked.pk}", data, version=str(asked.claim.version), answer_language="en")
    assert client.post(REPLIES, data).status_code == 403
    asked.refresh_from_db()
    assert asked.outcome == "waiting"
    assert sign_in(newsroom.person("new")).get(REPLIES).status_code == 403
    assert Client().get(REPLIES).status_code == 302


def test_the_message_leads_to_the_preview(newsroom):
    claim = accusing(newsroom, party=newsroom.party("The accused"))
    client, name = sign_in(newsroom.reporter), f"ask-{claim.pk}"
    data = row_of(client.get(REPLIES), name)
    assert client.post(REPLIES, typed(name, data)).status_code == 302
    assert address("claim_preview", claim.pk) in client.get(REPLIES).content.decode()


def test_waiting_replies_stand_by_their_deadline_and_those_without_one_last(newsroom):
    party = newsroom.party("The accused")
    made = {}
    for days in (None, 5, -5, 0):
        deadline = None if days is None else in_days(days)
        claim = ask(newsroom, newsroom.draft(f"{days}"), deadline, party)
        made[claim.reply_requests.get().pk] = days
    page = sign_in(newsroom.reporter).get(REPLIES)
    order = [made[int(name.partition("-")[2])] for name in names(page, "reply")]
    assert order == [-5, 0, 5, None]
    assert shown(page).count('class="overdue"') == 1


def test_the_row_that_the_front_page_names_stands_first(newsroom):
    party = newsroom.party("The accused")
    for number in range(SIZE + 2):
        last = ask(newsroom, newsroom.draft(f"Claim {number}"), in_days(number), party)
    reply = last.reply_requests.get()
    client = sign_in(newsroom.reporter)
    assert f"reply-{reply.pk}" not in names(client.get(REPLIES), "reply")
    page = client.get(REPLIES, {"reply": reply.pk})
    assert names(page, "reply")[0] == f"reply-{reply.pk}"
    # A refused row is shown even where the page does not hold it.
    data = row_of(page, f"reply-{reply.pk}")
    refused = client.post(REPLIES, data)
    assert refused.status_code == 422
    assert names(refused, "reply")[0] == f"reply-{reply.pk}"


@pytest.mark.parametrize("kind", ["ask", "reply", "recheck", "changed"])
def test_a_queue_of_45_is_walked_without_loss_or_repetition(newsroom, kind):
    party = newsroom.party("The accused")
    for number in range(45):
        if kind == "ask":
            accusing(newsroom, f"Claim {number}", party)
        elif kind == "reply":
            # Some on one day, some without any.
            deadline = in_days(1) if number % 3 else None
            ask(newsroom, newsroom.draft(f"Claim {number}"), deadline, party)
        elif kind == "recheck":
            newsroom.published(f"Claim {number}", fields={"review_by": in_days(1)})
        else:
            newsroom.draft(f"Claim {number}")
    if kind == "changed":
        retract(newsroom, newsroom.first_source())
    url = REPLIES if kind in ("ask", "reply") else RECHECKS
    key = {"ask": "ask", "reply": "after", "recheck": "after", "changed": "source"}[kind]
    client, query, seen = sign_in(newsroom.editor), {}, []
    while query is not None:
        page = client.get(url, query)
        seen += cited(page) if kind == "changed" else names(page, kind)
        links = re.findall(r'href="(\?[^"]+)"', shown(page))
        more = [parse_qs(urlsplit(link).query) for link in links]
        query = next((each for each in more if each.get(key) and each != query), None)
        assert len(seen) <= 45
    assert len(seen) == len(set(seen)) == 45


# --- Re-check -------------------------------------------------------------------------------------


def test_a_claim_that_still_holds_is_rechecked_in_one_step(newsroom):
    claim = newsroom.published("It is so now", fields={"review_by": in_days(-3)})
    client, name = sign_in(newsroom.editor), f"recheck-{claim.pk}"
    page = client.get(RECHECKS)
    assert "3 days overdue" in shown(page) and "No rebuttal recorded" in shown(page)
    data = row_of(page, name)
    # A statement that says “now” is looked at again in a quarter of a year.
    assert data[f"{name}-review_by"] == in_days(91).isoformat()
    assert f'<a href="{address("claim_change", claim.pk)}">Something is wrong' in shown(page)
    answer = client.post(RECHECKS, typed(name, data, review_by=in_days(60).isoformat()))
    assert answer.status_code == 302
    assert Recheck.objects.get().review_by == in_days(60)
    page = client.get(RECHECKS)
    assert names(page, "recheck") == [] and "Re-checked: “It is so now”." in shown(page)


def test_a_recheck_in_the_past_is_refused_beside_its_field(newsroom):
    claim = newsroom.published("It is so now", fields={"review_by": in_days(-3)})
    client, name = sign_in(newsroom.editor), f"recheck-{claim.pk}"
    data = typed(name, row_of(client.get(RECHECKS), name), review_by="2001-01-01")
    refused = client.post(RECHECKS, data)
    assert refused.status_code == 422 and "Choose a day in the future." in shown(refused)
    assert row_of(refused, name) == data and not Recheck.objects.exists()


def test_a_reporter_reads_the_queue_of_rechecks_and_takes_no_step(newsroom):
    claim = newsroom.published("It is so now", fields={"review_by": in_days(-3)})
    client, name = sign_in(newsroom.reporter), f"recheck-{claim.pk}"
    page = client.get(RECHECKS)
    assert "It is so now" in shown(page) and "This needs the role “Editor”." in shown(page)
    data = typed(name, {"row": name}, version=str(claim.version), review_by="")
    assert client.post(RECHECKS, data).status_code == 403
    assert not Recheck.objects.exists()


def test_only_what_readers_see_is_due(newsroom):
    """Not an edition that was replaced or withdrawn, nor one that has not opened yet."""
    claim = newsroom.published("One", fields={"review_by": in_days(-3)})
    revised = newsroom.revise(claim, statement="One, later")
    edit(revised, newsroom.reporter, fields={"review_by": None})
    newsroom.publish(revised)
    newsroom.withdraw(newsroom.published("Two", fields={"review_by": in_days(-3)}))
    ready = newsroom.approved(newsroom.draft("Three", fields={"review_by": in_days(1)}))
    opens_at = timezone.now() + timedelta(days=2)
    actions.publish({ready.pk: ready.version}, actor=newsroom.publisher, opens_at=opens_at)
    shown_one = newsroom.published("Four", fields={"review_by": in_days(1)})
    page = sign_in(newsroom.editor).get(RECHECKS)
    assert names(page, "recheck") == [f"recheck-{shown_one.pk}"]


# --- Corrected and retracted sources --------------------------------------------------------------


def retract(room, source, status: str = "retracted", **fields) -> None:
    source.refresh_from_db()
    actions.save_source(
        actor=room.reporter,
        source_id=source.pk,
        version=source.version,
        fields={"status": status, **fields},
    )


def cited(page) -> list[str]:
    """The claims that are listed as citing what was corrected or retracted."""
    section = shown(page).partition('aria-labelledby="changed"')[2]
    return re.findall(r'<li><a href="[^"]+" lang="en" dir="auto">(.*?)</a>', section)


def test_a_retracted_source_queues_every_claim_that_cites_or_relays_it(newsroom):
    source, paper = newsroom.source("The dataset"), newsroom.source("A newspaper")
    direct = [{"source": source}]
    relayed = [{"source": paper, "relays": [source]}]
    newsroom.published("Published, cites it", citations=direct)
    newsroom.published("Published, relays it", citations=relayed)
    newsroom.draft("Draft, cites it", citations=direct)
    newsroom.submit(newsroom.draft("In review, relays it", citations=relayed))
    newsroom.draft("Cites another", citations=[{"source": paper}])
    left = newsroom.published("Published, its draft does not cite it", citations=direct)
    edit(left, newsroom.reporter, citations=[{"source": paper}])
    client = sign_in(newsroom.reporter)
    assert cited(client.get(RECHECKS)) == []
    retract(newsroom, source)
    page = client.get(RECHECKS)
    assert cited(page) == [
        "Published, cites it",
        "Published, relays it",
        "Draft, cites it",
        "In review, relays it",
        "Published, its draft does not cite it",
    ]
    assert "Retracted by its publisher" in shown(page)
    assert f"{address('claim_behind')}?record={source.public_id}" in shown(page)
    retract(newsroom, source, status="")
    assert cited(client.get(RECHECKS)) == []


@pytest.mark.parametrize("way", ["cited", "relayed"])
def test_a_claim_leaves_the_queue_with_the_edition_that_shows_the_status(newsroom, way):
    source = newsroom.source("The dataset")
    citation = (
        {"source": source}
        if way == "cited"
        else {"source": newsroom.source("A newspaper"), "relays": [source]}
    )
    claim = newsroom.published("It", citations=[citation])
    retract(newsroom, source)
    client = sign_in(newsroom.reporter)
    assert cited(client.get(RECHECKS)) == ["It"]
    newsroom.publish(newsroom.revise(claim, note="Its source was retracted."))
    edition = PublishedEdition.objects.get(claim_key=claim.pk, number=2)
    assert json.dumps(edition.document).count('"status": "retracted"') == 1
    assert cited(client.get(RECHECKS)) == []
    # Another change of the source does not queue it once more; another fate does.
    retract(newsroom, source, title="The dataset, renamed")
    assert cited(client.get(RECHECKS)) == []
    retract(newsroom, source, status="corrected")
    assert cited(client.get(RECHECKS)) == ["It"]


def test_claims_that_are_merged_or_suppressed_are_not_queued(newsroom):
    source = newsroom.source("The dataset")
    claim = newsroom.draft("It", citations=[{"source": source}])
    into = newsroom.draft("Another")
    actions.merge(
        claim.pk,
        actor=newsroom.editor,
        version=claim.version,
        into_id=into.pk,
        into_version=into.version,
    )
    retract(newsroom, source)
    # The one that took it up cites it now.
    assert cited(sign_in(newsroom.reporter).get(RECHECKS)) == ["Another"]


def test_the_queues_ask_as_often_for_eleven_as_for_one(newsroom):
    party, source = newsroom.party("The accused"), newsroom.source("The dataset")
    paper = newsroom.source("A newspaper", publisher=party)
    retract(newsroom, source)
    client, counts, present = sign_in(newsroom.editor), {}, 0
    for number in (1, 11):
        for n in range(present, number):
            accusing(newsroom, f"Ask {n}", party)
            ask(newsroom, newsroom.draft(f"Reply {n}"), in_days(1), party)
            newsroom.published(f"Due {n}", fields={"review_by": in_days(1), "claimant": party})
            newsroom.draft(f"Cites {n}", citations=[{"source": source}])
            newsroom.draft(f"Relays {n}", citations=[{"source": paper, "relays": [source]}])
        present = number
        for url, kinds in ((REPLIES, ("ask", "reply")), (RECHECKS, ("recheck",))):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                page = client.get(url)
            assert all(len(names(page, kind)) == min(number, SIZE) for kind in kinds)
            counts.setdefault(url, []).append(len(queries))
        assert len(cited(page)) == min(2 * number, SIZE)
    assert all(len(set(each)) == 1 for each in counts.values()), counts


def test_what_became_of_a_source_is_noted_on_its_own_screen(newsroom):
    source = newsroom.source("The dataset")
    client, url = sign_in(newsroom.reporter), address("source_change", source.pk)
    data = {key: values[0] for key, values in sent(client.get(url)).items()}
    assert data["status"] == ""
    assert client.post(url, {**data, "status": "corrected"}).status_code == 302
    source.refresh_from_db()
    assert source.status == "corrected"


@pytest.mark.django_db(transaction=True, databases=["default", "public"])
def test_readers_see_what_became_of_a_source(newsroom_live):
    room = newsroom_live
    source, paper = room.source("The dataset"), room.source("A newspaper")
    citations = [{"source": paper, "relays": [source]}]
    claim = room.published("It", citations=citations)
    reader, page = Client(), f"/en/claims/{claim.public_id}/"
    before = reader.get(f"/api/v1/claims/{claim.public_id}/").json()
    assert [each["status"] for each in before["sources"]] == [None]
    assert "by its publisher" not in shown(reader.get(page))
    retract(room, source)
    retract(room, paper, status="corrected")
    assert "by its publisher" not in shown(reader.get(page))
    room.publish(room.revise(claim, note="What became of its sources."))
    after = shown(reader.get(page))
    assert "Corrected by its publisher" in after and "Retracted by its publisher" in after
    (shown_source,) = reader.get(f"/api/v1/claims/{claim.public_id}/").json()["sources"]
    assert shown_source["status"] == {"code": "corrected", "label": "Corrected by its publisher"}
    (quotation,) = shown_source["quotations"]
    assert [hop["status"] and hop["status"]["code"] for hop in quotation["way"]] == [
        "retracted",
        "corrected",
    ]
