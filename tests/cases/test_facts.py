"""Recording facts, problems and relationships; confirming a result from the file."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from tests.builders import Council
from tests.world import BEGAN, TODAY, boxes, build_world
from tfsaas.db import db
from tfsaas.evidence.models import Event, RecordedHeadline
from tfsaas.families.models import Person
from tfsaas.permissions import Role


def test_a_fact_is_recorded_and_can_be_withdrawn_without_being_lost(council: Council):
    world = build_world(council)
    family_id = world.families["READY"]
    browser = council.browser(Role.WORKER)
    with council.work():
        person_id = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()
    led = browser.post(
        f"/families/{family_id}/facts/new", {"signal": "police.asb", "person": str(person_id)}
    )
    browser.post(led.location, boxes("on", TODAY))
    with council.work():
        fact = db.session.scalars(select(Event)).one()
        fact_id = fact.id
        assert fact.recorded_by_id == council.people[Role.WORKER]

    browser.post(f"/families/{family_id}/facts/event/{fact_id}/withdraw")

    with council.work():
        assert db.session.scalars(select(Event)).one().withdrawn_at is not None
    assert (
        "Anti-social"
        not in browser.get(f"/families/{family_id}").text.split("What is on record")[1]
    )


@pytest.mark.parametrize(
    ("signal", "data", "message"),
    [
        ("police.asb", boxes("on", TODAY + timedelta(days=1)), "today or in the past"),
        ("police.asb", {"on": ["", "", ""]}, "Enter the day on which it happened"),
        ("health.star", boxes("on", TODAY) | {"value": "-1"}, "must be a number"),
        ("health.star", boxes("on", TODAY) | {"value": "1e400"}, "must be a number"),
        ("work.employed", boxes("on", TODAY) | boxes("until", BEGAN), "must not be before"),
        ("school.attended", boxes("on", BEGAN) | boxes("until", TODAY) | {"part": "3", "possible": "2"}, "must not be more"),
    ],
)  # fmt: skip
def test_a_fact_that_cannot_be_is_refused(council: Council, signal, data, message):
    family_id = build_world(council).families["READY"]
    with council.work():
        person_id = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()

    page = council.browser(Role.WORKER).post(
        f"/families/{family_id}/facts/new/{signal}/{person_id}", data, status=400
    )

    assert message in page.text


def test_only_a_statement_can_be_about_the_whole_family(council: Council):
    family_id = build_world(council).families["READY"]
    browser = council.browser(Role.WORKER)

    browser.post(
        f"/families/{family_id}/facts/new", {"signal": "police.asb", "person": "family"}, status=400
    )
    browser.get(f"/families/{family_id}/facts/new/police.asb/family", status=404)
    browser.post(f"/families/{family_id}/facts/new/met.work/family", boxes("on", TODAY))


def test_a_problem_is_recorded(council: Council):
    family_id = build_world(council).families["READY"]

    council.browser(Role.WORKER).post(
        f"/families/{family_id}/headlines/new", {"headline": "crime"} | boxes("on", TODAY)
    )

    with council.work():
        found = db.session.scalars(
            select(RecordedHeadline).where(RecordedHeadline.signal == "crime")
        ).one()
        assert found.family_id == family_id


def test_people_are_related_once(council: Council):
    family_id = build_world(council).families["READY"]
    with council.work():
        people = dict(db.session.execute(select(Person.reference, Person.id)).tuples().all())
    told = {"person": str(people["R1"]), "kind": "parent", "other": str(people["R2"])}
    browser = council.browser(Role.WORKER)

    browser.post(f"/families/{family_id}/relationships/new", told)
    again = browser.post(f"/families/{family_id}/relationships/new", told, status=400)

    assert "recorded already" in again.text
    assert "Ada Okafor is the parent of Sam Okafor" in browser.get(f"/families/{family_id}").text


def test_numbers_are_kept_encrypted_and_shown_to_those_who_may(council: Council):
    world = build_world(council)
    with council.work():
        person_id = db.session.scalars(select(Person.id).where(Person.reference == "R1")).one()
        stored = db.session.execute(text("select value, value_hash from identifier")).one()

    page = council.browser(Role.WORKER).get(
        f"/families/{world.families['READY']}/people/{person_id}"
    )

    assert "9990079196" in page.text
    assert b"9990079196" not in stored.value
    assert "9990079196" not in stored.value_hash


def test_only_a_supervisor_confirms(council: Council):
    world = build_world(council)
    path = f"/families/{world.families['READY']}/result"

    council.browser(Role.WORKER).post(path, status=403)
    page = council.browser(Role.SUPERVISOR)
    page.post(path)

    assert "worth £800" in page.get(f"/families/{world.families['READY']}").text


def test_a_family_without_a_result_is_not_confirmed(council: Council):
    world = build_world(council)
    browser = council.browser(Role.SUPERVISOR)

    browser.post(f"/families/{world.families['STUCK']}/result")

    assert (
        "does not give this family a result"
        in browser.get(f"/families/{world.families['STUCK']}").text
    )
