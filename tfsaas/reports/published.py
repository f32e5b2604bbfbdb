"""What was published about a programme, beside what the engine finds for the same days."""

from datetime import date
from typing import Any, cast

from tfsaas.outcomes.figures import Figures
from tfsaas.outcomes.models import Route
from tfsaas.outcomes.queries import count_results, find_run_by
from tfsaas.rules.disclosure import hide_alone
from tfsaas.tenants.models import Programme, PublishedFigure
from tfsaas.tenants.queries import find_target, list_published_figures
from tfsaas.words import percent

Figure = dict[str, Any]

MEASURES = {
    "significant_and_sustained_progress": "Results by significant and sustained progress",
    "continuous_employment": "Results by continuous employment",
    "total": "Results",
    "percent_of_target": "Percent of target",
    "children_supported": "Children supported",
    "early_help_assessments": "Early help assessments, all families",
    "regional_rank": "Rank in the region",
    "phase_1_target": "Phase 1: families to reach",
    "phase_1_education_crime_asb": "Phase 1: improved education, crime and anti-social behaviour",
    "phase_1_work": "Phase 1: a member of the family returned to work",
    "phase_1_total": "Phase 1: results",
}


def compare_published(programme: Programme, as_at: date) -> list[Figure]:
    """Every figure published for days up to `as_at`, with what is found here; None where that is not counted."""
    return [
        {
            "title": MEASURES.get(row.measure, row.measure),
            "from": row.from_on.isoformat() if row.from_on else None,
            "to": row.to_on.isoformat(),
            "published": row.value,
            "found": _found(programme, row),
            "source": row.source,
        }
        for row in list_published_figures(programme.id)
        if row.to_on <= as_at
    ]


def _found(programme: Programme, row: PublishedFigure) -> str | None:
    counts = count_results(programme.id, row.to_on)
    total = sum(counts.values())
    target = find_target(programme.id, row.to_on)
    found = {
        "significant_and_sustained_progress": _shown(counts[Route.SSP]),
        "continuous_employment": _shown(counts[Route.CE]),
        "total": _shown(total),
        "percent_of_target": percent(total, target.families)
        if target and _shown(total) != "c"
        else None,
        "children_supported": _children(programme, row.to_on),
    }
    return found.get(row.measure)


def _children(programme: Programme, on: date) -> str | None:
    run = find_run_by(programme.id, on)
    return _shown(cast("Figures", run.figures)["children"]) if run and run.figures else None


def _shown(count: int) -> str:
    shown = hide_alone(count)
    return "c" if shown is None else f"{shown:,}"
