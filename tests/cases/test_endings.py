"""Support ends with reason, outcome and the family's voice; the watch tells what comes back; opening again begins anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests.builders import Council, errors_on
from tests.cases.test_my_work import DAY, WEEKS, kinds, work
from tests.family_plans.test_plans import act, aim
from tests.recording.test_contacts import give, person, record
from tests.recording.test_contacts import path_of as contacts_of
from tests.referrals.test_triage import TWIN, decide, recognise
from tests.referrals.test_triage import agree as agree_to_support
from tests.referrals.walking import open_for_referrals, read, refer
from tests.world import BEGAN, FILES, TODAY, World, boxes, build_world, encoded
from tfsaas.cases.models import Ending, HowEnded, WatchAlert
from tfsaas.cases.my_work import Kind
from tfsaas.cases.watching import watch
from tfsaas.db import db
from tfsaas.evidence.actions import Statement, load_files, record_fact
from tfsaas.families.models import Allocation, Episode
from tfsaas.permissions import Role
from tfsaas.rules.plan import SignalKind

ENDED = TODAY - 10 * DAY
TOLD = {"how": "needs met", "reason": "All agreed", "outcome": "Sam goes to school", "words": "“We manage”, Ada"} | boxes("ended_on", ENDED)  # fmt: skip


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def end(council: Council, world: World, *, status: int = 302, role: Role = Role.WORKER, **told: Any):  # fmt: skip
    path = f"/families/{world.families['READY']}/end"
    return council.browser(role).post(path, TOLD | told, status=status)


def endings(council: Council) -> list[Ending]:
    return read(council, select(Ending))


def happen(council: Council, signal: str, on: Any, who: str = "R2", kind: SignalKind = SignalKind.EVENT) -> UUID:  # fmt: skip
    """Something about one of the family comes on record."""
    somebody = person(council, who)
    with council.work(Role.SUPERVISOR):
        fact = record_fact(somebody, Statement(signal=signal, kind=kind, person_id=somebody, on=on, until=None))  # fmt: skip
        db.session.flush()
        return fact.id


def look(council: Council) -> list[WatchAlert]:
    with council.work():
        watch()
    return read(council, select(WatchAlert).order_by(WatchAlert.happened_on))


def test_support_ends_as_it_is_told_and_the_watch_begins(council: Council, world: World):
    give(council, world, Role.WORKER)

    end(council, world)

    (row,) = endings(council)
    assert (row.how, row.ended_on, row.led_by_id) == (HowEnded.MET, ENDED, council.people[Role.WORKER])  # fmt: skip
    assert row.watched_until == ENDED.replace(year=ENDED.year + 1)
    assert read(council, select(Episode.closed_on).where(Episode.family_id == world.families["READY"])) == [ENDED]  # fmt: skip
    assert read(council, select(Allocation.until_at)) != [None]
    page = council.browser(Role.AUDITOR).get(f"/families/{world.families['READY']}/endings").text
    for said in ("needs met", "All agreed", "Sam goes to school", "“We manage”, Ada", "Worker Person"):  # fmt: skip
        assert said in page
    assert "Support ended on" in council.browser(Role.AUDITOR).get(f"/families/{world.families['READY']}").text  # fmt: skip


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"how": ""}, "Select how support ends"),
        ({"outcome": " "}, "Enter what has become of the family’s problems"),
        ({"words": ""}, "Enter what the family says, or below why it says nothing"),
        ({"no_words": "Nobody was there"}, "Leave this empty where the family says something"),
        ({"how": "stepped up to social care"}, "Enter who takes over"),
        (boxes("ended_on", TODAY + DAY), "The day must be today or in the past"),
        (boxes("ended_on", BEGAN - DAY), "The day must not be before support began"),
    ],
    ids=["not how", "no outcome", "no voice", "voice and none", "nobody takes over", "a day to come", "before it began"],
)  # fmt: skip
def test_an_ending_that_cannot_be_is_refused_and_stays_in_the_form(council: Council, world: World, told, fault):  # fmt: skip
    page = end(council, world, status=400, **told)

    assert fault in errors_on(page.text)
    assert "All agreed" in page.text
    assert endings(council) == []


def test_sending_it_twice_ends_it_once_and_what_is_told_is_never_changed(council: Council, world: World):  # fmt: skip
    end(council, world)
    end(council, world)
    late = end(council, world, status=400, outcome="Something else")

    assert "Somebody else has ended support" in errors_on(late.text)[0]
    assert "Something else" in late.text
    assert [row.outcome for row in endings(council)] == ["Sam goes to school"]
    for statement in ("update ending set outcome = 'x'", "delete from ending", "delete from watch_alert"):  # fmt: skip
        with council.work(), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(statement))


def test_loose_ends_are_told_before(council: Council, world: World):
    path = f"/families/{world.families['READY']}/plan"
    act(council, path, aim(council, path))
    page = council.browser(Role.WORKER).get(f"/families/{world.families['READY']}/end").text

    assert "1 action of the plan is open." in page
    assert "No contact says that these children were seen: Sam Okafor." in page
    record(council, contacts_of(world), **{f"person-{person(council, 'R2')}": "seen"})
    assert "these children" not in council.browser(Role.WORKER).get(f"/families/{world.families['READY']}/end").text  # fmt: skip


def test_opening_again_begins_anew_and_ends_the_watch(council: Council, world: World):
    end(council, world)
    path = f"/families/{world.families['READY']}/open-again"
    for _ in range(2):
        council.browser(Role.WORKER).post(path, {"lead_worker": str(council.people[Role.WORKER])})
    happen(council, "police.offence", ENDED + DAY)

    episodes = read(council, select(Episode).where(Episode.family_id == world.families["READY"]).order_by(Episode.closed_on))  # fmt: skip
    assert [(row.closed_on, row.baseline_on) for row in episodes] == [(ENDED, BEGAN), (None, None)]
    assert look(council) == []
    council.browser(Role.SUPERVISOR).get(f"/families/{world.families['READY']}/allocate")


def test_what_has_ended_is_not_allocated_but_opened_again(council: Council, world: World):
    end(council, world)

    led = council.browser(Role.SUPERVISOR).get(f"/families/{world.families['READY']}/allocate", status=302)  # fmt: skip

    assert led.location.endswith("/open-again")


def test_a_referral_accepted_for_a_family_whose_support_has_ended_opens_it(council: Council, world: World):  # fmt: skip
    end(council, world)
    open_for_referrals(council)
    referral = refer(council, None, TWIN)
    agree_to_support(council, referral)
    recognise(council, referral)
    decide(council, referral, "accept", family=str(world.families["READY"]))

    still_open = select(Episode.id).where(Episode.family_id == world.families["READY"], Episode.closed_on.is_(None))  # fmt: skip
    assert len(read(council, still_open)) == 1


def test_only_who_may_and_only_here(council: Council, other_council: Council, world: World):
    end(council, world)
    happen(council, "police.offence", ENDED + timedelta(days=1))
    (alert,) = look(council)
    family = f"/families/{world.families['READY']}"
    for page in ("/end", "/endings", "/open-again", f"/alerts/{alert.id}"):
        other_council.browser(Role.WORKER).get(family + page, status=404)
    for page in ("/end", "/open-again", f"/alerts/{alert.id}"):
        council.browser(Role.AUDITOR).get(family + page, status=403)
    council.browser(Role.WORKER).get(f"/families/{world.families['STUCK']}/alerts/{alert.id}", status=404)  # fmt: skip
    build_world(other_council)
    assert WEEKS
    with other_council.work():
        watch()
    assert read(other_council, select(WatchAlert)) == []


def test_actions_of_a_plan_whose_support_has_ended_are_nobodys_work(council: Council, world: World):
    give(council, world, Role.WORKER)
    path = f"/families/{world.families['READY']}/plan"
    act(council, path, aim(council, path))
    with council.work():
        db.session.execute(text("update plan_action set due_on = :day"), {"day": TODAY - DAY})
    assert (Kind.ACTION, "Okafor") in kinds(work(council, world).overdue)

    end(council, world)
    council.browser(Role.WORKER).post(f"/families/{world.families['READY']}/open-again", {"lead_worker": str(council.people[Role.WORKER])})  # fmt: skip

    assert (Kind.ACTION, "Okafor") not in kinds(work(council, world).overdue)


def test_days_of_what_has_ended_cannot_be_after_its_end(council: Council, world: World):
    end(council, world)
    page = council.browser(Role.WORKER).get(f"/families/{world.families['READY']}/change").text
    version = page.split('name="version"')[1].split('value="')[1].split('"')[0]
    told = {"name": "Okafor", "lead_worker": "", "version": version} | boxes("baseline_on", TODAY)

    answer = council.browser(Role.WORKER).post(f"/families/{world.families['READY']}/change", told, status=400)  # fmt: skip

    assert "Support ended before that day" in errors_on(answer.text)[0]


def test_a_file_about_support_that_has_ended_does_not_open_the_family(council: Council, world: World):  # fmt: skip
    end(council, world)
    with council.work(Role.SUPERVISOR):
        load_files(encoded(FILES), "again")

    found = read(council, select(Episode.closed_on).where(Episode.family_id == world.families["READY"]))  # fmt: skip
    assert found == [ENDED]
