"""Caseloads: who leads how many families of what weight, who waits for a lead worker, and what a successor must know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.db import db
from tfsaas.evidence.models import Event
from tfsaas.evidence.queries import believed
from tfsaas.families.allocating import list_covers
from tfsaas.families.models import Allocation, Episode, Family, Membership, Person
from tfsaas.families.queries import name_of, visible_families
from tfsaas.outcomes.facts import read_batches
from tfsaas.outcomes.models import Outlook
from tfsaas.permissions import Permission, Role, may
from tfsaas.planning.nearly import describe_step
from tfsaas.referrals.models import Referral
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.explanation import why
from tfsaas.rules.prose import tell_family
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import list_plan_versions
from tfsaas.tenants.settings import Team

LEADERS = [role for role in Role if may(role, Permission.CHANGE_FAMILIES)]
NEW = timedelta(days=7)
MOST = 200
SHOWN = 25
MOST_EVENTS = 3


@dataclass(frozen=True, slots=True)
class Caseload:
    """A person's caseload. `weight`: the sum over their families; `new`: taken on within a week; `covered_by`: today."""

    user: User
    team: str | None
    families: int
    weight: int
    new: int
    covered_by: UUID | None


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A family that nobody leads. `since`: when its referral was accepted; None: it was not referred."""

    family: Family
    team: str | None
    weight: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a successor must know of a family: from the record alone, nothing is written for it."""

    family: Family
    people: Sequence[str]
    told: str
    missing: Sequence[str]
    lately: Sequence[tuple[str, date]]
    referral: Referral | None


def list_caseloads(programme_id: UUID, on: date) -> list[Caseload]:
    """Everybody who can lead families, and who has left and still leads some; these first, then by name."""
    led = and_(
        Episode.tenant_id == User.tenant_id, Episode.lead_worker_id == User.id,
        Episode.programme_id == programme_id, Episode.closed_on.is_(None),
    )  # fmt: skip
    new = (
        select(func.count())
        .select_from(Allocation)
        .join(
            Episode,
            and_(Episode.tenant_id == Allocation.tenant_id, Episode.id == Allocation.episode_id),
        )
        .where(Episode.programme_id == programme_id, Episode.closed_on.is_(None))
        .where(Allocation.tenant_id == User.tenant_id, Allocation.user_id == User.id)
        .where(Allocation.until_at.is_(None), Allocation.from_at > clock.now() - NEW)
        .scalar_subquery()
    )
    families = func.count(Episode.id)
    rows = db.session.execute(
        select(User, Team.name, families, func.coalesce(func.sum(Episode.weight), 0), new)
        .outerjoin(Team, and_(Team.tenant_id == User.tenant_id, Team.id == User.team_id))
        .outerjoin(Episode, led)
        .group_by(User.tenant_id, User.id, Team.name)
        .having(or_(families > 0, and_(User.role.in_(LEADERS), User.disabled_at.is_(None))))
        .order_by(User.disabled_at.is_(None), User.name, User.id)
    )
    covers = {row.user_id: row.covered_by_id for row in list_covers(on) if row.from_on <= on}
    return [
        Caseload(user, team, count, weight, fresh, covers.get(user.id))
        for user, team, count, weight, fresh in rows
    ]


def list_waiting(programme_id: UUID) -> tuple[list[WaitingRow], int]:
    """The first families that nobody leads, the longest waiting first, those that were referred before the others; and how many there are."""
    accepted = (
        select(func.max(Referral.decided_at))
        .where(Referral.tenant_id == Family.tenant_id, Referral.family_id == Family.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Family, Team.name, Episode.weight, accepted, func.count().over())
        .join(Episode, and_(Episode.tenant_id == Family.tenant_id, Episode.family_id == Family.id))
        .outerjoin(Team, and_(Team.tenant_id == Episode.tenant_id, Team.id == Episode.team_id))
        .where(Episode.programme_id == programme_id, Episode.closed_on.is_(None))
        .where(Episode.lead_worker_id.is_(None), visible_families())
        .order_by(accepted.asc().nulls_last(), Family.name_key, Family.id)
        .limit(SHOWN)
    ).all()
    count = rows[0][4] if rows else 0
    return [WaitingRow(*row[:4]) for row in rows], count


