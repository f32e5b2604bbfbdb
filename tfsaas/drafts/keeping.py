"""Keeping what somebody has written until they save it, throw it away, or forget it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from tfsaas import clock
from tfsaas.db import db
from tfsaas.drafts.models import Draft
from tfsaas.tenants.scope import current_tenant

KEPT = timedelta(days=28)
LARGEST = 300_000  # characters of one form
NOT_KEPT = ("csrf_token", "draft_path", "address_checked")
Pairs = Sequence[tuple[str, str]]


class TooLong(Exception):
    """More was written than one form can hold."""


def keep_draft(user_id: UUID, path: str, what: str, family_id: UUID | None, pairs: Pairs) -> Draft:
    """Keep what stands in a form now, in place of what stood in it before.

    It is written beside the audit trail, which would otherwise have an entry every few seconds:
    a draft is nobody's record of the family.

    Raises:
        TooLong: it is more than one form can hold.
    """
    content = [[name, value] for name, value in pairs if name not in NOT_KEPT]
    if sum(len(name) + len(value) for name, value in content) > LARGEST:
        raise TooLong
    row = {
        "tenant_id": current_tenant(), "id": uuid4(), "user_id": user_id, "path": path, "what": what,
        "family_id": family_id, "content": content, "saved_at": clock.now(),
    }  # fmt: skip
    changed = {key: row[key] for key in ("what", "family_id", "content", "saved_at")}
    statement = insert(Draft).values(row)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "user_id", "path"], set_=changed
    )
    found = db.session.scalars(
        statement.returning(Draft), execution_options={"populate_existing": True}
    )
    return found.one()


def find_draft(user_id: UUID, path: str) -> Draft | None:
    """What a person has written into a form; None when there is nothing."""
    return db.session.scalar(select(Draft).where(Draft.user_id == user_id, Draft.path == path))


def list_drafts(user_id: UUID) -> Sequence[Draft]:
    """Everything that a person has written and not saved, the latest first."""
    query = select(Draft).where(Draft.user_id == user_id)
    return db.session.scalars(query.order_by(Draft.saved_at.desc()).limit(50)).all()


def drop_draft(user_id: UUID, path: str) -> None:
    """Forget what was written into a form: it was saved, or thrown away."""
    db.session.execute(
        delete(Draft)
        .where(Draft.user_id == user_id, Draft.path == path)
        .execution_options(synchronize_session=False)
    )


def forget_old_drafts() -> int:
    """Forget what nobody has touched for four weeks. Returns how many."""
    gone = db.session.execute(
        delete(Draft)
        .where(Draft.saved_at < clock.now() - KEPT)
        .returning(Draft.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())
