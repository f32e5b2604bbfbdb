"""People who were kept only to find families among them, and what becomes of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, exists, func, or_, select, update
from sqlalchemy.orm import aliased

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.db import Model, among, db
from tfsaas.evidence.models import Load
from tfsaas.families.finding_models import PairStatus, PersonPair
from tfsaas.families.models import Membership, Person, Relationship
from tfsaas.loads.linking import regroup
from tfsaas.loads.models import (
    OVER,
    Delivery,
    FamilyProposal,
    FoundPerson,
    IncomingMatch,
    ProposalMember,
    ProposalStatus,
    Step,
)
from tfsaas.tenants.council import find_setting
from tfsaas.tenants.scope import current_tenant, lock
from tfsaas.tenants.settings import Retention

OWN = ("identifier", "person_key", "found_person", "proposal_member", "remembered_answer", "referral_match")  # fmt: skip
KEPT = ("given_name", "family_name", "date_of_birth", "address", "postcode", "uprn")
FACTS = ("event", "period", "spell", "score", "attestation")
NAMED = ("referral_person", "relationship")  # where else somebody may stand
MONTH = timedelta(days=30.44)
MOST = 500  # at once


def forget_found_of(delivery: Delivery) -> None:
    """Of people whom the load brought and of whom nobody else speaks, nothing is kept but that there was somebody."""
    query = select(FoundPerson.person_id).where(FoundPerson.load_id == delivery.load_id)
    found = list(db.session.scalars(query))
    lock("proposals")
    # in the order in which accepting takes them: whoever is held here cannot become a member of a family meanwhile
    of_them = select(ProposalMember.family_proposal_id).where(among(ProposalMember.person_id, found))  # fmt: skip
    db.session.execute(select(FamilyProposal.id).where(FamilyProposal.id.in_(of_them)).order_by(FamilyProposal.id).with_for_update())  # fmt: skip
    db.session.execute(select(Person.id).where(among(Person.id, found)).order_by(Person.id).with_for_update())  # fmt: skip
    spoken = _spoken_of(found)
    theirs: dict[UUID, list[UUID]] = {}
    for person_id, load_id in spoken.items():
        if load_id is not None:  # they are that load's from now on
            theirs.setdefault(load_id, []).append(person_id)
    for load_id, held in theirs.items():
        db.session.execute(update(FoundPerson).where(among(FoundPerson.person_id, held)).values(load_id=load_id))  # fmt: skip
    people = [person for person in found if person not in spoken]
    db.session.execute(delete(FamilyProposal).where(FamilyProposal.status == ProposalStatus.OPEN, FamilyProposal.id.in_(of_them)))  # fmt: skip
    _blank(people)


def _blank(people: Sequence[UUID]) -> None:
    """Nothing is kept of these people but that there was somebody, who will not be proposed again."""
    tables = Model.metadata.tables
    theirs = list(db.session.scalars(select(ProposalMember.family_proposal_id).where(among(ProposalMember.person_id, people))))  # fmt: skip
    for name in OWN:
        table = tables[name]
        db.session.execute(table.delete().where(among(table.c.person_id, people)))
    left = exists().where(ProposalMember.family_proposal_id == FamilyProposal.id)
    db.session.execute(update(FamilyProposal).where(among(FamilyProposal.id, theirs), ~left).values(reason=""))  # fmt: skip
    either = or_(among(PersonPair.person_id, people), among(PersonPair.other_id, people))
    db.session.execute(delete(PersonPair).where(PersonPair.status == PairStatus.OPEN, either))
    empty = dict.fromkeys(KEPT, "") | {"date_of_birth": None}
    db.session.execute(tables["person"].update().where(among(tables["person"].c.id, people)).values(**empty))  # fmt: skip


def forget_strangers() -> int:
    """Erase people who were kept to find families among them, when the time that the council set is over.

    Facts are never erased: theirs are withdrawn, and say something of nobody. Whoever is in a
    family, named in a referral or linked with a record that stays, stays. Returns how many were erased.
    """
    kept = find_setting(Retention)
    if kept is None:
        return 0
    over = _over(clock.now() - kept.found_months * MONTH).limit(MOST)
    if db.session.scalar(over) is None:
        return 0
    lock("proposals")
    # a row that is held here cannot become a member of a family meanwhile
    gone = _whole(list(db.session.scalars(over.with_for_update(of=Person, skip_locked=True))))
    of_them = select(ProposalMember.family_proposal_id).where(among(ProposalMember.person_id, gone))
    db.session.execute(delete(FamilyProposal).where(FamilyProposal.status == ProposalStatus.OPEN, FamilyProposal.id.in_(of_them)))  # fmt: skip
    tables = Model.metadata.tables
    for kind in FACTS:
        table = tables[kind]
        theirs = among(table.c.person_id, gone) & table.c.withdrawn_at.is_(None)
        db.session.execute(table.update().where(theirs).values(withdrawn_at=clock.now(), withdrawn_load_id=table.c.load_id))  # fmt: skip
    for name in ("partner_reference", "incoming_match", "contradiction"):
        table = tables[name]
        db.session.execute(table.delete().where(among(table.c.person_id, gone)))
    _unlink(gone)
    _blank(gone)
    record_act("retention", "council", current_tenant(), {"people found": len(gone)})
    return len(gone)


def _whole(people: Sequence[UUID]) -> list[UUID]:
    """Those of these people of whom every record is among them; of the others one is held by somebody."""
    stands = dict(db.session.execute(select(Person.id, func.coalesce(Person.same_as_id, Person.id)).where(among(Person.id, people))).tuples().all())  # fmt: skip
    ones = set(stands.values())
    either = or_(among(Person.id, ones), among(Person.same_as_id, ones))
    records = select(Person.id, func.coalesce(Person.same_as_id, Person.id)).where(either)
    held = {one for record, one in db.session.execute(records) if record not in stands}
    return [person for person in people if stands[person] not in held]


def _unlink(people: Sequence[UUID]) -> None:
    """They stand for nobody any more, and nobody for them; whoever was one through them is linked anew."""
    beside = list(db.session.scalars(select(Person.id).where(among(Person.same_as_id, people))))
    either = or_(among(PersonPair.person_id, people), among(PersonPair.other_id, people))
    if db.session.execute(
        delete(PersonPair).where(either, PersonPair.status == PairStatus.LINKED)
    ).rowcount:  # type: ignore[attr-defined]
        regroup([*people, *beside])


def _over(before: datetime) -> Select[tuple[UUID]]:
    """People whose time is over, and of whose other records none stays."""
    due = _due(before).cte("due")
    other = aliased(Person)
    stays = other.id.not_in(select(due.c.person_id))
    beside = (  # one condition each, since each has an index
        exists().where(other.id == Person.same_as_id, stays),
        exists().where(other.same_as_id == Person.same_as_id, stays),
        exists().where(other.same_as_id == Person.id, stays),
    )
    query = (
        select(Person.id).join(due, due.c.person_id == Person.id).where(*(~each for each in beside))
    )
    return query.order_by(
        func.coalesce(Person.same_as_id, Person.id)
    )  # records of one person together


def _due(before: datetime) -> Select[tuple[UUID]]:
    """People found by loads that were stored before a moment, and to whom, under this record, nothing else belongs."""
    tables = Model.metadata.tables
    referral, named, alike = (
        tables[name] for name in ("referral", "referral_person", "referral_match")
    )
    waits = select(named.c.id).join(referral, referral.c.id == named.c.referral_id).where(referral.c.decided_at.is_(None))  # fmt: skip
    return (
        select(FoundPerson.person_id)
        .join(Load, (Load.tenant_id == FoundPerson.tenant_id) & (Load.id == FoundPerson.load_id))
        .join(Person, (Person.tenant_id == FoundPerson.tenant_id) & (Person.id == FoundPerson.person_id))
        .where(Load.ended_at < before)
        .where(~exists().where(Membership.tenant_id == Person.tenant_id, Membership.person_id == Person.id))
        .where(~exists().where(alike.c.tenant_id == Person.tenant_id, alike.c.person_id == Person.id, alike.c.referral_person_id.in_(waits)))
        .where(~exists().where(Relationship.tenant_id == Person.tenant_id, Relationship.other_id == Person.id))
        .where(~exists().where(IncomingMatch.tenant_id == Person.tenant_id, IncomingMatch.person_id == Person.id, IncomingMatch.delivery_id.in_(select(Delivery.id).where(Delivery.step.not_in(OVER)))))
        .where(*(~exists().where(table.c.tenant_id == Person.tenant_id, table.c.person_id == Person.id) for table in map(Model.metadata.tables.__getitem__, NAMED)))
    )  # fmt: skip


def _spoken_of(people: Sequence[UUID]) -> dict[UUID, UUID | None]:
    """Those of these people who are in a family, named by somebody or linked (None), or of whom another load speaks, stored or on its way."""
    found: dict[UUID, UUID | None] = {}
    for kind in ("event", "period", "spell", "score"):
        table = Model.metadata.tables[kind]
        query = select(table.c.person_id, table.c.load_id).where(among(table.c.person_id, people), table.c.withdrawn_at.is_(None))  # fmt: skip
        found |= dict(db.session.execute(query).tuples().all())
    waiting = (
        select(IncomingMatch.person_id, Delivery.load_id)
        .join(Delivery, (Delivery.tenant_id == IncomingMatch.tenant_id) & (Delivery.id == IncomingMatch.delivery_id))
        .where(among(IncomingMatch.person_id, people), Delivery.step.not_in(OVER), Delivery.step != Step.UNDOING)
    )  # fmt: skip
    found |= dict(db.session.execute(waiting).tuples().all())
    named: tuple[tuple[Any, tuple[Any, ...]], ...] = (
        (Membership.person_id, ()),
        (Model.metadata.tables["referral_person"].c.person_id, ()),
        (Relationship.person_id, ()),
        (Relationship.other_id, ()),
        (PersonPair.person_id, (PersonPair.status == PairStatus.LINKED,)),
        (PersonPair.other_id, (PersonPair.status == PairStatus.LINKED,)),
    )
    for column, which in named:
        found |= dict.fromkeys(db.session.scalars(select(column).where(among(column, people), *which)))  # fmt: skip
    return found
