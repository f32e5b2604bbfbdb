"""Contacts with families, and files about them, as they are kept."""

from datetime import date, datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.tenants.scope import TenantModel


class How(Enum):
    """How a contact was made."""

    HOME = "home visit"
    ELSEWHERE = "met elsewhere"
    TELEPHONE = "telephone"
    VIDEO = "video call"
    WRITTEN = "letter, email or text"
    PROFESSIONAL = "with a professional"
    NO_REPLY = "tried, no reply"


class Contact(TenantModel):
    """One contact, told once for everybody whom it was with or about.

    It is never changed: a correction is a contact that `replaces_id` another, which then has
    `replaced_at`. `key`: of the form that was sent, so that sending it twice writes one.
    `sensitive`: a part that only those who work with the family see; "" when there is none.
    """

    __tablename__ = "contact"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("user_account", "by_id"),
        belongs_to("contact", "replaces_id"),
        UniqueConstraint("tenant_id", "key"),
        UniqueConstraint("tenant_id", "replaces_id"),
        Index(None, "tenant_id", "family_id", "happened_on"),
        Index(None, "tenant_id", "by_id", "recorded_at"),
        CheckConstraint("note <> '' or sensitive <> ''", name="told"),
        CheckConstraint("replaces_id is null or reason <> ''", name="reasoned"),
    )

    family_id: Mapped[UUID]
    key: Mapped[UUID]
    happened_on: Mapped[date]
    how: Mapped[How]
    note: Mapped[str] = mapped_column(info={"secret": True})
    words: Mapped[str] = mapped_column(default="", info={"secret": True})
    sensitive: Mapped[str] = mapped_column(default="", info={"secret": True})
    recorded_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    replaces_id: Mapped[UUID | None]
    replaced_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", info={"secret": True})


class Part(Enum):
    """What part somebody of the family had in a contact."""

    SEEN = "seen"
    ALONE = "seen alone"
    SPOKEN = "spoken to"
    ABOUT = "told about"


class ContactPerson(TenantModel):
    """Somebody of the family whom a contact was with or about."""

    __tablename__ = "contact_person"
    __table_args__ = (
        belongs_to("contact", ondelete="CASCADE"),
        belongs_to("family"),
        belongs_to("person"),
        UniqueConstraint("tenant_id", "contact_id", "person_id"),
        Index(None, "tenant_id", "person_id"),
        Index(None, "tenant_id", "family_id"),
    )

    contact_id: Mapped[UUID]
    family_id: Mapped[UUID]
    person_id: Mapped[UUID]
    part: Mapped[Part]


class FamilyFile(TenantModel):
    """A file about a family. `sensitive`: only those who work with the family may open it. Withdrawn: it was a mistake, and nobody opens it any more."""

    __tablename__ = "family_file"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("stored_file"),
        belongs_to("user_account", "by_id"),
        belongs_to("user_account", "withdrawn_by_id"),
        UniqueConstraint("tenant_id", "stored_file_id"),
        Index(None, "tenant_id", "family_id"),
        CheckConstraint("title <> ''", name="titled"),
        CheckConstraint("(withdrawn_at is null) = (why_withdrawn = '')", name="withdrawn"),
    )

    family_id: Mapped[UUID]
    stored_file_id: Mapped[UUID]
    title: Mapped[str] = mapped_column(info={"secret": True})
    sensitive: Mapped[bool]
    added_at: Mapped[datetime]
    by_id: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[UUID | None]
    why_withdrawn: Mapped[str] = mapped_column(default="", info={"secret": True})


class Task(TenantModel):
    """Something to be done about a family, or besides families (`family_id` None), by one person by a day."""

    __tablename__ = "task"
    __table_args__ = (
        belongs_to("family"),
        belongs_to("user_account", "for_id"),
        belongs_to("user_account", "made_by_id"),
        belongs_to("user_account", "done_by_id"),
        UniqueConstraint("tenant_id", "key"),
        Index(None, "tenant_id", "for_id", "due_on", postgresql_where="done_at is null"),
        Index(None, "tenant_id", "family_id"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("(done_at is null) = (done_by_id is null)", name="done"),
    )

    family_id: Mapped[UUID | None]
    key: Mapped[UUID]
    text: Mapped[str] = mapped_column(info={"secret": True})
    for_id: Mapped[UUID]
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[UUID | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
