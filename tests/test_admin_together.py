"""Several claims at once: those behind are refreshed, approved and published together."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import actions
from claims.choices import Role
from claims.models import Claim, Edition, PublishedEdition
from tests.admin_client import address, sent, shown, sign_in


@pytest.fixture
def behind(newsroom):
    """Two published claims and a third with an open draft, all behind a party's new name."""
    party = newsroom.party("Tencent")
    claims = [
        newsroom.published(f"Claim {n}", fields={"claimant": party}, actor=newsroom.second_editor)
        for n in (1, 2, 3)
    ]
    newsroom.revise(claims[2], statement="Claim 3, being changed")
    newsroom.rename(party, en="Tencent Holdings")
    return party, claims


def together(*claims: Claim) -> str:
    return f"{address('claim_together')}?ids={','.join(str(claim.pk) for claim in claims)}"


def checked(response, number: int = 0) -> set[str]:
    """The ids of the claims that are checked on the page."""
    return {value.partition(":")[0] for value in sent(response, number).get("claims", [])}


def ids(*claims: Claim) -> set[str]:
    return {str(claim.pk) for claim in claims}


def test_claims_are_refreshed_approved_and_published_together(newsroom, behind):
    """By the buttons: from the party's page to what readers see."""
    party, (one, two, three) = behind
    publisher, editor = sign_in(newsroom.publisher), sign_in(newsroom.editor)
    page = publisher.get(address("party_change", party.pk))
    assert checked(page, 1) == ids(one, two)
    assert "Claim 3, being changed" in shown(page) and "Somebody is working on it" in shown(page)
    url = f"{address('claim_behind')}?record={party.public_id}"
    assert f'action="{url}"' in page.content.decode()
    data = {**sent(page, 1), "note_en": "Tencent is called Tencent Holdings here."}
    answer = publisher.post(url, data)
    assert (answer.status_code, answer.url) == (302, together(one, two))
    # The publisher proposed it and cannot approve it.
    page = shown(publisher.get(answer.url))
    assert page.count("You changed it yourself") == 2 and "Approve together</button>" not in page
    page = editor.get(answer.url)
    assert checked(page) == ids(one, two)
    assert "Tencent Holdings here." in shown(page) and "Clarification" in shown(page)
    approved = editor.post(answer.url, sent(page))
    assert approved.url == answer.url
    page = publisher.get(answer.url)
    assert "Publish together" in shown(page) and checked(page) == ids(one, two)
    assert publisher.post(answer.url, sent(page)).status_code == 302
    for claim in (one, two):
        document = PublishedEdition.objects.get(claim_key=claim.pk, number=2).document
        assert document["claimant"]["names"] == {"en": "Tencent Holdings"}
        assert document["texts"]["en"]["change_note"].startswith("Tencent is called")
    assert [claim.pk for claim in Claim.objects.behind()] == [three.pk]


def test_only_what_is_checked_is_refreshed(newsroom, behind):
    _party, (one, two, _three) = behind
    client = sign_in(newsroom.publisher)
    url = address("claim_behind")
    data = {**sent(client.get(url)), "note_en": "Renamed."}
    data["claims"] = [value for value in data["claims"] if value.startswith(f"{one.pk}:")]
    assert client.post(url, data).status_code == 302
    states = dict(Claim.objects.values_list("pk", "state"))
    assert (states[one.pk], states[two.pk]) == ("in_review", "published")


def test_a_refresh_that_is_refused_keeps_what_was_typed_and_checked(newsroom, behind):
    _party, (one, two, _three) = behind
    client, url = sign_in(newsroom.publisher), address("claim_behind")
    data = sent(client.get(url))
    bare = client.post(url, data)
    position = shown(bare).index('id="id_note_en_error"')
    assert bare.status_code == 422
    assert "Tell readers what changed." in shown(bare)[position : position + 200]
    data["claims"] = [value for value in data["claims"] if value.startswith(f"{one.pk}:")]
    data["note_ko"] = "이름이 바뀌었다\u202e"
    unsafe = client.post(url, data)
    assert unsafe.status_code == 422 and checked(unsafe) == ids(one)
    assert sent(unsafe)["note_ko"] == [data["note_ko"]]
    none = client.post(url, {"action": "refresh", "note_en": "Renamed."})
    assert none.status_code == 422 and "Choose one claim at least." in shown(none)
    assert checked(none) == set() and sent(none)["note_en"] == ["Renamed."]
    # Somebody begins to work on one of the two: neither is taken, the note is kept.
    data = {**sent(client.get(url)), "note_en": "Renamed."}
    newsroom.revise(two, statement="Being changed")
    stale = client.post(url, data)
    assert stale.status_code == 412 and sent(stale)["note_en"] == ["Renamed."]
    assert set(Claim.objects.values_list("state", flat=True)) == {"published", "draft"}


