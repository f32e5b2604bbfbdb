"""The list of families, and what a worker has to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Text,
    Uuid,
    and_,
    bindparam,
    func,
    or_,
    select,
    tuple_,
)

from tfsaas.accounts.models import User
from tfsaas.db import NotFound, db
from tfsaas.families.models import Episode, Family
from tfsaas.families.queries import visible_families
from tfsaas.outcomes.models import Evaluation, Outlook, Result, Standing

PAGE = 25
MOST_COUNTED = 1000
CONFIRMED = "confirmed"
PROGRAMME: BindParameter[UUID] = bindparam("programme", type_=Uuid())
AFTER_EVERY_NAME = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. None: not narrowed."""

    lead_worker_id: UUID | None = None
    unled: bool = False  # only those that nobody leads
    headline: str | None = None
    status: str | None = None  # a standing's name, or `CONFIRMED`
    name: str | None = None  # the beginning of a family's name, or its reference


@dataclass(frozen=True, slots=True)
class FamilyRow:
    """A family as a list shows it."""

    id: UUID
    reference: str
    name: str
    baseline_on: date | None
    lead_worker: str | None
    standing: Standing | None
    headlines: Sequence[str]
    confirmed_on: date | None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list. `after`: where the next one begins, None on the last. `count` None: too many to count."""

    rows: Sequence[FamilyRow]
    after: UUID | None
    count: int | None


def list_families(
    programme_id: UUID, filters: Filters, *, after: UUID | None = None, limit: int = PAGE
) -> Page:
    """A page of the families a person may see, by name."""
    told = _values(filters) | ({"after": after} if after else {})
    values = told | {"programme": programme_id, "limit": limit + 1}
    found = db.session.execute(_statement(frozenset(told)), values).all()
    many = found[0].many if found else 0
    rows = [FamilyRow(*row[:-1]) for row in found[:limit]]
    return Page(
        rows=rows,
        after=rows[-1].id if len(found) > limit else None,
        count=many if many <= MOST_COUNTED else None,
    )


@dataclass(frozen=True, slots=True)
class FileHead:
    """What a family's file begins with. None: no episode, no result, not looked at yet."""

    family: Family
    episode: Episode | None
    result: Result | None
    outlook: Outlook | None


def get_file_head(family_id: UUID, programme_id: UUID) -> FileHead:
    """A family that the person may see, its latest episode, and its result.

    Raises:
        NotFound: there is none with that id here, or not for this person.
    """
    told = {"family": family_id, "programme": programme_id}
    row = db.session.execute(_head(), told).first()
    if row is None:
        raise NotFound("no such family")
    return FileHead(*row)


@cache
def _head() -> Select[Any]:
    return (
        select(Family, Episode, Result, Outlook)
        .outerjoin(Episode, and_(
            Episode.tenant_id == Family.tenant_id, Episode.family_id == Family.id, Episode.programme_id == PROGRAMME,
        ))
        .outerjoin(Result, and_(
            Result.tenant_id == Family.tenant_id, Result.family_id == Family.id, Result.programme_id == PROGRAMME,
        ))
        .outerjoin(Outlook, and_(Outlook.tenant_id == Family.tenant_id, Outlook.family_id == Family.id))
        .where(Family.id == bindparam("family"), visible_families())
        .order_by(Episode.closed_on.desc().nulls_first(), Episode.baseline_on.desc().nulls_last())
        .limit(1)
    )  # fmt: skip


@cache
def _statement(told: frozenset[str]) -> Select[Any]:
    """What reads a page and counts, by which filters are told: put together once, not for each page."""
    listed = _joined().where(*(CONDITIONS[name] for name in sorted(told & CONDITIONS.keys())))
    some = listed.limit(MOST_COUNTED + 1).order_by(None).subquery()
    many = select(func.count()).select_from(some).scalar_subquery().label("many")
    if "after" in told:
        last = select(Family.name_key, Family.id).where(Family.id == bindparam("after")).subquery()
        beyond = tuple_(Family.name_key, Family.id) > tuple_(last.c.name_key, last.c.id)
        listed = listed.join(last, beyond)
    ordered = listed.add_columns(many).order_by(Family.name_key, Family.id)
    return ordered.limit(bindparam("limit", type_=Integer()))


def _joined() -> Select[Any]:
    return (
        select(
            Family.id, Family.reference, Family.name, Episode.baseline_on, User.known_as, Evaluation.standing,
            func.coalesce(Evaluation.headlines, []), Result.confirmed_on,
        )
        .outerjoin(Episode, and_(
            Episode.tenant_id == Family.tenant_id, Episode.family_id == Family.id,
            Episode.programme_id == PROGRAMME, Episode.closed_on.is_(None),
        ))
        .outerjoin(User, and_(User.tenant_id == Episode.tenant_id, User.id == Episode.lead_worker_id))
        .outerjoin(Evaluation, and_(
            Evaluation.tenant_id == Family.tenant_id, Evaluation.family_id == Family.id, Evaluation.is_current,
        ))
        .outerjoin(Result, and_(
            Result.tenant_id == Family.tenant_id, Result.family_id == Family.id, Result.programme_id == PROGRAMME,
        ))
        .where(visible_families())
    )  # fmt: skip


CONDITIONS: dict[str, ColumnElement[bool]] = {
    "lead_worker": Episode.lead_worker_id == bindparam("lead_worker"),
    "unled": and_(Episode.id.is_not(None), Episode.lead_worker_id.is_(None)),
    "headline": Evaluation.headlines.contains(bindparam("headline", type_=ARRAY(Text()))),
    "confirmed": Result.id.is_not(None),
    "standing": and_(Evaluation.standing == bindparam("standing"), Result.id.is_(None)),
    "begins": or_(
        and_(Family.name_key >= bindparam("begins"), Family.name_key < bindparam("name_end")),
        Family.reference == bindparam("reference"),
    ),
}


def _values(filters: Filters) -> dict[str, Any]:
    """The filters that are told, by the names of `CONDITIONS`, and what else these ask."""
    found: dict[str, Any] = {}
    if filters.lead_worker_id:
        found["lead_worker"] = filters.lead_worker_id
    if filters.unled:
        found["unled"] = True
    if filters.headline:
        found["headline"] = [filters.headline]
    if filters.status:
        is_confirmed = filters.status == CONFIRMED
        found |= {"confirmed": True} if is_confirmed else {"standing": Standing(filters.status)}
    if filters.name:
        begins = filters.name.strip().lower()
        found |= {"begins": begins, "name_end": begins + AFTER_EVERY_NAME, "reference": begins.upper()}  # fmt: skip
    return found


def list_ready(programme_id: UUID, limit: int = PAGE) -> Sequence[FamilyRow]:
    """Families whose evaluation gives a result that nobody has confirmed yet, by name."""
    return list_families(programme_id, Filters(status=Standing.RESULT.value), limit=limit).rows


def list_led(programme_id: UUID, user_id: UUID, limit: int = 100) -> Sequence[FamilyRow]:
    """The families that a person leads, by name."""
    return list_families(programme_id, Filters(lead_worker_id=user_id), limit=limit).rows
