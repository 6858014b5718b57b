"""The schema `reader`: what the public side can see (DESIGN 2).

Each view has its table's name and columns; it shows a row while the moment of the statement lies in
the row's window. The windows are row security policies, which PostgreSQL tests before any condition
that a reader brings: in a plain view a cast or a JSON path that fails on a hidden row prints that
row in its error. The views ask as the reader (`security_invoker`), who may read the tables through
the policies but cannot name them, having no access to their schema. Unlike behind a security
barrier, the indexes that order the lists are used.
"""

from django.conf import settings
from django.db import migrations

# A function, because under row security the planner may not look at the statistics of ranges and
# would expect next to no open row; of a function it expects a third, and orders lists by index.
IS_OPEN = """
CREATE SCHEMA reader;
CREATE FUNCTION reader.is_open(span tstzrange) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    RETURN span @> statement_timestamp();
END $$;
"""
WINDOWS = {
    "claims_publishededition": "reader.is_open(readable)",
    "claims_publishednotice": "reader.is_open(shown)",
    # An edge shows while both its ends do.
    "claims_publishededge": """
        EXISTS (SELECT FROM public.claims_publishededition c
                WHERE c.edition_id = claims_publishededge.edition_id
                    AND reader.is_open(c.current))
        AND EXISTS (SELECT FROM public.claims_publishededition t
                WHERE t.claim = claims_publishededge.target
                    AND reader.is_open(t.current))""",
}


def views() -> list[str]:
    statements = [IS_OPEN]
    for table, window in WINDOWS.items():
        statements += [
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"CREATE POLICY newsroom ON {table} FOR SELECT TO {settings.APP_ROLE} USING (true)",
            f"CREATE POLICY readers ON {table} FOR SELECT TO {settings.READER_ROLE}"
            f" USING ({window})",
            f"CREATE VIEW reader.{table} WITH (security_invoker = true) AS TABLE public.{table}",
        ]
    return statements


class Migration(migrations.Migration):
    dependencies = [("claims", "0004_publication")]

    operations = [migrations.RunSQL(views())]
