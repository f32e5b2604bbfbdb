"""Tests of a plan as trees of texts, as a form holds them: read from the plan, and written back."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from tfsaas.rules.parse import Document
from tfsaas.rules.slots import COMBINED, SHAPES, Slot, SlotKind

PLAIN = re.compile(r"^\d{1,9}(\.\d{1,6})?$")
DEEPEST, MOST = 6, 40
UNITS = ("months", "weeks", "terms")
COMPARISONS = ("at_least", "above", "at_most", "below")
FIRST_KIND = "count"

Faults = dict[str, str]  # by the field's name


@dataclass(slots=True)
class Node:
    """One test: its kind, what its places hold as text, and the tests nested in it."""

    kind: str = FIRST_KIND
    values: dict[str, str] = field(default_factory=dict)
    tests: list["Node"] = field(default_factory=list)


def write_number(value: object) -> str:
    """A number as a form shows it; nothing for None."""
    return "" if value is None else str(value)


def read_number(text: str, slot: Slot) -> int | Decimal | None:
    """The number in a text; None when it is empty and may be.

    Raises:
        ValueError: it is none, or too small; the text says what to enter.
    """
    bare = text.strip()
    if not bare and not slot.needed:
        return None
    whole = slot.kind is SlotKind.WHOLE
    if not PLAIN.match(bare) or (whole and "." in bare):
        raise ValueError(
            f"{slot.label}: enter a {'whole ' if whole else ''}number, {slot.least} or more"
        )
    value = Decimal(bare)
    if value < slot.least:
        raise ValueError(f"{slot.label}: enter {slot.least} or more")
    return int(value) if "." not in bare else value


def read_node(table: Document) -> Node:
    """A test of a plan as texts."""
    kind = table["kind"]
    if kind in COMBINED:
        return Node(kind, {}, [read_node(inner) for inner in table["tests"]])
    return Node(kind, READERS.get(kind, _plain)(table))


def _plain(table: Document) -> dict[str, str]:
    return {slot.name: write_number(table.get(slot.name)) for slot in SHAPES[table["kind"]].slots}


def _windowed(table: Document) -> dict[str, str]:
    unit = next((unit for unit in UNITS if unit in table), "")
    return _plain(table) | {"unit": unit or UNITS[0], "length": write_number(table.get(unit))}


def _compared(table: Document) -> dict[str, str]:
    comparison = next(name for name in COMPARISONS if name in table)
    return {"comparison": comparison, "threshold": write_number(table[comparison])}


def _rate(table: Document) -> dict[str, str]:
    each = {"each_term": "yes" if table.get("each_term") else "no"}
    return _plain(table) | _compared(table) | each


def _spell(table: Document) -> dict[str, str]:
    found = _windowed(table)
    return found | {"when": "window" if found["length"] else "day"}


READERS: dict[str, Callable[[Document], dict[str, str]]] = {
    "count": lambda table: _windowed(table) | _compared(table),
    "fall": _windowed,
    "rate": _rate,
    "spell": _spell,
    "no_spell": _windowed,
}


def node_from_form(sent: Mapping[str, str], name: str, depth: int = 0) -> Node:
    """The tree that a form sent below `name`; whatever is missing or unknown becomes a first test."""
    kind = sent.get(f"{name}.kind", FIRST_KIND)
    node = Node(kind if kind in SHAPES else FIRST_KIND)
    node.values = {
        slot.name: sent.get(f"{name}.{slot.name}", "") for slot in SHAPES[node.kind].slots
    }
    while node.kind in COMBINED and depth < DEEPEST and len(node.tests) < MOST:
        below = f"{name}.tests.{len(node.tests)}"
        if f"{below}.kind" not in sent:
            break
        node.tests.append(node_from_form(sent, below, depth + 1))
    return node


def find_node(node: Node, path: str) -> Node | None:
    """The test at a path such as "test.tests.0"; None when there is none."""
    for step in re.findall(r"\.tests\.(\d+)", path):
        if int(step) >= len(node.tests):
            return None
        node = node.tests[int(step)]
    return node


def change_node(root: Node, order: str) -> None:
    """Carry out what a button of the form asks: `add:PATH`, `remove:PATH`, `all_of:PATH`, `any_of:PATH`."""
    verb, _, path = order.partition(":")
    node = find_node(root, path)
    if node is None:
        return
    if verb == "add" and node.kind in COMBINED:
        node.tests.append(Node())
    elif verb in COMBINED:
        node.tests = [Node(node.kind, node.values, node.tests), Node()]
        node.kind, node.values = verb, {}
    elif verb == "remove":
        above, _, place = path.rpartition(".tests.")
        parent = find_node(root, above)
        if parent is not None and place.isdigit():
            parent.tests.pop(int(place))


def write_node(node: Node, name: str, faults: Faults) -> Document:
    """The test as a plan holds it. What cannot be is noted by the name of its field."""
    if node.kind in COMBINED:
        if not node.tests:
            faults[f"{name}.kind"] = "Add at least one test"
        tests = [
            write_node(inner, f"{name}.tests.{at}", faults) for at, inner in enumerate(node.tests)
        ]
        return {"kind": node.kind, "tests": tests}
    found = _read_slots(node, name, faults)
    if node.kind == "score" and found.get("at_least") is None and found.get("rise") is None:
        faults.setdefault(f"{name}.at_least", "Enter the least score, or the least rise, or both")
    weeks, within = found.get("weeks"), found.get("within_weeks")
    if weeks is not None and within is not None and within < weeks:
        faults[f"{name}.within_weeks"] = f"Enter {weeks} weeks or more, or leave it empty"
    return _arranged(node.kind, found)


def _read_slots(node: Node, name: str, faults: Faults) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for slot in SHAPES[node.kind].slots:
        text = node.values.get(slot.name, "")
        try:
            found[slot.name] = _read_slot(slot, text, node)
        except ValueError as error:
            faults[f"{name}.{slot.name}"] = str(error)
    return found


def _read_slot(slot: Slot, text: str, node: Node) -> Any:
    if slot.kind is SlotKind.SIGNAL:
        if not text:
            raise ValueError("Choose what is recorded")
        return text
    if slot.kind is SlotKind.CHOICE:
        known = [value for value, _ in slot.choices]
        return text if text in known else known[0]
    if slot.name == "length" and node.kind == "spell":
        if node.values.get("when") != "window":
            return None
        slot = Slot(slot.name, slot.kind, slot.label, True, slot.least)
    return read_number(text, slot)


def _arranged(kind: str, found: dict[str, Any]) -> Document:
    """The places under the names that the file format has for them."""
    table: Document = {"kind": kind, "signal": found.pop("signal", "")}
    comparison, unit = found.pop("comparison", None), found.pop("unit", None)
    threshold, length = found.pop("threshold", None), found.pop("length", None)
    found.pop("when", None)
    each = found.pop("each_term", "no")
    if unit is not None and length is not None:
        found[unit] = length
    if comparison is not None and threshold is not None:
        found[comparison] = threshold
    if each == "yes":
        found["each_term"] = True
    return table | {name: value for name, value in found.items() if value is not None}


def keep_written(before: Any, after: Document) -> Document:
    """`after`, but as `before` wrote it wherever the two say the same."""
    if not isinstance(before, dict) or "kind" not in before or before["kind"] != after["kind"]:
        return after
    if after["kind"] in COMBINED:
        olds = [*before["tests"], *[None] * len(after["tests"])]
        tests = [keep_written(old, new) for old, new in zip(olds, after["tests"], strict=False)]
        return before | {"tests": tests}
    return before if read_node(before) == read_node(after) else after
