"""Reading agreements and deliveries."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import defer

from tfsaas.db import NotFound, db
from tfsaas.evidence.models import Coverage, Load, LoadStatus
from tfsaas.loads.feeds import SAME_SYSTEM, system_of
from tfsaas.loads.models import (
    WAITS,
    ColumnMapping,
    Delivery,
    DropLink,
    SharingAgreement,
    Step,
)  # fmt: skip

LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
PAGE = 50


def list_agreements() -> Sequence[SharingAgreement]:
    """Every agreement, by partner, the newest first."""
    query = select(SharingAgreement).order_by(
        func.lower(SharingAgreement.partner), SharingAgreement.starts_on.desc()
    )
    return db.session.scalars(query).all()


def get_agreement(agreement_id: UUID) -> SharingAgreement:
    """One agreement of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    found = db.session.scalar(select(SharingAgreement).where(SharingAgreement.id == agreement_id))
    if found is None:
        raise NotFound("no such agreement")
    return found


def list_in_force(on: date) -> Sequence[SharingAgreement]:
    """The agreements in force on a day, by partner."""
    query = (
        select(SharingAgreement)
        .where(SharingAgreement.starts_on <= on)
        .where(or_(SharingAgreement.ends_on.is_(None), SharingAgreement.ends_on >= on))
        .order_by(func.lower(SharingAgreement.partner))
    )
    return db.session.scalars(query).all()


def get_delivery(delivery_id: UUID, *, locked: bool = False) -> Delivery:
    """One delivery of this council, without the file itself until it is asked for.

    `locked`: nobody else changes it until this unit of work ends.

    Raises:
        NotFound: there is none with that id here.
    """
    query = select(Delivery).where(Delivery.id == delivery_id)
    found = db.session.scalar(query.with_for_update() if locked else query)
    if found is None:
        raise NotFound("no such delivery")
    return found


def count_waiting() -> int:
    """How many partners' files wait for a person."""
    return db.session.scalar(select(func.count()).select_from(Delivery).where(Delivery.step.in_(WAITS))) or 0  # fmt: skip


def is_worked_on(delivery_id: UUID) -> bool:
    """Whether a job, or somebody else, holds a delivery at this moment."""
    query = select(Delivery.id).where(Delivery.id == delivery_id)
    free = db.session.scalar(query.with_for_update(skip_locked=True))
    return free is None and db.session.scalar(query) is not None


def find_delivery_of(load_id: UUID) -> UUID | None:
    """The delivery that brought a load; None: no partner's file did."""
    return db.session.scalar(select(Delivery.id).where(Delivery.load_id == load_id))


def get_load_of(delivery: Delivery) -> Load:
    """The load that a delivery is, or will be."""
    return db.session.scalars(select(Load).where(Load.id == delivery.load_id)).one()


def list_loads(limit: int = 50, skip: int = 0) -> list[tuple[Load, UUID | None, str | None]]:
    """Loads, those that wait for a person first, then the newest; of a partner's file also its delivery and how far that is."""
    rows = db.session.execute(
        select(Load, Delivery.id, Delivery.step)
        .outerjoin(Delivery, (Delivery.tenant_id == Load.tenant_id) & (Delivery.load_id == Load.id))
        .options(defer(Load.faults))
        .order_by(Delivery.step.in_(WAITS).desc().nulls_last(), Load.asked_at.desc(), Load.id)
        .limit(limit)
        .offset(skip)
    )
    return [(load, delivery, step.value if step else None) for load, delivery, step in rows]


def find_mapping(agreement_id: UUID, feed: str) -> ColumnMapping | None:
    """What was last said about the columns of a partner's files of a feed, under this agreement or one before; None: nothing yet."""
    own = list_own_agreements(agreement_id)
    return db.session.scalar(
        select(ColumnMapping)
        .where(ColumnMapping.sharing_agreement_id.in_(own), ColumnMapping.feed == feed)
        .order_by((ColumnMapping.sharing_agreement_id == agreement_id).desc(), ColumnMapping.id)
        .limit(1)
    )


