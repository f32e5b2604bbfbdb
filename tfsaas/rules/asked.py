"""Who is asked about when, and what is found; the values found on the way are the explanation."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfsaas.rules.facts import LARGEST_FACTOR, SPAN, Bools, Dated, Facts, Ints
from tfsaas.rules.plan import Test, Window
from tfsaas.rules.results import INSUFFICIENT_EVIDENCE, MET, Answer, Results
from tfsaas.rules.windows import Bounds, Moment, touches


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked about when: a membership a row, sorted by family."""

    facts: Facts
    members: Ints
    person: Ints
    family: Ints
    moment: Moment
    baseline: Moment
    has_baseline: Bools  # by family: support began on or before the day asked about

    def covered(self, signal: str, window: Window | None, moment: Moment) -> Bools:
        """By row: the feed is complete for the window, and speaks of the row's person. None: the day itself."""
        complete: Bools = moment.covered(signal, window)[self.family]
        if signal not in self.facts.gaps:
            return complete
        return complete & ~self.unheard(signal, window, moment)

    def unheard(self, signal: str, window: Window | None, moment: Moment) -> Bools:
        """By row: some day of the window lies in a gap of the row's person."""
        found = np.zeros(len(self.person), dtype=bool)
        gaps, bounds = self.facts.gaps.get(signal), moment.bounds(window)
        if gaps is None:
            return found
        cohort = self.facts.cohort[self.person]
        if window is None or bounds.first_term is None:
            start, end = bounds.start[self.family], bounds.end[self.family]
            return touches(gaps, cohort, start, end)
        if len(self.facts.term_first):
            latest = len(self.facts.term_first) - 1
            for offset in range(window.length):
                term = np.minimum(bounds.first_term[self.family] + offset, latest)
                first, last = self.facts.term_first[term], self.facts.term_last[term]
                found |= touches(gaps, cohort, first - 1, last)
        return found


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for each row asked: the result, and what it rests on.

    `value` is what was compared, multiplied by `scale`, or None; `bounds` goes by family,
    `covered` by row.
    """

    result: Results
    test: Test
    value: NDArray[Any] | None = None
    scale: int = 1
    earlier: NDArray[Any] | None = None
    bounds: Bounds | None = None
    covered: Bools | None = None
    parts: "list[Found]" = field(default_factory=list)


def answers(met: Bools, otherwise: NDArray[Any]) -> Results:
    """Met where it is met, else what `otherwise` says."""
    return np.where(met, MET, otherwise).astype(np.int8)


def unless_covered(covered: Bools, answer: Answer) -> NDArray[np.int8]:
    """`answer` where the window is covered; otherwise there is not enough evidence."""
    return np.where(covered, np.int8(answer), INSUFFICIENT_EVIDENCE)


def count_in(facts: Dated | None, owner: Ints, start: Ints, end: Ints) -> Ints:
    """Facts of each owner after `start` up to and including `end`. Only owners with any are looked up."""
    found = np.zeros(len(owner), dtype=np.int64)
    if facts is None:
        return found
    some = np.flatnonzero(facts.present[owner])
    base = owner[some] * SPAN
    upper = np.searchsorted(facts.key, base + end[some], side="right")
    found[some] = upper - np.searchsorted(facts.key, base + start[some], side="right")
    return found


def shifted(threshold: Decimal) -> tuple[int, int]:
    """A threshold as a whole number, and the power of ten it was multiplied by."""
    scale: int = 10 ** max(0, -int(threshold.as_tuple().exponent))
    return int(threshold * scale), scale


def exact(values: NDArray[Any], *factors: int) -> NDArray[Any]:
    """`values`, as Python's own integers where 64 bits could overflow when multiplied by a factor."""
    return values.astype(object) if max(factors) > LARGEST_FACTOR else values
