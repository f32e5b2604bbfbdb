"""What a worker has to do: one statement for all of it, then a line a family in each section."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Date,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.assessments.models import Assessment, Standing
from tfsaas.audit.models import AuditEntry, Reading
from tfsaas.cases.caseloads import WORKERS
from tfsaas.cases.models import Ending, WatchAlert
from tfsaas.db import day_of, db
from tfsaas.families.models import Allocation, Episode, Family
from tfsaas.family_plans.models import FamilyPlan, PlanAction, PlanMeeting, State
from tfsaas.family_plans.queries import of_open_plan
from tfsaas.outcomes.models import Evaluation
from tfsaas.permissions import Role
from tfsaas.recording.models import Contact, How, Task

WEEK = timedelta(days=7)
LATELY = timedelta(days=30)
MOST = 1000


class Kind(Enum):
    """What a line is about."""

    REVIEW = "review"
    ACTION = "action"
    TASK = "task"
    MEETING = "meeting"
    SILENCE = "silence"
    RELAPSE = "relapse"
    NEW = "new"
    CHANGED = "changed"
    STANDS = "stands"
    THEIR_ACTION = "their action"
    THEIR_TASK = "their task"
    SIGNING = "signing"


DUE = (Kind.RELAPSE, Kind.REVIEW, Kind.ACTION, Kind.TASK, Kind.MEETING, Kind.SILENCE)
WAITING = (Kind.THEIR_ACTION, Kind.THEIR_TASK, Kind.SIGNING)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing about a family (`family_id` None: about none). `more`: how many others of the section are about it.

    `on`: the day it is or was due, None where nothing is. `subject_id`, `aim_id`: what its action is
    about. `by_id`: whom it hangs on, or for whom one covers.
    """

    kind: Kind
    family_id: UUID | None
    text: str
    on: date | None
    at: datetime | None
    subject_id: UUID | None
    aim_id: UUID | None
    by_id: UUID | None
    reference: str | None
    name: str | None
    more: int = 0


@dataclass(frozen=True, slots=True)
class MyWork:
    """The sections of the page."""

    overdue: Sequence[Line]
    week: Sequence[Line]
    new: Sequence[Line]
    changed: Sequence[Line]
    waiting: Sequence[Line]
    is_cut: bool = False  # there is more than one page can hold


def list_work(
    programme_id: UUID, user_id: UUID, covered: Sequence[UUID], on: date, contact_weeks: int
) -> MyWork:
    """What a person has to do, for their own families and for those they cover today (`covered`: whose)."""
    people, until = [user_id, *covered], on + WEEK
    led = _led(programme_id, people, user_id)
    asked = union_all(
        *_due(led, people, until),
        _meetings(led, on, until),
        _silence(led, on, contact_weeks),
        _relapses(people),
        _new(programme_id, user_id),
        *_changed(led, user_id),
        *_waiting(led, user_id, until),
    ).subquery()
    rows = db.session.execute(
        select(*asked.c, Family.reference, Family.name)
        .outerjoin(Family, Family.id == asked.c.family_id)
        .order_by(asked.c.day.asc().nulls_last(), asked.c.moment.desc(), Family.name_key)
        .limit(MOST)
    )
    lines = [Line(Kind(row[0]), *row[1:]) for row in rows]
    due = [line for line in lines if line.kind in DUE and line.on is not None]
    return MyWork(
        overdue=_by_family(line for line in due if line.on and line.on < on),
        week=_by_family(line for line in due if line.on and line.on >= on),
        new=_by_family(line for line in lines if line.kind is Kind.NEW),
        changed=_by_family(line for line in lines if line.kind in (Kind.CHANGED, Kind.STANDS)),
        waiting=_by_family(line for line in lines if line.kind in WAITING),
        is_cut=len(lines) == MOST,
    )


def _by_family(lines: Iterable[Line]) -> list[Line]:
    """A line a family: the first, with how many follow. What is about no family keeps its line."""
    found: dict[object, Line] = {}
    for line in lines:
        key = line.family_id or line.subject_id
        first = found.setdefault(key, line)
        if first is not line:
            found[key] = replace(first, more=first.more + 1)
    return list(found.values())


