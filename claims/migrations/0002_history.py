"""The locks of the door and the policy from the start. The guards stand in `claims/guards`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [
                "CREATE TABLE claims_lock (name text PRIMARY KEY)",
                "INSERT INTO claims_lock VALUES ('publishing'), ('shared records')",
                "INSERT INTO claims_policy (four_eyes, reason) VALUES (true, 'From the start.')",
            ]
        ),
    ]