def name_caseloads(caseloads: Sequence[Caseload]) -> dict[str, str]:
    """Who can be chosen to lead, each with how much they have: by id as text."""
    return {
        str(
            row.user.id
        ): f"{row.user.name}: {row.families} {'family' if row.families == 1 else 'families'}, weight {row.weight}"
        for row in caseloads
        if row.user.disabled_at is None and row.user.role in LEADERS
    }


def summarise(programme_id: UUID, user_id: UUID, on: date) -> list[HandOver]:
    """Of every family that a person leads what a successor must know, by name. The number of statements does not grow."""
    families = db.session.scalars(
        select(Family)
        .join(Episode, and_(Episode.tenant_id == Family.tenant_id, Episode.family_id == Family.id))
        .where(Episode.lead_worker_id == user_id, Episode.programme_id == programme_id)
        .where(Episode.closed_on.is_(None), visible_families())
        .order_by(Family.name_key, Family.id)
        .limit(MOST)
    ).all()
    ids = [family.id for family in families]
    people = _people(ids)
    told = _tell(programme_id, ids, people, on)
    missing, lately, referrals = _missing(ids, programme_id), _lately(ids), _referrals(ids)
    return [
        HandOver(
            family, [name_of(person) for person in people.get(family.id, [])], told.get(family.id, ""),
            missing.get(family.id, []), lately.get(family.id, []), referrals.get(family.id),
        )
        for family in families
    ]  # fmt: skip


def _people(ids: Sequence[UUID]) -> dict[UUID, list[Person]]:
    rows = db.session.execute(
        select(Membership.family_id, Person)
        .join(Person, and_(Person.tenant_id == Membership.tenant_id, Person.id == Membership.person_id))
        .where(Membership.family_id.in_(ids), Membership.left_on.is_(None))
        .order_by(Person.date_of_birth.asc().nulls_last(), Person.id)
    )  # fmt: skip
    found: dict[UUID, list[Person]] = {}
    for family_id, person in rows:
        found.setdefault(family_id, []).append(person)
    return found


def _tell(
    programme_id: UUID, ids: Sequence[UUID], people: dict[UUID, list[Person]], on: date
) -> dict[UUID, str]:
    """Why each family stands where it stands, in a paragraph."""
    names = {str(person.id): name_of(person) for held in people.values() for person in held}
    found = {}
    for batch in read_batches(programme_id, on, family_ids=ids):
        evaluated = evaluate(batch.plan, assemble(batch.tables), on)
        for at, family_id in enumerate(evaluated.family_ids):
            found[UUID(family_id)] = tell_family(why(evaluated, at), batch.plan, names)
    return found


def _missing(ids: Sequence[UUID], programme_id: UUID) -> dict[UUID, list[str]]:
    """What each family still lacks for a result, as the latest evaluation saw it."""
    plans = {version.id: plan_of(version) for version in list_plan_versions(programme_id)}
    rows = db.session.execute(
        select(Outlook.family_id, Outlook.plan_version_id, Outlook.missing).where(Outlook.family_id.in_(ids))
    )  # fmt: skip
    return {
        family_id: [describe_step(plans[version], name).title for name in missing]
        for family_id, version, missing in rows
        if version in plans
    }


def _lately(ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, date]]]:
    """The last things that happened in each family."""
    place = func.row_number().over(partition_by=Membership.family_id, order_by=Event.happened_on.desc())  # fmt: skip
    ranked = (
        select(Membership.family_id, Event.signal, Event.happened_on, place.label("place"))
        .join(Event, and_(Event.tenant_id == Membership.tenant_id, Event.person_id == Membership.person_id))
        .where(Membership.family_id.in_(ids), believed(Event), Event.happened_on >= Membership.joined_on)
        .where(or_(Membership.left_on.is_(None), Event.happened_on < Membership.left_on))
        .subquery()
    )  # fmt: skip
    rows = db.session.execute(
        select(ranked.c.family_id, ranked.c.signal, ranked.c.happened_on)
        .where(ranked.c.place <= MOST_EVENTS)
        .order_by(ranked.c.family_id, ranked.c.place)
    )
    found: dict[UUID, list[tuple[str, date]]] = {}
    for family_id, signal, day in rows:
        found.setdefault(family_id, []).append((signal, day))
    return found


def _referrals(ids: Sequence[UUID]) -> dict[UUID, Referral]:
    query = select(Referral).where(Referral.family_id.in_(ids)).order_by(Referral.received_at)
    return {row.family_id: row for row in db.session.scalars(query) if row.family_id}
