"""Tips in the newsroom: who sees them, what becomes of them, and what is forgotten."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from claims import actions, tasks
from claims.choices import Ground, Opposer, Stance, State, TipOutcome, TipUse
from claims.exceptions import Invalid, NotAllowed, Refused, WrongState
from claims.models import Claim, History, Mail, Tip, TipAnswer
from tests.admin_client import address, shown, sign_in
from tests.tips import a_tip

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

LIST = "/admin/claims/tip/"


def page_of(tip: Tip) -> str:
    return address("tip_change", tip.pk)


def post(person, tip: Tip, action: str, **data):
    return sign_in(person).post(page_of(tip), {"action": action, **data})


@pytest.fixture
def room(newsroom_live):
    return newsroom_live


@pytest.fixture
def claim(room):
    return room.published("Usage is falling")


def test_only_who_may_see_the_newsroom_is_offered_to_look_after_a_tip(room, claim):
    tip = a_tip(claim)
    room.editor.is_staff = False
    room.editor.save(update_fields=["is_staff"])
    page = shown(sign_in(room.publisher).get(page_of(tip)))
    assert f'value="{room.reporter.pk}"' in page and f'value="{room.editor.pk}"' not in page


# --- Seeing ---------------------------------------------------------------------------------------


def test_those_who_write_see_tips_and_an_admin_of_the_system_does_not(room, claim):
    tip = a_tip(claim, "canary")
    for person in (room.reporter, room.editor, room.publisher):
        client = sign_in(person)
        for path in (LIST, page_of(tip), "/admin/"):
            assert "canary" in shown(client.get(path)), (person, path)
        assert f'href="{LIST}"' in shown(client.get("/admin/"))
    admin = sign_in(room.admin)
    for path in (LIST, page_of(tip), reverse("admin:waiting", args=["tips"])):
        assert admin.get(path).status_code == 403
    assert admin.post(page_of(tip), {"action": "close_tip", "outcome": "used"}).status_code == 403
    for path in ("/admin/", "/admin/claims/", "/admin/claims/history/"):
        said = shown(admin.get(path))
        assert "canary" not in said and f'href="{LIST}"' not in said


def test_the_list_shows_what_waits_newest_first_and_narrows(room, claim):
    tips = {name: a_tip(claim, f"tip {name}") for name in ("one", "two", "three", "four")}
    actions.assign_tip(tips["two"].pk, actor=room.editor, handler=room.editor)
    actions.assign_tip(tips["three"].pk, actor=room.editor, handler=room.reporter)
    actions.close_tip(tips["four"].pk, actor=room.editor, outcome="known")
    client = sign_in(room.editor)

    def listed(query: str = "") -> list[str]:
        said = shown(client.get(LIST + query))
        return sorted((n for n in tips if f"tip {n}" in said), key=lambda n: said.index(f"tip {n}"))

    assert listed() == ["three", "two", "one"]
    assert listed("?which=mine") == ["two"]
    assert listed("?which=unassigned") == ["one"]
    assert listed("?which=closed") == ["four"]
    assert listed("?which=nonsense") == ["three", "two", "one"]
    assert listed("?kind__exact=error") == []
    assert listed("?kind__exact=source") == ["three", "two", "one"]


def test_the_front_page_shows_mine_first_and_not_what_others_look_after(room, claim):
    others, nobodys, mine = (a_tip(claim, f"tip {name}") for name in ("others", "nobodys", "mine"))
    actions.assign_tip(others.pk, actor=room.editor, handler=room.reporter)
    actions.assign_tip(mine.pk, actor=room.editor, handler=room.editor)
    a_tip(None, "tip about nothing yet")
    page = shown(sign_in(room.editor).get("/admin/"))
    places = [page.index(words) for words in ("tip mine", "tip about nothing yet", "tip nobodys")]
    assert places == sorted(places)
    assert "tip others" not in page
    assert page_of(nobodys) in page


def test_a_tip_is_shown_as_text_and_its_address_with_care(room, claim):
    url = "https://bank.example@evil.example/<script>"
    tip = a_tip(claim, "<script>alert(1)</script> https://inside.example", url=url)
    page = sign_in(room.editor).get(page_of(tip)).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)" in page
    assert 'href="https://inside.example' not in page
    assert "Open evil.example" in page
    assert 'rel="noopener noreferrer nofollow"' in page
    assert f"/en/claims/{claim.public_id}/editions/1/" in page


def test_an_address_that_leads_nowhere_is_no_link(room, claim):
    tip = a_tip(claim, url="https://[x")
    page = sign_in(room.editor).get(page_of(tip))
    assert page.status_code == 200 and 'href="https://[x' not in shown(page)
    assert post(room.editor, tip, "use_tip", use="cite_against").status_code in (302, 422)


@pytest.mark.parametrize("number", ["0", "999999", "x", "9" * 30])
def test_an_unknown_tip_is_not_found(room, number):
    assert sign_in(room.editor).get(f"{LIST}{number}/change/").status_code == 404


def test_pages_cost_the_same_for_one_and_for_eleven(room, claim):
    client = sign_in(room.editor)

    def cost(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    def again() -> None:
        about = room.published("Another claim")
        tip = a_tip(about, contact="who@example.org")
        actions.assign_tip(tip.pk, actor=room.editor, handler=room.editor)
        a_tip(about)
        a_tip()

    again()
    first = a_tip(claim, contact="who@example.org")
    actions.answer_tip(first.pk, actor=room.editor, text="One")
    paths = [LIST, "/admin/", reverse("admin:waiting", args=["tips"]), page_of(first)]
    once = {path: cost(path) for path in paths}
    for _number in range(10):
        again()
        actions.answer_tip(first.pk, actor=room.reporter, text="More")
    assert {path: cost(path) for path in paths} == once


# --- Doing ----------------------------------------------------------------------------------------


def test_a_tip_is_given_to_somebody_and_back(room, claim):
    tip = a_tip(claim)
    assert post(room.editor, tip, "assign_tip", handler=room.editor.pk).status_code == 302
    tip.refresh_from_db()
    assert tip.handler == room.editor
    assert post(room.reporter, tip, "assign_tip", handler="").status_code == 302
    tip.refresh_from_db()
    assert tip.handler is None
    refused = post(room.editor, tip, "assign_tip", handler=room.admin.pk)
    assert refused.status_code == 422
    with pytest.raises(NotAllowed):
        actions.assign_tip(tip.pk, actor=room.editor, handler=room.admin)


def test_an_answer_goes_by_mail_in_the_language_of_the_tip(room, claim):
    tip = a_tip(claim, language="ko", contact="reader@example.org")
    assert post(room.editor, tip, "answer_tip", text="").status_code == 422
    kept = post(room.editor, tip, "answer_tip", text="It is \u202e odd")
    assert kept.status_code == 422 and "odd" in shown(kept)
    assert post(room.editor, tip, "answer_tip", text="고맙습니다. 확인했습니다.").status_code == 302
    answer = TipAnswer.objects.get()
    (job,) = ProcrastinateJob.objects.filter(task_name="send_answer_to_tip")
    assert job.args == {"answer_id": answer.pk}
    assert "not sent yet" in shown(sign_in(room.editor).get(page_of(tip)))
    tasks.send_answer_to_tip(answer_id=answer.pk)
    tasks.send_answer_to_tip(answer_id=answer.pk)
    (letter,) = mail.outbox
    assert letter.to == ["reader@example.org"]
    assert "고맙습니다. 확인했습니다." in letter.body
    assert "annex" not in letter.body + letter.subject
    answer.refresh_from_db()
    assert answer.sent_at is not None


def test_no_answer_goes_to_an_address_that_is_deleted(room, claim):
    tip = a_tip(claim, contact="reader@example.org")
    answer = actions.answer_tip(tip.pk, actor=room.editor, text="Thank you")
    Tip.objects.filter(pk=tip.pk).update(contact="")
    tasks.send_answer_to_tip(answer_id=answer.pk)
    assert not mail.outbox
    refused = post(room.editor, tip, "answer_tip", text="Once more")
    assert refused.status_code == 409
    assert "left no address" in shown(refused)


def test_a_tip_becomes_a_draft_claim(room):
    text = "They say that\nthe port closes."
    tip = a_tip(None, text, url="https://example.org/report")
    response = post(room.reporter, tip, "use_tip", use="claim")
    tip.refresh_from_db()
    made = tip.led_to
    assert response["Location"] == address("claim_change", made.pk)
    assert (made.state, str(made)) == (State.DRAFT, "They say that the port closes.")
    citation = made.citations.get()
    assert (citation.source.url, citation.source.seen) == ("https://example.org/report", False)
    assert tip.closed_at is None and tip.text == text
    assert sign_in(room.reporter).get(response["Location"]).status_code == 200
    assert address("claim_change", made.pk) in shown(sign_in(room.editor).get(page_of(tip)))
    # What there is of the claim says who made the draft; nothing says what the tip was.
    assert {entry.actor for entry in History.objects.filter(claim_id=made.pk)} == {"reporter"}


def test_a_tip_becomes_a_draft_rebuttal(room, claim):
    tip = a_tip(claim, "Embedded use is not counted", kind="rebuttal")
    assert post(room.editor, tip, "use_tip", use="rebuttal").status_code == 302
    tip.refresh_from_db()
    edge = tip.led_to.rebuts.get()
    assert (edge.target, edge.ground, edge.opposer) == (claim, Ground.UNDERCUT, Opposer.SOURCE)
    assert tip.led_to.state == State.DRAFT


def test_a_tip_becomes_a_citation_and_the_old_edition_stays_open(room, claim, client):
    tip = a_tip(claim, url="https://example.org/annex")
    assert post(room.editor, tip, "use_tip", use="cite_against").status_code == 302
    tip.refresh_from_db()
    claim.refresh_from_db()
    assert tip.led_to == claim and claim.state == State.DRAFT
    assert claim.citations.get(source__url=tip.url).stance == Stance.AGAINST
    other = a_tip(claim, url="https://example.org/other")
    assert post(room.editor, other, "use_tip", use="cite_for").status_code == 302
    assert claim.citations.get(source__url=other.url).stance == Stance.FOR
    page = client.get(f"/en/claims/{claim.public_id}/").content.decode()
    assert "Usage is falling" in page and "example.org/annex" not in page


def test_only_what_makes_sense_can_be_made_of_a_tip(room, claim):
    bare, about_nothing = a_tip(claim), a_tip(None, url="https://example.org/")
    for tip, kind in (
        (bare, "cite_for"),
        (about_nothing, "cite_for"),
        (about_nothing, "cite_against"),
        (about_nothing, "rebuttal"),
    ):
        assert post(room.editor, tip, "use_tip", use=kind).status_code == 409
        assert f'value="{kind}"' not in shown(sign_in(room.editor).get(page_of(tip)))
    for kind in ("error", "nonsense", ""):
        assert post(room.editor, bare, "use_tip", use=kind).status_code in (409, 422)
    assert Tip.objects.filter(led_to=None).count() == 2
    assert 'value="rebuttal"' in shown(sign_in(room.editor).get(page_of(bare)))


def test_pressed_twice_one_draft_is_made(room):
    tip = a_tip(None)
    assert post(room.editor, tip, "use_tip", use="claim").status_code == 302
    drafts = Claim.objects.count()
    again = post(room.reporter, tip, "use_tip", use="claim")
    assert again.status_code == 409
    assert "Something was made of this tip already." in shown(again)
    assert Claim.objects.count() == drafts
    assert 'value="use_tip"' not in shown(sign_in(room.editor).get(page_of(tip)))
    assert 'value="use_tip"' in shown(sign_in(room.editor).get(page_of(a_tip(None))))


def test_long_and_odd_tips_become_drafts_too(room, claim):
    for text in ("가" * 4000, "a\tb " * 900, "👩‍👩‍👧‍👦" * 500, "مرحبا بالعالم"):
        tip = a_tip(claim, text)
        assert post(room.editor, tip, "use_tip", use="rebuttal").status_code == 302
        tip.refresh_from_db()
        assert 0 < len(str(tip.led_to)) <= 500


def test_a_closed_tip_stays_closed(room, claim):
    tip = a_tip(claim, contact="reader@example.org")
    assert post(room.editor, tip, "close_tip", outcome="", reason="x").status_code == 422
    closed = post(room.editor, tip, "close_tip", outcome="unfounded", reason="We rang them.")
    assert (closed.status_code, closed["Location"]) == (302, LIST)
    tip.refresh_from_db()
    assert (tip.outcome, tip.reason) == (TipOutcome.UNFOUNDED, "We rang them.")
    assert tip.closed_by == room.editor and tip.closed_at is not None
    page = shown(sign_in(room.reporter).get(page_of(tip)))
    assert "We rang them." in page and 'class="desk"' not in page
    for action, data in (
        ("close_tip", {"outcome": "used"}),
        ("answer_tip", {"text": "Once more"}),
        ("assign_tip", {"handler": room.editor.pk}),
        ("use_tip", {"use": "claim"}),
    ):
        refused = post(room.reporter, tip, action, **data)
        assert refused.status_code == 409
        assert "This tip is closed." in shown(refused)
    with pytest.raises(Invalid):
        actions.close_tip(a_tip(claim).pk, actor=room.editor, outcome="nonsense")


def test_no_step_but_the_four_is_taken(room, claim):
    tip = a_tip(claim)
    for action in ("", "publish", "view", "close"):
        assert post(room.publisher, tip, action).status_code == 403
    with pytest.raises(Refused):
        actions.close_tip(999_999, actor=room.editor, outcome="used")
    with pytest.raises(NotAllowed):
        actions.use_tip(tip.pk, actor=room.admin, use=TipUse.CLAIM)
    with pytest.raises(WrongState):
        actions.use_tip(tip.pk, actor=room.editor, use=TipUse.CITE_FOR)


def test_nothing_that_becomes_of_a_tip_mails_the_newsroom(room, claim):
    before = Mail.objects.count()
    tip = a_tip(claim, contact="reader@example.org", url="https://example.org/")
    actions.assign_tip(tip.pk, actor=room.editor, handler=room.reporter)
    actions.use_tip(tip.pk, actor=room.editor, use=TipUse.CITE_FOR)
    actions.close_tip(tip.pk, actor=room.editor, outcome="used")
    assert Mail.objects.count() == before


# --- Forgetting -----------------------------------------------------------------------------------


def test_contacts_are_forgotten_thirty_days_after_closing(room, claim, connect):
    old, young, _open = (a_tip(claim, contact=f"{n}@example.org") for n in ("a", "b", "c"))
    for tip in (old, young):
        actions.close_tip(tip.pk, actor=room.editor, outcome="known", reason="We knew.")
    owner = connect("owner")

    def closed_ago(tip: Tip, age: timedelta) -> None:
        """Move the clock, as no other login can."""
        owner.execute("ALTER TABLE claims_tip DISABLE TRIGGER a_guard")
        owner.execute("UPDATE claims_tip SET closed_at = now() - %s WHERE id = %s", [age, tip.pk])
        owner.execute("ALTER TABLE claims_tip ENABLE TRIGGER a_guard")

    def contacts() -> list[str]:
        return list(Tip.objects.order_by("id").values_list("contact", flat=True))

    tasks.forget_who_sent_tips(timestamp=0)
    assert contacts() == ["a@example.org", "b@example.org", "c@example.org"]
    closed_ago(old, timedelta(days=30, minutes=1))
    closed_ago(young, timedelta(days=29, hours=23))
    tasks.forget_who_sent_tips(timestamp=0)
    assert contacts() == ["", "b@example.org", "c@example.org"]
    closed_ago(young, timedelta(days=31))
    assert actions.forget_contacts() == 1
    assert actions.forget_contacts() == 0
    assert contacts() == ["", "", "c@example.org"]
    old.refresh_from_db()
    assert (old.outcome, old.reason) == ("known", "We knew.")
    assert old.text == "The second count is in the annex."


def test_forgetting_is_done_every_day():
    periodic = {
        each.task.name: each.cron for each in tasks.app.periodic_registry.periodic_tasks.values()
    }
    assert periodic["forget_who_sent_tips"] == "10 0 * * *"
    assert periodic["forget_ended_sessions"] == "20 0 * * *"
