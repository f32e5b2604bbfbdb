"""Families that were found: read, accepted, joined to a known family, or set aside."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from tfsaas import clock
from tfsaas.db import NotFound, db
from tfsaas.evidence.models import Load
from tfsaas.evidence.queries import DatedFact, list_facts
from tfsaas.families.actions import add_family, add_member, open_where_ended
from tfsaas.families.models import Family, Membership, Person
from tfsaas.families.queries import find_episode, list_linked
from tfsaas.loads.grouping import name_family
from tfsaas.loads.models import FamilyProposal, FoundPerson, ProposalMember, ProposalStatus
from tfsaas.tenants.queries import find_programme
from tfsaas.tenants.scope import actor

NOBODY = UUID(int=0)  # a family's id that is none: only facts about people are asked for


MEANWHILE = "Somebody else decided about this family meanwhile, or somebody of it is in a family already. Look for families again"


class ProposalRefused(Exception):
    """It cannot be decided so; the text says why, for the user."""


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A found family as the list shows it."""

    proposal: FamilyProposal
    name: str
    people: int


def list_proposals(limit: int = 50) -> list[ProposalRow]:
    """Found families that wait: those that qualify first, then by headlines met."""
    query = select(FamilyProposal).where(FamilyProposal.status == ProposalStatus.OPEN)
    rank = (
        FamilyProposal.qualifies.desc(),
        FamilyProposal.headline_count.desc(),
        FamilyProposal.id,
    )
    return _named(db.session.scalars(query.order_by(*rank).limit(limit)).all())


def list_decided(limit: int = 20) -> list[ProposalRow]:
    """Found families about which somebody decided, the latest first."""
    query = select(FamilyProposal).where(FamilyProposal.status != ProposalStatus.OPEN)
    latest = query.order_by(FamilyProposal.decided_at.desc(), FamilyProposal.id)
    return _named(db.session.scalars(latest.limit(limit)).all())


def _named(proposals: Sequence[FamilyProposal]) -> list[ProposalRow]:
    rows = db.session.execute(
        select(ProposalMember.family_proposal_id, Person.family_name)
        .join(
            Person,
            (Person.tenant_id == ProposalMember.tenant_id)
            & (Person.id == ProposalMember.person_id),
        )
        .where(ProposalMember.family_proposal_id.in_([row.id for row in proposals]))
    )
    names: dict[UUID, list[str]] = {}
    for proposal_id, name in rows:
        names.setdefault(proposal_id, []).append(name)
    return [ProposalRow(p, name_family(names.get(p.id, [])), len(names.get(p.id, []))) for p in proposals]  # fmt: skip


def list_sources(people: Sequence[Person]) -> list[str]:
    """Which loads brought these people."""
    rows = db.session.scalars(
        select(Load.source)
        .join(
            FoundPerson,
            (FoundPerson.tenant_id == Load.tenant_id) & (FoundPerson.load_id == Load.id),
        )
        .where(FoundPerson.person_id.in_([person.id for person in people]))
        .distinct()
    )
    return sorted(rows)


def count_open() -> int:
    """How many found families wait."""
    query = select(func.count()).where(FamilyProposal.status == ProposalStatus.OPEN)
    return db.session.scalar(query) or 0


