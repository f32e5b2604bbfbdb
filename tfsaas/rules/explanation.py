"""Why: for one family, each measure with value, threshold, window, people, coverage and fact rows.

The values are those the evaluation used; nothing is worked out a second time.

Source: contract, section 9.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np

from tfsaas.rules.employment import RouteFound
from tfsaas.rules.evaluation import ROUTES, Evaluated, list_spans
from tfsaas.rules.facts import FAR, NO_DAY
from tfsaas.rules.grounds import TestWhy, explain_test
from tfsaas.rules.measures import Measured
from tfsaas.rules.plan import PRINCIPLE_TITLES, Scope
from tfsaas.rules.results import Answer, name


@dataclass(frozen=True, slots=True)
class PersonWhy:
    """What a measure found for one person."""

    person_id: str
    result: str
    test: TestWhy


@dataclass(frozen=True, slots=True)
class MeasureWhy:
    """What a measure found for the family. `value` is the family's sum where the family is summed."""

    code: str
    title: str
    scope: str
    result: str
    value: int | None
    people: tuple[PersonWhy, ...]


@dataclass(frozen=True, slots=True)
class HeadlineWhy:
    """A headline: whether and how it was identified, and its outcomes."""

    code: str
    title: str
    identified: bool
    at_baseline: bool
    recorded_on: date | None
    indicators_then: tuple[MeasureWhy, ...]
    indicators_now: tuple[MeasureWhy, ...]
    outcomes: tuple[MeasureWhy, ...]


@dataclass(frozen=True, slots=True)
class EligibilityWhy:
    """What eligibility asks, and what was found as at the baseline."""

    eligible: bool
    headlines: int
    minimum_headlines: int
    needs: int
    minimum_needs: int
    has_child: bool
    asks_child: bool


@dataclass(frozen=True, slots=True)
class PrincipleWhy:
    """A principle and the day it was reached; None: not by the day asked about."""

    code: str
    title: str
    on: date | None


@dataclass(frozen=True, slots=True)
class RouteWhy:
    """One employment route of one adult to whom it applies."""

    person_id: str
    prior: str
    result: str
    on_benefit: bool
    held: TestWhy


@dataclass(frozen=True, slots=True)
class Why:
    """The explanation of one family as at one day."""

    family_id: str
    as_at: date
    baseline_on: date | None
    plan: str
    eligibility: EligibilityWhy
    worked_with: bool
    principles: tuple[PrincipleWhy, ...]
    headlines: tuple[HeadlineWhy, ...]
    always: tuple[MeasureWhy, ...]
    ssp: str
    ce: str
    routes: tuple[RouteWhy, ...]
    result: str


def explain(evaluated: Evaluated, family: int) -> dict[str, Any]:
    """The explanation of the family at place `family`, as plain values."""
    return asdict(why(evaluated, family))


def why(evaluated: Evaluated, family: int) -> Why:
    """The explanation of the family at place `family` of the facts."""
    facts = evaluated.facts
    return Why(
        family_id=facts.family_ids[family],
        as_at=evaluated.as_at,
        baseline_on=_day(facts.baseline[family]),
        plan=evaluated.plan.title,
        eligibility=_eligibility(evaluated, family),
        worked_with=bool(evaluated.worked_with[family]),
        principles=_principles(evaluated, family),
        headlines=_headlines(evaluated, family),
        always=tuple(_measure(measured, family) for measured in evaluated.always),
        ssp=name(evaluated.ssp[family]),
        ce=name(evaluated.ce[family]),
        routes=_routes(evaluated, family),
        result=ROUTES[evaluated.route[family]],
    )


def _day(number: int | np.int64) -> date | None:
    return None if number in {NO_DAY, FAR} else date.fromordinal(int(number))


def _eligibility(evaluated: Evaluated, family: int) -> EligibilityWhy:
    asks = evaluated.plan.eligibility
    return EligibilityWhy(
        eligible=bool(evaluated.eligible[family]),
        headlines=int(evaluated.counted_headlines[family]),
        minimum_headlines=asks.minimum_headlines,
        needs=int(evaluated.counted_needs[family]),
        minimum_needs=asks.minimum_needs,
        has_child=bool(evaluated.has_child[family]),
        asks_child=asks.dependent_child,
    )


def _principles(evaluated: Evaluated, family: int) -> tuple[PrincipleWhy, ...]:
    found = []
    for code in evaluated.plan.principles:
        on = _day(evaluated.facts.principles[code][family])
        reached = on if on and on <= evaluated.as_at else None
        found.append(PrincipleWhy(code, PRINCIPLE_TITLES[code], reached))
    return tuple(found)


def _headlines(evaluated: Evaluated, family: int) -> tuple[HeadlineWhy, ...]:
    found = []
    for column, (headline, indicators, outcomes) in enumerate(list_spans(evaluated.plan)):
        recorded = evaluated.facts.recorded.get(headline.code)
        days = recorded[1][recorded[0] == family] if recorded else np.zeros(0, dtype=np.int64)
        days = days[days <= evaluated.as_at.toordinal()]
        found.append(
            HeadlineWhy(
                code=headline.code,
                title=headline.title,
                identified=bool(evaluated.identified[family, column]),
                at_baseline=bool(evaluated.at_baseline[family, column]),
                recorded_on=_day(days.min()) if len(days) else None,
                indicators_then=tuple(
                    _measure(m, family) for m in evaluated.indicators_then[indicators]
                ),
                indicators_now=tuple(
                    _measure(m, family) for m in evaluated.indicators_now[indicators]
                ),
                outcomes=tuple(_measure(m, family) for m in evaluated.outcomes[outcomes]),
            )
        )
    return tuple(found)


def _measure(measured: Measured, family: int) -> MeasureWhy:
    rows = np.flatnonzero(measured.asked.family == family)
    person_ids = measured.asked.facts.person_ids
    measure, summed = measured.measure, None
    if measure.scope is Scope.FAMILY and measured.found.value is not None:
        summed = int(measured.found.value[rows].sum())
    return MeasureWhy(
        code=measure.code,
        title=measure.title,
        scope=measure.scope.value,
        result=name(measured.result[family]),
        value=summed,
        people=tuple(
            PersonWhy(
                person_ids[measured.asked.person[row]],
                name(measured.found.result[row]),
                explain_test(measured.found, measured.asked, int(row)),
            )
            for row in rows
        ),
    )


def _routes(evaluated: Evaluated, family: int) -> tuple[RouteWhy, ...]:
    asked, routes = evaluated.employment
    rows = [int(row) for row in np.flatnonzero(asked.family == family)]

    def explain_route(found: RouteFound, row: int) -> RouteWhy:
        return RouteWhy(
            person_id=asked.facts.person_ids[asked.person[row]],
            prior=found.route.prior,
            result=name(found.result[row]),
            on_benefit=bool(found.on_benefit[row]),
            held=explain_test(found.held, asked, row),
        )

    return tuple(
        explain_route(found, row)
        for found in routes
        for row in rows
        if found.result[row] != Answer.NOT_APPLICABLE
    )
