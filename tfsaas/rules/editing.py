"""Changing a plan part by part: what may be chosen, codes for new parts, and every fault by its field."""

import re
from collections.abc import Iterator
from typing import Any

from tfsaas.rules.items import (
    Item,
    drop_item,
    find_table,
    fingerprint,
    kind_of,
    put_item,
    write_item,
)
from tfsaas.rules.nodes import Faults
from tfsaas.rules.parse import Document, PlanRefused, parse
from tfsaas.rules.plan import ANYONE, SignalKind
from tfsaas.rules.wording import name_people

NOT_A_CODE = re.compile(r"[^a-z0-9]+")
ELSEWHERE = "elsewhere"  # the name of faults that stand in other parts of the plan
INDEX = re.compile(r"\[(\d+)\]")


class ItemRefused(Exception):
    """The part cannot be so; `faults` by the name of the field, or `ELSEWHERE`."""

    def __init__(self, faults: Faults) -> None:
        super().__init__("; ".join(faults.values()))
        self.faults = faults


class ItemChanged(Exception):
    """Somebody else changed or removed this very part since it was opened."""


def locate(document: Document, place: str, base: str) -> str:
    """Where the part now stands that was opened at `place` and then said what `base` stands for.

    Raises:
        ItemChanged: it stands nowhere.
    """
    if place.endswith(".new") or fingerprint(find_table(document, place)) == base:
        return place
    above, _, last = place.rpartition(".")
    at = 0
    while last.isdigit() and (table := find_table(document, f"{above}.{at}")) is not None:
        if fingerprint(table) == base:
            return f"{above}.{at}"
        at += 1
    raise ItemChanged


def save_item(document: Document, place: str, item: Item, base: str) -> Document:
    """The document with one part changed, or added.

    Raises:
        ItemChanged: somebody else changed this part.
        ItemRefused: with every fault.
    """
    place, kind = locate(document, place, base), kind_of(place)
    before = find_table(document, place)
    faults: Faults = {}
    table = write_item(kind, item, before, faults)
    if "code" in table or kind in {"group", "signal", "headline"}:
        table = _with_code(document, place, table)
    changed = put_item(document, place, table)
    if before is None and kind == "headline":
        changed = _with_first_outcome(changed, item.values.get("first_outcome", ""), faults)
    faults = faults or _faults_of(changed, _stands_at(document, place))
    if faults:
        raise ItemRefused(faults)
    return changed


def remove_item(document: Document, place: str, base: str) -> Document:
    """The document without a part.

    Raises:
        ItemChanged: somebody else changed this part.
        ItemRefused: other parts need it.
    """
    changed = drop_item(document, locate(document, place, base))
    if faults := _faults_of(changed, ""):
        raise ItemRefused(faults)
    return changed


def _stands_at(document: Document, place: str) -> str:
    """The place of a part as it will be: "new" stands at the end of its list."""
    if not place.endswith(".new"):
        return place
    above = place.removesuffix(".new")
    at = 0
    while find_table(document, f"{above}.{at}") is not None:
        at += 1
    return f"{above}.{at}"


def _faults_of(document: Document, place: str) -> Faults:
    """What makes a document no plan: by field for the part at `place`, together for all others."""
    try:
        parse(document)
    except PlanRefused as refused:
        found: Faults = {}
        for fault in refused.faults:
            path, _, message = fault.partition(": ")
            dotted = INDEX.sub(r".\1", path)
            inside = place and (dotted == place or dotted.startswith(f"{place}."))
            name = dotted.removeprefix(place).removeprefix(".") if inside else ELSEWHERE
            text = message if inside else f"{_name_of(document, dotted)}: {message}"
            found[name] = f"{found[name]}. {text}" if name in found else text
        return found
    return {}


def _name_of(document: Document, dotted: str) -> str:
    """What people call the innermost named part on the way to a fault."""
    value: Any = document
    name = dotted
    for step in dotted.split("."):
        value = _step(value, step)
        if isinstance(value, dict) and value.get("title"):
            name = " ".join(str(value[key]) for key in ("code", "title") if value.get(key))
    return name


def _step(value: Any, step: str) -> Any:
    if isinstance(value, list):
        return value[int(step)] if step.isdigit() and int(step) < len(value) else None
    return value.get(step) if isinstance(value, dict) else None


def _with_code(document: Document, place: str, table: Document) -> Document:
    """A new part gets a code of its own where none was given."""
    if table.get("code"):
        return table
    kind = kind_of(place)
    title = _group_name(table) if kind == "group" else str(table.get("title", ""))
    bare = NOT_A_CODE.sub("_", title.lower()).strip("_")[:40] or kind
    wanted = f"local.{bare}" if kind == "signal" else bare
    return {"code": _unused(document, kind, wanted)} | table


def _group_name(table: Document) -> str:
    ages = [str(table[key]) for key in ("min_age", "max_age") if key in table]
    return "_".join(["ages", *ages])


def _unused(document: Document, kind: str, wanted: str) -> str:
    known = {row.get("code") for row in document.get(kind, [])} | {ANYONE}
    candidates = [wanted, *(f"{wanted}_{number}" for number in range(2, len(known) + 3))]
    return next(code for code in candidates if code not in known)


def _with_first_outcome(document: Document, title: str, faults: Faults) -> Document:
    """A new headline begins with one outcome, which a professional confirms; it can be changed at once."""
    if not title:
        faults["first_outcome"] = "Enter how it is known that the problem has improved"
        return document
    headline = document["headline"][-1]
    code = _unused(document, "signal", f"{headline['code']}.improved")
    signal = {"code": code, "kind": SignalKind.ATTESTATION.value, "title": title}
    number = headline.get("number", len(document["headline"]))
    outcome = {"code": f"{number}.a", "title": title, "test": {"kind": "attested", "signal": code}}
    headline["outcome"] = [outcome]
    return document | {"signal": [*document.get("signal", []), signal]}


def next_code(document: Document, place: str) -> str:
    """The number that a new measure would have: 1.4 after 1.3, 1.b after 1.a."""
    above = place.removesuffix(".new")
    codes = list(_codes(document, above))
    headline = find_table(document, ".".join(place.split(".")[:2])) or {}
    stem = str(headline.get("number", "")) + "." if headline.get("number") is not None else ""
    if above.endswith("outcome"):
        letters = (f"{stem}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
        return next((code for code in letters if code not in codes), "")
    numbers = (f"{stem}{number}" for number in range(1, len(codes) + 2))
    return next(code for code in numbers if code not in codes)


def _codes(document: Document, above: str) -> Iterator[str]:
    at = 0
    while (table := find_table(document, f"{above}.{at}")) is not None:
        yield str(table.get("code", ""))
        at += 1


def list_choices(document: Document) -> dict[str, dict[str, str]]:
    """What fields that name other parts may hold: groups, and signals by kind, in words."""
    plan = parse(document)
    signals: dict[str, dict[str, str]] = {kind.value: {} for kind in SignalKind}
    for signal in plan.signals.values():
        signals[signal.kind.value][signal.code] = signal.title
    groups = {code: _capital(name_people(group)) for code, group in plan.groups.items()}
    return {"group": groups} | signals


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
