"""How values are written for people: days, moments, money, shares."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from tfsaas.clock import LONDON


def day(value: date | None) -> str:
    """3 April 2019; nothing for None."""
    return f"{value.day} {value:%B %Y}" if value else ""


def month(value: date) -> str:
    """April 2019."""
    return f"{value:%B %Y}"


def moment(value: datetime | None) -> str:
    """4 June 2026 at 9:32am, London time; nothing for None."""
    if value is None:
        return ""
    return f"{day(value.astimezone(LONDON))} at {clock_time(value)}"


def clock_time(value: datetime) -> str:
    """9:32am, London time."""
    local = value.astimezone(LONDON)
    return f"{local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def pounds(value: int | None) -> str:
    """£1,000; nothing for None."""
    return "" if value is None else f"£{value:,}"


def count(value: int) -> str:
    """2,060."""
    return f"{value:,}"


def percent(part: int, whole: int) -> str:
    """8.4%, half a tenth rounded up; a dash where there is no whole."""
    if not whole:
        return "–"
    return f"{(Decimal(part * 100) / whole).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


def day_of(text: str) -> str:
    """3 April 2019, from 2019-04-03."""
    return day(date.fromisoformat(text))


def month_of(text: str) -> str:
    """April 2019, from 2019-04-01."""
    return month(date.fromisoformat(text))


def many(number: int, thing: str, things: str = "") -> str:
    """1 area, 2,060 families. `things`: the plural where it is not `thing` and an s."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def days(number: int) -> str:
    """1 day, 12 days."""
    return many(number, "day")


def kilobytes(size: int) -> str:
    """A file's size as people say it: 12 KB, 3.4 MB."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(size // 1000, 1)} KB"
