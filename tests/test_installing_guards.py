"""Rules are installed anew after every migration, over whatever the database holds by then."""

import pytest
from django.db import connections

from claims import database_guards, database_roles
from claims.models import Claim, ClaimText, PublishedEdition
from tests.conftest import login
from tests.newsroom import Newsroom

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "public"])


@pytest.fixture
def as_owner():
    """Let the alias `default` work as the owner, as `manage.py migrate` does."""
    from django.conf import settings

    connection = connections["default"]
    before = dict(connection.settings_dict)

    def run(step) -> None:
        connection.close()
        connection.settings_dict.update({"USER": settings.OWNER_DATABASE["USER"]})
        try:
            step("default")
        finally:
            connection.close()
            connection.settings_dict.update(before)

    assert login(settings.OWNER_DATABASE, "x")["user"] != before["USER"]
    return run


def test_what_was_recorded_before_words_were_kept_gets_them(
    newsroom_live: Newsroom, connect, as_owner
):
    claim = newsroom_live.published("Usage fell to 3%")
    owner = connect("owner")
    asked = (
        "SELECT count(words) FROM claims_claimtext UNION ALL"
        " SELECT count(words) FROM claims_publishededition"
    )
    for table in ("claims_claimtext", "claims_publishededition"):
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        owner.execute(f"UPDATE {table} SET words = NULL")
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    assert owner.execute(asked).fetchall() == [(0,), (0,)]
    version = claim.version
    as_owner(database_guards.install)
    as_owner(database_roles.grant)
    assert owner.execute(asked).fetchall() == [(1,), (1,)]
    # It was no change of the claim.
    assert Claim.objects.get(pk=claim.pk).version == version
    assert ClaimText.objects.get(claim=claim).statement == "Usage fell to 3%"
    assert PublishedEdition.objects.count() == 1


def test_installing_twice_leaves_what_installing_once_leaves(
    newsroom_live: Newsroom, connect, as_owner
):
    owner = connect("owner")
    asked = (
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
        " UNION ALL SELECT 'function', oid::regprocedure::text FROM pg_proc"
        " WHERE proowner = current_user::regrole"
        " UNION ALL SELECT tablename, policyname FROM pg_policies ORDER BY 1, 2"
    )
    once = owner.execute(asked).fetchall()
    as_owner(database_guards.install)
    as_owner(database_roles.grant)
    assert owner.execute(asked).fetchall() == once
    assert len(once) > 100
