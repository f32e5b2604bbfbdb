"""Families on record that people who were found belong to, belonged to, or live with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import or_, select

from tfsaas.db import db
from tfsaas.families.finding_models import PersonKey
from tfsaas.families.models import Episode, Family, Membership, Person
from tfsaas.families.queries import list_linked, visible_families
from tfsaas.loads.grouping import home_of
from tfsaas.outcomes.models import Result
from tfsaas.tenants.models import Programme

Help = tuple[date | None, date | None, date | None, str]  # begun, closed, confirmed, programme


@dataclass(frozen=True, slots=True)
class KnownFamily:
    """A family on record, and why it is shown.

    `helped`: each time it was helped, the latest first: since when (None: not begun), until when
    (None: still), when its result was confirmed (None: it was not), and in which programme.
    """

    family: Family
    was_member: bool
    helped: Sequence[Help]


def list_known_near(people: Sequence[Person]) -> list[KnownFamily]:
    """Families in which these people were, or whose members live or lived where they do, that the user may see."""
    homes = [home_of(p.uprn, p.address, p.postcode) for p in people]
    ids = {p.id for p in people} | set(list_linked([p.id for p in people]))
    codes = {f"z:{p.postcode.replace(' ', '')}" for p in people if p.postcode}
    uprns = {p.uprn for p in people if p.uprn}
    keyed = select(PersonKey.person_id).where(PersonKey.key.in_(codes))
    rows = db.session.execute(
        select(Family, Person)
        .join(Membership, (Membership.tenant_id == Family.tenant_id) & (Membership.family_id == Family.id))
        .join(Person, (Person.tenant_id == Membership.tenant_id) & (Person.id == Membership.person_id))
        .where(or_(Person.id.in_(keyed), Person.uprn.in_(uprns), Person.id.in_(ids)), visible_families())
    )  # fmt: skip
    found: dict[UUID, tuple[Family, bool]] = {}
    for family, person in rows:
        home = home_of(person.uprn, person.address, person.postcode)
        if person.id in ids or any(home.is_same(other) for other in homes):
            was = found.get(family.id, (family, False))[1]
            found[family.id] = (family, was or person.id in ids)
    helped = _list_help(list(found))
    known = [KnownFamily(family, was, helped.get(key, [])) for key, (family, was) in found.items()]
    return sorted(known, key=lambda row: (not row.was_member, row.family.name_key))


def _list_help(families: Sequence[UUID]) -> dict[UUID, list[Help]]:
    rows = db.session.execute(
        select(Episode.family_id, Episode.baseline_on, Episode.closed_on, Result.confirmed_on, Programme.title)
        .join(Programme, (Programme.tenant_id == Episode.tenant_id) & (Programme.id == Episode.programme_id))
        .outerjoin(Result, (Result.tenant_id == Episode.tenant_id) & (Result.family_id == Episode.family_id) & (Result.programme_id == Episode.programme_id))
        .where(Episode.family_id.in_(families))
        .order_by(Episode.baseline_on.desc().nulls_last(), Episode.id)
    )  # fmt: skip
    found: dict[UUID, list[Help]] = {}
    for family_id, *help_given in rows:
        found.setdefault(family_id, []).append(tuple(help_given))
    return found
