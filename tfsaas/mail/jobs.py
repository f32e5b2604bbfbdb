"""Sending letters as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.mail import actions

Tell = Callable[[int, int], None]


def send(_council_id: UUID, tell: Tell) -> str:
    """Send what waits."""
    tell(0, 1)
    return actions.send_waiting()
