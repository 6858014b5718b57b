"""The database's own rules: `guards/*.sql`, installed anew after every migration.

Migrations make tables and move data; what guards them (functions, triggers, the readers' views)
stands in these files as it is now, once. Installing takes away all of ours and makes it again, in
one transaction: what is no longer in the files is no longer in the database.
"""

from pathlib import Path

from django.apps import apps
from django.db import connections, transaction

FOLDER = Path(__file__).parent / "guards"
# First, so that what has no words yet gets them before any trigger takes that for a change.
WORDS = "search"
RULES = (
    "actor",
    "working_copy",
    "shared_records",
    "document",
    "approvals",
    "editions",
    "standing",
    "releases",
    "suppression",
    "conversation",
    "tips",
    "site_pages",
    "reader",
)
# After what we fill in ourselves: that is no change of the record.
WATCH = ("published", "history")

# With a function go the triggers, policies and functions that call it.
OURS = """
SELECT oid::regprocedure::text FROM pg_proc
WHERE proowner = current_user::regrole AND (
    pronamespace IN ('reader'::regnamespace, 'tips'::regnamespace)
    OR pronamespace = 'public'::regnamespace AND proname LIKE 'claims\\_%')
"""
# The words by which claims are found, where no trigger has kept them yet.
FILL_WORDS = """
UPDATE claims_publishededition SET words = claims_found_by(document)
WHERE words IS NULL AND document <> '{}';
UPDATE claims_claimtext SET words = claims_words(concat_ws(E'\\n', statement, attribution))
WHERE words IS NULL;
"""
# What was published before standings and mentions were stored has them too.
FILL = """
INSERT INTO claims_publishedmention (edition_id, role, record, shown_hash, opened_at, current)
SELECT p.edition_id, s.role, s.record, s.shown_hash, p.opened_at, p.current
FROM claims_publishededition p CROSS JOIN LATERAL claims_shared_in(p.document) s
WHERE NOT EXISTS (SELECT FROM claims_publishedmention m WHERE m.edition_id = p.edition_id);
SELECT claims_restand(p.claim, statement_timestamp()) FROM claims_publishededition p
WHERE p.current @> statement_timestamp()
    AND NOT EXISTS (SELECT FROM claims_publishedstanding s WHERE s.claim = p.claim)
ORDER BY p.edition_id;
"""


def install(using: str) -> None:
    """Install the guards as the owner. Idempotent; does nothing on a half-migrated database."""
    tables = {model._meta.db_table for model in apps.get_app_config("claims").get_models()}
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        if tables - set(connections[using].introspection.table_names(cursor)):
            return
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute("SET LOCAL client_min_messages = warning")
        cursor.execute(OURS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION IF EXISTS {function} CASCADE")
        cursor.execute(rules(WORDS))
        cursor.execute(FILL_WORDS)
        for name in RULES:
            cursor.execute(rules(name))
        cursor.execute(FILL)
        for name in WATCH:
            cursor.execute(rules(name))


def rules(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
