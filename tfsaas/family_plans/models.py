"""A family's plan as it is kept."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class State(Enum):
    """How an action stands."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "given up"


class FamilyPlan(TenantModel):
    """The plan of an episode. `agreed_on`: when it was agreed with the family; None: not yet.

    `changed_at` moves, and `version` counts, with every change of its objectives and actions too,
    so that two editors cannot overwrite each other, and an older agreement is seen to be one.
    """

    __tablename__ = "family_plan"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("episode"),
        belongs_to("user_account", "agreed_by_id"),
        UniqueConstraint("tenant_id", "episode_id"),
        Index(None, "tenant_id", "family_id"),
        Index(None, "tenant_id", "next_review_on"),
        CheckConstraint("(agreed_on is null) = (next_review_on is null)", name="reviewed"),
    )

    family_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    agreed_on: Mapped[date | None]
    agreed_at: Mapped[datetime | None]
    agreed_by_id: Mapped[UUID | None]
    next_review_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Objective(TenantModel):
    """What is to become better. `headline`: the code of the problem of the outcomes plan that it is about; "": none."""

    __tablename__ = "objective"
    __table_args__ = (
        belongs_to("family_plan", ondelete="CASCADE"),
        belongs_to("family"),
        Index(None, "tenant_id", "family_id"),
        Index(None, "tenant_id", "family_plan_id"),
        CheckConstraint("text <> ''", name="text"),
    )

    family_id: Mapped[UUID]
    family_plan_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(info={"secret": True})
    headline: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PlanAction(TenantModel):
    """Who does what for whom by when. `person_id` None: for the whole family; `owner_id` None: `owner` says who."""

    __tablename__ = "plan_action"
    __table_args__ = (
        belongs_to("objective", ondelete="CASCADE"),
        belongs_to("family"),
        Index(None, "tenant_id", "family_id"),
        belongs_to("person"),
        belongs_to("user_account", "owner_id"),
        Index(None, "tenant_id", "objective_id"),
        Index(None, "tenant_id", "owner_id", "due_on", postgresql_where="state = 'open'"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("owner_id is not null or owner <> ''", name="owner"),
        CheckConstraint("(state = 'open') = (ended_on is null)", name="ended"),
    )

    family_id: Mapped[UUID]
    objective_id: Mapped[UUID]
    text: Mapped[str] = mapped_column(info={"secret": True})
    owner_id: Mapped[UUID | None]
    owner: Mapped[str] = mapped_column(default="", info={"secret": True})
    person_id: Mapped[UUID | None]
    due_on: Mapped[date]
    state: Mapped[State] = mapped_column(default=State.OPEN)
    ended_on: Mapped[date | None]
    made_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PlanReview(TenantModel):
    """A review of the plan with the family. Never changed."""

    __tablename__ = "plan_review"
    __table_args__ = (
        belongs_to("family_plan", ondelete="CASCADE"),
        belongs_to("family"),
        Index(None, "tenant_id", "family_id"),
        belongs_to("user_account", "by_id"),
        Index(None, "tenant_id", "family_plan_id"),
    )

    family_id: Mapped[UUID]
    family_plan_id: Mapped[UUID]
    held_on: Mapped[date]
    recorded_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    summary: Mapped[str] = mapped_column(info={"secret": True})
    words: Mapped[str] = mapped_column(default="", info={"secret": True})


class ReviewStep(TenantModel):
    """What a review found of one action, in its words of then: how it stood, its day, and what was said."""

    __tablename__ = "review_step"
    __table_args__ = (
        belongs_to("plan_review", ondelete="CASCADE"),
        belongs_to("family"),
        Index(None, "tenant_id", "family_id"),
        belongs_to("plan_action", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "plan_review_id", "plan_action_id"),
    )

    family_id: Mapped[UUID]
    plan_review_id: Mapped[UUID]
    plan_action_id: Mapped[UUID]
    place: Mapped[int]
    text: Mapped[str] = mapped_column(info={"secret": True})
    state: Mapped[State]
    due_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="", info={"secret": True})


class Attendance(Enum):
    """Whether somebody was at a meeting."""

    CAME = "came"
    APOLOGIES = "sent apologies"
    AWAY = "did not come"


class PlanMeeting(TenantModel):
    """A meeting of the team around the family, with its minutes. Never changed. `key`: of the form that was sent, so that sending it twice writes one."""

    __tablename__ = "plan_meeting"
    __table_args__ = (
        belongs_to("family_plan", ondelete="CASCADE"),
        belongs_to("family"),
        Index(None, "tenant_id", "family_id"),
        belongs_to("user_account", "by_id"),
        UniqueConstraint("tenant_id", "key"),
        Index(None, "tenant_id", "family_plan_id"),
        CheckConstraint("minutes <> ''", name="minutes"),
    )

    family_id: Mapped[UUID]
    family_plan_id: Mapped[UUID]
    key: Mapped[UUID]
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(default="", info={"secret": True})
    minutes: Mapped[str] = mapped_column(info={"secret": True})
    next_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    by_id: Mapped[UUID | None]


class MeetingGuest(TenantModel):
    """Somebody who was asked to a meeting: one of the family (`person_id`), or another by name and where they work."""

    __tablename__ = "meeting_guest"
    __table_args__ = (
        belongs_to("plan_meeting", ondelete="CASCADE"),
        belongs_to("family"),
        Index(None, "tenant_id", "family_id"),
        belongs_to("person"),
        Index(None, "tenant_id", "plan_meeting_id"),
        CheckConstraint("person_id is not null or name <> ''", name="named"),
    )

    family_id: Mapped[UUID]
    plan_meeting_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    name: Mapped[str] = mapped_column(default="", info={"secret": True})
    agency: Mapped[str] = mapped_column(default="", info={"secret": True})
    place: Mapped[int]
    attendance: Mapped[Attendance]
