"""Copying an invented newsroom into a database that holds no claims, as its owner.

The guards judge people's changes one by one, which takes hours for a corpus: their triggers are
switched off within the one transaction that loads it, and what they hold is checked at its end
(`claims.management.corpus_check`). Foreign keys, unique and exclusion constraints and indexes are
taken down and made again, which looks at all rows at once; CHECKs stay. Nobody else reads or writes
the record meanwhile; should anything fail, the rollback brings everything back.
"""

import gc
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

# What is made again from its own definition: constraints but CHECKs and primary keys, and indexes
# that are no constraint's. Foreign keys come last.
CONSTRAINTS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname,
        pg_get_constraintdef(oid))
FROM pg_constraint WHERE contype IN ('f', 'u', 'x') AND conrelid = ANY (%s::regclass[])
ORDER BY contype = 'f', oid
"""
INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY (%s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY indexrelid
"""
# Where a trigger keeps the words that claims are found by.
WORDED = ("claims_publishededition", "claims_claimtext")


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
    """Without our guards, constraints and indexes on the tables that are filled.

    In a transaction. Raises IntegrityError where a constraint does not hold afterwards.
    """
    with connections[using].cursor() as cursor:
        switch_triggers(cursor, "DISABLE")
        taken_down = []
        for question in (INDEXES, CONSTRAINTS):
            cursor.execute(question, [list(COLUMNS)])
            taken_down += cursor.fetchall()
        for drop, _make in taken_down:
            cursor.execute(drop)
        yield
        for _drop, make in taken_down:
            cursor.execute(make)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        switch_triggers(cursor, "ENABLE")
        for table in COLUMNS:
            cursor.execute(f"ANALYZE {table}")


def switch_triggers(cursor: Any, how: str) -> None:
    for table in COLUMNS:
        cursor.execute(f"ALTER TABLE {table} {how} TRIGGER USER")
    for table in WORDED:  # no rule: it writes a column
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER b_keep_words")


@contextmanager
def uncollected() -> Iterator[None]:
    """Without the collector of cycles: rows hold none, and it would walk all claims ever again."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def load(using: str, plan: Plan, reached: Callable[[int], None]) -> None:
    """Copy a newsroom; `reached` is told how many editions are. Inside `guards_off`.

    While the server takes in one batch, the next is made.
    """
    with connections[using].cursor() as cursor:
        found = basis(cursor)
    done = 0
    copying: Future[int] | None = None
    with uncollected(), ThreadPoolExecutor(max_workers=1) as beside:
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
