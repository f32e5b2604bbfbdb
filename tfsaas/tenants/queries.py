"""Reading councils, programmes and what was in force on a day."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Text, bindparam, select

from tfsaas.db import NotFound, db
from tfsaas.tenants.models import (
    IN_FORCE,
    FundingArrangement,
    Host,
    PlanVersion,
    Programme,
    PublishedFigure,
    TargetRevision,
    Tenant,
    Term,
)
from tfsaas.tenants.scope import current_tenant

# what every page asks is put together once
COUNCIL_OF_HOST = (
    select(Tenant.id, Tenant.name).join(Host).where(Host.name == bindparam("host", type_=Text()))
)
CURRENT = (
    select(Programme).where(Programme.is_current).order_by(Programme.starts_on.desc()).limit(1)
)
DOCUMENTS = (
    select(PlanVersion.document)
    .where(PlanVersion.programme_id == bindparam("programme"))
    .order_by(PlanVersion.number.desc())
)
TERMS = select(Term).order_by(Term.first_on)
VERSIONS = (
    select(PlanVersion)
    .where(PlanVersion.programme_id == bindparam("programme"))
    .order_by(PlanVersion.number.desc())
)


class CouncilOfHost(NamedTuple):
    """A council as the edge of a request needs it."""

    id: UUID
    name: str


def find_council_of_host(host: str) -> CouncilOfHost | None:
    """The council that `host` (without port) leads to; None when it leads to none."""
    row = db.session.execute(COUNCIL_OF_HOST, {"host": host.lower()}).first()
    return CouncilOfHost(*row) if row else None


def find_tenant_by_slug(slug: str) -> Tenant | None:
    """The council with this short name; None when there is none."""
    return db.session.scalar(select(Tenant).where(Tenant.slug == slug))


def list_tenants() -> Sequence[tuple[Tenant, str]]:
    """Every council with its first host name, by name."""
    rows = db.session.execute(
        select(Tenant, Host.name).join(Host).order_by(Tenant.name, Host.name).distinct(Tenant.name)
    )
    return [(tenant, host) for tenant, host in rows]


def get_host() -> str:
    """The first host name of the council of this unit of work.

    Raises:
        NotFound: none leads to it.
    """
    query = select(Host.name).where(Host.tenant_id == current_tenant()).order_by(Host.name)
    found = db.session.scalar(query.limit(1))
    if found is None:
        raise NotFound("no host leads to the council")
    return found


def get_tenant() -> Tenant:
    """The council of this unit of work."""
    tenant = db.session.get(Tenant, current_tenant())
    if tenant is None:
        raise NotFound("the council is gone")
    return tenant


def find_programme() -> Programme | None:
    """The programme that families join now; None before the set-up has one."""
    return db.session.scalar(CURRENT)


def get_programme() -> Programme:
    """The programme that families join now.

    Raises:
        NotFound: the council has not set one up.
    """
    programme = find_programme()
    if programme is None:
        raise NotFound("the council has no programme yet")
    return programme


def list_programmes() -> Sequence[Programme]:
    """The council's programmes, past and present, oldest first."""
    return db.session.scalars(select(Programme).order_by(Programme.starts_on)).all()


def list_targets(programme_id: UUID) -> Sequence[TargetRevision]:
    """The revisions of a programme's target, oldest first."""
    return db.session.scalars(
        select(TargetRevision)
        .where(TargetRevision.programme_id == programme_id)
        .order_by(TargetRevision.from_on)
    ).all()


def find_target(programme_id: UUID, on: date) -> TargetRevision | None:
    """The target in force on a day; None before the first."""
    return db.session.scalar(
        select(TargetRevision)
        .where(TargetRevision.programme_id == programme_id, TargetRevision.from_on <= on)
        .order_by(TargetRevision.from_on.desc())
        .limit(1)
    )


def list_arrangements(programme_id: UUID) -> Sequence[FundingArrangement]:
    """The funding arrangements of a programme, oldest first."""
    return db.session.scalars(
        select(FundingArrangement)
        .where(FundingArrangement.programme_id == programme_id)
        .order_by(FundingArrangement.starts_on)
    ).all()


def find_arrangement(programme_id: UUID, on: date) -> FundingArrangement | None:
    """The funding arrangement in force on a day; None when there is none."""
    return next(
        (
            arrangement
            for arrangement in list_arrangements(programme_id)
            if arrangement.starts_on <= on
            and (arrangement.ends_on is None or arrangement.ends_on >= on)
        ),
        None,
    )


def get_arrangement(arrangement_id: UUID) -> FundingArrangement:
    """One arrangement of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    found = db.session.scalar(
        select(FundingArrangement).where(FundingArrangement.id == arrangement_id)
    )
    if found is None:
        raise NotFound("no such funding arrangement")
    return found


def list_terms() -> Sequence[Term]:
    """The school terms, oldest first."""
    return db.session.scalars(TERMS).all()


def list_plan_versions(programme_id: UUID) -> Sequence[PlanVersion]:
    """Every version of a programme's outcomes plan, newest first."""
    return db.session.scalars(VERSIONS, {"programme": programme_id}).all()


def list_plan_documents(programme_id: UUID) -> Sequence[str]:
    """The text of every version, newest first."""
    return db.session.scalars(DOCUMENTS, {"programme": programme_id}).all()


def get_plan_version(version_id: UUID) -> PlanVersion:
    """One version of this council's plans.

    Raises:
        NotFound: there is none with that id here.
    """
    found = db.session.scalar(select(PlanVersion).where(PlanVersion.id == version_id))
    if found is None:
        raise NotFound("no such plan version")
    return found


def find_plan_in_force(programme_id: UUID, on: date) -> PlanVersion | None:
    """The published version in force on a day; None before the first.

    A retired version still answers for the days on which it was in force.
    """
    return db.session.scalar(
        select(PlanVersion)
        .where(
            PlanVersion.programme_id == programme_id,
            PlanVersion.status.in_(IN_FORCE),
            PlanVersion.in_force_from <= on,
        )
        .order_by(PlanVersion.in_force_from.desc(), PlanVersion.number.desc())
        .limit(1)
    )


def list_published_figures(programme_id: UUID) -> Sequence[PublishedFigure]:
    """What was published about a programme, oldest first."""
    return db.session.scalars(
        select(PublishedFigure)
        .where(PublishedFigure.programme_id == programme_id)
        .order_by(PublishedFigure.to_on, PublishedFigure.measure)
    ).all()
