"""Copying an invented newsroom into a database that holds no claims, as its owner.

The guards judge people's changes one by one, which takes hours for a corpus: their triggers are
switched off within the one transaction that loads it, and what they hold is checked at its end
(`claims.management.corpus_check`). CHECKs, unique and exclusion constraints hold all the time.
Foreign keys are taken down and made again, which looks all rows up at once instead of each by
itself. Nobody else reads or writes the record meanwhile; should anything fail, the rollback brings
everything back.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connections
from psycopg import sql

from .ledger import Basis, Batch
from .newsroom import Plan
from .rows import batches
from .tables import COLUMNS, NUMBERED

FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conrelid = ANY (%s::regclass[]) ORDER BY oid
"""


def is_owner(using: str) -> bool:
    """Whether this login owns the record's tables."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class"
            " WHERE oid = 'public.claims_claim'::regclass"
        )
        return bool(cursor.fetchone()[0])


def holds_claims(using: str) -> bool:
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM claims_claim)")
        return bool(cursor.fetchone()[0])


@contextmanager
def guards_off(using: str) -> Iterator[None]:
    """Without our triggers and foreign keys on the tables that are filled. In a transaction."""
    with connections[using].cursor() as cursor:
        switch_triggers(cursor, "DISABLE")
        cursor.execute(FOREIGN_KEYS, [list(COLUMNS)])
        foreign_keys = cursor.fetchall()
        for table, name, _definition in foreign_keys:
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        yield
        for table, name, definition in foreign_keys:
            cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        switch_triggers(cursor, "ENABLE")


def switch_triggers(cursor: Any, how: str) -> None:
    for table in COLUMNS:
        cursor.execute(f"ALTER TABLE {table} {how} TRIGGER USER")


def load(using: str, plan: Plan, reached: Callable[[int], None]) -> None:
    """Copy a newsroom; `reached` is told how many editions are. Inside `guards_off`.

    While the server takes in one batch, the next is made.
    """
    with connections[using].cursor() as cursor:
        found = basis(cursor)
    done = 0
    copying: Future[int] | None = None
    with ThreadPoolExecutor(max_workers=1) as beside:
        for batch in batches(plan, found):
            if copying:
                reached(done := done + copying.result())
            copying = beside.submit(copy, connections[using].connection, batch)
        if copying:
            reached(done + copying.result())
    with connections[using].cursor() as cursor:
        for table in NUMBERED:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"
                " HAVING max(id) IS NOT NULL"
            )
        for table in COLUMNS:
            cursor.execute(f"ANALYZE {table}")


def basis(cursor: Any) -> Basis:
    """What the rows are numbered from, and what they refer to."""
    last_ids = {}
    for table in NUMBERED:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        last_ids[table] = cursor.fetchone()[0]
    cursor.execute("SELECT name, id FROM auth_group")
    groups = dict(cursor.fetchall())
    cursor.execute("SELECT id, four_eyes FROM claims_policy ORDER BY id DESC LIMIT 1")
    return Basis(last_ids, groups, *cursor.fetchone())


def copy(connection: psycopg.Connection, batch: Batch) -> int:
    """Copy one batch; how many editions it had."""
    with connection.cursor() as cursor:
        for table, rows in batch.items():
            if not rows:
                continue
            columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), columns)
            with cursor.copy(statement) as stream:
                for row in rows:
                    stream.write_row(row)
    return len(batch["claims_edition"])
