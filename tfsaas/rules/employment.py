"""Continuous employment: adults who left a benefit and stayed in work.

Source: contract, section 7.
"""

from dataclasses import dataclass

import numpy as np

from tfsaas.rules.asked import Asked, Found
from tfsaas.rules.facts import Bools
from tfsaas.rules.measures import Survey
from tfsaas.rules.plan import Group, Held, Plan, Route
from tfsaas.rules.results import NOT_APPLICABLE, NOT_MET, Answer, Results, combine, combine_groups
from tfsaas.rules.states import ask_held, holds

ADULT = Group("adult", min_age=18)


@dataclass(frozen=True, slots=True)
class RouteFound:
    """One route asked of every adult: whether it applies, what was held, and whether a benefit still is."""

    route: Route
    applies: Bools
    held: Found
    on_benefit: Bools
    result: Results


def ask_employment(plan: Plan, today: Survey) -> tuple[Asked, list[RouteFound]]:
    """The adults, and what each route of the plan finds for them; no routes when the plan has none."""
    asked = today.asked(today.select(ADULT))
    if plan.employment is None:
        return asked, []
    return asked, [_ask_route(plan, route, asked) for route in plan.routes]


def judge_employment(asked: Asked, found: list[RouteFound], count: int) -> Results:
    """The result by family: any route of any adult; not applicable where no route applies."""
    if not found:
        return np.full(count, Answer.NOT_APPLICABLE, dtype=np.int8)
    by_adult = combine([route.result for route in found], every=False)
    return combine_groups(by_adult, asked.family, count, every=False)


def _ask_route(plan: Plan, route: Route, asked: Asked) -> RouteFound:
    assert plan.employment is not None
    spells = asked.facts.spells
    day, baseline = asked.moment.day[asked.family], asked.baseline.day[asked.family]
    started = asked.has_baseline[asked.family]
    applies = holds(spells.get(route.prior), asked.person, baseline - 1, day) & started
    on_benefit = np.zeros(len(asked.person), dtype=bool)
    for benefit in plan.employment.benefits:
        on_benefit |= holds(spells.get(benefit), asked.person, day - 1, day)
    held = ask_held(Held(plan.employment.signal, route.weeks, route.within_weeks), asked)
    result = np.where(on_benefit, NOT_MET, held.result)
    result = np.where(applies, result, NOT_APPLICABLE).astype(np.int8)
    return RouteFound(route, applies, held, on_benefit, result)
