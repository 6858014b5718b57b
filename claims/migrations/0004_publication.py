"""Windows that cannot contradict each other; the rest of the door stands in `claims/guards`."""

from django.db import migrations

# Without an extension: an equality that GiST can index.
WINDOWS = """
ALTER TABLE claims_publishededition ADD CONSTRAINT publishededition_one_current
    EXCLUDE USING gist (int8range(claim_key, claim_key, '[]') WITH &&, current WITH &&);
ALTER TABLE claims_publishededition ADD CONSTRAINT publishededition_current_is_readable
    CHECK (current <@ readable);
"""


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_working_copy")]
    operations = [migrations.RunSQL(WINDOWS)]
