"""More than five hundred unpublished things with canaries, looked for at every address in both
languages; and for each way in which such a thing could leak a seeded defect, which the same search
finds."""

import json
import re
import struct
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import Client

from claims.models import Approval, Claim, Comment, Release, Tip
from claims.public import data_views, embeds, records, registers
from claims.public.api.serializers import ClaimSerializer
from claims.public.records import Filters
from tests.attack.hiding import Hiding, Round, canary, hide, hide_behind, known_claims, staffed
from tests.attack.test_leaks import addresses_with, everything, readers_addresses

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])

KNOWN = (
    "A statement that readers know",
    "Known to readers too",
    "A house that readers know",
    "Taken back.",
    "We are <em>few</em>.",
)


@pytest.mark.slow
def test_of_five_hundred_unpublished_things_no_word_leaves_the_newsroom(newsroom_live):
    live = newsroom_live.published("A statement that readers know")
    hidden = hide(live, rounds=13)
    assert hidden.things.total() >= 500
    assert len(hidden.things) >= 20
    assert set(hidden.things.values()) >= {13}
    assert Tip.objects.filter(text__contains="canary").count() > 70
    seen = everything(readers_addresses([live, *hidden.claims]))
    for known in KNOWN:
        assert known in seen  # the control: what is published is found
    assert hidden.leaks(seen) == {}
    nothing_is_found(hidden)


def nothing_is_found(hidden: Hiding) -> None:
    """Search knows none of the words; and of one word of each kind its page says what it says of a
    word that nobody wrote."""
    client = Client()
    assert registers.found("readers", Filters(), after=None)[0]  # the control
    for kind, words in hidden.words.items():
        for word in words:
            assert registers.found(word, Filters(), after=None) == ([], None), kind
        for language in ("en", "ko"):
            never = canary()
            answers = [client.get(f"/{language}/search/?q={each}") for each in (words[0], never)]
            bodies = [each.content.replace(b"\r", b"") for each in answers]
            assert bodies[0].decode().replace(words[0], never) == bodies[1].decode(), kind
            headers = [{**each.headers, "ETag": ""} for each in answers]
            assert headers[0] == headers[1], kind
            assert answers[0].status_code == answers[1].status_code == 200


# --- What readers have already stays as it is -----------------------------------------------------

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
# What a picture needs to be seen; others hold words, dates, or whatever else.
PNG_CHUNKS = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def chunks(png: bytes) -> set[bytes]:
    """The types of what a PNG file is made of."""
    assert png.startswith(PNG_SIGNATURE)
    found, place = set(), len(PNG_SIGNATURE)
    while place < len(png):
        length, kind = struct.unpack(">I4s", png[place : place + 8])
        found.add(kind)
        place += length + 12
    return found


def answers_at(paths: list[str]) -> dict[str, tuple[int, bytes, dict[str, str]]]:
    """What is answered, but for when a form was opened."""
    client, found = Client(), {}
    for path in paths:
        response = client.get(path)
        body = re.sub(rb'name="opened" value="[^"]+"', b"", response.content)
        found[path] = (response.status_code, body, dict(response.headers))
    return found


def test_hidden_changes_change_no_byte_of_what_readers_have(newsroom_live):
    """Pages, pictures, feeds, cards, answers of the API: before and after there is something to
    hide behind each of these claims."""
    live = newsroom_live.published("A statement that readers know")
    here = Round(Hiding(), staffed(Hiding()), live)
    known, party = known_claims(here)
    here.site_page()  # which every footer names
    claims = [live, *known]
    paths = [path for claim in claims for path in addresses_with(claim.public_id, claims)]
    before = answers_at(paths)
    hide_behind(here, known, party)
    assert [path for path, answer in answers_at(paths).items() if answer != before[path]] == []
    drawn = [path for path in paths if path.endswith("/picture.png")]
    assert len(drawn) == 2 * 5
    for path in drawn:
        assert chunks(before[path][1]) <= PNG_CHUNKS
    # The control: what opens changes every picture of what it rebuts, and its page.
    newsroom_live.publish(newsroom_live.rebuttal(live, "Readers see this", confidence="high"))
    changed = {path for path, answer in answers_at(paths).items() if answer != before[path]}
    assert {path for path in drawn if live.public_id in path} <= changed
    assert f"/en/claims/{live.public_id}/" in changed