def list_bringers(delivery: Delivery) -> set[UUID]:
    """Who brought a file, or made the link by which it came."""
    brought = select(Load.asked_by_id).where(Load.id == delivery.load_id)
    linked = select(DropLink.made_by_id).where(DropLink.delivery_id == delivery.id)
    return {user for user in db.session.scalars(brought.union_all(linked)) if user}


def was_refused_last(delivery: Delivery) -> bool:
    """Whether the partner's last file of this feed was refused although somebody had said which column is which."""
    own = list_own_agreements(delivery.sharing_agreement_id)
    last = db.session.execute(
        select(Delivery.step, Delivery.mapping)
        .join(Load, (Load.tenant_id == Delivery.tenant_id) & (Load.id == Delivery.load_id))
        .where(Delivery.sharing_agreement_id.in_(own), Delivery.feed == delivery.feed)
        .where(
            Delivery.id != delivery.id, Delivery.step.in_((Step.REFUSED, Step.STORED, Step.UNDONE))
        )
        .order_by(Load.asked_at.desc())
        .limit(1)
    ).first()
    return last is not None and last.step is Step.REFUSED and bool(last.mapping)


def list_own_agreements(agreement_id: UUID) -> list[UUID]:
    """Every agreement, past ones too, with the partner of this one."""
    name = func.lower(func.btrim(SharingAgreement.partner))
    partner = select(name).where(SharingAgreement.id == agreement_id)
    same = select(SharingAgreement.id).where(name.in_(partner))
    return list(db.session.scalars(same))


def list_own_loads(agreement_id: UUID, feed: str) -> list[UUID]:
    """The loads of the same partner and system, of every agreement with that partner."""
    own = list_own_agreements(agreement_id)
    system = [feed, *(code for code in SAME_SYSTEM if system_of(code) == system_of(feed)), system_of(feed)]  # fmt: skip
    query = select(Delivery.load_id).where(Delivery.feed.in_(system))
    return list(db.session.scalars(query.where(Delivery.sharing_agreement_id.in_(own))))


def was_loaded_since(delivery: Delivery, *, undoing: bool = False) -> bool:
    """Whether a load was stored or undone since the dry run of a delivery, or of undoing it; of one that says no moment: yes."""
    effect = (delivery.undo_effect if undoing else delivery.effect) or {}
    moment = str(effect.get("effect", {}).get("at", ""))
    done = select(Load.id).where(Load.status.in_((LoadStatus.STORED, LoadStatus.UNDONE)))
    since = Load.ended_at > (datetime.fromisoformat(moment) if moment else LONG_AGO)
    return db.session.scalar(done.where(since).limit(1)) is not None


def list_neighbours(delivery: Delivery) -> list[tuple[str, date | None, date | None]]:
    """For each signal of a delivery the last day of the files that began no later, and the first day of those that end no earlier.

    None where there is no such file. A file that reaches into these days gives its own end, or beginning.
    """
    first, last = delivery.covers_from, delivery.covers_to
    if first is None or last is None:
        return []
    own = Coverage.signal.in_(delivery.covers)
    others = Coverage.withdrawn_at.is_(None) & (Coverage.load_id.is_distinct_from(delivery.load_id))
    before = func.max(Coverage.to_on).filter(Coverage.from_on <= first)
    after = func.min(Coverage.from_on).filter(Coverage.to_on >= last)
    query = select(Coverage.signal, before, after).where(own, others).group_by(Coverage.signal)
    return [(signal, one, other) for signal, one, other in db.session.execute(query)]


def list_links(on: date) -> Sequence[tuple[DropLink, str]]:
    """The links made in the last weeks, each with the partner's name, the newest first."""
    rows = db.session.execute(
        select(DropLink, SharingAgreement.partner)
        .join(
            SharingAgreement,
            (SharingAgreement.tenant_id == DropLink.tenant_id)
            & (SharingAgreement.id == DropLink.sharing_agreement_id),
        )
        .where(func.date(DropLink.expires_at) >= on)
        .order_by(DropLink.made_at.desc())
        .limit(50)
    )
    return [(link, partner) for link, partner in rows]


def find_link(token_hash: str) -> DropLink | None:
    """The link with this token; None when there is none."""
    return db.session.scalar(
        select(DropLink).where(DropLink.token_hash == token_hash).with_for_update()
    )
