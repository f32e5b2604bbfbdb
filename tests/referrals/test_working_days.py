"""Working days: weekends and England's bank holidays do not count."""

from datetime import date

import pytest

from tfsaas.referrals.working_days import after_working_days, working_days_between

FRIDAY, SATURDAY, MONDAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 23)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (FRIDAY, FRIDAY, 0),
        (FRIDAY, SATURDAY, 0),
        (FRIDAY, MONDAY, 1),
        (SATURDAY, MONDAY, 1),
        (MONDAY, FRIDAY, 0),
        (date(2026, 12, 24), date(2026, 12, 29), 1),  # Christmas, Boxing Day in lieu on the 28th
        (date(2026, 4, 2), date(2026, 4, 7), 1),  # Good Friday and Easter Monday
        (date(2026, 5, 1), date(2026, 5, 5), 1),  # early May
    ],
)
def test_days_between(first, last, days):
    assert working_days_between(first, last) == days


@pytest.mark.parametrize(
    ("first", "count", "day"),
    [
        (FRIDAY, 1, MONDAY),
        (SATURDAY, 1, MONDAY),
        (FRIDAY, 5, date(2026, 11, 27)),
        (date(2026, 12, 24), 1, date(2026, 12, 29)),
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
    ],
)
def test_the_day_by_which_somebody_hears(first, count, day):
    assert after_working_days(first, count) == day
    assert working_days_between(first, day) == count
