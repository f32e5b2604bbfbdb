"""Families that drift: overdue, open long, silent, with children whom nobody has seen. By worker, and one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, and_, exists, func, or_, select

from tfsaas.cases.my_work import last_contact
from tfsaas.db import day_of, db
from tfsaas.families.models import Allocation, Episode, Family, Membership, Person
from tfsaas.families.queries import CHILD_YEARS, visible_families
from tfsaas.family_plans.models import FamilyPlan, PlanAction, State
from tfsaas.family_plans.queries import of_open_plan
from tfsaas.recording.models import Contact, ContactPerson, Part

LONG = timedelta(days=365)
MOST = 200
SEEN = (Part.SEEN, Part.ALONE)


@dataclass(frozen=True, slots=True)
class Drift:
    """How many of somebody's families drift, each in which way."""

    overdue: int = 0
    long: int = 0
    silent: int = 0
    unseen: int = 0


@dataclass(frozen=True, slots=True)
class DriftRow:
    """A family that drifts. `last_on`: the day of its last contact, None where there was none."""

    family: Family
    lead_worker_id: UUID | None
    since: date | None
    last_on: date | None
    overdue: bool
    long: bool
    silent: bool
    unseen: bool


def count_drift(programme_id: UUID, on: date, contact_weeks: int) -> dict[UUID, Drift]:
    """By lead worker how many families drift."""
    found = _flags(programme_id, on, contact_weeks)
    counts = [func.count().filter(found.c[name]) for name in Drift.__slots__]
    rows = db.session.execute(
        select(found.c.lead_worker_id, *counts)
        .where(found.c.lead_worker_id.is_not(None))
        .group_by(found.c.lead_worker_id)
    )
    return {user_id: Drift(*numbers) for user_id, *numbers in rows}


def list_drift(
    programme_id: UUID,
    on: date,
    contact_weeks: int,
    lead_worker_id: UUID | None = None,
    *,
    way: str = "",
) -> Sequence[DriftRow]:
    """The first families that drift, of everybody or of one lead worker, the longest silent first. `way`: in one of the ways that `Drift` names; "": in any."""
    found = _flags(programme_id, on, contact_weeks)
    flags = [found.c[name] for name in Drift.__slots__]
    wanted = [found.c[way]] if way in Drift.__slots__ else flags
    query = (
        select(Family, found.c.lead_worker_id, found.c.since, found.c.last_on, *flags)
        .join(found, found.c.family_id == Family.id)
        .where(or_(*wanted), visible_families())
        .order_by(found.c.last_on.asc().nulls_first(), Family.name_key, Family.id)
        .limit(MOST)
    )
    if lead_worker_id is not None:
        query = query.where(found.c.lead_worker_id == lead_worker_id)
    return [DriftRow(*row) for row in db.session.execute(query)]


def _flags(programme_id: UUID, on: date, contact_weeks: int) -> CTE:
    """Each open episode with the ways in which it drifts."""
    led_since = day_of(Allocation.from_at)
    known = (
        select(
            Episode.family_id, Episode.lead_worker_id, Episode.baseline_on.label("since"),
            last_contact(Episode.family_id).label("last_on"), led_since.label("led_since"),
            _overdue(on).label("overdue"), _unseen(on).label("unseen"),
        )
        .outerjoin(Allocation, and_(Allocation.episode_id == Episode.id, Allocation.until_at.is_(None)))
        .where(Episode.programme_id == programme_id, Episode.closed_on.is_(None))
        .subquery()
    )  # fmt: skip
    reached = func.coalesce(known.c.last_on, known.c.led_since, known.c.since)
    silent = reached < on - timedelta(weeks=contact_weeks)
    return select(
        *known.c,
        func.coalesce(known.c.since < on - LONG, False).label("long"),
        func.coalesce(silent, False).label("silent"),
    ).cte("drift")


def _overdue(on: date) -> Any:
    review = exists().where(FamilyPlan.episode_id == Episode.id, FamilyPlan.next_review_on < on)
    action = exists().where(
        PlanAction.family_id == Episode.family_id,
        PlanAction.state == State.OPEN,
        PlanAction.due_on < on,
        of_open_plan(),
    )
    return or_(review, action)


def is_unseen_child(on: date) -> Any:
    """Whether a person of an episode's family is a child of it now whom no contact saw since support began.

    Where it has not begun: whom no contact ever saw. The statement has the episode, membership and person.
    """
    began = or_(Episode.baseline_on.is_(None), Contact.happened_on >= Episode.baseline_on)
    seen = (
        exists()
        .where(ContactPerson.person_id == Person.id, ContactPerson.part.in_(SEEN))
        .where(Contact.id == ContactPerson.contact_id, Contact.replaced_at.is_(None), began)
        .correlate(Person, Episode)
    )
    return and_(
        Membership.family_id == Episode.family_id,
        Membership.left_on.is_(None),
        Person.id == Membership.person_id,
        Person.date_of_birth > _years_before(on),
        ~seen,
    )


def _unseen(on: date) -> Any:
    """Support has begun, and a child of the family has not been seen since."""
    child = exists().where(is_unseen_child(on)).correlate(Episode)
    return and_(Episode.baseline_on.is_not(None), child)


def _years_before(on: date) -> date:
    """Who was born later is a child on that day."""
    day = min(on.day, 28) if on.month == 2 else on.day
    return on.replace(year=on.year - CHILD_YEARS, day=day)
