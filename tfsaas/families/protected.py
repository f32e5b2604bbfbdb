"""Hidden addresses as they are kept."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class ProtectedAddress(TenantModel):
    """A person's address that must stay hidden, encrypted. The person's own row has none meanwhile."""

    __tablename__ = "protected_address"
    __table_args__ = (
        belongs_to("person", ondelete="CASCADE"),
        belongs_to("user_account", "protected_by_id"),
        UniqueConstraint("tenant_id", "person_id"),
    )

    person_id: Mapped[UUID]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"secret": True})
    protected_at: Mapped[datetime]
    protected_by_id: Mapped[UUID | None]
