"""The screens of merging and splitting: who finds what there, and what their buttons do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims import actions
from claims.choices import Role
from claims.models import Claim
from tests.admin_client import address, sent, shown, sign_in
from tests.rich_claim import rich_claim
from tests.test_merging import merge, split, suppress


@pytest.fixture
def twins(newsroom):
    one = newsroom.draft("Usage is falling", topics=[newsroom.topic("Ports")])
    two = newsroom.draft("Use goes down", citations=[{"source": newsroom.source("A study")}])
    return one, two, newsroom.rebuttal(one, "Embedded use is not counted")


def compare(one, two) -> str:
    return f"{address('claim_merge', one.pk)}?into={two.public_id}"


def test_a_claim_is_found_compared_and_merged(newsroom, twins):
    one, two, _counterclaim = twins
    client = sign_in(newsroom.editor)
    assert address("claim_merge", one.pk) in shown(client.get(address("claim_change", one.pk)))
    found = shown(client.get(address("claim_merge", one.pk) + "?q=DOWN+use"))
    assert f"?into={two.public_id}" in found and f"?into={one.public_id}" not in found
    page = client.get(compare(one, two))
    for words in (
        "What will happen",
        "Usage is falling",
        "as quoted",
        "Ports",
        "Embedded use is not counted",
        "The other way round",
    ):
        assert words in shown(page)
    answer = client.post(compare(one, two), sent(page))
    assert (answer.status_code, answer.url) == (302, address("claim_change", two.pk))
    screen = shown(client.get(answer.url))
    assert "“Usage is falling” is merged into “Use goes down”." in screen
    assert "Merged into this claim" in screen and address("claim_undo", one.pk) in screen
    screen = shown(client.get(address("claim_change", one.pk)))
    assert "Merged into" in screen and address("claim_change", two.pk) in screen
    assert "It rests as it is" in screen and '<button type="submit" class="default">' not in screen
    assert address("claim_merge", one.pk) not in screen
    listed = shown(client.get(address("claim_changelist")))
    assert listed.count("Merged</td>") == 1


def test_the_claim_that_stays_is_named_by_its_address_too(newsroom, twins):
    one, two, _counterclaim = twins
    client = sign_in(newsroom.editor)
    page = client.get(
        address("claim_merge", one.pk), {"into": f"https://example.org/en/claims/{two.public_id}/"}
    )
    assert page.status_code == 200 and "What will happen" in shown(page)


def test_a_search_shows_twenty_at_the_most_and_none_that_cannot_be_chosen(newsroom, twins):
    one, two, _counterclaim = twins
    merged, gone = newsroom.draft("Use goes down, merged"), newsroom.published("Use goes down too")
    merge(newsroom, merged, two)
    suppress(newsroom, gone)
    for n in range(25):
        newsroom.draft(f"Use goes down 100% {n}")
    client = sign_in(newsroom.editor)
    page = shown(client.get(address("claim_merge", one.pk), {"q": "use down"}))
    assert page.count("?into=") == 20
    assert merged.public_id not in page and gone.public_id not in page
    nothing = shown(client.get(address("claim_merge", one.pk), {"q": "use zeppelin"}))
    assert "Try fewer words." in nothing
    assert shown(client.get(address("claim_merge", one.pk), {"q": "100% 24"})).count("?into=") == 1


def test_what_cannot_be_merged_is_said_kindly(newsroom, twins):
    one, two, counterclaim = twins
    client = sign_in(newsroom.editor)

    def refusal(claim, into, status=422) -> str:
        answer = client.get(address("claim_merge", claim.pk), {"into": into})
        assert answer.status_code == status
        return shown(answer)

    assert "cannot be merged into itself" in refusal(one, one.public_id)
    assert "rebuts the other" in refusal(one, counterclaim.public_id)
    unknown = refusal(one, "nonsense")
    assert "no claim with this id or address" in unknown and 'value="nonsense"' in unknown
    merge(newsroom, one, two)
    assert "choose that one" in refusal(counterclaim, one.public_id)
    assert "merged into another" in refusal(one, counterclaim.public_id)
    assert client.get(address("claim_split", one.pk)).status_code == 403
    assert client.get(address("claim_rebuttal", one.pk)).status_code == 403
    assert client.get(address("claim_merge", 10**6)).status_code == 404
    assert client.get(address("claim_undo", 10**6)).status_code == 404
    assert client.get(address("claim_split", 10**6)).status_code == 404


@pytest.mark.parametrize("changed", [0, 1])
def test_a_stale_merge_is_shown_anew(newsroom, twins, changed):
    client, url = sign_in(newsroom.editor), compare(*twins[:2])
    data = sent(client.get(url))
    newsroom.revise(twins[changed], kind="", note="", statement="Changed meanwhile")
    stale = client.post(url, data)
    assert stale.status_code == 412 and "has changed since you opened it" in shown(stale)
    assert "Changed meanwhile" in shown(stale)
    assert client.post(url, sent(stale)).status_code == 302


@pytest.mark.parametrize("role", Role)
def test_editors_and_publishers_find_the_buttons(newsroom, twins, role):
    one, two, _counterclaim = twins
    made = split(newsroom, two)
    merged = newsroom.draft("Merged")
    merge(newsroom, merged, two)
    client = sign_in(getattr(newsroom, role.value))
    pages = [
        address("claim_merge", one.pk),
        compare(one, two),
        address("claim_split", one.pk),
        address("claim_undo", merged.pk),
    ]
    allowed = role in (Role.EDITOR, Role.PUBLISHER)
    before = Claim.objects.values_list("pk", "version", "merged_into")
    seen = sorted(before, key=str)
    for page in pages:
        assert client.get(page).status_code == (200 if allowed else 403)
        if not allowed:
            assert client.post(page, {"version": one.version}).status_code == 403
    assert sorted(before.all(), key=str) == seen
    screen = shown(client.get(address("claim_change", two.pk)))
    assert ("Split off from" in screen) is False
    for name, claim in (("merge", two), ("split", two), ("undo", merged)):
        assert (address(f"claim_{name}", claim.pk) in screen) is allowed
    screen = shown(client.get(address("claim_change", made.pk)))
    assert "Split off from" in screen
    assert (address("claim_undo", made.pk) in screen) is allowed


def test_a_claim_is_split_by_its_form(newsroom, settings):
    settings.VERDICT_SCALE = "snu"
    claim = rich_claim(newsroom)["claim"]
    client, url = sign_in(newsroom.editor), address("claim_split", claim.pk)
    data = sent(client.get(url))
    ids = {
        name: list(getattr(claim, name).order_by("id").values_list("pk", flat=True))
        for name in ("citations", "figures", "wordings", "rebuts", "rebuttals")
    }
    assert data[f"citations_{ids['citations'][0]}"] == ["stays"]
    suppressed = [n for n in ids["rebuttals"] if f"rebuttals_{n}" not in shown(client.get(url))]
    assert len(suppressed) == 1
    data |= {f"citations_{ids['citations'][0]}": "goes", f"figures_{ids['figures'][0]}": "both"}
    data |= {f"rebuttals_{ids['rebuttals'][0]}": "goes", "kept_en": "Downloads fell"}
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "Write the statement in the original language." in shown(refused)
    assert sent(refused)["kept_en"] == ["Downloads fell"]
    assert sent(refused)[f"citations_{ids['citations'][0]}"] == ["goes"]
    data |= {"statement_en": "Nobody downloads it", "statement_ko": "아무도 내려받지 않는다"}
    answer = client.post(url, data)
    made = Claim.objects.get(split_from=claim)
    assert (answer.status_code, answer.url) == (302, address("claim_change", made.pk))
    screen = shown(client.get(answer.url))
    assert "is a claim of its own now" in screen and "Undo the split" in screen
    assert made.citations.count() == 1 and claim.citations.count() == 2
    assert made.figures.count() == 1 and claim.figures.count() == 2
    assert made.rebuttals.count() == 1
    assert claim.texts.get(language="en").statement == "Downloads fell"
    assert made.texts.get(language="ko").statement == "아무도 내려받지 않는다"
    page = client.get(address("claim_undo", made.pk))
    assert "The split is taken back" in shown(page) and "Monthly downloads fell" in shown(page)
    assert client.post(address("claim_undo", made.pk), sent(page)).status_code == 302
    assert claim.citations.count() == 3


def test_a_stale_split_keeps_what_was_typed(newsroom, twins):
    one = twins[0]
    client, url = sign_in(newsroom.editor), address("claim_split", one.pk)
    data = sent(client.get(url)) | {"statement_en": "It is slow"}
    data |= {f"citations_{one.citations.get().pk}": "both"}
    newsroom.revise(one, kind="", note="", unknowns="How fast?")
    stale = client.post(url, data)
    assert stale.status_code == 412 and sent(stale)["statement_en"] == ["It is slow"]
    assert client.post(url, sent(stale)).status_code == 302
    assert Claim.objects.get(split_from=one).citations.count() == 1


def test_undo_says_what_it_takes_back(newsroom, twins):
    one, two, counterclaim = twins
    merge(newsroom, one, two)
    client, url = sign_in(newsroom.editor), address("claim_undo", one.pk)
    page = client.get(url)
    for words in (
        "Taken out again",
        "Usage is falling",
        "as quoted · A report",
        "Ports",
        "Changed back",
        "Embedded use is not counted → Usage is falling",
    ):
        assert words in shown(page), words
    answer = client.post(url, sent(page))
    assert (answer.status_code, answer.url) == (302, address("claim_change", one.pk))
    assert "Taken back" in shown(client.get(answer.url))
    assert counterclaim.rebuts.get().target == one
    # Once more there is nothing to undo, and the page says so.
    again = client.post(url, sent(page))
    assert again.status_code in (409, 412) and "no merge or split" in shown(again)


def test_undo_is_refused_with_a_reason(newsroom, twins):
    one, two, _counterclaim = twins
    merge(newsroom, one, two)
    edited = two.wordings.get()
    actions.edit(
        two.pk,
        actor=newsroom.editor,
        version=two.version,
        wordings=[{"id": edited.pk, "text": "Put otherwise"}],
    )
    client, url = sign_in(newsroom.editor), address("claim_undo", one.pk)
    refused = client.post(url, sent(client.get(url)))
    assert refused.status_code == 409 and "has been changed since" in shown(refused)


def test_publishing_offers_what_has_to_go_with_it(newsroom):
    room = newsroom
    one, two = room.published("Usage is falling"), room.published("Use goes down")
    counterclaim = room.rebuttal(one, "Embedded use is not counted")
    room.publish(counterclaim)
    merge(room, one, two)
    for claim in (two, counterclaim):
        room.revise(claim, kind="update")
        room.submit(claim)
        room.approve(claim, room.second_editor)
    client, url = sign_in(room.publisher), address("claim_step", two.pk, "publish")
    page = client.get(url)
    counterclaim.refresh_from_db()
    assert sent(page)["together"] == [f"{counterclaim.pk}:{counterclaim.version}"]
    assert "sent on to it" in shown(page) and "“Usage is falling”" in shown(page)
    alone = client.post(url, {**sent(page), "together": []})
    assert alone.status_code == 422 and "in the same step" in shown(alone)
    both = f"{address('claim_together')}?ids={two.pk}"
    page = client.get(both)
    values = {value.partition(":")[0] for value in sent(page)["claims"]}
    assert values == {str(two.pk), str(counterclaim.pk)}
    assert client.post(both, sent(page)).status_code == 302
    screen = shown(client.get(address("claim_change", one.pk)))
    assert "Readers are sent on to it." in screen and "Undo the merge" not in screen
    assert address("claim_undo", one.pk) not in shown(client.get(address("claim_change", two.pk)))


def test_an_edge_to_a_merged_claim_is_refused_beside_its_field(newsroom, twins):
    one, two, _counterclaim = twins
    third = newsroom.draft("It sinks")
    merge(newsroom, one, two)
    client, url = sign_in(newsroom.reporter), address("claim_change", third.pk)
    data = sent(client.get(url))
    data |= {"rebuts-0-target": one.public_id, "rebuts-0-ground": "rebut"}
    refused = client.post(url, data)
    assert refused.status_code == 422
    assert "That claim is merged into “Use goes down”: name that one." in shown(refused)
    data["rebuts-0-target"] = two.public_id
    assert client.post(url, data).status_code == 302


def test_the_screens_ask_as_often_for_eleven_as_for_one(newsroom):
    counts: dict[str, set[int]] = {}
    client = sign_in(newsroom.editor)
    client.get(address("claim_changelist"))
    for number in (1, 11):
        sources = [newsroom.source(f"Source {number}-{n}") for n in range(number)]
        targets = [newsroom.draft(f"Target {number}-{n}") for n in range(number)]
        one, two = (
            newsroom.draft(
                f"Said {number} {which}",
                citations=[
                    {"source": each, "quotation": which, "relays": [newsroom.first_source()]}
                    for each in sources
                ],
                topics=[newsroom.topic(f"Topic {number}{which}{n}") for n in range(number)],
                wordings=[{"language": "en", "text": f"{which} {n}"} for n in range(number)],
                rebuts=[{"target": each, "ground": which} for each in targets],
            )
            for which in ("rebut", "qualify")
        )
        for n in range(number):
            newsroom.rebuttal(one, f"Not so {n}")
        pages = {
            "compare": compare(one, two),
            "choose": address("claim_merge", one.pk) + f"?q=Target+{number}",
            "split": address("claim_split", one.pk),
        }
        for name, page in pages.items():
            counts.setdefault(name, set()).add(queries(client, page))
        merge(newsroom, one, two)
        for n in range(number - 1):
            merge(newsroom, newsroom.draft(f"Another {n}"), two)
        for name, page in (
            ("undo", address("claim_undo", one.pk)),
            ("merged", address("claim_change", one.pk)),
            ("stays", address("claim_change", two.pk)),
        ):
            counts.setdefault(name, set()).add(queries(client, page))
    assert all(len(found) == 1 for found in counts.values()), counts


def queries(client, page: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)
