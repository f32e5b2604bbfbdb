"""Councils, their hosts and programmes, and the dated facts of a programme."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import Model, belongs_to
from tfsaas.tenants.scope import TenantModel


class Tenant(Model):
    """One council. A platform table: the application reads it and may not write it."""

    __tablename__ = "tenant"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    gss_code: Mapped[str] = mapped_column(unique=True)


class Host(Model):
    """A host name that leads to one council. A platform table as well."""

    __tablename__ = "host"

    name: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenant.id"))


class Programme(TenantModel):
    """A council's programme with its published particulars. `ends_on` None: still running."""

    __tablename__ = "programme"
    __table_args__ = (
        UniqueConstraint("tenant_id", "key"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="dates"),
    )

    key: Mapped[str]
    title: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    is_current: Mapped[bool] = mapped_column(default=True)  # the one that families join
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class TargetRevision(TenantModel):
    """The number of families to reach, in force from a day until the next revision."""

    __tablename__ = "target_revision"
    __table_args__ = (
        belongs_to("programme"),
        UniqueConstraint("tenant_id", "programme_id", "from_on"),
        CheckConstraint("families > 0", name="families"),
    )

    programme_id: Mapped[UUID]
    from_on: Mapped[date]
    families: Mapped[int]
    reason: Mapped[str]


class FundingModel(Enum):
    """How government pays a council."""

    PAYMENT_BY_RESULTS = "payment_by_results"
    EARNED_AUTONOMY = "earned_autonomy"


class FundingArrangement(TenantModel):
    """How the council is paid between two days, both included. Never two on one day.

    Payment by results has both amounts, in whole pounds a family. Earned Autonomy has the
    strands it invests in, and its grant where that is published (None: not published).
    """

    __tablename__ = "funding_arrangement"
    __table_args__ = (
        belongs_to("programme"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="dates"),
        CheckConstraint(
            "(model = 'payment_by_results') = (attachment_fee_pounds is not null)",
            name="attachment_fee",
        ),
        CheckConstraint(
            "(model = 'payment_by_results') = (result_pounds is not null)", name="result"
        ),
        CheckConstraint("model = 'earned_autonomy' or grant_pounds is null", name="grant"),
        CheckConstraint(
            "coalesce(attachment_fee_pounds, 0) >= 0 and coalesce(result_pounds, 0) >= 0"
            " and coalesce(grant_pounds, 0) >= 0",
            name="amounts",
        ),
        ExcludeConstraint(
            ("tenant_id", "="),
            ("programme_id", "="),
            (text("daterange(starts_on, ends_on, '[]')"), "&&"),
            name="ex_funding_arrangement_days",
            using="gist",
        ),
    )

    programme_id: Mapped[UUID]
    model: Mapped[FundingModel]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    attachment_fee_pounds: Mapped[int | None]
    result_pounds: Mapped[int | None]
    grant_pounds: Mapped[int | None]
    strands: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    source: Mapped[str] = mapped_column(default="")


class Term(TenantModel):
    """A school term, both days included. Terms never overlap."""

    __tablename__ = "term"
    __table_args__ = (
        CheckConstraint("last_on >= first_on", name="dates"),
        ExcludeConstraint(
            ("tenant_id", "="),
            (text("daterange(first_on, last_on, '[]')"), "&&"),
            name="ex_term_days",
            using="gist",
        ),
    )

    first_on: Mapped[date]
    last_on: Mapped[date]


class PlanStatus(Enum):
    """Where a version of the outcomes plan is in its life."""

    DRAFT = "draft"
    SENT = "sent for approval"
    APPROVED = "approved"
    PUBLISHED = "published"
    RETIRED = "retired"


IN_FORCE = (PlanStatus.PUBLISHED, PlanStatus.RETIRED)  # each answers for the days it was in force


class PlanVersion(TenantModel):
    """One version of the council's outcomes plan. A published one never changes: a trigger refuses.

    In force from `in_force_from` until the next published version's day. `document` is the
    plan as TOML; `document_hash` the SHA-256 of its content. Nobody approves what they changed
    or sent. `taken_over_at`: it came published with a set-up from elsewhere, approved there.
    """

    __tablename__ = "plan_version"
    __table_args__ = (
        belongs_to("programme"),
        belongs_to("user_account", "changed_by_id"),
        belongs_to("user_account", "sent_by_id"),
        belongs_to("user_account", "approved_by_id"),
        belongs_to("user_account", "published_by_id"),
        UniqueConstraint("tenant_id", "programme_id", "number"),
        CheckConstraint(
            "status not in ('published', 'retired') or in_force_from is not null", name="in_force"
        ),
        CheckConstraint(
            "status not in ('published', 'retired') or published_at is not null", name="published"
        ),
        CheckConstraint(
            "status in ('draft', 'sent for approval') or approved_at is not null"
            " or taken_over_at is not null",
            name="approved",
        ),
        CheckConstraint(
            "approved_by_id is null or"
            " (approved_by_id is distinct from sent_by_id and approved_by_id is distinct from changed_by_id)",
            name="two_people",
        ),
    )

    programme_id: Mapped[UUID]
    number: Mapped[int]
    title: Mapped[str]
    status: Mapped[PlanStatus] = mapped_column(default=PlanStatus.DRAFT)
    document: Mapped[str]
    document_hash: Mapped[str]
    changed_at: Mapped[datetime | None]
    changed_by_id: Mapped[UUID | None]
    why: Mapped[str] = mapped_column(default="")  # what whoever sent it says it is for
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None]
    in_force_from: Mapped[date | None]
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[UUID | None]
    taken_over_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PublishedFigure(TenantModel):
    """A figure that somebody published about the programme, as published, with its source.

    `from_on` None: the figure stands for the day `to_on` alone.
    """

    __tablename__ = "published_figure"
    __table_args__ = (
        belongs_to("programme"),
        UniqueConstraint("tenant_id", "programme_id", "measure", "to_on"),
    )

    programme_id: Mapped[UUID]
    measure: Mapped[str]
    from_on: Mapped[date | None]
    to_on: Mapped[date]
    value: Mapped[str]
    source: Mapped[str]