def test_a_word_written_into_a_picture_is_found():
    """Control of the test above."""
    words = b"Comment\0canary"
    text = struct.pack(">I4s", len(words), b"tEXt") + words + b"\0\0\0\0"
    end = struct.pack(">I4s", 0, b"IEND") + b"\0\0\0\0"
    assert chunks(PNG_SIGNATURE + text + end) == {b"tEXt", b"IEND"}


# --- Seeded defects: the search above finds each of these -----------------------------------------

Seed = Callable[[pytest.MonkeyPatch, Callable], None]


def a_view_that_reads_working_copies(patch, connect) -> None:
    read = records.edition_of

    def careless(row):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT claims_document(id) FROM claims_claim WHERE public_id = %s",
                [row.claim],
            )
            row.document = json.loads(cursor.fetchone()[0])
        return read(row)

    patch.setattr(records, "edition_of", careless)


def no_window_on_editions(patch, connect) -> None:
    connect("owner").execute("ALTER POLICY readers ON claims_publishededition USING (true)")


def an_api_field_too_many(patch, connect) -> None:
    say = ClaimSerializer.to_representation

    def careless(self, page):
        working_copy = Claim.objects.get(public_id=page.edition.claim)
        return {**say(self, page), "draft": [str(text) for text in working_copy.texts.all()]}

    patch.setattr(ClaimSerializer, "to_representation", careless)


def tips_among_the_data(patch, connect) -> None:
    """Who wrote to us about it, in the file for programs."""
    write = data_views.structured.download

    def careless(page, *more):
        tips = Tip.objects.filter(claim__public_id=page.edition.claim)
        return {**write(page, *more), "discussionUrl": [tip.contact for tip in tips]}

    patch.setattr(data_views.structured, "download", careless)


def a_comment_in_place_of_a_reason(patch, connect) -> None:
    """What was said in the newsroom, as the reason for the confidence: on pages, in feeds."""
    read = records.edition_of

    def careless(row):
        said = Comment.objects.filter(claim__public_id=row.claim).last()
        if said:
            row.document["texts"]["en"]["reason"] = said.text
        return read(row)

    patch.setattr(records, "edition_of", careless)


def who_approved_as_the_author(patch, connect) -> None:
    """oEmbed has a member for a name."""
    write = embeds.answer

    def careless(shown, *more):
        approver = Approval.objects.latest("id").approver
        return {**write(shown, *more), "author_name": approver.get_full_name()}

    patch.setattr(embeds, "answer", careless)


def a_reason_in_a_header(patch, connect) -> None:
    link = data_views.linked

    def careless(request, response, page, editions):
        release = Release.objects.exclude(reason="").latest("id")
        response["X-Last-Decision"] = release.reason
        return link(request, response, page, editions)

    patch.setattr(data_views, "linked", careless)


# What was careless, and a kind of thing that is seen for it.
DEFECTS: dict[str, tuple[Seed, str]] = {
    "a view that reads working copies": (a_view_that_reads_working_copies, "a change"),
    "no window on editions": (no_window_on_editions, "an edition to come"),
    "an API field too many": (an_api_field_too_many, "a change in review"),
    "tips among the data": (tips_among_the_data, "a tip"),
    "a comment in place of a reason": (a_comment_in_place_of_a_reason, "a comment"),
    "who approved as the author": (who_approved_as_the_author, "a person’s name or address"),
    "a reason in a header": (a_reason_in_a_header, "a reason"),
}


@pytest.fixture
def mended(connect) -> Iterator[None]:
    """The policy of the readers as the migrations left it, whatever becomes of the test."""
    yield
    connect("owner").execute(
        "ALTER POLICY readers ON claims_publishededition USING (reader.is_open(readable))"
    )


def is_plain(path: str) -> bool:
    """Whether a list is asked for whole, so that there are no more addresses than claims need."""
    return "?" not in path or path.startswith("/oembed?") or path.endswith(("all=1", "=en"))


def test_each_seeded_defect_is_found(newsroom_live, monkeypatch, connect, mended):
    live = newsroom_live.published("A statement that readers know")
    hidden = hide(live, rounds=1)
    # The claims that readers know; what stands behind the others is in lists, if anywhere.
    addresses = [path for path in readers_addresses([live, *hidden.claims[:4]]) if is_plain(path)]
    assert hidden.leaks(everything(addresses)) == {}
    found = {}
    for name, (seed, kind) in DEFECTS.items():
        with monkeypatch.context() as patch:
            seed(patch, connect)
            found[name] = kind in hidden.leaks(everything(addresses, may_break=True))
    assert found == dict.fromkeys(DEFECTS, True)
