"""Changing a family's plan: objectives, actions, agreement, reviews. Each change moves the plan's version on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.db import NotFound, Refused, db
from tfsaas.families.actions import get_or_open_episode, lock_record
from tfsaas.families.models import Episode
from tfsaas.family_plans.models import (
    FamilyPlan,
    Objective,
    PlanAction,
    PlanReview,
    ReviewStep,
    State,
)
from tfsaas.family_plans.queries import find_plan, list_parts, list_reviews
from tfsaas.tenants.council import get_review_cycle
from tfsaas.tenants.scope import actor

LONGEST_BEFORE = timedelta(days=366)


class PlanRefused(Refused):
    """The plan cannot be changed so; `field` is what it is about, the text says what to do."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the plan since it was opened."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An action as it is asked for."""

    text: str
    owner_id: UUID | None
    owner: str
    person_id: UUID | None
    due_on: date


@dataclass(frozen=True, slots=True)
class Found:
    """What a review found of an action. `due_on`: from now on, where it goes on."""

    state: State
    due_on: date
    note: str


def open_plan(family_id: UUID) -> FamilyPlan:
    """The plan of the family's episode, begun where there is none; locked until the end of the unit of work."""
    episode = get_or_open_episode(family_id)
    db.session.flush()
    lock_record(episode)
    plan = find_plan(family_id, episode.id)
    if plan is None:
        moment = clock.now()
        plan = FamilyPlan(id=uuid4(), family_id=family_id, episode_id=episode.id, begun_at=moment, changed_at=moment)  # fmt: skip
        db.session.add(plan)
        db.session.flush()
    return plan


def get_plan(family_id: UUID, episode_id: UUID | None, *, version: int) -> FamilyPlan:
    """The plan, locked, if nobody changed it since `version`.

    Raises:
        NotFound: there is none.
        ChangedMeanwhile: somebody did.
    """
    plan = find_plan(family_id, episode_id)
    if plan is None:
        raise NotFound("no plan")
    db.session.refresh(plan, with_for_update=True)
    if plan.version != version:
        raise ChangedMeanwhile
    return plan


def _touch(plan: FamilyPlan) -> None:
    """Move the version on, so that who has the plan open sees that it changed."""
    plan.changed_at = clock.now()


def put_objective(plan: FamilyPlan, objective: Objective | None, text: str, headline: str) -> Objective:  # fmt: skip
    """Add an objective, or change one."""
    _touch(plan)
    if objective is None:
        objective = Objective(
            id=uuid4(), family_id=plan.family_id, family_plan_id=plan.id, made_at=clock.now()
        )
        db.session.add(objective)
    objective.text, objective.headline = text, headline
    return objective


def put_action(plan: FamilyPlan, objective: Objective, action: PlanAction | None, wanted: Wanted) -> PlanAction:  # fmt: skip
    """Add an action to an objective, or change one."""
    _touch(plan)
    if action is None:
        action = PlanAction(id=uuid4(), family_id=plan.family_id, objective_id=objective.id, made_at=clock.now(), ended_on=None)  # fmt: skip
        db.session.add(action)
    action.text, action.due_on, action.person_id = wanted.text, wanted.due_on, wanted.person_id
    action.owner_id, action.owner = wanted.owner_id, wanted.owner
    return action


def drop_objective(plan: FamilyPlan, objective: Objective) -> None:
    """Take an objective out that has no action.

    Raises:
        PlanRefused: it has.
    """
    if db.session.scalar(
        select(PlanAction.id).where(PlanAction.objective_id == objective.id).limit(1)
    ):
        raise PlanRefused(
            "text", "It has actions, so it stays on record. Give the actions up instead"
        )
    _touch(plan)
    db.session.delete(objective)


def end_action(plan: FamilyPlan, action: PlanAction, state: State) -> None:
    """Say that an action is done or given up; or that it is open again."""
    _touch(plan)
    action.state = state
    action.ended_on = None if state is State.OPEN else clock.today()


