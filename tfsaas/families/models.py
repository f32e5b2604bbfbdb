"""Families, people, who belonged to which family when, and episodes of support."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Computed,
    Index,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas import clock
from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class Family(TenantModel):
    """A family known to the programme. `reference` is what letters and files call it."""

    __tablename__ = "family"
    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        Index(None, "tenant_id", "name_key", "id"),
        CheckConstraint("reference <> '' and name <> ''", name="named"),
    )

    reference: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("lower(name)", persisted=True)
    )
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Person(TenantModel):
    """A child or an adult. `date_of_birth` None: not known, so in no group with an age limit.

    `same_as_id`: the record that stands for this person and all others linked to it; None when
    it is linked to none, or stands for itself. `keys_version`: by which rules the keys were
    made under which the person is found. `recorded_at`: since when the person is on record, and
    files can have spoken of them.
    """

    __tablename__ = "person"
    __table_args__ = (
        UniqueConstraint("tenant_id", "reference"),
        belongs_to("person", "same_as_id"),
        Index(
            "ix_person_unkeyed",
            "tenant_id",
            "keys_version",
            "id",
            postgresql_where="keys_version < 1",
        ),
        Index(None, "tenant_id", "same_as_id", postgresql_where="same_as_id is not null"),
        Index(None, "tenant_id", "uprn", postgresql_where="uprn <> ''"),
        Index(None, "tenant_id", "recorded_at"),
        CheckConstraint("reference <> ''", name="reference"),
        CheckConstraint("same_as_id <> id", name="other"),
    )

    reference: Mapped[str]
    given_name: Mapped[str] = mapped_column(default="")
    family_name: Mapped[str] = mapped_column(default="")
    date_of_birth: Mapped[date | None]
    address: Mapped[str] = mapped_column(default="", info={"secret": True})
    postcode: Mapped[str] = mapped_column(default="", info={"secret": True})
    uprn: Mapped[str] = mapped_column(default="", info={"secret": True})
    same_as_id: Mapped[UUID | None]
    keys_version: Mapped[int] = mapped_column(default=0)
    recorded_at: Mapped[datetime] = mapped_column(default=clock.now)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Membership(TenantModel):
    """A person in a family from `joined_on` until the day before `left_on` (None: still)."""

    __tablename__ = "membership"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("person"),
        Index(None, "tenant_id", "family_id"),
        Index(None, "tenant_id", "person_id"),
        CheckConstraint("left_on is null or left_on >= joined_on", name="dates"),
        ExcludeConstraint(
            ("tenant_id", "="),
            ("person_id", "="),
            ("family_id", "="),
            (text("daterange(joined_on, left_on, '[)')"), "&&"),
            name="ex_membership_days",
            using="gist",
        ),
    )

    family_id: Mapped[UUID]
    person_id: Mapped[UUID]
    resident: Mapped[bool]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]


class RelationshipKind(Enum):
    """What one person is to another."""

    PARENT = "parent"
    STEP_PARENT = "step-parent"
    CARER = "carer"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    PARTNER = "partner"
    FORMER_PARTNER = "former partner"
    OTHER_RELATIVE = "other relative"


class Relationship(TenantModel):
    """`person_id` is the `kind` of `other_id`, between two days where they are known."""

    __tablename__ = "relationship"
    __table_args__ = (
        belongs_to("person"),
        belongs_to("person", "other_id"),
        UniqueConstraint("tenant_id", "person_id", "other_id", "kind"),
        CheckConstraint("person_id <> other_id", name="two_people"),
        Index(None, "tenant_id", "other_id"),
    )

    person_id: Mapped[UUID]
    other_id: Mapped[UUID]
    kind: Mapped[RelationshipKind]
    from_on: Mapped[date | None]
    to_on: Mapped[date | None]


class Scheme(Enum):
    """Whose number an identifier is."""

    UPN = "upn"
    NHS_NUMBER = "nhs_number"
    NINO = "nino"


class Identifier(TenantModel):
    """A person's number: encrypted, with a keyed hash that finds equal ones."""

    __tablename__ = "identifier"
    __table_args__ = (
        belongs_to("person"),
        UniqueConstraint("tenant_id", "person_id", "scheme"),
        Index(None, "tenant_id", "scheme", "value_hash"),
    )

    person_id: Mapped[UUID]
    scheme: Mapped[Scheme]
    value: Mapped[bytes] = mapped_column(LargeBinary, info={"secret": True})
    value_hash: Mapped[str] = mapped_column(info={"secret": True})


class Episode(TenantModel):
    """One stretch of whole-family support, pinned to the plan in force when it began.

    `baseline_on` is the day support started; None: not yet. The four dates are the
    programme's principles, None while not reached. One open episode a family and programme.
    `lead_worker_id` is who leads now; `Allocation` tells who led when. `weight`: how much of a
    worker's time it takes, 1 to 3.
    """

    __tablename__ = "episode"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("programme"),
        belongs_to("user_account", "lead_worker_id"),
        belongs_to("plan_version"),
        belongs_to("team"),
        CheckConstraint("weight between 1 and 3", name="weight"),
        Index(
            "uq_episode_open", "tenant_id", "family_id", "programme_id",
            unique=True, postgresql_where="closed_on is null",
        ),
        Index(None, "tenant_id", "lead_worker_id"),
        Index(None, "tenant_id", "family_id"),
        CheckConstraint("(baseline_on is null) = (plan_version_id is null)", name="pinned"),
        CheckConstraint("closed_on is null or baseline_on is null or closed_on >= baseline_on", name="dates"),
    )  # fmt: skip

    family_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    plan_version_id: Mapped[UUID | None]
    lead_worker_id: Mapped[UUID | None]
    baseline_on: Mapped[date | None]
    whole_family_assessment_on: Mapped[date | None]
    whole_family_plan_on: Mapped[date | None]
    lead_worker_on: Mapped[date | None]
    plan_aligned_on: Mapped[date | None]
    closed_on: Mapped[date | None]
    team_id: Mapped[UUID | None]
    weight: Mapped[int] = mapped_column(default=2)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Allocation(TenantModel):
    """Who led an episode from one moment until another (None: still). One at a time."""

    __tablename__ = "allocation"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("episode"),
        belongs_to("user_account", "user_id"),
        belongs_to("user_account", "allocated_by_id"),
        Index("uq_allocation_now", "tenant_id", "episode_id", unique=True, postgresql_where="until_at is null"),
        Index(None, "tenant_id", "user_id"),
        Index(None, "tenant_id", "family_id"),
        CheckConstraint("until_at is null or until_at >= from_at", name="moments"),
    )  # fmt: skip

    family_id: Mapped[UUID]
    episode_id: Mapped[UUID]
    user_id: Mapped[UUID]
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    allocated_by_id: Mapped[UUID | None]


class Cover(TenantModel):
    """While somebody is away (both days included), another person looks after their families."""

    __tablename__ = "cover"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        belongs_to("user_account", "covered_by_id"),
        Index(None, "tenant_id", "covered_by_id"),
        CheckConstraint("until_on >= from_on and user_id <> covered_by_id", name="days"),
        ExcludeConstraint(
            ("tenant_id", "="), ("user_id", "="), (text("daterange(from_on, until_on, '[]')"), "&&"),
            name="ex_cover_days", using="gist",
        ),
    )  # fmt: skip

    user_id: Mapped[UUID]
    covered_by_id: Mapped[UUID]
    from_on: Mapped[date]
    until_on: Mapped[date]
