"""Rehearsing a version of the plan with the council's real families, before anything counts."""

from collections.abc import Callable
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import select

from tfsaas import clock
from tfsaas.db import NotFound, db
from tfsaas.families.models import Episode
from tfsaas.jobs.actions import JobRefused, ask_for
from tfsaas.jobs.models import Job
from tfsaas.jobs.queries import find_open_job
from tfsaas.outcomes.actions import working_day
from tfsaas.outcomes.facts import read_tables
from tfsaas.outcomes.queries import count_results as count_confirmed
from tfsaas.outcomes.queries import list_confirmed
from tfsaas.planning.comparing import (
    Comparison,
    compare,
    count_eligible,
    count_headlines,
    count_results,
    list_examples,
)
from tfsaas.planning.models import Rehearsal
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.facts import FAR, Facts
from tfsaas.rules.outlook import earliest_results
from tfsaas.rules.plan import Plan
from tfsaas.tenants.actions import ProgrammeRefused
from tfsaas.tenants.models import PlanVersion, Programme
from tfsaas.tenants.plans import plan_of
from tfsaas.tenants.queries import (
    find_arrangement,
    find_plan_in_force,
    find_target,
    get_plan_version,
    get_programme,
)
from tfsaas.tenants.scope import actor

REHEARSE = "rehearse"
STEPS = 5
NONE_IN_FORCE = "No version is in force yet, so there is nothing to set this one beside. Publish it"
Progress = Callable[[int, int], None]


def ask_for_rehearsal(version: PlanVersion) -> Job:
    """Have a version set beside the one in force, for every family. Asked twice at once: one job.

    Raises:
        ProgrammeRefused: no version is in force.
    """
    programme = get_programme()
    against = find_plan_in_force(programme.id, working_day())
    if against is None:
        raise ProgrammeRefused(plan=NONE_IN_FORCE)
    return _ask(version, against, moves=False)


def ask_for_move_rehearsal(version: PlanVersion, source: PlanVersion) -> Job:
    """Have a version set beside another for the families that are pinned to the other."""
    return _ask(version, source, moves=True)


def _ask(version: PlanVersion, against: PlanVersion, *, moves: bool) -> Job:
    latest = find_rehearsal(version.id, moves=moves)
    if latest and latest.figures is None and (job := find_open_job(REHEARSE, latest.id)):
        return job
    rehearsal = Rehearsal(
        id=uuid4(),
        plan_version_id=version.id,
        against_id=against.id,
        document_hash=version.document_hash,
        moves=moves,
        as_at=working_day(),
        asked_at=clock.now(),
        asked_by_id=actor(),
    )
    db.session.add(rehearsal)
    db.session.flush()
    return ask_for(REHEARSE, rehearsal.id)


def year_end(day: date) -> date:
    """The 31 March on or after a day."""
    return date(day.year + (day > date(day.year, 3, 31)), 3, 31)


def find_rehearsal(version_id: UUID, *, moves: bool) -> Rehearsal | None:
    """The latest rehearsal of a version; None when there was none."""
    return db.session.scalar(
        select(Rehearsal)
        .where(Rehearsal.plan_version_id == version_id, Rehearsal.moves == moves)
        .order_by(Rehearsal.asked_at.desc())
        .limit(1)
    )


def get_rehearsal(rehearsal_id: UUID) -> Rehearsal:
    """One rehearsal of this council.

    Raises:
        NotFound: there is none with that id here.
    """
    found = db.session.scalar(select(Rehearsal).where(Rehearsal.id == rehearsal_id))
    if found is None:
        raise NotFound("no such rehearsal")
    return found


def rehearse(rehearsal: Rehearsal, tell: Progress) -> None:
    """Work a rehearsal out and keep it. Nothing else is changed.

    Raises:
        JobRefused: the version was changed after it was asked for.
    """
    version, against = (
        get_plan_version(version_id)
        for version_id in (rehearsal.plan_version_id, rehearsal.against_id)
    )
    if version.document_hash != rehearsal.document_hash:
        raise JobRefused("The draft was changed meanwhile. Ask again")
    programme = get_programme()
    wanted = list_movable(against) if rehearsal.moves else None
    facts = assemble(read_tables(programme.id, family_ids=wanted))
    tell(1, STEPS)
    confirmed = {str(family_id) for family_id in list_confirmed(programme.id, date.max)}
    plans = plan_of(against), plan_of(version)
    before, after = (evaluate(plan, facts, rehearsal.as_at) for plan in plans)
    comparison = compare(before, after, confirmed)
    tell(2, STEPS)
    rehearsal.figures = {
        "families": len(facts.family_ids),
        "eligible": count_eligible(comparison),
        "results": count_results(comparison),
        "headlines": count_headlines(comparison),
        "year_end": _by_year_end(programme, plans, facts, comparison, tell),
    }
    rehearsal.examples = [dict(example) for example in list_examples(comparison)]
    tell(STEPS, STEPS)


def list_movable(source: PlanVersion) -> list[UUID]:
    """The families whose open episode is pinned to a version, but for those with a confirmed result: they have had their answer."""
    confirmed = list_confirmed(source.programme_id, date.max)
    rows = db.session.scalars(
        select(Episode.family_id)
        .where(Episode.plan_version_id == source.id, Episode.closed_on.is_(None))
        .order_by(Episode.family_id)
    )
    return [family_id for family_id in rows if family_id not in confirmed]


def _by_year_end(
    programme: Programme,
    plans: tuple[Plan, Plan],
    facts: Facts,
    comparison: Comparison,
    tell: Progress,
) -> dict[str, object]:
    """Results by the end of the financial year if nothing new happens, beside the target, and in pounds."""
    start = comparison.before.as_at
    last = min(year_end(start), programme.ends_on or date.max)
    reached = []
    for number, plan in enumerate(plans, start=3):
        days = earliest_results(plan, facts, start.toordinal(), last.toordinal())
        reached.append(int(((days < FAR) & comparison.counts).sum()))
        tell(number, STEPS)
    target, arrangement = find_target(programme.id, last), find_arrangement(programme.id, last)
    each = (arrangement.result_pounds if arrangement else None) or 0
    return {
        "on": last.isoformat(),
        "target": target.families if target else None,
        "confirmed": sum(count_confirmed(programme.id, start).values()),
        "before": reached[0],
        "after": reached[1],
        "pounds_each": each,
    }
