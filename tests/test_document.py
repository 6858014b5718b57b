"""Documents: the same canonical text in Python as in the database, and what digests bind."""

import json
from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from claims import actions, document
from claims.models import Edition

text = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


class CanonicalText(TestCase):
    @settings(max_examples=150, deadline=None)
    @given(json_values)
    def test_is_what_postgresql_prints(self, value):
        with connection.cursor() as cursor:
            cursor.execute("SELECT %s::jsonb::text", [json.dumps(value)])
            assert document.canonical(value) == cursor.fetchone()[0]


def test_the_documents_digest_is_of_its_canonical_text(newsroom):
    claim = newsroom.draft("이용률이 3%로 떨어졌다", text={"unknowns": "“Quoted” \\ and\nmore"})
    content = actions.document_of(claim)
    assert document.canonical(json.loads(content)) == content
    (edition,) = newsroom.publish(claim)
    assert (edition.document, edition.document_digest) == (content, document.digest(content))


def test_editions_form_one_chain(newsroom):
    newsroom.published("One")
    claim = newsroom.published("Two")
    newsroom.publish(newsroom.revise(claim, statement="Two and a half"))
    previous = document.NO_EDITION_YET
    for edition in Edition.objects.order_by("id").select_related("claim"):
        assert edition.previous_digest == previous
        previous = document.chain_digest(
            previous=previous,
            claim=edition.claim.public_id,
            number=edition.number,
            document_digest=edition.document_digest,
            kind=edition.kind,
            approval=edition.approval_id,
            policy=edition.policy_id,
            made_at=edition.made_at,
        )
        assert edition.digest == previous
    assert Edition.objects.count() == 3


DIGESTED = {
    "previous": "0" * 64,
    "claim": "x",
    "number": 1,
    "document_digest": "1" * 64,
    "kind": "",
    "approval": 1,
    "policy": 1,
    "made_at": datetime(2025, 7, 25, tzinfo=UTC),
}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("previous", "2" * 64),
        ("claim", "y"),
        ("number", 2),
        ("document_digest", "2" * 64),
        ("kind", "minor"),
        ("approval", 2),
        ("policy", 2),
        ("made_at", datetime(2025, 7, 25, 0, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_the_chain_digest_covers_each_of_its_parts(name, other):
    before = document.chain_digest(**DIGESTED)
    assert document.chain_digest(**{**DIGESTED, name: other}) != before


def test_documents_hold_no_primary_keys_and_no_versions(newsroom):
    """The same content recorded again has the same document but for the public ids."""
    source, party = newsroom.source(), newsroom.party()
    made = [
        json.loads(
            actions.document_of(
                newsroom.draft(citations=[{"source": source}], fields={"claimant": party})
            )
        )
        for _twice in range(2)
    ]
    ids = [each.pop("claim") for each in made]
    assert ids[0] != ids[1]
    assert made[0] == made[1]
