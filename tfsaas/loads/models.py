"""Sharing agreements, the way of a partner's file through its steps, and whom its rows are about."""

from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import ByTheThousand, TenantModel

SECRET = {"secret": True}


class SharingAgreement(TenantModel):
    """What a partner may send, between which days (both included; `ends_on` None: no end), and whom to chase.

    `finds_families`: people nobody knows may be kept, to find families among them. `second_person`:
    a file is approved by somebody else than whoever brought it.
    """

    __tablename__ = "sharing_agreement"
    __table_args__ = (
        UniqueConstraint("tenant_id", "partner", "starts_on"),
        CheckConstraint("partner <> ''", name="partner"),
        CheckConstraint("ends_on is null or ends_on >= starts_on", name="dates"),
    )

    partner: Mapped[str]
    feeds: Mapped[list[str]] = mapped_column(JSONB)
    finds_families: Mapped[bool] = mapped_column(default=False)
    second_person: Mapped[bool] = mapped_column(default=False)
    purpose: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    review_on: Mapped[date]
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Step(Enum):
    """How far a delivery is. Those ending in -ing are jobs; the others wait for a person, or are over."""

    READING = "reading"
    COLUMNS = "columns"
    CHECKING = "checking"
    MATCHING = "matching"
    PEOPLE = "people"
    REHEARSING = "rehearsing"
    READY = "ready"
    STORING = "storing"
    STORED = "stored"
    UNDOING = "undoing"
    UNDONE = "undone"
    REFUSED = "refused"
    SET_ASIDE = "set aside"


WAITS = (Step.COLUMNS, Step.PEOPLE, Step.READY)  # for a person
OVER = (Step.STORED, Step.UNDONE, Step.REFUSED, Step.SET_ASIDE)


class Delivery(TenantModel):
    """A partner's file on its way to becoming facts.

    `content` is kept until the file is stored, refused or set aside; so is `reading`, what
    checking it found (see `tfsaas.loads.keeping`). `covers`: the signals for
    which the file is complete from `covers_from` to `covers_to`, both included; of those that
    whoever brought it `declared`, the ones that its columns can say and its people allow. `header` is what
    the file calls its columns, `mapping` which is which. `people`, `effect` and `undo_effect`
    are counts, and examples by id. `matched_mark`: see `mark_matching`.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        belongs_to("load"),
        belongs_to("sharing_agreement"),
        belongs_to("user_account", "approved_by_id"),
        belongs_to("user_account", "undone_by_id"),
        belongs_to("user_account", "set_aside_by_id"),
        UniqueConstraint("tenant_id", "load_id"),
        Index(None, "tenant_id", "sharing_agreement_id", "feed"),
        CheckConstraint("covers_to is null or covers_to >= covers_from", name="days"),
        CheckConstraint("(approved_at is null) = (approved_by_id is null)", name="approved"),
        CheckConstraint("step not in ('storing', 'stored', 'undoing', 'undone') or approved_at is not null", name="approval"),
    )  # fmt: skip

    load_id: Mapped[UUID]
    sharing_agreement_id: Mapped[UUID]
    feed: Mapped[str]
    file_name: Mapped[str]
    step: Mapped[Step] = mapped_column(default=Step.READING)
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, info=SECRET)
    reading: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True, info=SECRET)
    covers_from: Mapped[date | None]
    covers_to: Mapped[date | None]
    covers: Mapped[list[str]] = mapped_column(JSONB, default=list)
    declared: Mapped[list[str]] = mapped_column(JSONB, default=list)
    finds_families: Mapped[bool] = mapped_column(default=False)
    header: Mapped[list[str]] = mapped_column(JSONB, default=list, info=SECRET)
    mapping: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    faults: Mapped[list[list[Any]]] = mapped_column(JSONB, default=list, info=SECRET)
    fault_count: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[list[str]] = mapped_column(JSONB, default=list, info=SECRET)
    people: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    matched_mark: Mapped[str] = mapped_column(default="")
    effect: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=SECRET)
    undo_effect: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=SECRET)
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None]
    undo_reason: Mapped[str] = mapped_column(default="")
    set_aside_reason: Mapped[str] = mapped_column(default="")
    set_aside_by_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class MatchStatus(Enum):
    """What is held of a person in a file and a person of the council."""

    LINKED = "linked"  # by the model
    REVIEW = "review"
    SAME = "same"  # somebody looked
    OTHER = "other"


class IncomingMatch(ByTheThousand, TenantModel):
    """A person of a delivery beside a person of the council, and why. `told`: what the file says, for the reviewer."""

    __tablename__ = "incoming_match"
    __table_args__ = (
        belongs_to("delivery"),
        belongs_to("person"),
        belongs_to("user_account", "decided_by_id"),
        UniqueConstraint("tenant_id", "delivery_id", "number", "person_id"),
        Index(
            "ix_incoming_match_not_linked",
            "tenant_id",
            "delivery_id",
            postgresql_where="status <> 'linked'",
        ),
    )

    delivery_id: Mapped[UUID]
    number: Mapped[int]
    line: Mapped[int]
    person_id: Mapped[UUID]
    score: Mapped[float]
    why: Mapped[str]
    status: Mapped[MatchStatus]
    told: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict, info=SECRET)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class PartnerReference(TenantModel):
    """A partner's own number for a person, learned from a load: a keyed hash, of no use elsewhere."""

    __tablename__ = "partner_reference"
    __table_args__ = (
        belongs_to("sharing_agreement"),
        belongs_to("person"),
        belongs_to("load"),
        UniqueConstraint("tenant_id", "sharing_agreement_id", "value_hash"),
        Index(None, "tenant_id", "person_id"),
    )

    sharing_agreement_id: Mapped[UUID]
    person_id: Mapped[UUID]
    load_id: Mapped[UUID]
    value_hash: Mapped[str] = mapped_column(info=SECRET)


