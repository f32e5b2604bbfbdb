"""What a file said otherwise is believed once the fact that stood against it is withdrawn, for its coverage stands too."""

from datetime import datetime

from psycopg import sql

from tfsaas.db import db
from tfsaas.evidence.taking import SHAPES, Shape
from tfsaas.tenants.bulk import NEW_ID
from tfsaas.tenants.scope import current_tenant

TAKEN = "What stood was withdrawn, and this is believed now"


def take_instead(at: datetime) -> int:
    """Store the rows that were left out because of a fact that was withdrawn at this moment and has no successor.

    Where somebody else's word of the same person and days stands meanwhile, that is contradicted from
    now on, or said again. Of several rows, the first that came is stored; the others contradict it, or say it
    again. What somebody settled, and what a load says that was undone itself, stays left out. Returns how
    many facts were stored.
    """
    return sum(_take(shape, at) for shape in SHAPES if shape.values)


def _take(shape: Shape, at: datetime) -> int:
    names = [name for name, _ in (*shape.keys, *shape.values)]
    values = ", ".join(f"(t.told->>'{name}')::{kind}" for name, kind in (*shape.keys, *shape.values))  # fmt: skip
    columns = ", ".join(names)
    cursor = db.session.connection().connection.cursor()
    told = {"tenant": current_tenant(), "at": at, "kind": shape.kind, "words": TAKEN}
    keys, said = (" and ".join(f"x.{name} is not distinct from (c.told->>'{name}')::{kind}" for name, kind in names) for names in (shape.keys, shape.values))  # fmt: skip
    for text in (
        "drop table if exists leaning",
        LEAN.format(kind=shape.kind, keys=keys, said=said),
        SAY_AGAIN,
        LEAN_ON,
        "drop table if exists taking",
        CHOOSE.format(new_id=NEW_ID, kind=shape.kind),
        (
            f"insert into {shape.kind} (tenant_id, id, load_id, recorded_at, replaces_id, person_id, signal, {columns}) "
            f"select %(tenant)s, t.new_id, t.load_id, %(at)s, t.held_id, t.person_id, t.signal, {values} from taking t where t.nth = 1"
        ),
        REPEAT,
        SETTLE,
        FOLLOW,
    ):
        cursor.execute(sql.SQL(text).format(), told)
    cursor.execute("select count(*) from taking where nth = 1")
    (count,) = cursor.fetchone() or (0,)
    cursor.close()
    return int(count)


# what contradicted the withdrawn fact contradicts another that stands in its place, or says it again
LEAN = """
create temporary table leaning on commit drop as
with asked as (
    select c.* from contradiction c join {kind} h on h.id = c.held_id
    where c.kind = %(kind)s and c.settled_at is null and h.withdrawn_at = %(at)s
), record as (
    select q.id as person_id, p.id as record_id from person q join person p on p.id in (q.id, q.same_as_id)
    where q.id in (select person_id from asked)
    union select q.id, p.id from person q join person p on p.same_as_id = coalesce(q.same_as_id, q.id)
    where q.id in (select person_id from asked)
)
select distinct on (c.id) c.id, c.load_id, x.id as new_id, {said} as is_same
from asked c join record r on r.person_id = c.person_id join {kind} x on x.person_id = r.record_id
where x.signal = c.signal and x.withdrawn_at is null and {keys} order by c.id, 4 desc, x.id
"""
SAY_AGAIN = (
    "insert into repeat (tenant_id, id, load_id, kind, fact_id) "
    "select %(tenant)s, gen_random_uuid(), load_id, %(kind)s, new_id from leaning where is_same"
)
LEAN_ON = (
    "update contradiction c set held_id = l.new_id, version = version + 1, "
    "settled_at = case when l.is_same then %(at)s::timestamptz end, settlement = case when l.is_same then %(words)s else '' end "
    "from leaning l where l.id = c.id"
)
CHOOSE = """
create temporary table taking on commit drop as
select {new_id} as new_id, c.id, c.held_id, c.load_id, c.person_id, c.signal, c.told,
    row_number() over (partition by c.held_id order by l.asked_at, c.line, c.id) as nth
from contradiction c join load l on l.id = c.load_id join {kind} h on h.id = c.held_id
where c.kind = %(kind)s and c.settled_at is null and l.status = 'stored' and h.withdrawn_at = %(at)s
    and not exists (select from {kind} x where x.replaces_id = h.id and x.withdrawn_at is null)
"""
REPEAT = (
    "insert into repeat (tenant_id, id, load_id, kind, fact_id) "
    "select %(tenant)s, gen_random_uuid(), t.load_id, %(kind)s, f.new_id from taking t "
    "join taking f on f.held_id = t.held_id and f.nth = 1 where t.nth > 1 and t.told = f.told"
)
SETTLE = (
    "update contradiction set settled_at = %(at)s, settlement = %(words)s, version = version + 1 where id in "
    "(select t.id from taking t join taking f on f.held_id = t.held_id and f.nth = 1 where t.told = f.told)"
)
FOLLOW = (
    "update contradiction c set held_id = f.new_id from taking f "
    "where f.nth = 1 and c.held_id = f.held_id and c.kind = %(kind)s"
)
