"""What people said about who is who in partners' files."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class RememberedAnswer(TenantModel):
    """Somebody said whether what a partner tells of a person is about this one. The next file is answered alike.

    `told_hash`: a keyed hash of all that the file told; another home or another name is asked about anew.
    """

    __tablename__ = "remembered_answer"
    __table_args__ = (
        belongs_to("sharing_agreement"),
        belongs_to("person", ondelete="CASCADE"),
        belongs_to("user_account", "answered_by_id"),
        UniqueConstraint("tenant_id", "sharing_agreement_id", "told_hash", "person_id"),
        Index(None, "tenant_id", "person_id"),
    )

    sharing_agreement_id: Mapped[UUID]
    person_id: Mapped[UUID]
    told_hash: Mapped[str] = mapped_column(info={"secret": True})
    is_same: Mapped[bool]
    answered_at: Mapped[datetime]
    answered_by_id: Mapped[UUID | None]
