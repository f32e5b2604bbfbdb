"""Loads as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.evidence.actions import run_load
from tfsaas.evidence.models import LoadStatus
from tfsaas.evidence.queries import get_load


def load(load_id: UUID, tell: Callable[[int, int], None]) -> str:
    """Store an uploaded ZIP of facts, or refuse it whole."""
    tell(0, 1)
    found = get_load(load_id)
    run_load(found)
    if found.status is LoadStatus.REFUSED:
        return f"Nothing was stored: {len(found.faults):,} faults were found."
    return f"{sum(found.counts.values()):,} rows were stored."
