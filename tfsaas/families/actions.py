"""Adding and changing families, people, stays, relationships and episodes."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.attributes import flag_modified

from tfsaas.audit.trail import record_act
from tfsaas.db import db
from tfsaas.families.allocating import lead
from tfsaas.families.identifiers import fingerprint, seal
from tfsaas.families.models import (
    Episode,
    Family,
    Identifier,
    Membership,
    Person,
    Relationship,
    RelationshipKind,
    Scheme,
)  # fmt: skip
from tfsaas.families.queries import find_episode
from tfsaas.rules.plan import PRINCIPLES
from tfsaas.tenants.queries import find_plan_in_force, get_programme

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that can be misread over the telephone
REFERENCE_LENGTH = 6


class FamilyRefused(Exception):
    """The change cannot be; `faults` gives for each field what to do, in the user's words."""

    def __init__(self, **faults: str) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults: dict[str, Sequence[str]] = {
            field: [message] for field, message in faults.items()
        }


class ChangedMeanwhile(Exception):
    """Somebody else saved the same record since it was opened."""


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is known of a person besides their stays."""

    given_name: str
    family_name: str
    date_of_birth: date | None
    address: str = ""
    postcode: str = ""


def new_reference(prefix: str, length: int = REFERENCE_LENGTH) -> str:
    """A reference that cannot be guessed from another. Many at once need a greater length, so that no two are alike."""
    return prefix + "-" + "".join(secrets.choice(ALPHABET) for _ in range(length))


def add_family(name: str, *, lead_worker_id: UUID | None = None) -> Family:
    """A new family with an open episode in the council's programme, support not begun."""
    family = Family(id=uuid4(), reference=new_reference("F"), name=name)
    db.session.add(family)
    db.session.flush()
    open_episode(family.id, lead_worker_id=lead_worker_id)
    return family


def open_episode(family_id: UUID, *, lead_worker_id: UUID | None = None) -> Episode:
    """A new episode for a family that has none open."""
    episode = Episode(id=uuid4(), family_id=family_id, programme_id=get_programme().id)
    db.session.add(episode)
    lead(episode, lead_worker_id)
    return episode


def rename_family(family: Family, name: str, *, version: int) -> None:
    """Change what a family is called.

    Raises:
        ChangedMeanwhile: the family is no longer at `version`.
    """
    _expect(family.version, version)
    family.name = name


def change_episode(
    episode: Episode,
    *,
    lead_worker_id: UUID | None,
    baseline_on: date | None,
    principles: dict[str, date | None],
    version: int,
) -> None:
    """Change who leads, when support began, and when each principle was reached.

    The episode is pinned to the plan in force on the day support began.

    Raises:
        FamilyRefused: no plan was in force on that day.
        ChangedMeanwhile: the episode is no longer at `version`.
    """
    _expect(episode.version, version)
    pin(episode, baseline_on)
    if episode.closed_on is None:
        lead(episode, lead_worker_id)  # who led what has ended is history
    for name in PRINCIPLES:
        setattr(episode, f"{name}_on", principles.get(name))


def pin(episode: Episode, baseline_on: date | None) -> None:
    """Set the day support began, and with it the plan that the episode is judged by.

    Raises:
        FamilyRefused: no plan was in force on that day, or support had ended by then.
    """
    if baseline_on == episode.baseline_on:
        return
    if baseline_on and episode.closed_on and baseline_on > episode.closed_on:
        raise FamilyRefused(baseline_on="Support ended before that day. Open the family again, or check the date")  # fmt: skip
    plan = find_plan_in_force(episode.programme_id, baseline_on) if baseline_on else None
    if baseline_on and plan is None:
        raise FamilyRefused(
            baseline_on="No outcomes plan was in force on that day. Check the date, or ask an administrator "
            "to publish a plan that was"
        )
    episode.baseline_on = baseline_on
    episode.plan_version_id = plan.id if plan else None


def get_or_open_episode(family_id: UUID) -> Episode:
    """The family's latest episode in the council's programme, opened if there is none."""
    return find_episode(family_id, get_programme().id) or open_episode(family_id)


def open_where_ended(family_id: UUID) -> Episode:
    """The family's open episode; a new one, led by nobody yet, where the last one has ended or there is none."""
    found = find_episode(family_id, get_programme().id)
    return open_episode(family_id) if found is None or found.closed_on is not None else found


