"""Reading evaluations and results."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Row, func, select

from tfsaas.db import Model, NotFound, among, db
from tfsaas.families.models import Family
from tfsaas.outcomes.models import EvaluationRun, Result, Route
from tfsaas.tenants.models import FundingArrangement

Kept = Row[Any]  # a row of `evaluation`, read without the cost of an entity


@dataclass(frozen=True, slots=True)
class ConfirmedResult:
    """A result as lists show it."""

    result: Result
    reference: str
    family_name: str


@dataclass(frozen=True, slots=True)
class ArrangementTotal:
    """What one funding arrangement has brought: results by route, and pounds."""

    arrangement: FundingArrangement
    ssp: int
    ce: int
    pounds: int

    @property
    def results(self) -> int:
        """Results by either route."""
        return self.ssp + self.ce


def find_run(programme_id: UUID, as_at: date) -> EvaluationRun | None:
    """The run as at exactly this day; None when there is none."""
    return db.session.scalar(
        select(EvaluationRun).where(
            EvaluationRun.programme_id == programme_id, EvaluationRun.as_at == as_at
        )
    )


def find_run_by(programme_id: UUID, on: date) -> EvaluationRun | None:
    """The finished run as at this day or the nearest earlier one; None when there is none."""
    return db.session.scalar(
        select(EvaluationRun)
        .where(EvaluationRun.programme_id == programme_id, EvaluationRun.as_at <= on)
        .where(EvaluationRun.known_at.is_not(None))
        .order_by(EvaluationRun.as_at.desc())
        .limit(1)
    )


def get_run(run_id: UUID) -> EvaluationRun:
    """One run of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    run = db.session.scalar(select(EvaluationRun).where(EvaluationRun.id == run_id))
    if run is None:
        raise NotFound("no such run")
    return run


def list_states(
    on: date, *, family_ids: Sequence[UUID] | None = None, with_result: bool = False
) -> dict[UUID, Kept]:
    """By family what the rules found as at `on`: its latest row on or before that day.

    `family_ids`: of these families only. `with_result`: only those that had a result that day.
    """
    table = Model.metadata.tables["evaluation"]
    query = (
        select(table)
        .where(table.c.as_at <= on)
        .order_by(table.c.family_id, table.c.as_at.desc(), table.c.number.desc())
        .distinct(table.c.family_id)
    )
    if family_ids is not None:
        query = query.where(among(table.c.family_id, family_ids))
    if with_result:
        latest = query.subquery()
        query = select(latest).where(latest.c.result != "")
    return {row.family_id: row for row in db.session.execute(query)}


def find_next_day(programme_id: UUID, after: date) -> date | None:
    """The day of the first run after this one; None when this is the last."""
    return db.session.scalar(
        select(func.min(EvaluationRun.as_at)).where(
            EvaluationRun.programme_id == programme_id, EvaluationRun.as_at > after
        )
    )


def find_result(family_id: UUID, programme_id: UUID) -> Result | None:
    """A family's confirmed result; None when it has none."""
    return db.session.scalar(
        select(Result).where(Result.family_id == family_id, Result.programme_id == programme_id)
    )


def list_confirmed(programme_id: UUID, by: date) -> set[UUID]:
    """The families whose result was confirmed on or before a day."""
    found = select(Result.family_id).where(
        Result.programme_id == programme_id, Result.confirmed_on <= by
    )
    return set(db.session.scalars(found))


def count_results(programme_id: UUID, by: date) -> dict[Route, int]:
    """Results confirmed on or before a day, by route."""
    rows = db.session.execute(
        select(Result.route, func.count())
        .where(Result.programme_id == programme_id, Result.confirmed_on <= by)
        .group_by(Result.route)
    )
    found: dict[Route, int] = dict.fromkeys(Route, 0)
    return found | dict(rows.tuples().all())


def count_results_by_month(programme_id: UUID, by: date) -> list[tuple[date, int, int]]:
    """For each month up to a day with any: its first day, results by progress, results by employment."""
    month: Any = func.date_trunc("month", Result.confirmed_on).cast(Date)
    rows = db.session.execute(
        select(
            month,
            func.count().filter(Result.route == Route.SSP),
            func.count().filter(Result.route == Route.CE),
        )
        .where(Result.programme_id == programme_id, Result.confirmed_on <= by)
        .group_by(month)
        .order_by(month)
    )
    return [(first, ssp, ce) for first, ssp, ce in rows]


def total_by_arrangement(programme_id: UUID) -> list[ArrangementTotal]:
    """What each funding arrangement of a programme has brought, oldest first."""
    rows = db.session.execute(
        select(
            FundingArrangement,
            func.count(Result.id).filter(Result.route == Route.SSP),
            func.count(Result.id).filter(Result.route == Route.CE),
            func.coalesce(func.sum(Result.amount_pounds), 0),
        )
        .outerjoin(
            Result,
            (Result.tenant_id == FundingArrangement.tenant_id)
            & (Result.funding_arrangement_id == FundingArrangement.id),
        )
        .where(FundingArrangement.programme_id == programme_id)
        .group_by(FundingArrangement.tenant_id, FundingArrangement.id)
        .order_by(FundingArrangement.starts_on)
    )
    return [
        ArrangementTotal(arrangement, ssp, ce, int(pounds)) for arrangement, ssp, ce, pounds in rows
    ]


def list_results(
    programme_id: UUID, *, limit: int, before: tuple[date, UUID] | None = None
) -> Sequence[ConfirmedResult]:
    """A page of results, the newest first; `before` is the last one of the page before."""
    query = (
        select(Result, Family.reference, Family.name)
        .join(Family, (Family.tenant_id == Result.tenant_id) & (Family.id == Result.family_id))
        .where(Result.programme_id == programme_id)
        .order_by(Result.confirmed_on.desc(), Result.id.desc())
        .limit(limit)
    )
    if before:
        day, result_id = before
        earlier = (Result.confirmed_on < day) | (
            (Result.confirmed_on == day) & (Result.id < result_id)
        )
        query = query.where(earlier)
    return [
        ConfirmedResult(result, reference, name)
        for result, reference, name in db.session.execute(query)
    ]
