"""The steps of one claim by their buttons: who may take which, when, and what a refusal says."""

import json
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from claims import actions
from claims.admin.forms.steps import STEP_FORMS
from claims.choices import Role
from claims.models import Claim, Edition, PublishedEdition, Recheck, Release
from tests.admin_client import address, claim_data, sent, shown, sign_in

REPORTERS = {Role.REPORTER, Role.EDITOR, Role.PUBLISHER}
EDITORS = {Role.EDITOR, Role.PUBLISHER}
PUBLISHERS = {Role.PUBLISHER}
STEPS = {
    # step: who gets its page; everybody else is turned away
    "submit": REPORTERS,
    "request_changes": EDITORS,
    "approve": EDITORS,
    "publish": PUBLISHERS,
    "confirm": REPORTERS,
    "discard": REPORTERS,
    "recheck": EDITORS,
    "schedule": PUBLISHERS,
    "move": PUBLISHERS,
    "cancel": PUBLISHERS,
    "withdraw": PUBLISHERS,
    "approve_reinstatement": EDITORS,
    "reinstate": PUBLISHERS,
    "request_suppression": PUBLISHERS,
    "suppress": PUBLISHERS,
}


def test_every_step_is_in_the_table_above():
    assert set(STEPS) == set(STEP_FORMS)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("role", Role)
def test_who_may_take_which_step(newsroom, step, role):
    claim = newsroom.draft(actor=newsroom.second_editor)
    client = sign_in(getattr(newsroom, role.value))
    url = address("claim_step", claim.pk, step)
    expected = 200 if role in STEPS[step] else 403
    assert client.get(url).status_code == expected
    if expected == 403:
        assert client.post(url, {"version": "1"}).status_code == 403


def test_the_whole_workflow_by_its_buttons(newsroom):
    claim = newsroom.draft()
    url = lambda step: address("claim_step", claim.pk, step)  # noqa: E731
    reporter, editor = sign_in(newsroom.reporter), sign_in(newsroom.editor)
    publisher = sign_in(newsroom.publisher)
    assert reporter.post(url("submit"), {"version": "1"}).status_code == 302
    refused = editor.post(url("request_changes"), {"version": "1", "reason": ""})
    assert refused.status_code == 422 and "Say what should change." in shown(refused)
    assert (
        editor.post(url("request_changes"), {"version": "1", "reason": "Why?"}).status_code == 302
    )
    assert "Why?" in shown(reporter.get(address("claim_history", claim.pk)))
    assert reporter.post(url("submit"), {"version": "1"}).status_code == 302
    page = editor.get(url("approve"))
    digest = page.context["form"].initial["digest"]
    wrong = editor.post(url("approve"), {"version": "1", "digest": "0" * 64})
    assert wrong.status_code == 412 and "Read it once more" in shown(wrong)
    # The refused page holds the document as it is now, so that the next try is of what was read.
    assert f'value="{digest}"' in shown(wrong)
    assert editor.post(url("approve"), {"version": "1", "digest": digest}).status_code == 302
    past = publisher.post(url("publish"), {"version": "1", "opens_at": "2001-01-01T00:00"})
    assert past.status_code == 422 and "Choose a moment in the future" in shown(past)
    far = publisher.post(url("publish"), {"version": "1", "opens_at": "9999-12-31T23:59"})
    assert far.status_code == 422 and "within the next ten years" in shown(far)
    assert "2001-01-01T00:00" in shown(past)
    assert publisher.post(url("publish"), {"version": "1"}).status_code == 302
    claim.refresh_from_db()
    assert claim.state == "published"
    bare = publisher.post(url("withdraw"), {"version": "1", "reason": "Wrong"})
    assert bare.status_code == 422 and "Wrong" in shown(bare)
    done = publisher.post(
        url("withdraw"), {"version": "1", "reason": "Wrong", "notice_en": "We were wrong."}
    )
    assert done.status_code == 302


