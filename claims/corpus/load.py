"""Copying an invented newsroom into a database that holds no claims, as its owner.

The guards judge people's changes one by one, which takes hours for a corpus: their triggers are
switched off within the one transaction that loads it. What PostgreSQL itself holds (references,
CHECKs, unique and exclusion constraints) stays on; what the triggers hold is checked at the end
(`claims.management.corpus_check`), before anything is committed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from .ledger import Basis
from .newsroom import Plan
from .rows import batches
from .tables import COLUMNS, NUMBERED


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
    """Without our triggers on the tables that are filled; nobody else can write them meanwhile.

    Inside a transaction: should anything fail, the triggers come back with the rollback.
    """
    with connections[using].cursor() as cursor:
        switch(cursor, "DISABLE")
        yield
        # The references of all rows are looked up here; a table with checks to come is not altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        switch(cursor, "ENABLE")


def switch(cursor: CursorWrapper, how: str) -> None:
    for table in COLUMNS:
        cursor.execute(
            sql.SQL("ALTER TABLE {} {} TRIGGER USER").format(sql.Identifier(table), sql.SQL(how))
        )


def load(using: str, plan: Plan, reached: Callable[[int], None]) -> None:
    """Copy a newsroom; `reached` is told how many editions are. Inside `guards_off`."""
    with connections[using].cursor() as cursor:
        done = 0
        for batch in batches(plan, basis(cursor)):
            for table, rows in batch.items():
                if rows:
                    copy(cursor, table, rows)
            done += len(batch["claims_edition"])
            reached(done)
        for table in NUMBERED:
            cursor.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                    sql.Literal(table), sql.Identifier(table)
                )
            )
        for table in COLUMNS:
            cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def basis(cursor: CursorWrapper) -> Basis:
    last_ids = {}
    for table in NUMBERED:
        cursor.execute(sql.SQL("SELECT coalesce(max(id), 0) FROM {}").format(sql.Identifier(table)))
        last_ids[table] = cursor.fetchone()[0]
    cursor.execute("SELECT name, id FROM auth_group")
    groups = dict(cursor.fetchall())
    cursor.execute("SELECT id, four_eyes FROM claims_policy ORDER BY id DESC LIMIT 1")
    return Basis(last_ids, groups, *cursor.fetchone())


def copy(cursor: CursorWrapper, table: str, rows: list[tuple[object, ...]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, COLUMNS[table]))
    )
    with cursor.copy(statement) as stream:
        for row in rows:
            stream.write_row(row)
