"""The worker: round robin over the councils' queues, one function allowed, one result a job."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from rq import Queue, Worker
from rq.job import Job as QueueJob
from rq.serializers import JSONSerializer
from rq.worker import DequeueStrategy

from tfsaas.db import db, describe_failure
from tfsaas.jobs import actions, transport
from tfsaas.jobs.actions import JobRefused
from tfsaas.tenants.queries import list_tenants
from tfsaas.tenants.scope import unit_of_work

Progress = Callable[[int, int], None]  # done, total
Function = Callable[[UUID, Progress], str]  # subject, progress -> message for whoever asked

POLL_SECONDS = 2
TELL_SECONDS = 0.5
RENEW_SECONDS = 30
BROKEN = (
    "Something went wrong on our side and the work was not done. It has been written down for us."
)

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker took the job over; what was done here is thrown away."""


class AllowedJob(QueueJob):
    """An RQ job that names the one function a worker will call, or is refused."""

    @property
    def func(self) -> Any:
        """The function to call; importing whatever a payload names would be an open door."""
        if self.func_name != transport.RUN:
            raise PermissionError("this queue entry names a function that is not allowed")
        return run


class CouncilWorker(Worker):
    """Serves every council's queue in turn; looks for new councils between polls."""

    job_class = AllowedJob

    @property
    def dequeue_timeout(self) -> int:
        """Seconds to wait for an entry before looking for new councils."""
        return POLL_SECONDS

    def heartbeat(self, *args: Any, **kwargs: Any) -> Any:
        """Called by RQ between polls."""
        self._add_new_queues()
        return super().heartbeat(*args, **kwargs)

    def _add_new_queues(self) -> None:
        known = {queue.name for queue in self.queues}
        for name in sorted(
            name.decode() for name in self.connection.smembers(Queue.redis_queues_keys)
        ):
            queue = Queue.from_queue_key(
                name, connection=self.connection, serializer=JSONSerializer
            )
            if queue.name.startswith(transport.PREFIX) and queue.name not in known:
                self.queues.append(queue)
                self._ordered_queues.append(queue)


def init_app(app: Flask, functions: Mapping[str, Function]) -> None:
    """Tell `app` which function does which kind of work."""
    app.extensions["tfsaas.functions"] = dict(functions)


def work(*, burst: bool = False) -> None:
    """Serve the queues until a signal comes; `burst`: until they are empty."""
    with current_app.app_context():
        councils = [tenant.id for tenant, _ in list_tenants()]
    db.engine.dispose()  # work happens in forked children, which need connections of their own
    connection = transport.connection()
    names = [f"{transport.PREFIX}{council}" for council in councils] or [f"{transport.PREFIX}none"]
    queues = [Queue(name, connection=connection, serializer=JSONSerializer) for name in names]
    worker = CouncilWorker(
        queues, connection=connection, serializer=JSONSerializer, job_class=AllowedJob,
        log_job_description=False,
    )  # fmt: skip
    worker.work(burst=burst, dequeue_strategy=DequeueStrategy.ROUND_ROBIN, logging_level="WARNING")


def relay() -> None:
    """Tell RQ, for every council, of the jobs it was not told of or that were left by a dead worker."""
    with current_app.app_context():
        councils = [tenant.id for tenant, _ in list_tenants()]
    for tenant_id in councils:
        with unit_of_work(tenant_id):
            waiting = actions.claim_undelivered()
        for job_id in waiting:
            transport.deliver(tenant_id, job_id)


def run(tenant_id: str, job_id: str) -> None:
    """Do one job. Doing it twice, or being killed halfway and doing it again, yields one result."""
    tenant, job = UUID(tenant_id), UUID(job_id)
    with unit_of_work(tenant):
        taken = actions.take_lease(job)
        if taken is None:
            return
        row, lease = taken
        kind, subject_id, asked_by_id = row.kind, row.subject_id, row.asked_by_id
    try:
        with _kept(tenant, job, lease), unit_of_work(tenant, asked_by_id):
            message = _function(kind)(subject_id, _teller(tenant, job, lease))
            if not actions.finish(job, lease, message):
                raise LeaseLost
    except LeaseLost:
        log.warning("a job was taken over by another worker")
    except JobRefused as refused:
        _end(tenant, job, lease, str(refused))
    except Exception as error:  # noqa: BLE001 (whatever it was, the person who asked is told)
        describe_failure(log, f"job {kind}", error)
        _end(tenant, job, lease, BROKEN)


@contextmanager
def _kept(tenant_id: UUID, job_id: UUID, lease_id: UUID) -> Iterator[None]:
    """Renew the lease from a thread while the work goes on, so that only a dead worker loses it."""
    # Flask documents this call for threads; its stubs do not know the proxy
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEW_SECONDS):
            with app.app_context(), unit_of_work(tenant_id):
                actions.renew_lease(job_id, lease_id)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _function(kind: str) -> Function:
    functions: dict[str, Function] = current_app.extensions["tfsaas.functions"]
    return functions[kind]


def _end(tenant_id: UUID, job_id: UUID, lease_id: UUID, message: str) -> None:
    with unit_of_work(tenant_id):
        actions.fail(job_id, lease_id, message)


def _teller(tenant_id: UUID, job_id: UUID, lease_id: UUID) -> Progress:
    """Writes progress in a unit of work of its own, at most twice a second."""
    last = 0.0

    def tell(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last < TELL_SECONDS and done < total:
            return
        last = time.monotonic()
        with unit_of_work(tenant_id):
            if not actions.report_progress(job_id, lease_id, done, total):
                raise LeaseLost

    return tell
