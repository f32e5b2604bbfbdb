"""How values are written on pages: days, moments, money, shares."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

from flask import Flask, url_for

from tfsaas.clock import LONDON


def init_app(app: Flask) -> None:
    """Give templates the formats."""
    for name, function in FILTERS.items():
        app.add_template_filter(function, name)
    built = Path(str(app.static_folder)) / "built" / ".made-from"
    stamp = built.read_text() if built.exists() else "none"

    def asset(name: str) -> str:
        return url_for("static", filename=f"built/{name}", v=stamp[:12])

    app.add_template_global(asset, "asset")


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
    local = value.astimezone(LONDON)
    return f"{day(local)} at {local.hour % 12 or 12}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


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


FILTERS: dict[str, Callable[..., str]] = {
    "day": day, "month": month, "moment": moment, "pounds": pounds, "count": count, "percent": percent,
}  # fmt: skip
