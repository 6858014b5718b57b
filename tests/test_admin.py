"""The newsroom's admin over HTTP: rights, kind refusals, conflicts, and that every screen opens."""

import html
import json

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from claims import actions
from claims.choices import Role
from claims.models import Claim, History, Party, Rebuttal, Source

LANGUAGES = ("en", "ko")


def sign_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def rows(prefix: str, *forms: dict) -> dict[str, str]:
    """The fields of a list of rows, as its form sends them."""
    data = {f"{prefix}-TOTAL_FORMS": str(len(forms)), f"{prefix}-INITIAL_FORMS": "0"}
    for index, form in enumerate(forms):
        data |= {f"{prefix}-{index}-{name}": str(value) for name, value in form.items()}
    return data


def claim_data(source: Source, **changes: str) -> dict[str, str]:
    """A complete claim, as the form sends it."""
    return {
        "language": "en",
        "confidence": "low",
        "statement_en": "Usage is falling",
        "attribution_en": "critics",
        "reason_en": "One origin.",
        **rows("citations", {"source": source.pk, "stance": "for", "quotation": "as quoted"}),
        **rows("rebuts"),
        **changes,
    }


def address(name: str, *args) -> str:
    return reverse(f"admin:claims_{name}", args=args)


def shown(response) -> str:
    return html.unescape(response.content.decode())


def test_a_reporter_records_a_claim(newsroom):
    client = sign_in(newsroom.reporter)
    response = client.post(address("claim_add"), claim_data(newsroom.first_source()))
    claim = Claim.objects.get()
    assert response.status_code == 302
    assert (str(claim), claim.state, claim.citations.count()) == ("Usage is falling", "draft", 1)
    entry = History.objects.filter(record="claim", operation="insert").get()
    assert (entry.actor, entry.action) == ("reporter", "record_claim")
    assert entry.request == "POST /admin/claims/claim/add/"


def test_a_rebuttal_is_recorded_with_its_edge_in_one_form(newsroom):
    claim = newsroom.published()
    client = sign_in(newsroom.reporter)
    data = claim_data(
        newsroom.first_source(), statement_en="Not so", ground="undercut", opposer="us"
    )
    assert client.post(address("claim_rebuttal", claim.pk), data).status_code == 302
    edge = Rebuttal.objects.get()
    assert (edge.target, str(edge.counterclaim)) == (claim, "Not so")
    assert (edge.ground, edge.opposer, edge.target_edition) == ("undercut", "us", 1)
    page = client.get(address("claim_change", claim.pk))
    assert "Not so" in shown(page)


BAD = [
    ({"statement_en": ""}, "statement_en", "Write the statement"),
    ({"statement_en": "   "}, "statement_en", "Write the statement"),
    ({"statement_en": "x" * 10_000}, "statement_en", "at most 500 characters"),
    ({"statement_en": "nul\0byte"}, "statement_en", "Null characters"),
    ({"statement_en": "over\u202eride"}, "statement_en", "Right-To-Left Override"),
    ({"attribution_en": "bell\x07"}, "attribution_en", "cannot be shown safely"),
    ({"reason_en": ""}, "reason_en", "Give the reason"),
    ({"confidence": ""}, "confidence", "Choose the confidence"),
    ({"confidence": "certain"}, "confidence", "certain is not one of the available choices"),
    ({"language": "xx"}, "language", "xx is not one of the available choices"),
    ({"claimant": "999999999999999999999"}, "claimant", "not one of the available choices"),
    ({"reason_ko": "이유만"}, "statement_ko", "Write the statement in this language too"),
    ({"citations-0-source": ""}, "citations-0-source", "Choose the source"),
    ({"citations-0-source": "17e9"}, "citations-0-source", "not one of the available choices"),
    ({"citations-0-stance": "sideways"}, "citations-0-stance", "not one of the available"),
    (rows("rebuts", {"target": "nosuchclaim1", "ground": "rebut"}), "rebuts-0-target", "no claim"),
    (rows("rebuts", {"target": "nosuchclaim1"}), "rebuts-0-ground", "in what way"),
]


