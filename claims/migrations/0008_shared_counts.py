"""The table of Django's database cache: counts of sign-in attempts, shared by all processes."""

from django.db import migrations

CACHE = """
CREATE TABLE newsroom_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX newsroom_cache_expires ON newsroom_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0007_newsroom_desk")]
    operations = [migrations.RunSQL(CACHE, "DROP TABLE newsroom_cache")]
