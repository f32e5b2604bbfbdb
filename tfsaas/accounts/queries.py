"""Reading accounts and sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select

from tfsaas import clock
from tfsaas.accounts.models import Invitation, SignInSession, User
from tfsaas.accounts.tokens import hash_token
from tfsaas.db import NotFound, db
from tfsaas.permissions import Permission, Role, may, roles_that_may


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person behind a request, as Flask-Login wants them."""

    id: UUID
    name: str
    role: Role
    session_id: UUID
    token: str
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """What the cookie carries: the token of this sign-in, never the account's id."""
        return self.token

    def may(self, permission: Permission) -> bool:
        """Whether this person has `permission`."""
        return may(self.role, permission)


class OpenSession(NamedTuple):
    """A sign-in that was not ended, live or lapsed, and whose it is."""

    id: UUID
    started_at: datetime
    seen_at: datetime
    user_id: UUID
    name: str
    role: Role
    disabled_at: datetime | None


SESSION = (
    select(
        SignInSession.id, SignInSession.started_at, SignInSession.seen_at,
        User.id, User.name, User.role, User.disabled_at,
    )
    .join(User, (User.tenant_id == SignInSession.tenant_id) & (User.id == SignInSession.user_id))
    .where(SignInSession.token_hash == bindparam("hash"))
)  # fmt: skip
NAMES = select(User.id, User.known_as.label("name"))


def find_session(token: str) -> OpenSession | None:
    """The live or lapsed session with this token; None when it was ended."""
    row = db.session.execute(SESSION, {"hash": hash_token(token)}).first()
    return OpenSession(*row) if row else None


def find_user_by_email(email: str) -> User | None:
    """The account with this address, in any case; None when there is none."""
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def get_user(user_id: UUID) -> User:
    """One account of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    user = db.session.scalar(select(User).where(User.id == user_id))
    if user is None:
        raise NotFound("no such account")
    return user


def list_users() -> Sequence[User]:
    """Every account of the council, by name."""
    return db.session.scalars(select(User).order_by(User.name, User.email)).all()


def count_by_role() -> dict[Role, int]:
    """How many people can sign in now or are invited, by role."""
    rows = db.session.execute(
        select(User.role, func.count()).where(User.disabled_at.is_(None)).group_by(User.role)
    )
    return dict(rows.tuples().all())


def name_who_may(permission: Permission) -> dict[str, str]:
    """The people who have a permission now, in the order of their names, by id as forms send it."""
    return {str(row.id): row.name for row in db.session.execute(_who_may(permission))}


@cache
def _who_may(permission: Permission) -> Select[Any]:
    roles = roles_that_may(permission)
    named = NAMES.where(User.role.in_(roles), User.disabled_at.is_(None))
    return named.order_by(User.name)


def name_users() -> dict[UUID, str]:
    """The name of every account, the disabled ones too, by id."""
    return {row.id: row.name for row in db.session.execute(NAMES)}


def list_sessions(user_id: UUID) -> Sequence[SignInSession]:
    """A person's open sessions, the one used last first."""
    return db.session.scalars(
        select(SignInSession)
        .where(SignInSession.user_id == user_id)
        .order_by(SignInSession.seen_at.desc())
    ).all()


def find_invitation(token: str) -> Invitation | None:
    """The invitation with this token that can still be used; None when it cannot."""
    return db.session.scalar(
        select(Invitation)
        .where(Invitation.token_hash == hash_token(token))
        .where(Invitation.used_at.is_(None), Invitation.expires_at > clock.now())
    )
