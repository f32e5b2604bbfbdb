"""Reading jobs."""

from uuid import UUID

from sqlalchemy import select

from tfsaas.db import NotFound, db
from tfsaas.jobs.models import Job


def get_job(job_id: UUID) -> Job:
    """One job of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    job = db.session.scalar(select(Job).where(Job.id == job_id))
    if job is None:
        raise NotFound("no such job")
    return job


def find_latest_job(kind: str, subject_id: UUID, *others: str) -> Job | None:
    """The last job of this kind, or of the others, about this row; None when there was none."""
    return db.session.scalar(
        select(Job)
        .where(Job.kind.in_((kind, *others)), Job.subject_id == subject_id)
        .order_by(Job.asked_at.desc())
        .limit(1)
    )


def find_open_job(kind: str, subject_id: UUID) -> Job | None:
    """A job of this kind about this row that has not ended; None when there is none."""
    return db.session.scalar(
        select(Job)
        .where(Job.kind == kind, Job.subject_id == subject_id)
        .where(Job.finished_at.is_(None), Job.failed_at.is_(None))
        .limit(1)
    )
