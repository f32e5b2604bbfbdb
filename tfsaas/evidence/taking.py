"""Taking facts from a partner's file: what is new, said before, corrected, contradicted or kept out.

The same partner's later word corrects its earlier one. What another source or a worker said is
never overwritten: that is a contradiction, for somebody to look at. What a worker withdrew is not
brought back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import Any
from uuid import UUID

from psycopg import sql

from tfsaas.db import db
from tfsaas.evidence.store import Provenance
from tfsaas.tenants.bulk import NEW_ID, copy_to_temporary
from tfsaas.tenants.scope import current_tenant

MOST_CLASHES = 500
Columns = tuple[tuple[str, str], ...]  # names with SQL types


@dataclass(frozen=True, slots=True)
class Shape:
    """How facts of a kind are told apart (`keys`, beside person and signal) and what they say (`values`)."""

    kind: str
    keys: Columns
    values: Columns = ()

    @property
    def columns(self) -> Columns:
        """The columns of an incoming row: its line, the number in the file of whom it is about, then the fact's own."""
        own = (("signal", "text"), *self.keys, *self.values)
        return (("line", "integer"), ("number", "integer"), *own)

    @property
    def own(self) -> tuple[str, ...]:
        """What a fact is stored with, beside whose it is and whence."""
        return ("signal", *(name for name, _ in (*self.keys, *self.values)))


SHAPES = (
    Shape("event", (("happened_on", "date"),)),
    Shape("period", (("from_on", "date"), ("to_on", "date")), (("part", "numeric"), ("possible", "numeric"))),
    Shape("spell", (("from_on", "date"),), (("to_on", "date"),)),
    Shape("score", (("scored_on", "date"),), (("value", "numeric"),)),
)  # fmt: skip


class Class(Enum):
    """What an incoming fact is, beside what is known."""

    NEW = "new"
    REPEATED = "repeated"
    CHANGED = "changed"
    CONTRADICTED = "contradicted"
    KEPT_OUT = "kept out"
    UNSAID = "no longer said"  # of what is known, not of the file


