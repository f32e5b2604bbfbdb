"""Working out and keeping what stands between families and a result."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import sql

from tfsaas.db import Model, db
from tfsaas.outcomes.facts import Batch
from tfsaas.rules.changes import next_changes
from tfsaas.rules.evaluation import Evaluated
from tfsaas.rules.facts import FAR, Facts, Ints
from tfsaas.rules.outlook import (
    ALWAYS,
    OUTCOME,
    PRINCIPLE,
    Missing,
    earliest_results,
    find_missing,
    select_families,
    soonest,
)
from tfsaas.rules.plan import Measure, Plan
from tfsaas.tenants.bulk import copy_to_temporary, kinds_of
from tfsaas.tenants.scope import current_tenant

HORIZON_DAYS = 548  # a year and a half
COLUMNS = (
    "family_id", "plan_version_id", "evaluated_on", "next_change_on", "missing", "earliest_on", "possible_on",
)  # fmt: skip


def keep_outlooks(
    found: Sequence[tuple[Batch, Facts, Evaluated]], on: date, confirmed: Collection[UUID]
) -> None:
    """Replace the outlook of every family evaluated as at a day. `confirmed`: families that have their result."""
    rows = [
        row
        for batch, facts, evaluated in found
        for row in _rows(batch, facts, evaluated, on, confirmed)
    ]
    if not rows:
        return
    table = Model.metadata.tables["outlook"]
    copy_to_temporary("incoming_outlook", kinds_of(table, COLUMNS), rows)
    listed = ", ".join(COLUMNS)
    updates = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    cursor = db.session.connection().connection.cursor()
    cursor.execute(
        sql.SQL(
            f"insert into outlook (tenant_id, id, {listed}) select %s, gen_random_uuid(), {listed} "
            f"from incoming_outlook on conflict (tenant_id, family_id) do update set {updates}"
        ).format(),
        [current_tenant()],
    )
    cursor.close()


def _rows(
    batch: Batch, facts: Facts, evaluated: Evaluated, on: date, confirmed: Collection[UUID]
) -> list[list[Any]]:
    start = on.toordinal()
    families = [UUID(family_id) for family_id in facts.family_ids]
    following = next_changes(batch.plan, facts, np.full(len(families), start, dtype=np.int64))
    missing = find_missing(evaluated)
    is_open = evaluated.eligible & np.array(
        [family not in confirmed for family in families], dtype=bool
    )
    earliest = np.full(len(families), FAR, dtype=np.int64)
    earliest[is_open] = earliest_results(
        batch.plan, select_families(facts, is_open), start, start + HORIZON_DAYS
    )
    possible = _possible(batch.plan, facts, missing, start)
    return [
        [
            family,
            batch.version.id,
            on,
            _day(following[at]),
            missing.of(at) if is_open[at] else [],
            _day(earliest[at]),
            _day(possible[at]) if is_open[at] else None,
        ]
        for at, family in enumerate(families)
    ]


def _day(number: int | np.int64) -> date | None:
    return None if number >= FAR else date.fromordinal(int(number))


def _possible(plan: Plan, facts: Facts, missing: Missing, start: int) -> Ints:
    """By family the first day of a result if the one thing it lacks begins now; `FAR` where it lacks more or none."""
    days = np.array([_begun(plan, name, start, facts) for name in missing.names], dtype=np.int64)
    lone = missing.lacks.sum(axis=1) == 1
    found = np.full(len(lone), FAR, dtype=np.int64)
    if len(days):
        found[lone] = days[missing.lacks[lone].argmax(axis=1)]
    return found


def _begun(plan: Plan, name: str, start: int, facts: Facts) -> int:
    measure = find_measure(plan, name)
    return start if measure is None else soonest(measure.test, start, facts)


def find_measure(plan: Plan, name: str) -> Measure | None:
    """The outcome behind a name of what is missing; None for a principle."""
    kind, _, code = name.partition(":")
    if kind == PRINCIPLE:
        return None
    if kind == ALWAYS:
        return next(measure for measure in plan.always if measure.code == code)
    assert kind == OUTCOME
    headline, _, outcome = code.partition("/")
    found = next(each for each in plan.headlines if each.code == headline)
    return next(measure for measure in found.outcomes if measure.code == outcome)
