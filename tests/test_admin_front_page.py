"""The newsroom's front page: what waits for whom, from 1 row to many, page by page."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from claims import actions, days, waiting
from claims.choices import Role
from claims.front_page import FEW, MANY, up_to
from claims.models import Claim
from claims.tokens import BadToken
from tests.admin_client import address, shown, sign_in

FRONT = reverse("admin:index")
EVERYBODY = {Role.REPORTER, Role.EDITOR, Role.PUBLISHER}
EDITORS = {Role.EDITOR, Role.PUBLISHER}


def whole(name: str) -> str:
    return reverse("admin:waiting", args=[name])


def listed(response, name: str) -> list[str]:
    """The claims of one list of the front page, in their order."""
    section = re.search(
        rf'aria-labelledby="waiting-{name}">(.*?)</section>', shown(response), re.DOTALL
    )
    return rows(section[1]) if section else []


def rows(html: str) -> list[str]:
    return re.findall(r'<li>\s*<a href="[^"]+" lang="en" dir="auto">(.*?)</a>', html)


def link(response, statement: str) -> str:
    found = re.search(rf'<a href="([^"]+)" lang="en" dir="auto">{statement}</a>', shown(response))
    return found[1] if found else ""


def in_days(number: int) -> date:
    return timezone.localdate() + timedelta(days=number)


def edit(claim: Claim, actor, **changes) -> Claim:
    claim.refresh_from_db()
    return actions.edit(claim.pk, actor=actor, version=claim.version, **changes)


def ask(room, claim: Claim, deadline: date | None = None, party=None) -> Claim:
    claim.refresh_from_db()
    return actions.ask_for_reply(
        claim.pk,
        actor=room.reporter,
        version=claim.version,
        party=party or room.party("The accused"),
        channel="email",
        asked_on=in_days(-20),
        deadline=deadline,
    )


def request_changes(room, claim: Claim, reason: str, actor=None) -> None:
    claim.refresh_from_db()
    actions.request_changes(
        claim.pk, actor=actor or room.second_editor, version=claim.version, reason=reason
    )


# A claim in each situation, recorded by the person given; the other steps are other people's.


def in_review(room, author):
    return room.submit(room.draft("It", actor=author), actor=author)


def draft(room, author):
    return room.draft("It", actor=author)


def sent_back(room, author):
    claim = in_review(room, author)
    request_changes(room, claim, "Cite a second source.")


def approved(room, author):
    return room.approve(in_review(room, author), room.second_editor)


def scheduled(room, author):
    claim = approved(room, author)
    moment = timezone.now() + timedelta(days=2)
    actions.publish({claim.pk: claim.version}, actor=room.second_publisher, opens_at=moment)


def published(room, author, **fields):
    claim = room.draft("It", actor=author, fields=fields)
    room.submit(claim, actor=author)
    room.approve(claim, room.second_editor)
    actions.publish({claim.pk: claim.version}, actor=room.second_publisher)
    claim.refresh_from_db()
    return claim


def due(room, author):
    published(room, author, review_by=in_days(-3))


def soon_due(room, author):
    published(room, author, review_by=in_days(14))


def not_due(room, author):
    published(room, author, review_by=in_days(15))


def reply_overdue(room, author):
    ask(room, draft(room, author), in_days(-1))


def reply_soon(room, author):
    ask(room, draft(room, author), in_days(3))


def reply_later(room, author):
    ask(room, draft(room, author), in_days(4))


def merged(room, author):
    claim, into = draft(room, author), room.draft("Another", actor=room.second_editor)
    actions.merge(
        claim.pk,
        actor=room.second_editor,
        version=claim.version,
        into_id=into.pk,
        into_version=into.version,
    )


def suppressed(room, author):
    claim = published(room, author, review_by=in_days(-3))
    known = {"version": claim.version, "reason": "A court order."}
    actions.request_suppression(claim.pk, actor=room.second_publisher, **known)
    actions.suppress(claim.pk, actor=room.person("third", "publisher"), **known)


# Situation: the lists in which whoever recorded it finds it, and those in which others do.
WHO_SEES_WHAT = [
    (in_review, {}, {"review": EDITORS}),
    (draft, {"drafts": EVERYBODY}, {}),
    (sent_back, {"changes": EVERYBODY}, {}),
    (approved, {"approved": EVERYBODY}, {"approved": EVERYBODY}),
    (scheduled, {"scheduled": EVERYBODY}, {"scheduled": EVERYBODY}),
    (due, {"rechecks": EVERYBODY}, {"rechecks": EVERYBODY}),
    (soon_due, {"rechecks": EVERYBODY}, {"rechecks": EVERYBODY}),
    (not_due, {}, {}),
    (reply_overdue, {"drafts": EVERYBODY, "replies": EVERYBODY}, {"replies": EVERYBODY}),
    (reply_soon, {"drafts": EVERYBODY, "replies": EVERYBODY}, {"replies": EVERYBODY}),
    (reply_later, {"drafts": EVERYBODY}, {}),
    (merged, {}, {}),
    (suppressed, {}, {}),
]


@pytest.mark.parametrize("is_own", [True, False], ids=["own", "foreign"])
@pytest.mark.parametrize("role", [Role.REPORTER, Role.EDITOR, Role.PUBLISHER])
@pytest.mark.parametrize(
    ("situation", "own", "foreign"), WHO_SEES_WHAT, ids=[row[0].__name__ for row in WHO_SEES_WHAT]
)
def test_a_claim_stands_in_the_lists_of_whom_it_waits_for(
    newsroom, situation, own, foreign, role, is_own
):
    me = newsroom.person("me", role.value)
    situation(newsroom, me if is_own else newsroom.person("author", "editor"))
    wanted = {name for name, roles in (own if is_own else foreign).items() if role in roles}
    page = sign_in(me).get(FRONT)
    assert {name for name in waiting.SECTIONS if "It" in listed(page, name)} == wanted


def test_an_admin_sees_people_and_no_claims(newsroom):
    in_review(newsroom, newsroom.reporter)
    page = sign_in(newsroom.admin).get(FRONT)
    assert "All people and their roles" in shown(page) and "waiting-" not in shown(page)
    for name in waiting.SECTIONS:
        assert sign_in(newsroom.admin).get(whole(name)).status_code == 403
    editor = shown(sign_in(newsroom.editor).get(FRONT))
    assert "All people and their roles" not in editor and "waiting-review" in editor


def test_who_has_no_role_yet_is_told_so(newsroom):
    page = sign_in(newsroom.person("new")).get(FRONT)
    assert page.status_code == 200 and "You have no role here yet." in shown(page)


def test_a_reporter_has_no_list_of_reviews(newsroom):
    client = sign_in(newsroom.reporter)
    assert "waiting-review" not in shown(client.get(FRONT))
    assert client.get(whole("review")).status_code == 403
    assert sign_in(newsroom.editor).get(whole("review")).status_code == 200


def test_what_was_asked_of_me_comes_first_and_what_was_asked_of_others_is_marked(newsroom):
    claims = {name: newsroom.submit(newsroom.draft(name)) for name in ("Old", "Theirs", "Mine")}
    for name, reviewer in (("Theirs", newsroom.second_editor), ("Mine", newsroom.editor)):
        actions.assign(claims[name].pk, actor=newsroom.reporter, reviewer=reviewer)
    page = sign_in(newsroom.editor).get(FRONT)
    assert listed(page, "review") == ["Mine", "Old", "Theirs"]
    assert "asked of you" in shown(page) and "asked of Second" in shown(page)


def test_without_four_eyes_one_reviews_what_one_wrote(newsroom, monkeypatch):
    in_review(newsroom, newsroom.editor)
    client = sign_in(newsroom.editor)
    assert listed(client.get(FRONT), "review") == []
    monkeypatch.setattr(waiting.Viewer, "four_eyes", False)
    assert listed(client.get(FRONT), "review") == ["It"]


def test_whoever_changed_what_a_claim_shows_does_not_review_it(newsroom):
    """A contribution to a source counts as one to the claim: the database's rule."""
    source = newsroom.source()
    citations = [{"source": source}]
    newsroom.submit(newsroom.draft("It", citations=citations))
    client = sign_in(newsroom.editor)
    assert listed(client.get(FRONT), "review") == ["It"]
    actions.save_source(
        actor=newsroom.editor, source_id=source.pk, version=1, fields={"title": "Another title"}
    )
    assert listed(client.get(FRONT), "review") == []


