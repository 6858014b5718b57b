"""The claim's form: all that the record can hold goes through it, and nothing typed is lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import actions
from claims.choices import Confidence
from claims.models import Claim, Topic
from tests.admin_client import address, claim_data, rows, sent, shown, sign_in

FIGURE = {"kind": "amount", "bound": "about", "labels_en": "First quarter", "value": "81.11"}
REPLY = {
    "channel": "email",
    "asked_on": "2025-07-20",
    "outcome": "waiting",
    "answer_language": "en",
}


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
    row = rows("citations", {"source": newsroom.first_source().pk, "stance": "against"})
    for typed in (
        {"statement_en": "Something else"},
        {"confidence": Confidence.HIGH},
        rows("wordings", {"language": "en", "text": "Something else"}),
        row,
    ):
        third = client.post(address("claim_add"), {**data, **typed})
        assert third.status_code == 409, typed
        assert "has recorded a claim already" in shown(third)
        assert "Something else" in shown(third) or "statement_en" not in typed
    claim = Claim.objects.get()
    assert (str(claim), claim.confidence) == ("Usage is falling", Confidence.LOW)


def topic(newsroom, name: str = "Artificial intelligence", **names: str) -> Topic:
    return actions.save_topic(actor=newsroom.reporter, names={"en": name, **names})


BAD_ROWS = [
    ("figures", {**FIGURE, "value": "about 3"}, "value", "in digits"),
    ("figures", {**FIGURE, "value": "1,000"}, "value", "in digits"),
    ("figures", {**FIGURE, "value": "9" * 30}, "value", "no more than"),
    ("figures", {**FIGURE, "value": ""}, "value", "Write the value in digits."),
    ("figures", {**FIGURE, "labels_en": ""}, "labels_en", "Say what was measured"),
    ("figures", {**FIGURE, "labels_en": "x" * 201}, "labels_en", "at most 200"),
    ("figures", {**FIGURE, "units_ko": "over\u202eride"}, "units_ko", "Right-To-Left Override"),
    ("figures", {**FIGURE, "as_of": "2025-02-30"}, "as_of", "Enter a valid date"),
    ("figures", {**FIGURE, "as_of": "2025-02-03"}, "as_of_precision", "how much of the date"),
    ("figures", {**FIGURE, "as_of_precision": "day"}, "as_of", "Give the date"),
    ("wordings", {"language": "zh!", "text": "Other words"}, "language", "as a code"),
    ("wordings", {"language": "ko", "text": ""}, "text", "Write how else"),
    ("replies", REPLY, "party", "Choose who was asked."),
    ("replies", {**REPLY, "asked_on": "", "deadline": "2025-07-21"}, "asked_on", "Give the day"),
    ("replies", {**REPLY, "deadline": "2025-07-19"}, "deadline", "before the day of asking"),
    (
        "replies",
        {**REPLY, "outcome": "answered", "answer": "No.", "answered_on": "2025-07-01"},
        "answered_on",
        "before the day of asking",
    ),
    ("replies", {**REPLY, "outcome": "answered"}, "answer", "Write down what they answered."),
    ("replies", {**REPLY, "outcome": "answered"}, "answered_on", "Give the day of the answer."),
    ("replies", {**REPLY, "answer": "No comment."}, "outcome", "choose “answered”"),
    (
        "rebuts",
        {"target": "가나다라마" * 500, "ground": "rebut"},
        "target",
        "at most 500 characters",
    ),
]


@pytest.mark.parametrize(
    ("prefix", "row", "field", "sentence"), BAD_ROWS, ids=[f"{b[0]}-{b[2]}" for b in BAD_ROWS]
)
def test_a_bad_row_is_told_beside_its_field_and_nothing_typed_is_lost(
    newsroom, prefix, row, field, sentence
):
    data = claim_data(newsroom.first_source(), unknowns_en="With care", **rows(prefix, row))
    response = sign_in(newsroom.reporter).post(address("claim_add"), data)
    page = shown(response)
    assert response.status_code == 422
    position = page.index(f'id="id_{prefix}-0-{field}_error"')
    assert sentence in page[position : position + 400]
    # The page holds what was typed, whatever was wrong with it: the next try begins there.
    again = sent(response)
    assert again["unknowns_en"] == ["With care"]
    for name, value in row.items():
        assert again[f"{prefix}-0-{name}"] == [value], name
    assert not Claim.objects.exists()


BAD_FIELDS = [
    ({"stated_change": "-72"}, "stated_change_unit", "in what the change is given"),
    ({"stated_change": "-72", "stated_change_unit": "percent"}, "stated_change_bound", "is meant"),
    ({"stated_change_bound": "about"}, "stated_change", "Give the change"),
    ({"stated_change": "a lot"}, "stated_change", "in digits"),
    ({"review_by": "2025-13-01"}, "review_by", "Enter a valid date"),
    ({"topics": "17"}, "topics", "17 is not one of the available choices"),
    ({"reply_exception_en": "x" * 1001}, "reply_exception_en", "at most 1000 characters"),
]


@pytest.mark.parametrize(
    ("change", "field", "sentence"), BAD_FIELDS, ids=[b[1] for b in BAD_FIELDS]
)
def test_a_bad_value_is_told_beside_its_field(newsroom, change, field, sentence):
    topic(newsroom)
    data = claim_data(newsroom.first_source(), unknowns_en="With care", **change)
    response = sign_in(newsroom.editor).post(address("claim_add"), data)
    page = shown(response)
    assert response.status_code == 422
    position = page.index(f'id="id_{field}_error"')
    assert sentence in page[position : position + 400]
    again = sent(response)
    assert again["unknowns_en"] == ["With care"]
    for name, value in change.items():
        if name != "topics":  # a forged choice has no place to be shown
            assert again[name] == [value]


def full_claim(newsroom) -> dict[str, str]:
    """What the form sends for a claim that uses every field."""
    works = [newsroom.source(title) for title in ("Broadcast", "Relay", "Second relay", "Origin")]
    asked = newsroom.party("The firm")
    ids = [topic(newsroom, name).pk for name in ("Chips", "Models")]
    return {
        **claim_data(works[0], statement_ko="이용이 줄고 있다", reply_exception_ko="연락처 없음"),
        "claimant": str(newsroom.party("SemiAnalysis").pk),
        "verdict": "half_true",
        "stated_change": "−72.5",
        "stated_change_unit": "percent",
        "stated_change_bound": "more_than",
        "allegation_about": str(asked.pk),
        "review_by": "2031-01-02",
        "reply_exception_en": "No address is known.",
        "topics": ids,
        **rows(
            "citations",
            {
                "source": works[0].pk,
                "stance": "for",
                "quotation": "as quoted",
                "locator": "minute 3",
                "relay_1": works[1].pk,
                "relay_2": works[2].pk,
                "relay_3": works[3].pk,
                "route_untold": "on",
            },
        ),
        **rows(
            "figures",
            {
                **FIGURE,
                "labels_ko": "1분기",
                "units_en": "million people",
                "units_ko": "백만 명",
                "as_of": "2025-03-01",
                "as_of_precision": "month",
            },
            {"kind": "share", "bound": "exactly", "labels_en": "Peak", "value": "7.2"},
        ),
        **rows("wordings", {"language": "ko", "text": "딥시크가 시들하다"}),
        **rows(
            "replies",
            {
                **REPLY,
                "party": asked.pk,
                "deadline": "2025-07-22",
                "outcome": "answered",
                "answer": "We disagree.",
                "answered_on": "2025-07-21",
            },
        ),
    }


@pytest.fixture
def five_steps(settings):
    settings.VERDICT_SCALE = "five"


def test_every_field_goes_through_the_form(newsroom, five_steps):
    client = sign_in(newsroom.editor)
    data = full_claim(newsroom)
    assert client.post(address("claim_add"), data).status_code == 302
    claim = Claim.objects.get()
    assert (claim.verdict, claim.verdict_scale) == ("half_true", "five")
    assert (claim.stated_change, claim.stated_change_unit) == (Decimal("-72.5"), "percent")
    assert claim.stated_change_bound == "more_than"
    assert str(claim.allegation_about) == "The firm"
    assert claim.review_by == date(2031, 1, 2)
    assert sorted(map(str, claim.topics.all())) == ["Chips", "Models"]
    assert claim.texts.get(language="ko").reply_exception == "연락처 없음"
    citation = claim.citations.get()
    chain = [str(relay.source) for relay in citation.relays.all()]
    assert (chain, citation.route_given) == (["Relay", "Second relay", "Origin"], False)
    first, second = claim.figures.all()
    assert first.labels == {"en": "First quarter", "ko": "1분기"}
    assert (first.units["ko"], first.value, first.bound) == ("백만 명", Decimal("81.11"), "about")
    assert (first.as_of, first.as_of_precision) == (date(2025, 3, 1), "month")
    assert (second.kind, second.units, second.as_of) == ("share", {}, None)
    assert claim.wordings.get().text == "딥시크가 시들하다"
    reply = claim.reply_requests.get()
    assert (reply.answer, reply.answered_on) == ("We disagree.", date(2025, 7, 21))


def test_the_form_saved_as_it_opened_changes_nothing(newsroom, five_steps):
    """All that is recorded is on the screen: sent back as it stands, it is the same record."""
    client = sign_in(newsroom.editor)
    client.post(address("claim_add"), full_claim(newsroom))
    claim = Claim.objects.get()
    before = actions.document_of(claim)
    url = address("claim_change", claim.pk)
    assert client.post(url, sent(client.get(url))).status_code == 302
    claim.refresh_from_db()
    assert (claim.version, actions.document_of(claim)) == (1, before)
    # The control: one letter more is a change.
    data = {**sent(client.get(url)), "wordings-0-text": ["딥시크가 시들하다?"]}
    assert client.post(url, data).status_code == 302
    claim.refresh_from_db()
    assert claim.version == 2


def test_a_reporter_saves_a_claim_that_an_editor_flagged(newsroom, five_steps):
    """What reporters may not set is on their screen, is not sent, and stays."""
    sign_in(newsroom.editor).post(address("claim_add"), full_claim(newsroom))
    claim = Claim.objects.get()
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    page = client.get(url)
    data = sent(page)
    assert "allegation_about" not in data and "reply_exception_en" not in data
    assert "The firm" in shown(page) and "No address is known." in shown(page)
    data |= {"unknowns_en": ["The method."], "allegation_about": [""]}  # forged, too
    assert client.post(url, data).status_code == 302
    claim.refresh_from_db()
    assert claim.version == 2
    assert str(claim.allegation_about) == "The firm"
    assert claim.texts.get(language="en").reply_exception == "No address is known."


def test_a_longer_chain_of_relays_keeps_its_length(newsroom):
    works = [newsroom.source(f"Hand {number}") for number in range(6)]
    claim = newsroom.draft(citations=[{"source": works[0], "relays": works[1:]}])
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    data = sent(client.get(url))
    assert data["citations-0-relay_5"] == [str(works[5].pk)]
    data["citations-0-relay_2"] = [""]
    assert client.post(url, data).status_code == 302
    chain = [str(relay.source) for relay in claim.citations.get().relays.all()]
    assert chain == ["Hand 1", "Hand 3", "Hand 4", "Hand 5"]


@pytest.mark.parametrize("place", ["relay_1", "relay_3"])
def test_a_source_stands_once_in_a_chain(newsroom, place):
    cited, passed_on = newsroom.first_source(), newsroom.source("Passed on")
    row = {"source": cited.pk, "stance": "for", "relay_2": passed_on.pk}
    row[place] = cited.pk if place == "relay_1" else passed_on.pk
    data = claim_data(cited, **rows("citations", row))
    response = sign_in(newsroom.reporter).post(address("claim_add"), data)
    page = shown(response)
    position = page.index(f'id="id_citations-0-{place}_error"')
    assert "only once in a chain" in page[position : position + 200]
    assert sent(response)["citations-0-relay_2"] == [str(passed_on.pk)]


def test_a_claim_that_says_now_is_given_a_day_unless_one_is_chosen(newsroom):
    client = sign_in(newsroom.reporter)
    source = newsroom.first_source()
    client.post(address("claim_add"), claim_data(source, review_by=""))
    client.post(
        address("claim_add"), claim_data(source, statement_en="It fell", review_by="2031-01-02")
    )
    said, chosen = Claim.objects.order_by("id")
    assert said.review_by is not None
    assert chosen.review_by == date(2031, 1, 2)
    # Emptied later, the day is gone.
    url = address("claim_change", said.pk)
    assert client.post(url, {**sent(client.get(url)), "review_by": [""]}).status_code == 302
    said.refresh_from_db()
    assert said.review_by is None


@pytest.mark.parametrize("scale", ["none", "five", "snu"])
def test_verdicts_are_offered_on_the_newsrooms_scale_only(newsroom, settings, scale):
    settings.VERDICT_SCALE = scale
    page = shown(sign_in(newsroom.reporter).get(address("claim_add")))
    assert ('name="verdict"' in page) == (scale != "none")
    assert ('value="withheld"' in page) == (scale == "snu")


def test_a_verdict_of_another_scale_stays_until_it_is_changed(newsroom, settings):
    settings.VERDICT_SCALE = "snu"
    claim = newsroom.draft(fields={"verdict": "withheld"})
    settings.VERDICT_SCALE = "five"
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    data = sent(client.get(url))
    assert data["verdict"] == ["withheld"]
    assert client.post(url, {**data, "unknowns_en": ["Much."]}).status_code == 302
    claim.refresh_from_db()
    assert (claim.verdict, claim.verdict_scale) == ("withheld", "snu")
    # Switched off, the verdict can still be taken back.
    settings.VERDICT_SCALE = "none"
    data = sent(client.get(url))
    assert client.post(url, {**data, "verdict": [""]}).status_code == 302
    claim.refresh_from_db()
    assert (claim.verdict, claim.verdict_scale) == ("", "")


def test_texts_in_other_languages_than_the_sites_are_kept_and_can_be_changed(newsroom):
    claim = newsroom.draft(
        texts={"ar": {"statement": "الاستخدام يتراجع"}},
        figures=[{"labels": {"en": "Peak", "ar": "الذروة"}, "value": Decimal(7)}],
    )
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    data = {**sent(client.get(url)), "unknowns_ar": ["المنهج"], "figures-0-labels_en": ["Top"]}
    assert client.post(url, data).status_code == 302
    assert claim.texts.get(language="ar").unknowns == "المنهج"
    assert claim.figures.get().labels == {"en": "Top", "ar": "الذروة"}


def test_rows_are_changed_added_and_taken_out(newsroom):
    claim = newsroom.draft(
        figures=[
            {"labels": {"en": "Before"}, "value": Decimal("7.2")},
            {"labels": {"en": "After"}, "value": Decimal(3)},
        ],
        wordings=[{"language": "en", "text": "It is over"}],
    )
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    data = sent(client.get(url))
    data |= {
        "figures-0-value": ["7.4"],
        "figures-1-DELETE": ["on"],
        "figures-2-labels_en": ["Now"],
        "figures-2-value": ["2.9"],
        "wordings-0-DELETE": ["on"],
    }
    assert client.post(url, data).status_code == 302
    figures = {figure.labels["en"]: figure.value for figure in claim.figures.all()}
    assert figures == {"Before": Decimal("7.4"), "Now": Decimal("2.9")}
    assert not claim.wordings.exists()


def test_a_conflict_shows_the_rows_and_fields_of_both(newsroom):
    works = [newsroom.source(title) for title in ("Cited", "Mine passed on", "Theirs passed on")]
    claim = newsroom.draft(
        citations=[{"source": works[0]}],
        figures=[{"labels": {"en": "Peak"}, "value": Decimal("7.2")}],
    )
    topics = [topic(newsroom, "My topic"), topic(newsroom, "Their topic")]
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    data = sent(client.get(url))
    data |= {
        "topics": [str(topics[0].pk)],
        "stated_change": ["-4.2"],
        "stated_change_unit": ["points"],
        "stated_change_bound": ["about"],
        "citations-0-relay_1": [str(works[1].pk)],
        "figures-0-value": ["7.3"],
        "wordings-0-text": ["My wording"],
    }
    actions.edit(
        claim.pk,
        actor=newsroom.editor,
        version=1,
        topics=[topics[1]],
        citations=[{"id": claim.citations.get().pk, "source": works[0], "relays": [works[2]]}],
        replies=[{"party": newsroom.party("Asked by them"), "asked_on": date(2025, 7, 20)}],
    )
    response = client.post(url, data)
    assert response.status_code == 409
    desk = desk_of(response)
    choices = {each.label: (words(each.mine), words(each.theirs)) for each in desk.conflict.choices}
    assert choices == {
        "Topics": ("My topic", "Their topic"),
        "Citations, row 1: Passed on from": ("Mine passed on", "Theirs passed on"),
    }
    assert [each.label for each in desk.conflict.taken] == ["Right of reply, row 1"]
    # Saving without having chosen is refused; what was typed is in the form.
    data = sent(response)
    assert client.post(url, data).status_code == 409
    chosen = {f"choice/{path}": ["mine"] for path in ("topics", citation_path(claim, "relay_1"))}
    assert client.post(url, {**data, **chosen}).status_code == 302
    assert str(claim.citations.get().relays.get().source) == "Mine passed on"
    assert claim.wordings.get().text == "My wording" and claim.reply_requests.exists()


def words(shown) -> str:
    return "; ".join(each.text for each in shown)


def citation_path(claim, unit: str) -> str:
    return f"citations/{claim.citations.get().pk}/{unit}"


def test_a_number_written_another_way_is_no_difference(newsroom):
    claim = newsroom.draft(figures=[{"labels": {"en": "Peak"}, "value": Decimal("7.2")}])
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    data = sent(client.get(url))
    actions.edit(claim.pk, actor=newsroom.editor, version=1, texts={"en": {"unknowns": "Theirs"}})
    response = client.post(url, data)
    conflict = desk_of(response).conflict
    assert not conflict.choices
    assert [each.label for each in conflict.taken] == ["What we don’t know (English)"]


def desk_of(response):
    return response.context["desk"]


def test_an_edge_that_changes_is_written_against_the_newest_edition(newsroom):
    target = newsroom.published()
    claim = newsroom.rebuttal(target)
    newsroom.publish(newsroom.revise(target, statement="Usage fell"))
    client, url = sign_in(newsroom.reporter), address("claim_change", claim.pk)
    untouched = {**sent(client.get(url)), "unknowns_en": ["Much."]}
    assert client.post(url, untouched).status_code == 302
    assert claim.rebuts.get().target_edition == 1
    assert (
        client.post(url, {**sent(client.get(url)), "rebuts-0-opposer": ["us"]}).status_code == 302
    )
    assert claim.rebuts.get().target_edition == 2
    # Somebody who means the older one says so.
    data = {**sent(client.get(url)), "rebuts-0-target_edition": ["1"]}
    assert client.post(url, data).status_code == 302
    assert claim.rebuts.get().target_edition == 1
    refused = client.post(url, {**sent(client.get(url)), "rebuts-0-target_edition": ["3"]})
    assert "Its newest edition is 2." in shown(refused)


def test_a_rebuttal_takes_all_lists_too(newsroom):
    target, asked = newsroom.published(), newsroom.party("Asked")
    client = sign_in(newsroom.editor)
    url = address("claim_rebuttal", target.pk)
    data = {
        **sent(client.get(url)),
        **claim_data(newsroom.first_source(), statement_en="Not so", ground="rebut", opposer="us"),
        "topics": [topic(newsroom).pk],
        **rows("figures", FIGURE),
        **rows("replies", {**REPLY, "party": asked.pk}),
    }
    assert client.post(url, data).status_code == 302
    claim = Claim.objects.latest("id")
    assert (claim.figures.count(), claim.reply_requests.count(), claim.topics.count()) == (1, 1, 1)


def grown(newsroom, number: int) -> Claim:
    """A claim with this many of everything."""
    works = [newsroom.source(f"Work {number}-{n}") for n in range(number + 1)]
    parties = [newsroom.party(f"Party {number}-{n}") for n in range(number)]
    target = newsroom.published(f"Target {number}")
    return newsroom.rebuttal(
        target,
        f"Claim {number}",
        citations=[
            *({"source": works[0], "quotation": f"{n}"} for n in range(number)),
            {"source": works[0], "relays": works[1:]},
        ],
        figures=[{"labels": {"en": f"{n}"}, "value": Decimal(n)} for n in range(number)],
        wordings=[{"language": "en", "text": f"Wording {n}"} for n in range(number)],
        replies=[{"party": party, "asked_on": date(2025, 7, 20)} for party in parties],
        topics=[topic(newsroom, f"Topic {number}-{n}") for n in range(number)],
        texts={"ko": {"statement": f"주장 {number}"}},
    )


def test_the_claims_screen_asks_the_database_as_often_for_eleven_as_for_one(newsroom):
    claims = {number: grown(newsroom, number) for number in (1, 11)}
    client = sign_in(newsroom.editor)
    counts = {}
    for number, claim in claims.items():
        client.get(address("claim_change", claim.pk))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(address("claim_change", claim.pk))
        assert f"Topic {number}-{number - 1}" in shown(page)
        counts[number] = len(queries)
    assert counts[1] == counts[11], counts


def test_a_title_is_text_in_its_box(newsroom):
    source = newsroom.source('<b>&"A report"</b></input>')
    data = claim_data(source, **{"citations-0-relay_1": str(source.pk)})
    response = sign_in(newsroom.reporter).post(address("claim_add"), data)
    page = response.content.decode()
    assert "<b>&" not in page
    assert page.count("&lt;b&gt;&amp;&quot;A report") == 2
    assert response.status_code == 422 and sent(response)["citations-0-source"] == [str(source.pk)]
    assert sent(response)["citations-0-source_typed"] == [source.title]


HOSTILE = [
    "nul\0byte",
    "\u202eoverride",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "9" * 400,
    "-1",
    "1e400",
    "NaN",
    "Infinity",
    "0x10",
    "１２",
    "<script>alert(1)</script>",
    "'; DROP TABLE claims_claim; --",
    "{{ 7|add:7 }} {% now %}",
    "%s %(x)s %00",
    "0001-01-01",
    "9999-12-31",
    " ",
    "\u3164",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_hostile_text_in_every_new_field_is_no_server_error(newsroom, five_steps, text):
    client = sign_in(newsroom.editor)
    data = full_claim(newsroom)
    first = ["citations", "figures", "wordings", "replies"]
    typed = {
        name: value if name.endswith(("_FORMS", "-id")) else text
        for name, value in data.items()
        if name.startswith(tuple(first))
    }
    fields = ("verdict", "stated_change", "stated_change_unit", "stated_change_bound")
    fields += ("allegation_about", "review_by", "topics", "reply_exception_en")
    for hostile in (
        dict.fromkeys(fields, text),
        typed,
        {name: text for name in typed if "_en" in name},
    ):
        response = client.post(address("claim_add"), {**data, **hostile})
        assert response.status_code in (302, 422), response.status_code
    assert client.post(address("claim_add"), data).status_code == 302  # the control
