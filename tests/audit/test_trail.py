"""Who did what, and who saw which family, when."""

import re

import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.world import build_world
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.families.actions import rename_family
from tfsaas.families.models import Family
from tfsaas.permissions import Role


def rename(council: Council, family_id) -> None:
    with council.work(Role.WORKER):
        family = db.session.scalars(select(Family).where(Family.id == family_id)).one()
        rename_family(family, "Okafor-Hill", version=family.version)


def test_a_change_is_entered_with_both_values_person_and_family(council: Council):
    family_id = build_world(council).families["READY"]

    rename(council, family_id)

    with council.work():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "family")).one()
        assert entry.action == "change"
        assert entry.changes["name"] == ["Okafor", "Okafor-Hill"]
        assert entry.actor_id == council.people[Role.WORKER]
        assert entry.family_id == family_id


def test_what_was_undone_leaves_no_entry(council: Council):
    family_id = build_world(council).families["READY"]
    with pytest.raises(ZeroDivisionError), council.work():  # noqa: PT012 (undone whole)
        family = db.session.scalars(select(Family).where(Family.id == family_id)).one()
        rename_family(family, "Other", version=family.version)
        db.session.flush()
        raise ZeroDivisionError

    with council.work():
        assert (
            db.session.scalars(select(AuditEntry).where(AuditEntry.subject == "family")).all() == []
        )


def test_an_auditor_sees_who_did_and_saw_what(council: Council):
    family_id = build_world(council).families["READY"]
    rename(council, family_id)
    council.browser(Role.WORKER).get(f"/families/{family_id}")

    page = council.browser(Role.AUDITOR).get("/audit").text

    assert "Okafor became Okafor-Hill" in page
    assert re.search(r"Worker Person</td>\s*<td[^>]*>Family</td>\s*<td[^>]*>READY", page)


def test_an_administrator_sees_that_but_no_family_data(council: Council):
    family_id = build_world(council).families["READY"]
    rename(council, family_id)

    page = council.browser(Role.ADMINISTRATOR).get("/audit").text

    assert "Change: family" in page
    assert "Okafor" not in page


def test_the_trail_is_narrowed_by_family_and_person(council: Council):
    world = build_world(council)
    worker = council.browser(Role.WORKER)
    worker.get(f"/families/{world.families['READY']}")
    worker.get(f"/families/{world.families['STUCK']}")

    told = {"family": "STUCK", "user": str(council.people[Role.WORKER]), "on": ["", "", ""]}
    page = council.browser(Role.AUDITOR).post("/audit", told, status=200).text

    seen = page.split("<caption")[-1]
    assert "STUCK" in seen
    assert "READY" not in seen


def test_an_unknown_reference_is_told(council: Council):
    page = council.browser(Role.AUDITOR).post(
        "/audit", {"family": "NOBODY", "user": ""}, status=400
    )

    assert "There is no family with this reference" in page.text


def test_another_councils_trail_is_not_there(council: Council, other_council: Council):
    rename(other_council, build_world(other_council).families["READY"])

    assert "Okafor" not in council.browser(Role.AUDITOR).get("/audit").text


@pytest.mark.parametrize("role", [Role.WORKER, Role.SUPERVISOR, Role.LEADER])
def test_others_do_not_see_the_trail(council: Council, role):
    council.browser(role).get("/audit", status=403)