NOTHING = {
    "text": literal("", Text), "day": cast(null(), Date), "moment": cast(null(), DateTime(timezone=True)),
    "subject": cast(null(), Uuid), "aim": cast(null(), Uuid), "by": cast(null(), Uuid),
}  # fmt: skip


def _row(kind: Kind, family: Any, **said: Any) -> Select[Any]:
    """A part of the union; `said` fills some of the columns that `NOTHING` names."""
    told = {name: said.get(name, empty).label(name) for name, empty in NOTHING.items()}
    return select(
        literal(kind.value, Text).label("kind"), family.label("family_id"), *told.values()
    )


def last_contact(family_id: Any) -> Any:
    """The day of the last contact that reached somebody, of the family that a statement names."""
    return (
        select(func.max(Contact.happened_on))
        .where(Contact.family_id == family_id, Contact.replaced_at.is_(None))
        .where(Contact.how != How.NO_REPLY)
        .scalar_subquery()
    )


def _led(programme_id: UUID, user_ids: Sequence[UUID], user_id: UUID) -> CTE:
    """The families that somebody leads; `looked_at`: when the person who asks last saw anything of one."""
    looked = select(func.max(Reading.at)).where(_seen(user_id, Episode.family_id))
    since = day_of(Allocation.from_at)
    return (
        select(
            Episode.family_id, Episode.id.label("episode_id"), Episode.lead_worker_id,
            func.coalesce(last_contact(Episode.family_id), since).label("reached_on"),
            looked.scalar_subquery().label("looked_at"),
        )
        .join(Allocation, and_(Allocation.episode_id == Episode.id, Allocation.until_at.is_(None)))
        .where(Episode.programme_id == programme_id, Episode.closed_on.is_(None))
        .where(Episode.lead_worker_id.in_(user_ids))
        .cte("led")
    )  # fmt: skip


def _due(led: CTE, user_ids: Sequence[UUID], until: date) -> list[Select[Any]]:
    user_id = user_ids[0]
    mine = or_(
        PlanAction.owner_id == user_id,
        and_(PlanAction.owner_id.is_(None), PlanAction.family_id.in_(select(led.c.family_id))),
    )
    return [
        _row(Kind.REVIEW, led.c.family_id, day=FamilyPlan.next_review_on, subject=FamilyPlan.id, by=led.c.lead_worker_id)
        .join(FamilyPlan, FamilyPlan.episode_id == led.c.episode_id)
        .where(FamilyPlan.next_review_on <= until),
        _row(Kind.ACTION, PlanAction.family_id, text=PlanAction.text, day=PlanAction.due_on, subject=PlanAction.id, aim=PlanAction.objective_id)
        .where(PlanAction.state == State.OPEN, PlanAction.due_on <= until, mine, of_open_plan()),
        _row(Kind.TASK, Task.family_id, text=Task.text, day=Task.due_on, subject=Task.id, by=Task.made_by_id)
        .where(or_(Task.for_id == user_id, and_(Task.for_id.in_(user_ids), Task.family_id.is_not(None))))
        .where(Task.done_at.is_(None), Task.due_on <= until),
    ]  # fmt: skip


def _meetings(led: CTE, on: date, until: date) -> Select[Any]:
    return (
        _row(Kind.MEETING, led.c.family_id, day=PlanMeeting.next_on, subject=PlanMeeting.id, by=led.c.lead_worker_id)
        .join(PlanMeeting, PlanMeeting.family_id == led.c.family_id)
        .where(PlanMeeting.next_on >= on, PlanMeeting.next_on <= until)
    )  # fmt: skip


def _silence(led: CTE, on: date, weeks: int) -> Select[Any]:
    """`text`: the day of the last contact, or since when they are led where there was none."""
    day = led.c.reached_on + weeks * 7
    told = {"text": cast(led.c.reached_on, Text), "by": led.c.lead_worker_id}
    return _row(Kind.SILENCE, led.c.family_id, day=cast(day, Date), **told).where(day <= on)


