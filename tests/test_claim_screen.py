"""The claim's screen: boxes that find records or make new ones, its facing pages, its buttons."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims import actions
from claims.admin import facing, finding
from claims.admin.paging import BoundedPaginator
from claims.models import Claim, Party, Source
from tests.admin_client import address, claim_data, rows, sent, shown, sign_in
from tests.test_admin_claim import grown

COLUMNS = {
    "parties": ("claim", "claimant"),
    "sources": ("citation", "source"),
    "claims": ("rebuttal", "target"),
}


def found(client, kind: str, term: str) -> list[dict]:
    model, column = COLUMNS[kind]
    asked = {"term": term, "app_label": "claims", "model_name": model, "field_name": column}
    response = client.get(reverse("admin:autocomplete"), asked)
    assert response.status_code == 200
    return response.json()["results"]


# --- Finding ------------------------------------------------------------------------------------

FINDS = [
    ("parties", "analys", "SemiAnalysis"),
    ("parties", "세미", "SemiAnalysis"),
    ("parties", "SEMI analysis", "SemiAnalysis"),
    ("sources", "반년 방송", "방송: 딥시크 반년"),
    ("sources", "semianalysis", "방송: 딥시크 반년"),  # by its publisher
    ("sources", "example.org/half", "방송: 딥시크 반년"),
    ("claims", "이용률이", "Usage fell"),
    ("claims", "usage FELL", "Usage fell"),
]


@pytest.mark.parametrize(("kind", "term", "name"), FINDS, ids=[f"{f[0]}-{f[1]}" for f in FINDS])
def test_a_record_is_found_by_part_of_its_name_in_any_language(newsroom, kind, term, name):
    firm = newsroom.party("SemiAnalysis", ko="세미애널리시스")
    newsroom.party("Another firm")
    newsroom.source("방송: 딥시크 반년", publisher=firm, url="https://example.org/half-year")
    newsroom.draft("Usage fell", texts={"ko": {"statement": "이용률이 떨어졌다"}})
    newsroom.draft("Something else")
    client = sign_in(newsroom.reporter)
    assert [each["text"] for each in found(client, kind, term)] == [name]
    assert not found(client, kind, "nothing of the sort")


def test_the_very_name_comes_first(newsroom):
    for name in ("YTN World", "The YTN", "YTN"):
        newsroom.party(name)
    names = [each["text"] for each in found(sign_in(newsroom.reporter), "parties", "ytn")]
    assert names == ["YTN", "YTN World", "The YTN"]


def test_finding_counts_nothing_and_asks_as_often_for_many_as_for_one(newsroom):
    client = sign_in(newsroom.reporter)
    counts = {}
    for number in (1, 25):
        for n in range(number):
            newsroom.source(f"Report {number}-{n}", publisher=newsroom.party(f"P {number}-{n}"))
        found(client, "sources", "Report")
        with CaptureQueriesContext(connection) as queries:
            results = found(client, "sources", f"Report {number}-")
        assert len(results) == min(number, 20)
        assert not any("COUNT(" in query["sql"] for query in queries)
        counts[number] = len(queries)
    assert counts[1] == counts[25], counts


def test_of_a_word_without_an_end_only_its_beginning_is_looked_up(newsroom):
    newsroom.draft("나" * 300)
    for find in (finding.claims, finding.parties, finding.sources):
        with CaptureQueriesContext(connection) as queries:
            names = [str(each) for each in find("나" * 5000)]
        assert names == (["나" * 300] if find is finding.claims else [])
        assert all("나" * 300 not in query["sql"].split("WHERE")[1] for query in queries)
    assert not finding.claims("다" * 5000)


def test_finding_has_the_rights_of_the_lists(newsroom):
    asked = {"term": "", "app_label": "claims", "model_name": "claim", "field_name": "reviewer"}
    assert sign_in(newsroom.reporter).get(reverse("admin:autocomplete"), asked).status_code == 403
    assert sign_in(newsroom.admin).get(reverse("admin:autocomplete"), asked).status_code == 200
    stranger = newsroom.person("stranger")
    asked["field_name"] = "claimant"
    assert sign_in(stranger).get(reverse("admin:autocomplete"), asked).status_code == 403


def test_the_form_does_not_grow_with_the_records(newsroom):
    client = sign_in(newsroom.reporter)

    newsroom.source("Only one", publisher=newsroom.party("Only"))
    before = len(client.get(address("claim_add")).content)
    for n in range(300):
        newsroom.party(f"Party {n}")
    newsroom.source("Another")
    assert len(client.get(address("claim_add")).content) == before


# --- Naming and making --------------------------------------------------------------------------


def typed(name: str, text: str, **more: str) -> dict[str, str]:
    """A box without its script: what is written in it, and what was ticked below."""
    return {name: "", f"{name}_typed": text, **{f"{name}{key}": v for key, v in more.items()}}


def test_a_name_that_is_written_out_is_the_record(newsroom):
    firm = newsroom.party("SemiAnalysis", ko="세미애널리시스")
    client = sign_in(newsroom.reporter)
    for text in ("SemiAnalysis", "  semianalysis ", "세미애널리시스"):
        data = claim_data(newsroom.first_source(), **typed("claimant", text))
        assert client.post(address("claim_add"), data).status_code == 302
        assert Claim.objects.latest("id").claimant == firm
    assert Party.objects.count() == 1


def test_an_unclear_name_comes_back_with_the_likely_ones_and_nothing_typed_is_lost(newsroom):
    firms = [newsroom.party(name) for name in ("YTN World", "YTN News")]
    client = sign_in(newsroom.reporter)
    data = claim_data(newsroom.first_source(), unknowns_en="With care", **typed("claimant", "ytn"))
    response = client.post(address("claim_add"), data)
    page = shown(response)
    assert response.status_code == 422 and not Claim.objects.exists()
    assert all(f'value="{firm.pk}"' in page for firm in firms)
    assert "Record a new party called “ytn”" in page
    again = sent(response)
    assert (again["claimant_typed"], again["unknowns_en"]) == (["ytn"], ["With care"])
    # Ticked, it is that one; and the choice is for what was asked, not for other words.
    chosen = {**again, "claimant_chosen": [str(firms[0].pk)]}
    other = client.post(address("claim_add"), {**chosen, "claimant_typed": ["Somebody"]})
    assert other.status_code == 422
    assert client.post(address("claim_add"), chosen).status_code == 302
    assert Claim.objects.get().claimant == firms[0]


def test_a_choice_among_the_likely_ones_outlives_another_complaint(newsroom):
    firm = newsroom.party("YTN World")
    newsroom.party("YTN News")
    data = claim_data(
        newsroom.first_source(),
        reason_en="",
        **typed("claimant", "ytn", _asked="ytn", _chosen=str(firm.pk)),
    )
    client = sign_in(newsroom.reporter)
    response = client.post(address("claim_add"), data)
    assert response.status_code == 422
    again = {**sent(response), "reason_en": ["One origin."]}
    assert (again["claimant"], again["claimant_typed"]) == ([str(firm.pk)], ["YTN World"])
    assert client.post(address("claim_add"), again).status_code == 302
    assert Claim.objects.get().claimant == firm


def test_a_box_that_is_emptied_names_nobody(newsroom):
    claim = newsroom.draft(fields={"claimant": newsroom.party("SemiAnalysis")})
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    data = sent(client.get(url))
    assert data["claimant_typed"] == ["SemiAnalysis"]
    assert client.post(url, {**data, "claimant_typed": [""]}).status_code == 302
    claim.refresh_from_db()
    assert claim.claimant is None


NEW_SOURCE = {
    "_chosen": "new",
    "-kind": "report",
    "-language": "ko",
    "-publisher": "",
    "-publisher_typed": "QuestMobile",
    "-publisher_chosen": "new",
    "-publisher-kind": "organisation",
    "-publisher-name_ko": "퀘스트모바일",
    "-url": "https://example.org/report",
    "-published_on": "2025-07-01",
    "-date_precision": "month",
    "-seen": "on",
}


def test_a_new_party_and_a_new_source_are_recorded_with_the_claim(newsroom):
    row = {"source": "", "source_typed": "Mobile in July", "stance": "for", "quotation": "as is"}
    row |= {f"source{key}": value for key, value in NEW_SOURCE.items()}
    data = claim_data(
        newsroom.first_source(),
        **typed("claimant", "QuestMobile", _chosen="new", **{"-kind": "organisation"}),
        **rows("citations", row),
    )
    client = sign_in(newsroom.reporter)
    refused = client.post(address("claim_add"), {**data, "reason_en": ""})
    assert refused.status_code == 422 and not Party.objects.exists()
    again = {**sent(refused), "reason_en": ["One origin."]}
    assert client.post(address("claim_add"), again).status_code == 302
    claim = Claim.objects.get()
    # The claimant's name stands in two boxes: it is one party.
    assert [str(party) for party in Party.objects.all()] == ["QuestMobile"]
    source = Source.objects.get(title="Mobile in July")
    assert (source.publisher, source.kind, source.language) == (claim.claimant, "report", "ko")
    assert (source.url, str(source.published_on), source.date_precision, source.seen) == (
        "https://example.org/report",
        "2025-07-01",
        "month",
        True,
    )
    assert claim.citations.get().source == source


def test_what_is_wrong_with_a_new_source_is_told_beside_its_field(newsroom):
    row = {"source": "", "source_typed": "A report", "stance": "for"}
    row |= {f"source{k}": v for k, v in {**NEW_SOURCE, "-url": "javascript:alert(1)"}.items()}
    data = claim_data(newsroom.first_source(), **rows("citations", row))
    response = sign_in(newsroom.reporter).post(address("claim_add"), data)
    page = shown(response)
    assert response.status_code == 422
    position = page.index('id="id_citations-0-source-url_error"')
    assert "begins with http" in page[position : position + 300]
    assert "look at the marked fields of the new record" in page
    assert sent(response)["citations-0-source-publisher_typed"] == ["QuestMobile"]


def test_a_new_publisher_is_recorded_with_its_source(newsroom):
    client = sign_in(newsroom.reporter)
    page = client.get(address("source_add"))
    publisher = typed("publisher", "YTN", _chosen="new", **{"-kind": "organisation"})
    data = {**sent(page), "title": "Television report", **publisher}
    assert client.post(address("source_add"), data).status_code == 302
    assert str(Source.objects.get(title="Television report").publisher) == "YTN"


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("컨테이너 감소", "ko"),
        ("港湾の統計、コンテナ", "ja"),
        ("A new report", "en"),
        ("港口", "en"),
    ],
)
def test_a_new_source_is_in_the_language_that_its_letters_show(newsroom, title, language):
    row = {"source": "", "source_typed": title, "stance": "for", "quotation": "as is"}
    data = claim_data(newsroom.first_source(), **rows("citations", row))
    client = sign_in(newsroom.reporter)
    asked = client.post(address("claim_add"), data)
    assert sent(asked)["citations-0-source-language"] == [language]
    new = {**sent(asked), "citations-0-source_chosen": ["new"]}
    assert client.post(address("claim_add"), new).status_code == 302
    assert Source.objects.get(title=title).language == language
    # What somebody wrote there counts.
    other = {**new, "new_id": [""], "citations-0-source-language": ["fr"]}
    assert client.post(address("claim_add"), other).status_code == 302
    assert Source.objects.filter(title=title).latest("id").language == "fr"


def test_the_statement_of_an_empty_form_has_the_focus_and_no_other_field(newsroom):
    client = sign_in(newsroom.reporter)
    claim = newsroom.draft()
    for url in (address("claim_add"), address("claim_rebuttal", claim.pk)):
        page = shown(client.get(url))
        assert page.count("autofocus") == 1
        assert "autofocus" in page.split('name="statement_en"')[1].split(">")[0]
        # A refused form begins with what is wrong.
        assert "autofocus" not in shown(client.post(url, {"language": "en"}))
    assert "autofocus" not in shown(client.get(address("claim_change", claim.pk)))


HOSTILE = ["nul\0byte", "\u202eoverride", "x" * 400, "17", "new", "%s {{ 7 }}", " ", "\u3164"]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_in_a_box_is_no_server_error(newsroom, text):
    client = sign_in(newsroom.reporter)
    for suffix in ("", "_typed", "_chosen", "_asked", "_stood", "-kind"):
        for more in ({}, {"claimant_chosen": "new"}):
            name = {**typed("claimant", "Somebody"), **more, f"claimant{suffix}": text}
            data = claim_data(newsroom.first_source(), **name)
            assert client.post(address("claim_add"), data).status_code in (302, 422)


# --- The facing page ----------------------------------------------------------------------------


def places(claim, **numbers: str) -> dict[str, str]:
    return {f"first_rebuttals-{public_id}": value for public_id, value in numbers.items()}


def test_rebuttals_are_put_in_an_order_that_is_saved_with_the_claim(newsroom):
    claim = newsroom.published()
    ids = [newsroom.rebuttal(claim, f"Rebuttal {n}").public_id for n in range(3)]
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    page = client.get(url)
    assert shown(page).count('class="place"') == 3
    data = sent(page)
    numbered = places(claim, **{ids[2]: "1", ids[0]: "2", ids[1]: ""})
    assert client.post(url, {**data, **numbered}).status_code == 302
    claim.refresh_from_db()
    assert (claim.first_rebuttals, claim.state) == ([ids[2], ids[0]], "draft")
    shown_order = [facing.edge.counterclaim.public_id for facing in desk(client.get(url)).rebuttals]
    assert shown_order == [ids[2], ids[0], ids[1]]
    # Saved as it stands it is no change; without the numbers neither.
    version = claim.version
    data = sent(client.get(url))
    for same in (numbered, {}):
        assert client.post(url, {**data, **same}).status_code == 302
        claim.refresh_from_db()
        assert claim.version == version
    for nonsense in ("first", "0", "201", "9" * 5000):
        refused = client.post(url, {**data, **places(claim, **{ids[0]: nonsense})})
        assert refused.status_code == 422 and "with 1, 2, 3" in shown(refused)
        assert f'value="{nonsense}"' in shown(refused)


def test_of_many_rebuttals_one_page_is_shown_and_the_others_keep_their_places(
    newsroom, monkeypatch
):
    monkeypatch.setattr(facing, "AT_ONCE", 2)
    claim = newsroom.published()
    ids = [newsroom.rebuttal(claim, f"Rebuttal {n}").public_id for n in range(6)]
    context = newsroom.rebuttal(claim, "It was a holiday", ground="qualify").public_id
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)

    def on(page) -> list[str]:
        return [each.edge.counterclaim.public_id for each in desk(page).rebuttals]

    first = client.get(url)
    assert on(first) == ids[:2] and "1 to 2 of 7 are shown" in shown(first)
    last = client.get(url, {"rebuttals": "4"})
    assert on(last) == [context] and "7 to 7 of 7" in shown(last)
    for nonsense in ("99", "x", "", "-1"):
        assert client.get(url, {"rebuttals": nonsense}).status_code == 200
    # What has a place is shown on every page, so that a number always means the same.
    third = f"{url}?rebuttals=3"
    data = sent(client.get(third)) | places(claim, **{ids[4]: "1"})
    assert client.post(third, data).status_code == 302
    second = f"{url}?rebuttals=2"
    page = client.get(second)
    assert on(page) == [ids[4], ids[2], ids[3]]
    data = sent(page) | places(claim, **{ids[4]: "2", ids[3]: "1"})
    assert client.post(second, data).status_code == 302
    claim.refresh_from_db()
    assert claim.first_rebuttals == [ids[3], ids[4]]
    # A refused form shows those that it was sent with, and what was typed.
    data = sent(client.get(second)) | places(claim, **{ids[2]: "last"})
    refused = client.post(second, data)
    assert refused.status_code == 422 and 'value="last"' in shown(refused)
    assert {ids[2], ids[3], ids[4]} <= {*on(refused)} and ids[0] not in on(refused)
    # What somebody else took the place of meanwhile keeps the number that was typed.
    stale = sent(client.get(url)) | places(claim, **{ids[3]: "2", ids[4]: "1"})
    edit(newsroom, claim, first_rebuttals=[])
    conflict = client.post(url, stale)
    assert conflict.status_code == 409 and {ids[3], ids[4]} <= {*on(conflict)}
    typed = {each.edge.counterclaim.public_id: each.place for each in desk(conflict).rebuttals}
    assert 'value="1"' in typed[ids[4]] and 'value="2"' in typed[ids[3]]


def test_many_rebuttals_ask_as_often_as_few_and_are_not_counted_to_the_end(newsroom, monkeypatch):
    client, asked = sign_in(newsroom.reporter), {}
    claim = newsroom.published()
    client.get(address("claim_change", claim.pk))  # what is kept afterwards is asked once
    monkeypatch.setattr(BoundedPaginator, "cap", 22)
    for number in (1, 24):
        while claim.rebuttals.count() < number:
            newsroom.rebuttal(claim, f"Rebuttal {claim.rebuttals.count()}")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address("claim_change", claim.pk))
        asked[number] = len(queries)
        assert all(" LIMIT " in q["sql"] for q in queries if "COUNT(" in q["sql"])
    assert asked[1] == asked[24], asked
    assert len(desk(page).rebuttals) == facing.AT_ONCE
    assert "1 to 20 of more than 22 are shown" in shown(page)


def edit(newsroom, claim, **fields) -> None:
    claim.refresh_from_db()
    actions.edit(claim.pk, actor=newsroom.editor, version=claim.version, fields=fields, texts={})


def desk(response):
    return response.context["desk"]


def test_the_next_step_and_who_may_take_it_are_in_sight(newsroom):
    claim = newsroom.draft()
    for person, words in (
        (newsroom.reporter, "Submit for review"),
        (newsroom.editor, "Submit for review"),
    ):
        page = sign_in(person).get(address("claim_change", claim.pk))
        assert page.context["next_step"]["label"] == words
    newsroom.submit(claim)
    url = address("claim_change", claim.pk)
    mine = sign_in(newsroom.reporter).get(url).context["next_step"]
    theirs = sign_in(newsroom.editor).get(url).context["next_step"]
    assert mine["why_not"] and not theirs["why_not"]
    assert theirs["who"] == "Next: an editor who did not work on it"


def test_save_and_submit_does_both(newsroom):
    client = sign_in(newsroom.reporter)
    data = claim_data(newsroom.first_source(), _submit="1")
    response = client.post(address("claim_add"), data, follow=True)
    assert "Saved and submitted for review" in shown(response)
    assert Claim.objects.get().state == "in_review"


def test_what_is_missing_for_review_is_said_beside_the_fields_of_what_was_saved(newsroom):
    client = sign_in(newsroom.reporter)
    data = claim_data(
        newsroom.first_source(),
        _submit="1",
        attribution_en="",
        **rows("citations"),
    )
    response = client.post(address("claim_add"), data, follow=True)
    page = shown(response)
    assert Claim.objects.get().state == "draft"
    position = page.index('id="id_claimant_error"')
    assert "choose a claimant or write" in page[position : position + 200]
    assert "Cite at least one source." in page and "It is saved." in page
    # Only when asked: the screen itself does not scold.
    assert "Cite at least one" not in shown(
        client.get(address("claim_change", Claim.objects.get().pk))
    )


def rebuttal_data(source, **more):
    return claim_data(source, statement_en="Not so", ground="rebut", opposer="us", **more)


@pytest.mark.parametrize(
    ("ticked", "state"), [({"submit_target": "on"}, "in_review"), ({}, "draft")]
)
def test_a_rebuttal_is_submitted_with_what_it_rebuts(newsroom, ticked, state):
    target = newsroom.draft()
    client, url = sign_in(newsroom.reporter), address("claim_rebuttal", target.pk)
    assert sent(client.get(url))["submit_target"] == ["on"]
    data = rebuttal_data(newsroom.first_source(), _submit="1", **ticked)
    assert client.post(url, data).status_code == 302
    target.refresh_from_db()
    assert (target.state, Claim.objects.latest("id").state) == (state, "in_review")


def test_the_step_offers_what_it_rebuts_too(newsroom):
    target = newsroom.draft()
    claim = newsroom.rebuttal(target)
    client = sign_in(newsroom.reporter)
    url = address("claim_step", claim.pk, "submit")
    data = sent(client.get(url))
    assert data["targets"] == [f"{target.pk}:1"]
    assert client.post(url, data).status_code == 302
    assert set(Claim.objects.values_list("state", flat=True)) == {"in_review"}


def test_save_and_add_a_rebuttal_goes_on_to_its_form(newsroom):
    data = claim_data(newsroom.first_source(), _rebut="1")
    response = sign_in(newsroom.reporter).post(address("claim_add"), data)
    assert response.url == address("claim_rebuttal", Claim.objects.get().pk)


def test_those_who_may_not_write_and_merged_claims_have_no_buttons(newsroom):
    claim, other = newsroom.draft(), newsroom.draft("Usage fell")
    url = address("claim_change", claim.pk)
    page = shown(sign_in(newsroom.admin).get(url))
    assert "Save" not in page.split("record-form")[1].split("Keyboard shortcuts")[0]
    assert 'name="claimant_typed"' in page
    actions.merge(
        claim.pk,
        into_id=other.pk,
        actor=newsroom.editor,
        version=claim.version,
        into_version=other.version,
    )
    page = shown(sign_in(newsroom.editor).get(url))
    assert "Merged into another claim" in page and address("claim_change", other.pk) in page
    assert 'name="_submit"' not in page


def test_a_refused_form_asks_as_often_for_eleven_as_for_one(newsroom):
    claims = {number: grown(newsroom, number) for number in (1, 11)}
    client = sign_in(newsroom.editor)
    counts = {}
    for number, claim in claims.items():
        url = address("claim_change", claim.pk)
        data = {**sent(client.get(url)), "reason_en": [""]}
        with CaptureQueriesContext(connection) as queries:
            assert client.post(url, data).status_code == 422
        counts[number] = len(queries)
    assert counts[1] == counts[11], counts
