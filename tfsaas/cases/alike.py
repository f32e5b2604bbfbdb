"""People on record who may be the one that is being entered."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select

from tfsaas.db import db
from tfsaas.families.forms import PersonForm
from tfsaas.families.identifiers import fingerprint
from tfsaas.families.models import Family, Person, Scheme
from tfsaas.families.protecting import list_protected
from tfsaas.loads.match_queries import name_families_of
from tfsaas.loads.pairing import find_alike
from tfsaas.matching.people import somebody

EVEN = 0.5  # brothers and sisters of one home are below


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """Somebody on record, in how far they are alike, and the families they are or were in."""

    person: Person
    why: str
    families: Sequence[Family]


def count_open_doubles(person: Person, address: str, postcode: str) -> int:
    """How many other records may be this person and still show an address. `address`, `postcode`: those to be hidden."""
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    who = somebody(person.given_name, person.family_name, born, address, postcode, {})
    ids = {alike.person_id for alike in find_alike(who) if alike.score >= EVEN} - {person.id}
    shows = or_(Person.address != "", Person.postcode != "")
    shown = select(Person.id).where(Person.id.in_(ids - list_protected(ids)), shows)
    return len(db.session.scalars(shown).all())


def list_alike(form: PersonForm) -> list[AlikeRow]:
    """Who on record may be the person of a filled-in form, the likeliest first."""
    born = form.date_of_birth.data
    numbers = {scheme.value: fingerprint(scheme, form[scheme.value].data) for scheme in Scheme if form[scheme.value].data}  # fmt: skip
    found = find_alike(
        somebody(
            form.given_name.data or "",
            form.family_name.data or "",
            born.isoformat() if born else "",
            form.address.data or "",
            form.postcode.data or "",
            numbers,
        )
    )
    ids = [alike.person_id for alike in found]
    people = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    families = name_families_of(ids)
    return [
        AlikeRow(people[alike.person_id], alike.why, families.get(alike.person_id, []))
        for alike in found
    ]