def _relapses(user_ids: Sequence[UUID]) -> Select[Any]:
    """What was seen after support that one of these people led, or nobody who still works with families, and that nobody has looked at."""
    here = exists().where(
        User.id == Ending.led_by_id, User.disabled_at.is_(None), User.role.in_(WORKERS)
    )
    supervises = exists().where(User.id == user_ids[0], User.role == Role.SUPERVISOR)
    return (
        _row(Kind.RELAPSE, WatchAlert.family_id, text=literal("Something new since support ended", Text), day=day_of(WatchAlert.found_at), subject=WatchAlert.id, by=Ending.led_by_id)
        .join(Ending, Ending.id == WatchAlert.ending_id)
        .where(WatchAlert.is_relapse.is_(None), or_(Ending.led_by_id.in_(user_ids), and_(~here, supervises)))
    )  # fmt: skip


def _seen(user_id: UUID, family_id: Any) -> Any:
    return and_(
        Reading.user_id == user_id, Reading.family_id == family_id, Reading.refused.is_(False)
    )


def _new(programme_id: UUID, user_id: UUID) -> Select[Any]:
    looked = exists().where(_seen(user_id, Allocation.family_id), Reading.at >= Allocation.from_at)
    return (
        _row(Kind.NEW, Allocation.family_id, text=Allocation.reason, moment=Allocation.from_at, by=Allocation.allocated_by_id)
        .join(Episode, and_(Episode.id == Allocation.episode_id, Episode.programme_id == programme_id))
        .where(Allocation.user_id == user_id, Allocation.until_at.is_(None), Episode.closed_on.is_(None), ~looked)
    )  # fmt: skip


def _changed(led: CTE, user_id: UUID) -> list[Select[Any]]:
    """What others changed, and where a family stands otherwise than when one last looked."""
    since = func.greatest(led.c.looked_at, clock.now() - LATELY)
    latest = (
        select(AuditEntry.at, AuditEntry.actor_id)
        .where(AuditEntry.family_id == led.c.family_id, AuditEntry.at > since)
        .where(AuditEntry.actor_id.is_distinct_from(user_id), AuditEntry.actor_id.is_not(None))
        .order_by(AuditEntry.at.desc())
        .limit(1)
        .lateral()
    )
    was_seen = led.c.looked_at.is_not(None)
    return [
        _row(Kind.CHANGED, led.c.family_id, moment=latest.c.at, by=latest.c.actor_id)
        .join(latest, literal(True)).where(was_seen),
        _row(Kind.STANDS, led.c.family_id, text=Evaluation.standing.cast(Text), moment=Evaluation.known_at)
        .join(Evaluation, Evaluation.family_id == led.c.family_id)
        .where(Evaluation.is_current, Evaluation.known_at > since, was_seen),
    ]  # fmt: skip


def _waiting(led: CTE, user_id: UUID, until: date) -> list[Select[Any]]:
    theirs = and_(PlanAction.owner_id.is_not(None), PlanAction.owner_id != user_id)
    return [
        _row(Kind.THEIR_ACTION, PlanAction.family_id, text=PlanAction.text, day=PlanAction.due_on, subject=PlanAction.id, aim=PlanAction.objective_id, by=PlanAction.owner_id)
        .join(led, led.c.family_id == PlanAction.family_id)
        .where(PlanAction.state == State.OPEN, PlanAction.due_on <= until, theirs, of_open_plan()),
        _row(Kind.THEIR_TASK, Task.family_id, text=Task.text, day=Task.due_on, subject=Task.id, by=Task.for_id)
        .where(Task.made_by_id == user_id, Task.for_id != user_id, Task.done_at.is_(None)),
        _row(Kind.SIGNING, Assessment.family_id, moment=Assessment.sent_at, subject=Assessment.id)
        .where(Assessment.sent_by_id == user_id, Assessment.standing == Standing.SENT),
    ]  # fmt: skip
