"""Finding families among people who are in none: grouped, judged by the plan's indicators, ranked."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import delete, exists, func, or_, select
from sqlalchemy.orm import aliased

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.db import Model, among, db
from tfsaas.families.models import Identifier, Membership, Person, Relationship, RelationshipKind
from tfsaas.loads.grouping import RELATED, SAME_NUMBER, SAME_PERSON, Group, group_people, home_of
from tfsaas.loads.models import FamilyProposal, FoundPerson, ProposalMember, ProposalStatus
from tfsaas.outcomes.actions import working_day
from tfsaas.outcomes.facts import read_facts_of
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import Evaluated, evaluate
from tfsaas.rules.facts import Tables
from tfsaas.tenants.bulk import insert_rows
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import find_plan_in_force, find_programme
from tfsaas.tenants.scope import current_tenant, lock

FIND_FAMILIES = "find-families"
LONG_AGO = date(1900, 1, 1)


def find_families() -> int:
    """Propose families anew. What was decided about the same people stands. Returns how many are open."""
    lock("proposals")
    programme = find_programme()
    day = working_day(programme) if programme else clock.today()
    version = find_plan_in_force(programme.id, day) if programme else None
    if version is None:
        return 0
    groups = _groups()
    if groups:
        evaluated = evaluate(plan_of(version), assemble(_tables(groups, day)), day)
        count = _keep(groups, evaluated, day)
    else:
        count = 0
        _drop(set())
    record_act("propose", "council", current_tenant(), {"families": count})
    return count


def _groups() -> list[Group]:
    """People whom finding loads brought, and those who left their families, in groups; nobody who belongs to a family now."""
    record = aliased(Person)
    one = func.coalesce(record.same_as_id, record.id)
    stays = exists().where(
        Membership.tenant_id == record.tenant_id,
        Membership.person_id == record.id,
        Membership.left_on.is_(None),
        record.tenant_id == Person.tenant_id,
        one == func.coalesce(Person.same_as_id, Person.id),
    )
    brought = exists().where(FoundPerson.tenant_id == Person.tenant_id, FoundPerson.person_id == Person.id)  # fmt: skip
    was_in_one = exists().where(Membership.tenant_id == Person.tenant_id, Membership.person_id == Person.id)  # fmt: skip
    rows = db.session.execute(
        select(Person.id, Person.uprn, Person.address, Person.postcode, Person.same_as_id).where(
            or_(brought, was_in_one), ~stays
        )
    ).all()
    homes = {row.id: home_of(row.uprn, row.address, row.postcode) for row in rows}
    ties = [(row.id, row.same_as_id, SAME_PERSON) for row in rows if row.same_as_id]
    related = select(Relationship.person_id, Relationship.other_id).where(
        or_(among(Relationship.person_id, homes), among(Relationship.other_id, homes)),
        Relationship.kind != RelationshipKind.FORMER_PARTNER,
        or_(Relationship.to_on.is_(None), Relationship.to_on > clock.today()),
    )
    ties += [(one, other, RELATED) for one, other in db.session.execute(related)]
    ties += [(one, other, SAME_NUMBER) for one, other in _same_numbers(homes)]
    return group_people(homes, ties)


def _same_numbers(people: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Pairs of records that carry one and the same number."""
    one, other = aliased(Identifier), aliased(Identifier)
    rows = db.session.execute(
        select(one.person_id, other.person_id)
        .join(
            other,
            (other.tenant_id == one.tenant_id)
            & (other.scheme == one.scheme)
            & (other.value_hash == one.value_hash)
            & (other.person_id > one.person_id),
        )
        .where(among(one.person_id, people))
    )
    return [(first, second) for first, second in rows]


def _tables(groups: Sequence[Group], day: date) -> Tables:
    """The groups as families whose support would begin today."""
    births = {
        row.id: row.date_of_birth
        for row in db.session.execute(
            select(Person.id, Person.date_of_birth).where(among(Person.id, [p for g in groups for p in g.people]))
        )
    }  # fmt: skip
    families = [(str(at), day, None, None, None, None) for at in range(len(groups))]
    people = [
        (str(person), str(at), births[person], True, LONG_AGO, None)
        for at, group in enumerate(groups)
        for person in group.people
    ]
    return read_facts_of(families, people)


def _keep(groups: Sequence[Group], evaluated: Evaluated, day: date) -> int:
    """Keep every group that meets a headline, but those about whom somebody decided already.

    What was proposed before and waits keeps its page; only what the plan says of it now is changed.
    """
    known = {row.members_hash: row for row in db.session.scalars(select(FamilyProposal))}
    proposals, members, waiting = [], [], set()
    for at, group in enumerate(groups):
        codes, mark = evaluated.headlines(at), _hash(group.people)
        if not codes:
            continue
        if before := known.get(mark):
            if before.status is ProposalStatus.OPEN:
                waiting.add(before.id)
                before.evaluated_on, before.together = day, sorted(group.together)
                before.headlines, before.headline_count = codes, len(codes)
                before.qualifies = bool(evaluated.eligible[at])
            continue
        proposal_id = uuid4()
        proposals.append([
            proposal_id, ProposalStatus.OPEN.value, clock.now(), day, mark, json.dumps(sorted(group.together)), json.dumps(codes),
            len(codes), bool(evaluated.eligible[at]), "", 1,
        ])  # fmt: skip
        members += [[proposal_id, person] for person in group.people]
    _drop(waiting)
    tables = Model.metadata.tables
    columns = (
        "id", "status", "found_at", "evaluated_on", "members_hash", "together", "headlines", "headline_count", "qualifies",
        "reason", "version",
    )  # fmt: skip
    insert_rows(tables["family_proposal"], columns, proposals)
    insert_rows(tables[ProposalMember.__tablename__], ("family_proposal_id", "person_id"), members)
    return len(waiting) + len(proposals)


def _drop(waiting: Collection[UUID]) -> None:
    """Nobody is asked any more about what was proposed before, but for these."""
    db.session.flush()
    gone = FamilyProposal.status == ProposalStatus.OPEN, ~among(FamilyProposal.id, waiting)
    db.session.execute(delete(FamilyProposal).where(*gone))


def _hash(people: set[UUID]) -> str:
    return hashlib.sha256("|".join(sorted(map(str, people))).encode()).hexdigest()
