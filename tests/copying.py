"""One council's rows made those of another, so that what real code builds once serves every test.

Ids are made anew, the same way wherever they stand, so that no two councils share one.
"""

import hashlib
from uuid import UUID

import psycopg
from flask import Flask

NOT_COPIED = ("host", "user_account")  # every council of a test has its own
TABLES = """
select c.table_name, array_agg(c.column_name::text order by c.ordinal_position),
  array_agg(c.data_type::text order by c.ordinal_position)
from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_identity = 'NO' and c.is_generated = 'NEVER'
group by c.table_name having 'tenant_id' = any(array_agg(c.column_name::text))
"""


def connect(app: Flask, superuser: str, database: str) -> None:
    """Let the tests of an application copy councils: row-level security binds everybody but the superuser."""
    app.extensions["tests.superuser"] = psycopg.connect(superuser, dbname=database, autocommit=True)


def new_id(row_id: UUID, tenant_id: UUID) -> UUID:
    """The id of a copied row."""
    return UUID(hashlib.md5(f"{row_id}{tenant_id}".encode()).hexdigest())


def statements(app: Flask, tenant_id: UUID) -> str:
    """What copies every row of a council. `{to}` stands where the other council's id goes."""
    connection = app.extensions["tests.superuser"]
    told = [
        copy_table(connection, tenant_id, *row) for row in connection.execute(TABLES).fetchall()
    ]
    return "set local session_replication_role = replica;" + "".join(told)


def copy_table(
    connection: psycopg.Connection,
    tenant_id: UUID,
    table: str,
    columns: list[str],
    kinds: list[str],
) -> str:
    """The same of one table; nothing where the council has no row in it."""
    count = f"select count(*) from {table} where tenant_id = %s"
    if table in NOT_COPIED or connection.execute(count, [tenant_id]).fetchone() == (0,):
        return ""
    values = [_value(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    return (
        f"insert into {table} ({', '.join(columns)}) select {', '.join(values)} from {table} "
        f"where tenant_id = '{tenant_id}' order by ctid;"
    )


def _value(column: str, kind: str) -> str:
    if column == "tenant_id":
        return "'{to}'"
    return f"md5({column}::text || '{{to}}')::uuid" if kind == "uuid" else column
