"""Families moved from one version of the plan to a newer one: previewed, counted, told why."""

import re
from datetime import timedelta

from sqlalchemy import select

from tests.builders import Council, errors_on
from tests.planning.test_rehearsals import stricter
from tests.world import TODAY, World, build_world
from tfsaas.audit.models import AuditEntry
from tfsaas.db import db
from tfsaas.families.models import Episode
from tfsaas.jobs.models import Job
from tfsaas.jobs.worker import run
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.confirmation import confirm_all
from tfsaas.permissions import Role
from tfsaas.planning.models import Rehearsal
from tfsaas.planning.rehearsing import ask_for_move_rehearsal, rehearse
from tfsaas.tenants.queries import get_programme, list_plan_versions
from tfsaas.tenants.versions import take_plan_over


def pinned(council: Council) -> list[int]:
    """The numbers of the versions that open episodes are pinned to."""
    with council.work():
        numbers = {row.id: row.number for row in list_plan_versions(get_programme().id)}
        found = db.session.scalars(
            select(Episode.plan_version_id).where(Episode.baseline_on.is_not(None))
        )
        return sorted(numbers[version_id] for version_id in found)


def newer(council: Council, world: World) -> str:
    with council.work():
        return str(take_plan_over(world.programme_id, stricter(), TODAY - timedelta(days=1)).id)


def test_families_are_moved_by_one_act_with_a_preview_and_an_audit_entry(council: Council):
    world = build_world(council)
    version_id = newer(council, world)
    admin = council.browser(Role.ADMINISTRATOR)
    path = f"/programme/plans/{version_id}/move"
    source = re.search(r'name="source"[^>]*value="([^"]+)"', admin.get(path).text)[1]
    admin.post(f"{path}/rehearse", {"source": source})
    with council.work():
        job_id = db.session.scalars(select(Job.id).where(Job.kind == "rehearse")).one()
    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))
    assert "Move 3 families from version 1" in admin.get(path).text

    admin.post(path, {"families": "3", "why": "Agreed by the board"})

    assert pinned(council) == [2, 2, 2]
    with council.work():
        entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "move")).one()
        assert entry.changes["families"] == [None, 3]
        assert entry.changes["why"] == [None, "Agreed by the board"]
        assert db.session.scalars(select(Job).where(Job.kind == "evaluate")).one()


def test_families_with_a_confirmed_result_stay_where_they_are(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        confirm_all(TODAY)
    version_id = newer(council, world)

    page = council.browser(Role.ADMINISTRATOR).get(f"/programme/plans/{version_id}/move").text

    assert "Version 1: 2 families" in page
    with council.work(Role.ADMINISTRATOR):
        versions = list_plan_versions(world.programme_id)
        ask_for_move_rehearsal(versions[0], versions[1])
        rehearsal = db.session.scalars(select(Rehearsal)).one()
        rehearse(rehearsal, lambda _done, _total: None)
        assert rehearsal.figures["families"] == 2


def test_a_move_without_a_preview_or_with_other_numbers_moves_nobody(council: Council):
    world = build_world(council)
    version_id = newer(council, world)
    admin = council.browser(Role.ADMINISTRATOR)
    path = f"/programme/plans/{version_id}/move"

    admin.post(path, {"families": "3", "why": "x"}, status=200)
    assert pinned(council) == [1, 1, 1]
    admin.post(f"{path}/rehearse", {"source": "nonsense"})
    source = re.search(r'name="source"[^>]*value="([^"]+)"', admin.get(path).text)[1]
    admin.post(f"{path}/rehearse", {"source": source})
    with council.work():
        job_id = db.session.scalars(select(Job.id).where(Job.kind == "rehearse")).one()
    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))

    page = admin.post(path, {"families": "2", "why": "x"}, status=400)

    assert errors_on(page.text) == ["There are now 3 families to move, not 2. Look at them again"]
    assert pinned(council) == [1, 1, 1]
