"""How people are found, and which records may be one person."""

from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, PrimaryKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import ByTheThousand, TenantModel, TenantRow


class PersonKey(ByTheThousand, TenantRow):
    """A key under which a person is found: by matching (see tfsaas.matching.people) or by search."""

    __tablename__ = "person_key"
    __table_args__ = (
        PrimaryKeyConstraint("tenant_id", "key", "person_id"),
        belongs_to("person", ondelete="CASCADE"),
        Index(None, "tenant_id", "person_id", "key"),
    )

    key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True, info={"secret": True})
    person_id: Mapped[UUID] = mapped_column(primary_key=True)


class PairStatus(Enum):
    """What was decided about two records that may be one person."""

    OPEN = "open"
    LINKED = "linked"
    APART = "apart"


class PersonPair(TenantModel):
    """Two records that may be one person, why, and what was decided. Linked records keep their own rows."""

    __tablename__ = "person_pair"
    __table_args__ = (
        belongs_to("person"),
        belongs_to("person", "other_id"),
        belongs_to("user_account", "decided_by_id"),
        UniqueConstraint("tenant_id", "person_id", "other_id"),
        CheckConstraint("person_id < other_id", name="ordered"),
        CheckConstraint("(status = 'open') = (decided_at is null)", name="decided"),
        Index(None, "tenant_id", "status", "score"),
        Index(None, "tenant_id", "other_id"),
    )

    person_id: Mapped[UUID]
    other_id: Mapped[UUID]
    score: Mapped[float]
    why: Mapped[str]
    status: Mapped[PairStatus] = mapped_column(default=PairStatus.OPEN)
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
