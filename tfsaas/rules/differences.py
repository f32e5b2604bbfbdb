"""What changed between two plans, in plain words: part by part, known by their codes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from tfsaas.rules.items import SINGLE, Item, find_table, kind_of, read_item
from tfsaas.rules.nodes import Node
from tfsaas.rules.parse import Document, parse
from tfsaas.rules.questions import FIELDS, Field, FieldKind
from tfsaas.rules.slots import COMBINED, SHAPES, Slot, SlotKind
from tfsaas.rules.wording import TIMES, name_people

LISTS = ("group", "signal", "headline", "always", "employment_route")
UNITS = {
    "threshold": {"rate": "{}%", "count": "{} times"},
    "percent": {"fall": "{}%"},
    "terms": {"rate": "{} terms"},
    "weeks": {"held": "{} weeks"},
    "within_weeks": {"held": "within {} weeks"},
    "months": {"score": "{} months", "attested": "{} months"},
    "at_least": {"score": "a score of {}"},
    "rise": {"score": "a rise of {}"},
}
SHORT = {
    "title": "name", "code": "number", "number": "number", "goal": "goal", "who": "people", "for": "how they count",
    "source": "source", "kind": "kind of fact", "min_age": "youngest age", "max_age": "oldest age", "resident": "home",
    "minimum_headlines": "headlines needed", "minimum_needs": "needs needed", "principles": "principles",
    "nonresident_headlines": "headlines from members living elsewhere", "dependent_child": "a dependent child",
    "expectant_parent": "somebody expecting a child", "signal": "what counts as work", "benefits": "benefits",
    "prior": "benefit", "weeks": "weeks", "within_weeks": "within weeks", "prefer": "what counts first",
}  # fmt: skip
NOTHING = "nothing"


class ChangeKind(Enum):
    """How two plans differ in a part."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One part that differs. `before` and `after` are its places in the two plans; "" where it is not.

    `became` lists what changed within it, each as "85% became 90%".
    """

    kind: ChangeKind
    before: str
    after: str
    became: tuple[str, ...]


def list_differences(before: Document, after: Document) -> list[Difference]:
    """Every part in which two plans differ, in the order of the newer one; removed parts stand last."""
    old, new = dict(_parts(before)), dict(_parts(after))
    found = []
    for key, place in new.items():
        if key not in old:
            found.append(Difference(ChangeKind.ADDED, "", place, ()))
        elif became := _compare(before, old[key], after, place):
            found.append(Difference(ChangeKind.CHANGED, old[key], place, tuple(became)))
    gone = [place for key, place in old.items() if key not in new]
    return found + [Difference(ChangeKind.REMOVED, place, "", ()) for place in gone]


def _parts(document: Document) -> Iterator[tuple[str, str]]:
    """What each part is known by, and its place. Where two share a code, the second is known as such."""
    yield from ((name, name) for name in SINGLE if name in document)
    for kind in LISTS:
        seen: Counter[str] = Counter()
        for at, row in enumerate(document.get(kind, [])):
            code = str(row.get("code") or row.get("prior"))
            seen[code] += 1
            known = f"{code} {seen[code]}"
            yield f"{kind} {known}", f"{kind}.{at}"
            for inner in ("indicator", "outcome"):
                for number, measure in enumerate(row.get(inner, [])):
                    yield (
                        f"{kind} {known} {inner} {measure['code']}",
                        f"{kind}.{at}.{inner}.{number}",
                    )


def _compare(before: Document, old: str, after: Document, new: str) -> list[str]:
    kind = kind_of(new)
    one, other = (
        read_item(kind, find_table(document, place))
        for document, place in ((before, old), (after, new))
    )
    found = [
        f"{SHORT[field.key]}: {_shown(field, one.values[field.key])} became {_shown(field, other.values[field.key])}"
        if field.key != "who"
        else f"people: {_people(before, one)} became {_people(after, other)}"
        for field in FIELDS[kind]
        if field.kind is not FieldKind.MANY and one.values[field.key] != other.values[field.key]
    ]
    for field in FIELDS[kind]:
        if field.kind is FieldKind.MANY:
            found += _members(field, one.many[field.key], other.many[field.key])
    if one.test is not None and other.test is not None:
        found += _nodes(one.test, other.test)
    return found


def _shown(field: Field, value: str) -> str:
    if field.kind is FieldKind.TEXT:
        return f"“{value}”" if value else NOTHING
    if not value:
        return NOTHING
    return dict(field.choices).get(value, value if field.kind is FieldKind.WHOLE else f"“{value}”")


def _people(document: Document, item: Item) -> str:
    return name_people(parse(document).groups[item.values["who"]])


def _members(field: Field, one: list[str], other: list[str]) -> list[str]:
    names = dict(field.choices)
    gone = [f"{names.get(code, f'“{code}”')} no longer listed" for code in one if code not in other]
    return gone + [f"{names.get(code, f'“{code}”')} added" for code in other if code not in one]


def _nodes(one: Node, other: Node) -> list[str]:
    """What changed within a test; where it is another kind of test, that it is."""
    if one == other:
        return []
    if one.kind != other.kind or (one.kind in COMBINED and len(one.tests) != len(other.tests)):
        if one.kind != other.kind:
            return [f"{_title(one)} became {_title(other)}"]
        return [f"{len(one.tests)} tests became {len(other.tests)}"]
    if one.kind in COMBINED:
        return [line for a, b in zip(one.tests, other.tests, strict=True) for line in _nodes(a, b)]
    slots = (
        slot for slot in SHAPES[one.kind].slots if one.values[slot.name] != other.values[slot.name]
    )
    lines = [f"{_slot(one, slot)} became {_slot(other, slot)}" for slot in slots]
    return list(dict.fromkeys(lines))


def _title(node: Node) -> str:
    return f"“{SHAPES[node.kind].title.lower()}”"


def _slot(node: Node, slot: Slot) -> str:
    """What a place holds, with its unit."""
    value = node.values[slot.name]
    if slot.kind is SlotKind.SIGNAL:
        return f"“{value}”"
    if slot.name in {"length", "unit"}:
        return (
            f"{node.values['length']} {node.values['unit']}"
            if node.values["length"]
            else "on the day"
        )
    if slot.kind is SlotKind.CHOICE:
        return dict(slot.choices)[value]
    if not value:
        return "no limit"
    if node.kind == "count" and slot.name == "threshold" and int(value) in TIMES:
        return TIMES[int(value)]
    return UNITS.get(slot.name, {}).get(node.kind, "{}").format(value)
