"""Referrals on their way and received, the people in them, and what was said about them."""

from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, LargeBinary, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel

SECRET = {"secret": True}
Answers = dict[str, Any]


class Audience(Enum):
    """Who refers."""

    FAMILY = "family"
    PROFESSIONAL = "professional"


class Stage(Enum):
    """How far a referral is. A referrer sees these words and no more."""

    RECEIVED = "received"
    ASKED = "more was asked"
    ACCEPTED = "accepted"
    STEPPED_UP = "passed to social care"
    SIGNPOSTED = "led to another service"
    NOT_PROGRESSED = "not taken up"


OPEN = (Stage.RECEIVED, Stage.ASKED)


class Basis(Enum):
    """Why the council may share what it knows, in the words of data protection law."""

    PUBLIC_TASK = "public task"
    LEGAL_OBLIGATION = "legal obligation"
    VITAL_INTERESTS = "vital interests"
    CONSENT = "consent"


class Support(Enum):
    """Whether the family agrees to be supported."""

    AGREED = "agreed"
    REFUSED = "refused"
    NOT_ASKED = "not asked yet"


class ReferralDraft(TenantModel):
    """Answers on their way. Reached by whoever has the token (`token_hash`), or by its person.

    `referral_id`: it was sent and became that; its answers are gone then.
    """

    __tablename__ = "referral_draft"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        belongs_to("referral"),
        belongs_to("referral_form"),
        CheckConstraint("(token_hash is null) <> (user_id is null)", name="owner"),
        Index(None, "tenant_id", "user_id"),
        Index(None, "tenant_id", "expires_at"),
    )

    audience: Mapped[Audience]
    token_hash: Mapped[str | None] = mapped_column(info=SECRET)
    user_id: Mapped[UUID | None]
    referral_form_id: Mapped[UUID | None]
    answers: Mapped[Answers] = mapped_column(JSONB, default=dict, info=SECRET)
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    referral_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class DraftFile(TenantModel):
    """A file that goes with answers on their way."""

    __tablename__ = "draft_file"
    __table_args__ = (
        belongs_to("referral_draft", ondelete="CASCADE"),
        belongs_to("stored_file"),
        Index(None, "tenant_id", "referral_draft_id"),
    )

    referral_draft_id: Mapped[UUID]
    stored_file_id: Mapped[UUID]


class Referral(TenantModel):
    """A referral as it came, and what was decided.

    `answers`: page by page what was asked, in its words, and what was said, so that it can be
    read when the form has long changed; `edition` is the service's own part of the form,
    `referral_form_id` the council's (None: it had none). `answer_by`: the working day by which
    the referrer hears. `family_id`: the family it was accepted for. `prospect`: why those whom
    somebody recognised would qualify, or not, on the day they were. `reply_to`: a professional's
    email address, encrypted; families are never written to.
    """

    __tablename__ = "referral"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        belongs_to("user_account", "decided_by_id"),
        belongs_to("user_account", "agreement_by_id"),
        belongs_to("referral_form"),
        belongs_to("family"),
        UniqueConstraint("tenant_id", "reference"),
        Index(None, "tenant_id", "stage", "received_at"),
        Index(None, "tenant_id", "family_id"),
        Index(None, "tenant_id", "user_id"),
        CheckConstraint(
            "(stage in ('received', 'more was asked')) = (decided_at is null)", name="decided"
        ),
        CheckConstraint("(stage = 'accepted') = (family_id is not null)", name="family"),
        CheckConstraint("decided_at is null or reason <> ''", name="reason"),
        CheckConstraint(
            "stage <> 'accepted' or (support = 'agreed' and basis is not null)", name="agreement"
        ),
    )

    reference: Mapped[str]
    audience: Mapped[Audience]
    edition: Mapped[int]
    referral_form_id: Mapped[UUID | None]
    user_id: Mapped[UUID | None]
    received_at: Mapped[datetime]
    answer_by: Mapped[date]
    name: Mapped[str] = mapped_column(info=SECRET)
    referrer: Mapped[str] = mapped_column(info=SECRET)
    areas: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    answers: Mapped[list[Any]] = mapped_column(JSONB, default=list, info=SECRET)
    stage: Mapped[Stage] = mapped_column(default=Stage.RECEIVED)
    support: Mapped[Support] = mapped_column(default=Support.NOT_ASKED)
    basis: Mapped[Basis | None]
    agreement_note: Mapped[str] = mapped_column(default="", info=SECRET)
    agreement_at: Mapped[datetime | None]
    agreement_by_id: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[UUID | None]
    reason: Mapped[str] = mapped_column(default="", info=SECRET)
    reply_to: Mapped[bytes | None] = mapped_column(LargeBinary, info=SECRET)
    family_id: Mapped[UUID | None]
    prospect: Mapped[str] = mapped_column(default="", info=SECRET)
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class ReferralPerson(TenantModel):
    """Somebody named in a referral, as the referrer said. `resident` None: not known. `person_id`: whom a triage officer found them to be."""

    __tablename__ = "referral_person"
    __table_args__ = (
        belongs_to("referral", ondelete="CASCADE"),
        belongs_to("person"),
        UniqueConstraint("tenant_id", "referral_id", "number"),
        Index(None, "tenant_id", "person_id"),
    )

    referral_id: Mapped[UUID]
    number: Mapped[int]
    given_name: Mapped[str] = mapped_column(info=SECRET)
    family_name: Mapped[str] = mapped_column(info=SECRET)
    date_of_birth: Mapped[date | None] = mapped_column(info=SECRET)
    role: Mapped[str]
    resident: Mapped[bool | None]
    address: Mapped[str] = mapped_column(info=SECRET)
    postcode: Mapped[str] = mapped_column(info=SECRET)
    person_id: Mapped[UUID | None]


class ReferralMatch(TenantModel):
    """Somebody on record who may be a person of a referral, and why."""

    __tablename__ = "referral_match"
    __table_args__ = (
        belongs_to("referral_person", ondelete="CASCADE"),
        belongs_to("person"),
        UniqueConstraint("tenant_id", "referral_person_id", "person_id"),
    )

    referral_person_id: Mapped[UUID]
    person_id: Mapped[UUID]
    score: Mapped[float]
    why: Mapped[str]


class ReferralMessage(TenantModel):
    """What the council told the referrer, or what the referrer added (`user_id` None). Never changed."""

    __tablename__ = "referral_message"
    __table_args__ = (
        belongs_to("referral", ondelete="CASCADE"),
        belongs_to("user_account", "user_id"),
        Index(None, "tenant_id", "referral_id"),
        CheckConstraint("text <> ''", name="text"),
    )

    referral_id: Mapped[UUID]
    at: Mapped[datetime]
    user_id: Mapped[UUID | None]
    text: Mapped[str] = mapped_column(info=SECRET)


class ReferralFile(TenantModel):
    """A file that came with a referral."""

    __tablename__ = "referral_file"
    __table_args__ = (
        belongs_to("referral", ondelete="CASCADE"),
        belongs_to("stored_file"),
        Index(None, "tenant_id", "referral_id"),
    )

    referral_id: Mapped[UUID]
    stored_file_id: Mapped[UUID]


class ReferralAttempt(TenantModel):
    """Something that a visitor did, for an hour, so that nobody does it a thousand times."""

    __tablename__ = "referral_attempt"
    __table_args__ = (Index(None, "tenant_id", "address_hash", "what", "at"),)

    address_hash: Mapped[str] = mapped_column(info=SECRET)
    what: Mapped[str]
    at: Mapped[datetime]
