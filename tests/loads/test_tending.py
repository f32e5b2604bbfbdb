"""What the scheduler looks after: forgotten files, and people without keys."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update

from tests.builders import Council
from tests.loads.deliveries import HEAD, agree, bring_in, do_jobs, look
from tests.loads.test_steps import ROW
from tests.world import build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Load
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.models import Person
from tfsaas.families.search import search
from tfsaas.jobs.models import Job
from tfsaas.loads.models import Step
from tfsaas.loads.tending import INDEX_PEOPLE, tend


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
