"""Many rows at once. COPY is refused on protected tables, so rows go through a temporary one."""

from collections.abc import Iterable, Sequence
from uuid import uuid4

from psycopg import sql
from sqlalchemy import Table

from tfsaas.db import db
from tfsaas.tenants.scope import current_tenant


def copy_to_temporary(
    name: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[object]]
) -> None:
    """Fill a temporary table that lives until the commit. `columns`: names with SQL types."""
    definition = ", ".join(f"{column} {kind}" for column, kind in columns)
    cursor = db.session.connection().connection.cursor()
    cursor.execute(f"drop table if exists {name}")
    cursor.execute(f"create temporary table {name} ({definition}) on commit drop")
    statement = sql.SQL("copy {} from stdin").format(sql.Identifier(name))
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    cursor.execute(f"analyze {name}")
    cursor.close()


def insert_rows(table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows into a tenant table; the council is added to each, and a new id where none is given."""
    name = f"incoming_{table.name}"
    tenant_id = current_tenant()
    if "id" not in columns:
        columns, rows = ("id", *columns), ((uuid4(), *row) for row in rows)
    kinds = [(column, _kind(table, column)) for column in ("tenant_id", *columns)]
    copy_to_temporary(name, kinds, ((tenant_id, *row) for row in rows))
    listed = ", ".join(column for column, _ in kinds)
    cursor = db.session.connection().connection.cursor()
    cursor.execute(f"insert into {table.name} ({listed}) select {listed} from {name}")
    cursor.close()


def _kind(table: Table, column: str) -> str:
    return str(table.c[column].type.compile(db.session.connection().dialect))
