"""Rehearsals and looks back as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.planning.looking_back import get_look_back, look_back
from tfsaas.planning.rehearsing import get_rehearsal, rehearse


def work_out(rehearsal_id: UUID, tell: Callable[[int, int], None]) -> str:
    """Work a rehearsal out."""
    rehearse(get_rehearsal(rehearsal_id), tell)
    return "Every family was looked at by both versions. Nothing was changed."


def work_out_past(look_back_id: UUID, tell: Callable[[int, int], None]) -> str:
    """Work a past day out."""
    look_back(get_look_back(look_back_id), tell)
    return "Every family was looked at as at that day. Nothing was changed."
