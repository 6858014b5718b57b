"""The schema `reader`: what the public side can see (DESIGN 2).

Each view has its table's name and columns, and shows a row while the moment of the statement lies
in the row's window. The check costs the planner next to nothing by declaration, so that it is
always made before any condition a reader brings: a cast or a JSON path that fails on a hidden row
would otherwise print that row in its error. (A security barrier would do the same, and lose the
indexes that order the lists.)
"""

from django.db import migrations

VIEWS = """
CREATE SCHEMA reader;

CREATE FUNCTION reader.is_open(span tstzrange) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE COST 0.0001 AS $$
BEGIN
    RETURN span @> statement_timestamp();
END $$;

CREATE VIEW reader.claims_publishededition AS
    SELECT * FROM public.claims_publishededition WHERE reader.is_open(readable);

CREATE VIEW reader.claims_publishededge AS
    SELECT e.* FROM public.claims_publishededge e
    JOIN public.claims_publishededition c
        ON c.edition_id = e.edition_id AND reader.is_open(c.current)
    WHERE EXISTS (
        SELECT FROM public.claims_publishededition t
        WHERE t.claim = e.target AND reader.is_open(t.current));

CREATE VIEW reader.claims_publishednotice AS
    SELECT * FROM public.claims_publishednotice WHERE reader.is_open(shown);
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0004_publication")]

    operations = [migrations.RunSQL(VIEWS, "DROP SCHEMA reader CASCADE")]
