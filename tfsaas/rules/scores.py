"""Scored tools and professionals' statements: `score` and `attested`."""

from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tfsaas.rules.asked import Asked, Found, answers, count_in, exact, shifted
from tfsaas.rules.facts import NO_DAY, SPAN, Bools, Ints, Scores
from tfsaas.rules.plan import Attested, ScoreReached, Window
from tfsaas.rules.results import INSUFFICIENT_EVIDENCE, MET, NOT_MET, Results, combine


def _latest(scores: Scores | None, person: Ints, day: Ints) -> tuple[NDArray[Any], Ints]:
    """The latest score on or before a day and its day; `NO_DAY` where there is none."""
    if scores is None or not len(scores.key):
        return np.zeros(len(person), dtype=np.int64), np.full(len(person), NO_DAY, dtype=np.int64)
    at = np.searchsorted(scores.key, person * SPAN + day, side="right") - 1
    last = np.maximum(at, 0)
    own = (at >= 0) & (scores.owner[last] == person)
    return scores.value[last], np.where(own, scores.key[last] % SPAN, NO_DAY)


def ask_score(test: ScoreReached, asked: Asked) -> Found:
    scores = asked.facts.scores.get(test.signal)
    scale = scores.scale if scores else 1
    value, on = _latest(scores, asked.person, asked.moment.day[asked.family])
    bounds = asked.moment.bounds(Window("months", test.months)) if test.months else None
    there = on > (NO_DAY if bounds is None else bounds.start[asked.family])
    before, before_on = _latest(scores, asked.person, asked.baseline.day[asked.family])
    parts = []
    if test.at_least is not None:
        parts.append(_judge_score(value, test.at_least, scale, there))
    if test.rise is not None:
        known = there & (before_on > NO_DAY) & asked.has_baseline[asked.family]
        parts.append(_judge_score(value - before, test.rise, scale, known))
    result = combine(parts, every=True)
    shown = np.where(there, value, -1)
    return Found(result, test, shown, scale, np.where(before_on > NO_DAY, before, -1), bounds)


def _judge_score(value: NDArray[Any], threshold: Decimal, scale: int, known: Bools) -> Results:
    limit, places = shifted(threshold)
    reached = exact(value, limit * scale, places) * places >= limit * scale
    result = np.where(reached, MET, NOT_MET)
    return np.where(known, result, INSUFFICIENT_EVIDENCE).astype(np.int8)


def ask_attested(test: Attested, asked: Asked) -> Found:
    bounds = asked.moment.bounds(Window("months", test.months)) if test.months else None
    end = asked.moment.day
    start = np.zeros(len(end), dtype=np.int64) if bounds is None else bounds.start
    of_person = count_in(
        asked.facts.attested_people.get(test.signal),
        asked.person,
        start[asked.family],
        end[asked.family],
    )
    families = np.arange(len(end), dtype=np.int64)
    of_family = count_in(asked.facts.attested_families.get(test.signal), families, start, end)
    said = of_person + of_family[asked.family]
    result = answers(said > 0, np.full(len(said), NOT_MET))
    return Found(result, test, said, bounds=bounds)
