"""What the council's plans say and call things, across their versions."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from tfsaas.rules.parse import parse_source
from tfsaas.rules.plan import Plan
from tfsaas.tenants.models import IN_FORCE, PlanVersion
from tfsaas.tenants.queries import list_plan_documents, list_plan_versions


def plan_of(version: PlanVersion) -> Plan:
    """The plan that a version holds."""
    return parse_source(version.document)


def pick_in_force(versions: Sequence[PlanVersion], day: date) -> PlanVersion | None:
    """Of versions already read, the one in force on a day; None before the first."""
    begun = [
        version
        for version in versions
        if version.status in IN_FORCE and version.in_force_from and version.in_force_from <= day
    ]
    return (
        max(begun, key=lambda version: (version.in_force_from, version.number)) if begun else None
    )


def name_headlines(programme_id: UUID) -> dict[str, str]:
    """The title of every headline by code; the newest version's title stands."""
    return _headlines(map(parse_source, reversed(list_plan_documents(programme_id))))


def name_signals(programme_id: UUID) -> dict[str, str]:
    """The title of every signal and headline by code."""
    return name_signals_in(list_plan_versions(programme_id))


def name_signals_in(versions: Sequence[PlanVersion]) -> dict[str, str]:
    """The same, of versions already read, newest first."""
    plans = [plan_of(version) for version in reversed(versions)]
    signals = {signal.code: signal.title for plan in plans for signal in plan.signals.values()}
    return _headlines(plans) | signals


def _headlines(plans: Iterable[Plan]) -> dict[str, str]:
    """By code, of plans the newest last."""
    return {headline.code: headline.title for plan in plans for headline in plan.headlines}
