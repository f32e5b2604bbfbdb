"""Storing a checked and matched file, and undoing it: the same code for the rehearsal and the deed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas.db import Model, among, db
from tfsaas.evidence.store import Provenance
from tfsaas.evidence.taking import SHAPES, Source, Taken, count_unsaid, name_people, take_facts
from tfsaas.evidence.undoing import undo_facts
from tfsaas.families.actions import new_reference
from tfsaas.families.identifiers import fingerprint, seal
from tfsaas.families.keys import KEYS_VERSION, key_new_people
from tfsaas.families.models import Person
from tfsaas.loads.answers import mark_reference
from tfsaas.loads.checking import Checked
from tfsaas.loads.contradictions import sample_contradictions
from tfsaas.loads.forgetting import KEPT, forget_found_of
from tfsaas.loads.models import (
    Delivery,
    FoundPerson,
    IncomingMatch,
    MatchStatus,
    PartnerReference,
)
from tfsaas.loads.queries import get_load_of, list_own_agreements, list_own_loads
from tfsaas.loads.who import FilePerson
from tfsaas.tenants.bulk import insert_rows

SURE = (MatchStatus.LINKED, MatchStatus.SAME)
IN_BULK = 11  # characters of a reference of which 100,000 are drawn at once


def store_delivery(delivery: Delivery, checked: Checked, at: datetime) -> dict[str, Any]:
    """Store what a file says. Returns by signal how many facts are new, changed and so on, and what was dropped.

    Raises:
        Clashes: two rows that turn out to be about one person contradict each other.
    """
    person_of = _people_of(delivery)
    new = _add_found(delivery, checked, person_of, at) if delivery.finds_families else {}
    person_of |= new
    own_loads = list_own_loads(delivery.sharing_agreement_id, delivery.feed)
    source = Source(Provenance(delivery.load_id, at), own_loads)
    name_people(person_of, _stands_for())
    taken, dropped = Taken(), 0
    for shape in SHAPES:
        if found := checked.facts.get(shape.kind):
            columns = (found.lines, found.people, found.signals, *found.values)
            dropped += sum(number not in person_of for number in found.people)
            take_facts(shape, zip(*columns, strict=True), source, taken)
    if delivery.covers and delivery.covers_from and delivery.covers_to:
        count_unsaid(source, delivery.covers, (delivery.covers_from, delivery.covers_to), taken)
    _cover(delivery, at)
    _learn_references(delivery, checked.people, person_of)
    return {
        "counts": taken.counts,
        "contradictions": sample_contradictions(delivery.load_id),
        "dropped": dropped,
        "found": len(new),
    }  # fmt: skip


def _people_of(delivery: Delivery) -> dict[int, UUID]:
    """Whom each person of the file is, where that is sure."""
    rows = db.session.execute(
        select(IncomingMatch.number, IncomingMatch.person_id).where(
            IncomingMatch.delivery_id == delivery.id, IncomingMatch.status.in_(SURE)
        )
    )
    return dict(rows.tuples().all())


def _stands_for() -> dict[UUID, UUID]:
    """Everybody who is linked to a record that stands for them."""
    rows = db.session.execute(
        select(Person.id, Person.same_as_id).where(Person.same_as_id.is_not(None))
    )
    return {person: other for person, other in rows if other is not None}


def _cover(delivery: Delivery, at: datetime) -> None:
    """The file is complete for its signals and days."""
    rows = [
        [signal, delivery.covers_from, delivery.covers_to, delivery.load_id, at]
        for signal in delivery.covers
    ]
    columns = ("signal", "from_on", "to_on", "load_id", "recorded_at")
    insert_rows(Model.metadata.tables["coverage"], columns, rows)


def _learn_references(
    delivery: Delivery, people: Sequence[FilePerson], person_of: Mapping[int, UUID]
) -> None:
    """The partner's own numbers lead straight to their people next time."""
    wanted = {mark_reference(delivery.feed, person): person_of[person.number] for person in people if person.reference and person.number in person_of}  # fmt: skip
    held = db.session.scalars(
        select(PartnerReference).where(
            PartnerReference.sharing_agreement_id.in_(list_own_agreements(delivery.sharing_agreement_id)),
            among(PartnerReference.value_hash, wanted),
        )
    ).all()  # fmt: skip
    for row in held:
        if row.person_id != wanted[row.value_hash]:  # the number was given to somebody else
            row.person_id, row.load_id = wanted[row.value_hash], delivery.load_id
    db.session.flush()
    known = {row.value_hash for row in held}
    insert_rows(
        Model.metadata.tables["partner_reference"],
        ("sharing_agreement_id", "person_id", "load_id", "value_hash"),
        [
            [delivery.sharing_agreement_id, person, delivery.load_id, mark]
            for mark, person in wanted.items()
            if mark not in known
        ],
    )


def _add_found(
    delivery: Delivery, checked: Checked, person_of: Mapping[int, UUID], at: datetime
) -> dict[int, UUID]:
    """People nobody knew, kept because the load is for finding families."""
    speaks = {number for found in checked.facts.values() for number in found.people}
    named = (
        p for p in checked.people if p.given_name or p.family_name
    )  # the others nobody could tell from anybody
    new = {p.number: uuid4() for p in named if p.number not in person_of and p.number in speaks}
    people = [person for person in checked.people if person.number in new]
    columns = ("id", "reference", *KEPT)
    rows = [(new[p.number], new_reference("P", IN_BULK), *(getattr(p, name) for name in KEPT)) for p in people]  # fmt: skip
    insert_rows(
        Model.metadata.tables["person"],
        (*columns, "keys_version", "recorded_at", "version"),
        [(*row, KEYS_VERSION, at, 1) for row in rows],
    )
    key_new_people(SimpleNamespace(**dict(zip(columns, row, strict=True))) for row in rows)
    insert_rows(
        Model.metadata.tables["identifier"],
        ("person_id", "scheme", "value", "value_hash"),
        [
            [new[person.number], scheme.value, seal(number), fingerprint(scheme, number)]
            for person in people
            for scheme, number in person.identifiers.items()
        ],
    )
    found = [[new[person.number], delivery.load_id] for person in people]
    insert_rows(Model.metadata.tables[FoundPerson.__tablename__], ("person_id", "load_id"), found)
    return new


def undo_delivery(delivery: Delivery, at: datetime) -> dict[str, int]:
    """Undo a stored delivery: its facts, its coverage, and the partner's numbers it taught."""
    counts = undo_facts(get_load_of(delivery), at)
    forget_found_of(delivery)
    for name in ("partner_reference", "contradiction"):
        table = Model.metadata.tables[name]
        db.session.execute(table.delete().where(table.c.load_id == delivery.load_id))
    return counts