@pytest.mark.parametrize("role", Role)
def test_who_may_refresh(newsroom, behind, role):
    client, url = sign_in(getattr(newsroom, role.value)), address("claim_behind")
    page = client.get(url)
    data = {**sent(page), "note_en": "Renamed."}
    assert page.status_code == 200
    if role is Role.PUBLISHER:
        assert client.post(url, data).status_code == 302
    else:
        assert "This needs the role “Publisher”." in shown(page)
        refused = client.post(url, data)  # crafted: there is no button
        assert refused.status_code == 403 and "Your role does not allow this." in shown(refused)
        assert not Claim.objects.filter(state="in_review").exists()


def test_a_page_names_only_claims_that_show_its_record(newsroom, behind):
    party, _claims = behind
    other = newsroom.party("Another")
    elsewhere = newsroom.published("Elsewhere", fields={"claimant": other})
    newsroom.rename(other, en="Another name")
    client = sign_in(newsroom.publisher)
    page = shown(client.get(address("party_change", party.pk)))
    assert "Claim 1" in page and "Elsewhere" not in page
    assert checked(client.get(address("claim_behind"))) >= ids(elsewhere)
    unused = newsroom.source("Cited by nobody")
    assert "Claim 1" not in shown(client.get(address("source_change", unused.pk)))
    topic = actions.save_topic(actor=newsroom.reporter, names={"en": "Chips"})
    about = newsroom.published("About chips", topics=[topic])
    actions.save_topic(
        actor=newsroom.reporter, topic_id=topic.pk, version=topic.version, names={"en": "Wafers"}
    )
    assert checked(client.get(address("topic_change", topic.pk)), 1) == ids(about)


def test_the_claims_own_screen_and_the_list_say_that_it_is_behind(newsroom, behind):
    _party, (one, _two, _three) = behind
    client = sign_in(newsroom.reporter)
    assert "Behind since" in shown(client.get(address("claim_change", one.pk)))
    assert "Claims that are behind" in shown(client.get(address("claim_changelist")))


def test_claims_are_chosen_in_the_list(newsroom):
    claims = [newsroom.submit(newsroom.draft(f"Claim {n}")) for n in (1, 2)]
    client = sign_in(newsroom.editor)
    data = {"action": "together", "_selected_action": [claim.pk for claim in claims], "index": "0"}
    answer = client.post(address("claim_changelist"), data)
    assert (answer.status_code, answer.url) == (302, together(*claims))
    page = client.get(answer.url)
    assert checked(page) == ids(*claims)
    for claim in claims:
        assert f'aria-labelledby="document-title{claim.pk}"' in shown(page)


def test_a_contributor_is_refused_together_with_all_the_others(newsroom):
    one = newsroom.submit(newsroom.draft("One"))
    two = newsroom.submit(newsroom.draft("Two", actor=newsroom.editor))
    client = sign_in(newsroom.editor)
    page = client.get(together(one, two))
    assert checked(page) == ids(one) and "You changed it yourself" in shown(page)
    whole = sent(sign_in(newsroom.second_editor).get(together(one, two)))
    crafted = client.post(together(one, two), {"action": "approve", "claims": whole["claims"]})
    assert crafted.status_code == 403 and "somebody else has to approve it" in shown(crafted)
    assert set(Claim.objects.values_list("state", flat=True)) == {"in_review"}


def test_who_may_not_publish_is_refused_together_too(newsroom):
    claim = newsroom.approved(newsroom.draft())
    client = sign_in(newsroom.editor)
    page = client.get(together(claim))
    assert "This needs the role “Publisher”." in shown(page)
    refused = client.post(together(claim), sent(page))
    assert refused.status_code == 403 and not Edition.objects.exists()


