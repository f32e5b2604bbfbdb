"""Time: the day a question is asked about, windows that end on it, and whether they are covered."""

from dataclasses import dataclass, field

import numpy as np

from tfsaas.rules.facts import FAR, NO_DAY, SPAN, Bools, Facts, Intervals, Ints
from tfsaas.rules.plan import Window

EPOCH = 719_163  # the ordinal of 1 January 1970
WEEK = 7


def months_before(days: Ints, months: int) -> Ints:
    """The same day of the month so many months earlier, or the month's last day if it is shorter.

    Source: contract, section 3.
    """
    moments = (days - EPOCH).astype("datetime64[D]")
    month = moments.astype("datetime64[M]")
    of_month = (moments - month.astype("datetime64[D]")).astype(np.int64)
    earlier = month - months
    length = ((earlier + 1).astype("datetime64[D]") - earlier.astype("datetime64[D]")).astype(
        np.int64
    )
    return (
        earlier.astype("datetime64[D]").astype(np.int64) + np.minimum(of_month, length - 1) + EPOCH
    )


def leaves_window(days: Ints, window: Window) -> Ints:
    """The first day whose window, of months or weeks, no longer holds a day. `FAR` stays so.

    Source: contract, section 3.
    """
    if window.unit == "weeks":
        return np.where(days < FAR, days + WEEK * window.length, FAR)
    moments = (np.minimum(days, FAR) - EPOCH).astype("datetime64[D]")
    month = moments.astype("datetime64[M]")
    of_month = (moments - month.astype("datetime64[D]")).astype(np.int64)
    later = (month + window.length).astype("datetime64[D]")
    length = ((month + window.length + 1).astype("datetime64[D]") - later).astype(np.int64)
    found = (
        later.astype(np.int64) + np.minimum(of_month, length) + EPOCH
    )  # past the end: the next month's first
    return np.where(days < FAR, found, FAR)


def birthday(births: Ints, age: int) -> Ints:
    """The day on which somebody born on a day completes `age` years; born on 29 February: 1 March in common years."""
    year, month, day = _calendar(births)
    first = ((year + age) * 12 + month).astype("datetime64[M]").astype("datetime64[D]")
    return first.astype(np.int64) + day - 1 + EPOCH


def years_between(births: Ints, days: Ints) -> Ints:
    """Completed years: a 29 February birthday falls on 1 March in common years."""
    born, asked = _calendar(births), _calendar(days)
    had_birthday = (asked[1] > born[1]) | ((asked[1] == born[1]) & (asked[2] >= born[2]))
    return asked[0] - born[0] - ~had_birthday


def _calendar(days: Ints) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of the month."""
    moments = (days - EPOCH).astype("datetime64[D]")
    months = moments.astype("datetime64[M]")
    number = months.astype(np.int64)
    of_month = (moments - months.astype("datetime64[D]")).astype(np.int64) + 1
    return number // 12, number % 12, of_month


@dataclass(frozen=True, slots=True)
class Bounds:
    """A window for each family: days after `start` up to and including `end`.

    `known` false: there are not as many terms as the window asks for.
    """

    start: Ints
    end: Ints
    known: Bools
    first_term: Ints | None = None


@dataclass(slots=True)
class Moment:
    """The day about which each family is asked. Windows and coverage are worked out once a day."""

    facts: Facts
    day: Ints
    _unique: Ints = field(init=False)
    _first: Ints = field(init=False)
    _place: Ints = field(init=False)
    _bounds: dict[tuple[str, int], Bounds] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._unique, self._first, self._place = np.unique(
            self.day, return_index=True, return_inverse=True
        )

    def bounds(self, window: Window | None) -> Bounds:
        """The window of each family. None: the day itself."""
        key = (window.unit, window.length) if window else ("day", 1)
        if key not in self._bounds:
            self._bounds[key] = self._find_bounds(window)
        return self._bounds[key]

    def _find_bounds(self, window: Window | None) -> Bounds:
        if window is None:
            return Bounds(self.day - 1, self.day, np.ones(len(self.day), dtype=bool))
        return self._terms(window.length) if window.unit == "terms" else self._calendar(window)

    def _calendar(self, window: Window) -> Bounds:
        days = self._unique
        asked = np.maximum(days, 1)
        if window.unit == "months":
            start = months_before(asked, window.length)
        else:
            start = asked - WEEK * window.length
        start = np.maximum(start, NO_DAY)[self._place]
        return Bounds(start, self.day, np.ones(len(self.day), dtype=bool))

    def _terms(self, length: int) -> Bounds:
        facts = self.facts
        after = np.searchsorted(facts.term_last, self._unique, side="right")
        known = after >= length
        first = np.where(known, after - length, 0)
        if len(facts.term_first):
            start = np.where(
                known, facts.term_first[np.minimum(first, len(facts.term_first) - 1)] - 1, 0
            )
            end = np.where(known, facts.term_last[np.maximum(after - 1, 0)], 0)
        else:
            start = end = np.zeros(len(first), dtype=np.int64)
        return Bounds(start[self._place], end[self._place], known[self._place], first[self._place])

    def covered(self, signal: str, window: Window | None) -> Bools:
        """Whether the signal's feed is complete for each family's window. None: for the day itself."""
        intervals = self.facts.coverage.get(signal)
        bounds = self.bounds(window)
        if intervals is None:
            return np.zeros(len(self.day), dtype=bool)
        if window is None or bounds.first_term is None:
            once = is_covered(intervals, bounds.start[self._first], bounds.end[self._first])
            return once[self._place]
        whole = np.ones(len(self.day), dtype=bool)
        for offset in range(window.length):
            term = np.minimum(bounds.first_term + offset, max(len(self.facts.term_first) - 1, 0))
            if len(self.facts.term_first):
                first, last = self.facts.term_first[term], self.facts.term_last[term]
                whole &= is_covered(intervals, first - 1, last)
        return whole & bounds.known


def touches(gaps: Intervals, cohort: Ints, start: Ints, end: Ints) -> Bools:
    """Whether a gap of each cohort holds some day after `start` up to and including `end`."""
    at = np.searchsorted(gaps.first, cohort * SPAN + end, side="right") - 1
    found: Bools = gaps.last[np.maximum(at, 0)] > cohort * SPAN + start
    return found & (at >= 0)


def is_covered(intervals: Intervals, start: Ints, end: Ints) -> Bools:
    """Whether each day after `start` up to and including `end` lies in an interval."""
    at = np.searchsorted(intervals.first, start + 1, side="right") - 1
    found = at >= 0
    reaches: Bools = intervals.last[np.maximum(at, 0)] >= end
    return found & reaches if len(intervals.first) else np.zeros(len(start), dtype=bool)
