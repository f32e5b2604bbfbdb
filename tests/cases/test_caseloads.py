"""Allocation: who leads, since when and why; handing over, all or nothing; cover; what a successor must know."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.builders import Council, errors_on
from tests.referrals.walking import read
from tests.world import RECENT, TODAY, World, boxes, build_world
from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.cases.caseloads import list_caseloads, list_waiting, summarise
from tfsaas.db import db
from tfsaas.evidence.models import Event
from tfsaas.families.actions import assign_lead_worker
from tfsaas.families.models import Allocation, Cover, Episode, Person
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.permissions import Role
from tfsaas.tenants.council import add_team
from tfsaas.tenants.queries import list_plan_versions

DAY = timedelta(days=1)


@pytest.fixture
def world(council: Council) -> World:
    """READY and STUCK are the worker's."""
    found = build_world(council)
    with council.work(Role.SUPERVISOR):
        assign_lead_worker([found.families["READY"], found.families["STUCK"]], council.people[Role.WORKER])  # fmt: skip
    return found


def episode_of(council: Council, family_id: UUID) -> Episode:
    return read(council, select(Episode).where(Episode.family_id == family_id))[0]


def hand_over(council: Council, *families: UUID, to: UUID | None = None, status: int = 302):
    sent = {"families": [str(one) for one in families], "to": str(to or council.people[Role.SUPERVISOR]), "reason": "Leaves in March"}  # fmt: skip
    return council.browser(Role.SUPERVISOR).post(f"/caseloads/{council.people[Role.WORKER]}/hand-over", sent, status=status)  # fmt: skip


def allocate(council: Council, family_id: UUID, *, status: int = 302, **told: object):
    saved = episode_of(council, family_id)
    sent = {"team": "", "lead_worker": str(council.people[Role.SUPERVISOR]), "weight": "3", "reason": "Knows the school", "version": saved.version}  # fmt: skip
    return council.browser(Role.SUPERVISOR).post(f"/families/{family_id}/allocate", sent | told, status=status)  # fmt: skip


def test_a_worker_who_left_while_the_page_was_open_is_refused_in_plain_words(council: Council, world: World):  # fmt: skip
    with council.work():
        db.session.execute(update(User).where(User.id == council.people[Role.WORKER]).values(disabled_at=clock.now()))  # fmt: skip
    saved = episode_of(council, world.families["NEW"])

    page = allocate(council, world.families["NEW"], lead_worker=str(council.people[Role.WORKER]), status=400)  # fmt: skip

    assert errors_on(page.text) == ["Choose from the list. It may have changed since you opened the page"]  # fmt: skip
    assert episode_of(council, world.families["NEW"]).lead_worker_id == saved.lead_worker_id


def test_a_family_gets_team_lead_worker_and_weight_and_keeps_who_led_before(
    council: Council, world: World
):
    family = world.families["READY"]
    with council.work(Role.ADMINISTRATOR):
        team = add_team("North", None).id

    allocate(council, family, team=str(team))

    saved = episode_of(council, family)
    assert (saved.lead_worker_id, saved.team_id, saved.weight) == (council.people[Role.SUPERVISOR], team, 3)  # fmt: skip
    rows = read(council, select(Allocation).where(Allocation.family_id == family).order_by(Allocation.from_at))  # fmt: skip
    assert [row.user_id for row in rows] == [council.people[Role.WORKER], council.people[Role.SUPERVISOR]]  # fmt: skip
    assert rows[0].until_at == rows[1].from_at
    assert (rows[1].until_at, rows[1].reason) == (None, "Knows the school")
    page = council.browser(Role.SUPERVISOR).get(f"/families/{family}/allocate").text
    assert "Worker Person, from" in page
    assert "Knows the school" in page


def test_the_caseload_stands_beside_each_name_to_choose(council: Council, world: World):
    page = council.browser(Role.SUPERVISOR).get(f"/families/{world.families['NEW']}/allocate").text

    assert "Worker Person: 2 families, weight 4" in page
    assert "Supervisor Person: 0 families, weight 0" in page
    assert "Auditor Person" not in page


def test_the_list_adds_families_and_weights_up_and_shows_who_waits(council: Council, world: World):
    with council.work(Role.SUPERVISOR):
        rows = {row.user.id: (row.families, row.weight, row.new) for row in list_caseloads(world.programme_id, TODAY)}  # fmt: skip
        waiting = sorted(row.family.reference for row in list_waiting(world.programme_id)[0])

    assert rows[council.people[Role.WORKER]] == (2, 4, 2)
    assert rows[council.people[Role.SUPERVISOR]] == (0, 0, 0)
    assert waiting == ["NEW", "PLANLESS"]
    page = council.browser(Role.SUPERVISOR).get("/caseloads").text
    assert "Waiting for a lead worker" in page


def test_two_who_allocate_at_once_lose_nothing(council: Council, world: World):
    family = world.families["READY"]
    stale = episode_of(council, family).version
    allocate(council, family, weight="1")

    late = allocate(council, family, status=409, version=stale, weight="3", lead_worker="")

    assert "Somebody else" in late.text
    assert episode_of(council, family).weight == 1


def test_handing_over_moves_what_was_chosen_and_says_so(council: Council, world: World):
    ready, stuck = world.families["READY"], world.families["STUCK"]

    hand_over(council, ready)

    assert episode_of(council, ready).lead_worker_id == council.people[Role.SUPERVISOR]
    assert episode_of(council, stuck).lead_worker_id == council.people[Role.WORKER]
    page = council.browser(Role.SUPERVISOR).get(f"/caseloads/{council.people[Role.SUPERVISOR]}")
    assert "READY" in page.text


