"""Meetings of the team around a family: who was asked, who came, and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.db import db
from tfsaas.family_plans.actions import PlanRefused
from tfsaas.family_plans.models import Attendance, FamilyPlan, MeetingGuest, PlanMeeting
from tfsaas.tenants.scope import actor, lock


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who was asked. `person_id` None: not of the family."""

    person_id: UUID | None
    name: str
    agency: str
    attendance: Attendance


def record_meeting(
    plan: FamilyPlan, key: UUID, told: tuple[date, str, str, date | None], guests: Sequence[Guest]
) -> PlanMeeting:
    """Write a meeting down, once for each `key`. `told`: its day, place, minutes, and the day of the next one.

    Raises:
        PlanRefused: the days cannot be, or nobody came.
    """
    held_on, place, minutes, next_on = told
    if held_on > clock.today():
        raise PlanRefused("held_on", "The day of the meeting must be today or in the past")
    if next_on is not None and next_on <= held_on:
        raise PlanRefused("next_on", "The next meeting must come after this one")
    if not any(guest.attendance is Attendance.CAME for guest in guests):
        raise PlanRefused(
            "name-0", "Say who came, of the family or of the others: a meeting needs somebody"
        )
    lock(f"meeting {key}")
    if found := db.session.scalar(select(PlanMeeting).where(PlanMeeting.key == key)):
        if (found.held_on, found.place, found.minutes, found.next_on) == told:
            return found  # sent twice
        raise PlanRefused("minutes", "This meeting is written down already, as it was first sent. Leave only what you added, and save it as an addition")  # fmt: skip
    made = PlanMeeting(
        id=uuid4(), family_id=plan.family_id, family_plan_id=plan.id, key=key, held_on=held_on, place=place, minutes=minutes, next_on=next_on,
        recorded_at=clock.now(), by_id=actor(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        MeetingGuest(family_id=plan.family_id, plan_meeting_id=made.id, place=place, person_id=g.person_id, name=g.name, agency=g.agency, attendance=g.attendance)
        for place, g in enumerate(guests)
    )  # fmt: skip
    return made


def list_meetings(plan_id: UUID) -> list[tuple[PlanMeeting, Sequence[MeetingGuest]]]:
    """The meetings about a plan with who was asked, the latest first."""
    meetings = db.session.scalars(
        select(PlanMeeting)
        .where(PlanMeeting.family_plan_id == plan_id)
        .order_by(PlanMeeting.held_on.desc(), PlanMeeting.recorded_at.desc())
    ).all()
    rows = select(MeetingGuest).where(MeetingGuest.plan_meeting_id.in_([m.id for m in meetings]))
    guests: dict[UUID, list[MeetingGuest]] = {}
    for guest in db.session.scalars(rows.order_by(MeetingGuest.place)):
        guests.setdefault(guest.plan_meeting_id, []).append(guest)
    return [(meeting, guests.get(meeting.id, [])) for meeting in meetings]
