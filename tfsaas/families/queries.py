"""Reading families, their people and their episodes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from tfsaas import clock
from tfsaas.db import NotFound, among_told, db
from tfsaas.families.identifiers import unseal
from tfsaas.families.models import (
    Episode,
    Family,
    Identifier,
    Membership,
    Person,
    Relationship,
    Scheme,
)  # fmt: skip

CHILD_YEARS = 18


@dataclass(frozen=True, slots=True)
class Member:
    """A person with their stay in a family."""

    person: Person
    membership: Membership

    @property
    def name(self) -> str:
        """How the person is called on screen."""
        return name_of(self.person)

    def is_present(self, on: date) -> bool:
        """Whether they belong to the family on a day; the day they left is the first on which they do not."""
        stay = self.membership
        return stay.joined_on <= on and (stay.left_on is None or stay.left_on > on)

    def is_child(self, on: date) -> bool:
        """Whether they are known to be under 18 on a day."""
        age = self.age(on)
        return age is not None and age < CHILD_YEARS

    def age(self, on: date) -> int | None:
        """Completed years; None when the date of birth is not known."""
        born = self.person.date_of_birth
        if born is None:
            return None
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def name_of(person: Person) -> str:
    """A person's full name, or their reference while no name is known."""
    return f"{person.given_name} {person.family_name}".strip() or person.reference


MEMBERS = (
    select(Person, Membership)
    .join(Membership, (Membership.tenant_id == Person.tenant_id) & (Membership.person_id == Person.id))
    .where(among_told(Membership.family_id, "families"))
    .order_by(
        Membership.left_on.is_not(None),
        Person.date_of_birth.asc().nulls_last(),
        Person.given_name,
        Person.id,
    )
)  # fmt: skip
STANDS = func.coalesce(Person.same_as_id, Person.id)
GROUPS = select(STANDS).where(among_told(Person.id, "people"))
RECORDS = (
    select(Person.id, STANDS)
    .where(or_(Person.same_as_id.in_(GROUPS), Person.id.in_(GROUPS)))
    .order_by(Person.id)
)


def visible_families() -> ColumnElement[bool]:
    """The one predicate that says which families the signed-in person may see.

    For now every family of the council; who sees which is narrowed here and nowhere else.
    """
    return Family.id.is_not(None)


def get_family(family_id: UUID) -> Family:
    """One family that the person may see.

    Raises:
        NotFound: there is none with that id here, or not for this person.
    """
    family = db.session.scalar(select(Family).where(Family.id == family_id, visible_families()))
    if family is None:
        raise NotFound("no such family")
    return family


def list_named(family_ids: Sequence[UUID]) -> Sequence[Family]:
    """Those of these families that the person may see, by name."""
    if not family_ids:
        return []
    return db.session.scalars(
        select(Family)
        .where(Family.id.in_(family_ids), visible_families())
        .order_by(Family.name_key, Family.id)
    ).all()


def get_person(family_id: UUID, person_id: UUID) -> Person:
    """A person who is or was in a family that the user may see.

    Raises:
        NotFound: there is no such person in that family.
    """
    person = db.session.scalar(
        select(Person).join(
            Membership, (Membership.tenant_id == Person.tenant_id) & (Membership.person_id == Person.id)
        )
        .where(Person.id == person_id, Membership.family_id == get_family(family_id).id)
        .limit(1)
    )  # fmt: skip
    if person is None:
        raise NotFound("no such person")
    return person


def list_members(family_id: UUID) -> Sequence[Member]:
    """Everyone who is or was in a family: those here now first, the eldest first."""
    return list_members_of([family_id])


def list_present(family_id: UUID) -> list[Member]:
    """Who belongs to the family today."""
    return select_present(list_members(family_id))


def select_present(members: Sequence[Member]) -> list[Member]:
    """Those of a family's members who belong to it today."""
    today = clock.today()
    return [member for member in members if member.is_present(today)]


def list_members_of(family_ids: Sequence[UUID]) -> Sequence[Member]:
    """The same of several families."""
    rows = db.session.execute(MEMBERS, {"families": list(family_ids)})
    return [Member(person, membership) for person, membership in rows]


def get_membership(family_id: UUID, person_id: UUID) -> Membership:
    """A person's latest stay in a family.

    Raises:
        NotFound: they were never in it.
    """
    found = db.session.scalar(
        select(Membership)
        .where(Membership.family_id == family_id, Membership.person_id == person_id)
        .order_by(Membership.joined_on.desc())
        .limit(1)
    )
    if found is None:
        raise NotFound("no such stay")
    return found


def list_related(person_ids: Sequence[UUID]) -> Sequence[Relationship]:
    """The relationships between these people, whenever they held."""
    query = select(Relationship).where(
        Relationship.person_id.in_(person_ids), Relationship.other_id.in_(person_ids)
    )
    return db.session.scalars(query.order_by(Relationship.kind, Relationship.id)).all()


def list_identifiers(person_id: UUID) -> dict[Scheme, str]:
    """A person's numbers, readable."""
    rows = db.session.scalars(select(Identifier).where(Identifier.person_id == person_id))
    return {row.scheme: unseal(row.value) for row in rows}


def find_episode(family_id: UUID, programme_id: UUID) -> Episode | None:
    """A family's latest episode in a programme; None when it has none."""
    return db.session.scalar(
        select(Episode)
        .where(Episode.family_id == family_id, Episode.programme_id == programme_id)
        .order_by(Episode.closed_on.desc().nulls_first(), Episode.baseline_on.desc().nulls_last())
        .limit(1)
    )


def list_linked(person_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Other records of these people: by the record's id which of `person_ids` stands for it.

    Of several of `person_ids` that are one person, one stands for the others too.
    """
    rows = db.session.execute(RECORDS, {"people": list(person_ids)})
    records: dict[UUID, list[UUID]] = {}
    for record, group in rows:
        records.setdefault(group, []).append(record)
    found: dict[UUID, UUID] = {}
    for group, held in records.items():
        mine = [record for record in (group, *held) if record in person_ids]
        found |= {record: mine[0] for record in held if record != mine[0]}
    return found


def find_family_by_reference(reference: str) -> Family | None:
    """The family that letters call by this reference; None when there is none."""
    return db.session.scalar(select(Family).where(Family.reference == reference))


def name_families(family_ids: Collection[UUID]) -> dict[UUID, str]:
    """The references of families by id."""
    rows = db.session.execute(select(Family.id, Family.reference).where(Family.id.in_(family_ids)))
    return {row.id: row.reference for row in rows}
