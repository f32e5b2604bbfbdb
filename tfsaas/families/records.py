"""Records of people and families by what stands on their pages."""

from uuid import UUID

from sqlalchemy import func, select

from tfsaas.db import NotFound, db
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.models import Family, Person
from tfsaas.families.queries import visible_families


def get_record(person_id: UUID) -> Person:
    """One person's record of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    found = db.session.scalar(select(Person).where(Person.id == person_id))
    if found is None:
        raise NotFound("no such person")
    return found


def find_record(reference: str) -> Person | None:
    """The record with a reference, in capitals or not; None when there is none."""
    keyed = select(PersonKey.person_id).where(PersonKey.key == f"r:{reference.lower()}")
    return db.session.scalar(select(Person).where(Person.id.in_(keyed)).limit(1))


def find_family(reference: str) -> Family | None:
    """The family with a reference, in capitals or not, that the user may see; None when there is none."""
    same = func.lower(Family.reference) == reference.lower()
    return db.session.scalar(select(Family).where(same, visible_families()).limit(1))