def test_a_contributor_is_refused_by_the_crafted_request_too(newsroom):
    claim = newsroom.submit(newsroom.draft(actor=newsroom.editor))
    client = sign_in(newsroom.editor)
    page = client.get(address("claim_step", claim.pk, "approve"))
    data = {"version": "1", "digest": page.context["form"].initial["digest"]}
    response = client.post(address("claim_step", claim.pk, "approve"), data)
    assert response.status_code == 403
    assert "somebody else has to approve it" in shown(response)


def test_a_step_from_the_wrong_state_is_a_sentence(newsroom):
    claim = newsroom.draft()
    response = sign_in(newsroom.publisher).post(
        address("claim_step", claim.pk, "publish"), {"version": "1"}
    )
    assert response.status_code == 409
    assert "Draft" in shown(response)


def test_an_edition_that_waits_is_named_on_the_claims_screen(newsroom):
    from datetime import timedelta

    from django.utils import timezone

    claim = newsroom.draft()
    newsroom.publish(claim, opens_at=timezone.now() + timedelta(days=2))
    page = shown(sign_in(newsroom.reporter).get(address("claim_change", claim.pk)))
    assert "Edition 1 opens" in page


def test_two_claims_are_published_together_from_one_screen(newsroom):
    claim = newsroom.approved(newsroom.draft())
    rebuttal = newsroom.approved(newsroom.rebuttal(claim))
    client = sign_in(newsroom.publisher)
    url = address("claim_step", rebuttal.pk, "publish")
    alone = client.post(url, {"version": "1"})
    assert alone.status_code == 422 and "Usage is falling" in shown(alone)
    both = client.post(url, {"version": "1", "together": [f"{claim.pk}:1"]})
    assert both.status_code == 302
    assert set(Claim.objects.values_list("state", flat=True)) == {"published"}


def test_only_the_version_that_was_looked_at_is_published_together(newsroom):
    claim = newsroom.approved(newsroom.draft())
    rebuttal = newsroom.approved(newsroom.rebuttal(claim))
    newsroom.approved(newsroom.revise(claim, kind="", note="", statement="Swapped meanwhile"))
    url = address("claim_step", rebuttal.pk, "publish")
    response = sign_in(newsroom.publisher).post(
        url, {"version": "1", "together": [f"{claim.pk}:1"]}
    )
    assert response.status_code == 422
    assert set(Claim.objects.values_list("state", flat=True)) == {"approved"}


def step(claim, action: str) -> str:
    return address("claim_step", claim.pk, action)


def take(person, claim, action: str, **typed: str):
    """Open the step's page and send its form as it stands, with what is typed."""
    client = sign_in(person)
    page = client.get(step(claim, action))
    return client.post(step(claim, action), {**sent(page), **typed})


def offered(person, claim) -> set[str]:
    """The steps that the claim's screen offers this person."""
    return possible(sign_in(person).get(address("claim_change", claim.pk)))


def possible(page) -> set[str]:
    """The steps among them that can be taken."""
    shown_steps = [page.context["next_step"], *page.context["other_steps"]]
    return {each["action"] for each in shown_steps if each and not each["why_not"]}


def in_two_days() -> str:
    return timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")


def test_only_what_is_possible_is_offered(newsroom):
    """From state to state, the buttons on the publisher's screen."""
    always = {"request_suppression"}
    claim, publisher = newsroom.draft(), newsroom.publisher
    assert offered(publisher, claim) == always | {"submit"}
    newsroom.submit(claim)
    assert offered(publisher, claim) == always | {"approve", "request_changes"}
    newsroom.approve(claim)
    assert offered(publisher, claim) == always | {"publish"}
    newsroom.publish(claim, opens_at=timezone.now() + timedelta(days=2))
    assert offered(publisher, claim) == always | {"move", "cancel", "withdraw"}
    take(publisher, claim, "cancel")
    assert offered(publisher, claim) == always | {"schedule"}
    take(publisher, claim, "schedule")
    assert offered(publisher, claim) == always | {"recheck", "withdraw"}
    newsroom.revise(claim)
    assert offered(publisher, claim) == always | {"submit", "discard", "recheck", "withdraw"}
    take(publisher, claim, "discard")
    assert offered(publisher, claim) == always | {"recheck", "withdraw"}
    newsroom.withdraw(claim)
    assert offered(publisher, claim) == always  # the publisher withdrew it
    assert offered(newsroom.editor, claim) == {"approve_reinstatement"}
    assert offered(newsroom.reporter, claim) == set()


