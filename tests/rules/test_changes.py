"""The next day on which a family's answer can change is never too late."""

from datetime import date, timedelta
from random import Random

import numpy as np
import pytest

from tests.rules.generate import as_at_day, random_facts, random_plan, write_facts
from tests.rules.silent import with_gaps
from tfsaas.evidence.checks import as_tables, read_facts
from tfsaas.evidence.reader import read_folder
from tfsaas.rules.assembly import assemble
from tfsaas.rules.changes import next_changes
from tfsaas.rules.evaluation import Evaluated, evaluate, evaluate_each
from tfsaas.rules.facts import FAR, Facts
from tfsaas.rules.parse import parse
from tfsaas.rules.plan import Plan, Window
from tfsaas.rules.windows import birthday, leaves_window, months_before, years_between

DAYS_AHEAD = 150


def random_council(seed: int, folder, families: int = 8) -> tuple[Plan, Facts, date]:
    random = Random(seed)
    document = random_plan(random)
    folder = folder / str(seed)
    folder.mkdir()
    write_facts(with_gaps(random, random_facts(random, document, families)), folder)
    facts = assemble(as_tables(read_facts(read_folder(folder))))
    return parse(document), facts, as_at_day(random)


def answers(evaluated: Evaluated) -> list[tuple[object, ...]]:
    """Everything that is kept of each family."""
    columns = (
        evaluated.eligible,
        evaluated.worked_with,
        evaluated.ssp,
        evaluated.ce,
        evaluated.route,
    )
    return [
        (*(column[at] for column in columns), evaluated.findings(at), *evaluated.headlines(at))
        for at in range(len(evaluated.family_ids))
    ]


@pytest.mark.parametrize("seed", range(30))
def test_no_answer_changes_before_its_next_day(seed, tmp_path):
    plan, facts, day = random_council(5000 + seed, tmp_path)
    days = np.full(len(facts.family_ids), day.toordinal())
    upcoming = next_changes(plan, facts, days)
    now = answers(evaluate(plan, facts, day))

    for ahead in range(1, min(DAYS_AHEAD, int(upcoming.max()) - day.toordinal())):
        later = answers(evaluate(plan, facts, day + timedelta(days=ahead)))
        for at, answer in enumerate(later):
            if day.toordinal() + ahead < upcoming[at]:
                assert answer == now[at], (ahead, facts.family_ids[at])


def test_many_families_are_left_alone_for_more_than_a_week(tmp_path):
    steps = []
    for seed in range(20):
        plan, facts, day = random_council(6000 + seed, tmp_path)
        days = np.full(len(facts.family_ids), day.toordinal())
        steps += list(next_changes(plan, facts, days) - days)

    assert min(steps) >= 1
    assert np.mean(np.array(steps) > 7) > 0.2


@pytest.mark.parametrize("seed", range(10))
def test_each_family_on_a_day_of_its_own_is_as_on_that_day(seed, tmp_path):
    plan, facts, day = random_council(7000 + seed, tmp_path)
    days = np.array([day.toordinal() + 31 * at for at in range(len(facts.family_ids))])

    each = answers(evaluate_each(plan, facts, days, day))

    for at, ordinal in enumerate(days):
        assert each[at] == answers(evaluate(plan, facts, date.fromordinal(int(ordinal))))[at]


@pytest.mark.parametrize("length", [1, 2, 6, 12, 13])
def test_a_day_leaves_a_window_of_months_on_the_first_day_that_no_longer_reaches_it(length):
    first = date(2015, 1, 1).toordinal()
    days, later = np.arange(first, first + 800), np.arange(first, first + 2000)
    starts = months_before(later, length)

    expected = [later[np.argmax(starts >= day)] for day in days]

    assert list(leaves_window(days, Window("months", length))) == expected
    assert leaves_window(np.array([FAR]), Window("months", length))[0] == FAR


@pytest.mark.parametrize("age", [0, 1, 5, 16, 18])
def test_a_birthday_is_the_first_day_of_an_age(age):
    births = np.arange(date(2000, 1, 1).toordinal(), date(2004, 12, 31).toordinal())

    days = birthday(births, age)

    assert (years_between(births, days) == age).all()
    assert (years_between(births, days - 1) == age - 1).all()
