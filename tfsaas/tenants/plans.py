"""What the council's plans call things, across their versions."""

from uuid import UUID

from tfsaas.rules.parse import parse_source
from tfsaas.rules.plan import Plan
from tfsaas.tenants.models import PlanVersion
from tfsaas.tenants.queries import list_plan_versions


def plan_of(version: PlanVersion) -> Plan:
    """The plan that a version holds."""
    return parse_source(version.document)


def _plans(programme_id: UUID) -> list[Plan]:
    """The plans of every version, oldest first, so that the newest title stands."""
    return [plan_of(version) for version in reversed(list_plan_versions(programme_id))]


def name_headlines(programme_id: UUID) -> dict[str, str]:
    """The title of every headline by code."""
    return {
        headline.code: headline.title
        for plan in _plans(programme_id)
        for headline in plan.headlines
    }


def name_signals(programme_id: UUID) -> dict[str, str]:
    """The title of every signal and headline by code."""
    signals = {
        signal.code: signal.title
        for plan in _plans(programme_id)
        for signal in plan.signals.values()
    }
    return name_headlines(programme_id) | signals