def test_the_reason_of_the_last_request_for_changes_is_shown(newsroom):
    claim = in_review(newsroom, newsroom.reporter)
    request_changes(newsroom, claim, "The first reason.")
    newsroom.submit(claim)
    request_changes(newsroom, claim, "The last reason.")
    page = shown(sign_in(newsroom.reporter).get(FRONT))
    assert "The last reason." in page and "The first reason." not in page
    assert '<p class="meta">second</p>' in page


def test_a_row_leads_to_where_its_next_step_is_taken(newsroom):
    review = newsroom.submit(newsroom.draft("To review"))
    ready = newsroom.approved(newsroom.draft("To publish"))
    again = newsroom.published("To look at", fields={"review_by": in_days(0)})
    asked = ask(newsroom, newsroom.draft("To answer"), in_days(1))
    reply = asked.reply_requests.get()
    steps = {
        "To review": address("claim_differences", review.pk),
        "To publish": address("claim_step", ready.pk, "publish"),
        "To look at": address("claim_step", again.pk, "recheck"),
        "To answer": f"{address('claim_replies')}?reply={reply.pk}#reply-{reply.pk}",
    }
    page = sign_in(newsroom.publisher).get(FRONT)
    for statement, wanted in steps.items():
        assert link(page, statement) == wanted
        assert sign_in(newsroom.publisher).get(wanted).status_code == 200
    reporters = sign_in(newsroom.reporter).get(FRONT)
    assert link(reporters, "To publish") == address("claim_change", ready.pk)
    assert link(reporters, "To look at") == address("claim_change", again.pk)