def get_proposal(proposal_id: UUID, *, locked: bool = False) -> FamilyProposal:
    """One found family of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    query = select(FamilyProposal).where(FamilyProposal.id == proposal_id)
    found = db.session.scalar(query.with_for_update() if locked else query)
    if found is None:
        raise NotFound("no such proposal")
    return found


def list_people(proposal_id: UUID) -> Sequence[Person]:
    """The people of a found family, the eldest first."""
    return db.session.scalars(
        select(Person)
        .join(
            ProposalMember,
            (ProposalMember.tenant_id == Person.tenant_id)
            & (ProposalMember.person_id == Person.id),
        )
        .where(ProposalMember.family_proposal_id == proposal_id)
        .order_by(Person.date_of_birth.asc().nulls_last(), Person.id)
    ).all()


def count_facts(people: Sequence[Person]) -> list[tuple[str, int, date]]:
    """What is on record of them: signal, how often, and the latest day."""
    facts: Sequence[DatedFact] = list_facts(NOBODY, [person.id for person in people])
    latest: dict[str, date] = {}
    for fact in facts:
        latest[fact.signal] = max(latest.get(fact.signal, fact.on), fact.on)
    counted = Counter(fact.signal for fact in facts)
    return [(signal, counted[signal], latest[signal]) for signal in sorted(counted)]


def accept(proposal: FamilyProposal, chosen: Collection[UUID], *, version: int) -> Family:
    """Make those chosen of a found family one of the council's, its support not begun.

    Raises:
        ProposalRefused: it is decided already, or nobody of it is chosen.
    """
    people = _chosen(proposal, chosen)
    _decide(proposal, ProposalStatus.ACCEPTED, version)
    family = add_family(name_family([person.family_name for person in people]))
    _move_in(proposal, family, people)
    return family


def join(
    proposal: FamilyProposal, family: Family, chosen: Collection[UUID], *, version: int
) -> None:
    """Make those chosen of the people found members of a family on record; support that has ended there begins anew.

    Raises:
        ProposalRefused: it is decided already, or nobody of it is chosen.
    """
    people = _chosen(proposal, chosen)
    _decide(proposal, ProposalStatus.JOINED, version)
    _move_in(proposal, family, people)
    programme = find_programme()
    last = find_episode(family.id, programme.id) if programme else None
    if last is not None and last.closed_on is not None:
        open_where_ended(family.id)  # so that it stands where somebody allocates it


def _chosen(proposal: FamilyProposal, chosen: Collection[UUID]) -> list[Person]:
    """Those who belong; whoever is left out stays found, and may be proposed again with others."""
    people = [person for person in list_people(proposal.id) if person.id in chosen]
    if not people:
        raise ProposalRefused("Choose who belongs to the family")
    return people


def take_back(proposal: FamilyProposal, *, version: int) -> None:
    """Let a family that was set aside wait again.

    Raises:
        ProposalRefused: it was not set aside, or somebody else decided meanwhile.
    """
    if proposal.status is not ProposalStatus.SET_ASIDE or proposal.version != version:
        raise ProposalRefused(MEANWHILE)
    proposal.status, proposal.reason = ProposalStatus.OPEN, ""
    proposal.decided_at, proposal.decided_by_id = None, None


def set_aside(proposal: FamilyProposal, reason: str, *, version: int) -> None:
    """Not a family for the programme; the same people are not proposed again.

    Raises:
        ProposalRefused: it is decided already.
    """
    _decide(proposal, ProposalStatus.SET_ASIDE, version)
    proposal.reason = reason


def _decide(proposal: FamilyProposal, status: ProposalStatus, version: int) -> None:
    if proposal.status is not ProposalStatus.OPEN or proposal.version != version:
        raise ProposalRefused(MEANWHILE)
    if status is not ProposalStatus.SET_ASIDE and not _is_nowhere(proposal):
        raise ProposalRefused(MEANWHILE)
    proposal.status, proposal.decided_at, proposal.decided_by_id = status, clock.now(), actor()


def _is_nowhere(proposal: FamilyProposal) -> bool:
    """Whether there is somebody, and nobody of them became a member of a family meanwhile."""
    people = [person.id for person in list_people(proposal.id)]
    everybody = [*people, *list_linked(people)]
    members = select(Membership.id).where(Membership.person_id.in_(everybody), Membership.left_on.is_(None))  # fmt: skip
    return bool(people) and db.session.scalar(members.limit(1)) is None


def _move_in(proposal: FamilyProposal, family: Family, people: Sequence[Person]) -> None:
    proposal.family_id = family.id
    ids = [person.id for person in people]
    last = select(Membership.person_id, func.max(Membership.left_on)).where(Membership.person_id.in_(ids))  # fmt: skip
    left = dict(db.session.execute(last.group_by(Membership.person_id)).tuples().all())
    for person in people:
        # since when they live together nobody has said: their facts count from birth on, or from the day they left another
        since = left.get(person.id) or person.date_of_birth or date(1900, 1, 1)
        add_member(family.id, person.id, resident=True, joined_on=since)
