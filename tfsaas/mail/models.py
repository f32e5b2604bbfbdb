"""Letters as they are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Letter(TenantModel):
    """An email that is to be sent, or was. It holds nothing about a family.

    `user_id`: to somebody with an account; otherwise `address` holds, encrypted, where it goes;
    it is forgotten once the letter is sent, or refused for good. `key`: what it is about, so that it is written once.
    """

    __tablename__ = "letter"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("tenant_id", "key"),
        Index(None, "tenant_id", "written_at", postgresql_where="sent_at is null and refused_at is null"),
        CheckConstraint("user_id is not null or address is not null or sent_at is not null or refused_at is not null", name="to"),
    )  # fmt: skip

    user_id: Mapped[UUID | None]
    address: Mapped[bytes | None] = mapped_column(LargeBinary, info={"secret": True})
    key: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
