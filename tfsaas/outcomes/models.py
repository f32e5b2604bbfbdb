"""What the rules found, day by day, and the results that people confirmed."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import ByTheThousand, TenantModel


class EvaluationRun(TenantModel):
    """Every family of a programme evaluated as at one day; one row a day.

    `figures` are the counts that dashboards show (`Figures` in `outcomes.figures`); None
    until the job has run. `known_at`: facts recorded up to then were used.
    """

    __tablename__ = "evaluation_run"
    __table_args__ = (
        belongs_to("programme"),
        UniqueConstraint("tenant_id", "programme_id", "as_at"),
    )

    programme_id: Mapped[UUID]
    as_at: Mapped[date]
    known_at: Mapped[datetime | None]
    figures: Mapped[dict[str, object] | None] = mapped_column(JSONB)


class Standing(Enum):
    """Where a family stands, from furthest to nearest."""

    NOTHING = "no headline identified"
    IDENTIFIED = "identified, not eligible"
    ELIGIBLE = "eligible, not yet worked with"
    WORKED_WITH = "worked with"
    RESULT = "result reached"


class Evaluation(ByTheThousand, TenantModel):
    """What the rules found for one family from `as_at` on, until its next row.

    A row is written only when something changed. `findings` holds one letter for each
    indicator as at the baseline, each as at the day, each outcome and each `always` outcome,
    in the plan's order: m met, n not met, a not applicable, i insufficient evidence. The facts
    it used are those recorded by `known_at` and not withdrawn by then.
    """

    __tablename__ = "evaluation"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("plan_version"),
        Index("ix_evaluation_history", "tenant_id", "family_id", "as_at", "number"),
        Index("ix_evaluation_as_at", "tenant_id", "as_at"),
        Index(
            "uq_evaluation_current", "tenant_id", "family_id",
            unique=True, postgresql_where="is_current",
        ),
        Index("ix_evaluation_standing", "tenant_id", "standing", postgresql_where="is_current"),
    )  # fmt: skip

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True))  # order within one day
    family_id: Mapped[UUID]
    as_at: Mapped[date]
    known_at: Mapped[datetime]
    plan_version_id: Mapped[UUID]
    plan_hash: Mapped[str]
    standing: Mapped[Standing]
    eligible: Mapped[bool]
    worked_with: Mapped[bool]
    ssp: Mapped[str]
    ce: Mapped[str]
    result: Mapped[str]  # "ssp", "ce" or ""
    headlines: Mapped[list[str]] = mapped_column(ARRAY(Text))
    findings: Mapped[str]
    is_current: Mapped[bool]


class Outlook(ByTheThousand, TenantModel):
    """What stands between a family and a result as its latest evaluation saw it; one row a family.

    `next_change_on`: the first day on which its answers can differ with the day alone (None:
    never). `missing`: what it lacks ("principle:lead_worker", "outcome:crime/1.a",
    "always:attendance"). `earliest_on`: the first day of a result if nothing new happens.
    `possible_on`: the same if the one thing missing begins now. None: not within the time looked at.
    """

    __tablename__ = "outlook"
    __table_args__ = (
        belongs_to("family", ondelete="CASCADE"),
        belongs_to("plan_version"),
        UniqueConstraint("tenant_id", "family_id"),
        Index(None, "tenant_id", "next_change_on"),
        Index(None, "tenant_id", "earliest_on"),
    )

    family_id: Mapped[UUID]
    plan_version_id: Mapped[UUID]
    evaluated_on: Mapped[date]
    next_change_on: Mapped[date | None]
    missing: Mapped[list[str]] = mapped_column(ARRAY(Text))
    earliest_on: Mapped[date | None]
    possible_on: Mapped[date | None]


class StaleMark(TenantModel):
    """Something an evaluation rests on has changed: triggers write it, a refresh takes it away.

    `family_id`: of one family. `signal`: what a feed covers; "" for the school terms. Exactly one is set.
    """

    __tablename__ = "stale_mark"
    __table_args__ = (
        belongs_to("family", ondelete="CASCADE"),
        CheckConstraint("(family_id is null) <> (signal is null)", name="one_subject"),
    )

    family_id: Mapped[UUID | None]
    signal: Mapped[str | None]


class Route(Enum):
    """How a family reached its result."""

    SSP = "ssp"
    CE = "ce"


class Result(TenantModel):
    """A family's result, confirmed by a person: one a family and programme, for ever.

    `achieved_on` is the day the evaluation was as at; `amount_pounds` what the arrangement in
    force on the day of confirmation pays, £0 under Earned Autonomy.
    """

    __tablename__ = "result"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("programme"),
        belongs_to("evaluation"),
        belongs_to("funding_arrangement"),
        belongs_to("user_account", "confirmed_by_id"),
        UniqueConstraint("tenant_id", "family_id", "programme_id"),
        Index(None, "tenant_id", "programme_id", "confirmed_on"),
        CheckConstraint("amount_pounds >= 0", name="amount"),
        CheckConstraint("confirmed_on >= achieved_on", name="dates"),
    )

    family_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    evaluation_id: Mapped[UUID]
    funding_arrangement_id: Mapped[UUID]
    route: Mapped[Route]
    achieved_on: Mapped[date]
    confirmed_on: Mapped[date]
    confirmed_by_id: Mapped[UUID | None]
    amount_pounds: Mapped[int]
