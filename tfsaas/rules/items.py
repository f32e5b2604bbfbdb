"""The parts of a plan that an editor changes one by one: where they stand, what they ask, reading and writing."""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tfsaas.rules.nodes import (
    Faults,
    Node,
    keep_written,
    node_from_form,
    read_node,
    read_number,
    write_node,
    write_number,
)
from tfsaas.rules.parse import Document, hash_document
from tfsaas.rules.plan import PRINCIPLES, Scope
from tfsaas.rules.questions import FIELDS, YES_NO, Field, FieldKind
from tfsaas.rules.slots import Slot, SlotKind


@dataclass(slots=True)
class Item:
    """An item as texts: what a form holds. `test` None: the item has none."""

    values: dict[str, str]
    many: dict[str, list[str]]
    test: Node | None


MEASURES = ("indicator", "outcome", "always")
SINGLE = ("plan", "eligibility", "worked_with", "employment", "result")
TRUTHS = {True: "yes", False: "no"}


def kind_of(place: str) -> str:
    """What kind of item stands at a place such as "headline.2.indicator.0"; "" for no place."""
    steps = [step for step in place.split(".") if not step.isdigit() and step != "new"]
    kind = steps[-1] if steps else ""
    shape = (
        rf"(headline\.\d+\.)?{kind}\.(\d+|new)"
        if kind in {"indicator", "outcome"}
        else rf"{kind}\.(\d+|new)"
    )
    if kind in SINGLE:
        shape = kind
    return kind if kind in FIELDS and re.fullmatch(shape, place) else ""


def find_table(document: Document, place: str) -> Document | None:
    """The table at a place; None when there is none yet."""
    value: Any = document
    for step in place.split("."):
        if isinstance(value, list):
            value = value[int(step)] if step.isdigit() and int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else None


def fingerprint(table: Document | None) -> str:
    """What an item says, in short; "" for one that is not there yet."""
    return hash_document(table)[:16] if table is not None else ""


def read_item(kind: str, table: Document | None) -> Item:
    """An item of a plan as texts; None: a new one."""
    found = table or {}
    item = Item({}, {}, None)
    for field in FIELDS[kind]:
        value = found.get(field.key)
        if field.kind is FieldKind.MANY:
            item.many[field.key] = list(value or [])
        else:
            item.values[field.key] = field.default if value is None else _text(value)
    if kind in MEASURES:
        item.test = read_node(found["test"]) if "test" in found else Node()
    return item


def _text(value: object) -> str:
    return TRUTHS[value] if isinstance(value, bool) else write_number(value)


def item_from_form(kind: str, sent: Mapping[str, str], many: Mapping[str, list[str]]) -> Item:
    """An item as a form sent it."""
    item = Item({}, {}, None)
    for field in FIELDS[kind]:
        if field.kind is FieldKind.MANY:
            item.many[field.key] = list(many.get(field.key, []))
        else:
            item.values[field.key] = sent.get(field.key, "").strip()
    if kind in MEASURES:
        item.test = node_from_form(sent, "test")
    return item


def write_item(kind: str, item: Item, before: Document | None, faults: Faults) -> Document:
    """The item's table, as the file wrote it wherever nothing changed; faults are noted by field."""
    old = read_item(kind, before)
    table: Document = dict(before or {})
    for field in FIELDS[kind]:
        if field.kind is FieldKind.MANY:
            if item.many[field.key] != old.many[field.key] or before is None:
                table[field.key] = _in_order(field, item.many[field.key])
        elif before is None or item.values[field.key] != old.values[field.key]:
            _write_field(field, item.values[field.key], table, faults)
    if item.test is not None:
        written = write_node(item.test, "test", faults)
        table["test"] = written if faults else keep_written((before or {}).get("test"), written)
        _check_scope(table, faults)
    return table


def _in_order(field: Field, chosen: list[str]) -> list[str]:
    """What was chosen, in the order of the choices where that is fixed."""
    return [name for name in PRINCIPLES if name in chosen] if field.key == "principles" else chosen


def _write_field(field: Field, text: str, table: Document, faults: Faults) -> None:
    if field.needed and not text:
        faults[field.key] = "Choose one" if field.kind is FieldKind.CHOICE else "Enter it"
        return
    if not text or (text == field.default and field.key not in table):
        table.pop(field.key, None)
        return
    if field.kind is FieldKind.WHOLE:
        try:
            slot = Slot(field.key, SlotKind.WHOLE, field.label, field.needed, field.least)
            table[field.key] = read_number(text, slot)
        except ValueError as error:
            faults[field.key] = str(error).rpartition(": ")[2].capitalize()
        return
    table[field.key] = {"yes": True, "no": False}[text] if _is_truth(field) else text


def _is_truth(field: Field) -> bool:
    return field.choices == YES_NO or field.key == "resident"


def _check_scope(table: Document, faults: Faults) -> None:
    if table.get("for") == Scope.FAMILY.value and table["test"]["kind"] not in {"count", "fall"}:
        faults["for"] = (
            "Only a count or a fall can be taken over the family together. Choose another way, or another test"
        )


def put_item(document: Document, place: str, table: Document) -> Document:
    """The document with an item changed, or added where the place ends in "new"."""
    changed = deepcopy(document)
    *above, last = place.split(".")
    value: Any = changed
    for step in above:
        value = value[int(step)] if isinstance(value, list) else value.setdefault(step, [])
    if last == "new":
        value.append(table)
    elif isinstance(value, list):
        value[int(last)] = table
    else:
        value[last] = table
    return changed


def drop_item(document: Document, place: str) -> Document:
    """The document without an item; a list that would be empty goes with it."""
    changed = deepcopy(document)
    *above, last = place.split(".")
    value: Any = changed
    owner: Any = None
    for step in above:
        owner, value = value, value[int(step)] if isinstance(value, list) else value[step]
    if isinstance(value, list):
        value.pop(int(last))
        if not value and isinstance(owner, dict):
            owner.pop(above[-1])
    else:
        value.pop(last, None)
    return changed


def move_item(document: Document, place: str) -> Document:
    """The document with an item of a list one place further up."""
    changed = deepcopy(document)
    *above, last = place.split(".")
    value: Any = changed
    for step in above:
        value = value[int(step)] if isinstance(value, list) else value[step]
    at = int(last)
    if 0 < at < len(value):
        value[at - 1], value[at] = value[at], value[at - 1]
    return changed
