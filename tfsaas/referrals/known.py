"""What is known of the people in a referral: who they may be, earlier help, whether it held, and why they would qualify."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import aliased

from tfsaas.accounts.models import User
from tfsaas.db import among, db
from tfsaas.evidence.models import Event
from tfsaas.evidence.queries import believed
from tfsaas.families.models import Episode, Family, Membership, Person
from tfsaas.families.queries import name_of, visible_families
from tfsaas.loads.pairing import find_alike
from tfsaas.matching.people import somebody
from tfsaas.outcomes.actions import working_day
from tfsaas.outcomes.facts import read_facts_of
from tfsaas.outcomes.linked import read_linked
from tfsaas.outcomes.models import Result
from tfsaas.referrals.models import ReferralMatch, ReferralPerson
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.explanation import why
from tfsaas.rules.prose import tell_prospect
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import find_plan_in_force, find_programme

LONG_AGO = date(1900, 1, 1)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody on record who may be a person of the referral."""

    person: Person
    why: str
    families: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Named:
    """A person of a referral, with who they may be, the likeliest first, who they were said to be, and the families of all these."""

    told: ReferralPerson
    candidates: Sequence[Candidate]
    known: Person | None
    families: frozenset[UUID]


@dataclass(frozen=True, slots=True)
class EarlierHelp:
    """A family in which somebody of the referral is or was: when it was helped, by whom, and whether it held.

    `since`: the day from which `incidents` are counted: when its support ended, or else its
    result; None: neither.
    """

    family: Family
    baseline_on: date | None
    closed_on: date | None
    lead_worker: str | None
    confirmed_on: date | None
    since: date | None
    incidents: int


def find_matches(referral_id: UUID) -> int:
    """Look for each person of a referral among those on record, anew. Returns how many may be somebody."""
    people = list_people(referral_id)
    ids = [person.id for person in people]
    db.session.execute(delete(ReferralMatch).where(ReferralMatch.referral_person_id.in_(ids)))
    found = 0
    for person in people:
        born = person.date_of_birth.isoformat() if person.date_of_birth else ""
        who = somebody(person.given_name, person.family_name, born, person.address, person.postcode, {})  # fmt: skip
        alike = find_alike(who)
        found += bool(alike)
        db.session.add_all(
            ReferralMatch(referral_person_id=person.id, person_id=row.person_id, score=row.score, why=row.why)
            for row in alike
        )  # fmt: skip
    return found


def list_people(referral_id: UUID) -> Sequence[ReferralPerson]:
    """The people of a referral, as they were named."""
    query = select(ReferralPerson).where(ReferralPerson.referral_id == referral_id)
    return db.session.scalars(query.order_by(ReferralPerson.number)).all()


def list_named(referral_id: UUID) -> list[Named]:
    """The people of a referral with who they may be."""
    people = list_people(referral_id)
    matches = db.session.scalars(
        select(ReferralMatch)
        .where(ReferralMatch.referral_person_id.in_([person.id for person in people]))
        .order_by(ReferralMatch.score.desc(), ReferralMatch.person_id)
    ).all()
    ids = {row.person_id for row in matches} | {row.person_id for row in people if row.person_id}
    records = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    families = _families_of(ids)
    found: dict[UUID, list[Candidate]] = {}
    for match in matches:
        candidate = Candidate(
            records[match.person_id], match.why, families.get(match.person_id, [])
        )
        found.setdefault(match.referral_person_id, []).append(candidate)
    return [_named(told, found.get(told.id, []), records, families) for told in people]


def _named(
    told: ReferralPerson,
    candidates: Sequence[Candidate],
    records: Mapping[UUID, Person],
    families: Mapping[UUID, Sequence[UUID]],
) -> Named:
    known = records.get(told.person_id) if told.person_id else None
    held = {at for candidate in candidates for at in candidate.families}
    return Named(
        told, candidates, known, frozenset(held | set(families.get(known.id, []) if known else []))
    )


def _families_of(people: set[UUID]) -> dict[UUID, list[UUID]]:
    rows = db.session.execute(
        select(Membership.person_id, Membership.family_id)
        .join(Family, (Family.tenant_id == Membership.tenant_id) & (Family.id == Membership.family_id))
        .where(among(Membership.person_id, people), visible_families())
        .distinct()
    )  # fmt: skip
    found: dict[UUID, list[UUID]] = {}
    for person_id, family_id in rows:
        found.setdefault(person_id, []).append(family_id)
    return found


def list_earlier_help(named: Sequence[Named]) -> list[EarlierHelp]:
    """The families in which these people, or who they may be, are or were; those helped last first."""
    families = {at for row in named for at in row.families}
    since = func.coalesce(Episode.closed_on, Result.confirmed_on)
    rows = db.session.execute(
        select(Family, Episode.baseline_on, Episode.closed_on, User.known_as, Result.confirmed_on, since)
        .outerjoin(Episode, (Episode.tenant_id == Family.tenant_id) & (Episode.family_id == Family.id))
        .outerjoin(User, (User.tenant_id == Episode.tenant_id) & (User.id == Episode.lead_worker_id))
        .outerjoin(Result, (Result.tenant_id == Episode.tenant_id) & (Result.family_id == Episode.family_id) & (Result.programme_id == Episode.programme_id))
        .where(among(Family.id, families), visible_families())
        .order_by(Episode.baseline_on.desc().nulls_last(), Family.name_key)
    ).all()  # fmt: skip
    counts = _count_incidents({(row[0].id, row[5]) for row in rows if row[5]})
    return [
        EarlierHelp(
            family, began, closed, lead, confirmed, since_on, counts.get((family.id, since_on), 0)
        )
        for family, began, closed, lead, confirmed, since_on in rows
    ]


def _count_incidents(since: set[tuple[UUID, date]]) -> dict[tuple[UUID, date], int]:
    """By family and day the events of its people after that day, while they were in it."""
    if not since:
        return {}
    stay = aliased(Membership)
    rows = db.session.execute(
        select(stay.family_id, Event.id, Event.happened_on)
        .join(Event, (Event.tenant_id == stay.tenant_id) & (Event.person_id == stay.person_id))
        .where(among(stay.family_id, {family_id for family_id, _ in since}), believed(Event))
        .where(Event.happened_on > min(day for _, day in since), Event.happened_on >= stay.joined_on)
        .where(or_(stay.left_on.is_(None), Event.happened_on < stay.left_on))
        .distinct()
    ).all()  # fmt: skip
    return {
        (family_id, day): sum(found == family_id and on > day for found, _, on in rows)
        for family_id, day in since
    }


def tell_known(named: Sequence[Named]) -> str:
    """Why the people whom somebody recognised would qualify, or not, in a paragraph; "" while nobody is, or no plan applies."""
    known = {row.known.id: row for row in named if row.known}
    programme = find_programme()
    on = working_day(programme) if programme else None
    version = find_plan_in_force(programme.id, on) if programme and on else None
    if not known or version is None or on is None:
        return ""
    people = [
        (
            str(person_id),
            "family",
            row.known.date_of_birth if row.known else None,
            row.told.resident is not False,
            LONG_AGO,
            None,
        )
        for person_id, row in known.items()
    ]
    tables = read_facts_of([("family", on, None, None, None, None)], people)
    explained = why(evaluate(plan_of(version), assemble(tables), on), 0)
    names = {str(at): name_of(row.known) for at, row in known.items() if row.known}
    names |= {stands: names[record] for record, stands in read_linked().items() if record in names}
    return tell_prospect(explained, names)
