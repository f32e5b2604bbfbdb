"""Progress to target as at a day: from the run kept for that day and the results confirmed by it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import cast

from tfsaas.cases.watching import AfterEnding, count_after_ending
from tfsaas.outcomes.figures import EMPTY, Figures
from tfsaas.outcomes.models import Route
from tfsaas.outcomes.queries import count_results, count_results_by_month, find_run_by
from tfsaas.reports.chart import Chart, draw_months
from tfsaas.tenants.models import Programme, TargetRevision
from tfsaas.tenants.queries import find_target


@dataclass(frozen=True, slots=True)
class MonthRow:
    """One month's results, and all until its end."""

    first: date
    ssp: int
    ce: int
    so_far: int


@dataclass(frozen=True, slots=True)
class Progress:
    """What the overview shows. `evaluated_on` None: nothing has been evaluated by that day."""

    on: date
    evaluated_on: date | None
    target: TargetRevision | None
    figures: Figures
    ssp: int
    ce: int
    months: Sequence[MonthRow]
    chart: Chart
    after: AfterEnding

    @property
    def results(self) -> int:
        """Confirmed results by either route."""
        return self.ssp + self.ce


def find_progress(programme: Programme, on: date) -> Progress:
    """Progress of a programme as at a day."""
    run = find_run_by(programme.id, on)
    confirmed = count_results(programme.id, on)
    target = find_target(programme.id, on)
    months = list_months(programme, on)
    return Progress(
        on=on,
        evaluated_on=run.as_at if run else None,
        target=target,
        figures=cast("Figures", run.figures) if run and run.figures else EMPTY,
        ssp=confirmed[Route.SSP],
        ce=confirmed[Route.CE],
        months=months,
        after=count_after_ending(programme.id, on),
        chart=draw_months(
            [(row.first, row.so_far) for row in months], target.families if target else None
        ),
    )


def list_months(programme: Programme, on: date) -> list[MonthRow]:
    """Every month from the first result to the day, those without results too."""
    found = {first: (ssp, ce) for first, ssp, ce in count_results_by_month(programme.id, on)}
    rows: list[MonthRow] = []
    month, so_far = min(found, default=on.replace(day=1)), 0
    while month <= on and found:
        ssp, ce = found.get(month, (0, 0))
        so_far += ssp + ce
        rows.append(MonthRow(month, ssp, ce, so_far))
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
    return rows
