"""Two people of one file who were taken for one person here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from sqlalchemy import func, select

from tfsaas.db import among, db
from tfsaas.families.models import Person
from tfsaas.loads.who import FilePerson
from tfsaas.matching.deciding import Decision, Match
from tfsaas.matching.names_of_people import are_short_forms, fold


class Taken(Protocol):
    """Who somebody of a file is without being weighed."""

    @property
    def person_id(self) -> UUID: ...


def doubt_twice(
    people: Collection[FilePerson],
    known: Mapping[int, Taken],
    others: Sequence[FilePerson],
    found: Sequence[tuple[Match, UUID]],
) -> list[tuple[Match, UUID]]:
    """What the model found, where a link becomes a question if somebody else of the file was taken for the same person.

    Rows that only write one person differently are no two people: see `_are_two`.
    """
    linked = [(others[match.right], person_id) for match, person_id in found if match.decision is Decision.LINK]  # fmt: skip
    if not linked:
        return list(found)
    by_number = {person.number: person for person in people}
    taken = [*linked, *((by_number[number], one.person_id) for number, one in known.items())]
    one_of = _stands_for({person_id for _, person_id in taken})
    takers: dict[UUID, list[FilePerson]] = {}
    for person, person_id in taken:
        takers.setdefault(one_of.get(person_id, person_id), []).append(person)
    doubted = {
        person.number
        for person, person_id in linked
        if any(_are_two(person, each) for each in takers[one_of.get(person_id, person_id)])
    }
    return [
        (replace(match, decision=Decision.REVIEW), person_id)
        if match.decision is Decision.LINK and others[match.right].number in doubted
        else (match, person_id)
        for match, person_id in found
    ]


def _are_two(one: FilePerson, other: FilePerson) -> bool:
    """Whether a file tells two apart: by the partner's numbers, by checked numbers, or by first names."""
    if one.number == other.number:
        return False
    if one.reference and other.reference:
        return True
    if any(other.identifiers.get(scheme, number) != number for scheme, number in one.identifiers.items()):  # fmt: skip
        return True
    first, second = fold(one.given_name), fold(other.given_name)
    return bool(first and second) and first != second and not are_short_forms(first, second)


def _stands_for(person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Whom a linked record stands for; others are left out."""
    one = func.coalesce(Person.same_as_id, Person.id)
    rows = db.session.execute(select(Person.id, one).where(among(Person.id, person_ids), Person.same_as_id.is_not(None)))  # fmt: skip
    return dict(rows.tuples().all())
