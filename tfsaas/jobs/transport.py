"""Telling RQ: a queue a council, ids only, after the commit."""

import logging
from uuid import UUID

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event
from sqlalchemy.orm import Session

from tfsaas.tenants.scope import tenant_of

RUN = "tfsaas.jobs.worker.run"  # the only function a worker will call
PREFIX = "council-"
LIMIT_SECONDS = 3600
KEEP_SECONDS = 600

log = logging.getLogger(__name__)


def init_app(app: Flask, redis_url: str) -> None:
    """Give `app` its connection to Redis. Nothing is sent until something is asked for."""
    app.extensions["tfsaas.redis"] = connect(redis_url)


def connect(redis_url: str) -> Redis:
    """A connection that is tried twice and at once: nobody at a page waits for Redis, the relay comes again."""
    again = Retry(NoBackoff(), 1)
    return Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=10, retry=again)


def connection() -> "Redis":
    """The connection of the current application."""
    found: Redis = current_app.extensions["tfsaas.redis"]
    return found


def deliver(tenant_id: UUID, job_id: UUID) -> bool:
    """Tell RQ of one job. False: Redis does not answer, and the relay will try again."""
    queue = Queue(f"{PREFIX}{tenant_id}", connection=connection(), serializer=JSONSerializer)
    try:
        if _is_queued(queue, str(job_id)):
            return True
        queue.enqueue_call(
            RUN,
            args=(str(tenant_id), str(job_id)),
            job_id=str(job_id),
            timeout=LIMIT_SECONDS,
            result_ttl=0,
            failure_ttl=KEEP_SECONDS,
            description="tfsaas job",
        )
    except RedisError:
        log.warning("Redis does not answer; the job waits for the relay")
        return False
    return True


def _is_queued(queue: Queue, job_id: str) -> bool:
    """Whether RQ still has the entry in its queue; telling it twice would only make the queue longer."""
    entry = queue.fetch_job(job_id)
    return entry is not None and bool(entry.is_queued)


@event.listens_for(Session, "after_commit")
def _on_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return  # a savepoint; the row is not there yet for anybody else
    for job_id in session.info.pop("asked_jobs", []):
        deliver(tenant_of(session), job_id)


@event.listens_for(Session, "after_soft_rollback")
def _on_rollback(session: Session, _previous: object) -> None:
    session.info.pop("asked_jobs", None)