@pytest.mark.parametrize(("change", "field", "sentence"), BAD, ids=[f"{b[1]}" for b in BAD])
def test_bad_input_is_told_beside_its_field_and_nothing_typed_is_lost(
    newsroom, change, field, sentence
):
    client = sign_in(newsroom.reporter)
    change = dict(change)
    data = claim_data(newsroom.first_source(), unknowns_en="Typed with care", **change)
    response = client.post(address("claim_add"), data)
    page = shown(response)
    assert response.status_code == 422
    position = page.index(f'id="id_{field}_error"')
    assert sentence in page[position : position + 400]
    assert "Typed with care" in page
    for name, value in change.items():
        if name.endswith(("_en", "_ko", "target")):  # a forged choice has no place to be shown
            assert value.replace("\0", "") in page.replace("\0", "")
    assert not Claim.objects.exists()


def test_a_claim_cannot_rebut_itself(newsroom):
    claim = newsroom.draft()
    client = sign_in(newsroom.reporter)
    edge = {"target": claim.public_id, "ground": "rebut", "opposer": "us", "target_edition": 1}
    data = claim_data(newsroom.first_source(), version="1", **rows("rebuts", edge))
    response = client.post(address("claim_change", claim.pk), data)
    assert response.status_code == 422
    assert "A claim cannot rebut itself." in shown(response)


@pytest.mark.parametrize(
    ("date", "precision", "sentence"),
    [
        ("2025-02-30", "day", "Enter a valid date"),
        ("0000-00-00", "day", "Enter a valid date"),
        ("99999-01-01", "day", "Enter a valid date"),
        ("2025-07-01", "", "Say how much of the date is known"),
        ("", "month", "Give the date"),
    ],
)
def test_an_impossible_date_is_refused_kindly(newsroom, date, precision, sentence):
    client = sign_in(newsroom.reporter)
    data = {
        "title": "A report",
        "language": "en",
        "kind": "article",
        "published_on": date,
        "date_precision": precision,
    }
    response = client.post(address("source_add"), data)
    assert response.status_code == 422
    assert sentence in shown(response)
    assert "A report" in shown(response)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org", "//example.org", "x"]
)
def test_only_web_addresses_are_taken(newsroom, url):
    client = sign_in(newsroom.reporter)
    data = {"title": "A report", "language": "en", "kind": "article", "url": url}
    response = client.post(address("source_add"), data)
    assert response.status_code == 422
    assert "begins with http:// or https://" in shown(response)
    good = client.post(address("source_add"), {**data, "url": "https://example.org/a"})
    assert good.status_code == 302


def test_a_stale_save_shows_both_texts_and_loses_nothing(newsroom):
    claim = newsroom.draft("As it was")
    mine, theirs = sign_in(newsroom.reporter), sign_in(newsroom.editor)
    data = claim_data(newsroom.first_source(), version="1")
    url = address("claim_change", claim.pk)
    assert theirs.post(url, {**data, "statement_en": "Theirs"}).status_code == 302
    refused = mine.post(url, {**data, "statement_en": "Mine", "unknowns_en": "Also mine"})
    page = shown(refused)
    assert refused.status_code == 409
    assert all(words in page for words in ("Theirs", "Mine", "Also mine"))
    assert "Statement (English)" in page
    assert str(Claim.objects.for_list().get()) == "Theirs"
    # Having seen both, the editor saves again; the form now builds on the newest version.
    newest = str(Claim.objects.get().version)
    assert f'name="version" value="{newest}"' in page
    again = mine.post(url, {**data, "version": newest, "statement_en": "Agreed"})
    assert again.status_code == 302
    assert str(Claim.objects.for_list().get()) == "Agreed"


def test_a_save_without_a_version_is_refused(newsroom):
    claim = newsroom.draft("As it was")
    response = sign_in(newsroom.reporter).post(
        address("claim_change", claim.pk),
        claim_data(newsroom.first_source(), statement_en="Blindly"),
    )
    assert response.status_code == 409
    assert str(Claim.objects.for_list().get()) == "As it was"


def test_the_history_of_a_party_holds_its_names(newsroom):
    party = newsroom.party("Before")
    data = {"kind": "organisation", "version": str(party.version), "name_en": "After"}
    client = sign_in(newsroom.editor)
    assert client.post(address("party_change", party.pk), data).status_code == 302
    page = shown(client.get(address("party_history", party.pk)))
    assert "Before" in page and "After" in page and "editor" in page


def test_a_stale_party_shows_both_names(newsroom):
    party = newsroom.party("Before")
    url = address("party_change", party.pk)
    data = {"kind": "organisation", "version": str(party.version)}
    editor, reporter = sign_in(newsroom.editor), sign_in(newsroom.reporter)
    assert editor.post(url, {**data, "name_en": "Theirs"}).status_code == 302
    response = reporter.post(url, {**data, "name_en": "Mine"})
    assert response.status_code == 409
    assert "Theirs" in shown(response) and "Mine" in shown(response)


