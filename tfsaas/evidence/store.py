"""Putting checked files into a council, set by set. Facts it holds already are not added twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from psycopg import sql

from tfsaas.db import db
from tfsaas.evidence.reader import Row, Rows
from tfsaas.tenants.bulk import copy_to_temporary


@dataclass(frozen=True, slots=True)
class Target:
    """How a file's rows become rows of a table: file column → table column with its type."""

    file: str
    table: str
    owners: tuple[str, ...]  # of "person_id", "family_id"
    columns: tuple[tuple[str, str, str], ...]


DAY = "date"
TARGETS = (
    Target(
        "events",
        "event",
        ("person_id",),
        (("signal", "signal", "text"), ("on", "happened_on", DAY)),
    ),
    Target(
        "periods",
        "period",
        ("person_id",),
        (
            ("signal", "signal", "text"),
            ("from", "from_on", DAY),
            ("to", "to_on", DAY),
            ("part", "part", "numeric"),
            ("possible", "possible", "numeric"),
        ),
    ),
    Target(
        "spells",
        "spell",
        ("person_id",),
        (("signal", "signal", "text"), ("from", "from_on", DAY), ("to", "to_on", DAY)),
    ),
    Target(
        "scores",
        "score",
        ("person_id",),
        (("signal", "signal", "text"), ("on", "scored_on", DAY), ("value", "value", "numeric")),
    ),
    Target(
        "attestations",
        "attestation",
        ("person_id", "family_id"),
        (("signal", "signal", "text"), ("on", "attested_on", DAY)),
    ),
    Target(
        "identified",
        "recorded_headline",
        ("family_id",),
        (("headline", "signal", "text"), ("on", "recorded_on", DAY)),
    ),
    Target(
        "coverage",
        "coverage",
        (),
        (("signal", "signal", "text"), ("from", "from_on", DAY), ("to", "to_on", DAY)),
    ),
)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Which load brought the rows, and when."""

    load_id: UUID
    recorded_at: datetime


def store_facts(rows: Rows, provenance: Provenance) -> dict[str, int]:
    """Store the facts of every file. Returns by file how many rows were new."""
    return {target.file: _store(target, rows[target.file], provenance) for target in TARGETS}


def _store(target: Target, rows: Sequence[Row], provenance: Provenance) -> int:
    if not rows:
        return 0
    name = f"incoming_{target.table}"
    columns = [(owner, "text") for owner in target.owners]
    columns += [(column, kind) for _, column, kind in target.columns]
    files = [*target.owners, *(source for source, _, _ in target.columns)]
    copy_to_temporary(name, columns, ([row[file] for file in files] for row in rows))
    cursor = db.session.connection().connection.cursor()
    told = {"load": provenance.load_id, "at": provenance.recorded_at}
    cursor.execute(_statement(target, name), told)
    stored: int = cursor.rowcount
    cursor.close()
    return stored


def _statement(target: Target, name: str) -> sql.Composed:
    """Insert what the file has more often than the council was told already.

    Two equal rows are two events; a file loaded again adds nothing, and brings nothing back
    that a worker withdrew. What it says again is noted, so that it stays when the load that brought it is undone.
    """
    values = [column for _, column, _ in target.columns]
    owned = [*target.owners, *values]
    is_of_people = "person_id" in target.owners
    same = [
        "one" if name == "person_id" else name for name in owned
    ]  # linked records are one person
    found = [f"{owner.removesuffix('_id')}.id as {owner}" for owner in target.owners]
    found += [f"i.{name}" for name in values]
    held = [f"h.{name}" for name in owned]
    if is_of_people:
        found.append(f"{ONE} as one")
        held.append(f"{ONE} as one")
    listed, compared = ", ".join(owned), ", ".join(same)
    text = (
        f"with named as (select {', '.join(found)} from {name} i{''.join(map(_join, target.owners))}), "
        f"wanted as (select *, row_number() over (partition by {compared}) as nth from named), "
        f"known as (select h.id, h.withdrawn_at, h.recorded_at, {', '.join(held)} from {target.table} h"
        f"{' left join person on person.id = h.person_id' if is_of_people else ''} where {_held(target)}), "
        f"held as (select *, row_number() over (partition by {compared} order by withdrawn_at nulls first, recorded_at, id) as nth from known), "
        f"said_again as (insert into repeat (tenant_id, id, load_id, kind, fact_id) select {TENANT}, gen_random_uuid(), %(load)s, '{target.table}', held.id "
        f"from wanted join held on held.nth = wanted.nth and {_same(target, same)} where held.withdrawn_at is null) "
        f"insert into {target.table} (tenant_id, id, load_id, recorded_at, {listed}) "
        f"select {TENANT}, gen_random_uuid(), %(load)s, %(at)s, {', '.join(f'wanted.{column}' for column in owned)} "
        f"from wanted left join held on held.nth = wanted.nth and {_same(target, same)} where held.id is null"
    )
    return sql.SQL(text).format()


ONE = "coalesce(person.same_as_id, person.id)"
TENANT = "nullif(current_setting('tfsaas.tenant_id', true), '')::uuid"


def _held(target: Target) -> str:
    """Which rows say already what a file says. Coverage from before somebody came says nothing of them."""
    held = "(h.withdrawn_at is null or h.withdrawn_load_id is null)"
    newest = "(select max(p.recorded_at) from person p)"
    return held if target.owners else f"{held} and h.recorded_at >= {newest}"


def _join(owner: str) -> str:
    table = owner.removesuffix("_id")
    return f" left join {table} on {table}.reference = i.{owner}"


def _same(target: Target, columns: Sequence[str]) -> str:
    """Equality that a hash join can use: open ends and absent owners equal each other, and 4 equals 4.0."""
    numbers = {column for _, column, kind in target.columns if kind == "numeric"}

    def as_text(side: str, column: str) -> str:
        value = f"trim_scale({side}.{column})" if column in numbers else f"{side}.{column}"
        return f"coalesce({value}::text, '')"

    return " and ".join(f"{as_text('held', c)} = {as_text('wanted', c)}" for c in columns)
