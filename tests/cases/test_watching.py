"""The watch over families whose support has ended: what it finds, what it leaves alone, and what people say of it."""

import pytest
from sqlalchemy import select, text, update

from tests.builders import Council, errors_on
from tests.cases.test_endings import ENDED, TOLD, end, endings, happen, look, world
from tests.cases.test_my_work import DAY, kinds, work
from tests.recording.test_contacts import give, person
from tests.referrals.walking import SAM, open_for_referrals, read, refer
from tests.world import TODAY, World, boxes
from tfsaas.accounts.models import User
from tfsaas.cases.models import WatchAlert
from tfsaas.cases.my_work import Kind
from tfsaas.cases.watching import count_after_ending
from tfsaas.db import db
from tfsaas.evidence.actions import withdraw_fact
from tfsaas.permissions import Role
from tfsaas.tenants.council import save_setting
from tfsaas.tenants.settings import ReviewCycle

__all__ = ["world"]


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
    browser.post(path, {"is_relapse": "no", "answer": "Rang"})
    first = read(council, select(WatchAlert.answered_at))[0]
    browser.post(path, {"is_relapse": "yes", "answer": "Opened again", "seen": first.isoformat()})
    other = council.browser(Role.SUPERVISOR).post(path, {"is_relapse": "no", "answer": "No", "seen": ""}, status=409)  # fmt: skip

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


def test_a_family_whose_support_never_began_is_watched_too(council: Council, world: World):
    path = f"/families/{world.families['NEW']}/end"
    council.browser(Role.WORKER).post(path, TOLD | {"how": "could not be reached"})
    happen(council, "police.offence", ENDED + DAY, "N1")

    assert len(look(council)) == 1


def test_what_is_withdrawn_before_anybody_looked_needs_no_answer(council: Council, world: World):
    end(council, world)
    fact = happen(council, "police.offence", ENDED + DAY)
    assert [row.is_relapse for row in look(council)] == [None]
    with council.work(Role.SUPERVISOR):
        withdraw_fact("event", fact)

    assert [row.is_relapse for row in look(council)] == [False]
