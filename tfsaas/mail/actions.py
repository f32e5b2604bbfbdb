"""Writing letters, and sending those that wait."""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.dialects.postgresql import insert

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.db import db
from tfsaas.families.identifiers import seal, unseal
from tfsaas.jobs.actions import JobRefused, ask_for
from tfsaas.jobs.queries import find_open_job
from tfsaas.mail.models import Letter
from tfsaas.mail.sending import LetterRefused, MailUnreachable, carry, mail_address
from tfsaas.tenants.scope import current_tenant

SEND = "send-letters"
GIVEN_UP = timedelta(days=3)
AT_ONCE = 200
AWAY = "The mail server does not answer. The letters wait, and are tried again."


def write_letter(
    key: str, subject: str, text: str, *, user_id: UUID | None = None, to: str = ""
) -> None:
    """Have a letter sent to somebody with an account, or to an address; once for each `key`.

    Nothing is written where no mail server is set.
    """
    if not mail_address():
        return
    row = {
        "tenant_id": current_tenant(), "id": uuid4(), "user_id": user_id, "address": None if user_id else seal(to),
        "key": key, "subject": subject, "text": text, "written_at": clock.now(),
    }  # fmt: skip
    statement = insert(Letter).values(row).on_conflict_do_nothing()
    if db.session.scalar(statement.returning(Letter.id)):
        ask_to_send()


def ask_to_send() -> None:
    """Have what waits sent by a job, once at a time."""
    if find_open_job(SEND, current_tenant()) is None:
        ask_for(SEND, current_tenant())


def send_waiting() -> str:
    """Send what waits, each letter in the order it was written.

    Raises:
        JobRefused: the mail server does not take them; what was sent before stays sent.
    """
    rows = db.session.scalars(
        select(Letter)
        .where(*_waits())
        .order_by(Letter.written_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    sent = 0
    for letter in rows:
        try:
            if to := _address_of(letter):
                carry(letter.id, to, letter.subject, letter.text)
            letter.sent_at = clock.now()
        except LetterRefused:
            letter.refused_at = clock.now()
        except MailUnreachable:
            if not sent:
                raise JobRefused(AWAY) from None
            break
        letter.address = None
        sent += 1
    return f"{sent} of {len(rows)} letters sent."


def _waits() -> tuple[ColumnElement[bool], ...]:
    young = Letter.written_at > clock.now() - GIVEN_UP
    return Letter.sent_at.is_(None), Letter.refused_at.is_(None), young


def _address_of(letter: Letter) -> str:
    """Where a letter goes; "" where whoever it was for has no account any more."""
    if letter.user_id is None:
        return unseal(letter.address) if letter.address else ""
    query = select(User.email).where(User.id == letter.user_id, User.disabled_at.is_(None))
    return db.session.scalar(query) or ""


def send_again() -> None:
    """Ask once more where letters wait that no job is about; called every minute."""
    if mail_address() and db.session.scalar(select(exists().where(*_waits()))):
        ask_to_send()
