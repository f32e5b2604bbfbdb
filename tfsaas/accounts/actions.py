"""Signing in and out, invitations, passwords, roles."""

from datetime import timedelta
from uuid import UUID, uuid4

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import delete, func, select, update

from tfsaas import clock
from tfsaas.accounts.models import Invitation, SignInAttempt, SignInSession, User
from tfsaas.accounts.queries import (
    OpenSession,
    find_invitation,
    find_session,
    find_user_by_email,
    get_user,
)
from tfsaas.accounts.tokens import hash_known, hash_token, new_token
from tfsaas.db import db
from tfsaas.permissions import Role
from tfsaas.tenants.scope import act_as, lock

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH = timedelta(minutes=1)
INVITATION = timedelta(hours=1)
WINDOW = timedelta(minutes=15)
ACCOUNT_LIMIT = 10
ADDRESS_LIMIT = 100
SHORTEST, LONGEST = 12, 128
BROWSER_LENGTH = 120

_hasher = PasswordHasher()
_nobody = _hasher.hash(
    new_token()
)  # checked when the account does not exist, so that time tells nothing


class SignInRefused(Exception):
    """The address and password do not belong together, or the account is disabled."""


class TooManyAttempts(Exception):
    """Too many attempts; the right password is refused as well until some time has passed."""


class NotUsable(Exception):
    """The invitation was used, has expired, or never was."""


class AccountRefused(Exception):
    """The account cannot be made or changed so; the text says why."""


def count_attempt(email: str, address: str) -> UUID:
    """Write down an attempt before it is judged; a unit of work of its own commits it.

    Returns the attempt's id, with which a success is forgotten.

    Raises:
        TooManyAttempts: the account or the address had too many.
    """
    account, place = hash_known(email.strip().lower()), hash_known(address)
    lock(account)
    attempt = SignInAttempt(id=uuid4(), account_hash=account, address_hash=place, at=clock.now())
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < clock.now() - WINDOW))
    counted = select(
        func.count().filter(SignInAttempt.account_hash == account),
        func.count().filter(SignInAttempt.address_hash == place),
    ).where(SignInAttempt.at > clock.now() - WINDOW)
    of_account, of_address = db.session.execute(counted).one()
    if of_account >= ACCOUNT_LIMIT or of_address >= ADDRESS_LIMIT:
        raise TooManyAttempts
    db.session.add(attempt)
    db.session.flush()
    return attempt.id


