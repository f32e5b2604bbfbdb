"""The worker killed at each step of a load, and the work run on: once, whole, no duplicate."""

import time
from datetime import timedelta

import psutil
import pytest
from sqlalchemy import func, select, text

from tests.builders import Council
from tests.jobs.queue import age, forget_others
from tests.jobs.test_worker import start_worker
from tests.loads.deliveries import SAM, agree, brought, do_jobs, look
from tests.loads.test_steps import spells
from tests.world import BEGAN, build_world
from tfsaas import clock
from tfsaas.db import db
from tfsaas.evidence.models import Coverage, Repeat, Spell
from tfsaas.jobs import worker
from tfsaas.jobs.models import Job
from tfsaas.loads.actions import approve, ask_to_undo, bring, undo
from tfsaas.loads.models import ColumnMapping, IncomingMatch, PartnerReference, Step
from tfsaas.loads.queries import get_agreement, get_delivery
from tfsaas.permissions import Role

FILE = "Reference,First name,Last name,Date of birth,From,To\n" + f"A1,{SAM}{BEGAN},\n"
COLUMNS = {"person_reference": "Reference", "given_name": "First name", "family_name": "Last name", "date_of_birth": "Date of birth", "from": "From", "to": "To"}  # fmt: skip
ROW = "select id from delivery for update"
# what a step needs late in its work is held, so that it is surely killed in the middle
HELD = (
    ("load-read", ROW),
    ("load-check", ROW),
    ("load-match", "lock table incoming_match in share mode"),
    ("load-rehearse", "lock table partner_reference in share mode"),
    ("load-store", "lock table partner_reference in share mode"),
    ("load-undo-rehearse", "lock table partner_reference in share mode"),
    ("load-undo", "lock table partner_reference in share mode"),
)


def open_job(council: Council, kind: str) -> Job | None:
    with council.work():
        query = select(Job).where(Job.kind == kind, Job.finished_at.is_(None), Job.failed_at.is_(None))  # fmt: skip
        found = db.session.scalar(query)
        if found is not None:
            db.session.expunge(found)
        return found


def kill_at(app, council: Council, kind: str, hold: str) -> None:
    """Let a real worker begin this step, and kill it where it waits for what is held."""
    job = open_job(council, kind)
    assert job is not None, kind
    with council.work():
        db.session.execute(text(hold))
        forget_others(app, council)
        process = start_worker(app, burst=False)
        deadline = time.monotonic() + 30
        while not (found := open_job(council, kind)) or found.started_at is None:
            assert time.monotonic() < deadline, "the worker never began"
            time.sleep(0.1)
        time.sleep(0.6)  # on to where it waits
        for each in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:  # fmt: skip
            each.kill()
        process.wait()
    age(council, job.id, lease_until=clock.now() - timedelta(seconds=1))


def run_one(app, council: Council, kind: str) -> None:
    """Run the step on, and none of those after it."""
    job = open_job(council, kind)
    assert job is not None
    with app.app_context():
        worker.run(str(council.tenant_id), str(job.id))
    with council.work():
        row = db.session.scalars(select(Job).where(Job.id == job.id)).one()
        assert (row.finished_at is not None, row.attempts) == (True, 2), row.message


@pytest.mark.timeout(170)
def test_a_load_survives_a_killed_worker_at_every_step(app, council: Council):
    build_world(council)
    agreement = agree(council)
    with council.work(Role.SUPERVISOR):
        db.session.add(ColumnMapping(sharing_agreement_id=agreement, feed="early-help", columns=COLUMNS))  # fmt: skip
        delivery_id = bring(get_agreement(agreement), brought(FILE)).id
    for kind, hold in HELD:
        if kind == "load-store":
            with council.work(Role.SUPERVISOR):
                delivery = get_delivery(delivery_id)
                assert delivery.step is Step.READY
                approve(delivery, version=delivery.version)
        if kind == "load-undo-rehearse":
            stored_once(council, delivery_id)
            with council.work(Role.SUPERVISOR):
                ask_to_undo(get_delivery(delivery_id))
        if kind == "load-undo":
            with council.work(Role.SUPERVISOR):
                delivery = get_delivery(delivery_id)
                undo(delivery, "The wrong school", version=delivery.version)
        kill_at(app, council, kind, hold)
        run_one(app, council, kind)

    do_jobs(council)
    assert look(council, delivery_id).step is Step.UNDONE
    assert spells(council) == []
    with council.work():
        assert count(Spell, Spell.signal == "care.early_help") == 1
        assert count(PartnerReference) == 0


def stored_once(council: Council, delivery_id) -> None:
    delivery = look(council, delivery_id)
    assert delivery.step is Step.STORED
    assert spells(council) == [("R2", str(BEGAN), None)]
    with council.work():
        assert count(Coverage, Coverage.load_id == delivery.load_id) == 1
        assert (count(PartnerReference), count(IncomingMatch), count(Repeat)) == (1, 1, 0)


def count(model, *where: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where))
