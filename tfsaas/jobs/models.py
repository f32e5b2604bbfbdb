"""The job table: the truth about background work, which RQ only transports."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Job(TenantModel):
    """One piece of work: what kind, about which row, asked by whom, and how far it is.

    Waiting: no `started_at`. Running: a lease in the future. Ended: `finished_at` or
    `failed_at`. A lease that has run out means that the worker died; the job may be taken
    again. `delivered_at` None: RQ has not been told yet.
    """

    __tablename__ = "job"
    __table_args__ = (
        belongs_to("user_account", "asked_by_id"),
        Index(None, "tenant_id", "kind", "subject_id"),
        Index(
            "ix_job_open", "tenant_id", "asked_at",
            postgresql_where="finished_at is null and failed_at is null",
        ),
        CheckConstraint("done >= 0 and total >= 0 and done <= total", name="progress"),
        CheckConstraint("finished_at is null or failed_at is null", name="one_end"),
    )  # fmt: skip

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    asked_by_id: Mapped[UUID | None]
    asked_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    lease_until: Mapped[datetime | None]
    lease_id: Mapped[UUID | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    message: Mapped[str] = mapped_column(
        default=""
    )  # for the person who asked; never personal data
