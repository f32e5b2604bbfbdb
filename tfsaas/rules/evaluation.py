"""From tests to a family's results: identified, eligible, worked with, progress, employment.

Source: contract, section 7.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tfsaas.rules.asked import Asked
from tfsaas.rules.employment import RouteFound, ask_employment, judge_employment
from tfsaas.rules.facts import FAR, NO_DAY, Bools, Facts, Ints
from tfsaas.rules.measures import Measured, Survey
from tfsaas.rules.plan import DEPENDENT_CHILD, EXPECTING, Group, Headline, Plan
from tfsaas.rules.results import (
    INSUFFICIENT_EVIDENCE,
    LETTERS,
    MET,
    NOT_APPLICABLE,
    Results,
    combine_rows,
)
from tfsaas.rules.states import holds
from tfsaas.rules.windows import Moment

ROUTES = ("", "ssp", "ce")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """What the rules find for every family, in the order of the facts' families.

    Matrices have a line for each family and a column for each headline or measure of the plan.
    """

    plan: Plan
    facts: Facts
    as_at: date
    identified: NDArray[np.bool_]
    at_baseline: NDArray[np.bool_]
    counted_headlines: Ints
    counted_needs: Ints
    has_child: Bools
    eligible: Bools
    worked_with: Bools
    ssp: Results
    ce: Results
    employment: tuple[Asked, list[RouteFound]]
    route: NDArray[np.int8]
    indicators_then: tuple[Measured, ...]
    indicators_now: tuple[Measured, ...]
    outcomes: tuple[Measured, ...]
    always: tuple[Measured, ...]

    @property
    def family_ids(self) -> list[str]:
        """The families, in the order of every column."""
        return self.facts.family_ids

    def headlines(self, family: int) -> list[str]:
        """The codes of a family's identified headlines, in the plan's order."""
        return [
            headline.code
            for headline, found in zip(self.plan.headlines, self.identified[family], strict=True)
            if found
        ]

    def measured(self) -> list[Measured]:
        """Every measure, in the order of the findings."""
        return [*self.indicators_then, *self.indicators_now, *self.outcomes, *self.always]

    def findings(self, family: int) -> str:
        """One letter a measure: indicators as at the baseline and as at the day, outcomes, always."""
        return "".join(LETTERS[measured.result[family]] for measured in self.measured())


def evaluate(plan: Plan, facts: Facts, as_at: date) -> Evaluated:
    """Evaluate every family of `facts` as at a day. Pure: no clock, no database."""
    days = np.full(len(facts.family_ids), as_at.toordinal(), dtype=np.int64)
    return evaluate_each(plan, facts, days, as_at)


def evaluate_each(plan: Plan, facts: Facts, now: Ints, as_at: date) -> Evaluated:
    """Evaluate every family as at a day of its own, in `now`; `as_at` is what the whole is called."""
    count = len(facts.family_ids)
    started = (facts.baseline > NO_DAY) & (facts.baseline <= now)
    baseline = Moment(facts, np.where(started, facts.baseline, NO_DAY))
    today = Survey(plan, facts, Moment(facts, now), baseline)
    then = Survey(plan, facts, baseline, baseline)
    indicators_now = tuple(today.measure(measure) for measure in plan.indicators)
    indicators_then = tuple(then.measure(measure) for measure in plan.indicators)
    outcomes = tuple(today.measure(measure) for measure in plan.outcomes)
    always = tuple(today.measure(measure) for measure in plan.always)
    recorded = _first_recorded(plan, facts)
    at_baseline = _identified(plan, indicators_then, count) | (recorded <= baseline.day[:, None])
    at_baseline &= started[:, None]
    identified = at_baseline | _identified(plan, indicators_now, count) | (recorded <= now[:, None])
    counted_headlines = _count_headlines(
        plan, facts, indicators_then, at_baseline, recorded, baseline
    )
    counted_needs = _sum([measured.result == MET for measured in indicators_then], count)
    has_child = _has_child(plan, then)
    eligible = started & (counted_headlines >= plan.eligibility.minimum_headlines)
    eligible &= (counted_needs >= plan.eligibility.minimum_needs) & has_child
    worked_with = _worked_with(plan, facts, now)
    ssp = _progress(plan, outcomes, always, identified, started)
    employment = ask_employment(plan, today)
    ce = judge_employment(*employment, count)
    return Evaluated(
        plan, facts, as_at, identified, at_baseline, counted_headlines, counted_needs, has_child, eligible, worked_with, ssp,
        ce, employment, _route(plan, eligible & worked_with, ssp, ce), indicators_then, indicators_now, outcomes, always,
    )  # fmt: skip


def _sum(columns: list[Bools], count: int) -> Ints:
    total = np.zeros(count, dtype=np.int64)
    for column in columns:
        total += column
    return total


def list_spans(plan: Plan) -> list[tuple[Headline, slice, slice]]:
    """Each headline with the places of its indicators and of its outcomes."""
    spans, indicator, outcome = [], 0, 0
    for headline in plan.headlines:
        after, beyond = indicator + len(headline.indicators), outcome + len(headline.outcomes)
        spans.append((headline, slice(indicator, after), slice(outcome, beyond)))
        indicator, outcome = after, beyond
    return spans


def _identified(plan: Plan, indicators: tuple[Measured, ...], count: int) -> NDArray[np.bool_]:
    """A headline is identified when any of its indicators is."""
    found = np.zeros((count, len(plan.headlines)), dtype=bool)
    for column, (_, places, _) in enumerate(list_spans(plan)):
        for measured in indicators[places]:
            found[:, column] |= measured.result == MET
    return found


def _first_recorded(plan: Plan, facts: Facts) -> Ints:
    """The first day on which a worker recorded each headline of each family; `FAR` when none did."""
    first = np.full((len(facts.family_ids), len(plan.headlines)), FAR, dtype=np.int64)
    for column, headline in enumerate(plan.headlines):
        if headline.code in facts.recorded:
            family, day = facts.recorded[headline.code]
            np.minimum.at(first[:, column], family, day)
    return first


def _count_headlines(
    plan: Plan,
    facts: Facts,
    indicators: tuple[Measured, ...],
    at_baseline: NDArray[np.bool_],
    recorded: Ints,
    baseline: Moment,
) -> Ints:
    """Headlines that count towards eligibility: of those supplied only by non-residents, so many."""
    total = at_baseline.sum(axis=1)
    limit = plan.eligibility.nonresident_headlines
    if limit is None:
        return total
    only_outside = np.zeros_like(total)
    for column, (_, places, _) in enumerate(list_spans(plan)):
        outside = at_baseline[:, column] & (recorded[:, column] > baseline.day)
        for measured in indicators[places]:
            outside &= _is_supplied_from_outside(facts, measured)
        only_outside += outside
    return total - np.maximum(only_outside - limit, 0)


def _is_supplied_from_outside(facts: Facts, measured: Measured) -> Bools:
    """By family: the indicator does not identify, or is supplied by somebody and by no resident."""
    count = len(facts.family_ids)
    resident = facts.member_resident[measured.asked.members]
    supplied, from_inside = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    supplied[measured.asked.family[measured.supply]] = True
    from_inside[measured.asked.family[measured.supply & resident]] = True
    return (measured.result != MET) | (supplied & ~from_inside)


def _has_child(plan: Plan, then: Survey) -> Bools:
    """By family: there is a dependent child at the baseline, or somebody expecting one, if the plan asks."""
    count = len(then.facts.family_ids)
    if not plan.eligibility.dependent_child:
        return np.ones(count, dtype=bool)
    found = np.zeros(count, dtype=bool)
    found[then.facts.member_family[then.members(DEPENDENT_CHILD)]] = True
    if plan.eligibility.expectant_parent:
        everybody = then.asked(then.select(Group("")))
        day = then.moment.day[everybody.family]
        expecting = holds(then.facts.spells.get(EXPECTING), everybody.person, day - 1, day)
        found[everybody.family[expecting]] = True
    return found


def _worked_with(plan: Plan, facts: Facts, now: Ints) -> Bools:
    reached = np.ones(len(facts.family_ids), dtype=bool)
    for name in plan.principles:
        day = facts.principles[name]
        reached &= (day > NO_DAY) & (day <= now)
    return reached


def _progress(
    plan: Plan,
    outcomes: tuple[Measured, ...],
    always: tuple[Measured, ...],
    identified: NDArray[np.bool_],
    started: Bools,
) -> Results:
    """Significant and sustained progress: nothing shown is not enough evidence."""
    count = len(started)
    columns = [measured.result for measured in always]
    for column, (_, _, places) in enumerate(list_spans(plan)):
        combined = combine_rows(
            np.stack([measured.result for measured in outcomes[places]]), every=True
        )
        columns.append(np.where(identified[:, column], combined, NOT_APPLICABLE))
    matrix = np.stack(columns) if columns else np.zeros((0, count), dtype=np.int8)
    result = combine_rows(matrix, every=True)
    nothing = (result == NOT_APPLICABLE) | ~started
    return np.where(nothing, INSUFFICIENT_EVIDENCE, result).astype(np.int8)


def _route(plan: Plan, may: Bools, ssp: Results, ce: Results) -> NDArray[np.int8]:
    """Which way a family has its result: 0 none, 1 progress, 2 employment."""
    by_ssp, by_ce = may & (ssp == MET), may & (ce == MET)
    if plan.prefer_ssp:
        return np.where(by_ssp, 1, np.where(by_ce, 2, 0)).astype(np.int8)
    return np.where(by_ce, 2, np.where(by_ssp, 1, 0)).astype(np.int8)