def end_own_action(family_id: UUID, action_id: UUID, user_id: UUID) -> None:
    """Say that an action of one's own is done; nothing happens when it has ended already.

    Raises:
        NotFound: there is none with that id that this person owns.
    """
    row = db.session.execute(
        select(PlanAction, FamilyPlan)
        .join(Objective, (Objective.tenant_id == PlanAction.tenant_id) & (Objective.id == PlanAction.objective_id))
        .join(FamilyPlan, (FamilyPlan.tenant_id == Objective.tenant_id) & (FamilyPlan.id == Objective.family_plan_id))
        .where(PlanAction.id == action_id, PlanAction.family_id == family_id, PlanAction.owner_id == user_id)
        .with_for_update()
    ).first()  # fmt: skip
    if row is None:
        raise NotFound("no such action of this person")
    if row[0].state is State.OPEN:
        end_action(row[1], row[0], State.DONE)


def propose_review(on: date) -> date:
    """When a plan is reviewed next, by the council's cycle."""
    return on + timedelta(weeks=get_review_cycle().weeks)


def agree(plan: FamilyPlan, on: date, *, complete: bool, aligned: bool) -> None:
    """The plan is agreed with the family. Sets the days of the principles that it fulfils, where none is set.

    `complete`: it leaves nobody and no headline out; `aligned`: each objective is about a headline of the outcomes plan.

    Raises:
        PlanRefused: it leaves something out, or the day is to come.
    """
    if not complete:
        raise PlanRefused("agreed_on", "The plan leaves somebody or something out. See above what is missing")  # fmt: skip
    if not plan.begun_at.astimezone(clock.LONDON).date() - LONGEST_BEFORE <= on <= clock.today():
        raise PlanRefused("agreed_on", "The day must be today or in the past, and not long before the plan was begun")  # fmt: skip
    following = propose_review(on)
    plan.agreed_on, plan.agreed_by_id, plan.agreed_at = on, actor(), clock.now()
    plan.next_review_on = following
    episode = db.session.scalars(select(Episode).where(Episode.id == plan.episode_id)).one()
    db.session.flush()
    lock_record(episode)
    episode.whole_family_plan_on = episode.whole_family_plan_on or on
    if aligned:
        episode.plan_aligned_on = episode.plan_aligned_on or on


def review(
    plan: FamilyPlan, held_on: date, found: Mapping[UUID, Found], summary: str, words: str, next_on: date
) -> PlanReview:  # fmt: skip
    """Write a review down: each open action once, and the day of the next one.

    Raises:
        PlanRefused: the days cannot be, or an open action was left out.
    """
    if held_on > clock.today():
        raise PlanRefused("held_on", "The day of the review must be today or in the past")
    if next_on <= held_on:
        raise PlanRefused("next_on", "The next review must come after this one")
    if plan.agreed_on is None:
        raise PlanRefused("held_on", "Agree the plan with the family before you review it")
    last = max((review.held_on for review, _ in list_reviews(plan.id)), default=plan.agreed_on)
    if held_on < max(last, plan.agreed_on):
        raise PlanRefused("held_on", "It must not be before the plan was agreed, or before the last review")  # fmt: skip
    actions = {row.id: row for part in list_parts(plan.id) for row in part.actions if row.state is State.OPEN}  # fmt: skip
    if set(actions) != set(found):
        raise PlanRefused("summary", "An action was added or ended meanwhile. Look at the list again")  # fmt: skip
    made = PlanReview(id=uuid4(), family_id=plan.family_id, family_plan_id=plan.id, held_on=held_on, recorded_at=clock.now(), by_id=actor(), summary=summary, words=words)  # fmt: skip
    db.session.add(made)
    db.session.flush()
    _go_through(plan, made, actions, found, held_on)
    plan.next_review_on = next_on
    return made


def _go_through(
    plan: FamilyPlan, made: PlanReview, actions: Mapping[UUID, PlanAction], found: Mapping[UUID, Found], held_on: date
) -> None:  # fmt: skip
    agreed = plan.agreed_at is not None and plan.agreed_at >= plan.changed_at
    _touch(plan)
    if agreed:
        plan.agreed_at = (
            plan.changed_at
        )  # a review is held with the family, so the agreement stays current
    for place, (action_id, told) in enumerate(found.items()):
        action = actions[action_id]
        db.session.add(ReviewStep(
            family_id=plan.family_id, plan_review_id=made.id, plan_action_id=action_id, place=place, text=action.text,
            state=told.state, due_on=action.due_on, note=told.note,
        ))  # fmt: skip
        if told.state is State.OPEN:
            action.due_on = told.due_on
        else:
            action.state, action.ended_on = told.state, held_on
