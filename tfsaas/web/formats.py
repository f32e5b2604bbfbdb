"""The formats and addresses that templates use."""

from collections.abc import Callable
from pathlib import Path

from flask import Flask, url_for

from tfsaas.words import (
    count,
    day,
    day_of,
    days,
    kilobytes,
    moment,
    month,
    month_of,
    percent,
    pounds,
)


def init_app(app: Flask) -> None:
    """Give templates the formats."""
    for name, function in FILTERS.items():
        app.add_template_filter(function, name)
    built = Path(str(app.static_folder)) / "built" / ".made-from"
    stamp = built.read_text() if built.exists() else "none"

    def asset(name: str) -> str:
        return url_for("static", filename=f"built/{name}", v=stamp[:12])

    app.add_template_global(asset, "asset")


FILTERS: dict[str, Callable[..., str]] = {
    "day": day,
    "days": days,
    "day_of": day_of,
    "month": month,
    "month_of": month_of,
    "moment": moment,
    "pounds": pounds,
    "count": count,
    "percent": percent,
    "kilobytes": kilobytes,
}
