"""Dated facts, each with where it came from and when it was recorded, and the loads."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, Numeric
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, declared_attr, mapped_column
from sqlalchemy.sql.schema import SchemaItem

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import ByTheThousand, TenantModel


class LoadStatus(Enum):
    """How far a load is."""

    WAITING = "waiting"
    STORED = "stored"
    REFUSED = "refused"
    UNDONE = "undone"


class Load(TenantModel):
    """A set of files that somebody brought, stored whole or refused whole.

    `content` holds the uploaded ZIP until it was read. `faults` lists what was wrong, `counts`
    what was stored, by file.
    """

    __tablename__ = "load"
    __table_args__ = (
        belongs_to("user_account", "asked_by_id"),
        Index(None, "tenant_id", "asked_at"),
    )

    source: Mapped[str]
    status: Mapped[LoadStatus]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str]
    faults: Mapped[list[str]] = mapped_column(JSONB, default=list, info={"secret": True})
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)


class Fact(ByTheThousand, TenantModel):
    """What every dated fact carries, so that it can be asked what was known when.

    A fact is believed from `recorded_at` until `withdrawn_at` (None: still). A correction
    withdraws one row and adds another that `replaces_id` it; nothing is overwritten.
    `withdrawn_load_id`: the load that corrected it, or that brought it and was undone; None
    where a person withdrew it.
    """

    __abstract__ = True

    signal: Mapped[str]
    load_id: Mapped[UUID | None]
    recorded_by_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_load_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[SchemaItem, ...]:  # noqa: N805 (SQLAlchemy calls it on the class)
        return (
            belongs_to("load"),
            belongs_to("load", "withdrawn_load_id"),
            belongs_to("user_account", "recorded_by_id"),
            CheckConstraint("load_id is not null or recorded_by_id is not null", name="provenance"),
            CheckConstraint("withdrawn_at is null or withdrawn_at >= recorded_at", name="believed"),
            CheckConstraint(
                "withdrawn_load_id is null or withdrawn_at is not null", name="withdrawal"
            ),
            Index(None, "tenant_id", "load_id"),
            *cls.particulars(),
        )

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """The constraints of this kind of fact alone."""
        return ()


class Event(Fact):
    """Something happened that day: an offence, an exclusion, a call-out."""

    __tablename__ = "event"

    person_id: Mapped[UUID]
    happened_on: Mapped[date]

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """Facts are looked up by person."""
        return belongs_to("person"), Index(None, "tenant_id", "person_id", "signal", "happened_on")


class Period(Fact):
    """A ratio over days, both included: sessions missed of sessions possible."""

    __tablename__ = "period"

    person_id: Mapped[UUID]
    from_on: Mapped[date]
    to_on: Mapped[date]
    part: Mapped[Decimal] = mapped_column(Numeric)
    possible: Mapped[Decimal] = mapped_column(Numeric)

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """The part is never above the whole."""
        return (
            belongs_to("person"),
            Index(None, "tenant_id", "person_id", "signal", "to_on"),
            CheckConstraint("to_on >= from_on", name="dates"),
            CheckConstraint("part >= 0 and part <= possible", name="share"),
        )


class Spell(Fact):
    """A state that held on each day from `from_on` until the day before `to_on` (None: still)."""

    __tablename__ = "spell"

    person_id: Mapped[UUID]
    from_on: Mapped[date]
    to_on: Mapped[date | None]

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """A spell that ends on its first day held on none."""
        return (
            belongs_to("person"),
            Index(None, "tenant_id", "person_id", "signal", "from_on"),
            CheckConstraint("to_on is null or to_on >= from_on", name="dates"),
        )


class Score(Fact):
    """A scored tool, such as a family star, on a day."""

    __tablename__ = "score"

    person_id: Mapped[UUID]
    scored_on: Mapped[date]
    value: Mapped[Decimal] = mapped_column(Numeric)

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """Scores are never negative."""
        return (
            belongs_to("person"),
            Index(None, "tenant_id", "person_id", "signal", "scored_on"),
            CheckConstraint("value >= 0", name="value"),
        )


class Attestation(Fact):
    """A professional's dated statement about a person or about a whole family."""

    __tablename__ = "attestation"

    person_id: Mapped[UUID | None]
    family_id: Mapped[UUID | None]
    attested_on: Mapped[date]

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """Exactly one of the two is meant."""
        return (
            belongs_to("person"),
            belongs_to("family"),
            Index(None, "tenant_id", "person_id"),
            Index(None, "tenant_id", "family_id"),
            CheckConstraint("(person_id is null) <> (family_id is null)", name="one_subject"),
        )


class RecordedHeadline(Fact):
    """A worker recorded that the family has this headline. `signal` holds the headline's code."""

    __tablename__ = "recorded_headline"

    family_id: Mapped[UUID]
    recorded_on: Mapped[date]

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """Recorded of a family."""
        return belongs_to("family"), Index(None, "tenant_id", "family_id")


class Coverage(Fact):
    """The feed for this signal is complete for these days, both included."""

    __tablename__ = "coverage"

    from_on: Mapped[date]
    to_on: Mapped[date]

    @classmethod
    def particulars(cls) -> tuple[SchemaItem, ...]:
        """Coverage belongs to the council, not to a person."""
        return CheckConstraint("to_on >= from_on", name="dates"), Index(None, "tenant_id", "signal")


class Repeat(ByTheThousand, TenantModel):
    """A later load said what a fact says already, so the fact outlives the undoing of the load that brought it."""

    __tablename__ = "repeat"
    __table_args__ = (
        belongs_to("load"),
        Index(None, "tenant_id", "load_id"),
        Index(None, "tenant_id", "fact_id"),
    )

    load_id: Mapped[UUID]
    kind: Mapped[str]
    fact_id: Mapped[UUID]


class Contradiction(TenantModel):
    """A row that was left out because a worker or another source says otherwise. `told`: what it said.

    `kind` and `held_id`: the fact that stands. `settled_at` None: nobody has looked at it yet.
    """

    __tablename__ = "contradiction"
    __table_args__ = (
        belongs_to("load"),
        belongs_to("person", ondelete="CASCADE"),
        belongs_to("user_account", "settled_by_id"),
        CheckConstraint("(settled_at is null) = (settlement = '')", name="settled"),
        Index(None, "tenant_id", "held_id"),
        Index(None, "tenant_id", "load_id", "line"),
        Index(None, "tenant_id", "person_id"),
    )

    load_id: Mapped[UUID]
    person_id: Mapped[UUID]
    line: Mapped[int]
    kind: Mapped[str]
    signal: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(JSONB, info={"secret": True})
    held_id: Mapped[UUID]
    settlement: Mapped[str] = mapped_column(default="")
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
