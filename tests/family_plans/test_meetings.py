"""Meetings of the team around a family: who was asked, who came, what was said; written once."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests.builders import Council, errors_on
from tests.family_plans.test_plans import aim, path_of, world
from tests.referrals.walking import read
from tests.world import TODAY, World, boxes
from tfsaas.db import db
from tfsaas.families.models import Person
from tfsaas.family_plans.models import Attendance, MeetingGuest, PlanMeeting
from tfsaas.permissions import Role

__all__ = ["world"]
DAY = timedelta(days=1)


def meet(council: Council, path: str, *, status: int = 302, **told: object):
    (ada,) = read(council, select(Person.id).where(Person.reference == "R1"))
    sent = {
        "key": str(uuid4()), "place": "At school", "minutes": "Sam likes maths.", f"member-{ada}": "came",
        "name-0": "Ira Bell", "agency-0": "Hill School", "how-0": "sent apologies",
    } | boxes("held_on", TODAY) | {f"how-{at}": "came" for at in range(1, 6)}  # fmt: skip
    return council.browser(Role.WORKER).post(f"{path}/meetings/new", sent | told, status=status)


def test_a_meeting_stands_with_the_plan_with_who_came_and_who_did_not(council: Council, world: World):  # fmt: skip
    path = path_of(world)
    aim(council, path)

    meet(council, path, **boxes("next_on", TODAY + 30 * DAY))

    guests = {(row.name, row.attendance) for row in read(council, select(MeetingGuest))}
    assert guests == {("", Attendance.CAME), ("Ira Bell", Attendance.APOLOGIES)}
    page = council.browser(Role.AUDITOR).get(path).text
    for said in ("Sam likes maths.", "At school", "Ada Okafor came", "Ira Bell, Hill School, sent apologies"):  # fmt: skip
        assert said in page


def test_sending_it_twice_writes_it_once(council: Council, world: World):
    path, key = path_of(world), str(uuid4())
    aim(council, path)

    meet(council, path, key=key)
    meet(council, path, key=key)
    more = meet(council, path, key=key, minutes="Sam likes maths. And art.", status=400)

    assert "written down already" in errors_on(more.text)[0]
    assert "And art.</textarea>" in more.text

    assert len(read(council, select(PlanMeeting.id))) == 1
    assert len(read(council, select(MeetingGuest.id))) == 2


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"minutes": " "}, "Enter what was said and decided"),
        (boxes("held_on", TODAY + DAY), "The day of the meeting must be today or in the past"),
        ({"agency-1": "School nurse"}, "Enter a name, or what they are: School nurse"),
        (boxes("next_on", TODAY), "The next meeting must come after this one"),
    ],
)
def test_a_meeting_that_cannot_be_is_refused_and_kept_in_the_form(council: Council, world: World, told, fault):  # fmt: skip
    path = path_of(world)
    aim(council, path)

    page = meet(council, path, status=400, **told)

    assert fault in errors_on(page.text)
    assert 'value="Ira Bell"' in page.text
    assert read(council, select(PlanMeeting.id)) == []


def test_a_meeting_without_anybody_is_none(council: Council, world: World):
    path = path_of(world)
    aim(council, path)
    (ada,) = read(council, select(Person.id).where(Person.reference == "R1"))

    page = meet(council, path, status=400, **{f"member-{ada}": ""})

    assert "Say who came, of the family or of the others: a meeting needs somebody" in errors_on(
        page.text
    )


def test_minutes_are_never_changed(council: Council, world: World):
    path = path_of(world)
    aim(council, path)
    meet(council, path)

    with council.work(), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("update plan_meeting set minutes = 'other'"))


def test_only_who_may_records_one(council: Council, other_council: Council, world: World):
    path = path_of(world)
    aim(council, path)
    council.browser(Role.AUDITOR).get(f"{path}/meetings/new", status=403)
    other_council.browser(Role.WORKER).get(f"{path}/meetings/new", status=404)
