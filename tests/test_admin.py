"""The newsroom's admin over HTTP: rights, kind refusals, conflicts, and that every screen opens."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from claims import actions
from claims.choices import Role
from claims.models import Claim, History, Party, Rebuttal, Topic
from tests.admin_client import address, claim_data, sent, shown, sign_in


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


ADMINS_OWN = ("user", "sitepage")
REGISTERED = sorted(model._meta.model_name for model in admin.site._registry)


@pytest.fixture
def full_record(newsroom):
    """Something of everything, so that each list has rows and each filter a choice."""
    claim = newsroom.published(
        fields={"claimant": newsroom.party("YTN")},
        topics=[actions.save_topic(actor=newsroom.reporter, names={"en": "Chips"})],
    )
    newsroom.publish(newsroom.rebuttal(claim))
    claim.refresh_from_db()
    actions.recheck(claim.pk, actor=newsroom.editor, version=claim.version)
    newsroom.withdraw(claim)
    claim.refresh_from_db()
    actions.approve_reinstatement(claim.pk, actor=newsroom.editor, version=claim.version)
    newsroom.person("admin", "admin")
    newsroom.site_page()
    return newsroom


# The history is listed by action, in a list of its own: test_admin_record.
@pytest.mark.parametrize("name", [name for name in REGISTERED if name != "history"])
def test_every_registered_admin_opens_searches_and_filters(full_record, name):
    who = full_record.admin if name in ADMINS_OWN else full_record.publisher
    client = sign_in(who)
    url = address(f"{name}_changelist")
    model_admin = next(a for m, a in admin.site._registry.items() if m._meta.model_name == name)
    assert client.get(url).status_code == 200
    for words in ("a", "가", "%", "'", "\\"):
        assert client.get(url, {"q": words}).status_code == 200
    listed = client.get(url)
    # Tips come by a login of their own, outside of this transaction: see test_admin_tips.py.
    assert (listed.context["cl"].result_count > 0) == (name != "tip")
    for spec in listed.context["cl"].filter_specs:
        for choice in spec.choices(listed.context["cl"]):
            assert client.get(url + choice["query_string"]).status_code == 200
    for index in range(1, len(model_admin.list_display) + 1):
        assert client.get(url, {"o": index}).status_code == 200
    if name == "tip":
        return
    row = listed.context["cl"].result_list[0]
    assert client.get(address(f"{name}_change", row.pk)).status_code == 200
    assert client.get(address(f"{name}_history", row.pk)).status_code == 200
    assert client.get(address(f"{name}_add")).status_code in (200, 403)
    assert client.get(address(f"{name}_delete", row.pk)).status_code == 403


def test_the_matrix_of_admins_and_roles(full_record):
    """Each screen's list, by role: the record is for staff, tips are for who writes, people and
    pages of the site are for admins."""
    for name in REGISTERED:
        for role in Role:
            if name in ADMINS_OWN:
                expected = 200 if role is Role.ADMIN else 403
            else:
                expected = 403 if name == "tip" and role is Role.ADMIN else 200
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
    response = Client().post(reverse("account_login"), {"login": "a\0b", "password": "x"})
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


def test_topics_have_names_in_both_languages_and_a_version(newsroom):
    client = sign_in(newsroom.reporter)
    assert (
        client.post(address("topic_add"), {"names_en": "Chips", "names_ko": "반도체"}).status_code
        == 302
    )
    topic = Topic.objects.get()
    assert topic.names == {"en": "Chips", "ko": "반도체"}
    url = address("topic_change", topic.pk)
    data = sent(client.get(url))
    assert client.post(url, {**data, "names_en": ["Semiconductors"]}).status_code == 302
    stale = client.post(url, {**data, "names_en": ["Wafers"]})
    assert stale.status_code == 409
    assert "Semiconductors" in shown(stale) and "Wafers" in shown(stale)
    empty = client.post(address("topic_add"), {"names_en": " "})
    assert empty.status_code == 422 and "Give at least one name." in shown(empty)
    assert client.get(address("topic_changelist"), {"q": "반도"}).context["cl"].result_count == 1
    assert client.get(address("topic_changelist"), {"q": "en"}).context["cl"].result_count == 0
