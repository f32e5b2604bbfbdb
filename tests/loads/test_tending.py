"""What the scheduler looks after: forgotten files, and people without keys."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.builders import Council
from tests.loads.deliveries import HEAD, agree, bring_in, do_jobs, look
from tests.loads.test_steps import ROW
from tests.loads.test_views import send
from tests.world import BEGAN, build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Load
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.models import Person
from tfsaas.families.search import search
from tfsaas.jobs.models import Job
from tfsaas.loads.actions import approve
from tfsaas.loads.models import Delivery, Step
from tfsaas.loads.queries import get_delivery
from tfsaas.loads.tending import INDEX_PEOPLE, tend
from tfsaas.permissions import Role


@pytest.mark.parametrize(("days", "step"), [(27, Step.READY), (29, Step.SET_ASIDE)])
def test_a_file_that_everybody_forgot_is_set_aside_and_deleted(council: Council, days, step):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)
    with council.work():
        db.session.execute(update(Load).values(asked_at=clock.now() - timedelta(days=days)))

    with council.work():
        tend()

    delivery = look(council, delivery_id)
    assert delivery.step is step
    assert (delivery.content is None) == (step is Step.SET_ASIDE)


def test_people_without_keys_are_found_again(council: Council):
    build_world(council)
    with council.work():
        db.session.execute(delete(PersonKey))
        db.session.execute(update(Person).values(keys_version=0))
        assert search("Okafor", None).people == []

    for _ in range(2):
        with council.work():
            tend()
    do_jobs(council)

    with council.work():
        assert {hit.person.given_name for hit in search("Okafor", None).people} == {"Ada", "Sam"}
        asked = db.session.scalars(select(Job).where(Job.kind == INDEX_PEOPLE)).all()
        assert len(asked) == 1


@pytest.mark.parametrize("step", [Step.READING, Step.MATCHING, Step.REHEARSING, Step.STORING])
def test_a_file_whose_job_failed_is_not_kept_for_ever(council: Council, step):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        approved = {"approved_at": clock.now(), "approved_by_id": council.people[Role.SUPERVISOR]} if step is Step.STORING else {}  # fmt: skip
        db.session.execute(update(Delivery).values(step=step, **approved))
        db.session.execute(update(Load).values(asked_at=clock.now() - timedelta(days=29)))

    with council.work():
        tend()

    delivery = look(council, delivery_id)
    assert (delivery.step, delivery.content, delivery.header) == (Step.SET_ASIDE, None, [])


def test_a_file_that_was_just_approved_is_not_given_up(council: Council):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + ROW)
    with council.work(Role.SUPERVISOR):
        db.session.execute(update(Load).values(asked_at=clock.now() - timedelta(days=29)))
        delivery = get_delivery(delivery_id)
        approve(delivery, version=delivery.version)

    with council.work():
        tend()
    do_jobs(council)

    assert look(council, delivery_id).step is Step.STORED


@pytest.mark.parametrize(("days", "faults"), [(27, True), (29, False)])
def test_faults_quote_the_file_for_four_weeks(council: Council, days, faults):
    build_world(council)
    delivery_id = bring_in(council, agree(council), HEAD + f"Sam,Okafor,Zelda of 9 Hidden Close,,{BEGAN},\n")  # fmt: skip
    with council.work():
        db.session.execute(update(Load).values(ended_at=clock.now() - timedelta(days=days)))

    with council.work():
        tend()

    assert bool(look(council, delivery_id).faults) == faults
    page = council.browser(Role.SUPERVISOR).get(f"/evidence/deliveries/{delivery_id}").text
    assert ("Zelda" in page) == faults
    assert ("was deleted after 28 days" in page) != faults


def test_columns_are_asked_about_again_after_a_file_was_refused(council: Council):
    build_world(council)
    agreement = agree(council)
    bring_in(council, agreement, HEAD + f"Sam,Okafor,nonsense,,{BEGAN},\n")

    led = send(council, agreement, HEAD + ROW).location
    do_jobs(council)

    assert "Say which column is which" in council.browser(Role.SUPERVISOR).get(led).text
