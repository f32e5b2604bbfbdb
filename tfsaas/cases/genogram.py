"""A family's people and how they are related, as a drawing and as a table: who stands where, and which lines join them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tfsaas.families.models import Relationship, RelationshipKind
from tfsaas.families.queries import Member

WIDTH, HEIGHT, GAP, ROW, EDGE = 170, 58, 34, 140, 12
K = RelationshipKind
BELOW = {
    K.PARENT: 1,
    K.STEP_PARENT: 1,
    K.CARER: 1,
    K.GRANDPARENT: 2,
}  # generations that the other is lower
LEVEL = {K.SIBLING, K.PARTNER, K.FORMER_PARTNER}
DASHED = {K.STEP_PARENT: "8 4", K.CARER: "2 4", K.FORMER_PARTNER: "8 4", K.GRANDPARENT: "12 4"}
HEAVY = {K.PARTNER, K.PARENT}


@dataclass(frozen=True, slots=True)
class Box:
    """Somebody, at the top left corner of their box. `is_child`: drawn with round corners."""

    person_id: UUID
    name: str
    told: str
    x: int
    y: int
    is_child: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line between two boxes, as a path. `dash`: "" for an unbroken one."""

    path: str
    dash: str
    width: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything drawn, with its size. `told`: the same in a sentence for those who cannot see it."""

    boxes: Sequence[Box]
    lines: Sequence[Line]
    width: int
    height: int
    told: str


def held_on(relationships: Iterable[Relationship], on: date) -> list[Relationship]:
    """The relationships that held on a day; the first day is included, the last one is not. Without days they always do."""
    return [
        row
        for row in relationships
        if (row.from_on is None or row.from_on <= on) and (row.to_on is None or row.to_on > on)
    ]


def draw(members: Sequence[Member], relationships: Sequence[Relationship], on: date) -> Drawing:
    """The drawing of these people as on a day."""
    people = {member.person.id: member for member in members}
    known = [row for row in relationships if row.person_id in people and row.other_id in people]
    levels = _levels(people, known, on)
    places = _places(people, known, levels)
    boxes = [_box(people[person_id], *place, on) for person_id, place in places.items()]
    lines = [_line(row, places) for row in known]
    width = max((box.x + WIDTH for box in boxes), default=0) + EDGE
    height = max((box.y + HEIGHT for box in boxes), default=0) + EDGE
    who = ", ".join(f"{member.name}: {box.told}" for member, box in ((people[box.person_id], box) for box in boxes))  # fmt: skip
    how = "; ".join(f"{people[r.person_id].name} is the {r.kind.value} of {people[r.other_id].name}" for r in known)  # fmt: skip
    told = f"{who}. {how or 'No relationship is recorded'}."
    return Drawing(boxes, lines, width, height, told)


def _levels(
    people: Mapping[UUID, Member], known: Sequence[Relationship], on: date
) -> dict[UUID, int]:
    """The generation of each, the eldest 0. Where relationships say nothing, adults stand above children."""
    steps: dict[UUID, list[tuple[UUID, int]]] = defaultdict(list)
    for row in known:
        down = BELOW.get(row.kind, 0)
        if down or row.kind in LEVEL:
            steps[row.person_id].append((row.other_id, down))
            steps[row.other_id].append((row.person_id, -down))
    found: dict[UUID, int] = {}
    for person_id, member in people.items():
        if person_id in found:
            continue
        group = _walk(person_id, steps)
        if len(group) == 1:
            group = {person_id: 1 if member.is_child(on) else 0}
        lowest = min(group.values())
        found |= {each: level - lowest * (len(group) > 1) for each, level in group.items()}
    return found


def _walk(start: UUID, steps: Mapping[UUID, list[tuple[UUID, int]]]) -> dict[UUID, int]:
    """Everybody who is joined to somebody, with how many generations below them they are."""
    found, waiting = {start: 0}, [start]
    while waiting:
        here = waiting.pop(0)
        for other, down in steps.get(here, []):
            if other not in found:
                found[other] = found[here] + down
                waiting.append(other)
    return found


def _places(
    people: Mapping[UUID, Member], known: Sequence[Relationship], levels: Mapping[UUID, int]
) -> dict[UUID, tuple[int, int]]:
    """The corner of each box: a row a generation, children below those above them, partners side by side."""
    above: dict[UUID, list[UUID]] = defaultdict(list)
    beside: dict[UUID, UUID] = {}  # by person: whose partner they stand next to
    for row in known:
        if row.kind in BELOW:
            above[row.other_id].append(row.person_id)
        elif row.kind in (K.PARTNER, K.FORMER_PARTNER):
            beside.setdefault(row.other_id, row.person_id)
    order = {person_id: at for at, person_id in enumerate(people)}
    found: dict[UUID, tuple[int, int]] = {}
    for level in sorted(set(levels.values())):
        here = [person_id for person_id in people if levels[person_id] == level]
        here.sort(key=lambda p: (_middle(above[p], found), order[beside.get(p) or p], order[p]))
        for at, person_id in enumerate(here):
            found[person_id] = (EDGE + at * (WIDTH + GAP), EDGE + level * ROW)
    return found


def _middle(above: Sequence[UUID], found: Mapping[UUID, tuple[int, int]]) -> float:
    placed = [found[person_id][0] for person_id in above if person_id in found]
    return sum(placed) / len(placed) if placed else 0.0


def _box(member: Member, x: int, y: int, on: date) -> Box:
    age = member.age(on)
    told = [f"{age} years" if age is not None else "age not known"]
    if not member.membership.resident:
        told.append("lives elsewhere")
    name = member.name if len(member.name) <= 20 else member.name[:19] + "…"
    return Box(member.person.id, name, ", ".join(told), x, y, member.is_child(on))


def _line(row: Relationship, places: Mapping[UUID, tuple[int, int]]) -> Line:
    (x1, y1), (x2, y2) = places[row.person_id], places[row.other_id]
    middle1, middle2 = x1 + WIDTH // 2, x2 + WIDTH // 2
    if y1 == y2:
        path = _level(middle1, middle2, y1)
    else:
        top, bottom = sorted(((middle1, y1), (middle2, y2)), key=lambda place: place[1])
        half = (top[1] + HEIGHT + bottom[1]) // 2
        path = f"M{top[0]} {top[1] + HEIGHT}V{half}H{bottom[0]}V{bottom[1]}"
    return Line(path, DASHED.get(row.kind, ""), 3 if row.kind in HEAVY else 1)


def _level(one: int, other: int, y: int) -> str:
    """Side by side: straight across the gap; further apart: below the boxes between them."""
    left, right = sorted((one, other))
    if right - left <= WIDTH + GAP:
        return f"M{left + WIDTH // 2} {y + HEIGHT // 2}H{right - WIDTH // 2}"
    return f"M{left} {y + HEIGHT}v18H{right}v-18"
