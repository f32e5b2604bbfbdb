"""Who leads which family, since when and why; and who looks after whose families meanwhile."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from tfsaas import clock
from tfsaas.accounts.models import User
from tfsaas.db import NotFound, Refused, db
from tfsaas.families.involved import Sees
from tfsaas.families.involving import Colleague, end_involvement, involve, list_involved
from tfsaas.families.models import Allocation, Cover, Episode
from tfsaas.permissions import Permission, may
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.scope import actor

WEIGHTS = {1: "Light", 2: "Middle", 3: "Heavy"}


class AllocationRefused(Refused):
    """It cannot be done so; `field` is what it is about, the text says what to do."""


def lead(episode: Episode, user_id: UUID | None, *, reason: str = "") -> None:
    """Let somebody lead an episode from now on (None: nobody), and keep who led before. Nothing happens when they do."""
    if episode.lead_worker_id == user_id:
        return
    moment = clock.now()
    if episode.lead_worker_id is not None:
        db.session.execute(
            update(Allocation)
            .where(Allocation.episode_id == episode.id, Allocation.until_at.is_(None))
            .values(until_at=moment)
            .execution_options(synchronize_session=False)
        )
    episode.lead_worker_id = user_id
    if user_id is not None:
        db.session.flush()
        db.session.add(
            Allocation(
                id=uuid4(), family_id=episode.family_id, episode_id=episode.id, user_id=user_id,
                from_at=moment, until_at=None, reason=reason, allocated_by_id=actor(),
            )
        )  # fmt: skip
        _let_see(episode.family_id, user_id)


def get_leader(user_id: UUID, permission: Permission = Permission.LEAD_FAMILIES) -> User:
    """Somebody who can lead families, of the council or of another agency: an account in use that may.

    Raises:
        NotFound: there is none such with that id here.
    """
    found = db.session.scalar(select(User).where(User.id == user_id, User.disabled_at.is_(None)))
    if found is None or not may(found.role, permission):
        raise NotFound("nobody who can lead families")
    return found


def _let_see(family_id: UUID, user_id: UUID) -> None:
    """Somebody of another agency who leads a family is involved with it, and so sees it in the part they need."""
    user = db.session.scalars(select(User).where(User.id == user_id)).one()
    if not may(user.role, Permission.SEE_OWN_FAMILIES):
        return
    agency = user.agency or "another agency"
    for row in list_involved(family_id):
        if row.user_id == user_id and row.sees is Sees.PLAN:
            return
        if row.user_id == user_id or (row.name, row.agency) == (user.name, agency):
            end_involvement(family_id, row.id)
    who = Colleague(user_id, user.name, agency, "Lead worker", user.phone, Sees.PLAN)
    involve(family_id, who, clock.today())


def hand_over(user_id: UUID, to_id: UUID, family_ids: Sequence[UUID], reason: str) -> int:
    """Let another worker of the council lead these families of somebody's, all of them or none. Returns how many.

    Raises:
        AllocationRefused: it is the same person, or one of the families has another lead worker by now.
    """
    if user_id == to_id:
        raise AllocationRefused("to", "Choose somebody else: they lead these families already")
    get_leader(to_id, Permission.CHANGE_FAMILIES)
    episodes = db.session.scalars(
        select(Episode)
        .where(Episode.family_id.in_(family_ids), Episode.programme_id == get_programme().id)
        .where(Episode.closed_on.is_(None), Episode.lead_worker_id == user_id)
        .order_by(Episode.id)
        .with_for_update()
    ).all()  # fmt: skip
    if {episode.family_id for episode in episodes} != set(family_ids):
        raise AllocationRefused("families", "One of these families has another lead worker by now. Look at the list again")  # fmt: skip
    for episode in episodes:
        lead(episode, to_id, reason=reason)
    return len(episodes)


def arrange_cover(user_id: UUID, covered_by_id: UUID, from_on: date, until_on: date) -> Cover:
    """Let somebody look after another person's families between two days, both included.

    Raises:
        AllocationRefused: it is the same person, the days are the wrong way round, or somebody covers on one of them already.
    """
    if user_id == covered_by_id:
        raise AllocationRefused("covered_by", "Choose somebody else: nobody covers for themselves")
    if until_on < from_on:
        raise AllocationRefused("until_on", "The last day must not be before the first")
    get_leader(covered_by_id, Permission.CHANGE_FAMILIES)
    away = select(Cover.id).where(Cover.user_id == covered_by_id, Cover.from_on <= until_on, Cover.until_on >= from_on)  # fmt: skip
    if db.session.scalar(away.limit(1)):
        raise AllocationRefused("covered_by", "They are away themselves on one of these days. Choose somebody else")  # fmt: skip
    same = select(Cover).where(Cover.user_id == user_id, Cover.covered_by_id == covered_by_id)
    if found := db.session.scalar(same.where(Cover.from_on == from_on, Cover.until_on == until_on)):
        return found  # sent twice
    cover = Cover(id=uuid4(), user_id=user_id, covered_by_id=covered_by_id, from_on=from_on, until_on=until_on)  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(cover)
    except IntegrityError:
        raise AllocationRefused("from_on", "Somebody covers for them on one of these days already. End that first") from None  # fmt: skip
    return cover


def end_cover(cover_id: UUID, on: date) -> None:
    """Let a cover end before that day, or never have been where it had not begun before. One that is over stays as it was.

    Raises:
        NotFound: there is none with that id here.
    """
    cover = db.session.scalar(select(Cover).where(Cover.id == cover_id))
    if cover is None:
        raise NotFound("no such cover")
    if cover.from_on >= on:
        db.session.delete(cover)
    elif cover.until_on >= on:
        cover.until_on = on - timedelta(days=1)


def list_covers_by(user_id: UUID, on: date) -> Sequence[Cover]:
    """For whom a person covers on a day."""
    query = select(Cover).where(Cover.covered_by_id == user_id, Cover.from_on <= on, Cover.until_on >= on)  # fmt: skip
    return db.session.scalars(query.order_by(Cover.until_on, Cover.id)).all()


def list_covers(on: date) -> Sequence[Cover]:
    """Covers that hold on a day, or will."""
    query = select(Cover).where(Cover.until_on >= on)
    return db.session.scalars(query.order_by(Cover.from_on, Cover.id)).all()


def list_allocations(family_id: UUID) -> Sequence[Allocation]:
    """Who led a family when, the latest first."""
    query = select(Allocation).where(Allocation.family_id == family_id)
    return db.session.scalars(query.order_by(Allocation.from_at.desc(), Allocation.id)).all()
