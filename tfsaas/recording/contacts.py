"""Recording contacts, correcting them, and who may read the sensitive part of one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.db import NotFound, Refused, db
from tfsaas.families.allocating import list_covers_by
from tfsaas.families.queries import find_episode
from tfsaas.recording.models import Contact, ContactPerson, How, Part
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.scope import actor, lock


class ContactRefused(Refused):
    """It cannot be recorded so; `field` is what it is about, the text says what to do."""


LAST_WRITTEN = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a contact. `people`: by member of the family what part they had."""

    happened_on: date
    how: How
    note: str
    words: str
    sensitive: str
    people: Mapping[UUID, Part]


@dataclass(frozen=True, slots=True)
class Correction:
    """Which contact another one takes the place of, and why."""

    of: Contact
    reason: str


def record_contact(
    family_id: UUID, key: UUID, told: Told, correction: Correction | None = None
) -> Contact:
    """Write a contact down, once for each `key`.

    Raises:
        ContactRefused: its day is to come, nothing is told, or the contact was corrected by somebody else meanwhile.
    """
    _check(told)
    lock(f"contact {key}")
    if found := db.session.scalar(select(Contact).where(Contact.key == key)):
        if _says(found) == _said(told):
            return found  # sent twice
        raise ContactRefused("note", "A contact was recorded from this form already. Save again to record this as a second one, or open the first and correct it")  # fmt: skip
    if correction is not None:
        _replace(correction.of)
    made = Contact(
        id=uuid4(), family_id=family_id, key=key, happened_on=told.happened_on, how=told.how, note=told.note,
        words=told.words, sensitive=told.sensitive, recorded_at=clock.now(), by_id=actor(),
        replaces_id=correction.of.id if correction else None, reason=correction.reason if correction else "",
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    db.session.add_all(
        ContactPerson(contact_id=made.id, family_id=family_id, person_id=person_id, part=part)
        for person_id, part in told.people.items()
    )
    return made


def _check(told: Told) -> None:
    if told.happened_on > clock.today():
        raise ContactRefused("happened_on", "The day of the contact must be today or in the past")
    if not told.note and not told.sensitive:
        raise ContactRefused("note", "Enter what happened")


def is_recorded(key: UUID) -> bool:
    """Whether a contact was recorded from the form with this key."""
    return db.session.scalar(select(Contact.id).where(Contact.key == key)) is not None


def _says(row: Contact) -> tuple[object, ...]:
    people = list_parts([row.id]).get(row.id, {})
    return row.happened_on, row.how, row.note, row.words, row.sensitive, people


def _said(told: Told) -> tuple[object, ...]:
    return told.happened_on, told.how, told.note, told.words, told.sensitive, dict(told.people)


def _replace(contact: Contact) -> None:
    db.session.refresh(contact, with_for_update=True)
    if contact.replaced_at is not None:
        raise ContactRefused("note", "Somebody else has corrected this contact since you opened it. Look at their version, then correct that one")  # fmt: skip
    contact.replaced_at = clock.now()
    db.session.flush()


def get_contact(family_id: UUID, contact_id: UUID) -> Contact:
    """A contact with a family, as it stands or as it stood before it was corrected.

    Raises:
        NotFound: there is none with that id for this family.
    """
    query = select(Contact).where(Contact.id == contact_id, Contact.family_id == family_id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("no such contact")
    return found


def find_correction(contact: Contact) -> Contact | None:
    """What took the place of a contact; None while it stands."""
    return db.session.scalar(select(Contact).where(Contact.replaces_id == contact.id))


def list_parts(contact_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, Part]]:
    """By contact who of the family had what part in it."""
    found: dict[UUID, dict[UUID, Part]] = {}
    rows = select(ContactPerson).where(ContactPerson.contact_id.in_(contact_ids))
    for row in db.session.scalars(rows):
        found.setdefault(row.contact_id, {})[row.person_id] = row.part
    return found


def list_written(family_id: UUID, by_id: UUID) -> Sequence[Contact]:
    """The last contacts with a family that one person recorded, as they stand, the latest first."""
    query = select(Contact).where(Contact.family_id == family_id, Contact.by_id == by_id, Contact.replaced_at.is_(None))  # fmt: skip
    latest = query.order_by(Contact.happened_on.desc(), Contact.recorded_at.desc())
    return db.session.scalars(latest.limit(LAST_WRITTEN)).all()


def works_with(family_id: UUID, user_id: UUID) -> bool:
    """Whether a person leads a family, or covers today for whoever does; where support has ended: whoever led last."""
    episode = find_episode(family_id, get_programme().id)
    if episode is None or episode.lead_worker_id is None:
        return False
    covered = {cover.user_id for cover in list_covers_by(user_id, clock.today())}
    return episode.lead_worker_id in {user_id, *covered}
