"""People's records by themselves, in whichever family or none they are."""

from uuid import UUID

from sqlalchemy import func, select

from tfsaas.db import NotFound, db
from tfsaas.families.models import Person


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
    return db.session.scalar(select(Person).where(Person.reference == reference).limit(1)) or (
        db.session.scalar(
            select(Person).where(func.lower(Person.reference) == reference.lower()).limit(1)
        )
    )
