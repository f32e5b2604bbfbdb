"""The formats and addresses that templates use, and the environment they live in."""

from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask.templating import Environment
from flask_login import current_user

from tfsaas.permissions import Permission
from tfsaas.web.links import address
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


class SharedGlobals(Environment):
    """Jinja as Flask has it, but for one thing: templates share one mapping of globals.

    Jinja gives each template a chain of its own and compares chains at every import of a macro,
    which was a tenth of a page. None of our templates is loaded with globals of its own.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The globals of a template: of all, unless it is given some."""
        return super().make_globals(d) if d else self.globals


def init_app(app: Flask) -> None:
    """Give templates the formats."""
    for name, function in FILTERS.items():
        app.add_template_filter(function, name)
    built = Path(str(app.static_folder)) / "built" / ".made-from"
    stamp = built.read_text() if built.exists() else "none"

    def asset(name: str) -> str:
        return address("static", filename=f"built/{name}", v=stamp[:12])

    app.add_template_global(asset, "asset")
    app.add_template_global(_may, "may")


def _may(permission: str) -> bool:
    """Whether whoever is signed in has a permission, by its name; nobody has one who is not."""
    asked = Permission[permission]
    return bool(current_user.is_authenticated and current_user.may(asked))


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
