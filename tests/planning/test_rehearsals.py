"""What if: a draft beside the version in force, for real families; and families moved to a newer version."""

import re
from copy import deepcopy
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.world import START, TODAY, World, build_world
from tfsaas.db import db
from tfsaas.jobs.actions import JobRefused
from tfsaas.jobs.models import Job
from tfsaas.jobs.worker import run
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.outcomes.confirmation import confirm_all
from tfsaas.outcomes.models import Evaluation
from tfsaas.permissions import Role
from tfsaas.planning.models import Rehearsal
from tfsaas.planning.rehearsing import (
    ask_for_rehearsal,
    rehearse,
    year_end,
)
from tfsaas.rules.parse import Document
from tfsaas.rules.templates import get_template
from tfsaas.tenants.actions import ProgrammeRefused, add_programme
from tfsaas.tenants.queries import get_plan_version
from tfsaas.tenants.versions import change_draft, draft_plan


def stricter() -> Document:
    """The plan, asking for more headlines than any family has."""
    document = deepcopy(get_template("tf-2015"))
    document["eligibility"]["minimum_headlines"] = 9
    return document


def easier() -> Document:
    document = deepcopy(get_template("tf-2015"))
    document["eligibility"] = {}
    document["worked_with"]["principles"] = []
    return document


def ask(council: Council, world: World, document: Document) -> tuple[str, UUID]:
    """A draft, and the job that rehearses it."""
    with council.work(Role.ADMINISTRATOR):
        version = draft_plan(world.programme_id, document)
        job = ask_for_rehearsal(version)
        return str(version.id), job.id


def rehearsed(council: Council, document: Document) -> tuple[World, str]:
    world = build_world(council)
    version_id, job_id = ask(council, world, document)
    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))
    return world, version_id


def kept(council: Council) -> Rehearsal:
    with council.work():
        row = db.session.scalars(select(Rehearsal)).one()
        db.session.expunge(row)
    return row


def test_a_stricter_plan_takes_families_and_a_result_away_and_says_why(council: Council):
    world, version_id = rehearsed(council, stricter())

    figures = kept(council).figures

    assert figures["families"] == 4
    assert figures["eligible"] == {"before": 3, "after": 0, "newly": 0, "no_longer": 3}
    assert figures["results"] == {"before": 1, "after": 0, "newly": 0, "no_longer": 1}
    assert figures["year_end"]["after"] == 0
    assert figures["year_end"]["before"] >= 1
    page = council.browser(Role.SUPERVISOR).get(f"/programme/plans/{version_id}/what-if").text
    assert str(world.families["READY"]) in page
    assert "headlines, 2 needed" in page
    assert "headlines, 9 needed" in page


def test_an_easier_plan_brings_families_in(council: Council):
    _, version_id = rehearsed(council, easier())

    figures = kept(council).figures

    assert figures["eligible"]["newly"] == 0
    assert figures["results"]["newly"] == 1
    page = council.browser(Role.AUDITOR).get(f"/programme/plans/{version_id}/what-if").text
    assert "would be not asked" in page


def test_asking_changes_nothing_but_the_rehearsal(council: Council):
    world = build_world(council)
    with council.work():
        evaluate_council(TODAY)
        before = db.session.scalars(select(Evaluation.id)).all()
    _, job_id = ask(council, world, stricter())

    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))

    with council.work():
        assert db.session.scalars(select(Evaluation.id)).all() == before


def test_whoever_sees_no_families_sees_no_small_numbers_and_no_family(council: Council):
    world, version_id = rehearsed(council, stricter())

    page = council.browser(Role.ADMINISTRATOR).get(f"/programme/plans/{version_id}/what-if").text

    assert "1 to 4, or hidden with it" in page
    assert "numbers from 1 to 4" in page
    assert str(world.families["READY"]) not in page
    assert "/families/" not in page
    assert not re.search(r"numeric\">−?[1-4]<", page)


