"""Moving families from one version of the plan to a newer one: one deliberate act."""

from uuid import UUID

from sqlalchemy import and_, func, select, update

from tfsaas.audit.trail import record_act
from tfsaas.db import db
from tfsaas.families.models import Episode
from tfsaas.outcomes.actions import ask_for_run, working_day
from tfsaas.outcomes.models import Result
from tfsaas.planning.rehearsing import list_movable
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.models import PlanStatus, PlanVersion
from tfsaas.tenants.scope import lock


def count_movable(programme_id: UUID) -> dict[UUID, int]:
    """How many families `list_movable` gives, for every version that has any."""
    rows = db.session.execute(
        select(Episode.plan_version_id, func.count())
        .outerjoin(
            Result,
            and_(
                Result.tenant_id == Episode.tenant_id,
                Result.family_id == Episode.family_id,
                Result.programme_id == Episode.programme_id,
            ),
        )
        .where(Episode.programme_id == programme_id, Episode.closed_on.is_(None))
        .where(Episode.plan_version_id.is_not(None), Result.id.is_(None))
        .group_by(Episode.plan_version_id)
    )
    return {version_id: count for version_id, count in rows if version_id}


def move_families(source: PlanVersion, target: PlanVersion, families: int, why: str) -> None:
    """Pin every family of one version that has no confirmed result to another, and evaluate anew.

    `families`: how many the person was shown; `why`: in their words, kept in the audit trail.

    Raises:
        ProgrammeRefused: the target is not in force, older, or the number has changed meanwhile.
    """
    lock("evaluate")
    if target.status is not PlanStatus.PUBLISHED or target.number <= source.number:
        raise ProgrammeRefused(why="Families can be moved to a newer version that is published")
    movable = list_movable(source)
    if len(movable) != families:
        raise ProgrammeRefused(
            why=f"There are now {len(movable)} families to move, not {families}. Look at them again"
        )
    db.session.execute(
        update(Episode)
        .where(Episode.plan_version_id == source.id, Episode.family_id.in_(movable))
        .where(Episode.closed_on.is_(None))
        .values(plan_version_id=target.id, version=Episode.version + 1)
        .execution_options(synchronize_session=False)
    )
    told = {"families": families, "from": source.number, "to": target.number, "why": why}
    record_act("move", "plan_version", target.id, told)
    ask_for_run(working_day())
