"""Counting events in windows: `count` and `fall`."""

import numpy as np

from tfsaas.rules.asked import Asked, Found, answers, count_in, exact, shifted, unless_covered
from tfsaas.rules.facts import Bools, Ints
from tfsaas.rules.plan import Comparison, Count, Fall, Window
from tfsaas.rules.results import (
    INSUFFICIENT_EVIDENCE,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    Answer,
    Results,
)
from tfsaas.rules.windows import Moment

PERCENT = 100


def count_events(signal: str, window: Window, moment: Moment, asked: Asked) -> Ints:
    """Events of each row's person in the window that ends at `moment`."""
    bounds = moment.bounds(window)
    facts = asked.facts.events.get(signal)
    return count_in(facts, asked.person, bounds.start[asked.family], bounds.end[asked.family])


def judge_count(test: Count, counted: Ints, known: Bools, covered: Bools) -> Results:
    """The result of a count, for one person or for a family's sum."""
    if test.comparison is Comparison.AT_LEAST:
        result = answers(counted >= test.threshold, unless_covered(covered, Answer.NOT_MET))
    else:
        too_many = counted > test.threshold
        result = np.where(too_many, NOT_MET, unless_covered(covered, Answer.MET)).astype(np.int8)
    return np.where(known, result, INSUFFICIENT_EVIDENCE).astype(np.int8)


def ask_count(test: Count, asked: Asked) -> Found:
    counted = count_events(test.signal, test.window, asked.moment, asked)
    bounds = asked.moment.bounds(test.window)
    covered = asked.covered(test.signal, test.window, asked.moment)
    result = judge_count(test, counted, bounds.known[asked.family], covered)
    return Found(result, test, counted, bounds=bounds, covered=covered)


def judge_fall(test: Fall, before: Ints, after: Ints, known: Bools) -> Results:
    """The result of a fall from `before` to `after`; not `known`: a window is not covered, or no baseline."""
    percent, scale = shifted(test.percent)
    before, after = exact(before, percent, scale), exact(after, percent, scale)
    fell = PERCENT * scale * (before - after) >= percent * before
    result = np.where(before == 0, NOT_APPLICABLE, np.where(fell, MET, np.int8(0)))
    return np.where(known, result, INSUFFICIENT_EVIDENCE).astype(np.int8)


def ask_fall(test: Fall, asked: Asked) -> Found:
    before = count_events(test.signal, test.window, asked.baseline, asked)
    after = count_events(test.signal, test.window, asked.moment, asked)
    covered = fall_covered(test, asked)
    result = judge_fall(test, before, after, covered)
    bounds = asked.moment.bounds(test.window)
    return Found(result, test, after, earlier=before, bounds=bounds, covered=covered)


def fall_covered(test: Fall, asked: Asked) -> Bools:
    """By row: both windows are covered, and there is a baseline to fall from."""
    now = asked.covered(test.signal, test.window, asked.moment)
    before = asked.covered(test.signal, test.window, asked.baseline)
    return now & before & asked.has_baseline[asked.family]
