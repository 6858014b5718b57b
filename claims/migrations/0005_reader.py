"""The readers' schema; its views stand in `claims/guards/reader.sql`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0004_publication")]
    operations = [migrations.RunSQL("CREATE SCHEMA reader")]