def test_handing_over_is_all_or_nothing(council: Council, world: World):
    ready, stuck = world.families["READY"], world.families["STUCK"]
    with council.work(Role.SUPERVISOR):
        assign_lead_worker([stuck], council.people[Role.SUPERVISOR])

    page = hand_over(council, ready, stuck, status=400)

    assert errors_on(page.text)
    assert episode_of(council, ready).lead_worker_id == council.people[Role.WORKER]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"families": []}, "Select at least one family"),
        ({"to": ""}, "Choose who leads them from now on"),
        ({"reason": " "}, "Enter why"),
    ],
)
def test_a_hand_over_that_says_too_little_is_refused(council: Council, world: World, told, fault):
    sent = {"families": [str(world.families["READY"])], "to": str(council.people[Role.SUPERVISOR]), "reason": "Leaves"}  # fmt: skip

    page = council.browser(Role.SUPERVISOR).post(f"/caseloads/{council.people[Role.WORKER]}/hand-over", sent | told, status=400)  # fmt: skip

    assert fault in errors_on(page.text)


def test_who_has_left_and_still_leads_stands_first(council: Council, world: World):
    with council.work():
        db.session.execute(update(User).where(User.id == council.people[Role.WORKER]).values(disabled_at=clock.now()))  # fmt: skip
    with council.work(Role.SUPERVISOR):
        first = list_caseloads(world.programme_id, TODAY)[0].user.id

    assert first == council.people[Role.WORKER]
    assert "Has left" in council.browser(Role.SUPERVISOR).get("/caseloads").text
    page = council.browser(Role.SUPERVISOR).get(f"/caseloads/{council.people[Role.WORKER]}").text
    assert "These families need another lead worker" in page
    hand_over(council, *(world.families[name] for name in ("READY", "STUCK")))
    assert "Has left" not in council.browser(Role.SUPERVISOR).get("/caseloads").text


def test_what_a_successor_must_know_comes_from_the_record(council: Council, world: World):
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        sam = db.session.scalars(select(Person.id).where(Person.reference == "S2")).one()
        db.session.add(Event(person_id=sam, signal="police.asb", happened_on=RECENT, recorded_at=clock.now(), recorded_by_id=council.people[Role.WORKER]))  # fmt: skip
    with council.work(Role.SUPERVISOR):
        rows = {row.family.reference: row for row in summarise(world.programme_id, list_plan_versions(world.programme_id), council.people[Role.WORKER], TODAY)}  # fmt: skip

    assert list(rows) == ["STUCK", "READY"]
    assert rows["STUCK"].people == ["Lena Lee", "Kai Lee"]
    assert rows["STUCK"].told.startswith("Support began on")
    assert rows["STUCK"].missing
    assert rows["STUCK"].lately == [("police.asb", RECENT)]
    page = council.browser(Role.SUPERVISOR).get(f"/caseloads/{council.people[Role.WORKER]}/summary")
    assert "Lena Lee, Kai Lee" in page.text


def arrange(council: Council, *, status: int = 302, **told: object):
    sent = {"covered_by": str(council.people[Role.SUPERVISOR])} | boxes("from_on", TODAY) | boxes("until_on", TODAY + 7 * DAY)  # fmt: skip
    return council.browser(Role.SUPERVISOR).post(f"/caseloads/{council.people[Role.WORKER]}/cover", sent | told, status=status)  # fmt: skip


def test_who_covers_has_the_families_on_their_own_page(council: Council, world: World):
    arrange(council)

    page = council.browser(Role.SUPERVISOR).get("/my-work").text

    assert "You cover for Worker Person" in page
    assert f"/families?worker={council.people[Role.WORKER]}" in page
    assert "Supervisor Person covers" in council.browser(Role.SUPERVISOR).get("/caseloads").text
    (cover,) = read(council, select(Cover))
    council.browser(Role.SUPERVISOR).post(f"/caseloads/{council.people[Role.WORKER]}/covers/{cover.id}/end")  # fmt: skip
    assert read(council, select(Cover)) == [], "it began today, so it never was"


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"covered_by": ""}, "Choose who covers"),
        (boxes("until_on", TODAY - DAY), "The last day must not be before the first"),
        ({"from_on": ["", "", ""]}, "Enter the first day"),
    ],
)
def test_a_cover_that_cannot_be_is_refused(council: Council, world: World, told, fault):
    page = arrange(council, status=400, **told)

    assert fault in errors_on(page.text)
    assert read(council, select(Cover)) == []


def test_two_covers_on_one_day_are_refused(council: Council, world: World):
    arrange(council)
    arrange(council)

    page = arrange(council, status=400, **boxes("until_on", TODAY + 3 * DAY))

    assert len(read(council, select(Cover.id))) == 1, "sent twice is arranged once"

    assert "Somebody covers for them on one of these days already. End that first" in errors_on(page.text)  # fmt: skip


def test_only_supervisors_allocate_and_nobody_elsewhere(
    council: Council, other_council: Council, world: World
):
    worker, family = council.people[Role.WORKER], world.families["READY"]
    for path in ("/caseloads", f"/caseloads/{worker}", f"/caseloads/{worker}/summary", f"/families/{family}/allocate"):  # fmt: skip
        council.browser(Role.WORKER).get(path, status=403)
    build_world(other_council)
    other = other_council.browser(Role.SUPERVISOR)
    for path in (f"/caseloads/{worker}", f"/caseloads/{worker}/summary", f"/families/{family}/allocate"):  # fmt: skip
        other.get(path, status=404)


def test_a_partner_begins_at_their_own_families(council: Council, world: World):
    browser = council.browser(Role.PARTNER)

    assert browser.get("/", status=302).location == "/own-families"
    browser.get("/families", status=403)
    assert "Refer a family" in browser.get("/refer").text
