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


def _conditions(
    model: type[AuditEntry] | type[Reading], who: ColumnElement[UUID | None], filters: TrailFilters
) -> list[ColumnElement[bool]]:
    """What the filters ask of either trail; `who` is its column of persons."""
    found: list[ColumnElement[bool]] = []
    if filters.user_id:
        found.append(who == filters.user_id)
    if filters.family_id:
        found.append(model.family_id == filters.family_id)
    if filters.on:
        first, after = _day(filters.on)
        found += [model.at >= first, model.at < after]
    return found


def list_changes(filters: TrailFilters, *, limit: int = PAGE) -> Sequence[AuditEntry]:
    """What was done, the newest first."""
    who = AuditEntry.__table__.c.actor_id
    return db.session.scalars(
        select(AuditEntry)
        .where(*_conditions(AuditEntry, who, filters))
        .order_by(AuditEntry.at.desc(), AuditEntry.number.desc())
        .limit(limit)
    ).all()


def list_readings(filters: TrailFilters, *, limit: int = PAGE) -> Sequence[Reading]:
    """Who saw what, the newest first."""
    who = Reading.__table__.c.user_id
    return db.session.scalars(
        select(Reading)
        .where(*_conditions(Reading, who, filters))
        .order_by(Reading.at.desc(), Reading.id)
        .limit(limit)
    ).all()
