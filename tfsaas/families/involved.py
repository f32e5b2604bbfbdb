"""Who else works with a family, as it is kept."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Sees(Enum):
    """What of a family's file somebody from another agency sees who has an account."""

    INVOLVED = "who is involved"
    PLAN = "who is involved, and the plan"
    WORK = "who is involved, and benefits and work"


class Involvement(TenantModel):
    """Somebody of another agency who works with a family, from one day to another (None: still; both included).

    `user_id`: their account; None where they have none. `sees`: what they see of the family's file.
    """

    __tablename__ = "involvement"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("user_account", "user_id"),
        belongs_to("user_account", "by_id"),
        Index(None, "tenant_id", "family_id"),
        Index(
            "uq_involvement_now", "tenant_id", "family_id", "user_id",
            unique=True, postgresql_where="until_on is null and user_id is not null",
        ),
        Index(None, "tenant_id", "user_id"),
        CheckConstraint("name <> '' and agency <> ''", name="named"),
        CheckConstraint("until_on is null or until_on >= from_on", name="days"),
    )  # fmt: skip

    family_id: Mapped[UUID]
    user_id: Mapped[UUID | None]
    name: Mapped[str]
    agency: Mapped[str]
    does: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    sees: Mapped[Sees] = mapped_column(default=Sees.INVOLVED)
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    recorded_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
