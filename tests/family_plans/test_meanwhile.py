"""A plan that changes while somebody writes, and after it was agreed."""

from sqlalchemy import select

from tests.builders import Council
from tests.family_plans.test_plans import (
    DUE,
    act,
    agree,
    aim,
    path_of,
    review,
    version,
    whole,
    world,
)
from tests.referrals.walking import read
from tests.world import World, boxes
from tfsaas.family_plans.models import Objective, PlanAction, State
from tfsaas.permissions import Role

__all__ = ["world"]


def test_what_somebody_else_saved_stands_beside_what_one_wrote(council: Council, world: World):
    path = whole(council, world)
    (row, *_) = read(council, select(PlanAction).order_by(PlanAction.made_at))
    address, stale = f"{path}/objectives/{row.objective_id}/actions/{row.id}", version(council)
    sent = {"text": "Ring the school", "owner": "Mum", "state": "done"} | boxes("due_on", DUE)
    council.browser(Role.SUPERVISOR).post(address, sent | {"version": stale})

    late = council.browser(Role.WORKER).post(address, sent | {"state": "open", "version": stale}, status=400).text  # fmt: skip

    assert "Done" in late.split("<main")[1].split("<form")[0]
    assert read(council, select(PlanAction.state).where(PlanAction.id == row.id)) == [State.DONE]


def test_the_same_form_sent_twice_adds_one(council: Council, world: World):
    path = path_of(world)
    objective = aim(council, path)
    aim(council, path)
    for _ in range(2):
        act(council, path, objective)

    assert len(read(council, select(Objective.id))) == 1
    assert len(read(council, select(PlanAction.id))) == 1


def test_an_objective_without_actions_can_be_removed_and_no_other(council: Council, world: World):
    path, browser = path_of(world), council.browser(Role.WORKER)
    first, second = aim(council, path), aim(council, path, text="A mistake")
    act(council, path, first)

    for objective in (first, second):
        browser.post(f"{path}/objectives/{objective}/remove", {"version": version(council)})

    assert read(council, select(Objective.id)) == [first]


def test_an_agreement_is_seen_to_be_older_than_the_plan(council: Council, world: World):
    path = whole(council, world)
    agree(council, path)
    review(council, path)
    before = council.browser(Role.WORKER).get(path).text
    act(council, path, aim(council, path, text="A holiday"))

    after = council.browser(Role.WORKER).get(path).text

    assert "Changed since" not in before
    assert "Changed since" in after
    assert "The family agrees to the plan as it is now" in after


def test_a_past_review_keeps_the_words_of_its_day(council: Council, world: World):
    path = whole(council, world)
    agree(council, path)
    review(council, path)
    (row, *_) = read(council, select(PlanAction).order_by(PlanAction.made_at))
    told = {"text": "Apply for housing", "owner": "Mum", "state": "open", "version": version(council)} | boxes("due_on", DUE)  # fmt: skip
    council.browser(Role.WORKER).post(f"{path}/objectives/{row.objective_id}/actions/{row.id}", told)  # fmt: skip

    page = council.browser(Role.WORKER).get(path).text

    assert "Ring the school: goes on" in page