def test_what_changed_since_it_was_read_is_not_approved(newsroom):
    party = newsroom.party("Before")
    claims = [
        newsroom.submit(newsroom.draft(f"Claim {n}", fields={"claimant": party})) for n in (1, 2)
    ]
    client, url = sign_in(newsroom.editor), together(*claims)
    read = sent(client.get(url))
    newsroom.rename(party, en="After")
    refused = client.post(url, read)
    assert refused.status_code == 412 and "Read it once more" in shown(refused)
    # The page shows what is there now, so that the next try is of what was read.
    assert "After" in shown(refused) and checked(refused) == ids(*claims)
    assert client.post(url, sent(refused)).status_code == 302
    assert set(Claim.objects.values_list("state", flat=True)) == {"approved"}


def test_a_claim_and_its_rebuttal_are_published_together_at_a_moment(newsroom):
    claim = newsroom.approved(newsroom.draft())
    rebuttal = newsroom.approved(newsroom.rebuttal(claim))
    client, url = sign_in(newsroom.publisher), together(claim, rebuttal)
    data = sent(client.get(url))
    past = client.post(url, {**data, "opens_at": "2001-01-01T00:00"})
    assert past.status_code == 422 and sent(past)["opens_at"] == ["2001-01-01T00:00"]
    assert client.post(url, {**data, "opens_at": "2030-01-01T09:00"}).status_code == 302
    assert set(Claim.objects.values_list("state", flat=True)) == {"published"}


@pytest.mark.parametrize(
    "query",
    ["", "?ids=", "?ids=abc", "?ids=0,-1", f"?ids={'9' * 40}", "?ids=1%27--", "?record=x%27--"],
)
def test_a_strange_address_is_no_server_error(newsroom, behind, query):
    client = sign_in(newsroom.publisher)
    for name in ("claim_together", "claim_behind"):
        assert client.get(address(name) + query).status_code == 200
        for action in ("approve", "publish", "refresh", "nonsense", ""):
            data = {"action": action, "claims": ["x", "1", "1:1", "1:1:", f"{'9' * 18}:1:"]}
            assert client.post(address(name) + query, data).status_code in (200, 409, 422)


def test_the_list_of_those_behind_asks_as_often_for_eleven_as_for_one(newsroom):
    counts = {}
    for number in (1, 11):
        party = newsroom.party(f"Party {number}")
        for n in range(number):
            newsroom.published(f"Claim {number}-{n}", fields={"claimant": party})
        newsroom.rename(party, en="Renamed")
        client, url = sign_in(newsroom.publisher), address("party_change", party.pk)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert len(checked(client.get(url), 1)) == number
        counts[number] = len(queries)
    assert counts[1] == counts[11], counts


def test_reading_claims_together_asks_as_often_for_eleven_as_for_one(newsroom):
    """In review and approved, by others and of one's own."""
    client, counts = sign_in(newsroom.editor), {}
    client.get(together())
    for number in (1, 11):
        claims = []
        for n in range(number):
            waits, own = newsroom.draft(f"W{n}"), newsroom.draft(f"O{n}", actor=newsroom.editor)
            newsroom.submit(waits)
            newsroom.submit(own)
            done = newsroom.draft(f"A{n}")
            newsroom.submit(done)
            newsroom.approve(done, newsroom.second_editor)
            claims += [waits, own, done]
        with CaptureQueriesContext(connection) as queries:
            page = client.get(together(*claims))
        sections = {section.form.action: section for section in page.context["sections"]}
        assert {name: len(section.entries) for name, section in sections.items()} == {
            "approve": number,
            "publish": number,
        }
        assert len(page.context["left_out"]) == number
        counts[number] = len(queries)
    assert counts[1] == counts[11], counts


def test_claims_with_open_drafts_do_not_hide_what_can_be_refreshed(newsroom, monkeypatch):
    monkeypatch.setattr("claims.admin.together.MOST", 2)
    drafts = []
    for n in range(3):
        party = newsroom.party(f"Party {n}")
        claim = newsroom.published(f"Being changed {n}", fields={"claimant": party})
        newsroom.revise(claim, statement=f"Being changed by somebody {n}")
        newsroom.rename(party, en=f"Renamed {n}")
        drafts.append(claim)
    party = newsroom.party("Last")
    last = newsroom.published("To be refreshed", fields={"claimant": party})
    newsroom.rename(party, en="Renamed last")
    page = sign_in(newsroom.publisher).get(address("claim_behind"))
    assert checked(page) == ids(last)
    assert [claim for claim, _reason in page.context["left_out"]] == [drafts[0]]
    assert page.context["more"]