def add_person(
    family_id: UUID, particulars: Particulars, *, resident: bool, joined_on: date
) -> Person:
    """A new person in a family."""
    person = Person(
        id=uuid4(),
        reference=new_reference("P"),
        given_name=particulars.given_name,
        family_name=particulars.family_name,
        date_of_birth=particulars.date_of_birth,
        address=particulars.address,
        postcode=particulars.postcode,
    )
    db.session.add(person)
    db.session.flush()
    db.session.add(
        Membership(family_id=family_id, person_id=person.id, resident=resident, joined_on=joined_on)
    )
    return person


def add_member(family_id: UUID, person_id: UUID, *, resident: bool, joined_on: date) -> None:
    """Somebody who is on record already becomes a member of a family.

    Raises:
        FamilyRefused: they are in it on that day.
    """
    try:
        with db.session.begin_nested():
            db.session.add(
                Membership(
                    family_id=family_id, person_id=person_id, resident=resident, joined_on=joined_on
                )
            )
            db.session.flush()
    except IntegrityError:
        raise FamilyRefused(joined_on="They are in this family already on some of these days") from None  # fmt: skip


def change_person(person: Person, particulars: Particulars, *, version: int) -> None:
    """Change what is known of a person.

    Raises:
        ChangedMeanwhile: the person is no longer at `version`.
    """
    _expect(person.version, version)
    person.given_name = particulars.given_name
    person.family_name = particulars.family_name
    person.date_of_birth = particulars.date_of_birth
    person.address = particulars.address
    person.postcode = particulars.postcode
    flag_modified(person, "given_name")  # stays and numbers move the version too


def lock_record(row: Family | Episode | Person) -> None:
    """Wait until nobody else is saving this record, and see what they saved."""
    db.session.refresh(row, with_for_update=True)


def change_stay(
    membership: Membership, *, resident: bool, joined_on: date, left_on: date | None
) -> None:
    """Change when a person joined and left a family, and whether they live with it.

    Raises:
        FamilyRefused: it would overlap another stay of theirs in the same family.
    """
    try:
        with db.session.begin_nested():
            membership.resident, membership.joined_on = resident, joined_on
            membership.left_on = left_on
            db.session.flush()
    except IntegrityError:
        raise FamilyRefused(
            joined_on="They are in this family already on some of these days. Change that stay instead"
        ) from None


def set_identifier(person_id: UUID, scheme: Scheme, value: str | None) -> None:
    """Keep a person's number, already checked; None takes it away."""
    known = db.session.scalar(
        select(Identifier).where(Identifier.person_id == person_id, Identifier.scheme == scheme)
    )
    if value is None:
        if known is not None:
            db.session.delete(known)
        return
    mark = fingerprint(scheme, value)
    if known is None:
        db.session.add(
            Identifier(person_id=person_id, scheme=scheme, value=seal(value), value_hash=mark)
        )
    elif known.value_hash != mark:
        known.value, known.value_hash = seal(value), mark


def relate(
    person_id: UUID,
    kind: RelationshipKind,
    other_id: UUID,
    days: tuple[date | None, date | None] = (None, None),
) -> None:
    """Record that a person is the `kind` of another. `days`: the first on which it held, and the first on which it no longer did.

    Raises:
        FamilyRefused: it is one and the same person, or it is recorded already.
    """
    if person_id == other_id:
        raise FamilyRefused(other="Choose two different people")
    known = db.session.scalar(
        select(Relationship).where(
            Relationship.person_id == person_id,
            Relationship.other_id == other_id,
            Relationship.kind == kind,
        )
    )
    if known is not None:
        raise FamilyRefused(other="This is recorded already")
    made = Relationship(id=uuid4(), person_id=person_id, kind=kind, other_id=other_id)
    date_relationship(made, *days)
    db.session.add(made)


def date_relationship(row: Relationship, from_on: date | None, to_on: date | None) -> None:
    """Say from when until when a relationship held; None: it is not known, or it still does.

    Raises:
        FamilyRefused: it would end before it began.
    """
    if from_on and to_on and to_on < from_on:
        raise FamilyRefused(to_on="The day it ended must not be before the day it began")
    row.from_on, row.to_on = from_on, to_on


def _expect(found: int, expected: int) -> None:
    if found != expected:
        raise ChangedMeanwhile


def assign_lead_worker(family_ids: Sequence[UUID], user_id: UUID) -> int:
    """Give many families one lead worker at once. Returns how many open episodes it was."""
    episodes = db.session.scalars(
        select(Episode).where(Episode.family_id.in_(family_ids), Episode.closed_on.is_(None))
    ).all()
    for episode in episodes:
        lead(episode, user_id)
    record_act("assign", "user_account", user_id, {"families": len(episodes)})
    return len(episodes)