STEPS = {
    # step: who gets its page; everybody else is turned away
    "submit": {Role.REPORTER, Role.EDITOR, Role.PUBLISHER},
    "request_changes": {Role.EDITOR, Role.PUBLISHER},
    "approve": {Role.EDITOR, Role.PUBLISHER},
    "publish": {Role.PUBLISHER},
    "withdraw": {Role.PUBLISHER},
}


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


def test_a_forged_field_changes_nothing(newsroom):
    claim = newsroom.draft()
    data = claim_data(
        newsroom.first_source(),
        version="1",
        state="published",
        edition="7",
        public_id="zzzzzzzzzzzz",
        frozen_version="9",
    )
    sign_in(newsroom.reporter).post(address("claim_change", claim.pk), data)
    after = Claim.objects.get()
    assert (after.state, after.edition, after.public_id) == ("draft", 0, claim.public_id)


REGISTERED = sorted(model._meta.model_name for model in admin.site._registry)


@pytest.fixture
def full_record(newsroom):
    """Something of everything, so that each list has rows and each filter a choice."""
    claim = newsroom.published(fields={"claimant": newsroom.party("YTN")})
    newsroom.publish(newsroom.rebuttal(claim))
    newsroom.withdraw(claim)
    newsroom.person("admin", "admin")
    return newsroom


@pytest.mark.parametrize("name", REGISTERED)
def test_every_registered_admin_opens_searches_and_filters(full_record, name):
    who = full_record.admin if name == "user" else full_record.publisher
    client = sign_in(who)
    url = address(f"{name}_changelist")
    model_admin = next(a for m, a in admin.site._registry.items() if m._meta.model_name == name)
    assert client.get(url).status_code == 200
    for words in ("a", "가", "%", "'", "\\"):
        assert client.get(url, {"q": words}).status_code == 200
    listed = client.get(url)
    assert listed.context["cl"].result_count > 0
    for spec in listed.context["cl"].filter_specs:
        for choice in spec.choices(listed.context["cl"]):
            assert client.get(url + choice["query_string"]).status_code == 200
    for index in range(1, len(model_admin.list_display) + 1):
        assert client.get(url, {"o": index}).status_code == 200
    row = listed.context["cl"].result_list[0]
    assert client.get(address(f"{name}_change", row.pk)).status_code == 200
    assert client.get(address(f"{name}_history", row.pk)).status_code == 200
    assert client.get(address(f"{name}_add")).status_code in (200, 403)
    assert client.get(address(f"{name}_delete", row.pk)).status_code == 403


def test_the_matrix_of_admins_and_roles(full_record):
    """Each screen's list, by role: the record is for staff, people are for admins."""
    for name in REGISTERED:
        for role in Role:
            expected = 200 if name != "user" or role is Role.ADMIN else 403
            client = sign_in(getattr(full_record, role.value))
            assert client.get(address(f"{name}_changelist")).status_code == expected, (name, role)


def test_staff_without_a_role_see_nothing(full_record):
    client = sign_in(full_record.person("nobody"))
    for name in REGISTERED:
        assert client.get(address(f"{name}_changelist")).status_code == 403


@pytest.mark.parametrize("pk", ["0", "999999999999999999999999", "abc", "1'--", "%00", "-1"])
def test_an_unknown_record_is_no_server_error(newsroom, pk):
    client = sign_in(newsroom.publisher)
    for name in REGISTERED:
        for tail in ("change", "history", "delete"):
            response = client.get(f"/admin/claims/{name}/{pk}/{tail}/")
            assert response.status_code in (302, 400, 403, 404), (name, pk, tail)
    for tail in ("rebuttal/", "step/approve/", "step/nonsense/"):
        assert client.get(f"/admin/claims/claim/{pk}/{tail}").status_code in (302, 400, 404)


def test_a_refused_sign_in_is_not_a_200(db):
    response = Client().post(reverse("admin:login"), {"username": "a\0b", "password": "x"})
    assert response.status_code == 422


def test_the_history_names_who_gave_which_rights(newsroom):
    client = sign_in(newsroom.admin)
    person = newsroom.person("newcomer")
    from django.contrib.auth.models import Group

    data = {
        "username": "newcomer",
        "is_active": "on",
        "is_staff": "on",
        "groups": [Group.objects.get(name="editor").pk],
    }
    assert client.post(address("user_change", person.pk), data).status_code == 302
    entry = History.objects.filter(record="user_groups", operation="insert").latest("id")
    assert (entry.actor, entry.action) == ("admin", "manage_people")
    assert not History.objects.filter(after__has_key="password").exists()


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


