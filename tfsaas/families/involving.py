"""Who else works with a family; and which families somebody of another agency may see, in the part they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, select

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.db import NotFound, Refused, db
from tfsaas.families.involved import Involvement, Sees
from tfsaas.families.models import Episode, Family
from tfsaas.permissions import Permission, roles_that_may
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.scope import actor, lock


class InvolvementRefused(Refused):
    """It cannot be so; `field` is what it is about, the text says what to do."""


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of another agency. `user_id` None: without an account."""

    user_id: UUID | None
    name: str
    agency: str
    does: str
    phone: str
    sees: Sees


@dataclass(frozen=True, slots=True)
class OwnFamily:
    """A family that somebody of another agency is involved with."""

    family: Family
    involvement: Involvement
    episode: Episode
    lead: User | None


def involve(family_id: UUID, who: Colleague, from_on: date) -> Involvement:
    """Record that somebody works with a family from a day on. Sent twice, it is recorded once.

    Raises:
        InvolvementRefused: they are involved already, their account cannot be used so, or the day is to come.
    """
    if from_on > clock.today():
        raise InvolvementRefused("from_on", "The day must be today or in the past")
    if who.user_id is not None and who.user_id not in {user.id for user in list_partners()}:
        raise InvolvementRefused("user_id", "Choose an account of another agency that is in use")
    lock(f"involved with {family_id}")
    for known in list_involved(family_id):
        same = (known.name, known.agency) == (who.name, who.agency)
        if same and _as_colleague(known) == who and known.from_on == from_on:
            return known
        if same or (who.user_id is not None and known.user_id == who.user_id):
            raise InvolvementRefused("name", "They are involved already. End that first if something about it changes")  # fmt: skip
    made = Involvement(
        id=uuid4(), family_id=family_id, user_id=who.user_id, name=who.name, agency=who.agency, does=who.does,
        phone=who.phone, sees=who.sees, from_on=from_on, until_on=None, recorded_at=clock.now(), by_id=actor(),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


def _as_colleague(row: Involvement) -> Colleague:
    return Colleague(row.user_id, row.name, row.agency, row.does, row.phone, row.sees)


def end_involvement(family_id: UUID, involvement_id: UUID) -> None:
    """They no longer work with the family; what they saw of it they see no more from now on.

    Raises:
        NotFound: there is none with that id for this family.
    """
    query = select(Involvement).where(
        Involvement.id == involvement_id, Involvement.family_id == family_id
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("nobody so involved")
    if found.until_on is None:
        found.until_on = max(clock.today(), found.from_on)


def list_involved(family_id: UUID) -> Sequence[Involvement]:
    """Who works with a family now, the longest first."""
    query = select(Involvement).where(Involvement.family_id == family_id)
    query = query.where(Involvement.until_on.is_(None))
    return db.session.scalars(query.order_by(Involvement.from_on, Involvement.name)).all()


def list_partners() -> Sequence[User]:
    """Accounts of other agencies that are in use, by name."""
    others = User.role.in_(roles_that_may(Permission.SEE_OWN_FAMILIES))
    query = select(User).where(User.disabled_at.is_(None), others).order_by(User.name)
    return db.session.scalars(query).all()


def _own() -> ColumnElement[bool]:
    """Those of the person who asks, with an open case; nothing for anybody else."""
    return and_(Involvement.user_id == actor(), Involvement.until_on.is_(None))


def list_own_families() -> Sequence[OwnFamily]:
    """The families that the person who asks is involved with, by name."""
    return _read(_own())


def get_own_family(family_id: UUID) -> OwnFamily:
    """One of them.

    Raises:
        NotFound: the person is not involved with it, or no longer.
    """
    found = _read(and_(_own(), Family.id == family_id))
    if not found:
        raise NotFound("not a family of this person")
    return found[0]


def _read(wanted: ColumnElement[bool]) -> list[OwnFamily]:
    rows = db.session.execute(
        select(Family, Involvement, Episode, User)
        .join(Involvement, Involvement.family_id == Family.id)
        .join(Episode, and_(Episode.family_id == Family.id, Episode.closed_on.is_(None)))
        .outerjoin(User, User.id == Episode.lead_worker_id)
        .where(wanted, Episode.programme_id == get_programme().id)
        .order_by(Family.name_key, Family.id)
    )
    return [OwnFamily(*row) for row in rows]
