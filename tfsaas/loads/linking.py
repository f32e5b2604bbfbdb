"""Records that may be one person: found, linked, taken apart again. Linked records keep their own rows."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, exists, func, or_, select, text, update
from sqlalchemy.orm import aliased

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.db import Model, NotFound, db
from tfsaas.families.finding_models import PairStatus, PersonPair
from tfsaas.families.keys import index_missing
from tfsaas.families.models import Membership, Person
from tfsaas.families.protecting import hide_together
from tfsaas.loads.council import SAMPLE, everybody, read_council
from tfsaas.matching.deciding import MOST_UNDER_A_KEY, REVIEW_AT, fit, judge_pairs
from tfsaas.matching.levels import compare_pairs
from tfsaas.outcomes.models import StaleMark
from tfsaas.tenants.bulk import insert_rows
from tfsaas.tenants.scope import actor, current_tenant, lock

FIND_PAIRS = "find-pairs"
MOST_PAIRS = 2_000


PAGE = 25
BY_HAND = "said by hand"
MEANWHILE = "Somebody else decided about these two meanwhile. Look again"
APART = "{} and {} were said to be two people, and this would make them one. Take that back first"

ITSELF = "This is the same record. Choose another one"
CHAIN = "The two are one person by way of other links. Take one of those back first"


class PairRefused(Exception):
    """It cannot be decided so; the text says why, for the user."""


@dataclass(frozen=True, slots=True)
class PairRow:
    """Two records side by side."""

    pair: PersonPair
    one: Person
    other: Person


def find_pairs() -> int:
    """Look through everybody for people entered twice. Decided pairs are left alone. Returns how many are new."""
    lock("pairs")
    index_missing()
    rows = db.session.execute(text(SHARED_KEYS), {"most": MOST_UNDER_A_KEY}).all()
    if not rows:
        return 0
    council = read_council(sorted({person for row in rows for person in row}))
    place = {person: at for at, person in enumerate(council.ids)}
    at, to = (np.array([place[row[side]] for row in rows], dtype=np.int64) for side in (0, 1))
    levels = compare_pairs(council.people, council.people, at, to)
    model = fit(council.people, council.people, levels, everybody(council.people, SAMPLE))
    found = [
        (score, council.ids[at[k]], council.ids[to[k]], why)
        for k, (score, why) in enumerate(
            judge_pairs(council.people, council.people, (at, to), model)
        )
        if score >= REVIEW_AT
    ]
    return _keep(sorted(found, reverse=True))


SHARED_KEYS = """
with few as (
    select key from person_key where substr(key, 1, 2) in ('n:', 'b:', 'f:', 'c:', 'p:', 'a:')
    group by key having count(*) between 2 and :most
)
select distinct a.person_id, b.person_id from few
join person_key a on a.key = few.key join person_key b on b.key = few.key and a.person_id < b.person_id
union
select a.person_id, b.person_id from identifier a
join identifier b on b.scheme = a.scheme and b.value_hash = a.value_hash and a.person_id < b.person_id
"""


def _keep(found: Sequence[tuple[float, UUID, UUID, str]]) -> int:
    known = {
        (row.person_id, row.other_id)
        for row in db.session.execute(select(PersonPair.person_id, PersonPair.other_id))
    }
    columns = ("person_id", "other_id", "score", "why", "status", "found_at", "reason", "version")
    new = [
        [one, other, score, why, PairStatus.OPEN.value, clock.now(), "", 1]
        for score, one, other, why in found
        if (one, other) not in known
    ][:MOST_PAIRS]
    insert_rows(Model.metadata.tables["person_pair"], columns, new)
    record_act("find", "council", current_tenant(), {"pairs": len(new)})
    return len(new)


def list_pairs(status: PairStatus, limit: int = PAGE, skip: int = 0) -> list[PairRow]:
    """Pairs that stand so: open ones the likeliest first, others the latest first. Open ones that other links settle are left out."""
    first = PersonPair.score if status is PairStatus.OPEN else PersonPair.decided_at
    query = select(PersonPair).where(PersonPair.status == status)
    if status is PairStatus.OPEN:
        query = query.where(~_is_settled())
    ordered = query.order_by(first.desc(), PersonPair.id).limit(limit).offset(skip)
    return _with_people(db.session.scalars(ordered).all())


def list_pairs_of(person_id: UUID) -> list[PairRow]:
    """Every pair that a record stands in, links first."""
    either = or_(PersonPair.person_id == person_id, PersonPair.other_id == person_id)
    pairs = db.session.scalars(select(PersonPair).where(either).order_by(PersonPair.id)).all()
    return _with_people(sorted(pairs, key=lambda pair: pair.status is not PairStatus.LINKED))


def _is_settled() -> ColumnElement[bool]:
    """Whether both records of a pair stand for one person already, by way of others."""
    one, other = aliased(Person), aliased(Person)
    same = func.coalesce(one.same_as_id, one.id) == func.coalesce(other.same_as_id, other.id)
    return (
        exists()
        .where(one.tenant_id == PersonPair.tenant_id, one.id == PersonPair.person_id)
        .where(other.tenant_id == PersonPair.tenant_id, other.id == PersonPair.other_id)
        .where(same)
    )


def _with_people(pairs: Sequence[PersonPair]) -> list[PairRow]:
    ids = {person for pair in pairs for person in (pair.person_id, pair.other_id)}
    people = {row.id: row for row in db.session.scalars(select(Person).where(Person.id.in_(ids)))}
    return [PairRow(pair, people[pair.person_id], people[pair.other_id]) for pair in pairs]


def count_pairs() -> dict[PairStatus, int]:
    """How many pairs stand how."""
    rows = db.session.execute(
        select(PersonPair.status, func.count())
        .where(or_(PersonPair.status != PairStatus.OPEN, ~_is_settled()))
        .group_by(PersonPair.status)
    )
    found: dict[PairStatus, int] = dict.fromkeys(PairStatus, 0)
    return found | dict(rows.tuples().all())


def decide_pair(pair_id: UUID, status: PairStatus, *, version: int) -> PersonPair:
    """Link two records, keep them apart, or take back what was decided. Every row stays where it is.

    Raises:
        NotFound: there is no such pair here.
        PairRefused: somebody else decided meanwhile, or it would make one person of two who were said to be two.
    """
    lock("pairs")
    pair = db.session.scalar(select(PersonPair).where(PersonPair.id == pair_id).with_for_update())
    if pair is None:
        raise NotFound("no such pair")
    if pair.version != version:
        raise PairRefused(MEANWHILE)
    if status is PairStatus.LINKED:
        _refuse_two(pair.person_id, pair.other_id)
    if status is PairStatus.APART:
        _refuse_one(pair.person_id, pair.other_id)
    pair.status = status
    is_open = status is PairStatus.OPEN
    pair.decided_at, pair.decided_by_id = (None, None) if is_open else (clock.now(), actor())
    db.session.flush()
    regroup([pair.person_id, pair.other_id])
    if is_open and pair.why.startswith(BY_HAND):
        db.session.delete(pair)  # nothing but what somebody said, and takes back, speaks for it
    elif is_open:
        pair.reason = ""
    return pair


def _refuse_two(one: UUID, other: UUID) -> None:
    """Raises PairRefused where linking these makes one of two others who were said to be two."""
    people = _reach([one, other])
    apart = select(PersonPair).where(
        PersonPair.status == PairStatus.APART,
        PersonPair.person_id.in_(people),
        PersonPair.other_id.in_(people),
    )
    for row in _with_people(db.session.scalars(apart).all()):
        if {row.one.id, row.other.id} != {one, other}:
            raise PairRefused(APART.format(row.one.reference, row.other.reference))


def _refuse_one(one: UUID, other: UUID) -> None:
    """Raises PairRefused where two are one person by way of other links."""
    people = _reach([one, other])
    links = [link for link in _links_among(people) if set(link) != {one, other}]
    if any({one, other} <= group for group in _components(people, links)):
        raise PairRefused(CHAIN)


def link_people(one: UUID, other: UUID, why: str) -> PersonPair:
    """Link two records that somebody knows to be one person.

    Raises:
        PairRefused: as `decide_pair`.
    """
    if one == other:
        raise PairRefused(ITSELF)
    lock("pairs")
    _refuse_two(one, other)
    first, second = sorted((one, other))
    pair = db.session.scalar(
        select(PersonPair).where(PersonPair.person_id == first, PersonPair.other_id == second)
    )
    if pair is None:
        pair = PersonPair(
            person_id=first, other_id=second, score=1.0, why=why, found_at=clock.now()
        )
        db.session.add(pair)
        db.session.flush()
    decided = decide_pair(pair.id, PairStatus.LINKED, version=pair.version)
    decided.reason = why
    db.session.flush()
    return decided


def regroup(person_ids: Collection[UUID]) -> None:
    """Say anew who stands for whom among all who are, or were, linked with these people.

    Who stands for whom follows from the links alone, so they can be undone in any order.
    """
    everybody = _reach(person_ids)
    links = _links_among(everybody)
    groups = _components(everybody, links)
    for group in groups:
        first = min(group)
        _stand(first, None)
        for record in group:
            if record != first:
                _stand(record, first)
        hide_together(group)
    _mark_stale(everybody)


def _reach(person_ids: Collection[UUID]) -> set[UUID]:
    """These people, all who stand for them or are stood for, and all linked with any of those."""
    found = set(person_ids)
    while True:
        pairs = select(PersonPair.person_id, PersonPair.other_id).where(
            PersonPair.status == PairStatus.LINKED,
            or_(PersonPair.person_id.in_(found), PersonPair.other_id.in_(found)),
        )
        same = select(Person.id, Person.same_as_id).where(
            or_(Person.id.in_(found), Person.same_as_id.in_(found))
        )
        more = {person for query in (pairs, same) for row in db.session.execute(query) for person in row if person}  # fmt: skip
        if more <= found:
            return found
        found |= more


def _links_among(people: set[UUID]) -> list[tuple[UUID, UUID]]:
    rows = db.session.execute(
        select(PersonPair.person_id, PersonPair.other_id).where(
            PersonPair.status == PairStatus.LINKED, PersonPair.person_id.in_(people)
        )
    )
    return [(one, other) for one, other in rows]


def _components(people: set[UUID], links: Sequence[tuple[UUID, UUID]]) -> list[set[UUID]]:
    group = {person: {person} for person in people}
    for one, other in links:
        if group[one] is not group[other]:
            group[one] |= group[other]
            for person in group[other]:
                group[person] = group[one]
    return list({id(members): members for members in group.values()}.values())


def _stand(record: UUID, other: UUID | None) -> None:
    db.session.execute(
        update(Person)
        .where(Person.id == record, Person.same_as_id.is_distinct_from(other))
        .values(same_as_id=other)
        .execution_options(synchronize_session=False)
    )


def _mark_stale(people: Collection[UUID]) -> None:
    """The families of everybody concerned are evaluated anew."""
    families = db.session.scalars(
        select(Membership.family_id).where(Membership.person_id.in_(people)).distinct()
    )
    rows = [[family] for family in families]
    insert_rows(Model.metadata.tables[StaleMark.__tablename__], ("family_id",), rows)
