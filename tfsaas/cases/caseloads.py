"""Caseloads: who leads how many families of what weight, who waits for a lead worker, and what a successor must know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, func, or_, select

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.db import db
from tfsaas.evidence.queries import DatedFact, list_facts_of
from tfsaas.families.allocating import list_covers
from tfsaas.families.models import Allocation, Episode, Family
from tfsaas.families.queries import (
    Member,
    list_linked,
    list_members_of,
    select_present,
    visible_families,
)
from tfsaas.outcomes.at_hand import batches_of_families
from tfsaas.outcomes.facts import Batch
from tfsaas.outcomes.models import Outlook
from tfsaas.permissions import Permission, roles_that_may
from tfsaas.planning.nearly import describe_step
from tfsaas.referrals.models import Referral
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.explanation import why
from tfsaas.rules.prose import tell_family
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.settings import Team

WORKERS = roles_that_may(Permission.CHANGE_FAMILIES)
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
    """The council's workers, whoever else leads families, and who has left and still leads some; these first, then by name."""
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
        .having(or_(families > 0, and_(User.role.in_(WORKERS), User.disabled_at.is_(None))))
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
    """The council's workers, who can be chosen to lead, each with how much they have: by id as text."""
    return {
        str(
            row.user.id
        ): f"{row.user.known_as}: {row.families} {'family' if row.families == 1 else 'families'}, weight {row.weight}"
        for row in caseloads
        if row.user.disabled_at is None and row.user.role in WORKERS
    }


def summarise(
    programme_id: UUID, versions: Sequence[PlanVersion], user_id: UUID, on: date
) -> list[HandOver]:
    """Of every family that a person leads what a successor must know, by name. The number of statements does not grow.

    `versions`: the programme's plan versions.
    """
    rows = db.session.execute(
        select(Family, Episode)
        .join(Episode, and_(Episode.tenant_id == Family.tenant_id, Episode.family_id == Family.id))
        .where(Episode.lead_worker_id == user_id, Episode.programme_id == programme_id)
        .where(Episode.closed_on.is_(None), visible_families())
        .order_by(Family.name_key, Family.id)
        .limit(MOST)
    ).all()
    families, episodes = [row[0] for row in rows], [row[1] for row in rows]
    ids = [family.id for family in families]
    members = list_members_of(ids)
    person_ids = list({member.person.id for member in members})
    linked = list_linked(person_ids)
    facts = list_facts_of(ids, person_ids, linked=linked)
    people = _by_family(members)
    batches = batches_of_families(versions, episodes, members, facts, on, linked)
    told, missing = _tell(batches, people, on), _missing(ids, versions)
    lately, referrals = _lately(facts, people), _referrals(ids)
    return [
        HandOver(
            family, [member.name for member in people.get(family.id, [])], told.get(family.id, ""),
            missing.get(family.id, []), lately.get(family.id, []), referrals.get(family.id),
        )
        for family in families
    ]  # fmt: skip


def _by_family(members: Sequence[Member]) -> dict[UUID, list[Member]]:
    """Who is in each family now."""
    found: dict[UUID, list[Member]] = {}
    for member in select_present(members):
        found.setdefault(member.membership.family_id, []).append(member)
    return found


def _tell(
    batches: Sequence[Batch], people: Mapping[UUID, Sequence[Member]], on: date
) -> dict[UUID, str]:
    """Why each family stands where it stands, in a paragraph."""
    names = {str(m.person.id): m.name for held in people.values() for m in held}
    found = {}
    for batch in batches:
        evaluated = evaluate(batch.plan, assemble(batch.tables), on)
        for at, family_id in enumerate(evaluated.family_ids):
            found[UUID(family_id)] = tell_family(why(evaluated, at), batch.plan, names)
    return found


def _missing(ids: Sequence[UUID], versions: Sequence[PlanVersion]) -> dict[UUID, list[str]]:
    """What each family still lacks for a result, as the latest evaluation saw it."""
    plans = {version.id: plan_of(version) for version in versions}
    rows = db.session.execute(
        select(Outlook.family_id, Outlook.plan_version_id, Outlook.missing).where(Outlook.family_id.in_(ids))
    )  # fmt: skip
    return {
        family_id: [describe_step(plans[version], name).title for name in missing]
        for family_id, version, missing in rows
        if version in plans
    }


def _lately(
    facts: Sequence[DatedFact], people: Mapping[UUID, Sequence[Member]]
) -> dict[UUID, list[tuple[str, date]]]:
    """The last things that happened in each family to those who are in it, while they were. `facts`: the newest first."""
    events = [fact for fact in facts if fact.kind == "event"]
    found = {}
    for family_id, held in people.items():
        joined = {member.person.id: member.membership.joined_on for member in held}
        own = [f for f in events if f.person_id in joined and f.on >= joined[f.person_id]]
        found[family_id] = [(fact.signal, fact.on) for fact in own[:MOST_EVENTS]]
    return found


def _referrals(ids: Sequence[UUID]) -> dict[UUID, Referral]:
    query = select(Referral).where(Referral.family_id.in_(ids)).order_by(Referral.received_at)
    return {row.family_id: row for row in db.session.scalars(query) if row.family_id}
