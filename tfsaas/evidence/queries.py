"""Reading loads, coverage and the facts about a family."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    DateTime,
    Numeric,
    Select,
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
)  # fmt: skip

from tfsaas.db import NotFound, among_told, db
from tfsaas.evidence.models import (
    Attestation,
    Coverage,
    Event,
    Fact,
    Load,
    LoadStatus,
    Period,
    RecordedHeadline,
    Score,
    Spell,
)  # fmt: skip

KINDS: dict[str, type[Fact]] = {
    "event": Event,
    "period": Period,
    "spell": Spell,
    "score": Score,
    "attestation": Attestation,
    "recorded_headline": RecordedHeadline,
}
DAYS = {
    "event": ("happened_on",),
    "period": ("from_on", "to_on"),
    "spell": ("from_on", "to_on"),
    "score": ("scored_on",),
    "attestation": ("attested_on",),
    "recorded_headline": ("recorded_on",),
}
KNOWN_AT: BindParameter[datetime] = bindparam("known_at", type_=DateTime(timezone=True))
AMOUNTS = {"period": ("part", "possible"), "score": ("value",)}


@dataclass(frozen=True, slots=True)
class DatedFact:
    """One fact of any kind, as it was recorded.

    `person_id` None: it is about the whole family. `until`: the last day of a period, the first
    day after a spell (None: still). `part` and `possible` belong to periods, `part` alone is a
    score's value.
    """

    kind: str
    id: UUID
    person_id: UUID | None
    family_id: UUID | None
    signal: str
    on: date
    until: date | None
    part: Decimal | None
    possible: Decimal | None
    recorded_at: datetime
    load_id: UUID | None
    recorded_by_id: UUID | None

    @property
    def value(self) -> str:
        """How much, in words; nothing for what merely happened or held."""
        if self.part is None:
            return ""
        amount = f"{self.part.normalize():f}"
        return (
            f"{amount} of {self.possible.normalize():f} sessions"
            if self.possible is not None
            else amount
        )


def believed(
    model: type[Fact], known_at: datetime | BindParameter[datetime] | None = None
) -> ColumnElement[bool]:
    """The rows of a fact table that are believed now, or were at `known_at`."""
    if known_at is None:
        return model.withdrawn_at.is_(None)
    withdrawn_later = or_(model.withdrawn_at.is_(None), model.withdrawn_at > known_at)
    return and_(model.recorded_at <= known_at, withdrawn_later)


def list_facts(
    family_id: UUID,
    person_ids: Sequence[UUID],
    known_at: datetime | None = None,
    *,
    linked: Mapping[UUID, UUID] | None = None,
) -> list[DatedFact]:
    """Every fact about these people and this family, the newest first. One statement.

    `known_at`: those believed at that moment; None: those believed now. `linked`: other records
    of these people; their facts come under whoever stands for them.
    """
    return list_facts_of([family_id], person_ids, known_at, linked=linked)


def list_facts_of(
    family_ids: Sequence[UUID],
    person_ids: Sequence[UUID],
    known_at: datetime | None = None,
    *,
    linked: Mapping[UUID, UUID] | None = None,
) -> list[DatedFact]:
    """The same about several families."""
    others = linked or {}
    everybody = [*person_ids, *(record for record in others if record not in person_ids)]
    values = {"family_id": list(family_ids), "person_id": everybody}
    told = {} if known_at is None else {"known_at": known_at}
    rows = db.session.execute(_statement(known_at is None), values | told)
    facts = (DatedFact(*row) for row in rows)
    found = [
        replace(fact, person_id=others[fact.person_id])
        if fact.person_id and fact.person_id in others
        else fact
        for fact in facts
    ]
    return sorted(found, key=lambda fact: (fact.on, fact.signal, str(fact.id)), reverse=True)


@cache
def _statement(is_now: bool) -> CompoundSelect[Any]:  # noqa: FBT001 (one of two statements)
    """The facts of all kinds, put together once, not for each page."""
    return union_all(*(_of(kind, None if is_now else KNOWN_AT) for kind in KINDS))


def _of(kind: str, known_at: BindParameter[datetime] | None) -> Select[Any]:
    """The facts of one kind, in the columns of `DatedFact`."""
    model = KINDS[kind]
    columns = model.__table__.c
    days = [columns[name] for name in DAYS[kind]]
    amounts = [columns[name] for name in AMOUNTS.get(kind, ())]
    about = [among_told(columns[owner], owner) for owner in ("person_id", "family_id") if owner in columns]  # fmt: skip
    return select(
        literal(kind), columns.id,
        columns.get("person_id", cast(null(), Uuid)), columns.get("family_id", cast(null(), Uuid)), columns.signal,
        days[0], days[1] if len(days) > 1 else cast(null(), Date),
        amounts[0] if amounts else cast(null(), Numeric), amounts[1] if len(amounts) > 1 else cast(null(), Numeric),
        columns.recorded_at, columns.load_id, columns.recorded_by_id,
    ).where(believed(model, known_at), or_(*about))  # fmt: skip


def get_fact(kind: str, fact_id: UUID) -> Fact:
    """One believed fact of this council.

    Raises:
        NotFound: there is none of that kind with that id here.
    """
    model = KINDS.get(kind)
    found = (
        db.session.scalar(select(model).where(model.id == fact_id, believed(model)))
        if model
        else None
    )
    if found is None:
        raise NotFound("no such fact")
    return found


def summarise_loads(known_at: datetime | None) -> tuple[int, datetime | None]:
    """How many loads were stored by a moment (None: by now), and when the last one was; None: none was."""
    query = select(func.count(), func.max(Load.ended_at)).where(Load.status == LoadStatus.STORED)
    row = db.session.execute(
        query if known_at is None else query.where(Load.ended_at <= known_at)
    ).one()
    return row[0], row[1]


def get_load(load_id: UUID) -> Load:
    """One load of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    load = db.session.scalar(select(Load).where(Load.id == load_id))
    if load is None:
        raise NotFound("no such load")
    return load


def list_coverage() -> Sequence[tuple[str, date, date]]:
    """For each signal the first and the last day on which its feed is complete."""
    rows = db.session.execute(
        select(Coverage.signal, func.min(Coverage.from_on), func.max(Coverage.to_on))
        .where(believed(Coverage))
        .group_by(Coverage.signal)
        .order_by(func.max(Coverage.to_on), Coverage.signal)
    )
    return [(signal, first, last) for signal, first, last in rows]


def find_newest_coverage() -> date | None:
    """The last day for which any feed is complete; None before the first load."""
    return db.session.scalar(select(func.max(Coverage.to_on)).where(believed(Coverage)))
