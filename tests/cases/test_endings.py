"""Support ends with reason, outcome and the family's voice; the watch tells what comes back; opening again begins anew."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import ProgrammingError

from tests.builders import Council, errors_on
from tests.cases.test_my_work import DAY, WEEKS, kinds, work
from tests.family_plans.test_plans import act, aim
from tests.recording.test_contacts import give, person, record
from tests.recording.test_contacts import path_of as contacts_of
from tests.referrals.test_triage import TWIN, decide, recognise
from tests.referrals.test_triage import agree as agree_to_support
from tests.referrals.walking import SAM, open_for_referrals, read, refer
from tests.world import BEGAN, TODAY, World, boxes, build_world
from tfsaas.accounts.models import User
from tfsaas.cases.models import Ending, HowEnded, WatchAlert
from tfsaas.cases.my_work import Kind
from tfsaas.cases.watching import count_after_ending, watch
from tfsaas.db import db
from tfsaas.evidence.actions import Statement, record_fact
from tfsaas.families.models import Allocation, Episode
from tfsaas.permissions import Role
from tfsaas.rules.plan import SignalKind
from tfsaas.tenants.council import save_setting
from tfsaas.tenants.settings import ReviewCycle

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
    end(council, world, outcome="Something else")

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


@pytest.mark.parametrize(
    ("signal", "days", "found"),
    [("police.offence", 1, True), ("police.offence", 0, False), ("police.offence", -1, False), ("school.attended", 1, False)],
    ids=["the day after", "the day itself", "before", "not a problem"],
)  # fmt: skip
def test_the_watch_finds_what_happened_after_the_end(council: Council, world: World, signal, days, found):  # fmt: skip
    end(council, world)
    happen(council, signal, ENDED + days * DAY)

    assert len(look(council)) == int(found)


def test_each_thing_is_found_once_and_other_families_are_not_watched(council: Council, world: World):  # fmt: skip
    end(council, world)
    happen(council, "police.offence", ENDED + DAY)
    happen(council, "police.offence", ENDED + DAY, "S2")

    assert len(look(council)) == 1
    assert len(look(council)) == 1


@pytest.mark.parametrize(("after", "found"), [(0, True), (1, False)], ids=["last day", "day after"])
def test_what_happens_after_the_watch_is_nobodys_business(council: Council, world: World, after, found):  # fmt: skip
    with council.work():
        save_setting(ReviewCycle, {"weeks": 6, "watch_months": 1, "contact_weeks": 4}, None)
    end(council, world, **boxes("ended_on", TODAY - 60 * DAY))
    (row,) = endings(council)
    happen(council, "police.offence", row.watched_until + after * DAY)

    assert len(look(council)) == int(found)


def test_a_council_that_watches_nobody_finds_nothing(council: Council, world: World):
    with council.work():
        save_setting(ReviewCycle, {"weeks": 6, "watch_months": 0, "contact_weeks": 4}, None)
    end(council, world)
    happen(council, "police.offence", ENDED + DAY)

    assert endings(council)[0].watched_until is None
    assert look(council) == []


def test_a_referral_about_its_people_is_found(council: Council, world: World):
    end(council, world)
    open_for_referrals(council)
    referral = refer(council, None, SAM)
    assert look(council) == []
    with council.work():
        db.session.execute(text("update referral_person set person_id = :sam"), {"sam": person(council, "R2")})  # fmt: skip

    (alert,) = look(council)

    assert (alert.subject_id, alert.signal, alert.happened_on) == (referral, "", TODAY)


def test_whoever_led_hears_of_it_says_whether_it_is_a_relapse_and_it_is_counted(council: Council, world: World):  # fmt: skip
    give(council, world, Role.WORKER)
    end(council, world)
    happen(council, "police.offence", ENDED + DAY)
    (alert,) = look(council)
    assert kinds(work(council, world).week) == [(Kind.RELAPSE, "Okafor")]
    with council.work():
        before = count_after_ending(world.programme_id, TODAY)
    assert (before.ended, before.watched, before.relapsed, before.not_looked_at) == (1, 1, 0, 1)

    path = f"/families/{world.families['READY']}/alerts/{alert.id}"
    browser = council.browser(Role.WORKER)
    assert "Select whether it is a relapse" in errors_on(browser.post(path, {"answer": "Rang"}, status=400).text)  # fmt: skip
    browser.post(path, {"is_relapse": "yes", "answer": "Opened again"})
    other = council.browser(Role.SUPERVISOR).post(path, {"is_relapse": "no", "answer": "No"}, status=409)  # fmt: skip

    assert "Somebody else has answered this" in other.text
    assert work(council, world).week == []
    with council.work():
        after = count_after_ending(world.programme_id, TODAY)
        then = count_after_ending(world.programme_id, ENDED)
    assert (after.relapsed, after.not_looked_at, then.relapsed) == (1, 0, 0)
    assert "relapsed (100.0%)" in council.browser(Role.LEADER).get("/progress").text.replace("</strong>", "")  # fmt: skip


def test_where_nobody_led_or_they_have_left_supervisors_hear(council: Council, world: World):
    give(council, world, Role.WORKER)
    end(council, world)
    happen(council, "police.offence", ENDED + DAY)
    look(council)
    assert work(council, world, Role.SUPERVISOR).week == []

    with council.work():
        db.session.execute(update(User).where(User.id == council.people[Role.WORKER]).values(disabled_at=text("now()")))  # fmt: skip

    assert kinds(work(council, world, Role.SUPERVISOR).week) == [(Kind.RELAPSE, "Okafor")]


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