def leaves(value) -> list[str]:
    """Every text and number in a document."""
    if isinstance(value, dict):
        return [leaf for each in value.values() for leaf in leaves(each)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in leaves(each)]
    return [str(value)] if isinstance(value, str | int) and not isinstance(value, bool) else []


def test_the_approver_is_shown_all_that_is_approved(newsroom):
    party = newsroom.party("The Quay Gazette", ko="부두일보")
    source = newsroom.source(
        "Cargo in spring",
        publisher=party,
        language="pt-BR",
        kind="dataset",
        url="https://example.org/cargo?quarter=2",
        published_on="2025-04-03",
        date_precision="month",
        seen=False,
    )
    claim = newsroom.rebuttal(
        newsroom.draft("What is rebutted"),
        "Traffic dropped",
        fields={"claimant": newsroom.party("Harbour Institute")},
        text={"unknowns": "The method.", "would_change": "A recount."},
        citations=[{"source": source, "quotation": "18,400", "locator": "table 3"}],
    )
    page = shown(
        sign_in(newsroom.editor).get(address("claim_step", newsroom.submit(claim).pk, "approve"))
    )
    shown_document = page[page.index("document-title") :].lower()
    content = json.loads(actions.document_of(claim))
    ids = {content["claimant"]["id"], content["claim"], source.public_id, party.public_id, "1"}
    words = {
        "undercut": "Disputes what the evidence shows",
        "source": "the source says",
        "en": "English",
        "organisation": "",
    }
    for leaf in set(leaves(content)) - ids:
        assert words.get(leaf, leaf).lower() in shown_document, leaf
    assert "what is rebutted" in shown_document and "not seen by us" in shown_document


def test_a_conflict_over_rows_leaves_no_row_behind(newsroom):
    claim = newsroom.draft()
    kept = claim.citations.get()
    source = newsroom.first_source()
    first_row = {"id": kept.pk, "source": source.pk, "stance": "for", "quotation": "as quoted"}
    blank = {"id": "", "source": "", "stance": "for", "quotation": "", "locator": ""}
    mine = claim_data(
        source, version="1", statement_en="Mine", **rows("citations", first_row, blank)
    )
    other = {"source": newsroom.source("Theirs"), "quotation": "theirs"}
    actions.edit(
        claim.pk,
        actor=newsroom.editor,
        version=1,
        citations=[{"id": kept.pk, "source": source, "quotation": "as quoted"}, other],
    )
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    conflict = client.post(url, mine)
    assert conflict.status_code == 409 and "Theirs" in shown(conflict)
    again = client.post(url, {**mine, "version": str(Claim.objects.get().version)})
    assert again.status_code == 302


def test_a_form_sent_twice_records_one_claim(newsroom):
    client = sign_in(newsroom.reporter)
    new_id = client.get(address("claim_add")).context["form"].initial["new_id"]
    data = claim_data(newsroom.first_source(), new_id=new_id)
    first, second = (client.post(address("claim_add"), data) for _each in range(2))
    assert first.url == second.url
    assert Claim.objects.count() == 1
    # Back, and something else typed: neither recorded twice nor lost.
    third = client.post(address("claim_add"), {**data, "statement_en": "Something else"})
    assert third.status_code == 409
    assert "Something else" in shown(third) and "has recorded a claim already" in shown(third)
    assert str(Claim.objects.get()) == "Usage is falling"


def test_a_language_is_a_code_and_the_form_says_so_beside_it(newsroom):
    data = {"title": "A report", "language": "Korean", "kind": "article"}
    response = sign_in(newsroom.reporter).post(address("source_add"), data)
    page = shown(response)
    assert response.status_code == 422
    position = page.index('id="id_language_error"')
    assert "Give the language as a code" in page[position : position + 300]


def test_names_of_parties_come_in_both_languages(newsroom):
    client = sign_in(newsroom.reporter)
    data = {"kind": "organisation", "name_en": "Bloomberg", "name_ko": "블룸버그"}
    assert client.post(address("party_add"), data).status_code == 302
    party = Party.objects.get()
    assert {n.language: n.name for n in party.names.all()} == {"en": "Bloomberg", "ko": "블룸버그"}
