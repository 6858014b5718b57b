"""Where the framework's own moments meet ours: migrating, and opening a connection."""

from typing import Any

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate, pre_migrate


class ClaimsConfig(AppConfig):
    name = "claims"
    verbose_name = "Counterclaim"

    def ready(self) -> None:
        pre_migrate.connect(make_roles, sender=self)
        post_migrate.connect(settle_rules_and_rights, sender=self)
        connection_created.connect(check_public_side)


class NewsroomAdminConfig(AdminConfig):
    """Django's admin with our site: our sign-in answers, our front page."""

    default_site = "claims.admin_site.NewsroomSite"


def make_roles(using: str, **signal: Any) -> None:
    from claims import database_roles

    database_roles.ensure_roles(using)


def settle_rules_and_rights(using: str, **signal: Any) -> None:
    from claims import database_guards, database_roles, permissions

    database_guards.install(using)
    database_roles.grant(using)
    permissions.ensure_groups(using)


def check_public_side(connection: Any, **signal: Any) -> None:
    from claims import database_roles

    if connection.alias in ("public", "tips"):
        database_roles.check_login(connection)
