"""Reading whom the people of a partner's file are, or may be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from tfsaas.db import NotFound, db
from tfsaas.families.models import Family, Membership, Person
from tfsaas.families.queries import visible_families
from tfsaas.loads.models import IncomingMatch, MatchStatus
from tfsaas.words import day

PAGE = 50


def count_matches(delivery_id: UUID) -> dict[MatchStatus, int]:
    """How many pairs of a delivery stand how."""
    rows = db.session.execute(
        select(IncomingMatch.status, func.count())
        .where(IncomingMatch.delivery_id == delivery_id)
        .group_by(IncomingMatch.status)
    )
    found: dict[MatchStatus, int] = dict.fromkeys(MatchStatus, 0)
    return found | dict(rows.tuples().all())


def count_waiting_people(delivery_id: UUID) -> int:
    """How many people of a delivery wait for somebody to look."""
    query = select(func.count(IncomingMatch.number.distinct()))
    waits = (IncomingMatch.delivery_id == delivery_id) & (
        IncomingMatch.status == MatchStatus.REVIEW
    )
    return db.session.scalar(query.where(waits)) or 0


@dataclass(frozen=True, slots=True)
class MatchRow:
    """Somebody in a file beside somebody of the council."""

    match: IncomingMatch
    person: Person

    @property
    def may_be_twin(self) -> bool:
        """Whether the two share the day and differ in the first name, as twins do."""
        ours = self.person.date_of_birth
        same_day = ours is not None and self.match.told.get("date_of_birth") == ours.isoformat()
        return same_day and "first name: differs" in self.match.why

    @property
    def told_born(self) -> str:
        """The date of birth that the file gives, as it is shown; "" for none."""
        told = self.match.told.get("date_of_birth", "")
        return day(date.fromisoformat(told)) if told else ""


def list_to_review(delivery_id: UUID, limit: int = 25) -> list[MatchRow]:
    """Pairs that wait for somebody, the likeliest first; those of one person in the file together."""
    best = (
        select(IncomingMatch.number, func.max(IncomingMatch.score).label("best"))
        .where(IncomingMatch.delivery_id == delivery_id, IncomingMatch.status == MatchStatus.REVIEW)
        .group_by(IncomingMatch.number)
        .order_by(func.max(IncomingMatch.score).desc(), IncomingMatch.number)
        .limit(limit)
        .subquery()
    )
    rows = db.session.execute(
        select(IncomingMatch, Person)
        .join(best, best.c.number == IncomingMatch.number)
        .join(
            Person,
            (Person.tenant_id == IncomingMatch.tenant_id) & (Person.id == IncomingMatch.person_id),
        )
        .where(IncomingMatch.delivery_id == delivery_id, IncomingMatch.status == MatchStatus.REVIEW)
        .order_by(best.c.best.desc(), IncomingMatch.number, IncomingMatch.score.desc())
    )
    return [MatchRow(*row) for row in rows]


def list_linked(delivery_id: UUID, after: int = 0) -> list[MatchRow]:
    """Those known without a question, by their number in the file from `after` on: a page of them, and one more if there are more."""
    rows = db.session.execute(
        select(IncomingMatch, Person)
        .join(
            Person,
            (Person.tenant_id == IncomingMatch.tenant_id) & (Person.id == IncomingMatch.person_id),
        )
        .where(IncomingMatch.delivery_id == delivery_id, IncomingMatch.number >= after)
        .where(IncomingMatch.status == MatchStatus.LINKED)
        .order_by(IncomingMatch.number, IncomingMatch.person_id)
        .limit(PAGE + 1)
    )
    return [MatchRow(*row) for row in rows]


def list_decided(delivery_id: UUID, limit: int = 10, skip: int = 0) -> list[MatchRow]:
    """The pairs that somebody decided, the latest first."""
    rows = db.session.execute(
        select(IncomingMatch, Person)
        .join(
            Person,
            (Person.tenant_id == IncomingMatch.tenant_id) & (Person.id == IncomingMatch.person_id),
        )
        .where(IncomingMatch.delivery_id == delivery_id, IncomingMatch.decided_at.is_not(None))
        .order_by(IncomingMatch.decided_at.desc(), IncomingMatch.id)
        .limit(limit)
        .offset(skip)
    )
    return [MatchRow(*row) for row in rows]


def get_match(delivery_id: UUID, match_id: UUID) -> IncomingMatch:
    """One pair of a delivery, which nobody else changes until this unit of work ends.

    Raises:
        NotFound: there is none with that id here.
    """
    found = db.session.scalar(
        select(IncomingMatch)
        .where(IncomingMatch.id == match_id, IncomingMatch.delivery_id == delivery_id)
        .with_for_update()
    )
    if found is None:
        raise NotFound("no such pair")
    return found


def name_families_of(person_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Family]]:
    """The families, that the person may see, in which these people are or were."""
    rows = db.session.execute(
        select(Membership.person_id, Family)
        .join(
            Family, (Family.tenant_id == Membership.tenant_id) & (Family.id == Membership.family_id)
        )
        .where(Membership.person_id.in_(person_ids), visible_families())
        .distinct()
    )
    found: dict[UUID, list[Family]] = {}
    for person_id, family in rows:
        found.setdefault(person_id, []).append(family)
    return found
