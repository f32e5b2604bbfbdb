"""Undoing a load: its facts are withdrawn, what they corrected is believed again, and nothing is erased."""

from datetime import datetime

from psycopg import sql
from sqlalchemy import Table, delete

from tfsaas.db import Model, db
from tfsaas.evidence.models import Coverage, Load, LoadStatus, Repeat
from tfsaas.evidence.queries import KINDS

OWN = ("tenant_id", "id", "load_id", "recorded_by_id", "recorded_at", "withdrawn_at", "withdrawn_load_id", "replaces_id")  # fmt: skip


def undo_facts(load: Load, at: datetime) -> dict[str, int]:
    """Stop believing what a load brought, from `at` on.

    What a later load said again stays, as that load's. What the load had corrected is recorded
    anew as it was. Returns how many facts were withdrawn, kept for a later load's sake, and
    restored.
    """
    counts = {"withdrawn": 0, "kept": 0, "restored": 0}
    for kind in (*KINDS, Coverage.__tablename__):
        table = Model.metadata.tables[kind]
        counts["withdrawn"] += _execute(WITHDRAW.format(table=kind), load, at)
        for name, text in (("kept", KEEP), ("restored", RESTORE)):
            counts[name] += _execute(_with_values(text, table), load, at)
    _execute(MOVE_REPEATS, load, at)
    db.session.execute(delete(Repeat).where(Repeat.load_id == load.id))
    load.status, load.ended_at = LoadStatus.UNDONE, at
    return counts


def _execute(text: str, load: Load, at: datetime) -> int:
    cursor = db.session.connection().connection.cursor()
    # our own statements, with our own table and column names; values are bound
    cursor.execute(sql.SQL(text).format(), {"load": load.id, "at": at})
    count: int = cursor.rowcount
    cursor.close()
    return count


def _with_values(text: str, table: Table) -> str:
    names = [column.name for column in table.columns if column.name not in OWN]
    return text.format(
        table=table.name,
        names=", ".join(names),
        values=", ".join(f"f.{name}" for name in names),
    )


WITHDRAW = (
    "update {table} set withdrawn_at = %(at)s, withdrawn_load_id = %(load)s "
    "where load_id = %(load)s and withdrawn_at is null"
)
# the first later load that said the same takes the fact over
KEEP = (
    "insert into {table} (tenant_id, id, load_id, recorded_at, replaces_id, {names}) "
    "select f.tenant_id, gen_random_uuid(), r.load_id, %(at)s, f.id, {values} from {table} f join lateral ("
    "select r.load_id from repeat r join load l on l.id = r.load_id where r.fact_id = f.id and r.load_id <> %(load)s "
    "and l.status = 'stored' order by l.asked_at, l.id limit 1) r on true "
    "where f.load_id = %(load)s and f.withdrawn_load_id = %(load)s and f.withdrawn_at = %(at)s"
)
RESTORE = (
    "insert into {table} (tenant_id, id, load_id, recorded_by_id, recorded_at, replaces_id, {names}) "
    "select f.tenant_id, gen_random_uuid(), f.load_id, f.recorded_by_id, %(at)s, n.id, {values} from {table} n "
    "join {table} f on f.id = n.replaces_id where n.load_id = %(load)s and n.withdrawn_load_id = %(load)s "
    "and n.withdrawn_at = %(at)s and f.withdrawn_load_id = %(load)s and f.load_id <> %(load)s "
    "and not exists (select from {table} k where k.replaces_id = n.id)"
)
# other loads' repeats of a fact follow it to the row that took it over
MOVE_REPEATS = (
    "update repeat r set fact_id = k.id from ("
    + " union all ".join(
        f"select id, replaces_id from {kind} where recorded_at = %(at)s and replaces_id is not null"
        for kind in KINDS
    )
    + ") k where k.replaces_id = r.fact_id and r.load_id <> %(load)s"
)
