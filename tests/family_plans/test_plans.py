"""A family's plan: tied to the outcomes plan, nobody left out, each action gone through once at a review."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests.builders import Council, errors_on
from tests.referrals.walking import read
from tests.world import BEGAN, TODAY, World, boxes, build_world
from tfsaas.db import db
from tfsaas.families.models import Episode, Person
from tfsaas.family_plans.models import (  # fmt: skip
    FamilyPlan,
    Objective,
    PlanAction,
    PlanReview,
    ReviewStep,
    State,
)
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.permissions import Role
from tfsaas.tenants.council import save_setting
from tfsaas.tenants.settings import ReviewCycle

DAY = timedelta(days=1)
AIM = {"text": "Sam is well", "headline": "help"}
DUE = TODAY + 14 * DAY


@pytest.fixture
def world(council: Council) -> World:
    """READY has the headlines health and help; Ada and Sam are its members."""
    found = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
    return found


def path_of(world: World, name: str = "READY") -> str:
    return f"/families/{world.families[name]}/plan"


def version(council: Council) -> int:
    found = read(council, select(FamilyPlan.version))
    return found[0] if found else 0


def aim(council: Council, path: str, *, status: int = 302, **told: object) -> UUID:
    council.browser(Role.WORKER).post(f"{path}/objectives/new", AIM | {"version": version(council)} | told, status=status)  # fmt: skip
    return read(council, select(Objective.id).order_by(Objective.made_at.desc()))[0]


def act(council: Council, path: str, objective: UUID, *, status: int = 302, **told: object):
    sent: dict[str, Any] = {"text": "Ring the school", "owner_id": "", "owner": "Mum", "person": "", "state": "open", "version": version(council)}  # fmt: skip
    return council.browser(Role.WORKER).post(f"{path}/objectives/{objective}/actions/new", sent | boxes("due_on", DUE) | told, status=status)  # fmt: skip


def whole(council: Council, world: World) -> str:
    """A plan that leaves nothing out: an objective for each headline, an action for the whole family in each."""
    path = path_of(world)
    for headline in ("help", "health"):
        act(council, path, aim(council, path, headline=headline))
    return path


def agree(council: Council, path: str, *, status: int = 302, on=TODAY):
    return council.browser(Role.WORKER).post(f"{path}/agree", boxes("agreed_on", on) | {"version": version(council)}, status=status)  # fmt: skip


def review(council: Council, path: str, *, status: int = 302, **told: object):
    rows = read(council, select(PlanAction).where(PlanAction.state == State.OPEN))
    sent: dict[str, Any] = {"summary": "Better", "words": "“I like school” (Sam)", "version": version(council)}  # fmt: skip
    sent |= boxes("held_on", TODAY) | boxes("next_on", TODAY + 42 * DAY)
    for row in rows:
        sent |= {f"state-{row.id}": "open", f"note-{row.id}": ""} | boxes(
            f"due-{row.id}", DUE + 7 * DAY
        )
    return council.browser(Role.WORKER).post(f"{path}/review", sent | told, status=status)


def test_what_and_whom_the_plan_leaves_out_is_said(council: Council, world: World):
    path, browser = path_of(world), council.browser(Role.WORKER)

    none = browser.get(path).text
    objective = aim(council, path)
    (sam,) = read(council, select(Person.id).where(Person.reference == "R2"))
    act(council, path, objective, person=str(sam))
    some = browser.get(path).text

    assert "Nothing is planned for:" in none
    assert "Nobody does anything for:</strong> Ada Okafor, Sam Okafor" in none
    assert "Nobody does anything for:</strong> Ada Okafor." in some
    assert some.count("Add an objective<span") == 1, "one headline is left"


def test_an_action_that_was_given_up_covers_nobody(council: Council, world: World):
    path = whole(council, world)
    for row in read(council, select(PlanAction)):
        council.browser(Role.WORKER).post(
            f"{path}/objectives/{row.objective_id}/actions/{row.id}",
            {"text": row.text, "owner": "Mum", "state": "given up", "version": version(council)} | boxes("due_on", DUE),
        )  # fmt: skip

    page = council.browser(Role.WORKER).get(path).text

    assert "Nothing is planned for:" in page
    assert "Nobody does anything for:" in page
    assert all(row.ended_on == TODAY for row in read(council, select(PlanAction)))


def test_agreeing_sets_the_days_of_the_principles_and_of_the_next_review(
    council: Council, world: World
):
    path = whole(council, world)
    with council.work():
        save_setting(ReviewCycle, {"weeks": 4, "watch_months": 12, "contact_weeks": 4}, None)
        episode = db.session.scalars(select(Episode).where(Episode.family_id == world.families["READY"])).one()  # fmt: skip
        episode.whole_family_plan_on = episode.plan_aligned_on = None

    agree(council, path, on=TODAY - DAY)

    (plan,) = read(council, select(FamilyPlan))
    assert (plan.agreed_on, plan.next_review_on) == (TODAY - DAY, TODAY - DAY + timedelta(weeks=4))
    (row,) = read(council, select(Episode).where(Episode.family_id == world.families["READY"]))
    assert (row.whole_family_plan_on, row.plan_aligned_on) == (TODAY - DAY, TODAY - DAY)


def test_a_plan_that_is_about_something_else_is_not_aligned(council: Council, world: World):
    path = whole(council, world)
    act(council, path, aim(council, path, headline="", text="A holiday"))
    with council.work():
        episode = db.session.scalars(select(Episode).where(Episode.family_id == world.families["READY"])).one()  # fmt: skip
        episode.whole_family_plan_on = episode.plan_aligned_on = None

    agree(council, path)

    (row,) = read(council, select(Episode).where(Episode.family_id == world.families["READY"]))
    assert (row.whole_family_plan_on, row.plan_aligned_on) == (TODAY, None)


def test_days_that_were_set_before_stay(council: Council, world: World):
    agree(council, whole(council, world))

    (row,) = read(council, select(Episode).where(Episode.family_id == world.families["READY"]))
    assert (row.whole_family_plan_on, row.plan_aligned_on) == (BEGAN, BEGAN)


def test_a_plan_that_leaves_something_out_is_not_agreed(council: Council, world: World):
    path = path_of(world)
    act(council, path, aim(council, path))

    page = agree(council, path, status=400)
    late = agree(council, path, status=400, on=TODAY + DAY)

    for told in (page, late):
        assert "The plan leaves somebody or something out. See above what is missing" in errors_on(told.text)  # fmt: skip


def test_a_review_goes_through_each_open_action_once(council: Council, world: World):
    path = whole(council, world)
    agree(council, path)
    done, goes_on = read(council, select(PlanAction).order_by(PlanAction.made_at))

    review(council, path, **{f"state-{done.id}": "done", f"note-{done.id}": "She rang"})

    rows = {row.id: row for row in read(council, select(PlanAction))}
    assert (rows[done.id].state, rows[done.id].ended_on) == (State.DONE, TODAY)
    assert (rows[goes_on.id].state, rows[goes_on.id].due_on) == (State.OPEN, DUE + 7 * DAY)
    assert len(read(council, select(ReviewStep))) == 2
    assert read(council, select(FamilyPlan.next_review_on)) == [TODAY + 42 * DAY]
    page = council.browser(Role.AUDITOR).get(path).text
    assert "She rang" in page
    assert "“I like school” (Sam)" in page


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"summary": ""}, "Enter what you found"),
        (boxes("held_on", TODAY + DAY), "The day of the review must be today or in the past"),
        (boxes("next_on", TODAY), "The next review must come after this one"),
    ],
)
def test_a_review_that_cannot_be_is_refused_and_nothing_is_half_saved(council: Council, world: World, told, fault):  # fmt: skip
    path = whole(council, world)
    agree(council, path)

    page = review(council, path, status=400, **told)

    assert fault in errors_on(page.text)
    assert "“I like school” (Sam)" in page.text, "nothing is lost"
    assert read(council, select(PlanReview.id)) == []
    assert {row.due_on for row in read(council, select(PlanAction))} == {DUE}


def test_every_action_must_be_looked_at(council: Council, world: World):
    path = whole(council, world)
    agree(council, path)
    (first, *_) = read(council, select(PlanAction))

    silent = review(council, path, status=400, **{f"state-{first.id}": ""})
    dayless = review(council, path, status=400, **{f"due-{first.id}": ["", "", ""]})

    assert "Select how this stands: Ring the school" in errors_on(silent.text)
    assert "Enter a day after the review: Ring the school" in errors_on(dayless.text)


def test_sending_a_review_twice_writes_it_once(council: Council, world: World):
    path = whole(council, world)
    agree(council, path)
    stale = version(council)
    review(council, path)

    late = review(council, path, status=400, version=stale)

    assert "Somebody else changed the plan" in errors_on(late.text)[0]
    assert len(read(council, select(PlanReview.id))) == 1


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"text": ""}, "Enter what is done"),
        ({"owner": ""}, "Enter who does it, or choose somebody above"),
        ({"due_on": ["", "", ""]}, "Enter by when"),
        ({"due_on": ["31", "2", "2027"]}, "By when? must be a real date"),
    ],
)
def test_an_action_that_says_too_little_is_refused(council: Council, world: World, told, fault):
    path = path_of(world)

    page = act(council, path, aim(council, path), status=400, **told)

    assert fault in errors_on(page.text)
    assert read(council, select(PlanAction.id)) == []


def test_two_who_change_the_plan_lose_nothing(council: Council, world: World):
    path = path_of(world)
    objective = aim(council, path)
    stale = version(council)
    act(council, path, objective)

    late = act(council, path, objective, status=400, version=stale, text="Write a letter")

    assert "Somebody else changed the plan" in errors_on(late.text)[0]
    assert "Write a letter</textarea>" in late.text
    assert len(read(council, select(PlanAction.id))) == 1


def test_a_review_is_never_changed(council: Council, world: World):
    path = whole(council, world)
    agree(council, path)
    review(council, path)

    with council.work(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("update plan_review set summary = 'other'"))


def test_only_who_may_sees_or_changes_it(council: Council, other_council: Council, world: World):
    path = whole(council, world)
    (objective, *_) = read(council, select(Objective.id))
    build_world(other_council)
    council.browser(Role.AUDITOR).get(path)
    council.browser(Role.AUDITOR).get(f"{path}/objectives/new", status=403)
    for role in (Role.ADMINISTRATOR, Role.LEADER, Role.PARTNER):
        council.browser(role).get(path, status=403)
    other = other_council.browser(Role.WORKER)
    for place in (path, f"{path}/objectives/{objective}", f"{path}/review"):
        other.get(place, status=404)
    elsewhere = path_of(world, "STUCK")
    council.browser(Role.WORKER).get(f"{elsewhere}/objectives/{objective}", status=404)
    council.browser(Role.WORKER).get(f"{elsewhere}/review", status=404)
