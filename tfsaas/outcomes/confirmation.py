"""Confirming results: one a family and programme, only where the evaluation of the day gives it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy.exc import IntegrityError

from tfsaas.db import db
from tfsaas.outcomes.models import Result, Route
from tfsaas.outcomes.queries import Kept, find_result, list_confirmed, list_states
from tfsaas.tenants.models import FundingArrangement
from tfsaas.tenants.queries import find_arrangement, get_programme
from tfsaas.tenants.scope import actor

NO_ARRANGEMENT = "No funding arrangement is in force on that day: an administrator sets it up"


class NotConfirmable(Exception):
    """The result cannot be confirmed; the text says why."""


def confirm_result(family_id: UUID, on: date, evaluation: Kept | None = None) -> Result:
    """Confirm the result that the evaluation of a day gives a family: one a programme, for ever.

    `evaluation`: what was found as at `on`; read when it is not given.

    Raises:
        NotConfirmable: the evaluation gives none, it has one, or no funding arrangement is in force.
    """
    programme = get_programme()
    evaluation = evaluation or list_states(on, family_ids=[family_id]).get(family_id)
    if evaluation is None or not evaluation.result:
        raise NotConfirmable("The evaluation of that day does not give this family a result")
    if find_result(family_id, programme.id):
        raise NotConfirmable("This family has its result already: there is one a programme")
    arrangement = find_arrangement(programme.id, on)
    if arrangement is None:
        raise NotConfirmable(NO_ARRANGEMENT)
    return _add_once(_result(evaluation, on, programme.id, arrangement))


def confirm_all(on: date, family_ids: Sequence[UUID] | None = None) -> int:
    """Confirm every result that the evaluation of a day gives and nobody has confirmed. Returns how many.

    `family_ids`: of these families alone; None: of all.

    Raises:
        NotConfirmable: no funding arrangement is in force on that day.
    """
    programme = get_programme()
    found = list_states(on, family_ids=family_ids, with_result=True).values()
    known = list_confirmed(programme.id, date.max)
    arrangement = find_arrangement(programme.id, on)
    if arrangement is None:
        raise NotConfirmable(NO_ARRANGEMENT)
    new = [
        _result(state, on, programme.id, arrangement)
        for state in found
        if state.family_id not in known
    ]
    db.session.add_all(new)
    db.session.flush()
    return len(new)


def _result(
    evaluation: Kept, on: date, programme_id: UUID, arrangement: FundingArrangement
) -> Result:
    return Result(
        id=uuid4(), family_id=evaluation.family_id, programme_id=programme_id, evaluation_id=evaluation.id,
        funding_arrangement_id=arrangement.id, route=Route(evaluation.result), achieved_on=on, confirmed_on=on,
        confirmed_by_id=actor(), amount_pounds=arrangement.result_pounds or 0,
    )  # fmt: skip


def _add_once(result: Result) -> Result:
    try:
        with db.session.begin_nested():
            db.session.add(result)
    except IntegrityError:
        raise NotConfirmable(
            "This family has its result already: there is one a programme"
        ) from None
    return result
