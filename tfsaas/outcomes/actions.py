"""Evaluating a council, and confirming results."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from tfsaas import clock
from tfsaas.audit.trail import record_act
from tfsaas.collector import without_collector
from tfsaas.db import db
from tfsaas.jobs.actions import ask_for
from tfsaas.jobs.models import Job
from tfsaas.jobs.queries import find_open_job
from tfsaas.outcomes.facts import Batch, read_batches
from tfsaas.outcomes.figures import Figures, count_figures
from tfsaas.outcomes.keeping import State, states_of, write_changes
from tfsaas.outcomes.looking_ahead import keep_outlooks
from tfsaas.outcomes.models import EvaluationRun
from tfsaas.outcomes.queries import Kept, find_next_day, find_run, list_confirmed, list_states
from tfsaas.outcomes.stale import list_marks, remove_marks
from tfsaas.outcomes.tallies import tally
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import Evaluated, evaluate
from tfsaas.rules.facts import Facts
from tfsaas.tenants.models import Programme
from tfsaas.tenants.queries import get_programme
from tfsaas.tenants.scope import lock

EVALUATE = "evaluate"
Progress = Callable[[int, int], None]
AfterDay = Callable[[date, list[UUID]], object]


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What one run found and wrote."""

    as_at: date
    families: int
    changed: int


def ask_for_run(as_at: date) -> Job:
    """Have every family of the council's programme evaluated as at a day, once at a time."""
    run = get_or_add_run(as_at)
    return find_open_job(EVALUATE, run.id) or ask_for(EVALUATE, run.id)


def get_or_add_run(as_at: date) -> EvaluationRun:
    """The run of the council's programme as at a day."""
    programme = get_programme()
    lock("evaluate")
    run = find_run(programme.id, as_at)
    if run is None:
        run = EvaluationRun(id=uuid4(), programme_id=programme.id, as_at=as_at)
        db.session.add(run)
        db.session.flush()
    return run


def working_day(programme: Programme | None = None) -> date:
    """The day that a programme (None: the council's) is judged on: today, or its last day when it has ended."""
    return min(clock.today(), (programme or get_programme()).ends_on or date.max)


def evaluate_council(as_at: date, tell: Progress | None = None) -> RunSummary:
    """Evaluate every family as at a day and write down what changed; a second time nothing does.

    On the working day what stands between each family and a result is kept as well, and
    whatever marked families as stale is dealt with.
    """
    programme, known_at = get_programme(), clock.now()
    is_now = as_at == working_day()
    marks = list_marks() if is_now else []
    summary = evaluate_some(programme.id, as_at, None, known_at, keep_outlook=is_now)
    remove_marks([mark.id for mark in marks])
    if tell:
        tell(1, 1)
    return summary


def evaluate_some(
    programme_id: UUID,
    day: date,
    family_ids: Sequence[UUID] | None,
    known_at: datetime,
    *,
    keep_outlook: bool,
) -> RunSummary:
    """Evaluate some families of a programme as at a day, or all, and write down what changed."""
    with without_collector():
        batches = read_batches(programme_id, day, family_ids=family_ids)
        assembled = [(batch, assemble(batch.tables)) for batch in batches]
        found = [(batch, facts, evaluate(batch.plan, facts, day)) for batch, facts in assembled]
        summary = _record(found, _states(found), day, known_at, family_ids)
        if keep_outlook:
            keep_outlooks(found, day, list_confirmed(programme_id, day))
    return summary


@without_collector()
def evaluate_days(days: Sequence[date], then: AfterDay | None = None) -> list[RunSummary]:
    """Evaluate every family as at each of several days, reading the facts once. Earliest first.

    `then`: told of each day and of the families that stand differently than on the one before.
    """
    known_at, programme = clock.now(), get_programme()
    batches = read_batches(programme.id, max(days))
    assembled = [(batch, assemble(batch.tables)) for batch in batches]
    summaries: list[RunSummary] = []
    before: dict[str, State] = {}
    for day in sorted(days):
        found = [(batch, facts, evaluate(batch.plan, facts, day)) for batch, facts in assembled]
        states = _states(found)
        moved = [UUID(key) for key, state in states.items() if before.get(key) != state]
        is_next = bool(summaries) and _follows(programme.id, summaries[-1].as_at, day)
        summaries.append(_record(found, states, day, known_at, None, moved if is_next else None))
        if then:
            then(day, moved)
        before = states
    return summaries


def _follows(programme_id: UUID, day: date, later: date) -> bool:
    """Whether nothing was evaluated on the later day or between the two: what stood on the one stands until then."""
    following = find_next_day(programme_id, day)
    return following is None or following > later


def _states(found: Sequence[tuple[Batch, Facts, Evaluated]]) -> dict[str, State]:
    states: dict[str, State] = {}
    for batch, _, evaluated in found:
        states |= states_of(batch, evaluated)
    return states


def _record(
    found: Sequence[tuple[Batch, Facts, Evaluated]],
    states: Mapping[str, State],
    day: date,
    known_at: datetime,
    family_ids: Sequence[UUID] | None,
    moved: Sequence[UUID] | None = None,
) -> RunSummary:
    """Write down what changed of the families evaluated, and the counts of all.

    `family_ids` None: it was all. `moved`: those of them that stand differently than the last time,
    where that is known already; None: it is looked up.
    """
    run = get_or_add_run(day)
    some = states if moved is None else {key: states[key] for key in map(str, moved)}
    changed = write_changes(
        run.programme_id, some, day, known_at, family_ids if moved is None else moved
    )
    figures = (
        _figures(found, run.programme_id, day)
        if family_ids is None
        else tally(run.programme_id, day)
    )
    if run.figures != figures or changed:
        run.figures, run.known_at = dict(figures), known_at
        told = {"families": len(states), "changed": changed}
        record_act("evaluate", "evaluation_run", run.id, told)
    return RunSummary(day, len(states), changed)


def _figures(
    found: Sequence[tuple[Batch, Facts, Evaluated]], programme_id: UUID, day: date
) -> Figures:
    """The counts of everybody, from the arrays at hand; `tally` gives the same from what is kept."""
    confirmed = {str(family_id) for family_id in list_confirmed(programme_id, day)}
    return count_figures([evaluated for _, _, evaluated in found], confirmed)


def evaluate_family(family_id: UUID, day: date) -> Kept | None:
    """Evaluate one family as at a day; None when no plan applies to it."""
    programme, known_at = get_programme(), clock.now()
    for batch in read_batches(programme.id, day, family_ids=[family_id]):
        evaluated = evaluate(batch.plan, assemble(batch.tables), day)
        states = states_of(batch, evaluated)
        write_changes(programme.id, states, day, known_at, [family_id])
    return list_states(day, family_ids=[family_id]).get(family_id)
