"""Reports as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.reports.actions import make_edition
from tfsaas.reports.queries import get_edition


def annual(edition_id: UUID, tell: Callable[[int, int], None]) -> str:
    """Make an edition of the annual report."""
    tell(0, 2)
    make_edition(get_edition(edition_id))
    return "The report is ready."
