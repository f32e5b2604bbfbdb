"""Rehearsals of a version of the plan, and looks back at past days; neither changes anything."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Rehearsal(TenantModel):
    """What a version of the plan would change against another, for the council's families on a day.

    `document_hash`: what the version said when it was asked. `moves`: only the families that
    are pinned to the other version are looked at, to be moved. `figures` None: not worked out yet.
    `examples` names some families with why each changes; never by name.
    """

    __tablename__ = "rehearsal"
    __table_args__ = (
        belongs_to("plan_version"),
        belongs_to("plan_version", "against_id"),
        belongs_to("user_account", "asked_by_id"),
        Index(None, "tenant_id", "plan_version_id", "asked_at"),
    )

    plan_version_id: Mapped[UUID]
    against_id: Mapped[UUID]
    document_hash: Mapped[str]
    moves: Mapped[bool]
    as_at: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None]
    figures: Mapped[dict[str, object] | None] = mapped_column(JSONB, info={"secret": True})
    examples: Mapped[list[dict[str, object]]] = mapped_column(
        JSONB, default=list, info={"secret": True}
    )


class Knowledge(Enum):
    """Which facts a past day is judged by."""

    NOW = "now"
    THEN = "then"


class LookBack(TenantModel):
    """Every family of a programme as at a past day. `plan_version_id` None: each by its own version.

    `figures` (`Figures` in `outcomes.figures`) None: not worked out yet. `known_at`: facts
    recorded up to then and not withdrawn by then were used; `loads` of them were stored by then.
    """

    __tablename__ = "look_back"
    __table_args__ = (
        belongs_to("programme"),
        belongs_to("plan_version"),
        belongs_to("user_account", "asked_by_id"),
        Index(None, "tenant_id", "programme_id", "asked_at"),
    )

    programme_id: Mapped[UUID]
    as_at: Mapped[date]
    plan_version_id: Mapped[UUID | None]
    knowledge: Mapped[Knowledge]
    known_at: Mapped[datetime]
    loads: Mapped[int]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None]
    figures: Mapped[dict[str, object] | None] = mapped_column(JSONB)
