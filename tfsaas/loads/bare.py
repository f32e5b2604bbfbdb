"""People of a file of whom neither a number known here nor a name and home is told: somebody says whether they are somebody here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from tfsaas.db import among, db
from tfsaas.families.models import Identifier, Membership, Person, Scheme
from tfsaas.loads.who import FilePerson
from tfsaas.matching.people import Somebody, keys_of

MOST_ALIKE = 5  # more who were born that day tell nobody anything
SAME_DAY = "date of birth: the same; nothing else is told that could be compared"
YEAR = timedelta(days=365.25)
OLDEST_PUPIL, YOUNGEST_PUPIL = 20 * YEAR, 2 * YEAR  # who has a pupil's number
YOUNGEST_WORKER = 15 * YEAR  # who has a National Insurance number
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Bare:
    """`asked`: places of people with those of the council who were born the same day; `unsure`: how many nobody can tell."""

    asked: Sequence[tuple[int, UUID]]
    unsure: int


def find_bare(
    people: Sequence[FilePerson],
    right: Sequence[Somebody],
    found: Collection[int],
    refused: Collection[tuple[int, UUID]],
    days: Days,
) -> Bare:
    """Among the people at hand those of whom too little is told, but for the places `found` already. `refused`: by number; `days`: of which the file speaks.

    A number that nobody here has tells only who they are not: whoever has another one of its kind.
    Somebody born on a day on which nobody else on record was born is nobody here, and of whom somebody
    said that they are nobody of those born that day, too. Without a day of birth nobody can tell,
    unless everybody here who may have such a number has one.
    """
    bare = {
        at: person
        for at, (person, who) in enumerate(zip(people, right, strict=True))
        if at not in found and not keys_of(who)
    }
    born = _born({person.date_of_birth for person in bare.values() if person.date_of_birth})
    lacking: dict[frozenset[Scheme], bool] = {}
    asked, unsure = [], 0
    for at, person in bare.items():
        given = frozenset(person.identifiers)
        if person.date_of_birth is None:
            if given not in lacking:
                lacking[given] = _is_anybody_without(given, days)
            unsure += lacking[given]
            continue
        same = [
            record
            for record, has in born.get(person.date_of_birth, {}).items()
            if not has & given and (person.number, record) not in refused
        ]
        if len(same) > MOST_ALIKE:
            unsure += 1
        else:
            asked += [(at, record) for record in same]
    return Bare(asked, unsure)


def _born(days: Collection[date]) -> dict[date | None, dict[UUID, set[Scheme]]]:
    """By day those on record who were born then, each with the kinds of number known of them under any of their records."""
    query = select(Person.id, Person.date_of_birth).where(
        among(Person.date_of_birth, days), Person.same_as_id.is_(None)
    )
    born = dict(db.session.execute(query.order_by(Person.id)).tuples().all())
    linked = select(Person.id, Person.same_as_id).where(among(Person.same_as_id, born))
    stands = {person: person for person in born} | dict(db.session.execute(linked).tuples().all())
    held: dict[UUID, set[Scheme]] = {person: set() for person in born}
    numbers = select(Identifier.person_id, Identifier.scheme).where(among(Identifier.person_id, stands))  # fmt: skip
    for record, scheme in db.session.execute(numbers):
        held[stands[record] or record].add(scheme)
    found: dict[date | None, dict[UUID, set[Scheme]]] = {}
    for person, day in born.items():
        found.setdefault(day, {})[person] = held[person]
    return found


def _is_anybody_without(schemes: Collection[Scheme], days: Days) -> bool:
    """Whether somebody who is or was in a family has none of these kinds of number, and was of an age to have them all."""
    record = aliased(Person)
    have = (
        select(func.coalesce(record.same_as_id, record.id))
        .join(Identifier, Identifier.person_id == record.id)
        .where(Identifier.scheme.in_(schemes))
    )
    is_member = exists().where(Membership.person_id == Person.id)
    ages = [_may_have(scheme, days) for scheme in schemes if scheme in (Scheme.UPN, Scheme.NINO)]
    stands = func.coalesce(Person.same_as_id, Person.id)
    query = select(Person.id).where(is_member, stands.not_in(have), *ages).limit(1)
    return db.session.scalar(query) is not None


def _may_have(scheme: Scheme, days: Days) -> ColumnElement[bool]:
    """Whether somebody was of the age at which such numbers are given; of whom nobody knows when they were born, yes."""
    (first, last), born = days, Person.date_of_birth
    if scheme is Scheme.UPN:
        return or_(born.is_(None), born.between(first - OLDEST_PUPIL, last - YOUNGEST_PUPIL))
    return or_(born.is_(None), born <= last - YOUNGEST_WORKER)
