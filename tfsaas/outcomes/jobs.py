"""Evaluations as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.queries import get_run
from tfsaas.outcomes.refreshing import refresh_council


def evaluate(run_id: UUID, tell: Callable[[int, int], None]) -> str:
    """Evaluate every family as at the run's day."""
    summary = evaluate_council(get_run(run_id).as_at, tell)
    families = "1 family" if summary.families == 1 else f"{summary.families:,} families"
    return f"{families} evaluated; {summary.changed:,} changed since the last time."


def refresh(run_id: UUID, tell: Callable[[int, int], None]) -> str:
    """Evaluate again what can have changed."""
    get_run(run_id)
    summary = refresh_council()
    tell(1, 1)
    return f"{summary.families:,} families looked at again; {summary.changed:,} changed."