def test_a_step_of_others_says_whose_it_is(newsroom):
    page = shown(sign_in(newsroom.reporter).get(address("claim_change", newsroom.published().pk)))
    assert "Withdraw: needs the role “Publisher”" in page
    assert "Re-check: needs the role “Editor”" in page


def test_an_opening_is_moved_and_cancelled_and_scheduled_again(newsroom):
    claim, publisher = newsroom.draft(), newsroom.publisher
    newsroom.publish(claim, opens_at=timezone.now() + timedelta(days=5))
    empty = take(publisher, claim, "move", opens_at="")
    assert empty.status_code == 422 and "Choose the new moment." in shown(empty)
    past = take(publisher, claim, "move", opens_at="2001-01-01T00:00")
    assert past.status_code == 422 and 'value="2001-01-01T00:00"' in shown(past)
    assert "Choose a moment in the future" in shown(past)
    moment = in_two_days()
    assert take(publisher, claim, "move", opens_at=moment).status_code == 302
    opened_at = PublishedEdition.objects.get().opened_at
    assert timezone.localtime(opened_at).strftime("%Y-%m-%dT%H:%M") == moment
    assert take(publisher, claim, "cancel", reason="Not yet").status_code == 302
    page = shown(sign_in(publisher).get(address("claim_change", claim.pk)))
    assert "The opening of edition 1 was cancelled" in page
    assert "Readers have seen nothing of it yet" in page and "Withdrawn" not in page
    assert take(publisher, claim, "schedule", opens_at="").status_code == 302
    assert "Readers see edition 1" in shown(
        sign_in(publisher).get(address("claim_change", claim.pk))
    )
    late = take(publisher, claim, "cancel")
    assert late.status_code == 409 and "waits for its moment" in shown(late)


def test_nothing_else_is_published_while_an_edition_waits(newsroom):
    claim = newsroom.published()
    newsroom.publish(
        newsroom.revise(claim, statement="Later"), opens_at=timezone.now() + timedelta(days=2)
    )
    newsroom.approved(newsroom.revise(claim, statement="Later still"))
    assert "publish" not in offered(newsroom.publisher, claim)
    page = shown(sign_in(newsroom.publisher).get(step(claim, "publish")))
    assert "An edition is scheduled already" in page


def test_changes_are_discarded(newsroom):
    claim = newsroom.published()
    newsroom.revise(claim, statement="Changed by mistake")
    page = shown(sign_in(newsroom.reporter).get(step(claim, "discard")))
    document = page[page.index("document-title") :]
    assert "Usage is falling" in document and "Changed by mistake" not in document
    assert take(newsroom.reporter, claim, "discard").status_code == 302
    claim.refresh_from_db()
    assert (claim.state, str(Claim.objects.for_list().get())) == ("published", "Usage is falling")
    # Without an edition there is nothing to go back to.
    draft = newsroom.draft("Never published")
    refused = take(newsroom.reporter, draft, "discard")
    assert refused.status_code == 409 and "no edition to go back to" in shown(refused)


def test_what_is_rebutted_is_read_again_and_confirmed(newsroom):
    target = newsroom.published(figures=[{"labels": {"en": "Peak"}, "value": Decimal("7.2")}])
    claim = newsroom.rebuttal(target)
    assert "confirm" not in offered(newsroom.reporter, claim)
    newsroom.publish(newsroom.revise(target, statement="Usage fell to 4%"))
    assert "confirm" in offered(newsroom.reporter, claim)
    page = shown(sign_in(newsroom.reporter).get(step(claim, "confirm")))
    assert page.index("Usage is falling") < page.index("Usage fell to 4%")
    assert "Edition 1, which it was written against" in page and "Edition 2, the newest" in page
    assert "7.2" in page
    assert take(newsroom.reporter, claim, "confirm").status_code == 302
    assert claim.rebuts.get().target_edition == 2
    assert "confirm" not in offered(newsroom.reporter, claim)


