"""When a family's answer can next change with the day alone: never later than it does.

For each test the next day is worked out on which a fact enters or leaves its window, a feed's
coverage begins or ends, a term ends, or somebody has a birthday that matters. A day may be
named on which nothing changes; a day on which something changes is never passed over.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfsaas.rules.asked import Asked
from tfsaas.rules.employment import ADULT
from tfsaas.rules.facts import FAR, NO_DAY, SPAN, Dated, Facts, Ints, Spells
from tfsaas.rules.measures import Survey
from tfsaas.rules.plan import (
    Attested,
    Combined,
    Count,
    Fall,
    Group,
    HasSpell,
    Held,
    NoSpell,
    Plan,
    Rate,
    ScoreReached,
    Test,
    Window,
)
from tfsaas.rules.states import days_held
from tfsaas.rules.windows import WEEK, Moment, birthday, leaves_window


@dataclass(frozen=True, slots=True)
class _Watch:
    """The earliest candidate of each family so far; only days after the family's own day count."""

    facts: Facts
    day: Ints
    found: Ints

    def offer(self, family: Ints, days: Ints) -> None:
        """These days may bring a change to these families."""
        later = days > self.day[family]
        np.minimum.at(self.found, family[later], days[later])

    def offer_all(self, days: Ints) -> None:
        """A candidate for each family, in their order."""
        np.minimum(self.found, np.where(days > self.day, days, FAR), out=self.found)


def next_changes(plan: Plan, facts: Facts, days: Ints) -> Ints:
    """By family the first day after its own on which any of its answers can differ; `FAR`: never."""
    watch = _Watch(facts, days, np.full(len(days), FAR, dtype=np.int64))
    started = (facts.baseline > NO_DAY) & (facts.baseline <= days)
    baseline = Moment(facts, np.where(started, facts.baseline, NO_DAY))
    survey = Survey(plan, facts, Moment(facts, days), baseline)
    watch.offer_all(facts.baseline)
    for name in plan.principles:
        watch.offer_all(facts.principles[name])
    for family, day in facts.recorded.values():
        watch.offer(family, day)
    _offer_members(plan, facts, watch)
    for group, test in _tests(plan):
        _ask(test, survey.asked(survey.members(group)), watch)
    _offer_employment(plan, survey, watch)
    return watch.found


def _tests(plan: Plan) -> Iterator[tuple[str, Test]]:
    for measure in (*plan.indicators, *plan.outcomes, *plan.always):
        yield measure.who, measure.test


def _offer_members(plan: Plan, facts: Facts, watch: _Watch) -> None:
    """People come, go, and grow into and out of groups."""
    family = facts.member_family
    watch.offer(family, facts.member_joined)
    watch.offer(family, facts.member_left)
    birth = facts.birth[facts.member_person]
    known = birth > NO_DAY
    for age in _ages([*plan.groups.values(), ADULT]):
        watch.offer(family[known], birthday(birth[known], age))


def _ages(groups: list[Group]) -> set[int]:
    """The birthdays that bring somebody into a group or out of it."""
    into = {group.min_age for group in groups if group.min_age is not None}
    return into | {group.max_age + 1 for group in groups if group.max_age is not None}


def _offer_employment(plan: Plan, survey: Survey, watch: _Watch) -> None:
    if plan.employment is None:
        return
    adults = survey.asked(survey.select(ADULT))
    for route in plan.routes:
        _offer_spell_days(route.prior, adults, watch)
        _ask(Held(plan.employment.signal, route.weeks, route.within_weeks), adults, watch)
    for benefit in plan.employment.benefits:
        _offer_spell_days(benefit, adults, watch)


def _ask(test: Test, asked: Asked, watch: _Watch) -> None:
    WATCHERS[type(test)](test, asked, watch)


def _watch_combined(test: Combined, asked: Asked, watch: _Watch) -> None:
    for part in test.tests:
        _ask(part, asked, watch)


def _watch_events(test: Count | Fall, asked: Asked, watch: _Watch) -> None:
    _offer_edges(test.signal, test.window, asked, watch)
    _offer_dated(asked.facts.events.get(test.signal), asked.person, test.window, asked, watch)


def _watch_attested(test: Attested, asked: Asked, watch: _Watch) -> None:
    window = Window("months", test.months) if test.months else None
    facts = asked.facts
    _offer_dated(facts.attested_people.get(test.signal), asked.person, window, asked, watch)
    _offer_dated(facts.attested_families.get(test.signal), asked.family, window, asked, watch)


def _offer_dated(
    dated: Dated | None, owner: Ints, window: Window | None, asked: Asked, watch: _Watch
) -> None:
    """The next fact of each owner, and the first one inside the window leaving it."""
    if dated is None or not len(dated.key):
        return
    family, day = asked.family, asked.moment.day[asked.family]
    watch.offer(family, _next_of(dated.key, owner, day))
    if window is not None and window.unit != "terms":
        inside = _next_of(dated.key, owner, asked.moment.bounds(window).start[family])
        watch.offer(family, leaves_window(inside, window))


