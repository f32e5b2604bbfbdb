"""Working days in England: Monday to Friday without bank holidays."""

from datetime import date, timedelta
from functools import cache

import holidays
import numpy as np

FIRST, LAST = 2015, 2100


@cache
def _bank_holidays() -> np.busdaycalendar:
    days = holidays.country_holidays("GB", subdiv="ENG", years=range(FIRST, LAST))
    return np.busdaycalendar(holidays=sorted(days))


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and including `last`; 0 when it is not later."""
    if last <= first:
        return 0
    after = timedelta(days=1)
    return int(np.busday_count(first + after, last + after, busdaycal=_bank_holidays()))


def after_working_days(first: date, count: int) -> date:
    """The day on which `count` working days have passed since `first`, which itself does not count."""
    found: date = np.busday_offset(
        first, count, roll="preceding", busdaycal=_bank_holidays()
    ).astype(date)
    return found
