"""Reading loads, coverage and the facts about a family."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select

from tfsaas.db import NotFound, db
from tfsaas.evidence.models import (
    Attestation,
    Coverage,
    Event,
    Fact,
    Load,
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


@dataclass(frozen=True, slots=True)
class DatedFact:
    """One fact as a timeline shows it. `person_id` None: it is about the whole family."""

    id: UUID
    kind: str
    signal: str
    person_id: UUID | None
    on: date
    until: date | None
    value: str
    recorded_at: datetime
    load_id: UUID | None
    recorded_by_id: UUID | None


def believed(model: type[Fact], known_at: datetime | None = None) -> ColumnElement[bool]:
    """The rows of a fact table that are believed now, or were at `known_at`."""
    if known_at is None:
        return model.withdrawn_at.is_(None)
    withdrawn_later = or_(model.withdrawn_at.is_(None), model.withdrawn_at > known_at)
    return and_(model.recorded_at <= known_at, withdrawn_later)


def list_facts(family_id: UUID, person_ids: Sequence[UUID]) -> list[DatedFact]:
    """Every believed fact about these people and this family, the newest first."""
    found: list[DatedFact] = []
    found += [_dated("event", e, e.person_id, e.happened_on) for e in _of_people(Event, person_ids)]
    for period in _of_people(Period, person_ids):
        share = f"{period.part.normalize():f} of {period.possible.normalize():f} sessions"
        found.append(
            _dated("period", period, period.person_id, period.from_on, period.to_on, share)
        )
    spells = _of_people(Spell, person_ids)
    found += [_dated("spell", s, s.person_id, s.from_on, s.to_on) for s in spells]
    for score in _of_people(Score, person_ids):
        value = f"{score.value.normalize():f}"
        found.append(_dated("score", score, score.person_id, score.scored_on, None, value))
    found += _statements(family_id, person_ids)
    return sorted(found, key=lambda fact: (fact.on, fact.signal, str(fact.id)), reverse=True)


Kind = TypeVar("Kind", bound=Fact)


def _of_people(model: type[Kind], person_ids: Sequence[UUID]) -> Sequence[Kind]:
    return db.session.scalars(
        select(model).where(model.person_id.in_(person_ids), believed(model))  # type: ignore[attr-defined]
    ).all()


def _statements(family_id: UUID, person_ids: Sequence[UUID]) -> list[DatedFact]:
    about = or_(Attestation.family_id == family_id, Attestation.person_id.in_(person_ids))
    said = db.session.scalars(select(Attestation).where(about, believed(Attestation)))
    recorded = db.session.scalars(
        select(RecordedHeadline).where(
            RecordedHeadline.family_id == family_id, believed(RecordedHeadline)
        )
    )
    found = [_dated("attestation", row, row.person_id, row.attested_on) for row in said]
    return found + [_dated("recorded_headline", row, None, row.recorded_on) for row in recorded]


def _dated(
    kind: str,
    row: Fact,
    person_id: UUID | None,
    on: date,
    until: date | None = None,
    value: str = "",
) -> DatedFact:
    return DatedFact(
        row.id, kind, row.signal, person_id, on, until, value, row.recorded_at, row.load_id, row.recorded_by_id
    )  # fmt: skip


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


def list_loads(limit: int = 50) -> Sequence[Load]:
    """The latest loads, the newest first."""
    return db.session.scalars(select(Load).order_by(Load.asked_at.desc()).limit(limit)).all()


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