def forget_attempt(attempt_id: UUID) -> None:
    """The attempt succeeded, so it is not a failed one."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def sign_in(email: str, password: str, browser: str) -> str:
    """Start a session. Returns the token that the browser keeps.

    Raises:
        SignInRefused: whatever is wrong; the caller cannot tell what.
    """
    user = find_user_by_email(email)
    known = user.password_hash if user and user.password_hash and not user.disabled_at else None
    if not _matches(known or _nobody, password) or known is None or user is None:
        raise SignInRefused
    act_as(user.id)
    if _hasher.check_needs_rehash(known):
        user.password_hash = _hasher.hash(password)
    return start_session(user.id, browser)


def refuse_wrong_password(user_id: UUID, password: str) -> None:
    """Let somebody who is signed in go on only with their own password.

    Raises:
        SignInRefused: it is another.
    """
    if not _matches(get_user(user_id).password_hash or _nobody, password):
        raise SignInRefused


def start_session(user_id: UUID, browser: str) -> str:
    """A new session for a person whose identity is established. Returns its token."""
    token, moment = new_token(), clock.now()
    db.session.add(
        SignInSession(
            user_id=user_id,
            token_hash=hash_token(token),
            started_at=moment,
            seen_at=moment,
            browser=browser[:BROWSER_LENGTH],
        )
    )
    return token


def use_session(token: str, *, touch: bool = True) -> OpenSession | None:
    """The session with this token; None when it has ended or lapsed. `touch`: it counts as used now."""
    found = find_session(token)
    if found is None:
        return None
    moment = clock.now()
    if found.disabled_at or moment - found.seen_at > IDLE or moment - found.started_at > ABSOLUTE:
        return None
    if touch and moment - found.seen_at > TOUCH:
        touched = update(SignInSession).where(SignInSession.id == found.id).values(seen_at=moment)
        db.session.execute(touched.execution_options(synchronize_session=False))
    return found


def end_session(session_id: UUID) -> None:
    """Sign out: the row goes, so a copied cookie is worth nothing."""
    session = db.session.scalar(select(SignInSession).where(SignInSession.id == session_id))
    if session is not None:
        db.session.delete(session)


def end_sessions(user_id: UUID, *, but: UUID | None = None) -> None:
    """Sign a person out everywhere, except in the session `but` if given."""
    for session in db.session.scalars(
        select(SignInSession).where(SignInSession.user_id == user_id)
    ):
        if session.id != but:
            db.session.delete(session)


def invite(
    email: str, name: str, role: Role, *, team_id: UUID | None = None, agency: str = ""
) -> str:
    """Make an account that waits for its person. Returns the token of the one-use link. `agency` "": they work for the council.

    Raises:
        AccountRefused: the address has an account already.
    """
    email = email.strip().lower()
    if find_user_by_email(email):
        raise AccountRefused("There is already an account with this e-mail address")
    user = User(
        id=uuid4(), email=email, name=name.strip(), role=role, team_id=team_id, agency=agency
    )
    db.session.add(user)
    db.session.flush()
    return invite_again(user.id)


def invite_again(user_id: UUID) -> str:
    """A new one-use link for an account; links given before stop working. Returns its token."""
    _use_up_links(user_id)
    token = new_token()
    db.session.add(
        Invitation(
            user_id=user_id, token_hash=hash_token(token), expires_at=clock.now() + INVITATION
        )
    )
    return token


def accept_invitation(token: str, password: str) -> User:
    """Set the password of an invited account and use the link up.

    Raises:
        NotUsable: it was used, has expired, or never was.
    """
    invitation = find_invitation(token)
    if invitation is None:
        raise NotUsable
    used = db.session.execute(
        update(Invitation)
        .where(Invitation.id == invitation.id, Invitation.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(Invitation.id)
    ).first()
    user = get_user(invitation.user_id)
    if used is None or user.disabled_at:
        raise NotUsable
    act_as(user.id)
    set_password(user, password)
    return user


def set_password(user: User, password: str) -> None:
    """Give an account a password and end its sessions."""
    user.password_hash = _hasher.hash(password)
    end_sessions(user.id)


def change_password(user_id: UUID, new: str, *, session_id: UUID) -> None:
    """Change one's own password; every other session ends."""
    get_user(user_id).password_hash = _hasher.hash(new)
    _use_up_links(user_id)
    end_sessions(user_id, but=session_id)


def list_password_faults(password: str, *, forbidden: list[str]) -> list[str]:
    """What is wrong with a new password, in words; empty when nothing is.

    `forbidden` are words that somebody would guess: the council, the person, the address.
    """
    faults = []
    if len(password) < SHORTEST:
        faults.append(f"Password must be {SHORTEST} characters or more: three random words do well")
    if len(password) > LONGEST:
        faults.append(f"Password must be {LONGEST} characters or fewer")
    bare = password.lower()
    if any(len(word) > 3 and word.lower() in bare for word in forbidden):
        faults.append(
            "Password must not contain your name, your e-mail address or the council's name"
        )
    if len(set(bare)) < SHORTEST // 2:
        faults.append("Password must not repeat a few characters: use more different ones")
    return faults


def change_role(
    user_id: UUID, role: Role, *, by: UUID, team_id: UUID | None = None, agency: str = ""
) -> None:
    """Give a person another role, a team (None: none), and where they work ("": for the council). It counts from their next request.

    Raises:
        AccountRefused: one's own role.
    """
    if user_id == by:
        raise AccountRefused("You cannot change your own role. Ask another administrator")
    user = get_user(user_id)
    user.role, user.team_id, user.agency = role, team_id, agency


def disable(user_id: UUID, *, by: UUID) -> None:
    """Stop a person from signing in; their sessions end now.

    Raises:
        AccountRefused: one's own account.
    """
    if user_id == by:
        raise AccountRefused("You cannot disable your own account. Ask another administrator")
    get_user(user_id).disabled_at = clock.now()
    _use_up_links(user_id)
    end_sessions(user_id)


def enable(user_id: UUID) -> None:
    """Let a person sign in again, with the password they had."""
    get_user(user_id).disabled_at = None


def set_reminders(user_id: UUID, *, on: bool) -> None:
    """Have somebody reminded by email, or not."""
    get_user(user_id).is_reminded = on


def set_phone(user_id: UUID, phone: str) -> None:
    """Say where somebody is reached; "" takes it away."""
    get_user(user_id).phone = phone


def _use_up_links(user_id: UUID) -> None:
    db.session.execute(
        update(Invitation)
        .where(Invitation.user_id == user_id, Invitation.used_at.is_(None))
        .values(used_at=clock.now())
    )


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
