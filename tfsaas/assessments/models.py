"""Assessments as they are kept."""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Standing(Enum):
    """How far an assessment is."""

    OPEN = "being written"
    SENT = "waits for sign-off"
    SIGNED = "signed off"


class Assessment(TenantModel):
    """A whole-family assessment of an episode, by one version of the council's template. One unsigned at a time.

    `answers`: by domain, then by "family", a person's id or "words", then by question. `template_id`
    None: the one that the service brings. What was signed never changes: a trigger refuses.
    """

    __tablename__ = "assessment"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("episode"),
        belongs_to("assessment_template", "template_id"),
        belongs_to("user_account", "begun_by_id"),
        belongs_to("user_account", "sent_by_id"),
        belongs_to("user_account", "signed_by_id"),
        Index("uq_assessment_open", "tenant_id", "episode_id", unique=True, postgresql_where="standing <> 'signed off'"),
        Index(None, "tenant_id", "family_id"),
        Index(None, "tenant_id", "standing"),
        CheckConstraint("(standing = 'signed off') = (signed_at is not null)", name="signed"),
        CheckConstraint("signed_at is null or (signed_by_id is not null and signed_by_id <> sent_by_id)", name="two_people"),
        CheckConstraint("standing = 'being written' or sent_at is not null", name="sent"),
    )  # fmt: skip

    family_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    template_id: Mapped[UUID | None]
    domains: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    answers: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, info={"secret": True})
    standing: Mapped[Standing] = mapped_column(default=Standing.OPEN)
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[UUID | None]
    returned: Mapped[str] = mapped_column(default="", info={"secret": True})
    signed_at: Mapped[datetime | None]
    signed_by_id: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="", info={"secret": True})
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
