"""Writing the trail: every change to tenant data is recorded as it is flushed."""

from collections.abc import Iterator, Mapping
from enum import Enum
from uuid import UUID, uuid4

from sqlalchemy import event, insert, inspect
from sqlalchemy.orm import Session, UOWTransaction

from tfsaas import clock
from tfsaas.audit.models import AuditEntry, Changes, Reading
from tfsaas.db import db
from tfsaas.jobs.models import Job
from tfsaas.tenants.scope import TenantModel, actor, current_tenant, tenant_of

UNRECORDED = (
    AuditEntry,
    Reading,
    Job,
)  # the trails themselves, and the job table, which is its own record


def record_act(
    action: str,
    subject: str,
    subject_id: UUID,
    counts: Mapping[str, object],
    *,
    family_id: UUID | None = None,
) -> None:
    """Enter one act, which the flush cannot see: a load, an evaluation, an export. `family_id`: whose trail it is on.

    `counts` says how much of what was changed; it never holds personal data.
    """
    changes = {name: [None, value] for name, value in counts.items()}
    row = _entry(action, subject, subject_id, changes, family_id)
    db.session.execute(
        insert(AuditEntry), [row | {"tenant_id": current_tenant(), "actor_id": actor()}]
    )


def init() -> None:
    """Listen to every flush of the process from now on."""
    if not event.contains(Session, "after_flush", _on_flush):
        event.listen(Session, "after_flush", _on_flush)


def _on_flush(session: Session, _flush: UOWTransaction) -> None:
    told = {"tenant_id": session.info.get("tenant_id"), "actor_id": session.info.get("actor_id")}
    entries = [
        _entry(action, row.__tablename__, row.id, changes, _family_of(row)) | told
        for action, row, changes in _writes(session)
    ]
    if entries:
        tenant_of(session)
        session.connection().execute(insert(AuditEntry), entries)


def _entry(
    action: str, subject: str, subject_id: UUID, changes: Changes, family_id: UUID | None
) -> dict[str, object]:
    return {
        "id": uuid4(),
        "at": clock.now(),
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "family_id": family_id,
        "changes": changes,
    }


def _family_of(row: TenantModel) -> UUID | None:
    """The family a row is about, so that a family's whole trail can be listed."""
    if row.__tablename__ == "family":
        return row.id
    family_id: UUID | None = getattr(row, "family_id", None)
    return family_id


def _writes(session: Session) -> Iterator[tuple[str, TenantModel, Changes]]:
    batches = (("create", session.new), ("change", session.dirty), ("delete", session.deleted))
    for action, rows in batches:
        for row in rows:
            if isinstance(row, TenantModel) and not isinstance(row, UNRECORDED):
                changes = _changes(row)
                if changes or action == "delete":
                    yield action, row, changes


def _changes(row: TenantModel) -> Changes:
    state = inspect(row)
    changes: Changes = {}
    for column in state.mapper.column_attrs:
        history = state.attrs[column.key].history
        if history.has_changes():
            before, after = (history.deleted or [None])[0], (history.added or [None])[0]
            secret = column.columns[0].info.get("secret", False)
            changes[column.key] = [] if secret else [_plain(before), _plain(after)]
    return changes


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return value if isinstance(value, str | int | bool | list | None) else str(value)
