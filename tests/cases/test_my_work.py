"""Monday morning: what is overdue, due, new, changed, and waits; a line a family, the next step beside it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, update

from tests.builders import Council, errors_on
from tests.family_plans.test_plans import act, aim
from tests.recording.test_contacts import give, person, record
from tests.recording.test_contacts import path_of as contacts_of
from tests.referrals.walking import read
from tests.world import TODAY, World, boxes, build_world
from tfsaas import clock
from tfsaas.cases.drift import count_drift, list_drift
from tfsaas.cases.my_work import Kind, MyWork, list_work
from tfsaas.db import db
from tfsaas.families.allocating import arrange_cover
from tfsaas.families.models import Allocation, Episode
from tfsaas.family_plans.models import FamilyPlan, PlanAction
from tfsaas.permissions import Role
from tfsaas.recording.models import Task

DAY = timedelta(days=1)
WEEKS = 4


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def work(council: Council, world: World, role: Role = Role.WORKER, *covered: Role) -> MyWork:
    with council.work(role):
        return list_work(world.programme_id, council.people[role], [council.people[who] for who in covered], TODAY, WEEKS)  # fmt: skip


def kinds(lines: Any) -> list[tuple[Kind, Any]]:
    return [(line.kind, line.name) for line in lines]


def date_back(council: Council, days: int) -> None:
    """Let lead workers have begun some days ago."""
    with council.work():
        db.session.execute(update(Allocation).values(from_at=clock.now() - days * DAY))


def plan_of(council: Council, world: World, name: str = "READY") -> tuple[str, UUID]:
    path = f"/families/{world.families[name]}/plan"
    return path, aim(council, path)


@pytest.mark.parametrize(
    ("days", "section"),
    [(-1, "overdue"), (0, "week"), (7, "week"), (8, None)],
    ids=["yesterday", "today", "in a week", "in eight days"],
)
def test_a_review_stands_where_its_day_puts_it(council: Council, world: World, days, section):
    give(council, world, Role.WORKER)
    plan_of(council, world)
    with council.work():
        db.session.execute(update(FamilyPlan).values(agreed_on=TODAY - 50 * DAY, next_review_on=TODAY + days * DAY))  # fmt: skip

    found = work(council, world)

    assert kinds(found.overdue) == ([(Kind.REVIEW, "Okafor")] if section == "overdue" else [])
    assert kinds(found.week) == ([(Kind.REVIEW, "Okafor")] if section == "week" else [])
    assert work(council, world, Role.SUPERVISOR).overdue == []


def test_actions_of_ones_own_and_of_the_family_are_due_and_those_of_others_wait(council: Council, world: World):  # fmt: skip
    give(council, world, Role.WORKER)
    path, goal = plan_of(council, world)
    act(council, path, goal, text="Mum rings", **boxes("due_on", TODAY + DAY))
    act(council, path, goal, text="Supervisor rings", owner="", owner_id=str(council.people[Role.SUPERVISOR]), **boxes("due_on", TODAY + 7 * DAY))  # fmt: skip
    with council.work():
        late = update(PlanAction).where(PlanAction.text == "Mum rings")
        db.session.execute(late.values(due_on=TODAY - DAY))

    found = work(council, world)

    assert [line.text for line in found.overdue] == ["Mum rings"]
    assert [line.text for line in found.waiting] == ["Supervisor rings"]
    page = council.browser(Role.WORKER).get("/my-work").text
    assert "Say how it stands" in page
    assert "1 day ago" in page


@pytest.mark.parametrize(
    ("days", "how", "silent"),
    [(28, "telephone", False), (29, "telephone", True), (1, "tried, no reply", True)],
    ids=["four weeks ago", "a day more", "only tried"],
)
def test_weeks_without_a_contact_are_told(council: Council, world: World, days, how, silent):
    give(council, world, Role.WORKER)
    date_back(council, 100)
    record(council, contacts_of(world), how=how, when="other", **boxes("happened_on", TODAY - days * DAY))  # fmt: skip

    assert kinds(work(council, world).overdue) == ([(Kind.SILENCE, "Okafor")] if silent else [])


def test_one_line_a_family_says_how_many_more(council: Council, world: World):
    give(council, world, Role.WORKER)
    date_back(council, 100)
    path, goal = plan_of(council, world)
    act(council, path, goal)
    with council.work():
        db.session.execute(update(PlanAction).values(due_on=TODAY - 200 * DAY))

    (line,) = work(council, world).overdue

    assert (line.kind, line.more) == (Kind.ACTION, 1)
    assert "and 1 more" in council.browser(Role.WORKER).get("/my-work").text


def test_a_family_is_new_until_its_file_was_read(council: Council, world: World):
    give(council, world, Role.WORKER)
    assert kinds(work(council, world).new) == [(Kind.NEW, "Okafor")]

    council.browser(Role.WORKER).get(f"/families/{world.families['READY']}")

    assert work(council, world).new == []


def test_what_others_changed_since_one_looked_is_told(council: Council, world: World):
    give(council, world, Role.WORKER)
    council.browser(Role.WORKER).get(f"/families/{world.families['READY']}")
    record(council, contacts_of(world))
    assert work(council, world).changed == []
    record(council, contacts_of(world), role=Role.SUPERVISOR)

    (line,) = work(council, world).changed
    assert (line.kind, line.by_id) == (Kind.CHANGED, council.people[Role.SUPERVISOR])
    council.browser(Role.WORKER).get(f"/families/{world.families['READY']}")

    assert work(council, world).changed == []


def test_who_covers_has_what_is_due_on_their_page(council: Council, world: World):
    give(council, world, Role.SUPERVISOR)
    date_back(council, 100)
    with council.work(Role.SUPERVISOR):
        arrange_cover(council.people[Role.SUPERVISOR], council.people[Role.WORKER], TODAY, TODAY)

    page = council.browser(Role.WORKER).get("/my-work").text

    assert "No contact since" in page
    assert "You cover for Supervisor Person" in page


def task(council: Council, *, family: UUID | None = None, who: Role = Role.WORKER, status: int = 302, **told: object):  # fmt: skip
    sent = {"key": str(uuid4()), "text": "Ask the school", "for_id": str(council.people[who])} | boxes("due_on", TODAY)  # fmt: skip
    path = f"/families/{family}/tasks/new" if family else "/tasks/new"
    return council.browser(Role.WORKER).post(path, sent | told, status=status)


def test_a_task_is_given_waited_for_and_done(council: Council, world: World):
    task(council, family=world.families["READY"], who=Role.SUPERVISOR)
    (found,) = read(council, select(Task.id))

    assert kinds(work(council, world).waiting) == [(Kind.THEIR_TASK, "Okafor")]
    assert kinds(work(council, world, Role.SUPERVISOR).week) == [(Kind.TASK, "Okafor")]
    for _ in range(2):
        council.browser(Role.SUPERVISOR).post(f"/tasks/{found}/done")

    assert work(council, world).waiting == []
    assert work(council, world, Role.SUPERVISOR).week == []


def test_a_task_sent_twice_is_one_and_may_be_about_no_family(council: Council, world: World):
    key = str(uuid4())
    for _ in range(2):
        task(council, key=key)

    assert kinds(work(council, world).week) == [(Kind.TASK, None)]


@pytest.mark.parametrize(
    ("told", "fault"),
    [({"text": ""}, "Enter what is to be done"), (boxes("due_on", TODAY - DAY), "The day must be today or later")],
    ids=["nothing", "a past day"],
)  # fmt: skip
def test_a_task_that_cannot_be_is_refused(council: Council, world: World, told, fault):
    assert fault in errors_on(task(council, status=400, **told).text)


def test_nobody_ends_a_task_between_others(council: Council, other_council: Council, world: World):
    with council.work(Role.SUPERVISOR):
        row = Task(key=uuid4(), text="Ring", for_id=council.people[Role.SUPERVISOR], due_on=TODAY, made_at=clock.now(), made_by_id=council.people[Role.SUPERVISOR])  # fmt: skip
        db.session.add(row)
        db.session.flush()
        task_id = row.id

    council.browser(Role.WORKER).post(f"/tasks/{task_id}/done", status=404)
    other_council.browser(Role.WORKER).post(f"/tasks/{task_id}/done", status=404)
    council.browser(Role.AUDITOR).post(f"/tasks/{task_id}/done", status=403)
    other_council.browser(Role.WORKER).get(f"/families/{world.families['READY']}/tasks/new", status=404)  # fmt: skip


def test_the_board_counts_by_worker_in_which_way_families_drift(council: Council, world: World):
    give(council, world, Role.WORKER)
    date_back(council, 100)
    worker, sam = council.people[Role.WORKER], person(council, "R2")
    with council.work():
        counts = count_drift(world.programme_id, TODAY, WEEKS)[worker]
    assert (counts.overdue, counts.long, counts.silent, counts.unseen) == (0, 1, 1, 1)

    record(council, contacts_of(world), **{f"person-{sam}": "spoken to"})
    with council.work():
        assert count_drift(world.programme_id, TODAY, WEEKS)[worker].unseen == 1
    record(council, contacts_of(world), **{f"person-{sam}": "seen"})

    with council.work():
        counts = count_drift(world.programme_id, TODAY, WEEKS)[worker]
        rows = list_drift(world.programme_id, TODAY, WEEKS, worker)
        assert (counts.silent, counts.unseen) == (0, 0)
        assert [(r.family.name, r.long, r.unseen) for r in rows] == [("Okafor", True, False)]


@pytest.mark.parametrize(("years", "unseen"), [(18, False), (18 - 1 / 365, True)], ids=["18 today", "18 tomorrow"])  # fmt: skip
def test_a_child_is_under_eighteen(council: Council, world: World, years, unseen):
    born = TODAY.replace(year=TODAY.year - 18) + (timedelta(0) if years == 18 else DAY)
    with council.work():
        from_sam = person(council, "R2")
        db.session.connection().exec_driver_sql("update person set date_of_birth = %s where id = %s", (born, from_sam))  # fmt: skip
    give(council, world, Role.WORKER)

    with council.work():
        assert count_drift(world.programme_id, TODAY, WEEKS)[council.people[Role.WORKER]].unseen == unseen  # fmt: skip


def test_a_supervisor_sees_who_drifts_and_nobody_else_does(council: Council, other_council: Council, world: World):  # fmt: skip
    give(council, world, Role.WORKER)
    board = council.browser(Role.SUPERVISOR).get("/caseloads").text
    assert "Children not seen" in board
    assert f"/caseloads/drift?worker={council.people[Role.WORKER]}" in board
    assert "Okafor" in council.browser(Role.SUPERVISOR).get("/caseloads/drift").text
    council.browser(Role.WORKER).get("/caseloads/drift", status=403)
    build_world(other_council)
    assert read(council, select(Episode.id)) != []
    assert str(world.families["READY"]) not in other_council.browser(Role.SUPERVISOR).get("/caseloads/drift").text  # fmt: skip


def test_tasks_go_with_the_families_that_are_handed_over(council: Council, world: World):
    give(council, world, Role.WORKER)
    task(council, family=world.families["READY"])
    assert "Ask the school" in council.browser(Role.AUDITOR).get(f"/families/{world.families['READY']}").text  # fmt: skip

    told = {"families": [str(world.families["READY"])], "to": str(council.people[Role.SUPERVISOR]), "reason": "Leaves"}  # fmt: skip
    council.browser(Role.SUPERVISOR).post(f"/caseloads/{council.people[Role.WORKER]}/hand-over", told)  # fmt: skip

    assert read(council, select(Task.for_id)) == [council.people[Role.SUPERVISOR]]
