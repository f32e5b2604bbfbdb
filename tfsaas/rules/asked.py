"""Who is asked about when, and what is found; the values found on the way are the explanation."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfsaas.rules.facts import LARGEST_FACTOR, SPAN, Bools, Dated, Facts, Ints
from tfsaas.rules.plan import Test
from tfsaas.rules.results import INSUFFICIENT_EVIDENCE, MET, Answer, Results
from tfsaas.rules.windows import Bounds, Moment


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


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for each row asked: the result, and what it rests on.

    `value` is what was compared, multiplied by `scale`, or None; `bounds` and `covered` go by
    family.
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
