"""Scanning as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.attachments import actions

Tell = Callable[[int, int], None]


def scan(file_id: UUID, tell: Tell) -> str:
    """Ask the virus scanner about one file."""
    tell(0, 1)
    return actions.scan_file(file_id)