def test_empty_lists_say_what_to_do(newsroom):
    page = shown(sign_in(newsroom.publisher).get(FRONT))
    for section in waiting.SECTIONS.values():
        assert str(section.empty) in page


@pytest.mark.parametrize(
    ("offset", "words"),
    [
        (-3, "3 days overdue"),
        (-1, "1 day overdue"),
        (0, "due today"),
        (1, "due in 1 day"),
        (2, "due in 2 days"),
    ],
)
def test_days_are_spelled(offset, words):
    assert days.due(in_days(offset), in_days(0)) == words


def test_the_exact_day_stands_beside_the_words(newsroom):
    due(newsroom, newsroom.reporter)
    page = shown(sign_in(newsroom.editor).get(FRONT))
    assert f'<time datetime="{in_days(-3)}" class="overdue">3 days overdue</time>' in page


def test_a_scheduled_edition_shows_its_moment_in_the_newsrooms_zone(newsroom):
    claim = newsroom.approved(newsroom.draft())
    moment = timezone.localtime() + timedelta(days=2)
    actions.publish({claim.pk: claim.version}, actor=newsroom.publisher, opens_at=moment)
    page = shown(sign_in(newsroom.reporter).get(FRONT))
    assert "in 2 days, " in page and f"{moment:%H:%M} KST" in page


def test_the_figures_of_the_week(newsroom):
    newsroom.published("One")
    two = newsroom.published("Two")
    newsroom.publish(newsroom.revise(two, statement="Two, corrected"))
    newsroom.withdraw(newsroom.published("Three"))
    newsroom.submit(newsroom.draft("Four"))
    page = shown(sign_in(newsroom.reporter).get(FRONT))
    figures = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page))
    assert figures == {
        "First editions": "3",
        "Corrections": "1",
        "Updates": "0",
        "Clarifications": "0",
        "Minor changes": "0",
        "Withdrawals": "1",
        "In review now": "1",
    }


def test_figures_beyond_a_bound_are_not_counted(newsroom, monkeypatch):
    monkeypatch.setattr("claims.front_page.MOST_IN_REVIEW", 2)
    for number in range(4):
        newsroom.submit(newsroom.draft(f"Claim {number}"))
    assert "<dd>2+</dd>" in shown(sign_in(newsroom.reporter).get(FRONT))
    assert (up_to(2, False), up_to(2, True)) == ("2", "2+")


def something_everywhere(room, number: int) -> None:
    """So many rows in each list of the editor."""
    for n in range(number):
        room.submit(room.draft(f"Review {n}", citations=[{"source": room.source()}]))
        room.draft(f"Draft {n}", actor=room.editor)
        sent = room.submit(room.draft(f"Changes {n}", actor=room.editor), actor=room.editor)
        request_changes(room, sent, "A reason.")
        ask(room, room.draft(f"Reply {n}"), in_days(1), party=room.first_party())
        room.published(f"Due {n}", fields={"review_by": in_days(1)})
        room.approved(room.draft(f"Approved {n}"))
        ready = room.approved(room.draft(f"Scheduled {n}"))
        opens_at = timezone.now() + timedelta(days=2)
        actions.publish({ready.pk: ready.version}, actor=room.publisher, opens_at=opens_at)


@pytest.fixture
def full(newsroom, monkeypatch):
    party = newsroom.party("The accused")
    monkeypatch.setattr(type(newsroom), "first_party", lambda self: party, raising=False)
    return newsroom


# Tips come through a login of their own, which does not see this transaction: test_admin_tips.py.
OF_CLAIMS = [name for name in waiting.SECTIONS if name != "tips"]


