"""Asking for work, and the steps of a job's life."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import and_, or_, update

from tfsaas import clock
from tfsaas.db import db
from tfsaas.jobs.models import Job
from tfsaas.tenants.scope import actor

LEASE = timedelta(minutes=2)
PATIENCE = timedelta(seconds=20)  # how long RQ may take before the relay tells it again
ATTEMPTS = 3
CANCELLED = "Cancelled. Nothing was kept."
INTERRUPTED = "The work was interrupted three times and has been given up. Ask for it again."


class JobRefused(Exception):
    """The work cannot be done; the text tells the person who asked why, without personal data."""


def ask_for(kind: str, subject_id: UUID) -> Job:
    """Have `kind` of work done about a row. RQ is told once this unit of work has committed."""
    job = Job(
        id=uuid4(), kind=kind, subject_id=subject_id, asked_by_id=actor(), asked_at=clock.now()
    )
    db.session.add(job)
    db.session().info.setdefault("asked_jobs", []).append(job.id)
    return job


def take_lease(job_id: UUID) -> tuple[Job, UUID] | None:
    """Take a job that nobody holds; None when it is held or ended."""
    lease_id, moment = uuid4(), clock.now()
    taken = db.session.scalar(
        update(Job)
        .where(Job.id == job_id, Job.finished_at.is_(None), Job.failed_at.is_(None))
        .where(or_(Job.lease_until.is_(None), Job.lease_until < moment))
        .values(
            lease_id=lease_id,
            lease_until=moment + LEASE,
            started_at=moment,
            attempts=Job.attempts + 1,
        )
        .returning(Job)
    )
    return None if taken is None else (taken, lease_id)


def report_progress(job_id: UUID, lease_id: UUID, done: int, total: int) -> bool:
    """Write down how far a job is, and keep its lease. False: the lease was lost."""
    return _update_leased(
        job_id, lease_id, done=min(done, total), total=total, lease_until=clock.now() + LEASE
    )


def renew_lease(job_id: UUID, lease_id: UUID) -> bool:
    """Keep a job whose work takes long. False: the lease was lost."""
    return _update_leased(job_id, lease_id, lease_until=clock.now() + LEASE)


def finish(job_id: UUID, lease_id: UUID, message: str) -> bool:
    """End a job in the transaction that holds its result. False: the lease was lost."""
    return _update_leased(job_id, lease_id, finished_at=clock.now(), message=message)


def fail(job_id: UUID, lease_id: UUID, message: str) -> bool:
    """End a job without a result. False: the lease was lost."""
    return _update_leased(job_id, lease_id, failed_at=clock.now(), message=message)


def cancel(job_id: UUID) -> bool:
    """End a job that is not wanted any more; what it has done so far is thrown away. False: it had ended."""
    ended = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.finished_at.is_(None), Job.failed_at.is_(None))
        .values(failed_at=clock.now(), message=CANCELLED)
        .returning(Job.id)
    )
    return ended.first() is not None


def _update_leased(job_id: UUID, lease_id: UUID, **values: object) -> bool:
    held = db.session.execute(
        update(Job)
        .where(Job.id == job_id, Job.lease_id == lease_id)
        .where(Job.finished_at.is_(None), Job.failed_at.is_(None))
        .values(values)
        .returning(Job.id)
    )
    return held.first() is not None


def claim_undelivered() -> list[UUID]:
    """The jobs RQ must be told of (again): never told, or left by a worker that died.

    Those that were interrupted too often are ended instead.
    """
    moment = clock.now()
    left = and_(Job.lease_until.is_not(None), Job.lease_until < moment)
    is_open = and_(Job.finished_at.is_(None), Job.failed_at.is_(None))
    db.session.execute(
        update(Job)
        .where(is_open, left, Job.attempts >= ATTEMPTS)
        .values(failed_at=moment, message=INTERRUPTED)
    )
    waiting = and_(
        Job.lease_until.is_(None),
        Job.asked_at < moment - PATIENCE,
        or_(Job.delivered_at.is_(None), Job.delivered_at < moment - PATIENCE),
    )
    return list(
        db.session.scalars(
            update(Job)
            .where(is_open, or_(left, waiting))
            .values(delivered_at=moment)
            .returning(Job.id)
        )
    )