class FoundPerson(TenantModel):
    """Somebody whom a load for finding families brought, and whom nobody knew before."""

    __tablename__ = "found_person"
    __table_args__ = (
        belongs_to("person"),
        belongs_to("load"),
        UniqueConstraint("tenant_id", "person_id"),
        Index(None, "tenant_id", "load_id"),
    )

    person_id: Mapped[UUID]
    load_id: Mapped[UUID]


class ColumnMapping(TenantModel):
    """What was last said about the columns of a partner's files of one feed; `header`: marks of the columns that the file had then."""

    __tablename__ = "column_mapping"
    __table_args__ = (
        belongs_to("sharing_agreement"),
        UniqueConstraint("tenant_id", "sharing_agreement_id", "feed"),
    )

    sharing_agreement_id: Mapped[UUID]
    feed: Mapped[str]
    columns: Mapped[dict[str, str]] = mapped_column(JSONB)
    header: Mapped[list[str]] = mapped_column(JSONB, default=list, info=SECRET)


class DropLink(TenantModel):
    """A link by which a partner may send one file of one feed, until it expires or was used."""

    __tablename__ = "drop_link"
    __table_args__ = (
        belongs_to("sharing_agreement"),
        belongs_to("user_account", "made_by_id"),
        belongs_to("delivery"),
        UniqueConstraint("tenant_id", "token_hash"),
    )

    sharing_agreement_id: Mapped[UUID]
    feed: Mapped[str]
    token_hash: Mapped[str] = mapped_column(info=SECRET)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    delivery_id: Mapped[UUID | None]


class ProposalStatus(Enum):
    """What was decided about a family that was found."""

    OPEN = "open"
    ACCEPTED = "accepted"
    JOINED = "joined to a known family"
    SET_ASIDE = "set aside"


class FamilyProposal(TenantModel):
    """People who seem to be a family, what the plan says of them, and what was decided.

    `headlines`: codes that are met as at `evaluated_on`; `members_hash` tells the same people
    again; `together`: why they seem to belong together.
    """

    __tablename__ = "family_proposal"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("user_account", "decided_by_id"),
        UniqueConstraint("tenant_id", "members_hash"),
        Index(None, "tenant_id", "status", "headline_count"),
        CheckConstraint("(status = 'open') = (decided_at is null)", name="decided"),
    )

    status: Mapped[ProposalStatus] = mapped_column(default=ProposalStatus.OPEN)
    found_at: Mapped[datetime]
    evaluated_on: Mapped[date]
    members_hash: Mapped[str]
    together: Mapped[list[str]] = mapped_column(JSONB)
    headlines: Mapped[list[str]] = mapped_column(JSONB)
    headline_count: Mapped[int]
    qualifies: Mapped[bool]
    family_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ProposalMember(TenantModel):
    """Somebody of a family that was found."""

    __tablename__ = "proposal_member"
    __table_args__ = (
        belongs_to("family_proposal", ondelete="CASCADE"),
        belongs_to("person"),
        UniqueConstraint("tenant_id", "family_proposal_id", "person_id"),
        Index(None, "tenant_id", "person_id"),
    )

    family_proposal_id: Mapped[UUID]
    person_id: Mapped[UUID]
