"""What stands beside a family on its page, in one statement: relationships, other families, referrals, colleagues elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    DateTime,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from tfsaas.db import among_told, db
from tfsaas.families.involved import Involvement
from tfsaas.families.models import Family, Membership, Relationship
from tfsaas.recording.models import Contact, Task
from tfsaas.referrals.models import Referral

FAMILY: BindParameter[UUID] = bindparam("family", type_=Uuid())
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
    values = {"family": family_id, "people": list(person_ids), "day": on}
    rows = db.session.execute(_statement(), values).all()
    for kind, row_id, other_id, *texts, at in sorted(rows, key=lambda row: (row[0], row[3])):
        getattr(found, kind).append(Named(row_id, other_id, tuple(texts), at))
    return found


@cache
def _statement() -> CompoundSelect[Any]:
    """All of it, put together once, not for each page."""
    return union_all(_related(), _others(), _referrals(), _involved(), _contacts(), _tasks())


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


def _related() -> Select[Any]:
    kind = cast(Relationship.kind, Text)
    return (
        _row("related", Relationship.person_id, Relationship.other_id, [kind])
        .where(
            among_told(Relationship.person_id, "people"),
            among_told(Relationship.other_id, "people"),
        )
        .where(or_(Relationship.to_on.is_(None), Relationship.to_on > bindparam("day")))
    )


def _others() -> Select[Any]:
    texts = [Family.reference, Family.name]
    return (
        _row("others", Family.id, Membership.person_id, texts)
        .join(Membership, and_(Membership.tenant_id == Family.tenant_id, Membership.family_id == Family.id))
        .where(among_told(Membership.person_id, "people"), Family.id != FAMILY)
        .distinct()
    )  # fmt: skip


def _referrals() -> Select[Any]:
    texts = [Referral.reference, Referral.referrer]
    row = _row("referrals", Referral.id, None, texts, Referral.received_at)
    return row.where(Referral.family_id == FAMILY)


def _involved() -> Select[Any]:
    texts = [Involvement.name, Involvement.agency, Involvement.does, Involvement.phone]
    row = _row("involved", Involvement.id, None, texts)
    return row.where(Involvement.family_id == FAMILY, Involvement.until_on.is_(None))


def _contacts() -> Select[Any]:
    day, how = cast(Contact.happened_on, Text), cast(Contact.how, Text)
    latest = (
        _row("contacts", Contact.id, None, [day, how, func.left(Contact.note, NOTE)])
        .where(Contact.family_id == FAMILY, Contact.replaced_at.is_(None))
        .order_by(Contact.happened_on.desc(), Contact.recorded_at.desc())
        .limit(LAST)
        .subquery()
    )
    return select(*latest.c)


def _tasks() -> Select[Any]:
    row = _row("tasks", Task.id, Task.for_id, [cast(Task.due_on, Text), Task.text])
    return row.where(Task.family_id == FAMILY, Task.done_at.is_(None))
