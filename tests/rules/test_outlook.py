"""What is missing, and the earliest day of a result if nothing new happens."""

from datetime import date, timedelta

import numpy as np
import pytest

from tests.rules.cases import TERMS, Case, plan_of
from tests.rules.test_changes import answers, random_council
from tests.rules.test_worked_cases import PLAN, crime_and_education
from tfsaas.rules.assembly import assemble
from tfsaas.rules.evaluation import evaluate
from tfsaas.rules.facts import FAR
from tfsaas.rules.outlook import (
    assume_quiet,
    earliest_results,
    find_missing,
    select_families,
    soonest,
)

AHEAD = 120
DAY = timedelta(days=1)


@pytest.mark.parametrize("seed", range(12))
def test_the_earliest_day_is_the_one_that_trying_every_day_finds(seed, tmp_path):
    plan, facts, day = random_council(8000 + seed, tmp_path)
    start, until = day.toordinal(), day.toordinal() + AHEAD
    quiet = assume_quiet(facts, until)
    expected = np.full(len(facts.family_ids), FAR)
    for ordinal in range(until, start - 1, -1):
        expected[evaluate(plan, quiet, date.fromordinal(ordinal)).route > 0] = ordinal

    assert list(earliest_results(plan, facts, start, until)) == list(expected)


@pytest.mark.parametrize("seed", range(10))
def test_some_families_alone_are_as_among_all(seed, tmp_path):
    plan, facts, day = random_council(9000 + seed, tmp_path)
    chosen = np.arange(len(facts.family_ids)) % 3 != 1
    everybody = answers(evaluate(plan, facts, day))

    some = answers(evaluate(plan, select_families(facts, chosen), day))

    assert some == [answer for answer, kept in zip(everybody, chosen, strict=True) if kept]


def test_a_quiet_feed_goes_on_but_a_gap_stays():
    case = Case().person("adult", date(1980, 1, 1))
    case.covered("police.asb", date(2015, 1, 1), date(2015, 6, 30))
    case.covered("police.asb", date(2016, 1, 1), date(2016, 6, 30))

    quiet = assume_quiet(assemble(case.tables), date(2020, 1, 1).toordinal())

    assert list(quiet.coverage["police.asb"].last) == [
        date(2015, 6, 30).toordinal(),
        date(2020, 1, 1).toordinal(),
    ]


def test_the_day_on_which_the_last_event_is_six_months_ago_is_named():
    plan = plan_of('{ kind = "count", signal = "police.asb", months = 6, at_most = 0 }')
    event = date(2017, 2, 28)
    case = Case().person("adult", date(1980, 1, 1)).recorded("h", date(2016, 1, 1))
    case.covered("police.asb", date(2015, 1, 1), date(2017, 5, 1)).events(
        "adult", "police.asb", event
    )
    start = date(2017, 5, 1).toordinal()

    found = earliest_results(plan, assemble(case.tables), start, start + 400)

    assert date.fromordinal(int(found[0])) == date(2017, 8, 28)


def test_what_a_family_lacks_is_named_in_the_plans_order():
    case = crime_and_education(sibling=86)
    row = list(case.tables.families[0])
    row[3] = None
    case.tables.families[0] = tuple(row)
    case.events("adult", "police.asb", date(2017, 8, 1))

    missing = find_missing(case.evaluate(PLAN, date(2017, 8, 31)))

    assert missing.of(0)[0] == "principle:whole_family_plan"
    assert [name for name in missing.of(0) if name.startswith("outcome:crime")]
    assert missing.of(0)[-1] == "always:attendance"


def test_a_family_with_a_result_lacks_nothing():
    found = crime_and_education().evaluate(PLAN, date(2017, 8, 31))

    assert find_missing(found).of(0) == []


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ('{ kind = "attested", signal = "said" }', date(2017, 1, 1)),
        ('{ kind = "rate", signal = "school.attended", terms = 3, at_least = 90 }', TERMS[4][1]),
        ('{ kind = "held", signal = "work.employed", weeks = 13 }', date(2017, 1, 1) + 91 * DAY),
        (
            (
                '{ kind = "any_of", tests = [{ kind = "attested", signal = "said" }, '
                '{ kind = "held", signal = "work.employed", weeks = 2 }] }'
            ),
            date(2017, 1, 1),
        ),
        (
            (
                '{ kind = "all_of", tests = [{ kind = "attested", signal = "said" }, '
                '{ kind = "held", signal = "work.employed", weeks = 2 }] }'
            ),
            date(2017, 1, 15),
        ),
    ],
)
def test_what_a_step_takes_at_least(test, expected):
    plan, facts = plan_of(test), assemble(Case().tables)

    found = soonest(plan.outcomes[0].test, date(2017, 1, 1).toordinal(), facts)

    assert date.fromordinal(found) == expected