def test_a_recheck_names_the_next_day(newsroom):
    claim = newsroom.published()  # it says "is", so that a day is proposed
    page = sign_in(newsroom.editor).get(step(claim, "recheck"))
    assert date.fromisoformat(sent(page)["review_by"][0]) > timezone.localdate()
    past = take(newsroom.editor, claim, "recheck", review_by="2001-01-01")
    position = shown(past).index('id="id_review_by_error"')
    assert "Choose a day in the future." in shown(past)[position : position + 200]
    assert sent(past)["review_by"] == ["2001-01-01"]
    assert take(newsroom.editor, claim, "recheck", review_by="2031-01-02").status_code == 302
    assert Recheck.objects.get().review_by == date(2031, 1, 2)
    assert PublishedEdition.objects.get().review_by == date(2031, 1, 2)


def test_a_withdrawn_edition_returns_with_two_others_consent(newsroom):
    claim = newsroom.published()
    newsroom.withdraw(claim)
    other = newsroom.person("other", "publisher")
    page = shown(sign_in(other).get(address("claim_change", claim.pk)))
    assert "Reinstate: somebody who did not withdraw it" in page
    # Who withdrew cannot approve the return, by the crafted request either.
    withdrew = take(newsroom.publisher, claim, "approve_reinstatement")
    assert withdrew.status_code == 403 and "You withdrew this claim" in shown(withdrew)
    early = take(other, claim, "reinstate")
    assert early.status_code == 409 and "Reinstating needs an approval" in shown(early)
    # Another draft was begun meanwhile: what returns is the edition, and that is shown.
    newsroom.revise(claim, statement="Something else")
    page = shown(sign_in(newsroom.editor).get(step(claim, "approve_reinstatement")))
    document = page[page.index("document-title") :]
    assert "Usage is falling" in document and "Something else" not in document
    assert take(newsroom.editor, claim, "approve_reinstatement").status_code == 302
    assert "reinstate" in offered(other, claim)
    assert take(other, claim, "reinstate", reason="It was right.").status_code == 302
    assert "Readers see edition 1" in shown(sign_in(other).get(address("claim_change", claim.pk)))


def test_who_approved_the_return_does_not_carry_it_out(newsroom):
    claim = newsroom.published()
    newsroom.withdraw(claim)
    other = newsroom.person("other", "publisher")
    take(other, claim, "approve_reinstatement")
    assert "reinstate" not in offered(other, claim)
    assert take(other, claim, "reinstate").status_code == 409
    assert take(newsroom.publisher, claim, "reinstate").status_code == 302


def test_two_publishers_suppress_a_claim_and_its_screen_is_read_only(newsroom):
    claim = newsroom.published(wordings=[{"language": "en", "text": "A harmful wording"}])
    other = newsroom.person("other", "publisher")
    bare = take(newsroom.publisher, claim, "request_suppression", reason=" ")
    assert bare.status_code == 422 and "Give the reason" in shown(bare)
    alone = take(newsroom.publisher, claim, "suppress", reason="A court")
    assert alone.status_code == 409 and "Another publisher has to request" in shown(alone)
    reason = "Order 12/2025 of the court"
    assert take(newsroom.publisher, claim, "request_suppression", reason=reason).status_code == 302
    assert "suppress" not in offered(newsroom.publisher, claim)
    assert take(newsroom.publisher, claim, "suppress").status_code == 409
    page = sign_in(other).get(step(claim, "suppress"))
    assert "cannot be undone" in shown(page) and "Publisher requested it" in shown(page)
    assert sent(page)["reason"] == [reason]  # nothing has to be typed
    assert take(other, claim, "suppress").status_code == 302
    client = sign_in(other)
    page = client.get(address("claim_change", claim.pk))
    assert "Suppressed by law" in shown(page)
    assert "A harmful wording" not in shown(page) and "Usage is falling" not in shown(page)
    assert '<button type="submit" class="default">' not in shown(page)
    assert not possible(page) and not page.context["may_rebut"]
    data = claim_data(newsroom.first_source(), version=str(claim.version))
    assert client.post(address("claim_change", claim.pk), data).status_code == 403
    assert client.get(address("claim_rebuttal", claim.pk)).status_code == 403
    for action in STEP_FORMS:
        opened = client.get(step(claim, action))
        assert opened.status_code == 200 and "suppressed by law" in shown(opened)
        assert '<button type="submit" class="default">' not in shown(opened)
        assert client.post(step(claim, action), sent(opened)).status_code in (409, 422)
    assert Release.objects.latest("id").kind == "suppress"


