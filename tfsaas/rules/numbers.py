"""The numbers of a plan, each with the place where it stands, to be changed one by one."""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tfsaas.rules.parse import Document

LABELS = {
    "minimum_headlines": "Headlines needed",
    "minimum_needs": "Needs needed",
    "nonresident_headlines": "Headlines that members living elsewhere may bring",
    "min_age": "Youngest age",
    "max_age": "Oldest age",
    "months": "Months",
    "weeks": "Weeks",
    "within_weeks": "Within weeks",
    "terms": "Terms",
    "at_least": "At least",
    "above": "More than",
    "at_most": "At most",
    "below": "Less than",
    "percent": "Percent",
    "rise": "Rise",
}
TESTS = {
    "attested": "confirmed",
    "count": "how many",
    "fall": "a fall in",
    "held": "kept up",
    "no_spell": "none of",
    "rate": "a rate of",
    "score": "a score on",
    "spell": "a time of",
}
SECTIONS = {"eligibility": "Who qualifies", "employment_route": "Continuous employment"}
Path = tuple[str | int, ...]
PLAIN = re.compile(r"^\d{1,9}(\.\d{1,6})?$")


@dataclass(frozen=True, slots=True)
class Number:
    """One number: its place, the thing it belongs to, what it is, and its value."""

    path: str
    owner: str
    label: str
    value: int | Decimal


def list_numbers(document: Document) -> list[Number]:
    """Every number that decides something, in the document's order."""
    return [
        Number(".".join(map(str, path)), _owner(document, path), _label(document, path), value)
        for path, value in _walk(document, ())
    ]


def _walk(value: Any, path: Path) -> Iterator[tuple[Path, int | Decimal]]:
    items = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, inner in items:
        if key in LABELS and isinstance(inner, int | Decimal) and not isinstance(inner, bool):
            yield (*path, key), inner
        else:
            yield from _walk(inner, (*path, key))


def _things(document: Document, path: Path) -> Iterator[Document]:
    """The tables on the way to a number, outermost first."""
    value: Any = document
    for key in path[:-1]:
        value = value[key]
        if isinstance(value, dict):
            yield value


def _owner(document: Document, path: Path) -> str:
    """The innermost thing on the way that has a name, with its number if it has one."""
    name = SECTIONS.get(str(path[0]), "")
    for thing in _things(document, path):
        if "title" in thing:
            numbered = str(thing["code"])[0].isdigit()  # the others are names for machines
            name = f"{thing['code']} {thing['title']}" if numbered else str(thing["title"])
        elif path[0] == "group":
            name = f"Who counts as: {str(thing['code']).replace('_', ' ')}"
        elif "prior" in thing:
            name = f"Continuous employment after: {_signal(document, thing['prior'])}"
    return name


def _label(document: Document, path: Path) -> str:
    """What the number is; of a test beside others, also which of them."""
    label = LABELS[str(path[-1])]
    if "tests" not in path:
        return label
    *_, test = _things(document, path)
    return f"{label} ({TESTS[test['kind']]}: {_signal(document, test['signal'])})"


def _signal(document: Document, code: str) -> str:
    return next(str(signal["title"]) for signal in document["signal"] if signal["code"] == code)


def replace_numbers(document: Document, texts: dict[str, str]) -> tuple[Document, dict[str, str]]:
    """The document with other numbers, by path, and for each that cannot be read what to do."""
    changed, faults = deepcopy(document), {}
    for number in list_numbers(document):
        if number.path in texts:
            try:
                _set(changed, number.path, _read(texts[number.path], number.value))
            except ValueError as error:
                faults[number.path] = str(error)
    return changed, faults


def _read(text: str, before: int | Decimal) -> int | Decimal:
    if not PLAIN.match(text.strip()):
        raise ValueError("Enter a number, 0 or more, such as 3 or 33.5")
    value = Decimal(text.strip())
    if value == before:
        return before
    return int(value) if value == value.to_integral_value() else value


def _set(document: Document, path: str, value: int | Decimal) -> None:
    *steps, last = path.split(".")
    place: Any = document
    for step in steps:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
