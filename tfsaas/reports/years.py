"""Financial years: 1 April to 31 March, called "2016-17"."""

import re
from dataclasses import dataclass
from datetime import date

NAME = re.compile(r"^(\d{4})-(\d{2})$")


class NotAYear(ValueError):
    """The text names no financial year; it says how to."""


@dataclass(frozen=True, slots=True, order=True)
class FinancialYear:
    """The year that begins on 1 April of `starts`."""

    starts: int

    @property
    def name(self) -> str:
        """Such as 2016-17."""
        return f"{self.starts}-{(self.starts + 1) % 100:02d}"

    @property
    def words(self) -> str:
        """Such as 2016 to 2017."""
        return f"{self.starts} to {self.starts + 1}"

    @property
    def first(self) -> date:
        """1 April."""
        return date(self.starts, 4, 1)

    @property
    def last(self) -> date:
        """31 March."""
        return date(self.starts + 1, 3, 31)


def read_year(text: str) -> FinancialYear:
    """The year that `text` names.

    Raises:
        NotAYear: it names none.
    """
    found = NAME.match(text)
    if not found or (int(found[1]) + 1) % 100 != int(found[2]) or int(found[1]) < 1900:
        raise NotAYear(f"{text!r} is not a financial year; write it as 2016-17")
    return FinancialYear(int(found[1]))


def year_of(day: date) -> FinancialYear:
    """The financial year that a day lies in."""
    return FinancialYear(day.year if (day.month, day.day) >= (4, 1) else day.year - 1)


def years_between(first: date, last: date) -> list[FinancialYear]:
    """The financial years from one day to another, the latest first."""
    return [FinancialYear(n) for n in range(year_of(last).starts, year_of(first).starts - 1, -1)]