def test_the_front_page_asks_as_often_for_thirty_rows_as_for_one(full):
    client, counts, present = sign_in(full.editor), {}, 0
    for number in (1, 11, 30):
        something_everywhere(full, number - present)
        present = number
        for url in (FRONT, *map(whole, OF_CLAIMS)):
            client.get(url)
            with CaptureQueriesContext(connection) as queries:
                page = client.get(url)
            counts.setdefault(url, []).append(len(queries))
            if url == FRONT:
                for name in OF_CLAIMS:
                    assert len(listed(page, name)) == min(number, FEW), name
                    assert (f'href="{whole(name)}"' in shown(page)) == (number > FEW)
    assert all(len(set(each)) == 1 for each in counts.values()), counts


WALKED = ["review", "drafts", "rechecks", "replies", "scheduled"]


@pytest.mark.parametrize("name", WALKED)
def test_a_list_of_45_is_walked_without_loss_or_repetition(newsroom, name):
    """All are due on one day, or open at one moment."""
    party = newsroom.party("The accused")
    wanted = {f"Claim {n}" for n in range(45)}
    for statement in wanted:
        if name == "drafts":
            newsroom.draft(statement, actor=newsroom.editor)
        elif name == "rechecks":
            newsroom.published(statement, fields={"review_by": in_days(-1)})
        elif name == "replies":
            ask(newsroom, newsroom.draft(statement), in_days(1), party=party)
        elif name == "scheduled":
            newsroom.approved(newsroom.draft(statement))
        else:
            claim = newsroom.submit(newsroom.draft(statement))
            if statement.endswith("3"):
                actions.assign(claim.pk, actor=newsroom.reporter, reviewer=newsroom.editor)
    if name == "scheduled":
        ready = {claim.pk: claim.version for claim in Claim.objects.filter(state="approved")}
        actions.publish(
            ready, actor=newsroom.publisher, opens_at=timezone.now() + timedelta(days=2)
        )
    client, url, seen, pages = sign_in(newsroom.editor), whole(name), [], 0
    while url:
        page = client.get(url)
        assert page.status_code == 200
        seen += rows(shown(page))
        pages += 1
        more = re.search(r'href="(\?after=[^"]+)">More', shown(page))
        url = whole(name) + more[1] if more else ""
    assert pages == -(-45 // MANY) and len(seen) == 45 and set(seen) == wanted
    if name == "review":
        assert all(statement.endswith("3") for statement in seen[:5])


@pytest.mark.parametrize(
    "token",
    [
        "x",
        "AAAA",
        "ä",
        "A" * 43,
        "%00",
        waiting.to_token(waiting.Place(9, 1, 1)),
        waiting.to_token(waiting.Place(0, 2**62, 1)),
        waiting.to_token(waiting.Place(-1, 1, 1)),
    ],
)
def test_a_garbled_place_is_a_400_with_a_kind_sentence(newsroom, token):
    client = sign_in(newsroom.editor)
    for name in waiting.SECTIONS:
        page = client.get(whole(name), {"after": token})
        assert page.status_code == 400 and "may have been cut short" in shown(page), name
    assert client.get(whole("nowhere")).status_code == 404


def test_tokens_lead_back_to_their_places():
    place = waiting.Place(1, 2, 3)
    assert waiting.to_place(waiting.to_token(place)) == place
    with pytest.raises(BadToken):
        waiting.to_place(waiting.to_token(place)[:-1])


def test_the_front_page_and_the_queues_lead_to_each_other(newsroom):
    client = sign_in(newsroom.reporter)
    queues = [address("claim_replies"), address("claim_rechecks")]
    for url in (FRONT, address("claim_changelist"), *queues):
        page = shown(client.get(url))
        assert all(f'href="{queue}"' in page for queue in queues)
        assert f'href="{FRONT}"' in page


def test_what_waits_is_read_and_published_together(newsroom):
    claims = [newsroom.submit(newsroom.draft(f"Claim {number}")) for number in range(2)]
    page = sign_in(newsroom.editor).get("/admin/")
    ids = ",".join(str(claim.pk) for claim in claims)
    address_of_both = f"{address('claim_together')}?ids={ids}"
    assert f'href="{address_of_both}"' in page.content.decode()
    newsroom.approve(claims[0])
    assert address_of_both not in sign_in(newsroom.editor).get("/admin/").content.decode()
    newsroom.approve(claims[1])
    assert address_of_both in sign_in(newsroom.publisher).get("/admin/").content.decode()
    assert address_of_both not in sign_in(newsroom.reporter).get("/admin/").content.decode()
