"""Many rows at once. COPY is refused on protected tables, so rows go through a temporary one."""

from collections.abc import Iterable, Sequence

from psycopg import sql
from sqlalchemy import Table, text

from tfsaas.db import db
from tfsaas.tenants.scope import current_tenant

MANY = 1_000
# Ids of rows that come together stand together in their index, which then grows at its end: the time, the row's
# number, and 48 bits that nobody foresees. Ids that are random throughout take half as long again to store.
NEW_ID = (
    "((select lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0'))"
    " || lpad(to_hex(row_number() over ()), 8, '0')"
    " || substr(md5((select gen_random_uuid())::text || row_number() over ()), 21))::uuid"
)


def copy_to_temporary(
    name: str,
    columns: Sequence[tuple[str, str]],
    rows: Iterable[Sequence[object]],
    *,
    joined: bool = True,
) -> None:
    """Fill a temporary table that lives until the commit. `columns`: names with SQL types.

    `joined`: it will be joined with others, so PostgreSQL looks at what it holds.
    """
    definition = ", ".join(f"{column} {kind}" for column, kind in columns)
    cursor = db.session.connection().connection.cursor()
    cursor.execute(f"drop table if exists {name}")
    cursor.execute(f"create temporary table {name} ({definition}) on commit drop")
    statement = sql.SQL("copy {} from stdin").format(sql.Identifier(name))
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
    if joined:
        cursor.execute(f"analyze {name}")
    cursor.close()


def insert_rows(table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Insert rows into a tenant table; the council is added to each, and a new id where none is given."""
    name = f"incoming_{table.name}"
    copy_to_temporary(name, kinds_of(table, columns), rows, joined=False)
    listed = ", ".join(columns)
    has_ids = "id" in columns or "id" not in table.c
    own = ("tenant_id", "%s") if has_ids else ("tenant_id, id", f"%s, {NEW_ID}")
    cursor = db.session.connection().connection.cursor()
    cursor.execute(
        f"insert into {table.name} ({own[0]}, {listed}) select {own[1]}, {listed} from {name}",
        [current_tenant()],
    )
    cursor.close()


def gather_statistics(rows: int) -> None:
    """Let PostgreSQL look again at what is in its tables after so many rows were added to them; few need no look.

    Of a council that its statistics do not know it expects one row, and so joins two tables in the
    square of their rows. It looks by itself only some time after the commit.
    """
    if rows >= MANY:
        db.session.execute(text("select gather_statistics()"))


def kinds_of(table: Table, columns: Sequence[str]) -> list[tuple[str, str]]:
    """Columns of a table with their SQL types."""
    dialect = db.session.connection().dialect
    return [(column, str(table.c[column].type.compile(dialect))) for column in columns]
