"""Addresses that must stay hidden: kept encrypted and apart, so that no page, search, list or file can show them by mistake."""

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.db import among, db
from tfsaas.families.identifiers import seal, unseal
from tfsaas.families.models import Membership, Person
from tfsaas.families.protected import ProtectedAddress
from tfsaas.tenants.scope import actor

POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)
MAY_HOLD = (
    "This may hold an address that must stay hidden: somebody in this family has one. "
    "Take it out, or confirm below that it is not theirs"
)
SHORTEST_PART = 5  # letters of a part of an address below which finding them means nothing


@dataclass(frozen=True, slots=True)
class HiddenAddress:
    """What is hidden."""

    address: str
    postcode: str


def protect_address(person: Person, hidden: HiddenAddress) -> None:
    """Hide a person's address: from now on it stands nowhere but here, and so do those of their other records."""
    _hide(person, hidden)
    hide_together(_list_records(person))


def hide_together(records: Collection[UUID]) -> None:
    """Of records that are one person, where one's address is hidden, hide those of the others; each keeps its own."""
    own = select(ProtectedAddress.person_id).where(among(ProtectedAddress.person_id, records))
    hidden = set(db.session.scalars(own))
    if not hidden:
        return
    others = select(Person).where(among(Person.id, set(records) - hidden))
    for person in db.session.scalars(
        others.where(or_(Person.address != "", Person.postcode != ""))
    ):
        _hide(person, HiddenAddress(person.address, person.postcode))


def _hide(person: Person, hidden: HiddenAddress) -> None:
    row = _find(person.id)
    if row is None:
        row = ProtectedAddress(id=uuid4(), person_id=person.id)
        db.session.add(row)
    row.sealed = seal(json.dumps([hidden.address, hidden.postcode]))
    row.protected_at, row.protected_by_id = clock.now(), actor()
    person.address = person.postcode = person.uprn = ""
    db.session.flush()


def stop_protecting(person: Person, hidden: HiddenAddress | None) -> None:
    """Hide the address no longer; it stands with the person again where `hidden` is given."""
    row = _find(person.id)
    if row is not None:
        db.session.delete(row)
    if hidden is not None:
        person.address, person.postcode = hidden.address, hidden.postcode


def reveal_address(person_id: UUID, family_id: UUID, reason: str) -> HiddenAddress | None:
    """The hidden address, with an entry in the trail that says who asked and why; None when there is none."""
    found = find_hidden(person_id)
    if found is not None:
        record_act("unmask", "protected_address", person_id, {"why": reason}, family_id=family_id)
    return found


def find_hidden(person_id: UUID) -> HiddenAddress | None:
    """What is hidden, without a trace; for changing it, and for looking whether a text gives it away."""
    row = _find(person_id)
    return None if row is None else HiddenAddress(*json.loads(unseal(row.sealed)))


def _find(person_id: UUID) -> ProtectedAddress | None:
    query = select(ProtectedAddress).where(ProtectedAddress.person_id == person_id)
    return db.session.scalar(query)


def _list_records(person: Person) -> list[UUID]:
    """A person's records: this one, and those linked to it."""
    stands = person.same_as_id or person.id
    query = select(Person.id).where(or_(Person.id == stands, Person.same_as_id == stands))
    return list(db.session.scalars(query))


def list_protected(person_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these people whose address is hidden, under whichever of their records."""
    query = select(Person.id).where(among(Person.id, person_ids), _stands(Person).in_(_hidden()))
    return set(db.session.scalars(query))


def _stands(person: Any) -> Any:
    """The record that stands for a person."""
    return func.coalesce(person.same_as_id, person.id)


def _hidden() -> Select[tuple[UUID]]:
    """Everybody whose address is hidden, by the record that stands for them."""
    record = aliased(Person)
    return select(_stands(record)).join(ProtectedAddress, ProtectedAddress.person_id == record.id)


def has_protected(family_id: UUID) -> bool:
    """Whether anybody who is or was in a family has a hidden address."""
    query = select(Membership.id).join(Person, Person.id == Membership.person_id)
    query = query.where(Membership.family_id == family_id, _stands(Person).in_(_hidden()))
    return db.session.scalar(query.limit(1)) is not None


def may_give_away(family_id: UUID, texts: Sequence[str]) -> bool:
    """Whether a text about a family may hold an address that must stay hidden.

    It does when anybody who is or was in the family has one, under any of their records, and the
    text has a postcode, or a part of the address that has a number.
    """
    record = aliased(Person)
    members = select(_stands(Person)).join(Membership, Membership.person_id == Person.id)
    query = (
        select(ProtectedAddress.sealed)
        .join(record, record.id == ProtectedAddress.person_id)
        .where(_stands(record).in_(members.where(Membership.family_id == family_id)))
    )
    hidden = [HiddenAddress(*json.loads(unseal(sealed))) for sealed in db.session.scalars(query)]
    if not hidden:
        return False
    told = " ".join(texts)
    parts = [_fold(part) for found in hidden for part in re.split(r"[,\n]", found.address)]
    return bool(POSTCODE.search(told)) or any(
        len(part) >= SHORTEST_PART
        and any(letter.isdigit() for letter in part)
        and part in _fold(told)
        for part in parts
    )


def _fold(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
