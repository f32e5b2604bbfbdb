"""Evaluating again only what can have changed: a fact, an episode, a plan, a feed, or the day."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import exists, select, update

from tfsaas import clock
from tfsaas.db import db
from tfsaas.families.models import Episode
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.models import Job
from tfsaas.jobs.queries import find_open_job
from tfsaas.outcomes.actions import RunSummary, evaluate_some, get_or_add_run, working_day
from tfsaas.outcomes.models import Outlook, StaleMark
from tfsaas.outcomes.queries import find_run
from tfsaas.outcomes.stale import list_marks, list_stale, remove_marks
from tfsaas.tenants.queries import find_programme, get_programme
from tfsaas.tenants.scope import lock

REFRESH = "refresh"


def needs_refresh() -> bool:
    """Whether something was marked, or a family is due by the working day, or the day has not been counted."""
    programme = find_programme()
    if programme is None:
        return False
    run = find_run(programme.id, working_day(programme))
    due = exists().where(
        Outlook.next_change_on <= working_day(programme),
        Episode.tenant_id == Outlook.tenant_id,
        Episode.family_id == Outlook.family_id,
        Episode.programme_id == programme.id,
    )
    changed = select(exists().where(StaleMark.id.is_not(None)) | due)
    return run is None or run.known_at is None or bool(db.session.scalar(changed))


def ask_for_refresh() -> Job:
    """Have what can have changed evaluated by a job, once at a time."""
    run = get_or_add_run(working_day())
    return find_open_job(REFRESH, run.id) or ask_for(REFRESH, run.id)


def refresh_council() -> RunSummary:
    """Evaluate what can have changed as at the working day. The result equals that of evaluating everybody."""
    lock("evaluate")
    programme, known_at, day = get_programme(), clock.now(), working_day()
    marks = list_marks()
    stale = list_stale(programme.id, day, marks)
    summary = evaluate_some(programme.id, day, stale, known_at, keep_outlook=True)
    remove_marks([mark.id for mark in marks])
    _let_rest(stale, day)
    run = find_run(programme.id, day)
    if run is not None and run.known_at is None:
        run.known_at = known_at
    return summary


def _let_rest(stale: Sequence[UUID], day: date) -> None:
    """A family to which no plan applies any more was not evaluated; it is due again when something changes."""
    db.session.execute(
        update(Outlook)
        .where(Outlook.family_id.in_(stale), Outlook.evaluated_on < day)
        .values(next_change_on=None)
        .execution_options(synchronize_session=False)
    )
