"""Files as they are kept."""

from datetime import datetime
from enum import Enum

from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.tenants.scope import TenantModel


class Scan(Enum):
    """Whether a file may be opened."""

    WAITING = "waiting to be scanned"
    CLEAN = "clean"
    NOT_SCANNED = "not scanned"  # no scanner is set; the types that are let in hold no programs
    REFUSED = "refused by the scanner"


class StoredFile(TenantModel):
    """A cleaned file. `content` None: the scanner refused it, and nothing of it is kept.

    `name` is what the sender called it, `type` what its content shows, `size` in bytes.
    """

    __tablename__ = "stored_file"
    __table_args__ = (
        Index(None, "tenant_id", "scan"),
        CheckConstraint("(content is null) = (scan = 'refused by the scanner')", name="content"),
        CheckConstraint("size >= 0 and name <> ''", name="named"),
    )

    name: Mapped[str] = mapped_column(info={"secret": True})
    type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    scan: Mapped[Scan]
    received_at: Mapped[datetime]
