"""The steps of a delivery as background work."""

from collections.abc import Callable
from uuid import UUID

from tfsaas.families.keys import index_missing
from tfsaas.loads import steps
from tfsaas.loads.actions import CHECK, MATCH, READ, REHEARSE, REHEARSE_UNDO, STORE, UNDO
from tfsaas.loads.finding import FIND_FAMILIES, find_families
from tfsaas.loads.linking import FIND_PAIRS, find_pairs
from tfsaas.loads.models import Delivery
from tfsaas.loads.queries import get_delivery
from tfsaas.loads.tending import INDEX_PEOPLE

Tell = Callable[[int, int], None]
Function = Callable[[UUID, Tell], str]


def _job(step: Callable[[Delivery, Tell], str]) -> Function:
    def run(delivery_id: UUID, tell: Tell) -> str:
        return step(get_delivery(delivery_id, locked=True), tell)

    run.__doc__ = step.__doc__
    return run


def pairs(_council_id: UUID, tell: Tell) -> str:
    """Look through everybody for people entered twice."""
    tell(0, 1)
    found = find_pairs()
    return f"{found:,} new pairs were found." if found else "Nobody new was found."


def families(_council_id: UUID, tell: Tell) -> str:
    """Look for families among people whom nobody knew."""
    tell(0, 1)
    return f"{find_families():,} families wait."


def index(_council_id: UUID, tell: Tell) -> str:
    """Make keys for people who have none by today's rules."""
    tell(0, 1)
    return f"{index_missing():,} people can be found again."


FUNCTIONS: dict[str, Function] = {
    INDEX_PEOPLE: index,
    FIND_PAIRS: pairs,
    FIND_FAMILIES: families,
    READ: _job(steps.read),
    CHECK: _job(steps.check),
    MATCH: _job(steps.match),
    REHEARSE: _job(steps.rehearse),
    STORE: _job(steps.store),
    REHEARSE_UNDO: _job(steps.rehearse_undo),
    UNDO: _job(steps.undo),
}
