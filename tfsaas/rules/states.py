"""States that hold for a while: `spell`, `no_spell` and `held`."""

import numpy as np

from tfsaas.rules.asked import Asked, Found, answers, unless_covered
from tfsaas.rules.facts import SPAN, Bools, Ints, Spells
from tfsaas.rules.plan import HasSpell, Held, NoSpell, Window
from tfsaas.rules.results import INSUFFICIENT_EVIDENCE, NOT_MET, Answer
from tfsaas.rules.windows import WEEK


def holds(spells: Spells | None, person: Ints, start: Ints, end: Ints) -> Bools:
    """Whether a stretch of the person's touches some day after `start` up to and including `end`."""
    found = np.zeros(len(person), dtype=bool)
    if spells is None or not len(spells.key):
        return found
    some = np.flatnonzero(spells.present[person])
    at = np.searchsorted(spells.key, person[some] * SPAN + end[some], side="right") - 1
    own = (at >= 0) & (spells.owner[np.maximum(at, 0)] == person[some])
    found[some] = own & (spells.to[np.maximum(at, 0)] > start[some] + 1)
    return found


def ask_spell(test: HasSpell, asked: Asked) -> Found:
    bounds = asked.moment.bounds(test.window)
    covered = asked.covered(test.signal, test.window, asked.moment)
    start, end = bounds.start[asked.family], bounds.end[asked.family]
    held = holds(asked.facts.spells.get(test.signal), asked.person, start, end)
    result = answers(held, unless_covered(covered, Answer.NOT_MET))
    result = np.where(bounds.known[asked.family], result, INSUFFICIENT_EVIDENCE).astype(np.int8)
    return Found(result, test, held, bounds=bounds, covered=covered)


def ask_no_spell(test: NoSpell, asked: Asked) -> Found:
    bounds = asked.moment.bounds(test.window)
    covered = asked.covered(test.signal, test.window, asked.moment)
    start, end = bounds.start[asked.family], bounds.end[asked.family]
    held = holds(asked.facts.spells.get(test.signal), asked.person, start, end)
    free = unless_covered(covered, Answer.MET)
    result = np.where(held, NOT_MET, free)
    result = np.where(bounds.known[asked.family], result, INSUFFICIENT_EVIDENCE).astype(np.int8)
    return Found(result, test, held, bounds=bounds, covered=covered)


def days_held(spells: Spells | None, person: Ints, start: Ints, end: Ints) -> Ints:
    """Days after `start` up to and including `end` on which a stretch of the person's holds."""
    found = np.zeros(len(person), dtype=np.int64)
    if spells is None or not len(spells.key):
        return found
    some = np.flatnonzero(spells.present[person])
    found[some] = _held_until(spells, person[some], end[some]) - _held_until(
        spells, person[some], start[some]
    )
    return found


def _held_until(spells: Spells, person: Ints, day: Ints) -> Ints:
    """Days of all stretches in the long line up to and including `day`."""
    at = np.searchsorted(spells.key, person * SPAN + day, side="right") - 1
    last = np.maximum(at, 0)
    inside = np.minimum(spells.to[last], day + 1) - spells.first[last]
    own = (at >= 0) & (spells.owner[last] == person)
    return spells.before[at + 1] + np.where(own, inside - (spells.to[last] - spells.first[last]), 0)


def ask_held(test: Held, asked: Asked) -> Found:
    window = Window("weeks", test.within_weeks)
    bounds = asked.moment.bounds(window)
    covered = asked.covered(test.signal, window, asked.moment)
    start, end = bounds.start[asked.family], bounds.end[asked.family]
    days = days_held(asked.facts.spells.get(test.signal), asked.person, start, end)
    result = answers(days >= WEEK * test.weeks, unless_covered(covered, Answer.NOT_MET))
    return Found(result, test, days, bounds=bounds, covered=covered)