def _next_of(key: Ints, owner: Ints, day: Ints) -> Ints:
    """The day of each owner's first fact after a day; `FAR` when there is none."""
    at = np.searchsorted(key, owner * SPAN + day, side="right")
    last = np.minimum(at, len(key) - 1)
    own = (at < len(key)) & (key[last] // SPAN == owner)
    return np.where(own, key[last] % SPAN, FAR)


def _watch_rate(_test: Rate, asked: Asked, watch: _Watch) -> None:
    _offer_terms(asked, watch)


def _offer_terms(asked: Asked, watch: _Watch) -> None:
    ends = asked.facts.term_last
    if len(ends):
        at = np.searchsorted(ends, asked.moment.day, side="right")
        watch.offer_all(np.where(at < len(ends), ends[np.minimum(at, len(ends) - 1)], FAR))


def _offer_edges(signal: str, window: Window | None, asked: Asked, watch: _Watch) -> None:
    """The days on which a window becomes covered, or no longer is. None: the day itself."""
    if window is not None and window.unit == "terms":
        _offer_terms(asked, watch)
        return
    intervals = asked.facts.coverage.get(signal)
    if intervals is None:
        return
    _offer_gaps(signal, window, asked, watch)
    edges = [intervals.first, intervals.last + 1]
    if window is not None:
        edges.append(leaves_window(intervals.first - 1, window))
    days = np.unique(np.concatenate(edges))
    at = np.searchsorted(days, asked.moment.day, side="right")
    watch.offer_all(np.where(at < len(days), days[np.minimum(at, len(days) - 1)], FAR))


def _offer_gaps(signal: str, window: Window | None, asked: Asked, watch: _Watch) -> None:
    """A gap of a person's enters the window, or leaves it. None: the day itself."""
    gaps = asked.facts.gaps.get(signal)
    if gaps is None:
        return
    cohort, last = gaps.last // SPAN * SPAN, gaps.last % SPAN
    leaves = last + 1 if window is None else leaves_window(last, window)
    keys = np.sort(np.concatenate([gaps.first, cohort + leaves]))
    day = asked.moment.day[asked.family]
    watch.offer(asked.family, _next_of(keys, asked.facts.cohort[asked.person], day))


def _offer_spell_days(signal: str, asked: Asked, watch: _Watch) -> None:
    """A state begins, or the one that holds ends."""
    spells = asked.facts.spells.get(signal)
    if spells is None or not len(spells.key):
        return
    family, day = asked.family, asked.moment.day[asked.family]
    watch.offer(family, _next_of(spells.key, asked.person, day))
    watch.offer(family, _end_after(spells, asked.person, day))


def _end_after(spells: Spells, person: Ints, day: Ints) -> Ints:
    """The first day after the stretch that holds on a day, or that comes next; `FAR` when there is none."""
    at = np.searchsorted(spells.key, person * SPAN + day, side="right") - 1
    last = np.maximum(at, 0)
    holds = (at >= 0) & (spells.owner[last] == person) & (spells.to[last] > day)
    following = np.minimum(at + 1, len(spells.key) - 1)
    comes = (at + 1 < len(spells.key)) & (spells.owner[following] == person)
    return np.where(holds, spells.to[last], np.where(comes, spells.to[following], FAR))


def _watch_spell(test: HasSpell | NoSpell, asked: Asked, watch: _Watch) -> None:
    _offer_edges(test.signal, test.window, asked, watch)
    _offer_spell_days(test.signal, asked, watch)
    spells = asked.facts.spells.get(test.signal)
    window = test.window
    if spells is None or not len(spells.key) or window is None or window.unit == "terms":
        return
    start = asked.moment.bounds(window).start[asked.family]
    ends = _end_after(spells, asked.person, start + 1)
    known = ends < FAR
    watch.offer(asked.family[known], leaves_window(ends[known] - 1, window))


def _watch_held(test: Held, asked: Asked, watch: _Watch) -> None:
    """Days are won and lost one a day at most, so the threshold is as many days away as it lacks."""
    window = Window("weeks", test.within_weeks)
    _offer_edges(test.signal, window, asked, watch)
    bounds, spells = asked.moment.bounds(window), asked.facts.spells.get(test.signal)
    start, end = bounds.start[asked.family], bounds.end[asked.family]
    beyond = days_held(spells, asked.person, start, end) - WEEK * test.weeks
    watch.offer(asked.family, end + np.where(beyond >= 0, beyond + 1, -beyond))


def _watch_score(test: ScoreReached, asked: Asked, watch: _Watch) -> None:
    scores = asked.facts.scores.get(test.signal)
    if scores is None or not len(scores.key):
        return
    window = Window("months", test.months) if test.months else None
    dated = Dated(scores.key, scores.present, [])
    _offer_dated(dated, asked.person, window, asked, watch)


WATCHERS: dict[type, Callable[[Any, Asked, _Watch], None]] = {
    Count: _watch_events,
    Fall: _watch_events,
    Rate: _watch_rate,
    HasSpell: _watch_spell,
    NoSpell: _watch_spell,
    Held: _watch_held,
    ScoreReached: _watch_score,
    Attested: _watch_attested,
    Combined: _watch_combined,
}