def test_a_confirmed_result_is_no_longer_counted(council: Council):
    world = build_world(council)
    with council.work(Role.SUPERVISOR):
        evaluate_council(TODAY)
        confirm_all(TODAY)
    _, job_id = ask(council, world, stricter())
    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))

    figures = kept(council).figures

    assert figures["results"]["before"] == 0
    assert figures["year_end"]["confirmed"] == 1


def test_a_job_that_is_cancelled_keeps_nothing(council: Council):
    world = build_world(council)
    version_id, job_id = ask(council, world, stricter())
    rehearsal_id = kept(council).id
    admin = council.browser(Role.ADMINISTRATOR)
    assert "Cancel" in admin.get(f"/programme/plans/{version_id}/what-if").text

    admin.post(f"/programme/plans/{version_id}/what-if/{rehearsal_id}/cancel")

    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))
    assert kept(council).figures is None
    assert (
        "Cancelled. Nothing was kept." in admin.get(f"/programme/plans/{version_id}/what-if").text
    )


def test_a_job_cancelled_while_it_runs_throws_its_work_away(council: Council, monkeypatch):
    world = build_world(council)
    version_id, job_id = ask(council, world, stricter())
    admin = council.browser(Role.ADMINISTRATOR)
    rehearsal_id = kept(council).id
    functions = council.app.extensions["tfsaas.functions"]
    work_out = functions["rehearse"]

    def cancelled_midway(subject_id, tell):
        admin.post(f"/programme/plans/{version_id}/what-if/{rehearsal_id}/cancel")
        return work_out(subject_id, tell)

    monkeypatch.setitem(functions, "rehearse", cancelled_midway)
    with council.app.app_context():
        run(str(council.tenant_id), str(job_id))

    assert kept(council).figures is None
    with council.work():
        assert db.session.get(Job, (council.tenant_id, job_id)).finished_at is None


def test_a_draft_changed_meanwhile_is_not_judged_as_the_one_asked_about(council: Council):
    world = build_world(council)
    version_id, _ = ask(council, world, stricter())
    with council.work(Role.ADMINISTRATOR):
        change_draft(get_plan_version(UUID(version_id)), easier())

    with council.work(), pytest.raises(JobRefused, match="Ask again"):
        rehearse(db.session.scalars(select(Rehearsal)).one(), lambda _done, _total: None)

    page = council.browser(Role.ADMINISTRATOR).get(f"/programme/plans/{version_id}/what-if").text
    assert "changed after this was worked out" in page


def test_asking_twice_at_once_gives_one_job(council: Council):
    world = build_world(council)
    version_id, job_id = ask(council, world, stricter())

    with council.work(Role.ADMINISTRATOR):
        assert ask_for_rehearsal(get_plan_version(UUID(version_id))).id == job_id


def test_without_a_version_in_force_there_is_nothing_to_compare(council: Council):
    with council.work():
        world = World(add_programme("p", "P", START, None, is_current=True).id, {})
    with council.work(), pytest.raises(ProgrammeRefused, match="nothing to set this one beside"):
        ask_for_rehearsal(draft_plan(world.programme_id, stricter()))


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 31), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2027, 3, 31)),
        (date(2026, 1, 1), date(2026, 3, 31)),
    ],
)
def test_the_year_ends_on_31_march(day, expected):
    assert year_end(day) == expected


def test_another_councils_rehearsals_are_not_there(council: Council, other_council: Council):
    _, theirs = rehearsed(other_council, stricter())
    rehearsal_id = kept(other_council).id
    build_world(council)
    admin = council.browser(Role.ADMINISTRATOR)

    admin.get(f"/programme/plans/{theirs}/what-if", status=404)
    admin.post(f"/programme/plans/{theirs}/what-if", status=404)
    admin.post(f"/programme/plans/{theirs}/what-if/{rehearsal_id}/cancel", status=404)
    admin.get(f"/programme/plans/{theirs}/move", status=404)
    council.browser(Role.WORKER).post(f"/programme/plans/{theirs}/what-if", status=403)
