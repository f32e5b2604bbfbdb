"""Percentages over school terms: `rate`."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfsaas.rules.asked import Asked, Found, exact, shifted, unless_covered
from tfsaas.rules.facts import Bools
from tfsaas.rules.plan import Comparison, Rate, Window
from tfsaas.rules.results import INSUFFICIENT_EVIDENCE, MET, NOT_MET, Answer, combine_rows
from tfsaas.rules.windows import Bounds

PERCENT = 100
COMPARE: dict[Comparison, Callable[[Any, Any], Any]] = {
    Comparison.AT_LEAST: np.greater_equal,
    Comparison.ABOVE: np.greater,
    Comparison.AT_MOST: np.less_equal,
    Comparison.BELOW: np.less,
}


def ask_rate(test: Rate, asked: Asked) -> Found:
    window = Window("terms", test.terms)
    bounds = asked.moment.bounds(window)
    covered = asked.covered(test.signal, window, asked.moment)
    part, possible, has_row = _term_sums(test, asked, bounds)
    missing = ~has_row.all(axis=0)
    limit, scale = shifted(test.threshold)
    part, possible = exact(part, limit, scale), exact(possible, limit, scale)
    compare = COMPARE[test.comparison]
    if test.each_term:
        each = np.where(
            compare(PERCENT * scale * part, limit * possible), Answer.MET, Answer.NOT_MET
        )
        each = np.where(has_row, each, Answer.INSUFFICIENT_EVIDENCE).astype(np.int8)
        result = combine_rows(each, every=True)
    else:
        reached = compare(PERCENT * scale * part.sum(axis=0), limit * possible.sum(axis=0))
        result = np.where(reached, MET, NOT_MET)
        result = np.where(missing, INSUFFICIENT_EVIDENCE, result)
    nowhere = ~has_row.any(axis=0)
    off_roll = unless_covered(covered, Answer.NOT_APPLICABLE)
    result = np.where(nowhere, off_roll, result)
    result = np.where(bounds.known[asked.family], result, INSUFFICIENT_EVIDENCE)
    return Found(
        result.astype(np.int8), test, part, earlier=possible, bounds=bounds, covered=covered
    )


def _term_sums(
    test: Rate, asked: Asked, bounds: Bounds
) -> tuple[NDArray[Any], NDArray[Any], Bools]:
    """Part, possible and whether there is a row, a line for each term and a column for each row asked."""
    shape = (test.terms, len(asked.person))
    periods = asked.facts.periods.get(test.signal)
    kind = np.dtype(np.int64) if periods is None else np.result_type(periods.part, periods.possible)
    part, possible = np.zeros(shape, dtype=kind), np.zeros(shape, dtype=kind)
    has_row = np.zeros(shape, dtype=bool)
    if periods is None or bounds.first_term is None or not len(periods.key):
        return part, possible, has_row
    first = bounds.first_term[asked.family]
    terms = max(len(asked.facts.term_last), 1)
    for offset in range(test.terms):
        key = asked.person * terms + first + offset
        at = np.minimum(np.searchsorted(periods.key, key), len(periods.key) - 1)
        there = (periods.key[at] == key) & bounds.known[asked.family]
        has_row[offset] = there
        part[offset][there] = periods.part[at[there]]
        possible[offset][there] = periods.possible[at[there]]
    return part, possible, has_row
