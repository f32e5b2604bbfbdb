"""Colleagues elsewhere see the families they are involved with, in the part they need, while they are."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.family_plans.test_plans import act, aim
from tests.recording.test_contacts import give, record
from tests.recording.test_contacts import path_of as contacts_of
from tests.referrals.walking import read
from tests.world import TODAY, World, boxes, build_world
from tfsaas.audit.models import Reading
from tfsaas.evidence.models import Spell
from tfsaas.families.involved import Involvement, Sees
from tfsaas.family_plans.models import PlanAction, State
from tfsaas.permissions import Role
from tfsaas.recording.models import Contact


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def involve(council: Council, world: World, *, status: int = 302, **told: Any):
    sent = {
        "name": "Ira Bell", "agency": "Hill School", "does": "head of year", "phone": "01632 960123",
        "user_id": str(council.people[Role.PARTNER]), "sees": "who is involved",
    } | boxes("from_on", TODAY)  # fmt: skip
    path = f"/families/{world.families['READY']}/involved"
    return council.browser(Role.WORKER).post(path, sent | told, status=status)


def own(world: World, name: str = "READY") -> str:
    return f"/own-families/{world.families[name]}"


def test_a_colleague_sees_who_leads_and_who_is_involved_and_nothing_else(council: Council, world: World):  # fmt: skip
    give(council, world, Role.WORKER)
    council.browser(Role.WORKER).post("/account/phone", {"phone": "01632 960555"})
    record(council, contacts_of(world), note="Secret of the home.")
    path = f"/families/{world.families['READY']}/plan"
    aim(council, path, text="Sam sleeps")
    involve(council, world)
    browser = council.browser(Role.PARTNER)

    assert "Okafor" in browser.get("/own-families").text
    page = browser.get(own(world)).text
    for said in ("Worker Person", "01632 960555", "Ira Bell, Hill School", "Ada Okafor"):
        assert said in page
    for hidden in ("Secret of the home.", "Sam sleeps", "treatment", "9990079196"):
        assert hidden not in page
    assert "part of a family's file" in read(council, select(Reading.what))
    browser.get(own(world, "STUCK"), status=404)
    browser.get(f"/families/{world.families['READY']}", status=403)


def test_who_sees_the_plan_says_that_an_own_action_is_done(council: Council, world: World):
    involve(council, world, sees="who is involved, and the plan")
    path = f"/families/{world.families['READY']}/plan"
    goal = aim(council, path, text="Sam sleeps")
    assert "Ira Bell, Hill School" in council.browser(Role.WORKER).get(f"{path}/objectives/{goal}/actions/new").text  # fmt: skip
    act(council, path, goal, text="Ring the nurse", owner="", owner_id=str(council.people[Role.PARTNER]))  # fmt: skip
    act(council, path, goal, text="Mum rests")
    mine, hers = (read(council, select(PlanAction.id).where(PlanAction.text == said))[0] for said in ("Ring the nurse", "Mum rests"))  # fmt: skip
    browser = council.browser(Role.PARTNER)

    page = browser.get(own(world)).text
    assert "Sam sleeps" in page
    assert page.count("It is done") == 1
    browser.post(f"{own(world)}/actions/{mine}/done")
    browser.post(f"{own(world)}/actions/{hers}/done", status=404)

    assert set(read(council, select(PlanAction.text).where(PlanAction.state == State.DONE))) == {"Ring the nurse"}  # fmt: skip
    browser.get(f"{own(world)}/work", status=404)


def test_an_employment_adviser_records_work_and_benefits_of_adults_only(council: Council, world: World):  # fmt: skip
    involve(council, world, sees="who is involved, and benefits and work")
    browser = council.browser(Role.PARTNER)
    page = browser.get(f"{own(world)}/work").text
    assert "Ada Okafor" in page
    assert "Sam Okafor" not in page
    assert 'value="health.treatment"' not in page
    (ada,) = [value for value in page.split('value="') if "Ada Okafor" in value[:60]]
    told = {"person": ada[:36], "signal": "work.employed"} | boxes("on", TODAY - timedelta(days=9))

    assert "Choose what" in errors_on(browser.post(f"{own(world)}/work", told | {"signal": ""}, status=400).text)  # fmt: skip
    browser.post(f"{own(world)}/work", told | {"signal": "police.offence"}, status=400)
    browser.post(f"{own(world)}/work", told)

    (row,) = read(council, select(Spell).where(Spell.signal == "work.employed"))
    assert row.recorded_by_id == council.people[Role.PARTNER]
    assert "still" in browser.get(own(world)).text


def give_to_the_school(council: Council, world: World, name: str = "READY") -> None:
    """Ira, whose account says Hill School, leads a family from now on."""
    ira = council.people[Role.PARTNER]
    admin = council.browser(Role.ADMINISTRATOR)
    admin.post(f"/users/{ira}/role", {"role": "partner", "agency": "Hill School"})
    supervisor = council.browser(Role.SUPERVISOR)
    path = f"/families/{world.families[name]}/allocate"
    assert "Partner Person, Hill School" in supervisor.get(path).text
    supervisor.post(path, {"lead_worker": str(ira), "weight": "2", "version": "1", "reason": "They know them best"})  # fmt: skip


def test_somebody_of_another_agency_leads_and_sees_that_family_alone(council: Council, world: World):  # fmt: skip
    give_to_the_school(council, world)
    browser = council.browser(Role.PARTNER)

    assert "<strong>You</strong>" in browser.get("/own-families").text
    assert "There is no plan yet" in browser.get(own(world)).text
    browser.get(own(world, "STUCK"), status=404)
    for path in (f"/families/{world.families['READY']}", "/families", "/my-work", "/search"):
        browser.get(path, status=403)
    for role, path in ((Role.WORKER, f"/families/{world.families['READY']}"), (Role.WORKER, "/families"), (Role.SUPERVISOR, "/caseloads")):  # fmt: skip
        assert "Partner Person, Hill School" in council.browser(role).get(path).text
    led = council.browser(Role.WORKER).get(f"/families?worker={council.people[Role.PARTNER]}").text
    assert "Okafor" in led
    assert f'value="{council.people[Role.PARTNER]}" selected' in led
    (row,) = read(council, select(Involvement))
    assert (row.agency, row.does, row.sees) == ("Hill School", "Lead worker", Sees.PLAN)


def test_who_was_involved_before_sees_the_plan_once_they_lead(council: Council, world: World):
    involve(council, world, sees="who is involved, and benefits and work")
    give_to_the_school(council, world)
    give_to_the_school(council, world)

    rows = read(council, select(Involvement.sees).where(Involvement.until_on.is_(None)))
    assert rows == [Sees.PLAN]


def test_only_the_lead_worker_of_another_agency_records_contacts(council: Council, world: World):
    involve(council, world, sees="who is involved, and the plan")
    browser, path = council.browser(Role.PARTNER), f"{own(world)}/contacts/new"
    browser.get(path, status=404)
    browser.post("/drafts", {"draft_path": f"{own(world, 'STUCK')}/contacts/new"}, status=404)
    give_to_the_school(council, world)
    page = browser.get(path).text
    key = page.split('name="key"')[1].split('value="')[1][:36]
    told = {"key": key, "when": "today", "how": "telephone", "note": "Rang from school."}

    assert errors_on(browser.post(path, {"key": key}, status=400).text)
    browser.post(path, told)

    assert "Rang from school." in browser.get(own(world)).text
    (contact,) = read(council, select(Contact))
    assert contact.by_id == council.people[Role.PARTNER]
    assert "Rang from school." in council.browser(Role.WORKER).get(f"/families/{world.families['READY']}/chronology").text  # fmt: skip


def test_colleagues_elsewhere_take_over_no_tasks_and_cover_for_nobody(council: Council, world: World):  # fmt: skip
    give(council, world, Role.WORKER)
    path, ira = f"/caseloads/{council.people[Role.WORKER]}", str(council.people[Role.PARTNER])
    browser = council.browser(Role.SUPERVISOR)

    assert ira not in browser.get(path).text
    sent = {"families": [str(world.families["READY"])], "to": ira, "reason": "Leaves"}
    browser.post(f"{path}/hand-over", sent, status=400)
    days = boxes("from_on", TODAY) | boxes("until_on", TODAY)
    browser.post(f"{path}/cover", {"covered_by": ira} | days, status=400)


def test_who_is_involved_no_longer_sees_nothing_at_once(council: Council, world: World):
    involve(council, world)
    browser = council.browser(Role.PARTNER)
    browser.get(own(world))
    (row,) = read(council, select(Involvement))

    council.browser(Role.WORKER).post(f"/families/{world.families['READY']}/involved/{row.id}/end")

    browser.get(own(world), status=404)
    assert "Okafor" not in browser.get("/own-families").text


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"name": ""}, "Enter what they are called"),
        ({"agency": " "}, "Enter where they work"),
        (boxes("from_on", TODAY + timedelta(days=1)), "The day must be today or in the past"),
    ],
    ids=["no name", "no agency", "a day to come"],
)
def test_what_cannot_be_is_refused(council: Council, world: World, told, fault):
    assert fault in errors_on(involve(council, world, status=400, **told).text)
    assert read(council, select(Involvement)) == []


def test_nobody_is_involved_twice_and_only_partners_see_by_it(council: Council, world: World):
    involve(council, world)
    involve(council, world)

    again = involve(council, world, status=400, phone="01632 960999")
    assert "They are involved already" in errors_on(again.text)[0]
    involve(council, world, status=400, name="Zoe", user_id=str(council.people[Role.LEADER]))
    involve(council, world, name="Nurse Joy", agency="Health", user_id="")
    page = council.browser(Role.AUDITOR).get(f"/families/{world.families['READY']}").text

    assert "Nurse Joy, Health" in page
    assert len(read(council, select(Involvement))) == 2


def test_other_councils_and_roles_do_not_reach_it(council: Council, other_council: Council, world: World):  # fmt: skip
    involve(council, world)
    (row,) = read(council, select(Involvement))
    involved = f"/families/{world.families['READY']}/involved"
    other_council.browser(Role.WORKER).get(involved, status=404)
    other_council.browser(Role.WORKER).post(f"{involved}/{row.id}/end", status=404)
    other_council.browser(Role.PARTNER).get(own(world), status=404)
    council.browser(Role.AUDITOR).get(involved, status=403)
    council.browser(Role.WORKER).get("/own-families", status=403)
