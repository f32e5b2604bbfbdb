"""What has changed since it was last evaluated: the marks that triggers leave, and the families they mean."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Row, delete, or_, select

from tfsaas.db import db
from tfsaas.families.models import Episode
from tfsaas.outcomes.models import Outlook, StaleMark
from tfsaas.rules.plan import EXPECTING, Plan, Rate, Test, singles
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import find_plan_in_force, list_plan_versions

TERMS = ""  # the mark of a changed school term


def list_marks() -> Sequence[Row[tuple[UUID, UUID | None, str | None]]]:
    """Every mark that is there now: its id, and its family or signal."""
    return db.session.execute(select(StaleMark.id, StaleMark.family_id, StaleMark.signal)).all()


def remove_marks(mark_ids: Collection[UUID]) -> None:
    """Take marks away that were dealt with. Those made meanwhile stay."""
    if mark_ids:
        db.session.execute(
            delete(StaleMark)
            .where(StaleMark.id.in_(mark_ids))
            .execution_options(synchronize_session=False)
        )


def list_stale(
    programme_id: UUID, on: date, marks: Sequence[Row[tuple[UUID, UUID | None, str | None]]]
) -> list[UUID]:
    """The families of a programme whose answer can have changed: marked, due by the day, or never looked at."""
    marked = {mark.family_id for mark in marks if mark.family_id is not None}
    signals = {mark.signal for mark in marks if mark.signal is not None}
    versions = set(_touched(programme_id, signals)) if signals else set()
    in_force = find_plan_in_force(programme_id, on)
    due = [Outlook.id.is_(None), Outlook.next_change_on <= on, Episode.family_id.in_(marked)]
    if versions:
        due.append(Episode.plan_version_id.in_(versions))
    if in_force is not None:
        not_pinned = Episode.plan_version_id.is_(None)
        due.append(not_pinned & Outlook.plan_version_id.is_distinct_from(in_force.id))
        if in_force.id in versions:
            due.append(not_pinned)
    rows = db.session.scalars(
        select(Episode.family_id)
        .outerjoin(
            Outlook,
            (Outlook.tenant_id == Episode.tenant_id) & (Outlook.family_id == Episode.family_id),
        )
        .where(Episode.programme_id == programme_id, or_(*due))
        .distinct()
    )
    return sorted(rows)


def _touched(programme_id: UUID, signals: set[str]) -> Iterator[UUID]:
    """The versions whose answers rest on what a feed covers, or on the terms."""
    for version in list_plan_versions(programme_id):
        if signals & set(_signals(plan_of(version))):
            yield version.id


def _signals(plan: Plan) -> Iterator[str]:
    for measure in (*plan.indicators, *plan.outcomes, *plan.always):
        yield from _of_test(measure.test)
    if plan.employment is not None:
        yield from (plan.employment.signal, *plan.employment.benefits)
        yield from (route.prior for route in plan.routes)
    if plan.eligibility.expectant_parent:
        yield EXPECTING


def _of_test(test: Test) -> Iterator[str]:
    for one in singles(test):
        yield one.signal
        window = getattr(one, "window", None)
        if isinstance(one, Rate) or (window is not None and window.unit == "terms"):
            yield TERMS
