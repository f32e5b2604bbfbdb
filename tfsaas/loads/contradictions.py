"""Rows of partners' files that were left out because the record says otherwise, for somebody to settle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from tfsaas import clock
from tfsaas.db import NotFound, db
from tfsaas.evidence.models import Contradiction, Fact, Load
from tfsaas.evidence.queries import KINDS
from tfsaas.families.models import Person
from tfsaas.loads.feeds import CENSUS
from tfsaas.loads.models import Delivery
from tfsaas.tenants.scope import actor
from tfsaas.words import day

PAGE = 50
MOST = 200  # of a dry run


class SettlementRefused(Exception):
    """Somebody else settled it meanwhile."""


@dataclass(frozen=True, slots=True)
class ContradictionRow:
    """A row of a file beside what is held. `says` and `held`: in words; `source`: who said what is held.

    `is_census`: its line is the number of a child.
    """

    row: Contradiction
    person: Person
    brought: str
    is_census: bool
    says: str
    held: str
    source: str


def describe(kind: str, told: Mapping[str, Any]) -> str:
    """What a fact says, from its columns by name: days as dates or ISO text."""
    values = {name: _day(value) if name.endswith("_on") else value for name, value in told.items()}
    if kind == "spell":
        end = values["to_on"]
        return f"from {values['from_on']}, " + (f"until {end}" if end else "still going on")
    if kind == "period":
        return f"{values['part']} of {values['possible']}, {values['from_on']} to {values['to_on']}"
    if kind == "score":
        return f"{values['value']} on {values['scored_on']}"
    return f"on {values['happened_on']}"


def _day(value: date | str | None) -> str:
    return day(date.fromisoformat(value)) if isinstance(value, str) else day(value)


def list_contradictions(
    load_id: UUID | None = None, after: UUID | None = None
) -> list[ContradictionRow]:
    """Those of a load, or (None) of all loads those that nobody settled; a page from `after` on, and one more if there are more."""
    query = select(Contradiction, Person, Load.source, Delivery.feed).join(
        Person, (Person.tenant_id == Contradiction.tenant_id) & (Person.id == Contradiction.person_id)
    ).join(Load, (Load.tenant_id == Contradiction.tenant_id) & (Load.id == Contradiction.load_id)).outerjoin(Delivery, (Delivery.tenant_id == Load.tenant_id) & (Delivery.load_id == Load.id))  # fmt: skip
    query = query.where(Contradiction.settled_at.is_(None)) if load_id is None else query.where(Contradiction.load_id == load_id)  # fmt: skip
    if after is not None:
        query = query.where(Contradiction.id >= after)
    rows = db.session.execute(query.order_by(Contradiction.id).limit(PAGE + 1)).all()
    held = _held([row[0] for row in rows])
    return [
        ContradictionRow(
            row, person, source, feed == CENSUS, describe(row.kind, row.told), *held[row.held_id]
        )
        for row, person, source, feed in rows
    ]


def _held(rows: Sequence[Contradiction]) -> dict[UUID, tuple[str, str]]:
    """Of each fact that stands what it says, and whose word it is."""
    found: dict[UUID, tuple[str, str]] = {}
    for kind in {row.kind for row in rows}:
        model = KINDS[kind]
        ids = [row.held_id for row in rows if row.kind == kind]
        for fact, source in db.session.execute(_facts(model).where(model.id.in_(ids))):
            told = {column.name: getattr(fact, column.name) for column in model.__table__.columns}
            said = describe(kind, told) + ("" if fact.withdrawn_at is None else " (withdrawn since)")  # fmt: skip
            found[fact.id] = (said, source or "a worker")
    return found


def _facts(model: type[Fact]) -> Select[Any]:
    return select(model, Load.source).outerjoin(
        Load, (Load.tenant_id == model.tenant_id) & (Load.id == model.load_id)
    )


def count_unsettled() -> int:
    """How many rows nobody has looked at."""
    query = select(func.count()).select_from(Contradiction)
    return db.session.scalar(query.where(Contradiction.settled_at.is_(None))) or 0


def sample_contradictions(load_id: UUID) -> list[dict[str, Any]]:
    """Some of a rehearsed load's, before they are taken back: line, person, kind, what the row says and what is held."""
    query = select(Contradiction).where(Contradiction.load_id == load_id)
    rows = db.session.scalars(query.order_by(Contradiction.line).limit(MOST)).all()
    held = _held(rows)
    return [
        {"line": row.line, "person_id": str(row.person_id), "signal": row.signal, "says": describe(row.kind, row.told), "held": held[row.held_id][0], "source": held[row.held_id][1]}
        for row in rows
    ]  # fmt: skip


def settle(contradiction_id: UUID, settlement: str, *, version: int) -> Contradiction:
    """Say what came of it, in words.

    Raises:
        NotFound: there is none with that id here.
        SettlementRefused: somebody else settled it meanwhile.
    """
    query = select(Contradiction).where(Contradiction.id == contradiction_id).with_for_update()
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("no such contradiction")
    if found.version != version or found.settled_at is not None:
        raise SettlementRefused
    found.settlement, found.settled_at, found.settled_by_id = settlement, clock.now(), actor()
    return found
