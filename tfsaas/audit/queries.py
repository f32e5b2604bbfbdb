"""Reading the trails: by family, person and day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select

from tfsaas.audit.models import AuditEntry, Reading
from tfsaas.clock import LONDON
from tfsaas.db import db

PAGE = 50


@dataclass(frozen=True, slots=True)
class TrailFilters:
    """What the trails are narrowed to. None: not narrowed."""

    user_id: UUID | None = None
    family_id: UUID | None = None
    on: date | None = None


def _day(on: date) -> tuple[datetime, datetime]:
    """The moments between which a day lies in England."""
    first = datetime(on.year, on.month, on.day, tzinfo=LONDON)
    after = on + timedelta(days=1)
    return first, datetime(after.year, after.month, after.day, tzinfo=LONDON)


def list_changes(filters: TrailFilters, *, limit: int = PAGE) -> Sequence[AuditEntry]:
    """What was done, the newest first."""
    conditions: list[ColumnElement[bool]] = []
    if filters.user_id:
        conditions.append(AuditEntry.actor_id == filters.user_id)
    if filters.family_id:
        conditions.append(AuditEntry.family_id == filters.family_id)
    if filters.on:
        first, after = _day(filters.on)
        conditions += [AuditEntry.at >= first, AuditEntry.at < after]
    query = select(AuditEntry).where(*conditions)
    return db.session.scalars(
        query.order_by(AuditEntry.at.desc(), AuditEntry.number.desc()).limit(limit)
    ).all()


def list_readings(filters: TrailFilters, *, limit: int = PAGE) -> Sequence[Reading]:
    """Who saw what, the newest first."""
    conditions: list[ColumnElement[bool]] = []
    if filters.user_id:
        conditions.append(Reading.user_id == filters.user_id)
    if filters.family_id:
        conditions.append(Reading.family_id == filters.family_id)
    if filters.on:
        first, after = _day(filters.on)
        conditions += [Reading.at >= first, Reading.at < after]
    query = select(Reading).where(*conditions).order_by(Reading.at.desc(), Reading.id).limit(limit)
    return db.session.scalars(query).all()
