"""The worker as a process: killed at work, and told of what it must not do."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import psutil
import pytest
from rq.serializers import JSONSerializer
from sqlalchemy import func, select

from tests.builders import Council
from tests.jobs.queue import age, forget_others, job_row, queue_of
from tests.world import TODAY, build_world
from tfsaas import clock, config
from tfsaas.db import db
from tfsaas.jobs import worker
from tfsaas.outcomes.actions import ask_for_run
from tfsaas.outcomes.models import Evaluation
from tfsaas.permissions import Role


def start_worker(app, *, burst: bool) -> subprocess.Popen:
    settings = app.config["SETTINGS"]
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key,
        "TFSAAS_DATA_KEY": settings.data_key,
        "TFSAAS_DOMAIN": settings.domain,
    }
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "jobs",
        "work",
        *(["--burst"] if burst else []),
    ]
    return subprocess.Popen(command, cwd=config.CHECKOUT, env=environment, start_new_session=True)


def test_a_worker_killed_at_work_and_run_again_yields_one_result(app, council: Council):
    build_world(council)
    with council.work(Role.SUPERVISOR):
        job_id = ask_for_run(TODAY).id
    with council.work():  # hold what the job needs, so that it is surely killed at work
        db.session.execute(
            select(
                func.pg_advisory_xact_lock(
                    func.hashtextextended(f"{council.tenant_id}:evaluate", 0)
                )
            )
        )
        forget_others(app, council)
        first = start_worker(app, burst=False)
        deadline = time.monotonic() + 30
        while job_row(council, job_id).started_at is None:
            assert time.monotonic() < deadline, "the worker never began"
            time.sleep(0.1)
        for process in [
            *psutil.Process(first.pid).children(recursive=True),
            psutil.Process(first.pid),
        ]:
            process.kill()
        first.wait()
    age(council, job_id, lease_until=clock.now() - timedelta(seconds=1))

    with app.app_context():
        worker.relay()
    forget_others(app, council)
    second = start_worker(app, burst=True)
    second.wait(60)

    row = job_row(council, job_id)
    assert (row.finished_at is not None, row.attempts) == (True, 2)
    with council.work():
        assert db.session.scalar(select(func.count()).select_from(Evaluation)) == 4


@pytest.mark.parametrize("function", ["os.system", "subprocess.call", "tfsaas.jobs.worker.relay"])
def test_an_entry_that_names_another_function_is_refused(app, council: Council, function):
    queue = queue_of(app, council)
    entry = queue.enqueue_call(function, args=("true",))

    with pytest.raises(PermissionError):
        _ = worker.AllowedJob.fetch(
            entry.id, connection=queue.connection, serializer=JSONSerializer
        ).func
    queue.empty()
