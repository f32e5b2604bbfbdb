"""People of a file of whom neither a number nor a name and home is told: somebody says whether they are somebody here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from tfsaas.db import among, db
from tfsaas.families.models import Person
from tfsaas.loads.who import FilePerson
from tfsaas.matching.people import Somebody, keys_of

MOST_ALIKE = 5  # more who were born that day tell nobody anything
SAME_DAY = "date of birth: the same; nothing else is told that could be compared"


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
) -> Bare:
    """Among the people at hand those of whom too little is told, but for the places `found` already. `refused`: by number.

    Somebody born on a day on which nobody on record was born is nobody here, and of whom somebody
    said that they are nobody of those born that day, too. Without a day of birth nobody can tell.
    """
    bare = {
        at: person.date_of_birth
        for at, (person, who) in enumerate(zip(people, right, strict=True))
        if at not in found and not who.numbers and not keys_of(who)
    }
    born = _born({day for day in bare.values() if day})
    asked, unsure = [], 0
    for at, day in bare.items():
        same = _still_possible(people[at].number, born.get(day, ()), refused) if day else []
        if day is None or len(same) > MOST_ALIKE:
            unsure += 1
        else:
            asked += [(at, person) for person in same]
    return Bare(asked, unsure)


def _still_possible(
    number: int, same: Collection[UUID], refused: Collection[tuple[int, UUID]]
) -> list[UUID]:
    return [person_id for person_id in same if (number, person_id) not in refused]


def _born(days: Collection[date]) -> dict[date | None, list[UUID]]:
    query = select(Person.id, Person.date_of_birth).where(
        among(Person.date_of_birth, days), Person.same_as_id.is_(None)
    )
    found: dict[date | None, list[UUID]] = {}
    for person_id, day in db.session.execute(query.order_by(Person.id)):
        found.setdefault(day, []).append(person_id)
    return found
