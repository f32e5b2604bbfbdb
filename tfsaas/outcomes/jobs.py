"""Evaluations as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.queries import get_run


def evaluate(run_id: UUID, tell: Callable[[int, int], None]) -> str:
    """Evaluate every family as at the run's day."""
    summary = evaluate_council(get_run(run_id).as_at, tell)
    return f"{summary.families:,} families evaluated, {summary.changed:,} stand differently than before."
