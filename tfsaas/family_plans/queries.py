"""Reading a family's plan, and what it leaves out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select

from tfsaas.db import NotFound, db
from tfsaas.families.models import Episode, Family
from tfsaas.families.queries import Member, visible_families
from tfsaas.family_plans.models import (
    FamilyPlan,
    Objective,
    PlanAction,
    PlanReview,
    ReviewStep,
    State,
)
from tfsaas.outcomes.models import Evaluation


@dataclass(frozen=True, slots=True)
class PlanPart:
    """An objective with its actions, those that are due first first."""

    objective: Objective
    actions: Sequence[PlanAction]


@dataclass(frozen=True, slots=True)
class Gaps:
    """What a plan leaves out: headlines of the family, by code, and members without an action that is open or done."""

    headlines: Sequence[str]
    members: Sequence[Member]

    @property
    def none(self) -> bool:
        """Whether nothing is left out."""
        return not self.headlines and not self.members


def get_head(family_id: UUID, programme_id: UUID) -> tuple[Family, FamilyPlan | None]:
    """A family that the person may see, with the plan of its latest episode; None: there is none. One statement.

    Raises:
        NotFound: there is no such family here, or not for this person.
    """
    row = db.session.execute(
        select(Family, FamilyPlan)
        .outerjoin(Episode, (Episode.tenant_id == Family.tenant_id) & (Episode.family_id == Family.id) & (Episode.programme_id == programme_id))
        .outerjoin(FamilyPlan, (FamilyPlan.tenant_id == Episode.tenant_id) & (FamilyPlan.episode_id == Episode.id))
        .where(Family.id == family_id, visible_families())
        .order_by(Episode.closed_on.desc().nulls_first(), Episode.baseline_on.desc().nulls_last())
        .limit(1)
    ).first()  # fmt: skip
    if row is None:
        raise NotFound("no such family")
    return row[0], row[1]


def find_plan(family_id: UUID, episode_id: UUID | None) -> FamilyPlan | None:
    """The plan of a family's episode; None: there is none."""
    if episode_id is None:
        return None
    query = select(FamilyPlan).where(
        FamilyPlan.family_id == family_id, FamilyPlan.episode_id == episode_id
    )
    return db.session.scalar(query)


def of_open_plan() -> ColumnElement[bool]:
    """Whether the action that a statement names belongs to the plan of an episode that is open."""
    return (
        exists()
        .where(Objective.id == PlanAction.objective_id, FamilyPlan.id == Objective.family_plan_id)
        .where(Episode.id == FamilyPlan.episode_id, Episode.closed_on.is_(None))
        .correlate(PlanAction)
    )


def list_parts(plan_id: UUID) -> list[PlanPart]:
    """A plan's objectives with their actions."""
    objectives = db.session.scalars(
        select(Objective)
        .where(Objective.family_plan_id == plan_id)
        .order_by(Objective.made_at, Objective.id)
    ).all()
    actions = db.session.scalars(
        select(PlanAction)
        .where(PlanAction.objective_id.in_([row.id for row in objectives]))
        .order_by(PlanAction.ended_on.is_not(None), PlanAction.due_on, PlanAction.made_at)
    ).all()
    return [
        PlanPart(objective, [row for row in actions if row.objective_id == objective.id])
        for objective in objectives
    ]


def get_objective(plan_id: UUID, objective_id: UUID) -> Objective:
    """An objective of a plan.

    Raises:
        NotFound: there is none with that id in it.
    """
    query = select(Objective).where(
        Objective.id == objective_id, Objective.family_plan_id == plan_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("no such objective")
    return found


def get_action(plan_id: UUID, action_id: UUID) -> PlanAction:
    """An action of a plan.

    Raises:
        NotFound: there is none with that id in it.
    """
    found = db.session.scalar(
        select(PlanAction)
        .join(Objective, (Objective.tenant_id == PlanAction.tenant_id) & (Objective.id == PlanAction.objective_id))
        .where(PlanAction.id == action_id, Objective.family_plan_id == plan_id)
    )  # fmt: skip
    if found is None:
        raise NotFound("no such action")
    return found


def list_identified(family_id: UUID) -> list[str]:
    """The codes of the headlines that the latest evaluation found in a family."""
    query = select(Evaluation.headlines).where(Evaluation.family_id == family_id, Evaluation.is_current)  # fmt: skip
    return list(db.session.scalar(query) or [])


def find_gaps(
    parts: Sequence[PlanPart], headlines: Sequence[str], members: Sequence[Member]
) -> Gaps:
    """What a plan leaves out. An action for the whole family is one for everybody in it."""
    live = [(part.objective, row) for part in parts for row in part.actions if row.state is not State.DROPPED]  # fmt: skip
    covered = {objective.headline for objective, _ in live}
    people = {row.person_id for _, row in live}
    left_out = [] if None in people else [m for m in members if m.person.id not in people]
    return Gaps([code for code in headlines if code not in covered], left_out)


def list_reviews(plan_id: UUID) -> list[tuple[PlanReview, Sequence[ReviewStep]]]:
    """The reviews of a plan with what each found, the latest first."""
    reviews = db.session.scalars(
        select(PlanReview)
        .where(PlanReview.family_plan_id == plan_id)
        .order_by(PlanReview.held_on.desc(), PlanReview.recorded_at.desc())
    ).all()
    steps: dict[UUID, list[ReviewStep]] = {}
    rows = select(ReviewStep).where(ReviewStep.plan_review_id.in_([row.id for row in reviews]))
    for step in db.session.scalars(rows.order_by(ReviewStep.place)):
        steps.setdefault(step.plan_review_id, []).append(step)
    return [(review, steps.get(review.id, [])) for review in reviews]


def name_owner(action: PlanAction, users: Mapping[UUID, str]) -> str:
    """Who does it."""
    return users.get(action.owner_id, "") if action.owner_id else action.owner


def is_overdue(action: PlanAction, on: date) -> bool:
    """Whether it should have been done by a day."""
    return action.state is State.OPEN and action.due_on < on
