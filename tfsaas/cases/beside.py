"""What stands beside a family on its page, in one statement: relationships, other families, referrals, colleagues elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from tfsaas.db import db
from tfsaas.families.involved import Involvement
from tfsaas.families.models import Family, Membership, Relationship
from tfsaas.recording.models import Contact, Task
from tfsaas.referrals.models import Referral

LAST, NOTE = 3, 200  # contacts, and letters of a note, that the page shows


@dataclass(frozen=True, slots=True)
class Named:
    """A row of another table, with what the page says of it."""

    id: UUID
    other_id: UUID | None
    texts: tuple[str, ...]
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a family, by kind, each with its texts.

    How people are related: `id` is the `texts[0]` of `other_id`. Other families of people: `other_id`
    is whose; reference, name. Referrals: reference, referrer. Who else is involved: name, agency, what
    they do, telephone. The last contacts, the latest last: day, how, note.
    Open tasks (`other_id`: whose): day, what.
    """

    related: list[Named] = field(default_factory=list)
    others: list[Named] = field(default_factory=list)
    referrals: list[Named] = field(default_factory=list)
    involved: list[Named] = field(default_factory=list)
    contacts: list[Named] = field(default_factory=list)
    tasks: list[Named] = field(default_factory=list)


def list_beside(family_id: UUID, person_ids: Sequence[UUID], on: date) -> Beside:
    """Everything beside a family as on a day. `person_ids`: its people under all their records."""
    found = Beside()
    rows = db.session.execute(
        union_all(
            _related(person_ids, on),
            _others(family_id, person_ids),
            _referrals(family_id),
            _involved(family_id),
            _contacts(family_id),
            _tasks(family_id),
        )
    ).all()
    for kind, row_id, other_id, *texts, at in sorted(rows, key=lambda row: (row[0], row[3])):
        getattr(found, kind).append(Named(row_id, other_id, tuple(texts), at))
    return found


def _row(
    kind: str, row_id: Any, other_id: Any, texts: Sequence[Any], at: Any = None
) -> Select[Any]:
    told = [*texts, *([literal("", Text)] * (4 - len(texts)))]
    return select(
        literal(kind, Text).label("kind"),
        row_id.label("row_id"),
        (cast(null(), Uuid) if other_id is None else other_id).label("other_id"),
        *(text.label(f"text_{place}") for place, text in enumerate(told)),
        (cast(null(), DateTime(timezone=True)) if at is None else at).label("at"),
    )


def _related(person_ids: Sequence[UUID], on: date) -> Select[Any]:
    kind = cast(Relationship.kind, Text)
    return (
        _row("related", Relationship.person_id, Relationship.other_id, [kind])
        .where(Relationship.person_id.in_(person_ids), Relationship.other_id.in_(person_ids))
        .where(or_(Relationship.to_on.is_(None), Relationship.to_on > on))
    )


def _others(family_id: UUID, person_ids: Sequence[UUID]) -> Select[Any]:
    texts = [Family.reference, Family.name]
    return (
        _row("others", Family.id, Membership.person_id, texts)
        .join(Membership, and_(Membership.tenant_id == Family.tenant_id, Membership.family_id == Family.id))
        .where(Membership.person_id.in_(person_ids), Family.id != family_id)
        .distinct()
    )  # fmt: skip


def _referrals(family_id: UUID) -> Select[Any]:
    texts = [Referral.reference, Referral.referrer]
    row = _row("referrals", Referral.id, None, texts, Referral.received_at)
    return row.where(Referral.family_id == family_id)


def _involved(family_id: UUID) -> Select[Any]:
    texts = [Involvement.name, Involvement.agency, Involvement.does, Involvement.phone]
    row = _row("involved", Involvement.id, None, texts)
    return row.where(Involvement.family_id == family_id, Involvement.until_on.is_(None))


def _contacts(family_id: UUID) -> Select[Any]:
    day, how = cast(Contact.happened_on, Text), cast(Contact.how, Text)
    latest = (
        _row("contacts", Contact.id, None, [day, how, func.left(Contact.note, NOTE)])
        .where(Contact.family_id == family_id, Contact.replaced_at.is_(None))
        .order_by(Contact.happened_on.desc(), Contact.recorded_at.desc())
        .limit(LAST)
        .subquery()
    )
    return select(*latest.c)


def _tasks(family_id: UUID) -> Select[Any]:
    row = _row("tasks", Task.id, Task.for_id, [cast(Task.due_on, Text), Task.text])
    return row.where(Task.family_id == family_id, Task.done_at.is_(None))
