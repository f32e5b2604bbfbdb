"""Writing down what the rules found: a row for each family that stands differently than before."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from sqlalchemy import exists, select, update

from tfsaas.db import Model, among, db
from tfsaas.outcomes.facts import Batch
from tfsaas.outcomes.figures import standing_of
from tfsaas.outcomes.models import Evaluation
from tfsaas.outcomes.queries import Kept, find_next_day, list_states
from tfsaas.rules.evaluation import ROUTES, Evaluated
from tfsaas.rules.results import Answer, name
from tfsaas.tenants.bulk import NEW_ID, copy_to_temporary, insert_rows, kinds_of
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.scope import current_tenant, lock

COMPARED = (
    "plan_version_id", "standing", "eligible", "worked_with", "ssp", "ce", "result", "headlines", "findings",
)  # fmt: skip
STATE = ("plan_hash", *COMPARED)
ANSWERS = [name(code) for code in Answer]
State = tuple[Any, ...]  # the values of `STATE`, in that order; families that stand alike share it


def states_of(batch: Batch, evaluated: Evaluated) -> dict[str, State]:
    """What was found for each family, as it is kept; by the family's id as text."""
    codes = [
        evaluated.eligible,
        evaluated.worked_with,
        evaluated.ssp,
        evaluated.ce,
        evaluated.route,
        *evaluated.identified.T,
        *(measured.result for measured in evaluated.measured()),
    ]
    lines = [line.tobytes() for line in np.stack(codes, axis=1).astype(np.uint8)]
    found: dict[bytes, State] = {}
    for at, line in enumerate(lines):
        if line not in found:
            found[line] = _state(batch.version, evaluated, at)
    return dict(zip(evaluated.family_ids, map(found.__getitem__, lines), strict=True))


def _state(version: PlanVersion, evaluated: Evaluated, at: int) -> State:
    return (
        version.document_hash,
        version.id,
        standing_of(evaluated, at),
        bool(evaluated.eligible[at]),
        bool(evaluated.worked_with[at]),
        ANSWERS[evaluated.ssp[at]],
        ANSWERS[evaluated.ce[at]],
        ROUTES[evaluated.route[at]],
        evaluated.headlines(at),
        evaluated.findings(at),
    )


def write_changes(
    programme_id: UUID,
    states: Mapping[str, State],
    day: date,
    known_at: datetime,
    family_ids: Sequence[UUID] | None,
) -> int:
    """Write a row for each family that stands differently than on the day before. Returns how many."""
    lock("evaluate")
    before = {str(key): row for key, row in list_states(day, family_ids=family_ids).items()}
    changed = {
        family_id: state
        for family_id, state in states.items()
        if family_id not in before or _differs(before[family_id], state)
    }
    if not changed:
        return 0
    stood = {family_id: row for family_id, row in before.items() if family_id in changed}
    later = find_next_day(programme_id, day)
    if later and stood:
        _keep_later(stood, later)
    outdated = _list_later(changed, day)
    _unset_current(row for key, row in stood.items() if row.is_current and key not in outdated)
    _insert(changed, outdated, day, known_at)
    return len(changed)


def _insert(
    changed: Mapping[str, State], outdated: Container[str], day: date, known_at: datetime
) -> None:
    """The new rows: each family with the number of its state, and each state once."""
    states = {id(state): state for state in changed.values()}
    numbers = {key: number for number, key in enumerate(states)}
    families = (
        (family_id, numbers[id(state)], family_id not in outdated)
        for family_id, state in changed.items()
    )
    kinds = (("family_id", "uuid"), ("state", "integer"), ("is_current", "boolean"))
    copy_to_temporary("incoming_standing", kinds, families)
    rows = ((number, *map(_plain, states[key])) for key, number in numbers.items())
    table = Model.metadata.tables["evaluation"]
    copy_to_temporary("incoming_state", [("state", "integer"), *kinds_of(table, STATE)], rows)
    listed = ", ".join(STATE)
    cursor = db.session.connection().connection.cursor()
    cursor.execute(
        f"insert into evaluation (tenant_id, id, family_id, is_current, as_at, known_at, {listed}) "
        f"select %s, {NEW_ID}, family_id, is_current, %s, %s, {listed} "
        "from incoming_standing join incoming_state using (state)",
        [current_tenant(), day, known_at],
    )
    cursor.close()


def _plain(value: Any) -> Any:
    return getattr(value, "value", value)


def _differs(row: Kept, state: State) -> bool:
    return any(
        getattr(row, column) != found for column, found in zip(COMPARED, state[1:], strict=True)
    )


def _keep_later(stood: Mapping[str, Kept], later: date) -> None:
    """A change on an earlier day must not show on later ones: repeat there what stood before it."""
    held = set(
        db.session.scalars(
            select(Evaluation.family_id).where(
                Evaluation.as_at == later, among(Evaluation.family_id, map(UUID, stood))
            )
        )
    )
    repeated = [row for row in stood.values() if row.family_id not in held]
    kept = ("known_at", *STATE)
    rows = [
        [row.family_id, later, *(_plain(getattr(row, column)) for column in kept), False]
        for row in repeated
    ]
    columns = ("family_id", "as_at", *kept, "is_current")
    insert_rows(Model.metadata.tables["evaluation"], columns, rows)
    for row in repeated:
        if row.is_current:
            _make_newest_current(row)


def _make_newest_current(before: Kept) -> None:
    _unset_current([before])
    newest = list_states(date.max, family_ids=[before.family_id])[before.family_id]
    db.session.execute(update(Evaluation).where(Evaluation.id == newest.id).values(is_current=True))


def _list_later(family_ids: Iterable[str], day: date) -> set[str]:
    """Those of the families of which a row of a later day stands."""
    if not db.session.scalar(select(exists().where(Evaluation.as_at > day))):
        return set()
    query = select(Evaluation.family_id).where(
        Evaluation.as_at > day, among(Evaluation.family_id, map(UUID, family_ids))
    )
    return {str(family_id) for family_id in db.session.scalars(query)}


def _unset_current(rows: Iterable[Kept]) -> None:
    family_ids = [row.family_id for row in rows]
    if family_ids:
        db.session.execute(
            update(Evaluation)
            .where(among(Evaluation.family_id, family_ids), Evaluation.is_current)
            .values(is_current=False)
            .execution_options(synchronize_session=False)
        )
