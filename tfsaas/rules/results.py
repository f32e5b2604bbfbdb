"""The four results, and the two ways to combine them.

Coded so that *every* is the least of a list and *any* the greatest once "not applicable" is
put below all others.

Source: contract, section 4.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Results = NDArray[np.int8]


class Answer(IntEnum):
    """What a test yields."""

    NOT_MET = 0
    INSUFFICIENT_EVIDENCE = 1
    MET = 2
    NOT_APPLICABLE = 3


NAMES = {
    Answer.NOT_MET: "not_met",
    Answer.INSUFFICIENT_EVIDENCE: "insufficient_evidence",
    Answer.MET: "met",
    Answer.NOT_APPLICABLE: "not_applicable",
}
NOT_MET, INSUFFICIENT_EVIDENCE, MET, NOT_APPLICABLE = (
    np.int8(code) for code in Answer
)  # in columns
LETTERS = "nima"  # one letter an answer, in the order of their codes


def name(code: int) -> str:
    """The result's name in files."""
    return NAMES[Answer(code)]


def combine(results: list[Results], *, every: bool) -> Results:
    """Several results for the same askers, combined for each."""
    return combine_rows(np.stack(results), every=every)


def combine_rows(results: NDArray[np.int8], *, every: bool) -> Results:
    """A matrix of results combined down its columns; no row at all is not applicable."""
    if not len(results):
        return np.full(results.shape[1:], Answer.NOT_APPLICABLE, dtype=np.int8)
    if every:
        least: Results = results.min(axis=0)
        return least
    return _back(_lowered(results).max(axis=0))


def combine_groups(
    results: Results, groups: NDArray[np.int64], count: int, *, every: bool
) -> Results:
    """Results combined within each of `count` groups; `groups` is sorted. An empty group is not applicable."""
    combined = np.full(count, Answer.NOT_APPLICABLE, dtype=np.int8)
    if not len(results):
        return combined
    starts = np.flatnonzero(np.append(True, groups[1:] != groups[:-1]))
    if every:
        combined[groups[starts]] = np.minimum.reduceat(results, starts)
    else:
        combined[groups[starts]] = _back(np.maximum.reduceat(_lowered(results), starts))
    return combined


def _lowered(results: NDArray[np.int8]) -> NDArray[np.int8]:
    return np.where(results == NOT_APPLICABLE, np.int8(-1), results)


def _back(results: NDArray[np.int8]) -> NDArray[np.int8]:
    return np.where(results < 0, NOT_APPLICABLE, results).astype(np.int8)
