"""People with an account, their invitations and sessions, and attempts to sign in."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, case
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from tfsaas.db import belongs_to
from tfsaas.permissions import Role
from tfsaas.tenants.scope import TenantModel


class User(TenantModel):
    """A person who may sign in to one council. `password_hash` None: not yet accepted.

    `team_id` None: in no team. `is_reminded`: gets an email on mornings when
    something is due; `reminded_on`: the last day on which that was looked at. `phone`: where colleagues reach them; "" where they have not said.
    `agency`: where they work; "": for the council.
    """

    __tablename__ = "user_account"
    __table_args__ = (
        belongs_to("team"),
        UniqueConstraint("tenant_id", "email"),
        CheckConstraint("email = lower(email)", name="email"),
    )

    email: Mapped[str]
    name: Mapped[str]
    role: Mapped[Role]
    team_id: Mapped[UUID | None]
    password_hash: Mapped[str | None] = mapped_column(info={"secret": True})
    disabled_at: Mapped[datetime | None]
    is_reminded: Mapped[bool] = mapped_column(default=True)
    reminded_on: Mapped[date | None]
    phone: Mapped[str] = mapped_column(default="")
    agency: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @hybrid_property
    def known_as(self) -> str:
        """Their name, and where they work when that is not the council."""
        return f"{self.name}, {self.agency}" if self.agency else self.name

    @known_as.inplace.expression
    @classmethod
    def _known_as(cls) -> ColumnElement[str]:
        return case((cls.agency == "", cls.name), else_=cls.name + ", " + cls.agency)


class Invitation(TenantModel):
    """A one-use link with which a person chooses their first password."""

    __tablename__ = "invitation"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("tenant_id", "token_hash"),
    )

    user_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(info={"secret": True})
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInSession(TenantModel):
    """One sign-in of a person. The browser holds its token, this row its hash."""

    __tablename__ = "sign_in_session"
    __table_args__ = (
        belongs_to("user_account", "user_id"),
        UniqueConstraint("tenant_id", "token_hash"),
        Index(None, "tenant_id", "user_id"),
    )

    user_id: Mapped[UUID]
    token_hash: Mapped[str] = mapped_column(info={"secret": True})
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    browser: Mapped[str]


class SignInAttempt(TenantModel):
    """An attempt to sign in, written down before it is judged, and forgotten when it succeeds."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index(None, "tenant_id", "account_hash", "at"),
        Index(None, "tenant_id", "address_hash", "at"),
    )

    account_hash: Mapped[str] = mapped_column(info={"secret": True})
    address_hash: Mapped[str] = mapped_column(info={"secret": True})
    at: Mapped[datetime]