@dataclass
class Taken:
    """By signal and class how many facts; contradicted ones are kept (`tfsaas.evidence.models.Contradiction`)."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict)


class Clashes(Exception):
    """The file says two things at once; `lines` are pairs of places that cannot both be right."""

    def __init__(self, lines: Sequence[tuple[int, int]]) -> None:
        super().__init__(f"{len(lines)} clashes")
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Source:
    """Whence facts come. `own_loads`: those of the same partner and feed."""

    provenance: Provenance
    own_loads: Sequence[UUID]


def name_people(record_of: Mapping[int, UUID], stands_for: Mapping[UUID, UUID]) -> None:
    """Say whose records are meant by the numbers of a file, before its facts are taken; nobody else's facts are stored.

    `stands_for`: linked people by id, and who stands for them.
    """
    meant = (("number", "integer"), ("record_id", "uuid"), ("person_id", "uuid"))
    rows = ((number, record, stands_for.get(record, record)) for number, record in record_of.items())  # fmt: skip
    copy_to_temporary("incoming_person", meant, rows, joined=False)
    linked = (("person_id", "uuid"), ("other_id", "uuid"))
    copy_to_temporary("stands_for", linked, stands_for.items())


def take_facts(
    shape: Shape, rows: Iterable[Sequence[object]], source: Source, taken: Taken
) -> None:
    """Store the facts of one kind, of the people who were named; `rows` are in the shape's columns.

    Linked records are compared as one person. Each fact is stored under the record that was meant,
    so that it is there when the link is undone.

    Raises:
        Clashes: two rows about one person say different things of the same days.
    """
    copy_to_temporary("incoming_fact", shape.columns, rows, joined=False)
    cursor = db.session.connection().connection.cursor()
    told = {
        "own": list(source.own_loads),
        "load": source.provenance.load_id,
        "at": source.provenance.recorded_at,
        "tenant": current_tenant(),
    }
    for name, text in (("wanted", _wanted(shape)), ("held", _held(shape)), ("judged", _judged(shape))):  # fmt: skip
        cursor.execute(f"drop table if exists {name}")
        cursor.execute(_query(f"create temporary table {name} on commit drop as {text}"), told)
        if name == "held":  # the others are read whole, whatever is in them
            cursor.execute(f"analyze {name}")
        if name == "wanted" and shape.values:
            _refuse_clashes(cursor, shape)
    for text in _changes(shape):
        cursor.execute(_query(text), told)
    _count(cursor, taken)
    cursor.close()


def _query(text: str) -> sql.Composed:
    """SQL made of our own names; values are bound."""
    return sql.SQL(text).format()


def _names(columns: Columns) -> str:
    return ", ".join(name for name, _ in columns)


def _said(shape: Shape) -> str:
    """What a row says, as one text in which an open end equals an open end, and 4 equals 4.0."""
    trimmed = {name: f"trim_scale({name})" if kind == "numeric" else name for name, kind in shape.values}  # fmt: skip
    parts = [f"coalesce({trimmed[name]}::{kind}::text, '')" for name, kind in shape.values]
    return " || '|' || ".join(parts) or "''"


INCOMING = "incoming_fact join incoming_person using (number)"


def _wanted(shape: Shape) -> str:
    """The incoming facts: equal events each by itself, other rows that say the same once."""
    keys = f"person_id, signal, {_names(shape.keys)}"
    if not shape.values:
        return f"select line, record_id, {keys}, row_number() over (partition by {keys} order by line) as nth, '' as said from {INCOMING}"
    own = f"{keys}, {_names(shape.values)}"
    first = "min(line) as line, (array_agg(record_id order by line))[1] as record_id"
    return f"select {first}, {own}, 1 as nth, {_said(shape)} as said from {INCOMING} group by {own}"


def _held(shape: Shape) -> str:
    """What is known of the same people, or was withdrawn by somebody, linked records taken together."""
    own = ", ".join(f"h.{name}" for name, _ in shape.keys)
    person = "coalesce(s.other_id, h.person_id)"
    return (
        f"select h.id, {person} as person_id, h.signal, {own}, "
        f"{_said(shape)} as said, h.withdrawn_at is null as believed, "
        "h.recorded_by_id is null and h.load_id = any(%(own)s) "
        "and not exists (select from repeat r where r.fact_id = h.id and r.load_id <> all(%(own)s)) as ours, "
        f"row_number() over (partition by {person}, h.signal, {own} order by h.withdrawn_at nulls first, h.recorded_at, h.id) as nth "
        f"from {shape.kind} h left join stands_for s on s.person_id = h.person_id "
        "where h.person_id = any (array(select distinct person_id from wanted union select person_id from stands_for)) "
        "and (h.withdrawn_at is null or h.withdrawn_load_id is null)"
    )


def _judged(shape: Shape) -> str:
    """Each incoming fact beside the one known fact that decides what it is."""
    own = ", ".join(f"w.{name}" for name in ("line", "record_id", "person_id", *shape.own))
    names = ("person_id", "signal", *(name for name, _ in shape.keys))
    same = " and ".join(f"h.{name} = w.{name}" for name in names)
    told = ", ".join(f"w.{name}" for name in names)
    if not shape.values:
        return (
            f"select {own}, h.id as held_id, case when h.id is null then 'new' when h.believed then 'repeated' "
            f"else 'kept out' end as class from wanted w left join held h on {same} and h.nth = w.nth"
        )
    return (
        f"select distinct on ({told}) {own}, h.id as held_id, case when h.id is null then 'new' "
        "when h.said = w.said and h.believed then 'repeated' when h.said = w.said then 'kept out' "
        "when not h.believed then 'new' when h.ours then 'changed' else 'contradicted' end as class "
        f"from wanted w left join held h on {same} "
        f"order by {told}, h.said = w.said desc nulls last, h.believed desc, h.ours, h.id"
    )


def _refuse_clashes(cursor: Any, shape: Shape) -> None:
    cursor.execute(
        _query(
            f"select array_agg(line order by line) from wanted group by person_id, signal, {_names(shape.keys)} "
            f"having count(*) > 1 order by 1 limit {MOST_CLASHES}"
        )
    )
    if found := [(lines[0], lines[1]) for (lines,) in cursor.fetchall()]:
        raise Clashes(found)


def _changes(shape: Shape) -> tuple[str, ...]:
    """What is stored, what it takes the place of, what was said again, and what is left out as contradicted."""
    own = ", ".join(shape.own)
    store = (
        f"insert into {shape.kind} (tenant_id, id, load_id, recorded_at, replaces_id, person_id, {own}) select %(tenant)s, "
        f"{NEW_ID}, %(load)s, %(at)s, case when class = 'changed' then held_id end, record_id, {own} from judged "
        "where class in ('new', 'changed') order by record_id, signal"
    )
    withdraw = (
        f"update {shape.kind} set withdrawn_at = %(at)s, withdrawn_load_id = %(load)s "
        "where id = any (array(select held_id from judged where class = 'changed'))"
    )  # an array: joined, a table without statistics was once walked through for every row
    repeat = (
        f"insert into repeat (tenant_id, id, load_id, kind, fact_id) select %(tenant)s, {NEW_ID}, %(load)s, "
        f"'{shape.kind}', held_id from judged where class = 'repeated'"
    )
    told = ", ".join(f"'{name}', {name}" for name, _ in (*shape.keys, *shape.values))
    contradict = (
        "insert into contradiction (tenant_id, id, load_id, person_id, line, kind, signal, told, held_id, settlement, version) "
        f"select %(tenant)s, {NEW_ID}, %(load)s, record_id, line, '{shape.kind}', signal, jsonb_build_object({told}), held_id, '', 1 "
        "from judged where class = 'contradicted'"
    )
    follow = (  # what contradicts the earlier word contradicts the later one
        f"update contradiction c set held_id = n.id from {shape.kind} n "
        f"where n.load_id = %(load)s and n.replaces_id = c.held_id and c.kind = '{shape.kind}'"
    )
    return store, withdraw, repeat, contradict, follow


def _count(cursor: Any, taken: Taken) -> None:
    cursor.execute("select signal, class, count(*) from judged group by 1, 2 order by 1, 2")
    for signal, name, count in cursor.fetchall():
        found = taken.counts.setdefault(signal, {})
        found[name] = found.get(name, 0) + count


def count_unsaid(
    source: Source, covers: Sequence[str], days: tuple[date, date], taken: Taken
) -> None:
    """Count what this partner said before of these signals and days, and does not say in a file that is complete for them.

    Nothing is withdrawn: it may have been taken out by mistake. Call it when all facts of the file are taken.
    """
    told = {"own": list(source.own_loads), "load": source.provenance.load_id, "covers": list(covers), "first": days[0], "last": days[1]}  # fmt: skip
    cursor = db.session.connection().connection.cursor()
    for shape in SHAPES:
        cursor.execute(
            _query(
                f"select h.signal, count(*) from {shape.kind} h where h.load_id = any(%(own)s) and h.load_id <> %(load)s "
                "and h.withdrawn_at is null and h.recorded_by_id is null and h.signal = any(%(covers)s) "
                f"and h.{shape.keys[0][0]} between %(first)s and %(last)s "
                "and not exists (select from repeat r where r.fact_id = h.id and r.load_id = %(load)s) "
                "and not exists (select from contradiction c where c.held_id = h.id and c.load_id = %(load)s) group by 1"
            ),
            told,
        )
        for signal, count in cursor.fetchall():
            taken.counts.setdefault(signal, {})[Class.UNSAID.value] = count
    cursor.close()
