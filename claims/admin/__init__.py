"""The newsroom's web admin: Django's own. Forms speak kindly, buttons call `claims.actions`."""

from . import claim, people, record, shared_records, site_pages, tips

__all__ = ["claim", "people", "record", "shared_records", "site_pages", "tips"]
