#!/usr/bin/env python
"""Django's command line, as the database role the command needs."""

import os
import sys

# Commands that change the schema, the policy or a whole database need the owner's login;
# everything else runs as the app, which can do none of that.
OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "backup",
    "restore",
    "set_policy",
    "dbshell",
    "generate_corpus",
}
# These need no database, or start it themselves.
WITHOUT_DATABASE = {"help", "check", "makemessages", "compilemessages", "collectstatic", "demo"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "factcheck.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in OWNER_COMMANDS:
        os.environ["FACTCHECK_DATABASE_ROLE"] = "owner"

    from django.conf import settings
    from django.core.management import execute_from_command_line

    if settings.EMBEDDED_POSTGRES and command not in WITHOUT_DATABASE:
        from factcheck import embedded_postgres

        embedded_postgres.ensure(settings.DATA_DIR)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
