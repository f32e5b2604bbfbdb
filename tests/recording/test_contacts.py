"""Contacts: told once for everybody, corrected without losing what stood, sensitive parts for few."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from tests.builders import Council, errors_on
from tests.referrals.walking import read
from tests.world import TODAY, World, boxes, build_world
from tfsaas.audit.models import Reading
from tfsaas.db import db
from tfsaas.families.allocating import arrange_cover, lead
from tfsaas.families.models import Episode, Person
from tfsaas.permissions import Role
from tfsaas.recording.models import Contact, ContactPerson, Part

DAY = timedelta(days=1)
SECRET = "She told of a blow on Sunday."


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def path_of(world: World, name: str = "READY") -> str:
    return f"/families/{world.families[name]}/contacts"


def person(council: Council, reference: str) -> UUID:
    return read(council, select(Person.id).where(Person.reference == reference))[0]


def record(council: Council, path: str, *, role: Role = Role.WORKER, status: int = 302, **told: Any):  # fmt: skip
    sent = {"key": str(uuid4()), "when": "today", "how": "home visit", "note": "Sam was at home."}
    return council.browser(role).post(f"{path}/new", sent | told, status=status)


def contacts(council: Council) -> list[Contact]:
    return read(council, select(Contact).order_by(Contact.recorded_at))


def give(council: Council, world: World, role: Role | None, name: str = "READY") -> None:
    """Let somebody lead the family."""
    with council.work(Role.SUPERVISOR):
        episode = db.session.scalars(select(Episode).where(Episode.family_id == world.families[name])).one()  # fmt: skip
        lead(episode, council.people[role] if role else None)


def test_one_contact_is_told_once_for_everybody_it_is_about(council: Council, world: World):
    ada, sam = person(council, "R1"), person(council, "R2")

    record(council, path_of(world), **{f"person-{ada}": "spoken to", f"person-{sam}": "seen alone"})

    rows = read(council, select(ContactPerson))
    assert {row.person_id: row.part for row in rows} == {ada: Part.SPOKEN, sam: Part.ALONE}
    page = council.browser(Role.AUDITOR).get(f"{path_of(world)}/{contacts(council)[0].id}").text
    assert "Sam was at home." in page
    assert "Seen alone" in page


@pytest.mark.parametrize(
    ("told", "day"),
    [
        ({"when": "today"}, TODAY),
        ({"when": "yesterday"}, TODAY - DAY),
        ({"when": "other"} | boxes("happened_on", TODAY - 9 * DAY), TODAY - 9 * DAY),
    ],
    ids=["today", "yesterday", "another day"],
)
def test_the_day_is_chosen_quickly(council: Council, world: World, told, day):
    record(council, path_of(world), **told)

    assert contacts(council)[0].happened_on == day


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"note": " "}, "Enter what happened"),
        ({"how": ""}, "Select how it was"),
        ({"when": "other"}, "Enter the day of the contact"),
        ({"when": "other"} | boxes("happened_on", TODAY + DAY), "The day of the contact must be today or in the past"),
    ],
    ids=["nothing told", "not how", "no day", "a day to come"],
)  # fmt: skip
def test_a_contact_that_cannot_be_is_refused_and_stays_in_the_form(council: Council, world: World, told, fault):  # fmt: skip
    page = record(council, path_of(world), status=400, words="“I like maths”, Sam", **told)

    assert fault in errors_on(page.text)
    assert "I like maths" in page.text
    assert contacts(council) == []


def test_sending_it_twice_writes_it_once(council: Council, world: World):
    key = str(uuid4())

    record(council, path_of(world), key=key)
    record(council, path_of(world), key=key)
    again = record(council, path_of(world), key=key, note="More.", status=400)

    assert "was recorded from this form already" in errors_on(again.text)[0]
    assert len(contacts(council)) == 1
    second = again.text.split('name="key"')[1].split('value="')[1][:36]
    record(council, path_of(world), key=second, note="More.")
    assert len(contacts(council)) == 2, "saved again it is a second one"


def test_a_correction_stands_in_its_place_and_what_stood_can_be_read(council: Council, world: World):  # fmt: skip
    record(council, path_of(world))
    (first,) = contacts(council)
    told = {"key": str(uuid4()), "when": "yesterday", "how": "telephone", "note": "Sam was ill.", "reason": "Wrong child"}  # fmt: skip
    browser = council.browser(Role.WORKER)

    assert "Enter why you correct it" in errors_on(browser.post(f"{path_of(world)}/{first.id}/correct", told | {"reason": ""}, status=400).text)  # fmt: skip
    browser.post(f"{path_of(world)}/{first.id}/correct", told)

    old, new = contacts(council)
    assert (old.note, new.note, new.replaces_id) == ("Sam was at home.", "Sam was ill.", old.id)
    assert "Wrong child" in browser.get(f"{path_of(world)}/{old.id}").text
    listed = browser.get(f"/families/{world.families['READY']}/chronology").text
    assert "Sam was ill." in listed
    assert "Sam was at home." not in listed
    late = browser.post(f"{path_of(world)}/{old.id}/correct", told | {"key": str(uuid4()), "note": "Mine."}, status=400)  # fmt: skip
    assert "Somebody else has corrected this" in errors_on(late.text)[0]
    assert "Mine." in late.text
    assert len(contacts(council)) == 2
    assert "Sam was at home." not in council.browser(Role.AUDITOR).get(f"{path_of(world)}/{old.id}").text  # fmt: skip


def test_what_was_recorded_is_never_changed_in_the_database(council: Council, world: World):
    record(council, path_of(world))

    for statement in ("update contact set note = 'other'", "delete from contact", "delete from contact_person", "update contact_person set part = 'seen'"):  # fmt: skip
        with council.work(), pytest.raises(ProgrammingError, match="permission denied"):
            db.session.execute(text(statement))


@pytest.mark.parametrize(
    ("reader", "leads", "status"),
    [
        (Role.SUPERVISOR, None, 200),
        (Role.WORKER, Role.WORKER, 200),
        (Role.WORKER, None, 403),
        (Role.AUDITOR, None, 403),
    ],
    ids=["a supervisor", "the lead worker", "another worker", "an auditor"],
)
def test_the_sensitive_part_is_for_those_who_work_with_the_family(council: Council, world: World, reader, leads, status):  # fmt: skip
    record(council, path_of(world), role=Role.SUPERVISOR, sensitive=SECRET)
    give(council, world, leads)
    place = f"{path_of(world)}/{contacts(council)[0].id}"
    browser = council.browser(reader)

    assert SECRET not in browser.get(place).text
    assert SECRET not in browser.get(f"/families/{world.families['READY']}/chronology").text
    opened = browser.get(f"{place}/sensitive", status=status)

    assert (SECRET in opened.text) == (status == 200)
    readings = read(council, select(Reading.refused).where(Reading.what == "sensitive part of a contact"))  # fmt: skip
    assert readings == [status == 403]


def test_who_covers_for_the_lead_worker_may_open_it_while_they_do(council: Council, world: World):
    record(council, path_of(world), role=Role.SUPERVISOR, sensitive=SECRET)
    give(council, world, Role.SUPERVISOR)
    place = f"{path_of(world)}/{contacts(council)[0].id}/sensitive"
    browser = council.browser(Role.WORKER)
    browser.get(place, status=403)

    with council.work(Role.SUPERVISOR):
        arrange_cover(council.people[Role.SUPERVISOR], council.people[Role.WORKER], TODAY, TODAY)

    assert SECRET in browser.get(place).text


def test_only_who_may_records_and_only_here(council: Council, other_council: Council, world: World):
    record(council, path_of(world))
    place = f"{path_of(world)}/{contacts(council)[0].id}"
    council.browser(Role.AUDITOR).get(f"{path_of(world)}/new", status=403)
    for page in (f"{path_of(world)}/new", place, f"{place}/correct", f"{place}/sensitive"):
        other_council.browser(Role.WORKER).get(page, status=404)
    council.browser(Role.WORKER).get(f"{path_of(world, 'STUCK')}/{contacts(council)[0].id}", status=404)  # fmt: skip
