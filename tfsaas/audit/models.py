"""The two trails: what was changed, and who saw which family. Rows are never changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.tenants.scope import TenantModel

Changes = dict[str, list[object]]  # attribute -> [before, after]; [] for a secret


class AuditEntry(TenantModel):
    """One created, changed or deleted row, or one bulk act with its counts."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "tenant_id", "subject_id", "at"),
        Index(None, "tenant_id", "family_id", "at"),
        Index(None, "tenant_id", "at"),
        Index(None, "tenant_id", "actor_id", "at"),
    )

    number: Mapped[int] = mapped_column(
        BigInteger, Identity(always=True)
    )  # order within one moment
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[UUID]
    family_id: Mapped[UUID | None]
    changes: Mapped[Changes] = mapped_column(JSONB)


class Reading(TenantModel):
    """One page that showed family data to a person, or refused to."""

    __tablename__ = "reading"
    __table_args__ = (
        Index(None, "tenant_id", "family_id", "at"),
        Index(None, "tenant_id", "user_id", "at"),
        Index(None, "tenant_id", "at"),
    )

    at: Mapped[datetime]
    user_id: Mapped[UUID]
    session_id: Mapped[UUID]
    address: Mapped[str]
    what: Mapped[str]
    route: Mapped[str]
    family_id: Mapped[UUID | None]
    subject_id: Mapped[UUID | None]  # what else was read, such as a referral
    refused: Mapped[bool]