@pytest.mark.parametrize("action", sorted(set(STEP_FORMS)))
def test_a_step_taken_on_an_old_version_is_refused_and_told(newsroom, action):
    claim = newsroom.draft(actor=newsroom.second_editor)
    person = newsroom.publisher
    typed = {"reason": "Typed with care", "notice_en": "Words", "opens_at": in_two_days()}
    response = sign_in(person).post(step(claim, action), {"version": "17", **typed})
    assert response.status_code in (409, 412)
    if "reason" in response.context["form"].fields:
        assert "Typed with care" in shown(response)
    assert not Edition.objects.exists() and not Release.objects.exists()


def test_missing_languages_are_named_on_the_claims_screen(newsroom):
    client = sign_in(newsroom.reporter)
    one = newsroom.draft()
    two = newsroom.draft("In both", texts={"ko": {"statement": "둘 다"}})
    sentence = "No Korean text yet: readers see the original, marked."
    assert sentence in shown(client.get(address("claim_change", one.pk)))
    assert "text yet" not in shown(client.get(address("claim_change", two.pk)))


def leaves(value) -> list[str]:
    """Every text and number in a document."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [str(value)] if isinstance(value, str | int) and not isinstance(value, bool) else []


def ids_in(value) -> set[str]:
    """The public ids in a document: nobody has to read them."""
    if isinstance(value, list):
        return {found for each in value for found in ids_in(each)}
    if not isinstance(value, dict):
        return set()
    own = {value[name] for name in ("id", "claim") if isinstance(value.get(name), str)}
    return own | {found for each in value.values() for found in ids_in(each)}


# What a document holds as a code and people read in words.
IN_WORDS = {
    "undercut": "Disputes what the evidence shows",
    "source": "the source says",
    "en": "English",
    "ko": "Korean",
    "organisation": "",
    "2": "",  # the format
    "half_true": "Half true",
    "snu": "SNU scale",
    "more_than": "more than",
    "percent": "per cent of the first value",
    "press_office": "through the press office",
}


def rich_rebuttal(newsroom) -> Claim:
    """A claim whose document uses every part there is."""
    publisher = newsroom.party("The Quay Gazette", ko="부두일보")
    works = [
        newsroom.source(
            title,
            publisher=publisher,
            language=language,
            kind=kind,
            url=f"https://example.org/{kind}?quarter=2",
            published_on=day,
            date_precision=precision,
            seen=kind == "dataset",
        )
        for title, language, kind, day, precision in (
            ("Cargo in spring", "pt-BR", "dataset", "2025-04-03", "month"),
            ("A wire report", "fr", "article", "2025-03-02", "day"),
            ("The first count", "ja", "statement", "2024-01-01", "year"),
        )
    ]
    faulted = newsroom.party("The harbour office")
    return newsroom.rebuttal(
        newsroom.draft("What is rebutted"),
        "Traffic dropped",
        actor=newsroom.publisher,
        fields={
            "claimant": newsroom.party("Harbour Institute"),
            "verdict": "half_true",
            "stated_change": Decimal("-72.25"),
            "stated_change_unit": "percent",
            "stated_change_bound": "more_than",
            "allegation_about": faulted,
            "review_by": date(2031, 5, 6),
        },
        text={
            "unknowns": "The method.",
            "would_change": "A recount.",
            "reply_exception": "Their line was dead.",
        },
        texts={"ko": {"statement": "물동량이 줄었다", "reply_exception": "전화가 끊겼다"}},
        citations=[
            {
                "source": works[0],
                "stance": "against",
                "quotation": "18,400",
                "locator": "table 3",
                "relays": works[1:],
                "route_given": False,
            }
        ],
        figures=[
            {
                "kind": "amount",
                "labels": {"en": "First quarter", "ko": "1분기"},
                "value": Decimal("81.1125"),
                "bound": "about",
                "units": {"en": "million people", "ko": "백만 명"},
                "as_of": date(2025, 3, 31),
                "as_of_precision": "day",
            },
            {"kind": "share", "labels": {"en": "Then"}, "value": Decimal(19), "bound": "less_than"},
        ],
        wordings=[{"language": "ko", "text": "부두가 비었다"}],
        replies=[
            {
                "party": faulted,
                "channel": "press_office",
                "asked_on": date(2025, 7, 11),
                "deadline": date(2025, 7, 14),
                "outcome": "answered",
                "answer": "We count differently.",
                "answer_language": "de",
                "answered_on": date(2025, 7, 13),
            }
        ],
        topics=[actions.save_topic(actor=newsroom.reporter, names={"en": "Ports", "ko": "항만"})],
    )


def unseen(document: dict, page: str) -> set[str]:
    """What of a document is not to be read on the page."""
    page = page.lower()
    found = set(leaves(document)) - ids_in(document)
    return {
        leaf for leaf in found if IN_WORDS.get(leaf, leaf.replace("_", " ")).lower() not in page
    }


def test_the_approver_is_shown_all_that_is_approved(newsroom, settings):
    settings.VERDICT_SCALE = "snu"
    claim = newsroom.submit(rich_rebuttal(newsroom))
    page = shown(sign_in(newsroom.editor).get(step(claim, "approve")))
    text = page[page.index("document-title") :]
    document = json.loads(actions.document_of(claim))
    assert not unseen(document, text)
    assert "What is rebutted" in text and "not seen by us" in text
    assert "It does not say where it has it from" in text
    # The control: with any text of it gone from the page, this test would say so.
    for words in ("항만", "81.1125", "We count differently.", "The first count", "2031-05-06"):
        assert unseen(document, text.replace(words, "")) == {words}


def test_the_order_of_the_rebuttals_is_approved_in_sight(newsroom):
    claim = newsroom.draft()
    ids = [newsroom.rebuttal(claim, f"Rebuttal {n}").public_id for n in range(3)]
    before = sign_in(newsroom.editor).get(step(newsroom.submit(claim), "approve"))
    assert "Rebuttals that stand first" not in shown(before)  # the control
    claim.refresh_from_db()
    actions.edit(
        claim.pk,
        actor=newsroom.reporter,
        version=claim.version,
        fields={"first_rebuttals": [ids[2], ids[0]]},
        texts={},
    )
    claim.refresh_from_db()
    newsroom.submit(claim)
    client = sign_in(newsroom.editor)
    for url in (step(claim, "approve"), f"{address('claim_together')}?ids={claim.pk}"):
        page = shown(client.get(url))
        listed = page.split("Rebuttals that stand first")[1].split("</ol>")[0]
        assert re.findall(r"Rebuttal \d", listed) == ["Rebuttal 2", "Rebuttal 0"]


def test_a_level_of_confidence_is_never_shown_without_its_words(newsroom):
    claim = newsroom.draft(confidence="moderate")
    newsroom.rebuttal(claim, confidence="low")
    newsroom.submit(claim)
    client = sign_in(newsroom.editor)
    words = {"moderate": "Moderate (partly supported)", "low": "Low (weakly supported)"}
    approved = shown(client.get(step(claim, "approve")))
    assert words["moderate"] in approved.split("document-title", 1)[1]
    facing = shown(client.get(address("claim_change", claim.pk)))
    assert words["low"] in facing.split('<article class="rebuttal', 1)[1]
    listed = shown(client.get(address("claim_changelist")))
    assert all(each in listed.split("result_list", 1)[1] for each in words.values())
