"""Undoing a load: its facts are withdrawn, what they corrected is believed again, and nothing is erased."""

from datetime import datetime

from psycopg import sql
from sqlalchemy import Table, delete

from tfsaas.db import Model, db
from tfsaas.evidence.instead import take_instead
from tfsaas.evidence.models import Coverage, Load, LoadStatus, Repeat
from tfsaas.evidence.queries import KINDS

OWN = ("tenant_id", "id", "load_id", "recorded_by_id", "recorded_at", "withdrawn_at", "withdrawn_load_id", "replaces_id")  # fmt: skip


def undo_facts(load: Load, at: datetime) -> dict[str, int]:
    """Stop believing what a load brought, from `at` on.

    What a later load said again stays, as that load's. What the load had corrected is recorded
    anew as it was, unless that came from a load which is itself undone; then what came before it.
    Where nothing is left, what another file said otherwise is believed. Returns how many facts were withdrawn, kept for another load's sake, and restored.
    """
    counts = {"withdrawn": 0, "kept": 0, "restored": 0}
    for kind in (*KINDS, Coverage.__tablename__):
        table = Model.metadata.tables[kind]
        told = {"load": load.id, "at": at}
        counts["withdrawn"] += _execute(WITHDRAW.format(table=kind), told)
        _execute("drop table if exists restoring", {})
        _execute(CHOOSE.format(table=kind), told)
        _execute(_with_values(RESTORE, table), told)
        counts["kept"] += _count("depth = 0")
        counts["restored"] += _count("depth > 0")
        _execute(MOVE_REPEATS, told)
        for which in ("undone_id", "source_id"):
            _execute(MOVE_CONTRADICTIONS.format(which=which), told | {"kind": kind})
    db.session.execute(delete(Repeat).where(Repeat.load_id == load.id))
    load.status, load.ended_at = LoadStatus.UNDONE, at
    db.session.flush()
    counts["restored"] += take_instead(at)
    return counts


def _execute(text: str, told: dict[str, object]) -> int:
    cursor = db.session.connection().connection.cursor()
    # our own statements, with our own table and column names; values are bound
    cursor.execute(sql.SQL(text).format(), told)
    count: int = cursor.rowcount
    cursor.close()
    return count


def _count(which: str) -> int:
    cursor = db.session.connection().connection.cursor()
    cursor.execute(sql.SQL(f"select count(*) from restoring where {which}").format())
    row = cursor.fetchone()
    cursor.close()
    return int(row[0]) if row else 0


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
# for each fact withdrawn, itself and what it took the place of, back to the first that still has
# somebody to say it: a person, a load that stands, or a load that stands and said it again
CHOOSE = """
create temporary table restoring on commit drop as
with recursive chain as (
    select n.id as undone_id, n.id as source_id, n.replaces_id, 0 as depth from {table} n
    where n.load_id = %(load)s and n.withdrawn_load_id = %(load)s and n.withdrawn_at = %(at)s
    union all
    select c.undone_id, f.id, f.replaces_id, c.depth + 1 from chain c join {table} f on f.id = c.replaces_id
    where c.depth < 100
), judged as (
    select c.undone_id, c.source_id, c.depth, c.depth > 0 and f.recorded_by_id is not null as by_hand,
        case when c.depth > 0 and l.status = 'stored' and l.id <> %(load)s then l.id else (
            select r.load_id from repeat r join load x on x.id = r.load_id
            where r.fact_id = c.source_id and r.load_id <> %(load)s and x.status = 'stored'
            order by x.asked_at, x.id limit 1
        ) end as load_id
    from chain c join {table} f on f.id = c.source_id left join load l on l.id = f.load_id
)
select distinct on (undone_id) gen_random_uuid() as new_id, undone_id, source_id, by_hand,
    case when not by_hand then load_id end as load_id, depth
from judged where by_hand or load_id is not null order by undone_id, depth
"""
RESTORE = (
    "insert into {table} (tenant_id, id, load_id, recorded_by_id, recorded_at, replaces_id, {names}) "
    "select f.tenant_id, r.new_id, r.load_id, case when r.by_hand then f.recorded_by_id end, %(at)s, r.undone_id, {values} "
    "from restoring r join {table} f on f.id = r.source_id"
)
# what contradicts it contradicts the row that is believed
MOVE_CONTRADICTIONS = (
    "update contradiction c set held_id = r.new_id from restoring r "
    "where c.kind = %(kind)s and c.held_id = r.{which}"
)
# what other loads said again is now said of the row that is believed
MOVE_REPEATS = (
    "update repeat q set fact_id = r.new_id from restoring r "
    "where q.fact_id in (r.undone_id, r.source_id) and q.load_id <> %(load)s"
)
