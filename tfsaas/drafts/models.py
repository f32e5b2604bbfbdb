"""Drafts as they are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Draft(TenantModel):
    """What a person has written into one form and not saved yet; nobody else sees it.

    `path`: the form's address, without the host. `what`: what it will be, in words, such as "a
    contact". `content`: pairs of a field's name and what stands in it, in their order.
    """

    __tablename__ = "draft"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        belongs_to("family", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "user_id", "path"),
        Index(None, "tenant_id", "saved_at"),
        Index(None, "tenant_id", "family_id"),
    )

    user_id: Mapped[UUID]
    family_id: Mapped[UUID | None]
    path: Mapped[str]
    what: Mapped[str]
    content: Mapped[list[list[str]]] = mapped_column(JSONB, info={"secret": True})
    saved_at: Mapped[datetime]
