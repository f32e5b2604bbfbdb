"""The only reader of the system clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAY = timedelta(days=1)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The present day in England, where a day ends at midnight London time."""
    return datetime.now(LONDON).date()


def end_of(day: date) -> datetime:
    """The moment at which a day ends in England: midnight London time."""
    return datetime.combine(day + timedelta(days=1), time(), LONDON).astimezone(UTC)
