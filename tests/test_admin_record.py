"""The history as people read it: by action, in words, narrowed, exported; and lists without
counts."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, models
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.safestring import SafeString

from claims import actions
from claims.admin.history import pages
from claims.admin.history.export import CHUNK, COLUMNS, cell, table
from claims.admin.history.words import KEEPING, MODELS, Row
from claims.choices import Action, Operation, Record, Role
from claims.models import Claim, History, Party, Policy, Release
from tests.admin_client import address, shown, sign_in
from tests.rich_claim import rich_claim, suppress


@pytest.fixture
def told(newsroom):
    """A newsroom with two claims of two people behind it; (newsroom, one claim, another)."""
    one = newsroom.published("Usage is falling")
    other = newsroom.draft(
        "Usage falls",
        actor=newsroom.editor,
        fields={"language": "ko"},
        texts={
            "ko": {"statement": "이용률이 떨어진다", "attribution": "비평가", "reason": "하나뿐."}
        },
    )
    return newsroom, one, other


def entries_on(response) -> list[int]:
    """The numbers of the entries on a page of the history, in its order."""
    page = response.context["page"]
    return [
        row.entry.pk for deed in page.deeds for part in deed.parts for row in reversed(part.rows)
    ]


def audit(client: Client, **asked):
    return client.get(address("history_changelist"), asked)


# --- What it shows ------------------------------------------------------------------------------


def test_an_action_says_who_did_what_to_which_claim_why_and_from_where(newsroom):
    claim = newsroom.draft("Usage is falling")
    newsroom.submit(claim)
    claim.refresh_from_db()
    actions.request_changes(
        claim.pk,
        actor=newsroom.editor,
        version=claim.version,
        reason="A <b>second</b> source, please.",
        request="POST /admin/here/",
    )
    response = audit(sign_in(newsroom.publisher), action="request_changes")
    (deed,) = response.context["page"].deeds
    page = response.content.decode()
    assert "A &lt;b&gt;second&lt;/b&gt; source, please." in page
    assert "POST /admin/here/" in page and "Request changes" in page and ">editor<" in page
    link = f'<a href="{address("claim_change", claim.pk)}" lang="en" dir="auto">Usage is falling<'
    assert link in page
    assert timezone.localtime(deed.first.at).strftime("%H:%M:%S") in deed.moment
    (row,) = deed.parts[0].rows
    (state,) = [each for each in row.differences if each.label == "State"]
    assert (state.before[0].words, state.after[0].words) == ("In review", "Changes requested")


def test_references_are_names_and_the_columns_have_labels(newsroom):
    party = newsroom.party("QuestMobile", ko="퀘스트모바일")
    newsroom.draft(fields={"claimant": party, "confidence": "moderate"})
    page = audit(sign_in(newsroom.editor), action="record_claim")
    words = shown(page)
    assert (
        f'<a href="{address("party_change", party.pk)}" lang="en" dir="auto">QuestMobile</a>'
        in (words)
    )
    assert "Claimant" in words and "Moderate" in words and "claimant_id</dt>" not in words


def test_the_history_speaks_korean_and_marks_what_is_written_in_which_language(told):
    room, _one, other = told
    client = sign_in(room.publisher)
    page = client.get(
        address("history_changelist"), {"claim": other.public_id}, headers={"accept-language": "ko"}
    )
    words = page.content.decode()
    assert 'lang="ko" dir="auto">이용률이 떨어진다' in words
    assert "초안" in words or "작성" in words  # a state in Korean words


def test_long_texts_are_shortened_with_the_whole_beside(newsroom):
    newsroom.draft(text={"reason": "Because. " * 60})
    page = shown(audit(sign_in(newsroom.editor), action="record_claim"))
    assert "The whole text" in page and "Because. " * 50 in page


def test_what_is_suppressed_is_told_without_its_words(newsroom):
    claim = newsroom.published("Something that the law forbids")
    suppress(newsroom, claim)
    page = shown(audit(sign_in(newsroom.editor), claim=claim.public_id))
    assert "emptied: the claim is suppressed by law" in page
    assert "Something that the law forbids" not in page


def sample(column: models.Field):
    """A value of a column as `to_jsonb` writes it."""
    if column.flatchoices:
        return column.flatchoices[0][0]
    for kind, value in (
        (models.ForeignKey, 1),
        (models.BooleanField, True),
        (models.DateTimeField, "2025-07-01T12:00:00.123456+00:00"),
        (models.DateField, "2025-07-01"),
        (models.DecimalField, 81110000.5),
        (models.IntegerField, 3),
        (models.JSONField, {"en": "words", "ko": "말"}),
        (models.UUIDField, "2f1d5e0a-0000-4000-8000-000000000000"),
    ):
        if isinstance(column, kind):
            return value
    return ["bcdfghjkmnpq"] if column.name == "first_rebuttals" else "words"


def entry_of(record: str, operation: str, before, after) -> History:
    entry = History(
        pk=1, at=timezone.now(), record=record, record_id=1, operation=operation, action="edit"
    )
    entry.before_text, entry.after_text = (
        None if each is None else json.dumps(each) for each in (before, after)
    )
    return entry


def told_on_a_page(room, *entries: History) -> SafeString:
    page = pages.Page(pages.told([list(entries)], room.admin))
    return render_to_string("admin/claims/_actions_told.html", {"page": page, "here": "/"})


def test_every_record_has_its_model():
    assert set(MODELS) == set(Record)


@pytest.mark.parametrize("record", Record)
@pytest.mark.parametrize("operation", Operation)
def test_every_kind_of_row_is_told(newsroom, record, operation):
    columns = MODELS[record]._meta.concrete_fields
    filled = {each.column: sample(each) for each in columns}
    empty = dict.fromkeys(filled)
    before = {"insert": None, "update": empty, "delete": filled}[operation]
    after = {"insert": filled, "update": filled, "delete": None}[operation]
    row = Row(entry_of(record, operation, before, after), *map(json.dumps, (before, after)))
    labels = {name for name, *_values in row.columns()}
    assert labels == set(filled) - KEEPING - {
        each.column for each in columns if filled[each.column] in (None, "")
    }
    assert "row-told" in told_on_a_page(newsroom, entry_of(record, operation, before, after))


@pytest.mark.parametrize("value", [1, 2.5, "x", True, [], [1, "a"], {"a": 1}, {"en": "x"}, "0000"])
@pytest.mark.parametrize("record", Record)
def test_what_no_model_knows_is_shown_as_it_is(newsroom, record, value):
    odd = {each.column: value for each in MODELS[record]._meta.concrete_fields}
    page = told_on_a_page(newsroom, entry_of(record, "update", {}, {**odd, "bygone": "=as it was"}))
    assert "<code>bygone</code>" in page and "=as it was" in page


def test_an_unknown_kind_of_row_is_told_too(newsroom):
    page = told_on_a_page(newsroom, entry_of("gone", "update", {"a": 1}, {"a": 2}))
    assert "<code>a</code>" in page


def test_numbers_keep_their_last_digit(newsroom):
    entry = entry_of("figure", "insert", None, {})
    entry.after_text = '{"value": 123456789012345678.123456}'
    assert "123456789012345678.123456" in told_on_a_page(newsroom, entry)


def test_the_history_is_made_of_every_kind_of_thing(newsroom, settings):
    settings.VERDICT_SCALE = "snu"
    rich_claim(newsroom)
    client = sign_in(newsroom.publisher)
    seen = set()
    for record in entries_of_all_pages(client):
        seen.add(record)
    assert seen == set(History.objects.values_list("pk", flat=True))


# --- Narrowing it -------------------------------------------------------------------------------


def day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()


NARROWED = {
    "person": lambda room, one, other: (
        {"person": room.editor.pk},
        lambda entry: entry.actor == "editor",
    ),
    "number": lambda room, one, other: (
        {"claim": one.pk},
        lambda entry: entry.claim_id == one.pk,
    ),
    "public id": lambda room, one, other: (
        {"claim": f" {other.public_id} "},
        lambda entry: entry.claim_id == other.pk,
    ),
    "reader's address": lambda room, one, other: (
        {"claim": f"https://example.org/en/claims/{one.public_id}/editions/1/?x=1"},
        lambda entry: entry.claim_id == one.pk,
    ),
    "admin's address": lambda room, one, other: (
        {"claim": f"http://localhost{address('claim_change', one.pk)}"},
        lambda entry: entry.claim_id == one.pk,
    ),
    "action": lambda room, one, other: (
        {"action": "approve"},
        lambda entry: entry.action == "approve",
    ),
    "today": lambda room, one, other: (
        {"since": day(timezone.now()), "until": day(timezone.now())},
        lambda entry: day(entry.at) == day(timezone.now()),
    ),
    "before today": lambda room, one, other: (
        {"until": day(timezone.now() - timedelta(days=1))},
        lambda entry: day(entry.at) < day(timezone.now()),
    ),
    "after today": lambda room, one, other: (
        {"since": day(timezone.now() + timedelta(days=1))},
        lambda entry: False,
    ),
    "all at once": lambda room, one, other: (
        {"person": room.reporter.pk, "claim": one.pk, "action": "submit", "since": "2025-01-01"},
        lambda entry: (entry.actor, entry.action) == ("reporter", "submit"),
    ),
    "nothing": lambda room, one, other: ({}, lambda entry: True),
    "one action": lambda room, one, other: (
        {"change": str(History.objects.filter(action="approve").latest("id").change)},
        lambda entry: entry.action == "approve",
    ),
}


@pytest.mark.parametrize("name", NARROWED)
def test_the_history_is_narrowed(told, name):
    asked, fits = NARROWED[name](*told)
    response = audit(sign_in(told[0].publisher), **asked)
    expected = {entry.pk for entry in History.objects.all() if fits(entry)}
    assert set(entries_on(response)) == expected
    assert name in ("before today", "after today") or expected
    exported = read(sign_in(told[0].publisher).get(address("history_export"), asked))
    assert len(exported) == len(expected)


def test_the_control_the_narrowed_history_is_smaller(told):
    assert all(
        0 < History.objects.filter(**part).count() < History.objects.count()
        for part in ({"actor": "editor"}, {"claim_id": told[1].pk}, {"action": "approve"})
    )


GARBLED = [
    ({"person": "99999"}, "Select a valid choice"),
    ({"person": "x"}, "Select a valid choice"),
    ({"claim": "999999999"}, "No claim has this address, id or number."),
    ({"claim": "9" * 30}, "No claim has this address, id or number."),
    ({"claim": "'; DROP TABLE"}, "No claim has this address, id or number."),
    ({"claim": "x" * 301}, "at most 300 characters"),
    ({"since": "2025-02-30"}, "Enter a valid date."),
    ({"since": "0001-01-01"}, "greater than or equal to"),
    ({"until": "9999-12-31"}, "less than or equal to"),
    ({"since": "2025-02-02", "until": "2025-02-01"}, "The last day cannot lie before the first."),
    ({"action": "dance"}, "Select a valid choice"),
    ({"change": "x"}, "There is no such action in the history."),
    ({"before": "x"}, "This place in the history is not known."),
    ({"before": "-1"}, "greater than or equal to 1"),
    ({"before": "9" * 40}, "less than or equal to"),
    ({"before": "999999999"}, "This place in the history is not known."),
]


@pytest.mark.parametrize(("asked", "sentence"), GARBLED)
@pytest.mark.parametrize("name", ["history_changelist", "history_export"])
def test_what_is_garbled_is_refused_kindly_and_kept(told, name, asked, sentence):
    response = sign_in(told[0].publisher).get(address(name), {**asked, "reason": "x"})
    page = shown(response)
    assert response.status_code == 422
    assert sentence in page
    for field, value in asked.items():
        if field in ("claim", "since", "until"):
            assert f'value="{value}"' in page


def test_a_record_refuses_a_garbled_place(told):
    client = sign_in(told[0].publisher)
    for before in ("x", "-1", "9" * 40, "999999999"):
        response = client.get(address("claim_history", told[1].pk), {"before": before})
        assert response.status_code == 422


# --- A page at a time ---------------------------------------------------------------------------


def entries_of_all_pages(client: Client, url: str | None = None, **asked) -> list[int]:
    found, before = [], {}
    while True:
        response = client.get(url or address("history_changelist"), {**asked, **before})
        found += entries_on(response)
        older = response.context["page"].older
        if older is None:
            return found
        before = {"before": older}


@pytest.mark.parametrize(("rows", "deeds"), [(1, 1), (2, 9), (5, 2), (7, 100), (200, 1)])
@pytest.mark.parametrize("asked", [{}, {"since": "2020-01-01"}, {"person": "editor"}])
def test_paging_loses_nothing_and_repeats_nothing(told, monkeypatch, rows, deeds, asked):
    monkeypatch.setattr(pages, "ROWS", rows)
    monkeypatch.setattr(pages, "ACTIONS", deeds)
    room, one, _other = told
    room.publish(room.revise(one, statement="Usage fell"))
    wanted = History.objects.all()
    if "person" in asked:
        asked, wanted = {"person": room.editor.pk}, wanted.filter(actor="editor")
    found = entries_of_all_pages(sign_in(room.publisher), **asked)
    assert sorted(found, reverse=True) == list(wanted.order_by("-pk").values_list("pk", flat=True))
    assert len(found) == len(set(found))


def test_an_action_stays_whole_where_a_page_can_hold_it(told, monkeypatch):
    monkeypatch.setattr(pages, "ROWS", 8)
    before, seen = None, []
    client = sign_in(told[0].publisher)
    while True:
        response = audit(client, **({"before": before} if before else {}))
        page = response.context["page"]
        assert not page.is_cut
        seen += [deed.first.change for deed in page.deeds if deed.first.change]
        if (before := page.older) is None:
            break
    assert len(seen) == len(set(seen)) > 3


def test_an_action_longer_than_a_page_says_that_it_goes_on(told, monkeypatch):
    monkeypatch.setattr(pages, "ROWS", 1)
    page = audit(sign_in(told[0].publisher), action="record_claim")
    assert page.context["page"].is_cut
    assert "The last action goes on among the older entries." in shown(page)


def test_two_actions_that_ran_at_once_are_shown_once_each(newsroom):
    def entry(number, change):
        made = entry_of("claim", "update", {"version": 1}, {"version": 2})
        made.pk, made.change = number, change
        return made

    runs = [[entry(4, "a")], [entry(3, "b")], [entry(2, "a")], [entry(1, "b")]]
    deeds = pages.told(runs, newsroom.admin)
    assert [[row.entry.pk for row in deed.parts[0].rows] for deed in deeds] == [[2, 4], [1, 3]]


def queries(client: Client, url: str, **asked) -> int:
    client.get(url)  # the first request notes where the session was seen
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url, asked).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    "asked",
    [
        {"action": "record_claim"},
        {"action": "publish"},
        {"action": "record_claim", "since": "2025-01-01"},
    ],
)
def test_the_number_of_queries_is_constant(newsroom, settings, asked):
    settings.VERDICT_SCALE = "snu"
    client, url = sign_in(newsroom.publisher), address("history_changelist")
    party, topic = newsroom.party("One"), newsroom.topic("One")
    citations = [{"source": newsroom.first_source(), "relays": [newsroom.source("Relayed")]}]

    def record(number: int, parts: int) -> None:
        for each in range(number):
            newsroom.publish(
                newsroom.draft(
                    f"Claim {number} {each}",
                    fields={"claimant": party},
                    topics=[topic],
                    citations=citations * parts,
                )
            )

    record(1, 1)
    one = queries(client, url, **asked)
    record(1, 11)
    assert queries(client, url, **asked) == one
    record(11, 1)
    assert queries(client, url, **asked) == one
    assert len(audit(client, **asked).context["page"].deeds) > 10


def test_a_claims_own_history_is_paged_at_a_constant_cost(told):
    room, one, _other = told
    client, url = sign_in(room.publisher), address("claim_history", one.pk)
    before = queries(client, url)
    for number in range(11):
        one.refresh_from_db()
        room.revise(one, statement=f"Usage fell to {number}")
    assert queries(client, url) == before


# --- The history of one record ------------------------------------------------------------------


def test_the_log_of_a_claim_shows_who_did_what_when(newsroom):
    claim = newsroom.published()
    actions.recheck(claim.pk, actor=newsroom.editor, version=claim.version)
    actions.comment(claim.pk, actor=newsroom.reporter, text="Only said in the conversation")
    newsroom.withdraw(claim)
    response = sign_in(newsroom.reporter).get(address("claim_history", claim.pk))
    did = [(deed.first.actor, deed.first.action) for deed in response.context["page"].deeds]
    assert did == [
        ("publisher", "withdraw"),
        ("editor", "recheck"),
        ("publisher", "publish"),
        ("editor", "approve"),
        ("reporter", "submit"),
        ("reporter", "record_claim"),
    ]
    page = shown(response)
    assert "Edition: recorded" in page and "Release: recorded" in page
    assert "Only said in the conversation" not in page


def test_a_partys_history_keeps_names_that_were_taken_out(newsroom):
    party = newsroom.party("Example", ko="옛이름")
    actions.save_party(
        actor=newsroom.editor,
        party_id=party.pk,
        version=Party.objects.get().version,
        kind=party.kind,
        names={"en": "Example", "ko": ""},
    )
    other = newsroom.party("Somebody else")
    page = shown(sign_in(newsroom.reporter).get(address("party_history", party.pk)))
    assert "옛이름" in page and "Name: taken out" in page
    assert "Somebody else" not in page and other.pk != party.pk


def test_a_persons_history_holds_their_roles(newsroom):
    person = newsroom.editor
    page = shown(sign_in(newsroom.admin).get(address("user_history", person.pk)))
    assert "Role of a person: recorded" in page and "Editor" in page
    assert sign_in(newsroom.publisher).get(address("user_history", person.pk)).status_code == 403


def test_every_record_of_decisions_has_its_history_and_page(newsroom):
    claim = newsroom.published()
    actions.recheck(claim.pk, actor=newsroom.editor, version=claim.version)
    newsroom.withdraw(claim, notice="We withdrew this claim.")
    client = sign_in(newsroom.reporter)
    for record in (
        *(claim.approvals.get(), claim.editions.get(), claim.rechecks.get()),
        *(*claim.releases.all(), Policy.objects.latest("id")),
    ):
        name = record._meta.model_name
        assert client.get(address(f"{name}_change", record.pk)).status_code == 200
        assert client.get(address(f"{name}_history", record.pk)).status_code == 200
        assert client.post(address(f"{name}_change", record.pk)).status_code == 403


def test_an_edition_is_shown_as_a_document_not_as_its_text(newsroom):
    claim = newsroom.published(text={"unknowns": "How it was counted."})
    page = shown(sign_in(newsroom.reporter).get(address("edition_change", claim.editions.get().pk)))
    assert "What we don’t know" in page and "How it was counted." in page
    assert '{"' not in page and claim.editions.get().digest in page


def test_a_release_shows_its_notice_in_its_languages(newsroom):
    claim = newsroom.published()
    newsroom.withdraw(claim, notice="We withdrew this claim.")
    release = Release.objects.get(kind="withdraw")
    page = shown(sign_in(newsroom.reporter).get(address("release_change", release.pk)))
    assert '<p lang="en" dir="auto">We withdrew this claim.</p>' in page


def test_an_entry_opens_with_the_rest_of_its_action(told):
    entry = History.objects.filter(action="record_claim").latest("id")
    response = sign_in(told[0].reporter).get(address("history_change", entry.pk))
    assert set(entries_on(response)) == set(
        History.objects.filter(change=entry.change).values_list("pk", flat=True)
    )


# --- Who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["history_changelist", "history_export"])
def test_who_may_read_the_history(told, name):
    room, url = told[0], address(name)
    for role in Role:
        assert sign_in(getattr(room, role.value)).get(url).status_code == 200, role
        assert sign_in(getattr(room, role.value)).post(url).status_code == 405, role
    assert sign_in(room.person("nobody")).get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_nobody_changes_the_history_through_its_screens(told):
    entry = History.objects.latest("id")
    client = sign_in(told[0].admin)
    assert client.get(address("history_add")).status_code == 403
    for tail in ("change", "delete"):
        assert client.post(address(f"history_{tail}", entry.pk)).status_code == 403


def test_only_who_manages_people_is_led_to_them(newsroom):
    newsroom.person("newcomer", "reporter")
    link = f'href="{address("user_change", newsroom.people["newcomer"].pk)}"'
    assert link in shown(audit(sign_in(newsroom.admin)))
    assert link not in shown(audit(sign_in(newsroom.publisher)))


# --- The export ---------------------------------------------------------------------------------


def read(response) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_export_is_the_table(told):
    response = sign_in(told[0].reporter).get(address("history_export"))
    assert response.streaming
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        f'attachment; filename="history-{timezone.localdate().isoformat()}.csv"'
    )
    rows = read(response)
    assert tuple(rows[0]) == COLUMNS
    ids = dict(Claim.objects.values_list("pk", "public_id"))
    for row, entry in zip(rows, History.objects.order_by("-pk"), strict=True):
        moment = datetime.fromisoformat(row["at"])
        assert moment == entry.at and moment.utcoffset() == timezone.localtime(moment).utcoffset()
        assert (row["actor"], row["action"], row["record"], row["operation"]) == (
            *(entry.actor, entry.action, entry.record, entry.operation),
        )
        assert row["record_number"] == str(entry.record_id)
        assert row["claim"] == ids.get(entry.claim_id, "")
        assert row["change"] == str(entry.change or "")
        for name in ("before", "after"):
            kept = getattr(entry, name)
            assert (json.loads(row[name]) if row[name] else None) == kept


def test_the_export_opens_in_korean(told):
    response = sign_in(told[0].reporter).get(address("history_export"))
    whole = b"".join(response.streaming_content)
    assert whole.startswith(b"\xef\xbb\xbf") and whole.count(b"\xef\xbb\xbf") == 1
    assert "이용률이 떨어진다".encode() in whole


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        ("a=1", "a=1"),
        (" =1", " =1"),
        ('{"a": "=1"}', '{"a": "=1"}'),
        (None, ""),
        (7, "7"),
        ("'x", "'x"),
    ],
)
def test_a_cell_is_no_formula(value, expected):
    assert cell(value) == expected


def test_no_formula_gets_into_the_export(newsroom):
    clever = newsroom.person("@SUM(A1)", "editor")
    claim = newsroom.submit(newsroom.draft())
    actions.request_changes(
        claim.pk, actor=clever, version=claim.version, reason="=HYPERLINK(1)", request="+POST"
    )
    rows = read(sign_in(newsroom.reporter).get(address("history_export")))
    (asked, *_others) = [row for row in rows if row["action"] == "request_changes"]
    assert asked["actor"] == "'@SUM(A1)"
    assert (asked["reason"], asked["request"]) == ("'=HYPERLINK(1)", "'+POST")
    assert not [
        text for row in rows for text in row.values() if text.startswith(("=", "+", "-", "@"))
    ]


@pytest.mark.parametrize("by_time", [False, True])
def test_the_export_goes_on_where_a_piece_ended(told, monkeypatch, by_time):
    monkeypatch.setattr("claims.admin.history.export.CHUNK", 3)
    pieces = list(table(History.objects.all(), by_time=by_time))
    rows = list(csv.reader(io.StringIO("".join(pieces[1:]), newline="")))
    assert len(rows) == History.objects.count()
    assert len(pieces) == 1 + -(-len(rows) // 3)
    assert CHUNK > 3
    moments = [datetime.fromisoformat(row[0]).astimezone(UTC) for row in rows]
    assert moments == sorted(moments, reverse=True)


def test_every_action_has_words_in_the_form(told):
    page = shown(audit(sign_in(told[0].publisher)))
    assert all(
        f'<option value="{action.value}">{action.label}</option>' in page for action in Action
    )
