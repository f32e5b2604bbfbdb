"""Editions of the annual report, kept with the figures they were made from."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Edition(TenantModel):
    """One edition of one financial year's report. `pdf` None: still being made.

    `figures` is everything that the pages show, already suppressed for publication;
    `versions` what made them. From both the same edition can be made again byte for byte.
    """

    __tablename__ = "edition"
    __table_args__ = (
        belongs_to("programme"),
        belongs_to("user_account", "asked_by_id"),
        UniqueConstraint("tenant_id", "programme_id", "year", "number"),
    )

    programme_id: Mapped[UUID]
    year: Mapped[str]  # "2016-17"
    number: Mapped[int]
    as_at: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None]
    figures: Mapped[dict[str, object] | None] = mapped_column(JSONB)
    versions: Mapped[dict[str, str] | None] = mapped_column(JSONB)
    html: Mapped[str | None]
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[str | None]
