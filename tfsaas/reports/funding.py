"""What the year's funding arrangements brought, safe for publication."""

from datetime import date
from typing import Any

from tfsaas.reports.queries import count_results_between, count_started_between
from tfsaas.reports.years import FinancialYear
from tfsaas.rules.disclosure import hide_alone, publish
from tfsaas.tenants.models import FundingArrangement, FundingModel, Programme
from tfsaas.tenants.queries import list_arrangements

Figure = dict[str, Any]


def funding_figures(programme: Programme, year: FinancialYear, as_at: date) -> Figure:
    """The arrangements in force in the year with their results, and the results' total."""
    until = min(year.last, as_at)
    in_force = [
        arrangement
        for arrangement in list_arrangements(programme.id)
        if arrangement.starts_on <= until and (arrangement.ends_on or date.max) >= year.first
    ]
    counts = [count_results_between(a.id, year.first, until) for a in in_force]
    shown = publish(counts)
    rows = [
        _row(arrangement, count, year, until)
        for arrangement, count in zip(in_force, shown.cells, strict=True)
    ]
    return {"rows": rows, "total": shown.total}


def _row(
    arrangement: FundingArrangement, results: int | None, year: FinancialYear, until: date
) -> Figure:
    pays = arrangement.model is FundingModel.PAYMENT_BY_RESULTS
    first, last = max(arrangement.starts_on, year.first), min(arrangement.ends_on or until, until)
    started = hide_alone(count_started_between(arrangement.programme_id, first, last))
    return {
        "model": arrangement.model.value,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "results": results,
        "result_pounds": arrangement.result_pounds,
        "earned_pounds": _times(results, arrangement.result_pounds) if pays else None,
        "started": started,
        "attachment_fee_pounds": arrangement.attachment_fee_pounds,
        "fees_pounds": _times(started, arrangement.attachment_fee_pounds) if pays else None,
        "grant_pounds": arrangement.grant_pounds,
        "strands": list(arrangement.strands),
        "source": arrangement.source,
    }


def _times(count: int | None, pounds: int | None) -> int | None:
    """An amount would give a hidden count away."""
    return None if count is None or pounds is None else count * pounds
