"""The family's own copy: after a check, in plain words, without anybody's address."""

import re

import pytest
from sqlalchemy import select, update

from tests.builders import Council, errors_on
from tests.family_plans.test_plans import agree, path_of, whole, world
from tests.referrals.walking import read
from tests.world import World
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.families.models import Membership, Person
from tfsaas.permissions import Role

__all__ = ["world"]


def agreed(council: Council, world: World) -> str:
    path = whole(council, world)
    agree(council, path)
    return path


def copy(council: Council, path: str, *, status: int = 200, **told: object):
    (ada,) = read(council, select(Person.id).where(Person.reference == "R1"))
    sent = {"to": [str(ada)], "tells": "plan", "checked": ["names", "safe"]} | told
    return council.browser(Role.WORKER).post(f"{path}/copy", sent, status=status)


def test_the_copy_says_who_does_what_by_when_and_holds_no_address(council: Council, world: World):
    path = agreed(council, world)
    with council.work():
        db.session.execute(update(Person).values(address="4 CANARY Lane", postcode="ME4 4TR"))

    page = copy(council, path).text
    main = page.split("<main")[1]

    assert "For Ada Okafor." in main
    assert re.search(r"Mum: Ring the school\.\s+By ", main)
    for secret in ("CANARY", "ME4", "1985", "Why we help"):
        assert secret not in main
    assert "troubled" not in page.lower()


def test_why_the_council_helps_is_told_where_somebody_chose_so(council: Council, world: World):
    path = agreed(council, world)

    unchecked = copy(council, path, tells="why", status=400)
    page = copy(council, path, tells="why", checked=["names", "safe", "record"]).text

    assert "Check each point that applies before you make the copy" in errors_on(unchecked.text)

    assert "Why we help, and what has changed" in page
    assert "The problem was there when support began" in page
    assert "It has become better." in page
    assert "needs" not in page.split("Why we help")[1], "no test of the plan is told"
    assert "Ada Okafor" in page


def test_making_it_is_on_the_trail_without_names(council: Council, world: World):
    copy(council, agreed(council, world))

    entries = read(council, select(AuditEntry).where(AuditEntry.action == "copy"))
    (ada,) = read(council, select(Person.id).where(Person.reference == "R1"))
    assert [entry.changes for entry in entries] == [
        {"recipients": [None, [str(ada)]], "why": [None, False]}
    ]
    assert [entry.family_id for entry in entries] == [world.families["READY"]]


@pytest.mark.parametrize(
    ("told", "fault"),
    [
        ({"to": []}, "Select who gets it"),
        ({"checked": ["names"]}, "Check each point that applies before you make the copy"),
    ],
)
def test_without_the_check_there_is_no_copy(council: Council, world: World, told, fault):
    page = copy(council, agreed(council, world), status=400, **told)

    assert fault in errors_on(page.text)
    assert "Our plan" not in page.text
    assert read(council, select(AuditEntry).where(AuditEntry.action == "copy")) == []


def test_who_lives_elsewhere_is_named_before(council: Council, world: World):
    path = agreed(council, world)
    (sam,) = read(council, select(Person.id).where(Person.reference == "R2"))
    with council.work():
        db.session.execute(update(Membership).where(Membership.person_id == sam).values(resident=False))  # fmt: skip

    page = council.browser(Role.WORKER).get(f"{path}/copy").text

    assert "Not everybody of this family lives together: Sam Okafor" in page


def test_there_is_no_copy_of_no_plan_and_none_for_others(council: Council, other_council: Council, world: World):  # fmt: skip
    council.browser(Role.WORKER).get(f"{path_of(world, 'STUCK')}/copy", status=404)
    council.browser(Role.WORKER).get(f"{whole(council, world)}/copy", status=404)
    path = path_of(world)
    agree(council, path)
    council.browser(Role.AUDITOR).get(f"{path}/copy", status=403)
    other_council.browser(Role.WORKER).get(f"{path}/copy", status=404)
