"""Families that are nearly there: what each still lacks, who can supply it, and the day it would take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)

from tfsaas.accounts.models import User
from tfsaas.db import db
from tfsaas.families.models import Episode, Family
from tfsaas.families.queries import visible_families
from tfsaas.outcomes.looking_ahead import find_measure
from tfsaas.outcomes.models import Evaluation, Outlook, Result
from tfsaas.rules.plan import PRINCIPLE_TITLES, Plan, SignalKind, singles
from tfsaas.rules.wording import name_measure
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import plan_of

PAGE = 25
FIRST = Outlook.missing[literal_column("1")]
OF_THE_WORKER = {SignalKind.ATTESTATION, SignalKind.SCORE}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is missing: what it is called, and who can supply it. `supplier` "": the lead worker."""

    title: str
    supplier: str


@dataclass(frozen=True, slots=True)
class NearRow:
    """A family that is nearly there. `earliest_on` None: not by time alone; `possible_on` None: not by one step."""

    family_id: UUID
    reference: str
    name: str
    lead_worker: str | None
    steps: Sequence[Step]
    earliest_on: date | None
    possible_on: date | None


@dataclass(frozen=True, slots=True)
class NearPage:
    """A page of them, ranked. `after`: the family after which the next one begins; None on the last."""

    rows: Sequence[NearRow]
    after: UUID | None


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that so many families lack and nothing else."""

    name: str
    step: Step
    families: int


def _day() -> ColumnElement[date]:
    return func.coalesce(Outlook.earliest_on, Outlook.possible_on)


def _rank() -> tuple[Any, ...]:
    """Time alone first, then families that lack the same thing together, the earliest day first."""
    missing = Outlook.missing
    return func.cardinality(missing), func.array_to_string(missing, "|"), _day(), Family.id


def _near(programme_id: UUID, *columns: Any) -> Select[Any]:
    """Families without a result that have one by time alone, or by one step."""
    return (
        select(*columns)
        .select_from(Outlook)
        .join(Family, and_(Family.tenant_id == Outlook.tenant_id, Family.id == Outlook.family_id))
        .join(Episode, and_(
            Episode.tenant_id == Family.tenant_id, Episode.family_id == Family.id,
            Episode.programme_id == programme_id, Episode.closed_on.is_(None),
        ))
        .outerjoin(User, and_(User.tenant_id == Episode.tenant_id, User.id == Episode.lead_worker_id))
        .join(Evaluation, and_(
            Evaluation.tenant_id == Family.tenant_id, Evaluation.family_id == Family.id, Evaluation.is_current,
        ))
        .outerjoin(Result, and_(
            Result.tenant_id == Family.tenant_id, Result.family_id == Family.id, Result.programme_id == programme_id,
        ))
        .where(Result.id.is_(None), Evaluation.result == "", visible_families())
        .where(or_(Outlook.earliest_on.is_not(None), Outlook.possible_on.is_not(None)))
    )  # fmt: skip


def list_near(
    programme_id: UUID,
    versions: Sequence[PlanVersion],
    *,
    missing: str | None = None,
    after: UUID | None = None,
) -> NearPage:
    """A page of the families nearly there. `missing`: those who lack only this; `after`: see `NearPage`."""
    query = _near(
        programme_id, Family.id, Family.reference, Family.name, User.known_as, Outlook.missing,
        Outlook.earliest_on, Outlook.possible_on, Outlook.plan_version_id,
    )  # fmt: skip
    if missing:
        query = query.where(Outlook.missing == [missing])
    if after and (place := _place(programme_id, after)):
        query = query.where(tuple_(*_rank()) > tuple_(*place))
    found = db.session.execute(query.order_by(*_rank()).limit(PAGE + 1)).all()
    plans = {version.id: plan_of(version) for version in versions}
    rows = [
        NearRow(
            row[0],
            row[1],
            row[2],
            row[3],
            [describe_step(plans[row[7]], name) for name in row[4]],
            row[5],
            row[6],
        )
        for row in found[:PAGE]
    ]
    return NearPage(rows, rows[-1].family_id if len(found) > PAGE else None)


def _place(programme_id: UUID, family_id: UUID) -> tuple[Any, ...] | None:
    """Where a family stands in the ranking; None when it is no longer among them."""
    row = db.session.execute(_near(programme_id, *_rank()).where(Family.id == family_id)).first()
    return None if row is None else tuple(literal(value) for value in row)


def count_gaps(programme_id: UUID, versions: Sequence[PlanVersion]) -> list[Gap]:
    """What families lack and nothing else, the most frequent first."""
    rows = db.session.execute(
        _near(
            programme_id,
            FIRST,
            func.max(cast(Outlook.plan_version_id, Text)),
            func.count(),
        )
        .where(func.cardinality(Outlook.missing) == 1)
        .group_by(FIRST)
        .order_by(func.count().desc(), FIRST)
    )
    plans = {str(version.id): plan_of(version) for version in versions}
    return [Gap(name, describe_step(plans[version], name), count) for name, version, count in rows]


def describe_step(plan: Plan, name: str) -> Step:
    """What is missing, in words, and who can supply it."""
    measure = find_measure(plan, name)
    if measure is None:
        return Step(PRINCIPLE_TITLES[name.partition(":")[2]], "")
    signals = (plan.signals[test.signal] for test in singles(measure.test))
    suppliers = dict.fromkeys(s.source for s in signals if s.kind not in OF_THE_WORKER and s.source)
    return Step(name_measure(measure.code, measure.title), ", ".join(suppliers))


Forecast = Mapping[str, Mapping[date, int]]


def count_by_month(programme_id: UUID, on: date) -> Forecast:
    """Results to come, by size and the first day of the month: ready now, likely by time alone, possible by one step."""
    ready = db.session.scalar(
        select(func.count())
        .select_from(Evaluation)
        .join(Episode, and_(
            Episode.tenant_id == Evaluation.tenant_id, Episode.family_id == Evaluation.family_id,
            Episode.programme_id == programme_id, Episode.closed_on.is_(None),
        ))
        .outerjoin(Result, and_(
            Result.tenant_id == Evaluation.tenant_id, Result.family_id == Evaluation.family_id,
            Result.programme_id == programme_id,
        ))
        .where(Evaluation.is_current, Evaluation.result != "", Result.id.is_(None))
    )  # fmt: skip
    month: Any = func.date_trunc("month", func.greatest(_day(), on)).cast(Outlook.earliest_on.type)
    is_likely = Outlook.earliest_on.is_not(None)
    rows = db.session.execute(
        _near(programme_id, is_likely, month, func.count()).group_by(is_likely, month)
    ).all()
    return {
        "ready": {on.replace(day=1): ready or 0},
        "likely": {first: count for likely, first, count in rows if likely},
        "possible": {first: count for likely, first, count in rows if not likely},
    }
