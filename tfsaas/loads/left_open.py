"""What a gap in a feed leaves at “cannot tell”: which tests, and which families."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from tfsaas.accounts.models import User
from tfsaas.db import db
from tfsaas.evidence.silence import Days
from tfsaas.families.models import Episode, Family
from tfsaas.families.queries import visible_families
from tfsaas.outcomes.models import Evaluation, Result
from tfsaas.rules.plan import Measure, Plan, singles
from tfsaas.rules.results import LETTERS
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import plan_of

CANNOT_TELL = LETTERS[1]
PAGE = 50
NOBODY = UUID(int=0)  # before every id


@dataclass(frozen=True, slots=True)
class OpenFamily:
    """A family for whom some test cannot tell, and who leads its support ("" nobody)."""

    id: UUID
    reference: str
    name: str
    lead_worker: str


def signals_of_measure(measure: Measure) -> set[str]:
    """What a test asks."""
    return {test.signal for test in singles(measure.test)}


def list_whole(stretches: Mapping[str, Sequence[Days]], start: date) -> set[str]:
    """The signals that are covered without a gap from a day on, and reach as far as any does."""
    newest = max((last for held in stretches.values() for _, last in held), default=start)
    return {
        signal
        for signal, held in stretches.items()
        if any(first <= start and last >= newest for first, last in held)
    }


def count_cannot_tell(
    programme_id: UUID, versions: Sequence[PlanVersion], whole: Collection[str] = ()
) -> dict[str, int]:
    """By signal how many families, without a confirmed result, have an answer “cannot tell” where it is asked.

    A test that asks several signals is not held against those of them that are whole.
    """
    found: dict[str, int] = {}
    for version in versions:
        places = _places(plan_of(version), whole)
        if not places:
            continue
        counts = [func.count().filter(_any_at(at)) for at in places.values()]
        row = db.session.execute(_open(select(*counts), programme_id, version)).one()
        for signal, count in zip(places, row, strict=True):
            found[signal] = found.get(signal, 0) + count
    return found


def list_cannot_tell(
    programme_id: UUID,
    versions: Sequence[PlanVersion],
    asked: tuple[str, Collection[str]],
    after: UUID | None = None,
) -> list[OpenFamily]:
    """These families by id, a page of them from one on, and one more if there are more. `asked`: the signal, and those that are whole."""
    found: list[OpenFamily] = []
    signal, whole = asked
    for version in versions:
        places = _places(plan_of(version), whole).get(signal)
        if not places:
            continue
        query = (
            _open(select(Family.id, Family.reference, Family.name, func.coalesce(User.name, "")), programme_id, version)
            .join(Family, (Family.tenant_id == Evaluation.tenant_id) & (Family.id == Evaluation.family_id))
            .outerjoin(User, (User.tenant_id == Episode.tenant_id) & (User.id == Episode.lead_worker_id))
            .where(_any_at(places), visible_families(), Family.id >= (after or NOBODY))
            .order_by(Family.id)
            .limit(PAGE + 1)
        )  # fmt: skip
        found += [OpenFamily(*row) for row in db.session.execute(query)]
    return sorted(found, key=lambda row: row.id)[: PAGE + 1]


def _open(query: Select[Any], programme_id: UUID, version: PlanVersion) -> Select[Any]:
    """Of the evaluations by a version those of families in support whose result is not confirmed."""
    return (
        query.select_from(Evaluation)
        .join(Episode, and_(
            Episode.tenant_id == Evaluation.tenant_id, Episode.family_id == Evaluation.family_id,
            Episode.programme_id == programme_id, Episode.closed_on.is_(None),
        ))
        .outerjoin(Result, and_(
            Result.tenant_id == Evaluation.tenant_id, Result.family_id == Evaluation.family_id,
            Result.programme_id == programme_id,
        ))
        .where(Evaluation.is_current, Evaluation.plan_version_id == version.id, Result.id.is_(None))
    )  # fmt: skip


def _places(plan: Plan, whole: Collection[str]) -> dict[str, list[int]]:
    """By signal the places in the findings of the tests that ask it as at the day, from 1."""
    measures: list[Measure] = [*plan.indicators, *plan.outcomes, *plan.always]
    start = len(plan.indicators) + 1  # those as at the baseline come first
    found: dict[str, list[int]] = {}
    for at, measure in enumerate(measures, start=start):
        asked = signals_of_measure(measure)
        for signal in asked - set(whole) or asked:
            found.setdefault(signal, []).append(at)
    return found


def _any_at(places: Sequence[int]) -> ColumnElement[bool]:
    return or_(*(func.substr(Evaluation.findings, at, 1) == CANNOT_TELL for at in places))
