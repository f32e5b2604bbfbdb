"""Asking a plan's measures of families: who is in the group, and how their answers combine."""

from dataclasses import dataclass, field

import numpy as np

from tfsaas.rules.asked import Asked, Found
from tfsaas.rules.asking import ask
from tfsaas.rules.counts import count_events, judge_count, judge_fall
from tfsaas.rules.facts import NO_DAY, Bools, Facts, Ints
from tfsaas.rules.plan import Count, Fall, Group, Measure, Plan, Scope
from tfsaas.rules.results import MET, NOT_APPLICABLE, Results, combine_groups
from tfsaas.rules.windows import Moment, years_between


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's result by family, and the rows it was asked of.

    `supply` tells which rows supply it: the people whose own result was met, or for a family's
    sum those with at least one event in the window.
    """

    measure: Measure
    result: Results
    asked: Asked
    found: Found
    supply: Bools


@dataclass(slots=True)
class Survey:
    """Every family asked about on its own day; memberships and groups are worked out once."""

    plan: Plan
    facts: Facts
    moment: Moment
    baseline: Moment
    _groups: dict[str, Ints] = field(init=False, default_factory=dict)
    _members: Ints = field(init=False)
    _ages: Ints = field(init=False)
    _has_baseline: Bools = field(init=False)

    def __post_init__(self) -> None:
        facts = self.facts
        day = self.moment.day[facts.member_family]
        inside = (facts.member_joined <= day) & (day < facts.member_left) & (day > NO_DAY)
        self._members = np.flatnonzero(inside)
        self._ages = years_between(
            facts.birth[facts.member_person[self._members]], day[self._members]
        )
        self._has_baseline = (self.baseline.day > NO_DAY) & (self.baseline.day <= self.moment.day)

    @property
    def has_baseline(self) -> Bools:
        """By family: support began on or before the day asked about."""
        return self._has_baseline

    def members(self, code: str) -> Ints:
        """The memberships, on each family's day, of the people in a group."""
        if code not in self._groups:
            self._groups[code] = self.select(self.plan.groups[code])
        return self._groups[code]

    def select(self, group: Group) -> Ints:
        """The memberships, on each family's day, of the people within a group's limits."""
        facts, members = self.facts, self._members
        chosen = np.ones(len(members), dtype=bool)
        if group.min_age is not None or group.max_age is not None:
            chosen &= facts.birth[facts.member_person[members]] > NO_DAY
        if group.min_age is not None:
            chosen &= self._ages >= group.min_age
        if group.max_age is not None:
            chosen &= self._ages <= group.max_age
        if group.resident is not None:
            chosen &= facts.member_resident[members] == group.resident
        return members[chosen]

    def asked(self, members: Ints) -> Asked:
        """These memberships as rows to ask about."""
        facts = self.facts
        return Asked(
            facts,
            members,
            facts.member_person[members],
            facts.member_family[members],
            self.moment,
            self.baseline,
            self._has_baseline,
        )

    def measure(self, measure: Measure) -> Measured:
        """Ask a measure of every family.

        Source: contract, section 5.
        """
        asked = self.asked(self.members(measure.who))
        found = ask(measure.test, asked)
        if measure.scope is Scope.FAMILY:
            return self._sum(measure, asked, found)
        every = measure.scope is Scope.EVERY
        result = combine_groups(found.result, asked.family, len(self.moment.day), every=every)
        return Measured(measure, result, asked, found, found.result == MET)

    def _sum(self, measure: Measure, asked: Asked, found: Found) -> Measured:
        """The people of the group summed first and tested once. Nobody: not applicable."""
        test = measure.test
        assert isinstance(test, Count | Fall)  # a plan with any other was refused
        assert found.covered is not None
        covered = np.ones(len(self.moment.day), dtype=bool)
        covered[asked.family[~found.covered]] = False  # of everybody summed
        if isinstance(test, Count):
            counted = self._by_family(asked, found.value)
            known = self.moment.bounds(test.window).known
            result = judge_count(test, counted, known, covered)
        else:
            before, after = (
                self._by_family(asked, found.earlier),
                self._by_family(asked, found.value),
            )
            result = judge_fall(test, before, after, covered)
        somebody = np.zeros(len(self.moment.day), dtype=bool)
        somebody[asked.family] = True
        result = np.where(somebody, result, NOT_APPLICABLE).astype(np.int8)
        supply = count_events(test.signal, test.window, self.moment, asked) > 0
        return Measured(measure, result, asked, found, supply)

    def _by_family(self, asked: Asked, values: Ints | None) -> Ints:
        weights = np.zeros(0) if values is None else values
        return np.bincount(asked.family, weights=weights, minlength=len(self.moment.day)).astype(
            np.int64
        )
