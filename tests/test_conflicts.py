"""A stale save over HTTP: three versions shown, a choice for each conflict, nothing lost."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims import actions
from claims.admin.claim import ClaimAdmin
from claims.choices import PartyKind
from tests.admin_client import address, sent, shown, sign_in

Sent = dict[str, list[str]]


@dataclass
class Editing:
    """A person who has a record's form open."""

    client: Client
    url: str
    data: Sent = field(default_factory=dict)
    response: Any = None

    @classmethod
    def of(cls, person, record) -> "Editing":
        client = sign_in(person)
        url = address(f"{record._meta.model_name}_change", record.pk)
        response = client.get(url)
        return cls(client, url, sent(response), response)

    def save(self, **typed: str | list[str]) -> int:
        """Change these fields (`choice__x` is the choice about x), save, and read the answer."""
        values = {
            name.replace("__", "/"): value if isinstance(value, list) else [value]
            for name, value in typed.items()
        }
        self.response = self.client.post(self.url, {**self.data, **values})
        if self.response.status_code in (409, 422):
            self.data = sent(self.response)
        return self.response.status_code

    def typed(self, name: str) -> str:
        return self.data[name][0]

    @property
    def choices(self) -> dict[str, tuple]:
        """By label: what it was, theirs, mine."""
        return {
            each.label: (words(each.was), words(each.theirs), words(each.mine))
            for each in self.response.context["desk"].conflict.choices
        }

    @property
    def taken(self) -> dict[str, tuple]:
        return {
            each.label: (words(each.was), words(each.theirs))
            for each in self.response.context["desk"].conflict.taken
        }

    def answers(self, answer: str) -> dict[str, str]:
        choices = self.response.context["desk"].conflict.choices
        return {each.name.replace("/", "__"): answer for each in choices}


def words(version) -> str | None:
    if version is None:
        return None
    return "; ".join(f"{e.label}: {e.text}" if e.label else e.text for e in version)


def edit(room, claim, **changes):
    """Somebody else saves the claim."""
    claim.refresh_from_db()
    return actions.edit(claim.pk, actor=room.editor, version=claim.version, **changes)


def say(room, claim, **text):
    return edit(room, claim, texts={"en": text})


def text_of(claim, language: str = "en"):
    return claim.texts.get(language=language)


