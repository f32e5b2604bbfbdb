"""Windows, ages and coverage, with both sides of every edge.

Source: contract, sections 3 and 5.
"""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.cases import Case, ask
from tfsaas.rules.windows import months_before, years_between

DAY = timedelta(days=1)
DAYS = st.dates(date(1930, 1, 1), date(2090, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2017, 3, 31), 1, date(2017, 2, 28)),
        (date(2016, 3, 31), 1, date(2016, 2, 29)),
        (date(2016, 3, 30), 1, date(2016, 2, 29)),
        (date(2016, 3, 28), 1, date(2016, 2, 28)),
        (date(2017, 8, 31), 6, date(2017, 2, 28)),
        (date(2016, 8, 31), 6, date(2016, 2, 29)),
        (date(2016, 2, 29), 12, date(2015, 2, 28)),
        (date(2017, 1, 15), 1, date(2016, 12, 15)),
        (date(2017, 2, 28), 12, date(2016, 2, 28)),
        (date(1960, 3, 31), 13, date(1959, 2, 28)),
    ],
)
def test_months_keep_the_day_or_take_the_months_last(day, months, expected):
    assert months_before(np.array([day.toordinal()]), months)[0] == expected.toordinal()


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        (date(2000, 6, 30), date(2018, 6, 29), 17),
        (date(2000, 6, 30), date(2018, 6, 30), 18),
        (date(2000, 2, 29), date(2018, 2, 28), 17),
        (date(2000, 2, 29), date(2018, 3, 1), 18),
        (date(2000, 2, 29), date(2016, 2, 28), 15),
        (date(2000, 2, 29), date(2016, 2, 29), 16),
    ],
    ids=[
        "the day before",
        "the birthday",
        "29 February, 28 February",
        "29 February, 1 March",
        "leap, before",
        "leap, on",
    ],
)
def test_ages_are_completed_years(born, day, age):
    assert years_between(np.array([born.toordinal()]), np.array([day.toordinal()]))[0] == age


@given(DAYS, st.integers(1, 60))
def test_a_window_of_months_never_ends_before_it_starts(day, months):
    assert months_before(np.array([day.toordinal()]), months)[0] < day.toordinal()


COUNT = '{ kind = "count", signal = "police.asb", months = 6, at_least = 1 }'
WEEKS = '{ kind = "count", signal = "police.asb", weeks = 26, at_least = 1 }'
END = date(2017, 8, 31)


@pytest.mark.parametrize(
    ("test", "on", "expected"),
    [
        (COUNT, date(2017, 2, 28), "not_met"),
        (COUNT, date(2017, 3, 1), "met"),
        (COUNT, END, "met"),
        (COUNT, END + DAY, "not_met"),
        (WEEKS, END - timedelta(days=182), "not_met"),
        (WEEKS, END - timedelta(days=181), "met"),
    ],
    ids=["start excluded", "first day", "last day", "day after", "182 days ago", "181 days ago"],
)
def test_a_window_excludes_its_start_and_includes_its_end(test, on, expected):
    case = Case().person("adult", date(1980, 1, 1)).events("adult", "police.asb", on)

    assert ask(test, case.always_covered("police.asb"), END) == expected


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([(date(2017, 3, 1), END)], "met"),
        ([(date(2017, 3, 2), END)], "insufficient_evidence"),
        ([(date(2017, 3, 1), END - DAY)], "insufficient_evidence"),
        ([(date(2017, 3, 1), date(2017, 5, 31)), (date(2017, 6, 1), END)], "met"),
        ([(date(2017, 3, 1), date(2017, 5, 31)), (date(2017, 6, 2), END)], "insufficient_evidence"),
        ([(date(2017, 6, 1), END), (date(2017, 1, 1), date(2017, 7, 1))], "met"),
        ([], "insufficient_evidence"),
    ],
    ids=[
        "exactly",
        "a day late",
        "a day short",
        "adjoining",
        "a day's gap",
        "overlapping, unsorted",
        "none",
    ],
)
def test_silence_counts_only_where_every_day_is_covered(gaps, expected):
    case = Case().person("adult", date(1980, 1, 1))
    for first, last in gaps:
        case.covered("police.asb", first, last)

    assert (
        ask('{ kind = "count", signal = "police.asb", months = 6, at_most = 0 }', case, END)
        == expected
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [(date(2016, 12, 19), 2), (date(2016, 12, 20), 3)],
    ids=["the day before a term ends", "the day it ends"],
)
def test_a_term_counts_from_the_day_it_ends(day, expected):
    case = Case().person("child", date(2005, 1, 1))
    case.period("child", date(2016, 9, 1), date(2016, 12, 16), "50", "100").always_covered(
        "school.attended"
    )

    result = ask(
        '{ kind = "rate", signal = "school.attended", terms = 1, at_least = 90 }', case, day
    )

    assert result == ("not_met" if expected == 3 else "not_applicable")


def test_fewer_terms_than_asked_are_not_enough_evidence():
    case = Case().person("child", date(2005, 1, 1)).always_covered("school.attended")

    assert ask(
        '{ kind = "rate", signal = "school.attended", terms = 7, at_least = 90 }', case, END
    ) == ("insufficient_evidence")


def test_holidays_between_terms_need_no_coverage():
    case = Case().person("child", date(2005, 1, 1))
    for first, last in case.tables.terms:
        case.covered("police.asb", first, last)
    result = ask(
        '{ kind = "count", signal = "police.asb", terms = 3, at_most = 0 }', case, date(2017, 8, 31)
    )

    assert result == "met"


@pytest.mark.parametrize(
    ("joined", "left", "expected"),
    [
        (END, None, "met"),
        (END + DAY, None, "not_applicable"),
        (date(2010, 1, 1), END + DAY, "met"),
        (date(2010, 1, 1), END, "not_applicable"),
    ],
    ids=["joins that day", "joins the day after", "leaves the day after", "has left that day"],
)
def test_members_are_those_on_the_day(joined, left, expected):
    case = Case().person("adult", date(1980, 1, 1), joined=joined, left=left)
    case.events("adult", "police.asb", END)

    assert ask(COUNT, case, END) == expected


def test_a_person_without_date_of_birth_is_in_no_group_with_an_age_limit():
    case = Case().person("someone", None).events("someone", "police.asb", END)

    assert ask(COUNT, case, END, who="adult") == "not_applicable"
    assert ask(COUNT, case, END, who="anyone") == "met"
