"""Who is related to whom: the drawing and the table say the same, on any day."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.recording.test_contacts import person
from tests.referrals.walking import read
from tests.world import TODAY, World, boxes, build_world
from tfsaas.cases.genogram import draw, held_on
from tfsaas.families.models import Membership, Person, Relationship, RelationshipKind
from tfsaas.families.queries import Member
from tfsaas.permissions import Role

K = RelationshipKind


@pytest.fixture
def world(council: Council) -> World:
    return build_world(council)


def member(number: int, born: date | None = None) -> Member:
    who = Person(id=UUID(int=number), given_name=f"P{number}", family_name="", reference="", date_of_birth=born)  # fmt: skip
    return Member(who, Membership(resident=True, joined_on=date(2000, 1, 1), left_on=None))


def related(one: int, kind: K, other: int) -> Relationship:
    return Relationship(id=UUID(int=1000 + one * 10 + other), person_id=UUID(int=one), other_id=UUID(int=other), kind=kind, from_on=None, to_on=None)  # fmt: skip


def rows_of(people: int, *known: Relationship) -> list[set[int]]:
    """Who stands in which row, from the top."""
    drawing = draw([member(n) for n in range(1, people + 1)], known, TODAY)
    rows: dict[int, set[int]] = {}
    for box in drawing.boxes:
        rows.setdefault(box.y, set()).add(box.person_id.int)
    return [rows[y] for y in sorted(rows)]


@pytest.mark.parametrize(
    ("people", "known", "rows"),
    [
        (3, [(1, K.PARENT, 3), (2, K.PARENT, 3)], [{1, 2}, {3}]),
        (3, [(1, K.GRANDPARENT, 3), (2, K.PARENT, 3)], [{1}, {2}, {3}]),
        (4, [(1, K.PARTNER, 2), (2, K.PARENT, 3), (3, K.SIBLING, 4)], [{1, 2}, {3, 4}]),
        (3, [(1, K.STEP_PARENT, 2), (3, K.FORMER_PARTNER, 1)], [{1, 3}, {2}]),
        (2, [(1, K.PARENT, 2), (2, K.PARENT, 1)], [{1}, {2}]),
    ],
    ids=["two parents", "three generations", "partners and siblings", "a step-parent", "a contradiction"],
)  # fmt: skip
def test_generations_stand_below_each_other(people, known, rows):
    assert rows_of(people, *(related(*row) for row in known)) == rows


def test_nobody_covers_anybody_and_everything_lies_within_the_drawing():
    people = [member(n) for n in range(1, 13)]
    known = [related(n, K.PARENT, n + 3) for n in range(1, 10)]
    drawing = draw(people, known, TODAY)

    assert len({(box.x, box.y) for box in drawing.boxes}) == 12
    assert all(box.x >= 0 and box.x + 170 <= drawing.width and box.y + 58 <= drawing.height for box in drawing.boxes)  # fmt: skip
    assert len(drawing.lines) == 9


def test_without_relationships_children_stand_below_adults():
    drawing = draw([member(1, date(1985, 1, 1)), member(2, TODAY - timedelta(days=900))], [], TODAY)

    assert [box.y for box in drawing.boxes] == sorted({box.y for box in drawing.boxes})
    assert [box.is_child for box in drawing.boxes] == [False, True]


@pytest.mark.parametrize(
    ("on", "holds"),
    [(date(2020, 1, 1), True), (date(2019, 12, 31), False), (date(2021, 4, 30), True), (date(2021, 5, 1), False)],
)  # fmt: skip
def test_a_relationship_holds_from_its_first_day_until_the_day_before_its_last(on, holds):
    row = related(1, K.PARTNER, 2)
    row.from_on, row.to_on = date(2020, 1, 1), date(2021, 5, 1)

    assert bool(held_on([row], on)) is holds


def relate(council: Council, world: World, *, status: int = 302, **told: object):
    sent = {"person": str(person(council, "R1")), "kind": "parent", "other": str(person(council, "R2"))}  # fmt: skip
    return council.browser(Role.WORKER).post(f"/families/{world.families['READY']}/relationships/new", sent | told, status=status)  # fmt: skip


def path_of(world: World) -> str:
    return f"/families/{world.families['READY']}/relationships"


def test_drawing_and_table_say_the_same(council: Council, world: World):
    since = TODAY - timedelta(days=100)
    before = since - timedelta(days=1)
    relate(council, world, **boxes("from_on", since))

    page = council.browser(Role.AUDITOR).get(path_of(world)).text

    assert "Ada Okafor is the parent of Sam Okafor" in re.findall(r"<desc[^>]*>([^<]*)</desc>", page)[0]  # fmt: skip
    assert f"{since.day} {since:%B %Y}" in page
    assert page.count("<rect ") == 2
    day = f"?on={before.day}&on={before.month}&on={before.year}"
    earlier = council.browser(Role.AUDITOR).get(path_of(world) + day).text
    assert "No relationship is recorded." in earlier
    assert "(not on this day)" in earlier
    council.browser(Role.AUDITOR).get(f"{path_of(world)}?on=31&on=2&on=2024", status=400)


def test_its_days_are_changed_and_two_who_change_them_see_each_other(council: Council, world: World):  # fmt: skip
    relate(council, world)
    (row,) = read(council, select(Relationship.id))
    browser, path = council.browser(Role.WORKER), f"{path_of(world)}/{row}"
    seen = {"seen": "None None"}
    wrong = boxes("from_on", date(2024, 3, 1)) | boxes("to_on", date(2024, 2, 1))

    assert "must not be before" in errors_on(browser.post(path, wrong | seen, status=400).text)[0]
    browser.post(path, boxes("to_on", date(2024, 2, 1)) | seen)
    browser.post(path, boxes("to_on", date(2024, 2, 1)) | seen)
    theirs = browser.post(path, boxes("to_on", date(2024, 2, 2)) | seen, status=409).text
    assert "1 February 2024" in theirs
    assert read(council, select(Relationship.to_on)) == [date(2024, 2, 1)]
    browser.post(path, boxes("to_on", date(2024, 2, 2)) | {"seen": "None 2024-02-01"})

    assert read(council, select(Relationship.to_on)) == [date(2024, 2, 2)]


def test_other_councils_and_families_do_not_reach_it(council: Council, other_council: Council, world: World):  # fmt: skip
    relate(council, world)
    (row,) = read(council, select(Relationship.id))
    for page in (path_of(world), f"{path_of(world)}/{row}"):
        other_council.browser(Role.WORKER).get(page, status=404)
    council.browser(Role.WORKER).get(f"/families/{world.families['STUCK']}/relationships/{row}", status=404)  # fmt: skip
    council.browser(Role.AUDITOR).get(f"{path_of(world)}/{row}", status=403)
