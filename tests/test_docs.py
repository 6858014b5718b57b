"""The documentation says what the code does."""

import re

from django.conf import settings

from claims.choices import Role
from claims.permissions import INCLUDES, PERMISSIONS, Asking
from manage import OWNER_COMMANDS

README = (settings.BASE_DIR / "README.md").read_text()


def permission_table() -> str:
    """Who may do what, as it stands in the README."""
    lines = [f"| action | {' | '.join(Role.values)} |", f"|---|{'---|' * len(Role)}"]
    for action, predicate in PERMISSIONS.items():
        cells = []
        for role in Role:
            alone = predicate(Asking(INCLUDES[role]))
            own = predicate(Asking(INCLUDES[role], is_contributor=True))
            cells.append("yes" if alone and own else "not their own" if alone else "–")
        lines.append(f"| `{action}` | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_permission_table_in_the_readme_is_the_one_in_force():
    assert permission_table() in README, "\n" + permission_table()


def test_each_requirement_is_justified():
    lines = (settings.BASE_DIR / "requirements.txt").read_text().splitlines()
    names = [re.split(r"[\[=]", line)[0] for line in lines if "==" in line]
    assert len(names) > 5
    for name in names:
        assert f"| {name.lower().replace('psycopg', 'psycopg 3')}" in README.lower(), name


def test_the_two_commands_are_on_the_first_screen():
    first_screen = README[:1200]
    assert "make demo" in first_screen and "make test" in first_screen


def test_owner_commands_are_named():
    for command in OWNER_COMMANDS - {"dbshell", "makemigrations"}:
        assert f"`{command}`" in README
