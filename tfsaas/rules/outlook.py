"""What still stands between families and a result, and when they would have it if nothing new happens.

Nothing new: each feed's next load joins on to its last one and holds nothing; no fact is added.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tfsaas.rules.changes import next_changes
from tfsaas.rules.evaluation import Evaluated, evaluate_each, list_spans
from tfsaas.rules.facts import FAR, NO_DAY, SPAN, Bools, Dated, Facts, Intervals, Ints
from tfsaas.rules.plan import Combined, Held, Plan, Rate, Test
from tfsaas.rules.results import INSUFFICIENT_EVIDENCE, NOT_MET
from tfsaas.rules.windows import WEEK

PRINCIPLE, OUTCOME, ALWAYS = "principle", "outcome", "always"


@dataclass(frozen=True, slots=True)
class Missing:
    """What each family lacks: a line for each family, a column for each name.

    Names are "principle:lead_worker", "outcome:crime/1.a", "always:attendance".
    """

    names: tuple[str, ...]
    lacks: NDArray[np.bool_]

    def of(self, family: int) -> list[str]:
        """What one family lacks, in the plan's order."""
        return [self.names[at] for at in np.flatnonzero(self.lacks[family])]


def find_missing(evaluated: Evaluated) -> Missing:
    """What each family lacks for progress: principles, outcomes of its headlines, outcomes asked of all."""
    plan, facts = evaluated.plan, evaluated.facts
    now = evaluated.as_at.toordinal()
    names, columns = [], []
    for name in plan.principles:
        reached = (facts.principles[name] > NO_DAY) & (facts.principles[name] <= now)
        names.append(f"{PRINCIPLE}:{name}")
        columns.append(~reached)
    for column, (headline, _, places) in enumerate(list_spans(plan)):
        for measured in evaluated.outcomes[places]:
            names.append(f"{OUTCOME}:{headline.code}/{measured.measure.code}")
            columns.append(evaluated.identified[:, column] & _is_open(measured.result))
    for measured in evaluated.always:
        names.append(f"{ALWAYS}:{measured.measure.code}")
        columns.append(_is_open(measured.result))
    lacks = (
        np.stack(columns, axis=1) if columns else np.zeros((len(facts.family_ids), 0), dtype=bool)
    )
    return Missing(tuple(names), lacks)


def _is_open(result: NDArray[np.int8]) -> Bools:
    return (result == NOT_MET) | (result == INSUFFICIENT_EVIDENCE)


def assume_quiet(facts: Facts, until: int) -> Facts:
    """The facts if nothing new happens until a day: every feed goes on being complete."""
    coverage = {
        signal: Intervals(known.first, np.append(known.last[:-1], max(int(known.last[-1]), until)))
        for signal, known in facts.coverage.items()
    }
    return replace(facts, coverage=coverage)


def select_families(facts: Facts, chosen: Bools) -> Facts:
    """The facts of some families only, in the same order; people and their facts stay where they are."""
    place = np.cumsum(chosen) - 1
    members = chosen[facts.member_family]
    attested = {
        signal: Dated(_moved(known, chosen, place), known.present[chosen], [])
        for signal, known in facts.attested_families.items()
    }
    recorded = {
        code: (place[family[chosen[family]]], day[chosen[family]])
        for code, (family, day) in facts.recorded.items()
    }
    return replace(
        facts,
        family_ids=[facts.family_ids[at] for at in np.flatnonzero(chosen)],
        baseline=facts.baseline[chosen],
        principles={name: days[chosen] for name, days in facts.principles.items()},
        member_person=facts.member_person[members],
        member_family=place[facts.member_family[members]],
        member_resident=facts.member_resident[members],
        member_joined=facts.member_joined[members],
        member_left=facts.member_left[members],
        attested_families=attested,
        recorded=recorded,
    )


def _moved(known: Dated, chosen: Bools, place: Ints) -> Ints:
    owner = known.key // SPAN
    kept = chosen[owner]
    return place[owner[kept]] * SPAN + known.key[kept] % SPAN


def earliest_results(plan: Plan, facts: Facts, start: int, until: int) -> Ints:
    """By family the first day from `start` to `until` on which it has a result if nothing new happens.

    `FAR`: on none of them.
    """
    found = np.full(len(facts.family_ids), FAR, dtype=np.int64)
    quiet = assume_quiet(facts, until)
    open_at = np.arange(len(found))
    days = np.full(len(found), start, dtype=np.int64)
    while len(open_at):
        evaluated = evaluate_each(plan, quiet, days, date.fromordinal(start))
        reached = evaluated.route > 0
        found[open_at[reached]] = days[reached]
        following = next_changes(plan, quiet, days)
        goes_on = ~reached & (following <= until) & (evaluated.eligible | (quiet.baseline > days))
        quiet = select_families(quiet, goes_on)
        open_at, days = open_at[goes_on], following[goes_on]
    return found


def soonest(test: Test, day: int, facts: Facts) -> int:
    """The first day on which a test could be met if what it asks begins now; `FAR`: no term is known to end."""
    if isinstance(test, Combined):
        days = [soonest(part, day, facts) for part in test.tests]
        return max(days) if test.every else min(days)
    if isinstance(test, Held):
        return day + WEEK * test.weeks
    if isinstance(test, Rate):
        later = facts.term_last[facts.term_last > day]
        return int(later[0]) if len(later) else FAR
    return day