def test_what_only_one_side_changed_is_put_together_and_shown_before_it_is_saved(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs")
    assert mine.save(unknowns_en="Mine") == 409
    assert mine.choices == {}
    assert mine.taken == {"Statement (English)": ("As it was", "Theirs")}
    assert (mine.typed("statement_en"), mine.typed("unknowns_en")) == ("Theirs", "Mine")
    assert "Look at it, then save again." in shown(mine.response)
    # Seen by nobody yet, saved by nobody yet.
    assert text_of(claim).unknowns == ""
    assert mine.save() == 302
    assert (text_of(claim).statement, text_of(claim).unknowns) == ("Theirs", "Mine")


def test_a_value_that_both_changed_waits_for_a_choice(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs")
    assert mine.save(statement_en="Mine", unknowns_en="Also mine") == 409
    assert mine.choices == {"Statement (English)": ("As it was", "Theirs", "Mine")}
    assert mine.typed("statement_en") == "Mine"
    # Nothing is chosen for the person, and without a choice nothing is saved.
    assert "choice/statement_en" not in mine.data
    assert mine.save(unknowns_en="More of mine") == 409
    assert "Choose one of the two." in shown(mine.response)
    assert mine.typed("unknowns_en") == "More of mine"
    assert mine.choices == {"Statement (English)": ("As it was", "Theirs", "Mine")}
    assert mine.save(choice__statement_en="neither") == 409
    assert text_of(claim).statement == "Theirs"
    assert mine.save(choice__statement_en="mine") == 302
    assert (text_of(claim).statement, text_of(claim).unknowns) == ("Mine", "More of mine")


def test_the_choice_of_theirs_leaves_their_text_and_the_rest_of_mine(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs")
    mine.save(statement_en="Mine", unknowns_en="Also mine")
    assert mine.save(choice__statement_en="theirs") == 302
    assert (text_of(claim).statement, text_of(claim).unknowns) == ("Theirs", "Also mine")


def test_whoever_chooses_mine_may_write_a_third_text(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs")
    mine.save(statement_en="Mine")
    assert mine.save(choice__statement_en="mine", statement_en="Of both") == 302
    assert text_of(claim).statement == "Of both"


def test_a_text_typed_after_theirs_was_chosen_is_not_thrown_away(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs")
    mine.save(statement_en="Mine")
    assert mine.save(choice__statement_en="theirs", statement_en="Typed since") == 409
    assert "You chose theirs, but then changed yours." in shown(mine.response)
    assert mine.typed("statement_en") == "Typed since"
    assert mine.save(choice__statement_en="theirs") == 302
    assert text_of(claim).statement == "Theirs"


def test_both_to_the_same_is_no_conflict(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Agreed")
    assert mine.save(statement_en="Agreed ") == 409
    assert (mine.choices, mine.taken) == ({}, {})
    assert "only the version moved on" in shown(mine.response)
    assert mine.save() == 302


def test_an_answer_given_stays_while_another_is_missing(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs", reason="Their reason.")
    mine.save(statement_en="Mine", reason_en="My reason.")
    assert mine.save(choice__statement_en="theirs") == 409
    # Theirs is ticked, but mine still stands in the form: it can be thought over.
    assert mine.typed("choice/statement_en") == "theirs"
    assert mine.typed("statement_en") == "Mine"
    assert mine.save(choice__reason_en="mine") == 302
    assert (text_of(claim).statement, text_of(claim).reason) == ("Theirs", "My reason.")


def test_a_second_round_begins_when_somebody_saves_while_one_chooses(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs", reason="Their reason.")
    mine.save(statement_en="Mine", reason_en="My reason.", unknowns_en="Also mine")
    say(newsroom, claim, statement="Theirs again", would_change="A second count.")
    # An answer about a text that is gone does not count; one about a text that stands does.
    both = {"choice__statement_en": "mine", "choice__reason_en": "mine"}
    assert mine.save(**both) == 409
    assert mine.choices == {
        "Statement (English)": ("As it was", "Theirs again", "Mine"),
        "Reason for the confidence (English)": ("One origin.", "Their reason.", "My reason."),
    }
    assert mine.taken == {"What would change this (English)": ("", "A second count.")}
    assert "This was changed once more. Choose again." in shown(mine.response)
    assert "choice/statement_en" not in mine.data
    assert mine.typed("choice/reason_en") == "mine"
    assert mine.save(choice__statement_en="theirs") == 302
    text = text_of(claim)
    assert (text.statement, text.reason) == ("Theirs again", "My reason.")
    assert (text.unknowns, text.would_change) == ("Also mine", "A second count.")


def test_a_refused_form_amid_a_conflict_keeps_all_that_was_typed_and_chosen(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs", reason="Their reason.")
    assert mine.save(statement_en="Mine", reason_en="My reason.") == 409
    chosen = {"choice__statement_en": "mine", "choice__reason_en": "theirs"}
    assert mine.save(**chosen, attribution_en="bell\x07", unknowns_en="Much") == 422
    assert mine.typed("statement_en") == "Mine"
    assert mine.typed("reason_en") == "Their reason."
    assert mine.typed("attribution_en") == "bell\x07"
    assert mine.typed("unknowns_en") == "Much"
    assert mine.save(attribution_en="critics") == 302
    text = text_of(claim)
    assert (text.statement, text.reason, text.unknowns) == ("Mine", "Their reason.", "Much")


def test_a_stale_and_wrong_form_is_told_both(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, unknowns="Theirs")
    assert mine.save(statement_en="x" * 501) == 409
    assert "at most 500 characters" in shown(mine.response)
    assert mine.typed("statement_en") == "x" * 501
    assert mine.typed("unknowns_en") == "Theirs"


# Rows.


def figures(room, *labels: str):
    rows = [{"labels": {"en": label}, "value": number} for number, label in enumerate(labels, 1)]
    return room.draft("As it was", figures=rows), rows


def kept(claim, **changes):
    """The claim's figures as they are, with changes by label; None takes one out."""
    rows = []
    for figure in claim.figures.all():
        change = changes.pop(figure.labels["en"], {})
        if change is not None:
            row = {"id": figure.pk, "labels": figure.labels, "value": figure.value}
            rows.append({**row, **change})
    return rows


def values(claim) -> dict[str, int]:
    return {figure.labels["en"]: int(figure.value) for figure in claim.figures.all()}


def test_rows_are_matched_by_id_and_merged_unit_by_unit(newsroom):
    claim, _rows = figures(newsroom, "one", "two", "three")
    mine = Editing.of(newsroom.reporter, claim)
    theirs = kept(claim, one=None, two={"value": 20}, three={"bound": "about"})
    edit(newsroom, claim, figures=[*theirs, {"labels": {"en": "theirs"}, "value": 5}])
    typed = {"figures-2-value": "30", "figures-3-labels_en": "mine", "figures-3-value": "4"}
    assert mine.save(**typed) == 409
    assert mine.choices == {}
    assert mine.taken == {
        "Figures": ("Label (English): one; Kind: Amount; Meant as: exactly; Value: 1", None),
        "Figures, row 1: Value": ("2", "20"),
        "Figures, row 2: Meant as": ("exactly", "about"),
        "Figures, row 3": (
            None,
            "Label (English): theirs; Kind: Amount; Meant as: exactly; Value: 5",
        ),
    }
    assert mine.save() == 302
    assert values(claim) == {"two": 20, "three": 30, "theirs": 5, "mine": 4}
    assert claim.figures.get(labels__en="three").bound == "about"


@pytest.mark.parametrize(
    ("answer", "expected"), [("mine", {"one": 10}), ("theirs", {"two": 20, "three": 30})]
)
def test_a_row_taken_out_by_one_and_changed_by_the_other_is_chosen(newsroom, answer, expected):
    claim, _rows = figures(newsroom, "one", "two", "three")
    mine = Editing.of(newsroom.reporter, claim)
    edit(newsroom, claim, figures=kept(claim, one=None, two={"value": 20}, three={"value": 30}))
    typed = {"figures-0-value": "10", "figures-1-DELETE": "on", "figures-2-DELETE": "on"}
    assert mine.save(**typed) == 409
    assert mine.taken == {}
    by_label = {each.label: each for each in mine.response.context["desk"].conflict.choices}
    assert by_label["Figures, row 3"].theirs is None
    assert by_label["Figures, row 1"].mine is None and by_label["Figures, row 2"].mine is None
    assert mine.save() == 409
    assert mine.save(**mine.answers(answer)) == 302
    assert values(claim) == expected


def test_a_row_kept_against_their_taking_out_survives_a_refusal(newsroom):
    claim, _rows = figures(newsroom, "one")
    mine = Editing.of(newsroom.reporter, claim)
    edit(newsroom, claim, figures=[])
    mine.save(**{"figures-0-value": "10"})
    assert mine.save(**mine.answers("mine"), reason_en="") == 422
    assert mine.typed("figures-0-value") == "10"
    assert mine.save(reason_en="One origin.") == 302
    assert values(claim) == {"one": 10}


def test_rows_that_were_taken_out_by_choice_stay_out_after_a_refusal(newsroom):
    claim, _rows = figures(newsroom, "one")
    mine = Editing.of(newsroom.reporter, claim)
    edit(newsroom, claim, figures=[])
    mine.save(**{"figures-0-value": "10"})
    assert mine.save(**mine.answers("theirs"), reason_en="") == 422
    assert mine.save(reason_en="One origin.") == 302
    assert values(claim) == {}


@pytest.mark.parametrize("without", ["", "base"])
def test_a_list_that_did_not_arrive_takes_no_row_out(newsroom, without):
    claim, _rows = figures(newsroom, "one", "two")
    mine = Editing.of(newsroom.reporter, claim)
    edit(newsroom, claim, figures=kept(claim, one={"value": 10}))
    mine.data = {
        name: value
        for name, value in mine.data.items()
        if not name.startswith("figures-") and name != without
    }
    assert mine.save() == 409
    assert mine.choices == {}
    assert mine.save() == 302
    assert values(claim) == {"one": 10, "two": 2}


def test_a_row_that_both_added_is_there_once(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    edit(newsroom, claim, figures=[{"labels": {"en": "same"}, "value": 7}])
    assert mine.save(**{"figures-0-labels_en": "same", "figures-0-value": "7.0"}) == 409
    assert (mine.choices, mine.taken) == ({}, {})
    assert mine.save() == 302
    assert values(claim) == {"same": 7}


def test_a_chain_of_relays_is_chosen_as_a_whole_and_named_in_words(newsroom):
    cited, first, second, third = (newsroom.source(f"Work {letter}") for letter in "ABCD")
    citation = {"source": cited, "relays": [first]}
    claim = newsroom.draft("As it was", citations=[citation])
    mine = Editing.of(newsroom.reporter, claim)
    row = {"id": claim.citations.get().pk, **citation}
    chain = [first, second, third, newsroom.source("Work E")]
    edit(newsroom, claim, citations=[{**row, "relays": chain}])
    assert mine.save(**{"citations-0-relay_1": str(third.pk)}) == 409
    (choice,) = mine.choices.values()
    assert choice == (
        "Passed on from (1): Work B",
        "Passed on from (1): Work B; Passed on from (2): Work C; Passed on from (3): Work D;"
        " Passed on from (4): Work E",
        "Passed on from (1): Work D",
    )
    assert mine.save(**mine.answers("theirs")) == 302
    relays = [str(relay.source) for relay in claim.citations.get().relays.all()]
    assert relays == ["Work B", "Work C", "Work D", "Work E"]


def test_a_long_chain_that_was_shortened_meanwhile_is_not_lost(newsroom):
    works = [newsroom.source(f"Work {letter}") for letter in "ABCDE"]
    citation = {"source": works[0], "relays": works[1:]}
    claim = newsroom.draft("As it was", citations=[citation])
    mine = Editing.of(newsroom.reporter, claim)
    row = {"id": claim.citations.get().pk, "source": works[0], "relays": works[1:2]}
    edit(newsroom, claim, citations=[row])
    assert mine.save(**{"citations-0-route_untold": "on"}) == 409
    assert mine.typed("citations-0-relay_4") == str(works[4].pk)
    assert mine.save(**mine.answers("mine")) == 302
    assert claim.citations.get().relays.count() == 4


def test_edges_are_merged_and_named_by_their_claims(newsroom):
    first, second = newsroom.draft("The first claim"), newsroom.draft("The second claim")
    claim = newsroom.rebuttal(first)
    mine = Editing.of(newsroom.reporter, claim)
    row = {"id": claim.rebuts.get().pk, "target": second, "ground": "undercut", "opposer": "us"}
    edit(newsroom, claim, rebuts=[row])
    assert mine.save(**{"rebuts-0-ground": "rebut"}) == 409
    assert mine.choices == {}
    taken = mine.taken
    assert taken["What it rebuts, row 1: Claim it rebuts"] == (
        "The first claim",
        "The second claim",
    )
    assert mine.save() == 302
    edge = claim.rebuts.get()
    assert (edge.target, edge.ground, edge.opposer) == (second, "rebut", "us")


def test_more_rows_than_fit_are_all_shown_and_none_is_lost(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    theirs = [{"language": "en", "text": f"Their wording {n}"} for n in range(20)]
    edit(newsroom, claim, wordings=theirs)
    typed = {f"wordings-{n}-text": f"My wording {n}" for n in range(20)}
    typed |= {f"wordings-{n}-language": "en" for n in range(20)}
    assert mine.save(**typed, **{"wordings-TOTAL_FORMS": "20"}) == 409
    found = [values[0] for name, values in mine.data.items() if name.endswith("-text")]
    assert {f"Their wording {n}" for n in range(20)} <= set(found)
    assert {f"My wording {n}" for n in range(20)} <= set(found)
    assert mine.save() == 422


# Languages and rights.


def test_a_text_taken_out_meanwhile_keeps_its_place_through_every_answer(newsroom):
    chinese = {"statement": "下载了", "unknowns": "不详"}
    claim = newsroom.draft("As it was", texts={"zh": chinese})
    mine = Editing.of(newsroom.reporter, claim)
    gone = {"statement": "", "unknowns": ""}
    edit(newsroom, claim, texts={"zh": gone})
    assert mine.save(unknowns_zh="很不详") == 409
    assert mine.choices == {"What we don’t know (zh)": ("不详", "", "很不详")}
    assert mine.taken == {"Statement (zh)": ("下载了", "")}
    assert mine.save(choice__unknowns_zh="mine") == 422
    assert "Write the statement in this language too" in shown(mine.response)
    assert mine.typed("unknowns_zh") == "很不详"
    assert mine.save(statement_zh="没人下载了") == 302
    assert text_of(claim, "zh").unknowns == "很不详"


def test_what_a_reporter_may_not_set_is_told_and_not_asked(newsroom):
    firm = newsroom.party("The firm")
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    edit(newsroom, claim, fields={"allegation_about": firm})
    forged = {"allegation_about": "", "unknowns_en": "Mine"}
    assert mine.save(**forged) == 409
    assert mine.choices == {}
    assert mine.taken == {"Allegation about": ("", "The firm")}
    assert mine.save(allegation_about="") == 302
    claim.refresh_from_db()
    assert claim.allegation_about == firm
    assert text_of(claim).unknowns == "Mine"


def test_a_claim_suppressed_meanwhile_shows_nothing_of_what_it_was(newsroom):
    claim = newsroom.published("Forbidden words")
    mine = Editing.of(newsroom.reporter, claim)
    suppress(newsroom, claim)
    assert mine.save(unknowns_en="Mine") == 403
    assert "Forbidden words" not in shown(mine.response)


def suppress(room, claim):
    claim.refresh_from_db()
    known = {"version": claim.version, "reason": "A court order."}
    actions.request_suppression(claim.pk, actor=room.publisher, **known)
    actions.suppress(claim.pk, actor=room.second_publisher, **known)


def test_a_save_that_is_overtaken_while_it_is_saved_is_a_conflict_too(newsroom, monkeypatch):
    """The version moves between the look at it and the lock."""
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    perform = ClaimAdmin.perform

    def overtaken(self, *given):
        monkeypatch.setattr(ClaimAdmin, "perform", perform)
        say(newsroom, claim, statement="Theirs", unknowns="Theirs too")
        return perform(self, *given)

    monkeypatch.setattr(ClaimAdmin, "perform", overtaken)
    assert mine.save(statement_en="Mine") == 409
    assert mine.choices == {"Statement (English)": ("As it was", "Theirs", "Mine")}
    assert mine.typed("unknowns_en") == "Theirs too"
    assert mine.save(choice__statement_en="mine") == 302
    assert text_of(claim).statement == "Mine"


def test_a_save_overtaken_by_a_suppression_is_refused(newsroom, monkeypatch):
    claim = newsroom.published("Forbidden words")
    mine = Editing.of(newsroom.reporter, claim)
    perform = ClaimAdmin.perform

    def overtaken(self, *given):
        suppress(newsroom, claim)
        return perform(self, *given)

    monkeypatch.setattr(ClaimAdmin, "perform", overtaken)
    assert mine.save(unknowns_en="Mine") == 409
    assert "suppressed by law" in shown(mine.response)


# What the form was opened on.


@pytest.mark.parametrize("base", ["", "garbled", "a:b:c", "\x00", "é" * 50, ".eJw:1:2"])
def test_without_a_readable_past_every_difference_is_a_choice(newsroom, base):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, unknowns="Theirs")
    assert mine.save(base=base, statement_en="Mine") == 409
    assert mine.choices == {
        "Statement (English)": (None, "As it was", "Mine"),
        "What we don’t know (English)": (None, "Theirs", ""),
    }
    assert mine.taken == {}
    assert "This is not known any more." in shown(mine.response)
    assert mine.save(choice__statement_en="mine") == 409
    assert mine.save(choice__unknowns_en="theirs") == 302
    assert (text_of(claim).statement, text_of(claim).unknowns) == ("Mine", "Theirs")


def test_without_a_past_a_row_of_theirs_is_asked_about(newsroom):
    claim, _rows = figures(newsroom, "one")
    mine = Editing.of(newsroom.reporter, claim)
    edit(newsroom, claim, figures=[*kept(claim), {"labels": {"en": "theirs"}, "value": 5}])
    assert mine.save(base="") == 409
    assert list(mine.choices) == ["Figures"]
    assert mine.save() == 409
    assert mine.save(**mine.answers("theirs")) == 302
    assert values(claim) == {"one": 1, "theirs": 5}


def test_the_past_of_another_record_or_version_is_not_believed(newsroom):
    claim, other = newsroom.draft("As it was"), newsroom.draft("Another")
    mine, elsewhere = (Editing.of(newsroom.reporter, each) for each in (claim, other))
    say(newsroom, claim, statement="Theirs")
    assert mine.save(base=elsewhere.typed("base")) == 409
    assert list(mine.choices) == ["Statement (English)"]
    fresh = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs again")
    stale_base, newest = fresh.typed("base"), Editing.of(newsroom.reporter, claim).typed("version")
    assert fresh.save(base=stale_base, version=newest, statement_en="Mine") == 409


def test_a_choice_that_waits_cannot_be_skipped_by_a_garbled_past(newsroom):
    claim = newsroom.draft("As it was")
    mine = Editing.of(newsroom.reporter, claim)
    say(newsroom, claim, statement="Theirs")
    mine.save(statement_en="Mine")
    assert mine.save(base="garbled") == 409
    assert mine.choices == {"Statement (English)": (None, "Theirs", "Mine")}
    assert text_of(claim).statement == "Theirs"


def test_a_form_with_sixty_citations_carries_its_past_within_the_limit(newsroom, settings):
    """Every list full and long texts: the past is there, and the whole form can be sent."""
    source = newsroom.first_source()
    citations = [
        {
            "source": source,
            "quotation": f"인용문 {n} " + "가나다라마바사 " * 40,
            "locator": f"p. {n}",
        }
        for n in range(60)
    ]
    claim = newsroom.draft("As it was", citations=citations)
    mine = Editing.of(newsroom.reporter, claim)
    assert len(mine.typed("base")) < 100_000 < settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    say(newsroom, claim, unknowns="Theirs")
    assert mine.save(**{"citations-59-locator": "page 60"}) == 409
    assert list(mine.taken) == ["What we don’t know (English)"]
    assert mine.save() == 302
    assert claim.citations.filter(locator="page 60").count() == 1


def test_a_conflict_over_many_rows_takes_as_many_queries_as_over_one(newsroom):
    def queries(number: int) -> int:
        source = newsroom.first_source()
        rows = [{"source": source, "quotation": f"as quoted {n}"} for n in range(number)]
        claim = newsroom.draft(f"Cited {number} times", citations=rows)
        mine = Editing.of(newsroom.reporter, claim)
        theirs = [
            {"id": row.pk, "source": source, "quotation": f"Theirs {row.pk}"}
            for row in claim.citations.all()
        ]
        edit(newsroom, claim, citations=theirs)
        typed = {f"citations-{n}-quotation": f"Mine {n}" for n in range(number)}
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert mine.save(**typed) == 409
        assert len(mine.choices) == number
        return len(captured)

    assert queries(1) == queries(11)


# Parties, sources, topics.


def test_a_party_is_merged(newsroom):
    party = newsroom.party("Before", ko="이전")
    mine = Editing.of(newsroom.reporter, party)
    theirs = {"en": "Theirs", "ko": "이전"}
    save_party(newsroom, party, PartyKind.PERSON, theirs)
    assert mine.save(name_en="Mine", name_ko="나중") == 409
    assert mine.choices == {"Name (English)": ("Before", "Theirs", "Mine")}
    assert mine.taken == {"Kind": ("Organisation", "Person")}
    save_party(newsroom, party, PartyKind.PERSON, {**theirs, "ko": "또 다른"})
    assert mine.save(choice__name_en="theirs") == 409
    assert mine.choices["Name (Korean)"] == ("이전", "또 다른", "나중")
    assert mine.save(choice__name_en="theirs", choice__name_ko="mine") == 302
    party.refresh_from_db()
    assert party.kind == PartyKind.PERSON
    names = {name.language: name.name for name in party.names.all()}
    assert names == {"en": "Theirs", "ko": "나중"}


def save_party(room, party, kind, names):
    party.refresh_from_db()
    known = {"party_id": party.pk, "version": party.version}
    actions.save_party(actor=room.editor, kind=kind, names=names, **known)


def test_a_source_is_merged_and_its_date_goes_with_its_precision(newsroom):
    press, other = newsroom.party("The Press"), newsroom.party("Another Press")
    source = newsroom.source("Before", publisher=press)
    mine = Editing.of(newsroom.reporter, source)
    theirs = {"publisher": other, "published_on": "2025-07-01", "date_precision": "month"}
    actions.save_source(
        actor=newsroom.editor, source_id=source.pk, version=source.version, fields=theirs
    )
    typed = {"published_on": "2025-07-24", "date_precision": "day", "title": "Mine", "seen": []}
    assert mine.save(**typed) == 409
    (choice,) = mine.choices.items()
    assert choice[0] == "Published on"
    assert "July 1, 2025" in choice[1][1] or "1 July 2025" in choice[1][1]
    assert mine.taken == {"Publisher": ("The Press", "Another Press")}
    assert mine.save(choice__published_on="theirs") == 302
    source.refresh_from_db()
    assert (source.title, source.publisher, source.seen) == ("Mine", other, False)
    assert (str(source.published_on), source.date_precision) == ("2025-07-01", "month")


def test_a_topic_is_merged(newsroom):
    topic = newsroom.topic("Chips")
    mine = Editing.of(newsroom.reporter, topic)
    names = {"en": "Semiconductors"}
    actions.save_topic(actor=newsroom.editor, topic_id=topic.pk, version=topic.version, names=names)
    assert mine.save(names_en="Wafers", names_ko="반도체") == 409
    assert mine.choices == {"Name (English)": ("Chips", "Semiconductors", "Wafers")}
    assert mine.save(choice__names_en="theirs") == 302
    topic.refresh_from_db()
    assert topic.names == {"en": "Semiconductors", "ko": "반도체"}
