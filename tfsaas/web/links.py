"""Addresses for templates: as Flask makes them, worked out once an endpoint and not once a row of a table."""

from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Flask, request, url_for

LONGEST_WORD = 40
Told = tuple[tuple[str, str | None], ...]  # what an address is told, by name; None: an id


def init_app(app: Flask) -> None:
    """Let templates have it in the place of Flask's."""
    app.add_template_global(address, "url_for")


def address(endpoint: str, **values: Any) -> str:
    """What `flask.url_for` gives. Where it is told ids and short words alone, only the ids are put in anew."""
    if endpoint.startswith(".") or not all(map(_is_plain, values.values())):
        return url_for(endpoint, **values)
    told = tuple((name, None if type(value) is UUID else value) for name, value in values.items())
    return _pattern(request.root_path, endpoint, told).format(**values)


def _is_plain(value: object) -> bool:
    return type(value) is UUID or (type(value) is str and len(value) <= LONGEST_WORD)


@lru_cache(maxsize=2048)
def _pattern(_root: str, endpoint: str, told: Told) -> str:
    """The address with a `{name}` in the place of each id."""
    stands: dict[str, Any] = {
        name: UUID(int=place) if value is None else value
        for place, (name, value) in enumerate(told)
    }
    built = url_for(endpoint, **stands).replace("{", "{{").replace("}", "}}")
    for name, value in stands.items():
        if isinstance(value, UUID):
            built = built.replace(str(value), "{" + name + "}")
    return built
