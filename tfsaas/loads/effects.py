"""What a change would do to families, found by doing it and taking it back."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

import numpy as np

from tfsaas import clock
from tfsaas.db import db
from tfsaas.outcomes.actions import working_day
from tfsaas.outcomes.facts import read_batches
from tfsaas.outcomes.queries import list_confirmed
from tfsaas.planning.comparing import (
    Comparison,
    Counted,
    compare,
    count_eligible,
    count_results,
    list_examples,
)
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import Evaluated, evaluate
from tfsaas.tenants.queries import find_programme

MOST_EXAMPLES = 24
CONFIRMED_LOST = "confirmed_lost"
Result = TypeVar("Result")


class _TakenBack(Exception):
    """The change was made and is now taken back."""


def try_out(change: Callable[[], Result]) -> tuple[Result, dict[str, Any]]:
    """Make a change, see what becomes of every family as at the working day, and take it back.

    Returns what the change returned, and the effect in counts and examples.
    """
    before = _evaluate()
    found: list[tuple[Result, list[Evaluated]]] = []
    try:
        with db.session.begin_nested():
            result = change()
            db.session.flush()
            found.append(
                (result, _evaluate([UUID(one) for each in before for one in each.family_ids]))
            )
            raise _TakenBack
    except _TakenBack:
        db.session.expire_all()
    result, after = found[0]
    return result, _describe(before, after)


def _evaluate(family_ids: Sequence[UUID] | None = None) -> list[Evaluated]:
    """Every family, or these: somebody may add one meanwhile, which the change has nothing to do with."""
    programme = find_programme()
    if programme is None:
        return []
    day = working_day(programme)
    batches = read_batches(programme.id, day, family_ids=family_ids)
    return [evaluate(batch.plan, assemble(batch.tables), day) for batch in batches]


def _describe(before: Sequence[Evaluated], after: Sequence[Evaluated]) -> dict[str, Any]:
    programme = find_programme()
    confirmed = {str(row) for row in list_confirmed(programme.id, date.max)} if programme else set()
    compared = [compare(old, new, confirmed) for old, new in zip(before, after, strict=True)]
    examples = [dict(example) for each in compared for example in list_examples(each)]
    return {
        "at": clock.now().isoformat(),
        "families": sum(len(each.family_ids) for each in after),
        "eligible": _add([count_eligible(each) for each in compared]),
        "results": _add([count_results(each) for each in compared]),
        "confirmed": _add([_count_confirmed(each) for each in compared]),
        "examples": examples[:MOST_EXAMPLES],
        "changed": [row for each in compared for row in _list_changed(each)],
    }


def _count_confirmed(comparison: Comparison) -> Counted:
    """Confirmed results that would still be met if they were worked out anew."""
    had, has = ((each.route > 0) & ~comparison.counts for each in (comparison.before, comparison.after))  # fmt: skip
    return {
        "before": int(had.sum()),
        "after": int(has.sum()),
        "newly": int((has & ~had).sum()),
        "no_longer": int((had & ~has).sum()),
    }


def _list_changed(comparison: Comparison) -> Iterator[list[str]]:
    """Every family that changes, with each kind of change."""
    old, new = comparison.before, comparison.after
    lost = (old.route > 0) & ~(new.route > 0) & ~comparison.counts
    for kind, changed in (*comparison.changes.items(), (CONFIRMED_LOST, lost)):
        yield from ([old.family_ids[at], kind] for at in np.flatnonzero(changed))


def _add(counts: Sequence[Counted]) -> Counted:
    return {
        "before": sum(count["before"] for count in counts),
        "after": sum(count["after"] for count in counts),
        "newly": sum(count["newly"] for count in counts),
        "no_longer": sum(count["no_longer"] for count in counts),
    }
