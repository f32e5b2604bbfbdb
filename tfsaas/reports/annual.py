"""The figures of an annual report, safe for publication: everything its pages show, and nothing else."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from tfsaas.evidence.queries import list_coverage
from tfsaas.outcomes.figures import EMPTY, Figures
from tfsaas.outcomes.models import EvaluationRun, Route
from tfsaas.outcomes.queries import count_results
from tfsaas.reports.after import after_support
from tfsaas.reports.funding import funding_figures
from tfsaas.reports.progress import list_months
from tfsaas.reports.published import compare_published
from tfsaas.reports.sentences import summarise
from tfsaas.reports.years import FinancialYear
from tfsaas.rules.disclosure import Published, hide_alone, is_small, publish, publish_nested
from tfsaas.tenants.council import find_setting
from tfsaas.tenants.models import PlanVersion, Programme
from tfsaas.tenants.plans import name_signals
from tfsaas.tenants.queries import find_plan_in_force, find_target, get_tenant, list_targets
from tfsaas.tenants.settings import DEFAULT_ACCENT, Branding
from tfsaas.words import percent

Figure = dict[str, Any]
SHOWN_FIGURES = ("identified", "eligible", "worked_with")


def collect(
    programme: Programme, year: FinancialYear, as_at: date, run: EvaluationRun | None
) -> Figure:
    """The figures of a year's report as at a day, from the run of that day. Hidden counts are None."""
    found = cast("Figures", run.figures) if run and run.figures else EMPTY
    target = find_target(programme.id, as_at)
    plan = find_plan_in_force(programme.id, as_at)
    before = count_results(programme.id, date.fromordinal(year.first.toordinal() - 1))
    until = count_results(programme.id, as_at)
    figures: Figure = {
        **_look(),
        "programme": programme.title,
        "year": year.name,
        "year_words": year.words,
        "as_at": as_at.isoformat(),
        "evaluated_on": run.as_at.isoformat() if run else None,
        "target": target.families if target else None,
        "targets": _targets(programme, as_at),
        "in_year": _results([until[route] - before[route] for route in Route]),
        "so_far": _so_far([before[route] for route in Route], [until[route] for route in Route]),
        "months": _months(programme, year, as_at),
        "families": _families(found),
        "people": _people(found),
        "headlines": _headlines(found),
        "after": after_support(programme, year, as_at),
        "funding": funding_figures(programme, year, as_at),
        "published": compare_published(programme, as_at),
        "coverage": _coverage(programme),
        "cannot_tell": hide_alone(found["cannot_tell"]),
        "plan": _plan(plan),
    }
    _hide_linked_totals(figures)
    figures["percent"] = _percent(figures["so_far"]["total"], figures["target"])
    figures["sentences"] = summarise(figures)
    return figures


def _look() -> Figure:
    """The council's name, colour and logo as the cover shows them."""
    look = find_setting(Branding)
    if look is None:
        return {"council": get_tenant().name, "accent": DEFAULT_ACCENT, "logo": None}
    logo = b64encode(look.logo).decode() if look.logo else None
    address = f"data:{look.logo_type};base64,{logo}" if logo else None
    return {"council": look.display_name, "accent": look.accent_colour, "logo": address}


def _targets(programme: Programme, as_at: date) -> list[Figure]:
    return [
        {"from": row.from_on.isoformat(), "families": row.families, "reason": row.reason}
        for row in list_targets(programme.id)
        if row.from_on <= as_at
    ]


def _results(counts: Sequence[int]) -> Figure:
    """Results by route with their total; routes in the order of `Route`."""
    shown = publish(counts)
    return {"ssp": shown.cells[0], "ce": shown.cells[1], "total": shown.total}


def _so_far(before: Sequence[int], until: Sequence[int]) -> Figure:
    """Results since the beginning; hidden where taking the year's away would leave a small count."""
    if any(is_small(count) for count in (*before, sum(before))):
        return {"ssp": None, "ce": None, "total": None}
    return _results(until)


def _families(found: Figures) -> Figure:
    shown = publish_nested([found["identified"], found["eligible"], found["worked_with"]])
    return dict(zip(SHOWN_FIGURES, shown, strict=True))


def _months(programme: Programme, year: FinancialYear, as_at: date) -> Figure:
    """Results of each month of the year that has begun by the day, with their total."""
    found = {row.first: row.ssp + row.ce for row in list_months(programme, as_at)}
    firsts = [date(year.starts + (m > 12), (m - 1) % 12 + 1, 1) for m in range(4, 16)]
    firsts = [first for first in firsts if first <= as_at]
    shown = publish([found.get(first, 0) for first in firsts])
    rows = zip(firsts, shown.cells, strict=True)
    return {
        "rows": [{"month": first.isoformat(), "results": count} for first, count in rows],
        "total": shown.total,
    }


def _people(found: Figures) -> Figure:
    shown: Published = publish([found["children"], found["adults"]])
    return {"children": shown.cells[0], "adults": shown.cells[1], "total": shown.total}


def _headlines(found: Figures) -> list[Figure]:
    """Eligible families by headline. A family may have several, so the rows have no total."""
    return [
        {"title": row["title"], "families": hide_alone(row["families"])}
        for row in found["headlines"]
    ]


def _coverage(programme: Programme) -> list[Figure]:
    titles = name_signals(programme.id)
    return [
        {"title": titles.get(code, code), "from": first.isoformat(), "to": last.isoformat()}
        for code, first, last in list_coverage()
    ]


def _plan(plan: PlanVersion | None) -> Figure | None:
    if plan is None:
        return None
    return {"title": plan.title, "number": plan.number, "sha256": plan.document_hash}


def _hide_linked_totals(figures: Figure) -> None:
    """The year's total stands in several tables; hidden in one, it is hidden in all."""
    linked = [figures["in_year"], figures["months"], figures["funding"]]
    if any(table["total"] is None for table in linked):
        for table in linked:
            table["total"] = None


def _percent(part: int | None, whole: int | None) -> str | None:
    return None if part is None or not whole else percent(part, whole)
