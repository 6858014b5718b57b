"""Kept for databases that applied it; the guards it made stand in `claims/guards` now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_history")]
    operations: list[object] = []
